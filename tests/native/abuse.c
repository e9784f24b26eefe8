/*
 * What a careless C program does. Nothing here may crash, hang, leak, or call a callback twice: misuse comes back as a
 * status that names the parameter.
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "support.h"

#include <dirent.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

/* Nobody listens there: the client never gets beyond connecting. */
#define NOWHERE "ws://127.0.0.1:1/zim"

static const char broken_text[] = {'a', (char)0xff};
static const zim_str broken = {broken_text, sizeof(broken_text)};

static zim_config sound_config(void) {
    zim_config config = ZIM_CONFIG_INIT;
    config.app_id = 1;
    config.server_url = zim_str_of(NOWHERE);
    return config;
}

static zim_client *new_client(bool pump) {
    zim_config config = sound_config();
    config.pump = pump;
    zim_client *client = NULL;
    CHECK(zim_client_new(&config, &client, NULL) == ZIM_STATUS_OK);
    CHECK(client != NULL);
    return client;
}

static void refused(zim_status status, zim_status expected, const char *detail) {
    if (status != expected || strstr(zim_status_detail(), detail) == NULL) {
        fprintf(stderr, "%d \"%s\" instead of %d \"%s\"\n", (int)status, zim_status_detail(), (int)expected, detail);
        abort();
    }
}

static void null_pointers(void) {
    zim_client *client = NULL;
    zim_config config = sound_config();
    refused(zim_client_new(NULL, &client, NULL), ZIM_STATUS_NULL_POINTER, "config is NULL");
    refused(zim_client_new(&config, NULL, NULL), ZIM_STATUS_NULL_POINTER, "out is NULL");
    refused(zim_client_destroy(NULL), ZIM_STATUS_NULL_POINTER, "client is NULL");
    refused(zim_client_set_event_handler(NULL, NULL), ZIM_STATUS_NULL_POINTER, "client is NULL");
    refused(zim_client_next_event(NULL, 0, NULL), ZIM_STATUS_NULL_POINTER, "client is NULL");
    refused(zim_client_set_foreground(NULL, true), ZIM_STATUS_NULL_POINTER, "client is NULL");
    refused(zim_client_network_changed(NULL), ZIM_STATUS_NULL_POINTER, "client is NULL");
    refused(zim_client_login(NULL, broken, NULL, NULL), ZIM_STATUS_NULL_POINTER, "client is NULL");
    refused(zim_client_logout(NULL, NULL), ZIM_STATUS_NULL_POINTER, "client is NULL");
    refused(zim_client_open_device_session(NULL, NULL), ZIM_STATUS_NULL_POINTER, "client is NULL");
    refused(zim_client_bind_push(NULL, broken, broken, broken, NULL), ZIM_STATUS_NULL_POINTER, "client is NULL");
    refused(zim_client_send_message(NULL, NULL, broken, 0, NULL, NULL), ZIM_STATUS_NULL_POINTER, "client is NULL");
    refused(zpns_new(NULL, NULL, NULL), ZIM_STATUS_NULL_POINTER, "out is NULL");
    refused(zpns_register_push(NULL), ZIM_STATUS_NULL_POINTER, "zpns is NULL");
    refused(zpns_attach(NULL, NULL), ZIM_STATUS_NULL_POINTER, "zpns is NULL");
    zim_client_free(NULL);
    zpns_free(NULL);
    zim_error_free(NULL);
    CHECK(zim_error_code(NULL) == 0 && zim_error_message(NULL).len == 0 && zim_error_parameter(NULL).len == 0);
}

