//! PushIDs: a device registers its vendor channel, a login binds it to a user, a logout releases it.
//!
//! A device has one PushID (a new token replaces the old registration) and a PushID at most one user: the last login
//! wins. Jobs that wait for somebody else's eyes are withdrawn whenever a PushID changes hands.

use super::super::error::{self, Answer, Fallible, invalid, refused};
use super::badge::NEVER_REPORTED;
use super::{outcome, withdraw};
use crate::store::{Binding, StoreError, Tx, UserKey};
use zim_proto::v1::{PushRegistration, request::Op};
use zim_proto::{ErrorCode, push_id, validate};

/// The device a push operation comes from.
#[derive(Debug, Clone, Copy)]
pub struct Origin<'a> {
    /// UTC in milliseconds.
    pub now: i64,
    /// App.
    pub app_id: u32,
    /// 32 hex digits.
    pub device_id: &'a str,
    /// `ZIMPlatformType`.
    pub platform: i32,
    /// The logged-in user; `None` in a device session.
    pub user: Option<UserKey>,
}

/// Performs a request of a device session: `RegisterPush`, `UnregisterPush`, `ReportBadge`, `BindPush`, `UnbindPush`.
/// Whether the token of a `BindPush` proves the user is for the gateway to check *before*. Other requests: 6000121.
pub fn handle(tx: &mut dyn Tx, origin: &Origin<'_>, op: &Op) -> Answer<()> {
    error::settle(validate::request(op).map_err(Into::into).and_then(|()| perform(tx, origin, op)))
}

pub(in super::super) fn perform(tx: &mut dyn Tx, origin: &Origin<'_>, op: &Op) -> Fallible<()> {
    match op {
        Op::RegisterPush(request) => match &request.registration {
            Some(registration) => register(tx, origin, registration),
            None => Err(invalid("registration", "is missing")),
        },
        Op::UnregisterPush(request) => {
            if let Some(binding) = own(tx, origin, &request.push_id)? {
                remove(tx, &binding, origin.now, "the device unregistered")?;
            }
            Ok(())
        }
        Op::ReportBadge(request) => {
            let Some(mut binding) = own(tx, origin, &request.push_id)? else { return Err(unknown()) };
            // Counts only between login and logout, so that one user's badge is not the next one's base.
            if binding.user.is_some() {
                binding.registration.badge = i32::try_from(request.badge).unwrap_or(i32::MAX);
                tx.put_binding(&binding)?;
            }
            Ok(())
        }
        Op::BindPush(request) => {
            let Some(binding) = own(tx, origin, &request.push_id)? else { return Err(unknown()) };
            let Some(user) = tx.user(origin.app_id, &request.user_id)? else {
                return Err(refused(ErrorCode::CommonModuleUserIsNotExist, "the user has never logged in"));
            };
            bind(tx, binding, user.key, origin.now)?;
            Ok(())
        }
        Op::UnbindPush(request) => {
            let Some(binding) = own(tx, origin, &request.push_id)? else { return Err(unknown()) };
            let user = tx.user(origin.app_id, &request.user_id)?.map(|user| user.key);
            if user.is_some() && binding.user == user {
                release(tx, binding, origin.now, "the app unbound the user")?;
            }
            Ok(())
        }
        _ => Err(refused(ErrorCode::NetworkModuleUserIsNotLogged, "needs a logged-in user")),
    }
}

/// Stores a registration and binds it to the origin's user, if there is one.
pub(in super::super) fn register(
    tx: &mut dyn Tx,
    origin: &Origin<'_>,
    registration: &PushRegistration,
) -> Fallible<()> {
    check(tx, origin.app_id, registration)?;
    for former in tx.bindings_of_device(origin.app_id, origin.device_id)? {
        if former.push_id != registration.push_id {
            remove(tx, &former, origin.now, "a new token replaced the registration")?;
        }
    }
    let former = tx.binding(origin.app_id, &registration.push_id)?;
    if validate::is_reference(registration) {
        return former.map_or(Ok(()), |former| adopt(tx, origin, former));
    }
    let same_device = former.as_ref().filter(|former| former.device_id == origin.device_id);
    // Without a login a device keeps whom it belongs to; the same token on a new installation starts afresh.
    let user = origin.user.or_else(|| same_device.and_then(|former| former.user));
    let mut registration = registration.clone();
    if let Some(former) = &former {
        if former.user == user {
            if registration.badge == NEVER_REPORTED {
                registration.badge = former.registration.badge;
            }
        } else {
            withdraw_all(tx, former, origin.now, "the PushID changed hands")?;
        }
    }
    tx.put_binding(&Binding {
        app_id: origin.app_id,
        push_id: registration.push_id.clone(),
        registration,
        device_id: origin.device_id.to_owned(),
        platform: origin.platform,
        user,
        registered_at: origin.now,
        suspect_count: 0,
    })?;
    Ok(())
}

