use super::world::*;
use crate::service::{DevicePolicy, session};
use crate::store::Retention;
use zim_proto::v1::{self, request::Op};

fn resume() -> v1::UserSession {
    v1::UserSession { resume: true, ..v1::UserSession::default() }
}

#[test]
fn the_first_login_registers_and_later_ones_keep_what_is_not_given() {
    let mut world = World::new();
    let first = v1::UserSession {
        user_name: "Alice".into(),
        custom_status: "busy".into(),
        ..v1::UserSession::default()
    };
    let (alice, opened) = world.open("alice", "a1", ANDROID, first).unwrap();
    assert_eq!(opened.user.user_name, "Alice");
    assert!(opened.fresh && opened.kicked.is_empty() && opened.epoch != 0);
    let (again, opened) = world.open("alice", "a1", ANDROID, v1::UserSession::default()).unwrap();
    assert_eq!(again.key, alice.key);
    assert_eq!(opened.user.user_name, "Alice");
    let renamed = v1::UserSession { user_name: "A.".into(), ..v1::UserSession::default() };
    assert_eq!(world.open("alice", "a1", ANDROID, renamed).unwrap().1.user.user_name, "A.");
    let key = alice.key;
    assert_eq!(world.run(move |tx| tx.user_by_key(key)).unwrap().custom_status, "busy");
}

#[test]
fn a_cursor_of_this_inbox_is_continued_and_any_other_starts_fresh() {
    let mut world = World::new();
    let (bob, opened) = world.open("bob", "b1", ANDROID, v1::UserSession::default()).unwrap();
    let alice = world.login("alice", "a1", ANDROID);
    for id in 1..=3 {
        world.ask(&alice, text("bob", id, "x"));
    }
    let at = |cursor, inbox_epoch| v1::UserSession { cursor, inbox_epoch, ..v1::UserSession::default() };
    let cases = [
        (at(1, opened.epoch), false, 1),
        (at(0, opened.epoch), false, 0),
        (at(3, opened.epoch), false, 3),
        (at(4, opened.epoch), true, 3),
        (at(1, opened.epoch ^ 2), true, 3),
        (at(0, 0), true, 3),
    ];
    for (request, fresh, cursor) in cases {
        let (_, opened) = world.open("bob", &bob.device_id, ANDROID, request.clone()).unwrap();
        assert_eq!((opened.fresh, opened.cursor, opened.head), (fresh, cursor, 3), "{request:?}");
        assert_eq!(opened.conversations.len(), usize::from(fresh));
    }
}

#[test]
fn a_device_that_was_away_longer_than_events_are_kept_starts_fresh() {
    let mut world = World::new();
    let (bob, opened) = world.open("bob", "b1", ANDROID, v1::UserSession::default()).unwrap();
    let alice = world.login("alice", "a1", ANDROID);
    for id in 1..=3 {
        world.now += 1_000;
        world.ask(&alice, text("bob", id, "x"));
    }
    // The first two go.
    let trim = Retention { inbox_before: world.now, ..Retention::default() };
    world.run(move |tx| tx.trim(&trim));
    let epoch = opened.epoch;
    for (cursor, fresh, start) in [(0, true, 3), (1, true, 3), (2, false, 2), (3, false, 3)] {
        let request = v1::UserSession { cursor, inbox_epoch: epoch, ..resume() };
        let (_, opened) = world.open("bob", &bob.device_id, ANDROID, request).unwrap();
        assert_eq!((opened.fresh, opened.cursor, opened.epoch), (fresh, start, epoch), "{cursor}");
        assert_eq!(opened.conversations.len(), usize::from(fresh));
    }
}