static void bad_configs(void) {
    zim_client *client = NULL;
    zim_error *error = NULL;
    zim_config config = sound_config();
    config.struct_size = 8;
    refused(zim_client_new(&config, &client, &error), ZIM_STATUS_INVALID_ARGUMENT, "config.struct_size");
    config = sound_config();
    config.platform = 99;
    refused(zim_client_new(&config, &client, &error), ZIM_STATUS_INVALID_ARGUMENT, "config.platform: 99");
    config = sound_config();
    config.server_url = broken;
    refused(zim_client_new(&config, &client, &error), ZIM_STATUS_INVALID_ARGUMENT, "config.server_url: not UTF-8 at byte 1");
    config = sound_config();
    config.server_url.data = NULL;
    refused(zim_client_new(&config, &client, &error), ZIM_STATUS_NULL_POINTER, "config.server_url is NULL");
    CHECK(client == NULL && error == NULL);

    config = sound_config();
    config.app_id = 0;
    CHECK(zim_client_new(&config, &client, &error) == ZIM_STATUS_FAILED);
    CHECK(zim_error_code(error) == ZIM_ERROR_CODE_COMMON_MODULE_INVALID_APP_ID);
    CHECK(is(zim_error_parameter(error), "appID"));
    zim_error_free(error);
    error = NULL;
    config = sound_config();
    config.server_url = zim_str_of("ws://example.com/zim");
    CHECK(zim_client_new(&config, &client, &error) == ZIM_STATUS_FAILED);
    CHECK(zim_error_code(error) == ZIM_ERROR_CODE_COMMON_MODULE_PARAMS_INVALID);
    CHECK(is(zim_error_parameter(error), "serverURL"));
    zim_error_free(error);
    CHECK(client == NULL);
}

/* A refused call has not taken the callback over: neither function is called. */
static void bad_arguments(void) {
    zim_client *client = new_client(false);
    outcome result;
    zim_done_callback callback = into(&result);
    refused(zim_client_login(client, broken, NULL, &callback), ZIM_STATUS_INVALID_ARGUMENT, "userID: not UTF-8");
    zim_login_config login = ZIM_LOGIN_CONFIG_INIT;
    login.struct_size = 4;
    refused(zim_client_login(client, zim_str_of("a"), &login, &callback), ZIM_STATUS_INVALID_ARGUMENT, "config: struct_size is 4");
    refused(zim_client_clear_conversation_unread_message_count(client, zim_str_of("a"), 77, &callback),
            ZIM_STATUS_INVALID_ARGUMENT, "conversationType: 77 is no published value");
    callback.struct_size = 3;
    refused(zim_client_logout(client, &callback), ZIM_STATUS_INVALID_ARGUMENT, "callback.struct_size");
    CHECK(result.done == 0 && result.released == 0);

    zim_message message = ZIM_MESSAGE_INIT;
    zim_str bob = zim_str_of("bob");
    refused(zim_client_send_message(client, NULL, bob, 0, NULL, NULL), ZIM_STATUS_NULL_POINTER, "message is NULL");
    message.type = 4711;
    refused(zim_client_send_message(client, &message, bob, 0, NULL, NULL), ZIM_STATUS_INVALID_ARGUMENT, "message.type: 4711");
    message.type = ZIM_MESSAGE_TYPE_TEXT;
    message.message = zim_str_of("text");
    refused(zim_client_send_message(client, &message, bob, -7, NULL, NULL), ZIM_STATUS_INVALID_ARGUMENT, "conversationType: -7");
    message.mentioned_user_ids_count = 3;
    refused(zim_client_send_message(client, &message, bob, 0, NULL, NULL), ZIM_STATUS_NULL_POINTER, "message.mentioned_user_ids");
    message.mentioned_user_ids = &bob;
    message.mentioned_user_ids_count = (size_t)-1 / 2;
    refused(zim_client_send_message(client, &message, bob, 0, NULL, NULL), ZIM_STATUS_INVALID_ARGUMENT, "message.mentioned_user_ids");
    message.mentioned_user_ids_count = 0;
    zim_push_config push = ZIM_PUSH_CONFIG_INIT;
    push.title = broken;
    zim_message_send_config send = ZIM_MESSAGE_SEND_CONFIG_INIT;
    send.push_config = &push;
    refused(zim_client_send_message(client, &message, bob, 0, &send, NULL), ZIM_STATUS_INVALID_ARGUMENT,
            "config.push_config.title: not UTF-8 at byte 1");
    refused(zim_client_create_group(client, NULL, NULL, 2, NULL, NULL), ZIM_STATUS_NULL_POINTER, "userIDs");

    /* A struct of a newer header is longer: what is known of it counts. */
    struct {
        zim_done_callback known;
        void *added[4];
    } newer;
    memset(&newer, 0x5a, sizeof(newer));
    newer.known = into(&result);
    newer.known.struct_size = sizeof(newer);
    CHECK(zim_client_update_user_badge(client, 1, &newer.known) == ZIM_STATUS_OK);
    wait_for("answer", &result.done, 1);
    wait_for("release", &result.released, 1);
    CHECK(result.code == ZIM_ERROR_CODE_NETWORK_MODULE_USER_IS_NOT_LOGGED);
    zim_client_free(client);
}

