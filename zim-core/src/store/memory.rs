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
    conversations: BTreeMap<ConversationKey, Arc<ConversationRow>>,
    /// By type and id of the conversation, then by order key.
    messages: HashMap<i32, HashMap<String, BTreeMap<i64, Arc<Message>>>>,
    /// By local message id.
    outbox: BTreeMap<i64, Arc<OutboxRow>>,
    undelivered: BTreeMap<u64, (u32, Bytes)>,
    calls: BTreeMap<String, v1::Call>,
    values: BTreeMap<&'static str, Bytes>,
}

impl Data {
    fn apply(&mut self, write: &Write) {
        match write {
            Write::PutMessage(message) => {
                self.messages_of(message).insert(message.order_key, message.clone());
            }
            Write::AddMessage(message) => {
                self.messages_of(message).entry(message.order_key).or_insert_with(|| message.clone());
            }
            Write::MoveMessage { old_order_key, message } => {
                let messages = self.messages_of(message);
                messages.remove(old_order_key);
                messages.insert(message.order_key, message.clone());
            }
            Write::PutConversation(row) => match self.conversations.get_mut(&row.key) {
                Some(known) => *known = row.clone(),
                None => drop(self.conversations.insert(row.key.clone(), row.clone())),
            },
            Write::PutOutbox(row) => {
                self.outbox.insert(row.local_message_id, row.clone());
            }
            Write::RemoveOutbox(id) => {
                self.outbox.remove(id);
            }
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

    /// The messages of a message's conversation. Allocates only for a conversation that is new.
    fn messages_of(&mut self, message: &Message) -> &mut BTreeMap<i64, Arc<Message>> {
        let by_id = self.messages.entry(message.conversation_type.value()).or_default();
        if !by_id.contains_key(&message.conversation_id) {
            by_id.insert(message.conversation_id.clone(), BTreeMap::new());
        }
        by_id.get_mut(&message.conversation_id).expect("it is there, or was just put there")
    }

    fn messages(&self, key: &ConversationKey) -> Option<&BTreeMap<i64, Arc<Message>>> {
        self.messages.get(&key.conversation_type)?.get(&key.conversation_id)
    }

    fn pending(&self, row: &OutboxRow) -> Option<Arc<Message>> {
        let messages = self.messages(&outbox_conversation(row))?;
        messages.values().rev().find(|message| message.local_message_id == row.local_message_id).cloned()
    }
}

impl Store for MemoryStore {
    fn load(&self) -> Result<Opened, StoreError> {
        let data = lock(&self.data);
        let mut rows: Vec<&OutboxRow> = data.outbox.values().map(AsRef::as_ref).collect();
        rows.sort_by_key(|row| (row.created_at, row.local_message_id));
        let pending = rows.into_iter().filter_map(|row| Some((row.clone(), data.pending(row)?)));
        let (outbox, outbox_messages) = pending.unzip();
        Ok(Opened {
            epoch: data.epoch,
            cursor: data.cursor,
            conversations: data.conversations.values().map(|row| row.as_ref().clone()).collect(),
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

    fn is_immediate(&self) -> bool {
        true
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
        let Some(messages) = data.messages(key) else { return Ok(Vec::new()) };
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
        let Some(messages) = data.messages(key) else { return Ok(Vec::new()) };
        Ok(messages.range(first..).take(count).map(|(_, message)| message.clone()).collect())
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
