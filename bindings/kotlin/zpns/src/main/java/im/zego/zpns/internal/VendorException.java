package im.zego.zpns.internal;

/** Why a vendor's SDK did not do what was asked. */
public class VendorException extends Exception {
    private static final long serialVersionUID = 1L;

    /** What the app is told by number. */
    public enum Kind {
        /** The vendor could not be reached: 6000401. */
        NETWORK,
        /** The vendor refused the app's id, key or secret: 6000402. */
        CREDENTIALS,
        /** The vendor failed otherwise: 6000403. */
        VENDOR,
        /** Anything else: 6000404. */
        OTHER
    }

    private final Kind kind;

    public VendorException(Kind kind, String text) {
        super(text);
        this.kind = kind;
    }

    public VendorException(Kind kind, Throwable cause) {
        super(cause.toString(), cause);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
