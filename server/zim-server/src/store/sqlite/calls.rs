//! Calls and timers.

use super::super::{CallRow, CallUserRow, CalledRecord, Origin, Timer, TimerKind, UserKey};
use super::logs::device_column;
use super::{corrupt, decode, signed, unsigned};
use prost::Message as _;
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use zim_proto::v1;

/// A call as its row holds it.
#[derive(Clone, PartialEq, prost::Message)]
struct StoredCall {
    #[prost(message, optional, tag = "1")]
    call: Option<v1::Call>,
    #[prost(bool, tag = "2")]
    enable_not_received_check: bool,
    #[prost(message, repeated, tag = "3")]
    users: Vec<StoredCallUser>,
}

/// Server-side part of a call user.
#[derive(Clone, PartialEq, prost::Message)]
struct StoredCallUser {
    #[prost(int64, tag = "1")]
    user: i64,
    #[prost(int64, tag = "2")]
    deadline: i64,
    #[prost(int64, tag = "3")]
    accepted_at: i64,
    #[prost(string, tag = "4")]
    main_device: String,
    #[prost(uint64, tag = "5")]
    invite_seq: u64,
    #[prost(string, repeated, tag = "6")]
    pushed: Vec<String>,
}

fn encode_call(row: &CallRow) -> Vec<u8> {
    let user = |user: &CallUserRow| StoredCallUser {
        user: user.user,
        deadline: user.deadline,
        accepted_at: user.accepted_at,
        main_device: user.main_device.clone(),
        invite_seq: user.invite_seq,
        pushed: user.pushed.clone(),
    };
    StoredCall {
        call: Some(row.call.clone()),
        enable_not_received_check: row.enable_not_received_check,
        users: row.users.iter().map(user).collect(),
    }
    .encode_to_vec()
}

/// From columns (app_id, data).
fn call_row(row: &Row<'_>) -> rusqlite::Result<CallRow> {
    let stored: StoredCall = decode(row.get_ref(1)?.as_blob()?)?;
    let user = |user: StoredCallUser| CallUserRow {
        user: user.user,
        deadline: user.deadline,
        accepted_at: user.accepted_at,
        main_device: user.main_device,
        invite_seq: user.invite_seq,
        pushed: user.pushed,
    };
    Ok(CallRow {
        app_id: row.get(0)?,
        call: stored.call.ok_or_else(|| corrupt("call"))?,
        enable_not_received_check: stored.enable_not_received_check,
        users: stored.users.into_iter().map(user).collect(),
    })
}

pub(super) fn call(db: &Connection, app_id: u32, call_id: &str) -> rusqlite::Result<Option<CallRow>> {
    db.prepare_cached("SELECT app_id, data FROM call WHERE app_id = ?1 AND call_id = ?2")?
        .query_row(params![app_id, call_id], call_row)
        .optional()
}

