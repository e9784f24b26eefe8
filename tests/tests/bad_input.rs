//! What bad input gets: the published code or a typed goodbye, and nothing lost or doubled.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use zim_core::model::{ConversationType, GroupAdvancedConfig, GroupInfo, LoginConfig};
use zim_core::{Client, Error};
use zim_proto::v1::frame::Body;
use zim_proto::v1::response::Result as Outcome;
use zim_proto::v1::{GoodbyeReason, Request, Welcome};
use zim_server::auth::token04;
use zim_server::clock::{Clock, Sleep, SystemClock};
use zim_tests::{
    APP_ID, Kind, Raw, SECRET, SeparateServer, Settings, World, alert, body, now_ms, text, text_request,
    token, until, wait,
};

fn code(result: Result<(), Error>) -> u32 {
    result.expect_err("is refused").code.code()
}

#[test]
fn tokens_that_do_not_fit_have_their_codes() {
    let world = World::start();
    let mut phone = world.phone("phone", Kind::Desktop);
    let make = |user: &str, secret: &str, seconds, now| {
        token04::generate(APP_ID, user, secret, seconds, now).unwrap()
    };
    let now = now_ms();
    let faults = [
        (make("alice", &"x".repeat(32), 600, now), 6_000_103),
        (make("bob", SECRET, 600, now), 6_000_103),
        (token04::generate(2, "alice", SECRET, 600, now).unwrap(), 6_000_103),
        (make("alice", SECRET, 600, now - 7_200_000), 6_000_106),
        (make("alice", SECRET, 10, now), 6_000_108),
        (make("alice", SECRET, 600, now).replacen("04", "03", 1), 6_000_107),
        ("04not-base64".to_owned(), 6_000_103),
    ];
    for (token, expected) in faults {
        assert_eq!(code(phone.try_login("alice", &token)), expected);
    }
    assert_eq!(world.sessions(), 0);
    phone.login("alice");
}

#[test]
fn targets_that_do_not_exist_have_their_codes() {
    let world = World::start();
    let alice = world.online("alice");
    let bob = world.online("bob");
    let group = GroupInfo { group_id: "bobs".into(), ..GroupInfo::default() };
    wait(bob.client().create_group(group, vec![], GroupAdvancedConfig::default())).unwrap();
    let send = |to: &str, kind| code(alice.try_send(text("x"), to, kind, Some(alert("t", "c"))).map(drop));
    assert_eq!(send("nobody", ConversationType::Peer), 6_000_204);
    assert_eq!(send("nothing", ConversationType::Group), 6_000_523);
    assert_eq!(send("bobs", ConversationType::Group), 6_000_521);
    // None of it reached anybody, and the connection is as good as before.
    alice.send(text("after"), "bob", None);
    assert_eq!(bob.events.texts(1), ["after"]);
    assert_eq!(world.push_log("bob"), []);
}

#[test]
fn too_large_messages_are_refused_by_the_client_and_by_the_server() {
    let world = World::with(Settings { message_bytes: 1_000, ..Settings::default() });
    let bob = world.online("bob");
    let alice = world.online("alice");
    let requests = || world.metric("zim_requests_total{op=\"send_message\",code=\"6000001\"}").unwrap_or(0);
    let send = |bytes: usize| alice.try_send(text(&"x".repeat(bytes)), "bob", ConversationType::Peer, None);
    let refused = send(32_769).unwrap_err();
    assert_eq!((refused.code.code(), refused.parameter.as_deref()), (6_000_001, Some("message")));
    assert_eq!(requests(), 0, "beyond the published limit nothing is sent");
    let refused = send(1_001).unwrap_err();
    assert_eq!((refused.code.code(), refused.parameter.as_deref()), (6_000_001, Some("message")));
    assert_eq!(requests(), 1, "the server's own limit");
    send(1_000).unwrap();
    assert_eq!(bob.events.texts(1), ["x".repeat(1_000)]);
}

#[test]
fn broken_frames_end_in_a_typed_goodbye_and_hurt_nobody_else() {
    let world = World::start();
    let bob = world.online("bob");
    let alice = world.online("alice");
    let service = world.service();
    let logged_in = || {
        let mut raw = Raw::connect(&service);
        assert_eq!(raw.login("mallory").error, None);
        raw
    };
    let request = || Body::Request(Request { id: 1, op: Some(text_request("bob", "never", 1)) });

    let mut raw = Raw::connect(&service);
    raw.send(request());
    assert_eq!(raw.goodbye().reason(), GoodbyeReason::Unauthenticated, "before the login");

    let mut raw = Raw::connect(&service);
    raw.send(Body::Welcome(Welcome::default()));
    assert_eq!(
        raw.goodbye().reason(),
        GoodbyeReason::ProtocolError,
        "nothing but a hello opens a connection"
    );

    let mut raw = logged_in();
    let mut bytes = zim_proto::frame::encode(request()).to_vec();
    bytes.truncate(bytes.len() - 3);
    raw.send_bytes(bytes);
    assert_eq!(raw.goodbye().reason(), GoodbyeReason::ProtocolError, "cut short");

    let mut raw = logged_in();
    raw.send_text("hello");
    assert_eq!(raw.goodbye().reason(), GoodbyeReason::ProtocolError, "not binary");

    let mut raw = logged_in();
    raw.send(Body::ClientHello(Raw::client_hello("mallory")));
    assert_eq!(raw.goodbye().reason(), GoodbyeReason::ProtocolError, "a second hello");

    let mut raw = logged_in();
    let limit = usize::try_from(raw.hello.max_frame_bytes).unwrap();
    raw.send_bytes(vec![0; limit + 1]);
    assert_eq!(raw.goodbye().reason(), GoodbyeReason::FrameTooLarge);

    // A kind of a later version is skipped: field 900 of the frame, an empty message.
    let mut raw = logged_in();
    raw.send_bytes(vec![0xa2, 0x38, 0]);
    assert!(matches!(raw.call(text_request("bob", "known", 2)), Outcome::MessageSent(_)));
    assert_eq!(world.metric("zim_unknown_frames_total"), Some(1));
    raw.close();

    alice.send(text("unharmed"), "bob", None);
    assert_eq!(bob.events.texts(2), ["known", "unharmed"]);
}

