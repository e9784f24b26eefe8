// SPDX-License-Identifier: Apache-2.0

#import "ZPNs/ZPNs.h"

#import "ZIMInternal.h"
#import "ZPNsSystem.h"

/// The client of libzim, made at first use; it lives as long as the process.
@interface ZPNs ()
- (zpns_client *)raw;
@end

static void onRegistered(void *userData, const zpns_registered *registered);
static void onArrived(void *userData, const zpns_message *message);
static void onClicked(void *userData, const zpns_message *message);
static void onThrough(void *userData, const zpns_message *message);

/// A client was made: registration and badge go through it from now on.
static void clientMade(const zim_client *client) {
    zpns_attach([[ZPNs shared] raw], client);
}

static zim_str jsonOf(NSDictionary *userInfo, ZIMScratch *scratch) {
    zim_str json = {"{}", 2};
    if (userInfo && [NSJSONSerialization isValidJSONObject:userInfo]) {
        NSData *data = [NSJSONSerialization dataWithJSONObject:userInfo options:0 error:NULL];
        zim_bytes bytes = ZIMDataToC(data, scratch);
        if (bytes.len > 0) {
            json = (zim_str){(const char *)bytes.data, bytes.len};
        }
    }
    return json;
}

@implementation ZPNs

+ (instancetype)shared {
    static ZPNs *shared;
    @synchronized([ZPNs class]) {
        if (!shared) {
            shared = [[ZPNs alloc] init];
        }
    }
    return shared;
}

+ (instancetype)getInstance {
    return [self shared];
}

+ (NSString *)getVersion {
    return @(zim_version());
}

// Not in the published headers, and still called by bridges.
+ (void)writeCustomLog:(NSString *)log moduleName:(NSString *)moduleName {
    NSLog(@"[%@] %@", moduleName, log);
}

+ (BOOL)isProduct {
    NSString *path = [[NSBundle mainBundle] pathForResource:@"embedded" ofType:@"mobileprovision"];
    return [self isProductWithProfile:path ? [NSData dataWithContentsOfFile:path] : nil];
}

+ (BOOL)isProductWithProfile:(NSData *)profile {
    // A signed property list: the list is in it as plain text.
    NSString *text = profile ? ZIM_AUTORELEASE([[NSString alloc] initWithData:profile encoding:NSISOLatin1StringEncoding])
                             : nil;
    NSRange key = text ? [text rangeOfString:@"<key>aps-environment</key>"] : NSMakeRange(NSNotFound, 0);
    if (key.location == NSNotFound) {
        return YES;
    }
    NSString *value = [text substringFromIndex:NSMaxRange(key)];
    value = [value stringByTrimmingCharactersInSet:[NSCharacterSet whitespaceAndNewlineCharacterSet]];
    return ![value hasPrefix:@"<string>development</string>"];
}

+ (void)setPushConfig:(ZPNsConfig *)config {
    [[self shared] setPushConfig:config];
}

- (void)setPushConfig:(ZPNsConfig *)config {
    @synchronized(self) {
        ZPNsConfig *former = _config;
        _config = ZIM_RETAIN(config);
        ZIM_RELEASE(former);
    }
}

- (zpns_client *)raw {
    @synchronized(self) {
        if (!_raw) {
            [self makeRaw];
        }
        return _raw;
    }
}

- (void)makeRaw {
    ZIM_SCRATCH(scratch);
    NSString *bundleID = _config.bundleID ? _config.bundleID : [[NSBundle mainBundle] bundleIdentifier];
    zpns_options options = ZPNS_OPTIONS_INIT;
    options.os = ZPNS_OS_IOS;
    options.bundle_id = ZIMStringToC(bundleID, scratch);
    zpns_client *raw = NULL;
    if (zpns_new(&options, NULL, &raw) != ZIM_STATUS_OK) {
        NSLog(@"ZPNs: %s", zim_status_detail());
        return;
    }
    _raw = raw;
    zpns_event_handler events = ZPNS_EVENT_HANDLER_INIT;
    // Nothing to count: there is one of this object, and it stays.
    events.user_data = (ZIM_BRIDGE(void *) self);
    events.on_registered = onRegistered;
    events.on_notification_arrived = onArrived;
    events.on_notification_clicked = onClicked;
    events.on_through_message_received = onThrough;
    zpns_set_event_handler(raw, &events);
}

