//! The one task that owns the engine: takes what happened, does what the engine asks.
//!
//! ```text
//! host call → Command ─▶┌────────┐─ Transmit ─▶ link task      ─ frames ─▶ back
//!                       │ driver │─ Persist ──▶ zim-db thread  ─ Persisted ─▶ back
//! callback ◀─ queue ◀───└────────┘─ Notify, Complete ─▶ queue  ─ Delivered ─▶ back
//! ```
//!
//! Nobody else touches the engine, so there is no lock around protocol state. Every input is followed by draining all
//! outputs, in the order the engine gave them.

mod clock;
pub(crate) mod runtime;
mod storage;

use crate::dispatch::{Completer, Delivers, Hand, Item, Queue};
use crate::engine::Engine;
use crate::engine::io::{AppState, Input, LinkId, Op, OpId, Output, Reply};
use crate::model::Message;
use crate::net::{Connector, LinkEvent, LinkHandle, LinkOutgoing};
use crate::numbers::NumberMap;
use crate::store::backend::Backend;
use crate::store::lease::Ending;
use crate::store::{Batch, Store, StoreError};
use clock::Clock;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use storage::{Storage, StorageEvent};
use tokio::sync::{Notify, mpsc};

/// Host calls on their way to the driver.
pub(crate) const COMMANDS: usize = 65_536;
/// Inputs of one kind handled before the others get their turn.
const TURN: usize = 64;
/// Batches on their way to the disk before the link is left alone.
const UNANSWERED: usize = 256;
/// A destroyed client gives a callback at work so long to return, and its link so long to flush the goodbye.
const FAREWELL: Duration = Duration::from_secs(3);

/// What the host, or a feature, wants of the driver.
#[allow(clippy::large_enum_variant, reason = "moved twice, cheaper than an allocation per operation")]
pub(crate) enum Command {
    /// An operation of the engine.
    Op {
        /// What to do.
        op: Op,
        /// Answered when it is over.
        done: Completer<Reply>,
        /// `onMessageAttached`, for sends; runs on the dispatcher.
        attached: Option<Hand<Arc<Message>>>,
    },
    /// Reads the engine's state.
    Look(Box<dyn FnOnce(&Engine) + Send>),
    /// Writes rows a query fetched, in order with the engine's writes.
    Store(Batch, Completer<()>),
    /// Foreground or background.
    AppState(AppState),
    /// The device's network changed.
    NetworkChanged,
}

/// What clients and their driver share.
#[derive(Default)]
pub(crate) struct Hub {
    /// The open store of the logged-in user.
    pub(crate) store: Mutex<Option<Arc<dyn Store>>>,
    /// Set when the current store is about to close.
    ending: Mutex<Ending>,
    is_destroyed: AtomicBool,
    destroy: Notify,
}

impl Hub {
    /// Ends the driver. `false` if that was done before.
    pub(crate) fn destroy(&self) -> bool {
        if self.is_destroyed.swap(true, Ordering::AcqRel) {
            return false;
        }
        // From here on a new client may wait for this one's store.
        self.close_store();
        self.destroy.notify_one();
        true
    }

    /// Whether [`destroy`](Self::destroy) was called.
    pub(crate) fn is_destroyed(&self) -> bool {
        self.is_destroyed.load(Ordering::Acquire)
    }

    fn new_ending(&self) -> Ending {
        let mut ending = lock(&self.ending);
        *ending = Arc::new(AtomicBool::new(self.is_destroyed()));
        ending.clone()
    }

    fn close_store(&self) {
        *lock(&self.store) = None;
        lock(&self.ending).store(true, Ordering::Release);
    }
}

/// See the module.
pub(crate) struct Driver {
    engine: Engine,
    clock: Clock,
    commands: mpsc::Receiver<Command>,
    queue: Arc<Queue>,
    hub: Arc<Hub>,
    connector: Arc<Connector>,
    app_id: u32,
    backend: Backend,
    storage: Option<Storage>,
    link: Option<LinkHandle>,
    next_op: u64,
    open: NumberMap<OpId, Open>,
    /// Callbacks of the current drain, handed over together.
    items: Vec<Item>,
    /// How far the host handled the inbox of the open store, written by the dispatcher.
    delivered: Arc<AtomicU64>,
    told_delivered: u64,
}

struct Open {
    done: Completer<Reply>,
    attached: Option<Hand<Arc<Message>>>,
}

/// What a driver is made from.
pub(crate) struct Parts {
    pub(crate) engine: Engine,
    pub(crate) commands: mpsc::Receiver<Command>,
    pub(crate) queue: Arc<Queue>,
    pub(crate) hub: Arc<Hub>,
    pub(crate) connector: Connector,
    pub(crate) app_id: u32,
    pub(crate) backend: Backend,
}

