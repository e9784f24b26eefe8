// SPDX-License-Identifier: Apache-2.0
//
// Messages between C and Objective-C.

#import "ZIMConvert.h"
#import "ZIMMessage.h"

@interface ZIMMessage (Convert)
/// Brings identity, state and what travels beside the content up to date.
- (void)takeFromC:(const zim_message *)from;
@end

/// A new object of the class that the type names; nil for NULL.
ZIMMessage *ZIMMessageFromC(const zim_message *from);
/// NULL for nil.
const zim_message *ZIMMessageToC(ZIMMessage *from, ZIMScratch *scratch);
