use super::world::*;
use zim_proto::v1::event::Kind;
use zim_proto::v1::{self, request::Op, response, signal};

fn message(kind: Kind) -> v1::Message {
    match kind {
        Kind::Message(message) => message,
        other => panic!("not a message: {other:?}"),
    }
}

fn history(world: &mut World, session: &Session, request: v1::QueryHistory) -> v1::History {
    match world.ask(session, Op::QueryHistory(request)) {
        response::Result::History(history) => history,
        other => panic!("not a history: {other:?}"),
    }
}

#[test]
fn a_message_reaches_the_receiver_and_the_senders_other_devices() {
    let mut world = World::new();
    let alice = world.login("alice", "a1", ANDROID);
    let bob = world.login("bob", "b1", ANDROID);
    let first = sent(world.ask(&alice, text("bob", 1, "one")));
    let second = sent(world.ask(&bob, text("alice", 1, "two")));
    assert_eq!((first.message_seq, second.message_seq), (1, 2));
    assert!(first.message_id > 0 && second.message_id > first.message_id);
    assert_eq!(first.timestamp, START);

    let [at_bob, own] =
        [message(world.events(&bob, 0).remove(0)), message(world.events(&alice, 0).remove(0))];
    assert_eq!(at_bob.sender_user_id, "alice");
    assert_eq!(at_bob.conversation_id, "bob", "as the sender addressed it");
    assert_eq!(at_bob.message_seq, 1);
    assert_eq!(at_bob.body, "one");
    assert_eq!(at_bob.sender_device_id, "");
    assert_eq!(own.sender_device_id, "a1");
    assert_eq!(v1::Message { sender_device_id: String::new(), ..own }, at_bob);
}

#[test]
fn what_the_client_claims_about_itself_is_replaced() {
    let mut world = World::new();
    let alice = world.login("alice", "a1", ANDROID);
    let bob = world.login("bob", "b1", ANDROID);
    let mut request = text_to(0, "bob", 1, "one");
    let draft = request.message.as_mut().unwrap();
    draft.sender_user_id = "mallory".into();
    (draft.message_id, draft.message_seq, draft.timestamp) = (7, 70, 700);
    draft.is_server_message = true;
    draft.sender_device_id = "elsewhere".into();
    world.ask(&alice, Op::SendMessage(request));
    let got = message(world.event(&bob, 0));
    assert_eq!((got.sender_user_id.as_str(), got.sender_device_id.as_str()), ("alice", ""));
    assert_eq!((got.message_seq, got.timestamp, got.is_server_message), (1, START, false));
    assert_ne!(got.message_id, 7);
}

#[test]
fn a_retry_answers_the_first_result_and_changes_nothing() {
    let mut world = World::new();
    let alice = world.login("alice", "a1", ANDROID);
    let bob = world.login_with_push("bob", "b1", ANDROID, fcm("t"));
    world.drop_link(&bob);
    let first = sent(world.ask(&alice, pushed_text("bob", 1, config())));
    world.now += 9_000;
    let again = sent(world.ask(&alice, pushed_text("bob", 1, config())));
    assert_eq!(first, again);
    assert_eq!(world.events(&bob, 0).len(), 1);
    assert_eq!(world.events(&alice, 0).len(), 1);
    assert_eq!(world.jobs(&fcm("t").push_id).len(), 1);
    assert_eq!(world.outcomes(), ["queued"]);

    for other in [text("bob", 1, "other"), text("alice2", 1, "hello")] {
        assert_eq!(world.refused(&alice, other), (6_000_001, "localMessageID"));
    }
    let bobs = sent(world.ask(&bob, text("alice", 1, "hello")));
    assert_eq!(bobs.message_seq, 2, "client ids are per user");
}

#[test]
fn the_same_id_from_two_devices_is_two_messages() {
    let mut world = World::new();
    let phone = world.login("alice", "a1", ANDROID);
    let tablet = world.login("alice", "a2", ANDROID);
    let bob = world.login("bob", "b1", ANDROID);
    let first = sent(world.ask(&phone, text("bob", 5, "from the phone")));
    let second = sent(world.ask(&tablet, text("bob", 5, "from the tablet")));
    assert_eq!((first.message_seq, second.message_seq), (1, 2));
    let bodies: Vec<_> = world.events(&bob, 0).into_iter().map(|event| message(event).body).collect();
    assert_eq!(bodies, ["from the phone", "from the tablet"]);
    assert_eq!(sent(world.ask(&phone, text("bob", 5, "from the phone"))), first);
    assert_eq!(sent(world.ask(&tablet, text("bob", 5, "from the tablet"))), second);
    for session in [&phone, &tablet] {
        assert_eq!(world.refused(session, text("bob", 5, "other")), (6_000_001, "localMessageID"));
    }
    assert_eq!(world.events(&bob, 0).len(), 2);
}

