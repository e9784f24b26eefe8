//! Who is logged in: login, token, kick-out, logout.

use super::connection::{Phase, Purpose};
use super::io::{LoginOp, OpId, Output, Reply};
use super::requests::Waiting;
use super::{Engine, not_logged_in, token, value};
use crate::error::Error;
use crate::model::{ConnectionEvent, ConnectionState, Event};
use crate::store::{Opened, StoreError, Write};
use bytes::Bytes;
use prost::Message as _;
use zeroize::Zeroizing;
use zim_proto::v1::request::Op as RequestOp;
use zim_proto::{ErrorCode, limits, v1, validate};

/// A token with less than this left is refused at login (published).
const TOKEN_MIN_MS: i64 = 30_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum State {
    #[default]
    Out,
    /// The local store opens.
    Opening,
    /// Before the first welcome. With an operation open: an online login.
    Connecting,
    /// The server accepted an online login that starts at the head of the inbox. It completes when the store has that
    /// place: a device that forgot it would start at a later head and never hear of what came in between.
    Starting,
    Online,
    Reconnecting,
    /// Kicked out, token expired, unregistered: the app decides.
    Ended,
    /// The last writes are on their way.
    LoggingOut,
}

/// Why the server does not want the session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    KickedOut,
    TokenExpired,
    Unregistered,
    /// Anything else that a further try would not change.
    Final,
}

impl Refusal {
    fn event(self) -> ConnectionEvent {
        match self {
            Self::KickedOut => ConnectionEvent::KickedOut,
            Self::TokenExpired => ConnectionEvent::TokenExpired,
            Self::Unregistered => ConnectionEvent::Unregistered,
            Self::Final => ConnectionEvent::LoginInterrupted,
        }
    }

    /// What a refusal of an automatic reconnect means; `None`: worth another try.
    fn of(code: ErrorCode) -> Option<Self> {
        match code {
            ErrorCode::NetworkModuleTokenExpired => Some(Self::TokenExpired),
            ErrorCode::CommonModuleUserIsNotExist => Some(Self::Unregistered),
            ErrorCode::CommonModuleInvalidAppID
            | ErrorCode::CommonModuleParamsInvalid
            | ErrorCode::NetworkModuleCommonError
            | ErrorCode::NetworkModuleTokenInvalid
            | ErrorCode::NetworkModuleTokenVersionError
            | ErrorCode::NetworkModuleTokenTimeIsTooShort => Some(Self::Final),
            _ => None,
        }
    }
}

#[derive(Debug, Default)]
pub(super) struct Session {
    state: State,
    login: LoginOp,
    token: Zeroizing<String>,
    op: Option<OpId>,
    login_until: Option<u64>,
    /// AppSign was refused: the token is tried.
    is_token_turn: bool,
    /// Answers to `Open` that are still to come; all but the last are stale.
    opens: u32,
    is_store_open: bool,
    logout_ops: Vec<OpId>,
    /// A login that was called right after logout.
    next_login: Option<(OpId, LoginOp)>,
    /// The user whose logout the server is being told.
    leaving: Option<String>,
    user: Option<v1::UserInfo>,
    push_rule: v1::PushRule,
    /// Monotonic milliseconds.
    token_ends_at: Option<u64>,
    is_token_warned: bool,
    /// Server time minus monotonic time.
    server_offset: i64,
    /// When the link was lost (or the session started without one).
    lost_at: u64,
    /// Last user of this process and what its host heard (epoch, sequence), in case the store could not be told.
    told: Option<(String, u64, u64)>,
    /// Last user of this process that was online.
    last_online: Option<String>,
}

impl Session {
    pub(super) fn user_id(&self) -> &str {
        &self.login.user_id
    }

    pub(super) fn token(&self) -> &str {
        &self.token
    }

    pub(super) fn uses_token(&self) -> bool {
        self.is_token_turn
    }

    /// The host may use the session, with or without a link.
    pub(super) fn is_logged_in(&self) -> bool {
        match self.state {
            State::Connecting => self.op.is_none(),
            State::Online | State::Reconnecting => true,
            State::Out | State::Opening | State::Starting | State::Ended | State::LoggingOut => false,
        }
    }

