//! Answers and events on their way to JavaScript.

use napi::Status;
use napi::bindgen_prelude::Function;
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use serde_json::Value;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Items of one batch; what is left comes with the next, so that a flood does not stop everything else.
const BATCH: usize = 256;

/// Weak: it never keeps the process alive.
type Wake = ThreadsafeFunction<(), (), (), Status, false, true, 0>;

/// A queue that any thread fills and JavaScript empties, in order. Nothing is lost while the environment lives: a slow
/// host finds everything when it comes.
pub(crate) struct Outbox(Mutex<State>);

struct State {
    items: VecDeque<Value>,
    /// `None`: JavaScript does not listen any more.
    wake: Option<Wake>,
    /// JavaScript has been woken and has not come yet, so that one call at most is on its way.
    is_woken: bool,
}

impl Outbox {
    /// `wake` is called on JavaScript's thread when there is something to take.
    pub(crate) fn new(wake: &Function<'_, (), ()>) -> napi::Result<Arc<Self>> {
        let wake = wake.build_threadsafe_function::<()>().weak::<true>().build()?;
        let state = State { items: VecDeque::new(), wake: Some(wake), is_woken: false };
        Ok(Arc::new(Self(Mutex::new(state))))
    }

    /// Adds an item; drops it if nobody listens any more.
    pub(crate) fn push(&self, item: Value) {
        let mut state = self.lock();
        if state.wake.is_some() {
            state.items.push_back(item);
            state.wake();
        }
    }

    /// The next items, oldest first.
    pub(crate) fn take(&self) -> Vec<Value> {
        let mut state = self.lock();
        state.is_woken = false;
        let count = state.items.len().min(BATCH);
        let batch = state.items.drain(..count).collect();
        if !state.items.is_empty() {
            state.wake();
        }
        batch
    }

    /// Lets go of JavaScript's function.
    pub(crate) fn close(&self) {
        let mut state = self.lock();
        state.items.clear();
        let wake = state.wake.take();
        drop(state);
        drop(wake);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn wake(&mut self) {
        if self.is_woken {
            return;
        }
        let Some(wake) = &self.wake else { return };
        let status = wake.call((), ThreadsafeFunctionCallMode::NonBlocking);
        if status == Status::Ok {
            self.is_woken = true;
        } else {
            // The environment ends; it will not come any more.
            log::debug!("JavaScript cannot be woken: {status}");
            self.items.clear();
            self.wake = None;
        }
    }
}
