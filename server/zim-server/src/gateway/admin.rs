//! The administration interface: looking up PushIDs, reading the delivery log, debug pushes.
//!
//! Every call carries the admin token as `Authorization: Bearer`. There are no cookies, so that no page a browser shows
//! can act for somebody who is logged in elsewhere.

use crate::hub::Hub;
use crate::service::push;
use crate::store::{self, Binding, DeliveryLog, DeliveryLogQuery, StoreError};
use axum::extract::rejection::{JsonRejection, QueryRejection};
use axum::extract::{Path, Query, Request, State};
use axum::http::header::{AUTHORIZATION, CACHE_CONTROL, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router, middleware};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use subtle::ConstantTimeEq as _;
use zim_proto::v1::{PushConfig, PushEnvironment};
use zim_proto::{push_id, validate};
use zim_push::{Intent, Stage, Subject};

/// Rows of the delivery log in one answer unless fewer are asked for.
const LOG_ROWS: usize = 100;
/// And at most.
const MAX_LOG_ROWS: usize = 1_000;

pub(super) fn router(hub: &Arc<Hub>) -> Router<Arc<Hub>> {
    Router::new()
        .route("/apps", get(apps))
        .route("/push/debug", post(debug_push))
        .route("/push/log", get(push_log))
        .route("/users/{user_id}/push-ids", get(push_ids))
        .layer(middleware::from_fn_with_state(Arc::clone(hub), authorize))
}

async fn authorize(State(hub): State<Arc<Hub>>, request: Request, next: Next) -> Response {
    let given = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let given = given.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default();
    let expected = hub.config.admin_token.as_bytes();
    if expected.is_empty() || !bool::from(given.as_bytes().ct_eq(expected)) {
        tracing::warn!(path = request.uri().path(), "administration refused");
        let challenge = [(WWW_AUTHENTICATE, "Bearer")];
        let fault = Fault::new(StatusCode::UNAUTHORIZED, "", "the admin token is missing or wrong");
        return (challenge, fault).into_response();
    }
    let mut response = next.run(request).await;
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Why a call failed, as JSON.
#[derive(Debug, Serialize)]
struct Fault {
    #[serde(skip)]
    status: StatusCode,
    /// Parameter at fault, empty if none is.
    parameter: &'static str,
    error: String,
}

impl Fault {
    fn new(status: StatusCode, parameter: &'static str, error: impl Into<String>) -> Self {
        Self { status, parameter, error: error.into() }
    }

    fn bad(parameter: &'static str, error: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, parameter, error)
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        (self.status, Json(self)).into_response()
    }
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "administration: the store failed");
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "", "the store failed")
    }
}

impl From<QueryRejection> for Fault {
    fn from(rejection: QueryRejection) -> Self {
        Self::bad("", rejection.body_text())
    }
}

impl From<JsonRejection> for Fault {
    fn from(rejection: JsonRejection) -> Self {
        Self::new(rejection.status(), "", rejection.body_text())
    }
}

/// The app a call is about: named, or the only one there is.
fn app_of(hub: &Hub, named: Option<u32>) -> Result<u32, Fault> {
    match (named, hub.config.apps.as_slice()) {
        (Some(id), apps) if apps.iter().any(|app| app.id == id) => Ok(id),
        (Some(_), _) => {
            Err(Fault::new(StatusCode::NOT_FOUND, "app_id", "this server has no app with this id"))
        }
        (None, [app]) => Ok(app.id),
        (None, _) => Err(Fault::bad("app_id", "is needed: this server has several apps")),
    }
}

#[derive(Serialize)]
struct Apps {
    /// Of this program.
    version: &'static str,
    /// In the order of the configuration.
    apps: Vec<App>,
}

#[derive(Serialize)]
struct App {
    app_id: u32,
}

