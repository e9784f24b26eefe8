// SPDX-License-Identifier: Apache-2.0
//
// Message classes: what an app fills in, and what the library fills in for it to read.

#ifndef ZIM_MESSAGE_H
#define ZIM_MESSAGE_H

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "ZIMConvert.h"

namespace zim {

struct ZIMMessageRepliedInfo;
class ZIMMediaMessage;
class ZIMMultipleMessage;

namespace detail {
struct MessageAccess;
}

/// A message. Identity and state are the library's and read by getters; the public members are the app's.
class ZIMMessage {
public:
    ZIMMessage() = default;
    virtual ~ZIMMessage() = default;

    /// Text of the app that travels with the message, at most 1 KiB.
    std::string extendedData;
    /// Text of the app that stays on this device.
    std::string localExtendedData;
    /// Users the message mentions.
    std::vector<std::string> mentionedUserIDs;
    /// The message mentions everyone.
    bool isMentionAll = false;

    /// Class of the message.
    ZIMMessageType getType() const { return type; }
    /// Unique on the service; 0 until the message was stored there.
    long long getMessageID() const { return messageID; }
    /// Made by the sending client, the same through every retry.
    long long getLocalMessageID() const { return localMessageID; }
    /// Position in the conversation, from 1; 0 until the message was stored.
    long long getMessageSeq() const { return messageSeq; }
    /// The name of getMessageSeq before 3.0.
    long long getConversationSeq() const { return conversationSeq; }
    /// Sort key: larger is newer.
    long long getOrderKey() const { return orderKey; }
    /// Who sent it.
    std::string getSenderUserID() const { return senderUserID; }
    /// The other user, or the group.
    std::string getConversationID() const { return conversationID; }
    /// Peer or group.
    ZIMConversationType getConversationType() const { return conversationType; }
    /// Sent or received by this user.
    ZIMMessageDirection getDirection() const { return direction; }
    /// Progress of a sent message.
    ZIMMessageSentStatus getSentStatus() const { return sentStatus; }
    /// When the service stored it, UTC milliseconds.
    unsigned long long getTimestamp() const { return timestamp; }
    /// Whether a receipt was asked for, and its state.
    ZIMMessageReceiptStatus getReceiptStatus() const { return receiptStatus; }
    /// Put into the local store by the app.
    bool isUserInserted() const { return userInserted; }
    /// As isUserInserted, by its name since 3.0.
    bool getIsUserInserted() const { return userInserted; }
    /// Sent to everyone online by the server interface.
    bool isBroadcastMessage() const { return broadcastMessage; }
    /// As isBroadcastMessage, by its name since 3.0.
    bool getIsBroadcastMessage() const { return broadcastMessage; }
    /// Sent by the server interface.
    bool isServerMessage() const { return serverMessage; }
    /// As isServerMessage, by its name since 3.0.
    bool getIsServerMessage() const { return serverMessage; }
    /// Mark of the server interface.
    std::string getCbInnerID() const { return cbInnerID; }
    /// What the message replies to; null: nothing.
    std::shared_ptr<ZIMMessageRepliedInfo> getRepliedInfo() const { return repliedInfo; }
    /// How many replies it has.
    int getRootRepliedCount() const { return rootRepliedCount; }

protected:
    explicit ZIMMessage(ZIMMessageType messageType) : type(messageType) {}

private:
    friend struct detail::MessageAccess;

    // Consumers name these members, so their names and types are a contract.
    ZIMMessageType type = ZIM_MESSAGE_TYPE_UNKNOWN;
    long long messageID = 0;
    long long localMessageID = 0;
    long long conversationSeq = 0;
    long long messageSeq = 0;
    long long orderKey = 0;
    std::string senderUserID;
    std::string conversationID;
    std::string cbInnerID;
    ZIMConversationType conversationType = ZIM_CONVERSATION_TYPE_UNKNOWN;
    ZIMMessageDirection direction = ZIM_MESSAGE_DIRECTION_SEND;
    ZIMMessageSentStatus sentStatus = ZIM_MESSAGE_SENT_STATUS_SENDING;
    unsigned long long timestamp = 0;
    bool userInserted = false;
    bool broadcastMessage = false;
    bool serverMessage = false;
    std::shared_ptr<ZIMMessageRepliedInfo> repliedInfo;
    int rootRepliedCount = 0;
    ZIMMessageReceiptStatus receiptStatus = ZIM_MESSAGE_RECEIPT_STATUS_NONE;
};

/// Text.
class ZIMTextMessage : public ZIMMessage {
public:
    ZIMTextMessage() : ZIMMessage(ZIM_MESSAGE_TYPE_TEXT) {}
    explicit ZIMTextMessage(const std::string &text) : ZIMMessage(ZIM_MESSAGE_TYPE_TEXT), message(text) {}

