// SPDX-License-Identifier: Apache-2.0
//
// Compiled by the modules of the two frameworks, for apps in Objective-C.

#import <ZIM/ZIM.h>
#import <ZPNs/ZPNs.h>

@import ZIM;
@import ZPNs;

NSString *Versions(void);

NSString *Versions(void) {
    return [[ZIM getVersion] stringByAppendingString:[ZPNs getVersion]];
}
