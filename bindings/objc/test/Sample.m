// SPDX-License-Identifier: Apache-2.0
//
// The calls of the published iOS sample, with the corrections of its typing errors: push registration in the app's delegate,
// and the three sends with a push config.

#import "Sample.h"

#import "Harness.h"

#import <UserNotifications/UserNotifications.h>
#import <ZPNs/ZPNs.h>

@interface AppDelegate () <ZPNsNotificationCenterDelegate>
@end

@implementation AppDelegate

- (void)registerPush {
    [[ZPNs shared] setZPNsNotificationCenterDelegate:self];
    UNUserNotificationCenter *center = [UNUserNotificationCenter currentNotificationCenter];
    center.delegate = (id)[ZPNs shared];
    [center requestAuthorizationWithOptions:(UNAuthorizationOptionBadge | UNAuthorizationOptionSound |
                                             UNAuthorizationOptionAlert)
                          completionHandler:^(BOOL granted, NSError *error) {
                              (void)error;
                              [told put:@(granted)];
                          }];
    [[ZPNs shared] registerAPNs];
}

- (void)application:(UIApplication *)application didRegisterForRemoteNotificationsWithDeviceToken:(NSData *)deviceToken {
    (void)application;
    [[ZPNs shared] setDeviceToken:deviceToken isProduct:false];
}

- (void)onRegistered:(NSString *)Pushid {
    [told put:Pushid];
}

- (void)unregisterPush {
    [[ZPNs shared] unregisterAPNs];
}

@end

static ZIMPushConfig *pushConfig(void) {
    ZIMPushConfig *pushConfig = [[[ZIMPushConfig alloc] init] autorelease];
    pushConfig.title = @"Alice";
    pushConfig.content = @"Dinner?";
    pushConfig.payload = @"{\"chat\":\"alice\"}";
    return pushConfig;
}

void SamplePeerMessage(ZIM *zim, NSString *toUserID, Box *told) {
    ZIMTextMessage *textMessage = [[[ZIMTextMessage alloc] init] autorelease];
    textMessage.message = @"Dinner?";
    ZIMMessageSendConfig *sendConfig = [[[ZIMMessageSendConfig alloc] init] autorelease];
    sendConfig.pushConfig = pushConfig();
    [zim sendPeerMessage:textMessage
                toUserID:toUserID
                  config:sendConfig
                callback:^(ZIMMessage *_Nonnull message, ZIMError *_Nonnull errorInfo) {
                    (void)message;
                    [told put:errorInfo];
                }];
}

void SampleGroupMessage(ZIM *zim, NSString *toGroupID, Box *told) {
    ZIMTextMessage *textMessage = [[[ZIMTextMessage alloc] init] autorelease];
    textMessage.message = @"Table at eight";
    ZIMMessageSendConfig *sendConfig = [[[ZIMMessageSendConfig alloc] init] autorelease];
    sendConfig.pushConfig = pushConfig();
    [zim sendGroupMessage:textMessage
                toGroupID:toGroupID
                   config:sendConfig
                 callback:^(ZIMMessage *_Nonnull message, ZIMError *_Nonnull errorInfo) {
                     (void)message;
                     [told put:errorInfo];
                 }];
}

void SampleCall(NSArray<NSString *> *invitees, Box *told) {
    ZIMCallInviteConfig *callInviteConfig = [[[ZIMCallInviteConfig alloc] init] autorelease];
    callInviteConfig.pushConfig = pushConfig();
    callInviteConfig.pushConfig.resourcesID = @"calls";
    [[ZIM getInstance] callInviteWithInvitees:invitees
                                       config:callInviteConfig
                                     callback:^(NSString *callID, ZIMCallInvitationSentInfo *info, ZIMError *errorInfo) {
                                         (void)info;
                                         [told put:errorInfo];
                                         [told put:callID];
                                     }];
}
