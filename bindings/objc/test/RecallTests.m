// SPDX-License-Identifier: Apache-2.0
//
// Recall of messages: Alice recalls in this process, Erin reads in one of her own, which goes offline and comes back.

#import "Harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/// Tells on standard output what arrives.
@interface ReaderEvents : NSObject <ZIMEventHandler>
@end

static void say(NSString *line) {
    puts([line UTF8String]);
    fflush(stdout);
}

@implementation ReaderEvents

- (void)zim:(ZIM *)zim messageReceivedWithResult:(ZIMMessageReceivedEventResult *)result {
    (void)zim;
    for (ZIMMessage *message in result.messageList) {
        BOOL isText = [message isKindOfClass:[ZIMTextMessage class]];
        say([@"message " stringByAppendingString:isText ? ((ZIMTextMessage *)message).message : @"without text"]);
    }
}

- (void)zim:(ZIM *)zim messageRevokeReceived:(NSArray<ZIMRevokeMessage *> *)messageList {
    (void)zim;
    for (ZIMRevokeMessage *message in messageList) {
        CHECK([message isKindOfClass:[ZIMRevokeMessage class]] && message.type == ZIMMessageTypeRevoke);
        CHECK(message.originalMessageType == ZIMMessageTypeText && message.revokeType == ZIMRevokeTypeTwoWay);
        CHECK(message.revokeStatus == ZIMMessageRevokeStatusSelfRevoke && message.revokeTimestamp >= message.timestamp);
        CHECK_EQUAL(message.senderUserID, message.operatedUserID);
        say([NSString stringWithFormat:@"recalled %lld by %@: %@, %@", message.messageID, message.operatedUserID,
                                       message.originalTextMessageContent, message.revokeExtendedData]);
    }
}

@end

/// URL, AppID, token and cache folder of Erin; ends after a line on standard input.
int Reader(NSArray<NSString *> *arguments) {
    ZIMCacheConfig *cache = [[[ZIMCacheConfig alloc] init] autorelease];
    cache.cachePath = [arguments objectAtIndex:3];
    [ZIM setCacheConfig:cache];
    ZIM *zim = NewClientAt([arguments objectAtIndex:0], (unsigned int)[[arguments objectAtIndex:1] intValue], @"");
    [zim setEventHandler:[[[ReaderEvents alloc] init] autorelease]];
    CHECK_EQUAL(LoginWithToken(zim, @"erin", [arguments objectAtIndex:2]).message, @"");
    say(@"login");
    getchar();
    [zim destroy];
    return 0;
}

static Process *reader(NSString *folder) {
    Testbed *bed = [Testbed shared];
    NSString *program = [[NSProcessInfo processInfo].arguments objectAtIndex:0];
    return [Process start:@[ program, @"reader", [bed url], [@([bed appID]) stringValue], [bed token:@"erin"], folder ]];
}

static ZIMTextMessage *sent(ZIM *zim, NSString *text, NSString *user) {
    Box *answers = [Box box];
    ZIMTextMessage *message = [[[ZIMTextMessage alloc] initWithMessage:text] autorelease];
    [zim sendPeerMessage:message
                toUserID:user
                  config:[[[ZIMMessageSendConfig alloc] init] autorelease]
                callback:^(ZIMMessage *answered, ZIMError *errorInfo) {
                    (void)answered;
                    [answers put:@(errorInfo.code)];
                }];
    CHECK_EQUAL([answers take], @(ZIMErrorCodeSuccess));
    return message;
}

/// The code, and what became of the message.
static NSArray *recalled(ZIM *zim, ZIMMessage *message, ZIMMessageRevokeConfig *config) {
    Box *answers = [Box box];
    [zim revokeMessage:message
                config:config
              callback:^(ZIMMessage *answered, ZIMError *errorInfo) {
                  [answers put:@[ @(errorInfo.code), answered ]];
              }];
    return [answers take];
}

static ZIMMessageRevokeConfig *because(NSString *reason) {
    ZIMMessageRevokeConfig *config = [[[ZIMMessageRevokeConfig alloc] init] autorelease];
    config.revokeExtendedData = reason;
    return config;
}

static NSArray<ZIMMessage *> *newest(ZIM *zim, unsigned int count) {
    Box *answers = [Box box];
    ZIMMessageQueryConfig *query = [[[ZIMMessageQueryConfig alloc] init] autorelease];
    query.count = count;
    query.reverse = YES;
    [zim queryHistoryMessageByConversationID:@"erin"
                            conversationType:ZIMConversationTypePeer
                                      config:query
                                    callback:^(NSString *conversationID, ZIMConversationType conversationType,
                                               NSArray<ZIMMessage *> *messageList, ZIMError *errorInfo) {
                                        (void)conversationID, (void)conversationType;
                                        CHECK(errorInfo.code == ZIMErrorCodeSuccess);
                                        [answers put:messageList];
                                    }];
    return [answers take];
}