#[test]
fn each_policy_kicks_the_earliest_login_of_its_class() {
    let device = |policy, devices: &[(&str, i32)], newcomer: (&str, i32)| -> Vec<String> {
        let mut world = World::new();
        world.limits.devices = DevicePolicy::Multi;
        (world.limits.native_devices, world.limits.web_devices) = (10, 10);
        for (device, platform) in devices {
            world.now += 1;
            world.login("alice", device, *platform);
        }
        world.limits.devices = policy;
        (world.limits.native_devices, world.limits.web_devices) = (2, 1);
        world.open("alice", newcomer.0, newcomer.1, v1::UserSession::default()).unwrap().1.kicked
    };
    use DevicePolicy::{Dual, Multi, Single};
    assert_eq!(device(Single, &[("p", ANDROID), ("w", WEB)], ("n", WINDOWS)), ["p", "w"]);
    assert_eq!(device(Single, &[("p", ANDROID)], ("p", ANDROID)), [""; 0], "the same device stays");
    assert_eq!(device(Dual, &[("p", ANDROID), ("w", WEB)], ("n", IPHONE)), ["p"]);
    assert_eq!(device(Dual, &[("p", ANDROID), ("w", WEB)], ("v", WEB)), ["w"]);
    assert_eq!(device(Multi, &[("p", ANDROID), ("w", WEB)], ("n", IPHONE)), [""; 0]);
    assert_eq!(device(Multi, &[("p", ANDROID), ("q", ANDROID), ("w", WEB)], ("n", IPHONE)), ["p"]);
    assert_eq!(device(Multi, &[("p", ANDROID), ("w", WEB)], ("v", WEB)), ["w"]);
    assert_eq!(device(Multi, &[("q", ANDROID), ("p", IPHONE), ("p2", IPHONE)], ("p", IPHONE)), ["q"]);
}

#[test]
fn a_reconnect_keeps_the_place_in_the_order_of_logins() {
    let mut world = World::new();
    world.limits.native_devices = 2;
    for device in ["first", "second"] {
        world.now += 1;
        world.login("alice", device, ANDROID);
    }
    world.now += 1;
    world.open("alice", "first", ANDROID, resume()).unwrap();
    let (_, opened) = world.open("alice", "third", ANDROID, v1::UserSession::default()).unwrap();
    assert_eq!(opened.kicked, ["first"]);
}

#[test]
fn a_device_kicked_while_offline_may_not_resume_but_log_in() {
    let mut world = World::new();
    world.limits.devices = DevicePolicy::Single;
    let phone = world.login_with_push("alice", "phone", ANDROID, fcm("t"));
    world.drop_link(&phone);
    let (_, opened) = world.open("alice", "tablet", ANDROID, v1::UserSession::default()).unwrap();
    assert_eq!(opened.kicked, ["phone"]);
    let key = phone.key;
    assert!(world.run(move |tx| tx.bindings_of_user(key)).is_empty(), "a kicked device is not pushed to");
    assert_eq!(world.open("alice", "phone", ANDROID, resume()).unwrap_err().code.code(), 6_000_122);
    let (_, opened) = world.open("alice", "phone", ANDROID, v1::UserSession::default()).unwrap();
    assert_eq!(opened.kicked, ["tablet"]);
}

#[test]
fn the_last_login_owns_the_push_id() {
    let mut world = World::new();
    let alice = world.login_with_push("alice", "phone", ANDROID, fcm("t"));
    let carol = world.login("carol", "c1", ANDROID);
    world.drop_link(&alice);
    world.ask(&carol, pushed_text("alice", 1, config()));
    let push_id = fcm("t").push_id;
    assert_eq!(world.jobs(&push_id).len(), 1);
    // Bob logs in on Alice's phone: what was meant for her is not shown to him.
    let bob = world.login_with_push("bob", "phone", ANDROID, fcm("t"));
    assert!(world.jobs(&push_id).is_empty());
    assert_eq!(world.outcomes(), ["queued", "unbound"]);
    world.drop_link(&bob);
    world.ask(&carol, pushed_text("alice", 2, config()));
    world.ask(&carol, pushed_text("bob", 3, config()));
    let jobs = world.jobs(&push_id);
    assert_eq!(jobs.len(), 1);
    assert_eq!(jobs[0].user, bob.key);
    assert_eq!(world.outcomes()[2..], ["no_binding", "queued"]);
}

