// SPDX-License-Identifier: Apache-2.0

#import "ZIMListener.h"

@implementation ZIMListener
@synthesize zim = _zim;
@synthesize client = _client;
@synthesize handler = _handler;

- (instancetype)initWithZIM:(ZIM *)zim client:(ZIMClient *)client handler:(id<ZIMEventHandler>)handler {
    self = [super init];
    if (self) {
        _zim = ZIM_RETAIN(zim);
        _client = ZIM_RETAIN(client);
        _handler = ZIM_RETAIN(handler);
    }
    return self;
}

- (void)tellError:(ZIMError *)error {
    if ([_handler respondsToSelector:@selector(zim:errorInfo:)]) {
        [_client deliver:^{
            [self.handler zim:self.zim errorInfo:error];
        }];
    }
}

- (void)tellMessages:(NSArray<ZIMMessage *> *)messages info:(ZIMMessageReceivedInfo *)info {
    [_client deliver:^{
        [self tellNewestName:messages info:info];
        if (info.conversationType == ZIMConversationTypeGroup) {
            [self tellGroupNames:messages info:info];
        } else {
            [self tellPeerNames:messages info:info];
        }
    }];
}

- (void)tellNewestName:(NSArray<ZIMMessage *> *)messages info:(ZIMMessageReceivedInfo *)info {
    if ([_handler respondsToSelector:@selector(zim:messageReceivedWithResult:)]) {
        ZIMMessageReceivedEventResult *result = ZIM_AUTORELEASE([[ZIMMessageReceivedEventResult alloc] init]);
        result.messageList = messages;
        result.receivedInfo = info;
        [_handler zim:_zim messageReceivedWithResult:result];
    }
}

// The oldest names were told only of what arrived while online.

- (void)tellGroupNames:(NSArray<ZIMMessage *> *)messages info:(ZIMMessageReceivedInfo *)info {
    if ([_handler respondsToSelector:@selector(zim:groupMessageReceived:info:fromGroupID:)]) {
        [_handler zim:_zim groupMessageReceived:messages info:info fromGroupID:info.conversationID];
    }
    if (!info.isOfflineMessage && [_handler respondsToSelector:@selector(zim:receiveGroupMessage:fromGroupID:)]) {
        [_handler zim:_zim receiveGroupMessage:messages fromGroupID:info.conversationID];
    }
}

- (void)tellPeerNames:(NSArray<ZIMMessage *> *)messages info:(ZIMMessageReceivedInfo *)info {
    if ([_handler respondsToSelector:@selector(zim:peerMessageReceived:info:fromUserID:)]) {
        [_handler zim:_zim peerMessageReceived:messages info:info fromUserID:info.conversationID];
    }
    if (!info.isOfflineMessage && [_handler respondsToSelector:@selector(zim:receivePeerMessage:fromUserID:)]) {
        [_handler zim:_zim receivePeerMessage:messages fromUserID:info.conversationID];
    }
}

#if !ZIM_ARC
- (void)dealloc {
    [_zim release];
    [_client release];
    [_handler release];
    [super dealloc];
}
#endif

@end
