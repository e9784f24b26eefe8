// SPDX-License-Identifier: Apache-2.0

#import "ZPNsSystem.h"

#import "ZIMPlatform.h"

#if defined(__has_include)
#if __has_include(<UIKit/UIKit.h>)
#import <UIKit/UIKit.h>
#define ZPNS_APPLICATION UIApplication
#elif __has_include(<AppKit/AppKit.h>)
#import <AppKit/AppKit.h>
#define ZPNS_APPLICATION NSApplication
#endif
#endif

void ZPNsRegisterForRemoteNotifications(void) {
#ifdef ZPNS_APPLICATION
    ZPNS_APPLICATION *application = [ZPNS_APPLICATION sharedApplication];
    [application performSelectorOnMainThread:@selector(registerForRemoteNotifications) withObject:nil waitUntilDone:NO];
#else
    NSLog(@"ZPNs: there is no application to register for remote notifications; give the token to setDeviceToken:");
#endif
}
