//! Connections that never become sessions, and the ways a session ends.

use super::client::{NOW, World, config, device_id, error_code, hello, text};
use crate::config::{AppConfig, MultiDevice};
use crate::{Server, StartError, store::StoreError};
use bytes::Bytes;
use std::sync::Arc;
use std::time::Duration;
use tokio_tungstenite::tungstenite::Message;
use zim_proto::frame;
use zim_proto::v1::frame::Body;
use zim_proto::v1::request::Op;
use zim_proto::v1::{self, Ack, DeviceSession, GoodbyeReason, Ping, Request, client_hello::Session};

#[tokio::test]
async fn the_server_speaks_first_and_says_its_limits() {
    let world = World::start().await;
    let client = world.connect().await;
    assert_eq!((client.hello.protocol_min, client.hello.protocol_max), (1, 1));
    assert_eq!(client.hello.challenge.len(), 32);
    assert_eq!(client.hello.max_frame_bytes, 1 << 20);
    assert_eq!((client.hello.heartbeat_ms, client.hello.server_time), (10_000, NOW));
    assert_ne!(client.hello.challenge, world.connect().await.hello.challenge);
}

#[tokio::test]
async fn nothing_but_a_hello_comes_before_the_login() {
    let world = World::start().await;
    let request = Request { id: 1, op: Some(text("bob", "hi", 1)) };
    for (body, reason) in [
        (Body::Request(request), GoodbyeReason::Unauthenticated),
        (Body::Ack(Ack { seq: 1 }), GoodbyeReason::Unauthenticated),
        (Body::Welcome(v1::Welcome::default()), GoodbyeReason::ProtocolError),
    ] {
        let mut client = world.connect().await;
        client.send(body).await;
        client.assert_goodbye(reason).await;
    }
    let mut client = world.connect().await;
    client.send(Body::Ping(Ping { nonce: 7 })).await;
    assert!(matches!(client.receive().await, Body::Pong(pong) if pong.nonce == 7));
}

#[tokio::test]
async fn no_hello_in_time_ends_the_connection() {
    let world = World::start().await;
    let mut client = world.connect().await;
    world.clock.advance(Duration::from_secs(10));
    client.assert_goodbye(GoodbyeReason::Unauthenticated).await;
    world.metric("zim_connections 0").await;
}

#[tokio::test]
async fn refused_logins_carry_the_published_code_and_end() {
    let world = World::with(|config| {
        let closed = AppConfig { id: 2, enabled: false, ..config.apps[0].clone() };
        config.apps.push(closed);
    })
    .await;
    let expired = {
        let mut hello = hello("alice", 1, 60);
        hello.token =
            crate::auth::token04::generate(1, "alice", super::client::SECRET, 60, NOW - 90_000).unwrap();
        hello
    };
    let other_user = v1::ClientHello { token: hello("bob", 1, 60).token, ..hello("alice", 1, 60) };
    let no_proof = v1::ClientHello { token: String::new(), ..hello("alice", 1, 60) };
    let bad_device = v1::ClientHello { device_id: "short".into(), ..hello("alice", 1, 60) };
    for (hello, code) in [
        (hello("alice", 1, 20), 6_000_108),
        (expired, 6_000_106),
        (other_user, 6_000_103),
        (no_proof, 6_000_101),
        (bad_device, 6_000_001),
        (v1::ClientHello { app_id: 9, ..hello("alice", 1, 60) }, 6_000_003),
        (v1::ClientHello { app_id: 2, ..hello("alice", 1, 60) }, 6_000_014),
    ] {
        let mut client = world.connect().await;
        let welcome = client.login(hello).await;
        assert_eq!(welcome.error.map(|error| error.code), Some(code));
        assert!(client.try_receive().await.is_none());
    }
    let mut client = world.connect().await;
    client.send(Body::ClientHello(v1::ClientHello { protocol: 9, ..hello("alice", 1, 60) })).await;
    client.assert_goodbye(GoodbyeReason::Version).await;
}

#[tokio::test]
async fn app_sign_proves_a_user_and_a_device() {
    let world = World::start().await;
    let key = [0x5a; 32];
    for session in [hello("alice", 1, 60).session, Some(Session::Device(DeviceSession::default()))] {
        let mut client = world.connect().await;
        let user_id = if matches!(session, Some(Session::User(_))) { "alice" } else { "" };
        let proof = zim_proto::auth::app_sign_proof(&key, &client.hello.challenge, 1, user_id, &device_id(1));
        let hello = v1::ClientHello {
            token: String::new(),
            app_sign_proof: proof.to_vec().into(),
            session,
            ..hello("alice", 1, 60)
        };
        let welcome = client.login(hello).await;
        assert_eq!((welcome.error, welcome.token_expire_at), (None, 0));
    }
}

