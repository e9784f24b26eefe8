//! Part A of the checklist, the settings: what a sender asks for and what a device has.

use serde_json::{Value, json};
use zim_core::model::{
    CallInviteConfig, ConversationSyncState, ConversationType, Event, GroupAdvancedConfig, GroupInfo,
    PushConfig,
};
use zim_tests::expect::{FCM_MESSAGE_S, apns_message, fcm_message};
use zim_tests::{Kind, SeparateServer, Settings, World, alert, text, texts, until, wait};
use zpns_core::Vendor;

fn loud() -> PushConfig {
    PushConfig {
        payload: r#"{"order":7}"#.into(),
        resources_id: "loud".into(),
        ..alert("Shop", "Your order is on its way")
    }
}

// covers: A-18
#[test]
fn a18_title_content_payload_and_strategy_reach_the_vendor() {
    let world = World::start();
    let bob = world.offline("bob", Kind::Iphone);
    let erin = world.offline("erin", Kind::Android);
    let alice = world.online("alice");
    let sent = alice.send(text("x"), "bob", Some(loud()));
    let request_id = world.until_logged("bob", "queued").request_id;
    let expected = json!({
        "aps": {
            "alert": { "title": "Shop", "body": "Your order is on its way" },
            "sound": "ring.caf",
            "mutable-content": 1,
            "payload": r#"{"order":7}"#,
        },
        "payload": r#"{"order":7}"#,
        "zego": { "version": 1, "zpns_request_id": request_id },
    });
    apns_message(&world.apns(1)[0], &bob, "alert", &sent, &expected);

    alice.send(text("x"), "erin", Some(loud()));
    let request_id = world.until_logged("erin", "queued").request_id;
    let expected = json!({
        "token": erin.vendor_token(),
        "notification": { "title": "Shop", "body": "Your order is on its way" },
        "data": {
            "title": "Shop",
            "body": "Your order is on its way",
            "payload": r#"{"order":7}"#,
            "zego": format!(r#"{{"version":1,"zpns_request_id":"{request_id}"}}"#),
        },
        "android": { "priority": "HIGH", "notification": { "channelId": "chat", "sound": "ring" } },
    });
    fcm_message(&world.fcm(1)[0], &erin, FCM_MESSAGE_S, &expected);
}

// covers: A-19
#[test]
fn a19_a_push_without_payload_arrives_with_an_empty_one() {
    let world = World::start();
    let _bob = world.offline("bob", Kind::Iphone);
    let _erin = world.offline("erin", Kind::Android);
    let alice = world.online("alice");
    for user in ["bob", "erin"] {
        alice.send(text("x"), user, Some(alert("Alice", "no payload")));
    }
    let apns = world.apns(1).remove(0).body;
    assert_eq!((apns.get("payload"), apns["aps"].get("payload")), (None, None));
    let fcm = world.fcm(1).remove(0).body["message"].take();
    assert_eq!(fcm["data"].get("payload"), None);
    // What the app reads on the device.
    for (vendor, message) in [(Vendor::Apns, &apns), (Vendor::Fcm, &fcm)] {
        let parsed = zpns_core::parse(vendor, &message.to_string()).unwrap();
        assert_eq!((parsed.payload.as_str(), parsed.content.as_str()), ("", "no payload"), "{vendor:?}");
    }
}

// covers: A-20
#[test]
fn a20_without_or_with_an_unknown_strategy_a_notification_is_shown() {
    let world = World::start();
    let bob = world.offline("bob", Kind::Iphone);
    let alice = world.online("alice");
    for (number, resources_id) in ["", "nobody-made-this"].into_iter().enumerate() {
        let config = PushConfig { resources_id: resources_id.into(), ..alert("Alice", "plain") };
        let sent = alice.send(text("x"), "bob", Some(config));
        let request = world.apns(number + 1).remove(number);
        let request_id = &request.body["zego"]["zpns_request_id"];
        let expected = json!({
            "aps": { "alert": { "title": "Alice", "body": "plain" }, "sound": "default" },
            "zego": { "version": 1, "zpns_request_id": request_id },
        });
        apns_message(&request, &bob, "alert", &sent, &expected);
    }
    let warning = world.until_logged("bob", "strategy_warning");
    assert!(warning.detail.contains("nobody-made-this"), "{}", warning.detail);
}

// covers: A-21
#[test]
fn a21_without_a_push_config_a_message_pushes_nothing() {
    let world = World::start();
    let mut bob = world.offline("bob", Kind::Iphone);
    let alice = world.online("alice");
    alice.send(text("quiet"), "bob", None);
    alice.send(text("loud"), "bob", Some(alert("Alice", "loud")));
    // Decisions are made in the order of the messages.
    assert_eq!(world.apns(1)[0].body["aps"]["alert"]["body"], "loud");
    world.until_logged("bob", "delivered");
    let subjects: Vec<_> = world.push_log("bob").into_iter().map(|row| row.subject).collect();
    assert!(
        subjects.windows(2).all(|pair| pair[0] == pair[1]),
        "only one message is in the log: {subjects:?}"
    );
    bob.power_on();
    assert_eq!(bob.events.texts(2), ["quiet", "loud"]);
}

// covers: A-22
#[test]
fn a22_without_a_push_config_a_call_rings_without_a_push() {
    let world = World::start();
    let mut bob = world.offline("bob", Kind::Iphone);
    let alice = world.online("alice");
    let invited = wait(alice.client().call_invite(vec!["bob".into()], CallInviteConfig::default())).unwrap();
    bob.power_on();
    let call_id = bob.events.first("invitation", |event| match event {
        Event::CallInvitationReceived { call_id, .. } => Some(call_id.clone()),
        _ => None,
    });
    assert_eq!(call_id, invited.call_id);
    assert_eq!((world.push_log("bob"), world.apns_double().requests()), (vec![], vec![]));
}

// covers: A-23
#[test]
fn a23_a_group_message_reaches_all_and_is_pushed_to_the_offline_ones() {
    let world = World::start();
    let bob = world.offline("bob", Kind::Iphone);
    let erin = world.offline("erin", Kind::Android);
    let mut dave = world.phone("dave-phone", Kind::Android);
    dave.register_push();
    dave.login("dave");
    world.until_bound("dave", &dave.push_id());
    // The sender's own phone is off: it is a member, and gets no push.
    let _ = world.offline("alice", Kind::Iphone);
    let alice = world.online("alice");
    let members = ["bob", "erin", "dave"].map(str::to_owned).to_vec();
    let created =
        wait(alice.client().create_group(GroupInfo::default(), members, GroupAdvancedConfig::default()));
    let team = created.unwrap().group_info.base_info.group_id;
    let sent = alice.send_to_group(text("lunch?"), &team, Some(alert("team", "lunch?")));
    let received = dave.events.messages(1);
    assert_eq!((received.len(), received[0].message_id), (1, sent.message_id));
    assert_eq!(world.apns(1)[0].token, bob.vendor_token());
    assert_eq!(world.fcm(1)[0].token, erin.vendor_token());
    world.until_logged("dave", "acknowledged");
    assert_eq!(world.push_log("alice"), [], "nobody pushes to the sender");
    assert_eq!((world.apns_double().requests().len(), world.fcm_double().requests().len()), (1, 1));
}

// covers: A-24
#[test]
fn a24_an_invitation_that_still_rings_is_received() {
    let world = World::start();
    let mut bob = world.offline("bob", Kind::Iphone);
    let alice = world.online("alice");
    let config = CallInviteConfig {
        timeout: 60,
        extended_data: "video".into(),
        push_config: Some(alert("Alice", "calls")),
        ..CallInviteConfig::default()
    };
    let invited = wait(alice.client().call_invite(vec!["bob".into()], config)).unwrap();
    assert_eq!(world.apns(1)[0].body["call_id"], json!(invited.call_id));
    bob.power_on();
    let (call_id, info) = bob.events.first("invitation", |event| match event {
        Event::CallInvitationReceived { call_id, info } => Some((call_id.clone(), info.clone())),
        _ => None,
    });
    assert_eq!(call_id, invited.call_id);
    assert_eq!((info.caller.as_str(), info.inviter.as_str()), ("alice", "alice"));
    assert_eq!(info.extended_data, "video");
}

// covers: A-24
#[test]
fn a24_an_invitation_that_is_over_is_not_received() {
    let world = World::start();
    let mut bob = world.offline("bob", Kind::Iphone);
    let alice = world.online("alice");
    let push_config = Some(alert("Alice", "calls"));
    let config = CallInviteConfig { timeout: 1, push_config, ..CallInviteConfig::default() };
    let invited = wait(alice.client().call_invite(vec!["bob".into()], config)).unwrap();
    let (call_id, invitees) = alice.events.first("timeout", |event| match event {
        Event::CallInviteesAnsweredTimeout { call_id, invitees } => Some((call_id.clone(), invitees.clone())),
        _ => None,
    });
    assert_eq!((call_id, invitees), (invited.call_id, vec!["bob".to_owned()]));
    bob.events.clear();
    bob.power_on();
    bob.events.first("end of the backlog", |event| {
        matches!(event, Event::ConversationSyncStateChanged { state: ConversationSyncState::Finished })
            .then_some(())
    });
    let rang = bob.events.all().iter().any(|event| matches!(event, Event::CallInvitationReceived { .. }));
    assert!(!rang, "a call that is over does not ring");
}

// covers: A-25
#[test]
fn a25_a_push_id_names_one_device() {
    let world = World::with(Settings { multi_device: "multi", ..Settings::default() });
    let mut phone = world.phone("phone", Kind::Iphone);
    let mut tablet = world.phone("tablet", Kind::Iphone);
    for device in [&mut phone, &mut tablet] {
        device.register_push();
        device.login("bob");
    }
    until("both bindings", || (world.bound("bob").len() == 2).then_some(()));
    let order = json!({ "push_id": tablet.push_id(), "title": "t", "content": "c", "payload": "p" });
    let (status, answer) = world.admin("POST", "/admin/v1/push/debug", Some(&order));
    assert_eq!((status, &answer["delivered"]), (200, &json!(true)), "{answer}");
    let pushed = world.apns(1);
    assert_eq!(pushed[0].token, tablet.vendor_token());
    assert_ne!(phone.vendor_token(), tablet.vendor_token());
}

// covers: A-26
#[test]
fn a26_unregistering_stops_visible_and_silent_pushes() {
    let world = World::start();
    let alice = world.online("alice");
    let mut bob = world.phone("bob-phone", Kind::Iphone);
    let mut erin = world.phone("erin-phone", Kind::Android);
    for (phone, user) in [(&mut bob, "bob"), (&mut erin, "erin")] {
        phone.register_push();
        phone.login(user);
        world.until_bound(user, &phone.push_id());
        phone.unregister_push();
        world.until_unbound(user);
        world.power_off(phone);
        for resources_id in ["", "quiet"] {
            let config = PushConfig { resources_id: resources_id.into(), ..alert("Alice", "hello") };
            alice.send(text("hello"), user, Some(config));
        }
        until("two decisions", || {
            let rows = world.push_log(user);
            (rows.iter().filter(|row| row.outcome == "no_binding").count() == 2).then_some(())
        });
    }
    assert_eq!((bob.vendors_released(), erin.vendors_released()), (vec![Vendor::Apns], vec![Vendor::Fcm]));
    assert_eq!((world.apns_double().requests(), world.fcm_double().requests()), (vec![], vec![]));
    // The same messages would have been pushed, also silently.
    let carol = world.offline("carol", Kind::Iphone);
    let config = PushConfig { resources_id: "quiet".into(), ..alert("Alice", "hello") };
    let sent = alice.send(text("hello"), "carol", Some(config));
    let request = world.apns(1).remove(0);
    let request_id = &request.body["zego"]["zpns_request_id"];
    let expected = json!({
        "aps": { "content-available": 1 },
        "zego": { "version": 1, "zpns_request_id": request_id },
    });
    apns_message(&request, &carol, "background", &sent, &expected);
}

// covers: A-27, A-28
#[test]
fn a27_the_command_line_sends_a_debug_push_and_shows_every_stage() {
    let server = SeparateServer::start(Settings::default());
    let mut bob = server.phone("bob-phone", Kind::Android);
    let push_id = bob.register_push();
    bob.login("bob");
    until("registration", || {
        let (_, answer) = server.admin("GET", "/admin/v1/users/bob/push-ids", None);
        (answer["push_ids"][0]["push_id"] == json!(push_id)).then_some(())
    });
    let (sent, shown) = server.command(&[
        "push",
        &push_id,
        "--title",
        "Test",
        "--content",
        "of the chain",
        "--payload",
        "p",
        "--reveal-token",
    ]);
    assert!(sent, "{shown}");
    for stage in ["registration", "strategy", "credential", "render", "vendor"] {
        assert!(shown.contains(stage), "{stage} in {shown}");
    }
    assert!(shown.contains(&bob.vendor_token()), "the vendor's token for the vendor's own console: {shown}");
    let request = server.fcm(1).remove(0);
    assert_eq!(request.token, bob.vendor_token());
    let notification: &Value = &request.body["message"]["notification"];
    assert_eq!(*notification, json!({ "title": "Test", "body": "of the chain" }));
    assert_eq!(request.body["message"]["data"]["payload"], "p");

    let (sent, shown) = server.command(&["push", &format!("z1.{}", "A".repeat(43)), "--content", "c"]);
    assert!(!sent && shown.contains("PushID"), "{shown}");
}

// covers: A-29
#[test]
fn a29_thread_id_groups_notifications() {
    let world = World::start();
    let bob = world.offline("bob", Kind::Iphone);
    let alice = world.online("alice");
    let config = PushConfig { thread_id: "chat-alice".into(), ..alert("Alice", "hello") };
    let sent = alice.send(text("hello"), "bob", Some(config));
    let request = world.apns(1).remove(0);
    let request_id = &request.body["zego"]["zpns_request_id"];
    let expected = json!({
        "aps": {
            "alert": { "title": "Alice", "body": "hello" },
            "sound": "default",
            "thread-id": "chat-alice",
        },
        "zego": { "version": 1, "zpns_request_id": request_id },
    });
    apns_message(&request, &bob, "alert", &sent, &expected);
}

// covers: A-30
#[test]
fn a30_the_badge_follows_what_was_read_on_another_device() {
    let world = World::with(Settings { multi_device: "multi", ..Settings::default() });
    let mut phone = world.phone("bob-phone", Kind::Iphone);
    phone.register_push();
    phone.login("bob");
    world.until_bound("bob", &phone.push_id());
    phone.zpns().set_badge(0).unwrap();
    let badge = || world.admin("GET", "/admin/v1/users/bob/push-ids", None).1["push_ids"][0]["badge"].clone();
    until("badge", || (badge() == json!(0)).then_some(()));
    world.power_off(&mut phone);

    // Ten unread messages, eight of them from alice.
    let (alice, carol) = (world.online("alice"), world.online("carol"));
    let counted = || PushConfig { enable_badge: true, badge_increment: 1, ..alert("new", "message") };
    for number in 0..10 {
        let sender = if number < 8 { &alice } else { &carol };
        sender.send(text(&number.to_string()), "bob", Some(counted()));
    }
    let mut badges: Vec<u64> =
        world.apns(10).iter().map(|request| request.body["aps"]["badge"].as_u64().unwrap()).collect();
    badges.sort_unstable();
    assert_eq!(badges, (1..=10).collect::<Vec<_>>());

    // Bob reads alice's eight on his desktop, whose app then sets the badge of the phone.
    let mut desktop = world.phone("bob-desktop", Kind::Desktop);
    desktop.login("bob");
    let unread = || wait(desktop.client().query_conversation("alice", ConversationType::Peer)).unwrap();
    until("unread count", || (unread().unread_message_count == 8).then_some(()));
    wait(desktop.client().clear_conversation_unread_message_count("alice", ConversationType::Peer)).unwrap();
    wait(desktop.client().update_user_badge(2)).unwrap();
    let request = world.apns(11).remove(10);
    let request_id = &request.body["zego"]["zpns_request_id"];
    let expected = json!({ "aps": { "badge": 2 }, "zego": { "version": 1, "zpns_request_id": request_id } });
    assert_eq!(request.body, expected);
    zim_tests::expect::apns_envelope(&request, &phone, "alert");
    // The next one counts from there.
    alice.send(text("again"), "bob", Some(counted()));
    assert_eq!(world.apns(12)[11].body["aps"]["badge"], 3);
    assert_eq!(texts(&phone.events.all()), [""; 0], "the phone was off all the time");
}
