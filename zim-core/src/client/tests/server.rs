//! A small server of the protocol: inboxes, peer messages and history in memory, on a loopback port. No rules and no
//! groups; the real one has its own tests.

use bytes::Bytes;
use futures_util::{SinkExt as _, StreamExt as _};
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::sync::oneshot;
use tokio_tungstenite::tungstenite::Message as Ws;
use zim_proto::v1::{
    self, client_hello::Session, event::Kind, frame::Body, request::Op, response::Result as Answer,
};
use zim_proto::{batch, frame};

const EPOCH: u64 = 7;
const TIME: i64 = 1_800_000_000_000;

#[derive(Default)]
struct State {
    inboxes: HashMap<String, Vec<v1::Event>>,
    /// By the two users, in order.
    conversations: HashMap<(String, String), Vec<v1::Message>>,
    sessions: HashMap<String, UnboundedSender<Bytes>>,
    /// Cursors of the hellos, in order of arrival.
    hellos: Vec<(String, u64)>,
    history_queries: usize,
}

/// Runs until it is dropped.
pub(super) struct Server {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
    _stop: oneshot::Sender<()>,
}

impl Server {
    pub(super) fn start() -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        let state: Arc<Mutex<State>> = Arc::default();
        let shared = state.clone();
        let (stop, stopped) = oneshot::channel::<()>();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let listener = TcpListener::from_std(listener).unwrap();
                tokio::spawn(async move {
                    while let Ok((socket, _)) = listener.accept().await {
                        tokio::spawn(serve(socket, shared.clone()));
                    }
                });
                let _ = stopped.await;
            });
        });
        Self { address, state, _stop: stop }
    }

    pub(super) fn url(&self) -> String {
        format!("ws://{}/zim", self.address)
    }

    /// Breaks all connections; the listener stays.
    pub(super) fn drop_links(&self) {
        self.lock().sessions.clear();
    }

    pub(super) fn is_online(&self, user: &str) -> bool {
        self.lock().sessions.contains_key(user)
    }

    /// Cursors with which `user` said hello so far.
    pub(super) fn cursors(&self, user: &str) -> Vec<u64> {
        self.lock().hellos.iter().filter(|(name, _)| name == user).map(|(_, cursor)| *cursor).collect()
    }

    pub(super) fn history_queries(&self) -> usize {
        self.lock().history_queries
    }

    /// A message from one user to another, as if sent by a client that is not here.
    pub(super) fn send(&self, from: &str, to: &str, text: &str) {
        self.lock().deliver(from, text_message(to, text));
    }

    /// Messages of the past: in the history, in no inbox.
    pub(super) fn remember(&self, from: &str, to: &str, count: usize) {
        let mut state = self.lock();
        for number in 1..=count {
            state.number(from, text_message(to, &format!("old {number}")));
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }
}

fn text_message(to: &str, text: &str) -> v1::Message {
    v1::Message {
        r#type: 1,
        conversation_id: to.into(),
        body: Bytes::copy_from_slice(text.as_bytes()),
        ..v1::Message::default()
    }
}

impl State {
    fn number(&mut self, from: &str, mut message: v1::Message) -> v1::Message {
        let to = message.conversation_id.clone();
        let pair = if from < to.as_str() { (from.to_owned(), to) } else { (to, from.to_owned()) };
        let all: u64 = self.conversations.values().map(|messages| messages.len() as u64).sum();
        let messages = self.conversations.entry(pair).or_default();
        message.sender_user_id = from.to_owned();
        message.message_seq = messages.len() as u64 + 1;
        message.message_id = all + 1;
        message.timestamp = TIME + i64::try_from(all).unwrap();
        messages.push(message.clone());
        message
    }

    fn deliver(&mut self, from: &str, message: v1::Message) -> v1::Message {
        let message = self.number(from, message);
        let to = message.conversation_id.clone();
        let event = v1::Event { time: message.timestamp, kind: Some(Kind::Message(message.clone())) };
        let inbox = self.inboxes.entry(to.clone()).or_default();
        inbox.push(event.clone());
        let seq = inbox.len() as u64;
        if let Some(session) = self.sessions.get(&to) {
            let mut run = Vec::new();
            batch::append(&mut run, &event);
            let _ = session.send(batch::frame(seq, &run));
        }
        message
    }

