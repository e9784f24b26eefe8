// SPDX-License-Identifier: Apache-2.0
//
// Message classes: what an app fills in, and what the library fills in for it to read.

#import <ZIM/ZIMCallbacks.h>

NS_ASSUME_NONNULL_BEGIN

/// A message. Identity and state are the library's; what can be written is the app's.
@interface ZIMMessage : NSObject {
    ZIMMessageType _type;
    long long _messageID;
    long long _localMessageID;
    long long _messageSeq;
    long long _orderKey;
    NSString *_senderUserID;
    NSString *_conversationID;
    ZIMConversationType _conversationType;
    ZIMMessageDirection _direction;
    ZIMMessageSentStatus _sentStatus;
    ZIMMessageReceiptStatus _receiptStatus;
    unsigned long long _timestamp;
    BOOL _isUserInserted;
    BOOL _isBroadcastMessage;
    BOOL _isServerMessage;
    NSString *_extendedData;
    NSString *_localExtendedData;
    NSArray<NSString *> *_mentionedUserIDs;
    BOOL _isMentionAll;
}
/// Class of the message.
@property (nonatomic, assign, readonly) ZIMMessageType type;
/// Unique on the service; 0 until the message was stored there.
@property (nonatomic, assign, readonly) long long messageID;
/// Made by the sending client, the same through every retry.
@property (nonatomic, assign, readonly) long long localMessageID;
/// Position in the conversation, from 1; 0 until the message was stored.
@property (nonatomic, assign, readonly) long long messageSeq;
/// The name of messageSeq before 3.0.
@property (nonatomic, assign, readonly) long long conversationSeq;
/// Sort key: larger is newer.
@property (nonatomic, assign, readonly) long long orderKey;
/// Who sent it.
@property (nonatomic, copy, readonly) NSString *senderUserID;
/// The other user, or the group.
@property (nonatomic, copy, readonly) NSString *conversationID;
/// Peer or group.
@property (nonatomic, assign, readonly) ZIMConversationType conversationType;
/// Sent or received by this user.
@property (nonatomic, assign, readonly) ZIMMessageDirection direction;
/// Progress of a sent message.
@property (nonatomic, assign, readonly) ZIMMessageSentStatus sentStatus;
/// Whether a receipt was asked for, and its state.
@property (nonatomic, assign, readonly) ZIMMessageReceiptStatus receiptStatus;
/// When the service stored it, UTC milliseconds.
@property (nonatomic, assign, readonly) unsigned long long timestamp;
/// Put into the local store by the app.
@property (nonatomic, assign, readonly) BOOL isUserInserted;
/// Sent to everyone online by the server interface.
@property (nonatomic, assign, readonly) BOOL isBroadcastMessage;
/// Sent by the server interface.
@property (nonatomic, assign, readonly) BOOL isServerMessage;
/// Text of the app that travels with the message, at most 1 KiB.
@property (nonatomic, copy) NSString *extendedData;
/// Text of the app that stays on this device.
@property (nonatomic, copy) NSString *localExtendedData;
/// Users the message mentions.
@property (nonatomic, copy) NSArray<NSString *> *mentionedUserIDs;
/// The message mentions everyone.
@property (nonatomic, assign) BOOL isMentionAll;
@end

/// Text.
@interface ZIMTextMessage : ZIMMessage {
    NSString *_message;
}
/// The text, not blank.
@property (nonatomic, copy) NSString *message;
/// A message with this text.
- (instancetype)initWithMessage:(NSString *)message;
@end

/// Bytes for apps that are online now: not stored, not ordered, not pushed.
@interface ZIMCommandMessage : ZIMMessage {
    NSData *_message;
}
/// The bytes, at least one.
@property (nonatomic, copy) NSData *message;
/// A message with these bytes.
- (instancetype)initWithMessage:(NSData *)message;
@end

/// Text whose meaning is the app's.
@interface ZIMCustomMessage : ZIMMessage {
    NSString *_message;
    NSString *_searchedContent;
    unsigned int _subType;
}
/// The text, not blank.
@property (nonatomic, copy) NSString *message;
/// What a local search looks at.
@property (nonatomic, copy) NSString *searchedContent;
/// The app's own kind, 0 to 200.
@property (nonatomic, assign) unsigned int subType;
/// A message with this text, of this kind.
- (instancetype)initWithMessage:(NSString *)message subType:(unsigned int)subType;
@end

/// What a recalled message became. Its ids, its sender and its place are those of the message.
@interface ZIMRevokeMessage : ZIMMessage {
    ZIMRevokeType _revokeType;
    unsigned long long _revokeTimestamp;
    NSString *_operatedUserID;
    ZIMMessageType _originalMessageType;
    NSString *_originalTextMessageContent;
    NSString *_revokeExtendedData;
    ZIMMessageRevokeStatus _revokeStatus;
}
/// For whom the message was recalled.
@property (nonatomic, assign, readonly) ZIMRevokeType revokeType;
/// When, UTC milliseconds.
@property (nonatomic, assign, readonly) unsigned long long revokeTimestamp;
/// Who recalled it.
@property (nonatomic, copy, readonly) NSString *operatedUserID;
/// Class of the message before.
@property (nonatomic, assign, readonly) ZIMMessageType originalMessageType;
/// Its text, if it was a text message.
@property (nonatomic, copy, readonly) NSString *originalTextMessageContent;
/// Text the recall brought along.
@property (nonatomic, copy, readonly) NSString *revokeExtendedData;
/// By what right it was recalled.
@property (nonatomic, assign, readonly) ZIMMessageRevokeStatus revokeStatus;
@end

/// Messages of one conversation that arrived together.
@interface ZIMMessageReceivedEventResult : NSObject {
    NSArray<ZIMMessage *> *_messageList;
    ZIMMessageReceivedInfo *_receivedInfo;
}
/// The messages, oldest first.
@property (nonatomic, copy) NSArray<ZIMMessage *> *messageList;
/// Their conversation, and whether they arrived while this device was offline.
@property (nonatomic, strong) ZIMMessageReceivedInfo *receivedInfo;
@end

/// Progress of one send.
@interface ZIMMessageSendNotification : NSObject {
    ZIMMessageAttachedCallback _onMessageAttached;
}
/// The message has its localMessageID and is stored on this device, before it goes out.
@property (nonatomic, copy, nullable) ZIMMessageAttachedCallback onMessageAttached;
@end

NS_ASSUME_NONNULL_END
