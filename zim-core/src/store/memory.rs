//! The memory backend: nothing outlives the process, everything else is as with SQLite.

use super::common::{cut_delivered, outbox_conversation};
use super::lease::{Ending, Lease, Leases};
use super::{Batch, ConversationKey, ConversationRow, Opened, OutboxRow, Store, StoreError, Write};
use crate::model::Message;
use bytes::Bytes;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use zim_proto::v1;

/// Memory stores that outlive their clients: a new client with the same app and user continues where one ended.
#[derive(Default)]
pub struct MemoryStores {
    stores: Mutex<HashMap<(u32, String), Shared>>,
    device_id: Mutex<Option<String>>,
    leases: Arc<Leases>,
}

impl std::fmt::Debug for MemoryStores {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MemoryStores").finish_non_exhaustive()
    }
}

impl MemoryStores {
    /// An empty registry: one simulated device.
    #[must_use]
    pub fn new() -> Arc<Self> {
        Arc::default()
    }

    /// The id of this device, made by `make` at the first use.
    pub(crate) fn device_id(
        &self,
        make: impl FnOnce() -> Result<String, StoreError>,
    ) -> Result<String, StoreError> {
        let mut device_id = lock(&self.device_id);
        if device_id.is_none() {
            *device_id = Some(make()?);
        }
        Ok(device_id.clone().unwrap_or_default())
    }

    /// The store of one user, alone for the caller until it is dropped.
    pub(crate) fn open(
        &self,
        app_id: u32,
        user_id: &str,
        ending: &Ending,
    ) -> Result<MemoryStore, StoreError> {
        let lease = self.leases.acquire(&format!("{app_id}/{user_id}"), ending)?;
        let data = lock(&self.stores).entry((app_id, user_id.to_owned())).or_default().clone();
        Ok(MemoryStore { data, _lease: lease })
    }
}

type Shared = Arc<Mutex<Data>>;

/// One user's store.
pub(crate) struct MemoryStore {
    data: Shared,
    _lease: Lease,
}

#[derive(Default)]
struct Data {
    epoch: u64,
    cursor: u64,
    delivered: u64,
    conversations: BTreeMap<ConversationKey, ConversationRow>,
    messages: HashMap<ConversationKey, BTreeMap<i64, Arc<Message>>>,
    outbox: BTreeMap<(i64, i64), OutboxRow>,
    undelivered: BTreeMap<u64, (u32, Bytes)>,
    calls: BTreeMap<String, v1::Call>,
    values: BTreeMap<&'static str, Bytes>,
}

impl Data {
    fn apply(&mut self, write: &Write) {
        match write {
            Write::PutMessage(message) => self.put_message(message),
            Write::MoveMessage { old_order_key, message } => {
                if let Some(messages) = self.messages.get_mut(&key_of(message)) {
                    messages.remove(old_order_key);
                }
                self.put_message(message);
            }
            Write::PutConversation(row) => {
                self.conversations.insert(row.key.clone(), row.as_ref().clone());
            }
            Write::PutOutbox(row) => {
                self.outbox.retain(|_, other| other.local_message_id != row.local_message_id);
                self.outbox.insert((row.created_at, row.local_message_id), row.as_ref().clone());
            }
            Write::RemoveOutbox(id) => self.outbox.retain(|_, row| row.local_message_id != *id),
            Write::PutUndelivered { first_seq, count, run } => {
                self.undelivered.insert(*first_seq, (*count, run.clone()));
            }
            Write::Delivered(seq) => {
                self.delivered = *seq;
                self.undelivered.retain(|first, (count, _)| first + u64::from(*count) > seq + 1);
            }
            Write::SetCursor { epoch, cursor } => {
                if self.epoch != *epoch {
                    self.delivered = 0;
                    self.undelivered.clear();
                }
                (self.epoch, self.cursor) = (*epoch, *cursor);
            }
            Write::PutCall(call) => {
                self.calls.insert(call.call_id.clone(), call.as_ref().clone());
            }
            Write::RemoveCall(id) => {
                self.calls.remove(id);
            }
            Write::PutValue(name, value) => {
                self.values.insert(name, value.clone());
            }
        }
    }

