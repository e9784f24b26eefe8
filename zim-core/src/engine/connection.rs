//! The link: connecting, hello, heartbeat, and when to try again.

use super::io::{LinkDown, LinkId, Output};
use super::session::Refusal;
use super::{Engine, describe};
use crate::error::Error;
use bytes::Bytes;
use std::time::Duration;
use zim_proto::frame::{self, FrameError};
use zim_proto::v1::client_hello::Session as HelloSession;
use zim_proto::v1::frame::Body;
use zim_proto::v1::{self, GoodbyeReason};
use zim_proto::{ErrorCode, PROTOCOL_MAX, PROTOCOL_MIN};

/// How long an open link may stay silent after the network changed before it counts as dead.
const PROBE_MS: u64 = 5_000;
/// Shortest wait after the server called a frame malformed: the same frame at once would only repeat it.
const PROTOCOL_ERROR_WAIT_MS: u64 = 1_000;

/// How far the link is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    Down,
    Connecting,
    AwaitHello,
    AwaitWelcome,
    Open,
}

/// Whom the link serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// The logged-in user.
    User,
    /// A user who just logged out: only the logout itself is still to be answered.
    Leaving,
    /// This device alone.
    Device,
}

#[derive(Debug)]
pub(super) struct Connection {
    pub(super) phase: Phase,
    pub(super) purpose: Purpose,
    link: LinkId,
    /// Connecting, hello and welcome must be over by then.
    handshake_until: u64,
    last_received: u64,
    last_sent: u64,
    /// The network changed: a frame must arrive by then.
    probe_until: Option<u64>,
    heartbeat: u64,
    max_frame: usize,
    opened_at: u64,
    attempt: u32,
    retry_at: Option<u64>,
    /// The server asked not to come back earlier.
    not_before: u64,
    nonce: u64,
}

impl Connection {
    pub(super) fn new(heartbeat: u64) -> Self {
        Self {
            phase: Phase::Down,
            purpose: Purpose::User,
            link: LinkId(0),
            handshake_until: 0,
            last_received: 0,
            last_sent: 0,
            probe_until: None,
            heartbeat,
            max_frame: frame::MAX_FRAME_BYTES,
            opened_at: 0,
            attempt: 0,
            retry_at: None,
            not_before: 0,
            nonce: 0,
        }
    }

    pub(super) fn is_open_for(&self, purpose: Purpose) -> bool {
        self.phase == Phase::Open && self.purpose == purpose
    }

    /// Forgets failures and waits: the next attempt starts at once.
    pub(super) fn reset_backoff(&mut self) {
        self.attempt = 0;
        self.retry_at = None;
        self.not_before = 0;
    }
}

impl Engine {
    pub(super) fn transmit(&mut self, body: Body) {
        self.transmit_bytes(frame::encode(body));
    }

    pub(super) fn transmit_bytes(&mut self, bytes: Bytes) {
        self.connection.last_sent = self.now.mono_ms;
        self.outputs.push_back(Output::Transmit(self.connection.link, bytes));
    }

    /// Opens, closes or exchanges the link so that it serves whom it should.
    pub(super) fn steer_link(&mut self) {
        let wanted = self.wanted_link();
        if self.connection.phase != Phase::Down && wanted != Some(self.connection.purpose) {
            self.drop_link_silently();
            self.connection.reset_backoff();
        }
        let Some(purpose) = wanted else { return };
        if self.connection.phase != Phase::Down || purpose == Purpose::Leaving {
            return;
        }
        let now = self.now.mono_ms;
        if self.connection.retry_at.is_some_and(|at| at > now) || self.connection.not_before > now {
            return;
        }
        let connection = &mut self.connection;
        connection.link = LinkId(connection.link.0 + 1);
        connection.phase = Phase::Connecting;
        connection.purpose = purpose;
        connection.retry_at = None;
        connection.probe_until = None;
        connection.max_frame = frame::MAX_FRAME_BYTES;
        connection.handshake_until = now + self.timing.connect_timeout;
        self.outputs.push_back(Output::Connect(connection.link));
    }

    fn wanted_link(&self) -> Option<Purpose> {
        if self.session.wants_link() {
            // A store that refuses writes must not be given more to write.
            (!self.writes.is_failing()).then_some(Purpose::User)
        } else if self.session.is_leaving() {
            Some(Purpose::Leaving)
        } else if self.push.wants_link() {
            Some(Purpose::Device)
        } else {
            None
        }
    }

