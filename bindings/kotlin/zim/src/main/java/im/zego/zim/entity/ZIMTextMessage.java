package im.zego.zim.entity;

import im.zego.zim.enums.ZIMMessageType;

/** Text. */
public class ZIMTextMessage extends ZIMMessage {
    private static final long serialVersionUID = 1L;

    /** The text, not blank. */
    public String message = "";

    /** An empty one, to fill in. */
    public ZIMTextMessage() {
        super(ZIMMessageType.TEXT);
    }

    /** With its text. */
    public ZIMTextMessage(String message) {
        super(ZIMMessageType.TEXT);
        this.message = message;
    }
}