static void use_after_destroy(void) {
    zim_client *client = new_client(false);
    outcome waiting, late;
    zim_done_callback callback = into(&waiting);
    zim_login_config login = ZIM_LOGIN_CONFIG_INIT;
    login.token = zim_str_of("04");
    CHECK(zim_client_login(client, zim_str_of("alice"), &login, &callback) == ZIM_STATUS_OK);
    CHECK(zim_client_destroy(client) == ZIM_STATUS_OK);
    CHECK(zim_client_destroy(client) == ZIM_STATUS_OK);
    int answered = value_of(&waiting.done);
    callback = into(&late);
    refused(zim_client_logout(client, &callback), ZIM_STATUS_DESTROYED, "destroyed");
    refused(zim_client_next_event(client, 0, NULL), ZIM_STATUS_DESTROYED, "destroyed");
    refused(zim_client_set_event_handler(client, NULL), ZIM_STATUS_DESTROYED, "destroyed");
    CHECK(late.done == 0 && late.released == 0);
    zim_client_free(client);
    /* What waited is released, without an answer. */
    wait_for("release", &waiting.released, 1);
    CHECK(waiting.released == 1 && waiting.done == answered);
}

/* A client that ends inside its own callback. */
typedef struct ending {
    outcome outcome;
    zim_client *client;
    bool frees;
} ending;

static void end_it(void *user_data, const zim_error *error) {
    ending *end = user_data;
    CHECK(zim_error_code(error) != 0);
    if (end->frees) {
        zim_client_free(end->client);
    } else {
        CHECK(zim_client_destroy(end->client) == ZIM_STATUS_OK);
    }
    /* The view lives on until this returns. */
    CHECK(zim_error_message(error).len > 0);
    add(&end->outcome.done);
}

static void destroy_inside_callbacks(void) {
    for (int pump = 0; pump < 2; pump++) {
        for (int frees = 0; frees < 2; frees++) {
            ending end;
            memset(&end, 0, sizeof(end));
            end.client = new_client(pump);
            end.frees = frees;
            zim_done_callback callback = ZIM_DONE_CALLBACK_INIT;
            callback.on_done = end_it;
            callback.release = outcome_released; /* `outcome` is the first member */
            callback.user_data = &end;
            CHECK(zim_client_update_user_badge(end.client, 1, &callback) == ZIM_STATUS_OK);
            if (pump) {
                bool ran = false;
                CHECK(zim_client_next_event(end.client, PATIENCE_S * 1000, &ran) == ZIM_STATUS_OK);
                CHECK(ran && end.outcome.done == 1);
            }
            wait_for("end inside a callback", &end.outcome.done, 1);
            wait_for("release", &end.outcome.released, 1);
            if (!frees) {
                zim_client_free(end.client);
            }
        }
    }
}

static void pump_mode(void) {
    zim_client *client = new_client(true);
    outcome first, second, third;
    bool ran = true;
    CHECK(zim_client_next_event(client, 0, &ran) == ZIM_STATUS_OK && !ran);
    zim_done_callback callback = into(&first);
    CHECK(zim_client_update_user_badge(client, 1, &callback) == ZIM_STATUS_OK);
    callback = into(&second);
    CHECK(zim_client_update_user_badge(client, 2, &callback) == ZIM_STATUS_OK);
    CHECK(zim_client_next_event(client, PATIENCE_S * 1000, &ran) == ZIM_STATUS_OK && ran);
    CHECK(first.done == 1 && first.released == 1 && second.done == 0);
    CHECK(zim_client_next_event(client, PATIENCE_S * 1000, NULL) == ZIM_STATUS_OK);
    CHECK(second.done == 1 && second.released == 1);
    /* Never fetched: released by the end of the client. */
    callback = into(&third);
    CHECK(zim_client_update_user_badge(client, 3, &callback) == ZIM_STATUS_OK);
    zim_client_free(client);
    wait_for("release", &third.released, 1);
    CHECK(third.done == 0);

    client = new_client(false);
    CHECK(zim_client_next_event(client, 0, &ran) == ZIM_STATUS_OK && !ran);
    zim_client_free(client);
}

