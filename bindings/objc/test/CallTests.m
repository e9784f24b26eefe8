// SPDX-License-Identifier: Apache-2.0
//
// Calls and events of a client: content, order, thread, exceptions, destroy inside.

#import "Harness.h"

#include <pthread.h>

/// Puts the text of each message, and the thread it came on.
@interface Texts : NSObject <ZIMEventHandler> {
@public
    Box *texts;
    Box *threads;
    NSTimeInterval delay;
    BOOL throws;
}
@end

@implementation Texts

- (instancetype)init {
    self = [super init];
    if (self) {
        texts = [[Box alloc] init];
        threads = [[Box alloc] init];
    }
    return self;
}

- (void)zim:(ZIM *)zim messageReceivedWithResult:(ZIMMessageReceivedEventResult *)result {
    (void)zim;
    [threads put:@((unsigned long)pthread_self())];
    for (ZIMTextMessage *message in result.messageList) {
        [texts put:message.message];
    }
    if (delay > 0) {
        [NSThread sleepForTimeInterval:delay];
    }
    if (throws) {
        throws = NO;
        [NSException raise:@"App" format:@"thrown in an event"];
    }
}

- (void)dealloc {
    [texts release];
    [threads release];
    [super dealloc];
}

@end

static Texts *listening(ZIM *zim) {
    Texts *texts = [[[Texts alloc] init] autorelease];
    [zim setEventHandler:texts];
    return texts;
}

static void textsArriveUnchanged(void) {
    Process *peer = PeerOf(@"bob");
    ZIM *zim = NewClient();
    Texts *texts = listening(zim);
    Login(zim, @"alice");
    NSMutableString *large = [NSMutableString string];
    while ([large lengthOfBytesUsingEncoding:NSUTF8StringEncoding] < 2000) {
        [large appendString:@"ä漢🎈"];
    }
    for (NSString *text in @[ @"Dinner?", @"Grüße, 漢字, 🎈🏳️‍🌈, עברית", large ]) {
        CHECK_EQUAL(SendText(zim, text, @"bob").message, @"");
        CHECK_EQUAL([peer hear], [@"message alice " stringByAppendingString:text]);
    }
    NSString *greeting = @"Grüße 漢字 🎈 \"quoted\" \\ %s";
    [peer say:[@"send alice " stringByAppendingString:greeting]];
    CHECK([[peer hear] hasPrefix:@"ok send "]);
    CHECK_EQUAL([texts->texts take], greeting);
    [peer say:@"quit"];
    [peer wait];
    [zim destroy];
}

static void refusalsNameTheParameter(void) {
    ZIM *zim = NewClient();
    Login(zim, @"alice");
    ZIMError *blank = SendText(zim, @"", @"bob");
    CHECK(blank.code != ZIMErrorCodeSuccess && [blank.message length] > 0);
    CHECK(SendText(zim, @"Hello", @"").code == ZIMErrorCodeCommonModuleParamsInvalid);
    CHECK(SendText(zim, [@"" stringByPaddingToLength:200000 withString:@"x" startingAtIndex:0], @"bob").code !=
          ZIMErrorCodeSuccess);
    Box *answers = [Box box];
    [zim callInviteWithInvitees:(NSArray *)@[ [NSNull null] ]
                         config:[[[ZIMCallInviteConfig alloc] init] autorelease]
                       callback:^(NSString *callID, ZIMCallInvitationSentInfo *info, ZIMError *errorInfo) {
                           (void)callID, (void)info;
                           [answers put:errorInfo];
                       }];
    CHECK(((ZIMError *)[answers take]).code != ZIMErrorCodeSuccess);
    ZIMMessage *nothing = nil;
    [zim sendMessage:nothing
        toConversationID:@"bob"
        conversationType:ZIMConversationTypePeer
                  config:[[[ZIMMessageSendConfig alloc] init] autorelease]
            notification:nil
                callback:^(ZIMMessage *message, ZIMError *errorInfo) {
                    CHECK(message == nil);
                    [answers put:errorInfo];
                }];
    CHECK(((ZIMError *)[answers take]).code == ZIMErrorCodeCommonModuleParamsInvalid);
    [zim destroy];
}

