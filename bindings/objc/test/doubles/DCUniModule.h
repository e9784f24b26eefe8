// SPDX-License-Identifier: Apache-2.0
//
// A double of what a native plug-in uses of uni-app's SDK for iOS. The instance remembers the events it was given.

#import <Foundation/Foundation.h>

typedef void (^UniModuleKeepAliveCallback)(id result, BOOL keepAlive);

/// In uni-app's header it puts the method into a table; here it only has to be one.
#define UNI_EXPORT_METHOD(method) \
    +(SEL)UNI_EXPORT_NAME(__LINE__) { \
        return method; \
    }
#define UNI_EXPORT_NAME(line) UNI_EXPORT_PASTE(exported, line)
#define UNI_EXPORT_PASTE(start, line) start##line

@interface DCUniSDKInstance : NSObject {
@public
    void (^onEvent)(NSString *name, NSDictionary *parameters);
}
- (void)fireGlobalEvent:(NSString *)eventName params:(NSDictionary *)params;
@end

@interface DCUniModule : NSObject {
    DCUniSDKInstance *_uniInstance;
}
@property (nonatomic, retain) DCUniSDKInstance *uniInstance;
@end
