//! Clients with all their threads against a small server on loopback. Every wait has a condition and a deadline.

mod server;

use super::*;
use crate::config::Timing;
use crate::model::{
    ConnectionState, ConversationFilterOption, ConversationQueryConfig, ConversationSyncState,
    ConversationType, LoginConfig, Message, MessageBody, MessageQueryConfig, MessageQueryMode,
    MessageSendConfig,
};
use crate::store::MemoryStores;
use server::Server;
#[cfg(feature = "sqlite")]
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, mpsc as std_mpsc};
use std::time::Instant;

const PATIENCE: Duration = Duration::from_secs(30);

/// Keeps every event.
#[derive(Default)]
struct Recorder {
    events: Mutex<Vec<Event>>,
    changed: Condvar,
}

impl EventHandler for Recorder {
    fn on_event(&self, _: &Client, event: Event) {
        self.events.lock().unwrap().push(event);
        self.changed.notify_all();
    }
}

impl Recorder {
    /// Waits until the events so far satisfy `condition`.
    fn wait(&self, what: &str, condition: impl Fn(&[Event]) -> bool) {
        let end = Instant::now() + PATIENCE;
        let mut events = self.events.lock().unwrap();
        while !condition(&events) {
            let left = end.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "no {what} within {PATIENCE:?}: {} events", events.len());
            events = self.changed.wait_timeout(events, left).unwrap().0;
        }
    }

    fn wait_texts(&self, count: usize) -> Vec<String> {
        self.wait("messages", |events| texts(events).len() >= count);
        texts(&self.events.lock().unwrap())
    }

    fn connected(&self) -> usize {
        connected(&self.events.lock().unwrap())
    }
}

fn texts(events: &[Event]) -> Vec<String> {
    let messages = events.iter().filter_map(|event| match event {
        Event::MessageReceived { messages, .. } => Some(messages),
        _ => None,
    });
    messages.flatten().map(|message| text(message)).collect()
}

fn text(message: &Message) -> String {
    match &message.body {
        MessageBody::Text(text) => text.clone(),
        other => panic!("not a text: {other:?}"),
    }
}

fn connected(events: &[Event]) -> usize {
    let is_connected = |event: &&Event| {
        matches!(event, Event::ConnectionStateChanged { state: ConnectionState::Connected, .. })
    };
    events.iter().filter(is_connected).count()
}

fn until(what: &str, condition: impl Fn() -> bool) {
    let end = Instant::now() + PATIENCE;
    while !condition() {
        assert!(Instant::now() < end, "no {what} within {PATIENCE:?}");
        std::thread::yield_now();
    }
}

fn wait<F: IntoFuture>(future: F) -> F::Output {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    runtime.block_on(async { tokio::time::timeout(PATIENCE, future).await }).expect("no answer in time")
}

fn config(server: &Server) -> ClientConfig {
    let timing = Timing {
        backoff_min: Duration::from_millis(10),
        backoff_max: Duration::from_millis(50),
        ..Timing::default()
    };
    ClientConfig {
        app_id: 1,
        app_sign: "0a".repeat(32),
        server_url: server.url(),
        timing,
        ..ClientConfig::default()
    }
}

fn login(config: ClientConfig, user: &str) -> (Client, Arc<Recorder>) {
    let client = Client::new(config).unwrap();
    let recorder = Arc::new(Recorder::default());
    client.set_event_handler(Some(recorder.clone()));
    wait(client.login(user, LoginConfig::default())).unwrap();
    (client, recorder)
}

fn send(client: &Client, to: &str, text: &str) -> Arc<Message> {
    let config = MessageSendConfig::default();
    wait(client.send_message(Message::text(text), to, ConversationType::Peer, config)).unwrap()
}

