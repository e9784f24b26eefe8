// A user at the keyboard: reads commands on standard input, tells on standard output what arrives. It needs a terminal for
// each user; the cross-language test drives one such program per language.
//
//   login URL APPID USER TOKEN | send USER TEXT... | quit
//
// SPDX-License-Identifier: Apache-2.0

#import <ZIM/ZIM.h>

#include <stdio.h>
#include <string.h>

static void say(NSString *line) {
    puts([line UTF8String]);
    fflush(stdout);
}

@interface Listener : NSObject <ZIMEventHandler>
@end

@implementation Listener

- (void)zim:(ZIM *)zim messageReceivedWithResult:(ZIMMessageReceivedEventResult *)result {
    (void)zim;
    for (ZIMMessage *message in result.messageList) {
        if ([message isKindOfClass:[ZIMTextMessage class]]) {
            say([NSString stringWithFormat:@"message %@ %@", message.senderUserID, ((ZIMTextMessage *)message).message]);
        }
    }
}

@end

/// Says what became of a call; `done` is told to whoever waits.
static void answer(NSCondition *done, ZIMError *errorInfo, NSString *success) {
    say(errorInfo.code == ZIMErrorCodeSuccess
            ? success
            : [NSString stringWithFormat:@"error %ld %@", (long)errorInfo.code, errorInfo.message]);
    [done lock];
    [done signal];
    [done unlock];
}

static void login(NSArray<NSString *> *words, NSCondition *done) {
    ZIMAppConfig *appConfig = [[ZIMAppConfig alloc] init];
    appConfig.serverURL = [words objectAtIndex:1];
    appConfig.appID = (unsigned int)[[words objectAtIndex:2] longLongValue];
    ZIM *zim = [ZIM createWithAppConfig:appConfig];
    if (!zim) {
        answer(done, [ZIM getCreateError], @"");
        return;
    }
    [zim setEventHandler:[[Listener alloc] init]];
    ZIMLoginConfig *config = [[ZIMLoginConfig alloc] init];
    config.token = [words objectAtIndex:4];
    [zim loginWithUserID:[words objectAtIndex:3]
                  config:config
                callback:^(ZIMError *errorInfo) {
                    answer(done, errorInfo, @"ok login");
                }];
}

static void sendText(NSString *user, NSString *text, NSCondition *done) {
    ZIMTextMessage *message = [[ZIMTextMessage alloc] initWithMessage:text];
    [[ZIM getInstance] sendMessage:message
                  toConversationID:user
                  conversationType:ZIMConversationTypePeer
                            config:[[ZIMMessageSendConfig alloc] init]
                      notification:nil
                          callback:^(ZIMMessage *sent, ZIMError *errorInfo) {
                              answer(done, errorInfo, [NSString stringWithFormat:@"ok send %lld", sent.messageID]);
                          }];
}

/// False when the user leaves.
static BOOL obey(NSString *line, NSCondition *done) {
    NSArray<NSString *> *words = [line componentsSeparatedByString:@" "];
    NSString *command = [words objectAtIndex:0];
    if ([command isEqualToString:@"quit"]) {
        [[ZIM getInstance] logout];
        [[ZIM getInstance] destroy];
        say(@"ok quit");
        return NO;
    }
    [done lock];
    if ([command isEqualToString:@"login"] && [words count] == 5) {
        login(words, done);
        [done wait];
    } else if ([command isEqualToString:@"send"] && [words count] >= 3) {
        NSString *user = [words objectAtIndex:1];
        sendText(user, [line substringFromIndex:[command length] + [user length] + 2], done);
        [done wait];
    } else {
        say([NSString stringWithFormat:@"error 1 not understood: %@", command]);
    }
    [done unlock];
    return YES;
}

int main(void) {
    static char line[65536];
    BOOL goesOn = YES;
    NSCondition *done = nil;
    @autoreleasepool {
        done = [[NSCondition alloc] init];
    }
    while (goesOn && fgets(line, sizeof(line), stdin)) {
        line[strcspn(line, "\r\n")] = 0;
        @autoreleasepool {
            goesOn = obey(@(line), done);
        }
    }
    return goesOn ? 1 : 0;
}
