// SPDX-License-Identifier: Apache-2.0
//
// Values between C and Objective-C. From C: copies. To C: views that live as long as their scratch.

#import "ZIMError.h"
#import "ZIMPlatform.h"

#include "../../../include/zim/zim.h"

/// Holds what one call shows to C.
@interface ZIMScratch : NSObject {
    NSMutableArray *_held;
}
/// Keeps an object until the call is over.
- (void)keep:(id)object;
/// Zeroed memory.
- (void *)bytes:(size_t)length;
@end

#define ZIM_SCRATCH(name) ZIM_SCOPED ZIMScratch *name = ZIM_AUTORELEASE([[ZIMScratch alloc] init])

NSString *ZIMStringFromC(zim_str from);
NSData *ZIMDataFromC(zim_bytes from);
NSArray<NSString *> *ZIMStringsFromC(const zim_str *items, size_t count);
NSArray<NSNumber *> *ZIMNumbersFromC(const int32_t *items, size_t count);
NSDictionary<NSString *, NSString *> *ZIMMapFromC(const zim_key_value *items, size_t count);
/// The object in a JSON text; an empty one if the text holds none.
NSDictionary *ZIMDictionaryFromJSON(zim_str json);
ZIMError *ZIMErrorFromC(const zim_error *error);
/// Why a call was not accepted, in the words of the published codes.
ZIMError *ZIMErrorRefused(zim_status status);

/// What is no string counts as the empty text, which the library then refuses by the parameter's name.
zim_str ZIMStringToC(NSString *from, ZIMScratch *scratch);
zim_bytes ZIMDataToC(NSData *from, ZIMScratch *scratch);
const zim_str *ZIMStringsToC(NSArray<NSString *> *from, ZIMScratch *scratch);
const int32_t *ZIMNumbersToC(NSArray<NSNumber *> *from, ZIMScratch *scratch);
const zim_key_value *ZIMMapToC(NSDictionary<NSString *, NSString *> *from, ZIMScratch *scratch);

/// Elements of a list or map; 0 for nil.
#define ZIMCount(list) ((size_t)[(list) count])

#define ZIM_LIST_FROM_C(convert, items, items_count) \
    ({ \
        NSMutableArray *list = [NSMutableArray arrayWithCapacity:(items_count)]; \
        for (size_t at = 0; at < (items_count); at++) { \
            [list addObject:convert((items)[at])]; \
        } \
        list; \
    })

#define ZIM_LIST_TO_C(type, convert, list, scratch) \
    ({ \
        const type **items = [(scratch) bytes:sizeof(type *) * ZIMCount(list)]; \
        for (size_t at = 0; at < ZIMCount(list); at++) { \
            items[at] = convert([(list) objectAtIndex:at], (scratch)); \
        } \
        items; \
    })
