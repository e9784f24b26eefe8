//! Push registration, badge, device sessions.

use super::server::error;
use super::world::{World, signed_config};
use crate::engine::io::{Op, Reply};
use zim_proto::v1::client_hello::Session;
use zim_proto::v1::{self, request};
use zim_proto::{ErrorCode, push_id};

fn registration(token: &str) -> v1::PushRegistration {
    let mut registration = v1::PushRegistration {
        vendor: v1::PushVendor::Fcm.into(),
        token: token.into(),
        bundle_id: "com.example.app".into(),
        app_type: 1,
        badge: -1,
        ..v1::PushRegistration::default()
    };
    registration.push_id = push_id_of(&registration);
    registration
}

fn push_id_of(registration: &v1::PushRegistration) -> String {
    push_id::derive(1, registration)
}

fn register(world: &mut World, device: usize, registration: Option<v1::PushRegistration>) {
    let op = world.op(device, Op::SetPushRegistration(registration));
    assert!(matches!(world.done(device, op), Reply::Done));
}

fn last_hello_push(world: &World) -> Option<v1::PushRegistration> {
    match world.server.hellos.last()?.session.clone()? {
        Session::User(user) => user.push,
        Session::Device(device) => device.push,
    }
}

#[test]
fn a_registration_goes_out_with_the_login_and_when_it_changes() {
    let mut world = World::new();
    let alice = world.device("alice", signed_config);
    register(&mut world, alice, Some(registration("one")));
    world.login(alice, "alice");
    assert_eq!(last_hello_push(&world).unwrap().token, "one");
    register(&mut world, alice, Some(registration("two")));
    let badge = world.op(alice, Op::ReportBadge(3));
    world.done(alice, badge);
    world.run(200);
    let sent = &world.server.requests;
    assert!(sent.iter().any(|op| matches!(op, request::Op::RegisterPush(it)
        if it.registration.as_ref().unwrap().token == "two")));
    assert!(sent.iter().any(|op| matches!(op, request::Op::ReportBadge(it) if it.badge == 3)));
    world.cut(alice);
    world.run(3_000);
    assert_eq!(last_hello_push(&world).unwrap().badge, 3);
}

#[test]
fn an_unregistration_reaches_the_server_now_or_at_the_next_connection() {
    for is_online in [true, false] {
        let mut world = World::new();
        let alice = world.device("alice", signed_config);
        register(&mut world, alice, Some(registration("one")));
        world.login(alice, "alice");
        if !is_online {
            world.cut(alice);
        }
        register(&mut world, alice, None);
        world.run(3_000);
        let push_id = registration("one").push_id;
        let count = |world: &World| {
            let is_it =
                |op: &&request::Op| matches!(op, request::Op::UnregisterPush(it) if it.push_id == push_id);
            world.server.requests.iter().filter(is_it).count()
        };
        assert_eq!(count(&world), 1);
        world.cut(alice);
        world.run(3_000);
        assert_eq!(count(&world), 1, "confirmed once is enough");
        assert!(last_hello_push(&world).is_none());
    }
}

#[test]
fn a_logout_without_a_link_unbinds_by_a_device_session() {
    let mut world = World::new();
    let alice = world.device("alice", signed_config);
    register(&mut world, alice, Some(registration("one")));
    world.login(alice, "alice");
    world.is_cut = true;
    world.cut(alice);
    let logout = world.op(alice, Op::Logout);
    world.run(10);
    world.done(alice, logout);
    world.run(60_000);
    world.is_cut = false;
    world.run(31_000);
    assert!(world.server.requests.iter().any(|op| matches!(op, request::Op::UnbindPush(it)
        if it.user_id == "alice" && it.push_id == registration("one").push_id)));
    assert!(matches!(world.server.hellos.last().unwrap().session, Some(Session::Device(_))));
    world.run(60_000);
    assert!(world.devices[alice].engine.deadline().is_none(), "the debt is paid and the link closed");
}

