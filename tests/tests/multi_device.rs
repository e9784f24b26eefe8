//! Several devices of one user: policies, what they tell each other, one winner per call.

use zim_core::model::{
    CallAcceptConfig, CallInviteConfig, CallRejectConfig, CallUserState, ConnectionEvent, ConnectionState,
    ConversationType, Event, MessageDirection, UserOfflinePushRule,
};
use zim_tests::{Kind, Phone, Settings, World, alert, body, text, until, wait};

fn world(multi_device: &'static str) -> World {
    World::with(Settings { multi_device, ..Settings::default() })
}

fn login(world: &World, user: &str, device: &str, kind: Kind) -> Phone {
    let mut phone = world.phone(device, kind);
    phone.login(user);
    phone
}

fn kicked_out(phone: &Phone) {
    phone.events.first("kick-out", |event| match event {
        Event::ConnectionStateChanged { state, event: ConnectionEvent::KickedOut, .. } => {
            assert_eq!(*state, ConnectionState::Disconnected);
            Some(())
        }
        _ => None,
    });
}

fn was_kicked_out(phone: &Phone) -> bool {
    let events = phone.events.all();
    events
        .iter()
        .any(|event| matches!(event, Event::ConnectionStateChanged { event: ConnectionEvent::KickedOut, .. }))
}

#[test]
fn single_the_earlier_login_is_kicked_out_and_its_pushes_end() {
    let world = world("single");
    let mut first = world.phone("first", Kind::Iphone);
    let push_id = first.register_push();
    first.login("bob");
    world.until_bound("bob", &push_id);
    let second = login(&world, "bob", "second", Kind::Desktop);
    kicked_out(&first);
    world.until_unbound("bob");
    let alice = world.online("alice");
    alice.send(text("hello"), "bob", Some(alert("Alice", "hello")));
    assert_eq!(second.events.texts(1), ["hello"]);
    assert_eq!(world.apns_double().requests(), []);
    assert!(!was_kicked_out(&second));
}

#[test]
fn dual_one_native_device_and_one_browser() {
    let world = world("dual");
    let first = login(&world, "bob", "phone-1", Kind::Iphone);
    let browser = login(&world, "bob", "browser-1", Kind::Browser);
    let second = login(&world, "bob", "phone-2", Kind::Android);
    kicked_out(&first);
    let alice = world.online("alice");
    alice.send(text("hello"), "bob", None);
    assert_eq!(
        (second.events.texts(1), browser.events.texts(1)),
        (vec!["hello".into()], vec!["hello".into()])
    );
    assert!(!was_kicked_out(&browser) && !was_kicked_out(&second));
}

#[test]
fn multi_ten_native_devices_and_the_eleventh_kicks_the_first() {
    let world = world("multi");
    let devices: Vec<_> =
        (0..11).map(|number| login(&world, "bob", &format!("device-{number}"), Kind::Desktop)).collect();
    kicked_out(&devices[0]);
    until("ten sessions", || (world.sessions() == 10).then_some(()));
    let alice = world.online("alice");
    alice.send(text("hello"), "bob", None);
    for device in &devices[1..] {
        assert_eq!(device.events.texts(1), ["hello"]);
        assert!(!was_kicked_out(device));
    }
}

#[test]
fn what_one_device_sends_and_reads_the_others_see() {
    let world = world("multi");
    let phone = login(&world, "bob", "phone", Kind::Android);
    let desktop = login(&world, "bob", "desktop", Kind::Desktop);
    let alice = world.online("alice");

    // Sent on one device, seen on the other as sent, and not by the sender again.
    let sent = phone.send(text("from my phone"), "alice", None);
    let seen = desktop.events.messages(1).remove(0);
    assert_eq!((seen.message_id, body(&seen)), (sent.message_id, "from my phone".to_owned()));
    assert_eq!((seen.direction, seen.conversation_id.as_str()), (MessageDirection::Send, "alice"));
    assert_eq!(alice.events.texts(1), ["from my phone"]);

    // Read on one device, read on the other.
    alice.send(text("one"), "bob", None);
    alice.send(text("two"), "bob", None);
    let unread = |device: &Phone, count: u32| {
        let what = format!("{count} unread on {}", device.name());
        device.events.wait(&what, |events| {
            let last = events.iter().rev().find_map(|event| match event {
                Event::ConversationTotalUnreadMessageCountUpdated { total_unread_message_count } => {
                    Some(*total_unread_message_count)
                }
                _ => None,
            });
            (last == Some(count)).then_some(())
        });
    };
    unread(&phone, 2);
    unread(&desktop, 2);
    wait(phone.client().clear_conversation_unread_message_count("alice", ConversationType::Peer)).unwrap();
    unread(&phone, 0);
    unread(&desktop, 0);
    let own: Vec<_> = phone.events.texts(2);
    assert_eq!(own, ["one", "two"], "the phone's own message is not received by it");
}

