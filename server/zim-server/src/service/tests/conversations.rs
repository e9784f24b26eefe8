use super::world::*;
use zim_proto::v1::event::Kind;
use zim_proto::v1::{self, request::Op, response};

fn state(world: &mut World, session: &Session, kind: u32, id: &str) -> v1::ConversationState {
    let request = v1::QueryConversation { conversation_type: kind, conversation_id: id.into() };
    match world.ask(session, Op::QueryConversation(request)) {
        response::Result::Conversation(conversation) => conversation.state.unwrap(),
        other => panic!("not a conversation: {other:?}"),
    }
}

fn clear(id: &str, read_seq: u64) -> Op {
    Op::ClearUnread(v1::ClearUnread { conversation_type: 0, conversation_id: id.into(), read_seq })
}

fn mute(kind: u32, id: &str, status: u32) -> Op {
    Op::SetNotificationStatus(v1::SetNotificationStatus {
        conversation_type: kind,
        conversation_id: id.into(),
        status,
    })
}

#[test]
fn unread_counts_what_others_said_and_wanted_counted() {
    let mut world = World::new();
    let alice = world.login("alice", "a1", ANDROID);
    let bob = world.login("bob", "b1", ANDROID);
    world.ask(&alice, text("bob", 1, "one"));
    world.ask(&bob, text("alice", 1, "own"));
    let mut quiet = text_to(0, "bob", 2, "quiet");
    quiet.message.as_mut().unwrap().disable_unread = true;
    world.ask(&alice, Op::SendMessage(quiet));
    world.ask(&alice, text("bob", 3, "two"));
    let got = state(&mut world, &bob, 0, "alice");
    assert_eq!((got.unread, got.read_seq, got.head_seq, got.notification_status), (2, 0, 4, 1));
    assert_eq!(got.last_message.unwrap().body, "two");
    world.limits.unread_scan = 1;
    assert_eq!(state(&mut world, &bob, 0, "alice").unread, 4, "beyond the scan by numbers");
}

#[test]
fn the_read_marker_only_moves_forward_and_is_told_to_all_devices() {
    let mut world = World::new();
    let alice = world.login("alice", "a1", ANDROID);
    let bob = world.login("bob", "b1", ANDROID);
    for id in 1..=3 {
        world.ask(&alice, text("bob", id, "x"));
    }
    let head = world.head(&bob);
    world.ask(&bob, clear("alice", 2));
    assert_eq!(
        world.event(&bob, head),
        Kind::ConversationRead(v1::ConversationRead {
            conversation_type: 0,
            conversation_id: "alice".into(),
            read_seq: 2,
        })
    );
    world.ask(&bob, clear("alice", 1));
    assert_eq!(world.head(&bob), head + 1, "backwards is no change");
    assert_eq!(state(&mut world, &bob, 0, "alice").unread, 1);
    world.ask(&bob, clear("alice", 99));
    assert_eq!(state(&mut world, &bob, 0, "alice").read_seq, 3, "never beyond the head");
    world.ask(&bob, clear("alice", 0));
    assert_eq!(world.head(&bob), head + 2);
    assert_eq!(world.refused(&bob, clear("carol", 0)), (6_000_603, ""));
}

#[test]
fn clearing_everything_is_one_event() {
    let mut world = World::new();
    let bob = world.login("bob", "b1", ANDROID);
    for name in ["alice", "carol", "dave"] {
        let session = world.login(name, "d", ANDROID);
        world.ask(&session, text("bob", 1, "x"));
    }
    world.ask(&bob, clear("dave", 0));
    let head = world.head(&bob);
    world.ask(&bob, Op::ClearAllUnread(v1::ClearAllUnread {}));
    let Kind::AllConversationsRead(read) = world.event(&bob, head) else { panic!("wrong event") };
    let mut names: Vec<String> = read.conversations.into_iter().map(|read| read.conversation_id).collect();
    names.sort();
    assert_eq!(names, ["alice", "carol"]);
    world.ask(&bob, Op::ClearAllUnread(v1::ClearAllUnread {}));
    assert_eq!(world.head(&bob), head + 1);
}

#[test]
fn notification_status_is_kept_before_the_first_message_and_bounded() {
    let mut world = World::new();
    let bob = world.login("bob", "b1", ANDROID);
    let alice = world.login("alice", "a1", ANDROID);
    world.login("carol", "c1", ANDROID);
    world.limits.muted_peers = 1;
    world.ask(&bob, mute(0, "alice", 2));
    let Kind::ConversationNotification(event) = world.event(&bob, 0) else { panic!("wrong event") };
    assert_eq!((event.conversation_id.as_str(), event.status), ("alice", 2));
    world.ask(&bob, mute(0, "alice", 2));
    assert_eq!(world.head(&bob), 1, "no change, no event");
    assert_eq!(world.refused(&bob, mute(0, "carol", 2)), (6_000_601, ""));
    assert_eq!(world.refused(&bob, mute(0, "nobody", 2)), (6_000_603, ""));
    assert_eq!(world.refused(&bob, mute(2, "nothing", 2)), (6_000_523, ""));
    assert_eq!(world.refused(&bob, mute(0, "alice", 3)), (6_000_001, "status"));
    world.ask(&alice, text("bob", 1, "x"));
    let got = state(&mut world, &bob, 0, "alice");
    assert_eq!((got.notification_status, got.unread), (2, 1), "unread grows all the same");
}

#[test]
fn a_fresh_device_starts_with_the_state_of_all_conversations() {
    let mut world = World::new();
    let bob = world.login("bob", "b1", ANDROID);
    for (index, name) in ["alice", "carol"].into_iter().enumerate() {
        let session = world.login(name, "d", ANDROID);
        world.now += 10;
        for id in 0..=index as u64 {
            world.ask(&session, text("bob", id + 1, "x"));
        }
    }
    world.ask(&bob, mute(0, "alice", 2));
    let group = v1::Group { group_id: "g".into(), name: "silent".into(), ..v1::Group::default() };
    world.ask(&bob, Op::CreateGroup(v1::CreateGroup { group: Some(group), user_ids: vec![] }));
    let (session, opened) = world.open("bob", "b2", IPHONE, v1::UserSession::default()).unwrap();
    assert!(opened.fresh);
    assert_eq!(opened.cursor, opened.head);
    assert_eq!(opened.head, world.head(&session));
    let got: Vec<(&str, u32, u32)> = opened
        .conversations
        .iter()
        .map(|state| (state.conversation_id.as_str(), state.unread, state.notification_status))
        .collect();
    assert_eq!(got, [("carol", 2, 1), ("alice", 1, 2)], "newest first, a silent group is none");

    world.limits.snapshot_bytes = 1;
    world.limits.snapshot_conversations = 1;
    let (_, opened) = world.open("bob", "b3", IPHONE, v1::UserSession::default()).unwrap();
    assert_eq!(opened.conversations.len(), 1);
    assert_eq!(opened.conversations[0].last_message, None);
    assert_eq!(opened.conversations[0].unread, 2);
}
