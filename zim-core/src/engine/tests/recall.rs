//! Recalled messages: history, list and counts, told once and in order.

use super::world::World;
use crate::engine::io::{Op, OpId, Reply};
use crate::model::{
    Event, Message, MessageBody, MessageDirection, MessageRevokeStatus, MessageType, RevokeType,
};
use crate::store::ConversationKey;
use std::sync::Arc;
use zim_proto::v1::{self, request};

fn request(kind: u32, conversation_id: &str, message_seq: u64) -> v1::RevokeMessage {
    v1::RevokeMessage {
        conversation_type: kind,
        conversation_id: conversation_id.to_owned(),
        message_seq,
        extended_data: "typo".to_owned(),
        ..v1::RevokeMessage::default()
    }
}

fn recall(world: &mut World, device: usize, kind: u32, id: &str, seq: u64) -> OpId {
    world.op(device, Op::Request(request::Op::RevokeMessage(request(kind, id, seq))))
}

/// The same from outside of the devices.
fn recall_by(world: &mut World, user: &str, kind: u32, id: &str, seq: u64) {
    world.server.recall(user, "", &request(kind, id, seq));
}

fn answered(world: &mut World, device: usize, op: OpId) -> Arc<Message> {
    match world.done(device, op) {
        Reply::Message(message) => message,
        other => panic!("answered with {other:?}"),
    }
}

fn unread(world: &World, device: usize, kind: i32, id: &str) -> u32 {
    world.devices[device].engine.conversation(kind, id).unwrap().unread
}

fn last(world: &World, device: usize, kind: i32, id: &str) -> Arc<Message> {
    world.devices[device].engine.conversation(kind, id).unwrap().last_message.clone().unwrap()
}

fn clear(world: &mut World, device: usize, id: &str) {
    let key = ConversationKey { conversation_type: 0, conversation_id: id.into() };
    let op = world.op(device, Op::ClearUnread(key));
    world.run(200);
    world.done(device, op);
}

