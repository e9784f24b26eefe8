package im.zego.zim.entity;

import im.zego.zim.enums.ZIMConversationType;
import im.zego.zim.enums.ZIMMessageDirection;
import im.zego.zim.enums.ZIMMessageReceiptStatus;
import im.zego.zim.enums.ZIMMessageSentStatus;
import im.zego.zim.enums.ZIMMessageType;
import java.io.Serializable;
import java.util.ArrayList;

/**
 * A message. Identity and state are the library's and read by getters; the public fields are the app's. The class of the
 * object follows its type: {@link ZIMTextMessage} and so on; types this version does not know come as this class.
 */
public class ZIMMessage implements Serializable {
    private static final long serialVersionUID = 1L;

    // Consumers reach the private fields by name, so their names and types are a contract.
    private ZIMMessageType type = ZIMMessageType.UNKNOWN;
    private long messageID;
    private long localMessageID;
    private long conversationSeq;
    private long messageSeq;
    private long orderKey;
    private String senderUserID = "";
    private String conversationID = "";
    private String cbInnerID = "";
    private ZIMConversationType conversationType = ZIMConversationType.UNKNOWN;
    private ZIMMessageDirection direction = ZIMMessageDirection.SEND;
    private ZIMMessageSentStatus sentStatus = ZIMMessageSentStatus.SENDING;
    private ZIMMessageReceiptStatus receiptStatus = ZIMMessageReceiptStatus.NONE;
    private long timestamp;
    private boolean isUserInserted;
    private boolean isBroadcastMessage;
    private boolean isServerMessage;
    private boolean isGroupTargetedMessage;
    // Whether it counts as unread is the sender's choice; only the library looks at it.
    private boolean disableUnreadMessageCount;
    // Content of a type this version does not know, as it came.
    private byte[] raw = new byte[0];

    /** Text of the app that travels with the message, at most 1 KiB. */
    public String extendedData = "";

    /** Text of the app that stays on this device. */
    public String localExtendedData = "";

    /** Users the message mentions. */
    public ArrayList<String> mentionedUserIDs = new ArrayList<>();

    /** The message mentions everyone. */
    public boolean isMentionAll;

    /** A message of no type yet. */
    public ZIMMessage() {}

    /** A message of this type; for text and the like take its own class. */
    public ZIMMessage(ZIMMessageType type) {
        this.type = type;
    }

    /** Class of the message. */
    public ZIMMessageType getType() {
        return type;
    }

    /** Unique on the service; 0 until the message was stored there. */
    public long getMessageID() {
        return messageID;
    }

    /** Made by the sending client, the same through every retry; 0 on messages of others. */
    public long getLocalMessageID() {
        return localMessageID;
    }

    /** Position in the conversation, from 1; 0 until the message was stored. */
    public long getMessageSeq() {
        return messageSeq;
    }

    /** The name of {@link #getMessageSeq} before 3.0. */
    public long getConversationSeq() {
        return conversationSeq;
    }

    /** Sort key inside the conversation: larger is newer. */
    public long getOrderKey() {
        return orderKey;
    }

    /** Who sent it. */
    public String getSenderUserID() {
        return senderUserID;
    }

    /** The other user, or the group. */
    public String getConversationID() {
        return conversationID;
    }

    /** Kind of the conversation. */
    public ZIMConversationType getConversationType() {
        return conversationType;
    }

    /** Sent or received by this user. */
    public ZIMMessageDirection getDirection() {
        return direction;
    }

    /** Progress of a sent message. */
    public ZIMMessageSentStatus getSentStatus() {
        return sentStatus;
    }

    /** When the service stored it, in milliseconds of Unix time; while sending, when it was sent. */
    public long getTimestamp() {
        return timestamp;
    }

    /** Whether a receipt was asked for, and its state. */
    public ZIMMessageReceiptStatus getReceiptStatus() {
        return receiptStatus;
    }

    /** Put into the local data by the app. */
    public boolean isUserInserted() {
        return isUserInserted;
    }

    /** As {@link #isUserInserted}, by its name since 3.0. */
    public boolean getIsUserInserted() {
        return isUserInserted;
    }

    /** Sent to everyone online by the server interface. */
    public boolean isBroadcastMessage() {
        return isBroadcastMessage;
    }

    /** As {@link #isBroadcastMessage}, by its name since 3.0. */
    public boolean getIsBroadcastMessage() {
        return isBroadcastMessage;
    }

    /** Sent by the server interface. */
    public boolean isServerMessage() {
        return isServerMessage;
    }

    /** As {@link #isServerMessage}, by its name since 3.0. */
    public boolean getIsServerMessage() {
        return isServerMessage;
    }

    /** Meant for some members of its group only. */
    public boolean isGroupTargetedMessage() {
        return isGroupTargetedMessage;
    }

    /** Mark of the server interface. */
    public String getCbInnerID() {
        return cbInnerID;
    }

    /** The field of this name, as 3.1 reads it. */
    public String getExtendedData() {
        return extendedData;
    }

    /** The field of this name, as 3.1 writes it. */
    public void setExtendedData(String extendedData) {
        this.extendedData = extendedData;
    }

    /** The field of this name, as 3.1 reads it. */
    public String getLocalExtendedData() {
        return localExtendedData;
    }

    /** The field of this name, as 3.1 writes it. */
    public void setLocalExtendedData(String localExtendedData) {
        this.localExtendedData = localExtendedData;
    }

    /** The field of this name. */
    public ArrayList<String> getMentionedUserIDs() {
        return mentionedUserIDs;
    }

    /** Ids and state; what users wrote stays out of logs. */
    @Override
    public String toString() {
        return getClass().getSimpleName() + "(type=" + type + ", messageID=" + messageID + ", localMessageID="
                + localMessageID + ", messageSeq=" + messageSeq + ", direction=" + direction + ", sentStatus="
                + sentStatus + ")";
    }

    /** What the library knows of the message. */
    MessageState state() {
        MessageState state = new MessageState();
        state.type = type;
        state.messageID = messageID;
        state.localMessageID = localMessageID;
        state.messageSeq = messageSeq;
        state.orderKey = orderKey;
        state.senderUserID = senderUserID;
        state.conversationID = conversationID;
        state.conversationType = conversationType;
        state.direction = direction;
        state.sentStatus = sentStatus;
        state.receiptStatus = receiptStatus;
        state.timestamp = timestamp;
        state.isUserInserted = isUserInserted;
        state.isBroadcastMessage = isBroadcastMessage;
        state.isServerMessage = isServerMessage;
        state.disableUnreadMessageCount = disableUnreadMessageCount;
        state.raw = raw;
        return state;
    }

    /** Brings the message up to date. */
    void update(MessageState state) {
        type = state.type;
        messageID = state.messageID;
        localMessageID = state.localMessageID;
        conversationSeq = state.messageSeq;
        messageSeq = state.messageSeq;
        orderKey = state.orderKey;
        senderUserID = state.senderUserID;
        conversationID = state.conversationID;
        conversationType = state.conversationType;
        direction = state.direction;
        sentStatus = state.sentStatus;
        receiptStatus = state.receiptStatus;
        timestamp = state.timestamp;
        isUserInserted = state.isUserInserted;
        isBroadcastMessage = state.isBroadcastMessage;
        isServerMessage = state.isServerMessage;
        disableUnreadMessageCount = state.disableUnreadMessageCount;
        raw = state.raw;
    }
}
