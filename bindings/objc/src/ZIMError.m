// SPDX-License-Identifier: Apache-2.0

#import "ZIMError.h"

#import "ZIMPlatform.h"

@implementation ZIMError
@synthesize code = _code;
@synthesize message = _message;

- (instancetype)init {
    self = [super init];
    if (self) {
        _message = @"";
    }
    return self;
}

- (NSString *)description {
    return [NSString stringWithFormat:@"ZIMError %ld: %@", (long)_code, _message];
}

#if !ZIM_ARC
- (void)dealloc {
    [_message release];
    [super dealloc];
}
#endif

@end
