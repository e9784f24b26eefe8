// SPDX-License-Identifier: Apache-2.0
//
// uni-app's iOS part over a double of its SDK.

#import "Harness.h"

#import "ZPNsUniEngine.h"
#import "ZPNsUniProxy.h"

#import <UIKit/UIKit.h>

@interface ZPNsUniEngine (Exported)
- (void)getVersion:(UniModuleKeepAliveCallback)callback;
- (void)enableDebug:(BOOL)isDebug;
- (void)setPushConfig:(NSDictionary *)values;
- (void)registerPush:(NSDictionary *)values;
- (void)unregisterPush;
- (void)applyNotificationPermission;
- (void)addLocalNotification:(NSDictionary *)values;
@end

static ZPNsUniEngine *moduleFor(Box *events) {
    ZPNsUniEngine *engine = [[[ZPNsUniEngine alloc] init] autorelease];
    DCUniSDKInstance *instance = [[[DCUniSDKInstance alloc] init] autorelease];
    instance->onEvent = Block_copy(^(NSString *name, NSDictionary *parameters) {
        [events put:@[ name, parameters ]];
    });
    engine.uniInstance = instance;
    [engine setPushConfig:@{@"appType" : @1, @"bundleID" : @"com.example.app"}];
    return engine;
}

static NSDictionary *next(Box *events, NSString *name) {
    NSArray *event = [events take];
    CHECK_EQUAL([event objectAtIndex:0], [@"zego.zpns." stringByAppendingString:name]);
    return [event objectAtIndex:1];
}

// covers: F-24, F-25, F-26, F-33, F-40
static void eventsReachJavaScript(void) {
    // The PushID belongs to an app: it is made as soon as a client says which.
    ZIM *zim = NewClient();
    Box *events = [Box box];
    ZPNsUniEngine *module = moduleFor(events);
    UNUserNotificationCenter *center = [UNUserNotificationCenter currentNotificationCenter];
    UNNotification *notification = [UNNotification notificationWithUserInfo:@{
        @"aps" : @{@"alert" : @{@"title" : @"Alice", @"body" : @"Dinner?"}},
        @"payload" : @"P"
    }];
    ZPNsUniProxy *proxy = [[[ZPNsUniProxy alloc] init] autorelease];
    UIApplication *application = [UIApplication sharedApplication];
    application.delegate = (id)proxy;
    // Another phone than that of the story.
    application.deviceToken = [NSData dataWithBytes:"another-phone-with-another-token" length:32];
    [module registerPush:@{@"iOSEnvironment" : @1}];
    [[NSRunLoop currentRunLoop] runUntilDate:[NSDate dateWithTimeIntervalSinceNow:0.1]];
    NSDictionary *registered = next(events, @"registered");
    CHECK_EQUAL([registered objectForKey:@"errorCode"], @0);
    CHECK([[registered objectForKey:@"pushID"] hasPrefix:@"z1."]);

    __block NSUInteger shown = 99;
    [center.delegate userNotificationCenter:center
                    willPresentNotification:notification
                      withCompletionHandler:^(UNNotificationPresentationOptions options) {
                          shown = options;
                      }];
    CHECK(shown == UNNotificationPresentationOptionNone);
    NSDictionary *arrived = next(events, @"notificationArrived");
    CHECK_EQUAL([arrived objectForKey:@"title"], @"Alice");
    CHECK_EQUAL([arrived objectForKey:@"pushSourceType"], @1);
    CHECK_EQUAL([[arrived objectForKey:@"extras"] objectForKey:@"payload"], @"P");
    [center.delegate userNotificationCenter:center
             didReceiveNotificationResponse:[UNNotificationResponse responseTo:notification]
                      withCompletionHandler:^{
                      }];
    CHECK_EQUAL([next(events, @"notificationClicked") objectForKey:@"payload"], @"P");
    [proxy application:application didReceiveRemoteNotification:@{@"aps" : @{@"content-available" : @1}, @"payload" : @"Q"}];
    CHECK_EQUAL([next(events, @"throughMessageReceived") objectForKey:@"payload"], @"Q");
    [module unregisterPush];
    application.delegate = nil;
    [module registerPush:@{}];
    [proxy application:application
        didFailToRegisterForRemoteNotificationsWithError:[NSError errorWithDomain:@"apple" code:3010 userInfo:nil]];
    CHECK_EQUAL([next(events, @"registered") objectForKey:@"errorCode"], @3010);
    [[ZPNs shared] setEventHandler:nil];
    [[ZPNs shared] setZPNsNotificationCenterDelegate:nil];
    [zim destroy];
}

