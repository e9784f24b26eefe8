// SPDX-License-Identifier: Apache-2.0

#import "ZIMMessageConvert.h"

#import "ZIMEntitiesConvert.h"

@implementation ZIMMessage
@synthesize type = _type;
@synthesize messageID = _messageID;
@synthesize localMessageID = _localMessageID;
@synthesize messageSeq = _messageSeq;
@synthesize orderKey = _orderKey;
@synthesize senderUserID = _senderUserID;
@synthesize conversationID = _conversationID;
@synthesize conversationType = _conversationType;
@synthesize direction = _direction;
@synthesize sentStatus = _sentStatus;
@synthesize receiptStatus = _receiptStatus;
@synthesize timestamp = _timestamp;
@synthesize isUserInserted = _isUserInserted;
@synthesize isBroadcastMessage = _isBroadcastMessage;
@synthesize isServerMessage = _isServerMessage;
@synthesize extendedData = _extendedData;
@synthesize localExtendedData = _localExtendedData;
@synthesize mentionedUserIDs = _mentionedUserIDs;
@synthesize isMentionAll = _isMentionAll;

- (instancetype)init {
    self = [super init];
    if (self) {
        _conversationType = ZIMConversationTypeUnknown;
        _senderUserID = _conversationID = _extendedData = _localExtendedData = @"";
        _mentionedUserIDs = [[NSArray alloc] init];
    }
    return self;
}

- (long long)conversationSeq {
    return _messageSeq;
}

- (void)takeFromC:(const zim_message *)from {
    _type = (ZIMMessageType)from->type;
    _messageID = from->message_id;
    _localMessageID = from->local_message_id;
    _messageSeq = from->message_seq;
    _orderKey = from->order_key;
    _conversationType = (ZIMConversationType)from->conversation_type;
    _direction = (ZIMMessageDirection)from->direction;
    _sentStatus = (ZIMMessageSentStatus)from->sent_status;
    _receiptStatus = (ZIMMessageReceiptStatus)from->receipt_status;
    _timestamp = from->timestamp;
    _isUserInserted = from->is_user_inserted;
    _isBroadcastMessage = from->is_broadcast_message;
    _isServerMessage = from->is_server_message;
    ZIM_RELEASE(_senderUserID);
    _senderUserID = [ZIMStringFromC(from->sender_user_id) copy];
    ZIM_RELEASE(_conversationID);
    _conversationID = [ZIMStringFromC(from->conversation_id) copy];
    self.extendedData = ZIMStringFromC(from->extended_data);
    self.localExtendedData = ZIMStringFromC(from->local_extended_data);
    self.mentionedUserIDs = ZIMStringsFromC(from->mentioned_user_ids, from->mentioned_user_ids_count);
    _isMentionAll = from->is_mention_all;
}

/// What every class shows to C.
- (zim_message *)viewForC:(ZIMScratch *)scratch {
    zim_message *to = [scratch bytes:sizeof(zim_message)];
    to->struct_size = sizeof(zim_message);
    to->type = (int32_t)_type;
    to->message_id = _messageID;
    to->local_message_id = _localMessageID;
    to->message_seq = _messageSeq;
    to->order_key = _orderKey;
    to->sender_user_id = ZIMStringToC(_senderUserID, scratch);
    to->conversation_id = ZIMStringToC(_conversationID, scratch);
    to->conversation_type = (int32_t)_conversationType;
    to->direction = (int32_t)_direction;
    to->sent_status = (int32_t)_sentStatus;
    to->receipt_status = (int32_t)_receiptStatus;
    to->timestamp = _timestamp;
    to->is_user_inserted = _isUserInserted;
    to->is_broadcast_message = _isBroadcastMessage;
    to->is_server_message = _isServerMessage;
    to->extended_data = ZIMStringToC(_extendedData, scratch);
    to->local_extended_data = ZIMStringToC(_localExtendedData, scratch);
    to->mentioned_user_ids = ZIMStringsToC(_mentionedUserIDs, scratch);
    to->mentioned_user_ids_count = ZIMCount(_mentionedUserIDs);
    to->is_mention_all = _isMentionAll;
    return to;
}

#if !ZIM_ARC
- (void)dealloc {
    [_senderUserID release];
    [_conversationID release];
    [_extendedData release];
    [_localExtendedData release];
    [_mentionedUserIDs release];
    [super dealloc];
}
#endif

@end

@implementation ZIMTextMessage
@synthesize message = _message;

- (instancetype)init {
    return [self initWithMessage:@""];
}

- (instancetype)initWithMessage:(NSString *)message {
    self = [super init];
    if (self) {
        _type = ZIMMessageTypeText;
        _message = [message copy];
    }
    return self;
}

- (zim_message *)viewForC:(ZIMScratch *)scratch {
    zim_message *to = [super viewForC:scratch];
    to->message = ZIMStringToC(_message, scratch);
    return to;
}

#if !ZIM_ARC
- (void)dealloc {
    [_message release];
    [super dealloc];
}
#endif

@end

@implementation ZIMCommandMessage
@synthesize message = _message;

- (instancetype)init {
    return [self initWithMessage:[NSData data]];
}

- (instancetype)initWithMessage:(NSData *)message {
    self = [super init];
    if (self) {
        _type = ZIMMessageTypeCommand;
        _message = [message copy];
    }
    return self;
}

- (zim_message *)viewForC:(ZIMScratch *)scratch {
    zim_message *to = [super viewForC:scratch];
    to->bytes = ZIMDataToC(_message, scratch);
    return to;
}

#if !ZIM_ARC
- (void)dealloc {
    [_message release];
    [super dealloc];
}
#endif