/// 6000401 unless the PushID is the one these values give or, if it is only named, one that somebody registered.
pub(in super::super) fn check(tx: &mut dyn Tx, app_id: u32, registration: &PushRegistration) -> Fallible<()> {
    let code = ErrorCode::ZpnsModulePushIDInvalid;
    if validate::is_reference(registration) {
        return match tx.binding(app_id, &registration.push_id)? {
            Some(_) => Ok(()),
            None => Err(refused(code, "no device registered this PushID")),
        };
    }
    if registration.push_id == push_id::derive(app_id, registration) {
        return Ok(());
    }
    Err(refused(code, "the PushID does not belong to this registration"))
}

/// Takes over a registration that another client of the same device made and that this one only names. Who knows a PushID
/// was given it by the device: it is a hash of the vendor's token.
fn adopt(tx: &mut dyn Tx, origin: &Origin<'_>, mut binding: Binding) -> Fallible<()> {
    let user = origin.user.or(binding.user);
    if binding.user != user {
        withdraw_all(tx, &binding, origin.now, "the PushID changed hands")?;
        binding.registration.badge = NEVER_REPORTED;
    }
    origin.device_id.clone_into(&mut binding.device_id);
    binding.user = user;
    Ok(tx.put_binding(&binding)?)
}

/// Releases what a device of `user` has bound (logout, kick-out). The registrations stay, without a badge.
pub(in super::super) fn release_device(
    tx: &mut dyn Tx,
    app_id: u32,
    device_id: &str,
    user: UserKey,
    now: i64,
    why: &str,
) -> Result<(), StoreError> {
    for binding in tx.bindings_of_device(app_id, device_id)? {
        if binding.user == Some(user) {
            release(tx, binding, now, why)?;
        }
    }
    Ok(())
}

/// Releases what a device has bound to anybody but `user`, who just logged in on it.
pub(in super::super) fn release_device_of_others(
    tx: &mut dyn Tx,
    app_id: u32,
    device_id: &str,
    user: UserKey,
    now: i64,
) -> Result<(), StoreError> {
    for binding in tx.bindings_of_device(app_id, device_id)? {
        if binding.user.is_some_and(|bound| bound != user) {
            release(tx, binding, now, "another user logged in on the device")?;
        }
    }
    Ok(())
}

/// Deletes the registrations of a device that has none any more.
pub(in super::super) fn remove_device(
    tx: &mut dyn Tx,
    app_id: u32,
    device_id: &str,
    now: i64,
) -> Result<(), StoreError> {
    for binding in tx.bindings_of_device(app_id, device_id)? {
        remove(tx, &binding, now, "the device has no registration any more")?;
    }
    Ok(())
}

/// Deletes a registration with its jobs.
pub(super) fn remove(tx: &mut dyn Tx, binding: &Binding, now: i64, why: &str) -> Result<(), StoreError> {
    withdraw_all(tx, binding, now, why)?;
    tx.remove_binding(binding.app_id, &binding.push_id)
}

fn bind(tx: &mut dyn Tx, mut binding: Binding, user: UserKey, now: i64) -> Result<(), StoreError> {
    if binding.user == Some(user) {
        return Ok(());
    }
    withdraw_all(tx, &binding, now, "the PushID changed hands")?;
    binding.user = Some(user);
    binding.registration.badge = NEVER_REPORTED;
    tx.put_binding(&binding)
}

fn release(tx: &mut dyn Tx, mut binding: Binding, now: i64, why: &str) -> Result<(), StoreError> {
    withdraw_all(tx, &binding, now, why)?;
    binding.user = None;
    binding.registration.badge = NEVER_REPORTED;
    tx.put_binding(&binding)
}

fn withdraw_all(tx: &mut dyn Tx, binding: &Binding, now: i64, why: &str) -> Result<(), StoreError> {
    for job in tx.jobs_of_push_id(binding.app_id, &binding.push_id)? {
        withdraw(tx, &job, now, outcome::UNBOUND, why)?;
    }
    Ok(())
}

/// A registration of the asking device. Others' PushIDs are none of its business: they answer like unknown ones.
fn own(tx: &mut dyn Tx, origin: &Origin<'_>, push_id: &str) -> Result<Option<Binding>, StoreError> {
    Ok(tx.binding(origin.app_id, push_id)?.filter(|binding| binding.device_id == origin.device_id))
}

fn unknown() -> error::Fail {
    refused(ErrorCode::ZpnsModulePushIDInvalid, "this device has no such PushID")
}
