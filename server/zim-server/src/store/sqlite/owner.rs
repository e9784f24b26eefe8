//! What the owner sets up and looks at: certificates, strategies, users by name, totals.

use super::super::{CertificateId, CertificateRow, Counts, StrategyRow};
use super::calls::rows;
use super::unsigned;
use rusqlite::{Connection, params};

pub(super) fn certificates(db: &Connection) -> rusqlite::Result<Vec<CertificateRow>> {
    db.prepare_cached("SELECT id, app_id, slot, added_at, sealed FROM certificate ORDER BY id")?
        .query_map([], |row| {
            Ok(CertificateRow {
                id: row.get(0)?,
                app_id: row.get(1)?,
                slot: row.get(2)?,
                added_at: row.get(3)?,
                sealed: row.get(4)?,
            })
        })?
        .collect()
}

/// Puts it in the place of the one that serves the same; the id is new in any case.
pub(super) fn put_certificate(db: &Connection, row: &CertificateRow) -> rusqlite::Result<CertificateId> {
    db.prepare_cached(
        "INSERT OR REPLACE INTO certificate (app_id, slot, added_at, sealed) VALUES (?1, ?2, ?3, ?4)",
    )?
    .insert(params![row.app_id, row.slot, row.added_at, row.sealed])
}

pub(super) fn remove_certificate(db: &Connection, id: CertificateId) -> rusqlite::Result<bool> {
    Ok(db.prepare_cached("DELETE FROM certificate WHERE id = ?1")?.execute([id])? > 0)
}

pub(super) fn strategies(db: &Connection) -> rusqlite::Result<Vec<StrategyRow>> {
    db.prepare_cached("SELECT app_id, resources_id, strategy FROM strategy ORDER BY app_id, resources_id")?
        .query_map([], |row| {
            Ok(StrategyRow { app_id: row.get(0)?, resources_id: row.get(1)?, strategy: row.get(2)? })
        })?
        .collect()
}

pub(super) fn put_strategy(db: &Connection, row: &StrategyRow) -> rusqlite::Result<()> {
    db.prepare_cached(
        "INSERT OR REPLACE INTO strategy (app_id, resources_id, strategy) VALUES (?1, ?2, ?3)",
    )?
    .execute(params![row.app_id, row.resources_id, row.strategy])?;
    Ok(())
}

pub(super) fn remove_strategy(db: &Connection, app_id: u32, resources_id: &str) -> rusqlite::Result<bool> {
    let mut delete = db.prepare_cached("DELETE FROM strategy WHERE app_id = ?1 AND resources_id = ?2")?;
    Ok(delete.execute(params![app_id, resources_id])? > 0)
}

/// Users whose id begins with `prefix` and comes after `after`.
pub(super) fn users(
    db: &Connection,
    app_id: u32,
    prefix: &str,
    after: &str,
    limit: usize,
) -> rusqlite::Result<Vec<super::super::User>> {
    // Texts are ordered by their bytes: all that begin with the prefix lie before the prefix with the last character.
    let end = format!("{prefix}{}", char::MAX);
    db.prepare_cached(
        "SELECT * FROM user WHERE app_id = ?1 AND user_id >= ?2 AND user_id < ?3 AND user_id > ?4
         ORDER BY user_id LIMIT ?5",
    )?
    .query_map(params![app_id, prefix, end, after, rows(limit)], super::people::user_row)?
    .collect()
}

pub(super) fn counts(db: &Connection) -> rusqlite::Result<Counts> {
    db.prepare_cached(
        "SELECT (SELECT count(*) FROM user), (SELECT count(*) FROM binding), (SELECT count(*) FROM job)",
    )?
    .query_row([], |row| {
        Ok(Counts {
            users: unsigned(row.get(0)?),
            push_ids: unsigned(row.get(1)?),
            jobs: unsigned(row.get(2)?),
        })
    })
}