    pub(super) fn is_usable(&self) -> bool {
        self.is_logged_in() && self.is_store_open
    }

    pub(super) fn wants_link(&self) -> bool {
        matches!(self.state, State::Connecting | State::Starting | State::Online | State::Reconnecting)
    }

    pub(super) fn is_leaving(&self) -> bool {
        self.leaving.is_some()
    }

    pub(super) fn is_logging_out(&self) -> bool {
        self.state == State::LoggingOut
    }

    pub(super) fn is_store_open(&self) -> bool {
        self.is_store_open
    }

    pub(super) fn user_info(&self) -> Option<&v1::UserInfo> {
        self.user.as_ref()
    }

    pub(super) fn push_rule(&self) -> &v1::PushRule {
        &self.push_rule
    }

    pub(super) fn set_push_rule(&mut self, rule: v1::PushRule) {
        self.push_rule = rule;
    }

    pub(super) fn lost_at(&self) -> u64 {
        self.lost_at
    }

    pub(super) fn server_time(&self, mono_ms: u64) -> i64 {
        super::wire_ms(mono_ms).saturating_add(self.server_offset)
    }
}

impl Engine {
    pub(super) fn login(&mut self, op: OpId, login: LoginOp) {
        let refused = match self.session.state {
            State::Out => None,
            State::LoggingOut if self.session.next_login.is_none() => {
                self.session.next_login = Some((op, login));
                return;
            }
            State::Ended if login.user_id == self.session.login.user_id => None,
            State::Ended => Some(ErrorCode::NetworkModuleUserOffline.into()),
            _ => Some(ErrorCode::NetworkModuleUserHasAlreadyLogged.into()),
        };
        match refused.map_or_else(|| self.check_login(&login), Err) {
            Ok(()) => self.begin_login(op, login),
            Err(error) => self.complete(op, Err(error)),
        }
    }

    fn check_login(&self, login: &LoginOp) -> Result<(), Error> {
        validate::user_id(&login.user_id, "userID")?;
        let texts = [
            ("userName", &login.user_name, limits::USER_NAME_BYTES),
            ("customStatus", &login.custom_status, limits::CUSTOM_STATUS_BYTES),
            ("token", &login.token, limits::TOKEN_BYTES),
        ];
        for (parameter, text, limit) in texts {
            if text.len() > limit {
                let rule = format!("{parameter}: longer than {limit} bytes");
                return Err(Error::invalid(parameter, &rule));
            }
        }
        if self.config.app_sign_key.is_some() {
            return Ok(());
        }
        if login.token.is_empty() {
            let text = "token: empty, and there is no appSign";
            return Err(Error::parameter(ErrorCode::NetworkModuleTokenInvalid, "token", text));
        }
        if login.is_offline_login {
            let left = token::expiry_s(&login.token)?.saturating_mul(1000).saturating_sub(self.now.wall_ms);
            if left <= 0 {
                return Err(ErrorCode::NetworkModuleTokenExpired.into());
            }
            if left < TOKEN_MIN_MS {
                return Err(ErrorCode::NetworkModuleTokenTimeIsTooShort.into());
            }
        }
        Ok(())
    }

    fn begin_login(&mut self, op: OpId, mut login: LoginOp) {
        let session = &mut self.session;
        session.token = Zeroizing::new(std::mem::take(&mut login.token));
        session.is_token_turn = false;
        session.token_ends_at = None;
        session.is_token_warned = false;
        session.lost_at = self.now.mono_ms;
        session.op = Some(op);
        session.login_until = (!login.is_offline_login).then(|| self.now.mono_ms + self.timing.login_timeout);
        session.login = login;
        let is_open = session.is_store_open;
        session.state = if is_open { State::Connecting } else { State::Opening };
        self.connection.reset_backoff();
        self.notify_connection(ConnectionState::Connecting, ConnectionEvent::ActiveLogin);
        if is_open {
            self.store_ready();
        } else {
            self.session.opens += 1;
            let user_id = self.session.login.user_id.clone();
            self.outputs.push_back(Output::Open { user_id });
        }
    }

