//! Events on their way into inboxes: each distinct body is encoded once, however many users get it.

use crate::store::{StoreError, Tx, UserKey, origin_of};
use zim_proto::batch;
use zim_proto::v1::{Event, event::Kind};

/// An event in the bytes the inbox stores.
pub(super) struct Encoded {
    time: i64,
    raw: Vec<u8>,
}

impl Encoded {
    pub(super) fn new(time: i64, event: &Event) -> Self {
        let mut raw = Vec::new();
        batch::append(&mut raw, event);
        Self { time, raw }
    }

    /// Appends it to a user's inbox and returns its sequence there.
    pub(super) fn append(&self, tx: &mut dyn Tx, user: UserKey) -> Result<u64, StoreError> {
        tx.inbox_append(user, self.time, &self.raw)
    }

    /// The same for the user whose device caused it and has it from the answer.
    pub(super) fn append_own(
        &self,
        tx: &mut dyn Tx,
        user: UserKey,
        device_id: &str,
    ) -> Result<u64, StoreError> {
        tx.inbox_append_from(user, self.time, &self.raw, origin_of(device_id))
    }
}

/// One event for one user.
pub(super) fn append(tx: &mut dyn Tx, user: UserKey, time: i64, kind: Kind) -> Result<u64, StoreError> {
    Encoded::new(time, &Event { time, kind: Some(kind) }).append(tx, user)
}
