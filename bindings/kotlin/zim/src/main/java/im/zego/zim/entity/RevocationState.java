package im.zego.zim.entity;

import im.zego.zim.enums.ZIMMessageRevokeStatus;
import im.zego.zim.enums.ZIMMessageType;
import im.zego.zim.enums.ZIMRevokeType;

/**
 * What is private in {@link ZIMRevokeMessage}, for the library to write from its own packages. Not for apps.
 */
public final class RevocationState {
    public ZIMRevokeType revokeType = ZIMRevokeType.UNKNOWN;
    public long revokeTimestamp;
    public String operatedUserID = "";
    public ZIMMessageType originalMessageType = ZIMMessageType.UNKNOWN;
    public String originalTextMessageContent = "";
    public String revokeExtendedData = "";
    public ZIMMessageRevokeStatus revokeStatus = ZIMMessageRevokeStatus.UNKNOWN;

    /** Brings a message up to date. */
    public void writeTo(ZIMRevokeMessage message) {
        message.update(this);
    }
}
