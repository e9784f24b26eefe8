//! From a request to the store's writer and back to the connection.
//!
//! Requests are handed to the store as they are read; the store's order is their order. What runs on the writer thread
//! afterwards only encodes, queues and notes a wake-up.

use super::mailbox::{Farewell, Item, Mailbox};
use super::session::{Ended, UserSide};
use crate::bus::Notice;
use crate::hub::Hub;
use crate::metrics::op_name;
use crate::presence::Link;
use crate::service::push::Origin;
use crate::service::session::CloseReason;
use crate::service::{self, Context, Effects, OsRandom, Reply, ServiceError};
use crate::store::{StoreError, Tx, UserKey};
use bytes::Bytes;
use std::sync::atomic::Ordering::{Relaxed, SeqCst};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use zim_proto::v1::frame::Body;
use zim_proto::v1::request::Op;
use zim_proto::v1::response::Result as Outcome;
use zim_proto::v1::{self, GoodbyeReason, Response, TokenRenewed};
use zim_proto::{ErrorCode, frame, validate};

/// Who asks: everything an operation needs to know about its session.
#[derive(Clone)]
pub(crate) struct Requester {
    pub(crate) hub: Arc<Hub>,
    pub(crate) mailbox: Arc<Mailbox>,
    pub(crate) app_id: u32,
    /// 0 in a device session.
    pub(crate) user: UserKey,
    /// Empty in a device session.
    pub(crate) user_id: String,
    pub(crate) device_id: String,
    pub(crate) platform: i32,
    pub(crate) limits: Arc<service::Limits>,
}

