//! From the node that committed something to the nodes whose connections wait for it.
//!
//! A bus delivers at least once and in order per user, and may lose what it carries when a node fails: nobody relies on
//! it for more than speed. Events are in the store, and a connection that sees a gap in their sequence reads them there.
//! With one node the bus is a function call; an existing broker takes this place when there are several.

mod local;

pub use local::LocalBus;

use crate::store::{Appended, UserKey};
use bytes::Bytes;
use std::sync::Arc;
use zim_proto::v1::GoodbyeReason;

/// What travels.
#[derive(Debug, Clone)]
pub enum Notice {
    /// Inbox events that became durable in one commit.
    Appended(Vec<Appended>),
    /// An encoded frame for each live session of these users; not stored.
    Signal {
        /// Receivers.
        users: Vec<UserKey>,
        /// The frame.
        frame: Bytes,
    },
    /// A device's connections are to end, all but `except`.
    End {
        /// Owner.
        user: UserKey,
        /// Device.
        device_id: String,
        /// Session that stays, 0 = none.
        except: u64,
        /// What the client is told.
        reason: GoodbyeReason,
    },
}

/// Takes what a bus delivers. Called on whichever thread publishes; must not block.
pub trait Subscriber: Send + Sync {
    /// One notice.
    fn notice(&self, notice: &Notice);
}

/// A bus.
pub trait Bus: Send + Sync {
    /// Gives a notice to every subscriber. Must not block.
    fn publish(&self, notice: Notice);
    /// Adds a subscriber.
    fn subscribe(&self, subscriber: Arc<dyn Subscriber>);
}
