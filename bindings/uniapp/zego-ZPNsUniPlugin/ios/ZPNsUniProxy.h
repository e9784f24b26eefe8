// SPDX-License-Identifier: Apache-2.0

#import "UniPluginProtocol.h"

/// What uni-app's runtime tells of the application (`hooksClass` in ../package.json): handed on to ZPNs.
@interface ZPNsUniProxy : NSObject <UniPluginProtocol>
@end