#[test]
fn refusals_have_the_published_codes_and_write_nothing() {
    let mut world = World::new();
    let alice = world.login("alice", "a1", ANDROID);
    let bob = world.login("bob", "b1", ANDROID);
    let group = v1::Group { group_id: "g".into(), ..v1::Group::default() };
    world.ask(&bob, Op::CreateGroup(v1::CreateGroup { group: Some(group), user_ids: vec![] }));
    let before = world.head(&bob);
    world.limits.message_bytes = 4;
    let cases = [
        (text("nobody", 1, "x"), (6_000_204, "")),
        (text("alice", 1, "x"), (6_000_001, "toConversationID")),
        (group_text("missing", 1, "x"), (6_000_523, "")),
        (group_text("g", 1, "x"), (6_000_521, "")),
        (text("bob", 1, "12345"), (6_000_001, "message")),
        (text("bob", 1, " "), (6_000_001, "message")),
        (text("bob", 0, "x"), (6_000_001, "localMessageID")),
    ];
    for (op, expected) in cases {
        assert_eq!(world.refused(&alice, op.clone()), expected, "{op:?}");
    }
    assert_eq!(world.head(&alice), 0);
    assert_eq!(world.head(&bob), before);
    assert_eq!(sent(world.ask(&alice, text("bob", 1, "x"))).message_seq, 1);
}

#[test]
fn a_group_message_reaches_every_member_once() {
    let mut world = World::new();
    let names = ["alice", "bob", "carol"];
    let users: Vec<Session> = names.iter().map(|name| world.login(name, "d", ANDROID)).collect();
    let outsider = world.login("dave", "d", ANDROID);
    let group = v1::Group { group_id: "g".into(), ..v1::Group::default() };
    let user_ids = vec!["bob".into(), "carol".into()];
    world.ask(&users[0], Op::CreateGroup(v1::CreateGroup { group: Some(group), user_ids }));
    let heads: Vec<u64> = users.iter().map(|user| world.head(user)).collect();
    world.ask(&users[1], group_text("g", 1, "hi"));
    for (user, head) in users.iter().zip(heads) {
        let got = message(world.event(user, head));
        assert_eq!((got.conversation_id.as_str(), got.conversation_type, got.message_seq), ("g", 2, 1));
        assert_eq!(got.sender_user_id, "bob");
        assert_eq!(got.sender_device_id, if user.user_id == "bob" { "d" } else { "" });
    }
    assert_eq!(world.head(&outsider), 0);
}

#[test]
fn a_command_is_a_signal_and_leaves_no_trace() {
    let mut world = World::new();
    let alice = world.login("alice", "a1", ANDROID);
    let bob = world.login_with_push("bob", "b1", ANDROID, fcm("t"));
    world.drop_link(&bob);
    let mut request = v1::SendMessage { push: Some(config()), ..text_to(0, "bob", 1, "\u{1}") };
    request.message.as_mut().unwrap().r#type = 2;
    let reply = world.reply(&alice, Op::SendMessage(request)).unwrap();
    assert_eq!(sent(reply.result).message_seq, 0);
    assert_eq!(reply.effects.signals.len(), 1);
    assert_eq!(reply.effects.signals[0].users, [bob.key]);
    let Some(signal::Kind::CommandMessage(message)) = &reply.effects.signals[0].signal.kind else {
        panic!("not a command")
    };
    assert_eq!((message.sender_user_id.as_str(), message.timestamp), ("alice", START));
    assert_eq!((world.head(&alice), world.head(&bob)), (0, 0));
    assert!(world.log().is_empty());
    let query = v1::QueryHistory { conversation_id: "bob".into(), count: 10, ..v1::QueryHistory::default() };
    assert_eq!(history(&mut world, &alice, query), v1::History::default());
}

#[test]
fn history_pages_in_both_directions_and_within_its_size() {
    let mut world = World::new();
    let alice = world.login("alice", "a1", ANDROID);
    world.login("bob", "b1", ANDROID);
    for id in 1..=5 {
        world.ask(&alice, text("bob", id, &"x".repeat(100)));
    }
    let query = |before_seq, after_seq, count, ascending| v1::QueryHistory {
        conversation_id: "bob".into(),
        before_seq,
        after_seq,
        count,
        ascending,
        ..v1::QueryHistory::default()
    };
    let seqs = |world: &mut World, query| -> Vec<u64> {
        let history = history(world, &alice, query);
        assert_eq!(history.head_seq, 5);
        history.messages.iter().map(|message| message.message_seq).collect()
    };
    assert_eq!(seqs(&mut world, query(0, 0, 2, false)), [4, 5]);
    assert_eq!(seqs(&mut world, query(4, 0, 2, false)), [2, 3]);
    assert_eq!(seqs(&mut world, query(0, 1, 2, true)), [2, 3]);
    assert_eq!(seqs(&mut world, query(0, 0, 5_000, false)), [1, 2, 3, 4, 5]);
    world.limits.page_bytes = 400;
    assert_eq!(seqs(&mut world, query(0, 0, 5, false)), [4, 5], "nearest to the reader's end");
    assert_eq!(seqs(&mut world, query(0, 0, 5, true)), [1, 2]);
    world.limits.page_bytes = 1;
    assert_eq!(seqs(&mut world, query(0, 0, 5, true)), [1], "never empty");
}
