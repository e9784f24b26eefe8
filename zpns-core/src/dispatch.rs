//! Who runs event handlers.

/// Who runs event handlers; the same choice a ZIM client offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Dispatch {
    /// One thread of this library (`zpns-cb`), in order.
    #[default]
    Thread,
    /// The host, by calling [`Zpns::next_event`](crate::Zpns::next_event) from a loop it already has.
    Pump,
}
