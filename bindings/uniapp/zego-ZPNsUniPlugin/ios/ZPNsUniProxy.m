// SPDX-License-Identifier: Apache-2.0

#import "ZPNsUniProxy.h"

#import "ZPNsUniEngine.h"

@implementation ZPNsUniProxy

- (void)application:(UIApplication *)application didRegisterForRemoteNotificationsWithDeviceToken:(NSData *)deviceToken {
    (void)application;
    ZPNsUniEngine *engine = [ZPNsUniEngine current];
    // Without one nobody has asked for a token.
    if (engine) {
        [[ZPNs shared] setDeviceToken:deviceToken isProduct:[engine isProduct]];
    }
}

- (void)application:(UIApplication *)application didFailToRegisterForRemoteNotificationsWithError:(NSError *)error {
    (void)application;
    [[ZPNs shared] didFailToRegisterWithError:error];
}

- (void)application:(UIApplication *)application didReceiveRemoteNotification:(NSDictionary *)userInfo {
    (void)application;
    [[ZPNs shared] didReceiveRemoteNotification:userInfo];
}

@end
