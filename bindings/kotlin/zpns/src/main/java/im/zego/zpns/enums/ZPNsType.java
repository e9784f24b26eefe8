package im.zego.zpns.enums;

/** What a push did. Only {@link #NOTIFICATION_THROUGH} is published; the numbers are ours. */
public enum ZPNsType {
    /** A notification was shown. */
    NOTIFICATION_ARRIVED(1),
    /** A notification was tapped. */
    NOTIFICATION_CLICKED(2),
    /** Data came, nothing was shown. */
    NOTIFICATION_THROUGH(3);

    private final int code;

    ZPNsType(int code) {
        this.code = code;
    }

    public int code() {
        return code;
    }
}
