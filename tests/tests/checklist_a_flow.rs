//! Part A of the checklist, the flow: from the vendor's token to the notification, and back to the message.

use serde_json::json;
use zim_core::CallInvited;
use zim_core::model::{
    CallInviteConfig, ConversationSyncState, ConversationType, Event, GroupAdvancedConfig, GroupInfo,
    MessageQueryConfig,
};
use zim_tests::expect::{FCM_MESSAGE_S, apns_envelope, apns_message, fcm_message};
use zim_tests::{Kind, Phone, Proxy, Settings, World, alert, body, messages, text, token, until, wait};
use zpns_core::{DeviceProperties, Dispatch, Options, Os, Standalone, Vendor};

fn group(owner: &Phone, members: &[&str]) -> String {
    let members = members.iter().map(|&member| member.to_owned()).collect();
    let info = GroupInfo { group_name: "team".into(), ..GroupInfo::default() };
    let created = wait(owner.client().create_group(info, members, GroupAdvancedConfig::default())).unwrap();
    assert_eq!(created.error_user_list, []);
    created.group_info.base_info.group_id
}

fn call(caller: &Phone, invitees: &[&str], config: CallInviteConfig) -> CallInvited {
    let invitees = invitees.iter().map(|&invitee| invitee.to_owned()).collect();
    wait(caller.client().call_invite(invitees, config)).unwrap()
}