    pub(super) fn on_link_up(&mut self, link: LinkId) {
        if link == self.connection.link && self.connection.phase == Phase::Connecting {
            self.connection.phase = Phase::AwaitHello;
            self.connection.last_received = self.now.mono_ms;
            self.connection.last_sent = self.now.mono_ms;
        }
    }

    pub(super) fn on_link_alive(&mut self, link: LinkId) {
        if link == self.connection.link && self.connection.phase == Phase::Open {
            self.connection.last_received = self.now.mono_ms;
            self.connection.probe_until = None;
        }
    }

    pub(super) fn on_link_down(&mut self, link: LinkId, down: &LinkDown) {
        if link == self.connection.link && self.connection.phase != Phase::Down {
            log::debug!("link ended: {}", describe(down));
            self.link_lost(
                Error::new(ErrorCode::NetworkModuleNetworkError).with_message("the connection failed"),
            );
        }
    }

    pub(super) fn on_frame(&mut self, link: LinkId, bytes: Bytes) {
        if link != self.connection.link || matches!(self.connection.phase, Phase::Down | Phase::Connecting) {
            return;
        }
        self.connection.last_received = self.now.mono_ms;
        self.connection.probe_until = None;
        if self.connection.is_open_for(Purpose::User)
            && bytes.len() <= self.connection.max_frame
            && let Some((first_seq, run)) = super::sync::split_batch(&bytes)
        {
            return self.on_batch(first_seq, &run);
        }
        match frame::decode(bytes, self.connection.max_frame) {
            Ok(Some(body)) => self.on_body(body),
            Ok(None) => self.skip("a frame"),
            Err(FrameError::TooLarge { length, limit }) => {
                self.protocol_error(GoodbyeReason::FrameTooLarge, &format!("{length} bytes exceed {limit}"));
            }
            Err(error) => self.protocol_error(GoodbyeReason::ProtocolError, &error.to_string()),
        }
    }

    fn on_body(&mut self, body: Body) {
        match (self.connection.phase, body) {
            (_, Body::Ping(ping)) => self.transmit(Body::Pong(v1::Pong { nonce: ping.nonce })),
            (_, Body::Pong(_)) => {}
            (_, Body::Goodbye(goodbye)) => self.on_goodbye(&goodbye),
            (Phase::AwaitHello, Body::ServerHello(hello)) => self.on_server_hello(&hello),
            (Phase::AwaitWelcome, Body::Welcome(welcome)) => self.on_welcome(welcome),
            (Phase::Open, Body::Response(response)) => self.on_response(response),
            // The session is over: what still comes in waits on the server for the next login.
            (Phase::Open, Body::Events(_) | Body::Signal(_)) if self.connection.purpose != Purpose::User => {}
            (Phase::Open, Body::Events(batch)) => self.on_decoded_batch(&batch),
            (Phase::Open, Body::Signal(signal)) => self.on_signal(signal),
            (phase, _) => {
                self.protocol_error(GoodbyeReason::ProtocolError, &format!("unexpected frame in {phase:?}"));
            }
        }
    }

    fn on_server_hello(&mut self, hello: &v1::ServerHello) {
        if hello.protocol_min > PROTOCOL_MAX || hello.protocol_max < PROTOCOL_MIN {
            let error = Error::new(ErrorCode::NetworkModuleServerError)
                .with_message("the server speaks no protocol version of this SDK");
            self.say_goodbye(GoodbyeReason::Version, "no common version");
            return self.link_refused(Refusal::Final, error);
        }
        if hello.max_frame_bytes > 0 {
            self.connection.max_frame = usize::try_from(hello.max_frame_bytes).unwrap_or(usize::MAX);
        }
        self.connection.heartbeat = match hello.heartbeat_ms {
            0 => self.timing.heartbeat,
            asked => u64::from(asked).min(self.timing.link_dead_after / 2).max(1),
        };
        let is_device = self.connection.purpose == Purpose::Device;
        let session = if is_device {
            HelloSession::Device(v1::DeviceSession { push: self.push.registration() })
        } else {
            HelloSession::User(self.user_session())
        };
        let user_id = if is_device { "" } else { self.session.user_id() };
        let key = self.config.app_sign_key.as_ref().filter(|_| !self.session.uses_token());
        let proof = key.map(|key| {
            let device_id = &self.config.device_id;
            zim_proto::auth::app_sign_proof(key, &hello.challenge, self.config.app_id, user_id, device_id)
        });
        let token = if proof.is_none() { self.session.token().to_owned() } else { String::new() };
        let hello = v1::ClientHello {
            protocol: PROTOCOL_MAX.min(hello.protocol_max),
            capabilities: Vec::new(),
            app_id: self.config.app_id,
            device_id: self.config.device_id.clone(),
            platform: self.config.platform.value(),
            sdk_version: self.config.sdk_version.clone(),
            token,
            app_sign_proof: proof.map(|proof| Bytes::copy_from_slice(&proof)).unwrap_or_default(),
            session: Some(session),
        };
        self.connection.phase = Phase::AwaitWelcome;
        self.transmit(Body::ClientHello(hello));
    }

