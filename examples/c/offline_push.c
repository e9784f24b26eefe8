/*
 * Offline push in C: Bob's iPhone registers and goes away, Alice writes and calls, the server pushes, and Bob gets everything
 * when he is back. See README.md for how to run it.
 *
 * The clients run in pump mode: callbacks come inside zim_client_next_event, on this one thread, so that the program needs
 * neither locks nor waiting. Without `config.pump` they come on a thread of the library.
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include <zim/zim.h>

#include <stdio.h>
#include <stdlib.h>

/* One device. */
typedef struct device {
    const char *name;
    zim_client *client;
    zpns_client *push;
    bool registered;
    bool synchronised;
    int messages;
    int calls;
} device;

/* One answer we wait for. */
typedef struct answer {
    bool arrived;
    uint32_t code;
} answer;

static void fail(const char *what, const char *why) {
    fprintf(stderr, "%s: %s\n", what, why);
    exit(1);
}

static void must(const char *what, zim_status status) {
    if (status != ZIM_STATUS_OK) {
        fail(what, zim_status_detail());
    }
}

/* ---- What the library tells us ---- */

static void on_sync_state(void *user_data, int32_t state) {
    device *me = user_data;
    me->synchronised = state == ZIM_CONVERSATION_SYNC_STATE_FINISHED;
}

static void on_messages(void *user_data, const zim_message *const *messages, size_t count,
                        const zim_message_received_info *info) {
    device *me = user_data;
    for (size_t i = 0; i < count; i++) {
        /* A view: valid until this function returns. */
        zim_str text = messages[i]->message;
        printf("%s got: %.*s%s\n", me->name, (int)text.len, text.data, info->is_offline_message ? " (sent while away)" : "");
        me->messages++;
    }
}

static void on_call(void *user_data, const zim_call_invitation_received_info *info, zim_str call_id) {
    device *me = user_data;
    printf("%s is called by %.*s, call %.*s\n", me->name, (int)info->caller.len, info->caller.data, (int)call_id.len,
           call_id.data);
    me->calls++;
}

static void on_registered(void *user_data, const zpns_registered *registered) {
    device *me = user_data;
    if (registered->error_code != ZPNS_ERROR_CODE_SUCCESS) {
        fail("registration", "refused by the vendor");
    }
    printf("%s is registered: %.*s\n", me->name, (int)registered->push_id.len, registered->push_id.data);
    me->registered = true;
}

static void on_done(void *user_data, const zim_error *error) {
    answer *to = user_data;
    if (error) {
        zim_str text = zim_error_message(error);
        fprintf(stderr, "%u %.*s\n", (unsigned)zim_error_code(error), (int)text.len, text.data);
    }
    to->code = zim_error_code(error);
    to->arrived = true;
}

static void on_sent(void *user_data, const zim_message *message, const zim_error *error) {
    (void)message;
    on_done(user_data, error);
}

static void on_invited(void *user_data, zim_str call_id, const zim_call_invitation_sent_info *info,
                       const zim_error *error) {
    (void)call_id;
    (void)info;
    on_done(user_data, error);
}

/* ---- What we do ---- */

/* Runs callbacks until a flag is set. */
static void run_until(device *me, const bool *flag, const char *what) {
    for (int rounds = 0; !*flag; rounds++) {
        bool ran = false;
        must(what, zim_client_next_event(me->client, me->push ? 10 : 1000, &ran));
        if (me->push) {
            must(what, zpns_next_event(me->push, 0, NULL));
        }
        if (!ran && rounds > 100000) {
            fail(what, "no answer");
        }
    }
}

static void finish(device *me, const answer *to, const char *what) {
    run_until(me, &to->arrived, what);
    if (to->code != ZIM_ERROR_CODE_SUCCESS) {
        fail(what, "failed");
    }
}

static zim_done_callback answer_in(answer *to) {
    zim_done_callback callback = ZIM_DONE_CALLBACK_INIT;
    to->arrived = false;
    callback.on_done = on_done;
    callback.user_data = to;
    return callback;
}

/* Certificates of an authority of one's own, from ZIM_CA_FILE; not needed if the system trusts the server. */
static zim_str own_authority(void) {
    static char text[16384];
    const char *path = getenv("ZIM_CA_FILE");
    FILE *file = path ? fopen(path, "rb") : NULL;
    if (!file) {
        return zim_str_of(NULL);
    }
    text[fread(text, 1, sizeof(text) - 1, file)] = 0;
    fclose(file);
    return zim_str_of(text);
}

/* Makes a client; the server's address is taken from the environment: ZIM_SERVER_URL. */
static void switch_on(device *me, int32_t platform, const char *folder) {
    const char *app_id = getenv("ZIM_APP_ID");
    zim_config config = ZIM_CONFIG_INIT;
    config.app_id = app_id ? (uint32_t)strtoul(app_id, NULL, 10) : 1;
    config.platform = platform;
    config.cache_path = zim_str_of(folder);
    config.extra_roots = own_authority();
    config.pump = true;
    zim_error *error = NULL;
    if (zim_client_new(&config, &me->client, &error) != ZIM_STATUS_OK) {
        zim_str text = zim_error_message(error);
        fprintf(stderr, "%.*s\n", (int)text.len, text.data);
        zim_error_free(error);
        exit(1);
    }
    zim_event_handler events = ZIM_EVENT_HANDLER_INIT;
    events.user_data = me;
    events.on_conversation_sync_state_changed = on_sync_state;
    events.on_message_received = on_messages;
    events.on_call_invitation_received = on_call;
    must("events", zim_client_set_event_handler(me->client, &events));
}

