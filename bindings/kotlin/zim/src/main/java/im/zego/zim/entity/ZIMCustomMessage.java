package im.zego.zim.entity;

import im.zego.zim.enums.ZIMMessageType;

/** Text whose meaning is the app's. */
public class ZIMCustomMessage extends ZIMMessage {
    private static final long serialVersionUID = 1L;

    /** The text, not blank. */
    public String message = "";

    /** What a local search looks at. */
    public String searchedContent = "";

    /** The app's own kind, 0 to 200. */
    public int subType = 0;

    /** An empty one, to fill in. */
    public ZIMCustomMessage() {
        super(ZIMMessageType.CUSTOM);
    }

    /** With its text and kind. */
    public ZIMCustomMessage(String message, int subType) {
        super(ZIMMessageType.CUSTOM);
        this.message = message;
        this.subType = subType;
    }
}