#[test]
fn a_client_id_stands_for_one_message() {
    let world = World::start();
    let bob = world.online("bob");
    let mut raw = Raw::connect(&world.service());
    raw.login("alice");
    let Outcome::MessageSent(first) = raw.call(text_request("bob", "one", 7)) else { panic!("is accepted") };
    let Outcome::MessageSent(again) = raw.call(text_request("bob", "one", 7)) else { panic!("is accepted") };
    assert_eq!(first, again, "a repetition gets the first answer");
    let Outcome::Error(refused) = raw.call(text_request("bob", "two", 7)) else { panic!("is refused") };
    assert_eq!((refused.code, refused.parameter.as_str()), (6_000_001, "localMessageID"));
    let Outcome::MessageSent(next) = raw.call(text_request("bob", "three", 8)) else { panic!("is accepted") };
    assert_eq!(next.message_seq, first.message_seq + 1);
    assert_eq!(bob.events.texts(2), ["one", "three"]);
}

/// The machine's clock, with a wall reading that an operator sets.
#[derive(Debug, Default)]
struct SetClock {
    machine: Machine,
    offset_ms: AtomicI64,
}

/// The system clock wants a runtime around its making; this one is made outside.
#[derive(Debug)]
struct Machine(std::time::Instant);

impl Default for Machine {
    fn default() -> Self {
        Self(std::time::Instant::now())
    }
}

impl Clock for SetClock {
    fn now(&self) -> i64 {
        now_ms() + self.offset_ms.load(Ordering::Relaxed)
    }

    fn elapsed(&self) -> Duration {
        self.machine.0.elapsed()
    }

    fn sleep_until(&self, at: Duration) -> Sleep {
        let left = at.saturating_sub(self.elapsed());
        let clock = SystemClock::default();
        clock.sleep(left)
    }
}

#[test]
fn a_clock_that_jumps_loses_no_message_and_no_push() {
    const MINUTES: i64 = 60_000;
    let clock = Arc::new(SetClock::default());
    let world = World::with_clock(Settings::default(), clock.clone());
    let mut bob = world.offline("bob", Kind::Iphone);
    let alice = world.online("alice");
    let mut sent = Vec::new();
    for (number, offset) in [0, -50 * MINUTES, 20 * MINUTES, 0].into_iter().enumerate() {
        clock.offset_ms.store(offset, Ordering::Relaxed);
        let words = format!("at {offset}");
        sent.push(alice.send(text(&words), "bob", Some(alert("Alice", &words))));
        assert_eq!(world.apns(number + 1)[number].body["aps"]["alert"]["body"], words.as_str());
        // A push whose outcome is not stored when its lease runs out is repeated, and a jump lets leases run out.
        until("stored outcome", || {
            let rows = world.push_log("bob");
            (rows.iter().filter(|row| row.outcome == "delivered").count() == number + 1).then_some(())
        });
    }
    assert!(sent.is_sorted_by(|a, b| a.message_id < b.message_id && a.message_seq + 1 == b.message_seq));
    bob.power_on();
    let received = bob.events.messages(4);
    let found: Vec<_> = received.iter().map(|message| (message.message_id, body(message))).collect();
    let expected: Vec<_> = sent.iter().map(|message| (message.message_id, body(message))).collect();
    assert_eq!(found, expected, "each once, in the order of sending");
}

#[test]
fn a_second_server_on_the_same_folder_does_not_start() {
    let server = SeparateServer::start(Settings::default());
    let (started, said) = server.command(&["serve", "--listen", "127.0.0.1:0"]);
    assert!(!started, "{said}");
    assert!(said.contains("data") && said.contains("in use"), "{said}");
    let mut phone = server.phone("phone", Kind::Desktop);
    phone.login("alice");
}

#[test]
fn a_second_client_on_the_same_store_does_not_log_in() {
    let world = World::start();
    let alice = world.online("alice");
    let second = Client::new(alice.config().clone()).unwrap();
    let login = LoginConfig { token: token("alice"), ..LoginConfig::default() };
    assert_eq!(code(wait(second.login("alice", login))), 6_000_701);
    // The first is not disturbed.
    let bob = world.online("bob");
    bob.send(text("still there?"), "alice", None);
    assert_eq!(alice.events.texts(1), ["still there?"]);
}
