//! A store in memory, with the same semantics as the durable one and nothing kept at the end: for tests.
//!
//! Lookups by anything but the primary key go through the whole table.

mod owner;
mod table;
mod tx;

use super::runs::{Runs, events_len};
use super::writer::{Backend, Writer};
use super::{
    Appended, Binding, CallRow, CalledRecord, CertificateId, CertificateRow, CommitObserver, Committed,
    Conversation, DeliveryLog, Device, GroupKey, GroupRow, JobId, MemberRow, NO_ORIGIN, Operation, Origin,
    PushJob, SentRecord, Store, StoreError, StrategyRow, TimerKind, User, UserConversation, UserKey, rules,
};
use bytes::Bytes;
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use table::Table;
use zim_proto::v1;

/// Store without a file.
pub struct MemoryStore {
    writer: Writer,
    inboxes: Arc<Inboxes>,
}

impl MemoryStore {
    /// An empty store. Fails if the system has no thread or no randomness left.
    pub fn new() -> Result<Self, StoreError> {
        let inboxes = Arc::new(Inboxes::default());
        let backend = MemoryBackend {
            epoch: rules::new_epoch()?,
            tables: Tables::default(),
            pending: Runs::default(),
            trim_before: None,
            job_due: None,
            timer_due: None,
            writes: 0,
            failure: None,
            inboxes: Arc::clone(&inboxes),
        };
        let writer = Writer::start(backend).map_err(|error| StoreError::Database(error.to_string()))?;
        Ok(Self { writer, inboxes })
    }
}

impl Store for MemoryStore {
    fn submit(&self, operation: Operation, done: Box<dyn FnOnce(Result<(), StoreError>) + Send>) {
        self.writer.submit(operation, done);
    }

    fn inbox_read(
        &self,
        user: UserKey,
        after: u64,
        max_events: usize,
        max_bytes: usize,
    ) -> Result<Option<Appended>, StoreError> {
        let inboxes = self.inboxes.lock();
        let Some(log) = inboxes.as_ref().ok_or(StoreError::Closed)?.get(&user) else { return Ok(None) };
        let mut found: Option<(u64, u32)> = None;
        let mut run = Vec::new();
        for event in log.iter().skip_while(|event| event.seq <= after).take(max_events.max(1)) {
            if found.is_some() && run.len() + event.raw.len() > max_bytes {
                break;
            }
            run.extend_from_slice(&event.raw);
            found = Some(found.map_or((event.seq, 1), |(first, count)| (first, count + 1)));
        }
        Ok(found.map(|(first_seq, count)| Appended {
            user,
            first_seq,
            count,
            run: run.into(),
            origin: NO_ORIGIN,
        }))
    }

    fn observe(&self, observer: Arc<dyn CommitObserver>) {
        self.writer.observe(observer);
    }

    fn close(&self) {
        self.inboxes.lock().take();
        self.writer.close();
    }
}

/// One committed event.
struct Event {
    seq: u64,
    /// Of the run it came with: a run is trimmed as a whole.
    time: i64,
    /// First of its run.
    starts_run: bool,
    raw: Bytes,
}

/// The committed inboxes, which readers share with the writer. `None` = closed.
struct Inboxes(Mutex<Option<HashMap<UserKey, VecDeque<Event>>>>);

impl Default for Inboxes {
    fn default() -> Self {
        Self(Mutex::new(Some(HashMap::new())))
    }
}

impl Inboxes {
    fn lock(&self) -> MutexGuard<'_, Option<HashMap<UserKey, VecDeque<Event>>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn append(&self, appended: &Appended, time: i64) {
        let mut inboxes = self.lock();
        let Some(inboxes) = inboxes.as_mut() else { return };
        let log = inboxes.entry(appended.user).or_default();
        let mut rest = appended.run.clone();
        for index in 0..u64::from(appended.count) {
            let length = events_len(&rest, 1).unwrap_or(rest.len());
            let raw = rest.split_to(length);
            log.push_back(Event { seq: appended.first_seq + index, time, starts_run: index == 0, raw });
        }
    }

    /// Last sequence a trim up to `before` deletes, per user who loses something.
    fn old_ends(&self, before: i64) -> Vec<(UserKey, u64)> {
        let inboxes = self.lock();
        let last = |log: &VecDeque<Event>| {
            log.iter().take_while(|event| event.time < before).last().map(|it| it.seq)
        };
        inboxes.iter().flatten().filter_map(|(user, log)| Some((*user, last(log)?))).collect()
    }

    /// How many runs a trim up to `before` deletes; deletes them if `delete`.
    fn trim(&self, before: i64, delete: bool) -> u64 {
        let mut inboxes = self.lock();
        let mut runs = 0;
        for log in inboxes.as_mut().into_iter().flat_map(HashMap::values_mut) {
            let old = log.iter().take_while(|event| event.time < before).count();
            runs += log.iter().take(old).filter(|event| event.starts_run).count();
            if delete {
                log.drain(..old);
            }
        }
        runs as u64
    }
}

