//! The writer thread: takes what waits, runs it in one transaction, commits once, tells the observer, answers.

use super::{CommitObserver, Committed, Operation, StoreError, Tx};
use std::any::Any;
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread::{self, JoinHandle, ThreadId};

/// Operations per commit: bounds how long the first one waits for the last one.
const MAX_OPERATIONS: usize = 4096;
/// Bytes of appended logs per commit.
const MAX_BYTES: usize = 8 << 20;

/// What the writer thread drives: a [`Tx`] with an outside.
pub(super) trait Backend: Tx + Send + 'static {
    /// Starts a transaction. After a failure [`rollback`](Self::rollback) follows.
    fn begin(&mut self) -> Result<(), StoreError>;
    /// Makes the transaction durable. A failure leaves it open, [`rollback`](Self::rollback) follows.
    fn commit(&mut self) -> Result<Committed, StoreError>;
    /// Forgets the transaction and whatever memory holds of it.
    fn rollback(&mut self);
    /// Counts writes, also failed ones: an operation that fails without a write can be refused
    /// while the transaction goes on.
    fn writes(&self) -> u64;
    /// Bytes of appended logs in this transaction.
    fn appended_bytes(&self) -> usize;
    /// The database failed in this transaction: it must not be committed, whatever the operation made of the error.
    fn failure(&self) -> Option<StoreError>;
}

type Done = Box<dyn FnOnce(Result<(), StoreError>) + Send>;

struct Job {
    operation: Operation,
    done: Done,
}

#[derive(Default)]
struct Queue {
    jobs: VecDeque<Job>,
    closed: bool,
    /// The writer sleeps: the next submitter wakes it.
    idle: bool,
}

#[derive(Default)]
struct Shared {
    queue: Mutex<Queue>,
    wake: Condvar,
    observer: OnceLock<Arc<dyn CommitObserver>>,
}

impl Shared {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        // No user code runs under this lock, so a poisoned queue is still whole.
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Handle of the writer thread.
pub(super) struct Writer {
    shared: Arc<Shared>,
    thread: Mutex<Option<JoinHandle<()>>>,
    id: ThreadId,
}

impl Writer {
    pub(super) fn start<B: Backend>(backend: B) -> std::io::Result<Self> {
        let shared = Arc::new(Shared::default());
        let for_thread = Arc::clone(&shared);
        let thread = thread::Builder::new()
            .name("zim-store".into())
            .spawn(move || Loop { shared: for_thread, backend, accepted: Vec::new() }.run())?;
        let id = thread.thread().id();
        Ok(Self { shared, thread: Mutex::new(Some(thread)), id })
    }

    pub(super) fn submit(&self, operation: Operation, done: Done) {
        let mut queue = self.shared.queue();
        if queue.closed {
            drop(queue);
            done(Err(StoreError::Closed));
            return;
        }
        queue.jobs.push_back(Job { operation, done });
        let wake = std::mem::take(&mut queue.idle);
        drop(queue);
        if wake {
            self.shared.wake.notify_one();
        }
    }

    pub(super) fn observe(&self, observer: Arc<dyn CommitObserver>) {
        if self.shared.observer.set(observer).is_err() {
            tracing::warn!("store: a second commit observer is ignored");
        }
    }

    /// Runs what is queued, then stops. Called on the writer thread (from `done`) it does not wait.
    pub(super) fn close(&self) {
        self.shared.queue().closed = true;
        self.shared.wake.notify_one();
        if thread::current().id() == self.id {
            return;
        }
        let mut thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(thread) = thread.take()
            && thread.join().is_err()
        {
            tracing::error!("store: the writer thread panicked");
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.close();
    }
}

struct Loop<B> {
    shared: Arc<Shared>,
    backend: B,
    /// Operations of the open transaction and how they ended.
    accepted: Vec<(Job, Result<(), StoreError>)>,
}

/// How one operation ended.
enum Ended {
    /// The transaction goes on.
    Fine(Result<(), StoreError>),
    /// The transaction holds writes that must not stay.
    Spoiled(StoreError),
}

impl<B: Backend> Loop<B> {
    fn run(mut self) {
        // Whatever ends this thread, nobody queues behind it for ever.
        struct Stop(Arc<Shared>);
        impl Drop for Stop {
            fn drop(&mut self) {
                let left = {
                    let mut queue = self.0.queue();
                    queue.closed = true;
                    std::mem::take(&mut queue.jobs)
                };
                for job in left {
                    answer(job.done, Err(StoreError::Closed));
                }
            }
        }
        let _stop = Stop(Arc::clone(&self.shared));
        let mut waiting = VecDeque::new();
        while self.fetch(&mut waiting) {
            self.transaction(&mut waiting);
        }
    }

