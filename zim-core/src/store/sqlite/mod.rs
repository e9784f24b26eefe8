//! The SQLite backend: one file per app and user below the cache path.
//!
//! WAL with `synchronous = NORMAL`: a killed process loses nothing that was committed. A power cut can roll the file back
//! to an earlier commit, never to a half one; cursor and messages travel in the same commit, so the device then asks the
//! server again from the older cursor. A sync per received batch would buy nothing and cost the battery.

mod file;
mod record;
mod schema;
mod writer;

use super::common::{cut_delivered, outbox_conversation};
use super::lease::{Ending, Lease};
use super::{Batch, ConversationKey, Opened, OutboxRow, Store, StoreError};
use crate::model::Message;
use bytes::Bytes;
use file::StoreFile;
use prost::Message as _;
use rusqlite::{Connection, ErrorCode, OpenFlags, params};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use writer::Writer;
use zim_proto::v1;

/// Another connection holds the file for as long as a checkpoint takes.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// Why an operation failed, as far as it decides what happens to the file.
#[derive(Debug)]
enum Fault {
    /// The file is damaged: put aside, start anew, let the server fill it again.
    Broken(String),
    /// Anything else: full disk, no permission, a newer schema.
    Refused(String),
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Broken(error.to_string()),
            _ => Self::Refused(error.to_string()),
        }
    }
}

impl From<prost::DecodeError> for Fault {
    fn from(error: prost::DecodeError) -> Self {
        Self::Broken(error.to_string())
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (Self::Broken(text) | Self::Refused(text)) = self;
        f.write_str(text)
    }
}

/// One user's store.
pub(crate) struct SqliteStore {
    // Connections close before the file and the lease are given back: fields drop in order.
    writer: Mutex<Writer>,
    reader: Mutex<Connection>,
    /// What opening has read already; the first `load` takes it.
    opened: Mutex<Option<Opened>>,
    file: StoreFile,
    _lease: Lease,
}

impl SqliteStore {
    /// Opens or makes the store of `user_id` below `folder`. A damaged file is put aside once; a second process is
    /// refused.
    pub(crate) fn open(
        folder: &Path,
        app_id: u32,
        user_id: &str,
        ending: &Ending,
    ) -> Result<Self, StoreError> {
        let file = StoreFile::name(folder, app_id, user_id)?;
        let lease = file.lease(ending)?;
        let file = file.lock()?;
        if file.is_marked_broken() {
            file.put_aside()?;
        }
        let connections = match Self::connect(file.path()) {
            Err(Fault::Broken(reason)) => {
                log::warn!("the local store is damaged ({reason}); starting with an empty one");
                file.put_aside()?;
                Self::connect(file.path())
            }
            connections => connections,
        };
        let (writer, reader, opened) = connections.map_err(|fault| StoreError::Open(fault.to_string()))?;
        Ok(Self {
            writer: Mutex::new(Writer::new(writer)),
            reader: Mutex::new(reader),
            opened: Mutex::new(Some(opened)),
            file,
            _lease: lease,
        })
    }

    fn connect(path: &Path) -> Result<(Connection, Connection, Opened), Fault> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut writer = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_CREATE)?;
        writer.busy_timeout(BUSY_TIMEOUT)?;
        writer.execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON; \
             PRAGMA temp_store = MEMORY;",
        )?;
        schema::migrate(&mut writer)?;
        // Not opened read-only: a reader of a WAL file takes part in its shared memory.
        let reader = Connection::open_with_flags(path, flags)?;
        reader.busy_timeout(BUSY_TIMEOUT)?;
        reader.execute_batch("PRAGMA query_only = ON;")?;
        let opened = load(&reader)?;
        Ok((writer, reader, opened))
    }

    /// Runs a read. Damage found here is remembered, so that the next start begins with a new file.
    fn read<T>(&self, query: impl FnOnce(&Connection) -> Result<T, Fault>) -> Result<T, StoreError> {
        let reader = self.reader.lock().unwrap_or_else(PoisonError::into_inner);
        query(&reader).map_err(|fault| {
            self.remember(&fault);
            StoreError::Read(fault.to_string())
        })
    }

    fn remember(&self, fault: &Fault) {
        if let Fault::Broken(reason) = fault {
            log::warn!("the local store is damaged ({reason}); it will be replaced at the next start");
            self.file.mark_broken();
        }
    }
}

impl Store for SqliteStore {
    fn load(&self) -> Result<Opened, StoreError> {
        match self.opened.lock().unwrap_or_else(PoisonError::into_inner).take() {
            Some(opened) => Ok(opened),
            None => self.read(load),
        }
    }

    fn write(&self, batches: &[Batch]) -> Result<(), StoreError> {
        // What opening read is old from here on.
        *self.opened.lock().unwrap_or_else(PoisonError::into_inner) = None;
        let mut writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        writer.write(batches).map_err(|fault| {
            self.remember(&fault);
            StoreError::Write(fault.to_string())
        })
    }