    fn on_welcome(&mut self, mut welcome: v1::Welcome) {
        if let Some(error) = welcome.error.take() {
            self.outputs.push_back(Output::CloseLink(self.connection.link));
            return self.on_refused(error.into());
        }
        self.connection.phase = Phase::Open;
        self.connection.opened_at = self.now.mono_ms;
        match self.connection.purpose {
            Purpose::Device => self.on_device_open(),
            Purpose::User | Purpose::Leaving => self.on_user_open(welcome),
        }
    }

    fn on_goodbye(&mut self, goodbye: &v1::Goodbye) {
        self.outputs.push_back(Output::CloseLink(self.connection.link));
        let reason = GoodbyeReason::try_from(goodbye.reason).unwrap_or(GoodbyeReason::Unspecified);
        log::debug!("the server ends the link: {reason:?}");
        let wait = Duration::from_millis(u64::from(goodbye.retry_after_ms));
        let error = |code: ErrorCode| Error {
            retry_after: (!wait.is_zero()).then_some(wait),
            ..Error::new(code).with_message(format!("the server ended the connection: {reason:?}"))
        };
        match reason {
            GoodbyeReason::KickedOut | GoodbyeReason::Replaced => {
                self.link_refused(Refusal::KickedOut, error(ErrorCode::NetworkModuleUserIsNotLogged));
            }
            GoodbyeReason::TokenExpired => {
                self.link_refused(Refusal::TokenExpired, error(ErrorCode::NetworkModuleTokenExpired));
            }
            GoodbyeReason::Unregistered => {
                self.link_refused(Refusal::Unregistered, error(ErrorCode::CommonModuleUserIsNotExist));
            }
            GoodbyeReason::Logout | GoodbyeReason::Version => {
                self.link_refused(Refusal::Final, error(ErrorCode::NetworkModuleServerError));
            }
            GoodbyeReason::ProtocolError | GoodbyeReason::FrameTooLarge | GoodbyeReason::Unauthenticated => {
                self.link_lost(error(ErrorCode::NetworkModuleServerError));
                self.wait_at_least(PROTOCOL_ERROR_WAIT_MS);
            }
            GoodbyeReason::ServerDraining
            | GoodbyeReason::IdleTimeout
            | GoodbyeReason::ServerError
            | GoodbyeReason::Unspecified => self.link_lost(error(ErrorCode::NetworkModuleNetworkError)),
        }
    }

    /// The peer broke the protocol: the link ends, the next one starts from what is stored.
    pub(super) fn protocol_error(&mut self, reason: GoodbyeReason, text: &str) {
        log::warn!("protocol error: {text}");
        self.say_goodbye(reason, text);
        self.link_lost(
            Error::new(ErrorCode::NetworkModuleRspProtoParseError)
                .with_message(format!("protocol error: {text}")),
        );
        self.wait_at_least(PROTOCOL_ERROR_WAIT_MS);
    }

    pub(super) fn say_goodbye(&mut self, reason: GoodbyeReason, text: &str) {
        let goodbye = v1::Goodbye { reason: reason.into(), text: text.to_owned(), retry_after_ms: 0 };
        self.transmit(Body::Goodbye(goodbye));
        self.outputs.push_back(Output::CloseLink(self.connection.link));
    }

