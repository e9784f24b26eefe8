//! The dispatcher's durable queue (`zim_push::JobSource`), one transaction per step.

use super::{Step, intent_of, log_job, outcome, registration, stage};
use crate::store::{Binding, DeliveryLogQuery, PushJob, StoreError, Tx};
use zim_proto::Subscription;
use zim_proto::v1::{PushEnvironment, PushVendor};
use zim_push::job::{ClaimedJob, Disposition, Feedback, JobResult, Standing};
use zim_push::model::{Environment, Target, Vendor};

/// Rows looked through for the moment a retried push was decided.
const LOG_ROWS: usize = 100;

/// Claims at most `limit` due jobs until `lease_until`: what nobody [`finish`]es by then (a crash) is handed out again.
///
/// The store counts a try from here on, so that a crash uses one up; jobs whose PushID is not bound to the user any
/// more are dropped with a line in the log.
pub fn claim(
    tx: &mut dyn Tx,
    now: i64,
    lease_until: i64,
    limit: usize,
) -> Result<Vec<ClaimedJob>, StoreError> {
    let mut claimed = Vec::new();
    for job in tx.claim_jobs(now, lease_until, limit)? {
        let intent = intent_of(&job);
        let binding = tx.binding(job.app_id, &job.push_id)?.filter(|binding| binding.user == Some(job.user));
        let (Some(target), Some(intent)) = (binding.as_ref().and_then(target), &intent) else {
            tx.remove_job(job.id)?;
            let detail = "the PushID is not bound to the user any more".to_owned();
            let vendor = binding.as_ref().and_then(vendor);
            let step =
                Step { stage: stage::DISPATCH, outcome: outcome::UNBOUND, detail, vendor, exchange: None };
            log_job(tx, &job, intent.as_ref(), now, step)?;
            continue;
        };
        let created_at = decided_at(tx, &job)?;
        tx.put_job(&PushJob { attempts: job.attempts + 1, due_at: lease_until, ..job.clone() })?;
        claimed.push(ClaimedJob {
            id: job.id,
            request_id: job.request_id,
            target,
            intent: intent.clone(),
            attempts: job.attempts,
            created_at,
            expires_at: job.expires_at,
        });
    }
    Ok(claimed)
}

/// Whether a claimed job still has a reason: it was not withdrawn and the PushID belongs to the same user.
pub fn still_wanted(tx: &mut dyn Tx, claimed: &ClaimedJob) -> Result<Standing, StoreError> {
    let Some(job) = tx.job(claimed.id)? else {
        let why = "it was withdrawn while it waited for its vendor; the row before tells why".to_owned();
        return Ok(Standing::Withdrawn { outcome: outcome::WITHDRAWN, why });
    };
    let bound = tx.binding(job.app_id, &job.push_id)?.is_some_and(|binding| binding.user == Some(job.user));
    if bound {
        return Ok(Standing::Wanted);
    }
    let why = "the PushID is not bound to the user any more".to_owned();
    Ok(Standing::Withdrawn { outcome: outcome::UNBOUND, why })
}

/// Stores what became of a claimed job: removes or reschedules it, judges the binding, writes the log.
///
/// A binding goes only for what a vendor said about its *token*, and not if the token was registered again since. A job
/// that was withdrawn meanwhile is not brought back.
pub fn finish(tx: &mut dyn Tx, claimed: &ClaimedJob, result: &JobResult, now: i64) -> Result<(), StoreError> {
    let Some(job) = tx.job(claimed.id)? else {
        // Withdrawn, or a repetition of this call. The answer about the token counts all the same.
        return judge(tx, claimed, result.feedback, now);
    };
    for line in &result.log {
        let step = Step {
            stage: line.stage,
            outcome: line.outcome,
            detail: line.detail.clone(),
            vendor: Some(claimed.target.vendor),
            exchange: line.exchange.as_ref(),
        };
        log_job(tx, &job, Some(&claimed.intent), now, step)?;
    }
    match result.disposition {
        Disposition::Done => tx.remove_job(job.id)?,
        Disposition::Again { due_at, attempts } => {
            tx.put_job(&PushJob { due_at, attempts, ..job })?;
        }
    }
    judge(tx, claimed, result.feedback, now)
}

fn judge(tx: &mut dyn Tx, claimed: &ClaimedJob, feedback: Feedback, now: i64) -> Result<(), StoreError> {
    if feedback == Feedback::None {
        return Ok(());
    }
    let Some(binding) = tx.binding(claimed.target.app_id, &claimed.target.push_id)? else { return Ok(()) };
    match feedback {
        Feedback::TokenWorks if binding.suspect_count > 0 => {
            tx.put_binding(&Binding { suspect_count: 0, ..binding })
        }
        Feedback::TokenDead { registered_before } if binding.registered_at < registered_before => {
            registration::remove(tx, &binding, now, "the vendor says the token is dead")
        }
        Feedback::TokenSuspect { limit } if binding.suspect_count + 1 >= limit => {
            registration::remove(tx, &binding, now, "the vendor doubted the token several times in a row")
        }
        Feedback::TokenSuspect { .. } => {
            tx.put_binding(&Binding { suspect_count: binding.suspect_count + 1, ..binding })
        }
        Feedback::None | Feedback::TokenWorks | Feedback::TokenDead { .. } => Ok(()),
    }
}

/// When the push was decided: at its first try that is when it became due, later the oldest row of its log tells.
fn decided_at(tx: &mut dyn Tx, job: &PushJob) -> Result<i64, StoreError> {
    if job.attempts == 0 {
        return Ok(job.due_at);
    }
    let request_id = Some(job.request_id.clone());
    let query = DeliveryLogQuery { request_id, limit: LOG_ROWS, ..DeliveryLogQuery::default() };
    Ok(tx.delivery_log(job.app_id, &query)?.last().map_or(job.due_at, |row| row.time))
}

/// Whose pushes a registration takes. `None`: a vendor that this service does not know.
pub(crate) fn vendor(binding: &Binding) -> Option<Vendor> {
    Some(match PushVendor::try_from(binding.registration.vendor).ok()? {
        PushVendor::Apns => Vendor::Apns,
        PushVendor::Fcm => Vendor::Fcm,
        PushVendor::Huawei => Vendor::Huawei,
        PushVendor::Xiaomi => Vendor::Xiaomi,
        PushVendor::Oppo => Vendor::Oppo,
        PushVendor::Vivo => Vendor::Vivo,
        PushVendor::Harmonyos => Vendor::HarmonyOs,
        // A browser that registered through Firebase has a token of Firebase's.
        PushVendor::Web if !Subscription::is_meant(&binding.registration.token) => Vendor::Fcm,
        PushVendor::Web => Vendor::Web,
        PushVendor::Unspecified => return None,
    })
}

/// Where a registration's pushes go. `None`: a vendor that this service does not know.
pub(crate) fn target(binding: &Binding) -> Option<Target> {
    let registration = &binding.registration;
    let sandbox = registration.environment == PushEnvironment::Sandbox as i32;
    Some(Target {
        app_id: binding.app_id,
        push_id: binding.push_id.clone(),
        vendor: vendor(binding)?,
        token: registration.token.clone(),
        voip_token: registration.voip_token.clone(),
        environment: if sandbox { Environment::Sandbox } else { Environment::Production },
        bundle_id: registration.bundle_id.clone(),
        app_type: registration.app_type.max(1),
        registered_at: binding.registered_at,
    })
}