static void handlers_are_released(void) {
    zim_client *client = new_client(false);
    outcome first, second;
    memset(&first, 0, sizeof(first));
    memset(&second, 0, sizeof(second));
    zim_event_handler events = ZIM_EVENT_HANDLER_INIT;
    events.release = outcome_released;
    events.user_data = &first;
    CHECK(zim_client_set_event_handler(client, &events) == ZIM_STATUS_OK);
    events.user_data = &second;
    CHECK(zim_client_set_event_handler(client, &events) == ZIM_STATUS_OK);
    wait_for("release of the first", &first.released, 1);
    events.struct_size = 5;
    refused(zim_client_set_event_handler(client, &events), ZIM_STATUS_INVALID_ARGUMENT, "struct_size");
    CHECK(value_of(&second.released) == 0);
    zim_client_free(client);
    wait_for("release of the second", &second.released, 1);
}

static void push_client(void) {
    zpns_client *zpns = NULL;
    zpns_options options = ZPNS_OPTIONS_INIT;
    options.os = 42;
    refused(zpns_new(&options, NULL, &zpns), ZIM_STATUS_INVALID_ARGUMENT, "options.os: 42");
    options.os = ZPNS_OS_ANDROID;
    options.bundle_id = broken;
    refused(zpns_new(&options, NULL, &zpns), ZIM_STATUS_INVALID_ARGUMENT, "options.bundle_id");
    options.bundle_id = zim_str_of("com.example");
    zpns_channel channel = ZPNS_CHANNEL_INIT;
    outcome held;
    memset(&held, 0, sizeof(held));
    channel.release = outcome_released;
    channel.user_data = &held;
    CHECK(zpns_new(&options, &channel, &zpns) == ZIM_STATUS_OK);
    refused(zpns_unregister_push(zpns), ZIM_STATUS_FAILED, "");
    refused(zpns_set_badge(zpns, -1), ZIM_STATUS_INVALID_ARGUMENT, "badge");
    refused(zpns_token_received(zpns, 99, zim_str_of("t")), ZIM_STATUS_INVALID_ARGUMENT, "vendor: 99");
    refused(zpns_notification_clicked(zpns, ZPNS_VENDOR_FCM, zim_str_of("not json")), ZIM_STATUS_INVALID_ARGUMENT, "");
    refused(zpns_set_push_config(zpns, NULL), ZIM_STATUS_NULL_POINTER, "config is NULL");
    refused(zpns_attach(zpns, NULL), ZIM_STATUS_NULL_POINTER, "client is NULL");
    char push_id[47] = "?";
    CHECK(zpns_copy_push_id(zpns, push_id, sizeof(push_id)) == ZIM_STATUS_OK && push_id[0] == 0);
    refused(zpns_copy_push_id(zpns, push_id, 0), ZIM_STATUS_INVALID_ARGUMENT, "capacity");
    refused(zpns_copy_push_id(zpns, NULL, 47), ZIM_STATUS_NULL_POINTER, "buffer is NULL");
    /* Either may end first. */
    zim_client *client = new_client(false);
    CHECK(zpns_attach(zpns, client) == ZIM_STATUS_OK);
    zim_client_free(client);
    CHECK(zpns_register_push(zpns) == ZIM_STATUS_OK);
    CHECK(held.released == 0);
    zpns_free(zpns);
    wait_for("release", &held.released, 1);
}

static void log_lines(void *user_data, int32_t level, zim_str module, zim_str message) {
    CHECK(level >= ZIM_LOG_LEVEL_ERROR && level <= ZIM_LOG_LEVEL_DEBUG && module.len > 0);
    (void)message;
    add(&((outcome *)user_data)->done);
}

static void logging(void) {
    outcome log;
    memset(&log, 0, sizeof(log));
    zim_log_callback callback = ZIM_LOG_CALLBACK_INIT;
    callback.on_log = log_lines;
    callback.release = outcome_released;
    callback.user_data = &log;
    refused(zim_set_log_callback(17, &callback), ZIM_STATUS_INVALID_ARGUMENT, "level: 17");
    CHECK(log.released == 0);
    CHECK(zim_set_log_callback(ZIM_LOG_LEVEL_DEBUG, &callback) == ZIM_STATUS_OK);
    CHECK(zim_set_log_callback(ZIM_LOG_LEVEL_OFF, NULL) == ZIM_STATUS_OK);
    wait_for("release", &log.released, 1);
}

