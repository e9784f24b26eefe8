//! Users with their devices and PushIDs.

use super::fault::Fault;
use super::{AppParameter, app_of};
use crate::hub::Hub;
use crate::service::{Presence as _, push};
use crate::store::{self, Binding, DeliveryLog, Device, StoreError, Tx, User};
use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use zim_proto::v1::PushEnvironment;
use zim_push::Vendor;

/// Users in one answer unless told otherwise.
const USERS: usize = 50;
/// And at most.
const MAX_USERS: usize = 200;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct UsersQuery {
    app_id: Option<u32>,
    #[serde(default)]
    search: String,
    #[serde(default)]
    after: String,
    limit: Option<usize>,
}

#[derive(Serialize)]
pub(super) struct UsersAnswer {
    users: Vec<UserEntry>,
    /// Give it as `after` for those behind; absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_after: Option<String>,
}

#[derive(Serialize)]
struct UserEntry {
    user_id: String,
    user_name: String,
    online: bool,
    has_logged_in: bool,
    /// UTC ms.
    created_at: i64,
}

impl UserEntry {
    fn new(hub: &Hub, user: User) -> Self {
        Self {
            online: !hub.registry.live_platforms(user.key).is_empty(),
            user_id: user.user_id,
            user_name: user.user_name,
            has_logged_in: user.has_logged_in,
            created_at: user.created_at,
        }
    }
}

pub(super) async fn users(
    State(hub): State<Arc<Hub>>,
    query: Result<Query<UsersQuery>, QueryRejection>,
) -> Result<Json<UsersAnswer>, Fault> {
    let Query(query) = query?;
    let app_id = app_of(&hub, query.app_id)?;
    let limit = query.limit.unwrap_or(USERS);
    if !(1..=MAX_USERS).contains(&limit) {
        return Err(Fault::bad("limit", format!("1 to {MAX_USERS}")));
    }
    let found = read(&hub, move |tx| tx.users(app_id, &query.search, &query.after, limit)).await?;
    let next_after = found.last().filter(|_| found.len() == limit).map(|user| user.user_id.clone());
    let users = found.into_iter().map(|user| UserEntry::new(&hub, user)).collect();
    Ok(Json(UsersAnswer { users, next_after }))
}

#[derive(Serialize)]
pub(super) struct FullUser {
    #[serde(flatten)]
    user: UserEntry,
    devices: Vec<DeviceEntry>,
    push_ids: Vec<PushId>,
}

#[derive(Serialize)]
struct DeviceEntry {
    device_id: String,
    platform: i32,
    online: bool,
    logged_in: bool,
    /// UTC ms.
    last_seen: i64,
}

impl DeviceEntry {
    fn new(hub: &Hub, device: Device) -> Self {
        Self {
            online: hub.registry.is_live(device.user, &device.device_id),
            device_id: device.device_id,
            platform: device.platform,
            logged_in: device.logged_in,
            last_seen: device.last_seen,
        }
    }
}

pub(super) async fn user(
    State(hub): State<Arc<Hub>>,
    Path(user_id): Path<String>,
    app: AppParameter,
) -> Result<Json<FullUser>, Fault> {
    let app_id = app_of(&hub, app?.app_id)?;
    let found = read(&hub, move |tx| {
        let Some(user) = tx.user(app_id, &user_id)? else { return Ok(None) };
        let (devices, bindings) = (tx.devices(user.key)?, tx.bindings_of_user(user.key)?);
        Ok(Some((user, devices, bindings)))
    });
    let (user, devices, bindings) = found.await?.ok_or_else(no_user)?;
    Ok(Json(FullUser {
        user: UserEntry::new(&hub, user),
        devices: devices.into_iter().map(|device| DeviceEntry::new(&hub, device)).collect(),
        push_ids: bindings.into_iter().map(PushId::from).collect(),
    }))
}

#[derive(Serialize)]
pub(super) struct PushIds {
    push_ids: Vec<PushId>,
}

/// A registration without the vendor's tokens.
#[derive(Serialize)]
pub(super) struct PushId {
    push_id: String,
    vendor: &'static str,
    environment: &'static str,
    bundle_id: String,
    app_type: u32,
    device_id: String,
    platform: i32,
    /// -1 = never reported.
    badge: i32,
    /// UTC ms.
    registered_at: i64,
    suspect_count: u32,
}

