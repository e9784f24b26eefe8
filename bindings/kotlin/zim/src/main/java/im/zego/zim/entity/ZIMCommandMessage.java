package im.zego.zim.entity;

import im.zego.zim.enums.ZIMMessageType;

/** Bytes for apps that are online now: not stored, not ordered, not pushed. */
public class ZIMCommandMessage extends ZIMMessage {
    private static final long serialVersionUID = 1L;

    /** The bytes, at least one. */
    public byte[] message = new byte[0];

    /** An empty one, to fill in. */
    public ZIMCommandMessage() {
        super(ZIMMessageType.COMMAND);
    }

    /** With its bytes. */
    public ZIMCommandMessage(byte[] message) {
        super(ZIMMessageType.COMMAND);
        this.message = message;
    }
}
