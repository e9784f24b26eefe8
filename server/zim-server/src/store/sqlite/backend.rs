//! The writer's connection with what one transaction gathers and what the writer remembers between transactions.

use super::super::cache::{Cache, KeyCache};
use super::super::runs::Runs;
use super::super::writer::Backend;
use super::super::{
    Appended, Committed, Conversation, GroupKey, GroupRow, MemberRow, SentRecord, StoreError, User,
    UserConversation, UserKey,
};
use super::logs::{InboxHead, SentKey};
use super::upkeep::{SWEEP_START, Sweep};
use super::{database, logs, signed, unsigned};
use crate::key_map::KeyMap;
use bytes::Bytes;
use rusqlite::{Connection, OptionalExtension as _, params};
use std::sync::Arc;

/// Writes the transaction has taken in and not yet handed to SQLite.
#[derive(Default)]
pub(super) struct Pending {
    pub(super) inbox: Runs<UserKey>,
    pub(super) conversations: Runs<Conversation>,
    pub(super) user_conversations: KeyMap<(UserKey, Conversation), UserConversation>,
    pub(super) sent: KeyMap<SentKey, SentRecord>,
    /// Message ids handed out: app → last one.
    pub(super) message_ids: KeyMap<u32, u64>,
}

impl Pending {
    fn clear(&mut self) {
        self.inbox.clear();
        self.conversations.clear();
        self.user_conversations.clear();
        self.sent.clear();
        self.message_ids.clear();
    }
}

/// What the writer remembers. Everything here is also in the database or pending; on rollback all of it goes.
pub(super) struct Memory {
    pub(super) users: KeyCache<UserKey, User>,
    pub(super) user_keys: KeyMap<u32, Cache<String, UserKey>>,
    pub(super) inbox: KeyCache<UserKey, InboxHead>,
    pub(super) conversations: KeyCache<Conversation, u64>,
    pub(super) user_conversations: KeyCache<(UserKey, Conversation), Option<UserConversation>>,
    pub(super) groups: KeyCache<GroupKey, GroupRow>,
    pub(super) group_keys: KeyMap<u32, Cache<String, GroupKey>>,
    pub(super) members: KeyCache<GroupKey, Arc<Vec<MemberRow>>>,
    /// Largest client id among a device's stored sends. A larger one is new, no look-up needed: clients count upwards.
    pub(super) last_client_id: KeyCache<(UserKey, i64), i64>,
    pub(super) message_ids: KeyMap<u32, u64>,
}

/// Entries per kind and, for names, per app.
pub(super) const REMEMBERED: usize = 65_536;
/// Groups carry attributes and lists of members.
const REMEMBERED_GROUPS: usize = 1024;

impl Memory {
    fn new() -> Self {
        Self {
            users: KeyCache::new(REMEMBERED),
            user_keys: KeyMap::default(),
            inbox: KeyCache::new(REMEMBERED),
            conversations: KeyCache::new(REMEMBERED),
            user_conversations: KeyCache::new(REMEMBERED),
            groups: KeyCache::new(REMEMBERED_GROUPS),
            group_keys: KeyMap::default(),
            members: KeyCache::new(REMEMBERED_GROUPS),
            last_client_id: KeyCache::new(REMEMBERED),
            message_ids: KeyMap::default(),
        }
    }

    fn clear(&mut self) {
        self.users.clear();
        self.user_keys.clear();
        self.inbox.clear();
        self.conversations.clear();
        self.user_conversations.clear();
        self.groups.clear();
        self.group_keys.clear();
        self.members.clear();
        self.last_client_id.clear();
        self.message_ids.clear();
    }
}

/// See [`SqliteBackend::before_begin`].
#[cfg(test)]
type BeforeBegin = Box<dyn FnMut(&Connection) + Send>;

/// The SQLite side of the writer thread.
pub(super) struct SqliteBackend {
    pub(super) db: Connection,
    pub(super) epoch: u64,
    pub(super) pending: Pending,
    pub(super) memory: Memory,
    pub(super) job_due: Option<i64>,
    pub(super) timer_due: Option<i64>,
    /// Where the next trim goes on. After a rollback some rows wait for its next round.
    pub(super) sweep: Sweep,
    pub(super) writes: u64,
    failure: Option<StoreError>,
    /// Lets a test change limits of the connection between transactions.
    #[cfg(test)]
    pub(super) before_begin: Option<BeforeBegin>,
}

impl SqliteBackend {
    pub(super) fn new(db: Connection) -> Result<Self, StoreError> {
        let epoch = epoch(&db)?;
        Ok(Self {
            db,
            epoch,
            pending: Pending::default(),
            memory: Memory::new(),
            job_due: None,
            timer_due: None,
            sweep: SWEEP_START,
            writes: 0,
            failure: None,
            #[cfg(test)]
            before_begin: None,
        })
    }