#[test]
fn the_sender_gets_the_new_form_and_the_receiver_is_told_before_the_list() {
    let mut world = World::new();
    let (alice, bob) = (world.online("alice"), world.online("bob"));
    let sent = world.send(alice, "bob", "wrong");
    world.run(200);
    let sent = answered(&mut world, alice, sent);
    world.forget_events(alice);
    world.forget_events(bob);
    let op = recall(&mut world, alice, 0, "bob", 1);
    world.run(200);

    let left = answered(&mut world, alice, op);
    assert_eq!(
        (left.r#type, left.message_id, left.local_message_id, left.message_seq, left.order_key),
        (MessageType::Revoke, sent.message_id, sent.local_message_id, 1, sent.order_key)
    );
    assert_eq!((left.direction, left.timestamp), (MessageDirection::Send, sent.timestamp));
    let MessageBody::Revoked(revocation) = &left.body else { panic!("{:?}", left.body) };
    assert_eq!(revocation.revoke_type, RevokeType::TwoWay);
    assert_eq!(revocation.operated_user_id, "alice");
    assert_eq!(revocation.original_message_type, MessageType::Text);
    assert_eq!(revocation.original_text_message_content, "wrong");
    assert_eq!(revocation.revoke_extended_data, "typo");
    assert_eq!(revocation.revoke_status, MessageRevokeStatus::SelfRevoke);
    assert!(revocation.revoke_timestamp > left.timestamp);
    assert_eq!(world.disk(alice, "alice").history("bob"), [Arc::clone(&left)]);
    assert_eq!(last(&world, alice, 0, "bob"), left);
    assert!(world.recalled(alice).is_empty(), "the answer says it");

    assert_eq!(world.recalled(bob), world.disk(bob, "bob").history("alice"));
    assert_eq!(last(&world, bob, 0, "alice"), world.recalled(bob)[0]);
    assert_eq!(unread(&world, bob, 0, "alice"), 0);
    let told: Vec<&Event> = world.events(bob).collect();
    assert!(
        matches!(
            told[..],
            [
                Event::MessageRevokeReceived { .. },
                Event::ConversationChanged { .. },
                Event::ConversationTotalUnreadMessageCountUpdated { total_unread_message_count: 0 },
            ]
        ),
        "{told:?}"
    );
}

#[test]
fn only_what_counted_and_was_unread_leaves_the_count() {
    let mut world = World::new();
    let bob = world.online("bob");
    world.server.message("alice", "bob", "read");
    world.run(100);
    clear(&mut world, bob, "alice");
    for text in ["unread", "unread too"] {
        world.server.message("alice", "bob", text);
    }
    let quiet = v1::Message {
        r#type: 1,
        conversation_id: "bob".into(),
        body: "quiet".into(),
        disable_unread: true,
        ..v1::Message::default()
    };
    world.server.deliver("alice", "", quiet);
    world.run(100);
    assert_eq!(unread(&world, bob, 0, "alice"), 2);
    world.forget_events(bob);
    recall_by(&mut world, "alice", 0, "bob", 1);
    world.run(100);
    assert_eq!((unread(&world, bob, 0, "alice"), world.recalled(bob).len()), (2, 1), "was read");
    assert_eq!(world.events(bob).count(), 1, "the list shows nothing of it");
    recall_by(&mut world, "alice", 0, "bob", 4);
    world.run(100);
    assert_eq!(unread(&world, bob, 0, "alice"), 2, "never counted");
    recall_by(&mut world, "alice", 0, "bob", 2);
    world.run(100);
    assert_eq!((unread(&world, bob, 0, "alice"), world.totals(bob)), (1, vec![1]));
}

#[test]
fn recalls_that_follow_each_other_are_one_event_after_their_messages() {
    let mut world = World::new();
    let bob = world.online("bob");
    world.cut(bob);
    for at in 0..3 {
        world.server.message("alice", "bob", &format!("{at}"));
    }
    recall_by(&mut world, "alice", 0, "bob", 1);
    recall_by(&mut world, "alice", 0, "bob", 3);
    world.server.message("alice", "bob", "kept");
    world.forget_events(bob);
    world.run(3_000);
    let told: Vec<(bool, usize)> = world
        .events(bob)
        .filter_map(|event| match event {
            Event::MessageReceived { messages, info } => Some((info.is_offline_message, messages.len())),
            Event::MessageRevokeReceived { message_list } => Some((false, message_list.len())),
            _ => None,
        })
        .collect();
    assert_eq!(told, [(true, 3), (false, 2), (true, 1)]);
    assert_eq!(unread(&world, bob, 0, "alice"), 2);
    let kinds: Vec<bool> =
        world.disk(bob, "bob").history("alice").iter().map(|message| message.is_revoked()).collect();
    assert_eq!(kinds, [true, false, true, false]);
}

#[test]
fn a_recall_the_host_had_not_handled_comes_again_after_a_crash_and_counts_once() {
    let mut world = World::new();
    let bob = world.online("bob");
    world.server.message("alice", "bob", "one");
    world.server.message("alice", "bob", "two");
    world.run(100);
    world.devices[bob].is_host_prompt = false;
    recall_by(&mut world, "alice", 0, "bob", 1);
    world.run(100);
    world.crash(bob);
    world.forget_events(bob);
    world.devices[bob].is_host_prompt = true;
    world.login(bob, "bob");
    world.run(500);
    assert_eq!(world.recalled(bob).len(), 1);
    assert_eq!(unread(&world, bob, 0, "alice"), 1);
    assert!(world.disk(bob, "bob").undelivered.is_empty());
}

#[test]
fn another_device_of_the_sender_is_told() {
    let mut world = World::new();
    let phone = world.online("alice");
    let tablet = world.device("tablet", super::world::signed_config);
    world.login(tablet, "alice");
    let op = world.send(phone, "bob", "wrong");
    world.run(200);
    world.done(phone, op);
    let op = recall(&mut world, phone, 0, "bob", 1);
    world.run(200);
    let left = answered(&mut world, phone, op);
    assert_eq!(world.recalled(tablet), [left]);
    assert!(world.recalled(phone).is_empty());
}

/// alice owns the group and has two messages of bob unread.
fn group_of_alice(world: &mut World) -> usize {
    world.server.groups.insert("g".into(), vec!["alice".into(), "bob".into()]);
    let alice = world.online("alice");
    for text in ["rude", "polite"] {
        let message = v1::Message {
            r#type: 1,
            conversation_type: 2,
            conversation_id: "g".into(),
            body: text.into(),
            ..v1::Message::default()
        };
        world.server.deliver("bob", "", message);
    }
    world.run(100);
    assert_eq!(unread(world, alice, 2, "g"), 2);
    alice
}

#[test]
fn an_owner_loses_the_unread_message_of_a_member_once_whichever_of_event_and_answer_comes_first() {
    for event_first in [true, false] {
        let mut world = World::new();
        let alice = group_of_alice(&mut world);
        world.server.skips_own = false;
        if !event_first {
            world.server.holds_back_from = Some(2);
        }
        let op = recall(&mut world, alice, 2, "g", 1);
        world.run(200);
        world.server.holds_back_from = None;
        world.server.message("carol", "alice", "the stream goes on");
        world.run(200);
        let left = answered(&mut world, alice, op);
        assert_eq!((left.sender_user_id.as_str(), left.direction), ("bob", MessageDirection::Receive));
        assert_eq!(unread(&world, alice, 2, "g"), 1);
        assert_eq!(world.received(alice).len(), 3);
        assert_eq!(world.recalled(alice).len(), usize::from(event_first), "told once");
    }
}

#[test]
fn an_applied_recall_is_known_after_a_crash() {
    let mut world = World::new();
    let alice = group_of_alice(&mut world);
    world.server.holds_back_from = Some(2);
    world.server.skips_own = false;
    let op = recall(&mut world, alice, 2, "g", 1);
    world.run(200);
    world.done(alice, op);
    world.crash(alice);
    world.server.holds_back_from = None;
    world.forget_events(alice);
    world.login(alice, "alice");
    world.run(500);
    assert_eq!((unread(&world, alice, 2, "g"), world.disk(alice, "alice").cursor), (1, 3));
    assert!(world.recalled(alice).is_empty());
}

#[test]
fn a_recall_whose_answer_was_lost_comes_as_an_event() {
    let mut world = World::new();
    let alice = group_of_alice(&mut world);
    world.server.is_mute = true;
    let op = recall(&mut world, alice, 2, "g", 1);
    world.run(200);
    assert_eq!(unread(&world, alice, 2, "g"), 1, "told by the inbox");
    assert_eq!(world.recalled(alice).len(), 1);
    world.cut(alice);
    assert!(world.devices[alice].completed.remove(&op).unwrap().is_err());
}

#[test]
fn a_late_answer_counts_since_nothing_else_tells_this_device() {
    let mut world = World::new();
    let alice = group_of_alice(&mut world);
    world.latency = 8_000;
    let op = recall(&mut world, alice, 2, "g", 1);
    world.run(15_500);
    world.failed(alice, op);
    assert_eq!(unread(&world, alice, 2, "g"), 2);
    world.run(20_000);
    assert_eq!(unread(&world, alice, 2, "g"), 1);
    assert!(world.disk(alice, "alice").history("g")[0].is_revoked());
}

#[test]
fn a_recall_of_a_message_this_device_never_had_takes_its_place_and_no_count() {
    let mut world = World::new();
    let bob = world.online("bob");
    world.cut(bob);
    for at in 0..3 {
        world.server.message("alice", "bob", &format!("{at}"));
    }
    // The server kept the events of the messages no longer.
    world.server.accounts.get_mut("bob").unwrap().inbox.clear();
    recall_by(&mut world, "alice", 0, "bob", 2);
    world.run(3_000);
    assert_eq!(world.recalled(bob).len(), 1);
    let history = world.disk(bob, "bob").history("alice");
    assert_eq!((history.len(), history[0].message_seq), (1, 2));
    assert!(world.devices[bob].engine.conversation(0, "alice").is_none(), "no list is made of it");
}

#[test]
fn refusals_reach_the_host_and_change_nothing() {
    let mut world = World::new();
    let alice = world.online("alice");
    let op = world.send(alice, "bob", "once");
    world.run(200);
    world.done(alice, op);
    recall(&mut world, alice, 0, "bob", 1);
    world.run(200);
    world.forget_events(alice);
    let again = recall(&mut world, alice, 0, "bob", 1);
    let unplaced = recall(&mut world, alice, 0, "bob", 0);
    world.run(200);
    assert_eq!(world.code(alice, again), 6_000_279);
    assert_eq!(world.code(alice, unplaced), 6_000_001);
    assert_eq!(world.events(alice).count(), 0);
}
