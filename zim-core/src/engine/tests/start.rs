//! A login that starts at the head of the inbox completes when the store knows where that is.

use super::world::{World, signed_config};
use crate::engine::io::{LoginOp, Op, OpId};
use crate::model::{ConnectionEvent, ConnectionState, ConversationSyncState as SyncState};
use zim_proto::v1::GoodbyeReason;

fn login(world: &mut World, device: usize) -> OpId {
    world.op(device, Op::Login(LoginOp { user_id: "alice".into(), ..LoginOp::default() }))
}

/// A new device whose login the server has accepted and whose disk is slow.
fn starting(world: &mut World) -> (usize, OpId) {
    world.server.message("bob", "alice", "before");
    let alice = world.device("alice", signed_config);
    world.devices[alice].persist_ms = 2_000;
    let op = login(world, alice);
    world.run(1_000);
    assert_eq!(world.states(alice), [(ConnectionState::Connecting, ConnectionEvent::ActiveLogin)]);
    assert!(world.server.accounts["alice"].devices.len() == 1 && world.devices[alice].completed.is_empty());
    (alice, op)
}

fn last_state(world: &World, device: usize) -> (ConnectionState, ConnectionEvent) {
    *world.states(device).last().expect("a state")
}

#[test]
fn an_app_killed_right_after_its_first_login_hears_of_everything_since() {
    let mut world = World::new();
    let (alice, op) = starting(&mut world);
    let early = world.send(alice, "bob", "before the login is over");
    assert_eq!(world.code(alice, early), 6_000_121);
    while !world.devices[alice].completed.contains_key(&op) {
        world.run(1);
    }
    assert_eq!(last_state(&world, alice), (ConnectionState::Connected, ConnectionEvent::Success));
    world.crash(alice);
    world.server.message("bob", "alice", "while it was dead");
    world.forget_events(alice);
    world.devices[alice].persist_ms = 1;
    let again = login(&mut world, alice);
    world.run(1_000);
    world.done(alice, again);
    let received = world.received(alice);
    assert_eq!(received.iter().map(|message| message.message_seq).collect::<Vec<_>>(), [2]);
    assert_eq!(
        world.devices[alice].engine.total_unread(),
        2,
        "the one before is in the conversation's state"
    );
}

#[test]
fn only_the_first_login_waits_for_the_store() {
    let mut world = World::new();
    let (alice, op) = starting(&mut world);
    world.run(5_000);
    world.done(alice, op);
    assert_eq!(world.syncs(alice), [SyncState::Started, SyncState::Finished]);
    assert_eq!(world.totals(alice), [0, 1]);
    world.crash(alice);
    world.devices[alice].persist_ms = 5_000;
    let again = login(&mut world, alice);
    world.run(1_000);
    world.done(alice, again);
}

#[test]
fn a_store_that_refuses_the_start_fails_the_login() {
    let mut world = World::new();
    let (alice, op) = starting(&mut world);
    world.devices[alice].is_full = true;
    world.server.message("bob", "alice", "live");
    world.run(5_000);
    assert_eq!(world.code(alice, op), 6_000_702);
    assert_eq!(last_state(&world, alice), (ConnectionState::Disconnected, ConnectionEvent::LoginInterrupted));
    assert_eq!(world.devices[alice].told.len(), 2, "nothing of a session that never was");
    assert_eq!(world.disk(alice, "alice").epoch, 0);
    world.devices[alice].is_full = false;
    world.devices[alice].persist_ms = 1;
    world.login(alice, "alice");
    world.server.message("bob", "alice", "afterwards");
    world.run(500);
    assert_eq!(world.received(alice).len(), 1);
    assert_eq!(world.devices[alice].engine.total_unread(), 3);
}

#[test]
fn a_start_that_ends_early_tells_its_messages_at_the_next_login() {
    type End = fn(&mut World, usize);
    let ends: [(u32, End); 4] = [
        (6_000_104, |world, alice| world.cut(alice)),
        (6_000_121, |world, alice| {
            let connection = world.connection(alice);
            world.server.goodbye(connection, GoodbyeReason::KickedOut, 0);
        }),
        // The disk hangs until the login's time is over.
        (6_000_105, |world, alice| world.delay_persists(alice, 100_000)),
        (6_000_122, |world, alice| {
            world.op(alice, Op::Logout);
        }),
    ];
    for (code, end) in ends {
        let mut world = World::new();
        let (alice, op) = starting(&mut world);
        world.devices[alice].persist_ms = 1;
        world.server.message("bob", "alice", "live");
        world.run(50);
        end(&mut world, alice);
        world.run(100_000);
        assert_eq!(world.code(alice, op), code);
        assert_eq!(last_state(&world, alice).0, ConnectionState::Disconnected);
        assert_eq!(world.devices[alice].told.len(), 2, "{code}: nothing of a session that never was");
        world.run(100_000);
        world.login(alice, "alice");
        world.run(1_000);
        let received: Vec<_> = world.received(alice).iter().map(|message| message.message_seq).collect();
        assert_eq!(received, [2], "{code}");
    }
}
