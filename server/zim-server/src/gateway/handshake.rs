//! The unauthenticated part of a connection: one hello each way, and nothing else.

use super::mailbox::Farewell;
use super::requests::{self, Requester};
use super::session::{Session, Speaker, UserSide};
use super::stream::Stream;
use super::wire::{Incoming, Wire};
use crate::auth::{Granted, Refusal};
use crate::bus::Notice;
use crate::hub::Entry;
use crate::presence::Link;
use crate::service::session::{self, Opened};
use crate::service::{self, ServiceError};
use crate::store;
use bytes::Bytes;
use std::collections::VecDeque;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64};
use std::task::Poll;
use zim_proto::v1::client_hello::Session as Wanted;
use zim_proto::v1::frame::Body;
use zim_proto::v1::{self, ClientHello, GoodbyeReason, Pong, ServerHello, UserSession, Welcome};
use zim_proto::{ErrorCode, PROTOCOL_MAX, PROTOCOL_MIN, frame, push_id, validate};

/// A connection before its login.
pub(crate) struct Unauthenticated {
    entry: Entry,
    wire: Wire,
    peer: IpAddr,
    challenge: [u8; 32],
}

/// A login that succeeded: the session and the frame it begins with.
pub(crate) struct Authenticated {
    pub(crate) session: Session,
    pub(crate) welcome: Bytes,
    pub(crate) requester: Arc<Requester>,
    pub(crate) is_user: bool,
}

/// How a connection ends before there is a session.
enum Denied {
    Gone,
    Goodbye(Farewell),
    /// The welcome that says no.
    Refused(Box<Welcome>),
}

impl Unauthenticated {
    pub(crate) fn new(entry: Entry, wire: Wire, peer: IpAddr) -> Self {
        Self { entry, wire, peer, challenge: [0; 32] }
    }

    /// Exchanges the hellos and opens the session. `None`: the client was told why not, and the connection is closed.
    pub(crate) async fn authenticate(mut self) -> Option<Authenticated> {
        let result = match self.hello().await {
            Ok(hello) => self.open(hello).await,
            Err(denied) => Err(denied),
        };
        let denied = match result {
            Ok(opened) => return Some(opened.attach(self)),
            Err(denied) => denied,
        };
        match denied {
            Denied::Gone => {}
            Denied::Goodbye(farewell) => super::say_goodbye(&self.entry, &mut self.wire, &farewell).await,
            Denied::Refused(welcome) => {
                let frame = frame::encode(Body::Welcome(*welcome));
                super::finish(&self.entry.hub, &mut self.wire, Some(frame)).await;
            }
        }
        None
    }

    async fn hello(&mut self) -> Result<ClientHello, Denied> {
        let clock = Arc::clone(&self.entry.hub.clock);
        let limits = &self.entry.hub.config.limits;
        getrandom::fill(&mut self.challenge).map_err(|error| {
            tracing::error!(%error, "no randomness for a challenge");
            Denied::Goodbye(Farewell::new(GoodbyeReason::ServerError, "internal error"))
        })?;
        let hello = ServerHello {
            protocol_min: PROTOCOL_MIN,
            protocol_max: PROTOCOL_MAX,
            challenge: Bytes::copy_from_slice(&self.challenge),
            server_time: clock.now(),
            max_frame_bytes: u32::try_from(limits.max_frame_bytes).unwrap_or(u32::MAX),
            heartbeat_ms: limits.heartbeat_s.saturating_mul(1_000),
            capabilities: Vec::new(),
            server_version: env!("CARGO_PKG_VERSION").to_owned(),
        };
        let mut out = VecDeque::from([frame::encode(Body::ServerHello(hello))]);
        let mut deadline = clock.sleep(limits.hello_timeout());
        loop {
            let incoming = std::future::poll_fn(|cx| {
                // The mailbox is where the server says that it stops.
                if let Some(farewell) = self.entry.mailbox.take(&mut VecDeque::new(), cx).farewell {
                    return Poll::Ready(Err(Denied::Goodbye(farewell)));
                }
                while !out.is_empty() && self.wire.poll_writable(cx).map_err(|_| Denied::Gone)?.is_ready() {
                    if let Some(frame) = out.pop_front() {
                        self.wire.write(frame).map_err(|_| Denied::Gone)?;
                    }
                }
                let _ = self.wire.poll_flush(cx).map_err(|_| Denied::Gone)?;
                if let Poll::Ready(incoming) = self.wire.poll_read(cx) {
                    return Poll::Ready(incoming.map_err(|end| match super::farewell_for(&end) {
                        Some(farewell) => Denied::Goodbye(farewell),
                        None => Denied::Gone,
                    }));
                }
                let late = || Farewell::new(GoodbyeReason::Unauthenticated, "no hello came in time");
                deadline.as_mut().poll(cx).map(|()| Err(Denied::Goodbye(late())))
            })
            .await?;
            let farewell = match incoming {
                Incoming::Alive => continue,
                Incoming::Unknown => {
                    self.entry.hub.metrics.unknown_frames.add(1);
                    continue;
                }
                Incoming::Frame(Body::ClientHello(hello), _) => return Ok(hello),
                Incoming::Frame(Body::Ping(ping), _) => {
                    // One at a time: a client that only pings must not fill memory.
                    if out.is_empty() {
                        out.push_back(frame::encode(Body::Pong(Pong { nonce: ping.nonce })));
                    }
                    continue;
                }
                Incoming::Frame(Body::Goodbye(_), _) => return Err(Denied::Gone),
                Incoming::Frame(Body::Request(_) | Body::Ack(_), _) => {
                    Farewell::new(GoodbyeReason::Unauthenticated, "a request before the login")
                }
                Incoming::Frame(..) => {
                    Farewell::new(GoodbyeReason::ProtocolError, "a frame that does not belong here")
                }
            };
            return Err(Denied::Goodbye(farewell));
        }
    }

