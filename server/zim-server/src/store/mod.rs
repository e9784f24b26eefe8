//! Durable state of the service, behind one trait.
//!
//! Every change is an *operation*: a closure that runs on the store's single writer thread against [`Tx`]. The writer
//! takes all operations that wait, runs them one after the other in one database transaction, commits once (group
//! commit), and only then answers them and tells the [`CommitObserver`] what happened. An operation therefore sees all
//! earlier ones, its answer means "durable", and nobody is told of anything that could be lost.
//!
//! Rule for operations: check first, write after. An operation that returns `Err` must not have written; if it has, the
//! writer rolls the whole transaction back and runs the other operations of the batch again.

mod cache;
#[cfg(test)]
mod contract;
mod execute;
pub mod memory;
mod owner;
mod rules;
mod runs;
pub mod sqlite;
mod writer;

pub use execute::execute;
pub use memory::MemoryStore;
pub use owner::{CertificateId, CertificateRow, Counts, StrategyRow};
pub use sqlite::SqliteStore;

use bytes::Bytes;
use zim_proto::v1;

/// Interned user: (app, user id). Never reused.
pub type UserKey = i64;
/// Interned group: (app, group id). Never reused, also not after dismissal.
pub type GroupKey = i64;
/// One device session record: (user, device id).
pub type DeviceKey = i64;
/// One push job.
pub type JobId = i64;

/// A stored conversation log. Peer conversations have one log for both sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Conversation {
    /// Two users, smaller key first. Build with [`Conversation::peer`].
    Peer(UserKey, UserKey),
    /// A group.
    Group(GroupKey),
}

impl Conversation {
    /// The log shared by two users.
    #[must_use]
    pub fn peer(one: UserKey, other: UserKey) -> Self {
        Self::Peer(one.min(other), one.max(other))
    }
}

/// A user.
#[derive(Debug, Clone, PartialEq)]
pub struct User {
    /// Key.
    pub key: UserKey,
    /// App the user belongs to.
    pub app_id: u32,
    /// Published id.
    pub user_id: String,
    /// Name, empty = never named.
    pub user_name: String,
    /// Opaque.
    pub avatar_url: String,
    /// Opaque.
    pub extended_data: String,
    /// Custom status text.
    pub custom_status: String,
    /// Offline-push rule, empty lists = none.
    pub push_rule: v1::PushRule,
    /// First login (or registration by the server) in UTC ms.
    pub created_at: i64,
    /// Whether the user ever logged in: no push before that.
    pub has_logged_in: bool,
}

/// One device of a user.
#[derive(Debug, Clone, PartialEq)]
pub struct Device {
    /// Key.
    pub key: DeviceKey,
    /// Owner.
    pub user: UserKey,
    /// 32 hex digits made by the client.
    pub device_id: String,
    /// `ZIMPlatformType`.
    pub platform: i32,
    /// Inbox sequence the device has acknowledged.
    pub cursor: u64,
    /// Last time a session of it ended or began, UTC ms.
    pub last_seen: i64,
    /// When the current login began, UTC ms (a reconnect keeps it): over the device limit the earliest login is kicked.
    pub logged_in_at: i64,
    /// Logged in and not logged out or kicked out.
    pub logged_in: bool,
}

/// A push registration and the user it is bound to.
#[derive(Debug, Clone, PartialEq)]
pub struct Binding {
    /// App.
    pub app_id: u32,
    /// `z1.…`
    pub push_id: String,
    /// As uploaded; `badge` is the stored base (-1 = never reported).
    pub registration: v1::PushRegistration,
    /// Device that registered it.
    pub device_id: String,
    /// `ZIMPlatformType` of that device.
    pub platform: i32,
    /// User it is bound to, `None` = registered only.
    pub user: Option<UserKey>,
    /// When the token was stored, UTC ms.
    pub registered_at: i64,
    /// Answers "suspect" in a row from the vendor.
    pub suspect_count: u32,
}

/// A group.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupRow {
    /// Key.
    pub key: GroupKey,
    /// App.
    pub app_id: u32,
    /// Published data.
    pub group: v1::Group,
    /// Dismissed groups stay, so that their id is not reused.
    pub dismissed: bool,
}