async fn apps(State(hub): State<Arc<Hub>>) -> Json<Apps> {
    let apps = hub.config.apps.iter().map(|app| App { app_id: app.id }).collect();
    Json(Apps { version: env!("CARGO_PKG_VERSION"), apps })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LogQuery {
    app_id: Option<u32>,
    user_id: Option<String>,
    push_id: Option<String>,
    request_id: Option<String>,
    subject: Option<String>,
    before: Option<i64>,
    limit: Option<usize>,
}

#[derive(Serialize)]
struct LogAnswer {
    /// Newest first.
    rows: Vec<LogRow>,
    /// Give it as `before` for older rows; absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_before: Option<i64>,
}

#[derive(Serialize)]
struct LogRow {
    id: i64,
    /// UTC ms.
    time: i64,
    request_id: String,
    user_id: String,
    push_id: String,
    subject: String,
    stage: String,
    outcome: String,
    detail: String,
}

impl From<DeliveryLog> for LogRow {
    fn from(row: DeliveryLog) -> Self {
        Self {
            id: row.id,
            time: row.time,
            request_id: row.request_id,
            user_id: row.user_id,
            push_id: row.push_id,
            subject: row.subject,
            stage: row.stage,
            outcome: row.outcome,
            detail: row.detail,
        }
    }
}

async fn push_log(
    State(hub): State<Arc<Hub>>,
    query: Result<Query<LogQuery>, QueryRejection>,
) -> Result<Json<LogAnswer>, Fault> {
    let Query(query) = query?;
    let app_id = app_of(&hub, query.app_id)?;
    let limit = query.limit.unwrap_or(LOG_ROWS).clamp(1, MAX_LOG_ROWS);
    let query = DeliveryLogQuery {
        user_id: query.user_id,
        push_id: query.push_id,
        request_id: query.request_id,
        subject: query.subject,
        before: query.before,
        limit,
    };
    let rows =
        store::execute::<_, (), _>(&*hub.store, move |tx| tx.delivery_log(app_id, &query).map(Ok)).await?;
    let rows: Vec<LogRow> = rows.unwrap_or_default().into_iter().map(LogRow::from).collect();
    let next_before = rows.last().filter(|_| rows.len() == limit).map(|row| row.id);
    Ok(Json(LogAnswer { rows, next_before }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AppQuery {
    app_id: Option<u32>,
}

#[derive(Serialize)]
struct PushIds {
    push_ids: Vec<PushId>,
}

#[derive(Serialize)]
struct PushId {
    push_id: String,
    vendor: String,
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
        let registration = &binding.registration;
        let sandbox = registration.environment() == PushEnvironment::Sandbox;
        let vendor = registration.vendor().as_str_name().trim_start_matches("PUSH_VENDOR_");
        Self {
            vendor: vendor.to_ascii_lowercase(),
            environment: if sandbox { "sandbox" } else { "production" },
            bundle_id: registration.bundle_id.clone(),
            app_type: registration.app_type.max(1),
            badge: registration.badge,
            push_id: binding.push_id,
            device_id: binding.device_id,
            platform: binding.platform,
            registered_at: binding.registered_at,
            suspect_count: binding.suspect_count,
        }
    }
}

async fn push_ids(
    State(hub): State<Arc<Hub>>,
    Path(user_id): Path<String>,
    query: Result<Query<AppQuery>, QueryRejection>,
) -> Result<Json<PushIds>, Fault> {
    let Query(query) = query?;
    let app_id = app_of(&hub, query.app_id)?;
    let found = store::execute::<_, (), _>(&*hub.store, move |tx| {
        let Some(user) = tx.user(app_id, &user_id)? else { return Ok(Ok(None)) };
        Ok(Ok(Some(tx.bindings_of_user(user.key)?)))
    });
    match found.await?.unwrap_or_default() {
        Some(bindings) => Ok(Json(PushIds { push_ids: bindings.into_iter().map(PushId::from).collect() })),
        None => Err(Fault::new(StatusCode::NOT_FOUND, "user_id", "no such user: has never logged in")),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DebugPush {
    app_id: Option<u32>,
    push_id: String,
    #[serde(default)]
    title: String,
    content: String,
    #[serde(default)]
    payload: String,
    #[serde(default)]
    resources_id: String,
    /// Also answer the vendor's token, for the vendor's own console.
    #[serde(default)]
    reveal_token: bool,
}

#[derive(Serialize)]
struct DebugAnswer {
    /// Whether the vendor accepted it.
    delivered: bool,
    stages: Vec<Stage>,
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<String>,
}

async fn debug_push(
    State(hub): State<Arc<Hub>>,
    request: Result<Json<DebugPush>, JsonRejection>,
) -> Result<Json<DebugAnswer>, Fault> {
    let Json(request) = request?;
    let app_id = app_of(&hub, request.app_id)?;
    check(&request)?;
    let asked = request.push_id.clone();
    let binding = store::execute::<_, (), _>(&*hub.store, move |tx| {
        let Some(binding) = tx.binding(app_id, &asked)? else { return Ok(Ok(None)) };
        let user = binding.user.map(|key| tx.user_by_key(key)).transpose()?.flatten();
        Ok(Ok(Some((binding, user.map(|user| user.user_id).unwrap_or_default()))))
    });
    let Some((binding, user_id)) = binding.await?.unwrap_or_default() else {
        let error = "no device is registered with this PushID";
        return Err(Fault::new(StatusCode::NOT_FOUND, "push_id", error));
    };
    let target = push::target(&binding);
    let (Some(target), Some(dispatcher)) = (target, hub.push.get()) else {
        return Err(Fault::new(StatusCode::CONFLICT, "push_id", "the device's vendor cannot be pushed to"));
    };
    let detail = if binding.user.is_some() { "bound to a user" } else { "not bound to a user" };
    let mut stages = vec![Stage {
        name: "registration".to_owned(),
        ok: true,
        outcome: "ok".to_owned(),
        detail: detail.to_owned(),
        exchange: None,
    }];
    stages.extend(dispatcher.debug_push(&target, &intent(&request)).await);
    log_debug(&hub, app_id, &request.push_id, user_id, &stages).await?;
    Ok(Json(DebugAnswer {
        delivered: stages.last().is_some_and(|stage| stage.name == "vendor" && stage.ok),
        stages,
        token: request.reveal_token.then_some(target.token),
    }))
}

fn check(request: &DebugPush) -> Result<(), Fault> {
    if !push_id::is_well_formed(&request.push_id) {
        return Err(Fault::bad("push_id", "is not a PushID: `z1.` and 43 characters"));
    }
    if request.content.is_empty() {
        return Err(Fault::bad("content", "must not be empty"));
    }
    let config = PushConfig {
        title: request.title.clone(),
        content: request.content.clone(),
        payload: request.payload.clone(),
        resources_id: request.resources_id.clone(),
        ..PushConfig::default()
    };
    validate::push_config(&config).map_err(|invalid| Fault::bad(invalid.parameter, invalid.message))
}

fn intent(request: &DebugPush) -> Intent {
    Intent {
        subject: Subject::Debug,
        subject_id: "debug".to_owned(),
        title: request.title.clone(),
        content: request.content.clone(),
        payload: request.payload.clone(),
        resources_id: request.resources_id.clone(),
        thread_id: String::new(),
        badge: None,
        badge_increment: None,
        call_id: String::new(),
        voip: None,
        template: None,
    }
}

/// A debug push leaves its trace in the delivery log like any other.
async fn log_debug(
    hub: &Hub,
    app_id: u32,
    push_id: &str,
    user_id: String,
    stages: &[Stage],
) -> Result<(), StoreError> {
    let now = hub.clock.now();
    let rows: Vec<DeliveryLog> = stages
        .iter()
        .filter(|stage| stage.name == "vendor" || !stage.ok)
        .map(|stage| DeliveryLog {
            id: 0,
            time: now,
            app_id,
            request_id: String::new(),
            user_id: user_id.clone(),
            push_id: push_id.to_owned(),
            subject: "debug".to_owned(),
            stage: if stage.name == "vendor" { "vendor" } else { "dispatch" }.to_owned(),
            outcome: stage.outcome.clone(),
            detail: stage.detail.clone(),
        })
        .collect();
    let done = store::execute::<_, (), _>(&*hub.store, move |tx| {
        rows.iter().try_for_each(|row| tx.log_delivery(row)).map(Ok)
    });
    done.await.map(|_| ())
}
