//! Connecting, heartbeat, back-off.

use super::world::{World, signed_config};
use crate::engine::io::{AppState, Input, LinkId, LoginOp, Op};
use crate::model::{ConnectionEvent as Event, ConnectionState as State, ConversationSyncState};
use zim_proto::v1::GoodbyeReason;

#[test]
fn an_idle_session_only_pings() {
    let mut world = World::new();
    let alice = world.online("alice");
    let before = world.devices[alice].transmits;
    world.run(100_000);
    assert_eq!(world.devices[alice].transmits - before, 10, "one ping each ten seconds");
    assert_eq!(world.states(alice).last(), Some(&(State::Connected, Event::Success)));
}

#[test]
fn a_silent_link_is_dead_after_thirty_seconds() {
    let mut world = World::new();
    let alice = world.online("alice");
    world.silence(alice);
    world.run(25_000);
    assert_eq!(world.states(alice).len(), 2);
    world.run(8_000);
    assert_eq!(
        world.states(alice)[2..],
        [(State::Reconnecting, Event::LoginInterrupted), (State::Connected, Event::Success)]
    );
    assert_eq!(
        world.syncs(alice),
        [ConversationSyncState::Started, ConversationSyncState::Finished].repeat(2)
    );
}

#[test]
fn frames_that_wait_for_a_slow_host_are_a_sign_of_life() {
    let mut world = World::new();
    let alice = world.online("alice");
    world.silence(alice);
    for _ in 0..10 {
        world.run(20_000);
        world.input(alice, Input::LinkAlive(LinkId(1)));
    }
    assert_eq!(world.states(alice).len(), 2, "still the first connection");
    world.input(alice, Input::LinkAlive(LinkId(0)));
    world.run(40_000);
    assert_eq!(
        world.states(alice)[2],
        (State::Reconnecting, Event::LoginInterrupted),
        "nothing waits any more"
    );
}

#[test]
fn reconnects_back_off_to_thirty_seconds_with_jitter() {
    let mut world = World::new();
    let alice = world.online("alice");
    world.is_cut = true;
    world.cut(alice);
    world.run(600_000);
    let times = world.devices[alice].connects.clone();
    let gaps: Vec<u64> = times[1..].windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert!(gaps.len() >= 20, "{gaps:?}");
    for (at, gap) in gaps.iter().enumerate() {
        let ceiling = (500_u64 << (at + 1).min(10)).min(30_000);
        assert!(*gap <= ceiling + 2 * world.latency, "wait {at} of {gap} ms exceeds {ceiling}");
    }
    assert!(gaps.iter().any(|gap| *gap > 10_000));
    assert_eq!(world.states(alice).len(), 3, "one Reconnecting for all tries");
    world.is_cut = false;
    world.run(31_000);
    assert_eq!(world.states(alice).last(), Some(&(State::Connected, Event::Success)));
}

#[test]
fn network_change_and_foreground_end_the_wait() {
    for hint in [Input::NetworkChanged, Input::AppState(AppState::Foreground)] {
        let mut world = World::new();
        let alice = world.online("alice");
        world.is_cut = true;
        world.cut(alice);
        world.run(300_000);
        world.is_cut = false;
        let tries = world.devices[alice].connects.len();
        world.input(alice, hint);
        assert_eq!(world.devices[alice].connects.len(), tries + 1);
        world.run(200);
        assert_eq!(world.states(alice).last(), Some(&(State::Connected, Event::Success)));
    }
}

#[test]
fn a_network_change_probes_an_open_link() {
    let mut world = World::new();
    let alice = world.online("alice");
    world.silence(alice);
    world.input(alice, Input::NetworkChanged);
    world.run(6_500);
    assert_eq!(world.states(alice).len(), 4, "the dead link is found in five seconds");
}

#[test]
fn the_server_decides_when_to_come_back() {
    let mut world = World::new();
    let alice = world.online("alice");
    let connection = world.connection(alice);
    world.server.goodbye(connection, GoodbyeReason::ServerDraining, 20_000);
    world.run(19_000);
    assert_eq!(world.devices[alice].connects.len(), 1);
    world.input(alice, Input::NetworkChanged);
    assert_eq!(world.devices[alice].connects.len(), 1, "the server's wish stands");
    world.run(2_500);
    assert_eq!(world.states(alice).last(), Some(&(State::Connected, Event::Success)));
}

#[test]
fn wall_clock_jumps_break_no_timer() {
    let mut world = World::new();
    let alice = world.online("alice");
    for jump in [-86_400_000_i64, 400 * 86_400_000, -1] {
        world.now.wall_ms += jump;
        world.run(30_000);
    }
    assert_eq!(world.states(alice).len(), 2, "no reconnect");
    assert_eq!(world.devices[alice].connects.len(), 1);
}

#[test]
fn a_server_that_never_says_hello_is_given_up() {
    let mut world = World::new();
    let alice = world.device("alice", signed_config);
    world.op(alice, Op::Login(LoginOp { user_id: "alice".into(), ..LoginOp::default() }));
    world.silence(alice);
    world.run(9_000);
    assert_eq!(world.states(alice), [(State::Connecting, Event::ActiveLogin)]);
    world.run(2_000);
    assert_eq!(world.states(alice).last(), Some(&(State::Disconnected, Event::LoginInterrupted)));
}
