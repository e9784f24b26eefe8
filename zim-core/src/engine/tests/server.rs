//! The reference model of the service: small, obviously right, and strict about what a client may say.

use crate::model::Message;
use bytes::Bytes;
use std::collections::{BTreeMap, HashMap};
use zim_proto::v1::client_hello::Session;
use zim_proto::v1::event::Kind;
use zim_proto::v1::frame::Body;
use zim_proto::v1::{self, GoodbyeReason, request, response};
use zim_proto::{ErrorCode, frame};

pub(super) const KEY: [u8; 32] = [7; 32];
const BATCH: usize = 100;

#[derive(Debug, Default)]
pub(super) struct Account {
    /// Event of sequence `n` at index `n - 1`.
    pub(super) inbox: Vec<v1::Event>,
    pub(super) conversations: BTreeMap<(u32, String), v1::ConversationState>,
    pub(super) active_calls: Vec<v1::Call>,
    /// What the last acknowledgement of each device said.
    pub(super) acked: HashMap<String, u64>,
    /// Messages accepted from this user: device and local id → answer.
    pub(super) accepted: HashMap<(String, u64), v1::MessageSent>,
    pub(super) devices: std::collections::BTreeSet<String>,
    pub(super) logouts: u32,
}

#[derive(Debug)]
struct Connection {
    challenge: Vec<u8>,
    user: Option<String>,
    device: String,
    is_device_only: bool,
    is_open: bool,
    sent: u64,
}

pub(super) struct Server {
    pub(super) accounts: BTreeMap<String, Account>,
    connections: BTreeMap<u64, Connection>,
    /// Frames to deliver: (connection, bytes); `None` closes it.
    pub(super) outgoing: Vec<(u64, Option<Bytes>)>,
    /// Requests seen, newest last.
    pub(super) requests: Vec<request::Op>,
    pub(super) hellos: Vec<v1::ClientHello>,
    pub(super) epoch: u64,
    pub(super) now_ms: i64,
    last_id: u64,
    seqs: HashMap<String, u64>,
    /// Every message by conversation and number, as it is now.
    pub(super) log: BTreeMap<(String, u64), v1::Message>,
    pub(super) groups: HashMap<String, Vec<String>>,
    /// The next hellos are refused with these errors.
    pub(super) refuse_hello: Vec<v1::Error>,
    /// The next sends are refused with these errors.
    pub(super) refuse_send: Vec<v1::Error>,
    /// Accepts messages but keeps the answers to itself.
    pub(super) is_mute: bool,
    pub(super) token_life_ms: i64,
    pub(super) token: String,
    /// Largest event count of one batch.
    pub(super) batch: usize,
    /// A device's own messages are not repeated to it.
    pub(super) skips_own: bool,
    /// Skips so far.
    pub(super) sent_skips: u64,
    /// Skips that follow the answer to the present request.
    after_answer: Vec<(u64, Bytes)>,
    /// Events after this one stay on the server.
    pub(super) holds_back_from: Option<usize>,
}

/// The name of a conversation, the same for both sides.
fn conversation(user: &str, conversation_type: u32, conversation_id: &str) -> String {
    if conversation_type == 2 {
        return format!("group {conversation_id}");
    }
    let mut pair = [user, conversation_id];
    pair.sort_unstable();
    pair.join(" ")
}

pub(super) fn error(code: ErrorCode) -> v1::Error {
    v1::Error { code: code.code(), ..v1::Error::default() }
}

impl Server {
    pub(super) fn new() -> Self {
        Self {
            accounts: BTreeMap::new(),
            connections: BTreeMap::new(),
            outgoing: Vec::new(),
            requests: Vec::new(),
            hellos: Vec::new(),
            epoch: 9,
            now_ms: 0,
            last_id: 0,
            seqs: HashMap::new(),
            log: BTreeMap::new(),
            groups: HashMap::new(),
            refuse_hello: Vec::new(),
            refuse_send: Vec::new(),
            is_mute: false,
            token_life_ms: 3_600_000,
            token: String::new(),
            batch: BATCH,
            skips_own: true,
            sent_skips: 0,
            after_answer: Vec::new(),
            holds_back_from: None,
        }
    }

