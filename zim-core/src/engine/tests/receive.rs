//! The inbox: backlog, order, exactly once.

use super::world::World;
use crate::engine::io::{LoginOp, Op};
use crate::model::{ConversationSyncState as SyncState, Event, MessageBody, MessageDirection};
use bytes::Bytes;
use zim_proto::v1::event::Kind;
use zim_proto::v1::{self, frame::Body, signal};

fn seqs(world: &World, device: usize, from: &str) -> Vec<i64> {
    let received = world.received(device);
    received.iter().filter(|it| it.conversation_id == from).map(|it| it.message_seq).collect()
}

#[test]
fn the_backlog_comes_by_conversation_in_hundreds_and_marked_offline() {
    let mut world = World::new();
    let alice = world.online("alice");
    world.cut(alice);
    world.is_cut = true;
    world.run(100);
    for at in 0..150 {
        world.server.message("bob", "alice", &format!("b{at}"));
        world.server.message("carol", "alice", &format!("c{at}"));
    }
    world.forget_events(alice);
    world.is_cut = false;
    world.run(2_000);
    for event in world.events(alice) {
        if let Event::MessageReceived { messages, info } = event {
            assert!(info.is_offline_message && messages.len() <= 100);
            assert!(messages.iter().all(|message| message.conversation_id == info.conversation_id));
        }
    }
    assert_eq!(seqs(&world, alice, "bob"), (1..=150).collect::<Vec<_>>());
    assert_eq!(seqs(&world, alice, "carol"), (1..=150).collect::<Vec<_>>());
    assert_eq!(world.syncs(alice), [SyncState::Started, SyncState::Finished]);
    let order: Vec<bool> = world
        .events(alice)
        .filter_map(|event| match event {
            Event::MessageReceived { .. } => Some(true),
            Event::ConversationSyncStateChanged { state: SyncState::Finished } => Some(false),
            _ => None,
        })
        .collect();
    assert_eq!(order.iter().position(|is_message| !is_message), Some(order.len() - 1), "Finished is last");
    assert_eq!(world.totals(alice).last(), Some(&300));
    assert_eq!(world.server.accounts["alice"].acked.values().copied().collect::<Vec<_>>(), [300]);
    world.server.message("bob", "alice", "live");
    world.run(100);
    assert!(matches!(
        world.events(alice).filter(|event| matches!(event, Event::MessageReceived { .. })).last(),
        Some(Event::MessageReceived { info, .. }) if !info.is_offline_message
    ));
}

#[test]
fn a_batch_bigger_than_an_event_is_cut() {
    let mut world = World::new();
    world.server.batch = 250;
    let alice = world.online("alice");
    world.cut(alice);
    for at in 0..250 {
        world.server.message("bob", "alice", &format!("{at}"));
    }
    world.run(2_000);
    let sizes: Vec<usize> = world
        .events(alice)
        .filter_map(|event| match event {
            Event::MessageReceived { messages, .. } => Some(messages.len()),
            _ => None,
        })
        .collect();
    assert_eq!(sizes, [100, 100, 50]);
}

#[test]
fn nothing_is_told_or_acknowledged_before_it_is_stored() {
    let mut world = World::new();
    let alice = world.online("alice");
    world.devices[alice].persist_ms = 5_000;
    world.server.message("bob", "alice", "slow disk");
    world.run(4_000);
    assert!(world.received(alice).is_empty());
    assert_eq!(world.server.accounts["alice"].acked.values().sum::<u64>(), 0);
    world.run(2_000);
    assert_eq!(seqs(&world, alice, "bob"), [1]);
    assert_eq!(world.server.accounts["alice"].acked.values().sum::<u64>(), 1);
}

#[test]
fn a_burst_on_a_slow_disk_shares_commits() {
    let mut world = World::new();
    let alice = world.online("alice");
    world.devices[alice].persist_ms = 100;
    let commits = world.disk(alice, "alice").commits;
    for at in 0..500 {
        world.server.message("bob", "alice", &format!("{at}"));
    }
    world.run(2_000);
    assert_eq!(seqs(&world, alice, "bob").len(), 500);
    assert!(world.disk(alice, "alice").commits - commits < 10);
}

