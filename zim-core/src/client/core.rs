//! What operations need of a client: the way to the driver, the callback queue, the open store.

use crate::dispatch::{Call, Completer, Hand, Queue};
use crate::driver::{Command, Hub};
use crate::engine::Engine;
use crate::engine::io::{Op, Reply};
use crate::error::Error;
use crate::model::Message;
use crate::store::{Batch, Store, StoreError};
use std::sync::{Arc, PoisonError};
use tokio::runtime::Handle;
use tokio::sync::{mpsc, oneshot};
use zim_proto::{ErrorCode, v1};

/// Shared by the clones of a client and the operations under way. Holds no thread alive.
pub(crate) struct Core {
    /// Threads do not survive a fork; a call in the child gets an error instead of silence.
    pid: u32,
    commands: mpsc::Sender<Command>,
    queue: Arc<Queue>,
    hub: Arc<Hub>,
    runtime: Handle,
}

impl Core {
    pub(super) fn new(
        commands: mpsc::Sender<Command>,
        queue: Arc<Queue>,
        hub: Arc<Hub>,
        runtime: Handle,
    ) -> Self {
        Self { pid: std::process::id(), commands, queue, hub, runtime }
    }

    pub(super) fn queue(&self) -> &Arc<Queue> {
        &self.queue
    }

    pub(super) fn is_destroyed(&self) -> bool {
        self.hub.is_destroyed()
    }

    pub(super) fn destroy(&self) -> bool {
        let was_alive = self.hub.destroy();
        if was_alive {
            self.queue.close();
        }
        was_alive
    }

    fn is_forked(&self) -> bool {
        std::process::id() != self.pid
    }

    /// A call that begins with `start`. In a forked child it answers at once, on the caller's thread.
    pub(crate) fn call<T: Send + 'static>(
        self: &Arc<Self>,
        start: impl FnOnce(&Arc<Self>, Completer<T>) + Send + 'static,
    ) -> Call<T> {
        if self.is_forked() {
            let error = Error::new(ErrorCode::CommonModuleNotInit)
                .with_message("the process was forked: make a new client in the child");
            return Call::refused(error);
        }
        let core = self.clone();
        Call::new(&self.queue, move |done| start(&core, done))
    }

    /// A call that is an asynchronous function of its own.
    pub(crate) fn run<T: Send + 'static, F: Future<Output = Result<T, Error>> + Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(Arc<Self>) -> F + Send + 'static,
    ) -> Call<T> {
        self.call(move |core, done| {
            let work = work(core.clone());
            core.runtime.spawn(async move { done.complete(work.await) });
        })
    }

    /// Gives the engine an operation.
    pub(crate) fn submit(&self, op: Op, done: Completer<Reply>, attached: Option<Hand<Arc<Message>>>) {
        let refused = self.commands.try_send(Command::Op { op, done, attached });
        // Destroyed is the other refusal: dropping the completer answers it.
        if let Err(mpsc::error::TrySendError::Full(Command::Op { done, .. })) = refused {
            let error = Error::new(ErrorCode::CommonModuleTriggerSDKFrequencyLimit);
            done.complete(Err(error.with_message("too many operations at once")));
        }
    }

    /// A notice that nobody waits for.
    pub(super) fn post(&self, command: Command) {
        if !self.is_forked() && self.commands.try_send(command).is_err() {
            log::debug!("a notice to the driver was dropped");
        }
    }

    /// Asks the server and waits.
    pub(crate) async fn request(&self, op: v1::request::Op) -> Result<v1::response::Result, Error> {
        let (answer, answered) = oneshot::channel();
        let done = Completer::new(move |result| {
            let _ = answer.send(result);
        });
        self.submit(Op::Request(op), done, None);
        match answered.await {
            Ok(Ok(Reply::Response(result))) => Ok(result),
            Ok(Err(error)) => Err(error),
            Ok(Ok(_)) | Err(_) => Err(unexpected()),
        }
    }

    /// Reads the engine's state. 6000121 unless a user is logged in (offline counts).
    pub(crate) async fn look<T: Send + 'static>(
        &self,
        look: impl FnOnce(&Engine) -> T + Send + 'static,
    ) -> Result<T, Error> {
        self.store()?;
        let (answer, answered) = oneshot::channel();
        let look = Box::new(move |engine: &Engine| {
            let _ = answer.send(look(engine));
        });
        if self.commands.send(Command::Look(look)).await.is_err() {
            return Err(destroyed());
        }
        answered.await.map_err(|_| destroyed())
    }

    /// Reads the local store of the logged-in user, away from the threads of the links.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&dyn Store) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, Error> {
        let store = self.store()?;
        match self.runtime.spawn_blocking(move || read(store.as_ref())).await {
            Ok(result) => result.map_err(Error::from),
            Err(_) => Err(destroyed()),
        }
    }

    /// Writes what a query fetched.
    pub(crate) async fn write(&self, batch: Batch) -> Result<(), Error> {
        let (answer, answered) = oneshot::channel();
        let done = Completer::new(move |result| {
            let _ = answer.send(result);
        });
        if self.commands.send(Command::Store(batch, done)).await.is_err() {
            return Err(destroyed());
        }
        answered.await.unwrap_or_else(|_| Err(destroyed()))
    }

    fn store(&self) -> Result<Arc<dyn Store>, Error> {
        if self.is_destroyed() {
            return Err(destroyed());
        }
        let store = self.hub.store.lock().unwrap_or_else(PoisonError::into_inner).clone();
        store.ok_or_else(|| Error::new(ErrorCode::NetworkModuleUserIsNotLogged))
    }
}

fn destroyed() -> Error {
    Error::new(ErrorCode::CommonModuleNotInit).with_message("the client was destroyed")
}

/// The server answered something else than was asked.
pub(crate) fn unexpected() -> Error {
    Error::new(ErrorCode::NetworkModuleRspProtoParseError).with_message("an answer of the wrong kind")
}