    fn say(&mut self, connection: u64, body: Body) {
        self.outgoing.push((connection, Some(frame::encode(body))));
    }

    pub(super) fn connect(&mut self, connection: u64) {
        let challenge = connection.to_be_bytes().repeat(4);
        let hello = v1::ServerHello {
            protocol_min: 1,
            protocol_max: 1,
            challenge: challenge.clone().into(),
            server_time: self.now_ms,
            ..v1::ServerHello::default()
        };
        let state = Connection {
            challenge,
            user: None,
            device: String::new(),
            is_device_only: false,
            is_open: false,
            sent: 0,
        };
        self.connections.insert(connection, state);
        self.say(connection, Body::ServerHello(hello));
    }

    pub(super) fn disconnect(&mut self, connection: u64) {
        self.connections.remove(&connection);
    }

    pub(super) fn goodbye(&mut self, connection: u64, reason: GoodbyeReason, retry_after_ms: u32) {
        let goodbye = v1::Goodbye { reason: reason.into(), text: String::new(), retry_after_ms };
        self.say(connection, Body::Goodbye(goodbye));
        self.outgoing.push((connection, None));
        self.connections.remove(&connection);
    }

    pub(super) fn receive(&mut self, connection: u64, bytes: Bytes) {
        if !self.connections.contains_key(&connection) {
            return;
        }
        match frame::decode(bytes, frame::MAX_FRAME_BYTES).expect("a client sends sound frames") {
            Some(Body::ClientHello(hello)) => self.hello(connection, hello),
            Some(Body::Request(request)) => self.request(connection, request),
            Some(Body::Ack(ack)) => {
                let state = &self.connections[&connection];
                assert!(ack.seq <= state.sent, "acknowledged what was never sent");
                let (user, device) = (state.user.clone().expect("logged in"), state.device.clone());
                let acked = self.account(&user).acked.entry(device).or_default();
                assert!(ack.seq >= *acked, "acknowledgements go back");
                *acked = ack.seq;
            }
            Some(Body::Ping(ping)) => self.say(connection, Body::Pong(v1::Pong { nonce: ping.nonce })),
            Some(Body::Pong(_)) => {}
            Some(Body::Goodbye(_)) => self.disconnect(connection),
            other => panic!("a client never sends {other:?}"),
        }
    }

    pub(super) fn account(&mut self, user: &str) -> &mut Account {
        self.accounts.entry(user.to_owned()).or_default()
    }

    fn hello(&mut self, connection: u64, hello: v1::ClientHello) {
        self.hellos.push(hello.clone());
        let state = self.connections.get_mut(&connection).expect("connected");
        state.device.clone_from(&hello.device_id);
        let user_id = match &hello.session {
            Some(Session::User(user)) => user.user_id.clone(),
            Some(Session::Device(_)) => String::new(),
            None => panic!("a hello without a session"),
        };
        let is_proven = zim_proto::auth::verify_app_sign(
            &KEY,
            &state.challenge,
            hello.app_id,
            &user_id,
            &hello.device_id,
            &hello.app_sign_proof,
        );
        let refusal = if self.refuse_hello.is_empty() {
            (!is_proven && (hello.token.is_empty() || hello.token != self.token))
                .then(|| error(ErrorCode::NetworkModuleTokenInvalid))
        } else {
            Some(self.refuse_hello.remove(0))
        };
        if let Some(refusal) = refusal {
            self.say(
                connection,
                Body::Welcome(v1::Welcome { error: Some(refusal), ..v1::Welcome::default() }),
            );
            self.outgoing.push((connection, None));
            self.connections.remove(&connection);
            return;
        }
        let token_expire_at = if is_proven { 0 } else { self.now_ms + self.token_life_ms };
        let state = self.connections.get_mut(&connection).expect("connected");
        state.is_open = true;
        let Some(Session::User(user)) = hello.session else {
            state.is_device_only = true;
            return self.say(connection, Body::Welcome(v1::Welcome::default()));
        };
        state.user = Some(user_id.clone());
        let (epoch, now_ms) = (self.epoch, self.now_ms);
        let account = self.account(&user_id);
        account.devices.insert(hello.device_id);
        let fresh = user.inbox_epoch != epoch;
        let head = account.inbox.len() as u64;
        let cursor = if fresh { head } else { user.cursor };
        assert!(cursor <= head, "a cursor from the future");
        let welcome = v1::Welcome {
            user: Some(v1::UserInfo { user_id, user_name: user.user_name, ..v1::UserInfo::default() }),
            token_expire_at,
            inbox_epoch: epoch,
            inbox_head: head,
            cursor,
            fresh,
            conversations: if fresh { account.conversations.values().cloned().collect() } else { Vec::new() },
            active_calls: account.active_calls.clone(),
            server_time: now_ms,
            ..v1::Welcome::default()
        };
        self.connections.get_mut(&connection).expect("connected").sent = cursor;
        self.say(connection, Body::Welcome(welcome));
        self.stream(connection);
    }

