//! The conversation list and its counts.

use super::world::World;
use crate::engine::io::{Op, OpId};
use crate::model::{ConversationEvent, Event};
use crate::store::ConversationKey;
use zim_proto::v1::{self, request};

fn changes(world: &World, device: usize) -> Vec<(String, ConversationEvent, u32)> {
    world
        .events(device)
        .filter_map(|event| match event {
            Event::ConversationChanged { info_list } => Some(info_list),
            _ => None,
        })
        .flatten()
        .map(|info| {
            let conversation = &info.conversation;
            (conversation.conversation_id.clone(), info.event, conversation.unread_message_count)
        })
        .collect()
}

fn clear(world: &mut World, device: usize, id: &str) -> OpId {
    let key = ConversationKey { conversation_type: 0, conversation_id: id.into() };
    world.op(device, Op::ClearUnread(key))
}

fn mute(world: &mut World, device: usize, id: &str, status: u32) {
    let set = v1::SetNotificationStatus { conversation_type: 0, conversation_id: id.into(), status };
    let op = world.op(device, Op::Request(request::Op::SetNotificationStatus(set)));
    world.run(200);
    world.done(device, op);
}

#[test]
fn a_burst_changes_each_conversation_once() {
    let mut world = World::new();
    let alice = world.online("alice");
    world.cut(alice);
    world.run(10);
    world.is_cut = true;
    for _ in 0..50 {
        world.server.message("bob", "alice", "x");
    }
    world.is_cut = false;
    world.run(2_000);
    let added = ("bob".to_owned(), ConversationEvent::Added, 50);
    assert_eq!(changes(&world, alice)[0], added);
    let row = world.devices[alice].engine.conversation(0, "bob").unwrap();
    assert_eq!((row.name.as_str(), row.head_seq), ("name of bob", 50));
    let last = row.last_message.as_ref().unwrap();
    assert_eq!((last.message_seq, last.timestamp), (50, row.order_key.unsigned_abs()));
}

#[test]
fn the_list_is_newest_first_and_pending_messages_lead() {
    let mut world = World::new();
    let alice = world.online("alice");
    for from in ["bob", "carol", "bob"] {
        world.server.message(from, "alice", "x");
        world.run(100);
    }
    world.is_cut = true;
    world.cut(alice);
    world.send(alice, "dave", "waits");
    world.run(10);
    let ids: Vec<_> = world.devices[alice]
        .engine
        .conversations()
        .iter()
        .map(|row| row.key.conversation_id.clone())
        .collect();
    assert_eq!(ids, ["dave", "bob", "carol"]);
}

#[test]
fn clearing_works_at_once_and_reaches_the_server_and_other_devices() {
    let mut world = World::new();
    let alice = world.online("alice");
    let tablet = world.device("tablet", super::world::signed_config);
    world.login(tablet, "alice");
    world.server.message("bob", "alice", "x");
    world.run(200);
    let op = clear(&mut world, alice, "bob");
    world.run(2);
    world.done(alice, op);
    assert_eq!(world.devices[alice].engine.total_unread(), 0);
    world.run(200);
    assert_eq!(world.devices[tablet].engine.total_unread(), 0);
    assert_eq!(world.totals(tablet), [0, 1, 0]);
    assert_eq!(world.disk(alice, "alice").conversations.values().next().unwrap().unsynced_read_seq, 0);
    let events = world.events(alice).count();
    let op = clear(&mut world, alice, "bob");
    world.done(alice, op);
    world.run(100);
    assert_eq!(world.events(alice).count(), events, "clearing nothing is silent");
    let op = clear(&mut world, alice, "stranger");
    assert_eq!(world.code(alice, op), 6_000_603);
}

#[test]
fn what_is_cleared_without_a_link_survives_a_restart_until_the_server_knows() {
    let mut world = World::new();
    let alice = world.online("alice");
    world.server.message("bob", "alice", "x");
    world.run(200);
    world.is_cut = true;
    world.cut(alice);
    let op = clear(&mut world, alice, "bob");
    world.run(10);
    world.done(alice, op);
    world.server.message("bob", "alice", "later");
    world.crash(alice);
    world.is_cut = false;
    world.login(alice, "alice");
    world.run(500);
    let row = world.devices[alice].engine.conversation(0, "bob").unwrap();
    assert_eq!((row.unread, row.read_seq, row.unsynced_read_seq), (1, 1, 0));
    assert_eq!(world.server.accounts["alice"].conversations[&(0, "bob".into())].read_seq, 1);
}

#[test]
fn clearing_all_uses_one_request() {
    let mut world = World::new();
    let alice = world.online("alice");
    for from in ["bob", "carol", "dave"] {
        world.server.message(from, "alice", "x");
    }
    world.run(200);
    let before = world.server.requests.len();
    let op = world.op(alice, Op::ClearAllUnread);
    world.run(200);
    world.done(alice, op);
    assert_eq!(world.server.requests.len() - before, 1);
    assert_eq!(world.totals(alice).last(), Some(&0));
    assert!(world.disk(alice, "alice").conversations.values().all(|row| row.unsynced_read_seq == 0));
}

#[test]
fn do_not_disturb_counts_on_but_not_into_the_total() {
    let mut world = World::new();
    let alice = world.online("alice");
    world.server.message("bob", "alice", "x");
    world.run(200);
    mute(&mut world, alice, "bob", 2);
    assert_eq!(world.totals(alice).last(), Some(&0));
    world.server.message("bob", "alice", "y");
    world.run(200);
    let engine = &world.devices[alice].engine;
    assert_eq!((engine.conversation(0, "bob").unwrap().unread, engine.total_unread()), (2, 0));
    mute(&mut world, alice, "bob", 1);
    assert_eq!(world.totals(alice).last(), Some(&2));
}

#[test]
fn messages_marked_so_do_not_count() {
    let mut world = World::new();
    let alice = world.online("alice");
    let quiet = v1::Message {
        r#type: 1,
        conversation_id: "alice".into(),
        body: "x".into(),
        disable_unread: true,
        ..v1::Message::default()
    };
    world.server.deliver("bob", "", quiet);
    world.run(200);
    assert_eq!(world.received(alice).len(), 1);
    assert_eq!(world.devices[alice].engine.conversation(0, "bob").unwrap().unread, 0);
}
