//! Push strategies, and what they make of a push.

use super::fault::Fault;
use super::{AppParameter, app_of};
use crate::hub::Hub;
use crate::settings::{NamedStrategy, Settings};
use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::sync::Arc;
use zim_proto::{v1, validate};
use zim_push::{Intent, Preview, Strategy, Subject};

#[derive(Serialize)]
pub(super) struct StrategiesAnswer {
    strategies: Vec<NamedStrategy>,
}

pub(super) async fn list(
    State(hub): State<Arc<Hub>>,
    app: AppParameter,
) -> Result<Json<StrategiesAnswer>, Fault> {
    let app_id = app_of(&hub, app?.app_id)?;
    Ok(Json(StrategiesAnswer { strategies: hub.settings.strategies(app_id) }))
}

pub(super) async fn put(
    State(hub): State<Arc<Hub>>,
    Path(resources_id): Path<String>,
    app: AppParameter,
    strategy: Result<Json<Value>, JsonRejection>,
) -> Result<Json<NamedStrategy>, Fault> {
    let app_id = app_of(&hub, app?.app_id)?;
    let Json(strategy) = strategy?;
    let strategy = parse(strategy)?;
    Ok(Json(hub.settings.put_strategy(&hub, app_id, &resources_id, strategy).await?))
}

pub(super) async fn remove(
    State(hub): State<Arc<Hub>>,
    Path(resources_id): Path<String>,
    app: AppParameter,
) -> Result<StatusCode, Fault> {
    let app_id = app_of(&hub, app?.app_id)?;
    hub.settings.remove_strategy(&hub, app_id, &resources_id).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn parse(strategy: Value) -> Result<Strategy, Fault> {
    if !strategy.is_object() {
        return Err(Fault::bad("strategy", "is no object"));
    }
    serde_json::from_value(strategy).map_err(|error| Fault::bad("strategy", error.to_string()))
}

/// What the push of a preview is about.
#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    #[default]
    Message,
    Call,
    Cancel,
    Badge,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PreviewRequest {
    app_id: Option<u32>,
    strategy: Option<Value>,
    #[serde(default)]
    resources_id: String,
    #[serde(default)]
    kind: Kind,
    #[serde(default)]
    title: String,
    #[serde(default)]
    content: String,
    #[serde(default)]
    payload: String,
    badge: Option<u32>,
}

#[derive(Serialize)]
pub(super) struct PreviewAnswer {
    requests: Vec<Preview>,
}

pub(super) async fn preview(
    State(hub): State<Arc<Hub>>,
    request: Result<Json<PreviewRequest>, JsonRejection>,
) -> Result<Json<PreviewAnswer>, Fault> {
    let Json(request) = request?;
    let app_id = app_of(&hub, request.app_id)?;
    let intent = intent(&request)?;
    let strategy = match (request.strategy, request.resources_id.as_str()) {
        (Some(_), name) if !name.is_empty() => {
            return Err(Fault::bad("resources_id", "give it or strategy, not both"));
        }
        (Some(strategy), _) => {
            let strategy = parse(strategy)?;
            Settings::check_strategy(&strategy)?;
            Some(strategy)
        }
        (None, "") => None,
        (None, name) => {
            let found = hub.settings.strategy(app_id, name);
            Some(found.ok_or_else(|| Fault::missing("resources_id", "no strategy has this name"))?)
        }
    };
    let previews = hub.push.get().map(|push| push.preview(app_id, &intent, strategy.as_ref()));
    Ok(Json(PreviewAnswer { requests: previews.unwrap_or_default() }))
}

/// The push as a sender would ask for it, with the same limits.
fn intent(request: &PreviewRequest) -> Result<Intent, Fault> {
    let config = v1::PushConfig {
        title: request.title.clone(),
        content: request.content.clone(),
        payload: request.payload.clone(),
        resources_id: request.resources_id.clone(),
        ..v1::PushConfig::default()
    };
    validate::push_config(&config)?;
    let (subject, subject_id, call_id) = match request.kind {
        Kind::Message => (Subject::Message, "message:1", ""),
        Kind::Call => (Subject::CallInvite, "call:1", "1"),
        Kind::Cancel => (Subject::CallUpdate, "call:1", "1"),
        Kind::Badge => (Subject::Badge, "badge", ""),
    };
    Ok(Intent {
        subject,
        subject_id: subject_id.to_owned(),
        title: config.title,
        content: config.content,
        payload: config.payload,
        resources_id: config.resources_id,
        thread_id: String::new(),
        badge: request.badge,
        badge_increment: request.badge,
        call_id: call_id.to_owned(),
        voip: None,
        template: None,
    })
}