    /// Sends what the connection has not seen.
    fn stream(&mut self, connection: u64) {
        loop {
            let state = &self.connections[&connection];
            let (Some(user), sent) = (&state.user, state.sent) else { return };
            let inbox = &self.accounts[user].inbox;
            let from = usize::try_from(sent).unwrap();
            let head = inbox.len().min(self.holds_back_from.unwrap_or(usize::MAX));
            if from >= head {
                return;
            }
            let events = &inbox[from..head.min(from + self.batch)];
            let mut run = Vec::new();
            events.iter().for_each(|event| zim_proto::batch::append(&mut run, event));
            let bytes = zim_proto::batch::frame(sent + 1, &run);
            let last = sent + events.len() as u64;
            self.outgoing.push((connection, Some(bytes)));
            self.connections.get_mut(&connection).unwrap().sent = last;
        }
    }

    /// Appends an event to a user's inbox and streams it to the open devices.
    pub(super) fn push(&mut self, user: &str, kind: Kind) {
        self.push_from(user, "", kind);
    }

    /// The same for an event that `device` caused by a message: it is told no more than its number.
    fn push_from(&mut self, user: &str, device: &str, kind: Kind) {
        let event = v1::Event { time: self.now_ms, kind: Some(kind) };
        self.account(user).inbox.push(event);
        let open: Vec<u64> = self
            .connections
            .iter()
            .filter(|(_, it)| it.is_open && it.user.as_deref() == Some(user))
            .map(|(id, _)| *id)
            .collect();
        let head = self.accounts[user].inbox.len() as u64;
        for connection in open {
            let state = self.connections.get_mut(&connection).expect("open");
            // Without the answer the device does not know the message, and what it lacks before comes first.
            let knows = self.skips_own && !self.is_mute && !device.is_empty() && state.device == device;
            if knows && state.sent + 1 == head {
                state.sent = head;
                self.after_answer.push((connection, zim_proto::batch::skipped(head, 1)));
            } else {
                self.stream(connection);
            }
        }
    }

    /// The connection was sent more of the inbox than this model has.
    pub(super) fn pretend_sent(&mut self, connection: u64, sent: u64) {
        self.connections.get_mut(&connection).expect("open").sent = sent;
    }

    /// A message between users, as if `from` had sent it.
    pub(super) fn message(&mut self, from: &str, to: &str, text: &str) -> v1::MessageSent {
        let message = v1::Message {
            r#type: 1,
            conversation_id: to.to_owned(),
            body: Bytes::copy_from_slice(text.as_bytes()),
            ..v1::Message::default()
        };
        self.deliver(from, "", message)
    }

