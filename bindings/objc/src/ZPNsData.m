// SPDX-License-Identifier: Apache-2.0

#import "ZPNs/ZPNs.h"

#import "ZIMPlatform.h"

@implementation ZPNsConfig
@synthesize appType = _appType;
@synthesize enableHWBadge = _enableHWBadge;
@synthesize bundleID = _bundleID;

#if !ZIM_ARC
- (void)dealloc {
    [_bundleID release];
    [super dealloc];
}
#endif

@end

@implementation ZPNsMessage
@synthesize title = _title;
@synthesize content = _content;
@synthesize payload = _payload;
@synthesize extras = _extras;

#if !ZIM_ARC
- (void)dealloc {
    [_title release];
    [_content release];
    [_payload release];
    [_extras release];
    [super dealloc];
}
#endif

@end
