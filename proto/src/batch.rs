//! Inbox events as raw bytes.
//!
//! The server stores events in the exact bytes they have inside an [`EventBatch`](crate::v1::EventBatch): each one is the
//! field tag, a length and the event. A run of stored events is therefore the body of a batch already, and a backlog
//! travels from disk to socket without being decoded.

use crate::v1::Event;
use bytes::{BufMut, Bytes, BytesMut};
use prost::Message as _;
use prost::encoding::{WireType, encode_key, encode_varint, encoded_len_varint, key_len};

const FRAME_EVENTS_FIELD: u32 = 6;
const BATCH_FIRST_SEQ_FIELD: u32 = 1;
const BATCH_EVENTS_FIELD: u32 = 2;

/// Appends `event` to a run of raw events.
pub fn append(run: &mut Vec<u8>, event: &Event) {
    let length = event.encoded_len();
    run.reserve(length + 8);
    encode_key(BATCH_EVENTS_FIELD, WireType::LengthDelimited, run);
    encode_varint(length as u64, run);
    event.encode(run).expect("a vector grows");
}

/// The frame that carries `run` (as written by [`append`]) starting at inbox sequence `first_seq`.
#[must_use]
pub fn frame(first_seq: u64, run: &[u8]) -> Bytes {
    let head = key_len(BATCH_FIRST_SEQ_FIELD) + encoded_len_varint(first_seq);
    let body = head + run.len();
    let mut out = BytesMut::with_capacity(body + 12);
    encode_key(FRAME_EVENTS_FIELD, WireType::LengthDelimited, &mut out);
    encode_varint(body as u64, &mut out);
    encode_key(BATCH_FIRST_SEQ_FIELD, WireType::Varint, &mut out);
    encode_varint(first_seq, &mut out);
    out.put_slice(run);
    out.freeze()
}

/// The frame that says: the device knows the `count` events from `first_seq` on.
#[must_use]
pub fn skipped(first_seq: u64, count: u32) -> Bytes {
    let batch = crate::v1::EventBatch { first_seq, events: Vec::new(), skipped: count };
    crate::frame::encode(crate::v1::frame::Body::Events(batch))
}

/// Splits a run into its events' byte ranges (key and length included). `None` if the bytes are not such a run.
#[must_use]
pub fn split(run: &[u8]) -> Option<Vec<std::ops::Range<usize>>> {
    let mut ranges = Vec::new();
    let mut rest = run;
    while !rest.is_empty() {
        let start = run.len() - rest.len();
        let (field, wire) = prost::encoding::decode_key(&mut rest).ok()?;
        if field != BATCH_EVENTS_FIELD || wire != WireType::LengthDelimited {
            return None;
        }
        let length = usize::try_from(prost::encoding::decode_varint(&mut rest).ok()?).ok()?;
        rest = rest.get(length..)?;
        ranges.push(start..run.len() - rest.len());
    }
    Some(ranges)
}

/// Decodes a run into its events.
pub fn decode(run: &[u8]) -> Result<Vec<Event>, prost::DecodeError> {
    crate::v1::EventBatch::decode(run).map(|batch| batch.events)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame;
    use crate::v1::{EventBatch, Message, event::Kind, frame::Body};

    fn event(text: &str) -> Event {
        let message =
            Message { r#type: 1, body: Bytes::copy_from_slice(text.as_bytes()), ..Message::default() };
        Event { time: 7, kind: Some(Kind::Message(message)) }
    }

    #[test]
    fn a_run_is_the_body_of_a_batch_frame() {
        let mut run = Vec::new();
        append(&mut run, &event("one"));
        append(&mut run, &event(&"two".repeat(100)));
        let body = frame::decode(super::frame(41, &run), frame::MAX_FRAME_BYTES).unwrap().unwrap();
        let Body::Events(batch) = body else { panic!("not an event batch") };
        assert_eq!(batch.first_seq, 41);
        assert_eq!(batch.events, vec![event("one"), event(&"two".repeat(100))]);
        assert_eq!(decode(&run).unwrap(), batch.events);
    }

    #[test]
    fn a_skip_is_a_batch_without_events() {
        for (first_seq, count) in [(1, 1), (300, 100_000), (u64::MAX, u32::MAX)] {
            let body = frame::decode(skipped(first_seq, count), 32).unwrap().unwrap();
            assert_eq!(body, Body::Events(EventBatch { first_seq, events: Vec::new(), skipped: count }));
        }
    }

    #[test]
    fn a_run_is_never_taken_for_a_skip() {
        let mut run = Vec::new();
        append(&mut run, &event("one"));
        let Some(Body::Events(batch)) = frame::decode(super::frame(1, &run), 1 << 10).unwrap() else {
            panic!("not an event batch")
        };
        assert_eq!(batch.skipped, 0);
        assert_eq!(split(&skipped(1, 1)), None, "and a skip is no run");
    }

    #[test]
    fn a_run_splits_at_its_events() {
        let mut run = Vec::new();
        append(&mut run, &event("one"));
        let first = run.len();
        append(&mut run, &event("two"));
        assert_eq!(split(&run), Some(vec![0..first, first..run.len()]));
        assert_eq!(split(&run[..run.len() - 1]), None);
    }
}
