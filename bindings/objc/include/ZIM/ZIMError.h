// SPDX-License-Identifier: Apache-2.0

#import <Foundation/Foundation.h>

#import <ZIM/ZIMEnums.h>

NS_ASSUME_NONNULL_BEGIN

/// Result of an operation.
@interface ZIMError : NSObject {
    ZIMErrorCode _code;
    NSString *_message;
}
/// ZIMErrorCodeSuccess, or a published error code.
@property (nonatomic, assign) ZIMErrorCode code;
/// For developers; names the parameter at fault. Never message text or tokens.
@property (nonatomic, copy) NSString *message;
@end

NS_ASSUME_NONNULL_END
