//! What every backend decides the same way.

use super::StoreError;
use zim_proto::v1;

/// How many rows of one kind a single trim deletes: some ten milliseconds of the writer.
pub(super) const TRIM_ROWS: u32 = 10_000;

/// `ZIMCallState` of a call that is over.
const CALL_ENDED: u32 = 2;
/// Message ids count from here: 2020-01-01 UTC in ms, so that they stay below 2^53 until 2089.
const MESSAGE_ID_EPOCH: i64 = 1_577_836_800_000;
/// Ids per millisecond before they run ahead of the clock, as a power of two.
const MESSAGE_ID_BITS: u32 = 12;
/// JavaScript's integers end here.
const MESSAGE_ID_END: u64 = 1 << 53;

/// A new inbox epoch: random, never 0 (which means "none").
pub(super) fn new_epoch() -> Result<u64, StoreError> {
    let random = getrandom::u64().map_err(|error| StoreError::Database(format!("random source: {error}")))?;
    Ok(random | 1)
}

/// Whether nothing will happen to the call any more.
pub(super) fn has_ended(call: &v1::Call) -> bool {
    call.state == CALL_ENDED
}

/// The message id after `last` at `now`. A clock that is wrong, in either direction, only costs the relation to time.
pub(super) fn next_message_id(last: u64, now: i64) -> Result<u64, StoreError> {
    let by_clock = now
        .checked_sub(MESSAGE_ID_EPOCH)
        .and_then(|ms| u64::try_from(ms).ok())
        .filter(|ms| *ms < MESSAGE_ID_END >> MESSAGE_ID_BITS)
        .map_or(0, |ms| ms << MESSAGE_ID_BITS);
    let id = by_clock.max(last + 1);
    if id < MESSAGE_ID_END { Ok(id) } else { Err(StoreError::Database("message ids are used up".into())) }
}

/// A message that does not follow the last one of its conversation.
pub(super) fn check_message_seq(head: u64, seq: u64) -> Result<(), StoreError> {
    if seq == head + 1 {
        return Ok(());
    }
    Err(StoreError::Database(format!("message {seq} does not follow {head} in its conversation")))
}

/// The message to replace is not there.
pub(super) fn no_such_message(seq: u64) -> StoreError {
    StoreError::Database(format!("message {seq} is not in its conversation"))
}

/// The `subject_id` of a stored job's intent.
pub(super) fn subject_of(intent: &str) -> Option<String> {
    let intent: serde_json::Value = serde_json::from_str(intent).ok()?;
    intent.get("subject_id")?.as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn message_ids_grow_whatever_the_clock_does() {
        let now = 1_790_000_000_000;
        let first = next_message_id(0, now).unwrap();
        assert_eq!(first, (212_163_200_000_u64) << 12);
        assert_eq!(next_message_id(first, now), Ok(first + 1));
        assert_eq!(next_message_id(first, now - 5000), Ok(first + 1));
        for wrong in [i64::MIN, -1, 0, MESSAGE_ID_EPOCH - 1, i64::MAX] {
            assert_eq!(next_message_id(first, wrong), Ok(first + 1), "{wrong}");
        }
        assert_eq!(next_message_id(0, 0), Ok(1));
        assert!(next_message_id(MESSAGE_ID_END - 1, now).is_err());
    }
}
