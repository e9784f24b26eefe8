/*
 * The whole story in C11 against a real server: Bob registers his iPhone for pushes and goes away; Alice writes, writes to
 * the group and calls; he comes back and gets each once; he logs out, unregisters, and nothing is pushed any more.
 * The test looks at what reached Apple.
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "support.h"

/* One device: a messaging client and a push client. */
typedef struct phone {
    zim_client *client;
    zpns_client *zpns;
    int registered;
    char push_id[64];
    int synchronised;
    int peer_messages;
    int group_messages;
    int calls;
    char call_id[64];
    int call_changes;
} phone;

static void on_sync_state(void *user_data, int32_t state) {
    if (state == ZIM_CONVERSATION_SYNC_STATE_FINISHED) {
        add(&((phone *)user_data)->synchronised);
    }
}

static void on_messages(void *user_data, const zim_message *const *messages, size_t count,
                        const zim_message_received_info *info) {
    phone *me = user_data;
    for (size_t i = 0; i < count; i++) {
        CHECK(messages[i]->type == ZIM_MESSAGE_TYPE_TEXT);
        CHECK(is(messages[i]->sender_user_id, "alice"));
        CHECK(messages[i]->message_id > 0);
        CHECK(info->is_offline_message);
        if (is(messages[i]->message, "Are you coming?")) {
            CHECK(messages[i]->conversation_type == ZIM_CONVERSATION_TYPE_PEER);
            add(&me->peer_messages);
        } else if (is(messages[i]->message, "All of you, come!")) {
            CHECK(messages[i]->conversation_type == ZIM_CONVERSATION_TYPE_GROUP);
            add(&me->group_messages);
        }
    }
}

static void on_call(void *user_data, const zim_call_invitation_received_info *info, zim_str call_id) {
    phone *me = user_data;
    CHECK(is(info->caller, "alice"));
    CHECK(call_id.len > 0 && call_id.len < sizeof(me->call_id));
    memcpy(me->call_id, call_id.data, call_id.len);
    add(&me->calls);
}

static void on_call_changed(void *user_data, const zim_call_user_state_change_info *info, zim_str call_id) {
    phone *me = user_data;
    CHECK(call_id.len > 0);
    for (size_t i = 0; i < info->call_user_list_count; i++) {
        if (is(info->call_user_list[i]->user_id, "bob") &&
            info->call_user_list[i]->state == ZIM_CALL_USER_STATE_ACCEPTED) {
            add(&me->call_changes);
        }
    }
}

static void on_registered(void *user_data, const zpns_registered *registered) {
    phone *me = user_data;
    CHECK(registered->error_code == ZPNS_ERROR_CODE_SUCCESS);
    CHECK(registered->vendor == ZPNS_VENDOR_APNS);
    CHECK(registered->push_id.len == 46);
    memcpy(me->push_id, registered->push_id.data, registered->push_id.len);
    add(&me->registered);
}

/* Makes the messaging client of a device; `folder` keeps its data. */
static void switch_on(phone *me, const char *folder, int32_t platform) {
    zim_config config = ZIM_CONFIG_INIT;
    config.app_id = (uint32_t)atoi(setting("ZIM_TEST_APP_ID"));
    config.server_url = zim_str_of(setting("ZIM_TEST_URL"));
    config.extra_roots = zim_str_of(read_file(setting("ZIM_TEST_CA_FILE")));
    config.cache_path = zim_str_of(folder);
    config.platform = platform;
    zim_error *error = NULL;
    zim_status made = zim_client_new(&config, &me->client, &error);
    if (made != ZIM_STATUS_OK) {
        zim_str text = zim_error_message(error);
        fprintf(stderr, "%u %.*s\n", (unsigned)zim_error_code(error), (int)text.len, text.data);
    }
    CHECK(made == ZIM_STATUS_OK);
    zim_event_handler events = ZIM_EVENT_HANDLER_INIT;
    events.user_data = me;
    events.on_conversation_sync_state_changed = on_sync_state;
    events.on_message_received = on_messages;
    events.on_call_invitation_received = on_call;
    events.on_call_user_state_changed = on_call_changed;
    CHECK(zim_client_set_event_handler(me->client, &events) == ZIM_STATUS_OK);
}