/// A member of a group.
#[derive(Debug, Clone, PartialEq)]
pub struct MemberRow {
    /// Which user.
    pub user: UserKey,
    /// 1 owner, 2 admin, 3 member.
    pub role: u32,
    /// Nickname in the group.
    pub nickname: String,
    /// UTC ms; the earliest member inherits the group.
    pub entered_at: i64,
    /// `ZIMGroupEnterType`.
    pub enter_type: u32,
    /// Head of the conversation when the user entered: earlier messages are not visible.
    pub joined_seq: u64,
}

/// What one user keeps about one conversation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UserConversation {
    /// Everything up to here is read.
    pub read_seq: u64,
    /// 1 notify, 2 do not disturb (0 counts as 1).
    pub notification_status: u32,
}

/// A call with all a restart needs.
#[derive(Debug, Clone, PartialEq)]
pub struct CallRow {
    /// App.
    pub app_id: u32,
    /// Published data; users in order of invitation, the caller first.
    pub call: v1::Call,
    /// Ask for "not yet received" after 5 s.
    pub enable_not_received_check: bool,
    /// Devices and keys of each user, same order as `call.users`.
    pub users: Vec<CallUserRow>,
}

/// Server-side part of a call user.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CallUserRow {
    /// Which user.
    pub user: UserKey,
    /// When the invitation of this user runs out, UTC ms.
    pub deadline: i64,
    /// When the user accepted, 0 = not.
    pub accepted_at: i64,
    /// Device that invited, accepted or joined.
    pub main_device: String,
    /// Inbox sequence of the invitation event (for "received").
    pub invite_seq: u64,
    /// PushIDs that got a push job for the invitation: only they get the cancel push.
    pub pushed: Vec<String>,
}

/// A due time that survives a restart. One row per (kind, key).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Timer {
    /// UTC ms.
    pub at: i64,
    /// What is due.
    pub kind: TimerKind,
    /// Call id.
    pub key: String,
}

/// What a timer is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TimerKind {
    /// Look at a call: time out invitees, end what is over.
    Call,
    /// Mark invitees "not yet received".
    CallNotReceived,
}

/// One durable push job: one event (or badge) for one PushID.
#[derive(Debug, Clone, PartialEq)]
pub struct PushJob {
    /// Set by the store.
    pub id: JobId,
    /// App.
    pub app_id: u32,
    /// Unique per job; travels as `zego.zpns_request_id`.
    pub request_id: String,
    /// Target.
    pub push_id: String,
    /// Receiver.
    pub user: UserKey,
    /// Device the binding belongs to: its acknowledgement withdraws the job.
    pub device_id: String,
    /// Inbox sequence of the event in the receiver's inbox; 0 = nothing to acknowledge (badge, cancel).
    pub event_seq: u64,
    /// Not before, UTC ms.
    pub due_at: i64,
    /// Not after, UTC ms.
    pub expires_at: i64,
    /// Tries so far.
    pub attempts: u32,
    /// What to show, as `zim_push::Intent` in JSON.
    pub intent: String,
}

/// One row of the delivery log: one decision or one answer, in words a developer can act on.
#[derive(Debug, Clone, PartialEq)]
pub struct DeliveryLog {
    /// Set by the store.
    pub id: i64,
    /// UTC ms.
    pub time: i64,
    /// App.
    pub app_id: u32,
    /// Job it belongs to, empty for decisions that made no job.
    pub request_id: String,
    /// Receiver.
    pub user_id: String,
    /// Device channel, empty if none.
    pub push_id: String,
    /// What the push is about: `message:<id>`, `revoke:<id>`, `broadcast:<id>`, `call:<id>`, `badge`, `debug`.
    pub subject: String,
    /// `decision`, `dispatch` or `vendor`.
    pub stage: String,
    /// Stable word, e.g. `queued`, `no_push_config`, `do_not_disturb`, `acknowledged`, `delivered`, `token_invalid`.
    pub outcome: String,
    /// Sentence or vendor answer; never message text or tokens.
    pub detail: String,
    /// `apns`, `fcm`, …; empty where no single one is concerned.
    pub vendor: String,
    /// Request and answer as `zim_push::Exchange` in JSON, empty = none. Without message text or tokens, too.
    pub exchange: String,
}

