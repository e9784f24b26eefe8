//! Requests, events and slow readers.

use super::client::{Client, Outcome, World, error_code, hello, text};
use std::collections::HashSet;
use zim_proto::v1::event::Kind;
use zim_proto::v1::frame::Body;
use zim_proto::v1::request::Op;
use zim_proto::v1::{self, Ack, DeviceSession, PushRegistration, client_hello::Session};

#[tokio::test]
async fn pipelined_requests_are_each_answered_once_and_delivered_in_order() {
    let world = World::start().await;
    let (mut bob, _) = world.login("bob", 2).await;
    let (mut alice, _) = world.login("alice", 1).await;
    for id in 1..=300 {
        alice.ask(text("bob", &id.to_string(), id)).await;
    }
    let mut answered = HashSet::new();
    while answered.len() < 300 {
        let (id, outcome) = alice.answer().await;
        assert!(matches!(outcome, Outcome::MessageSent(_)), "{outcome:?}");
        assert!(answered.insert(id));
    }
    for (index, (seq, event)) in bob.events(300).await.into_iter().enumerate() {
        let number = index as u64 + 1;
        assert_eq!(seq, number);
        let Some(Kind::Message(message)) = event.kind else { panic!("no message") };
        assert_eq!(message.body, number.to_string().into_bytes());
    }
}

#[tokio::test]
async fn a_recall_is_answered_and_not_repeated_to_the_device_that_asked() {
    let world = World::start().await;
    let (mut bob, _) = world.login("bob", 2).await;
    let (mut alice, _) = world.login("alice", 1).await;
    let Outcome::MessageSent(sent) = alice.call(text("bob", "a mistake", 1)).await else {
        panic!("not sent")
    };
    let revoke = Op::RevokeMessage(v1::RevokeMessage {
        conversation_id: "bob".into(),
        message_seq: sent.message_seq,
        message_id: sent.message_id,
        ..v1::RevokeMessage::default()
    });
    let Outcome::MessageRevoked(answer) = alice.call(revoke.clone()).await else { panic!("not recalled") };
    let Body::Events(skip) = alice.receive().await else { panic!("no events") };
    assert_eq!((skip.first_seq, skip.skipped, skip.events.len()), (2, 1, 0));
    let (seq, event) = bob.events(2).await.remove(1);
    assert_eq!((seq, event.kind), (2, Some(Kind::MessageRevoked(answer))));
    assert_eq!(error_code(&alice.call(revoke).await), 6_000_279);
    world.metric("zim_requests_total{op=\"revoke_message\",code=\"6000279\"} 1").await;
}

#[tokio::test]
async fn what_was_missed_comes_after_the_cursor() {
    let world = World::start().await;
    let (bob, welcome) = world.login("bob", 2).await;
    assert!(welcome.fresh);
    drop(bob);
    let (mut alice, _) = world.login("alice", 1).await;
    for id in 1..=250 {
        let sent = alice.call(text("bob", "missed", id)).await;
        assert!(matches!(sent, Outcome::MessageSent(_)), "{sent:?}");
    }
    let mut hello = hello("bob", 2, 600);
    if let Some(Session::User(session)) = &mut hello.session {
        session.cursor = 10;
        session.inbox_epoch = welcome.inbox_epoch;
    }
    let mut bob = world.connect().await;
    let again = bob.login(hello).await;
    assert_eq!((again.fresh, again.cursor, again.inbox_head), (false, 10, 250));
    let events = bob.events(240).await;
    assert!(events.iter().map(|(seq, _)| *seq).eq(11..=250));
    bob.send(Body::Ack(Ack { seq: 250 })).await;
    assert!(matches!(alice.call(text("bob", "live", 251)).await, Outcome::MessageSent(_)));
    assert_eq!(bob.events(1).await[0].0, 251);
}

