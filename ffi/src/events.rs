//! Events on their way to the host's functions.

use crate::callback::{Held, is_callback};
use crate::generated::events::tell;
pub use crate::generated::events::zim_event_handler;
use zim_core::model::Event;
use zim_core::{Client, EventHandler};

is_callback!(zim_event_handler);

/// The host's handler as zim-core calls it.
pub(crate) struct Handler(Held<zim_event_handler>);

impl Handler {
    pub(crate) fn new(held: Held<zim_event_handler>) -> Self {
        Self(held)
    }
}

impl EventHandler for Handler {
    fn on_event(&self, _: &Client, event: Event) {
        if let Some(handler) = self.0.callback() {
            tell(handler, &event);
        }
    }
}
