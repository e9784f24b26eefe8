//! The threads that carry drivers and links: at most two (`zim-rt`), shared by all clients, gone with the last one.

use std::io;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;
use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;

/// Clients spread over so many threads; one client never needs more than one.
const MOST: usize = 2;
/// Name look-ups and reads of local stores; both are rare and short.
const BLOCKING_THREADS: usize = 2;
const BLOCKING_IDLE: Duration = Duration::from_secs(2);

/// One thread with its runtime. The thread ends in the background after the last owner let go.
pub(crate) struct Worker {
    handle: Handle,
    _stop: oneshot::Sender<()>,
}

struct Registry {
    /// Threads do not survive a fork: the child starts its own.
    pid: u32,
    workers: Vec<Weak<Worker>>,
}

static REGISTRY: Mutex<Registry> = Mutex::new(Registry { pid: 0, workers: Vec::new() });

impl Worker {
    /// The least used worker, started if need be.
    pub(crate) fn acquire() -> io::Result<Arc<Self>> {
        let mut registry = REGISTRY.lock().unwrap_or_else(PoisonError::into_inner);
        let pid = std::process::id();
        if registry.pid != pid {
            *registry = Registry { pid, workers: Vec::new() };
        }
        registry.workers.retain(|worker| worker.strong_count() > 0);
        let most = std::thread::available_parallelism().map_or(1, usize::from).min(MOST);
        if registry.workers.len() >= most {
            registry.workers.sort_by_key(Weak::strong_count);
            if let Some(worker) = registry.workers.iter().find_map(Weak::upgrade) {
                return Ok(worker);
            }
        }
        let worker = Arc::new(Self::start()?);
        registry.workers.push(Arc::downgrade(&worker));
        Ok(worker)
    }

    fn start() -> io::Result<Self> {
        let runtime = Builder::new_current_thread()
            .enable_io()
            .enable_time()
            .max_blocking_threads(BLOCKING_THREADS)
            .thread_keep_alive(BLOCKING_IDLE)
            .thread_name("zim-io")
            .build()?;
        let handle = runtime.handle().clone();
        let (stop, stopped) = oneshot::channel::<()>();
        std::thread::Builder::new().name("zim-rt".into()).spawn(move || {
            // Resolves when the worker is dropped; nothing is ever sent.
            let _ = runtime.block_on(stopped);
            // A name look-up that hangs must not keep the thread.
            runtime.shutdown_background();
        })?;
        Ok(Self { handle, _stop: stop })
    }

    /// Where to spawn.
    pub(crate) fn handle(&self) -> &Handle {
        &self.handle
    }
}
