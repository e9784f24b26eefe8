// SPDX-License-Identifier: Apache-2.0

#import "ZIMConvert.h"

@implementation ZIMScratch

- (instancetype)init {
    self = [super init];
    if (self) {
        _held = [[NSMutableArray alloc] init];
    }
    return self;
}

- (void)keep:(id)object {
    [_held addObject:object];
}

- (void *)bytes:(size_t)length {
    NSMutableData *memory = [NSMutableData dataWithLength:length];
    [_held addObject:memory];
    return [memory mutableBytes];
}

#if !ZIM_ARC
- (void)dealloc {
    [_held release];
    [super dealloc];
}
#endif

@end

NSString *ZIMStringFromC(zim_str from) {
    NSString *text = from.len ? [[NSString alloc] initWithBytes:from.data length:from.len encoding:NSUTF8StringEncoding]
                              : nil;
    return text ? ZIM_AUTORELEASE(text) : @"";
}

NSData *ZIMDataFromC(zim_bytes from) {
    return [NSData dataWithBytes:from.data length:from.len];
}

NSArray<NSString *> *ZIMStringsFromC(const zim_str *items, size_t count) {
    return ZIM_LIST_FROM_C(ZIMStringFromC, items, count);
}

static NSNumber *number(int32_t value) {
    return [NSNumber numberWithInt:value];
}

NSArray<NSNumber *> *ZIMNumbersFromC(const int32_t *items, size_t count) {
    return ZIM_LIST_FROM_C(number, items, count);
}

NSDictionary<NSString *, NSString *> *ZIMMapFromC(const zim_key_value *items, size_t count) {
    NSMutableDictionary *map = [NSMutableDictionary dictionaryWithCapacity:count];
    for (size_t at = 0; at < count; at++) {
        [map setObject:ZIMStringFromC(items[at].value) forKey:ZIMStringFromC(items[at].key)];
    }
    return map;
}

NSDictionary *ZIMDictionaryFromJSON(zim_str json) {
    if (json.len == 0) {
        return @{};
    }
    NSData *data = [NSData dataWithBytes:json.data length:json.len];
    id value = [NSJSONSerialization JSONObjectWithData:data options:0 error:NULL];
    return [value isKindOfClass:[NSDictionary class]] ? value : @{};
}

static ZIMError *errorOf(ZIMErrorCode code, NSString *message) {
    ZIMError *error = ZIM_AUTORELEASE([[ZIMError alloc] init]);
    error.code = code;
    error.message = message;
    return error;
}

ZIMError *ZIMErrorFromC(const zim_error *error) {
    return errorOf((ZIMErrorCode)zim_error_code(error), ZIMStringFromC(zim_error_message(error)));
}

ZIMError *ZIMErrorRefused(zim_status status) {
    switch (status) {
    case ZIM_STATUS_DESTROYED:
        return errorOf(ZIMErrorCodeCommonModuleNotInit, @"the client was destroyed");
    case ZIM_STATUS_FORKED:
        return errorOf(ZIMErrorCodeCommonModuleNotInit, @(zim_status_detail()));
    case ZIM_STATUS_NULL_POINTER:
    case ZIM_STATUS_INVALID_ARGUMENT:
        return errorOf(ZIMErrorCodeCommonModuleParamsInvalid, @(zim_status_detail()));
    default:
        return errorOf(ZIMErrorCodeFailed, @(zim_status_detail()));
    }
}

zim_str ZIMStringToC(NSString *from, ZIMScratch *scratch) {
    zim_str to = {NULL, 0};
    if ([from isKindOfClass:[NSString class]]) {
        NSData *bytes = [from dataUsingEncoding:NSUTF8StringEncoding allowLossyConversion:YES];
        if (bytes) {
            [scratch keep:bytes];
            to.data = [bytes bytes];
            to.len = [bytes length];
        }
    }
    return to;
}

zim_bytes ZIMDataToC(NSData *from, ZIMScratch *scratch) {
    zim_bytes to = {NULL, 0};
    if (from) {
        [scratch keep:from];
        to.data = [from bytes];
        to.len = [from length];
    }
    return to;
}

const zim_str *ZIMStringsToC(NSArray<NSString *> *from, ZIMScratch *scratch) {
    zim_str *items = [scratch bytes:sizeof(zim_str) * ZIMCount(from)];
    for (size_t at = 0; at < ZIMCount(from); at++) {
        items[at] = ZIMStringToC([from objectAtIndex:at], scratch);
    }
    return items;
}

const int32_t *ZIMNumbersToC(NSArray<NSNumber *> *from, ZIMScratch *scratch) {
    int32_t *items = [scratch bytes:sizeof(int32_t) * ZIMCount(from)];
    for (size_t at = 0; at < ZIMCount(from); at++) {
        items[at] = [[from objectAtIndex:at] intValue];
    }
    return items;
}

const zim_key_value *ZIMMapToC(NSDictionary<NSString *, NSString *> *from, ZIMScratch *scratch) {
    zim_key_value *items = [scratch bytes:sizeof(zim_key_value) * ZIMCount(from)];
    size_t at = 0;
    for (NSString *key in from) {
        items[at].key = ZIMStringToC(key, scratch);
        items[at].value = ZIMStringToC([from objectForKey:key], scratch);
        at++;
    }
    return items;
}