static void after_a_fork(void) {
    zim_client *client = new_client(false);
    int answer[2];
    CHECK(pipe(answer) == 0);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        char right = zim_client_logout(client, NULL) == ZIM_STATUS_FORKED &&
                    zim_client_destroy(client) == ZIM_STATUS_FORKED &&
                    zim_client_set_foreground(client, true) == ZIM_STATUS_FORKED;
        zim_client_free(client);
        /* Without an exit: the threads of the parent are missing here, and a leak check would miss what they hold. */
        if (write(answer[1], &right, 1) == 1) {
            raise(SIGKILL);
        }
        _exit(1);
    }
    char right = 0;
    close(answer[1]);
    CHECK(read(answer[0], &right, 1) == 1 && right);
    close(answer[0]);
    CHECK(waitpid(child, NULL, 0) == child);
    CHECK(zim_client_network_changed(client) == ZIM_STATUS_OK);
    zim_client_free(client);
}

/* Threads and resident pages of this process. */
static int threads(void) {
    int count = 0;
    DIR *tasks = opendir("/proc/self/task");
    CHECK(tasks != NULL);
    for (struct dirent *task = readdir(tasks); task; task = readdir(tasks)) {
        count += task->d_name[0] != '.';
    }
    closedir(tasks);
    return count;
}

static long resident_kib(void) {
    long total = 0, resident = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    CHECK(file != NULL && fscanf(file, "%ld %ld", &total, &resident) == 2);
    fclose(file);
    return resident * (sysconf(_SC_PAGESIZE) / 1024);
}

/* The library's threads end in the background. */
static void until_threads(int most) {
    for (int waited_ms = 0; threads() > most; waited_ms += 5) {
        CHECK(waited_ms < PATIENCE_S * 1000);
        struct timespec pause = {0, 5000000};
        nanosleep(&pause, NULL);
    }
}

static void rounds(int count) {
    for (int i = 0; i < count; i++) {
        zim_client *client = new_client(false);
        CHECK(zim_client_network_changed(client) == ZIM_STATUS_OK);
        zim_client_free(client);
    }
}

static void many_lives(void) {
    bool checked = getenv("ZIM_TEST_CHECKED") != NULL;
    until_threads(1);
    rounds(checked ? 10 : 200);
    until_threads(1);
    long before = resident_kib();
    rounds(checked ? 30 : 1000);
    until_threads(1);
    long grown = resident_kib() - before;
    printf("%d rounds: %ld KiB grown\n", checked ? 30 : 1000, grown);
    CHECK(checked || grown < 4096);
}

#define THREADS 8
#define CALLS 200

typedef struct crowd {
    zim_client *client;
    outcome outcomes;
} crowd;

static void *hammer(void *argument) {
    crowd *all = argument;
    zim_done_callback callback = ZIM_DONE_CALLBACK_INIT;
    callback.on_done = outcome_done;
    callback.release = outcome_released;
    callback.user_data = &all->outcomes;
    for (int i = 0; i < CALLS; i++) {
        CHECK(zim_client_update_user_badge(all->client, i, &callback) == ZIM_STATUS_OK);
        CHECK(zim_client_login(all->client, broken, NULL, &callback) == ZIM_STATUS_INVALID_ARGUMENT);
        /* The detail belongs to the thread. */
        CHECK(strstr(zim_status_detail(), "userID") != NULL);
        CHECK(zim_client_set_event_handler(all->client, NULL) == ZIM_STATUS_OK);
    }
    return NULL;
}

static void many_threads(void) {
    crowd all;
    memset(&all, 0, sizeof(all));
    all.client = new_client(false);
    pthread_t crowd_threads[THREADS];
    for (int i = 0; i < THREADS; i++) {
        CHECK(pthread_create(&crowd_threads[i], NULL, hammer, &all) == 0);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(crowd_threads[i], NULL);
    }
    wait_for("answers", &all.outcomes.done, THREADS * CALLS);
    wait_for("releases", &all.outcomes.released, THREADS * CALLS);
    CHECK(all.outcomes.done == THREADS * CALLS && all.outcomes.released == THREADS * CALLS);
    zim_client_free(all.client);
}

int main(void) {
    null_pointers();
    bad_configs();
    bad_arguments();
    use_after_destroy();
    destroy_inside_callbacks();
    pump_mode();
    handlers_are_released();
    push_client();
    logging();
    after_a_fork();
    many_threads();
    many_lives();
    puts("done");
    return 0;
}
