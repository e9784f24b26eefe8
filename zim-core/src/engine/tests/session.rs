//! Login, token, kick-out, logout.

use super::server::error;
use super::world::{WALL_START, World, signed_config, token_config};
use crate::engine::io::{LoginOp, Op, OpId, Output, Reply};
use crate::engine::token::tests::token;
use crate::model::{
    ConnectionEvent as Event, ConnectionState as State, ConversationSyncState, Event as HostEvent,
};
use zim_proto::v1::GoodbyeReason;
use zim_proto::{ErrorCode, v1};

fn login(world: &mut World, device: usize, user: &str, token: &str, is_offline_login: bool) -> OpId {
    let login = LoginOp { user_id: user.into(), token: token.into(), is_offline_login, ..LoginOp::default() };
    world.op(device, Op::Login(login))
}

#[test]
fn an_online_login_tells_in_the_published_order() {
    let mut world = World::new();
    let alice = world.device("alice", signed_config);
    world.server.message("bob", "alice", "before alice ever came");
    let op = login(&mut world, alice, "alice", "", false);
    assert_eq!(world.states(alice), [(State::Connecting, Event::ActiveLogin)]);
    world.run(500);
    world.done(alice, op);
    assert_eq!(world.states(alice)[1..], [(State::Connected, Event::Success)]);
    assert_eq!(world.syncs(alice), [ConversationSyncState::Started, ConversationSyncState::Finished]);
    assert_eq!(world.totals(alice), [0, 1], "the local count at once, then what the server knows");
    assert!(world.received(alice).is_empty(), "a new device starts at the conversations' state");
    let row = world.devices[alice].engine.conversation(0, "bob").expect("from the welcome");
    assert_eq!((row.name.as_str(), row.unread), ("name of bob", 1));
}

#[test]
fn login_twice_and_without_a_session() {
    let mut world = World::new();
    let alice = world.device("alice", signed_config);
    let op = world.send(alice, "bob", "too early");
    assert_eq!(world.code(alice, op), 6_000_121);
    let first = login(&mut world, alice, "alice", "", false);
    let second = login(&mut world, alice, "alice", "", false);
    assert_eq!(world.code(alice, second), 6_000_111);
    world.run(500);
    world.done(alice, first);
    let third = login(&mut world, alice, "bob", "", false);
    assert_eq!(world.code(alice, third), 6_000_111);
    let bad = login(&mut world, alice, "", "", false);
    assert_eq!(world.code(alice, bad), 6_000_111);
}

#[test]
fn parameters_are_checked_before_anything_happens() {
    let mut world = World::new();
    let alice = world.device("alice", token_config);
    for (user, token, code, parameter) in [
        ("", "t", 6_000_001, "userID"),
        ("white space\n", "t", 6_000_001, "userID"),
        ("alice", "", 6_000_103, "token"),
    ] {
        let op = login(&mut world, alice, user, token, false);
        let error = world.failed(alice, op);
        assert_eq!((error.code.code(), error.parameter.as_deref()), (code, Some(parameter)));
    }
    assert!(world.states(alice).is_empty());
}

#[test]
fn a_refused_login_ends_disconnected_with_the_code() {
    let mut world = World::new();
    let alice = world.device("alice", token_config);
    let op = login(&mut world, alice, "alice", "wrong", false);
    world.run(500);
    assert_eq!(world.code(alice, op), 6_000_103);
    assert_eq!(
        world.states(alice),
        [(State::Connecting, Event::ActiveLogin), (State::Disconnected, Event::LoginInterrupted)]
    );
    world.run(100_000);
    assert_eq!(world.devices[alice].connects.len(), 1, "no retry behind the app's back");
}

#[test]
fn a_login_without_answer_times_out() {
    let mut world = World::new();
    world.latency = 8_000;
    let alice = world.device("alice", signed_config);
    let op = login(&mut world, alice, "alice", "", false);
    world.run(9_000);
    world.silence(alice);
    world.run(40_000);
    let code = world.code(alice, op);
    let last = *world.states(alice).last().unwrap();
    assert!(
        (code, last) == (6_000_105, (State::Disconnected, Event::LoginTimeout))
            || (code, last) == (6_000_104, (State::Disconnected, Event::LoginInterrupted)),
        "{code} {last:?}"
    );
}

