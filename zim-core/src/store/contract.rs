//! What every backend must do, run against each of them.

use super::{ConversationKey, ConversationRow, OutboxRow, Store, StoreError, Write};
use crate::model::{
    ConversationType, Message, MessageBody, MessageDirection, MessageReceiptStatus, MessageRevokeStatus,
    MessageSentStatus, MessageType, Revocation, RevokeType,
};
use bytes::Bytes;
use prost::Message as _;
use std::sync::Arc;
use zim_proto::v1;

/// One place where a store lives; dropping a store and opening again is a restart without a close.
pub(super) trait Backend {
    /// The backend's store.
    type Store: Store;
    /// Opens the store; fails while another one of the same place is open.
    fn open(&self) -> Result<Self::Store, StoreError>;
}

/// Runs the whole suite, each part on an empty place.
pub(super) fn run<B: Backend>(make: impl Fn() -> B) {
    a_new_store_is_empty(&make());
    every_field_comes_back(&make());
    messages_page_both_ways(&make());
    a_message_moves(&make());
    an_added_message_replaces_nothing(&make());
    the_last_write_of_a_row_counts(&make());
    the_outbox_keeps_its_order(&make());
    undelivered_events_are_cut_where_the_host_was(&make());
    a_new_epoch_forgets_the_old_run(&make());
    a_kill_between_batches_keeps_whole_batches(&make());
    a_second_owner_is_refused(&make());
    conversations_of_one_name_are_apart(&make());
}

fn key(id: &str) -> ConversationKey {
    ConversationKey { conversation_type: ConversationType::Peer.value(), conversation_id: id.into() }
}

fn message(conversation: &str, order_key: i64) -> Arc<Message> {
    Arc::new(Message {
        conversation_id: conversation.into(),
        conversation_type: ConversationType::Peer,
        order_key,
        message_seq: order_key,
        ..Message::text(format!("message {order_key}"))
    })
}

fn full_message() -> Message {
    Message {
        r#type: MessageType::Custom,
        message_id: 1 << 52,
        local_message_id: 77,
        message_seq: 9,
        sender_user_id: "bob".into(),
        conversation_id: "bob".into(),
        conversation_type: ConversationType::Peer,
        direction: MessageDirection::Receive,
        sent_status: MessageSentStatus::Success,
        timestamp: u64::MAX,
        order_key: -5,
        is_user_inserted: true,
        receipt_status: MessageReceiptStatus::Processing,
        extended_data: "e".into(),
        local_extended_data: "l".into(),
        is_broadcast_message: true,
        mentioned_user_ids: vec!["a".into(), "b".into()],
        is_mention_all: true,
        is_server_message: true,
        disable_unread_message_count: true,
        body: MessageBody::Custom { message: "ö\0".into(), searched_content: "s".into(), sub_type: 200 },
    }
}

fn revocation() -> Revocation {
    Revocation {
        revoke_type: RevokeType::TwoWay,
        revoke_timestamp: u64::MAX,
        operated_user_id: "carol".into(),
        original_message_type: MessageType::Text,
        original_text_message_content: "ö".into(),
        revoke_extended_data: "r".into(),
        revoke_status: MessageRevokeStatus::GroupOwnerRevoke,
    }
}

fn conversation(id: &str) -> ConversationRow {
    ConversationRow {
        key: key(id),
        name: "Bob".into(),
        avatar_url: "https://example.com/bob".into(),
        unread: 3,
        order_key: 99,
        last_message: Some(Arc::new(full_message())),
        head_seq: u64::MAX >> 1,
        read_seq: 5,
        unsynced_read_seq: 6,
        notification_status: 2,
        is_disabled: true,
    }
}

fn outbox(id: i64, created_at: i64) -> OutboxRow {
    let message = v1::Message {
        conversation_id: "bob".into(),
        local_message_id: id.cast_unsigned(),
        ..v1::Message::default()
    };
    let request = v1::SendMessage { message: Some(message), ..v1::SendMessage::default() };
    OutboxRow { local_message_id: id, request: request.encode_to_vec().into(), created_at }
}

fn run_of(count: u32) -> Bytes {
    let mut run = Vec::new();
    for number in 0..count {
        zim_proto::batch::append(&mut run, &v1::Event { time: i64::from(number), kind: None });
    }
    Bytes::from(run)
}

fn order_keys(messages: &[Arc<Message>]) -> Vec<i64> {
    messages.iter().map(|message| message.order_key).collect()
}

fn a_new_store_is_empty(backend: &impl Backend) {
    let store = backend.open().unwrap();
    let opened = store.load().unwrap();
    assert_eq!((opened.epoch, opened.cursor), (0, 0));
    assert!(opened.conversations.is_empty() && opened.outbox.is_empty() && opened.undelivered.is_empty());
    assert!(opened.calls.is_empty() && opened.values.is_empty());
    assert!(store.messages_before(&key("bob"), None, 10).unwrap().is_empty());
    store.write(&[]).unwrap();
}

