//! Throughput of the engine alone on one core. Not a pass-or-fail matter of a debug build, so run it by hand:
//! `cargo test --release -p zim-core engine::tests::speed -- --ignored --nocapture`.

use super::world::{World, signed_config};
use crate::engine::Engine;
use crate::engine::io::{Input, LinkId, LoginOp, Now, Op, OpId, Output, SendMessageOp};
use crate::model::{ConversationType, Message};
use crate::store::Opened;
use bytes::Bytes;
use std::time::Instant;
use zim_proto::v1::frame::Body;
use zim_proto::v1::{self, response};

const NOW: Now = Now { mono_ms: 1, wall_ms: super::world::WALL_START };
const LINK: LinkId = LinkId(1);

/// An engine whose login is complete; `head` events wait on the server.
fn online(head: u64) -> Engine {
    let mut engine = Engine::new(signed_config("alice"), 1);
    let login = LoginOp { user_id: "alice".into(), ..LoginOp::default() };
    engine.handle(NOW, Input::Op { id: OpId(0), op: Op::Login(login) });
    let opened = Opened { epoch: 1, ..Opened::default() };
    engine.handle(NOW, Input::Opened(Ok(Box::new(opened))));
    engine.handle(NOW, Input::LinkUp(LINK));
    let hello = v1::ServerHello { protocol_min: 1, protocol_max: 1, ..v1::ServerHello::default() };
    engine.handle(NOW, Input::Frame(LINK, zim_proto::frame::encode(Body::ServerHello(hello))));
    let welcome = v1::Welcome { inbox_epoch: 1, inbox_head: head, ..v1::Welcome::default() };
    engine.handle(NOW, Input::Frame(LINK, zim_proto::frame::encode(Body::Welcome(welcome))));
    drain(&mut engine, &mut Vec::new());
    engine
}

/// Answers every write at once; collects what goes out.
fn drain(engine: &mut Engine, sent: &mut Vec<Bytes>) {
    while let Some(output) = engine.poll_output() {
        match output {
            Output::Persist(batch, _) => engine.handle(NOW, Input::Persisted(batch, Ok(()))),
            Output::Transmit(_, bytes) => sent.push(bytes),
            _ => {}
        }
    }
}

#[test]
#[ignore = "measures; see the module's documentation"]
fn backlog() {
    const EVENTS: usize = 1_000_000;
    let mut world = World::new();
    for at in 0..100 {
        world.server.message(
            &format!("user{}", at % 10),
            "alice",
            "a message of usual length, say fifty characters",
        );
    }
    let mut run = Vec::new();
    let inbox = &world.server.accounts["alice"].inbox;
    inbox.iter().for_each(|event| zim_proto::batch::append(&mut run, event));
    let frames: Vec<Bytes> =
        (0..EVENTS / 100).map(|at| zim_proto::batch::frame(at as u64 * 100 + 1, &run)).collect();
    let mut engine = online(EVENTS as u64);
    let started = Instant::now();
    let mut sent = Vec::new();
    for frame in frames {
        engine.handle(NOW, Input::Frame(LINK, frame));
        drain(&mut engine, &mut sent);
    }
    let seconds = started.elapsed().as_secs_f64();
    println!("received {:.0} events/s", EVENTS as f64 / seconds);
    engine.close();
}

#[test]
#[ignore = "measures; see the module's documentation"]
fn sends() {
    const SENDS: usize = 300_000;
    const WINDOW: usize = 64;
    let mut engine = online(0);
    let started = Instant::now();
    let mut seq = 0;
    for round in 0..SENDS / WINDOW {
        let mut sent = Vec::new();
        for at in 0..WINDOW {
            let mut message = Message::text("a message of usual length, say fifty characters");
            message.conversation_id = "bob".into();
            message.conversation_type = ConversationType::Peer;
            let send = SendMessageOp {
                message,
                push: None,
                priority: 1,
                is_notify_mentioned_users: false,
                is_retry_send: false,
            };
            let id = OpId((round * WINDOW + at + 1) as u64);
            engine.handle(NOW, Input::Op { id, op: Op::SendMessage(Box::new(send)) });
            drain(&mut engine, &mut sent);
        }
        for frame in sent {
            let Ok(Some(Body::Request(request))) = zim_proto::frame::decode(frame, 1 << 20) else { continue };
            seq += 1;
            let answer = v1::MessageSent { message_id: seq, message_seq: seq, timestamp: 1 };
            let response =
                v1::Response { id: request.id, result: Some(response::Result::MessageSent(answer)) };
            let frame = zim_proto::frame::encode(Body::Response(response));
            engine.handle(NOW, Input::Frame(LINK, frame));
            drain(&mut engine, &mut Vec::new());
        }
    }
    let seconds = started.elapsed().as_secs_f64();
    println!("sent {:.0} messages/s, the stand-in server's coding included", seq as f64 / seconds);
    engine.close();
}