#[tokio::test]
async fn broken_frames_end_the_session_with_their_reason() {
    let world = World::start().await;
    let huge = Message::Binary(Bytes::from(vec![0; (1 << 20) + 1]));
    let unexpected = Message::Binary(frame::encode(Body::ServerHello(v1::ServerHello::default())));
    let unnumbered = Message::Binary(frame::encode(Body::Request(Request { id: 0, op: None })));
    let ahead = Message::Binary(frame::encode(Body::Ack(Ack { seq: 99 })));
    for (message, reason) in [
        (Message::Binary(Bytes::from_static(&[0x0a, 0xff])), GoodbyeReason::ProtocolError),
        (Message::Text("hello".into()), GoodbyeReason::ProtocolError),
        (unexpected, GoodbyeReason::ProtocolError),
        (unnumbered, GoodbyeReason::ProtocolError),
        (ahead, GoodbyeReason::ProtocolError),
        (huge, GoodbyeReason::FrameTooLarge),
    ] {
        let (mut client, _) = world.login("alice", 1).await;
        client.send_raw(message).await;
        client.assert_goodbye(reason).await;
    }
    world.metric("zim_goodbyes_total{reason=\"FRAME_TOO_LARGE\"} 1").await;
}

#[tokio::test]
async fn unknown_kinds_are_skipped_counted_and_answered() {
    let world = World::start().await;
    let (mut client, _) = world.login("alice", 1).await;
    // Field 900 of a frame, and a request with nothing known in it.
    client.send_raw(Message::Binary(Bytes::from_static(&[0xa2, 0x38, 0x00]))).await;
    client.send(Body::Request(Request { id: 77, op: None })).await;
    let (id, outcome) = client.answer().await;
    assert_eq!((id, error_code(&outcome)), (77, 6_000_013));
    world.metric("zim_unknown_frames_total 2").await;
}

#[tokio::test]
async fn silence_loses_the_session_and_any_frame_keeps_it() {
    let world = World::start().await;
    let (mut client, _) = world.login("alice", 1).await;
    for nonce in 0..3 {
        world.clock.advance(Duration::from_secs(30));
        client.send(Body::Ping(Ping { nonce })).await;
        loop {
            if matches!(client.receive().await, Body::Pong(pong) if pong.nonce == nonce) {
                break;
            }
        }
    }
    world.clock.advance(Duration::from_secs(35));
    client.assert_goodbye(GoodbyeReason::IdleTimeout).await;
    world.metric("zim_user_sessions 0").await;
}

#[tokio::test]
async fn an_expired_token_ends_the_session_unless_it_was_renewed() {
    let world = World::with(|config| config.limits.idle_timeout_s = 100_000).await;
    let mut client = world.connect().await;
    let welcome = client.login(hello("alice", 1, 60)).await;
    assert_eq!(welcome.token_expire_at, NOW + 60_000);
    let renew = |token: String| Op::RenewToken(v1::RenewToken { token });
    let foreign = client.call(renew(hello("bob", 1, 600).token)).await;
    assert_eq!(error_code(&foreign), 6_000_103);
    let renewed = client.call(renew(hello("alice", 1, 600).token)).await;
    assert!(
        matches!(renewed, super::client::Outcome::TokenRenewed(renewed) if renewed.expire_at == NOW + 600_000)
    );
    world.clock.advance(Duration::from_secs(599));
    assert_eq!(error_code(&client.call(Op::ClearAllUnread(v1::ClearAllUnread {})).await), 0);
    world.clock.advance(Duration::from_secs(1));
    client.assert_goodbye(GoodbyeReason::TokenExpired).await;
}

#[tokio::test]
async fn a_newer_connection_of_the_same_device_replaces_the_older() {
    let world = World::start().await;
    let (mut old, _) = world.login("alice", 1).await;
    let (mut new, _) = world.login("alice", 1).await;
    old.assert_goodbye(GoodbyeReason::Replaced).await;
    world.metric("zim_user_sessions 1").await;
    assert_eq!(error_code(&new.call(Op::ClearAllUnread(v1::ClearAllUnread {})).await), 0);
}

#[tokio::test]
async fn over_the_device_limit_the_earlier_login_is_kicked_out() {
    let world = World::with(|config| config.apps[0].multi_device = MultiDevice::Single).await;
    let (mut first, _) = world.login("alice", 1).await;
    world.clock.advance(Duration::from_secs(1));
    let (_second, _) = world.login("alice", 2).await;
    first.assert_goodbye(GoodbyeReason::KickedOut).await;
    // Coming back by itself it is told again, instead of kicking out the other one.
    let mut again = world.connect().await;
    let mut hello = hello("alice", 1, 600);
    if let Some(Session::User(session)) = &mut hello.session {
        session.resume = true;
    }
    again.send(Body::ClientHello(hello)).await;
    again.assert_goodbye(GoodbyeReason::KickedOut).await;
}

