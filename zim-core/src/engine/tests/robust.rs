//! What a hostile peer or a broken disk can do: end a link, never the process.

use super::world::World;
use crate::engine::io::{Input, LinkId, Op};
use crate::engine::rng::Rng;
use crate::model::{ConnectionEvent, ConnectionState, Event};
use bytes::Bytes;
use zim_proto::v1::{self, frame::Body, request};

#[test]
fn unknown_kinds_are_counted_and_skipped() {
    let mut world = World::new();
    let alice = world.online("alice");
    let before = world.devices[alice].engine.skipped();
    let connection = world.connection(alice);
    world.server.disconnect(connection); // what follows is not from the model
    world.frame(alice, Bytes::from_static(&[0xfa, 0x07, 0x01, 0x00])); // a frame of the future
    let mut run = Vec::new();
    zim_proto::batch::append(&mut run, &v1::Event::default());
    world.frame(alice, zim_proto::batch::frame(1, &run)); // an event of the future
    world.frame(alice, zim_proto::frame::encode(Body::Signal(v1::Signal::default())));
    world.frame(alice, zim_proto::frame::encode(Body::Response(v1::Response { id: 9_999, result: None })));
    assert_eq!(world.devices[alice].engine.skipped() - before, 4);
    assert_eq!(world.states(alice).len(), 2);
    world.run(100);
    assert_eq!(world.disk(alice, "alice").cursor, 1, "an unknown event is passed all the same");
}

#[test]
fn malformed_and_unexpected_frames_end_the_link() {
    for bytes in [
        Bytes::from_static(&[0x0a, 0xff, 0xff]),
        Bytes::from_static(&[0x32, 0x04, 0x08, 0x01, 0x12, 0x7f]),
        Bytes::from(vec![0; (1 << 20) + 1]),
        zim_proto::frame::encode(Body::Welcome(v1::Welcome::default())),
        zim_proto::frame::encode(Body::Request(v1::Request::default())),
        zim_proto::batch::frame(u64::MAX, &[0x12, 0x00]),
        zim_proto::batch::frame(0, &[0x12, 0x00]),
    ] {
        let mut world = World::new();
        let alice = world.online("alice");
        world.frame(alice, bytes);
        assert_eq!(
            world.states(alice).last(),
            Some(&(ConnectionState::Reconnecting, ConnectionEvent::LoginInterrupted))
        );
        world.run(5_000);
        assert_eq!(world.states(alice).len(), 4, "and the next one works");
    }
}

#[test]
fn random_bytes_never_panic() {
    let mut rng = Rng::new(7);
    let mut world = World::new();
    let alice = world.online("alice");
    let mut seeds: Vec<Vec<u8>> = vec![Vec::new()];
    for text in ["one", "two"] {
        world.server.message("bob", "alice", text);
    }
    for (_, bytes) in &world.server.outgoing {
        seeds.extend(bytes.iter().map(|bytes| bytes.to_vec()));
    }
    for _ in 0..20_000 {
        let mut bytes = seeds[usize::try_from(rng.up_to(seeds.len() as u64 - 1)).unwrap()].clone();
        for _ in 0..=rng.up_to(6) {
            let byte = u8::try_from(rng.up_to(255)).unwrap();
            if bytes.is_empty() || rng.up_to(3) == 0 {
                bytes.push(byte);
            } else {
                let at = usize::try_from(rng.up_to(bytes.len() as u64 - 1)).unwrap();
                bytes[at] = byte;
            }
        }
        let link = LinkId(world.devices[alice].connects.len() as u64);
        world.input(alice, Input::Frame(link, bytes.into()));
        if rng.up_to(50) == 0 {
            world.run(1_500);
        }
    }
}

#[test]
fn frames_of_an_older_link_are_ignored() {
    let mut world = World::new();
    let alice = world.online("alice");
    world.cut(alice);
    world.run(2_000);
    world.input(alice, Input::Frame(LinkId(1), Bytes::from_static(&[0xff])));
    assert_eq!(world.states(alice).last().unwrap().0, ConnectionState::Connected);
}

#[test]
fn a_full_disk_fails_sends_keeps_received_events_and_recovers() {
    let mut world = World::new();
    let alice = world.online("alice");
    world.devices[alice].is_full = true;
    let op = world.send(alice, "bob", "no room");
    world.run(10);
    assert_eq!(world.code(alice, op), 6_000_702);
    assert!(world.devices[alice].attached.is_empty());
    world.server.message("carol", "alice", "waits on the server");
    world.run(60_000);
    assert!(
        world
            .events(alice)
            .any(|event| matches!(event, Event::Error(error) if error.code.code() == 6_000_702))
    );
    assert_eq!(world.states(alice).last().unwrap().0, ConnectionState::Reconnecting);
    assert!(world.received(alice).is_empty());
    let another = world.send(alice, "bob", "still no room");
    assert_eq!(world.code(alice, another), 6_000_702);
    world.devices[alice].is_full = false;
    world.run(60_000);
    assert_eq!(world.states(alice).last().unwrap().0, ConnectionState::Connected);
    assert_eq!(world.received(alice).len(), 1);
    assert_eq!(world.disk(alice, "alice").history("bob").len(), 1, "kept as failed");
}

#[test]
fn a_received_batch_survives_a_refused_write() {
    let mut world = World::new();
    let alice = world.online("alice");
    world.devices[alice].is_full = true;
    world.server.message("bob", "alice", "x");
    world.run(100);
    assert!(world.received(alice).is_empty());
    world.devices[alice].is_full = false;
    world.run(10_000);
    assert_eq!(world.received(alice).len(), 1);
    assert_eq!(world.server.accounts["alice"].acked.values().sum::<u64>(), 1);
}

#[test]
fn requests_end_with_their_link_or_their_time() {
    let mut world = World::new();
    let alice = world.online("alice");
    let query = || Op::Request(request::Op::QueryGroup(v1::QueryGroup { group_id: "g".into() }));
    world.server.is_mute = true;
    let lost = world.op(alice, query());
    world.cut(alice);
    assert_eq!(world.code(alice, lost), 6_000_009);
    let early = world.op(alice, query());
    assert_eq!(world.code(alice, early), 6_000_104);
    world.run(3_000);
    let unanswered = world.op(alice, query());
    world.run(16_000);
    assert_eq!(world.code(alice, unanswered), 6_000_105);
    let invalid = Op::Request(request::Op::QueryGroup(v1::QueryGroup::default()));
    let invalid = world.op(alice, invalid);
    assert_eq!(world.failed(alice, invalid).parameter.as_deref(), Some("groupID"));
}
