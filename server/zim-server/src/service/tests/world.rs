//! A small world: users on devices, a clock that moves when told, and a look into every inbox.

use crate::service::session::{CloseReason, Opened};
use crate::service::*;
use crate::store::{DeliveryLog, DeliveryLogQuery, MemoryStore, PushJob, Store, Tx, UserKey};
use std::collections::BTreeMap;
use std::sync::mpsc;
use zim_proto::v1::event::Kind;
use zim_proto::v1::{PushConfig, PushRegistration, PushVendor, request::Op, response};
use zim_proto::{PlatformType, batch, push_id, v1};

pub(crate) const APP: u32 = 1;
/// A moment in 2026.
pub(crate) const START: i64 = 1_790_000_000_000;
pub(crate) const ANDROID: i32 = PlatformType::Android.value();
pub(crate) const IPHONE: i32 = PlatformType::IPhoneOS.value();
pub(crate) const WEB: i32 = PlatformType::Web.value();
pub(crate) const WINDOWS: i32 = PlatformType::Win.value();

/// Who is connected.
#[derive(Debug, Clone, Default)]
pub(crate) struct Live(BTreeMap<(UserKey, String), i32>);

impl Presence for Live {
    fn is_live(&self, user: UserKey, device_id: &str) -> bool {
        self.0.contains_key(&(user, device_id.to_owned()))
    }

    fn live_platforms(&self, user: UserKey) -> Vec<i32> {
        self.0.iter().filter(|((key, _), _)| *key == user).map(|(_, platform)| *platform).collect()
    }
}

/// A user on a device.
#[derive(Debug, Clone)]
pub(crate) struct Session {
    pub(crate) key: UserKey,
    pub(crate) user_id: String,
    pub(crate) device_id: String,
    pub(crate) platform: i32,
}

pub(crate) struct World {
    store: MemoryStore,
    pub(crate) now: i64,
    pub(crate) limits: Limits,
    pub(crate) live: Live,
    rng: fastrand::Rng,
}

impl World {
    pub(crate) fn new() -> Self {
        Self::seeded(1)
    }

    pub(crate) fn seeded(seed: u64) -> Self {
        let limits = Limits { devices: DevicePolicy::Multi, ..Limits::default() };
        let store = MemoryStore::new().unwrap();
        Self { store, now: START, limits, live: Live::default(), rng: fastrand::Rng::with_seed(seed) }
    }