    /// Ends the link without a reason for the session to react to.
    pub(super) fn drop_link_silently(&mut self) {
        if self.connection.phase != Phase::Down {
            self.abandon_link();
            self.requests_lost();
        }
    }

    /// Ends the link; nobody waits for anything on it.
    pub(super) fn abandon_link(&mut self) {
        if self.connection.phase != Phase::Down {
            self.outputs.push_back(Output::CloseLink(self.connection.link));
            self.connection.phase = Phase::Down;
        }
    }

    /// The link is gone and should come back.
    pub(super) fn link_lost(&mut self, error: Error) {
        let now = self.now.mono_ms;
        let was_open = self.connection.phase == Phase::Open;
        self.connection.phase = Phase::Down;
        if was_open && now - self.connection.opened_at >= self.timing.backoff_reset_after {
            self.connection.attempt = 0;
        }
        let ceiling = self
            .timing
            .backoff_min
            .saturating_mul(1 << self.connection.attempt.min(20))
            .min(self.timing.backoff_max);
        self.connection.attempt = self.connection.attempt.saturating_add(1);
        self.connection.retry_at = Some(now + self.rng.up_to(ceiling));
        if let Some(wait) = error.retry_after {
            self.connection.not_before = now + u64::try_from(wait.as_millis()).unwrap_or(u64::MAX / 2);
        }
        self.requests_lost();
        self.complete_device_ops(&Err(error.clone()));
        if self.connection.purpose != Purpose::Device {
            self.session_link_lost(was_open, error);
        }
    }

    /// The link is gone and the server does not want it back.
    pub(super) fn link_refused(&mut self, refusal: Refusal, error: Error) {
        self.connection.phase = Phase::Down;
        self.connection.reset_backoff();
        self.requests_lost();
        match self.connection.purpose {
            Purpose::Device => self.device_refused(error),
            Purpose::User | Purpose::Leaving => self.session_refused(refusal, error),
        }
    }

    fn wait_at_least(&mut self, ms: u64) {
        let earliest = self.now.mono_ms + ms;
        if let Some(at) = &mut self.connection.retry_at {
            *at = (*at).max(earliest);
        }
    }

    /// The network changed or the app became visible: a waiting reconnect goes at once, an open link is probed.
    pub(super) fn on_network_hint(&mut self) {
        match self.connection.phase {
            Phase::Down => {
                self.connection.retry_at = None;
                self.connection.attempt = 0;
            }
            Phase::Open if self.connection.probe_until.is_none() => {
                self.connection.probe_until = Some(self.now.mono_ms + PROBE_MS);
                self.ping();
            }
            _ => {}
        }
    }

    fn ping(&mut self) {
        self.connection.nonce += 1;
        self.transmit(Body::Ping(v1::Ping { nonce: self.connection.nonce }));
    }

    pub(super) fn connection_time(&mut self) {
        let now = self.now.mono_ms;
        let connection = &self.connection;
        let dead_at = connection.last_received + self.timing.link_dead_after;
        let is_dead = match connection.phase {
            Phase::Down => false,
            Phase::Connecting | Phase::AwaitHello | Phase::AwaitWelcome => now >= connection.handshake_until,
            Phase::Open => now >= connection.probe_until.map_or(dead_at, |probe| probe.min(dead_at)),
        };
        if is_dead {
            self.outputs.push_back(Output::CloseLink(connection.link));
            self.link_lost(
                Error::new(ErrorCode::NetworkModuleNetworkError).with_message("the server does not answer"),
            );
        } else if connection.phase == Phase::Open && now >= connection.last_sent + connection.heartbeat {
            self.ping();
        }
    }

    pub(super) fn connection_deadline(&self) -> Option<u64> {
        let connection = &self.connection;
        match connection.phase {
            Phase::Down => {
                self.wanted_link()?;
                let retry_at = connection.retry_at.unwrap_or(0).max(connection.not_before);
                (retry_at > 0).then_some(retry_at)
            }
            Phase::Connecting | Phase::AwaitHello | Phase::AwaitWelcome => Some(connection.handshake_until),
            Phase::Open => {
                let dead_at = connection.last_received + self.timing.link_dead_after;
                let ping_at = connection.last_sent + connection.heartbeat;
                Some(dead_at.min(ping_at).min(connection.probe_until.unwrap_or(u64::MAX)))
            }
        }
    }
}
