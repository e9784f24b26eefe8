// SPDX-License-Identifier: Apache-2.0
//
// What the push client asks of the system.

#import <Foundation/Foundation.h>

/// Asks Apple for a device token, on the main thread; the app's delegate gets it.
void ZPNsRegisterForRemoteNotifications(void);
