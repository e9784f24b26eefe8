//! What the backends have in common: small rules over rows.

use super::{ConversationKey, OutboxRow};
use bytes::Bytes;
use prost::Message as _;
use zim_proto::v1;

/// The conversation an outbox row belongs to.
pub(super) fn outbox_conversation(row: &OutboxRow) -> ConversationKey {
    let request = v1::SendMessage::decode(row.request.clone()).unwrap_or_default();
    let message = request.message.unwrap_or_default();
    ConversationKey {
        conversation_type: i32::try_from(message.conversation_type).unwrap_or_default(),
        conversation_id: message.conversation_id,
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
