// SPDX-License-Identifier: Apache-2.0
//
// A double of what apps and ZPNs use of UserNotifications. The center remembers the requests it was given.

#import <Foundation/Foundation.h>

typedef NS_OPTIONS(NSUInteger, UNAuthorizationOptions) {
    UNAuthorizationOptionBadge = 1 << 0,
    UNAuthorizationOptionSound = 1 << 1,
    UNAuthorizationOptionAlert = 1 << 2,
};

typedef NS_OPTIONS(NSUInteger, UNNotificationPresentationOptions) {
    UNNotificationPresentationOptionNone = 0,
    UNNotificationPresentationOptionBadge = 1 << 0,
    UNNotificationPresentationOptionSound = 1 << 1,
    UNNotificationPresentationOptionAlert = 1 << 2,
};

@interface UNNotificationSound : NSObject
+ (instancetype)soundNamed:(NSString *)name;
@end

@interface UNNotificationContent : NSObject {
    NSString *_title;
    NSString *_body;
    NSDictionary *_userInfo;
    UNNotificationSound *_sound;
}
@property (nonatomic, copy, readonly) NSString *title;
@property (nonatomic, copy, readonly) NSString *body;
@property (nonatomic, copy, readonly) NSDictionary *userInfo;
@property (nonatomic, retain, readonly) UNNotificationSound *sound;
@end

@interface UNMutableNotificationContent : UNNotificationContent
@property (nonatomic, copy, readwrite) NSString *title;
@property (nonatomic, copy, readwrite) NSString *body;
@property (nonatomic, copy, readwrite) NSDictionary *userInfo;
@property (nonatomic, retain, readwrite) UNNotificationSound *sound;
@end

@interface UNTimeIntervalNotificationTrigger : NSObject
@end

@interface UNNotificationRequest : NSObject {
    NSString *_identifier;
    UNNotificationContent *_content;
}
@property (nonatomic, copy, readonly) NSString *identifier;
@property (nonatomic, retain, readonly) UNNotificationContent *content;
+ (instancetype)requestWithIdentifier:(NSString *)identifier
                              content:(UNNotificationContent *)content
                              trigger:(UNTimeIntervalNotificationTrigger *)trigger;
@end

@interface UNNotification : NSObject {
    UNNotificationRequest *_request;
}
@property (nonatomic, retain, readonly) UNNotificationRequest *request;
/// Of the double.
+ (instancetype)notificationWithUserInfo:(NSDictionary *)userInfo;
@end

@interface UNNotificationResponse : NSObject {
    UNNotification *_notification;
}
@property (nonatomic, retain, readonly) UNNotification *notification;
/// Of the double.
+ (instancetype)responseTo:(UNNotification *)notification;
@end

@class UNUserNotificationCenter;

@protocol UNUserNotificationCenterDelegate <NSObject>
@optional
- (void)userNotificationCenter:(UNUserNotificationCenter *)center
       willPresentNotification:(UNNotification *)notification
         withCompletionHandler:(void (^)(UNNotificationPresentationOptions options))completionHandler;
- (void)userNotificationCenter:(UNUserNotificationCenter *)center
    didReceiveNotificationResponse:(UNNotificationResponse *)response
             withCompletionHandler:(void (^)(void))completionHandler;
@end

@interface UNUserNotificationCenter : NSObject {
    id<UNUserNotificationCenterDelegate> _delegate;
    UNAuthorizationOptions _asked;
    BOOL _denies;
    NSMutableArray *_requests;
}
@property (nonatomic, assign) id<UNUserNotificationCenterDelegate> delegate;
/// Of the double: what the user was asked for, and the notifications to show.
@property (nonatomic, assign, readonly) UNAuthorizationOptions asked;
/// Of the double: the user says no.
@property (nonatomic, assign) BOOL denies;
@property (nonatomic, retain, readonly) NSMutableArray *requests;
+ (UNUserNotificationCenter *)currentNotificationCenter;
- (void)requestAuthorizationWithOptions:(UNAuthorizationOptions)options
                      completionHandler:(void (^)(BOOL granted, NSError *error))completionHandler;
- (void)addNotificationRequest:(UNNotificationRequest *)request
         withCompletionHandler:(void (^)(NSError *error))completionHandler;
@end