    fn welcome(&mut self, user: &str, hello: &v1::UserSession, session: UnboundedSender<Bytes>) {
        self.hellos.push((user.to_owned(), hello.cursor));
        let inbox = self.inboxes.entry(user.to_owned()).or_default();
        let head = inbox.len() as u64;
        let fresh = hello.inbox_epoch != EPOCH;
        let cursor = if fresh { head } else { hello.cursor };
        let welcome = v1::Welcome {
            session_id: "session".into(),
            user: Some(v1::UserInfo { user_id: user.into(), ..v1::UserInfo::default() }),
            inbox_epoch: EPOCH,
            inbox_head: head,
            cursor,
            fresh,
            server_time: TIME,
            ..v1::Welcome::default()
        };
        let _ = session.send(frame::encode(Body::Welcome(welcome)));
        for (chunk, first_seq) in
            inbox[usize::try_from(cursor).unwrap()..].chunks(100).zip((cursor + 1..).step_by(100))
        {
            let mut run = Vec::new();
            chunk.iter().for_each(|event| batch::append(&mut run, event));
            let _ = session.send(batch::frame(first_seq, &run));
        }
        self.sessions.insert(user.to_owned(), session);
    }

    fn history(&mut self, user: &str, query: &v1::QueryHistory) -> v1::History {
        self.history_queries += 1;
        let other = query.conversation_id.clone();
        let pair = if user < other.as_str() { (user.to_owned(), other) } else { (other, user.to_owned()) };
        let messages = self.conversations.entry(pair).or_default();
        let before = if query.before_seq == 0 { u64::MAX } else { query.before_seq };
        let mut found: Vec<_> = messages
            .iter()
            .filter(|message| message.message_seq < before && message.message_seq > query.after_seq)
            .cloned()
            .collect();
        let count = query.count as usize;
        if query.ascending {
            found.truncate(count);
        } else {
            found = found.split_off(found.len().saturating_sub(count));
        }
        v1::History { messages: found, head_seq: messages.len() as u64 }
    }

    fn answer(&mut self, user: &str, op: Op) -> Answer {
        match op {
            Op::SendMessage(send) => {
                let sent = self.deliver(user, send.message.unwrap());
                Answer::MessageSent(v1::MessageSent {
                    message_id: sent.message_id,
                    message_seq: sent.message_seq,
                    timestamp: sent.timestamp,
                })
            }
            Op::QueryHistory(query) => Answer::History(self.history(user, &query)),
            Op::QueryConversation(query) => Answer::Conversation(v1::Conversation {
                state: Some(v1::ConversationState {
                    conversation_type: query.conversation_type,
                    name: format!("name of {}", query.conversation_id),
                    conversation_id: query.conversation_id,
                    ..v1::ConversationState::default()
                }),
            }),
            _ => Answer::Done(v1::Done {}),
        }
    }
}

async fn serve(socket: TcpStream, state: Arc<Mutex<State>>) {
    let Ok(socket) = tokio_tungstenite::accept_async(socket).await else { return };
    let (mut sink, mut stream) = socket.split();
    let (session, mut outgoing) = unbounded_channel::<Bytes>();
    let hello = v1::ServerHello {
        protocol_min: 1,
        protocol_max: 1,
        challenge: Bytes::from_static(&[1; 32]),
        server_time: TIME,
        max_frame_bytes: 1 << 20,
        heartbeat_ms: 10_000,
        ..v1::ServerHello::default()
    };
    session.send(frame::encode(Body::ServerHello(hello))).unwrap();
    let mut user = None;
    // Only the state keeps the session alive after the hello, so that dropping it there breaks the link.
    let mut session = Some(session);
    loop {
        tokio::select! {
            frame = outgoing.recv() => match frame {
                Some(frame) => if sink.send(Ws::Binary(frame)).await.is_err() { return },
                None => return,
            },
            message = stream.next() => {
                let Some(Ok(message)) = message else { return };
                let Ws::Binary(bytes) = message else { continue };
                let Ok(Some(body)) = frame::decode(bytes, 1 << 20) else { return };
                let mut state = state.lock().unwrap();
                match body {
                    Body::ClientHello(hello) => {
                        let Some(Session::User(login)) = hello.session else { return };
                        let Some(session) = session.take() else { return };
                        state.welcome(&login.user_id, &login, session);
                        user = Some(login.user_id);
                    }
                    Body::Request(request) => {
                        let (Some(user), Some(op)) = (&user, request.op) else { return };
                        let answer = state.answer(user, op);
                        let response = v1::Response { id: request.id, result: Some(answer) };
                        if let Some(session) = state.sessions.get(user) {
                            let _ = session.send(frame::encode(Body::Response(response)));
                        }
                    }
                    Body::Ping(ping) => {
                        let pong = frame::encode(Body::Pong(v1::Pong { nonce: ping.nonce }));
                        if let Some(session) = user.as_ref().and_then(|user| state.sessions.get(user)) {
                            let _ = session.send(pong);
                        }
                    }
                    Body::Goodbye(_) => return,
                    _ => {}
                }
            }
        }
    }
}