fn every_field_comes_back(backend: &impl Backend) {
    let call = v1::Call { call_id: "7".into(), timeout_s: 90, ..v1::Call::default() };
    let bodies = [
        MessageBody::Text(String::new()),
        MessageBody::Command(Bytes::from_static(&[0, 255])),
        MessageBody::Other(Bytes::new()),
        MessageBody::Revoked(Box::default()),
        MessageBody::Revoked(Box::new(revocation())),
        full_message().body,
    ];
    let messages: Vec<Arc<Message>> = (0_i64..)
        .zip(bodies)
        .map(|(order_key, body)| Arc::new(Message { order_key, body, ..full_message() }))
        .collect();
    {
        let store = backend.open().unwrap();
        let mut batch: Vec<Write> = messages.iter().cloned().map(Write::PutMessage).collect();
        batch.extend([
            Write::PutConversation(Arc::new(conversation("bob"))),
            Write::SetCursor { epoch: u64::MAX, cursor: 12 },
            Write::PutCall(Box::new(call.clone())),
            Write::PutValue("user_name", Bytes::from_static(b"Alice")),
        ]);
        store.write(&[batch]).unwrap();
    }
    let store = backend.open().unwrap();
    let opened = store.load().unwrap();
    assert_eq!((opened.epoch, opened.cursor), (u64::MAX, 12));
    assert_eq!(opened.conversations, vec![conversation("bob")]);
    assert_eq!(opened.calls, vec![call]);
    assert_eq!(opened.values, vec![("user_name".to_owned(), Bytes::from_static(b"Alice"))]);
    assert_eq!(store.messages_after(&key("bob"), i64::MIN, 10).unwrap(), messages);
    store.write(&[vec![Write::RemoveCall("7".into())]]).unwrap();
    assert!(store.load().unwrap().calls.is_empty());
}

fn messages_page_both_ways(backend: &impl Backend) {
    let store = backend.open().unwrap();
    let batch = (1..=10).map(|n| Write::PutMessage(message("bob", n * 10))).collect();
    store.write(&[batch]).unwrap();
    let before = |before, count| order_keys(&store.messages_before(&key("bob"), before, count).unwrap());
    let after = |after, count| order_keys(&store.messages_after(&key("bob"), after, count).unwrap());
    assert_eq!(before(None, 3), [100, 90, 80]);
    assert_eq!(before(Some(80), 2), [70, 60]);
    assert_eq!(before(Some(10), 2), [] as [i64; 0]);
    assert_eq!(before(Some(i64::MIN), 2), [] as [i64; 0]);
    assert_eq!(after(80, 5), [90, 100]);
    assert_eq!(after(i64::MIN, 2), [10, 20]);
    assert_eq!(after(i64::MAX, 2), [] as [i64; 0]);
    assert_eq!(before(None, 0), [] as [i64; 0]);
}

fn a_message_moves(backend: &impl Backend) {
    let store = backend.open().unwrap();
    let pending = Message { local_message_id: 4, ..(*message("bob", 900)).clone() };
    let sent = Arc::new(Message { order_key: 30, message_id: 8, ..pending.clone() });
    store
        .write(&[vec![Write::PutMessage(Arc::new(pending)), Write::PutMessage(message("bob", 20))]])
        .unwrap();
    store.write(&[vec![Write::MoveMessage { old_order_key: 900, message: sent.clone() }]]).unwrap();
    let all = store.messages_before(&key("bob"), None, 10).unwrap();
    assert_eq!(order_keys(&all), [30, 20]);
    assert_eq!(all[0], sent);
}

fn an_added_message_replaces_nothing(backend: &impl Backend) {
    let store = backend.open().unwrap();
    let there = Arc::new(Message {
        r#type: MessageType::Revoke,
        body: MessageBody::Revoked(Box::new(revocation())),
        ..(*message("bob", 1)).clone()
    });
    let late = [message("bob", 1), message("bob", 2)];
    let batch = [Write::PutMessage(there.clone())].into_iter().chain(late.clone().map(Write::AddMessage));
    store.write(&[batch.collect()]).unwrap();
    let [_, added] = late;
    assert_eq!(store.messages_after(&key("bob"), 0, 9).unwrap(), [there, added]);
}

fn the_last_write_of_a_row_counts(backend: &impl Backend) {
    let store = backend.open().unwrap();
    let changed = Arc::new(Message { extended_data: "new".into(), ..(*message("bob", 1)).clone() });
    store
        .write(&[
            vec![Write::PutMessage(message("bob", 1)), Write::PutValue("a", Bytes::from_static(b"1"))],
            vec![Write::PutMessage(changed.clone()), Write::PutValue("a", Bytes::from_static(b"2"))],
        ])
        .unwrap();
    assert_eq!(store.messages_before(&key("bob"), None, 10).unwrap(), vec![changed]);
    assert_eq!(store.load().unwrap().values, vec![("a".to_owned(), Bytes::from_static(b"2"))]);
}