impl Driver {
    pub(crate) fn new(parts: Parts) -> Self {
        Self {
            engine: parts.engine,
            clock: Clock::new(),
            commands: parts.commands,
            queue: parts.queue,
            hub: parts.hub,
            connector: Arc::new(parts.connector),
            app_id: parts.app_id,
            backend: parts.backend,
            storage: None,
            link: None,
            next_op: 0,
            open: NumberMap::default(),
            items: Vec::new(),
            delivered: Arc::default(),
            told_delivered: 0,
        }
    }

    /// Runs until the client is destroyed.
    pub(crate) async fn run(mut self) {
        let hub = self.hub.clone();
        let queue = self.queue.clone();
        loop {
            let deadline = self.engine.deadline().map(|at| self.clock.instant(at));
            // A host or a disk that is behind stops the link, and with it the server; nothing is dropped for it.
            let is_behind =
                self.queue.is_full() || self.storage.as_ref().is_some_and(|s| s.unanswered() > UNANSWERED);
            tokio::select! {
                () = hub.destroy.notified() => break,
                command = self.commands.recv() => match command {
                    Some(command) => self.on_commands(command),
                    None => break,
                },
                event = storage_event(&mut self.storage) => self.on_storage(event),
                event = link_event(&mut self.link), if !is_behind => self.on_link(event),
                () = queue.news() => self.on_delivered(),
                () = sleep_until(deadline) => self.on_time(is_behind),
            }
        }
        self.finish().await;
    }

    fn on_commands(&mut self, first: Command) {
        self.on_command(first);
        for _ in 1..TURN {
            let Ok(command) = self.commands.try_recv() else { break };
            self.on_command(command);
        }
    }

    fn on_command(&mut self, command: Command) {
        match command {
            Command::Op { op, done, attached } => {
                self.next_op += 1;
                let id = OpId(self.next_op);
                self.open.insert(id, Open { done, attached });
                self.input(Input::Op { id, op });
            }
            Command::Look(look) => look(&self.engine),
            Command::Store(batch, done) => match &self.storage {
                Some(storage) => storage.store(batch, done),
                None => done.complete(Err(StoreError::NotOpen.into())),
            },
            Command::AppState(state) => self.input(Input::AppState(state)),
            Command::NetworkChanged => self.input(Input::NetworkChanged),
        }
    }

    fn on_storage(&mut self, first: Option<StorageEvent>) {
        let Some(mut event) = first else {
            // The thread ends by itself after a failed open, which it has reported. Otherwise it is a bug of ours, and
            // the watcher turns the panic into a failed client: without storage nothing may be acknowledged or sent.
            assert!(lock(&self.hub.store).is_none(), "the thread of the local store is gone");
            self.storage = None;
            return;
        };
        for _ in 0..TURN {
            match event {
                StorageEvent::Opened(Ok((store, opened))) => {
                    *lock(&self.hub.store) = Some(store);
                    self.input(Input::Opened(Ok(opened)));
                }
                StorageEvent::Opened(Err(error)) => self.input(Input::Opened(Err(error))),
                StorageEvent::Persisted(id, result) => self.input(Input::Persisted(id, result)),
            }
            // Handling it may have closed this store and opened another.
            let Some(next) = self.storage.as_mut().and_then(Storage::ready_event) else { break };
            event = next;
        }
    }

    fn on_link(&mut self, first: Option<LinkEvent>) {
        let Some(mut event) = first else {
            self.link = None;
            return;
        };
        for _ in 0..TURN {
            match event {
                LinkEvent::Up(id) => self.input(Input::LinkUp(id)),
                LinkEvent::Frame(id, frame) => self.input(Input::Frame(id, frame)),
                LinkEvent::Down(id, down) => {
                    if self.link.as_ref().is_some_and(|link| link.id == id) {
                        self.link = None;
                    }
                    self.input(Input::LinkDown(id, down));
                }
            }
            let Some(next) = self.link.as_mut().and_then(|link| link.events.try_recv().ok()) else { break };
            event = next;
        }
    }

    /// While the link is left alone, what waits in it is the sign of life the engine would otherwise miss.
    fn on_time(&mut self, is_behind: bool) {
        let unread =
            self.link.as_ref().filter(|link| is_behind && !link.events.is_empty()).map(|link| link.id);
        if let Some(id) = unread {
            self.input(Input::LinkAlive(id));
        }
        self.input(Input::Tick);
    }