#[test]
fn app_sign_goes_first_and_the_token_second() {
    let mut world = World::new();
    world.server.token = token(WALL_START / 1000 + 3_600);
    world.server.refuse_hello.push(error(ErrorCode::NetworkModuleCommonError));
    let alice = world.device("alice", signed_config);
    let good = world.server.token.clone();
    let op = login(&mut world, alice, "alice", &good, false);
    world.run(500);
    world.done(alice, op);
    let hellos = &world.server.hellos;
    assert_eq!(hellos.len(), 2);
    assert!(hellos[0].token.is_empty() && hellos[0].app_sign_proof.len() == 32);
    assert!(hellos[1].token == good && hellos[1].app_sign_proof.is_empty());
    assert_eq!(world.states(alice).len(), 2, "the host sees one login");
}

#[test]
fn offline_login_works_from_the_local_store_and_connects_later() {
    let mut world = World::new();
    let alice = world.online("alice");
    world.server.message("bob", "alice", "hello");
    world.run(100);
    world.crash(alice);
    world.forget_events(alice);
    world.is_cut = true;
    let op = login(&mut world, alice, "alice", "", true);
    world.done(alice, op);
    assert_eq!(world.states(alice), [(State::Connecting, Event::ActiveLogin)]);
    assert_eq!(world.totals(alice), [1]);
    let clear = world.op(alice, Op::ClearAllUnread);
    world.run(50);
    world.done(alice, clear);
    world.is_cut = false;
    world.run(2_000);
    assert_eq!(world.states(alice)[1..], [(State::Connected, Event::Success)]);
    let state = &world.server.accounts["alice"].conversations[&(0, "bob".into())];
    assert_eq!((state.unread, state.read_seq), (0, 1), "what was cleared offline reached the server");
}

#[test]
fn offline_login_rules() {
    let mut world = World::new();
    let alice = world.device("alice", token_config);
    let now_s = WALL_START / 1000;
    for (text, code) in [
        ("03abc".to_owned(), 6_000_107),
        ("garbage".to_owned(), 6_000_103),
        (token(now_s - 1), 6_000_106),
        (token(now_s + 20), 6_000_108),
        (token(now_s + 100), 6_000_124), // never online on this device
    ] {
        let op = login(&mut world, alice, "alice", &text, true);
        world.run(10);
        assert_eq!(world.code(alice, op), code, "{text}");
    }
}

#[test]
fn kicked_out_ends_the_session_until_logout() {
    for (reason, event) in [
        (GoodbyeReason::KickedOut, Event::KickedOut),
        (GoodbyeReason::TokenExpired, Event::TokenExpired),
        (GoodbyeReason::Unregistered, Event::Unregistered),
    ] {
        let mut world = World::new();
        let alice = world.online("alice");
        let connection = world.connection(alice);
        world.server.goodbye(connection, reason, 0);
        world.run(120_000);
        assert_eq!(world.states(alice).last(), Some(&(State::Disconnected, event)));
        assert_eq!(world.devices[alice].connects.len(), 1, "no reconnect");
        let send = world.send(alice, "bob", "x");
        assert_eq!(world.code(alice, send), 6_000_121);
        let other = login(&mut world, alice, "bob", "", false);
        assert_eq!(world.code(alice, other), 6_000_123);
        world.login(alice, "alice");
        let logout = world.op(alice, Op::Logout);
        world.run(500);
        world.done(alice, logout);
        world.login(alice, "bob");
    }
}

#[test]
fn refusals_of_a_reconnect_are_told_apart() {
    for (code, end) in [
        (ErrorCode::NetworkModuleTokenExpired, Some(Event::TokenExpired)),
        (ErrorCode::CommonModuleUserIsNotExist, Some(Event::Unregistered)),
        (ErrorCode::NetworkModuleTokenInvalid, Some(Event::LoginInterrupted)),
        (ErrorCode::CommonModuleIMServerError, None),
    ] {
        let mut world = World::new();
        let alice = world.online("alice");
        world.server.refuse_hello.push(error(code));
        world.cut(alice);
        world.run(10_000);
        let expected = end.map_or((State::Connected, Event::Success), |event| (State::Disconnected, event));
        assert_eq!(world.states(alice).last(), Some(&expected), "{code:?}");
    }
}

