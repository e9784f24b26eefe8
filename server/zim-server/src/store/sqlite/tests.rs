//! What only the durable store promises: the file, the folder, crashes, a full disk.

use super::super::contract::{
    Factory, append, contract_suite, message, new_user, ok, raw, run, texts, users,
};
use super::super::{Conversation, GroupRow, Retention, SentRecord, Tx, User, UserConversation};
use super::*;
use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use tempfile::TempDir;
use zim_proto::v1;

struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }
}

impl Factory for Folder {
    fn store(&self) -> Arc<dyn Store> {
        Arc::new(SqliteStore::open(self.0.path()).expect("a store"))
    }
}

mod contract {
    use super::{Folder, contract_suite};
    contract_suite!(Folder::new());
}

#[test]
fn reopening_keeps_everything() {
    let folder = Folder::new();
    let store = folder.store();
    let [a, b] = users(&*store, ["a", "b"]);
    let peer = Conversation::peer(a, b);
    let now = 1_790_000_000_000;
    let state = UserConversation { read_seq: 2, notification_status: 2 };
    let record = SentRecord {
        sent: v1::MessageSent { message_id: 9, message_seq: 1, timestamp: now },
        fingerprint: 3,
    };
    let (put_state, put_record) = (state.clone(), record.clone());
    let (epoch, id) = ok(&*store, move |tx| {
        tx.inbox_append(a, now, &raw(now, "one"))?;
        tx.inbox_append(a, now, &raw(now, "two"))?;
        tx.conversation_append(peer, &message(1))?;
        tx.put_user_conversation(a, peer, &put_state)?;
        tx.put_sent(a, 1, 5, &put_record)?;
        tx.put_group(&GroupRow {
            key: 0,
            app_id: 1,
            group: v1::Group { group_id: "g".into(), ..v1::Group::default() },
            dismissed: true,
        })?;
        Ok((tx.inbox_epoch()?, tx.next_message_id(1, now)?))
    });
    let recalled = v1::Message { r#type: 31, body: Vec::new().into(), ..message(1) };
    let replacement = recalled.clone();
    ok(&*store, move |tx| tx.conversation_replace(peer, &replacement));
    drop(store);
    let store = folder.store();
    ok(&*store, move |tx| {
        assert_eq!(tx.inbox_epoch()?, epoch);
        assert_eq!(tx.inbox_head(a)?, 2);
        assert_eq!(tx.conversation_head(peer)?, 1);
        assert_eq!(tx.history(peer, 0, 0, 9, false)?, std::slice::from_ref(&recalled));
        assert_eq!(tx.user_conversation(a, peer)?, Some(state.clone()));
        assert_eq!(tx.sent(a, 1, 5)?, Some(record.clone()));
        assert_eq!(tx.sent(a, 1, 6)?, None);
        assert_eq!(tx.user(1, "b")?.map(|user| user.key), Some(b));
        assert!(tx.group(1, "g")?.expect("kept").dismissed);
        assert_eq!(
            tx.next_message_id(1, now - 1_000_000)?,
            id + 1,
            "ids do not repeat with an earlier clock"
        );
        assert_eq!(tx.inbox_append(a, now, &raw(now, "three"))?, 3);
        Ok(())
    });
    assert_eq!(texts(&store.inbox_read(a, 0, 9, 9999).unwrap().expect("kept").run), ["one", "two", "three"]);
}

#[test]
fn the_head_survives_trimming_and_reopening() {
    let folder = Folder::new();
    let store = folder.store();
    let [a] = users(&*store, ["a"]);
    append(&*store, a, 1, "one");
    append(&*store, a, 1, "two");
    ok(&*store, |tx| tx.trim(&Retention { inbox_before: 9, ..Retention::default() }));
    drop(store);
    assert_eq!(append(&*folder.store(), a, 2, "three"), 3);
}

#[test]
fn small_chunks_are_gathered() {
    let folder = Folder::new();
    let store = folder.store();
    let [a] = users(&*store, ["a"]);
    for _ in 0..200 {
        append(&*store, a, 1, "small");
    }
    drop(store);
    let db = Connection::open(folder.0.path().join(FILE)).unwrap();
    let rows: u32 = db.query_row("SELECT count(*) FROM inbox_chunk", [], |row| row.get(0)).unwrap();
    assert_eq!(rows, 200 / logs::SMALL_CHUNKS + 200 % logs::SMALL_CHUNKS);
}

#[test]
fn a_folder_has_one_owner() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data");
    let store = SqliteStore::open(&path).unwrap();
    let second = SqliteStore::open(&path).err().expect("the folder is taken");
    assert_eq!(second, StoreError::InUse(path.display().to_string()));
    assert!(second.to_string().contains("in use by another process"), "{second}");
    store.close();
    SqliteStore::open(&path).expect("free again after close");
}