- (void)registerAPNs {
    zpns_client *raw = [self raw];
    zpns_push_config config = ZPNS_PUSH_CONFIG_INIT;
    @synchronized(self) {
        config.app_type = (uint32_t)_config.appType;
    }
    zpns_set_push_config(raw, &config);
    ZIMObserveClients(clientMade);
    zpns_register_push(raw);
    ZPNsRegisterForRemoteNotifications();
}

- (void)unregisterAPNs {
    [self logRefusal:zpns_unregister_push([self raw]) of:@"unregisterAPNs"];
}

- (void)setDeviceToken:(NSData *)deviceToken isProduct:(BOOL)isProduct {
    ZIM_SCRATCH(scratch);
    [self logRefusal:zpns_set_device_token([self raw], ZIMDataToC(deviceToken, scratch), isProduct) of:@"setDeviceToken"];
}

- (void)setVoipToken:(NSData *)voipToken isProduct:(BOOL)isProduct {
    ZIM_SCRATCH(scratch);
    [self logRefusal:zpns_set_voip_token([self raw], ZIMDataToC(voipToken, scratch), isProduct) of:@"setVoipToken"];
}

- (void)setBadge:(int)badge {
    [self logRefusal:zpns_set_badge([self raw], badge) of:@"setBadge"];
}

/// The published methods answer nothing, so a developer finds a misuse in the log.
- (void)logRefusal:(zim_status)status of:(NSString *)method {
    if (status != ZIM_STATUS_OK) {
        NSLog(@"ZPNs: %@ was refused: %s", method, zim_status_detail());
    }
}

- (void)setZPNsNotificationCenterDelegate:(id<ZPNsNotificationCenterDelegate>)delegate {
    @synchronized(self) {
        id former = _delegate;
        _delegate = ZIM_RETAIN(delegate);
        ZIM_RELEASE(former);
    }
}

- (void)setEventHandler:(id<ZPNsEventHandler>)handler {
    @synchronized(self) {
        id former = _handler;
        _handler = ZIM_RETAIN(handler);
        ZIM_RELEASE(former);
    }
}

- (id<ZPNsNotificationCenterDelegate>)delegate {
    @synchronized(self) {
        return ZIM_AUTORELEASE(ZIM_RETAIN(_delegate));
    }
}

- (id<ZPNsEventHandler>)handler {
    @synchronized(self) {
        return ZIM_AUTORELEASE(ZIM_RETAIN(_handler));
    }
}

- (void)didFailToRegisterWithError:(NSError *)error {
    ZIM_SCRATCH(scratch);
    zpns_registration_failed([self raw], ZPNS_VENDOR_APNS, (int32_t)[error code],
                             ZIMStringToC([error localizedDescription], scratch));
}

- (void)didReceiveRemoteNotification:(NSDictionary *)userInfo {
    ZIM_SCRATCH(scratch);
    zpns_through_message_received([self raw], ZPNS_VENDOR_APNS, jsonOf(userInfo, scratch));
}

#if ZPNS_USER_NOTIFICATIONS

- (void)userNotificationCenter:(UNUserNotificationCenter *)center
       willPresentNotification:(UNNotification *)notification
         withCompletionHandler:(void (^)(UNNotificationPresentationOptions options))completionHandler {
    ZIM_SCRATCH(scratch);
    NSDictionary *userInfo = notification.request.content.userInfo;
    zpns_notification_arrived([self raw], ZPNS_VENDOR_APNS, jsonOf(userInfo, scratch));
    id<ZPNsNotificationCenterDelegate> delegate = [self delegate];
    SEL forward = @selector(ZPNsNotificationCenter:willPresentNotification:userInfo:withCompletionHandler:);
    if ([delegate respondsToSelector:forward]) {
        [delegate ZPNsNotificationCenter:center
                 willPresentNotification:notification
                                userInfo:userInfo
                   withCompletionHandler:completionHandler];
    } else {
        completionHandler(UNNotificationPresentationOptionNone);
    }
}

