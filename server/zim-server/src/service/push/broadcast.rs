//! The push of a message to all users: device by device, without an inbox event to acknowledge.

use super::super::Context;
use super::decision::{self, Log};
use super::outcome;
use crate::store::{PushJob, StoreError, Tx};
use zim_proto::v1::PushConfig;
use zim_push::model::Subject;

/// Which bound devices get the push (`PushType` 1 and 2 of `SendMessageToAllUsers`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// Those without a connection.
    Offline,
    /// All.
    Everybody,
}

/// Queues the push for up to `count` bound devices whose PushID comes after `after`. Answers the last PushID looked at, or
/// `None` at the end. What a user muted or excluded concerns conversations, which this is not; the push rule by platform
/// counts.
pub(in super::super) fn broadcast(
    tx: &mut dyn Tx,
    ctx: &mut Context<'_>,
    config: &PushConfig,
    message_id: u64,
    reach: Reach,
    after: &str,
    count: usize,
) -> Result<Option<String>, StoreError> {
    let bindings = tx.bound(ctx.app_id, after, count)?;
    let next = if bindings.len() == count { bindings.last().map(|last| last.push_id.clone()) } else { None };
    let subject = format!("broadcast:{message_id}");
    let intent =
        decision::encode(&decision::intent(config, Subject::Message, subject.clone(), String::new()));
    for binding in bindings {
        let Some(key) = binding.user else { continue };
        let Some(user) = tx.user_by_key(key)? else { continue };
        let mut log = Log { now: ctx.now, app_id: ctx.app_id, user: &user, subject: subject.clone() };
        if reach == Reach::Offline && ctx.presence.is_live(key, &binding.device_id) {
            let detail = "the device is connected and gets the broadcast itself";
            log.no(tx, Some(&binding), outcome::CONNECTED, detail)?;
            continue;
        }
        if decision::silenced_platforms(&user.push_rule, ctx, key).contains(&binding.platform) {
            let detail = "the user's offline-push rule excludes this platform while another one is online";
            log.no(tx, Some(&binding), outcome::USER_RULE, detail)?;
            continue;
        }
        let request_id = decision::request_id(ctx.rng);
        log.row(tx, &request_id, Some(&binding), outcome::QUEUED, "a message to all users".to_owned())?;
        tx.put_job(&PushJob {
            id: 0,
            app_id: ctx.app_id,
            request_id,
            push_id: binding.push_id,
            user: key,
            device_id: binding.device_id,
            event_seq: 0,
            due_at: ctx.now,
            expires_at: ctx.now + ctx.limits.message_push_ttl_ms,
            attempts: 0,
            intent: intent.clone(),
        })?;
    }
    Ok(next)
}
