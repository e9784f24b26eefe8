//! The protocol of a client as a machine without IO: inputs in, outputs out, one moment at a time.
//!
//! No clock, no runtime, no lock and no callback: the driver gives the time with each input, drains
//! [`Engine::poll_output`] after it, and comes back at [`Engine::deadline`]. Each file owns one subject and its state;
//! they meet in [`Engine`].

mod calls;
mod connection;
mod conversations;
mod groups;
pub mod io;
mod outbox;
mod persist;
mod push;
mod recall;
mod requests;
mod rng;
mod send;
mod session;
mod sync;
#[cfg(test)]
mod tests;
mod token;
mod value;

use crate::config::Timing;
use crate::error::Error;
use crate::model::{ConnectionEvent, ConnectionState, Event, PlatformType};
use crate::numbers::NumberSet;
use crate::store::ConversationRow;
use io::{AppState, Input, LinkDown, Now, Op, OpId, Output, Reply};
use std::collections::VecDeque;
use std::time::Duration;
use zeroize::Zeroizing;
use zim_proto::{ErrorCode, v1};

/// What an engine is made from. The driver has checked it.
pub struct EngineConfig {
    /// The app.
    pub app_id: u32,
    /// Key behind the AppSign, wiped when the engine goes.
    pub app_sign_key: Option<Zeroizing<[u8; 32]>>,
    /// 32 hexadecimal digits, made once per install.
    pub device_id: String,
    /// What the server counts this device as.
    pub platform: PlatformType,
    /// Version told to the server.
    pub sdk_version: String,
    /// Numbers of time.
    pub timing: Timing,
}

/// The client's side of the protocol. See the module's documentation for how to drive it.
pub struct Engine {
    config: EngineConfig,
    timing: Milliseconds,
    rng: rng::Rng,
    now: Now,
    outputs: VecDeque<Output>,
    open_ops: NumberSet<OpId>,
    is_closed: bool,
    connection: connection::Connection,
    session: session::Session,
    requests: requests::Requests,
    writes: persist::Writes,
    sync: sync::Sync,
    outbox: outbox::Outbox,
    conversations: conversations::Conversations,
    calls: calls::Calls,
    push: push::Push,
    recalls: recall::Recalls,
    skipped: u64,
}

/// [`Timing`] in the unit of [`Now`].
struct Milliseconds {
    heartbeat: u64,
    link_dead_after: u64,
    connect_timeout: u64,
    login_timeout: u64,
    request_timeout: u64,
    resend_window: u64,
    backoff_min: u64,
    backoff_max: u64,
    backoff_reset_after: u64,
    token_warning: u64,
}

impl Milliseconds {
    fn new(timing: &Timing) -> Self {
        let ms = |duration: Duration| u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
        Self {
            heartbeat: ms(timing.heartbeat),
            link_dead_after: ms(timing.link_dead_after),
            connect_timeout: ms(timing.connect_timeout),
            login_timeout: ms(timing.login_timeout),
            request_timeout: ms(timing.request_timeout),
            resend_window: ms(timing.resend_window),
            backoff_min: ms(timing.backoff_min),
            backoff_max: ms(timing.backoff_max),
            backoff_reset_after: ms(timing.backoff_reset_after),
            token_warning: ms(timing.token_warning),
        }
    }
}

impl Engine {
    /// An engine that is logged out. `seed` decides the jitter of reconnects; equal seeds and inputs give equal outputs.
    #[must_use]
    pub fn new(config: EngineConfig, seed: u64) -> Self {
        let timing = Milliseconds::new(&config.timing);
        Self {
            connection: connection::Connection::new(timing.heartbeat),
            config,
            timing,
            rng: rng::Rng::new(seed),
            now: Now::default(),
            outputs: VecDeque::new(),
            open_ops: NumberSet::default(),
            is_closed: false,
            session: session::Session::default(),
            requests: requests::Requests::default(),
            writes: persist::Writes::default(),
            sync: sync::Sync::default(),
            outbox: outbox::Outbox::default(),
            conversations: conversations::Conversations::default(),
            calls: calls::Calls::default(),
            push: push::Push::default(),
            recalls: recall::Recalls::default(),
            skipped: 0,
        }
    }

    /// Takes one input. Drain [`Engine::poll_output`] before the next.
    pub fn handle(&mut self, now: Now, input: Input) {
        self.now = Now { mono_ms: self.now.mono_ms.max(now.mono_ms), wall_ms: now.wall_ms };
        if let Input::Op { id, .. } = &input {
            let is_new = self.open_ops.insert(*id);
            debug_assert!(is_new, "operation {id:?} was given twice");
        }
        if self.is_closed {
            if let Input::Op { id, .. } = input {
                self.complete(id, Err(destroyed()));
            }
            return;
        }
        match input {
            Input::Op { id, op } => self.on_op(id, op),
            Input::Opened(result) => self.on_store_opened(result),
            Input::LinkUp(link) => self.on_link_up(link),
            Input::LinkDown(link, down) => self.on_link_down(link, &down),
            Input::LinkAlive(link) => self.on_link_alive(link),
            Input::Frame(link, bytes) => self.on_frame(link, bytes),
            Input::Persisted(batch, result) => self.on_persisted(batch, result),
            Input::Delivered(seq) => self.on_delivered(seq),
            Input::AppState(AppState::Foreground) | Input::NetworkChanged => self.on_network_hint(),
            Input::AppState(AppState::Background) | Input::Tick => {}
        }
        self.on_time();
        self.flush_writes();
    }

