//! The handle a host holds: a cheap clone in front of one driver and one dispatcher.

mod core;

pub(crate) use self::core::{Core, unexpected};

use crate::config::{ClientConfig, Dispatch};
use crate::dispatch::{Call, EventHandler, Queue, run_thread};
use crate::driver::runtime::Worker;
use crate::driver::{COMMANDS, Command, Driver, Hub, Parts};
use crate::engine::io::{AppState, Op, Reply};
use crate::engine::{Engine, EngineConfig};
use crate::error::Error;
use crate::model::Event;
use crate::net::Connector;
use crate::store::StoreError;
use crate::store::backend::Backend;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;
use tokio::sync::mpsc;
use zeroize::Zeroizing;
use zim_proto::{ErrorCode, v1};

/// Version of this SDK, as `getVersion` tells it and the server sees it.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// One user of one app on this device.
///
/// Clones share everything; all functions may be called from any thread, also inside callbacks. Operations return a
/// [`Call`] that starts when it is awaited or given a callback. Parameter faults come back through the call as 6000001
/// (or a more specific code) with the parameter's published name. A process may hold any number of clients.
///
/// The client ends with [`destroy`](Self::destroy) or with its last clone. The login on the server outlives it, so that
/// offline pushes still reach the device; [`logout`](Self::logout) ends that too.
#[derive(Clone)]
pub struct Client {
    handle: Arc<Handle>,
}

struct Handle {
    core: Arc<Core>,
    dispatch: Dispatch,
    handler: Mutex<Option<Arc<dyn EventHandler>>>,
    worker: Mutex<Option<Arc<Worker>>>,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client").field("is_destroyed", &self.is_destroyed()).finish_non_exhaustive()
    }
}

impl Client {
    /// Makes a client that is logged out. Nothing is sent before [`login`](Self::login).
    ///
    /// 6000003 for appID 0, 6000001 naming another parameter at fault, 6000701 if the cache path cannot be used.
    pub fn new(config: ClientConfig) -> Result<Self, Error> {
        let checked = config.check()?;
        let backend = Backend::from_config(&config)?;
        let worker = Worker::acquire().map_err(|error| no_threads(&error))?;
        let (sender, commands) = mpsc::channel(COMMANDS);
        let queue = Queue::new();
        let hub = Arc::new(Hub::default());
        let engine_config = EngineConfig {
            app_id: config.app_id,
            app_sign_key: checked.app_sign_key.map(Zeroizing::new),
            device_id: backend.device_id()?,
            platform: config.platform,
            sdk_version: VERSION.to_owned(),
            timing: config.timing,
        };
        let driver = Driver::new(Parts {
            engine: Engine::new(engine_config, random()?),
            commands,
            queue: queue.clone(),
            hub: hub.clone(),
            connector: Connector::new(checked.url, config.timing.connect_timeout, config.extra_roots),
            app_id: config.app_id,
            backend,
        });
        let core = Arc::new(Core::new(sender, queue, hub, worker.handle().clone()));
        let client = Self {
            handle: Arc::new(Handle {
                core,
                dispatch: config.dispatch,
                handler: Mutex::new(None),
                worker: Mutex::new(Some(worker.clone())),
            }),
        };
        if config.dispatch == Dispatch::Thread {
            client.start_dispatcher().map_err(|error| no_threads(&error))?;
        }
        start_driver(worker, driver, client.handle.core.queue().clone());
        Ok(client)
    }

    /// Sets who gets events; `None` clears. An event that meets no handler is dropped and counts as handled, so set the
    /// handler before logging in.
    pub fn set_event_handler(&self, handler: Option<Arc<dyn EventHandler>>) {
        let mut slot = lock(&self.handle.handler);
        let old = std::mem::replace(&mut *slot, if self.is_destroyed() { None } else { handler });
        drop(slot);
        // The host's drop code runs without our lock.
        drop(old);
    }

    /// Runs one callback on this thread, waiting up to `timeout` for it (pump mode only). `false`: none ran, because
    /// none came in time, the client is destroyed, or this was called inside a callback.
    pub fn next_event(&self, timeout: Duration) -> bool {
        if self.handle.dispatch != Dispatch::Pump {
            return false;
        }
        let handle = Arc::downgrade(&self.handle);
        self.handle.core.queue().pump(timeout, &|event| deliver(&handle, event))
    }