// covers: A-01, A-14
#[test]
fn a01_peer_message_is_pushed() {
    let world = World::start();
    let bob = world.offline("bob", Kind::Iphone);
    let erin = world.offline("erin", Kind::Android);
    let alice = world.online("alice");
    let config = zim_core::model::PushConfig { payload: r#"{"k":1}"#.into(), ..alert("Alice", "hello") };

    let sent = alice.send(text("hello"), "bob", Some(config.clone()));
    let request_id = world.until_logged("bob", "queued").request_id;
    let expected = json!({
        "aps": {
            "alert": { "title": "Alice", "body": "hello" },
            "sound": "default",
            "payload": r#"{"k":1}"#,
        },
        "payload": r#"{"k":1}"#,
        "zego": { "version": 1, "zpns_request_id": request_id },
    });
    apns_message(&world.apns(1)[0], &bob, "alert", &sent, &expected);

    alice.send(text("hello"), "erin", Some(config));
    let request_id = world.until_logged("erin", "queued").request_id;
    let expected = json!({
        "token": erin.vendor_token(),
        "notification": { "title": "Alice", "body": "hello" },
        "data": {
            "title": "Alice",
            "body": "hello",
            "payload": r#"{"k":1}"#,
            "zego": format!(r#"{{"version":1,"zpns_request_id":"{request_id}"}}"#),
        },
        "android": { "priority": "NORMAL" },
    });
    fcm_message(&world.fcm(1)[0], &erin, FCM_MESSAGE_S, &expected);
    world.until_logged("bob", "delivered");
    world.until_logged("erin", "delivered");
}

// covers: A-01
#[test]
fn a01_group_message_is_pushed() {
    let world = World::start();
    let bob = world.offline("bob", Kind::Iphone);
    let alice = world.online("alice");
    let team = group(&alice, &["bob"]);
    let sent = alice.send_to_group(text("standup"), &team, Some(alert("team", "standup")));
    let request_id = world.until_logged("bob", "queued").request_id;
    let expected = json!({
        "aps": { "alert": { "title": "team", "body": "standup" }, "sound": "default" },
        "zego": { "version": 1, "zpns_request_id": request_id },
    });
    apns_message(&world.apns(1)[0], &bob, "alert", &sent, &expected);
}

// covers: A-01
#[test]
fn a01_call_invitation_is_pushed() {
    let world = World::start();
    let bob = world.offline("bob", Kind::Iphone);
    let erin = world.offline("erin", Kind::Android);
    let alice = world.online("alice");
    let config = CallInviteConfig {
        timeout: 60,
        push_config: Some(alert("Alice", "calls you")),
        ..CallInviteConfig::default()
    };
    let invited = call(&alice, &["bob", "erin"], config);
    assert!(!invited.call_id.is_empty());
    let request_id = world.until_logged("bob", "queued").request_id;
    let request = &world.apns(1)[0];
    apns_envelope(request, &bob, "alert");
    let expected = json!({
        "aps": { "alert": { "title": "Alice", "body": "calls you" }, "sound": "default" },
        "zego": { "version": 1, "zpns_request_id": request_id },
        "call_id": invited.call_id,
    });
    assert_eq!(request.body, expected);
    let request_id = world.until_logged("erin", "queued").request_id;
    let call_id = &invited.call_id;
    let expected = json!({
        "token": erin.vendor_token(),
        "notification": { "title": "Alice", "body": "calls you" },
        "data": {
            "title": "Alice",
            "body": "calls you",
            "call_id": call_id,
            "zego": format!(r#"{{"version":1,"zpns_request_id":"{request_id}","call_id":"{call_id}"}}"#),
        },
        "android": { "priority": "HIGH" },
    });
    // A push for a call lives as long as it rings.
    fcm_message(&world.fcm(1)[0], &erin, 60, &expected);
}

// covers: A-02, A-12
#[test]
fn a02_a_frozen_client_is_pushed_to_once_its_connection_timed_out() {
    let world = World::with(Settings { heartbeat_s: 1, idle_timeout_s: 4, ..Settings::default() });
    let proxy = Proxy::start(&world, world.server().addr());
    let mut bob = proxy.service().phone("bob-phone", Kind::Iphone);
    bob.register_push();
    bob.login("bob");
    world.until_bound("bob", &bob.push_id());
    let alice = world.online("alice");

    // Alive and acknowledging: decided, and withdrawn by the acknowledgement.
    alice.send(text("one"), "bob", Some(alert("Alice", "one")));
    assert_eq!(bob.events.texts(1), ["one"]);
    world.until_logged("bob", "acknowledged");
    assert_eq!(world.apns_double().requests(), []);

    // Frozen: the connection is there, but nothing comes back on it.
    proxy.swallow();
    until("end of bob's session", || (world.sessions() == 1).then_some(()));
    let sent = alice.send(text("two"), "bob", Some(alert("Alice", "two")));
    let request_id = world.until_logged("bob", "queued").request_id;
    let expected = json!({
        "aps": { "alert": { "title": "Alice", "body": "two" }, "sound": "default" },
        "zego": { "version": 1, "zpns_request_id": request_id },
    });
    apns_message(&world.apns(1)[0], &bob, "alert", &sent, &expected);
}

// covers: A-02
#[test]
fn a02_a_killed_client_is_pushed_to() {
    let world = World::start();
    let mut bob = world.offline("bob", Kind::Android);
    let alice = world.online("alice");
    alice.send(text("one"), "bob", Some(alert("Alice", "one")));
    assert_eq!(world.fcm(1)[0].body["message"]["notification"]["body"], "one");
    // Back and acknowledging: no more pushes.
    bob.power_on();
    assert_eq!(bob.events.texts(1), ["one"]);
    until("bob's session", || (world.sessions() == 2).then_some(()));
    alice.send(text("two"), "bob", Some(alert("Alice", "two")));
    assert_eq!(bob.events.texts(2), ["one", "two"]);
    world.until_logged("bob", "acknowledged");
    assert_eq!(world.fcm(1).len(), 1);
}

// covers: A-03, A-06, A-07, A-08
#[test]
fn a03_push_and_messaging_in_one_process_bind_by_themselves() {
    let world = World::start();
    let mut bob = world.phone("bob-phone", Kind::Android);
    bob.login("bob");
    assert_eq!(bob.vendors_asked(), []);
    let push_id = bob.register_push();
    assert_eq!(bob.vendors_asked(), [Vendor::Fcm], "the vendor's library is asked for a token");
    let registered = bob.push_events.first("registration", |event| match event {
        zpns_core::Event::Registered(registered) => Some(registered.clone()),
        _ => None,
    });
    assert_eq!((registered.error_code, registered.vendor), (0, Some(Vendor::Fcm)));
    assert_eq!(registered.device_token, bob.vendor_token(), "the token reached the core");
    assert_eq!(registered.push_id, push_id);
    world.until_bound("bob", &push_id);
}

// covers: A-04
#[test]
fn a04_push_alone_binds_by_its_own_endpoint() {
    let world = World::start();
    // The user exists; this device never logs in.
    world.online("bob").logout();
    let mut config = world.phone("template", Kind::Android).config().clone();
    let install = tempfile::tempdir().unwrap();
    config.cache_path = Some(install.path().to_owned());
    config.app_sign = zim_tests::APP_SIGN.to_owned();
    let device =
        DeviceProperties { os: Os::Android, bundle_id: zim_tests::PACKAGE.into(), ..Default::default() };
    let options = Options { device, channel: std::sync::Arc::new(NoVendor), dispatch: Dispatch::Thread };
    let alone = Standalone::open(options, config).unwrap();
    alone.zpns().set_push_config(zpns_core::PushConfig::default().enable_fcm_push());
    alone.zpns().register_push();
    alone.zpns().token_received(Vendor::Fcm, "token-of-a-device-alone");
    let push_id = alone.zpns().push_id().unwrap();

    wait(alone.client().open_device_session()).unwrap();
    let bound = wait(alone.bind("bob", &token("carol")).unwrap()).unwrap_err();
    assert_eq!(bound.code.code(), 6_000_103, "another user's token");
    wait(alone.bind("bob", &token("bob")).unwrap()).unwrap();
    assert_eq!(world.bound("bob"), [push_id.as_str()]);
    let alice = world.online("alice");
    alice.send(text("hello"), "bob", Some(alert("Alice", "hello")));
    assert_eq!(world.fcm(1)[0].token, "token-of-a-device-alone");

    // A push by PushID reaches it as well.
    let order = json!({ "push_id": push_id, "content": "by PushID" });
    let (status, answer) = world.admin("POST", "/admin/v1/push/debug", Some(&order));
    assert_eq!((status, &answer["delivered"]), (200, &json!(true)), "{answer}");
    assert_eq!(world.fcm(2)[1].body["message"]["notification"], json!({ "body": "by PushID" }));

    wait(alone.unbind("bob").unwrap()).unwrap();
    assert_eq!(world.bound("bob"), [""; 0]);
    alice.send(text("again"), "bob", Some(alert("Alice", "again")));
    world.until_logged("bob", "no_binding");
    assert_eq!(world.fcm(2).len(), 2);
    alone.close();
}

/// A vendor whose token is handed in by the test.
struct NoVendor;

impl zpns_core::VendorChannel for NoVendor {
    fn request_token(&self, _: Vendor, _: &zpns_core::PushConfig) -> Result<(), zpns_core::ChannelError> {
        Ok(())
    }

    fn release_token(&self, _: Vendor) -> Result<(), zpns_core::ChannelError> {
        Ok(())
    }

    fn set_local_badge(&self, _: Vendor, _: u32) {}
}

// covers: A-05
#[test]
fn a05_without_a_certificate_the_delivery_log_says_so() {
    let world = World::with(Settings { has_credentials: false, ..Settings::default() });
    let bob = world.offline("bob", Kind::Iphone);
    let alice = world.online("alice");
    alice.send(text("hello"), "bob", Some(alert("Alice", "hello")));
    let row = world.until_logged("bob", "misconfigured");
    assert!(row.subject.starts_with("message:"), "{row:?}");
    for word in ["no credential", "Apns", "app 1", zim_tests::BUNDLE_ID] {
        assert!(row.detail.contains(word), "{word} in {:?}", row.detail);
    }
    assert_eq!(world.apns_double().requests(), []);
    drop(bob);
}

// covers: A-09
#[test]
fn a09_login_and_registration_bind_in_either_order() {
    let world = World::start();
    let mut first = world.phone("login-first", Kind::Iphone);
    first.login("bob");
    let push_id = first.register_push();
    world.until_bound("bob", &push_id);

    let mut second = world.phone("register-first", Kind::Android);
    let push_id = second.register_push();
    second.login("erin");
    world.until_bound("erin", &push_id);
}

// covers: A-10
#[test]
fn a10_logout_clears_the_binding_and_the_next_user_gets_the_pushes() {
    let world = World::start();
    let mut phone = world.phone("shared-phone", Kind::Iphone);
    let push_id = phone.register_push();
    phone.login("bob");
    world.until_bound("bob", &push_id);
    phone.logout();
    world.until_unbound("bob");
    let alice = world.online("alice");
    alice.send(text("for bob"), "bob", Some(alert("Alice", "for bob")));
    world.until_logged("bob", "no_binding");

    phone.login("carol");
    world.until_bound("carol", &push_id);
    world.power_off(&mut phone);
    alice.send(text("for bob again"), "bob", Some(alert("Alice", "for bob again")));
    alice.send(text("for carol"), "carol", Some(alert("Alice", "for carol")));
    let pushed = world.apns(1);
    assert_eq!(pushed[0].body["aps"]["alert"]["body"], "for carol");
    until("bob's second decision", || {
        let rows = world.push_log("bob");
        (rows.iter().filter(|row| row.outcome == "no_binding").count() == 2).then_some(())
    });
}

// covers: A-11
#[test]
fn a11_a_message_is_stored_on_the_server() {
    let world = World::start();
    world.online("bob").logout();
    let alice = world.online("alice");
    let sent = alice.send(text("kept"), "bob", None);
    // A device that never saw it asks the server.
    let bob = world.online("bob");
    let config = MessageQueryConfig { count: 10, reverse: true, ..MessageQueryConfig::default() };
    let history = wait(bob.client().query_history_message("alice", ConversationType::Peer, config)).unwrap();
    assert_eq!(history.len(), 1);
    assert_eq!((history[0].message_id, body(&history[0])), (sent.message_id, "kept".to_owned()));
    assert_eq!((history[0].sender_user_id.as_str(), history[0].timestamp), ("alice", sent.timestamp));
}

// covers: A-12, A-13
#[test]
fn a12_each_decision_is_a_row_and_a_push_passes_every_stage() {
    let world = World::start();
    let mut bob = world.offline("bob", Kind::Iphone);
    let alice = world.online("alice");
    let sent = alice.send(text("one"), "bob", Some(alert("Alice", "one")));
    world.until_logged("bob", "delivered");
    let rows = world.push_log("bob");
    let push_id = rows[0].push_id.clone();
    let stages: Vec<_> = rows.iter().map(|row| (row.stage.as_str(), row.outcome.as_str())).collect();
    assert_eq!(stages, [("decision", "queued"), ("vendor", "delivered")]);
    for row in &rows {
        assert_eq!(row.subject, format!("message:{}", sent.message_id));
        assert_eq!((&row.push_id, &row.request_id), (&push_id, &rows[0].request_id));
    }
    bob.power_on();
    assert_eq!(bob.events.texts(1), ["one"]);
    assert_eq!(bob.push_id(), push_id);
}

// covers: A-17
#[test]
fn a17_peer_and_group_messages_arrive_after_coming_online() {
    let world = World::start();
    let mut bob = world.offline("bob", Kind::Android);
    let alice = world.online("alice");
    let team = group(&alice, &["bob"]);
    let peer = alice.send(text("to you"), "bob", Some(alert("Alice", "to you")));
    let grouped = alice.send_to_group(text("to all"), &team, Some(alert("team", "to all")));
    assert_eq!(world.fcm(2).len(), 2);
    bob.power_on();
    let mut received: Vec<_> = bob.events.messages(2);
    received.sort_by_key(|message| message.message_id);
    let found: Vec<_> = received
        .iter()
        .map(|message| {
            (
                message.message_id,
                body(message),
                message.conversation_id.clone(),
                message.sender_user_id.clone(),
            )
        })
        .collect();
    assert_eq!(
        found,
        [
            (peer.message_id, "to you".to_owned(), "alice".to_owned(), "alice".to_owned()),
            (grouped.message_id, "to all".to_owned(), team, "alice".to_owned()),
        ]
    );
    bob.events.first("end of the backlog", |event| {
        matches!(event, Event::ConversationSyncStateChanged { state: ConversationSyncState::Finished })
            .then_some(())
    });
    let offline = bob.events.all().iter().all(|event| match event {
        Event::MessageReceived { info, .. } => info.is_offline_message,
        _ => true,
    });
    assert!(offline, "they waited on the server");
    assert_eq!(messages(&bob.events.all()).len(), 2, "each once");
}