#[test]
fn a_file_of_a_newer_release_is_refused() {
    let folder = Folder::new();
    drop(folder.store());
    let db = Connection::open(folder.0.path().join(FILE)).unwrap();
    db.pragma_update(None, "user_version", 1000).unwrap();
    let error = SqliteStore::open(folder.0.path()).err().expect("newer");
    assert!(matches!(error, StoreError::Newer { found: 1000, .. }), "{error}");
}

#[test]
fn a_file_that_is_no_database_is_refused_and_left() {
    let folder = Folder::new();
    let path = folder.0.path().join(FILE);
    std::fs::write(&path, "this is text, and long enough to be taken for a header of something".repeat(20))
        .unwrap();
    let error = SqliteStore::open(folder.0.path()).err().expect("no database");
    assert!(matches!(&error, StoreError::Database(text) if text.contains("not a database")), "{error}");
    assert!(std::fs::read_to_string(&path).unwrap().starts_with("this is text"));
}

#[cfg(unix)]
#[test]
fn files_are_for_their_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("made");
    let store = SqliteStore::open(&path).unwrap();
    users(&store, ["a"]);
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&path), 0o700);
    let files: Vec<_> = std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(files.len() >= 4, "database, log, index, lock: {files:?}");
    for file in files {
        assert_eq!(mode(&file), 0o600, "{}", file.display());
    }
}

#[test]
fn a_full_disk_fails_operations_and_passes() {
    let folder = tempfile::tempdir().unwrap();
    let limit = Arc::new(AtomicU32::new(u32::MAX));
    let pages = Arc::clone(&limit);
    let store = SqliteStore::open_with(folder.path(), |backend| {
        backend.before_begin = Some(Box::new(move |db| {
            let pages = i64::from(pages.load(Ordering::Relaxed));
            db.pragma_update_and_check(None, "max_page_count", pages, |_| Ok(())).unwrap();
        }));
    })
    .unwrap();
    let [a, b] = users(&store, ["a", "b"]);
    append(&store, a, 1, "before");
    // No page beyond those in use: found out when logs are written at the commit …
    limit.store(1, Ordering::Relaxed);
    let large = raw(1, &"x".repeat(100_000));
    let event = large.clone();
    let full = run(&store, move |tx| {
        tx.inbox_append(b, 1, &raw(1, "small"))?;
        tx.inbox_append(a, 1, &event)
    });
    assert!(matches!(&full, Err(StoreError::Database(text)) if text.contains("full")), "{full:?}");
    // … or inside an operation.
    let full =
        run(&store, |tx| tx.create_user(User { extended_data: "x".repeat(100_000), ..new_user(1, "large") }));
    assert!(matches!(&full, Err(StoreError::Database(text)) if text.contains("full")), "{full:?}");
    // Reading goes on, and nothing is left of the failed ones.
    ok(&store, move |tx| {
        assert_eq!((tx.inbox_head(a)?, tx.inbox_head(b)?), (1, 0));
        assert_eq!(tx.user(1, "large")?, None);
        Ok(())
    });
    limit.store(u32::MAX, Ordering::Relaxed);
    assert_eq!(ok(&store, move |tx| tx.inbox_append(a, 1, &large)), 2);
    assert_eq!(append(&store, b, 1, "after"), 1);
    assert_eq!(store.inbox_read(a, 0, 9, 1 << 20).unwrap().expect("both").count, 2);
}