static void aRecallReachesWhoIsOnlineAndWhoComesBack(void) {
    char folder[] = "/tmp/zim-reader-XXXXXX";
    CHECK(mkdtemp(folder) != NULL);
    Register(@"erin");
    Process *online = reader(@(folder));
    CHECK_EQUAL([online hear], @"login");
    ZIM *zim = NewClient();
    Login(zim, @"alice");
    ZIMTextMessage *first = sent(zim, @"Dinner at eight?", @"erin");
    ZIMTextMessage *second = sent(zim, @"Or at nine?", @"erin");
    CHECK_EQUAL([online hear], @"message Dinner at eight?");
    CHECK_EQUAL([online hear], @"message Or at nine?");

    NSArray *answer = recalled(zim, first, because(@"wrong day"));
    CHECK_EQUAL([answer objectAtIndex:0], @(ZIMErrorCodeSuccess));
    ZIMRevokeMessage *rest = [answer objectAtIndex:1];
    CHECK([rest isKindOfClass:[ZIMRevokeMessage class]] && rest.type == ZIMMessageTypeRevoke);
    CHECK(rest.messageID == first.messageID && rest.messageSeq == first.messageSeq);
    CHECK(rest.localMessageID == first.localMessageID && rest.orderKey == first.orderKey);
    CHECK(rest.direction == ZIMMessageDirectionSend && rest.revokeStatus == ZIMMessageRevokeStatusSelfRevoke);
    CHECK_EQUAL(rest.originalTextMessageContent, @"Dinner at eight?");
    CHECK_EQUAL(rest.operatedUserID, @"alice");
    CHECK_EQUAL(rest.revokeExtendedData, @"wrong day");
    CHECK_EQUAL([online hear], ([NSString stringWithFormat:@"recalled %lld by alice: Dinner at eight?, wrong day",
                                                           first.messageID]));

    // Again: what the server knows, and what the object shows. The message of the call comes back.
    CHECK_EQUAL(recalled(zim, first, because(@"")),
                (@[ @(ZIMErrorCodeMessageModuleMessageHasBeenRevoked), first ]));
    CHECK_EQUAL(recalled(zim, rest, because(@"")), (@[ @(ZIMErrorCodeMessageModuleMessageHasBeenRevoked), rest ]));

    // Not by a kill: what a killed process had just been told is told again.
    [online say:@""];
    CHECK([online wait] == 0);
    CHECK_EQUAL([recalled(zim, second, because(@"")) objectAtIndex:0], @(ZIMErrorCodeSuccess));
    Process *back = reader(@(folder));
    // In either order.
    NSSet *told = [NSSet setWithObjects:[back hear], [back hear], nil];
    NSString *missed = [NSString stringWithFormat:@"recalled %lld by alice: Or at nine?, ", second.messageID];
    CHECK_EQUAL(told, ([NSSet setWithObjects:@"login", missed, nil]));
    // The first is not told again: nothing is before a new message.
    sent(zim, @"Forget it", @"erin");
    CHECK_EQUAL([back hear], @"message Forget it");
    [back say:@""];
    CHECK([back wait] == 0);

    NSArray<ZIMMessage *> *history = newest(zim, 3);
    CHECK([history count] == 3);
    CHECK([[history objectAtIndex:0] isKindOfClass:[ZIMRevokeMessage class]]);
    CHECK([history objectAtIndex:0].messageID == first.messageID);
    CHECK_EQUAL(((ZIMRevokeMessage *)[history objectAtIndex:1]).originalTextMessageContent, @"Or at nine?");
    CHECK_EQUAL(((ZIMTextMessage *)[history objectAtIndex:2]).message, @"Forget it");
    [zim destroy];
}

static void whatCannotBeRecalledIsRefused(void) {
    ZIM *zim = NewClient();
    Login(zim, @"alice");
    ZIMTextMessage *unsent = [[[ZIMTextMessage alloc] initWithMessage:@"Dinner?"] autorelease];
    CHECK_EQUAL(recalled(zim, unsent, because(@"")), (@[ @(ZIMErrorCodeCommonModuleParamsInvalid), unsent ]));
    Box *answers = [Box box];
    ZIMMessage *nothing = nil;
    [zim revokeMessage:nothing
                config:because(@"")
              callback:^(ZIMMessage *message, ZIMError *errorInfo) {
                  CHECK(message == nil);
                  [answers put:@(errorInfo.code)];
              }];
    CHECK_EQUAL([answers take], @(ZIMErrorCodeCommonModuleParamsInvalid));
    [zim destroy];
    CHECK_EQUAL(recalled(zim, unsent, because(@"")), (@[ @(ZIMErrorCodeCommonModuleNotInit), unsent ]));
}

/// The config's push, under its name since 3.0 and before.
static void aRecallPushesToWhoIsOffline(void) {
    Testbed *bed = [Testbed shared];
    [bed ask:@"phone dora apns"];
    ZIM *zim = NewClient();
    Login(zim, @"alice");
    [bed ask:@"forget"];
    for (NSString *name in @[ @"pushConfig", @"config" ]) {
        ZIMPushConfig *push = [[[ZIMPushConfig alloc] init] autorelease];
        push.title = @"alice";
        push.content = @"Recalled";
        push.payload = name;
        ZIMMessageRevokeConfig *config = because(@"");
        [config setValue:push forKey:name];
        CHECK_EQUAL([recalled(zim, sent(zim, @"Dinner?", @"dora"), config) objectAtIndex:0], @(ZIMErrorCodeSuccess));
    }
    NSMutableSet *payloads = [NSMutableSet set];
    for (NSDictionary *request in [[bed ask:@"wait apns 2"] objectForKey:@"requests"]) {
        CHECK_EQUAL([request objectForKey:@"violation"], [NSNull null]);
        NSDictionary *body = [request objectForKey:@"body"];
        CHECK_EQUAL([[[body objectForKey:@"aps"] objectForKey:@"alert"] objectForKey:@"body"], @"Recalled");
        [payloads addObject:[body objectForKey:@"payload"]];
    }
    CHECK_EQUAL(payloads, ([NSSet setWithObjects:@"pushConfig", @"config", nil]));
    [zim destroy];
}

const Test RecallTests[] = {
    {"a recall reaches who is online and who comes back", aRecallReachesWhoIsOnlineAndWhoComesBack},
    {"what cannot be recalled is refused", whatCannotBeRecalledIsRefused},
    {"a recall pushes to who is offline", aRecallPushesToWhoIsOffline},
    {NULL, NULL},
};
