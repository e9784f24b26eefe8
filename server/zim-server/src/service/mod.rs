//! Business rules: messages, conversations, groups, calls, users and the push decision.
//!
//! Everything here is synchronous and pure over [`Tx`]: time comes in as [`Context::now`], randomness as
//! [`Context::rng`], who is connected as [`Context::presence`]. A function runs on the store's writer thread inside one
//! transaction, so it sees all earlier operations, and what it answers is durable when the gateway hears of it. It may run
//! a second time after a rollback and therefore keeps nothing outside the transaction.
//!
//! | The gateway calls | when |
//! |---|---|
//! | [`session::open`], [`session::acked`], [`session::close`] | a user session begins, confirms events, ends |
//! | [`handle`] | a request of a user session arrives |
//! | [`push::handle`] | a request of a device session (push alone) arrives |
//! | [`call::caller_lost`] | a device has been offline for 35 s |
//! | [`call::absent_callers`] | once, 35 s after the start of the server |
//! | [`timers::run_due`] | a timer row is due |
//! | [`push::claim`], [`push::still_wanted`], [`push::finish`] | the push dispatcher works on its queue |
//!
//! Rules are checked before anything is written: an answer of [`ServiceError`] means that nothing has changed. Facts for
//! other users are events in their inboxes; the only things that bypass the store are the [`Effects`] of a reply.

pub mod call;
mod conversation;
mod error;
mod fingerprint;
mod group;
mod inbox;
mod limits;
mod message;
pub mod push;
mod revoke;
pub(crate) mod server_api;
pub mod session;
mod targets;
#[cfg(test)]
mod tests;
pub mod timers;
mod user;

pub use error::{Answer, ServiceError};
pub use limits::{DevicePolicy, Limits};

use crate::store::{Tx, UserKey};
use error::{Fallible, refused};
use zim_proto::v1::{self, request::Op};
use zim_proto::{ErrorCode, validate};

/// Who asks, from where, when, and what the operation may need from outside the store.
pub struct Context<'a> {
    /// UTC in milliseconds.
    pub now: i64,
    /// App of the session.
    pub app_id: u32,
    /// The logged-in user. [`session::open`] ignores it: the user is found there.
    pub user: UserKey,
    /// Published id of the same user.
    pub user_id: &'a str,
    /// Device of the session, 32 hex digits.
    pub device_id: &'a str,
    /// `ZIMPlatformType` of that device.
    pub platform: i32,
    /// Which devices are connected.
    pub presence: &'a dyn Presence,
    /// Ids and push request ids come from here.
    pub rng: &'a mut dyn Random,
    /// Configured limits.
    pub limits: &'a Limits,
}

/// Which sessions are connected at this moment.
pub trait Presence {
    /// Whether this device of the user has a connection.
    fn is_live(&self, user: UserKey, device_id: &str) -> bool;
    /// `ZIMPlatformType` of each connected device of the user.
    fn live_platforms(&self, user: UserKey) -> Vec<i32>;
    /// Something waits for the user's devices to acknowledge the event `seq` (a push of a connected device, a ringing
    /// call): [`session::acked`] is to be called then. Acknowledgements nobody waits for are stored now and then only.
    fn acknowledgement_matters(&self, user: UserKey, seq: u64) {
        let _ = (user, seq);
    }
}

/// A source of random numbers.
pub trait Random {
    /// 64 random bits.
    fn next_u64(&mut self) -> u64;
}

/// Randomness of the operating system: call ids must not be guessable, because an id is all it takes to join.
#[derive(Debug, Clone, Copy, Default)]
pub struct OsRandom;

impl Random for OsRandom {
    fn next_u64(&mut self) -> u64 {
        getrandom::u64().expect("the operating system gives random numbers")
    }
}

/// Repeatable randomness for tests and simulations.
impl Random for fastrand::Rng {
    fn next_u64(&mut self) -> u64 {
        self.u64(..)
    }
}