#[test]
fn a_login_without_a_registration_leaves_none_behind() {
    let mut world = World::new();
    let alice = world.login_with_push("alice", "phone", ANDROID, fcm("t"));
    world.login("alice", "phone", ANDROID);
    let key = alice.key;
    assert!(world.run(move |tx| tx.bindings_of_user(key)).is_empty());
    let mut wrong = fcm("t");
    wrong.push_id = fcm("other").push_id;
    let request = v1::UserSession { push: Some(wrong), ..v1::UserSession::default() };
    let error = world.open("dave", "phone", ANDROID, request).unwrap_err();
    assert_eq!(error.code.code(), 6_000_401);
    assert_eq!(world.run(|tx| tx.user(APP, "dave")), None, "nothing was written");
}

#[test]
fn a_named_push_id_is_taken_over_if_somebody_registered_it() {
    let mut world = World::new();
    let alice = world.login("alice", "a1", ANDROID);
    let named = v1::PushRegistration { push_id: fcm("t").push_id, ..v1::PushRegistration::default() };
    let bob = world.login_with_push("bob", "b1", ANDROID, named.clone());
    let key = bob.key;
    assert!(world.run(move |tx| tx.bindings_of_user(key)).is_empty(), "unknown, and no reason to refuse");
    let register = v1::RegisterPush { registration: Some(named.clone()) };
    assert_eq!(world.refused(&bob, Op::RegisterPush(register)), (6_000_401, ""));

    world.login_with_push("carol", "b1", ANDROID, fcm("t"));
    let bob = world.login_with_push("bob", "b1", ANDROID, named);
    world.drop_link(&bob);
    world.ask(&alice, pushed_text("bob", 1, config()));
    world.ask(&alice, pushed_text("carol", 2, config()));
    assert_eq!(world.jobs(&fcm("t").push_id).len(), 1);
    assert_eq!(world.outcomes(), ["queued", "no_binding"]);
}

#[test]
fn logout_ends_pushes_and_a_lost_link_does_not() {
    let mut world = World::new();
    let bob = world.login("bob", "b1", ANDROID);
    let alice = world.login_with_push("alice", "phone", ANDROID, fcm("t"));
    world.drop_link(&alice);
    world.ask(&bob, pushed_text("alice", 1, config()));
    world.open("alice", "phone", ANDROID, v1::UserSession { push: Some(fcm("t")), ..resume() }).unwrap();
    world.logout(&alice);
    world.ask(&bob, pushed_text("alice", 2, config()));
    // The fresh login got the message with the conversations' state.
    assert_eq!(world.outcomes(), ["queued", "acknowledged", "no_binding"]);
}

#[test]
fn acknowledging_twice_or_too_far_does_nothing() {
    let mut world = World::new();
    let alice = world.login("alice", "a1", ANDROID);
    let bob = world.login_with_push("bob", "b1", ANDROID, fcm("t"));
    world.with(&bob, |tx, ctx| session::acked(tx, ctx, 1_000));
    world.ask(&alice, pushed_text("bob", 1, config()));
    assert_eq!(world.jobs(&fcm("t").push_id).len(), 1, "not acknowledged in advance");
    world.ack(&bob);
    world.ack(&bob);
    assert_eq!(world.outcomes(), ["awaiting_ack", "acknowledged"]);
}

#[test]
fn the_push_rule_is_replaced_told_and_given_back() {
    let mut world = World::new();
    let alice = world.login("alice", "a1", ANDROID);
    let rule = v1::PushRule {
        online_platforms: vec![WINDOWS],
        not_to_receive_offline_push_platforms: vec![ANDROID],
    };
    world.ask(&alice, Op::UpdatePushRule(v1::UpdatePushRule { rule: Some(rule.clone()) }));
    assert_eq!(world.event(&alice, 0), v1::event::Kind::PushRule(rule.clone()));
    let (_, opened) = world.open("alice", "a1", ANDROID, v1::UserSession::default()).unwrap();
    assert_eq!(opened.push_rule, rule);
}

#[test]
fn operations_of_other_sessions_are_refused() {
    let mut world = World::new();
    let alice = world.login("alice", "a1", ANDROID);
    for op in [Op::Logout(v1::Logout {}), Op::RenewToken(v1::RenewToken { token: "t".into() })] {
        assert_eq!(world.refused(&alice, op).0, 6_000_013);
    }
}