static void aSendIsAttachedThenSent(void) {
    Register(@"bob");
    ZIM *zim = NewClient();
    Login(zim, @"alice");
    Box *steps = [Box box];
    ZIMTextMessage *message = [[[ZIMTextMessage alloc] initWithMessage:@"Dinner?"] autorelease];
    ZIMMessageSendNotification *notification = [[[ZIMMessageSendNotification alloc] init] autorelease];
    notification.onMessageAttached = ^(ZIMMessage *attached) {
        [steps put:@[ attached == message ? @"attached" : @"another object", @(attached.localMessageID != 0) ]];
    };
    [zim sendMessage:message
        toConversationID:@"bob"
        conversationType:ZIMConversationTypePeer
                  config:[[[ZIMMessageSendConfig alloc] init] autorelease]
            notification:notification
                callback:^(ZIMMessage *sent, ZIMError *errorInfo) {
                    [steps put:@[ sent == message ? @"sent" : @"another object", @(errorInfo.code) ]];
                }];
    CHECK_EQUAL([steps take], (@[ @"attached", @(YES) ]));
    CHECK_EQUAL([steps take], (@[ @"sent", @0 ]));
    CHECK(message.messageID > 0 && message.sentStatus == ZIMMessageSentStatusSuccess);
    CHECK_EQUAL(message.conversationID, @"bob");
    [zim destroy];
}

static void aSlowAppLosesNothingAndExceptionsAreCaught(void) {
    ZIM *zim = NewClient();
    Texts *texts = listening(zim);
    texts->delay = 0.02;
    texts->throws = YES;
    Login(zim, @"alice");
    Process *peer = PeerOf(@"bob");
    for (int number = 0; number < 50; number++) {
        [peer say:[NSString stringWithFormat:@"send alice %d", number]];
        CHECK([[peer hear] hasPrefix:@"ok send "]);
    }
    for (int number = 0; number < 50; number++) {
        CHECK_EQUAL([texts->texts take], ([NSString stringWithFormat:@"%d", number]));
    }
    // One thread, of the SDK, also for the answers.
    NSNumber *thread = [texts->threads take];
    CHECK(![thread isEqual:@((unsigned long)pthread_self())]);
    while ([texts->threads count] > 0) {
        CHECK_EQUAL([texts->threads take], thread);
    }
    Box *answers = [Box box];
    [zim querySelfUserInfo:^(ZIMSelfUserInfo *selfUserInfo, ZIMError *errorInfo) {
        (void)errorInfo;
        [answers put:@((unsigned long)pthread_self())];
        [answers put:selfUserInfo.userFullInfo.baseInfo.userID];
        @throw @"no exception, but thrown";
    }];
    CHECK_EQUAL([answers take], thread);
    CHECK_EQUAL([answers take], @"alice");
    CHECK(SendText(zim, @"still there", @"bob").code == ZIMErrorCodeSuccess);
    [peer kill];
    [zim destroy];
}

static void destroyInsideABlock(void) {
    ZIM *zim = NewClient();
    Box *answers = [Box box];
    ZIMLoginConfig *config = [[[ZIMLoginConfig alloc] init] autorelease];
    config.token = [[Testbed shared] token:@"alice"];
    [zim loginWithUserID:@"alice"
                  config:config
                callback:^(ZIMError *errorInfo) {
                    [zim destroy];
                    CHECK([ZIM createWithAppID:1] != nil);
                    [[ZIM getInstance] destroy];
                    [answers put:errorInfo];
                }];
    CHECK(((ZIMError *)[answers take]).code == ZIMErrorCodeSuccess);
    CHECK([ZIM getInstance] == nil);
}

enum { threadCount = 8, callsPerThread = 25 };

