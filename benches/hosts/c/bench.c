/*
 * What a call and an event cost in C, the floor of every other language: see ../README.md. It also plays the sender, for all
 * of them.
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include <zim/zim.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* What callbacks have told so far; they run on the library's thread, the main thread waits. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static size_t told, wanted;

static void expect(size_t count) {
    pthread_mutex_lock(&lock);
    told = 0;
    wanted = count;
    pthread_mutex_unlock(&lock);
}

static void tell(size_t count) {
    pthread_mutex_lock(&lock);
    told += count;
    if (told >= wanted) {
        pthread_cond_signal(&changed);
    }
    pthread_mutex_unlock(&lock);
}

static void wait_for_all(void) {
    pthread_mutex_lock(&lock);
    while (told < wanted) {
        pthread_cond_wait(&changed, &lock);
    }
    pthread_mutex_unlock(&lock);
}

static void fail(const char *what, const char *why) {
    fprintf(stderr, "%s: %s\n", what, why);
    exit(1);
}

static void check(const char *what, zim_status status) {
    if (status != ZIM_STATUS_OK) {
        fail(what, zim_status_detail());
    }
}

static void check_answer(const char *what, const zim_error *error) {
    if (error) {
        zim_str message = zim_error_message(error);
        fprintf(stderr, "%u %.*s\n", (unsigned)zim_error_code(error), (int)message.len, message.data);
        fail(what, "refused");
    }
}

static double microseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static void on_done(void *user_data, const zim_error *error) {
    (void)user_data;
    check_answer("login or logout", error);
    tell(1);
}

static zim_done_callback done(void) {
    zim_done_callback callback = ZIM_DONE_CALLBACK_INIT;
    callback.on_done = on_done;
    return callback;
}

static void login(const zim_client *client, const char *user) {
    zim_login_config config = ZIM_LOGIN_CONFIG_INIT;
    zim_done_callback callback = done();
    check("login", zim_client_login(client, zim_str_of(user), &config, &callback));
}

static void on_count(void *user_data, uint32_t count, const zim_error *error) {
    (void)user_data, (void)count;
    check_answer("query", error);
    tell(1);
}

static void query(const zim_client *client) {
    zim_conversation_total_unread_message_count_query_config config =
        ZIM_CONVERSATION_TOTAL_UNREAD_MESSAGE_COUNT_QUERY_CONFIG_INIT;
    zim_conversation_total_unread_message_count_queried_callback callback =
        ZIM_CONVERSATION_TOTAL_UNREAD_MESSAGE_COUNT_QUERIED_CALLBACK_INIT;
    callback.on_done = on_count;
    check("query", zim_client_query_conversation_total_unread_message_count(client, &config, &callback));
}

static void together(const zim_client *client, size_t calls) {
    expect(calls);
    for (size_t call = 0; call < calls; call++) {
        query(client);
    }
    wait_for_all();
}

static void sequential(const zim_client *client, size_t calls) {
    for (size_t call = 0; call < calls; call++) {
        expect(1);
        query(client);
        wait_for_all();
    }
}

static void leave(const zim_client *client) {
    expect(1);
    zim_done_callback callback = done();
    check("logout", zim_client_logout(client, &callback));
    wait_for_all();
}

static void on_messages(void *user_data, const zim_message *const *messages, size_t count,
                        const zim_message_received_info *info) {
    (void)user_data, (void)messages, (void)info;
    tell(count);
}

static void backlog(const zim_client *client, const char *user, size_t messages) {
    expect(messages + 1); /* and the login itself */
    login(client, user);
    wait_for_all();
}

static void on_sent(void *user_data, const zim_message *message, const zim_error *error) {
    (void)user_data, (void)message;
    check_answer("send", error);
    tell(1);
}

static void send_messages(const zim_client *client, const char *to, size_t messages) {
    zim_send_callback callback = ZIM_SEND_CALLBACK_INIT;
    callback.on_done = on_sent;
    zim_message message = ZIM_MESSAGE_INIT;
    message.type = ZIM_MESSAGE_TYPE_TEXT;
    message.message = zim_str_of("a message of some forty bytes, as people write");
    zim_message_send_config config = ZIM_MESSAGE_SEND_CONFIG_INIT;
    expect(messages);
    for (size_t number = 0; number < messages; number++) {
        check("send", zim_client_send_message(client, &message, zim_str_of(to), ZIM_CONVERSATION_TYPE_PEER, &config,
                                              &callback));
    }
    wait_for_all();
}

static void obey(const zim_client *client, const char *user, char *line) {
    char *rest = NULL;
    const char *command = strtok_r(line, " \n", &rest);
    const char *to = command && strcmp(command, "send") == 0 ? strtok_r(NULL, " \n", &rest) : user;
    const char *number = strtok_r(NULL, " \n", &rest);
    size_t count = number ? strtoul(number, NULL, 10) : 0;
    double started = microseconds();
    if (command && strcmp(command, "together") == 0) {
        together(client, count);
    } else if (command && strcmp(command, "sequential") == 0) {
        sequential(client, count);
    } else if (command && strcmp(command, "leave") == 0) {
        leave(client);
    } else if (command && strcmp(command, "backlog") == 0) {
        backlog(client, user, count);
    } else if (command && strcmp(command, "send") == 0) {
        send_messages(client, to, count);
    } else {
        fail("not understood", command ? command : "an empty line");
    }
    printf("{\"microseconds\": %.1f}\n", microseconds() - started);
    fflush(stdout);
}

int main(int count, char **arguments) {
    static char line[256];
    if (count != 5) {
        fail("usage", "bench URL APPID APPSIGN USER");
    }
    zim_config config = ZIM_CONFIG_INIT;
    config.server_url = zim_str_of(arguments[1]);
    config.app_id = (uint32_t)strtoul(arguments[2], NULL, 10);
    config.app_sign = zim_str_of(arguments[3]);
    zim_client *client = NULL;
    check("create", zim_client_new(&config, &client, NULL));
    zim_event_handler events = ZIM_EVENT_HANDLER_INIT;
    events.on_message_received = on_messages;
    check("events", zim_client_set_event_handler(client, &events));
    backlog(client, arguments[4], 0);
    puts("{}");
    fflush(stdout);
    while (fgets(line, sizeof(line), stdin)) {
        obey(client, arguments[4], line);
    }
    zim_client_free(client);
    return 0;
}
