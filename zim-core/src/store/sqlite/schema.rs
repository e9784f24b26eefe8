//! Tables and their history. A version is the number of migrations applied (`user_version`).

use super::Fault;
use rusqlite::{Connection, TransactionBehavior};

/// One step per released change; a step is never edited once it has shipped.
///
/// Messages are clustered by (conversation, order key), the only way they are read, so that one insert touches one
/// tree. Nothing else is indexed.
const MIGRATIONS: &[&str] = &["
    CREATE TABLE conversation (
        id INTEGER PRIMARY KEY,
        type INTEGER NOT NULL,
        conversation_id TEXT NOT NULL,
        record BLOB NOT NULL DEFAULT x'',
        is_listed INTEGER NOT NULL DEFAULT 0,
        UNIQUE (type, conversation_id)
    ) STRICT;
    CREATE TABLE message (
        conversation INTEGER NOT NULL,
        order_key INTEGER NOT NULL,
        record BLOB NOT NULL,
        PRIMARY KEY (conversation, order_key)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE outbox (
        local_message_id INTEGER PRIMARY KEY,
        created_at INTEGER NOT NULL,
        request BLOB NOT NULL
    ) STRICT;
    CREATE TABLE undelivered (
        first_seq INTEGER PRIMARY KEY,
        count INTEGER NOT NULL,
        run BLOB NOT NULL
    ) STRICT;
    CREATE TABLE inbox (
        id INTEGER PRIMARY KEY CHECK (id = 0),
        epoch INTEGER NOT NULL DEFAULT 0,
        cursor INTEGER NOT NULL DEFAULT 0,
        delivered INTEGER NOT NULL DEFAULT 0
    ) STRICT;
    INSERT INTO inbox (id) VALUES (0);
    CREATE TABLE call (call_id TEXT PRIMARY KEY, record BLOB NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE value (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;
"];

/// Brings a file of any earlier version to the newest one, all or nothing.
pub(super) fn migrate(connection: &mut Connection) -> Result<(), Fault> {
    migrate_with(connection, MIGRATIONS)
}

fn migrate_with(connection: &mut Connection, migrations: &[&str]) -> Result<(), Fault> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let version: i64 = transaction.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    let done = usize::try_from(version).map_err(|_| Fault::Broken("negative schema version".into()))?;
    if done > migrations.len() {
        // The app was downgraded. Its data is good: refuse rather than destroy.
        return Err(Fault::Refused(format!("the file has schema version {version}, made by a newer SDK")));
    }
    for migration in &migrations[done..] {
        transaction.execute_batch(migration)?;
    }
    transaction.pragma_update(None, "user_version", i64::try_from(migrations.len()).unwrap_or(i64::MAX))?;
    transaction.commit()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tables(connection: &Connection) -> Vec<String> {
        let mut statement =
            connection.prepare("SELECT sql FROM sqlite_schema WHERE sql > '' ORDER BY name").unwrap();
        statement.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap()
    }

    #[test]
    fn every_older_version_ends_at_the_newest() {
        let mut newest = Connection::open_in_memory().unwrap();
        migrate(&mut newest).unwrap();
        for version in 0..MIGRATIONS.len() {
            let mut old = Connection::open_in_memory().unwrap();
            migrate_with(&mut old, &MIGRATIONS[..version]).unwrap();
            migrate(&mut old).unwrap();
            assert_eq!(tables(&old), tables(&newest), "from version {version}");
        }
        migrate(&mut newest).unwrap();
    }

    #[test]
    fn a_failing_step_changes_nothing() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection).unwrap();
        let before = tables(&connection);
        let steps: Vec<&str> = MIGRATIONS
            .iter()
            .copied()
            .chain(["CREATE TABLE later (a INTEGER) STRICT; CREATE TABLE call (a)"])
            .collect();
        assert!(migrate_with(&mut connection, &steps).is_err());
        assert_eq!(tables(&connection), before);
    }

    #[test]
    fn a_newer_file_is_refused() {
        let mut connection = Connection::open_in_memory().unwrap();
        connection.pragma_update(None, "user_version", 999).unwrap();
        assert!(matches!(migrate(&mut connection), Err(Fault::Refused(_))));
    }
}
