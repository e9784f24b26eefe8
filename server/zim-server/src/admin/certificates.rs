//! Push certificates: those of the configuration file, and uploads.

use super::fault::Fault;
use super::{AppParameter, app_of};
use crate::hub::Hub;
use crate::settings::{Certificate, Upload};
use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::Serialize;
use std::sync::Arc;

#[derive(Serialize)]
pub(super) struct Certificates {
    certificates: Vec<Certificate>,
}

pub(super) async fn list(
    State(hub): State<Arc<Hub>>,
    app: AppParameter,
) -> Result<Json<Certificates>, Fault> {
    let app_id = app_of(&hub, app?.app_id)?;
    Ok(Json(Certificates { certificates: hub.settings.certificates(app_id) }))
}

pub(super) async fn upload(
    State(hub): State<Arc<Hub>>,
    request: Result<Json<Upload>, JsonRejection>,
) -> Result<(StatusCode, Json<Certificate>), Fault> {
    let Json(mut upload) = request?;
    let named = upload.app_id().map_err(|()| Fault::bad("app_id", "is not an app's number"))?;
    upload.set_app_id(app_of(&hub, named)?);
    let added = hub.settings.add_certificate(&hub, upload).await?;
    Ok((StatusCode::CREATED, Json(added)))
}

pub(super) async fn remove(State(hub): State<Arc<Hub>>, Path(id): Path<String>) -> Result<StatusCode, Fault> {
    hub.settings.remove_certificate(&hub, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