/// Which rows of the delivery log to list, newest first.
#[derive(Debug, Clone, Default)]
pub struct DeliveryLogQuery {
    /// Only this row.
    pub id: Option<i64>,
    /// Only this user.
    pub user_id: Option<String>,
    /// Only this PushID.
    pub push_id: Option<String>,
    /// Only this job.
    pub request_id: Option<String>,
    /// Only this subject.
    pub subject: Option<String>,
    /// Only this stage.
    pub stage: Option<String>,
    /// Only this outcome.
    pub outcome: Option<String>,
    /// Only this vendor.
    pub vendor: Option<String>,
    /// Not before, UTC ms.
    pub since: Option<i64>,
    /// Before, UTC ms.
    pub until: Option<i64>,
    /// Rows with a smaller id.
    pub before: Option<i64>,
    /// At most this many.
    pub limit: usize,
}

/// What is known of an earlier send with the same client id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentRecord {
    /// First answer.
    pub sent: v1::MessageSent,
    /// Hash of target and content: the same id with another body is refused.
    pub fingerprint: u64,
}

/// What is known of an earlier invitation with the same client id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalledRecord {
    /// The call it started.
    pub call_id: String,
    /// Hash of whom it invited: the same id with other invitees is refused.
    pub fingerprint: u64,
}

/// Why the store could not do it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The database refused: disk full, corrupted, locked by another process.
    #[error("store: {0}")]
    Database(String),
    /// The writer has stopped.
    #[error("store is closed")]
    Closed,
    /// Another process, or another store of this one, owns the folder.
    #[error("store: {0} is in use by another process")]
    InUse(String),
    /// The file was written by a newer release: it is left as it is.
    #[error("store: the file has schema version {found}, this release knows up to {known}")]
    Newer {
        /// Version in the file.
        found: u32,
        /// Newest version this release can open.
        known: u32,
    },
    /// The operation panicked; nothing of it is stored.
    #[error("store: an operation panicked")]
    Panicked,
    /// The operation itself declined; nothing of it is stored. [`execute`] turns it into the caller's own error.
    #[error("store: the operation was declined")]
    Declined,
}

/// Everything an operation may read and write. All of it in one transaction.
///
/// "put" inserts or replaces. Reads see the writes of earlier operations of the same transaction.
pub trait Tx {
    // ---- users and devices
    /// Looks a user up.
    fn user(&mut self, app_id: u32, user_id: &str) -> Result<Option<User>, StoreError>;
    /// Looks a user up by key.
    fn user_by_key(&mut self, key: UserKey) -> Result<Option<User>, StoreError>;
    /// Creates a user (`key` is ignored) and returns it with its key.
    fn create_user(&mut self, user: User) -> Result<User, StoreError>;
    /// Replaces a user's data.
    fn update_user(&mut self, user: &User) -> Result<(), StoreError>;
    /// A user's device.
    fn device(&mut self, user: UserKey, device_id: &str) -> Result<Option<Device>, StoreError>;
    /// All devices of a user.
    fn devices(&mut self, user: UserKey) -> Result<Vec<Device>, StoreError>;
    /// Inserts (`key` 0) or replaces a device, returns its key.
    fn put_device(&mut self, device: &Device) -> Result<DeviceKey, StoreError>;

    // ---- inbox
    /// Epoch of all inboxes of this store: random, made with the store.
    fn inbox_epoch(&mut self) -> Result<u64, StoreError>;
    /// Last sequence of a user's inbox, 0 = empty.
    fn inbox_head(&mut self, user: UserKey) -> Result<u64, StoreError>;
    /// Up to which sequence a user's inbox was trimmed, 0 = it is whole. Who has less cannot go on without a gap.
    fn inbox_trimmed(&mut self, user: UserKey) -> Result<u64, StoreError>;
    /// Appends an event, returns its sequence. `raw` is one event as `zim_proto::batch::append` wrote it.
    fn inbox_append(&mut self, user: UserKey, time: i64, raw: &[u8]) -> Result<u64, StoreError> {
        self.inbox_append_from(user, time, raw, NO_ORIGIN)
    }
    /// The same for an event that a device of the user caused and learns of by the answer to its request: the live stream
    /// of that device need not repeat it (see [`Appended::origin`]).
    fn inbox_append_from(
        &mut self,
        user: UserKey,
        time: i64,
        raw: &[u8],
        origin: Origin,
    ) -> Result<u64, StoreError>;

