// SPDX-License-Identifier: Apache-2.0
//
// A double of what apps and ZPNs use of UIKit. The application hands a token to its delegate, as a phone does.

#import <Foundation/Foundation.h>

@class UIApplication;

@protocol UIApplicationDelegate <NSObject>
@optional
- (BOOL)application:(UIApplication *)application didFinishLaunchingWithOptions:(NSDictionary *)launchOptions;
- (void)application:(UIApplication *)application didRegisterForRemoteNotificationsWithDeviceToken:(NSData *)deviceToken;
- (void)application:(UIApplication *)application didFailToRegisterForRemoteNotificationsWithError:(NSError *)error;
@end

@interface UIResponder : NSObject
@end

@interface UIApplication : NSObject {
    id<UIApplicationDelegate> _delegate;
    NSData *_deviceToken;
}
/// Of the double: the token it hands out, at first DeviceToken.
@property (nonatomic, copy) NSData *deviceToken;
@property (nonatomic, assign) id<UIApplicationDelegate> delegate;
+ (UIApplication *)sharedApplication;
- (void)registerForRemoteNotifications;
@end

/// 32 bytes and a NUL.
extern const char DeviceToken[33];
