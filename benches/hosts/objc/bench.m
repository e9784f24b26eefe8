// What a call and an event cost in Objective-C: see ../README.md.
//
// SPDX-License-Identifier: Apache-2.0

#import <ZIM/ZIM.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/// What blocks and events have told so far; they run on the library's thread, the main thread waits.
static NSCondition *changed;
static NSUInteger told, wanted;

static void expect(NSUInteger count) {
    [changed lock];
    told = 0;
    wanted = count;
    [changed unlock];
}

static void tell(NSUInteger count) {
    [changed lock];
    told += count;
    if (told >= wanted) {
        [changed signal];
    }
    [changed unlock];
}

static void waitForAll(void) {
    [changed lock];
    while (told < wanted) {
        [changed wait];
    }
    [changed unlock];
}

static void fail(NSString *why) {
    fprintf(stderr, "%s\n", [why UTF8String]);
    exit(EXIT_FAILURE);
}

static void check(ZIMError *errorInfo) {
    if (errorInfo.code != ZIMErrorCodeSuccess) {
        fail(errorInfo.message);
    }
}

static double microseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

@interface Events : NSObject <ZIMEventHandler>
@end

@implementation Events

- (void)zim:(ZIM *)zim messageReceivedWithResult:(ZIMMessageReceivedEventResult *)result {
    (void)zim;
    tell([result.messageList count]);
}

- (void)zim:(ZIM *)zim
    connectionStateChanged:(ZIMConnectionState)state
                     event:(ZIMConnectionEvent)event
              extendedData:(NSDictionary *)extendedData {
    (void)zim, (void)event, (void)extendedData;
    if (state == ZIMConnectionStateDisconnected) {
        tell(1);
    }
}

@end

static void query(ZIM *zim, ZIMConversationTotalUnreadMessageCountQueryConfig *config) {
    [zim queryConversationTotalUnreadMessageCountWithConfig:config
                                                   callback:^(unsigned int count, ZIMError *errorInfo) {
                                                       (void)count;
                                                       check(errorInfo);
                                                       tell(1);
                                                   }];
}

static void together(ZIM *zim, NSUInteger calls) {
    ZIMConversationTotalUnreadMessageCountQueryConfig *config =
        [[[ZIMConversationTotalUnreadMessageCountQueryConfig alloc] init] autorelease];
    expect(calls);
    for (NSUInteger call = 0; call < calls; call++) {
        query(zim, config);
    }
    waitForAll();
}

static void sequential(ZIM *zim, NSUInteger calls) {
    ZIMConversationTotalUnreadMessageCountQueryConfig *config =
        [[[ZIMConversationTotalUnreadMessageCountQueryConfig alloc] init] autorelease];
    for (NSUInteger call = 0; call < calls; call++) {
        expect(1);
        query(zim, config);
        waitForAll();
    }
}

static void leave(ZIM *zim) {
    expect(1);
    [zim logout];
    waitForAll();
}

static void backlog(ZIM *zim, NSString *user, NSUInteger messages) {
    ZIMLoginConfig *config = [[[ZIMLoginConfig alloc] init] autorelease];
    expect(messages + 1); // and the login itself
    [zim loginWithUserID:user
                  config:config
                callback:^(ZIMError *errorInfo) {
                    check(errorInfo);
                    tell(1);
                }];
    waitForAll();
}

static void obey(ZIM *zim, NSString *user, char *line) {
    NSArray<NSString *> *words = [@(line) componentsSeparatedByString:@" "];
    NSString *command = [words objectAtIndex:0];
    NSUInteger count = (NSUInteger)[[words lastObject] integerValue];
    double started = microseconds();
    if ([command isEqualToString:@"together"]) {
        together(zim, count);
    } else if ([command isEqualToString:@"sequential"]) {
        sequential(zim, count);
    } else if ([command isEqualToString:@"leave"]) {
        leave(zim);
    } else if ([command isEqualToString:@"backlog"]) {
        backlog(zim, user, count);
    } else {
        fail([@"not understood: " stringByAppendingString:command]);
    }
    printf("{\"microseconds\": %.1f}\n", microseconds() - started);
    fflush(stdout);
}

int main(int count, char **arguments) {
    static char line[256];
    @autoreleasepool {
        if (count != 5) {
            fail(@"bench URL APPID APPSIGN USER");
        }
        changed = [[NSCondition alloc] init];
        ZIMAppConfig *appConfig = [[[ZIMAppConfig alloc] init] autorelease];
        appConfig.serverURL = @(arguments[1]);
        appConfig.appID = (unsigned int)strtoul(arguments[2], NULL, 10);
        appConfig.appSign = @(arguments[3]);
        ZIM *zim = [ZIM createWithAppConfig:appConfig];
        if (!zim) {
            fail([ZIM getCreateError].message);
        }
        Events *events = [[[Events alloc] init] autorelease];
        [zim setEventHandler:events];
        NSString *user = @(arguments[4]);
        backlog(zim, user, 0);
        puts("{}");
        fflush(stdout);
        while (fgets(line, sizeof(line), stdin)) {
            line[strcspn(line, "\n")] = 0;
            @autoreleasepool {
                obey(zim, user, line);
            }
        }
        [zim destroy];
    }
    return EXIT_SUCCESS;
}
