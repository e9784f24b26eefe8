//! Reads beside the writer.

use super::super::runs::events_len;
use super::super::{Appended, NO_ORIGIN, StoreError, UserKey};
use super::{corrupt, database, signed, unsigned};
use rusqlite::{Connection, OpenFlags, params};
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Connections that are kept when nobody reads.
const KEPT: usize = 4;

/// A small pool of read-only connections, opened on demand.
pub(super) struct Readers {
    path: PathBuf,
    /// `None` = closed.
    free: Mutex<Option<Vec<Connection>>>,
}

impl Readers {
    pub(super) fn new(path: PathBuf) -> Self {
        Self { path, free: Mutex::new(Some(Vec::new())) }
    }

    pub(super) fn close(&self) {
        self.free().take();
    }

    pub(super) fn inbox(
        &self,
        user: UserKey,
        after: u64,
        max_events: usize,
        max_bytes: usize,
    ) -> Result<Option<Appended>, StoreError> {
        let free = self.free().as_mut().ok_or(StoreError::Closed)?.pop();
        let result = match free {
            Some(db) => Ok(db),
            None => self.connect(),
        }
        .and_then(|db| read_inbox(&db, user, after, max_events, max_bytes).map(|read| (db, read)));
        // A connection that failed is not used again.
        let (db, read) = result.map_err(|error| database(&error))?;
        if let Some(free) = self.free().as_mut().filter(|free| free.len() < KEPT) {
            free.push(db);
        }
        Ok(read)
    }

    fn free(&self) -> MutexGuard<'_, Option<Vec<Connection>>> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn connect(&self) -> rusqlite::Result<Connection> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let db = Connection::open_with_flags(&self.path, flags)?;
        db.busy_timeout(Duration::from_secs(5))?;
        Ok(db)
    }
}

/// Collects chunks from `after` on until a limit is reached; always at least one event if there is one.
fn read_inbox(
    db: &Connection,
    user: UserKey,
    after: u64,
    max_events: usize,
    max_bytes: usize,
) -> rusqlite::Result<Option<Appended>> {
    let mut statement = db.prepare_cached(
        "SELECT first_seq, last_seq, run FROM inbox_chunk WHERE user = ?1 AND last_seq > ?2 AND first_seq >=
           coalesce((SELECT max(first_seq) FROM inbox_chunk WHERE user = ?1 AND first_seq <= ?2), 0)
         ORDER BY first_seq",
    )?;
    let max_events = u64::try_from(max_events.max(1)).unwrap_or(u64::MAX);
    // Larger than any sequence, and still a positive number for SQLite.
    let after = after.min(i64::MAX.unsigned_abs());
    let mut rows = statement.query(params![user, signed(after)])?;
    let mut found: Option<(u64, u64)> = None;
    let mut bytes = Vec::new();
    while let Some(row) = rows.next()? {
        let (first_seq, last_seq) = (unsigned(row.get(0)?), unsigned(row.get(1)?));
        let run = row.get_ref(2)?.as_blob()?;
        let start_seq = first_seq.max(after + 1);
        let (first, count) = found.unwrap_or((start_seq, 0));
        if first + count != start_seq {
            break;
        }
        let start = events_len(run, start_seq - first_seq).ok_or_else(|| corrupt("inbox chunk"))?;
        let rest = &run[start..];
        let available = last_seq + 1 - start_seq;
        let wanted = available.min(max_events - count);
        let fits = max_bytes.saturating_sub(bytes.len());
        let (taken, length) = if wanted == available && rest.len() <= fits {
            (available, rest.len())
        } else {
            part(rest, wanted, fits, count == 0).ok_or_else(|| corrupt("inbox chunk"))?
        };
        bytes.extend_from_slice(&rest[..length]);
        found = Some((first, count + taken));
        if taken < available || count + taken == max_events {
            break;
        }
    }
    Ok(found.filter(|found| found.1 > 0).map(|(first_seq, count)| Appended {
        user,
        first_seq,
        count: u32::try_from(count).unwrap_or(u32::MAX),
        run: bytes.into(),
        origin: NO_ORIGIN,
    }))
}

/// How many of the first `wanted` events fit into `fits` bytes, and their length; at least one if `force`.
fn part(run: &[u8], wanted: u64, fits: usize, force: bool) -> Option<(u64, usize)> {
    let (mut taken, mut length) = (0, 0);
    while taken < wanted {
        let next = events_len(&run[length..], 1)?;
        if length + next > fits && !(force && taken == 0) {
            break;
        }
        taken += 1;
        length += next;
    }
    Some((taken, length))
}