static void *sendMany(void *answers) {
    NSAutoreleasePool *pool = [[NSAutoreleasePool alloc] init];
    for (int number = 0; number < callsPerThread; number++) {
        ZIMTextMessage *message = [[[ZIMTextMessage alloc] initWithMessage:@"from many threads"] autorelease];
        [[ZIM getInstance] sendMessage:message
                      toConversationID:@"bob"
                      conversationType:ZIMConversationTypePeer
                                config:[[[ZIMMessageSendConfig alloc] init] autorelease]
                          notification:nil
                              callback:^(ZIMMessage *sent, ZIMError *errorInfo) {
                                  [(Box *)answers put:@[ @(sent.messageID), @(errorInfo.code) ]];
                              }];
    }
    [pool release];
    return NULL;
}

static void callsOfManyThreads(void) {
    Register(@"bob");
    ZIM *zim = NewClient();
    Login(zim, @"alice");
    Box *answers = [Box box];
    pthread_t threads[threadCount];
    for (int at = 0; at < threadCount; at++) {
        CHECK(pthread_create(&threads[at], NULL, sendMany, answers) == 0);
    }
    NSMutableSet *ids = [NSMutableSet set];
    int failed = 0;
    for (int at = 0; at < threadCount * callsPerThread; at++) {
        NSArray *answer = [answers take];
        failed += [[answer objectAtIndex:1] intValue] != 0;
        [ids addObject:[answer objectAtIndex:0]];
    }
    for (int at = 0; at < threadCount; at++) {
        pthread_join(threads[at], NULL);
    }
    CHECK(failed == 0);
    CHECK([ids count] == threadCount * callsPerThread);
    [zim destroy];
}

static void groupsHistoryAndConversations(void) {
    Register(@"carol");
    ZIM *zim = NewClient();
    Login(zim, @"alice");
    Box *answers = [Box box];
    ZIMGroupInfo *info = [[[ZIMGroupInfo alloc] init] autorelease];
    info.groupName = @"Friday";
    [zim createGroup:info
             userIDs:@[]
            callback:^(ZIMGroupFullInfo *groupInfo, NSArray<ZIMGroupMemberInfo *> *userList,
                       NSArray<ZIMErrorUserInfo *> *errorUserList, ZIMError *errorInfo) {
                [answers put:@[ @(errorInfo.code), groupInfo.baseInfo.groupName, userList, errorUserList ]];
            }];
    NSArray *created = [answers take];
    CHECK_EQUAL([created objectAtIndex:0], @0);
    CHECK_EQUAL([created objectAtIndex:1], @"Friday");
    ZIMGroupMemberInfo *owner = [[created objectAtIndex:2] objectAtIndex:0];
    CHECK_EQUAL(owner.userID, @"alice");
    CHECK(owner.memberRole == ZIMGroupMemberRoleOwner);
    CHECK(SendText(zim, @"for the history", @"carol").code == 0);
    ZIMMessageQueryConfig *query = [[[ZIMMessageQueryConfig alloc] init] autorelease];
    query.count = 10;
    [zim queryHistoryMessageByConversationID:@"carol"
                            conversationType:ZIMConversationTypePeer
                                      config:query
                                    callback:^(NSString *conversationID, ZIMConversationType conversationType,
                                               NSArray<ZIMMessage *> *messageList, ZIMError *errorInfo) {
                                        CHECK(conversationType == ZIMConversationTypePeer && errorInfo.code == 0);
                                        [answers put:conversationID];
                                        [answers put:((ZIMTextMessage *)[messageList lastObject]).message];
                                    }];
    CHECK_EQUAL([answers take], @"carol");
    CHECK_EQUAL([answers take], @"for the history");
    [zim destroy];
}

const Test CallTests[] = {
    {"texts arrive unchanged", textsArriveUnchanged},
    {"refusals name the parameter", refusalsNameTheParameter},
    {"a send is attached, then sent", aSendIsAttachedThenSent},
    {"a slow app loses nothing and exceptions are caught", aSlowAppLosesNothingAndExceptionsAreCaught},
    {"destroy inside a block", destroyInsideABlock},
    {"calls of many threads", callsOfManyThreads},
    {"groups and past messages", groupsHistoryAndConversations},
    {NULL, NULL},
};