impl From<Binding> for PushId {
    fn from(binding: Binding) -> Self {
        let vendor = push::vendor(&binding).map(Vendor::word).unwrap_or_default();
        let registration = binding.registration;
        let sandbox = registration.environment() == PushEnvironment::Sandbox;
        Self {
            vendor,
            environment: if sandbox { "sandbox" } else { "production" },
            app_type: registration.app_type.max(1),
            badge: registration.badge,
            bundle_id: registration.bundle_id,
            push_id: binding.push_id,
            device_id: binding.device_id,
            platform: binding.platform,
            registered_at: binding.registered_at,
            suspect_count: binding.suspect_count,
        }
    }
}

pub(super) async fn push_ids(
    State(hub): State<Arc<Hub>>,
    Path(user_id): Path<String>,
    app: AppParameter,
) -> Result<Json<PushIds>, Fault> {
    let app_id = app_of(&hub, app?.app_id)?;
    let found = read(&hub, move |tx| {
        let user = tx.user(app_id, &user_id)?;
        user.map(|user| tx.bindings_of_user(user.key)).transpose()
    });
    let bindings = found.await?.ok_or_else(no_user)?;
    Ok(Json(PushIds { push_ids: bindings.into_iter().map(PushId::from).collect() }))
}

#[derive(Serialize)]
pub(super) struct BoundPushId {
    #[serde(flatten)]
    push_id: PushId,
    /// Empty: bound to nobody.
    user_id: String,
}

pub(super) async fn push_id(
    State(hub): State<Arc<Hub>>,
    Path(push_id): Path<String>,
    app: AppParameter,
) -> Result<Json<BoundPushId>, Fault> {
    let app_id = app_of(&hub, app?.app_id)?;
    let found = read(&hub, move |tx| bound(tx, app_id, &push_id)).await?;
    let (binding, user_id) = found.ok_or_else(no_push_id)?;
    Ok(Json(BoundPushId { push_id: binding.into(), user_id }))
}

/// The vendor's tokens of a PushID. Secrets.
#[derive(Serialize)]
pub(super) struct Revealed {
    token: String,
    voip_token: String,
}

pub(super) async fn reveal(
    State(hub): State<Arc<Hub>>,
    Path(push_id): Path<String>,
    app: AppParameter,
) -> Result<Json<Revealed>, Fault> {
    let app_id = app_of(&hub, app?.app_id)?;
    let clock = Arc::clone(&hub.clock);
    // One operation: nothing is revealed without a trace.
    let found = read(&hub, move |tx| {
        let Some((binding, user_id)) = bound(tx, app_id, &push_id)? else { return Ok(None) };
        tx.log_delivery(&trace(&binding, user_id, clock.now()))?;
        Ok(Some(binding.registration))
    });
    let registration = found.await?.ok_or_else(no_push_id)?;
    Ok(Json(Revealed { token: registration.token, voip_token: registration.voip_token }))
}

/// The row of the delivery log that a reveal leaves.
pub(super) fn trace(binding: &Binding, user_id: String, now: i64) -> DeliveryLog {
    DeliveryLog {
        id: 0,
        time: now,
        app_id: binding.app_id,
        request_id: String::new(),
        user_id,
        push_id: binding.push_id.clone(),
        subject: "reveal".to_owned(),
        stage: "admin".to_owned(),
        outcome: "revealed".to_owned(),
        detail: "the administrator was shown the vendor's token".to_owned(),
        vendor: push::vendor(binding).map(Vendor::word).unwrap_or_default().to_owned(),
        exchange: String::new(),
    }
}

/// A registration and whom it is bound to (empty: nobody).
pub(super) fn bound(
    tx: &mut dyn Tx,
    app_id: u32,
    push_id: &str,
) -> Result<Option<(Binding, String)>, StoreError> {
    let Some(binding) = tx.binding(app_id, push_id)? else { return Ok(None) };
    let user = binding.user.map(|key| tx.user_by_key(key)).transpose()?.flatten();
    Ok(Some((binding, user.map(|user| user.user_id).unwrap_or_default())))
}

/// Runs an operation that has nothing to refuse.
pub(super) async fn read<T: Default + Send + 'static>(
    hub: &Hub,
    mut operation: impl FnMut(&mut dyn Tx) -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    let done = store::execute::<T, (), _>(&*hub.store, move |tx| operation(tx).map(Ok));
    Ok(done.await?.unwrap_or_default())
}

fn no_user() -> Fault {
    Fault::missing("user_id", "no such user: was never registered and has never logged in")
}

pub(super) fn no_push_id() -> Fault {
    Fault::missing("push_id", "no device is registered with this PushID")
}