    /// Takes the database's answer; a failure spoils the transaction.
    pub(super) fn checked<T>(&mut self, result: rusqlite::Result<T>) -> Result<T, StoreError> {
        result.map_err(|error| self.fail(database(&error)))
    }

    pub(super) fn fail(&mut self, error: StoreError) -> StoreError {
        self.failure = Some(error.clone());
        error
    }

    pub(super) fn read<T>(
        &mut self,
        read: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        let result = read(&self.db);
        self.checked(result)
    }

    pub(super) fn write<T>(
        &mut self,
        write: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        self.writes += 1;
        self.read(write)
    }

    /// Hands one conversation's pending messages to SQLite, so that a query sees them.
    pub(super) fn flush_conversation(&mut self, conversation: Conversation) -> Result<(), StoreError> {
        match self.pending.conversations.take_one(conversation) {
            Some(run) => self.read(|db| logs::put_conversation_run(db, conversation, &run)),
            None => Ok(()),
        }
    }

    /// Hands pending rows of conversations to SQLite.
    pub(super) fn flush_user_conversations(&mut self) -> Result<(), StoreError> {
        let mut rows: Vec<_> = self.pending.user_conversations.drain().collect();
        rows.sort_unstable_by_key(|row| row.0);
        self.read(|db| {
            rows.iter().try_for_each(|((user, of), state)| logs::put_user_conversation(db, *user, *of, state))
        })
    }

    fn flush(&mut self) -> rusqlite::Result<Vec<Appended>> {
        let mut appended = Vec::new();
        for (user, run) in self.pending.inbox.take() {
            let head = self.memory.inbox.get(&user);
            logs::put_inbox_run(&self.db, user, &run, head)?;
            let count = u32::try_from(run.last_seq + 1 - run.first_seq).unwrap_or(u32::MAX);
            appended.push(Appended {
                user,
                first_seq: run.first_seq,
                count,
                origin: run.origin,
                run: Bytes::from(run.bytes),
            });
        }
        for (conversation, run) in self.pending.conversations.take() {
            logs::put_conversation_run(&self.db, conversation, &run)?;
        }
        // In key order: neighbours land on the same page.
        let mut sent: Vec<_> = self.pending.sent.drain().collect();
        sent.sort_unstable_by_key(|row| row.0);
        logs::put_sent(&self.db, &sent)?;
        let mut set = self.db.prepare_cached(
            "INSERT INTO app (app_id, last_message_id) VALUES (?1, ?2)
             ON CONFLICT DO UPDATE SET last_message_id = excluded.last_message_id",
        )?;
        for (app_id, id) in self.pending.message_ids.drain() {
            set.execute(params![app_id, signed(id)])?;
        }
        Ok(appended)
    }
}

impl Backend for SqliteBackend {
    fn begin(&mut self) -> Result<(), StoreError> {
        #[cfg(test)]
        if let Some(hook) = &mut self.before_begin {
            hook(&self.db);
        }
        self.read(|db| db.prepare_cached("BEGIN")?.execute([]))?;
        Ok(())
    }

    fn commit(&mut self) -> Result<Committed, StoreError> {
        self.flush_user_conversations()?;
        let flushed = self.flush();
        let appended = self.checked(flushed)?;
        self.read(|db| db.prepare_cached("COMMIT")?.execute([]))?;
        Ok(Committed { appended, job_due: self.job_due.take(), timer_due: self.timer_due.take() })
    }

    fn rollback(&mut self) {
        self.pending.clear();
        self.memory.clear();
        (self.job_due, self.timer_due, self.failure) = (None, None, None);
        // After some failures (disk full) SQLite has rolled back already.
        if !self.db.is_autocommit()
            && let Err(error) = self.db.execute_batch("ROLLBACK")
        {
            tracing::error!(%error, "store: rollback failed");
        }
    }

    fn failure(&self) -> Option<StoreError> {
        self.failure.clone()
    }

    fn writes(&self) -> u64 {
        self.writes
    }

    fn appended_bytes(&self) -> usize {
        self.pending.inbox.bytes() + self.pending.conversations.bytes()
    }
}

/// The store's epoch; made on first use.
fn epoch(db: &Connection) -> Result<u64, StoreError> {
    let stored: Option<i64> = db
        .query_row("SELECT value FROM meta WHERE name = 'inbox_epoch'", [], |row| row.get(0))
        .optional()
        .map_err(|error| database(&error))?;
    if let Some(epoch) = stored {
        return Ok(unsigned(epoch));
    }
    let epoch = super::super::rules::new_epoch()?;
    db.execute("INSERT INTO meta (name, value) VALUES ('inbox_epoch', ?1)", [signed(epoch)])
        .map_err(|error| database(&error))?;
    Ok(epoch)
}
