//! A device's own messages: answered once, not repeated to the device that sent them.

use super::world::World;
use crate::engine::io::Op;
use crate::model::{ConversationSyncState as SyncState, MessageSentStatus};
use crate::store::ConversationKey;
use zim_proto::batch;
use zim_proto::v1::GoodbyeReason;

fn acked(world: &World) -> u64 {
    world.server.accounts["alice"].acked.values().copied().max().unwrap_or(0)
}

/// What is skipped is never told, but stored and acknowledged like anything else.
#[test]
fn a_skip_moves_the_cursor_and_is_acknowledged_when_that_is_stored() {
    let mut world = World::new();
    let alice = world.online("alice");
    world.forget_events(alice);
    let op = world.send(alice, "bob", "mine");
    world.run(41);
    world.devices[alice].persist_ms = 1_000;
    world.run(500);
    assert_eq!((world.disk(alice, "alice").cursor, acked(&world)), (0, 0));
    world.run(3_000);
    world.done(alice, op);
    assert_eq!((world.disk(alice, "alice").cursor, acked(&world)), (1, 1));
    assert!(world.received(alice).is_empty() && world.disk(alice, "alice").undelivered.is_empty());
    world.cut(alice);
    world.run(3_000);
    assert_eq!(world.server.sent_skips, 1);
    let hello = world.server.hellos.last().expect("reconnected").session.clone();
    let Some(zim_proto::v1::client_hello::Session::User(user)) = hello else { panic!("no user") };
    assert_eq!(user.cursor, 1, "never asked for again");
}

#[test]
fn a_skip_waits_behind_received_events_of_a_slow_disk() {
    let mut world = World::new();
    let alice = world.online("alice");
    world.devices[alice].persist_ms = 500;
    world.server.message("bob", "alice", "theirs");
    let op = world.send(alice, "bob", "mine");
    world.run(5_000);
    world.done(alice, op);
    assert_eq!(world.received(alice).len(), 1);
    assert_eq!((world.disk(alice, "alice").cursor, acked(&world)), (2, 2));
    assert_eq!(world.disk(alice, "alice").history("bob").len(), 2);
}

/// The server speaks: `count` own messages from `first_seq`, without the answers.
fn skip(world: &mut World, device: usize, first_seq: u64, count: u32) {
    world.frame(device, batch::skipped(first_seq, count));
    world.run(100);
}

#[test]
fn repeated_and_overlapping_skips_count_once_and_a_gap_ends_the_link() {
    let mut world = World::new();
    let alice = world.online("alice");
    world.server.pretend_sent(world.connection(alice), 9);
    skip(&mut world, alice, 1, 2);
    assert_eq!(acked(&world), 2);
    skip(&mut world, alice, 1, 2);
    skip(&mut world, alice, 2, 1);
    assert_eq!((acked(&world), world.disk(alice, "alice").cursor), (2, 2));
    skip(&mut world, alice, 2, 3);
    assert_eq!((acked(&world), world.disk(alice, "alice").cursor), (4, 4));
    assert_eq!(world.states(alice).len(), 2, "still connected");
    world.frame(alice, batch::skipped(6, 1));
    assert_eq!(world.states(alice).len(), 3, "a gap");
    assert_eq!(world.disk(alice, "alice").cursor, 4);
}

#[test]
fn a_skip_that_cannot_be_ends_the_link() {
    for (first_seq, count) in [(0, 1), (1, u32::MAX), (u64::MAX, 1), (u64::MAX - 1, 5)] {
        let mut world = World::new();
        let alice = world.online("alice");
        world.server.pretend_sent(world.connection(alice), u64::MAX);
        skip(&mut world, alice, first_seq, count);
        let is_sound = first_seq == 1;
        assert_eq!(world.states(alice).len() == 2, is_sound, "{first_seq} {count}");
        let cursor = if is_sound { u64::from(count) } else { 0 };
        assert_eq!(world.disk(alice, "alice").cursor, cursor);
    }
}

#[test]
fn a_backlog_that_ends_in_a_skip_is_complete() {
    let mut world = World::new();
    let alice = world.online("alice");
    world.server.message("bob", "alice", "one");
    world.run(100);
    world.cut(alice);
    world.server.message("bob", "alice", "two");
    world.server.message("bob", "alice", "three");
    world.server.holds_back_from = Some(2);
    world.forget_events(alice);
    world.run(3_000);
    assert_eq!(world.syncs(alice), [SyncState::Started], "two of three");
    world.server.pretend_sent(world.connection(alice), 3);
    skip(&mut world, alice, 3, 1);
    assert_eq!(world.syncs(alice), [SyncState::Started, SyncState::Finished]);
    assert_eq!((acked(&world), world.disk(alice, "alice").cursor), (3, 3));
}

#[test]
fn a_lost_answer_is_repeated_to_the_resend_and_the_echo_tells_nothing_twice() {
    let mut world = World::new();
    let alice = world.online("alice");
    let op = world.send(alice, "bob", "mine");
    world.run(30);
    assert_eq!(world.server.sent_skips, 1, "answer and skip are on their way");
    world.cut(alice);
    world.run(5_000);
    world.done(alice, op);
    assert_eq!(world.server.accounts["bob"].inbox.len(), 1, "nothing was stored twice");
    assert!(world.received(alice).is_empty());
    assert_eq!(world.disk(alice, "alice").history("bob").len(), 1);
    assert_eq!((acked(&world), world.disk(alice, "alice").cursor), (1, 1));
}

#[test]
fn an_answer_that_comes_late_settles_the_message_since_no_echo_will() {
    let mut world = World::new();
    let alice = world.online("alice");
    world.latency = 8_000;
    let op = world.send(alice, "bob", "slow link");
    world.run(15_500);
    assert_eq!(world.code(alice, op), 6_000_105);
    world.run(20_000);
    assert_eq!(world.server.sent_skips, 1);
    let history = world.disk(alice, "alice").history("bob");
    assert_eq!(history.len(), 1);
    assert_eq!((history[0].sent_status, history[0].message_seq), (MessageSentStatus::Success, 1));
    assert_eq!(world.disk(alice, "alice").cursor, 1);
}

#[test]
fn other_devices_of_the_user_and_later_logins_get_the_message_itself() {
    let mut world = World::new();
    let alice = world.online("alice");
    let tablet = world.device("tablet", super::world::signed_config);
    world.login(tablet, "alice");
    world.send(alice, "bob", "from the phone");
    world.run(500);
    assert_eq!(world.received(tablet).len(), 1);
    // A read marker is no message: the device that set it hears of it like the others.
    let key = ConversationKey { conversation_type: 0, conversation_id: "bob".into() };
    world.op(tablet, Op::ClearUnread(key));
    let connection = world.connection(alice);
    world.server.goodbye(connection, GoodbyeReason::ServerDraining, 0);
    world.run(3_000);
    assert_eq!(world.server.sent_skips, 1);
    assert_eq!(world.disk(tablet, "alice").cursor, world.disk(alice, "alice").cursor);
}