impl Requester {
    /// Runs `act` with this session's context.
    pub(crate) fn with_context<T>(&self, act: impl FnOnce(&mut Context<'_>) -> T) -> T {
        act(&mut Context {
            now: self.hub.clock.now(),
            app_id: self.app_id,
            user: self.user,
            user_id: &self.user_id,
            device_id: &self.device_id,
            platform: self.platform,
            presence: &*self.hub.registry,
            rng: &mut OsRandom,
            limits: &self.limits,
        })
    }
}

/// Takes a user's request. Some are answered at once; the others' answers come through the mailbox.
pub(crate) fn of_user(
    requester: &Arc<Requester>,
    user: &UserSide,
    id: u64,
    op: Op,
    weight: u32,
    token_expire_at: &mut i64,
) -> Option<Bytes> {
    match op {
        Op::RenewToken(request) => {
            let result = renew_token(requester, &request, token_expire_at);
            Some(answer(&requester.hub, id, "renew_token", Duration::ZERO, result))
        }
        Op::Logout(_) => {
            let link = Arc::clone(&user.link);
            let leaving = Arc::clone(requester);
            let operation = move |tx: &mut dyn Tx| {
                let acked = link.acked.load(SeqCst);
                leaving.with_context(|ctx| {
                    service::session::acked(tx, ctx, acked)?;
                    service::session::close(tx, ctx, CloseReason::Logout)
                })?;
                Ok(Ok(Outcome::Done(v1::Done {}).into()))
            };
            let after = |requester: &Requester| {
                requester.mailbox.close(Farewell::new(GoodbyeReason::Logout, "logged out"));
            };
            submit(requester, id, "logout", weight, operation, after);
            None
        }
        op => {
            let asking = Arc::clone(requester);
            let name = op_name(&op);
            let operation = move |tx: &mut dyn Tx| asking.with_context(|ctx| service::handle(tx, ctx, &op));
            submit(requester, id, name, weight, operation, |_| {});
            None
        }
    }
}

/// Takes a request of a device session.
pub(crate) fn of_device(requester: &Arc<Requester>, id: u64, op: Op, weight: u32) -> Option<Bytes> {
    let hub = &requester.hub;
    let name = op_name(&op);
    // The token is what proves the user here; the service relies on it.
    if let Op::BindPush(request) = &op {
        let now = hub.clock.now();
        let proof = hub.authenticator.token(requester.app_id, Some(&request.user_id), &request.token, now);
        if let Err(refusal) = proof {
            let error = ServiceError {
                code: refusal.code,
                message: refusal.message.to_owned(),
                parameter: Some("token"),
            };
            return Some(answer(hub, id, name, Duration::ZERO, Err(error)));
        }
    }
    let asking = Arc::clone(requester);
    let operation = move |tx: &mut dyn Tx| {
        let origin = Origin {
            now: asking.hub.clock.now(),
            app_id: asking.app_id,
            device_id: &asking.device_id,
            platform: asking.platform,
            user: None,
        };
        let done = service::push::handle(tx, &origin, &op)?;
        Ok(done.map(|()| Outcome::Done(v1::Done {}).into()))
    };
    submit(requester, id, name, weight, operation, |_| {});
    None
}

fn submit(
    requester: &Arc<Requester>,
    id: u64,
    name: &'static str,
    weight: u32,
    mut operation: impl FnMut(&mut dyn Tx) -> service::Answer<Reply> + Send + 'static,
    after: impl FnOnce(&Requester) + Send + 'static,
) {
    let hub = &requester.hub;
    hub.metrics.requests_open.add(1);
    let started = hub.clock.elapsed();
    let slot = Arc::new(Mutex::new(None));
    let filled = Arc::clone(&slot);
    let requester = Arc::clone(requester);
    hub.store.submit(
        Box::new(move |tx| {
            let outcome = operation(tx)?;
            let declined = outcome.is_err();
            *filled.lock().unwrap_or_else(PoisonError::into_inner) = Some(outcome);
            if declined { Err(StoreError::Declined) } else { Ok(()) }
        }),
        Box::new(move |done| {
            let hub = &requester.hub;
            hub.metrics.requests_open.add(-1);
            let outcome = slot.lock().unwrap_or_else(PoisonError::into_inner).take();
            let result = match (done, outcome) {
                (Ok(()) | Err(StoreError::Declined), Some(outcome)) => outcome,
                (Err(error), _) => Err(store_failed(name, &error)),
                (Ok(()), None) => Err(store_failed(name, &StoreError::Closed)),
            };
            let result = result.map(|reply| {
                cause(hub, reply.effects);
                reply.result
            });
            let took = hub.clock.elapsed().saturating_sub(started);
            let frame = answer(hub, id, name, took, result);
            hub.commits.wakes.wake(requester.mailbox.push(Item::Answer { frame, weight }));
            after(&requester);
        }),
    );
}

/// What an operation causes beside the store.
pub(crate) fn cause(hub: &Hub, effects: Effects) {
    for to in effects.signals {
        let frame = frame::encode(Body::Signal(to.signal));
        hub.bus.publish(Notice::Signal { users: to.users, frame });
    }
}

fn renew_token(
    requester: &Requester,
    request: &v1::RenewToken,
    token_expire_at: &mut i64,
) -> Result<Outcome, ServiceError> {
    let hub = &requester.hub;
    validate::request(&Op::RenewToken(request.clone()))?;
    let now = hub.clock.now();
    let expire_at = hub
        .authenticator
        .token(requester.app_id, Some(&requester.user_id), &request.token, now)
        .map_err(|refusal| ServiceError {
            code: refusal.code,
            message: refusal.message.to_owned(),
            parameter: Some("token"),
        })?;
    // A session proven by AppSign does not begin to expire because a token was shown.
    if *token_expire_at > 0 {
        *token_expire_at = expire_at;
    }
    Ok(Outcome::TokenRenewed(TokenRenewed { expire_at }))
}

/// Stores how far the device is; pushes and ringing calls that wait for it hear of it. Several acknowledgements that come
/// before the store gets to the first one are one operation.
pub(crate) fn acknowledge(requester: &Arc<Requester>, link: &Arc<Link>) {
    if link.ack_queued.swap(true, SeqCst) {
        return;
    }
    let (asking, link) = (Arc::clone(requester), Arc::clone(link));
    requester.hub.store.submit(
        Box::new(move |tx| {
            // Before the value is read: a later acknowledgement then queues its own operation.
            link.ack_queued.store(false, SeqCst);
            let seq = link.acked.load(SeqCst);
            asking.with_context(|ctx| service::session::acked(tx, ctx, seq))
        }),
        Box::new(|done| {
            if let Err(error) = done {
                tracing::warn!(%error, "an acknowledgement was not stored; the device repeats it");
            }
        }),
    );
}

/// Tells the services that a user's connection has ended.
pub(crate) fn close(requester: &Arc<Requester>, user: &UserSide, ended: Ended) {
    let reason = match ended {
        Ended::Settled => return,
        Ended::Lost => CloseReason::Lost,
        Ended::LoggedOut => CloseReason::Logout,
    };
    let (asking, link) = (Arc::clone(requester), Arc::clone(&user.link));
    requester.hub.store.submit(
        Box::new(move |tx| {
            let seq = link.acked.load(Relaxed);
            asking.with_context(|ctx| {
                service::session::acked(tx, ctx, seq)?;
                service::session::close(tx, ctx, reason)
            })
        }),
        Box::new(|done| {
            if let Err(error) = done {
                tracing::warn!(%error, "the end of a session was not stored");
            }
        }),
    );
}

/// A caller whose device stays away leaves nobody ringing: looks again after the time a user counts as offline.
pub(crate) async fn watch_caller(requester: Arc<Requester>, silent_for: Duration) {
    use crate::service::Presence as _;
    let hub = &requester.hub;
    hub.clock.sleep(hub.config.limits.idle_timeout().saturating_sub(silent_for)).await;
    let asking = Arc::clone(&requester);
    let done = crate::store::execute::<(), (), _>(&*hub.store, move |tx| {
        let hub = &asking.hub;
        if !hub.registry.is_live(asking.user, &asking.device_id) {
            let now = hub.clock.now();
            let (app_id, limits) = (asking.app_id, &asking.limits);
            service::call::caller_lost(tx, now, app_id, asking.user, &asking.device_id, limits)?;
        }
        Ok(Ok(()))
    });
    if let Err(error) = done.await {
        tracing::warn!(%error, "the calls of a lost caller were not looked at");
    }
}

/// The answer to an operation this version does not know.
pub(crate) fn unknown_operation(id: u64) -> Bytes {
    let error = ServiceError {
        code: ErrorCode::CommonModuleUnsupportedRequest,
        message: "this server does not know the operation".to_owned(),
        parameter: None,
    };
    frame::encode(Body::Response(Response { id, result: Some(Outcome::Error(error.into())) }))
}

/// The answer to a request over the connection's rate.
pub(crate) fn too_fast(hub: &Hub, id: u64, name: &'static str, retry_after_ms: u32) -> Bytes {
    let code = ErrorCode::CommonModuleTriggerServerFrequencyLimit.code();
    hub.metrics.request(name, code, Duration::ZERO);
    let message = "too many requests on this connection".to_owned();
    let error = v1::Error { code, message, parameter: String::new(), retry_after_ms };
    frame::encode(Body::Response(Response { id, result: Some(Outcome::Error(error)) }))
}

fn answer(
    hub: &Hub,
    id: u64,
    name: &'static str,
    took: Duration,
    result: Result<Outcome, ServiceError>,
) -> Bytes {
    let code = result.as_ref().err().map_or(0, |error| error.code.code());
    hub.metrics.request(name, code, took);
    let result = result.unwrap_or_else(|error| {
        tracing::debug!(op = name, code, parameter = error.parameter, "request refused");
        Outcome::Error(error.into())
    });
    frame::encode(Body::Response(Response { id, result: Some(result) }))
}

/// What the client is told when the store could not do it; the log has the cause.
pub(crate) fn store_failed(name: &'static str, error: &StoreError) -> ServiceError {
    tracing::error!(op = name, %error, "the store failed");
    let (code, message) = match error {
        StoreError::Closed => (ErrorCode::CommonModuleIMServerError, "the server is stopping"),
        StoreError::Database(_) => (ErrorCode::CommonModuleIMDatabaseError, "the server's store failed"),
        _ => (ErrorCode::CommonModuleIMServerError, "internal error"),
    };
    ServiceError { code, message: message.to_owned(), parameter: None }
}