    // ---- conversations
    /// Last sequence of a conversation.
    fn conversation_head(&mut self, conversation: Conversation) -> Result<u64, StoreError>;
    /// Next message id of the app: positive, below 2^53, growing with time.
    fn next_message_id(&mut self, app_id: u32, now: i64) -> Result<u64, StoreError>;
    /// Appends a message whose `message_seq` is head + 1.
    fn conversation_append(
        &mut self,
        conversation: Conversation,
        message: &v1::Message,
    ) -> Result<(), StoreError>;
    /// Replaces the message with this `message_seq`, which is in the log.
    fn conversation_replace(
        &mut self,
        conversation: Conversation,
        message: &v1::Message,
    ) -> Result<(), StoreError>;
    /// Messages with `after` < seq < `before` (0 = no bound), ascending; the newest `limit`, or the oldest if `ascending`.
    fn history(
        &mut self,
        conversation: Conversation,
        after: u64,
        before: u64,
        limit: usize,
        ascending: bool,
    ) -> Result<Vec<v1::Message>, StoreError>;
    /// What a user keeps about a conversation; `None` = the user does not have it.
    fn user_conversation(
        &mut self,
        user: UserKey,
        conversation: Conversation,
    ) -> Result<Option<UserConversation>, StoreError>;
    /// Stores it; creates the conversation for the user.
    fn put_user_conversation(
        &mut self,
        user: UserKey,
        conversation: Conversation,
        state: &UserConversation,
    ) -> Result<(), StoreError>;
    /// All conversations of a user.
    fn user_conversations(
        &mut self,
        user: UserKey,
    ) -> Result<Vec<(Conversation, UserConversation)>, StoreError>;
    /// Earlier send of this user's device with this client id: each device makes its own ids.
    fn sent(
        &mut self,
        user: UserKey,
        device: Origin,
        client_id: u64,
    ) -> Result<Option<SentRecord>, StoreError>;
    /// Remembers a send.
    fn put_sent(
        &mut self,
        user: UserKey,
        device: Origin,
        client_id: u64,
        record: &SentRecord,
    ) -> Result<(), StoreError>;

    // ---- groups
    /// Looks a group up, dismissed ones included.
    fn group(&mut self, app_id: u32, group_id: &str) -> Result<Option<GroupRow>, StoreError>;
    /// Looks a group up by key.
    fn group_by_key(&mut self, key: GroupKey) -> Result<Option<GroupRow>, StoreError>;
    /// Inserts (`key` 0) or replaces, returns the key.
    fn put_group(&mut self, group: &GroupRow) -> Result<GroupKey, StoreError>;
    /// Members in order of entering.
    fn members(&mut self, group: GroupKey) -> Result<std::sync::Arc<Vec<MemberRow>>, StoreError>;
    /// Inserts or replaces a member.
    fn put_member(&mut self, group: GroupKey, member: &MemberRow) -> Result<(), StoreError>;
    /// Removes a member.
    fn remove_member(&mut self, group: GroupKey, user: UserKey) -> Result<(), StoreError>;

    // ---- calls and timers
    /// A call by id.
    fn call(&mut self, app_id: u32, call_id: &str) -> Result<Option<CallRow>, StoreError>;
    /// Inserts or replaces a call.
    fn put_call(&mut self, call: &CallRow) -> Result<(), StoreError>;
    /// Calls of a user that still run.
    fn active_calls(&mut self, user: UserKey) -> Result<Vec<CallRow>, StoreError>;
    /// Calls of all apps that still run, in no order.
    fn running_calls(&mut self) -> Result<Vec<CallRow>, StoreError>;
    /// Calls of a user, newest first, created before `before` (0 = now).
    fn calls(&mut self, user: UserKey, before: i64, limit: usize) -> Result<Vec<CallRow>, StoreError>;
    /// Earlier invitation of this user's device with this client id.
    fn call_by_client_id(
        &mut self,
        user: UserKey,
        device: Origin,
        client_id: u64,
    ) -> Result<Option<CalledRecord>, StoreError>;
    /// Remembers it.
    fn put_call_client_id(
        &mut self,
        user: UserKey,
        device: Origin,
        client_id: u64,
        record: &CalledRecord,
    ) -> Result<(), StoreError>;
    /// Sets or replaces the timer of (kind, app, key).
    fn set_timer(&mut self, app_id: u32, timer: &Timer) -> Result<(), StoreError>;
    /// Removes a timer.
    fn clear_timer(&mut self, app_id: u32, kind: TimerKind, key: &str) -> Result<(), StoreError>;
    /// Timers due at `now`, earliest first, and removes them.
    fn take_due_timers(&mut self, now: i64, limit: usize) -> Result<Vec<(u32, Timer)>, StoreError>;
    /// When the next timer is due.
    fn next_timer(&mut self) -> Result<Option<i64>, StoreError>;

