//! What the backends have in common: small rules over rows.

use super::{ConversationKey, OutboxRow};
use bytes::Bytes;

/// The conversation an outbox row belongs to.
pub(super) fn outbox_conversation(row: &OutboxRow) -> ConversationKey {
    let message = row.request.message.as_ref();
    ConversationKey {
        conversation_type: message
            .and_then(|message| i32::try_from(message.conversation_type).ok())
            .unwrap_or_default(),
        conversation_id: message.map(|message| message.conversation_id.clone()).unwrap_or_default(),
    }
}

/// Cuts the events up to `delivered` off a raw run. `None`: nothing is left.
pub(super) fn cut_delivered(
    first_seq: u64,
    count: u32,
    run: Bytes,
    delivered: u64,
) -> Option<(u64, u32, Bytes)> {
    if delivered < first_seq {
        return Some((first_seq, count, run));
    }
    let gone = usize::try_from(delivered - first_seq + 1).ok()?;
    let ranges = zim_proto::batch::split(&run)?;
    let rest = ranges.get(gone)?;
    let left = u32::try_from(ranges.len() - gone).ok()?;
    Some((delivered + 1, left, run.slice(rest.start..)))
}