#[test]
fn what_the_host_had_not_handled_comes_again_after_a_crash_and_only_that() {
    let mut world = World::new();
    let alice = world.online("alice");
    world.server.message("bob", "alice", "handled");
    world.run(200);
    world.devices[alice].is_host_prompt = false;
    world.server.message("bob", "alice", "stored");
    world.server.message("carol", "alice", "stored too");
    world.run(200);
    assert_eq!(world.disk(alice, "alice").undelivered.len(), 2);
    world.crash(alice);
    assert_eq!(seqs(&world, alice, "bob"), [1]);
    world.server.message("bob", "alice", "new");
    world.devices[alice].is_host_prompt = true;
    world.forget_events(alice);
    world.login(alice, "alice");
    world.run(500);
    assert_eq!(seqs(&world, alice, "bob"), [2, 3], "before anything new, in order");
    assert_eq!(seqs(&world, alice, "carol"), [1]);
    assert!(world.disk(alice, "alice").undelivered.is_empty());
    assert_eq!(world.disk(alice, "alice").delivered, 4);
}

#[test]
fn an_offline_login_tells_what_the_host_missed() {
    let mut world = World::new();
    let alice = world.online("alice");
    world.devices[alice].is_host_prompt = false;
    world.server.message("bob", "alice", "stored");
    world.run(200);
    world.crash(alice);
    world.is_cut = true;
    let login = LoginOp { user_id: "alice".into(), is_offline_login: true, ..LoginOp::default() };
    world.op(alice, Op::Login(login));
    assert_eq!(seqs(&world, alice, "bob"), [1]);
}

#[test]
fn duplicates_are_dropped_and_a_gap_ends_the_link() {
    let mut world = World::new();
    let alice = world.online("alice");
    world.server.message("bob", "alice", "one");
    world.run(100);
    let mut run = Vec::new();
    zim_proto::batch::append(&mut run, &world.server.accounts["alice"].inbox[0].clone());
    world.frame(alice, zim_proto::batch::frame(1, &run));
    world.run(100);
    assert_eq!(seqs(&world, alice, "bob"), [1], "a repeated event");
    world.frame(alice, zim_proto::batch::frame(3, &run));
    assert_eq!(world.states(alice).len(), 3, "a gap");
    world.server.message("bob", "alice", "two");
    world.run(5_000);
    assert_eq!(seqs(&world, alice, "bob"), [1, 2]);
    assert_eq!(world.states(alice).len(), 4);
}

#[test]
fn an_overlapping_batch_gives_only_what_is_new() {
    let mut world = World::new();
    let alice = world.online("alice");
    world.server.message("bob", "alice", "one");
    world.run(100);
    let connection = world.connection(alice);
    world.server.disconnect(connection);
    world.server.message("bob", "alice", "two");
    let mut run = Vec::new();
    for event in world.server.accounts["alice"].inbox.clone() {
        zim_proto::batch::append(&mut run, &event);
    }
    world.frame(alice, zim_proto::batch::frame(1, &run));
    world.run(50);
    assert_eq!(seqs(&world, alice, "bob"), [1, 2]);
}

#[test]
fn a_batch_in_another_byte_order_is_understood() {
    let mut world = World::new();
    let alice = world.online("alice");
    let connection = world.connection(alice);
    world.server.message("bob", "alice", "one");
    world.server.outgoing.clear();
    world.server.disconnect(connection);
    let event = world.server.accounts["alice"].inbox[0].clone();
    let mut body = Vec::new();
    zim_proto::batch::append(&mut body, &event);
    body.extend([1 << 3, 1]); // first_seq after the events
    let mut frame = vec![6 << 3 | 2];
    prost::encoding::encode_varint(body.len() as u64, &mut frame);
    frame.extend(body);
    world.frame(alice, frame.into());
    world.run(50);
    assert_eq!(seqs(&world, alice, "bob"), [1]);
}

