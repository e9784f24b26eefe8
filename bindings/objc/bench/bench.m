// SPDX-License-Identifier: Apache-2.0
//
// Cost of a call with its answer and of an event, beside the same through the C interface, on one client each. Run by hand:
//
//   bench URL APPID TOKEN-OF-ALICE TOKEN-OF-BOB

#import <ZIM/ZIM.h>

#include "zim.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { calls = 20000 };

static double microseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static NSCondition *done;
static int answers;

static void answered(void) {
    [done lock];
    answers++;
    [done signal];
    [done unlock];
}

static void waitFor(int count) {
    [done lock];
    while (answers < count) {
        [done wait];
    }
    answers = 0;
    [done unlock];
}

/// Both ask for the number of unread messages, which the client answers from its own store.
static double throughObjectiveC(ZIM *zim) {
    ZIMConversationTotalUnreadMessageCountQueryConfig *config =
        [[[ZIMConversationTotalUnreadMessageCountQueryConfig alloc] init] autorelease];
    double start = microseconds();
    for (int at = 0; at < calls; at++) {
        [zim queryConversationTotalUnreadMessageCountWithConfig:config
                                                       callback:^(unsigned int count, ZIMError *errorInfo) {
                                                           (void)count, (void)errorInfo;
                                                           answered();
                                                       }];
    }
    waitFor(calls);
    return (microseconds() - start) / calls;
}

static void onCount(void *userData, uint32_t count, const zim_error *error) {
    (void)userData, (void)count, (void)error;
    answered();
}

static double throughC(zim_client *client) {
    zim_conversation_total_unread_message_count_query_config config =
        ZIM_CONVERSATION_TOTAL_UNREAD_MESSAGE_COUNT_QUERY_CONFIG_INIT;
    zim_conversation_total_unread_message_count_queried_callback callback = {.struct_size = sizeof(callback),
                                                                             .on_done = onCount};
    double start = microseconds();
    for (int at = 0; at < calls; at++) {
        zim_client_query_conversation_total_unread_message_count(client, &config, &callback);
    }
    waitFor(calls);
    return (microseconds() - start) / calls;
}

static void onLogin(void *userData, const zim_error *error) {
    *(uint32_t *)userData = zim_error_code(error);
    answered();
}

static zim_client *clientOfC(const char *url, unsigned int appID, const char *token) {
    zim_config config = ZIM_CONFIG_INIT;
    config.app_id = appID;
    config.server_url = zim_str_of(url);
    zim_client *client = NULL;
    uint32_t code = 0;
    zim_login_config login = ZIM_LOGIN_CONFIG_INIT;
    login.token = zim_str_of(token);
    zim_done_callback callback = {.struct_size = sizeof(callback), .on_done = onLogin, .user_data = &code};
    if (zim_client_new(&config, &client, NULL) == ZIM_STATUS_OK) {
        zim_client_login(client, zim_str_of("bob"), &login, &callback);
        waitFor(1);
    }
    return code == 0 ? client : NULL;
}

static ZIM *clientOfObjectiveC(const char *url, unsigned int appID, const char *token) {
    ZIMAppConfig *config = [[[ZIMAppConfig alloc] init] autorelease];
    config.appID = appID;
    config.serverURL = @(url);
    ZIM *zim = [ZIM createWithAppConfig:config];
    ZIMLoginConfig *login = [[[ZIMLoginConfig alloc] init] autorelease];
    login.token = @(token);
    [zim loginWithUserID:@"alice"
                  config:login
                callback:^(ZIMError *errorInfo) {
                    if (errorInfo.code != ZIMErrorCodeSuccess) {
                        NSLog(@"%@", errorInfo);
                    }
                    answered();
                }];
    waitFor(1);
    return zim;
}

int main(int count, char **arguments) {
    if (count != 5) {
        fprintf(stderr, "usage: bench URL APPID TOKEN-OF-ALICE TOKEN-OF-BOB\n");
        return EXIT_FAILURE;
    }
    @autoreleasepool {
        done = [[NSCondition alloc] init];
        unsigned int appID = (unsigned int)strtoul(arguments[2], NULL, 10);
        ZIM *zim = clientOfObjectiveC(arguments[1], appID, arguments[3]);
        zim_client *client = clientOfC(arguments[1], appID, arguments[4]);
        if (!client) {
            return EXIT_FAILURE;
        }
        throughC(client);
        throughObjectiveC(zim);
        double c = throughC(client), objc = throughObjectiveC(zim);
        printf("a call with its answer: C %.2f us, Objective-C %.2f us, ratio %.2f\n", c, objc, objc / c);
        zim_client_free(client);
        [zim destroy];
    }
    return EXIT_SUCCESS;
}