#[test]
fn login_send_receive_and_reconnect() {
    let server = Server::start();
    let (alice, alice_events) = login(config(&server), "alice");
    let (bob, bob_events) = login(config(&server), "bob");
    let first = send(&alice, "bob", "one");
    assert!(first.message_id > 0 && first.message_seq == 1);
    assert_eq!(bob_events.wait_texts(1), ["one"]);
    server.drop_links();
    for events in [&alice_events, &bob_events] {
        events.wait("reconnect", |events| connected(events) == 2);
    }
    send(&alice, "bob", "two");
    send(&bob, "alice", "three");
    assert_eq!(bob_events.wait_texts(2), ["one", "two"]);
    assert_eq!(alice_events.wait_texts(1), ["three"]);
    // Each reconnect is followed by its own pair of sync events.
    bob_events.wait("sync", |events| {
        let finished = Event::ConversationSyncStateChanged { state: ConversationSyncState::Finished };
        events.iter().filter(|event| **event == finished).count() == 2
    });
    wait(alice.logout()).unwrap();
    until("logout", || alice_events.connected() == 2 && !alice.is_destroyed());
}

#[test]
fn attached_comes_before_the_result_and_in_order_with_events() {
    let server = Server::start();
    let (alice, _) = login(config(&server), "alice");
    let (tell, told) = std_mpsc::channel();
    for number in 0..50 {
        let (attached, sent) = (tell.clone(), tell.clone());
        alice
            .send_message(Message::text("x"), "bob", ConversationType::Peer, MessageSendConfig::default())
            .on_attached(move |message| {
                assert!(message.local_message_id > 0 && message.message_id == 0);
                attached.send((number, false)).unwrap();
            })
            .then(move |result| {
                result.unwrap();
                sent.send((number, true)).unwrap();
            });
    }
    drop(tell);
    let order: Vec<_> = told.iter().collect();
    let of =
        |wanted: bool| order.iter().filter(|(_, sent)| *sent == wanted).map(|(n, _)| *n).collect::<Vec<_>>();
    assert_eq!(of(false), (0..50).collect::<Vec<_>>());
    assert_eq!(of(true), (0..50).collect::<Vec<_>>());
    for number in 0..50 {
        let at = |sent| order.iter().position(|entry| *entry == (number, sent)).unwrap();
        assert!(at(false) < at(true));
    }
}

#[test]
fn destroy_inside_a_callback_is_silence() {
    struct Destroyer {
        calls: AtomicUsize,
        done: Mutex<std_mpsc::Sender<()>>,
    }
    impl EventHandler for Destroyer {
        fn on_event(&self, client: &Client, _: Event) {
            self.calls.fetch_add(1, Ordering::SeqCst);
            client.destroy();
            client.destroy();
            self.done.lock().unwrap().send(()).unwrap();
        }
    }
    let server = Server::start();
    let client = Client::new(config(&server)).unwrap();
    let (done, ended) = std_mpsc::channel();
    let handler = Arc::new(Destroyer { calls: AtomicUsize::new(0), done: Mutex::new(done) });
    client.set_event_handler(Some(handler.clone()));
    let (completion, completed) = std_mpsc::channel::<()>();
    client.login("alice", LoginConfig::default()).then(move |_| completion.send(()).unwrap());
    ended.recv_timeout(PATIENCE).unwrap();
    // The completion is dropped uncalled, and the handler let go.
    assert_eq!(completed.recv_timeout(PATIENCE), Err(std_mpsc::RecvTimeoutError::Disconnected));
    until("release of the handler", || Arc::strong_count(&handler) == 1);
    assert_eq!(handler.calls.load(Ordering::SeqCst), 1);
    let late = wait(client.login("alice", LoginConfig::default())).unwrap_err();
    assert_eq!(late.code, ErrorCode::CommonModuleNotInit);
    assert!(!client.next_event(PATIENCE));
}

#[test]
fn a_waiting_future_is_answered_by_destroy() {
    // A server that accepts and says nothing.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("ws://{}/zim", silent.local_addr().unwrap());
    let client = Client::new(ClientConfig { app_id: 1, server_url: url, ..ClientConfig::default() }).unwrap();
    let login =
        client.login("alice", LoginConfig { token: "04".into(), ..LoginConfig::default() }).into_future();
    client.destroy();
    assert!(wait(login).is_err());
}

#[cfg(target_os = "linux")]
#[test]
fn a_thousand_clients_leave_no_thread() {
    fn threads() -> usize {
        let names = std::fs::read_dir("/proc/self/task")
            .unwrap()
            .filter_map(|task| std::fs::read_to_string(task.ok()?.path().join("comm")).ok());
        names.filter(|name| name.starts_with("zim-")).count()
    }
    let server = Server::start();
    for round in 0..1000 {
        let client = Client::new(config(&server)).unwrap();
        if round % 50 == 0 {
            wait(client.login("alice", LoginConfig::default())).unwrap();
        }
        client.destroy();
    }
    // Other tests run beside this one and have a few of their own.
    until("end of the threads", || threads() < 60);
}

