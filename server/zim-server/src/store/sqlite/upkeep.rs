//! Deleting what is old.

use super::super::rules::TRIM_ROWS;
use super::super::{Retention, TrimReport};
use super::logs::SentKey;
use rusqlite::{Connection, params};

/// Where the search for old sends goes on: after this row.
pub(super) type Sweep = SentKey;

/// The beginning of the table.
pub(super) const SWEEP_START: Sweep = (i64::MIN, i64::MIN, i64::MIN);

/// Deletes up to [`TRIM_ROWS`] rows of each kind.
pub(super) fn trim(db: &Connection, limits: &Retention, sweep: &mut Sweep) -> rusqlite::Result<TrimReport> {
    let sent = trim_sent(db, limits.inbox_before, sweep)?;
    let mut report = TrimReport {
        inbox: trim_inbox(db, limits.inbox_before)?,
        sent,
        log: trim_log(db, limits.log_before)?,
        calls: trim_calls(db, limits.calls_before)?,
        more: false,
    };
    let full = [report.inbox, report.log, report.calls].contains(&u64::from(TRIM_ROWS));
    report.more = full || *sweep != SWEEP_START;
    Ok(report)
}

fn trim_inbox(db: &Connection, before: i64) -> rusqlite::Result<u64> {
    // Times do not decrease within a log, so the oldest chunks are the beginnings of logs.
    let old: Vec<(i64, i64, i64)> = db
        .prepare_cached(
            "SELECT user, first_seq, last_seq FROM inbox_chunk WHERE time < ?1 ORDER BY time, user, first_seq LIMIT ?2",
        )?
        .query_map(params![before, TRIM_ROWS], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
        .collect::<Result<_, _>>()?;
    let mut delete = db.prepare_cached("DELETE FROM inbox_chunk WHERE user = ?1 AND first_seq = ?2")?;
    let mut keep_head = db.prepare_cached(
        "INSERT INTO inbox_trimmed (user, last_seq) VALUES (?1, ?2)
         ON CONFLICT DO UPDATE SET last_seq = excluded.last_seq",
    )?;
    for (user, first_seq, last_seq) in &old {
        delete.execute([user, first_seq])?;
        keep_head.execute([user, last_seq])?;
    }
    Ok(old.len() as u64)
}

/// Looks at the next [`TRIM_ROWS`] sends. An index by time would find the old ones at once, but every send would pay
/// for it.
fn trim_sent(db: &Connection, before: i64, sweep: &mut Sweep) -> rusqlite::Result<u64> {
    let seen: Vec<(Sweep, i64)> = db
        .prepare_cached(
            "SELECT user, device, client_id, timestamp FROM sent WHERE (user, device, client_id) > (?1, ?2, ?3)
             ORDER BY user, device, client_id LIMIT ?4",
        )?
        .query_map(params![sweep.0, sweep.1, sweep.2, TRIM_ROWS], |row| {
            Ok(((row.get(0)?, row.get(1)?, row.get(2)?), row.get(3)?))
        })?
        .collect::<Result<_, _>>()?;
    let mut delete =
        db.prepare_cached("DELETE FROM sent WHERE user = ?1 AND device = ?2 AND client_id = ?3")?;
    let mut count = 0;
    for ((user, device, client_id), timestamp) in &seen {
        if *timestamp < before {
            delete.execute([user, device, client_id])?;
            count += 1;
        }
    }
    let reached_end = seen.len() < TRIM_ROWS as usize;
    *sweep = seen.last().filter(|_| !reached_end).map_or(SWEEP_START, |row| row.0);
    Ok(count)
}

fn trim_log(db: &Connection, before: i64) -> rusqlite::Result<u64> {
    // Ids grow with time: only the beginning of the table is looked at.
    let mut end = 0;
    let mut count = 0;
    let mut statement = db.prepare_cached("SELECT id, time FROM delivery_log ORDER BY id LIMIT ?1")?;
    let mut rows = statement.query([TRIM_ROWS])?;
    while let Some(row) = rows.next()? {
        if row.get::<_, i64>(1)? >= before {
            break;
        }
        end = row.get(0)?;
        count += 1;
    }
    drop(rows);
    if count > 0 {
        db.prepare_cached("DELETE FROM delivery_log WHERE id <= ?1")?.execute([end])?;
    }
    Ok(count)
}

fn trim_calls(db: &Connection, before: i64) -> rusqlite::Result<u64> {
    let old: Vec<(u32, String)> = db
        .prepare_cached("SELECT app_id, call_id FROM call WHERE ended = 1 AND end_time < ?1 LIMIT ?2")?
        .query_map(params![before, TRIM_ROWS], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    for (app_id, call_id) in &old {
        let key = params![app_id, call_id];
        db.prepare_cached("DELETE FROM call WHERE app_id = ?1 AND call_id = ?2")?.execute(key)?;
        db.prepare_cached("DELETE FROM call_user WHERE app_id = ?1 AND call_id = ?2")?.execute(key)?;
        db.prepare_cached("DELETE FROM call_client_id WHERE call_id = ?1")?.execute([call_id])?;
    }
    Ok(old.len() as u64)
}