    fn messages_before(
        &self,
        key: &ConversationKey,
        before: Option<i64>,
        count: usize,
    ) -> Result<Vec<Arc<Message>>, StoreError> {
        let Some(last) = before.unwrap_or(i64::MAX).checked_sub(i64::from(before.is_some())) else {
            return Ok(Vec::new());
        };
        self.read(|reader| messages(reader, BEFORE, key, last, count))
    }

    fn messages_after(
        &self,
        key: &ConversationKey,
        after: i64,
        count: usize,
    ) -> Result<Vec<Arc<Message>>, StoreError> {
        let Some(first) = after.checked_add(1) else { return Ok(Vec::new()) };
        self.read(|reader| messages(reader, AFTER, key, first, count))
    }
}

const BEFORE: &str = "SELECT order_key, record FROM message
    WHERE conversation = (SELECT id FROM conversation WHERE type = ?1 AND conversation_id = ?2) AND order_key <= ?3
    ORDER BY order_key DESC LIMIT ?4";
const AFTER: &str = "SELECT order_key, record FROM message
    WHERE conversation = (SELECT id FROM conversation WHERE type = ?1 AND conversation_id = ?2) AND order_key >= ?3
    ORDER BY order_key LIMIT ?4";

fn messages(
    reader: &Connection,
    sql: &str,
    key: &ConversationKey,
    bound: i64,
    count: usize,
) -> Result<Vec<Arc<Message>>, Fault> {
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    let mut statement = reader.prepare_cached(sql)?;
    let mut rows = statement.query(params![key.conversation_type, key.conversation_id, bound, count])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let record = row.get_ref(1)?.as_blob().map_err(rusqlite::Error::from)?;
        found.push(Arc::new(record::decode_message(key, row.get(0)?, record)?));
    }
    Ok(found)
}

fn load(reader: &Connection) -> Result<Opened, Fault> {
    let (epoch, cursor, delivered) =
        reader.query_row("SELECT epoch, cursor, delivered FROM inbox", [], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?, row.get::<_, i64>(2)?))
        })?;
    let mut opened =
        Opened { epoch: epoch.cast_unsigned(), cursor: cursor.cast_unsigned(), ..Opened::default() };
    let sql = "SELECT type, conversation_id, record FROM conversation WHERE is_listed";
    each(reader, sql, |row| {
        let key = ConversationKey { conversation_type: row.get(0)?, conversation_id: row.get(1)? };
        let record = row.get_ref(2)?.as_blob().map_err(rusqlite::Error::from)?;
        opened.conversations.push(record::decode_conversation(key, record)?);
        Ok(())
    })?;
    let sql =
        "SELECT local_message_id, created_at, request FROM outbox ORDER BY created_at, local_message_id";
    let mut rows = Vec::new();
    each(reader, sql, |row| {
        rows.push(OutboxRow {
            local_message_id: row.get(0)?,
            created_at: row.get(1)?,
            request: Bytes::from(row.get::<_, Vec<u8>>(2)?),
        });
        Ok(())
    })?;
    for row in rows {
        if let Some(message) = pending(reader, &row)? {
            opened.outbox.push(row);
            opened.outbox_messages.push(message);
        }
    }
    each(reader, "SELECT first_seq, count, run FROM undelivered ORDER BY first_seq", |row| {
        let (first, count) = (row.get::<_, i64>(0)?.cast_unsigned(), row.get(1)?);
        let run = Bytes::from(row.get::<_, Vec<u8>>(2)?);
        opened.undelivered.extend(cut_delivered(first, count, run, delivered.cast_unsigned()));
        Ok(())
    })?;
    each(reader, "SELECT record FROM call ORDER BY call_id", |row| {
        let record = row.get_ref(0)?.as_blob().map_err(rusqlite::Error::from)?;
        opened.calls.push(v1::Call::decode(record)?);
        Ok(())
    })?;
    each(reader, "SELECT name, value FROM value ORDER BY name", |row| {
        opened.values.push((row.get(0)?, Bytes::from(row.get::<_, Vec<u8>>(1)?)));
        Ok(())
    })?;
    Ok(opened)
}

/// The message of an outbox row. It waits at the newest end of its conversation, so the search is short.
fn pending(reader: &Connection, row: &OutboxRow) -> Result<Option<Arc<Message>>, Fault> {
    let key = outbox_conversation(row);
    let mut statement = reader.prepare_cached(BEFORE)?;
    let mut rows =
        statement.query(params![key.conversation_type, key.conversation_id, i64::MAX, i64::MAX])?;
    while let Some(found) = rows.next()? {
        let record = found.get_ref(1)?.as_blob().map_err(rusqlite::Error::from)?;
        let message = record::decode_message(&key, found.get(0)?, record)?;
        if message.local_message_id == row.local_message_id {
            return Ok(Some(Arc::new(message)));
        }
    }
    Ok(None)
}

fn each(
    reader: &Connection,
    sql: &str,
    mut take: impl FnMut(&rusqlite::Row<'_>) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let mut statement = reader.prepare(sql)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        take(row)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