#[test]
fn a_logout_the_server_never_answers_is_made_up_for() {
    let mut world = World::new();
    let alice = world.device("alice", signed_config);
    register(&mut world, alice, Some(registration("one")));
    world.login(alice, "alice");
    world.silence(alice);
    let logout = world.op(alice, Op::Logout);
    world.run(10);
    world.done(alice, logout);
    world.run(60_000);
    let is_unbind = |op: &request::Op| matches!(op, request::Op::UnbindPush(_));
    assert_eq!(world.server.accounts["alice"].logouts, 0);
    assert!(world.server.requests.iter().any(is_unbind));
}

#[test]
fn a_device_session_serves_push_alone_and_makes_way_for_a_login() {
    let mut world = World::new();
    let alice = world.device("alice", signed_config);
    register(&mut world, alice, Some(registration("one")));
    let open = world.op(alice, Op::OpenDeviceSession);
    world.run(200);
    world.done(alice, open);
    assert!(world.states(alice).is_empty(), "no user, no connection events");
    let bind =
        v1::BindPush { push_id: registration("one").push_id, user_id: "alice".into(), token: "t".into() };
    let bind = world.op(alice, Op::Request(request::Op::BindPush(bind)));
    let query = v1::QueryGroup { group_id: "g".into() };
    let query = world.op(alice, Op::Request(request::Op::QueryGroup(query)));
    assert_eq!(world.code(alice, query), 6_000_121);
    world.run(200);
    world.done(alice, bind);
    world.login(alice, "alice");
    assert!(matches!(world.server.hellos.last().unwrap().session, Some(Session::User(_))));
    let logout = world.op(alice, Op::Logout);
    world.run(500);
    world.done(alice, logout);
    assert!(matches!(world.server.hellos.last().unwrap().session, Some(Session::Device(_))), "it comes back");
    let close = world.op(alice, Op::CloseDeviceSession);
    world.done(alice, close);
    world.run(60_000);
    assert!(world.devices[alice].engine.deadline().is_none());
}

#[test]
fn a_refused_device_session_says_why() {
    let mut world = World::new();
    world.server.refuse_hello.push(error(ErrorCode::NetworkModuleCommonError));
    let alice = world.device("alice", signed_config);
    let open = world.op(alice, Op::OpenDeviceSession);
    world.run(200);
    assert_eq!(world.code(alice, open), 6_000_101);
}

#[test]
fn a_login_answers_who_waits_for_a_device_session() {
    let mut world = World::new();
    let alice = world.device("alice", signed_config);
    let open = world.op(alice, Op::OpenDeviceSession);
    world.login(alice, "alice");
    world.done(alice, open);
}

#[test]
fn a_device_session_that_cannot_connect_says_so_and_is_tried_again() {
    let mut world = World::new();
    world.is_cut = true;
    let alice = world.device("alice", signed_config);
    let open = world.op(alice, Op::OpenDeviceSession);
    world.run(200);
    assert_eq!(world.code(alice, open), 6_000_104);
    world.is_cut = false;
    world.run(5_000);
    let again = world.op(alice, Op::OpenDeviceSession);
    world.done(alice, again);
}

#[test]
fn a_binding_left_by_a_process_that_ended_is_settled_by_the_next_login() {
    for token in ["one", "two"] {
        let mut world = World::new();
        let alice = world.device("alice", signed_config);
        register(&mut world, alice, Some(registration("one")));
        world.login(alice, "alice");
        world.is_cut = true;
        world.cut(alice);
        world.op(alice, Op::Logout);
        world.run(100);
        world.crash(alice);
        world.is_cut = false;
        register(&mut world, alice, Some(registration(token)));
        world.login(alice, "alice");
        let is_unbind = |op: &request::Op| {
            matches!(op, request::Op::UnbindPush(it)
            if it.push_id == registration("one").push_id)
        };
        assert_eq!(world.server.requests.iter().any(is_unbind), token == "two");
        assert!(world.disk(alice, "alice").values["owed_unbind"].is_empty());
    }
}