    async fn open(&mut self, hello: ClientHello) -> Result<Open, Denied> {
        let hub = Arc::clone(&self.entry.hub);
        if !(PROTOCOL_MIN..=PROTOCOL_MAX).contains(&hello.protocol) {
            let text = "no common protocol version";
            return Err(Denied::Goodbye(Farewell::new(GoodbyeReason::Version, text)));
        }
        if let Err(invalid) = validate::client_hello(&hello) {
            return Err(self.refuse("none", invalid.into()));
        }
        let granted = hub.authenticator.authenticate(&hello, &self.challenge, hub.clock.now());
        let granted = granted.map_err(|refusal| {
            let method = if hello.token.is_empty() { "app_sign" } else { "token" };
            self.refuse(method, refusal.into())
        })?;
        let requester = Requester {
            hub: Arc::clone(&hub),
            mailbox: Arc::clone(&self.entry.mailbox),
            app_id: hello.app_id,
            user: 0,
            user_id: String::new(),
            device_id: hello.device_id,
            platform: hello.platform,
            limits: hub.limits(hello.app_id),
        };
        match hello.session {
            Some(Wanted::User(request)) => self.open_user(requester, request, granted).await,
            Some(Wanted::Device(request)) => self.open_device(requester, request, granted).await,
            None => {
                let text = "a hello without a session";
                Err(Denied::Goodbye(Farewell::new(GoodbyeReason::ProtocolError, text)))
            }
        }
    }

    async fn open_user(
        &mut self,
        requester: Requester,
        request: UserSession,
        granted: Granted,
    ) -> Result<Open, Denied> {
        let hub = Arc::clone(&requester.hub);
        let method = granted.method.name();
        let requester = Arc::new(Requester { user_id: request.user_id.clone(), ..requester });
        let (asking, session_id) = (Arc::clone(&requester), self.entry.id);
        let opened = store::execute(&*hub.store, move |tx| {
            let opened = match asking.with_context(|ctx| session::open(tx, ctx, &request))? {
                Ok(opened) => opened,
                Err(error) => return Ok(Err(error)),
            };
            // Known from here on: operations behind this one in the same commit see the device as connected.
            let link = Arc::new(Link {
                session_id,
                user: opened.key,
                device_id: asking.device_id.clone(),
                platform: asking.platform,
                mailbox: Arc::clone(&asking.mailbox),
                acked: AtomicU64::new(opened.cursor),
                ack_matters: AtomicU64::new(opened.head),
                ack_queued: AtomicBool::new(false),
                origin: crate::store::origin_of(&asking.device_id),
            });
            asking.hub.registry.insert(&link);
            Ok(Ok((opened, link)))
        });
        let (opened, link) = match opened.await {
            Ok(Ok(opened)) => opened,
            Ok(Err(error)) if error.code == ErrorCode::NetworkModuleUserHasAlreadyLoggedOut => {
                hub.metrics.login(method, error.code.code());
                let text = "another device has taken this device's place";
                return Err(Denied::Goodbye(Farewell::new(GoodbyeReason::KickedOut, text)));
            }
            Ok(Err(error)) => return Err(self.refuse(method, error)),
            Err(error) => {
                hub.registry.forget(session_id);
                return Err(self.refuse(method, requests::store_failed("login", &error)));
            }
        };
        hub.metrics.login(method, 0);
        tracing::info!(connection = session_id, app = requester.app_id, method, peer = %self.peer, "login");
        self.end_others(&opened, &requester);
        let requester = Arc::new(Requester { user: opened.key, ..(*requester).clone() });
        let stream = Stream::new(Arc::clone(&hub.store), opened.key, opened.cursor);
        let user = UserSide { link, stream, ack_stored_at: hub.clock.elapsed() };
        let welcome = welcome(&hub, session_id, granted.token_expire_at, opened);
        Ok(Open { requester, speaker: Speaker::User(user), welcome, granted })
    }

