//! Recalled messages: who may, who is told, what is left of them, and what becomes of their pushes.

use std::sync::Arc;
use zim_core::Error;
use zim_core::model::{
    ConversationType, Event, GroupAdvancedConfig, GroupInfo, Message, MessageBody, MessageQueryConfig,
    MessageQueryMode, MessageRevokeConfig, MessageRevokeStatus, MessageType, PushConfig, Revocation,
    RevokeType,
};
use zim_tests::{Kind, Phone, Proxy, Settings, World, alert, text, until, wait};

fn try_revoke(phone: &Phone, message: &Message, push: Option<PushConfig>) -> Result<Arc<Message>, Error> {
    let config = MessageRevokeConfig { push_config: push, revoke_extended_data: "typo".into() };
    wait(phone.client().revoke_message(message.clone(), config))
}

fn revoke(phone: &Phone, message: &Message) -> Arc<Message> {
    try_revoke(phone, message, None).expect("recalled")
}

fn code(phone: &Phone, message: &Message) -> u32 {
    try_revoke(phone, message, None).expect_err("refused").code.code()
}

fn all_recalled(events: &[Event]) -> Vec<Arc<Message>> {
    let told = events.iter().filter_map(|event| match event {
        Event::MessageRevokeReceived { message_list } => Some(message_list.clone()),
        _ => None,
    });
    told.flatten().collect()
}

/// So many recalls that a phone was told.
fn recalled(phone: &Phone, count: usize) -> Vec<Arc<Message>> {
    phone.events.wait(&format!("{count} recalls"), |events| {
        let found = all_recalled(events);
        (found.len() >= count).then_some(found)
    })
}

