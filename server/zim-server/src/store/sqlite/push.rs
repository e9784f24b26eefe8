//! Registrations, push jobs and the delivery log.

use super::super::{Binding, DeliveryLog, DeliveryLogQuery, JobId, PushJob, UserKey};
use super::calls::rows;
use super::{decode, signed, unsigned};
use prost::Message as _;
use rusqlite::types::ToSql;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

fn binding_row(row: &Row<'_>) -> rusqlite::Result<Binding> {
    Ok(Binding {
        app_id: row.get(0)?,
        push_id: row.get(1)?,
        registration: decode(row.get_ref(2)?.as_blob()?)?,
        device_id: row.get(3)?,
        platform: row.get(4)?,
        user: row.get(5)?,
        registered_at: row.get(6)?,
        suspect_count: row.get(7)?,
    })
}

pub(super) fn binding(db: &Connection, app_id: u32, push_id: &str) -> rusqlite::Result<Option<Binding>> {
    db.prepare_cached("SELECT * FROM binding WHERE app_id = ?1 AND push_id = ?2")?
        .query_row(params![app_id, push_id], binding_row)
        .optional()
}

pub(super) fn bindings_of_user(db: &Connection, user: UserKey) -> rusqlite::Result<Vec<Binding>> {
    db.prepare_cached("SELECT * FROM binding WHERE user = ?1 ORDER BY push_id")?
        .query_map([user], binding_row)?
        .collect()
}

pub(super) fn bound(
    db: &Connection,
    app_id: u32,
    after: &str,
    limit: usize,
) -> rusqlite::Result<Vec<Binding>> {
    db.prepare_cached(
        "SELECT * FROM binding WHERE app_id = ?1 AND push_id > ?2 AND user IS NOT NULL ORDER BY push_id LIMIT ?3",
    )?
    .query_map(params![app_id, after, i64::try_from(limit).unwrap_or(i64::MAX)], binding_row)?
    .collect()
}

pub(super) fn bindings_of_device(
    db: &Connection,
    app_id: u32,
    device_id: &str,
) -> rusqlite::Result<Vec<Binding>> {
    db.prepare_cached("SELECT * FROM binding WHERE app_id = ?1 AND device_id = ?2 ORDER BY push_id")?
        .query_map(params![app_id, device_id], binding_row)?
        .collect()
}

pub(super) fn put_binding(db: &Connection, binding: &Binding) -> rusqlite::Result<()> {
    db.prepare_cached(
        "INSERT OR REPLACE INTO binding
           (app_id, push_id, registration, device_id, platform, user, registered_at, suspect_count)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?
    .execute(params![
        binding.app_id,
        binding.push_id,
        binding.registration.encode_to_vec(),
        binding.device_id,
        binding.platform,
        binding.user,
        binding.registered_at,
        binding.suspect_count
    ])?;
    Ok(())
}

pub(super) fn remove_binding(db: &Connection, app_id: u32, push_id: &str) -> rusqlite::Result<()> {
    db.prepare_cached("DELETE FROM binding WHERE app_id = ?1 AND push_id = ?2")?
        .execute(params![app_id, push_id])?;
    Ok(())
}

fn job_row(row: &Row<'_>) -> rusqlite::Result<PushJob> {
    Ok(PushJob {
        id: row.get(0)?,
        app_id: row.get(1)?,
        request_id: row.get(2)?,
        push_id: row.get(3)?,
        user: row.get(4)?,
        device_id: row.get(5)?,
        event_seq: unsigned(row.get(6)?),
        due_at: row.get(7)?,
        expires_at: row.get(8)?,
        attempts: row.get(9)?,
        intent: row.get(10)?,
    })
}

/// In the words of the index `job_subject`, which serves it.
pub(super) const JOBS_ABOUT: &str = "SELECT * FROM job
     WHERE app_id = ?1 AND json_valid(intent) AND json_extract(intent, '$.subject_id') = ?2 ORDER BY id";

/// Inserts or updates; the second value tells whether there is such a job now.
pub(super) fn put_job(db: &Connection, job: &PushJob) -> rusqlite::Result<(JobId, bool)> {
    let insert = job.id == 0;
    let id: Option<JobId> = (!insert).then_some(job.id);
    let mut statement = db.prepare_cached(if insert {
        "INSERT INTO job (id, app_id, request_id, push_id, user, device_id, event_seq, due_at, expires_at, attempts,
           intent) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)"
    } else {
        "UPDATE job SET app_id = ?2, request_id = ?3, push_id = ?4, user = ?5, device_id = ?6, event_seq = ?7,
           due_at = ?8, expires_at = ?9, attempts = ?10, intent = ?11 WHERE id = ?1"
    })?;
    let changed = statement.execute(params![
        id,
        job.app_id,
        job.request_id,
        job.push_id,
        job.user,
        job.device_id,
        signed(job.event_seq),
        job.due_at,
        job.expires_at,
        job.attempts,
        job.intent
    ])?;
    Ok((if insert { db.last_insert_rowid() } else { job.id }, changed > 0))
}