@end

@implementation ZIMCustomMessage
@synthesize message = _message;
@synthesize searchedContent = _searchedContent;
@synthesize subType = _subType;

- (instancetype)init {
    return [self initWithMessage:@"" subType:0];
}

- (instancetype)initWithMessage:(NSString *)message subType:(unsigned int)subType {
    self = [super init];
    if (self) {
        _type = ZIMMessageTypeCustom;
        _message = [message copy];
        _searchedContent = @"";
        _subType = subType;
    }
    return self;
}

- (zim_message *)viewForC:(ZIMScratch *)scratch {
    zim_message *to = [super viewForC:scratch];
    to->message = ZIMStringToC(_message, scratch);
    to->searched_content = ZIMStringToC(_searchedContent, scratch);
    to->sub_type = _subType;
    return to;
}

#if !ZIM_ARC
- (void)dealloc {
    [_message release];
    [_searchedContent release];
    [super dealloc];
}
#endif

@end

@implementation ZIMRevokeMessage
@synthesize revokeType = _revokeType;
@synthesize revokeTimestamp = _revokeTimestamp;
@synthesize operatedUserID = _operatedUserID;
@synthesize originalMessageType = _originalMessageType;
@synthesize originalTextMessageContent = _originalTextMessageContent;
@synthesize revokeExtendedData = _revokeExtendedData;
@synthesize revokeStatus = _revokeStatus;

- (instancetype)init {
    self = [super init];
    if (self) {
        _type = ZIMMessageTypeRevoke;
        _revokeType = ZIMRevokeTypeUnknown;
        _revokeStatus = ZIMMessageRevokeStatusUnknown;
        _operatedUserID = _originalTextMessageContent = _revokeExtendedData = @"";
    }
    return self;
}

- (void)takeFromC:(const zim_message *)from {
    [super takeFromC:from];
    _revokeType = (ZIMRevokeType)from->revoke_type;
    _revokeTimestamp = from->revoke_timestamp;
    _originalMessageType = (ZIMMessageType)from->original_message_type;
    _revokeStatus = (ZIMMessageRevokeStatus)from->revoke_status;
    ZIM_RELEASE(_operatedUserID);
    _operatedUserID = [ZIMStringFromC(from->operated_user_id) copy];
    ZIM_RELEASE(_originalTextMessageContent);
    _originalTextMessageContent = [ZIMStringFromC(from->original_text_message_content) copy];
    ZIM_RELEASE(_revokeExtendedData);
    _revokeExtendedData = [ZIMStringFromC(from->revoke_extended_data) copy];
}

- (zim_message *)viewForC:(ZIMScratch *)scratch {
    zim_message *to = [super viewForC:scratch];
    to->revoke_type = (int32_t)_revokeType;
    to->revoke_timestamp = _revokeTimestamp;
    to->operated_user_id = ZIMStringToC(_operatedUserID, scratch);
    to->original_message_type = (int32_t)_originalMessageType;
    to->original_text_message_content = ZIMStringToC(_originalTextMessageContent, scratch);
    to->revoke_extended_data = ZIMStringToC(_revokeExtendedData, scratch);
    to->revoke_status = (int32_t)_revokeStatus;
    return to;
}

#if !ZIM_ARC
- (void)dealloc {
    [_operatedUserID release];
    [_originalTextMessageContent release];
    [_revokeExtendedData release];
    [super dealloc];
}
#endif

@end

@implementation ZIMMessageReceivedEventResult
@synthesize messageList = _messageList;
@synthesize receivedInfo = _receivedInfo;

#if !ZIM_ARC
- (void)dealloc {
    [_messageList release];
    [_receivedInfo release];
    [super dealloc];
}
#endif

@end

@implementation ZIMMessageSendNotification

- (ZIMMessageAttachedCallback)onMessageAttached {
    return _onMessageAttached;
}

- (void)setOnMessageAttached:(ZIMMessageAttachedCallback)onMessageAttached {
    ZIMMessageAttachedCallback former = _onMessageAttached;
    _onMessageAttached = ZIM_COPY_BLOCK(onMessageAttached);
    ZIM_RELEASE_BLOCK(former);
}

#if !ZIM_ARC
- (void)dealloc {
    ZIM_RELEASE_BLOCK(_onMessageAttached);
    [super dealloc];
}
#endif

@end

ZIMMessage *ZIMMessageFromC(const zim_message *from) {
    if (!from) {
        return nil;
    }
    ZIMMessage *to = nil;
    switch (from->type) {
    case ZIM_MESSAGE_TYPE_TEXT:
        to = [[ZIMTextMessage alloc] initWithMessage:ZIMStringFromC(from->message)];
        break;
    case ZIM_MESSAGE_TYPE_COMMAND:
        to = [[ZIMCommandMessage alloc] initWithMessage:ZIMDataFromC(from->bytes)];
        break;
    case ZIM_MESSAGE_TYPE_CUSTOM: {
        ZIMCustomMessage *custom = [[ZIMCustomMessage alloc] initWithMessage:ZIMStringFromC(from->message)
                                                                     subType:from->sub_type];
        custom.searchedContent = ZIMStringFromC(from->searched_content);
        to = custom;
        break;
    }
    case ZIM_MESSAGE_TYPE_REVOKE:
        to = [[ZIMRevokeMessage alloc] init];
        break;
    default:
        to = [[ZIMMessage alloc] init];
        break;
    }
    [to takeFromC:from];
    return ZIM_AUTORELEASE(to);
}

const zim_message *ZIMMessageToC(ZIMMessage *from, ZIMScratch *scratch) {
    return [from viewForC:scratch];
}
