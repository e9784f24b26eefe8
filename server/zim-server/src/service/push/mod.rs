//! Offline push: who is pushed, through which device channel, and what became of it.
//!
//! | Part | Subject |
//! |---|---|
//! | `decision` | recipient by recipient and device by device: job or reason why not |
//! | `registration` | PushIDs: registering, binding to a user, releasing |
//! | `badge` | badge arithmetic and `updateUserBadge` |
//! | `broadcast` | the push of a message to everybody |
//! | `dispatch` | the dispatcher's queue: claiming due jobs, learning from vendor answers |
//!
//! A job exists only with a reason in the delivery log, and so does every "no" to a message that asked for a push.

mod badge;
mod broadcast;
mod decision;
mod dispatch;
mod registration;

pub(super) use badge::update_user_badge;
pub(crate) use broadcast::Reach;
pub(super) use broadcast::broadcast;
pub(super) use decision::{Notice, notify, notify_only};
pub use dispatch::{claim, finish, still_wanted};
pub(crate) use dispatch::{target, vendor};
pub use registration::{Origin, handle};
pub(super) use registration::{
    check, perform, register, release_device, release_device_of_others, remove_device,
};

use crate::store::{DeliveryLog, PushJob, StoreError, Tx};
use zim_push::model::{Exchange, Intent, Subject, Vendor};

/// Words this service writes into the delivery log's `outcome` column; those about vendors come from `zim_push`. They are
/// part of the admin interface: add, never rename.
pub mod outcome {
    /// A job waits for the dispatcher: the device is offline.
    pub const QUEUED: &str = "queued";
    /// A job waits for the acknowledgement timeout: the device is connected.
    pub const AWAITING_ACK: &str = "awaiting_ack";
    /// The device acknowledged the event before the push was sent.
    pub const ACKNOWLEDGED: &str = "acknowledged";
    /// A broadcast for offline devices only: this one is connected.
    pub const CONNECTED: &str = "connected";
    /// The user never logged in.
    pub const NEVER_LOGGED_IN: &str = "never_logged_in";
    /// No PushID is bound to the user.
    pub const NO_BINDING: &str = "no_binding";
    /// The user muted the conversation.
    pub const DO_NOT_DISTURB: &str = "do_not_disturb";
    /// The user's own rule excludes this platform now.
    pub const USER_RULE: &str = "user_rule";
    /// It would come too late to be of use.
    pub const EXPIRED: &str = "expired";
    /// A call update for a user who was never sent the invitation's push.
    pub const NO_INVITE_PUSH: &str = "no_invite_push";
    /// The call needs no ringing any more.
    pub const CALL_OVER: &str = "call_over";
    /// The message was recalled.
    pub const REVOKED: &str = "revoked";
    /// A newer badge replaced this one.
    pub const SUPERSEDED: &str = "superseded";
    /// The vendor has no badge-only push.
    pub const NOT_SUPPORTED: &str = "not_supported";
    /// The PushID was released, or belongs to another user now.
    pub const UNBOUND: &str = "unbound";
    /// It was withdrawn between claiming and sending.
    pub const WITHDRAWN: &str = "withdrawn";
}

/// Stages of the delivery log.
mod stage {
    pub(super) const DECISION: &str = "decision";
    pub(super) const DISPATCH: &str = "dispatch";
}

/// Removes a job before it was sent, for a reason that is logged. An acknowledged event gives its badge increment back, as
/// the app on the device counts it itself; so does a recalled message, which counts no more.
pub(super) fn withdraw(
    tx: &mut dyn Tx,
    job: &PushJob,
    now: i64,
    outcome: &str,
    detail: &str,
) -> Result<(), StoreError> {
    tx.remove_job(job.id)?;
    let intent = intent_of(job);
    if let Some(intent) = &intent
        && matches!(outcome, outcome::ACKNOWLEDGED | outcome::REVOKED)
        && job.attempts == 0
    {
        badge::give_back(tx, job, intent)?;
    }
    let vendor = tx.binding(job.app_id, &job.push_id)?.as_ref().and_then(vendor);
    let step = Step { stage: stage::DECISION, outcome, detail: detail.to_owned(), vendor, exchange: None };
    log_job(tx, job, intent.as_ref(), now, step)
}

/// Withdraws what still waits to be pushed about a message.
pub(super) fn withdraw_message(
    tx: &mut dyn Tx,
    app_id: u32,
    message_id: u64,
    now: i64,
) -> Result<(), StoreError> {
    for job in tx.jobs_about(app_id, &decision::message_subject(message_id))? {
        withdraw(tx, &job, now, outcome::REVOKED, "the message was recalled")?;
    }
    Ok(())
}

/// Withdraws the invitation push of a call for one PushID. `true`: it existed and had never been claimed, so that the
/// device does not ring.
pub(super) fn withdraw_invite(
    tx: &mut dyn Tx,
    app_id: u32,
    push_id: &str,
    call_id: &str,
    now: i64,
    outcome: &str,
    detail: &str,
) -> Result<bool, StoreError> {
    for job in tx.jobs_of_push_id(app_id, push_id)? {
        let ours = intent_of(&job)
            .is_some_and(|intent| intent.subject == Subject::CallInvite && intent.call_id == call_id);
        if ours {
            withdraw(tx, &job, now, outcome, detail)?;
            return Ok(job.attempts == 0);
        }
    }
    Ok(false)
}

/// What a stored job shows. Jobs are written by this service only; an unreadable one is dropped by the dispatcher.
fn intent_of(job: &PushJob) -> Option<Intent> {
    serde_json::from_str(&job.intent).ok()
}

/// What happened to a job, for its row in the log.
struct Step<'a> {
    stage: &'a str,
    outcome: &'a str,
    detail: String,
    vendor: Option<Vendor>,
    exchange: Option<&'a Exchange>,
}

fn log_job(
    tx: &mut dyn Tx,
    job: &PushJob,
    intent: Option<&Intent>,
    now: i64,
    step: Step<'_>,
) -> Result<(), StoreError> {
    let user_id = tx.user_by_key(job.user)?.map(|user| user.user_id).unwrap_or_default();
    tx.log_delivery(&DeliveryLog {
        id: 0,
        time: now,
        app_id: job.app_id,
        request_id: job.request_id.clone(),
        user_id,
        push_id: job.push_id.clone(),
        subject: intent.map(|intent| intent.subject_id.clone()).unwrap_or_default(),
        stage: step.stage.to_owned(),
        outcome: step.outcome.to_owned(),
        detail: step.detail,
        vendor: step.vendor.map(Vendor::word).unwrap_or_default().to_owned(),
        exchange: step.exchange.map(encode_exchange).unwrap_or_default(),
    })
}

/// An exchange as a row of the log holds it.
pub(crate) fn encode_exchange(exchange: &Exchange) -> String {
    serde_json::to_string(exchange).expect("an exchange is plain data")
}
