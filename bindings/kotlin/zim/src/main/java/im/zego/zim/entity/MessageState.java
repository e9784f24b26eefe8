package im.zego.zim.entity;

import im.zego.zim.enums.ZIMConversationType;
import im.zego.zim.enums.ZIMMessageDirection;
import im.zego.zim.enums.ZIMMessageReceiptStatus;
import im.zego.zim.enums.ZIMMessageSentStatus;
import im.zego.zim.enums.ZIMMessageType;

/**
 * What is private in {@link ZIMMessage}, for the library to read and write from its own packages. Not for apps.
 */
public final class MessageState {
    public ZIMMessageType type = ZIMMessageType.UNKNOWN;
    public long messageID;
    public long localMessageID;
    public long messageSeq;
    public long orderKey;
    public String senderUserID = "";
    public String conversationID = "";
    public ZIMConversationType conversationType = ZIMConversationType.UNKNOWN;
    public ZIMMessageDirection direction = ZIMMessageDirection.SEND;
    public ZIMMessageSentStatus sentStatus = ZIMMessageSentStatus.SENDING;
    public ZIMMessageReceiptStatus receiptStatus = ZIMMessageReceiptStatus.NONE;
    public long timestamp;
    public boolean isUserInserted;
    public boolean isBroadcastMessage;
    public boolean isServerMessage;
    public boolean disableUnreadMessageCount;
    public byte[] raw = new byte[0];

    /** The state of a message. */
    public static MessageState of(ZIMMessage message) {
        return message.state();
    }

    /** Brings a message up to date. */
    public void writeTo(ZIMMessage message) {
        message.update(this);
    }
}
