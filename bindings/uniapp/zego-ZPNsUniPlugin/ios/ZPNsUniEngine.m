// SPDX-License-Identifier: Apache-2.0

#import "ZPNsUniEngine.h"

#import "ZIMPlatform.h"

/// `ZPNsIOSEnvironment` of the JavaScript part; -1: what enableDebug says.
enum { environmentUnset = -1, environmentProduction = 0, environmentDevelopment = 1 };

/// `ZPNsPushSourceType.APNs`.
static const int pushSourceAPNs = 1;

static ZPNsUniEngine *current;

@implementation ZPNsUniEngine

UNI_EXPORT_METHOD(@selector(getVersion:))
UNI_EXPORT_METHOD(@selector(enableDebug:))
UNI_EXPORT_METHOD(@selector(setPushConfig:))
UNI_EXPORT_METHOD(@selector(registerPush:))
UNI_EXPORT_METHOD(@selector(unregisterPush))
UNI_EXPORT_METHOD(@selector(applyNotificationPermission))
UNI_EXPORT_METHOD(@selector(addLocalNotification:))

- (instancetype)init {
    self = [super init];
    if (self) {
        _environment = environmentUnset;
    }
    return self;
}

+ (ZPNsUniEngine *)current {
    @synchronized([ZPNsUniEngine class]) {
        return ZIM_AUTORELEASE(ZIM_RETAIN(current));
    }
}

+ (void)setCurrent:(ZPNsUniEngine *)engine {
    @synchronized([ZPNsUniEngine class]) {
        ZPNsUniEngine *former = current;
        current = ZIM_RETAIN(engine);
        ZIM_RELEASE(former);
    }
}

- (void)getVersion:(UniModuleKeepAliveCallback)callback {
    if (callback) {
        callback(@{@"version" : [ZPNs getVersion]}, NO);
    }
}

- (void)enableDebug:(BOOL)isDebug {
    _isDebug = isDebug;
}

- (void)setPushConfig:(NSDictionary *)values {
    ZPNsConfig *config = ZIM_AUTORELEASE([[ZPNsConfig alloc] init]);
    config.appType = [[values objectForKey:@"appType"] intValue];
    config.bundleID = [values objectForKey:@"bundleID"];
    [[ZPNs shared] setPushConfig:config];
}

- (void)registerPush:(NSDictionary *)values {
    NSNumber *environment = [values objectForKey:@"iOSEnvironment"];
    _environment = environment ? [environment integerValue] : environmentUnset;
    _presented = [self optionsIn:[values objectForKey:@"iOSNotificationArrivedConfig"]];
    [ZPNsUniEngine setCurrent:self];
    [[ZPNs shared] setEventHandler:self];
    [[ZPNs shared] setZPNsNotificationCenterDelegate:self];
    [UNUserNotificationCenter currentNotificationCenter].delegate = (id)[ZPNs shared];
    [[ZPNs shared] registerAPNs];
    if ([[values objectForKey:@"enableIOSVoIP"] boolValue]) {
        [self enableVoIP];
    }
}

- (void)unregisterPush {
    [[ZPNs shared] unregisterAPNs];
}

- (void)applyNotificationPermission {
    UNAuthorizationOptions all =
        UNAuthorizationOptionBadge | UNAuthorizationOptionSound | UNAuthorizationOptionAlert;
    // The system shows its question the first time only.
    [[UNUserNotificationCenter currentNotificationCenter]
        requestAuthorizationWithOptions:all
                      completionHandler:^(BOOL granted, NSError *error) {
                          if (!granted) {
                              NSLog(@"ZPNs: notifications are not allowed: %@", [error localizedDescription]);
                          }
                      }];
}

- (void)addLocalNotification:(NSDictionary *)values {
    UNMutableNotificationContent *content = ZIM_AUTORELEASE([[UNMutableNotificationContent alloc] init]);
    NSString *payload = [values objectForKey:@"payload"];
    content.title = [values objectForKey:@"title"];
    content.body = [values objectForKey:@"content"];
    content.userInfo = payload ? @{@"payload" : payload} : @{};
    NSString *sound = [values objectForKey:@"iOSSound"];
    if ([sound length] > 0) {
        content.sound = [UNNotificationSound soundNamed:sound];
    }
    NSString *identifier = [NSString stringWithFormat:@"zego#%@", [[NSUUID UUID] UUIDString]];
    UNNotificationRequest *request = [UNNotificationRequest requestWithIdentifier:identifier content:content trigger:nil];
    [[ZPNs shared] addLocalNotificationRequest:request withCompletionHandler:nil];
}

- (BOOL)isProduct {
    switch (_environment) {
    case environmentUnset:
        return !_isDebug;
    case environmentProduction:
        return YES;
    case environmentDevelopment:
        return NO;
    default:
        return [ZPNs isProduct];
    }
}

/// The call plug-in, if the app has it, gets the PushKit token and hands it to ZPNs.
- (void)enableVoIP {
    SEL shared = NSSelectorFromString(@"sharedInstance"), enable = NSSelectorFromString(@"enableVoIP:");
    Class plugin = NSClassFromString(@"ZegoCallkitMethodHandler");
    if (![plugin respondsToSelector:shared]) {
        NSLog(@"ZPNs: enableIOSVoIP needs the plug-in zego_callkit");
        return;
    }
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Warc-performSelector-leaks"
    [[plugin performSelector:shared] performSelector:enable withObject:@([self isProduct])];
#pragma clang diagnostic pop
}

- (NSUInteger)optionsIn:(NSDictionary *)values {
    NSUInteger options = UNNotificationPresentationOptionNone;
    if ([[values objectForKey:@"isPresentBadge"] boolValue]) {
        options |= UNNotificationPresentationOptionBadge;
    }
    if ([[values objectForKey:@"isPresentSound"] boolValue]) {
        options |= UNNotificationPresentationOptionSound;
    }
    if ([[values objectForKey:@"isPresentAlert"] boolValue]) {
        options |= UNNotificationPresentationOptionAlert;
    }
    return options;
}

- (void)ZPNsNotificationCenter:(UNUserNotificationCenter *)center
       willPresentNotification:(UNNotification *)notification
                      userInfo:(NSDictionary *)userInfo
         withCompletionHandler:(void (^)(UNNotificationPresentationOptions options))completionHandler {
    (void)center, (void)notification, (void)userInfo;
    completionHandler(_presented);
}

// Events for JavaScript.

- (void)fire:(NSString *)event parameters:(NSDictionary *)parameters {
    [self.uniInstance fireGlobalEvent:[@"zego.zpns." stringByAppendingString:event] params:parameters];
}

- (void)fire:(NSString *)event message:(ZPNsMessage *)message {
    [self fire:event
        parameters:@{
            @"title" : message.title,
            @"content" : message.content,
            @"payload" : message.payload,
            @"extras" : message.extras,
            @"pushSourceType" : @(pushSourceAPNs)
        }];
}

- (void)onPushRegistered:(NSString *)pushID errorCode:(NSInteger)errorCode message:(NSString *)message {
    [self fire:@"registered" parameters:@{@"pushID" : pushID, @"errorCode" : @(errorCode), @"msg" : message}];
}

- (void)onNotificationArrived:(ZPNsMessage *)message {
    [self fire:@"notificationArrived" message:message];
}

- (void)onNotificationClicked:(ZPNsMessage *)message {
    [self fire:@"notificationClicked" message:message];
}

- (void)onThroughMessageReceived:(ZPNsMessage *)message {
    [self fire:@"throughMessageReceived" message:message];
}

@end