pub(super) fn put_call(db: &Connection, row: &CallRow) -> rusqlite::Result<()> {
    let (id, ended) = (&row.call.call_id, super::super::rules::has_ended(&row.call));
    db.prepare_cached(
        "INSERT OR REPLACE INTO call (app_id, call_id, ended, end_time, data) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute(params![row.app_id, id, ended, row.call.end_time, encode_call(row)])?;
    db.prepare_cached("DELETE FROM call_user WHERE app_id = ?1 AND call_id = ?2")?
        .execute(params![row.app_id, id])?;
    let mut insert = db.prepare_cached(
        "INSERT OR REPLACE INTO call_user (app_id, call_id, user, create_time, ended) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?;
    for user in &row.users {
        insert.execute(params![row.app_id, id, user.user, row.call.create_time, ended])?;
    }
    Ok(())
}

pub(super) fn active_calls(db: &Connection, user: UserKey) -> rusqlite::Result<Vec<CallRow>> {
    db.prepare_cached(
        "SELECT app_id, data FROM call_user JOIN call USING (app_id, call_id)
         WHERE user = ?1 AND call_user.ended = 0 ORDER BY create_time, call_id",
    )?
    .query_map([user], call_row)?
    .collect()
}

pub(super) fn running_calls(db: &Connection) -> rusqlite::Result<Vec<CallRow>> {
    // By the small index of running calls, not through the table of all.
    db.prepare_cached(
        "SELECT app_id, data FROM (SELECT DISTINCT app_id, call_id FROM call_user WHERE ended = 0)
         JOIN call USING (app_id, call_id)",
    )?
    .query_map([], call_row)?
    .collect()
}

pub(super) fn calls(
    db: &Connection,
    user: UserKey,
    before: i64,
    limit: usize,
) -> rusqlite::Result<Vec<CallRow>> {
    let before = if before == 0 { i64::MAX } else { before };
    db.prepare_cached(
        "SELECT app_id, data FROM call_user JOIN call USING (app_id, call_id)
         WHERE user = ?1 AND create_time < ?2 ORDER BY create_time DESC, call_id DESC LIMIT ?3",
    )?
    .query_map(params![user, before, rows(limit)], call_row)?
    .collect()
}

pub(super) fn call_by_client_id(
    db: &Connection,
    user: UserKey,
    device: Origin,
    client_id: u64,
) -> rusqlite::Result<Option<CalledRecord>> {
    db.prepare_cached(
        "SELECT call_id, fingerprint FROM call_client_id WHERE user = ?1 AND device = ?2 AND client_id = ?3",
    )?
    .query_row([user, device_column(device), signed(client_id)], |row| {
        Ok(CalledRecord { call_id: row.get(0)?, fingerprint: unsigned(row.get(1)?) })
    })
    .optional()
}

pub(super) fn put_call_client_id(
    db: &Connection,
    user: UserKey,
    device: Origin,
    client_id: u64,
    record: &CalledRecord,
) -> rusqlite::Result<()> {
    db.prepare_cached(
        "INSERT OR REPLACE INTO call_client_id (user, device, client_id, call_id, fingerprint)
         VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute(params![
        user,
        device_column(device),
        signed(client_id),
        record.call_id,
        signed(record.fingerprint)
    ])?;
    Ok(())
}

/// Stored numbers of timer kinds: never change.
fn number(kind: TimerKind) -> i64 {
    match kind {
        TimerKind::Call => 1,
        TimerKind::CallNotReceived => 2,
    }
}

fn kind(number: i64) -> rusqlite::Result<TimerKind> {
    match number {
        1 => Ok(TimerKind::Call),
        2 => Ok(TimerKind::CallNotReceived),
        _ => Err(corrupt("timer kind")),
    }
}

pub(super) fn set_timer(db: &Connection, app_id: u32, timer: &Timer) -> rusqlite::Result<()> {
    db.prepare_cached("INSERT OR REPLACE INTO timer (kind, app_id, key, at) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![number(timer.kind), app_id, timer.key, timer.at])?;
    Ok(())
}

pub(super) fn clear_timer(db: &Connection, app_id: u32, kind: TimerKind, key: &str) -> rusqlite::Result<()> {
    db.prepare_cached("DELETE FROM timer WHERE kind = ?1 AND app_id = ?2 AND key = ?3")?.execute(params![
        number(kind),
        app_id,
        key
    ])?;
    Ok(())
}

pub(super) fn take_due_timers(
    db: &Connection,
    now: i64,
    limit: usize,
) -> rusqlite::Result<Vec<(u32, Timer)>> {
    let due: Vec<(u32, Timer)> = db
        .prepare_cached(
            "SELECT app_id, at, kind, key FROM timer WHERE at <= ?1 ORDER BY at, kind, app_id, key LIMIT ?2",
        )?
        .query_map(params![now, rows(limit)], |row| {
            Ok((row.get(0)?, Timer { at: row.get(1)?, kind: kind(row.get(2)?)?, key: row.get(3)? }))
        })?
        .collect::<Result<_, _>>()?;
    for (app_id, timer) in &due {
        clear_timer(db, *app_id, timer.kind, &timer.key)?;
    }
    Ok(due)
}

pub(super) fn next_timer(db: &Connection) -> rusqlite::Result<Option<i64>> {
    db.prepare_cached("SELECT min(at) FROM timer")?.query_row([], |row| row.get(0))
}

/// A limit as SQLite takes it.
pub(super) fn rows(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}
