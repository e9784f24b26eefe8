//! Keeps events and waits for them.

use crate::wait::PATIENCE;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;
use zim_core::model::{Event, Message, MessageBody};
use zim_core::{Client, EventHandler};
use zpns_core::Zpns;

/// Every event since the beginning, or since [`Recorder::clear`].
#[derive(Debug)]
pub struct Recorder<E> {
    events: Mutex<Vec<E>>,
    changed: Condvar,
}

impl<E> Default for Recorder<E> {
    fn default() -> Self {
        Self { events: Mutex::default(), changed: Condvar::new() }
    }
}

impl<E: Clone> Recorder<E> {
    fn lock(&self) -> MutexGuard<'_, Vec<E>> {
        self.events.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds an event.
    pub fn push(&self, event: E) {
        self.lock().push(event);
        self.changed.notify_all();
    }

    /// The events so far.
    #[must_use]
    pub fn all(&self) -> Vec<E> {
        self.lock().clone()
    }

    /// Forgets the events so far.
    pub fn clear(&self) {
        self.lock().clear();
    }

    /// Waits until the events so far hold what `find` looks for.
    ///
    /// # Panics
    /// After [`PATIENCE`], naming `what` was missing.
    pub fn wait<R>(&self, what: &str, mut find: impl FnMut(&[E]) -> Option<R>) -> R {
        let end = Instant::now() + PATIENCE;
        let mut events = self.lock();
        loop {
            if let Some(found) = find(&events) {
                return found;
            }
            let left = end.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "no {what} within {PATIENCE:?} among {} events", events.len());
            events = self.changed.wait_timeout(events, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Waits for the first event that `pick` makes something of.
    ///
    /// # Panics
    /// As [`Recorder::wait`].
    pub fn first<R>(&self, what: &str, mut pick: impl FnMut(&E) -> Option<R>) -> R {
        self.wait(what, |events| events.iter().find_map(&mut pick))
    }
}

impl Recorder<Event> {
    /// Waits for so many received messages, and returns all there are.
    ///
    /// # Panics
    /// As [`Recorder::wait`].
    #[must_use]
    pub fn messages(&self, count: usize) -> Vec<Arc<Message>> {
        self.wait(&format!("{count} messages"), |events| {
            let found = messages(events);
            (found.len() >= count).then_some(found)
        })
    }

    /// The texts of so many received messages, all there are.
    ///
    /// # Panics
    /// As [`Recorder::wait`].
    #[must_use]
    pub fn texts(&self, count: usize) -> Vec<String> {
        self.messages(count).iter().map(|message| body(message)).collect()
    }
}

/// Received messages in the order of arrival.
#[must_use]
pub fn messages(events: &[Event]) -> Vec<Arc<Message>> {
    let received = events.iter().filter_map(|event| match event {
        Event::MessageReceived { messages, .. } => Some(messages.clone()),
        _ => None,
    });
    received.flatten().collect()
}

/// The texts of received messages.
#[must_use]
pub fn texts(events: &[Event]) -> Vec<String> {
    messages(events).iter().map(|message| body(message)).collect()
}

/// The text of a text message.
///
/// # Panics
/// For other messages.
#[must_use]
pub fn body(message: &Message) -> String {
    match &message.body {
        MessageBody::Text(text) => text.clone(),
        other => panic!("not a text: {other:?}"),
    }
}

impl EventHandler for Recorder<Event> {
    fn on_event(&self, _: &Client, event: Event) {
        self.push(event);
    }
}

impl zpns_core::EventHandler for Recorder<zpns_core::Event> {
    fn on_event(&self, _: &Zpns, event: zpns_core::Event) {
        self.push(event);
    }
}