#[test]
fn a_slow_handler_loses_nothing() {
    const MESSAGES: usize = 12_000;
    struct Slow {
        gate: Mutex<std_mpsc::Receiver<()>>,
        is_open: std::sync::atomic::AtomicBool,
        seen: Recorder,
    }
    impl EventHandler for Slow {
        fn on_event(&self, client: &Client, event: Event) {
            if matches!(event, Event::MessageReceived { .. }) && !self.is_open.swap(true, Ordering::SeqCst) {
                self.gate.lock().unwrap().recv_timeout(PATIENCE).unwrap();
            }
            self.seen.on_event(client, event);
        }
    }
    let server = Server::start();
    let client = Client::new(config(&server)).unwrap();
    let (open, gate) = std_mpsc::channel();
    let slow = Arc::new(Slow { gate: Mutex::new(gate), is_open: false.into(), seen: Recorder::default() });
    client.set_event_handler(Some(slow.clone()));
    wait(client.login("bob", LoginConfig::default())).unwrap();
    for number in 0..MESSAGES {
        server.send("alice", "bob", &number.to_string());
    }
    until("backpressure", || client.core().queue().is_full());
    open.send(()).unwrap();
    let expected: Vec<String> = (0..MESSAGES).map(|number| number.to_string()).collect();
    assert_eq!(slow.seen.wait_texts(MESSAGES), expected);
}

#[test]
fn pump_mode_runs_callbacks_only_when_asked() {
    let server = Server::start();
    let client = Client::new(ClientConfig { dispatch: Dispatch::Pump, ..config(&server) }).unwrap();
    let recorder = Arc::new(Recorder::default());
    client.set_event_handler(Some(recorder.clone()));
    wait(client.login("alice", LoginConfig::default())).unwrap();
    assert!(recorder.events.lock().unwrap().is_empty(), "a future needs no pump, an event does");
    server.send("bob", "alice", "hello");
    while texts(&recorder.events.lock().unwrap()).is_empty() {
        assert!(client.next_event(PATIENCE));
    }
    client.destroy();
    assert!(!client.next_event(PATIENCE));
}

fn continues(server: &Server, config: &ClientConfig) {
    let (first, events) = login(config.clone(), "bob");
    server.send("alice", "bob", "one");
    assert_eq!(events.wait_texts(1), ["one"]);
    // Destroyed and made anew at once: the new one waits for the old one's store.
    first.destroy();
    server.send("alice", "bob", "two");
    let (second, events) = login(config.clone(), "bob");
    assert_eq!(events.wait_texts(1), ["two"]);
    assert!(server.cursors("bob")[1] > 0, "{:?}", server.cursors("bob"));
    let query = ConversationQueryConfig { count: 10, ..ConversationQueryConfig::default() };
    let list = wait(second.query_conversation_list(query, ConversationFilterOption::default())).unwrap();
    assert_eq!(list.len(), 1);
    assert_eq!(list[0].unread_message_count, 2);
    assert_eq!(text(list[0].last_message.as_deref().unwrap()), "two");
}

#[test]
fn a_new_client_continues_in_memory() {
    let server = Server::start();
    continues(&server, &ClientConfig { memory: Some(MemoryStores::new()), ..config(&server) });
}

#[cfg(feature = "sqlite")]
fn on_disk(server: &Server, folder: &Path) -> ClientConfig {
    ClientConfig { cache_path: Some(folder.to_owned()), ..config(server) }
}

#[cfg(feature = "sqlite")]
#[test]
fn a_new_client_continues_on_disk() {
    let server = Server::start();
    let folder = tempfile::tempdir().unwrap();
    continues(&server, &on_disk(&server, folder.path()));
}

#[cfg(feature = "sqlite")]
#[test]
fn a_second_client_on_the_same_store_is_refused() {
    let server = Server::start();
    let folder = tempfile::tempdir().unwrap();
    let (_first, _) = login(on_disk(&server, folder.path()), "bob");
    let second = Client::new(on_disk(&server, folder.path())).unwrap();
    let error = wait(second.login("bob", LoginConfig::default())).unwrap_err();
    assert_eq!(error.code.code(), 6_000_701, "{error}");
}

