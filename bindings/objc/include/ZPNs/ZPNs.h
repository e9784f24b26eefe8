// SPDX-License-Identifier: Apache-2.0
//
// ZPNs for Objective-C: offline push on Apple devices. Import this file.
//
// Registration and badge reach the server through the ZIM of the process, and are bound to whoever logs in, in whichever
// order login and registration come. What the delegate and the handler are told comes where ZIMClient.h says; the methods
// of UNUserNotificationCenterDelegate come where the system calls them. Every method may be called from any thread.

#import <Foundation/Foundation.h>

#import <ZPNs/ZPNsErrorCode.h>

#if defined(__has_include)
#if __has_include(<UserNotifications/UserNotifications.h>)
#import <UserNotifications/UserNotifications.h>
#define ZPNS_USER_NOTIFICATIONS 1
#endif
#endif

NS_ASSUME_NONNULL_BEGIN

/// Settings of registration.
@interface ZPNsConfig : NSObject {
    int _appType;
    BOOL _enableHWBadge;
    NSString *_bundleID;
}
/// Certificate set on the server, 1 or 2; 0 counts as 1.
@property (nonatomic, assign) int appType;
/// Of Huawei phones; means nothing on Apple devices.
@property (nonatomic, assign) BOOL enableHWBadge;
/// Bundle id of a program without a bundle; nil: that of the main bundle. Ours, not in the published class.
@property (nonatomic, copy, nullable) NSString *bundleID;
@end

/// One push. Ours, with the members of the other platforms.
@interface ZPNsMessage : NSObject {
    NSString *_title;
    NSString *_content;
    NSString *_payload;
    NSDictionary *_extras;
}
/// The sender's title.
@property (nonatomic, copy) NSString *title;
/// The sender's content.
@property (nonatomic, copy) NSString *content;
/// The sender's payload, byte for byte.
@property (nonatomic, copy) NSString *payload;
/// Everything that was pushed.
@property (nonatomic, copy) NSDictionary *extras;
@end

/// The published delegate.
@protocol ZPNsNotificationCenterDelegate <NSObject>
@optional
/// Registration succeeded, also again with a new PushID.
- (void)onRegistered:(NSString *)pushID;
#if ZPNS_USER_NOTIFICATIONS
/// A push arrives while the app is in the foreground; the app decides what is shown.
- (void)ZPNsNotificationCenter:(UNUserNotificationCenter *)center
       willPresentNotification:(UNNotification *)notification
                      userInfo:(NSDictionary *)userInfo
         withCompletionHandler:(void (^)(UNNotificationPresentationOptions options))completionHandler;
/// The user tapped a notification.
- (void)ZPNsNotificationCenter:(UNUserNotificationCenter *)center
    didReceiveNotificationResponse:(UNNotificationResponse *)response
                          userInfo:(NSDictionary *)userInfo
             withCompletionHandler:(void (^)(void))completionHandler;
#endif
@end

/// What bridges to other languages are told. Ours, with the events of the other platforms.
@protocol ZPNsEventHandler <NSObject>
@optional
/// Registration succeeded (0), or failed with Apple's number.
- (void)onPushRegistered:(NSString *)pushID errorCode:(NSInteger)errorCode message:(NSString *)message;
/// A notification was displayed in the foreground.
- (void)onNotificationArrived:(ZPNsMessage *)message;
/// A notification was tapped; held until registerAPNs.
- (void)onNotificationClicked:(ZPNsMessage *)message;
/// A silent push arrived.
- (void)onThroughMessageReceived:(ZPNsMessage *)message;
@end

/// The push client of this app. Assign it to UNUserNotificationCenter's delegate to have notifications forwarded.
#if ZPNS_USER_NOTIFICATIONS
@interface ZPNs : NSObject <UNUserNotificationCenterDelegate> {
#else
@interface ZPNs : NSObject {
#endif
    ZPNsConfig *_config;
    id<ZPNsNotificationCenterDelegate> _delegate;
    id<ZPNsEventHandler> _handler;
    void *_raw;
}

/// The one of this app.
+ (instancetype)shared;
/// The same, by the name of the reference.
+ (instancetype)getInstance;

/// Version of the library.
+ (NSString *)getVersion;

/// Chooses the certificate set; before registering, the last call counts.
- (void)setPushConfig:(ZPNsConfig *)config;
/// The same, as the reference prints it.
+ (void)setPushConfig:(ZPNsConfig *)config;

/// Registers with Apple; the token comes to the app's delegate, which hands it to setDeviceToken:isProduct:.
- (void)registerAPNs;

/// Stops all pushes to this device, alert and silent, now or at the next connection. Logged if it was never registered.
- (void)unregisterAPNs;

/// The token of application:didRegisterForRemoteNotificationsWithDeviceToken:. `isProduct` NO: signed for development.
/// Leads to onRegistered:.
- (void)setDeviceToken:(NSData *)deviceToken isProduct:(BOOL)isProduct;

/// The token of pushRegistry:didUpdatePushCredentials:forType:. The PushID then stands for this token too.
- (void)setVoipToken:(NSData *)voipToken isProduct:(BOOL)isProduct;

/// Who is told; kept until replaced, nil: nobody.
- (void)setZPNsNotificationCenterDelegate:(nullable id<ZPNsNotificationCenterDelegate>)delegate;

/// Reports the badge the app shows, 0 or more; what is below is logged and ignored.
- (void)setBadge:(int)badge;

/// For bridges; kept until replaced, nil: nobody. Ours.
- (void)setEventHandler:(nullable id<ZPNsEventHandler>)handler;
/// From application:didFailToRegisterForRemoteNotificationsWithError:, for the handler. Ours.
- (void)didFailToRegisterWithError:(NSError *)error;
/// From application:didReceiveRemoteNotification:fetchCompletionHandler:, for the handler. Ours.
- (void)didReceiveRemoteNotification:(NSDictionary *)userInfo;
/// NO if this build was signed for development, by its provisioning profile. Ours.
+ (BOOL)isProduct;
/// The same for the text of a profile; nil, as in the App Store, is production.
+ (BOOL)isProductWithProfile:(nullable NSData *)profile;

#if ZPNS_USER_NOTIFICATIONS
/// Shows a notification of the app itself. Deprecated 2.4.0.
- (void)addLocalNotificationWithContent:(UNMutableNotificationContent *)content
                                trigger:(nullable UNTimeIntervalNotificationTrigger *)trigger
                  withCompletionHandler:(nullable void (^)(NSError *_Nullable error))handler;
/// Shows a notification of the app itself.
- (void)addLocalNotificationRequest:(UNNotificationRequest *)request
              withCompletionHandler:(nullable void (^)(NSError *_Nullable error))handler;
#endif

@end

NS_ASSUME_NONNULL_END