    /// Runs something in a transaction of its own.
    pub(crate) fn run<T: Send + 'static>(
        &self,
        mut operation: impl FnMut(&mut dyn Tx) -> Result<T, crate::store::StoreError> + Send + 'static,
    ) -> T {
        let (send, receive) = mpsc::channel();
        let (done, finished) = mpsc::channel();
        self.store.submit(
            Box::new(move |tx| {
                let value = operation(tx)?;
                let _ = send.send(value);
                Ok(())
            }),
            Box::new(move |result| done.send(result).unwrap()),
        );
        finished.recv().unwrap().unwrap();
        receive.recv().unwrap()
    }

    /// Runs something with the context of a session.
    pub(crate) fn with<T: Send + 'static>(
        &mut self,
        session: &Session,
        mut operation: impl FnMut(&mut dyn Tx, &mut Context<'_>) -> Result<T, crate::store::StoreError>
        + Send
        + 'static,
    ) -> T {
        let (session, live, limits) = (session.clone(), self.live.clone(), self.limits.clone());
        let now = self.now;
        let mut rng = self.rng.fork();
        self.run(move |tx| {
            let mut ctx = Context {
                now,
                app_id: APP,
                user: session.key,
                user_id: &session.user_id,
                device_id: &session.device_id,
                platform: session.platform,
                presence: &live,
                rng: &mut rng,
                limits: &limits,
            };
            operation(tx, &mut ctx)
        })
    }

    pub(crate) fn reply(&mut self, session: &Session, op: Op) -> Result<Reply, ServiceError> {
        self.with(session, move |tx, ctx| handle(tx, ctx, &op))
    }

    /// Asks and expects success.
    pub(crate) fn ask(&mut self, session: &Session, op: Op) -> response::Result {
        self.reply(session, op).unwrap().result
    }

    /// Asks and expects a refusal: its code and parameter.
    pub(crate) fn refused(&mut self, session: &Session, op: Op) -> (u32, &'static str) {
        let error = self.reply(session, op).unwrap_err();
        (error.code.code(), error.parameter.unwrap_or_default())
    }

    // ---- sessions

    pub(crate) fn open(
        &mut self,
        user_id: &str,
        device_id: &str,
        platform: i32,
        request: v1::UserSession,
    ) -> Result<(Session, Opened), ServiceError> {
        let mut session =
            Session { key: 0, user_id: user_id.to_owned(), device_id: device_id.to_owned(), platform };
        let request = v1::UserSession { user_id: user_id.to_owned(), ..request };
        let opened = self.with(&session, move |tx, ctx| session::open(tx, ctx, &request))?;
        session.key = opened.key;
        for kicked in &opened.kicked {
            self.live.0.remove(&(session.key, kicked.clone()));
        }
        self.live.0.insert((session.key, device_id.to_owned()), platform);
        Ok((session, opened))
    }

    /// A first or fresh login, connected afterwards.
    pub(crate) fn login(&mut self, user_id: &str, device_id: &str, platform: i32) -> Session {
        self.open(user_id, device_id, platform, v1::UserSession::default()).unwrap().0
    }

    /// The same on a device with a push channel.
    pub(crate) fn login_with_push(
        &mut self,
        user_id: &str,
        device_id: &str,
        platform: i32,
        push: PushRegistration,
    ) -> Session {
        let request = v1::UserSession { push: Some(push), ..v1::UserSession::default() };
        self.open(user_id, device_id, platform, request).unwrap().0
    }

    pub(crate) fn drop_link(&mut self, session: &Session) {
        self.live.0.remove(&(session.key, session.device_id.clone()));
        self.with(session, |tx, ctx| session::close(tx, ctx, CloseReason::Lost));
    }

    pub(crate) fn logout(&mut self, session: &Session) {
        self.live.0.remove(&(session.key, session.device_id.clone()));
        self.with(session, |tx, ctx| session::close(tx, ctx, CloseReason::Logout));
    }

    /// The device acknowledges everything its user has.
    pub(crate) fn ack(&mut self, session: &Session) {
        let head = self.head(session);
        self.with(session, move |tx, ctx| session::acked(tx, ctx, head));
    }

    /// Lets time pass and runs what falls due, in order.
    pub(crate) fn pass(&mut self, ms: i64) {
        let end = self.now + ms;
        loop {
            let next = self.run(|tx| tx.next_timer()).filter(|at| *at <= end);
            let Some(at) = next else { break };
            self.now = self.now.max(at);
            let (now, limits) = (self.now, self.limits.clone());
            self.run(move |tx| timers::run_due(tx, now, &limits, 100));
        }
        self.now = end;
    }

    // ---- looking

    pub(crate) fn head(&self, session: &Session) -> u64 {
        let key = session.key;
        self.run(move |tx| tx.inbox_head(key))
    }

    /// A user's events after a sequence.
    pub(crate) fn events(&self, session: &Session, after: u64) -> Vec<Kind> {
        let Some(read) = self.store.inbox_read(session.key, after, usize::MAX, usize::MAX).unwrap() else {
            return Vec::new();
        };
        let events = batch::decode(&read.run).unwrap();
        events.into_iter().filter_map(|event| event.kind).collect()
    }

    /// The only event after a sequence.
    pub(crate) fn event(&self, session: &Session, after: u64) -> Kind {
        let mut events = self.events(session, after);
        assert_eq!(events.len(), 1, "{events:?}");
        events.remove(0)
    }

    /// Jobs that wait for a registration.
    pub(crate) fn jobs(&self, push_id: &str) -> Vec<PushJob> {
        let push_id = push_id.to_owned();
        self.run(move |tx| tx.jobs_of_push_id(APP, &push_id))
    }

    /// The delivery log, oldest first.
    pub(crate) fn log(&self) -> Vec<DeliveryLog> {
        let query = DeliveryLogQuery { limit: 1_000, ..DeliveryLogQuery::default() };
        let mut rows = self.run(move |tx| tx.delivery_log(APP, &query));
        rows.reverse();
        rows
    }

    /// Its outcomes.
    pub(crate) fn outcomes(&self) -> Vec<String> {
        self.log().into_iter().map(|row| row.outcome).collect()
    }
}

// ---- requests

pub(crate) fn text_to(kind: u32, target: &str, id: u64, body: &str) -> v1::SendMessage {
    let message = v1::Message {
        r#type: 1,
        local_message_id: id,
        conversation_type: kind,
        conversation_id: target.to_owned(),
        body: body.to_owned().into(),
        priority: 2,
        ..v1::Message::default()
    };
    v1::SendMessage { message: Some(message), ..v1::SendMessage::default() }
}

/// A text to a user.
pub(crate) fn text(target: &str, id: u64, body: &str) -> Op {
    Op::SendMessage(text_to(0, target, id, body))
}

/// A text to a group.
pub(crate) fn group_text(target: &str, id: u64, body: &str) -> Op {
    Op::SendMessage(text_to(2, target, id, body))
}

/// A text to a user with a push.
pub(crate) fn pushed_text(target: &str, id: u64, push: PushConfig) -> Op {
    Op::SendMessage(v1::SendMessage { push: Some(push), ..text_to(0, target, id, "hello") })
}

pub(crate) fn config() -> PushConfig {
    PushConfig { title: "title".into(), content: "content".into(), ..PushConfig::default() }
}

pub(crate) fn registration(vendor: PushVendor, token: &str) -> PushRegistration {
    let mut registration = PushRegistration {
        vendor: vendor as i32,
        token: token.to_owned(),
        bundle_id: "im.example".into(),
        app_type: 1,
        badge: -1,
        ..PushRegistration::default()
    };
    registration.push_id = push_id::derive(APP, &registration);
    registration
}

pub(crate) fn fcm(token: &str) -> PushRegistration {
    registration(PushVendor::Fcm, token)
}

pub(crate) fn sent(result: response::Result) -> v1::MessageSent {
    match result {
        response::Result::MessageSent(sent) => sent,
        other => panic!("not a sent message: {other:?}"),
    }
}
