//! The SQLite store: one file in one folder, one writer, several readers.
//!
//! Logs (inboxes and conversations) are kept as *chunks*: what one transaction appends to one log is one row. A send
//! thereby costs a share of a row, and a backlog is read in large pieces and sent on without being decoded.

mod backend;
mod calls;
mod logs;
mod owner;
mod people;
mod push;
mod read;
mod schema;
#[cfg(test)]
mod tests;
mod tx;
mod upkeep;

use super::writer::Writer;
use super::{Appended, CommitObserver, Operation, Store, StoreError, UserKey};
use backend::SqliteBackend;
use read::Readers;
use rusqlite::{Connection, OpenFlags};
use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// The database's name in the folder.
const FILE: &str = "zim.db";
/// Locked while a store owns the folder.
const LOCK: &str = "zim.lock";
/// Page size of a new file. Larger pages write long runs faster, smaller ones single sends: a lone send writes a handful
/// of pages whatever their size, and waits for all of them.
const PAGE_BYTES: i64 = 4096;
/// A checkpoint copies the log into the file after this many pages, 32 MiB: rare enough not to weigh on commits, small
/// enough for a quick recovery.
const CHECKPOINT_PAGES: i64 = (32 << 20) / PAGE_BYTES;

/// Durable store in a folder.
///
/// Opening takes exclusive ownership of the folder until [`close`](Store::close) or drop. Commits are synchronous
/// (`synchronous=FULL`): what was answered survives a crash of the process and of the machine.
pub struct SqliteStore {
    writer: Writer,
    readers: Readers,
    lock: Mutex<Option<File>>,
}

impl SqliteStore {
    /// Opens the store in `folder`, which is made if it is missing. Files are readable by their owner only.
    ///
    /// Errors: [`StoreError::InUse`] if another store owns the folder, [`StoreError::Newer`] if a newer release wrote
    /// it, [`StoreError::Database`] for everything the system or SQLite refuses.
    pub fn open(folder: impl AsRef<Path>) -> Result<Self, StoreError> {
        Self::open_with(folder.as_ref(), |_| ())
    }

    fn open_with(folder: &Path, prepare: impl FnOnce(&mut SqliteBackend)) -> Result<Self, StoreError> {
        make_folder(folder).map_err(|error| system(folder, &error))?;
        let lock_path = folder.join(LOCK);
        let lock = private_file(&lock_path).map_err(|error| system(&lock_path, &error))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(StoreError::InUse(folder.display().to_string())),
            Err(TryLockError::Error(error)) => return Err(system(&lock_path, &error)),
        }
        let path = folder.join(FILE);
        // Made before SQLite opens it: its log and index files take over the mode of the database.
        private_file(&path).map_err(|error| system(&path, &error))?;
        let mut db = connect(&path).map_err(|error| database(&error))?;
        schema::migrate(&mut db)?;
        let mut backend = SqliteBackend::new(db)?;
        prepare(&mut backend);
        let writer = Writer::start(backend).map_err(|error| system(folder, &error))?;
        Ok(Self { writer, readers: Readers::new(path), lock: Mutex::new(Some(lock)) })
    }
}

impl Store for SqliteStore {
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
        self.readers.inbox(user, after, max_events, max_bytes)
    }

    fn observe(&self, observer: Arc<dyn CommitObserver>) {
        self.writer.observe(observer);
    }

    fn close(&self) {
        // Readers first: the last connection to go moves the log into the file, and only the writer may write.
        self.readers.close();
        self.writer.close();
        self.lock.lock().unwrap_or_else(PoisonError::into_inner).take();
    }
}

impl Drop for SqliteStore {
    fn drop(&mut self) {
        self.close();
    }
}

fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let db = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    db.busy_timeout(Duration::from_secs(5))?;
    db.pragma_update(None, "page_size", PAGE_BYTES)?;
    db.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
    db.pragma_update(None, "synchronous", "FULL")?;
    db.pragma_update(None, "foreign_keys", true)?;
    db.pragma_update_and_check(None, "wal_autocheckpoint", CHECKPOINT_PAGES, |_| Ok(()))?;
    db.pragma_update_and_check(None, "journal_size_limit", 64 << 20, |_| Ok(()))?;
    db.pragma_update(None, "cache_size", -65536)?;
    db.pragma_update(None, "temp_store", "MEMORY")?;
    db.set_prepared_statement_cache_capacity(128);
    Ok(db)
}

#[cfg(unix)]
fn make_folder(folder: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

#[cfg(not(unix))]
fn make_folder(folder: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)
}

/// Opens or makes a file that only its owner may read.
fn private_file(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    {
        use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
        let file = options.mode(0o600).open(path)?;
        file.set_permissions(std::fs::Permissions::from_mode(0o600))?;
        Ok(file)
    }
    #[cfg(not(unix))]
    options.open(path)
}

fn database(error: &rusqlite::Error) -> StoreError {
    StoreError::Database(error.to_string())
}

fn system(path: &Path, error: &std::io::Error) -> StoreError {
    StoreError::Database(format!("{}: {error}", path.display()))
}

/// Sequences, ids and hashes are unsigned, SQLite's integers signed: same bits.
fn signed(value: u64) -> i64 {
    value.cast_signed()
}

/// The way back of [`signed`].
fn unsigned(value: i64) -> u64 {
    value.cast_unsigned()
}

/// A stored message, decoded.
fn decode<M: prost::Message + Default>(blob: &[u8]) -> rusqlite::Result<M> {
    M::decode(blob).map_err(|error| {
        rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Blob, Box::new(error))
    })
}

/// A stored run that is not one.
fn corrupt(what: &'static str) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Blob, what.into())
}