    /// The text, not blank.
    std::string message;
};

/// Bytes for apps that are online now: not stored, not ordered, not pushed.
class ZIMCommandMessage : public ZIMMessage {
public:
    ZIMCommandMessage() : ZIMMessage(ZIM_MESSAGE_TYPE_COMMAND) {}
    explicit ZIMCommandMessage(const std::vector<uint8_t> &bytes)
        : ZIMMessage(ZIM_MESSAGE_TYPE_COMMAND), message(bytes) {}

    /// The bytes, at least one.
    std::vector<uint8_t> message;
};

/// Text whose meaning is the app's.
class ZIMCustomMessage : public ZIMMessage {
public:
    ZIMCustomMessage() : ZIMMessage(ZIM_MESSAGE_TYPE_CUSTOM) {}
    ZIMCustomMessage(const std::string &text, unsigned int kind)
        : ZIMMessage(ZIM_MESSAGE_TYPE_CUSTOM), message(text), subType(kind) {}

    /// The text, not blank.
    std::string message;
    /// What a local search looks at.
    std::string searchedContent;
    /// The app's own kind, 0 to 200.
    unsigned int subType = 0;
};

/// What a recalled message became. Its ids, its sender and its place are those of the message.
class ZIMRevokeMessage : public ZIMMessage {
public:
    ZIMRevokeMessage() : ZIMMessage(ZIM_MESSAGE_TYPE_REVOKE) {}

    /// For whom the message was recalled.
    ZIMRevokeType getRevokeType() const { return revokeType; }
    /// When, UTC milliseconds.
    unsigned long long getRevokeTimestamp() const { return revokeTimestamp; }
    /// Who recalled it.
    std::string getOperatedUserID() const { return operatedUserID; }
    /// Class of the message before.
    ZIMMessageType getOriginalMessageType() const { return originalMessageType; }
    /// Its text, if it was a text message.
    std::string getOriginalTextMessageContent() const { return originalTextMessageContent; }
    /// Text the recall brought along.
    std::string getRevokeExtendedData() const { return revokeExtendedData; }
    /// By what right it was recalled.
    ZIMMessageRevokeStatus getRevokeStatus() const { return revokeStatus; }

private:
    friend struct detail::MessageAccess;

    // Consumers name these members, so their names and types are a contract.
    ZIMRevokeType revokeType = ZIM_REVOKE_TYPE_UNKNOWN;
    unsigned long long revokeTimestamp = 0;
    ZIMMessageType originalMessageType = ZIM_MESSAGE_TYPE_UNKNOWN;
    ZIMMessageRevokeStatus revokeStatus = ZIM_MESSAGE_REVOKE_STATUS_UNKNOWN;
    std::string operatedUserID;
    std::string originalTextMessageContent;
    std::string revokeExtendedData;
};

/// Messages of one conversation that arrived together.
struct ZIMMessageReceivedEventResult {
    /// The messages, oldest first.
    std::vector<std::shared_ptr<ZIMMessage>> messageList;
    /// Their conversation, and whether they arrived while this device was offline.
    ZIMMessageReceivedInfo receivedInfo;
};

/// Progress of one send. Every member may be empty.
struct ZIMMessageSendNotification {
    ZIMMessageSendNotification() = default;
    /// Tells when the message is stored on this device, before it goes out.
    ZIMMessageSendNotification(std::function<void(const std::shared_ptr<ZIMMessage> &)> attached)
        : onMessageAttached(std::move(attached)) {}

    /// The message has its localMessageID and is stored on this device.
    std::function<void(const std::shared_ptr<ZIMMessage> &message)> onMessageAttached;
};

namespace detail {

/// Reads and writes what is private in ZIMMessage.
struct MessageAccess {
    /// Brings `to` up to date with `from`.
    static void update(ZIMMessage &to, const zim_message &from) {
        to.type = static_cast<ZIMMessageType>(from.type);
        to.messageID = from.message_id;
        to.localMessageID = from.local_message_id;
        to.conversationSeq = from.message_seq;
        to.messageSeq = from.message_seq;
        to.orderKey = from.order_key;
        to.senderUserID = fromC(from.sender_user_id);
        to.conversationID = fromC(from.conversation_id);
        to.conversationType = static_cast<ZIMConversationType>(from.conversation_type);
        to.direction = static_cast<ZIMMessageDirection>(from.direction);
        to.sentStatus = static_cast<ZIMMessageSentStatus>(from.sent_status);
        to.timestamp = from.timestamp;
        to.userInserted = from.is_user_inserted;
        to.broadcastMessage = from.is_broadcast_message;
        to.serverMessage = from.is_server_message;
        to.receiptStatus = static_cast<ZIMMessageReceiptStatus>(from.receipt_status);
        to.extendedData = fromC(from.extended_data);
        to.localExtendedData = fromC(from.local_extended_data);
        to.mentionedUserIDs = fromC(from.mentioned_user_ids, from.mentioned_user_ids_count);
        to.isMentionAll = from.is_mention_all;
    }

