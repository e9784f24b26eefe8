// SPDX-License-Identifier: Apache-2.0

#import <UIKit/UIKit.h>
#import <UserNotifications/UserNotifications.h>

const char DeviceToken[33] = "device-token-of-the-phone-of-eve";

@implementation UIResponder
@end

@implementation UIApplication
@synthesize delegate = _delegate;
@synthesize deviceToken = _deviceToken;

+ (UIApplication *)sharedApplication {
    static UIApplication *shared;
    if (!shared) {
        shared = [[UIApplication alloc] init];
        shared.deviceToken = [NSData dataWithBytes:DeviceToken length:32];
    }
    return shared;
}

- (void)registerForRemoteNotifications {
    [_delegate application:self didRegisterForRemoteNotificationsWithDeviceToken:_deviceToken];
}

@end

@implementation UNNotificationSound

+ (instancetype)soundNamed:(NSString *)name {
    (void)name;
    return [[[self alloc] init] autorelease];
}

@end

@implementation UNNotificationContent
@synthesize title = _title;
@synthesize body = _body;
@synthesize userInfo = _userInfo;
@synthesize sound = _sound;
@end

@implementation UNMutableNotificationContent
@dynamic title, body, userInfo, sound;

- (void)setTitle:(NSString *)title {
    _title = [title copy];
}

- (void)setBody:(NSString *)body {
    _body = [body copy];
}

- (void)setUserInfo:(NSDictionary *)userInfo {
    _userInfo = [userInfo copy];
}

- (void)setSound:(UNNotificationSound *)sound {
    _sound = [sound retain];
}

@end

@implementation UNTimeIntervalNotificationTrigger
@end

@implementation UNNotificationRequest
@synthesize identifier = _identifier;
@synthesize content = _content;

+ (instancetype)requestWithIdentifier:(NSString *)identifier
                              content:(UNNotificationContent *)content
                              trigger:(UNTimeIntervalNotificationTrigger *)trigger {
    (void)trigger;
    UNNotificationRequest *request = [[[self alloc] init] autorelease];
    request->_identifier = [identifier copy];
    request->_content = [content retain];
    return request;
}

@end

@implementation UNNotification
@synthesize request = _request;

+ (instancetype)notificationWithUserInfo:(NSDictionary *)userInfo {
    UNMutableNotificationContent *content = [[[UNMutableNotificationContent alloc] init] autorelease];
    content.userInfo = userInfo;
    UNNotification *notification = [[[self alloc] init] autorelease];
    notification->_request =
        [[UNNotificationRequest requestWithIdentifier:@"of the double" content:content trigger:nil] retain];
    return notification;
}

@end

@implementation UNNotificationResponse
@synthesize notification = _notification;

+ (instancetype)responseTo:(UNNotification *)notification {
    UNNotificationResponse *response = [[[self alloc] init] autorelease];
    response->_notification = [notification retain];
    return response;
}

@end

@implementation UNUserNotificationCenter
@synthesize delegate = _delegate;
@synthesize asked = _asked;
@synthesize denies = _denies;
@synthesize requests = _requests;

+ (UNUserNotificationCenter *)currentNotificationCenter {
    static UNUserNotificationCenter *current;
    if (!current) {
        current = [[UNUserNotificationCenter alloc] init];
        current->_requests = [[NSMutableArray alloc] init];
    }
    return current;
}

- (void)requestAuthorizationWithOptions:(UNAuthorizationOptions)options
                      completionHandler:(void (^)(BOOL granted, NSError *error))completionHandler {
    _asked = options;
    completionHandler(!_denies, nil);
}

- (void)addNotificationRequest:(UNNotificationRequest *)request
         withCompletionHandler:(void (^)(NSError *error))completionHandler {
    [_requests addObject:request];
    if (completionHandler) {
        completionHandler(nil);
    }
}

@end
