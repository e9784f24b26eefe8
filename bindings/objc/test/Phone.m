// SPDX-License-Identifier: Apache-2.0
//
// Beth's phone, a process of its own, so that it can lose power. `register`: registers for push, logs in, and stays.
// `denied`: the same, but Beth allows no notifications. `online`: comes back and tells what it gets; after a line on
// standard input it unregisters, logs out and ends.

#import "Harness.h"
#import "Sample.h"

#import <UserNotifications/UserNotifications.h>
#import <ZPNs/ZPNs.h>

#include <stdio.h>

@interface Received : NSObject <ZIMEventHandler> {
@public
    Box *peer, *group, *call;
}
@end

@implementation Received

- (instancetype)init {
    self = [super init];
    if (self) {
        peer = [[Box alloc] init];
        group = [[Box alloc] init];
        call = [[Box alloc] init];
    }
    return self;
}

- (void)zim:(ZIM *)zim
    peerMessageReceived:(NSArray<ZIMMessage *> *)messageList
                   info:(ZIMMessageReceivedInfo *)info
             fromUserID:(NSString *)fromUserID {
    (void)zim, (void)info, (void)fromUserID;
    for (ZIMTextMessage *message in messageList) {
        [peer put:message.message];
    }
}

- (void)zim:(ZIM *)zim
    groupMessageReceived:(NSArray<ZIMMessage *> *)messageList
                    info:(ZIMMessageReceivedInfo *)info
             fromGroupID:(NSString *)fromGroupID {
    (void)zim, (void)info, (void)fromGroupID;
    for (ZIMTextMessage *message in messageList) {
        [group put:message.message];
    }
}

- (void)zim:(ZIM *)zim callInvitationReceived:(ZIMCallInvitationReceivedInfo *)info callID:(NSString *)callID {
    (void)zim;
    CHECK_EQUAL(info.caller, @"alice");
    [call put:callID];
}

@end

const char VoipToken[33] = "voip-token-of-the-phone-of-beth!";

static void say(NSString *line) {
    puts([line UTF8String]);
    fflush(stdout);
}

static ZIM *phone(NSArray<NSString *> *facts) {
    ZIMCacheConfig *cache = [[[ZIMCacheConfig alloc] init] autorelease];
    cache.cachePath = [facts objectAtIndex:3];
    [ZIM setCacheConfig:cache];
    [ZIM setAdvancedConfigWithKey:@"platform" value:[@(ZIMPlatformTypeIPhoneOS) stringValue]];
    unsigned int appID = (unsigned int)[[facts objectAtIndex:1] intValue];
    return NewClientAt([facts objectAtIndex:0], appID, [facts objectAtIndex:5]);
}

static void registerPush(AppDelegate *app, NSString *bundleID) {
    ZPNsConfig *config = [[[ZPNsConfig alloc] init] autorelease];
    config.bundleID = bundleID;
    [[ZPNs shared] setPushConfig:config];
    app->told = [[Box alloc] init];
    [UIApplication sharedApplication].delegate = app;
    [app registerPush];
    // The token comes on the main thread.
    [[NSRunLoop currentRunLoop] runUntilDate:[NSDate dateWithTimeIntervalSinceNow:0.1]];
    CHECK_EQUAL([app->told take], @(![UNUserNotificationCenter currentNotificationCenter].denies));
    NSString *pushID = [app->told take];
    CHECK([pushID length] > 0);
    [[ZPNs shared] setVoipToken:[NSData dataWithBytes:VoipToken length:32] isProduct:NO];
    say([@"registered " stringByAppendingString:pushID]);
}

static void login(ZIM *zim, NSString *token) {
    Box *answers = [Box box];
    ZIMUserInfo *beth = [[[ZIMUserInfo alloc] init] autorelease];
    beth.userID = @"beth";
    [zim loginWithUserInfo:beth
                     token:token
                  callback:^(ZIMError *errorInfo) {
                      [answers put:errorInfo];
                  }];
    CHECK_EQUAL(@(((ZIMError *)[answers take]).code), @0);
}

static void comeBack(Received *received) {
    say([NSString stringWithFormat:@"got %@ / %@", [received->peer take], [received->group take]]);
    NSString *callID = [received->call take];
    Box *answers = [Box box];
    [[ZIM getInstance] callAcceptWithCallID:callID
                                     config:[[[ZIMCallAcceptConfig alloc] init] autorelease]
                                   callback:^(NSString *accepted, ZIMError *errorInfo) {
                                       CHECK_EQUAL(accepted, callID);
                                       [answers put:errorInfo];
                                   }];
    CHECK_EQUAL(@(((ZIMError *)[answers take]).code), @0);
    say([@"call " stringByAppendingString:callID]);
}

/// `mode`, then URL, AppID, token, cache folder, bundle id and the file of the authority.
int Phone(NSArray<NSString *> *arguments) {
    NSString *mode = [arguments objectAtIndex:0];
    NSArray<NSString *> *facts = [arguments subarrayWithRange:NSMakeRange(1, [arguments count] - 1)];
    ZIM *zim = phone(facts);
    Received *received = [[[Received alloc] init] autorelease];
    [zim setEventHandler:received];
    [UNUserNotificationCenter currentNotificationCenter].denies = [mode isEqualToString:@"denied"];
    AppDelegate *app = [[AppDelegate alloc] init];
    registerPush(app, [facts objectAtIndex:4]);
    login(zim, [facts objectAtIndex:2]);
    say(@"login");
    if ([mode isEqualToString:@"online"]) {
        comeBack(received);
    }
    getchar();
    CHECK([received->peer count] == 0 && [received->group count] == 0 && [received->call count] == 0);
    [app unregisterPush];
    [zim logout];
    say(@"unregistered");
    getchar();
    [zim destroy];
    return 0;
}
