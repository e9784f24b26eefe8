//! The administration interface: what the owner of a server may look at and change while it runs (`docs/admin-api.md`).
//!
//! | Part | Subject |
//! |---|---|
//! | `guard` | who may call |
//! | `fault` | how a refusal looks |
//! | `overview`, `series`, `minutes` | what the server does, now and over the last day |
//! | `certificates`, `strategies` | setting push up |
//! | `people` | users, devices, PushIDs |
//! | `log`, `debug` | why a push was or was not sent |

mod certificates;
mod debug;
mod fault;
mod guard;
mod log;
mod minutes;
mod overview;
mod people;
mod series;
mod strategies;

pub(crate) use guard::Throttle;
pub(crate) use series::{Series, record};

use crate::hub::Hub;
use axum::extract::{DefaultBodyLimit, Query, State};
use axum::routing::{delete, get, post, put};
use axum::{Json, Router, middleware};
use fault::Fault;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Largest body of a call: certificates are small.
const BODY_BYTES: usize = 1 << 20;

/// All routes, relative to `/admin/v1`.
pub(crate) fn router(hub: &Arc<Hub>) -> Router<Arc<Hub>> {
    Router::new()
        .route("/apps", get(apps))
        .route("/overview", get(overview::overview))
        .route("/certificates", get(certificates::list).post(certificates::upload))
        .route("/certificates/{id}", delete(certificates::remove))
        .route("/strategies", get(strategies::list))
        .route("/strategies/preview", post(strategies::preview))
        .route("/strategies/{resources_id}", put(strategies::put).delete(strategies::remove))
        .route("/users", get(people::users))
        .route("/users/{user_id}", get(people::user))
        .route("/users/{user_id}/push-ids", get(people::push_ids))
        .route("/push-ids/{push_id}", get(people::push_id))
        .route("/push-ids/{push_id}/reveal", post(people::reveal))
        .route("/push/log", get(log::list))
        .route("/push/log/{id}", get(log::row))
        .route("/push/debug", post(debug::push))
        .fallback(async || Fault::missing("", "there is no such call"))
        .layer(DefaultBodyLimit::max(BODY_BYTES))
        .layer(middleware::from_fn_with_state(Arc::clone(hub), guard::guard))
}

/// The one parameter of many calls.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AppQuery {
    app_id: Option<u32>,
}

type AppParameter = Result<Query<AppQuery>, axum::extract::rejection::QueryRejection>;

/// The app a call is about: named, or the only one there is.
fn app_of(hub: &Hub, named: Option<u32>) -> Result<u32, Fault> {
    match (named, hub.config.apps.as_slice()) {
        (Some(id), apps) if apps.iter().any(|app| app.id == id) => Ok(id),
        (Some(_), _) => Err(Fault::missing("app_id", "this server has no app with this id")),
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