/// A receiver that does not read: the server keeps a bounded queue, and nothing is missing when it reads again.
#[tokio::test]
async fn a_slow_reader_falls_behind_and_catches_up_without_loss() {
    let world = World::with(|config| config.limits.queue_bytes = 64 << 10).await;
    let (mut bob, _) = world.login("bob", 2).await;
    let (mut alice, _) = world.login("alice", 1).await;
    let body = "x".repeat(30_000);
    // Enough to fill every socket buffer in between several times.
    let count = 600;
    for id in 1..=count {
        let sent = alice.call(text("bob", &body, id)).await;
        assert!(matches!(sent, Outcome::MessageSent(_)), "{sent:?}");
    }
    let events = bob.events(usize::try_from(count).unwrap()).await;
    assert!(events.iter().map(|(seq, _)| *seq).eq(1..=count));
    let behind = world.running.metrics();
    let behind = behind.lines().find(|line| line.starts_with("zim_connections_behind_total")).unwrap();
    assert_ne!(behind, "zim_connections_behind_total 0");
}

#[tokio::test]
async fn a_device_session_registers_a_push_id_and_nothing_else() {
    let world = World::start().await;
    let mut registration = PushRegistration {
        vendor: 1,
        token: "a1".repeat(32),
        bundle_id: "im.example".into(),
        app_type: 1,
        badge: -1,
        ..PushRegistration::default()
    };
    registration.push_id = zim_proto::push_id::derive(1, &registration);
    let push_id = registration.push_id.clone();
    let mut device = world.connect().await;
    let mut hello = hello("anybody", 1, 600);
    hello.session = Some(Session::Device(DeviceSession { push: Some(registration.clone()) }));
    assert_eq!(device.login(hello).await.error, None);
    assert_eq!(error_code(&device.call(text("bob", "hi", 1)).await), 6_000_121);

    world.login("alice", 2).await;
    let bind = |token: String| {
        Op::BindPush(v1::BindPush { push_id: push_id.clone(), user_id: "alice".into(), token })
    };
    let foreign = device.call(bind(super::client::hello("bob", 1, 600).token)).await;
    assert_eq!(error_code(&foreign), 6_000_103);
    let bound = device.call(bind(super::client::hello("alice", 1, 600).token)).await;
    assert_eq!(error_code(&bound), 0, "{bound:?}");
}

#[tokio::test]
async fn requests_over_the_rate_are_refused_with_a_hint() {
    let world = World::with(|config| {
        config.limits.requests_per_second = 10;
        config.limits.request_burst = 2;
    })
    .await;
    let (mut client, _) = world.login("alice", 1).await;
    let op = || Op::ClearAllUnread(v1::ClearAllUnread {});
    assert_eq!(error_code(&client.call(op()).await), 0);
    assert_eq!(error_code(&client.call(op()).await), 0);
    let Outcome::Error(error) = client.call(op()).await else { panic!("not refused") };
    assert_eq!((error.code, error.retry_after_ms), (6_000_005, 100));
    world.clock.advance(std::time::Duration::from_millis(100));
    assert_eq!(error_code(&client.call(op()).await), 0);
}

#[tokio::test]
async fn the_same_over_tls() {
    use rustls_pki_types::pem::PemObject as _;
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned(), "127.0.0.1".to_owned()]).unwrap();
    let pem = made.cert.pem();
    let world = World::with(|config| {
        let folder = config.data_dir.parent().unwrap().to_owned();
        std::fs::write(folder.join("certificate.pem"), &pem).unwrap();
        std::fs::write(folder.join("key.pem"), made.signing_key.serialize_pem()).unwrap();
        config.base = folder;
        config.tls =
            Some(crate::config::TlsConfig { certificate: "certificate.pem".into(), key: "key.pem".into() });
    })
    .await;
    assert!(world.running.url().starts_with("wss://"));
    let mut roots = rustls::RootCertStore::empty();
    roots.add(rustls_pki_types::CertificateDer::from_pem_slice(pem.as_bytes()).unwrap()).unwrap();
    let provider = std::sync::Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let stream = tokio::net::TcpStream::connect(world.running.addr()).await.unwrap();
    let connector = tokio_rustls::TlsConnector::from(std::sync::Arc::new(tls));
    let stream = connector.connect("localhost".try_into().unwrap(), stream).await.unwrap();
    let (socket, _) = tokio_tungstenite::client_async(world.running.url(), stream).await.unwrap();
    let mut client = Client::greet(socket).await;
    assert_eq!(client.login(hello("alice", 1, 600)).await.error, None);
    assert_eq!(error_code(&client.call(Op::ClearAllUnread(v1::ClearAllUnread {})).await), 0);
    assert!(world.running.metrics().contains("zim_certificate_expiry_seconds{name=\"listener\"}"));
}
