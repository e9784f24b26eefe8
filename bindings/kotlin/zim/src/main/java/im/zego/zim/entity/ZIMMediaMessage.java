package im.zego.zim.entity;

import im.zego.zim.enums.ZIMMessageType;

/**
 * Base of messages that carry a file. It is here so that callbacks written for the published interfaces compile; this
 * version sends and receives no files.
 */
public abstract class ZIMMediaMessage extends ZIMMessage {
    private static final long serialVersionUID = 1L;

    ZIMMediaMessage(ZIMMessageType type) {
        super(type);
    }
}
