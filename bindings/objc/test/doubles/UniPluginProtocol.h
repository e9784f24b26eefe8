// SPDX-License-Identifier: Apache-2.0
//
// A double of uni-app's protocol for what the application's delegate is told.

#import <UIKit/UIKit.h>

@protocol UniPluginProtocol <NSObject>
@optional
- (void)application:(UIApplication *)application didRegisterForRemoteNotificationsWithDeviceToken:(NSData *)deviceToken;
- (void)application:(UIApplication *)application didFailToRegisterForRemoteNotificationsWithError:(NSError *)error;
- (void)application:(UIApplication *)application didReceiveRemoteNotification:(NSDictionary *)userInfo;
@end
