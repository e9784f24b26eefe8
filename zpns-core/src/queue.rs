//! Events on their way to the app's handler, in order.

use crate::event::{Event, EventHandler};
use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Events kept for an app that has no handler or does not return from it. The oldest are dropped: a notification is
/// worth less with every one that follows.
const CAPACITY: usize = 256;

#[derive(Default)]
struct Waiting {
    events: VecDeque<Event>,
    handler: Option<Arc<dyn EventHandler>>,
    is_closed: bool,
}

#[derive(Default)]
pub(crate) struct Queue {
    waiting: Mutex<Waiting>,
    changed: Condvar,
    is_delivering: AtomicBool,
}

impl Queue {
    pub(crate) fn push(&self, event: Event) {
        let mut waiting = self.lock();
        if waiting.is_closed {
            return;
        }
        if waiting.events.len() == CAPACITY {
            waiting.events.pop_front();
            log::warn!("the oldest push event is dropped: {CAPACITY} wait for the handler");
        }
        waiting.events.push_back(event);
        drop(waiting);
        self.changed.notify_all();
    }

    pub(crate) fn set_handler(&self, handler: Option<Arc<dyn EventHandler>>) {
        let former = std::mem::replace(&mut self.lock().handler, handler);
        self.changed.notify_all();
        // Outside the lock: dropping it may run code of the app.
        drop(former);
    }

    /// Nothing is delivered from now on.
    pub(crate) fn close(&self) {
        let mut waiting = self.lock();
        waiting.is_closed = true;
        let dropped = (std::mem::take(&mut waiting.events), waiting.handler.take());
        drop(waiting);
        self.changed.notify_all();
        drop(dropped);
    }

    /// Runs `deliver` for the next event that has a handler, waiting up to `timeout` (`None`: without end). `false` if
    /// there was none, the queue is closed, or another call is delivering, also further up this very thread.
    pub(crate) fn deliver_one(
        &self,
        timeout: Option<Duration>,
        deliver: impl FnOnce(&dyn EventHandler, Event),
    ) -> bool {
        if self.is_delivering.swap(true, Ordering::AcqRel) {
            return false;
        }
        let _delivering = Delivering(&self.is_delivering);
        match self.wait(timeout) {
            Some((handler, event)) => {
                deliver(&*handler, event);
                true
            }
            None => false,
        }
    }

    fn wait(&self, timeout: Option<Duration>) -> Option<(Arc<dyn EventHandler>, Event)> {
        let deadline = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
        let mut waiting = self.lock();
        loop {
            if waiting.is_closed {
                return None;
            }
            if let Some(handler) = waiting.handler.clone()
                && let Some(event) = waiting.events.pop_front()
            {
                return Some((handler, event));
            }
            waiting = match deadline {
                None => self.changed.wait(waiting).unwrap_or_else(PoisonError::into_inner),
                Some(deadline) => {
                    let left = deadline.checked_duration_since(Instant::now())?;
                    self.changed.wait_timeout(waiting, left).unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Clears the mark also when a handler panics.
struct Delivering<'a>(&'a AtomicBool);

impl Drop for Delivering<'_> {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Release);
    }
}