    fn on_delivered(&mut self) {
        let delivered = self.delivered.load(Ordering::Acquire);
        if delivered != self.told_delivered {
            self.told_delivered = delivered;
            self.input(Input::Delivered(delivered));
        }
    }

    fn input(&mut self, input: Input) {
        let (now, slept) = self.clock.now();
        self.engine.handle(now, input);
        self.drain();
        if slept {
            log::info!("the device slept: checking the link");
            self.engine.handle(now, Input::NetworkChanged);
            self.drain();
        }
    }

    fn drain(&mut self) {
        while let Some(output) = self.engine.poll_output() {
            self.perform(output);
        }
        self.queue.push_all(&mut self.items);
    }

    fn perform(&mut self, output: Output) {
        match output {
            Output::Open { user_id } => self.open_store(user_id),
            Output::CloseStore => {
                self.hub.close_store();
                self.storage = None;
            }
            Output::Connect(id) => {
                let connector = self.connector.clone();
                let link = LinkHandle::spawn(id, async move { connector.connect().await });
                if let Some(old) = self.link.replace(link) {
                    // It may still flush its goodbye; dropped, it would be cut off.
                    tokio::spawn(farewell(old));
                }
            }
            Output::Transmit(id, frame) => self.to_link(id, LinkOutgoing::Frame(frame)),
            Output::CloseLink(id) => self.to_link(id, LinkOutgoing::Close),
            Output::Persist(id, batch) => match &mut self.storage {
                Some(storage) => storage.persist(id, batch),
                None => debug_assert!(false, "the engine writes without a store"),
            },
            Output::Notify { event, delivers } => {
                let delivers = delivers.map(|seq| Delivers { cell: self.delivered.clone(), seq });
                self.items.push(Item::Event { event, delivers });
            }
            Output::Attached(id, message) => {
                if let Some(attached) = self.open.get_mut(&id).and_then(|open| open.attached.take()) {
                    self.items.push(Item::Run(Box::new(move || attached(message))));
                }
            }
            Output::Complete(id, result) => {
                // A completion pushes to the queue by itself; what came before it goes first.
                self.queue.push_all(&mut self.items);
                if let Some(open) = self.open.remove(&id) {
                    open.done.complete(result);
                }
            }
        }
    }

    fn to_link(&self, id: LinkId, outgoing: LinkOutgoing) {
        if let Some(link) = self.link.as_ref().filter(|link| link.id == id) {
            // A link that has ended reports so by itself.
            let _ = link.outgoing.send(outgoing);
        }
    }

    fn open_store(&mut self, user_id: String) {
        // Another user's inbox counts on its own.
        self.delivered = Arc::default();
        self.told_delivered = 0;
        let (backend, app_id, ending) = (self.backend.clone(), self.app_id, self.hub.new_ending());
        match Storage::start(move || backend.open(app_id, &user_id, &ending)) {
            Ok(storage) => self.storage = Some(storage),
            Err(error) => {
                let error = StoreError::Open(format!("no thread for it: {error}"));
                let (now, _) = self.clock.now();
                self.engine.handle(now, Input::Opened(Err(error)));
            }
        }
    }

    /// Ends the engine, answers everything that is open, lets the link say goodbye. Storage finishes on its own thread.
    async fn finish(mut self) {
        self.commands.close();
        // What the host is handling right now counts as delivered; the next client must not bring it again.
        if tokio::time::timeout(FAREWELL, self.queue.ended()).await.is_err() {
            log::info!("a callback does not return; its event may come again to the next client");
        }
        self.on_delivered();
        self.engine.close();
        self.drain();
        while let Ok(command) = self.commands.try_recv() {
            // Dropping a command answers it.
            drop(command);
        }
        self.open.clear();
        self.hub.close_store();
        self.storage = None;
        if let Some(link) = self.link.take() {
            farewell(link).await;
        }
    }
}

/// Waits until a link that was told to close has done so.
async fn farewell(mut link: LinkHandle) {
    let ended = async { while link.events.recv().await.is_some() {} };
    if tokio::time::timeout(FAREWELL, ended).await.is_err() {
        log::debug!("the link did not close in time");
    }
}

async fn storage_event(storage: &mut Option<Storage>) -> Option<StorageEvent> {
    match storage {
        Some(storage) => storage.event().await,
        None => std::future::pending().await,
    }
}

async fn link_event(link: &mut Option<LinkHandle>) -> Option<LinkEvent> {
    match link {
        Some(link) => link.events.recv().await,
        None => std::future::pending().await,
    }
}

async fn sleep_until(deadline: Option<std::time::Instant>) {
    match deadline {
        Some(deadline) => tokio::time::sleep_until(deadline.into()).await,
        None => std::future::pending().await,
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
