//! Versions of the schema and the way from one to the next.

use super::super::StoreError;
use super::database;
use rusqlite::Connection;

/// Script `n` leads from version `n` to `n + 1`; an empty file has version 0.
const MIGRATIONS: &[&str] =
    &[include_str!("schema_v1.sql"), include_str!("schema_v2.sql"), include_str!("schema_v3.sql")];

/// Brings the file to the newest version, one transaction per step.
pub(super) fn migrate(db: &mut Connection) -> Result<(), StoreError> {
    migrate_with(db, MIGRATIONS)
}

fn migrate_with(db: &mut Connection, migrations: &[&str]) -> Result<(), StoreError> {
    let known = u32::try_from(migrations.len()).expect("few versions");
    let found: u32 =
        db.pragma_query_value(None, "user_version", |row| row.get(0)).map_err(|error| database(&error))?;
    if found > known {
        return Err(StoreError::Newer { found, known });
    }
    for version in found..known {
        let step = || -> rusqlite::Result<()> {
            let transaction = db.transaction()?;
            transaction.execute_batch(migrations[version as usize])?;
            transaction.pragma_update(None, "user_version", version + 1)?;
            transaction.commit()
        };
        let mut step = step;
        step().map_err(|error| database(&error))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::super::{CertificateRow, DeliveryLogQuery};
    use super::super::{owner, push};
    use super::*;

    /// Tables and columns, in an order that does not depend on how they came about.
    fn shape(db: &Connection) -> Vec<(String, String, String, i64)> {
        let mut statement = db
            .prepare(
                "SELECT m.name, c.name, c.type, c.\"notnull\" FROM sqlite_schema m, pragma_table_info(m.name) c
                 WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' ORDER BY 1, 2",
            )
            .unwrap();
        let rows =
            statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))).unwrap();
        rows.map(Result::unwrap).collect()
    }

    fn version(db: &Connection) -> u32 {
        db.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap()
    }

    #[test]
    fn every_older_version_becomes_the_newest() {
        let mut fresh = Connection::open_in_memory().unwrap();
        migrate(&mut fresh).unwrap();
        for from in 0..=MIGRATIONS.len() {
            let mut db = Connection::open_in_memory().unwrap();
            migrate_with(&mut db, &MIGRATIONS[..from]).unwrap();
            assert_eq!(version(&db) as usize, from);
            migrate(&mut db).unwrap();
            assert_eq!(version(&db) as usize, MIGRATIONS.len());
            assert_eq!(shape(&db), shape(&fresh), "from version {from}");
        }
    }

    #[test]
    fn rows_of_the_first_version_are_read_by_the_second() {
        let mut db = Connection::open_in_memory().unwrap();
        migrate_with(&mut db, &MIGRATIONS[..1]).unwrap();
        db.execute(
            "INSERT INTO delivery_log (time, app_id, request_id, user_id, push_id, subject, stage, outcome, detail)
             VALUES (5, 1, 'r', 'bob', 'p', 'message:1', 'vendor', 'delivered', 'so')",
            [],
        )
        .unwrap();
        migrate(&mut db).unwrap();
        let query = DeliveryLogQuery { limit: 9, ..DeliveryLogQuery::default() };
        let rows = push::delivery_log(&db, 1, &query).unwrap();
        assert_eq!((rows.len(), rows[0].outcome.as_str(), rows[0].vendor.as_str()), (1, "delivered", ""));
        let certificate =
            CertificateRow { id: 0, app_id: 1, slot: "s".into(), added_at: 6, sealed: vec![1, 2] };
        let id = owner::put_certificate(&db, &certificate).unwrap();
        assert_eq!(owner::certificates(&db).unwrap(), [CertificateRow { id, ..certificate }]);
    }

    #[test]
    fn jobs_of_an_older_version_are_found_by_their_subject() {
        let mut db = Connection::open_in_memory().unwrap();
        migrate_with(&mut db, &MIGRATIONS[..2]).unwrap();
        for intent in [r#"{"subject_id":"message:1"}"#, r#"{"subject_id":"message:12"}"#, "{}", "unreadable"]
        {
            db.execute(
                "INSERT INTO job (app_id, request_id, push_id, user, device_id, event_seq, due_at, expires_at, attempts,
                   intent) VALUES (1, 'r', 'p', 1, 'd', 1, 5, 9, 0, ?1)",
                [intent],
            )
            .unwrap();
        }
        migrate(&mut db).unwrap();
        assert_eq!(push::jobs_about(&db, 1, "message:1").unwrap().len(), 1);
        assert!(push::jobs_about(&db, 2, "message:1").unwrap().is_empty());
        let plan: String = db
            .query_row(&format!("EXPLAIN QUERY PLAN {}", push::JOBS_ABOUT), (1, "message:1"), |row| {
                row.get(3)
            })
            .unwrap();
        assert!(plan.contains("job_subject"), "{plan}");
    }

    #[test]
    fn a_step_keeps_rows_and_a_failing_step_changes_nothing() {
        let mut db = Connection::open_in_memory().unwrap();
        migrate(&mut db).unwrap();
        db.execute("INSERT INTO app (app_id, last_message_id) VALUES (1, 7)", []).unwrap();
        let next = "ALTER TABLE app ADD COLUMN name TEXT NOT NULL DEFAULT 'x';";
        let steps: Vec<_> =
            MIGRATIONS.iter().copied().chain([next, "CREATE TABLE half (a); broken"]).collect();
        let error = migrate_with(&mut db, &steps).unwrap_err();
        assert!(matches!(&error, StoreError::Database(text) if text.contains("syntax")), "{error}");
        assert_eq!(version(&db) as usize, MIGRATIONS.len() + 1);
        assert!(shape(&db).iter().all(|column| column.0 != "half"));
        let row: (i64, String) = db
            .query_row("SELECT last_message_id, name FROM app", [], |row| Ok((row.get(0)?, row.get(1)?)))
            .unwrap();
        assert_eq!(row, (7, "x".to_owned()));
    }

    #[test]
    fn a_newer_file_is_refused_by_name_and_left_alone() {
        let mut db = Connection::open_in_memory().unwrap();
        migrate(&mut db).unwrap();
        db.pragma_update(None, "user_version", 99).unwrap();
        let known = u32::try_from(MIGRATIONS.len()).unwrap();
        assert_eq!(migrate(&mut db), Err(StoreError::Newer { found: 99, known }));
        assert_eq!(version(&db), 99);
    }
}
