// SPDX-License-Identifier: Apache-2.0
//
// The iOS half of the bridge that ../README.md describes, over the class ZPNs.

#import "DCUniModule.h"

#import <ZPNs/ZPNs.h>

/// `zego-ZPNsUniPlugin_ZPNsUniEngine` in JavaScript.
@interface ZPNsUniEngine : DCUniModule <ZPNsNotificationCenterDelegate, ZPNsEventHandler> {
    BOOL _isDebug;
    NSInteger _environment;
    NSUInteger _presented;
}
/// The one that registered last; uni-app makes one module per page.
+ (ZPNsUniEngine *)current;
/// Which of Apple's environments the app's token belongs to.
- (BOOL)isProduct;
@end
