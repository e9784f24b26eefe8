package im.zego.zim.entity;

import im.zego.zim.enums.ZIMMessageType;

/**
 * Several messages sent as one. It is here so that callbacks written for the published interfaces compile; this version
 * sends and receives none.
 */
public abstract class ZIMMultipleMessage extends ZIMMessage {
    private static final long serialVersionUID = 1L;

    ZIMMultipleMessage() {
        super(ZIMMessageType.MULTIPLE);
    }
}