- (void)userNotificationCenter:(UNUserNotificationCenter *)center
    didReceiveNotificationResponse:(UNNotificationResponse *)response
             withCompletionHandler:(void (^)(void))completionHandler {
    ZIM_SCRATCH(scratch);
    NSDictionary *userInfo = response.notification.request.content.userInfo;
    zpns_notification_clicked([self raw], ZPNS_VENDOR_APNS, jsonOf(userInfo, scratch));
    id<ZPNsNotificationCenterDelegate> delegate = [self delegate];
    SEL forward = @selector(ZPNsNotificationCenter:didReceiveNotificationResponse:userInfo:withCompletionHandler:);
    if ([delegate respondsToSelector:forward]) {
        [delegate ZPNsNotificationCenter:center
            didReceiveNotificationResponse:response
                                  userInfo:userInfo
                     withCompletionHandler:completionHandler];
    } else {
        completionHandler();
    }
}

- (void)addLocalNotificationWithContent:(UNMutableNotificationContent *)content
                                trigger:(UNTimeIntervalNotificationTrigger *)trigger
                  withCompletionHandler:(void (^)(NSError *error))handler {
    UNNotificationRequest *request = [UNNotificationRequest requestWithIdentifier:[[NSUUID UUID] UUIDString]
                                                                          content:content
                                                                          trigger:trigger];
    [self addLocalNotificationRequest:request withCompletionHandler:handler];
}

- (void)addLocalNotificationRequest:(UNNotificationRequest *)request
              withCompletionHandler:(void (^)(NSError *error))handler {
    [[UNUserNotificationCenter currentNotificationCenter] addNotificationRequest:request withCompletionHandler:handler];
}

#endif

@end

// What libzim calls. User data is the shared object.

static void onRegistered(void *userData, const zpns_registered *registered) {
    @autoreleasepool {
        ZPNs *zpns = ZIM_BRIDGE(ZPNs *) userData;
        NSString *pushID = ZIMStringFromC(registered->push_id);
        NSString *message = ZIMStringFromC(registered->message);
        NSInteger code = registered->error_code;
        ZIMTell(^{
            id<ZPNsNotificationCenterDelegate> delegate = [zpns delegate];
            if (code == 0 && [delegate respondsToSelector:@selector(onRegistered:)]) {
                [delegate onRegistered:pushID];
            }
            id<ZPNsEventHandler> handler = [zpns handler];
            if ([handler respondsToSelector:@selector(onPushRegistered:errorCode:message:)]) {
                [handler onPushRegistered:pushID errorCode:code message:message];
            }
        });
    }
}

static ZPNsMessage *messageFromC(const zpns_message *from) {
    ZPNsMessage *to = ZIM_AUTORELEASE([[ZPNsMessage alloc] init]);
    to.title = ZIMStringFromC(from->title);
    to.content = ZIMStringFromC(from->content);
    to.payload = ZIMStringFromC(from->payload);
    to.extras = ZIMDictionaryFromJSON(from->extras);
    return to;
}

static void tell(void *userData, const zpns_message *from, void (^told)(id<ZPNsEventHandler> handler, ZPNsMessage *message)) {
    @autoreleasepool {
        ZPNs *zpns = ZIM_BRIDGE(ZPNs *) userData;
        ZPNsMessage *message = messageFromC(from);
        ZIMTell(^{
            told([zpns handler], message);
        });
    }
}

static void onArrived(void *userData, const zpns_message *from) {
    tell(userData, from, ^(id<ZPNsEventHandler> handler, ZPNsMessage *message) {
        if ([handler respondsToSelector:@selector(onNotificationArrived:)]) {
            [handler onNotificationArrived:message];
        }
    });
}

static void onClicked(void *userData, const zpns_message *from) {
    tell(userData, from, ^(id<ZPNsEventHandler> handler, ZPNsMessage *message) {
        if ([handler respondsToSelector:@selector(onNotificationClicked:)]) {
            [handler onNotificationClicked:message];
        }
    });
}

static void onThrough(void *userData, const zpns_message *from) {
    tell(userData, from, ^(id<ZPNsEventHandler> handler, ZPNsMessage *message) {
        if ([handler respondsToSelector:@selector(onThroughMessageReceived:)]) {
            [handler onThroughMessageReceived:message];
        }
    });
}