/* An iPhone's push client with the token that Apple gave it. */
static void register_push(phone *me, const char *token) {
    CHECK(strlen(token) == 32);
    zpns_options options = ZPNS_OPTIONS_INIT;
    options.os = ZPNS_OS_IOS;
    options.bundle_id = zim_str_of(setting("ZIM_TEST_BUNDLE_ID"));
    CHECK(zpns_new(&options, NULL, &me->zpns) == ZIM_STATUS_OK);
    zpns_event_handler events = ZPNS_EVENT_HANDLER_INIT;
    events.user_data = me;
    events.on_registered = on_registered;
    CHECK(zpns_set_event_handler(me->zpns, &events) == ZIM_STATUS_OK);
    zpns_push_config config = ZPNS_PUSH_CONFIG_INIT;
    config.app_type = 1;
    CHECK(zpns_set_push_config(me->zpns, &config) == ZIM_STATUS_OK);
    CHECK(zpns_attach(me->zpns, me->client) == ZIM_STATUS_OK);
    CHECK(zpns_register_push(me->zpns) == ZIM_STATUS_OK);
    zim_bytes bytes = {(const uint8_t *)token, strlen(token)};
    CHECK(zpns_set_device_token(me->zpns, bytes, false) == ZIM_STATUS_OK);
    wait_for("registration", &me->registered, 1);
    char push_id[47];
    CHECK(zpns_copy_push_id(me->zpns, push_id, sizeof(push_id)) == ZIM_STATUS_OK);
    CHECK(strcmp(push_id, me->push_id) == 0);
}

static void login(phone *me, const char *user) {
    zim_login_config config = ZIM_LOGIN_CONFIG_INIT;
    config.user_name = zim_str_of(user);
    config.token = token_of(user);
    outcome result;
    int before = value_of(&me->synchronised);
    zim_done_callback callback = into(&result);
    succeed("login", zim_client_login(me->client, zim_str_of(user), &config, &callback), &result);
    wait_for("synchronisation", &me->synchronised, before + 1);
}

/* Takes a phone out of the world without logging out, as a system does with apps in the background. */
static void switch_off(phone *me) {
    CHECK(zim_client_destroy(me->client) == ZIM_STATUS_OK);
    zim_client_free(me->client);
    me->client = NULL;
}

typedef struct sent {
    outcome outcome;
    int attached;
    int64_t local_id;
} sent;

static void on_attached(void *user_data, const zim_message *message) {
    sent *send = user_data;
    CHECK(message->local_message_id != 0 && message->message_id == 0);
    send->local_id = message->local_message_id;
    add(&send->attached);
}

static void on_sent(void *user_data, const zim_message *message, const zim_error *error) {
    sent *send = user_data;
    CHECK(send->attached == 1);
    if (!error) {
        CHECK(message->local_message_id == send->local_id && message->message_id > 0);
        CHECK(message->sent_status == ZIM_MESSAGE_SENT_STATUS_SUCCESS);
    }
    outcome_done(&send->outcome, error);
}

static void send_text(phone *me, const char *to, int32_t type, const char *text, const zim_push_config *push) {
    zim_message message = ZIM_MESSAGE_INIT;
    message.type = ZIM_MESSAGE_TYPE_TEXT;
    message.message = zim_str_of(text);
    zim_message_send_config config = ZIM_MESSAGE_SEND_CONFIG_INIT;
    config.push_config = push;
    sent send;
    memset(&send, 0, sizeof(send));
    zim_send_callback callback = ZIM_SEND_CALLBACK_INIT;
    callback.on_attached = on_attached;
    callback.on_done = on_sent;
    callback.release = outcome_released; /* `outcome` is the first member */
    callback.user_data = &send;
    zim_status accepted = zim_client_send_message(me->client, &message, zim_str_of(to), type, &config, &callback);
    succeed(text, accepted, &send.outcome);
    CHECK(send.attached == 1);
}

static zim_push_config alert(const char *title, const char *content) {
    zim_push_config push = ZIM_PUSH_CONFIG_INIT;
    push.title = zim_str_of(title);
    push.content = zim_str_of(content);
    return push;
}

static void on_group_created(void *user_data, const zim_group_full_info *group,
                             const zim_group_member_info *const *members, size_t member_count,
                             const zim_error_user_info *const *errors, size_t error_count, const zim_error *error) {
    (void)members;
    (void)errors;
    if (!error) {
        CHECK(is(group->base_info->group_id, "walkers") && member_count == 2 && error_count == 0);
    }
    outcome_done(user_data, error);
}

static void create_group(phone *me) {
    zim_group_info info = ZIM_GROUP_INFO_INIT;
    info.group_id = zim_str_of("walkers");
    info.group_name = zim_str_of("Walkers");
    zim_str users[] = {zim_str_of("bob")};
    outcome result;
    memset(&result, 0, sizeof(result));
    zim_group_created_callback callback = ZIM_GROUP_CREATED_CALLBACK_INIT;
    callback.on_done = on_group_created;
    callback.release = outcome_released;
    callback.user_data = &result;
    succeed("group", zim_client_create_group(me->client, &info, users, 1, NULL, &callback), &result);
}

static void on_invited(void *user_data, zim_str call_id, const zim_call_invitation_sent_info *info,
                       const zim_error *error) {
    CHECK(error || (call_id.len > 0 && info->error_user_list_count == 0));
    outcome_done(user_data, error);
}