/* What an iPhone does with the token it got from Apple. */
static void register_push(device *me, const uint8_t *token, size_t length) {
    const char *bundle_id = getenv("ZIM_BUNDLE_ID");
    zpns_options options = ZPNS_OPTIONS_INIT;
    options.os = ZPNS_OS_IOS;
    options.bundle_id = zim_str_of(bundle_id ? bundle_id : "com.example.app");
    options.pump = true;
    must("push client", zpns_new(&options, NULL, &me->push));
    zpns_event_handler events = ZPNS_EVENT_HANDLER_INIT;
    events.user_data = me;
    events.on_registered = on_registered;
    must("push events", zpns_set_event_handler(me->push, &events));
    must("attach", zpns_attach(me->push, me->client));
    must("register", zpns_register_push(me->push));
    zim_bytes bytes = {token, length};
    must("token", zpns_set_device_token(me->push, bytes, false));
    run_until(me, &me->registered, "registration");
}

static void login(device *me, const char *user, const char *token) {
    if (!token) {
        fail(user, "no token: `zim-server token USER` prints one");
    }
    answer to;
    zim_done_callback callback = answer_in(&to);
    zim_login_config config = ZIM_LOGIN_CONFIG_INIT;
    config.token = zim_str_of(token);
    must("login", zim_client_login(me->client, zim_str_of(user), &config, &callback));
    finish(me, &to, "login");
    run_until(me, &me->synchronised, "synchronisation");
}

/* The system froze the app: no logout, so that pushes still come. */
static void switch_off(device *me) {
    zim_client_free(me->client);
    me->client = NULL;
    me->synchronised = false;
}

static void write_to(device *me, const char *user, const char *text) {
    zim_push_config push = ZIM_PUSH_CONFIG_INIT;
    push.title = zim_str_of(me->name);
    push.content = zim_str_of(text);
    push.payload = zim_str_of("{\"page\":\"chat\"}");
    zim_message_send_config config = ZIM_MESSAGE_SEND_CONFIG_INIT;
    config.push_config = &push;
    zim_message message = ZIM_MESSAGE_INIT;
    message.type = ZIM_MESSAGE_TYPE_TEXT;
    message.message = zim_str_of(text);
    answer to = {0};
    zim_send_callback callback = ZIM_SEND_CALLBACK_INIT;
    callback.on_done = on_sent;
    callback.user_data = &to;
    must("send", zim_client_send_message(me->client, &message, zim_str_of(user), ZIM_CONVERSATION_TYPE_PEER, &config,
                                         &callback));
    finish(me, &to, "send");
}

static void call(device *me, const char *user) {
    zim_push_config push = ZIM_PUSH_CONFIG_INIT;
    push.title = zim_str_of("Alice calls");
    push.content = zim_str_of("Video call");
    zim_call_invite_config config = ZIM_CALL_INVITE_CONFIG_INIT;
    config.timeout = 300;
    config.push_config = &push;
    zim_str invitees[] = {zim_str_of(user)};
    answer to = {0};
    zim_call_invitation_sent_callback callback = ZIM_CALL_INVITATION_SENT_CALLBACK_INIT;
    callback.on_done = on_invited;
    callback.user_data = &to;
    must("call", zim_client_call_invite(me->client, invitees, 1, &config, &callback));
    finish(me, &to, "call");
}

int main(void) {
    static const uint8_t device_token[] = "32 bytes that Apple gave Bob....";
    device alice = {.name = "Alice"}, bob = {.name = "Bob"};

    switch_on(&bob, ZIM_PLATFORM_TYPE_I_PHONE_OS, "bob-phone");
    register_push(&bob, device_token, sizeof(device_token) - 1);
    login(&bob, "bob", getenv("BOB_TOKEN"));
    switch_off(&bob);
    puts("Bob's app is frozen in the background.");

    switch_on(&alice, ZIM_PLATFORM_TYPE_LINUX, NULL);
    login(&alice, "alice", getenv("ALICE_TOKEN"));
    write_to(&alice, "bob", "Are you coming?");
    call(&alice, "bob");
    puts("Alice wrote and called: two pushes are on their way to Apple (`zim-server push-log`). Press Enter to bring Bob back.");
    fflush(stdout);
    (void)getchar();

    switch_on(&bob, ZIM_PLATFORM_TYPE_I_PHONE_OS, "bob-phone");
    must("attach", zpns_attach(bob.push, bob.client));
    login(&bob, "bob", getenv("BOB_TOKEN"));
    while (bob.messages < 1 || bob.calls < 1) {
        must("events", zim_client_next_event(bob.client, 1000, NULL));
    }
    /* Before another user logs in on this phone: its pushes end with the login. */
    answer to;
    zim_done_callback callback = answer_in(&to);
    must("logout", zim_client_logout(bob.client, &callback));
    finish(&bob, &to, "logout");

    switch_off(&bob);
    zpns_free(bob.push);
    switch_off(&alice);
    puts("done");
    return 0;
}
