//! User sessions: login with the multi-device policy, acknowledgements, and the ways a session ends.

use super::error::{self, Answer, Fail, Fallible, refused};
use super::push::{self, outcome};
use super::{Context, DevicePolicy, Limits, call, conversation, user};
use crate::store::{Device, StoreError, Tx, User, UserKey};
use zim_proto::{ErrorCode, PlatformType, v1, validate};

/// What a login gives.
#[derive(Debug, Clone, PartialEq)]
pub struct Opened {
    /// The user, registered by this login if it was the first.
    pub key: UserKey,
    /// The user's data.
    pub user: v1::UserInfo,
    /// Streaming starts after this inbox sequence.
    pub cursor: u64,
    /// Epoch the cursor belongs to.
    pub epoch: u64,
    /// Head of the inbox that all of the following agrees with.
    pub head: u64,
    /// The device starts at `conversations` instead of a cursor of its own: it is new, or its cursor is of another epoch,
    /// beyond the head, or so old that events after it are no longer kept.
    pub fresh: bool,
    /// State of all conversations, only if `fresh`.
    pub conversations: Vec<v1::ConversationState>,
    /// Running calls in which the user rings or takes part.
    pub active_calls: Vec<v1::Call>,
    /// The user's offline-push rule.
    pub push_rule: v1::PushRule,
    /// Devices of the user that this login kicks out, earliest login first. Their sessions get "kicked out".
    pub kicked: Vec<String>,
}

/// Why a session ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CloseReason {
    /// The user logged out: no push to this device any more.
    Logout,
    /// Another login took this device's place. [`open`] has done it for the devices it returns; this is for kicks by
    /// the operator.
    KickedOut,
    /// The connection is gone, the login is not: the device keeps its pushes.
    Lost,
}

/// Logs a user in on a device, registering the user at the first login ever.
///
/// A device that resumes by itself after it was kicked out is refused with 6000122, so that two devices do not kick each
/// other for ever: the gateway says goodbye with "kicked out". [`Context::user`] is ignored.
pub fn open(tx: &mut dyn Tx, ctx: &mut Context<'_>, request: &v1::UserSession) -> Answer<Opened> {
    error::settle(try_open(tx, ctx, request))
}

/// Ends a session. See [`CloseReason`] for what that means for pushes; a logout also cancels what this device's call
/// rings (the server tells nobody to answer a caller who left).
pub fn close(tx: &mut dyn Tx, ctx: &Context<'_>, reason: CloseReason) -> Result<(), StoreError> {
    let Some(device) = tx.device(ctx.user, ctx.device_id)? else { return Ok(()) };
    match reason {
        CloseReason::Lost => {
            tx.put_device(&Device { last_seen: ctx.now, ..device })?;
            Ok(())
        }
        CloseReason::Logout => log_out(tx, ctx.app_id, device, ctx.now, "the user logged out", ctx.limits),
        CloseReason::KickedOut => {
            log_out(tx, ctx.app_id, device, ctx.now, "the device was kicked out", ctx.limits)
        }
    }
}

/// The device has stored everything up to `seq`: pushes that wait for that are withdrawn, and invitations among it count
/// as received.
pub fn acked(tx: &mut dyn Tx, ctx: &Context<'_>, seq: u64) -> Result<(), StoreError> {
    let Some(mut device) = tx.device(ctx.user, ctx.device_id)? else { return Ok(()) };
    // A cursor beyond the inbox would withdraw pushes for events that are yet to come.
    let seq = seq.min(tx.inbox_head(ctx.user)?);
    if seq <= device.cursor {
        return Ok(());
    }
    device.cursor = seq;
    tx.put_device(&device)?;
    stored(tx, ctx, seq)
}

/// What follows from a device having everything up to `seq`.
fn stored(tx: &mut dyn Tx, ctx: &Context<'_>, seq: u64) -> Result<(), StoreError> {
    call::received(tx, ctx, seq)?;
    for job in tx.jobs_acknowledged(ctx.user, ctx.device_id, seq)? {
        push::withdraw(tx, &job, ctx.now, outcome::ACKNOWLEDGED, "the device acknowledged the event first")?;
    }
    Ok(())
}

fn try_open(tx: &mut dyn Tx, ctx: &mut Context<'_>, request: &v1::UserSession) -> Fallible<Opened> {
    let known = tx.user(ctx.app_id, &request.user_id)?;
    let device = match &known {
        Some(user) => tx.device(user.key, ctx.device_id)?,
        None => None,
    };
    if request.resume && device.as_ref().is_some_and(|device| !device.logged_in) {
        let code = ErrorCode::NetworkModuleUserHasAlreadyLoggedOut;
        return Err(refused(code, "another device has taken this device's place"));
    }
    let push = known_push(tx, ctx, request)?;
    let me = put_user(tx, ctx, request, known)?;
    let resumes = request.resume && device.is_some();
    let logged_in_at = device.as_ref().filter(|_| resumes).map_or(ctx.now, |device| device.logged_in_at);
    let kicked = kick_others(tx, ctx, &me)?;
    bind_push(tx, ctx, &me, push)?;

    let epoch = tx.inbox_epoch()?;
    let before = tx.inbox_head(me.key)?;
    // Behind what is kept, the stream would begin with a gap.
    let fresh = request.inbox_epoch != epoch
        || request.cursor > before
        || request.cursor < tx.inbox_trimmed(me.key)?;
    let cursor = if fresh { before } else { request.cursor };
    tx.put_device(&Device {
        key: device.as_ref().map_or(0, |device| device.key),
        user: me.key,
        device_id: ctx.device_id.to_owned(),
        platform: ctx.platform,
        cursor,
        last_seen: ctx.now,
        logged_in_at,
        logged_in: true,
    })?;
    // The cursor acknowledges, and a fresh device gets the invitations with the answer to its login.
    let session = Context { user: me.key, user_id: &me.user_id, rng: &mut *ctx.rng, ..*ctx };
    stored(tx, &session, cursor)?;
    let head = tx.inbox_head(me.key)?;
    let conversations =
        if fresh { conversation::snapshot(tx, me.key, &me.user_id, ctx.limits)? } else { Vec::new() };
    Ok(Opened {
        key: me.key,
        cursor: if fresh { head } else { request.cursor },
        epoch,
        head,
        fresh,
        conversations,
        active_calls: call::active(tx, me.key)?,
        user: user::info(&me),
        push_rule: me.push_rule,
        kicked,
    })
}

