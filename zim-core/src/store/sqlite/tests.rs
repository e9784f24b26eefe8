//! The contract on files, and what only files can have: damage, locks, names.

use super::*;
use crate::model::ConversationType;
use crate::store::Write;
use crate::store::contract::{self, Backend};
use std::fs;
use std::path::PathBuf;
use std::time::Instant;

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn file(&self, extension: &str) -> PathBuf {
        self.0.path().join("zim-1-616c696365").with_extension(extension)
    }
}

impl Backend for Folder {
    type Store = SqliteStore;

    fn open(&self) -> Result<SqliteStore, StoreError> {
        SqliteStore::open(self.0.path(), 1, "alice", &Ending::default())
    }
}

fn cursor(cursor: u64) -> Vec<Batch> {
    vec![vec![Write::SetCursor { epoch: 1, cursor }]]
}

#[test]
fn contract() {
    contract::run(Folder::new);
}

#[test]
fn each_user_has_a_file_whose_name_any_system_takes() {
    let folder = Folder::new();
    let users = ["a:b<>|", "A:B<>|", "ab"];
    for (number, user) in (1..).zip(users) {
        SqliteStore::open(folder.0.path(), 1, user, &Ending::default())
            .unwrap()
            .write(&cursor(number))
            .unwrap();
    }
    for (number, user) in (1..).zip(users) {
        let store = SqliteStore::open(folder.0.path(), 1, user, &Ending::default()).unwrap();
        assert_eq!(store.load().unwrap().cursor, number);
    }
    for entry in fs::read_dir(folder.0.path()).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-.".contains(&byte)), "{name}");
    }
    assert!(SqliteStore::open(folder.0.path(), 1, &"x".repeat(101), &Ending::default()).is_err());
}

#[test]
fn a_damaged_file_is_put_aside_and_a_new_one_made() {
    let folder = Folder::new();
    folder.open().unwrap().write(&cursor(5)).unwrap();
    fs::write(folder.file("db"), "this is no database, but long enough to look like one".repeat(100))
        .unwrap();
    let store = folder.open().unwrap();
    assert_eq!(store.load().unwrap().cursor, 0);
    store.write(&cursor(6)).unwrap();
    drop(store);
    assert!(folder.file("broken").exists());
    assert_eq!(folder.open().unwrap().load().unwrap().cursor, 6, "it is not put aside again");
}

#[test]
fn damage_found_while_running_is_dealt_with_at_the_next_start() {
    let folder = Folder::new();
    let store = folder.open().unwrap();
    store.write(&cursor(5)).unwrap();
    store.writer.lock().unwrap().write(&[]).unwrap();
    {
        // A row that no version of ours wrote.
        let other = Connection::open(folder.file("db")).unwrap();
        other.execute("INSERT INTO conversation (type, conversation_id) VALUES (0, 'bob')", []).unwrap();
        other.execute("INSERT INTO message VALUES (1, 1, x'ff')", []).unwrap();
    }
    let key = ConversationKey { conversation_type: 0, conversation_id: "bob".into() };
    assert!(matches!(store.messages_before(&key, None, 1), Err(StoreError::Read(_))));
    drop(store);
    assert_eq!(folder.open().unwrap().load().unwrap().cursor, 0);
    assert_eq!(folder.open().unwrap().load().unwrap().cursor, 0);
}

#[test]
fn a_file_of_a_newer_sdk_is_refused_and_kept() {
    let folder = Folder::new();
    drop(folder.open().unwrap());
    Connection::open(folder.file("db")).unwrap().pragma_update(None, "user_version", 999).unwrap();
    assert!(matches!(folder.open().err(), Some(StoreError::Open(_))));
    assert!(folder.file("db").exists() && !folder.file("broken").exists());
}

#[test]
fn a_failed_batch_leaves_nothing() {
    let folder = Folder::new();
    let store = folder.open().unwrap();
    store.write(&cursor(1)).unwrap();
    store.writer.lock().unwrap().execute_for_test(
        "CREATE TRIGGER full BEFORE INSERT ON value BEGIN SELECT RAISE(FAIL, 'disk full'); END",
    );
    let message = crate::model::Message {
        conversation_id: "bob".into(),
        conversation_type: ConversationType::Peer,
        ..crate::model::Message::text("lost")
    };
    let batch = vec![
        Write::PutMessage(Arc::new(message)),
        Write::SetCursor { epoch: 1, cursor: 2 },
        Write::PutValue("a", Bytes::new()),
    ];
    assert!(matches!(store.write(std::slice::from_ref(&batch)), Err(StoreError::Write(_))));
    assert_eq!(store.load().unwrap().cursor, 1);
    store.writer.lock().unwrap().execute_for_test("DROP TRIGGER full");
    store.write(&[batch]).unwrap();
    let key = ConversationKey { conversation_type: 0, conversation_id: "bob".into() };
    assert_eq!(store.messages_before(&key, None, 9).unwrap().len(), 1);
}

/// Prints a figure; the assertion is only far enough below to notice a lost index or a commit per message.
#[test]
fn inserting_is_fast() {
    let folder = Folder::new();
    let store = folder.open().unwrap();
    let text = "x".repeat(200);
    let batches: Vec<Batch> = (0..200_i64)
        .map(|batch| {
            let messages = (0..100).map(|number| {
                Write::PutMessage(Arc::new(crate::model::Message {
                    order_key: batch * 100 + number,
                    conversation_id: format!("user{}", batch % 10),
                    conversation_type: ConversationType::Peer,
                    ..crate::model::Message::text(text.clone())
                }))
            });
            messages.chain([Write::SetCursor { epoch: 1, cursor: batch.cast_unsigned() }]).collect()
        })
        .collect();
    let start = Instant::now();
    for coalesced in batches.chunks(5) {
        store.write(coalesced).unwrap();
    }
    let rate = 20_000.0 / start.elapsed().as_secs_f64();
    println!("{rate:.0} messages/s in commits of 500");
    assert!(rate > 5_000.0, "{rate}");
}