#[test]
fn a_token_warns_thirty_seconds_before_its_end_and_can_be_renewed() {
    let mut world = World::new();
    world.server.token = token(1);
    world.server.token_life_ms = 100_000;
    let alice = world.device("alice", token_config);
    let text = world.server.token.clone();
    let op = login(&mut world, alice, "alice", &text, false);
    world.run(1_000);
    world.done(alice, op);
    let warnings = |world: &World| {
        world.events(alice).filter(|event| matches!(event, HostEvent::TokenWillExpire { .. })).count()
    };
    world.run(68_000);
    assert_eq!(warnings(&world), 0);
    world.run(2_000);
    assert_eq!(warnings(&world), 1);
    assert!(world.events(alice).any(|event| *event == HostEvent::TokenWillExpire { second: 30 }));
    let renew = world.op(alice, Op::RenewToken(token(2)));
    world.run(100);
    assert!(matches!(world.done(alice, renew), Reply::Done));
    world.run(60_000);
    assert_eq!((warnings(&world), world.states(alice).len()), (1, 2), "the new token has its own end");
    world.run(60_000);
    assert_eq!(warnings(&world), 2);
    assert_eq!(world.states(alice).last(), Some(&(State::Disconnected, Event::TokenExpired)));
}

#[test]
fn a_short_token_warns_at_once() {
    let mut world = World::new();
    world.server.token = token(1);
    world.server.token_life_ms = 12_000;
    let alice = world.device("alice", token_config);
    let text = world.server.token.clone();
    login(&mut world, alice, "alice", &text, false);
    world.run(1_000);
    assert!(world.events(alice).any(|event| *event == HostEvent::TokenWillExpire { second: 12 }));
}

#[test]
fn logout_tells_the_server_and_the_next_login_may_follow_at_once() {
    let mut world = World::new();
    let alice = world.online("alice");
    let logout = world.op(alice, Op::Logout);
    let next = login(&mut world, alice, "bob", "", false);
    world.run(1_000);
    world.done(alice, logout);
    world.done(alice, next);
    assert_eq!(
        world.states(alice)[2..],
        [
            (State::Disconnected, Event::Success),
            (State::Connecting, Event::ActiveLogin),
            (State::Connected, Event::Success)
        ]
    );
    assert_eq!(world.server.accounts["alice"].logouts, 1);
    let again = world.op(alice, Op::Logout);
    world.run(100);
    world.done(alice, again);
    let nothing = world.op(alice, Op::Logout);
    world.done(alice, nothing);
    assert_eq!(world.states(alice).len(), 6, "a logout without a session changes nothing");
}

#[test]
fn logout_during_login_answers_both() {
    let mut world = World::new();
    let alice = world.device("alice", signed_config);
    let op = login(&mut world, alice, "alice", "", false);
    let logout = world.op(alice, Op::Logout);
    world.run(1_000);
    assert_eq!(world.code(alice, op), 6_000_122);
    world.done(alice, logout);
    assert_eq!(world.states(alice).last(), Some(&(State::Disconnected, Event::Success)));
    world.run(60_000);
    assert!(world.devices[alice].engine.deadline().is_none(), "nothing is left to do");
}

#[test]
fn destroy_answers_everything_and_then_keeps_silent() {
    let mut world = World::new();
    let alice = world.online("alice");
    let open = [
        world.send(alice, "bob", "never sent"),
        world.op(alice, Op::Request(v1::request::Op::QueryGroup(v1::QueryGroup { group_id: "g".into() }))),
    ];
    world.devices[alice].engine.close();
    let mut completed = Vec::new();
    while let Some(output) = world.devices[alice].engine.poll_output() {
        if let Output::Complete(op, result) = output {
            assert_eq!(result.unwrap_err().code, ErrorCode::CommonModuleNotInit);
            completed.push(op);
        }
    }
    assert_eq!(completed, open);
    let late = world.op(alice, Op::Logout);
    assert_eq!(world.code(alice, late), 6_000_002);
    assert!(world.devices[alice].engine.deadline().is_none());
}