    /// Ends the client: returns at once, may be called again, and inside callbacks. No callback begins afterwards;
    /// completions that wait are dropped uncalled, futures answer 6000002. A callback that has already begun on the
    /// dispatcher ends normally. What is stored stays, and the next client of the same user continues with it.
    pub fn destroy(&self) {
        self.handle.destroy();
    }

    /// Whether [`destroy`](Self::destroy) was called.
    #[must_use]
    pub fn is_destroyed(&self) -> bool {
        self.handle.core.is_destroyed()
    }

    /// Tells whether the app is visible. In the foreground a waiting reconnect is tried at once.
    pub fn set_app_state(&self, state: AppState) {
        self.handle.core.post(Command::AppState(state));
    }

    /// Tells that the device's network changed: the link is checked, a waiting reconnect tried at once.
    pub fn network_changed(&self) {
        self.handle.core.post(Command::NetworkChanged);
    }

    /// A call that is refused before it begins, for hosts whose types let in what these do not (a missing enum, a negative
    /// count): it answers 6000001 naming `parameter`, in order with everything else.
    pub fn refuse(&self, parameter: &str, problem: &str) -> Call<()> {
        let error = Error::invalid(parameter, problem);
        self.core().call(move |_, done| done.complete(Err(error)))
    }

    pub(crate) fn core(&self) -> &Arc<Core> {
        &self.handle.core
    }

    /// An operation of the engine.
    pub(crate) fn op<T: Send + 'static>(
        &self,
        op: Op,
        map: impl FnOnce(Reply) -> Result<T, Error> + Send + 'static,
    ) -> Call<T> {
        self.core().call(move |core, done| core.submit(op, done.map(map), None))
    }

    /// An operation of the engine that answers nothing.
    pub(crate) fn op_done(&self, op: Op) -> Call<()> {
        self.op(op, |_| Ok(()))
    }

    /// A request the server answers.
    pub(crate) fn request<T: Send + 'static>(
        &self,
        op: v1::request::Op,
        map: impl FnOnce(v1::response::Result) -> Result<T, Error> + Send + 'static,
    ) -> Call<T> {
        self.op(Op::Request(op), move |reply| match reply {
            Reply::Response(result) => map(result),
            _ => Err(unexpected()),
        })
    }

    /// A request that is answered by "done".
    pub(crate) fn request_done(&self, op: v1::request::Op) -> Call<()> {
        self.request(op, |_| Ok(()))
    }

    fn start_dispatcher(&self) -> std::io::Result<()> {
        let handle = Arc::downgrade(&self.handle);
        let queue = self.handle.core.queue().clone();
        std::thread::Builder::new()
            .name("zim-cb".into())
            .spawn(move || run_thread(&queue, &|event| deliver(&handle, event)))?;
        Ok(())
    }
}

impl Handle {
    fn destroy(&self) {
        if self.core.destroy() {
            let handler = lock(&self.handler).take();
            let worker = lock(&self.worker).take();
            drop((handler, worker));
        }
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.destroy();
    }
}

/// Gives one event to the host's handler. The dispatcher keeps no client alive between callbacks.
fn deliver(handle: &Weak<Handle>, event: Event) {
    let Some(handle) = handle.upgrade() else { return };
    let handler = lock(&handle.handler).clone();
    if let Some(handler) = handler {
        handler.on_event(&Client { handle }, event);
    }
}

/// Runs the driver, and turns a bug in it into a failed client instead of silence.
fn start_driver(worker: Arc<Worker>, driver: Driver, queue: Arc<Queue>) {
    let runtime = worker.handle().clone();
    let task = runtime.spawn(driver.run());
    runtime.spawn(async move {
        if task.await.is_err_and(|error| error.is_panic()) {
            log::error!("the client failed inside; destroy it and make a new one");
            let error = Error::new(ErrorCode::Failed).with_message("the client failed inside");
            queue.push(crate::dispatch::Item::Event { event: Event::Error(error), delivers: None });
        }
        // The thread may end when the last driver on it has.
        drop(worker);
    });
}

fn random() -> Result<u64, Error> {
    getrandom::u64().map_err(|error| StoreError::Open(format!("no randomness: {error}")).into())
}

fn no_threads(error: &std::io::Error) -> Error {
    Error::new(ErrorCode::Failed).with_message(format!("no threads for a client: {error}"))
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
