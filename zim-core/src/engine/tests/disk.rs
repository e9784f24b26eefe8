//! A local store in memory that can refuse writes and forgets what was not committed.

use crate::model::Message;
use crate::store::{Batch, ConversationKey, ConversationRow, Opened, OutboxRow, Write};
use bytes::Bytes;
use std::collections::BTreeMap;
use std::sync::Arc;
use zim_proto::v1;

#[derive(Debug, Default)]
pub(super) struct Disk {
    pub(super) epoch: u64,
    pub(super) cursor: u64,
    pub(super) delivered: u64,
    pub(super) conversations: BTreeMap<ConversationKey, ConversationRow>,
    pub(super) messages: BTreeMap<ConversationKey, BTreeMap<i64, Arc<Message>>>,
    pub(super) outbox: BTreeMap<i64, OutboxRow>,
    pub(super) undelivered: BTreeMap<u64, (u32, Bytes)>,
    pub(super) calls: BTreeMap<String, v1::Call>,
    pub(super) values: BTreeMap<&'static str, Bytes>,
    pub(super) commits: u64,
}

fn key_of(message: &Message) -> ConversationKey {
    ConversationKey {
        conversation_type: message.conversation_type.value(),
        conversation_id: message.conversation_id.clone(),
    }
}

impl Disk {
    pub(super) fn apply(&mut self, batch: Batch) {
        self.commits += 1;
        for write in batch {
            self.apply_one(write);
        }
    }

    fn apply_one(&mut self, write: Write) {
        match write {
            Write::PutMessage(message) => {
                self.messages.entry(key_of(&message)).or_default().insert(message.order_key, message);
            }
            Write::AddMessage(_) => panic!("the engine adds nothing behind its own back"),
            Write::MoveMessage { old_order_key, message } => {
                let rows = self.messages.entry(key_of(&message)).or_default();
                let old = rows.remove(&old_order_key);
                assert!(
                    old.is_none_or(|old| old.local_message_id == message.local_message_id),
                    "a move took another message away"
                );
                rows.insert(message.order_key, message);
            }
            Write::PutConversation(row) => {
                self.conversations.insert(row.key.clone(), Arc::unwrap_or_clone(row));
            }
            Write::PutOutbox(row) => {
                self.outbox.insert(row.local_message_id, Arc::unwrap_or_clone(row));
            }
            Write::RemoveOutbox(id) => {
                self.outbox.remove(&id);
            }
            Write::PutUndelivered { first_seq, count, run } => {
                self.undelivered.insert(first_seq, (count, run));
            }
            Write::Delivered(seq) => {
                self.delivered = self.delivered.max(seq);
                self.undelivered.retain(|first, (count, _)| first + u64::from(*count) - 1 > seq);
            }
            Write::SetCursor { epoch, cursor } => {
                assert!(epoch != self.epoch || cursor >= self.cursor, "the stored cursor went back");
                self.epoch = epoch;
                self.cursor = cursor;
            }
            Write::PutCall(call) => {
                self.calls.insert(call.call_id.clone(), *call);
            }
            Write::RemoveCall(id) => {
                self.calls.remove(&id);
            }
            Write::PutValue(name, value) => {
                self.values.insert(name, value);
            }
        }
    }

    pub(super) fn load(&self) -> Opened {
        let message_of = |row: &OutboxRow| {
            self.messages
                .values()
                .flat_map(BTreeMap::values)
                .find(|message| message.local_message_id == row.local_message_id)
                .cloned()
                .expect("an outbox row has its message")
        };
        let outbox: Vec<OutboxRow> = self.outbox.values().cloned().collect();
        Opened {
            epoch: self.epoch,
            cursor: self.cursor,
            conversations: self.conversations.values().cloned().collect(),
            outbox_messages: outbox.iter().map(message_of).collect(),
            outbox,
            undelivered: self
                .undelivered
                .iter()
                .map(|(first, (count, run))| (*first, *count, run.clone()))
                .collect(),
            calls: self.calls.values().cloned().collect(),
            values: self.values.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect(),
        }
    }

    /// Every stored message of one conversation in order.
    pub(super) fn history(&self, conversation_id: &str) -> Vec<Arc<Message>> {
        self.messages
            .iter()
            .filter(|(key, _)| key.conversation_id == conversation_id)
            .flat_map(|(_, rows)| rows.values().cloned())
            .collect()
    }
}
