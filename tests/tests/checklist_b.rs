//! Part B of the checklist: what the C++ document shows, as behaviour. That its text compiles is shown by `native`.

use serde_json::json;
use std::sync::mpsc;
use zim_core::model::{
    CallInviteConfig, ConversationType, Event, GroupAdvancedConfig, GroupInfo, MessageSendConfig, PushConfig,
};
use zim_tests::expect::{apns_envelope, apns_message};
use zim_tests::{Kind, PATIENCE, Settings, World, alert, body, text, wait};

// covers: B-05, B-06
#[test]
fn b05_attached_comes_before_sent() {
    let world = World::start();
    world.online("bob").logout();
    let alice = world.online("alice");
    let (tell, told) = mpsc::channel();
    let attached = tell.clone();
    let config = MessageSendConfig { push_config: Some(alert("t", "c")), ..MessageSendConfig::default() };
    alice
        .client()
        .send_message(text("hello"), "bob", ConversationType::Peer, config)
        .on_attached(move |message| attached.send(("attached", message)).unwrap())
        .then(move |sent| tell.send(("sent", sent.unwrap())).unwrap());
    let (first, draft) = told.recv_timeout(PATIENCE).unwrap();
    let (second, sent) = told.recv_timeout(PATIENCE).unwrap();
    assert_eq!((first, second), ("attached", "sent"));
    assert!(draft.local_message_id > 0 && draft.message_id == 0);
    assert_eq!(draft.local_message_id, sent.local_message_id);
    assert!(sent.message_id > 0);
}

// covers: B-07
#[test]
fn b07_the_conversation_is_a_user_or_a_group() {
    let world = World::start();
    let bob = world.online("bob");
    let alice = world.online("alice");
    let info = GroupInfo { group_id: "cpp_team".into(), ..GroupInfo::default() };
    wait(alice.client().create_group(info, vec!["bob".into()], GroupAdvancedConfig::default())).unwrap();
    let peer = alice.send(text("to bob"), "bob", Some(alert("t", "c")));
    let grouped = alice.send_to_group(text("to all"), "cpp_team", Some(alert("t", "c")));
    let received = bob.events.messages(2);
    let found: Vec<_> = received
        .iter()
        .map(|m| (m.message_id, body(m), m.conversation_type, m.conversation_id.clone()))
        .collect();
    assert_eq!(
        found,
        [
            (peer.message_id, "to bob".to_owned(), ConversationType::Peer, "alice".to_owned()),
            (grouped.message_id, "to all".to_owned(), ConversationType::Group, "cpp_team".to_owned()),
        ]
    );
}

// covers: B-09, B-10
#[test]
fn b09_an_invitation_has_a_call_id_that_the_invitee_gets_after_reconnecting() {
    let world = World::start();
    let mut bob = world.offline("bob", Kind::Android);
    let alice = world.online("alice");
    let config =
        CallInviteConfig { push_config: Some(alert("Alice", "calls")), ..CallInviteConfig::default() };
    let invited = wait(alice.client().call_invite(vec!["bob".into()], config)).unwrap();
    assert!(!invited.call_id.is_empty() && invited.call_id.len() <= 20);
    assert_eq!((invited.info.timeout, invited.info.error_user_list), (90, vec![]));
    assert_eq!(world.fcm(1)[0].body["message"]["data"]["call_id"], json!(invited.call_id));
    bob.power_on();
    let call_id = bob.events.first("invitation", |event| match event {
        Event::CallInvitationReceived { call_id, .. } => Some(call_id.clone()),
        _ => None,
    });
    assert_eq!(call_id, invited.call_id);
}

// covers: B-11, B-13
#[test]
fn b13_title_content_and_thread_id_alone_are_a_legal_push() {
    let world = World::start();
    let bob = world.offline("bob", Kind::Iphone);
    let alice = world.online("alice");
    let config = PushConfig { thread_id: "threadID".into(), ..alert("push title", "push content") };
    let sent = alice.send(text("hello"), "bob", Some(config));
    let request = world.apns(1).remove(0);
    let request_id = &request.body["zego"]["zpns_request_id"];
    let expected = json!({
        "aps": {
            "alert": { "title": "push title", "body": "push content" },
            "sound": "default",
            "thread-id": "threadID",
        },
        "zego": { "version": 1, "zpns_request_id": request_id },
    });
    apns_message(&request, &bob, "alert", &sent, &expected);
}

// covers: B-12
#[test]
fn b12_a_badge_update_reaches_the_offline_phone() {
    let world = World::with(Settings { multi_device: "multi", ..Settings::default() });
    let bob = world.offline("bob", Kind::Iphone);
    let mut desktop = world.phone("bob-desktop", Kind::Desktop);
    desktop.login("bob");
    wait(desktop.client().update_user_badge(2)).unwrap();
    let request = world.apns(1).remove(0);
    apns_envelope(&request, &bob, "alert");
    let request_id = &request.body["zego"]["zpns_request_id"];
    let expected = json!({ "aps": { "badge": 2 }, "zego": { "version": 1, "zpns_request_id": request_id } });
    assert_eq!(request.body, expected);
    let refused = wait(desktop.client().update_user_badge(-1)).unwrap_err();
    assert_eq!((refused.code.code(), refused.parameter.as_deref()), (6_000_001, Some("badge")));
}