fn the_outbox_keeps_its_order(backend: &impl Backend) {
    let local = |id: i64| {
        Write::PutMessage(Arc::new(Message { local_message_id: id, ..(*message("bob", 1000 + id)).clone() }))
    };
    {
        let store = backend.open().unwrap();
        let rows = [(9, 1), (3, 2), (5, 2)].map(|(id, at)| Write::PutOutbox(Arc::new(outbox(id, at))));
        let messages = [9, 3, 5].map(local);
        store.write(&[rows.into_iter().chain(messages).collect()]).unwrap();
        store.write(&[vec![Write::RemoveOutbox(3)]]).unwrap();
    }
    let opened = backend.open().unwrap().load().unwrap();
    assert_eq!(opened.outbox, vec![outbox(9, 1), outbox(5, 2)]);
    let locals: Vec<i64> = opened.outbox_messages.iter().map(|message| message.local_message_id).collect();
    assert_eq!(locals, [9, 5]);
}

fn undelivered_events_are_cut_where_the_host_was(backend: &impl Backend) {
    let put = |first_seq, count| Write::PutUndelivered { first_seq, count, run: run_of(count) };
    let undelivered = |backend: &dyn Fn() -> super::Opened| {
        let opened = backend();
        let heads: Vec<(u64, u32)> =
            opened.undelivered.iter().map(|(first, count, _)| (*first, *count)).collect();
        let events: Vec<i64> = opened
            .undelivered
            .iter()
            .flat_map(|(_, _, run)| zim_proto::batch::decode(run).unwrap())
            .map(|event| event.time)
            .collect();
        (heads, events)
    };
    let load = || backend.open().unwrap().load().unwrap();
    backend.open().unwrap().write(&[vec![put(10, 3), put(13, 2)]]).unwrap();
    assert_eq!(undelivered(&load), (vec![(10, 3), (13, 2)], vec![0, 1, 2, 0, 1]));
    backend.open().unwrap().write(&[vec![Write::Delivered(11)]]).unwrap();
    assert_eq!(undelivered(&load), (vec![(12, 1), (13, 2)], vec![2, 0, 1]));
    backend.open().unwrap().write(&[vec![Write::Delivered(14)]]).unwrap();
    assert_eq!(undelivered(&load), (vec![], vec![]));
}

fn a_new_epoch_forgets_the_old_run(backend: &impl Backend) {
    let store = backend.open().unwrap();
    let put = |first_seq| Write::PutUndelivered { first_seq, count: 1, run: run_of(1) };
    store
        .write(&[vec![Write::SetCursor { epoch: 1, cursor: 500 }, put(500), Write::Delivered(499)]])
        .unwrap();
    store.write(&[vec![Write::SetCursor { epoch: 2, cursor: 3 }, put(3)]]).unwrap();
    let opened = store.load().unwrap();
    assert_eq!((opened.epoch, opened.cursor), (2, 3));
    assert_eq!(opened.undelivered.iter().map(|(first, ..)| *first).collect::<Vec<_>>(), [3]);
}

/// A process that dies leaves what was committed: batches whole and in order, and the cursor never ahead of its rows.
fn a_kill_between_batches_keeps_whole_batches(backend: &impl Backend) {
    for round in 1..=5_i64 {
        let store = backend.open().unwrap();
        let cursor = store.load().unwrap().cursor;
        let stored = store.messages_before(&key("bob"), None, 1000).unwrap();
        assert_eq!(u64::try_from(stored.len()).unwrap(), cursor, "round {round}");
        let batches: Vec<_> = (1..=3)
            .map(|batch| {
                let number = (round - 1) * 3 + batch;
                vec![
                    Write::PutMessage(message("bob", number)),
                    Write::SetCursor { epoch: 1, cursor: number.cast_unsigned() },
                ]
            })
            .collect();
        store.write(&batches).unwrap();
        // Dropped without a close.
    }
    assert_eq!(backend.open().unwrap().load().unwrap().cursor, 15);
}

fn a_second_owner_is_refused(backend: &impl Backend) {
    let first = backend.open().unwrap();
    assert!(matches!(backend.open().err(), Some(StoreError::Open(_))));
    drop(first);
    backend.open().unwrap();
}

fn conversations_of_one_name_are_apart(backend: &impl Backend) {
    let store = backend.open().unwrap();
    let group = Message { conversation_type: ConversationType::Group, ..(*message("bob", 1)).clone() };
    store.write(&[vec![Write::PutMessage(message("bob", 1)), Write::PutMessage(Arc::new(group))]]).unwrap();
    let group_key = ConversationKey { conversation_type: 2, conversation_id: "bob".into() };
    for key in [key("bob"), group_key] {
        let found = store.messages_before(&key, None, 10).unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].conversation_type.value(), key.conversation_type);
    }
    assert!(store.load().unwrap().conversations.is_empty(), "messages alone do not list a conversation");
}