    pub(super) fn deliver(&mut self, from: &str, device: &str, mut message: v1::Message) -> v1::MessageSent {
        let is_group = message.conversation_type == 2;
        let conversation = conversation(from, message.conversation_type, &message.conversation_id);
        let seq = self.seqs.entry(conversation.clone()).or_default();
        *seq += 1;
        self.last_id += 1;
        message.message_seq = *seq;
        message.message_id = self.last_id;
        message.timestamp = self.now_ms;
        message.sender_user_id = from.to_owned();
        let sent = v1::MessageSent {
            message_id: message.message_id,
            message_seq: message.message_seq,
            timestamp: message.timestamp,
        };
        self.log.insert((conversation, message.message_seq), message.clone());
        for user in self.owners(&message) {
            let is_own = user == from;
            let other = if is_group || is_own { &message.conversation_id } else { &message.sender_user_id };
            let state = self
                .account(&user)
                .conversations
                .entry((message.conversation_type, other.clone()))
                .or_insert_with(|| v1::ConversationState {
                    conversation_type: message.conversation_type,
                    conversation_id: other.clone(),
                    name: format!("name of {other}"),
                    notification_status: 1,
                    ..v1::ConversationState::default()
                });
            state.head_seq = message.message_seq;
            state.last_message = Some(message.clone());
            if is_own {
                let echo = v1::Message { sender_device_id: device.to_owned(), ..message.clone() };
                self.push_from(&user, device, Kind::Message(echo));
            } else {
                state.unread += u32::from(!message.disable_unread);
                self.push(&user, Kind::Message(v1::Message { local_message_id: 0, ..message.clone() }));
            }
        }
        sent
    }

    /// Who has the message.
    fn owners(&self, message: &v1::Message) -> Vec<String> {
        if message.conversation_type == 2 {
            self.groups[&message.conversation_id].clone()
        } else {
            vec![message.sender_user_id.clone(), message.conversation_id.clone()]
        }
    }

    pub(super) fn is_recalled(&self, user: &str, message: &Message) -> bool {
        let kind = message.conversation_type.value().cast_unsigned();
        let place = conversation(user, kind, &message.conversation_id);
        self.log[&(place, message.message_seq.cast_unsigned())].revocation.is_some()
    }