    /// The C form; texts are views of `from`.
    static zim_message *view(const ZIMMessage &from, Scratch &scratch) {
        zim_message *to = scratch.one<zim_message>();
        to->struct_size = sizeof(zim_message);
        to->type = from.type;
        to->message_id = from.messageID;
        to->local_message_id = from.localMessageID;
        to->message_seq = from.messageSeq;
        to->sender_user_id = toC(from.senderUserID);
        to->conversation_id = toC(from.conversationID);
        to->conversation_type = from.conversationType;
        to->direction = from.direction;
        to->sent_status = from.sentStatus;
        to->timestamp = from.timestamp;
        to->order_key = from.orderKey;
        to->is_user_inserted = from.userInserted;
        to->receipt_status = from.receiptStatus;
        to->extended_data = toC(from.extendedData);
        to->local_extended_data = toC(from.localExtendedData);
        to->is_broadcast_message = from.broadcastMessage;
        to->mentioned_user_ids = toC(from.mentionedUserIDs, scratch);
        to->mentioned_user_ids_count = from.mentionedUserIDs.size();
        to->is_mention_all = from.isMentionAll;
        to->is_server_message = from.serverMessage;
        return to;
    }

    /// What a recall left.
    static std::shared_ptr<ZIMRevokeMessage> revoked(const zim_message &from) {
        std::shared_ptr<ZIMRevokeMessage> to = std::make_shared<ZIMRevokeMessage>();
        to->revokeType = static_cast<ZIMRevokeType>(from.revoke_type);
        to->revokeTimestamp = from.revoke_timestamp;
        to->operatedUserID = fromC(from.operated_user_id);
        to->originalMessageType = static_cast<ZIMMessageType>(from.original_message_type);
        to->originalTextMessageContent = fromC(from.original_text_message_content);
        to->revokeExtendedData = fromC(from.revoke_extended_data);
        to->revokeStatus = static_cast<ZIMMessageRevokeStatus>(from.revoke_status);
        return to;
    }

    /// The same in its C form.
    static void viewRevoked(const ZIMRevokeMessage &from, zim_message &to) {
        to.revoke_type = from.revokeType;
        to.revoke_timestamp = from.revokeTimestamp;
        to.operated_user_id = toC(from.operatedUserID);
        to.original_message_type = from.originalMessageType;
        to.original_text_message_content = toC(from.originalTextMessageContent);
        to.revoke_extended_data = toC(from.revokeExtendedData);
        to.revoke_status = from.revokeStatus;
    }

    /// An object of the base class, for types this version does not know.
    static std::shared_ptr<ZIMMessage> plain() { return std::make_shared<ZIMMessage>(); }
};

inline std::shared_ptr<ZIMMessage> fromC(const zim_message *from) {
    if (!from) {
        return nullptr;
    }
    std::shared_ptr<ZIMMessage> to;
    switch (from->type) {
    case ZIM_MESSAGE_TYPE_TEXT:
        to = std::make_shared<ZIMTextMessage>(fromC(from->message));
        break;
    case ZIM_MESSAGE_TYPE_COMMAND:
        to = std::make_shared<ZIMCommandMessage>(fromC(from->bytes));
        break;
    case ZIM_MESSAGE_TYPE_CUSTOM: {
        std::shared_ptr<ZIMCustomMessage> custom =
            std::make_shared<ZIMCustomMessage>(fromC(from->message), from->sub_type);
        custom->searchedContent = fromC(from->searched_content);
        to = custom;
        break;
    }
    case ZIM_MESSAGE_TYPE_REVOKE:
        to = MessageAccess::revoked(*from);
        break;
    default:
        to = MessageAccess::plain();
        break;
    }
    MessageAccess::update(*to, *from);
    return to;
}

/// A view of a message, content included.
inline const zim_message *toC(const ZIMMessage &from, Scratch &scratch) {
    zim_message *to = MessageAccess::view(from, scratch);
    if (const ZIMTextMessage *text = dynamic_cast<const ZIMTextMessage *>(&from)) {
        to->message = toC(text->message);
    } else if (const ZIMCustomMessage *custom = dynamic_cast<const ZIMCustomMessage *>(&from)) {
        to->message = toC(custom->message);
        to->searched_content = toC(custom->searchedContent);
        to->sub_type = custom->subType;
    } else if (const ZIMCommandMessage *command = dynamic_cast<const ZIMCommandMessage *>(&from)) {
        to->bytes = toC(command->message);
    } else if (const ZIMRevokeMessage *revoked = dynamic_cast<const ZIMRevokeMessage *>(&from)) {
        MessageAccess::viewRevoked(*revoked, *to);
    }
    return to;
}

inline const zim_message *toC(const std::shared_ptr<ZIMMessage> &from, Scratch &scratch) {
    return from ? toC(*from, scratch) : nullptr;
}

}  // namespace detail
}  // namespace zim

#endif  // ZIM_MESSAGE_H