    pub(super) fn on_store_opened(&mut self, result: Result<Box<Opened>, StoreError>) {
        self.session.opens = self.session.opens.saturating_sub(1);
        if self.session.opens > 0 || self.session.state != State::Opening {
            return;
        }
        match result {
            Ok(opened) => {
                self.session.is_store_open = true;
                self.session.state = State::Connecting;
                match self.load(*opened) {
                    Ok(()) => self.store_ready(),
                    Err(error) => self.login_failed(ConnectionEvent::LoginInterrupted, error),
                }
            }
            Err(error) => self.login_failed(ConnectionEvent::LoginInterrupted, error.into()),
        }
    }

    fn load(&mut self, opened: Opened) -> Result<(), Error> {
        let value =
            |name: &str| opened.values.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
        if self.session.login.is_offline_login {
            let was_here = value(value::LOGGED_IN).is_some();
            let was_last =
                self.session.last_online.as_ref().is_none_or(|last| *last == self.session.login.user_id);
            if !was_here || !was_last {
                return Err(ErrorCode::NetworkModuleUserIDError.into());
            }
        }
        let decode = |bytes: Bytes| v1::UserInfo::decode(bytes).ok();
        self.session.user = value(value::USER).and_then(decode);
        self.session.push_rule =
            value(value::PUSH_RULE).and_then(|bytes| v1::PushRule::decode(bytes).ok()).unwrap_or_default();
        if let Some(push_id) = value(value::OWED_UNBIND).filter(|bytes| !bytes.is_empty()) {
            let push_id = String::from_utf8_lossy(&push_id).into_owned();
            self.push.owe_unbind(push_id, self.session.login.user_id.clone());
        }
        let failed = value(value::FAILED_MESSAGES)
            .and_then(|bytes| bytes.as_ref().try_into().ok())
            .map_or(0, u64::from_be_bytes);
        self.conversations = super::conversations::Conversations::load(opened.conversations);
        self.calls = super::calls::Calls::load(opened.calls);
        self.recalls = super::recall::Recalls::load(&value(value::RECALLED).unwrap_or_default());
        self.sync = super::sync::Sync::load(opened.epoch, opened.cursor, opened.undelivered);
        if let Some((user_id, epoch, seq)) = self.session.told.take()
            && user_id == self.session.login.user_id
            && epoch == opened.epoch
        {
            self.sync.skip_told(seq);
            self.store_delivered(seq);
        }
        let last_local_id = value(value::LAST_LOCAL_ID)
            .and_then(|bytes| bytes.as_ref().try_into().ok())
            .map_or(0, i64::from_be_bytes);
        self.load_outbox(opened.outbox, opened.outbox_messages, failed);
        self.outbox.raise_local_id(last_local_id);
        Ok(())
    }

    /// The store is open: an offline login is complete, an online login connects.
    fn store_ready(&mut self) {
        if self.session.login.is_offline_login {
            let ends_at = if self.config.app_sign_key.is_none() {
                token::expiry_s(&self.session.token).ok().map(|s| self.mono_of_wall(s.saturating_mul(1000)))
            } else {
                None
            };
            self.session.token_ends_at = ends_at;
            if let Some(op) = self.session.op.take() {
                self.complete(op, Ok(Reply::Done));
            }
            self.announce_total();
            self.tell_undelivered();
        }
    }

    fn mono_of_wall(&self, wall_ms: i64) -> u64 {
        let left = u64::try_from(wall_ms.saturating_sub(self.now.wall_ms)).unwrap_or(0);
        self.now.mono_ms.saturating_add(left)
    }

    fn announce_total(&mut self) {
        let total = self.conversations.announce();
        self.notify_ordered(total_unread(total));
    }

    pub(super) fn user_session(&self) -> v1::UserSession {
        let (inbox_epoch, cursor) = self.sync.stored();
        let login = &self.session.login;
        v1::UserSession {
            user_id: login.user_id.clone(),
            user_name: login.user_name.clone(),
            cursor,
            inbox_epoch,
            resume: self.session.op.is_none(),
            push: self.push.registration(),
            custom_status: login.custom_status.clone(),
        }
    }