    // ---- push
    /// A registration by PushID.
    fn binding(&mut self, app_id: u32, push_id: &str) -> Result<Option<Binding>, StoreError>;
    /// Registrations bound to a user.
    fn bindings_of_user(&mut self, user: UserKey) -> Result<Vec<Binding>, StoreError>;
    /// Registrations of an app that are bound to a user, with a PushID after `after`, ascending.
    fn bound(&mut self, app_id: u32, after: &str, limit: usize) -> Result<Vec<Binding>, StoreError>;
    /// Registrations made by a device.
    fn bindings_of_device(&mut self, app_id: u32, device_id: &str) -> Result<Vec<Binding>, StoreError>;
    /// Inserts or replaces a registration.
    fn put_binding(&mut self, binding: &Binding) -> Result<(), StoreError>;
    /// Removes a registration.
    fn remove_binding(&mut self, app_id: u32, push_id: &str) -> Result<(), StoreError>;
    /// Queues a job (`id` 0) and returns its id, or replaces the job with this id. A job that is done or withdrawn is
    /// not brought back.
    fn put_job(&mut self, job: &PushJob) -> Result<JobId, StoreError>;
    /// Jobs due at `now`, earliest first, and makes them not due again before `lease_until`. They are returned as they
    /// were before, so that `due_at` tells how late they are.
    fn claim_jobs(&mut self, now: i64, lease_until: i64, limit: usize) -> Result<Vec<PushJob>, StoreError>;
    /// Makes all jobs due at `now` that were claimed before and are due later: what a process that is gone had claimed.
    /// For the one process that owns the store, at its start. Jobs that wait for another try come early by this.
    fn release_claims(&mut self, now: i64) -> Result<(), StoreError>;
    /// When the next job is due.
    fn next_job(&mut self) -> Result<Option<i64>, StoreError>;
    /// A job by id, `None` = done or withdrawn.
    fn job(&mut self, id: JobId) -> Result<Option<PushJob>, StoreError>;
    /// Jobs of a device's user waiting with 0 < `event_seq` ≤ `acked`.
    fn jobs_acknowledged(
        &mut self,
        user: UserKey,
        device_id: &str,
        acked: u64,
    ) -> Result<Vec<PushJob>, StoreError>;
    /// All waiting jobs whose intent has this `subject_id`.
    fn jobs_about(&mut self, app_id: u32, subject_id: &str) -> Result<Vec<PushJob>, StoreError>;
    /// All waiting jobs for a PushID.
    fn jobs_of_push_id(&mut self, app_id: u32, push_id: &str) -> Result<Vec<PushJob>, StoreError>;
    /// Removes a job.
    fn remove_job(&mut self, id: JobId) -> Result<(), StoreError>;
    /// Appends to the delivery log.
    fn log_delivery(&mut self, row: &DeliveryLog) -> Result<(), StoreError>;
    /// Lists the delivery log.
    fn delivery_log(&mut self, app_id: u32, query: &DeliveryLogQuery)
    -> Result<Vec<DeliveryLog>, StoreError>;

    // ---- what the owner sets up and looks at
    /// All uploaded certificates.
    fn certificates(&mut self) -> Result<Vec<CertificateRow>, StoreError>;
    /// Adds a certificate (`id` is ignored) in the place of the one with the same app and slot; returns its id, a new one.
    fn put_certificate(&mut self, row: &CertificateRow) -> Result<CertificateId, StoreError>;
    /// Removes a certificate; `false` = there was none.
    fn remove_certificate(&mut self, id: CertificateId) -> Result<bool, StoreError>;
    /// All strategies made at run time.
    fn strategies(&mut self) -> Result<Vec<StrategyRow>, StoreError>;
    /// Inserts or replaces a strategy.
    fn put_strategy(&mut self, row: &StrategyRow) -> Result<(), StoreError>;
    /// Removes a strategy; `false` = there was none.
    fn remove_strategy(&mut self, app_id: u32, resources_id: &str) -> Result<bool, StoreError>;
    /// Users of an app whose id begins with `prefix` and comes after `after`, ascending.
    fn users(
        &mut self,
        app_id: u32,
        prefix: &str,
        after: &str,
        limit: usize,
    ) -> Result<Vec<User>, StoreError>;
    /// How many users, registrations and jobs there are.
    fn counts(&mut self) -> Result<Counts, StoreError>;