    /// `user` recalls a message: everybody who has it gets what is left of it.
    pub(super) fn recall(
        &mut self,
        user: &str,
        device: &str,
        request: &v1::RevokeMessage,
    ) -> response::Result {
        let place = conversation(user, request.conversation_type, &request.conversation_id);
        let Some(message) = self.log.get_mut(&(place, request.message_seq)) else {
            return response::Result::Error(error(ErrorCode::MessageModuleServerError));
        };
        if message.revocation.is_some() {
            return response::Result::Error(error(ErrorCode::MessageModuleMessageHasBeenRevoked));
        }
        let is_own = message.sender_user_id == user;
        let revocation = v1::Revocation {
            time: self.now_ms,
            operator_user_id: user.to_owned(),
            original_type: std::mem::replace(&mut message.r#type, 31),
            original_text: String::from_utf8_lossy(&std::mem::take(&mut message.body)).into_owned(),
            extended_data: request.extended_data.clone(),
            status: if is_own { 0 } else { 4 },
            ..v1::Revocation::default()
        };
        message.revocation = Some(revocation);
        let message = message.clone();
        for owner in self.owners(&message) {
            let is_sender = owner == message.sender_user_id;
            let is_group = message.conversation_type == 2;
            let other =
                if is_group || is_sender { &message.conversation_id } else { &message.sender_user_id };
            let key = (message.conversation_type, other.clone());
            let state = self.account(&owner).conversations.get_mut(&key).expect("it has a message");
            if state.head_seq == message.message_seq {
                state.last_message = Some(message.clone());
            }
            if !is_sender && !message.disable_unread && message.message_seq > state.read_seq {
                state.unread = state.unread.saturating_sub(1);
            }
            let mine = owner == user;
            let device = if mine { device } else { "" };
            let local_message_id = if is_sender { message.local_message_id } else { 0 };
            let told = v1::Message { local_message_id, ..message.clone() };
            let revoked = v1::MessageRevoked { message: Some(told), device_id: device.to_owned() };
            self.push_from(&owner, device, Kind::MessageRevoked(revoked));
        }
        response::Result::MessageRevoked(v1::MessageRevoked {
            message: Some(message),
            device_id: String::new(),
        })
    }

    fn request(&mut self, connection: u64, request: v1::Request) {
        let Some(op) = request.op else { panic!("an empty request") };
        self.requests.push(op.clone());
        let state = &self.connections[&connection];
        assert!(state.is_open, "a request before the welcome");
        let (user, device) = (state.user.clone().unwrap_or_default(), state.device.clone());
        zim_proto::validate::request(&op).expect("a client checks its requests");
        let mut is_leaving = false;
        let done = response::Result::Done(v1::Done {});
        let result = match op {
            request::Op::SendMessage(send) => self.send(&user, &device, send),
            request::Op::RevokeMessage(revoke) => self.recall(&user, &device, &revoke),
            request::Op::ClearUnread(clear) => {
                self.read(&user, clear.conversation_type, &clear.conversation_id, clear.read_seq);
                done
            }
            request::Op::ClearAllUnread(_) => {
                let all: Vec<_> = self.account(&user).conversations.values().cloned().collect();
                for state in all {
                    self.read(&user, state.conversation_type, &state.conversation_id, state.head_seq);
                }
                done
            }
            request::Op::SetNotificationStatus(set) => {
                let key = (set.conversation_type, set.conversation_id.clone());
                if let Some(state) = self.account(&user).conversations.get_mut(&key) {
                    state.notification_status = set.status;
                }
                self.push(
                    &user,
                    Kind::ConversationNotification(v1::ConversationNotification {
                        conversation_type: set.conversation_type,
                        conversation_id: set.conversation_id,
                        status: set.status,
                    }),
                );
                done
            }
            request::Op::QueryConversation(query) => {
                let key = (query.conversation_type, query.conversation_id);
                let state = self.account(&user).conversations.get(&key).cloned();
                response::Result::Conversation(v1::Conversation { state })
            }
            request::Op::RenewToken(renew) => {
                self.token = renew.token;
                response::Result::TokenRenewed(v1::TokenRenewed {
                    expire_at: self.now_ms + self.token_life_ms,
                })
            }
            request::Op::Logout(_) => {
                self.account(&user).logouts += 1;
                is_leaving = true;
                done
            }
            request::Op::CallInvite(invite) => response::Result::CallInvited(v1::CallInvited {
                call_id: "77".into(),
                timeout_s: invite.timeout_s,
                ..v1::CallInvited::default()
            }),
            _ => done,
        };
        if !self.is_mute {
            self.say(connection, Body::Response(v1::Response { id: request.id, result: Some(result) }));
        }
        for (connection, skip) in std::mem::take(&mut self.after_answer) {
            self.sent_skips += 1;
            self.outgoing.push((connection, Some(skip)));
        }
        if is_leaving && !self.is_mute {
            self.goodbye(connection, GoodbyeReason::Logout, 0);
        }
    }

    fn send(&mut self, user: &str, device: &str, send: v1::SendMessage) -> response::Result {
        if !self.refuse_send.is_empty() {
            return response::Result::Error(self.refuse_send.remove(0));
        }
        let message = send.message.expect("checked");
        if message.r#type == 2 {
            return response::Result::MessageSent(v1::MessageSent {
                timestamp: self.now_ms,
                ..v1::MessageSent::default()
            });
        }
        let local_id = (device.to_owned(), message.local_message_id);
        if let Some(sent) = self.account(user).accepted.get(&local_id) {
            return response::Result::MessageSent(*sent);
        }
        let sent = self.deliver(user, device, message);
        self.account(user).accepted.insert(local_id, sent);
        response::Result::MessageSent(sent)
    }

    fn read(&mut self, user: &str, conversation_type: u32, conversation_id: &str, read_seq: u64) {
        let key = (conversation_type, conversation_id.to_owned());
        let Some(state) = self.account(user).conversations.get_mut(&key) else { return };
        state.read_seq = state.read_seq.max(read_seq);
        if state.read_seq >= state.head_seq {
            state.unread = 0;
        }
        let read = v1::ConversationRead {
            conversation_type,
            conversation_id: conversation_id.to_owned(),
            read_seq: state.read_seq,
        };
        self.push(user, Kind::ConversationRead(read));
    }
}