#[cfg(feature = "sqlite")]
#[test]
fn an_unusable_cache_path_is_said_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    let config = ClientConfig { app_id: 1, cache_path: Some(file.join("below")), ..ClientConfig::default() };
    assert_eq!(Client::new(config).unwrap_err().code.code(), 6_000_701);
}

#[test]
fn history_asks_the_server_only_for_what_is_missing() {
    let server = Server::start();
    server.remember("alice", "bob", 50);
    let (bob, events) = login(config(&server), "bob");
    server.send("alice", "bob", "new");
    events.wait_texts(1);
    let page = |anchor: Option<Arc<Message>>, count, reverse, mode| {
        let config = MessageQueryConfig { next_message: anchor, count, reverse, mode };
        wait(bob.query_history_message("alice", ConversationType::Peer, config)).unwrap()
    };
    let seqs = |page: &[Arc<Message>]| page.iter().map(|message| message.message_seq).collect::<Vec<_>>();
    let general = MessageQueryMode::General;
    assert_eq!(seqs(&page(None, 10, true, MessageQueryMode::OnlyLocal)), [51]);
    assert_eq!(server.history_queries(), 0);
    let newest = page(None, 10, true, general);
    assert_eq!(seqs(&newest), (42..=51).collect::<Vec<_>>());
    assert_eq!(server.history_queries(), 1);
    assert_eq!(page(None, 10, true, general), newest, "now it is here");
    assert_eq!(server.history_queries(), 1);
    let older = page(Some(newest[0].clone()), 30, true, general);
    assert_eq!(seqs(&older), (12..=41).collect::<Vec<_>>());
    let oldest = page(Some(older[0].clone()), 30, true, general);
    assert_eq!(seqs(&oldest), (1..=11).collect::<Vec<_>>());
    assert_eq!(server.history_queries(), 3);
    assert_eq!(seqs(&page(None, 5, false, general)), (1..=5).collect::<Vec<_>>());
    assert_eq!(seqs(&page(Some(oldest[4].clone()), 100, false, general)), (6..=51).collect::<Vec<_>>());
    assert_eq!(server.history_queries(), 3, "everything is local by now");
    assert_eq!(seqs(&page(None, 2, true, MessageQueryMode::PreferServer)), [50, 51]);
    assert_eq!(server.history_queries(), 4);
    let zero = bob.query_history_message("alice", ConversationType::Peer, MessageQueryConfig::default());
    assert_eq!(wait(zero).unwrap_err().parameter.as_deref(), Some("count"));
}

#[test]
fn history_without_a_connection_is_the_local_part() {
    let server = Server::start();
    server.remember("alice", "bob", 5);
    let (bob, events) = login(config(&server), "bob");
    server.send("alice", "bob", "new");
    events.wait_texts(1);
    drop(server);
    events.wait("the loss", |events| {
        events.iter().any(|event| {
            matches!(event, Event::ConnectionStateChanged { state: ConnectionState::Reconnecting, .. })
        })
    });
    let config = MessageQueryConfig { count: 10, reverse: true, ..MessageQueryConfig::default() };
    let page = wait(bob.query_history_message("alice", ConversationType::Peer, config)).unwrap();
    assert_eq!(page.iter().map(|message| message.message_seq).collect::<Vec<_>>(), [6]);
}

#[test]
fn queries_need_a_login_and_name_their_faults() {
    let server = Server::start();
    let client = Client::new(config(&server)).unwrap();
    let query = || client.query_conversation("alice", ConversationType::Peer);
    assert_eq!(wait(query()).unwrap_err().code.code(), 6_000_121);
    wait(client.login("bob", LoginConfig::default())).unwrap();
    assert_eq!(wait(query()).unwrap().conversation_name, "name of alice");
    let room = wait(client.clear_conversation_unread_message_count("r", ConversationType::Room)).unwrap_err();
    assert_eq!(room.code.code(), 6_000_001);
    assert!(room.parameter.is_some());
    let user = wait(client.query_self_user_info()).unwrap();
    assert_eq!(user.user_full_info.base_info.user_id, "bob");
    assert!(server.is_online("bob"));
}