    /// The next thing the driver has to do, in order. `None`: nothing until the next input.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// When to give [`Input::Tick`] if nothing else happens before, in monotonic milliseconds. `None`: nothing to wait
    /// for. An idle connected engine has only its heartbeat here.
    #[must_use]
    pub fn deadline(&self) -> Option<u64> {
        if self.is_closed {
            return None;
        }
        [
            self.connection_deadline(),
            self.session_deadline(),
            self.requests.deadline(),
            self.writes.deadline(),
            self.outbox_deadline(),
        ]
        .into_iter()
        .flatten()
        .min()
    }

    /// Ends everything at once: each open operation completes with 6000002, the link closes, what waits to be written
    /// is handed out. The login on the server stays (a push reaches this device). Further inputs are ignored.
    pub fn close(&mut self) {
        if self.is_closed {
            return;
        }
        self.abandon_link();
        self.requests.clear();
        self.abandon_writes();
        if self.session.is_store_open() {
            self.outputs.push_back(Output::CloseStore);
        }
        let mut ops: Vec<OpId> = self.open_ops.iter().copied().collect();
        ops.sort_unstable();
        for op in ops {
            self.complete(op, Err(destroyed()));
        }
        self.is_closed = true;
    }

    /// The conversation list, newest first.
    #[must_use]
    pub fn conversations(&self) -> Vec<&ConversationRow> {
        self.conversations.sorted()
    }

    /// One conversation (`ZIMConversationType` number and id).
    #[must_use]
    pub fn conversation(&self, conversation_type: i32, conversation_id: &str) -> Option<&ConversationRow> {
        self.conversations.find(conversation_type, conversation_id).map(|at| self.conversations.row(at))
    }

    /// Sum of unread counts without conversations under do-not-disturb.
    #[must_use]
    pub fn total_unread(&self) -> u32 {
        self.conversations.total()
    }

    /// Who is logged in, as the server last told.
    #[must_use]
    pub fn user(&self) -> Option<&v1::UserInfo> {
        self.session.user_info()
    }

    /// The offline push rule of the logged-in user.
    #[must_use]
    pub fn push_rule(&self) -> &v1::PushRule {
        self.session.push_rule()
    }

    /// Frames, events and answers of kinds this version does not know, since the engine was made.
    #[must_use]
    pub fn skipped(&self) -> u64 {
        self.skipped
    }

    fn on_op(&mut self, id: OpId, op: Op) {
        match op {
            Op::Login(login) => self.login(id, login),
            Op::Logout => self.logout(id),
            Op::RenewToken(token) => self.renew_token(id, token),
            Op::SendMessage(send) => self.send_message(id, *send),
            Op::ClearUnread(key) => self.clear_unread(id, &key),
            Op::ClearAllUnread => self.clear_all_unread(id),
            Op::SetPushRegistration(registration) => self.set_push_registration(id, registration),
            Op::OpenDeviceSession => self.open_device_session(id),
            Op::CloseDeviceSession => self.close_device_session(id),
            Op::ReportBadge(badge) => self.report_badge(id, badge),
            Op::Request(op) => self.host_request(id, op),
        }
    }

    /// Everything that is due. Called after each input, so a late tick never reorders cause and effect.
    fn on_time(&mut self) {
        self.session_time();
        self.connection_time();
        self.requests_time();
        self.outbox_time();
        self.writes_time();
        self.steer_link();
    }

    fn complete(&mut self, op: OpId, result: Result<Reply, Error>) {
        let was_open = self.open_ops.remove(&op);
        debug_assert!(was_open, "operation {op:?} completed twice");
        if was_open {
            self.outputs.push_back(Output::Complete(op, result));
        }
    }

    /// Tells the host at once. What belongs to stored data goes through the writes instead (`persist.rs`).
    fn notify(&mut self, event: Event) {
        self.outputs.push_back(Output::Notify { event, delivers: None });
    }

    fn notify_connection(&mut self, state: ConnectionState, event: ConnectionEvent) {
        self.notify(Event::ConnectionStateChanged { state, event, extended_data: "{}".to_owned() });
    }

    fn skip(&mut self, what: &str) {
        self.skipped += 1;
        log::debug!("skipped {what} of an unknown kind");
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            debug_assert!(
                self.is_closed || self.open_ops.is_empty(),
                "engine dropped with {} open operations",
                self.open_ops.len()
            );
        }
    }
}

fn destroyed() -> Error {
    Error::new(ErrorCode::CommonModuleNotInit).with_message("the client was destroyed")
}

fn not_logged_in() -> Error {
    Error::new(ErrorCode::NetworkModuleUserIsNotLogged)
}

/// Whole milliseconds as the protocol carries them.
fn wire_ms(ms: u64) -> i64 {
    i64::try_from(ms).unwrap_or(i64::MAX)
}

/// A link's end in words for the log.
fn describe(down: &LinkDown) -> &str {
    match down {
        LinkDown::ConnectFailed(text) | LinkDown::Closed(text) => text,
        LinkDown::Requested => "requested",
    }
}
