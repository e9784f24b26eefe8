/*
 * A user at the keyboard: reads commands on standard input, tells on standard output what arrives. It needs a terminal for
 * each user; the cross-language test drives one such program per language.
 *
 *   login URL APPID USER TOKEN | send USER TEXT... | quit
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include <zim/zim.h>

#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What a call came to; its callback runs on the library's thread, the main thread waits. */
typedef struct answer {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool arrived;
    uint32_t code;
    char text[256];
    int64_t message_id;
} answer;

static void begin(answer *to) {
    memset(to, 0, sizeof(*to));
    pthread_mutex_init(&to->lock, NULL);
    pthread_cond_init(&to->changed, NULL);
}

static void arrive(answer *to, const zim_error *error) {
    zim_str text = zim_error_message(error);
    pthread_mutex_lock(&to->lock);
    to->code = zim_error_code(error);
    snprintf(to->text, sizeof(to->text), "%.*s", (int)text.len, text.data ? text.data : "");
    to->arrived = true;
    pthread_cond_signal(&to->changed);
    pthread_mutex_unlock(&to->lock);
}

/* True if the call succeeded; a failure is printed. */
static bool finish(answer *to, zim_status status) {
    if (status != ZIM_STATUS_OK) {
        printf("error %u %s\n", (unsigned)ZIM_ERROR_CODE_FAILED, zim_status_detail());
        return false;
    }
    pthread_mutex_lock(&to->lock);
    while (!to->arrived) {
        pthread_cond_wait(&to->changed, &to->lock);
    }
    pthread_mutex_unlock(&to->lock);
    if (to->code != ZIM_ERROR_CODE_SUCCESS) {
        printf("error %u %s\n", (unsigned)to->code, to->text);
    }
    return to->code == ZIM_ERROR_CODE_SUCCESS;
}

static void on_done(void *user_data, const zim_error *error) {
    arrive(user_data, error);
}

static void on_sent(void *user_data, const zim_message *message, const zim_error *error) {
    answer *to = user_data;
    to->message_id = message->message_id;
    arrive(to, error);
}

static void on_messages(void *user_data, const zim_message *const *messages, size_t count,
                        const zim_message_received_info *info) {
    (void)user_data;
    (void)info;
    for (size_t i = 0; i < count; i++) {
        zim_str from = messages[i]->sender_user_id, text = messages[i]->message;
        printf("message %.*s %.*s\n", (int)from.len, from.data, (int)text.len, text.data);
    }
    fflush(stdout);
}

static bool login(zim_client **client, const char *url, const char *app_id, const char *user, const char *token) {
    zim_config config = ZIM_CONFIG_INIT;
    config.app_id = (uint32_t)strtoul(app_id, NULL, 10);
    config.server_url = zim_str_of(url);
    zim_error *error = NULL;
    if (zim_client_new(&config, client, &error) != ZIM_STATUS_OK) {
        zim_str text = zim_error_message(error);
        printf("error %u %.*s\n", (unsigned)zim_error_code(error), (int)text.len, text.data);
        zim_error_free(error);
        return false;
    }
    zim_event_handler events = ZIM_EVENT_HANDLER_INIT;
    events.on_message_received = on_messages;
    zim_client_set_event_handler(*client, &events);

    answer to;
    begin(&to);
    zim_done_callback callback = ZIM_DONE_CALLBACK_INIT;
    callback.on_done = on_done;
    callback.user_data = &to;
    zim_login_config login_config = ZIM_LOGIN_CONFIG_INIT;
    login_config.token = zim_str_of(token);
    return finish(&to, zim_client_login(*client, zim_str_of(user), &login_config, &callback));
}

static void send_text(const zim_client *client, const char *user, const char *text) {
    answer to;
    begin(&to);
    zim_send_callback callback = ZIM_SEND_CALLBACK_INIT;
    callback.on_done = on_sent;
    callback.user_data = &to;
    zim_message message = ZIM_MESSAGE_INIT;
    message.type = ZIM_MESSAGE_TYPE_TEXT;
    message.message = zim_str_of(text);
    zim_message_send_config config = ZIM_MESSAGE_SEND_CONFIG_INIT;
    if (finish(&to, zim_client_send_message(client, &message, zim_str_of(user), ZIM_CONVERSATION_TYPE_PEER, &config,
                                            &callback))) {
        printf("ok send %lld\n", (long long)to.message_id);
    }
}

static void leave(zim_client *client) {
    answer to;
    begin(&to);
    zim_done_callback callback = ZIM_DONE_CALLBACK_INIT;
    callback.on_done = on_done;
    callback.user_data = &to;
    if (finish(&to, zim_client_logout(client, &callback))) {
        puts("ok quit");
    }
    zim_client_free(client);
}

int main(void) {
    static char line[65536];
    zim_client *client = NULL;
    while (fgets(line, sizeof(line), stdin)) {
        line[strcspn(line, "\r\n")] = 0;
        char *rest = NULL;
        const char *command = strtok_r(line, " ", &rest);
        if (!command) {
            continue;
        }
        if (strcmp(command, "login") == 0 && !client) {
            const char *url = strtok_r(NULL, " ", &rest), *app_id = strtok_r(NULL, " ", &rest);
            const char *user = strtok_r(NULL, " ", &rest), *token = strtok_r(NULL, " ", &rest);
            if (token && login(&client, url, app_id, user, token)) {
                puts("ok login");
            }
        } else if (strcmp(command, "send") == 0 && client) {
            const char *user = strtok_r(NULL, " ", &rest);
            send_text(client, user ? user : "", rest);
        } else if (strcmp(command, "quit") == 0 && client) {
            leave(client);
            return 0;
        } else {
            printf("error %u not understood: %s\n", (unsigned)ZIM_ERROR_CODE_FAILED, command);
        }
        fflush(stdout);
    }
    return 1;
}
