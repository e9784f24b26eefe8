/*
 * What the C programs share: the test bed's address, and waiting for callbacks with a deadline.
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#ifndef ZIM_TEST_SUPPORT_H
#define ZIM_TEST_SUPPORT_H

#include <zim/zim.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Longer than anything takes, also under valgrind. */
#define PATIENCE_S 120

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;

#define CHECK(condition) check((condition), #condition, __FILE__, __LINE__)

static inline void check(int holds, const char *condition, const char *file, int line) {
    if (!holds) {
        fprintf(stderr, "%s:%d: not so: %s (%s)\n", file, line, condition, zim_status_detail());
        /* Without the handlers of exit: threads of the library are at work. */
        abort();
    }
}

/* What the test bed says; the test sets these variables. */
static inline const char *setting(const char *name) {
    const char *value = getenv(name);
    if (!value) {
        fprintf(stderr, "%s is not set: this program is run by `cargo xtask test native`\n", name);
        exit(2);
    }
    return value;
}

/* The token of a user: ZIM_TEST_TOKEN_alice. */
static inline zim_str token_of(const char *user) {
    char name[64];
    snprintf(name, sizeof(name), "ZIM_TEST_TOKEN_%s", user);
    return zim_str_of(setting(name));
}

/* A whole file as text, kept until the program ends. */
static inline char *read_file(const char *path) {
    FILE *file = fopen(path, "rb");
    CHECK(file != NULL);
    static char text[65536];
    size_t length = fread(text, 1, sizeof(text) - 1, file);
    text[length] = 0;
    fclose(file);
    return text;
}

static inline int is(zim_str text, const char *expected) {
    return text.len == strlen(expected) && (text.len == 0 || memcmp(text.data, expected, text.len) == 0);
}

/* Adds to a counter that `wait_for` looks at. */
static inline void add(int *counter) {
    pthread_mutex_lock(&mutex);
    (*counter)++;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&mutex);
}

static inline int value_of(const int *counter) {
    pthread_mutex_lock(&mutex);
    int value = *counter;
    pthread_mutex_unlock(&mutex);
    return value;
}

/* Waits until a counter has reached a number. */
static inline void wait_for(const char *what, const int *counter, int number) {
    struct timespec end;
    clock_gettime(CLOCK_REALTIME, &end);
    end.tv_sec += PATIENCE_S;
    pthread_mutex_lock(&mutex);
    while (*counter < number) {
        if (pthread_cond_timedwait(&changed, &mutex, &end) != 0) {
            fprintf(stderr, "%s: waited in vain for %d, saw %d\n", what, number, *counter);
            abort();
        }
    }
    pthread_mutex_unlock(&mutex);
}

/* Lets the test wait until so many pushes have reached Apple: a device that comes back sooner needs none. */
static inline void until_pushed(int number) {
    char line[16];
    printf("pushes %d\n", number);
    fflush(stdout);
    CHECK(fgets(line, sizeof(line), stdin) != NULL);
}

/* One operation under way. */
typedef struct outcome {
    int done;
    int released;
    uint32_t code;
    char text[128];
} outcome;

static inline void outcome_done(void *user_data, const zim_error *error) {
    outcome *result = user_data;
    result->code = zim_error_code(error);
    zim_str message = zim_error_message(error);
    size_t length = message.len < sizeof(result->text) - 1 ? message.len : sizeof(result->text) - 1;
    if (length) {
        memcpy(result->text, message.data, length);
    }
    add(&result->done);
}

static inline void outcome_released(void *user_data) {
    add(&((outcome *)user_data)->released);
}

static inline zim_done_callback into(outcome *result) {
    zim_done_callback callback = ZIM_DONE_CALLBACK_INIT;
    memset(result, 0, sizeof(*result));
    callback.on_done = outcome_done;
    callback.release = outcome_released;
    callback.user_data = result;
    return callback;
}

/* Waits for the result and for the release, and expects success. */
static inline void succeed(const char *what, zim_status accepted, outcome *result) {
    CHECK(accepted == ZIM_STATUS_OK);
    wait_for(what, &result->done, 1);
    wait_for(what, &result->released, 1);
    if (result->code) {
        fprintf(stderr, "%s: %u %s\n", what, (unsigned)result->code, result->text);
        abort();
    }
}

#endif