    /// Moves all queued operations to `waiting`; sleeps if there is nothing to do. `false` = closed and done.
    fn fetch(&self, waiting: &mut VecDeque<Job>) -> bool {
        let mut queue = self.shared.queue();
        while waiting.is_empty() && queue.jobs.is_empty() {
            if queue.closed {
                return false;
            }
            queue.idle = true;
            queue = self.shared.wake.wait(queue).unwrap_or_else(PoisonError::into_inner);
        }
        queue.idle = false;
        if waiting.is_empty() {
            std::mem::swap(waiting, &mut queue.jobs);
        } else {
            waiting.append(&mut queue.jobs);
        }
        true
    }

    /// One commit. An operation that spoils the transaction is answered and left out; the ones before it run again and
    /// are committed without it, the ones after it come in the next transaction. So each failure costs one repetition
    /// of its predecessors, not of the whole queue.
    fn transaction(&mut self, waiting: &mut VecDeque<Job>) {
        let mut limit = MAX_OPERATIONS;
        while limit > 0 {
            if let Err(error) = self.backend.begin() {
                tracing::error!(%error, "store: cannot begin a transaction");
                self.backend.rollback();
                for job in waiting.drain(..waiting.len().min(limit)) {
                    answer(job.done, Err(error.clone()));
                }
                return;
            }
            match self.fill(waiting, limit) {
                None => break,
                Some((job, error)) => {
                    self.backend.rollback();
                    answer(job.done, Err(error));
                    limit = self.accepted.len();
                    for (job, _) in self.accepted.drain(..).rev() {
                        waiting.push_front(job);
                    }
                }
            }
        }
        if limit == 0 {
            return;
        }
        let committed = self.backend.commit();
        let failed = committed.as_ref().err().cloned();
        match committed {
            Ok(committed) => self.tell(committed),
            Err(error) => {
                tracing::error!(%error, operations = self.accepted.len(), "store: commit failed");
                self.backend.rollback();
            }
        }
        let operations = self.accepted.len();
        self.with_observer(|observer| observer.answering(operations));
        for (job, result) in self.accepted.drain(..) {
            answer(job.done, result.and_then(|()| failed.clone().map_or(Ok(()), Err)));
        }
        self.with_observer(|observer| observer.answered());
    }

    /// Runs operations until the transaction is full. Returns the one that spoiled it.
    fn fill(&mut self, waiting: &mut VecDeque<Job>, limit: usize) -> Option<(Job, StoreError)> {
        while self.accepted.len() < limit && self.backend.appended_bytes() < MAX_BYTES {
            let mut job = waiting.pop_front()?;
            match run_one(&mut self.backend, &mut job.operation) {
                Ended::Fine(result) => self.accepted.push((job, result)),
                Ended::Spoiled(error) => return Some((job, error)),
            }
        }
        None
    }

    fn tell(&self, committed: Committed) {
        let nothing =
            committed.appended.is_empty() && committed.job_due.is_none() && committed.timer_due.is_none();
        if !nothing {
            self.with_observer(|observer| observer.committed(committed));
        }
    }

    fn with_observer(&self, call: impl FnOnce(&dyn CommitObserver)) {
        let Some(observer) = self.shared.observer.get() else { return };
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| call(&**observer))) {
            tracing::error!(panic = text_of(&*panic), "store: the commit observer panicked");
        }
    }
}

fn run_one<B: Backend>(backend: &mut B, operation: &mut Operation) -> Ended {
    let before = backend.writes();
    let result = catch_unwind(AssertUnwindSafe(|| operation(backend)));
    if let (Ok(_), Some(error)) = (&result, backend.failure()) {
        return Ended::Spoiled(error);
    }
    match result {
        Ok(Ok(())) => Ended::Fine(Ok(())),
        Ok(Err(error)) if backend.writes() == before => Ended::Fine(Err(error)),
        Ok(Err(error)) => Ended::Spoiled(error),
        Err(panic) => {
            tracing::error!(panic = text_of(&*panic), "store: an operation panicked");
            Ended::Spoiled(StoreError::Panicked)
        }
    }
}

fn answer(done: Done, result: Result<(), StoreError>) {
    if let Err(panic) = catch_unwind(AssertUnwindSafe(|| done(result))) {
        tracing::error!(panic = text_of(&*panic), "store: an answer's receiver panicked");
    }
}

fn text_of(panic: &(dyn Any + Send)) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("not a text")
}
