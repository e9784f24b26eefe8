// SPDX-License-Identifier: Apache-2.0
//
// Life of a client, error codes, and what is left behind.

#import "Harness.h"

#import <Foundation/NSDebug.h>

#import "ErrorTable.h"
#import "ZPNs/ZPNsErrorCode.h"

#include "../../../include/zim/zim.h"

#include <stdlib.h>

static void everyErrorCodeHasItsNameAndNumber(void) {
    int rows = 0;
#define ROW(constant, of_c, number) \
    CHECK((long)(constant) == (number) && (long)(of_c) == (number)); \
    rows++;
    ERROR_TABLE(ROW)
#undef ROW
    CHECK(rows == ERROR_TABLE_ROWS);
}

static void oneClientAtATime(void) {
    CHECK([[ZIM getVersion] length] > 0);
    CHECK([ZIM getInstance] == nil);
    ZIM *zim = NewClient();
    CHECK([ZIM getInstance] == zim);
    CHECK([ZIM createWithAppID:1] == nil);
    [zim destroy];
    [zim destroy];
    CHECK([ZIM getInstance] == nil);
}

static void aRefusedConfigurationSaysWhy(void) {
    CHECK([ZIM createWithAppID:0] == nil);
    CHECK_EQUAL(@([ZIM getCreateError].code), @(ZIMErrorCodeCommonModuleInvalidAppID));
    CHECK([[ZIM getCreateError].message length] > 0);
}

static void callsAfterDestroyAnswerNotInit(void) {
    ZIM *zim = [[NewClient() retain] autorelease];
    [zim destroy];
    Box *answers = [Box box];
    [zim loginWithUserID:@"alice"
                  config:[[[ZIMLoginConfig alloc] init] autorelease]
                callback:^(ZIMError *errorInfo) {
                    [answers put:errorInfo];
                }];
    [zim joinGroup:@"friday"
          callback:^(ZIMGroupFullInfo *groupInfo, ZIMError *errorInfo) {
              CHECK(groupInfo != nil);
              [answers put:errorInfo];
          }];
    CHECK(((ZIMError *)[answers take]).code == ZIMErrorCodeCommonModuleNotInit);
    CHECK(((ZIMError *)[answers take]).code == ZIMErrorCodeCommonModuleNotInit);
    CHECK(SendText(zim, @"Hello", @"bob").code == ZIMErrorCodeCommonModuleNotInit);
    [zim logout];
    [zim setEventHandler:nil];
}

static void destroyAnswersNothingMore(void) {
    ZIM *zim = NewClient();
    Box *answers = [Box box];
    ZIMLoginConfig *config = [[[ZIMLoginConfig alloc] init] autorelease];
    config.token = [[Testbed shared] token:@"alice"];
    [zim loginWithUserID:@"alice"
                  config:config
                callback:^(ZIMError *errorInfo) {
                    [answers put:errorInfo];
                }];
    [zim destroy];
    NSUInteger told = [answers count];
    // Whatever the former client still had to say would come before the answer of a new one.
    ZIM *next = NewClient();
    Login(next, @"alice");
    CHECK([answers count] == told);
    [next destroy];
}

@interface Deaf : NSObject <ZIMEventHandler>
@end

@implementation Deaf

- (void)zim:(ZIM *)zim connectionStateChanged:(ZIMConnectionState)state
          event:(ZIMConnectionEvent)event
   extendedData:(NSDictionary *)extendedData {
    (void)zim, (void)state, (void)event;
    CHECK([extendedData isKindOfClass:[NSDictionary class]]);
}

@end

/// Creates, logs in and destroys for thirty seconds or a thousand times: nothing of ours may be left.
static void nothingIsLeftOfAThousandLogins(void) {
    static const char *const classes[] = {"ZIM", "ZIMClient", "ZIMListener", "ZIMLoginConfig", "ZIMError", "Deaf"};
    NSString *token = [[Testbed shared] token:@"alice"];
    GSDebugAllocationActive(YES);
    NSDate *start = [NSDate date];
    const char *fewer = getenv("ZIM_TEST_ROUNDS");
    int rounds = 0, wanted = fewer ? atoi(fewer) : 1000;
    while (rounds < wanted && -[start timeIntervalSinceNow] < 30) {
        NSAutoreleasePool *pool = [[NSAutoreleasePool alloc] init];
        ZIM *zim = NewClient();
        [zim setEventHandler:[[[Deaf alloc] init] autorelease]];
        Box *answers = [Box box];
        ZIMLoginConfig *config = [[[ZIMLoginConfig alloc] init] autorelease];
        config.token = token;
        [zim loginWithUserID:@"alice"
                      config:config
                    callback:^(ZIMError *errorInfo) {
                        [answers put:errorInfo];
                    }];
        CHECK(((ZIMError *)[answers take]).code == ZIMErrorCodeSuccess);
        [zim destroy];
        [pool release];
        rounds++;
    }
    printf("# %d rounds of create, login and destroy in %.1f s\n", rounds, -[start timeIntervalSinceNow]);
    // What the last client holds is released on a thread of the library, shortly after.
    NSDate *deadline = [NSDate dateWithTimeIntervalSinceNow:10];
    for (size_t at = 0; at < sizeof(classes) / sizeof(*classes); at++) {
        Class class = NSClassFromString(@(classes[at]));
        while (GSDebugAllocationCount(class) > 0 && [deadline timeIntervalSinceNow] > 0) {
            [NSThread sleepForTimeInterval:0.01];
        }
        // Below zero: what an earlier test left for the library's threads to release.
        if (GSDebugAllocationCount(class) > 0) {
            [NSException raise:@"Check" format:@"%d %s are left", GSDebugAllocationCount(class), classes[at]];
        }
    }
    GSDebugAllocationActive(NO);
}

const Test LifeTests[] = {
    {"every error code has its name and number", everyErrorCodeHasItsNameAndNumber},
    {"one client at a time", oneClientAtATime},
    {"a refused configuration says why", aRefusedConfigurationSaysWhy},
    {"calls after destroy answer 6000002", callsAfterDestroyAnswerNotInit},
    {"destroy answers nothing more", destroyAnswersNothingMore},
    {"nothing is left of a thousand logins", nothingIsLeftOfAThousandLogins},
    {NULL, NULL},
};
