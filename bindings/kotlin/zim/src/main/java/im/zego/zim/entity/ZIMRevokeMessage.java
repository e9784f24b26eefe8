package im.zego.zim.entity;

import im.zego.zim.enums.ZIMMessageRevokeStatus;
import im.zego.zim.enums.ZIMMessageType;
import im.zego.zim.enums.ZIMRevokeType;

/** What a recalled message became. Its ids, its sender and its place are those of the message. */
public class ZIMRevokeMessage extends ZIMMessage {
    private static final long serialVersionUID = 1L;

    // Consumers reach the private fields by name, so their names and types are a contract.
    private ZIMRevokeType revokeType = ZIMRevokeType.UNKNOWN;
    private long revokeTimestamp;
    private String operatedUserID = "";
    private ZIMMessageType originalMessageType = ZIMMessageType.UNKNOWN;
    private String originalTextMessageContent = "";
    private String revokeExtendedData = "";
    private ZIMMessageRevokeStatus revokeStatus = ZIMMessageRevokeStatus.UNKNOWN;

    /** One that the library fills in. */
    public ZIMRevokeMessage() {
        super(ZIMMessageType.REVOKE);
    }

    /** For whom the message was recalled. */
    public ZIMRevokeType getRevokeType() {
        return revokeType;
    }

    /** When, in milliseconds of Unix time. */
    public long getRevokeTimestamp() {
        return revokeTimestamp;
    }

    /** Who recalled it. */
    public String getOperatedUserID() {
        return operatedUserID;
    }

    /** Class of the message before. */
    public ZIMMessageType getOriginalMessageType() {
        return originalMessageType;
    }

    /** Its text, if it was a text message. */
    public String getOriginalTextMessageContent() {
        return originalTextMessageContent;
    }

    /** Text the recall brought along. */
    public String getRevokeExtendedData() {
        return revokeExtendedData;
    }

    /** By what right it was recalled. */
    public ZIMMessageRevokeStatus getRevokeStatus() {
        return revokeStatus;
    }

    /** Brings the message up to date. */
    void update(RevocationState state) {
        revokeType = state.revokeType;
        revokeTimestamp = state.revokeTimestamp;
        operatedUserID = state.operatedUserID;
        originalMessageType = state.originalMessageType;
        originalTextMessageContent = state.originalTextMessageContent;
        revokeExtendedData = state.revokeExtendedData;
        revokeStatus = state.revokeStatus;
    }
}
