// SPDX-License-Identifier: Apache-2.0
//
// The push client beside the system's notification center.

#import "Harness.h"

#import <UserNotifications/UserNotifications.h>
#import <ZPNs/ZPNs.h>

@interface PushApp : NSObject <ZPNsNotificationCenterDelegate, ZPNsEventHandler> {
@public
    Box *told;
    Box *events;
}
@end

@implementation PushApp

- (void)ZPNsNotificationCenter:(UNUserNotificationCenter *)center
       willPresentNotification:(UNNotification *)notification
                      userInfo:(NSDictionary *)userInfo
         withCompletionHandler:(void (^)(UNNotificationPresentationOptions options))completionHandler {
    (void)center, (void)notification;
    [told put:[userInfo objectForKey:@"payload"]];
    completionHandler(UNNotificationPresentationOptionAlert);
}

- (void)ZPNsNotificationCenter:(UNUserNotificationCenter *)center
    didReceiveNotificationResponse:(UNNotificationResponse *)response
                          userInfo:(NSDictionary *)userInfo
             withCompletionHandler:(void (^)(void))completionHandler {
    (void)center, (void)response;
    [told put:[userInfo objectForKey:@"payload"]];
    completionHandler();
}

- (void)onNotificationArrived:(ZPNsMessage *)message {
    [events put:@[ @"arrived", message.title, message.content, message.payload ]];
}

- (void)onThroughMessageReceived:(ZPNsMessage *)message {
    [events put:@[ @"through", message.payload ]];
}

@end

static NSDictionary *userInfo(void) {
    return @{
        @"aps" : @{@"alert" : @{@"title" : @"Alice", @"body" : @"Dinner?"}},
        @"payload" : @"P",
        @"zego" : @{@"version" : @1}
    };
}

static void configure(void) {
    ZPNsConfig *config = [[[ZPNsConfig alloc] init] autorelease];
    config.appType = 1;
    config.bundleID = @"com.example.app";
    [[ZPNs shared] setPushConfig:config];
}

// covers: D-25
static void thereIsOnePushClient(void) {
    configure();
    CHECK([ZPNs shared] != nil && [ZPNs shared] == [ZPNs shared] && [ZPNs getInstance] == [ZPNs shared]);
    CHECK_EQUAL([ZPNs getVersion], [ZIM getVersion]);
    // Bridges reach it by name.
    CHECK([(id)NSClassFromString(@"ZPNs") valueForKey:@"shared"] == [ZPNs shared]);
    // Misuse is logged, not raised.
    [[ZPNs shared] unregisterAPNs];
    [[ZPNs shared] setBadge:-1];
}

// covers: D-07
static void notificationsAreForwarded(void) {
    configure();
    PushApp *app = [[[PushApp alloc] init] autorelease];
    app->told = [Box box];
    app->events = [Box box];
    [[ZPNs shared] setEventHandler:app];
    UNUserNotificationCenter *center = [UNUserNotificationCenter currentNotificationCenter];
    center.delegate = (id)[ZPNs shared];
    UNNotification *notification = [UNNotification notificationWithUserInfo:userInfo()];
    __block UNNotificationPresentationOptions shown = UNNotificationPresentationOptionBadge;
    void (^show)(UNNotificationPresentationOptions) = ^(UNNotificationPresentationOptions options) {
        shown = options;
    };
    [center.delegate userNotificationCenter:center willPresentNotification:notification withCompletionHandler:show];
    CHECK(shown == UNNotificationPresentationOptionNone);
    [[ZPNs shared] setZPNsNotificationCenterDelegate:app];
    [center.delegate userNotificationCenter:center willPresentNotification:notification withCompletionHandler:show];
    CHECK(shown == UNNotificationPresentationOptionAlert);
    CHECK_EQUAL([app->told take], @"P");
    __block BOOL handled = NO;
    [center.delegate userNotificationCenter:center
             didReceiveNotificationResponse:[UNNotificationResponse responseTo:notification]
                      withCompletionHandler:^{
                          handled = YES;
                      }];
    CHECK(handled);
    CHECK_EQUAL([app->told take], @"P");
    [[ZPNs shared] setZPNsNotificationCenterDelegate:nil];
    CHECK_EQUAL([app->events take], (@[ @"arrived", @"Alice", @"Dinner?", @"P" ]));
    CHECK_EQUAL([app->events take], (@[ @"arrived", @"Alice", @"Dinner?", @"P" ]));
    [[ZPNs shared] didReceiveRemoteNotification:@{@"aps" : @{@"content-available" : @1}, @"payload" : @"Q"}];
    CHECK_EQUAL([app->events take], (@[ @"through", @"Q" ]));
    [[ZPNs shared] setEventHandler:nil];
}

static void localNotificationsGoToTheCenter(void) {
    UNMutableNotificationContent *content = [[[UNMutableNotificationContent alloc] init] autorelease];
    content.title = @"Reminder";
    Box *answers = [Box box];
    [[ZPNs shared] addLocalNotificationWithContent:content
                                           trigger:nil
                             withCompletionHandler:^(NSError *error) {
                                 [answers put:@(error == nil)];
                             }];
    CHECK_EQUAL([answers take], @(YES));
    UNNotificationRequest *request = [[UNUserNotificationCenter currentNotificationCenter].requests lastObject];
    CHECK_EQUAL(request.content.title, @"Reminder");
}

static NSData *profile(const char *environment) {
    NSString *text = [NSString stringWithFormat:@"signature<plist><key>aps-environment</key>\n\t<string>%s</string></plist>",
                                                environment];
    return [text dataUsingEncoding:NSISOLatin1StringEncoding];
}

// covers: F-37
static void theProfileTellsTheEnvironment(void) {
    CHECK([ZPNs isProduct]);
    CHECK([ZPNs isProductWithProfile:nil]);
    CHECK([ZPNs isProductWithProfile:profile("production")]);
    CHECK([ZPNs isProductWithProfile:[NSData dataWithBytes:"unreadable" length:10]]);
    CHECK(![ZPNs isProductWithProfile:profile("development")]);
}

const Test PushTests[] = {
    {"there is one push client", thereIsOnePushClient},
    {"notifications are forwarded", notificationsAreForwarded},
    {"local notifications go to the center", localNotificationsGoToTheCenter},
    {"the profile tells the environment", theProfileTellsTheEnvironment},
    {NULL, NULL},
};