/// The answer to a request.
#[derive(Debug, Clone, PartialEq)]
pub struct Reply {
    /// What the asking session gets.
    pub result: v1::response::Result,
    /// What happens beside the store, after the commit.
    pub effects: Effects,
}

/// What an operation causes that is not stored.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Effects {
    /// Signals to live sessions; who is not connected misses them.
    pub signals: Vec<SignalTo>,
}

/// One signal for the live sessions of some users.
#[derive(Debug, Clone, PartialEq)]
pub struct SignalTo {
    /// Every live session of each of them.
    pub users: Vec<UserKey>,
    /// The same for all, so that it is encoded once.
    pub signal: v1::Signal,
}

impl From<v1::response::Result> for Reply {
    fn from(result: v1::response::Result) -> Self {
        Self { result, effects: Effects::default() }
    }
}

impl Reply {
    fn done() -> Self {
        v1::response::Result::Done(v1::Done {}).into()
    }
}

/// Performs one request of a user session. The parameters are checked first, with the same rules as in the client.
///
/// `Logout`, `RenewToken` and the binding of a PushID by token change the session itself and are the gateway's:
/// here they answer 6000013.
pub fn handle(tx: &mut dyn Tx, ctx: &mut Context<'_>, op: &Op) -> Answer<Reply> {
    error::settle(dispatch(tx, ctx, op))
}

fn dispatch(tx: &mut dyn Tx, ctx: &mut Context<'_>, op: &Op) -> Fallible<Reply> {
    validate::request(op)?;
    validate::not_to_self(ctx.user_id, op)?;
    match op {
        Op::SendMessage(request) => message::send(tx, ctx, request),
        Op::RevokeMessage(request) => revoke::revoke(tx, ctx, request),
        Op::QueryHistory(request) => message::history(tx, ctx, request),
        Op::ClearUnread(request) => conversation::clear_unread(tx, ctx, request),
        Op::ClearAllUnread(_) => conversation::clear_all_unread(tx, ctx),
        Op::SetNotificationStatus(request) => conversation::set_notification_status(tx, ctx, request),
        Op::QueryConversation(request) => conversation::query(tx, ctx, request),
        Op::CreateGroup(request) => group::create(tx, ctx, request),
        Op::JoinGroup(request) => group::join(tx, ctx, request),
        Op::InviteIntoGroup(request) => group::invite(tx, ctx, request),
        Op::LeaveGroup(request) => group::leave(tx, ctx, request),
        Op::DismissGroup(request) => group::dismiss(tx, ctx, request),
        Op::QueryGroup(request) => group::query(tx, ctx, request),
        Op::QueryGroupMembers(request) => group::query_members(tx, ctx, request),
        Op::CallInvite(request) => call::invite(tx, ctx, request),
        Op::CallCancel(request) => call::cancel(tx, ctx, request),
        Op::CallAccept(request) => call::accept(tx, ctx, request),
        Op::CallReject(request) => call::reject(tx, ctx, request),
        Op::CallingInvite(request) => call::calling_invite(tx, ctx, request),
        Op::CallQuit(request) => call::quit(tx, ctx, request),
        Op::CallEnd(request) => call::end(tx, ctx, request),
        Op::CallJoin(request) => call::join(tx, ctx, request),
        Op::QueryCalls(request) => call::query(tx, ctx, request),
        Op::UpdateUserBadge(request) => push::update_user_badge(tx, ctx, request.badge),
        Op::UpdatePushRule(request) => user::update_push_rule(tx, ctx, request),
        Op::RegisterPush(_) | Op::UnregisterPush(_) | Op::ReportBadge(_) => {
            let origin = push::Origin {
                now: ctx.now,
                app_id: ctx.app_id,
                device_id: ctx.device_id,
                platform: ctx.platform,
                user: Some(ctx.user),
            };
            push::perform(tx, &origin, op).map(|()| Reply::done())
        }
        Op::BindPush(_) | Op::UnbindPush(_) | Op::RenewToken(_) | Op::Logout(_) => Err(refused(
            ErrorCode::CommonModuleUnsupportedRequest,
            "is not a service operation of a user session",
        )),
    }
}