    pub(super) fn on_user_open(&mut self, mut welcome: v1::Welcome) {
        let is_login = self.session.op.is_some();
        let is_start = is_login && self.sync.starts_fresh(&welcome);
        if is_start {
            self.session.state = State::Starting;
            let total = self.conversations.announce();
            self.writes.start_with_next_group(total);
        }
        let session = &mut self.session;
        session.server_offset = welcome.server_time.saturating_sub(super::wire_ms(self.now.mono_ms));
        session.push_rule = welcome.push_rule.take().unwrap_or_default();
        session.user = welcome.user.take();
        self.set_token_end(welcome.token_expire_at);
        let rule = self.session.push_rule.encode_to_vec();
        if let Some(user) = self.session.user.as_ref().map(v1::UserInfo::encode_to_vec) {
            self.write(Write::PutValue(value::USER, user.into()));
        }
        self.write(Write::PutValue(value::PUSH_RULE, rule.into()));
        self.write(Write::PutValue(value::LOGGED_IN, Bytes::from_static(&[1])));
        if is_start {
            return self.start_sync(&mut welcome);
        }
        self.go_online();
        if is_login {
            self.announce_total();
        }
        self.start_sync(&mut welcome);
        self.send_what_waited();
    }

    /// The store has the place in the inbox that a login starts from; `total`: the unread count before the server's
    /// conversations.
    pub(super) fn start_stored(&mut self, total: u32) {
        if self.session.state == State::Starting {
            self.go_online();
            self.notify(total_unread(total));
            self.send_what_waited();
        }
    }

    /// The store does not take the place in the inbox that a login starts from.
    pub(super) fn start_refused(&mut self, error: Error) {
        if self.session.state == State::Starting {
            self.login_failed(ConnectionEvent::LoginInterrupted, error);
        }
    }

    /// A login that started but will not complete: the host hears nothing of the session.
    fn abandon_start(&mut self) {
        if self.session.state == State::Starting {
            self.sync.abandon();
            self.writes.mute_start();
        }
    }

    fn go_online(&mut self) {
        let session = &mut self.session;
        session.state = State::Online;
        session.login_until = None;
        session.last_online = Some(session.login.user_id.clone());
        let login = session.op.take();
        self.notify_connection(ConnectionState::Connected, ConnectionEvent::Success);
        if let Some(op) = login {
            self.complete(op, Ok(Reply::Done));
        }
    }

    fn send_what_waited(&mut self) {
        self.resend_messages();
        self.send_unsynced_markers();
        self.complete_device_ops(&Ok(()));
        self.upload_push();
    }

    /// `ends_at`: server time, 0 = the session has no end.
    fn set_token_end(&mut self, ends_at: i64) {
        self.session.is_token_warned = false;
        self.session.token_ends_at = (ends_at > 0).then(|| {
            let left = ends_at.saturating_sub(self.session.server_time(self.now.mono_ms));
            self.now.mono_ms.saturating_add(u64::try_from(left).unwrap_or(0))
        });
    }

    /// The server refused the hello.
    pub(super) fn on_refused(&mut self, error: Error) {
        let session = &mut self.session;
        if self.connection.purpose == Purpose::User {
            let is_auth = matches!(
                error.code,
                ErrorCode::NetworkModuleCommonError
                    | ErrorCode::NetworkModuleTokenInvalid
                    | ErrorCode::NetworkModuleTokenExpired
            );
            let has_both = self.config.app_sign_key.is_some() && !session.token.is_empty();
            if is_auth && has_both && !session.is_token_turn {
                session.is_token_turn = true;
                self.connection.phase = Phase::Down;
                self.connection.reset_backoff();
                return;
            }
            if session.op.is_none() && Refusal::of(error.code).is_none() {
                return self.link_lost(error);
            }
        }
        let refusal = Refusal::of(error.code).unwrap_or(Refusal::Final);
        self.link_refused(refusal, error);
    }

    pub(super) fn session_link_lost(&mut self, was_open: bool, error: Error) {
        match self.session.state {
            State::Online => {
                self.session.state = State::Reconnecting;
                self.session.lost_at = self.now.mono_ms;
                self.interrupt_sync();
                self.notify_connection(ConnectionState::Reconnecting, ConnectionEvent::LoginInterrupted);
            }
            State::Starting => self.login_failed(ConnectionEvent::LoginInterrupted, error),
            State::Connecting if self.session.op.is_some() => {
                self.login_failed(ConnectionEvent::LoginInterrupted, error);
            }
            _ if was_open => self.connection.reset_backoff(),
            _ => {}
        }
    }