// covers: F-39
static void theAppChoosesWhatIsShown(void) {
    Box *events = [Box box];
    ZPNsUniEngine *module = moduleFor(events);
    UNUserNotificationCenter *center = [UNUserNotificationCenter currentNotificationCenter];
    [module registerPush:@{@"iOSNotificationArrivedConfig" : @{@"isPresentAlert" : @(YES), @"isPresentBadge" : @(YES)}}];
    __block NSUInteger shown = 99;
    [center.delegate userNotificationCenter:center
                    willPresentNotification:[UNNotification notificationWithUserInfo:@{@"payload" : @"P"}]
                      withCompletionHandler:^(UNNotificationPresentationOptions options) {
                          shown = options;
                      }];
    CHECK(shown == (UNNotificationPresentationOptionAlert | UNNotificationPresentationOptionBadge));
    // Or the event would come to the handler of a later test.
    while (![[[events take] objectAtIndex:0] isEqual:@"zego.zpns.notificationArrived"]) {
    }
    [[ZPNs shared] setEventHandler:nil];
    [[ZPNs shared] setZPNsNotificationCenterDelegate:nil];
}

// covers: F-34, F-35, F-36
static void theEnvironmentIsTheApps(void) {
    ZPNsUniEngine *module = moduleFor([Box box]);
    CHECK([module isProduct]);
    [module enableDebug:YES];
    CHECK(![module isProduct]);
    for (NSArray *row in @[ @[ @0, @(YES) ], @[ @1, @(NO) ], @[ @2, @(YES) ] ]) {
        [module registerPush:@{@"iOSEnvironment" : [row objectAtIndex:0]}];
        CHECK_EQUAL(@([module isProduct]), [row objectAtIndex:1]);
    }
    [[ZPNs shared] setEventHandler:nil];
    [[ZPNs shared] setZPNsNotificationCenterDelegate:nil];
}

// covers: F-20
static void permissionVersionAndLocalNotifications(void) {
    ZPNsUniEngine *module = moduleFor([Box box]);
    UNUserNotificationCenter *center = [UNUserNotificationCenter currentNotificationCenter];
    [module applyNotificationPermission];
    CHECK(center.asked ==
          (UNAuthorizationOptionBadge | UNAuthorizationOptionSound | UNAuthorizationOptionAlert));
    __block NSString *version = nil;
    [module getVersion:^(id result, BOOL keepAlive) {
        CHECK(!keepAlive);
        version = [result objectForKey:@"version"];
    }];
    CHECK_EQUAL(version, [ZPNs getVersion]);
    [module addLocalNotification:@{@"title" : @"Reminder", @"content" : @"Now", @"payload" : @"P", @"iOSSound" : @"ring.caf"}];
    UNNotificationRequest *request = [center.requests lastObject];
    CHECK([request.identifier hasPrefix:@"zego#"]);
    CHECK_EQUAL(request.content.body, @"Now");
    CHECK_EQUAL([request.content.userInfo objectForKey:@"payload"], @"P");
    CHECK(request.content.sound != nil);
}

const Test UniAppTests[] = {
    {"uni-app: events reach JavaScript", eventsReachJavaScript},
    {"uni-app: the app chooses what is shown", theAppChoosesWhatIsShown},
    {"uni-app: the environment is the app's", theEnvironmentIsTheApps},
    {"uni-app: permission, version and local notifications", permissionVersionAndLocalNotifications},
    {NULL, NULL},
};
