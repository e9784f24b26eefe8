//! Why a call failed, as JSON.

use crate::settings::Refused;
use crate::store::StoreError;
use axum::Json;
use axum::extract::rejection::{JsonRejection, PathRejection, QueryRejection};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use std::borrow::Cow;
use zim_proto::validate::Invalid;

/// A refusal: status, the parameter at fault (empty if none is) and a sentence.
#[derive(Debug, Serialize)]
pub(super) struct Fault {
    #[serde(skip)]
    status: StatusCode,
    parameter: Cow<'static, str>,
    error: String,
}

impl Fault {
    pub(super) fn new(
        status: StatusCode,
        parameter: impl Into<Cow<'static, str>>,
        error: impl Into<String>,
    ) -> Self {
        Self { status, parameter: parameter.into(), error: error.into() }
    }

    pub(super) fn bad(parameter: impl Into<Cow<'static, str>>, error: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, parameter, error)
    }

    pub(super) fn missing(parameter: &'static str, error: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, parameter, error)
    }

    pub(super) fn conflict(parameter: &'static str, error: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, parameter, error)
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

impl From<Invalid> for Fault {
    fn from(invalid: Invalid) -> Self {
        // The limits of a sender, whose names stand in a `pushConfig`; here they stand alone.
        Self::bad(invalid.parameter.trim_start_matches("pushConfig."), invalid.message)
    }
}

impl From<Refused> for Fault {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Wrong { parameter, fault } => Self::bad(parameter, fault),
            Refused::Conflict { parameter, fault } => Self::conflict(parameter, fault),
            Refused::Missing { parameter, fault } => Self::missing(parameter, fault),
            Refused::Store(error) => error.into(),
        }
    }
}

impl From<QueryRejection> for Fault {
    fn from(rejection: QueryRejection) -> Self {
        Self::bad("", rejection.body_text())
    }
}

impl From<PathRejection> for Fault {
    fn from(rejection: PathRejection) -> Self {
        Self::bad("", rejection.body_text())
    }
}

impl From<JsonRejection> for Fault {
    fn from(rejection: JsonRejection) -> Self {
        // 413 for its size, 415 for its type; what is no object of the right shape is a bad value like any other.
        let status = match rejection.status() {
            StatusCode::UNPROCESSABLE_ENTITY => StatusCode::BAD_REQUEST,
            status => status,
        };
        Self::new(status, "", rejection.body_text())
    }
}
