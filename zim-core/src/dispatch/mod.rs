//! Hands events and completions to the host: one ordered queue per client, one runner.
//!
//! Nothing here blocks a host call. The driver looks at [`Queue::is_full`] and stops reading from the server while the
//! host is behind, so that the queue stays bounded without losing an event.

mod call;
mod queue;

pub use call::{Call, CallFuture};
pub(crate) use call::{Completer, Hand};
pub(crate) use queue::{Delivers, Item, Queue, run_thread};

use crate::client::Client;
use crate::model::Event;

/// What the host does with events.
///
/// Called on the client's dispatcher thread (`zim-cb`), or from [`Client::next_event`] in pump mode; one call at a
/// time, in order with completions. Every function of the client, [`Client::destroy`] included, may be called inside.
/// A handler that panics is logged and counts as having handled the event.
pub trait EventHandler: Send + Sync {
    /// One event of `client`.
    fn on_event(&self, client: &Client, event: Event);
}