    // ---- upkeep
    /// Deletes inbox events, finished calls, sent records and log rows older than these times, a bounded number per
    /// call so that other operations do not wait long: repeat while [`TrimReport::more`]. A chunk of events goes when
    /// its last event is old enough.
    fn trim(&mut self, limits: &Retention) -> Result<TrimReport, StoreError>;
}

/// What may be deleted: everything strictly older (UTC ms).
#[derive(Debug, Clone, Copy, Default)]
pub struct Retention {
    /// Inbox events and sent records.
    pub inbox_before: i64,
    /// Delivery log rows.
    pub log_before: i64,
    /// Ended calls.
    pub calls_before: i64,
}

/// How many rows went.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TrimReport {
    /// Inbox chunks.
    pub inbox: u64,
    /// Sent records.
    pub sent: u64,
    /// Log rows.
    pub log: u64,
    /// Calls.
    pub calls: u64,
    /// There is more to delete, or to look at.
    pub more: bool,
}

/// A device as the origin of an event or of a client id: its own id as a number.
pub type Origin = u128;
/// No device, or several.
pub const NO_ORIGIN: Origin = 0;

/// The origin that stands for a device. [`NO_ORIGIN`] for a text that is no device id.
#[must_use]
pub fn origin_of(device_id: &str) -> Origin {
    Origin::from_str_radix(device_id, 16).unwrap_or(NO_ORIGIN)
}

/// Events of one user that a commit made durable, in order and contiguous.
#[derive(Debug, Clone)]
pub struct Appended {
    /// Whose inbox.
    pub user: UserKey,
    /// Sequence of the first one.
    pub first_seq: u64,
    /// How many.
    pub count: u32,
    /// The raw run (`zim_proto::batch`).
    pub run: Bytes,
    /// The device that caused all of them, if one did.
    pub origin: Origin,
}

/// What one commit changed that somebody outside waits for.
#[derive(Debug, Clone, Default)]
pub struct Committed {
    /// New inbox events, one entry per user.
    pub appended: Vec<Appended>,
    /// A job was queued that is due at this time (the earliest).
    pub job_due: Option<i64>,
    /// A timer was set for this time (the earliest).
    pub timer_due: Option<i64>,
}

/// Told after each commit, on the writer thread, before the operations are answered. Must not block.
pub trait CommitObserver: Send + Sync {
    /// One group commit is durable.
    fn committed(&self, committed: Committed);
    /// The answers of one transaction, this many, are about to be given. What an answer wakes can be woken once for all
    /// of them, in [`answered`](Self::answered).
    fn answering(&self, operations: usize) {
        let _ = operations;
    }
    /// They were given.
    fn answered(&self) {}
}

/// An operation: runs on the writer thread, maybe again after a rollback.
pub type Operation = Box<dyn FnMut(&mut dyn Tx) -> Result<(), StoreError> + Send>;

/// A store.
pub trait Store: Send + Sync {
    /// Queues an operation. `done` is called on the writer thread once: after the commit, or with the error. It must
    /// not block. After [`close`](Self::close) it is called at once on the calling thread.
    fn submit(&self, operation: Operation, done: Box<dyn FnOnce(Result<(), StoreError>) + Send>);
    /// Reads a stretch of a user's inbox after `after`: at most `max_events`, at most about `max_bytes`. Any thread,
    /// beside the writer. `None` = nothing after it, or the start was trimmed and the first available comes.
    fn inbox_read(
        &self,
        user: UserKey,
        after: u64,
        max_events: usize,
        max_bytes: usize,
    ) -> Result<Option<Appended>, StoreError>;
    /// Sets who is told of commits. Once, before the first operation.
    fn observe(&self, observer: std::sync::Arc<dyn CommitObserver>);
    /// Waits for queued operations, then closes. Later operations answer [`StoreError::Closed`].
    fn close(&self);
}