/// Folder of the child process of the kill test.
const CHILD: &str = "ZIM_STORE_TEST_CHILD";

/// Not a test of its own: the process that [`what_was_answered_survives_a_kill`] kills. Writes until then, and prints
/// each number once it is answered.
#[test]
fn child_that_is_killed() {
    let Ok(folder) = std::env::var(CHILD) else { return };
    let store = SqliteStore::open(folder).expect("the parent killed the one before");
    let user = ok(&store, |tx| match tx.user(1, "a")? {
        Some(user) => Ok(user),
        None => tx.create_user(new_user(1, "a")),
    });
    let mut next = ok(&store, move |tx| tx.inbox_head(user.key)) + 1;
    loop {
        // Waves, so that a kill hits transactions of many operations.
        for number in next..next + 20 {
            store.submit(
                Box::new(move |tx| write_number(tx, user.key, number)),
                Box::new(move |result| {
                    result.expect("stored");
                    println!("answered {number}");
                }),
            );
        }
        next += 20;
        ok(&store, |_| Ok(()));
    }
}

fn write_number(tx: &mut dyn Tx, user: UserKey, number: u64) -> Result<(), StoreError> {
    let text = number.to_string();
    let id = tx.next_message_id(1, 0)?;
    tx.conversation_append(Conversation::Group(1), &message(number))?;
    let sent = v1::MessageSent { message_id: id, message_seq: number, timestamp: 1 };
    tx.put_sent(user, 1, number, &SentRecord { sent, fingerprint: 0 })?;
    assert_eq!(tx.inbox_append(user, 1, &raw(1, &text))?, number);
    Ok(())
}

#[cfg(unix)]
#[test]
fn what_was_answered_survives_a_kill() {
    let folder = tempfile::tempdir().unwrap();
    let seed = fastrand::u64(..);
    println!("seed {seed}");
    let mut random = fastrand::Rng::with_seed(seed);
    let mut answered = 0;
    for round in 0..8 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args([
                "--exact",
                "store::sqlite::tests::child_that_is_killed",
                "--nocapture",
                "--test-threads=1",
            ])
            .env(CHILD, folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let numbers =
            |line: String| line.split_once("answered ").map(|(_, number)| number.parse::<u64>().unwrap());
        let kill_after = random.usize(1..120);
        let before_kill = lines.by_ref().filter_map(numbers).take(kill_after).last();
        child.kill().unwrap();
        child.wait().unwrap();
        // What it still printed before it died counts as answered.
        let last = lines.filter_map(numbers).last().or(before_kill).expect("the child answered something");
        assert!(last > answered, "round {round}: the child goes on after what was stored");
        answered = last;
        check_numbers(folder.path(), answered);
    }
}

/// Every log holds 1, 2, 3, … without gap or repetition, at least up to `answered`, and they agree.
fn check_numbers(folder: &Path, answered: u64) {
    let store = SqliteStore::open(folder).unwrap();
    let (user, head, history, last_sent) = ok(&store, |tx| {
        let user = tx.user(1, "a")?.expect("made first").key;
        let head = tx.inbox_head(user)?;
        Ok((
            user,
            head,
            tx.history(Conversation::Group(1), 0, 0, usize::MAX >> 1, true)?,
            tx.sent(user, 1, head)?,
        ))
    });
    assert!(head >= answered, "{answered} was answered, {head} is stored");
    let run = store.inbox_read(user, 0, usize::MAX, usize::MAX).unwrap().expect("events").run;
    assert_eq!(texts(&run), (1..=head).map(|number| number.to_string()).collect::<Vec<_>>());
    assert_eq!(history, (1..=head).map(message).collect::<Vec<_>>());
    let last = last_sent.expect("sent with the last event").sent;
    assert_eq!((last.message_seq, last.message_id), (head, head));
}
