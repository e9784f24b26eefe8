//! Nothing a peer sends makes the decoder panic, and what a later version adds is skipped.

mod samples;

use bytes::{BufMut as _, Bytes};
use proptest::prelude::*;
use prost::Message as _;
use prost::encoding::{WireType, encode_key, encode_varint};
use zim_proto::frame::{self, FrameError};
use zim_proto::v1::client_hello::Session;
use zim_proto::v1::frame::Body;
use zim_proto::v1::*;
use zim_proto::{batch, push_id, validate};

const LIMIT: usize = frame::MAX_FRAME_BYTES;
/// A field number no message of this version has.
const UNKNOWN: u32 = 999;

/// Everything a receiver does with a frame before it looks anything up.
fn receive(bytes: Bytes) {
    match frame::decode(bytes, LIMIT) {
        Ok(Some(Body::Request(Request { op: Some(op), .. }))) => {
            let _ = validate::request(&op);
            let _ = validate::not_to_self("alice", &op);
        }
        Ok(Some(Body::ClientHello(hello))) => {
            let _ = validate::client_hello(&hello);
            if let Some(Session::Device(DeviceSession { push: Some(push) })) = &hello.session {
                let _ = push_id::derive(hello.app_id, push);
            }
        }
        Ok(_) | Err(_) => {}
    }
}

#[test]
fn a_frame_cut_anywhere_is_an_error_or_a_shorter_frame() {
    for (name, body) in samples::all() {
        let bytes = frame::encode(body.clone());
        for length in 0..bytes.len() {
            let cut = bytes.slice(..length);
            let decoded = frame::decode(cut.clone(), LIMIT);
            assert_ne!(decoded, Ok(Some(body.clone())), "{name} cut to {length}");
            // One field fills the frame: a cut one is never mistaken for another frame.
            assert!(
                length == 0 || matches!(decoded, Err(FrameError::Malformed(_))),
                "{name} cut to {length}"
            );
            receive(cut);
        }
    }
}

#[test]
fn size_is_checked_before_content() {
    let noise = Bytes::from(vec![0xff; 1025]);
    assert_eq!(frame::decode(noise.clone(), 1024), Err(FrameError::TooLarge { length: 1025, limit: 1024 }));
    assert!(matches!(frame::decode(noise, 1025), Err(FrameError::Malformed(_))));
}

#[test]
fn a_length_that_lies_allocates_nothing() {
    let mut bytes = Vec::new();
    encode_key(6, WireType::LengthDelimited, &mut bytes);
    encode_varint(u64::MAX >> 1, &mut bytes);
    bytes.put_slice(b"short");
    assert!(matches!(frame::decode(bytes.clone().into(), LIMIT), Err(FrameError::Malformed(_))));
    assert_eq!(batch::split(&bytes), None);
}

fn unknown_field(bytes: &mut Vec<u8>) {
    encode_key(UNKNOWN, WireType::LengthDelimited, bytes);
    encode_varint(3, bytes);
    bytes.put_slice(b"new");
}

#[test]
fn unknown_fields_are_skipped_in_every_frame() {
    for (name, body) in samples::all() {
        let mut bytes = frame::encode(body.clone()).to_vec();
        unknown_field(&mut bytes);
        assert_eq!(frame::decode(bytes.into(), LIMIT), Ok(Some(body)), "{name}");
    }
}

#[test]
fn unknown_kinds_are_recognised_as_such() {
    let mut unknown = Vec::new();
    unknown_field(&mut unknown);
    assert_eq!(frame::decode(unknown.clone().into(), LIMIT), Ok(None), "frame");
    assert_eq!(frame::decode(Bytes::new(), LIMIT), Ok(None), "empty frame");
    // The id still tells which request to answer.
    let mut request = Request { id: 5, op: None }.encode_to_vec();
    request.extend_from_slice(&unknown);
    assert_eq!(Request::decode(request.as_slice()), Ok(Request { id: 5, op: None }));
    // An unknown event still has its place in the inbox.
    let mut event = Event { time: 5, kind: None }.encode_to_vec();
    event.extend_from_slice(&unknown);
    assert_eq!(Event::decode(event.as_slice()), Ok(Event { time: 5, kind: None }));
    // An enum value of a later version stays a number.
    let goodbye = Goodbye { reason: 99, ..Goodbye::default() };
    let decoded = frame::decode(frame::encode(Body::Goodbye(goodbye.clone())), LIMIT).unwrap();
    assert_eq!(decoded, Some(Body::Goodbye(goodbye)));
}

proptest! {
    #[test]
    fn noise_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..512)) {
        let _ = batch::split(&bytes);
        let _ = batch::decode(&bytes);
        let _ = push_id::is_well_formed(&String::from_utf8_lossy(&bytes));
        receive(bytes.into());
    }

    #[test]
    fn a_damaged_frame_never_panics(
        index in any::<prop::sample::Index>(),
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
    ) {
        let all = samples::all();
        let mut bytes = frame::encode(all[index.index(all.len())].1.clone()).to_vec();
        for (place, value) in damage {
            let place = place.index(bytes.len());
            bytes[place] = value;
        }
        receive(bytes.into());
    }

    /// A run splits into the very events it was made of.
    #[test]
    fn runs_split_where_they_were_joined(texts in prop::collection::vec("\\PC{0,80}", 0..20), first_seq: u64) {
        let events: Vec<Event> = texts
            .iter()
            .map(|text| Event { time: 1, kind: Some(event::Kind::Message(Message {
                body: text.clone().into(), ..Message::default()
            })) })
            .collect();
        let mut run = Vec::new();
        for event in &events {
            batch::append(&mut run, event);
        }
        let ranges = batch::split(&run).expect("a run");
        prop_assert_eq!(ranges.len(), events.len());
        for (range, event) in ranges.into_iter().zip(&events) {
            prop_assert_eq!(batch::decode(&run[range]).unwrap(), vec![event.clone()]);
        }
        let decoded = frame::decode(batch::frame(first_seq, &run), LIMIT).unwrap();
        prop_assert_eq!(decoded, Some(Body::Events(EventBatch { first_seq, events, skipped: 0 })));
    }
}
