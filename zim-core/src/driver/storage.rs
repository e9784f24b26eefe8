//! The thread that owns one open store (`zim-db`): all its writes, coalesced. A store that answers at once is written by
//! the driver itself; its reports still come one turn later, so that a burst is gathered just the same.

use crate::dispatch::Completer;
use crate::engine::io::BatchId;
use crate::error::Error;
use crate::store::{Batch, Opened, Store, StoreError};
use std::collections::VecDeque;
use std::io;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// Batches in one commit: enough to hide the commit, few enough to answer soon.
const COALESCED: usize = 256;

/// What the thread reports to the driver, in order.
pub(super) enum StorageEvent {
    /// The store is open, or is not.
    Opened(Result<(Arc<dyn Store>, Box<Opened>), StoreError>),
    /// A batch of the engine is committed, or is not.
    Persisted(BatchId, Result<(), StoreError>),
}

enum Job {
    Engine(BatchId, Batch),
    Query(Batch, Completer<()>),
}

/// The driver's end. Dropping it lets the thread write what waits and close the store.
pub(super) struct Storage {
    jobs: Sender<Job>,
    events: UnboundedReceiver<StorageEvent>,
    unanswered: usize,
    /// The store, if it needs no thread.
    immediate: Option<Arc<dyn Store>>,
    /// Reports of the immediate store.
    done: VecDeque<StorageEvent>,
}

impl Storage {
    /// Starts the thread; `open` runs on it, since it may wait for a lock and reads files.
    pub(super) fn start(
        open: impl FnOnce() -> Result<Arc<dyn Store>, StoreError> + Send + 'static,
    ) -> io::Result<Self> {
        let (jobs, queue) = channel();
        let (report, events) = unbounded_channel();
        std::thread::Builder::new().name("zim-db".into()).spawn(move || {
            let opened = open().and_then(|store| {
                let opened = store.load()?;
                Ok((store, Box::new(opened)))
            });
            let store = opened.as_ref().ok().map(|(store, _)| store.clone());
            let _ = report.send(StorageEvent::Opened(opened));
            if let Some(store) = store {
                run(store.as_ref(), &queue, &report);
            }
        })?;
        Ok(Self { jobs, events, unanswered: 0, immediate: None, done: VecDeque::new() })
    }

    /// Queues a batch of the engine; answered by [`StorageEvent::Persisted`] in order.
    pub(super) fn persist(&mut self, id: BatchId, batch: Batch) {
        self.unanswered += 1;
        if let Some(store) = &self.immediate {
            let result = store.write(&[batch]);
            self.done.push_back(StorageEvent::Persisted(id, result));
            return;
        }
        // The thread ends before its sender only when opening failed, and then the engine writes nothing.
        let _ = self.jobs.send(Job::Engine(id, batch));
    }

    /// Queues writes of a query, in order with the engine's.
    pub(super) fn store(&self, batch: Batch, done: Completer<()>) {
        match &self.immediate {
            Some(store) => done.complete(store.write(&[batch]).map_err(Error::from)),
            None => {
                let _ = self.jobs.send(Job::Query(batch, done));
            }
        }
    }

    /// Batches on their way.
    pub(super) fn unanswered(&self) -> usize {
        self.unanswered
    }

    /// The next report; `None` when the thread has ended.
    pub(super) async fn event(&mut self) -> Option<StorageEvent> {
        let event = match self.done.pop_front() {
            Some(event) => Some(event),
            None => self.events.recv().await,
        };
        self.count(event)
    }

    /// A report that is already there.
    pub(super) fn ready_event(&mut self) -> Option<StorageEvent> {
        let event = self.done.pop_front().or_else(|| self.events.try_recv().ok());
        self.count(event)
    }

    fn count(&mut self, event: Option<StorageEvent>) -> Option<StorageEvent> {
        match &event {
            Some(StorageEvent::Persisted(..)) => self.unanswered = self.unanswered.saturating_sub(1),
            Some(StorageEvent::Opened(Ok((store, _)))) if store.is_immediate() => {
                self.immediate = Some(Arc::clone(store));
            }
            _ => {}
        }
        event
    }
}

