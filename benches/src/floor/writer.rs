//! One SQLite database in WAL mode with full sync; one thread that commits everything that waits at once.

use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;

type Job = (Vec<u8>, Box<dyn FnOnce(i64) + Send>);

/// Durable inserts with group commit.
pub struct Writer {
    jobs: Option<Sender<Job>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    /// Opens `path` and starts the writer thread.
    ///
    /// # Errors
    /// If SQLite refuses.
    pub fn open(path: &Path) -> rusqlite::Result<Self> {
        let connection = connect(path)?;
        connection
            .execute_batch("CREATE TABLE message (id INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT")?;
        let (jobs, waiting) = channel();
        let thread = std::thread::spawn(move || run(&connection, &waiting));
        Ok(Self { jobs: Some(jobs), thread: Some(thread) })
    }

    /// Stores `body`; `done` is called with its row id after the commit.
    pub fn insert(&self, body: Vec<u8>, done: Box<dyn FnOnce(i64) + Send>) {
        if let Some(jobs) = &self.jobs {
            let _ = jobs.send((body, done));
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// A connection as both the writer and the readers of the floor use it.
///
/// # Errors
/// If SQLite refuses.
pub(super) fn connect(path: &Path) -> rusqlite::Result<rusqlite::Connection> {
    let connection = rusqlite::Connection::open(path)?;
    connection.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;")?;
    Ok(connection)
}

fn run(connection: &rusqlite::Connection, waiting: &Receiver<Job>) {
    while let Ok(first) = waiting.recv() {
        let mut batch = vec![first];
        batch.extend(waiting.try_iter().take(4095));
        connection.execute_batch("BEGIN IMMEDIATE").expect("begin");
        let mut answers = Vec::with_capacity(batch.len());
        {
            let mut insert =
                connection.prepare_cached("INSERT INTO message (body) VALUES (?)").expect("prepare");
            for (body, done) in batch {
                insert.execute([body]).expect("insert");
                answers.push((connection.last_insert_rowid(), done));
            }
        }
        connection.execute_batch("COMMIT").expect("commit");
        for (id, done) in answers {
            done(id);
        }
    }
}