    /// Ends the older connection of the same device and those of the devices over the limit.
    fn end_others(&self, opened: &Opened, requester: &Requester) {
        let user = opened.key;
        let end = |device_id: &str, except, reason| {
            let device_id = device_id.to_owned();
            requester.hub.bus.publish(Notice::End { user, device_id, except, reason });
        };
        end(&requester.device_id, self.entry.id, GoodbyeReason::Replaced);
        for device_id in &opened.kicked {
            end(device_id, 0, GoodbyeReason::KickedOut);
        }
    }

    async fn open_device(
        &mut self,
        requester: Requester,
        request: v1::DeviceSession,
        granted: Granted,
    ) -> Result<Open, Denied> {
        let hub = Arc::clone(&requester.hub);
        let method = granted.method.name();
        let requester = Arc::new(requester);
        if let Some(registration) = request.push {
            if registration.push_id != push_id::derive(requester.app_id, &registration) {
                let error = ServiceError {
                    code: ErrorCode::ZpnsModulePushIDInvalid,
                    message: "the PushID does not belong to this registration".to_owned(),
                    parameter: Some("pushID"),
                };
                return Err(self.refuse(method, error));
            }
            let asking = Arc::clone(&requester);
            let op = v1::request::Op::RegisterPush(v1::RegisterPush { registration: Some(registration) });
            let done = store::execute(&*hub.store, move |tx| {
                let origin = service::push::Origin {
                    now: asking.hub.clock.now(),
                    app_id: asking.app_id,
                    device_id: &asking.device_id,
                    platform: asking.platform,
                    user: None,
                };
                service::push::handle(tx, &origin, &op)
            });
            match done.await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => return Err(self.refuse(method, error)),
                Err(error) => return Err(self.refuse(method, requests::store_failed("login", &error))),
            }
        }
        hub.metrics.login(method, 0);
        let welcome = Welcome {
            session_id: self.entry.id.to_string(),
            token_expire_at: granted.token_expire_at,
            server_time: hub.clock.now(),
            ack_timeout_ms: hub.config.limits.ack_timeout_s.saturating_mul(1_000),
            ..Welcome::default()
        };
        Ok(Open { requester, speaker: Speaker::Device, welcome, granted })
    }

    fn refuse(&self, method: &'static str, error: ServiceError) -> Denied {
        let (code, hub) = (error.code.code(), &self.entry.hub);
        hub.metrics.login(method, code);
        // Enough to notice that somebody is guessing, and from where; nothing of what was tried.
        tracing::warn!(connection = self.entry.id, peer = %self.peer, method, code, "login refused");
        let server_time = hub.clock.now();
        Denied::Refused(Box::new(Welcome { error: Some(error.into()), server_time, ..Welcome::default() }))
    }
}

/// A session before its connection is attached to it.
struct Open {
    requester: Arc<Requester>,
    speaker: Speaker,
    welcome: Welcome,
    granted: Granted,
}

impl Open {
    fn attach(self, connection: Unauthenticated) -> Authenticated {
        let Unauthenticated { entry, wire, .. } = connection;
        let is_user = matches!(self.speaker, Speaker::User(_));
        let (requester, expire_at) = (Arc::clone(&self.requester), self.granted.token_expire_at);
        let session = Session::new(entry, wire, self.requester, self.speaker, expire_at);
        let welcome = frame::encode(Body::Welcome(self.welcome));
        Authenticated { session, welcome, requester, is_user }
    }
}

fn welcome(hub: &crate::hub::Hub, session_id: u64, token_expire_at: i64, opened: Opened) -> Welcome {
    Welcome {
        error: None,
        session_id: session_id.to_string(),
        user: Some(opened.user),
        token_expire_at,
        inbox_epoch: opened.epoch,
        inbox_head: opened.head,
        cursor: opened.cursor,
        fresh: opened.fresh,
        conversations: opened.conversations,
        active_calls: opened.active_calls,
        push_rule: Some(opened.push_rule),
        server_time: hub.clock.now(),
        ack_timeout_ms: hub.config.limits.ack_timeout_s.saturating_mul(1_000),
    }
}

impl From<Refusal> for ServiceError {
    fn from(refusal: Refusal) -> Self {
        Self { code: refusal.code, message: refusal.message.to_owned(), parameter: None }
    }
}