/// A member and its place among those who entered in the same millisecond.
#[derive(Clone)]
struct Member {
    position: u64,
    row: MemberRow,
}

/// Everything but the inboxes' contents.
#[derive(Default)]
struct Tables {
    users: Table<UserKey, User>,
    user_keys: Table<(u32, String), UserKey>,
    devices: Table<(UserKey, String), Device>,
    inbox_heads: Table<UserKey, (u64, i64)>,
    inbox_trimmed: Table<UserKey, u64>,
    messages: Table<(Conversation, u64), v1::Message>,
    message_ids: Table<u32, u64>,
    user_conversations: Table<(UserKey, Conversation), UserConversation>,
    sent: Table<(UserKey, Origin, u64), SentRecord>,
    groups: Table<GroupKey, GroupRow>,
    members: Table<(GroupKey, UserKey), Member>,
    calls: Table<(u32, String), CallRow>,
    call_client_ids: Table<(UserKey, Origin, u64), CalledRecord>,
    timers: Table<(TimerKind, u32, String), i64>,
    bindings: Table<(u32, String), Binding>,
    jobs: Table<JobId, PushJob>,
    log: Table<i64, DeliveryLog>,
    certificates: Table<CertificateId, CertificateRow>,
    strategies: Table<(u32, String), StrategyRow>,
    /// Last number given per kind of key.
    counters: Table<Counter, i64>,
}

/// Keys that are never given twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Counter {
    User,
    Device,
    Group,
    Member,
    Job,
    Log,
    Certificate,
}

impl Tables {
    fn next(&mut self, counter: Counter) -> i64 {
        let next = self.counters.get(&counter).copied().unwrap_or(0) + 1;
        self.counters.insert(counter, next);
        next
    }

    fn for_each(&mut self, end: End) {
        let Self {
            users,
            user_keys,
            devices,
            inbox_heads,
            inbox_trimmed,
            messages,
            message_ids,
            user_conversations,
            sent,
            groups,
            members,
            calls,
            call_client_ids,
            timers,
            bindings,
            jobs,
            log,
            certificates,
            strategies,
            counters,
        } = self;
        users.end(end);
        user_keys.end(end);
        devices.end(end);
        inbox_heads.end(end);
        inbox_trimmed.end(end);
        messages.end(end);
        message_ids.end(end);
        user_conversations.end(end);
        sent.end(end);
        groups.end(end);
        members.end(end);
        calls.end(end);
        call_client_ids.end(end);
        timers.end(end);
        bindings.end(end);
        jobs.end(end);
        log.end(end);
        certificates.end(end);
        strategies.end(end);
        counters.end(end);
    }
}

/// How a transaction ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Commit,
    Rollback,
}

struct MemoryBackend {
    epoch: u64,
    tables: Tables,
    pending: Runs<UserKey>,
    /// Inbox trim of this transaction.
    trim_before: Option<i64>,
    job_due: Option<i64>,
    timer_due: Option<i64>,
    writes: u64,
    failure: Option<StoreError>,
    inboxes: Arc<Inboxes>,
}

impl Backend for MemoryBackend {
    fn begin(&mut self) -> Result<(), StoreError> {
        Ok(())
    }

    fn commit(&mut self) -> Result<Committed, StoreError> {
        self.tables.for_each(End::Commit);
        let mut appended = Vec::new();
        if let Some(before) = self.trim_before.take() {
            self.inboxes.trim(before, true);
        }
        for (user, run) in self.pending.take() {
            let time = run.pieces().last().map_or(0, |piece| piece.time);
            let count = u32::try_from(run.last_seq + 1 - run.first_seq).unwrap_or(u32::MAX);
            let entry = Appended {
                user,
                first_seq: run.first_seq,
                count,
                origin: run.origin,
                run: Bytes::from(run.bytes),
            };
            self.inboxes.append(&entry, time);
            appended.push(entry);
        }
        Ok(Committed { appended, job_due: self.job_due.take(), timer_due: self.timer_due.take() })
    }

    fn rollback(&mut self) {
        self.tables.for_each(End::Rollback);
        self.pending.clear();
        (self.trim_before, self.job_due, self.timer_due, self.failure) = (None, None, None, None);
    }

    fn failure(&self) -> Option<StoreError> {
        self.failure.clone()
    }

    fn writes(&self) -> u64 {
        self.writes
    }

    fn appended_bytes(&self) -> usize {
        self.pending.bytes()
    }
}

#[cfg(test)]
mod contract {
    use super::super::contract::{Factory, contract_suite};
    use super::{Arc, MemoryStore, Store};

    struct Fresh;

    impl Factory for Fresh {
        fn store(&self) -> Arc<dyn Store> {
            Arc::new(MemoryStore::new().expect("a store"))
        }
    }

    contract_suite!(Fresh);
}