#[test]
fn a_new_epoch_starts_from_the_conversations() {
    let mut world = World::new();
    let alice = world.online("alice");
    world.server.message("bob", "alice", "old");
    world.run(100);
    world.server.epoch = 10;
    world.server.account("alice").inbox.clear();
    world.cut(alice);
    world.run(3_000);
    assert_eq!((world.disk(alice, "alice").epoch, world.disk(alice, "alice").cursor), (10, 0));
    world.server.message("bob", "alice", "new");
    world.run(200);
    assert_eq!(seqs(&world, alice, "bob"), [1, 2]);
    assert_eq!(world.devices[alice].engine.conversation(0, "bob").unwrap().unread, 2);
}

#[test]
fn messages_of_the_users_other_device_come_as_sent() {
    let mut world = World::new();
    let alice = world.online("alice");
    let tablet = world.device("tablet", super::world::signed_config);
    world.login(tablet, "alice");
    let op = world.send(tablet, "bob", "from the tablet");
    world.run(500);
    world.done(tablet, op);
    let received = world.received(alice);
    assert_eq!(received.len(), 1);
    assert_eq!(
        (received[0].direction, received[0].conversation_id.as_str()),
        (MessageDirection::Send, "bob")
    );
    assert_eq!(world.devices[alice].engine.total_unread(), 0);
    assert!(world.received(tablet).is_empty());
}

#[test]
fn signals_are_told_and_never_stored() {
    let mut world = World::new();
    let alice = world.online("alice");
    let message = v1::Message {
        r#type: 2,
        sender_user_id: "bob".into(),
        conversation_id: "alice".into(),
        body: Bytes::from_static(b"go"),
        ..v1::Message::default()
    };
    let signal = v1::Signal { kind: Some(signal::Kind::CommandMessage(message)) };
    world.frame(alice, zim_proto::frame::encode(Body::Signal(signal)));
    assert_eq!(world.received(alice).len(), 1);
    assert!(world.disk(alice, "alice").messages.is_empty());
}

#[test]
fn a_broadcast_is_told_as_one_and_never_stored() {
    let mut world = World::new();
    let alice = world.online("alice");
    let message = v1::Message {
        r#type: 1,
        message_id: 77,
        sender_user_id: "operator".into(),
        body: Bytes::from_static("维护".as_bytes()),
        is_server_message: true,
        ..v1::Message::default()
    };
    let signal = v1::Signal { kind: Some(signal::Kind::BroadcastMessage(message)) };
    world.frame(alice, zim_proto::frame::encode(Body::Signal(signal)));
    let told: Vec<_> = world
        .events(alice)
        .filter_map(|event| match event {
            Event::BroadcastMessageReceived { message } => Some(message.clone()),
            _ => None,
        })
        .collect();
    assert_eq!(told.len(), 1);
    assert!(told[0].is_broadcast_message && told[0].is_server_message);
    assert_eq!((told[0].message_id, &told[0].body), (77, &MessageBody::Text("维护".into())));
    assert!(world.received(alice).is_empty(), "it is no message of a conversation");
    assert!(world.disk(alice, "alice").messages.is_empty());
}

#[test]
fn a_message_for_some_members_is_told_and_not_counted() {
    let mut world = World::new();
    let alice = world.online("alice");
    let message = v1::Message {
        r#type: 1,
        message_id: 9,
        message_seq: 3,
        sender_user_id: "olga".into(),
        conversation_type: 2,
        conversation_id: "team".into(),
        body: Bytes::from_static(b"between us"),
        targets: Some(v1::Targets::default()),
        ..v1::Message::default()
    };
    world.server.push("alice", Kind::Message(message));
    world.run(100);
    assert_eq!(world.received(alice).len(), 1);
    assert_eq!(world.devices[alice].engine.conversation(2, "team").unwrap().unread, 0);
}

#[test]
fn a_push_rule_set_elsewhere_is_told() {
    let mut world = World::new();
    let alice = world.online("alice");
    let rule = v1::PushRule { online_platforms: vec![1], not_to_receive_offline_push_platforms: vec![3] };
    world.server.push("alice", Kind::PushRule(rule.clone()));
    world.run(100);
    assert!(world.events(alice).any(|event| matches!(event, Event::UserRuleUpdated { .. })));
    assert_eq!(*world.devices[alice].engine.push_rule(), rule);
}