fn revocation(message: &Message) -> &Revocation {
    assert_eq!(message.r#type, MessageType::Revoke);
    match &message.body {
        MessageBody::Revoked(revocation) => revocation,
        other => panic!("not recalled: {other:?}"),
    }
}

fn history(phone: &Phone, id: &str, kind: ConversationType, mode: MessageQueryMode) -> Vec<Arc<Message>> {
    let config = MessageQueryConfig { count: 30, reverse: true, mode, ..MessageQueryConfig::default() };
    wait(phone.client().query_history_message(id, kind, config)).expect("answered")
}

/// Unread count and last message of a conversation.
fn conversation(phone: &Phone, id: &str, kind: ConversationType) -> (u32, Arc<Message>) {
    let conversation = wait(phone.client().query_conversation(id, kind)).expect("it is there");
    (conversation.unread_message_count, conversation.last_message.clone().expect("it has messages"))
}

#[test]
fn everybody_gets_what_is_left_of_a_message() {
    let world = World::with(Settings { multi_device: "multi", ..Settings::default() });
    let (alice, bob) = (world.online("alice"), world.online("bob"));
    let mut tablet = world.phone("alice-tablet", Kind::Desktop);
    tablet.login("alice");
    let wrong = alice.send(text("wrong"), "bob", None);
    alice.send(text("right"), "bob", None);
    let received = bob.events.messages(2);
    bob.events.clear();

    let left = revoke(&alice, &wrong);
    assert_eq!(
        (left.message_id, left.local_message_id, left.message_seq, left.order_key, left.timestamp),
        (wrong.message_id, wrong.local_message_id, 1, wrong.order_key, wrong.timestamp)
    );
    let why = revocation(&left);
    assert_eq!(
        Revocation { revoke_timestamp: 0, ..why.clone() },
        Revocation {
            revoke_type: RevokeType::TwoWay,
            revoke_timestamp: 0,
            operated_user_id: "alice".into(),
            original_message_type: MessageType::Text,
            original_text_message_content: "wrong".into(),
            revoke_extended_data: "typo".into(),
            revoke_status: MessageRevokeStatus::SelfRevoke,
        }
    );
    assert!(why.revoke_timestamp >= left.timestamp);

    let told = recalled(&bob, 1);
    assert_eq!((told[0].message_id, told[0].order_key), (received[0].message_id, received[0].order_key));
    assert_eq!(revocation(&told[0]), why);
    bob.events.first("total", |event| match event {
        Event::ConversationTotalUnreadMessageCountUpdated { total_unread_message_count: 1 } => Some(()),
        _ => None,
    });
    let events = bob.events.all();
    let is_recall = |event: &Event| matches!(event, Event::MessageRevokeReceived { .. });
    let shows_it = |event: &Event| match event {
        Event::ConversationChanged { info_list } => info_list[0].conversation.unread_message_count == 1,
        _ => false,
    };
    let recall = events.iter().position(is_recall);
    assert!(recall.is_some() && recall < events.iter().position(shows_it), "the recall, then the list");
    assert_eq!(conversation(&bob, "alice", ConversationType::Peer).0, 1);
    assert_eq!(recalled(&tablet, 1), [Arc::clone(&left)], "the sender's other device");
    assert!(all_recalled(&alice.events.all()).is_empty(), "the answer says it");

    for mode in [MessageQueryMode::OnlyLocal, MessageQueryMode::PreferServer] {
        for (phone, other) in [(&alice, "bob"), (&tablet, "bob"), (&bob, "alice")] {
            let page = history(phone, other, ConversationType::Peer, mode);
            let kinds: Vec<MessageType> = page.iter().map(|message| message.r#type).collect();
            assert_eq!(kinds, [MessageType::Revoke, MessageType::Text], "{} {mode:?}", phone.name());
            assert_eq!(revocation(&page[0]), why);
        }
    }
    assert_eq!(code(&alice, &wrong), 6_000_279, "the object of before: the server knows");
    assert_eq!(code(&alice, &left), 6_000_279, "the object says it itself");
    assert_eq!(code(&bob, &received[1]), 6_000_285, "not the receiver's to recall");
}

#[test]
fn an_owner_recalls_what_a_member_wrote() {
    let world = World::start();
    let (alice, bob, carol) = (world.online("alice"), world.online("bob"), world.online("carol"));
    let members = vec!["bob".to_owned(), "carol".to_owned()];
    let created =
        wait(alice.client().create_group(GroupInfo::default(), members, GroupAdvancedConfig::default()));
    let team = created.expect("created").group_info.base_info.group_id;
    let rude = bob.send_to_group(text("rude"), &team, None);
    for phone in [&alice, &carol] {
        assert_eq!(phone.events.texts(1), ["rude"]);
    }
    let seen = alice.events.messages(1).remove(0);
    assert_eq!(conversation(&alice, &team, ConversationType::Group).0, 1);
    assert_eq!(code(&carol, &carol.events.messages(1)[0]), 6_000_541, "a member's right ends at its own");

    let left = revoke(&alice, &seen);
    assert_eq!((left.sender_user_id.as_str(), left.message_id), ("bob", rude.message_id));
    assert_eq!(revocation(&left).revoke_status, MessageRevokeStatus::GroupOwnerRevoke);
    assert_eq!(revocation(&left).operated_user_id, "alice");
    let (unread, last) = conversation(&alice, &team, ConversationType::Group);
    assert_eq!((unread, last), (0, left));
    for phone in [&bob, &carol] {
        let told = recalled(phone, 1);
        assert_eq!(revocation(&told[0]).revoke_status, MessageRevokeStatus::GroupOwnerRevoke);
        assert_eq!(conversation(phone, &team, ConversationType::Group), (0, told[0].clone()));
    }
}

#[test]
fn a_push_that_waits_is_withdrawn_and_the_recall_pushes_its_own() {
    let world = World::start();
    let proxy = Proxy::start(&world, world.server().addr());
    let mut bob = proxy.service().phone("bob-phone", Kind::Iphone);
    bob.register_push();
    bob.login("bob");
    world.until_bound("bob", &bob.push_id());
    let alice = world.online("alice");

    // Bob's link is silent: the push waits for an acknowledgement that does not come.
    proxy.swallow();
    let wrong = alice.send(text("wrong"), "bob", Some(alert("Alice", "wrong")));
    try_revoke(&alice, &wrong, Some(alert("Alice", "took a message back"))).expect("recalled");
    let withdrawn = world.until_logged("bob", "revoked");
    assert_eq!(withdrawn.subject, format!("message:{}", wrong.message_id));
    assert_eq!(world.apns(1)[0].body["aps"]["alert"]["body"], "took a message back");
    let pushed = world.until_logged("bob", "delivered");
    assert_eq!(pushed.subject, format!("revoke:{}", wrong.message_id));

    proxy.cut();
    bob.client().network_changed();
    let told = recalled(&bob, 1);
    assert_eq!(
        (told[0].message_id, conversation(&bob, "alice", ConversationType::Peer).0),
        (wrong.message_id, 0)
    );
    assert_eq!(world.apns_double().requests().len(), 1, "the message itself was never pushed");
}

#[test]
fn who_was_away_comes_back_to_what_is_left() {
    let world = World::with(Settings { multi_device: "multi", ..Settings::default() });
    let mut bob = world.offline("bob", Kind::Iphone);
    let alice = world.online("alice");
    let first = alice.send(text("first"), "bob", None);
    let last = alice.send(text("last"), "bob", None);
    revoke(&alice, &first);
    revoke(&alice, &last);
    bob.power_on();
    let told = recalled(&bob, 2);
    let ids: Vec<i64> = told.iter().map(|message| message.message_id).collect();
    assert_eq!(ids, [first.message_id, last.message_id]);
    // A device that was never here starts from the conversation as it is now.
    let mut fresh = world.phone("bob-tablet", Kind::Desktop);
    fresh.login("bob");
    for phone in [&bob, &fresh] {
        let (unread, shown) = until("the end of the backlog", || {
            let found = conversation(phone, "alice", ConversationType::Peer);
            (found.0 == 0).then_some(found)
        });
        assert_eq!((unread, revocation(&shown).original_text_message_content.as_str()), (0, "last"));
        let page = history(phone, "alice", ConversationType::Peer, MessageQueryMode::General);
        assert!(page.len() == 2 && page.iter().all(|message| message.is_revoked()), "{}", phone.name());
    }
    assert!(all_recalled(&fresh.events.all()).is_empty());
}

#[test]
fn too_late_and_what_cannot_be_recalled_are_refused() {
    let never = Settings { more_limits: "revoke_window_s = 0".into(), ..Settings::default() };
    let world = World::with(never);
    let (alice, bob) = (world.online("alice"), world.online("bob"));
    let sent = alice.send(text("for ever"), "bob", None);
    assert_eq!(bob.events.texts(1), ["for ever"]);
    assert_eq!(code(&alice, &sent), 6_000_278);
    let command = alice.send(Message::command(&b"go"[..]), "bob", None);
    for object in [
        &*command,
        &Message { message_id: 0, message_seq: 0, ..Message::clone(&sent) },
        &Message { is_broadcast_message: true, ..Message::clone(&sent) },
        &Message { is_user_inserted: true, ..Message::clone(&sent) },
    ] {
        let error = try_revoke(&alice, object, None).expect_err("refused");
        assert_eq!((error.code.code(), error.parameter.as_deref()), (6_000_001, Some("message")));
    }
    assert_eq!(
        history(&bob, "alice", ConversationType::Peer, MessageQueryMode::PreferServer),
        bob.events.messages(1)[..1]
    );
}