fn run(store: &dyn Store, queue: &Receiver<Job>, report: &UnboundedSender<StorageEvent>) {
    while let Ok(first) = queue.recv() {
        let mut batches = Vec::new();
        let mut answers = Vec::new();
        let jobs = std::iter::once(first).chain(std::iter::from_fn(|| queue.try_recv().ok()));
        for job in jobs.take(COALESCED) {
            let (batch, answer) = match job {
                Job::Engine(id, batch) => (batch, Answer::Engine(id)),
                Job::Query(batch, done) => (batch, Answer::Query(done)),
            };
            batches.push(batch);
            answers.push(answer);
        }
        match store.write(&batches) {
            Ok(()) => answers.into_iter().for_each(|answer| answer.give(Ok(()), report)),
            // One bad batch must not fail its neighbours: nothing was stored, so try them one by one.
            Err(_) if batches.len() > 1 => {
                for (batch, answer) in batches.chunks(1).zip(answers) {
                    answer.give(store.write(batch), report);
                }
            }
            Err(error) => answers.into_iter().for_each(|answer| answer.give(Err(error.clone()), report)),
        }
    }
}

enum Answer {
    Engine(BatchId),
    Query(Completer<()>),
}

impl Answer {
    fn give(self, result: Result<(), StoreError>, report: &UnboundedSender<StorageEvent>) {
        match self {
            Self::Engine(id) => {
                let _ = report.send(StorageEvent::Persisted(id, result));
            }
            Self::Query(done) => done.complete(result.map_err(Error::from)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Message;
    use crate::store::{ConversationKey, Write};
    use bytes::Bytes;
    use std::sync::Mutex;

    /// Counts commits, fails batches that hold the value `bad`, and waits for permission to commit.
    #[derive(Default)]
    struct Recorder {
        commits: Mutex<Vec<usize>>,
        gate: Mutex<()>,
    }

    impl Store for Recorder {
        fn load(&self) -> Result<Opened, StoreError> {
            Ok(Opened::default())
        }
        fn write(&self, batches: &[Batch]) -> Result<(), StoreError> {
            let _open = self.gate.lock().unwrap();
            if batches.iter().flatten().any(|write| matches!(write, Write::PutValue("bad", _))) {
                return Err(StoreError::Write("bad".into()));
            }
            self.commits.lock().unwrap().push(batches.len());
            Ok(())
        }
        fn messages_before(
            &self,
            _: &ConversationKey,
            _: Option<i64>,
            _: usize,
        ) -> Result<Vec<Arc<Message>>, StoreError> {
            Err(StoreError::NotOpen)
        }
        fn messages_after(
            &self,
            _: &ConversationKey,
            _: i64,
            _: usize,
        ) -> Result<Vec<Arc<Message>>, StoreError> {
            Err(StoreError::NotOpen)
        }
    }

    fn persisted(storage: &mut Storage) -> (u64, bool) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        loop {
            match runtime.block_on(storage.event()) {
                Some(StorageEvent::Persisted(id, result)) => return (id.0, result.is_ok()),
                Some(StorageEvent::Opened(_)) => {}
                None => panic!("the thread ended"),
            }
        }
    }

    #[test]
    fn what_waits_goes_into_one_commit_and_is_answered_in_order() {
        let store = Arc::new(Recorder::default());
        let held = store.gate.lock().unwrap();
        let opened = store.clone();
        let mut storage = Storage::start(move || Ok(opened)).unwrap();
        for id in 0..101 {
            storage.persist(BatchId(id), vec![Write::Delivered(id)]);
        }
        drop(held);
        assert_eq!(
            (0..101).map(|_| persisted(&mut storage)).collect::<Vec<_>>(),
            (0..101).map(|id| (id, true)).collect::<Vec<_>>()
        );
        let commits = store.commits.lock().unwrap().clone();
        assert_eq!(commits.iter().sum::<usize>(), 101);
        assert!(commits.len() <= 2, "{commits:?}");
        assert_eq!(storage.unanswered(), 0);
    }

    #[test]
    fn a_failing_batch_fails_alone() {
        let store = Arc::new(Recorder::default());
        let held = store.gate.lock().unwrap();
        let opened = store.clone();
        let mut storage = Storage::start(move || Ok(opened)).unwrap();
        for (id, name) in [(1, "good"), (2, "bad"), (3, "good")] {
            storage.persist(BatchId(id), vec![Write::PutValue(name, Bytes::new())]);
        }
        drop(held);
        let results: Vec<_> = (0..3).map(|_| persisted(&mut storage)).collect();
        assert_eq!(results, [(1, true), (2, false), (3, true)]);
    }

    #[test]
    fn dropping_the_driver_end_writes_what_waits_and_closes() {
        let store = Arc::new(Recorder::default());
        let opened = store.clone();
        let mut storage = Storage::start(move || Ok(opened)).unwrap();
        storage.persist(BatchId(1), Vec::new());
        drop(storage);
        while Arc::strong_count(&store) > 1 {
            std::thread::yield_now();
        }
        assert_eq!(*store.commits.lock().unwrap(), [1]);
    }
}
