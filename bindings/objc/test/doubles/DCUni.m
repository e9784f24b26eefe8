// SPDX-License-Identifier: Apache-2.0

#import <DCUniModule.h>

@implementation DCUniSDKInstance

- (void)fireGlobalEvent:(NSString *)eventName params:(NSDictionary *)params {
    onEvent(eventName, params);
}

@end

@implementation DCUniModule
@synthesize uniInstance = _uniInstance;
@end