    pub(super) fn session_refused(&mut self, refusal: Refusal, error: Error) {
        match self.session.state {
            // An explicit login is told the code; the event stays what it means for an app without a session.
            State::Starting => self.login_failed(ConnectionEvent::LoginInterrupted, error),
            State::Connecting if self.session.op.is_some() => {
                self.login_failed(ConnectionEvent::LoginInterrupted, error);
            }
            State::Connecting | State::Online | State::Reconnecting => self.end_session(refusal),
            State::Out | State::Opening | State::Ended | State::LoggingOut => self.session.leaving = None,
        }
    }

    /// The session is over although the app did not ask for it. The local store stays open until logout.
    fn end_session(&mut self, refusal: Refusal) {
        self.session.state = State::Ended;
        self.session.token_ends_at = None;
        self.interrupt_sync();
        self.fail_all_messages(&not_logged_in());
        self.notify_connection(ConnectionState::Disconnected, refusal.event());
    }

    fn login_failed(&mut self, event: ConnectionEvent, error: Error) {
        self.abandon_start();
        self.drop_link_silently();
        self.notify_connection(ConnectionState::Disconnected, event);
        if let Some(op) = self.session.op.take() {
            self.complete(op, Err(error));
        }
        self.begin_close();
    }

    /// The session ends when its last write is stored.
    fn begin_close(&mut self) {
        self.session.state = State::LoggingOut;
        self.session.login_until = None;
        self.hurry_writes();
    }

    /// Back to the state before login.
    fn forget_session(&mut self) {
        if self.session.is_store_open || self.session.opens > 0 {
            self.outputs.push_back(Output::CloseStore);
        }
        self.writes.detach();
        if let Some((epoch, seq)) = self.sync.told() {
            self.session.told = Some((self.session.login.user_id.clone(), epoch, seq));
        }
        let session = &mut self.session;
        session.is_store_open = false;
        session.state = State::Out;
        session.login = LoginOp::default();
        session.token = Zeroizing::default();
        session.token_ends_at = None;
        session.user = None;
        session.push_rule = v1::PushRule::default();
        self.conversations = super::conversations::Conversations::default();
        self.calls = super::calls::Calls::default();
        self.sync = super::sync::Sync::default();
        self.outbox = super::outbox::Outbox::default();
    }

    pub(super) fn logout(&mut self, op: OpId) {
        match self.session.state {
            State::Out => return self.complete(op, Ok(Reply::Done)),
            State::LoggingOut => {
                if let Some((login, _)) = self.session.next_login.take() {
                    self.complete(login, Err(logged_out()));
                }
                self.session.logout_ops.push(op);
                return;
            }
            _ => {}
        }
        if let Some(login) = self.session.op.take() {
            self.complete(login, Err(logged_out()));
        }
        self.abandon_start();
        self.requests_lost();
        self.interrupt_sync();
        if self.session.is_store_open {
            self.fail_all_messages(&logged_out());
        }
        self.note_unbind();
        if self.connection.is_open_for(Purpose::User) {
            self.session.leaving = Some(self.session.login.user_id.clone());
            self.connection.purpose = Purpose::Leaving;
            self.request(RequestOp::Logout(v1::Logout {}), Waiting::Logout);
        } else {
            self.drop_link_silently();
            let user_id = self.session.login.user_id.clone();
            self.owe_logout(user_id);
        }
        self.session.logout_ops.push(op);
        self.begin_close();
    }

    /// After each input: the last write of a session that ends is stored.
    pub(super) fn session_drained(&mut self) {
        if self.session.state != State::LoggingOut || !self.writes.is_idle() || self.write_told() {
            return;
        }
        self.forget_session();
        let logouts = std::mem::take(&mut self.session.logout_ops);
        if !logouts.is_empty() {
            self.notify_connection(ConnectionState::Disconnected, ConnectionEvent::Success);
        }
        for op in logouts {
            self.complete(op, Ok(Reply::Done));
        }
        if let Some((op, login)) = self.session.next_login.take() {
            self.login(op, login);
        }
        self.steer_link();
    }