    fn put_message(&mut self, message: &Arc<Message>) {
        self.messages.entry(key_of(message)).or_default().insert(message.order_key, message.clone());
    }

    fn pending(&self, row: &OutboxRow) -> Option<Arc<Message>> {
        let messages = self.messages.get(&outbox_conversation(row))?;
        messages.values().rev().find(|message| message.local_message_id == row.local_message_id).cloned()
    }
}

impl Store for MemoryStore {
    fn load(&self) -> Result<Opened, StoreError> {
        let data = lock(&self.data);
        let pending = data.outbox.values().filter_map(|row| Some((row.clone(), data.pending(row)?)));
        let (outbox, outbox_messages) = pending.unzip();
        Ok(Opened {
            epoch: data.epoch,
            cursor: data.cursor,
            conversations: data.conversations.values().cloned().collect(),
            outbox,
            outbox_messages,
            undelivered: data
                .undelivered
                .iter()
                .filter_map(|(first, (count, run))| {
                    cut_delivered(*first, *count, run.clone(), data.delivered)
                })
                .collect(),
            calls: data.calls.values().cloned().collect(),
            values: data.values.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect(),
        })
    }

    fn write(&self, batches: &[Batch]) -> Result<(), StoreError> {
        let mut data = lock(&self.data);
        for write in batches.iter().flatten() {
            data.apply(write);
        }
        Ok(())
    }

    fn messages_before(
        &self,
        key: &ConversationKey,
        before: Option<i64>,
        count: usize,
    ) -> Result<Vec<Arc<Message>>, StoreError> {
        let data = lock(&self.data);
        let Some(messages) = data.messages.get(key) else { return Ok(Vec::new()) };
        Ok(match before {
            Some(before) => messages.range(..before).rev().take(count).map(|(_, m)| m.clone()).collect(),
            None => messages.values().rev().take(count).cloned().collect(),
        })
    }

    fn messages_after(
        &self,
        key: &ConversationKey,
        after: i64,
        count: usize,
    ) -> Result<Vec<Arc<Message>>, StoreError> {
        let Some(first) = after.checked_add(1) else { return Ok(Vec::new()) };
        let data = lock(&self.data);
        let Some(messages) = data.messages.get(key) else { return Ok(Vec::new()) };
        Ok(messages.range(first..).take(count).map(|(_, message)| message.clone()).collect())
    }
}

fn key_of(message: &Message) -> ConversationKey {
    ConversationKey {
        conversation_type: message.conversation_type.value(),
        conversation_id: message.conversation_id.clone(),
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::contract::{self, Backend};

    struct Memory(Arc<MemoryStores>);

    impl Backend for Memory {
        type Store = MemoryStore;

        fn open(&self) -> Result<MemoryStore, StoreError> {
            self.0.open(1, "alice", &Ending::default())
        }
    }

    #[test]
    fn contract() {
        contract::run(|| Memory(MemoryStores::new()));
    }

    #[test]
    fn the_device_keeps_its_id() {
        let stores = MemoryStores::new();
        let first = stores.device_id(|| Ok("a".into())).unwrap();
        assert_eq!(first, stores.device_id(|| Ok("b".into())).unwrap());
    }

    #[test]
    fn users_are_apart() {
        let stores = MemoryStores::new();
        let alice = stores.open(1, "alice", &Ending::default()).unwrap();
        alice.write(&[vec![Write::SetCursor { epoch: 1, cursor: 9 }]]).unwrap();
        for (app, user) in [(1, "bob"), (2, "alice")] {
            assert_eq!(stores.open(app, user, &Ending::default()).unwrap().load().unwrap().cursor, 0);
        }
    }
}
