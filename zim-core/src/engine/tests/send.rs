//! The send path.

use super::server::error;
use super::world::World;
use crate::engine::io::{Input, Reply};
use crate::model::{ConversationType, Event, Message, MessageBody, MessageSentStatus as Status};
use std::sync::Arc;
use zim_proto::ErrorCode;

fn statuses(world: &World, device: usize) -> Vec<Status> {
    world
        .events(device)
        .filter_map(|event| match event {
            Event::MessageSentStatusChanged { infos } => Some(infos.iter().map(|info| info.status)),
            _ => None,
        })
        .flatten()
        .collect()
}

fn sent(world: &mut World, device: usize, op: crate::engine::io::OpId) -> Arc<Message> {
    match world.done(device, op) {
        Reply::Message(message) => message,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_message_is_stored_attached_sent_and_settled() {
    let mut world = World::new();
    let (alice, bob) = (world.online("alice"), world.online("bob"));
    let op = world.send(alice, "bob", "hello");
    assert!(world.devices[alice].attached.is_empty(), "nothing is shown before it is stored");
    world.run(1);
    let (attached_op, attached) = world.devices[alice].attached[0].clone();
    assert_eq!((attached_op, attached.sent_status, attached.message_id), (op, Status::Sending, 0));
    assert!(attached.order_key > 1 << 52 && attached.local_message_id > 0);
    world.run(500);
    let message = sent(&mut world, alice, op);
    assert_eq!((message.message_seq, message.order_key, message.sent_status), (1, 1 << 16, Status::Success));
    assert_eq!(message.local_message_id, attached.local_message_id);
    assert_eq!(statuses(&world, alice), [Status::Sending, Status::Success]);
    assert_eq!(world.disk(alice, "alice").history("bob"), [message]);
    assert!(world.disk(alice, "alice").outbox.is_empty());
    assert!(world.received(alice).is_empty(), "the own echo is not a received message");
    let received = world.received(bob);
    assert_eq!(received.len(), 1);
    assert_eq!(received[0].body, MessageBody::Text("hello".into()));
    assert_eq!(received[0].conversation_id, "alice");
}

#[test]
fn parameters_name_themselves() {
    let mut world = World::new();
    let alice = world.online("alice");
    let cases = [
        ("alice", ConversationType::Peer, Message::text("x"), "toConversationID"),
        ("", ConversationType::Peer, Message::text("x"), "toConversationID"),
        ("room", ConversationType::Room, Message::text("x"), "conversationType"),
    ];
    for (to, kind, message, parameter) in cases {
        let op = world.send_with(alice, to, kind, message, false);
        let error = world.failed(alice, op);
        assert_eq!((error.code.code(), error.parameter.as_deref()), (6_000_001, Some(parameter)));
    }
    let op = world.send(alice, "bob", "");
    assert_eq!(world.code(alice, op), 6_000_001);
    assert!(world.disk(alice, "alice").outbox.is_empty() && world.devices[alice].attached.is_empty());
}

#[test]
fn many_sends_are_on_the_way_at_once_and_keep_their_order() {
    let mut world = World::new();
    let alice = world.online("alice");
    let commits = world.disk(alice, "alice").commits;
    let ops: Vec<_> = (0..200).map(|at| world.send(alice, "bob", &format!("{at}"))).collect();
    world.run(200);
    for (at, op) in ops.into_iter().enumerate() {
        assert_eq!(sent(&mut world, alice, op).message_seq, i64::try_from(at).unwrap() + 1);
    }
    let commits = world.disk(alice, "alice").commits - commits;
    assert!(commits < 20, "a burst shares its commits: {commits}");
}

#[test]
fn a_link_that_comes_back_in_time_sends_everything_once() {
    let mut world = World::new();
    let alice = world.online("alice");
    world.server.is_mute = true;
    let first = world.send(alice, "bob", "accepted, answer lost");
    world.run(100);
    world.server.is_mute = false;
    world.is_cut = true;
    world.cut(alice);
    let second = world.send(alice, "bob", "written without a link");
    world.run(20_000);
    world.is_cut = false;
    world.input(alice, Input::NetworkChanged);
    world.run(2_000);
    assert_eq!(sent(&mut world, alice, first).message_seq, 1);
    assert_eq!(sent(&mut world, alice, second).message_seq, 2);
    assert_eq!(world.server.accounts["bob"].inbox.len(), 2, "nothing was stored twice");
    assert_eq!(world.disk(alice, "alice").history("bob").len(), 2);
}

#[test]
fn after_thirty_seconds_without_a_link_messages_fail_and_can_be_sent_again() {
    let mut world = World::new();
    let alice = world.online("alice");
    world.is_cut = true;
    world.cut(alice);
    let op = world.send(alice, "bob", "late");
    world.run(29_000);
    assert!(!world.devices[alice].completed.contains_key(&op));
    world.run(2_000);
    assert_eq!(world.code(alice, op), 6_000_104);
    let failed = world.disk(alice, "alice").history("bob").remove(0);
    assert_eq!(failed.sent_status, Status::Failed);
    assert!(world.disk(alice, "alice").outbox.is_empty());
    world.is_cut = false;
    world.run(31_000);
    assert!(!world.server.accounts.contains_key("bob"), "a failed message does not go out by itself");
    let again = world.send_with(alice, "bob", ConversationType::Peer, Message::clone(&failed), true);
    let twice = world.send_with(alice, "bob", ConversationType::Peer, Message::clone(&failed), true);
    assert_eq!(world.code(alice, twice), 6_000_001);
    world.run(500);
    let message = sent(&mut world, alice, again);
    assert_eq!(message.local_message_id, failed.local_message_id);
    assert_eq!(world.disk(alice, "alice").history("bob"), std::slice::from_ref(&message), "it moved");
    let settled = world.send_with(alice, "bob", ConversationType::Peer, Message::clone(&message), true);
    assert_eq!(world.code(alice, settled), 6_000_001);
}

#[test]
fn a_failed_message_whose_echo_arrives_late_succeeded_after_all() {
    let mut world = World::new();
    let alice = world.online("alice");
    world.server.is_mute = true;
    let op = world.send(alice, "bob", "accepted");
    world.run(10);
    world.is_cut = true;
    world.run(30);
    world.cut(alice);
    world.run(31_000);
    assert_eq!(world.code(alice, op), 6_000_009);
    world.server.is_mute = false;
    world.is_cut = false;
    world.run(31_000);
    assert_eq!(statuses(&world, alice), [Status::Sending, Status::Failed, Status::Success]);
    let history = world.disk(alice, "alice").history("bob");
    assert_eq!((history.len(), history[0].message_seq), (1, 1));
}

#[test]
fn a_refused_message_keeps_its_place_and_blocks_nothing() {
    let mut world = World::new();
    let alice = world.online("alice");
    let first = world.send(alice, "bob", "one");
    world.run(100);
    world.server.refuse_send.push(error(ErrorCode::MessageModuleAuditRejected));
    let second = world.send(alice, "bob", "two");
    let third = world.send(alice, "bob", "three");
    world.run(200);
    sent(&mut world, alice, first);
    assert_eq!(world.code(alice, second), 6_000_221);
    sent(&mut world, alice, third);
    let texts: Vec<_> =
        world.disk(alice, "alice").history("bob").iter().map(|message| message.body.clone()).collect();
    assert_eq!(texts, ["one", "two", "three"].map(|text| MessageBody::Text(text.into())));
}

#[test]
fn an_unknown_target_disables_the_conversation() {
    let mut world = World::new();
    let alice = world.online("alice");
    world.server.refuse_send.push(error(ErrorCode::MessageModuleTargetDoesNotExist));
    let op = world.send(alice, "nobody", "hello?");
    world.run(200);
    assert_eq!(world.code(alice, op), 6_000_204);
    assert!(world.devices[alice].engine.conversation(0, "nobody").unwrap().is_disabled);
}

#[test]
fn an_unanswered_message_fails_on_a_living_link() {
    let mut world = World::new();
    let alice = world.online("alice");
    world.server.is_mute = true;
    world.server.refuse_send.push(error(ErrorCode::Failed));
    let op = world.send(alice, "bob", "x");
    world.run(20_000);
    assert_eq!(world.code(alice, op), 6_000_105);
}

#[test]
fn commands_are_never_stored() {
    let mut world = World::new();
    let alice = world.online("alice");
    let op = world.send_with(alice, "bob", ConversationType::Peer, Message::command(&b"go"[..]), false);
    world.run(200);
    assert_eq!(sent(&mut world, alice, op).sent_status, Status::Success);
    assert!(world.disk(alice, "alice").history("bob").is_empty());
    assert!(world.devices[alice].engine.conversation(0, "bob").is_none());
    world.is_cut = true;
    world.cut(alice);
    let op = world.send_with(alice, "bob", ConversationType::Peer, Message::command(&b"go"[..]), false);
    assert_eq!(world.code(alice, op), 6_000_104);
}

#[test]
fn what_a_killed_process_had_not_sent_goes_out_if_it_is_young_and_fails_if_it_is_old() {
    for (pause, is_young) in [(5_000, true), (3_600_000, false)] {
        let mut world = World::new();
        let alice = world.online("alice");
        world.is_cut = true;
        world.cut(alice);
        world.send(alice, "bob", "from an earlier life");
        world.run(5);
        world.crash(alice);
        world.run(pause);
        world.is_cut = false;
        world.login(alice, "alice");
        let history = world.disk(alice, "alice").history("bob");
        assert_eq!(history.len(), 1);
        assert_eq!(history[0].sent_status, if is_young { Status::Success } else { Status::Failed });
        assert!(world.disk(alice, "alice").outbox.is_empty());
    }
}