    pub(super) fn logout_answered(&mut self) {
        self.session.leaving = None;
    }

    /// The server may not know about the logout: the binding is removed at the next connection.
    pub(super) fn logout_unanswered(&mut self) {
        if let Some(user_id) = self.session.leaving.take() {
            self.owe_logout(user_id);
        }
    }

    fn owe_logout(&mut self, user_id: String) {
        if let Some(registration) = self.push.registration() {
            self.push.owe_unbind(registration.push_id, user_id);
        }
    }

    /// The store keeps which binding this logout leaves, in case the process ends before the server knows. A later
    /// login of the user settles it.
    fn note_unbind(&mut self) {
        if let Some(registration) = self.push.registration().filter(|_| self.session.is_store_open) {
            self.write(Write::PutValue(value::OWED_UNBIND, registration.push_id.into()));
        }
    }

    pub(super) fn renew_token(&mut self, op: OpId, token: String) {
        if !self.session.is_logged_in() {
            return self.complete(op, Err(not_logged_in()));
        }
        let request = RequestOp::RenewToken(v1::RenewToken { token: token.clone() });
        if let Err(invalid) = validate::request(&request) {
            return self.complete(op, Err(invalid.into()));
        }
        if self.connection.is_open_for(Purpose::User) {
            return self.request(request, Waiting::Token(op, token));
        }
        // Without a link the new token takes part in the next hello.
        match token::expiry_s(&token) {
            Ok(expiry_s) => {
                self.session.token_ends_at = Some(self.mono_of_wall(expiry_s.saturating_mul(1000)));
                self.session.is_token_warned = false;
                self.session.token = Zeroizing::new(token);
                self.complete(op, Ok(Reply::Done));
            }
            Err(code) => self.complete(op, Err(code.into())),
        }
    }

    pub(super) fn token_renewed(&mut self, op: OpId, token: String, expire_at: i64) {
        self.session.token = Zeroizing::new(token);
        self.set_token_end(expire_at);
        self.complete(op, Ok(Reply::Done));
    }

    pub(super) fn token_will_expire(&mut self, second: u32) {
        if !self.session.is_token_warned {
            self.session.is_token_warned = true;
            self.notify(Event::TokenWillExpire { second });
        }
    }

    pub(super) fn session_time(&mut self) {
        let now = self.now.mono_ms;
        if self.session.op.is_some() && self.session.login_until.is_some_and(|until| until <= now) {
            let error = Error::new(ErrorCode::NetworkModuleRequestTimeout).with_message("login timed out");
            self.login_failed(ConnectionEvent::LoginTimeout, error);
        }
        let Some(ends_at) = self.session.token_ends_at.filter(|_| self.session.is_logged_in()) else {
            return;
        };
        if ends_at <= now {
            self.drop_link_silently();
            self.end_session(Refusal::TokenExpired);
        } else if ends_at.saturating_sub(self.timing.token_warning) <= now {
            let second = u32::try_from((ends_at - now).div_ceil(1000)).unwrap_or(u32::MAX);
            self.token_will_expire(second);
        }
    }

    pub(super) fn session_deadline(&self) -> Option<u64> {
        let session = &self.session;
        let login = session.login_until.filter(|_| session.op.is_some());
        let token = session.token_ends_at.filter(|_| session.is_logged_in()).map(|ends_at| {
            if session.is_token_warned { ends_at } else { ends_at.saturating_sub(self.timing.token_warning) }
        });
        login.into_iter().chain(token).min()
    }

    /// The store refuses writes: the link closes until it takes them again.
    pub(super) fn suspend_link(&mut self) {
        if self.connection.phase != Phase::Down && self.connection.purpose == Purpose::User {
            self.say_goodbye(v1::GoodbyeReason::Unspecified, "the local store fails");
            self.link_lost(ErrorCode::DatabaseModuleModifyDatabaseError.into());
        }
    }
}

fn total_unread(total_unread_message_count: u32) -> Event {
    Event::ConversationTotalUnreadMessageCountUpdated { total_unread_message_count }
}

fn logged_out() -> Error {
    ErrorCode::NetworkModuleUserHasAlreadyLoggedOut.into()
}