static void call(phone *me, const char *user) {
    zim_push_config push = alert("Alice calls", "Video call");
    push.payload = zim_str_of("{\"room\":7}");
    zim_call_invite_config config = ZIM_CALL_INVITE_CONFIG_INIT;
    config.timeout = 300;
    config.push_config = &push;
    zim_str invitees[] = {zim_str_of(user)};
    outcome result;
    memset(&result, 0, sizeof(result));
    zim_call_invitation_sent_callback callback = ZIM_CALL_INVITATION_SENT_CALLBACK_INIT;
    callback.on_done = on_invited;
    callback.release = outcome_released;
    callback.user_data = &result;
    succeed("call", zim_client_call_invite(me->client, invitees, 1, &config, &callback), &result);
}

int main(void) {
    static phone alice, bob, bobs_desktop, carol;
    outcome result;
    zim_done_callback callback;

    CHECK(zim_abi_version() == ZIM_ABI_VERSION);
    CHECK(strcmp(zim_version(), ZIM_VERSION) == 0);

    puts("Bob and Carol register their phones, log in, and go offline");
    switch_on(&bob, setting("ZIM_TEST_FOLDER_BOB"), ZIM_PLATFORM_TYPE_I_PHONE_OS);
    register_push(&bob, "story: the token of Bob's phone.");
    login(&bob, "bob");
    switch_on(&carol, setting("ZIM_TEST_FOLDER_CAROL"), ZIM_PLATFORM_TYPE_I_PHONE_OS);
    register_push(&carol, "story: that of the witness phone");
    login(&carol, "carol");
    switch_on(&alice, "", ZIM_PLATFORM_TYPE_LINUX);
    login(&alice, "alice");
    create_group(&alice);
    switch_off(&carol);
    switch_off(&bob);

    puts("Alice writes to Bob and to the group, and calls him");
    zim_push_config push = alert("Alice", "Are you coming?");
    push.payload = zim_str_of("{\"page\":\"chat\"}");
    push.thread_id = zim_str_of("alice");
    send_text(&alice, "bob", ZIM_CONVERSATION_TYPE_PEER, "Are you coming?", &push);
    push = alert("Walkers", "All of you, come!");
    push.resources_id = zim_str_of("loud");
    send_text(&alice, "walkers", ZIM_CONVERSATION_TYPE_GROUP, "All of you, come!", &push);
    call(&alice, "bob");

    puts("Bob reads at his desktop and sets the badge of his phone");
    switch_on(&bobs_desktop, "", ZIM_PLATFORM_TYPE_LINUX);
    login(&bobs_desktop, "bob");
    callback = into(&result);
    succeed("badge", zim_client_update_user_badge(bobs_desktop.client, 2, &callback), &result);
    switch_off(&bobs_desktop);
    until_pushed(4);

    puts("Bob is back: each once, and the call still rings");
    switch_on(&bob, setting("ZIM_TEST_FOLDER_BOB"), ZIM_PLATFORM_TYPE_I_PHONE_OS);
    CHECK(zpns_attach(bob.zpns, bob.client) == ZIM_STATUS_OK);
    login(&bob, "bob");
    wait_for("message", &bob.peer_messages, 1);
    wait_for("group message", &bob.group_messages, 1);
    wait_for("call", &bob.calls, 1);
    callback = into(&result);
    succeed("accept", zim_client_call_accept(bob.client, zim_str_of(bob.call_id), NULL, &callback), &result);
    wait_for("acceptance at Alice's", &alice.call_changes, 1);
    CHECK(bob.peer_messages == 1 && bob.group_messages == 1 && bob.calls == 1);
    CHECK(zpns_set_badge(bob.zpns, 0) == ZIM_STATUS_OK);

    puts("Bob logs out: no more pushes for him");
    callback = into(&result);
    succeed("logout", zim_client_logout(bob.client, &callback), &result);
    push = alert("Alice", "after logout");
    send_text(&alice, "bob", ZIM_CONVERSATION_TYPE_PEER, "after logout", &push);

    puts("Bob logs in again and unregisters: none either");
    login(&bob, "bob");
    CHECK(zpns_unregister_push(bob.zpns) == ZIM_STATUS_OK);
    callback = into(&result);
    /* Answered by the server, after what was asked before it. */
    succeed("round trip", zim_client_clear_conversation_total_unread_message_count(bob.client, &callback), &result);
    switch_off(&bob);
    push = alert("Alice", "after unregistering");
    send_text(&alice, "bob", ZIM_CONVERSATION_TYPE_PEER, "after unregistering", &push);

    /* A push to somebody else shows that those above would have been seen by now. */
    push = alert("Witness", "the last one");
    send_text(&alice, "carol", ZIM_CONVERSATION_TYPE_PEER, "the last one", &push);

    zpns_free(carol.zpns);
    zpns_free(bob.zpns);
    switch_off(&alice);
    puts("done");
    return 0;
}
