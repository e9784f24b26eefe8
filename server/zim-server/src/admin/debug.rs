//! Debug pushes: past the queue, with every stage told.

use super::app_of;
use super::fault::Fault;
use super::people::{bound, no_push_id, read, trace};
use crate::hub::Hub;
use crate::service::push;
use crate::store::{Binding, DeliveryLog, StoreError};
use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use zim_proto::v1::PushConfig;
use zim_proto::{push_id, validate};
use zim_push::{Intent, Stage, Subject, Vendor};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DebugPush {
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
pub(super) struct DebugAnswer {
    /// Whether the vendor accepted it.
    delivered: bool,
    stages: Vec<Stage>,
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<String>,
}

pub(super) async fn push(
    State(hub): State<Arc<Hub>>,
    request: Result<Json<DebugPush>, JsonRejection>,
) -> Result<Json<DebugAnswer>, Fault> {
    let Json(request) = request?;
    let app_id = app_of(&hub, request.app_id)?;
    check(&request)?;
    let asked = request.push_id.clone();
    let found = read(&hub, move |tx| bound(tx, app_id, &asked)).await?;
    let (binding, user_id) = found.ok_or_else(no_push_id)?;
    let (Some(target), Some(dispatcher)) = (push::target(&binding), hub.push.get()) else {
        return Err(Fault::conflict("push_id", "the device's vendor cannot be pushed to"));
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
    let mut rows = traces(&binding, &user_id, &stages, hub.clock.now());
    if request.reveal_token {
        rows.push(trace(&binding, user_id, hub.clock.now()));
    }
    let logged: Result<(), StoreError> =
        read(&hub, move |tx| rows.iter().try_for_each(|row| tx.log_delivery(row))).await;
    logged?;
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
    Ok(validate::push_config(&config)?)
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

/// A debug push leaves its trace in the delivery log like any other; its words are the administrator's own.
fn traces(binding: &Binding, user_id: &str, stages: &[Stage], now: i64) -> Vec<DeliveryLog> {
    let wanted = stages.iter().filter(|stage| stage.name == "vendor" || !stage.ok);
    let row = |stage: &Stage| DeliveryLog {
        id: 0,
        time: now,
        app_id: binding.app_id,
        request_id: String::new(),
        user_id: user_id.to_owned(),
        push_id: binding.push_id.clone(),
        subject: "debug".to_owned(),
        stage: if stage.name == "vendor" { "vendor" } else { "dispatch" }.to_owned(),
        outcome: stage.outcome.clone(),
        detail: stage.detail.clone(),
        vendor: push::vendor(binding).map(Vendor::word).unwrap_or_default().to_owned(),
        exchange: stage.exchange.as_ref().map(push::encode_exchange).unwrap_or_default(),
    };
    wanted.map(row).collect()
}