/// A device that does not read cannot stay by not reading.
#[tokio::test]
async fn a_kicked_out_device_that_does_not_read_is_ended_all_the_same() {
    let world = World::with(|config| config.apps[0].multi_device = MultiDevice::Single).await;
    let (mut stuck, _) = world.login("alice", 1).await;
    let (mut bob, _) = world.login("bob", 2).await;
    // More than the socket buffers of both ends take.
    let body = "x".repeat(30_000);
    for id in 1..=400 {
        assert_eq!(error_code(&bob.call(text("alice", &body, id)).await), 0);
    }
    world.clock.advance(Duration::from_secs(1));
    let (_second, _) = world.login("alice", 3).await;
    world.metric("zim_user_sessions 3").await;
    // The stuck session hears of it before time moves: everything runs on this one thread.
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    // Five seconds to take its leave, five more for the goodbye nobody reads.
    world.clock.advance(Duration::from_secs(5));
    world.metric("zim_goodbyes_total{reason=\"KICKED_OUT\"} 1").await;
    world.clock.advance(Duration::from_secs(5));
    world.metric("zim_user_sessions 2").await;
    while stuck.try_receive().await.is_some() {}
}

#[tokio::test]
async fn logout_is_answered_then_the_connection_ends() {
    let world = World::start().await;
    let (mut client, _) = world.login("alice", 1).await;
    let earlier = client.ask(text("alice2", "nobody", 1)).await;
    let logout = client.ask(Op::Logout(v1::Logout {})).await;
    assert_eq!(client.answer().await.0, earlier);
    assert_eq!(client.answer().await.0, logout);
    client.assert_goodbye(GoodbyeReason::Logout).await;
}

#[tokio::test]
async fn a_stopping_server_answers_what_was_asked_and_sends_its_clients_away() {
    let world = World::start().await;
    let (mut client, _) = world.login("alice", 1).await;
    let mut waiting = world.connect().await;
    let (_bob, _) = world.login("bob", 2).await;
    for id in 1..=50 {
        client.ask(text("bob", "before the end", id)).await;
    }
    let World { running, folder, .. } = world;
    let client = tokio::spawn(async move {
        let mut answered = 0;
        loop {
            match client.receive().await {
                Body::Response(response) => {
                    assert!(matches!(response.result, Some(super::client::Outcome::MessageSent(_))));
                    answered += 1;
                }
                Body::Goodbye(goodbye) => return (answered, goodbye),
                _ => {}
            }
        }
    });
    running.shutdown().await;
    let (answered, goodbye) = client.await.unwrap();
    assert_eq!(goodbye.reason(), GoodbyeReason::ServerDraining);
    assert!((500..5_000).contains(&goodbye.retry_after_ms));
    assert!(answered <= 50);
    waiting.assert_goodbye(GoodbyeReason::ServerDraining).await;
    // The folder is free again, and what was answered is there.
    let running = Server::start(config(folder.path())).await.unwrap();
    running.shutdown().await;
}

#[tokio::test]
async fn a_call_whose_caller_does_not_survive_a_restart_stops_ringing() {
    let world = World::start().await;
    let (_bob, _) = world.login("bob", 2).await;
    let (mut alice, _) = world.login("alice", 1).await;
    let timeout_s = 600;
    let invite = v1::CallInvite { invitees: vec!["bob".into()], timeout_s, ..v1::CallInvite::default() };
    let invited = alice.call(Op::CallInvite(invite)).await;
    assert!(matches!(invited, super::client::Outcome::CallInvited(_)), "{invited:?}");
    let World { running, clock, folder } = world;
    running.shutdown().await;
    clock.advance(Duration::from_secs(1));
    let running =
        Server::start_with_clock(config(folder.path()), Arc::clone(&clock) as Arc<_>).await.unwrap();
    let world = World { running, clock, folder };
    let mut waited = 0;
    let (mut bob, mut welcome) = world.login("bob", 2).await;
    assert_eq!(welcome.active_calls.len(), 1, "the caller is given time");
    while !welcome.active_calls.is_empty() {
        assert!(waited < 200, "it rings on");
        waited += 20;
        world.clock.advance(Duration::from_secs(20));
        (bob, welcome) = world.login("bob", 2).await;
    }
    assert!(waited >= 35);
    drop(bob);
}

#[tokio::test]
async fn a_second_server_on_the_same_folder_does_not_start() {
    let world = World::start().await;
    let error = Server::start(config(world.folder.path())).await.err().expect("refused");
    assert!(matches!(error, StartError::Store(StoreError::InUse(_))), "{error}");
}
