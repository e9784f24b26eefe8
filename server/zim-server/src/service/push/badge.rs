//! Badges. The base is what the device reported last, or what was sent to it since; it is kept with the PushID.

use super::super::error::Fallible;
use super::super::{Context, Reply, user};
use super::decision::{self, Log};
use super::{intent_of, outcome, withdraw};
use crate::store::{Binding, PushJob, StoreError, Tx};
use zim_proto::v1::PushVendor;
use zim_proto::{PlatformType, limits};
use zim_push::model::{Intent, Subject};

/// The badge of a device that never reported one.
pub(super) const NEVER_REPORTED: i32 = -1;

/// What these pushes are about, in the delivery log.
const SUBJECT: &str = "badge";

/// How a push changes a badge.
pub(super) struct Change {
    /// Absolute badge after it; `None` where the base is not known.
    pub(super) badge: Option<u32>,
    /// For vendors that count themselves.
    pub(super) increment: u32,
}

/// `badgeIncrement` as the service counts it: 0 … 99.
pub(super) fn clamp(increment: i32) -> u32 {
    increment.clamp(0, limits::BADGE_INCREMENT_MAX).unsigned_abs()
}

/// Adds to a binding's base. `None`: the push carries no badge. An iPhone that never reported one is left alone; the
/// Android vendors add on the device and need no base.
pub(super) fn add(binding: &mut Binding, increment: u32) -> Option<Change> {
    let Ok(base) = u32::try_from(binding.registration.badge) else {
        let counts_itself = vendor(binding) != PushVendor::Apns;
        return counts_itself.then_some(Change { badge: None, increment });
    };
    let badge = (base + increment).min(limits::BADGE_MAX);
    binding.registration.badge = signed(badge);
    Some(Change { badge: Some(badge), increment })
}

/// Undoes [`add`] for a push that was never sent, unless the device has reported a smaller badge since.
pub(super) fn give_back(tx: &mut dyn Tx, job: &PushJob, intent: &Intent) -> Result<(), StoreError> {
    let (Some(badge), Some(increment)) = (intent.badge, intent.badge_increment) else { return Ok(()) };
    let Some(mut binding) = tx.binding(job.app_id, &job.push_id)? else { return Ok(()) };
    if increment == 0 || binding.user != Some(job.user) || binding.registration.badge < signed(badge) {
        return Ok(());
    }
    binding.registration.badge -= signed(increment);
    tx.put_binding(&binding)
}

/// `updateUserBadge`: a new base for the user's own offline mobile devices, and a badge-only push where the vendor has
/// one. Counts as a report of the device.
pub(in super::super) fn update_user_badge(
    tx: &mut dyn Tx,
    ctx: &mut Context<'_>,
    badge: u32,
) -> Fallible<Reply> {
    let me = user::existing(tx, ctx.user)?;
    let mut log = Log { now: ctx.now, app_id: ctx.app_id, user: &me, subject: SUBJECT.to_owned() };
    for mut binding in tx.bindings_of_user(ctx.user)? {
        if !is_mobile(binding.platform) || ctx.presence.is_live(ctx.user, &binding.device_id) {
            continue;
        }
        binding.registration.badge = signed(badge.min(limits::BADGE_MAX));
        tx.put_binding(&binding)?;
        if !sets_absolute_badge(vendor(&binding)) {
            let detail = "the vendor has no push that only sets the badge";
            log.no(tx, Some(&binding), outcome::NOT_SUPPORTED, detail)?;
            continue;
        }
        for job in tx.jobs_of_push_id(ctx.app_id, &binding.push_id)? {
            if intent_of(&job).is_some_and(|intent| intent.subject == Subject::Badge) {
                withdraw(tx, &job, ctx.now, outcome::SUPERSEDED, "a newer badge replaces it")?;
            }
        }
        let request_id = decision::request_id(ctx.rng);
        let detail = "the device has no connection".to_owned();
        log.row(tx, &request_id, Some(&binding), outcome::QUEUED, detail)?;
        tx.put_job(&PushJob {
            id: 0,
            app_id: ctx.app_id,
            request_id,
            push_id: binding.push_id,
            user: ctx.user,
            device_id: binding.device_id,
            event_seq: 0,
            due_at: ctx.now,
            expires_at: ctx.now + ctx.limits.message_push_ttl_ms,
            attempts: 0,
            intent: decision::encode(&Intent {
                subject: Subject::Badge,
                subject_id: SUBJECT.to_owned(),
                title: String::new(),
                content: String::new(),
                payload: String::new(),
                resources_id: String::new(),
                thread_id: String::new(),
                badge: Some(badge),
                badge_increment: None,
                call_id: String::new(),
                voip: None,
                template: None,
            }),
        })?;
    }
    Ok(Reply::done())
}

fn vendor(binding: &Binding) -> PushVendor {
    PushVendor::try_from(binding.registration.vendor).unwrap_or_default()
}

fn sets_absolute_badge(vendor: PushVendor) -> bool {
    matches!(vendor, PushVendor::Apns | PushVendor::Huawei | PushVendor::Harmonyos)
}

fn is_mobile(platform: i32) -> bool {
    use PlatformType::{Android, IPadOS, IPhoneOS, OHOS};
    PlatformType::from_value(platform)
        .is_some_and(|platform| matches!(platform, IPhoneOS | Android | IPadOS | OHOS))
}

fn signed(badge: u32) -> i32 {
    i32::try_from(badge).unwrap_or(i32::MAX)
}