/// The user's row after this login. An empty name or status keeps the stored one.
fn put_user(
    tx: &mut dyn Tx,
    ctx: &Context<'_>,
    request: &v1::UserSession,
    known: Option<User>,
) -> Result<User, StoreError> {
    let Some(before) = known else {
        return tx.create_user(User {
            key: 0,
            app_id: ctx.app_id,
            user_id: request.user_id.clone(),
            user_name: request.user_name.clone(),
            avatar_url: String::new(),
            extended_data: String::new(),
            custom_status: request.custom_status.clone(),
            push_rule: v1::PushRule::default(),
            created_at: ctx.now,
            has_logged_in: true,
        });
    };
    let mut after = before.clone();
    after.has_logged_in = true;
    if !request.user_name.is_empty() {
        after.user_name.clone_from(&request.user_name);
    }
    if !request.custom_status.is_empty() {
        after.custom_status.clone_from(&request.custom_status);
    }
    if after != before {
        tx.update_user(&after)?;
    }
    Ok(after)
}

/// Applies the multi-device policy: logs out the earliest of the user's other devices that share this one's quota.
fn kick_others(tx: &mut dyn Tx, ctx: &Context<'_>, me: &User) -> Result<Vec<String>, StoreError> {
    let web = is_web(ctx.platform);
    let policy = ctx.limits.devices;
    let room = match policy {
        DevicePolicy::Single | DevicePolicy::Dual => 0,
        DevicePolicy::Multi if web => ctx.limits.web_devices.saturating_sub(1),
        DevicePolicy::Multi => ctx.limits.native_devices.saturating_sub(1),
    };
    let mut others: Vec<Device> = tx
        .devices(me.key)?
        .into_iter()
        .filter(|other| other.logged_in && other.device_id != ctx.device_id)
        .filter(|other| policy == DevicePolicy::Single || is_web(other.platform) == web)
        .collect();
    others.sort_by_key(|other| (other.logged_in_at, other.key));
    others.truncate(others.len().saturating_sub(room));
    let mut kicked = Vec::with_capacity(others.len());
    for other in others {
        kicked.push(other.device_id.clone());
        log_out(tx, ctx.app_id, other, ctx.now, "the device was kicked out by another login", ctx.limits)?;
    }
    Ok(kicked)
}

/// What the device has registered. A PushID that is only named and unknown here is no reason to refuse a login: the user
/// is then simply not pushed to on this device.
fn known_push<'a>(
    tx: &mut dyn Tx,
    ctx: &Context<'_>,
    request: &'a v1::UserSession,
) -> Fallible<Option<&'a v1::PushRegistration>> {
    let Some(registration) = &request.push else { return Ok(None) };
    match push::check(tx, ctx.app_id, registration) {
        Ok(()) => Ok(Some(registration)),
        Err(Fail::Refused(_)) if validate::is_reference(registration) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Binds what the device registered to the user who logs in on it now; nobody else keeps it.
fn bind_push(
    tx: &mut dyn Tx,
    ctx: &Context<'_>,
    me: &User,
    registration: Option<&v1::PushRegistration>,
) -> Fallible<()> {
    push::release_device_of_others(tx, ctx.app_id, ctx.device_id, me.key, ctx.now)?;
    let Some(registration) = registration else {
        // The device says with every login what it has registered: nothing.
        return Ok(push::remove_device(tx, ctx.app_id, ctx.device_id, ctx.now)?);
    };
    let origin = push::Origin {
        now: ctx.now,
        app_id: ctx.app_id,
        device_id: ctx.device_id,
        platform: ctx.platform,
        user: Some(me.key),
    };
    push::register(tx, &origin, registration)
}

fn log_out(
    tx: &mut dyn Tx,
    app_id: u32,
    device: Device,
    now: i64,
    why: &str,
    limits: &Limits,
) -> Result<(), StoreError> {
    let device = Device { logged_in: false, last_seen: now, ..device };
    tx.put_device(&device)?;
    push::release_device(tx, app_id, &device.device_id, device.user, now, why)?;
    call::caller_lost(tx, now, app_id, device.user, &device.device_id, limits)
}

fn is_web(platform: i32) -> bool {
    PlatformType::from_value(platform) == Some(PlatformType::Web)
}