pub(super) fn claim_jobs(
    db: &Connection,
    now: i64,
    lease_until: i64,
    limit: usize,
) -> rusqlite::Result<Vec<PushJob>> {
    let jobs: Vec<PushJob> = db
        .prepare_cached("SELECT * FROM job WHERE due_at <= ?1 ORDER BY due_at, id LIMIT ?2")?
        .query_map(params![now, rows(limit)], job_row)?
        .collect::<Result<_, _>>()?;
    let mut lease = db.prepare_cached("UPDATE job SET due_at = ?2 WHERE id = ?1")?;
    for job in &jobs {
        lease.execute([job.id, lease_until])?;
    }
    Ok(jobs)
}

pub(super) fn release_claims(db: &Connection, now: i64) -> rusqlite::Result<()> {
    db.execute("UPDATE job SET due_at = ?1 WHERE due_at > ?1 AND attempts > 0", [now])?;
    Ok(())
}

pub(super) fn next_job(db: &Connection) -> rusqlite::Result<Option<i64>> {
    db.prepare_cached("SELECT min(due_at) FROM job")?.query_row([], |row| row.get(0))
}

pub(super) fn job(db: &Connection, id: JobId) -> rusqlite::Result<Option<PushJob>> {
    db.prepare_cached("SELECT * FROM job WHERE id = ?1")?.query_row([id], job_row).optional()
}

pub(super) fn jobs_acknowledged(
    db: &Connection,
    user: UserKey,
    device_id: &str,
    acked: u64,
) -> rusqlite::Result<Vec<PushJob>> {
    db.prepare_cached(
        "SELECT * FROM job WHERE user = ?1 AND device_id = ?2 AND event_seq > 0 AND event_seq <= ?3 ORDER BY id",
    )?
    .query_map(params![user, device_id, i64::try_from(acked).unwrap_or(i64::MAX)], job_row)?
    .collect()
}

pub(super) fn jobs_about(db: &Connection, app_id: u32, subject_id: &str) -> rusqlite::Result<Vec<PushJob>> {
    db.prepare_cached(JOBS_ABOUT)?.query_map(params![app_id, subject_id], job_row)?.collect()
}

pub(super) fn jobs_of_push_id(db: &Connection, app_id: u32, push_id: &str) -> rusqlite::Result<Vec<PushJob>> {
    db.prepare_cached("SELECT * FROM job WHERE app_id = ?1 AND push_id = ?2 ORDER BY id")?
        .query_map(params![app_id, push_id], job_row)?
        .collect()
}

pub(super) fn remove_job(db: &Connection, id: JobId) -> rusqlite::Result<()> {
    db.prepare_cached("DELETE FROM job WHERE id = ?1")?.execute([id])?;
    Ok(())
}

pub(super) fn log_delivery(db: &Connection, row: &DeliveryLog) -> rusqlite::Result<()> {
    db.prepare_cached(
        "INSERT INTO delivery_log
           (time, app_id, request_id, user_id, push_id, subject, stage, outcome, detail, vendor, exchange)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
    )?
    .execute(params![
        row.time,
        row.app_id,
        row.request_id,
        row.user_id,
        row.push_id,
        row.subject,
        row.stage,
        row.outcome,
        row.detail,
        row.vendor,
        row.exchange
    ])?;
    Ok(())
}

pub(super) fn delivery_log(
    db: &Connection,
    app_id: u32,
    query: &DeliveryLogQuery,
) -> rusqlite::Result<Vec<DeliveryLog>> {
    let before = query.before.unwrap_or(i64::MAX);
    let limit = rows(query.limit);
    let mut sql = "SELECT * FROM delivery_log WHERE app_id = ?1 AND id < ?2".to_owned();
    let mut values: Vec<&dyn ToSql> = vec![&app_id, &before, &limit];
    let filters = [
        ("push_id", &query.push_id),
        ("request_id", &query.request_id),
        ("subject", &query.subject),
        ("user_id", &query.user_id),
        ("stage", &query.stage),
        ("outcome", &query.outcome),
        ("vendor", &query.vendor),
    ];
    for (column, value) in &filters {
        if let Some(value) = value {
            values.push(value);
            sql.push_str(&format!(" AND {column} = ?{}", values.len()));
        }
    }
    let bounds = [("id =", &query.id), ("time >=", &query.since), ("time <", &query.until)];
    for (bound, value) in &bounds {
        if let Some(value) = value {
            values.push(value);
            sql.push_str(&format!(" AND {bound} ?{}", values.len()));
        }
    }
    sql.push_str(" ORDER BY id DESC LIMIT ?3");
    db.prepare_cached(&sql)?
        .query_map(values.as_slice(), |row| {
            Ok(DeliveryLog {
                id: row.get(0)?,
                time: row.get(1)?,
                app_id: row.get(2)?,
                request_id: row.get(3)?,
                user_id: row.get(4)?,
                push_id: row.get(5)?,
                subject: row.get(6)?,
                stage: row.get(7)?,
                outcome: row.get(8)?,
                detail: row.get(9)?,
                vendor: row.get(10)?,
                exchange: row.get(11)?,
            })
        })?
        .collect()
}