#[test]
fn a_push_rule_keeps_the_phone_quiet_while_the_desktop_is_online() {
    let world = world("multi");
    let phone = world.offline("bob", Kind::Iphone);
    let desktop = login(&world, "bob", "desktop", Kind::Desktop);
    // 5: Linux, 2: iPhone.
    let rule =
        UserOfflinePushRule { online_platforms: vec![5], not_to_receive_offline_push_platforms: vec![2] };
    wait(desktop.client().update_user_offline_push_rule(rule.clone())).unwrap();
    desktop.events.first("rule", |event| match event {
        Event::UserRuleUpdated { user_rule } => (user_rule.offline_push_rule == rule).then_some(()),
        _ => None,
    });
    let alice = world.online("alice");
    alice.send(text("one"), "bob", Some(alert("Alice", "one")));
    world.until_logged("bob", "user_rule");
    let mut desktop = desktop;
    world.power_off(&mut desktop);
    alice.send(text("two"), "bob", Some(alert("Alice", "two")));
    let pushed = world.apns(1);
    assert_eq!(
        (pushed[0].token.clone(), &pushed[0].body["aps"]["alert"]["body"]),
        (phone.vendor_token(), &"two".into())
    );
}

#[test]
fn a_call_on_several_devices_has_one_winner() {
    let world = world("multi");
    let devices: Vec<_> =
        ["phone", "tablet", "desktop"].map(|name| login(&world, "bob", name, Kind::Desktop)).into();
    let alice = world.online("alice");
    let invited = wait(alice.client().call_invite(vec!["bob".into()], CallInviteConfig::default())).unwrap();
    for device in &devices {
        let call_id = device.events.first("invitation", |event| match event {
            Event::CallInvitationReceived { call_id, .. } => Some(call_id.clone()),
            _ => None,
        });
        assert_eq!(call_id, invited.call_id);
    }
    // All answer at the same time, one by rejecting.
    let answers: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = devices
            .iter()
            .enumerate()
            .map(|(number, device)| {
                let call_id = &invited.call_id;
                scope.spawn(move || match number {
                    0 => wait(device.client().call_reject(call_id, CallRejectConfig::default())),
                    _ => wait(device.client().call_accept(call_id, CallAcceptConfig::default())),
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let winners: Vec<_> =
        answers.iter().enumerate().filter(|(_, answer)| answer.is_ok()).map(|(at, _)| at).collect();
    assert_eq!(winners.len(), 1, "{answers:?}");
    let expected = if winners[0] == 0 { CallUserState::Rejected } else { CallUserState::Accepted };
    // The caller and bob's other devices hear what the winner did, and the same thing.
    for listener in devices
        .iter()
        .enumerate()
        .filter(|(at, _)| *at != winners[0])
        .map(|(_, device)| device)
        .chain([&alice])
    {
        let state = listener.events.first("answer", |event| match event {
            Event::CallUserStateChanged { info, call_id } if *call_id == invited.call_id => info
                .call_user_list
                .iter()
                .find(|user| {
                    let answered = matches!(user.state, CallUserState::Accepted | CallUserState::Rejected);
                    user.user_id == "bob" && answered
                })
                .map(|user| user.state),
            _ => None,
        });
        assert_eq!(state, expected, "{}", listener.name());
    }
}
