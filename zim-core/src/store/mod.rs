//! Local storage: what the engine writes, what queries read, and the contract every backend passes.

pub(crate) mod backend;
mod common;
#[cfg(test)]
mod contract;
#[cfg(feature = "sqlite")]
mod device;
pub(crate) mod lease;
pub(crate) mod memory;
#[cfg(feature = "sqlite")]
mod sqlite;

pub use memory::MemoryStores;

use crate::model::Message;
use bytes::Bytes;
use std::sync::Arc;
use zim_proto::v1;

/// A conversation as the local store names it: type (`ZIMConversationType`: 0 peer, 2 group) and id.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ConversationKey {
    /// `ZIMConversationType` number.
    pub conversation_type: i32,
    /// Peer: the other user's id. Group: the group id.
    pub conversation_id: String,
}

/// One row of the conversation list. The engine owns the list in memory; the store keeps it across starts.
#[derive(Debug, Clone, PartialEq)]
pub struct ConversationRow {
    /// Which conversation.
    pub key: ConversationKey,
    /// Name shown to the user.
    pub name: String,
    /// Avatar shown to the user.
    pub avatar_url: String,
    /// Unread count as shown.
    pub unread: u32,
    /// Sort key, larger is newer.
    pub order_key: i64,
    /// Last message.
    pub last_message: Option<Arc<Message>>,
    /// Highest message sequence known locally.
    pub head_seq: u64,
    /// Everything up to here counts as read.
    pub read_seq: u64,
    /// A read marker the server has not confirmed yet (cleared while offline), 0 = none.
    pub unsynced_read_seq: u64,
    /// `ZIMConversationNotificationStatus`: 1 notify, 2 do not disturb.
    pub notification_status: i32,
    /// Left, kicked out or dismissed.
    pub is_disabled: bool,
}

/// A message that waits for the server.
#[derive(Debug, Clone, PartialEq)]
pub struct OutboxRow {
    /// Identity of the send, reused on every retry.
    pub local_message_id: i64,
    /// The `SendMessage` request as it goes out, encoded once: retries and stores take the bytes as they are.
    pub request: Bytes,
    /// When the host called, UTC milliseconds.
    pub created_at: i64,
}

/// One local write. A [`Batch`] of them is atomic.
#[derive(Debug, Clone)]
pub enum Write {
    /// Insert a message, or replace the one with the same (conversation, order key).
    PutMessage(Arc<Message>),
    /// Insert a message unless its place is taken: a copy from the history, behind which the place may have changed.
    AddMessage(Arc<Message>),
    /// The message with this `local_message_id` moved: remove it at its old order key, insert it at the new one.
    MoveMessage {
        /// Order key it was stored under.
        old_order_key: i64,
        /// The message with its final ids and order key.
        message: Arc<Message>,
    },
    /// Insert or replace a conversation.
    PutConversation(Arc<ConversationRow>),
    /// Insert or replace an outbox row.
    PutOutbox(Arc<OutboxRow>),
    /// Remove an outbox row.
    RemoveOutbox(i64),
    /// Events stored but not yet handed to the host's handler: the raw batch, replayed after a crash.
    PutUndelivered {
        /// Inbox sequence of the first event.
        first_seq: u64,
        /// Number of events.
        count: u32,
        /// As received (`zim_proto::batch`), without the frame head.
        run: Bytes,
    },
    /// The host has handled everything up to here.
    Delivered(u64),
    /// The inbox is stored up to `cursor`.
    SetCursor {
        /// Inbox epoch of the server.
        epoch: u64,
        /// Last stored sequence.
        cursor: u64,
    },
    /// A call the host knows and that still runs.
    PutCall(Box<v1::Call>),
    /// The call is over.
    RemoveCall(String),
    /// A small named value (`user_name`, `push_rule`, …).
    PutValue(&'static str, Bytes),
}

/// Writes that succeed or fail together.
pub type Batch = Vec<Write>;

/// What the engine loads when a user's store opens.
#[derive(Debug, Clone, Default)]
pub struct Opened {
    /// Inbox epoch of the cursor, 0 = never connected.
    pub epoch: u64,
    /// Last stored inbox sequence.
    pub cursor: u64,
    /// Whole conversation list.
    pub conversations: Vec<ConversationRow>,
    /// Messages that wait for the server, oldest first.
    pub outbox: Vec<OutboxRow>,
    /// The stored message of each outbox row, same order.
    pub outbox_messages: Vec<Arc<Message>>,
    /// Raw batches that are stored but were not delivered, oldest first: (first_seq, count, run).
    pub undelivered: Vec<(u64, u32, Bytes)>,
    /// Calls the host knows.
    pub calls: Vec<v1::Call>,
    /// Named values.
    pub values: Vec<(String, Bytes)>,
}

/// Why storage failed. Becomes 6000701 (open), 6000702 (modify), 6000704 (select) or 6000710 (not open) at the API.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The file could not be opened, or another process holds it.
    #[error("cannot open the local store: {0}")]
    Open(String),
    /// A write failed; nothing of the batch was stored.
    #[error("cannot write the local store: {0}")]
    Write(String),
    /// A read failed.
    #[error("cannot read the local store: {0}")]
    Read(String),
    /// No store is open.
    #[error("the local store is not open")]
    NotOpen,
}

/// A backend. `Send + Sync`: reads come from any thread, writes from one.
pub trait Store: Send + Sync {
    /// Loads what the engine keeps in memory.
    fn load(&self) -> Result<Opened, StoreError>;
    /// Whether writes return at once: then no thread of its own needs to wait for them.
    fn is_immediate(&self) -> bool {
        false
    }
    /// Applies the batches in order, each atomically, all with one commit; the outer error means none was stored.
    fn write(&self, batches: &[Batch]) -> Result<(), StoreError>;
    /// Messages of a conversation with `order_key` < `before` (`None` = newest), newest first, at most `count`.
    fn messages_before(
        &self,
        key: &ConversationKey,
        before: Option<i64>,
        count: usize,
    ) -> Result<Vec<Arc<Message>>, StoreError>;
    /// Messages with `order_key` > `after`, oldest first, at most `count`.
    fn messages_after(
        &self,
        key: &ConversationKey,
        after: i64,
        count: usize,
    ) -> Result<Vec<Arc<Message>>, StoreError>;
}
