//! What the server does now, and did.

use super::fault::Fault;
use super::people::read;
use super::series::{MOST_POINTS, Point, STEP_MS};
use crate::hub::Hub;
use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;
use zim_push::{ProviderMetrics, Vendor};

/// Minutes unless told otherwise.
const MINUTES: usize = 60;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OverviewQuery {
    minutes: Option<usize>,
}

#[derive(Serialize)]
pub(super) struct Overview {
    /// UTC ms.
    now: i64,
    started_at: i64,
    connections: i64,
    user_sessions: i64,
    queued_pushes: u64,
    users: u64,
    push_ids: u64,
    credentials: Vec<Credential>,
    /// Length of a point, ms.
    step: i64,
    /// Oldest first; the last one is under way.
    points: Vec<Point>,
}

#[derive(Serialize)]
struct Credential {
    name: String,
    vendor: Vendor,
    in_flight: usize,
    breaker_open: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<i64>,
    /// Since the start, by outcome; what never came is left out.
    answers: BTreeMap<&'static str, u64>,
}

impl From<ProviderMetrics> for Credential {
    fn from(of: ProviderMetrics) -> Self {
        Self {
            name: of.name,
            vendor: of.vendor,
            in_flight: of.in_flight,
            breaker_open: of.breaker_open,
            expires_at: of.credential_expires_at,
            answers: of.answers.into_iter().filter(|(_, count)| *count > 0).collect(),
        }
    }
}

pub(super) async fn overview(
    State(hub): State<Arc<Hub>>,
    query: Result<Query<OverviewQuery>, QueryRejection>,
) -> Result<Json<Overview>, Fault> {
    let minutes = query?.minutes.unwrap_or(MINUTES);
    if !(1..=MOST_POINTS).contains(&minutes) {
        return Err(Fault::bad("minutes", format!("1 to {MOST_POINTS}")));
    }
    let counts = read(&hub, |tx| tx.counts()).await?;
    let providers = hub.push.get().map(|push| push.metrics().providers).unwrap_or_default();
    Ok(Json(Overview {
        now: hub.clock.now(),
        started_at: hub.series.started_at,
        connections: hub.metrics.connections.get(),
        user_sessions: hub.metrics.user_sessions.get(),
        queued_pushes: counts.jobs,
        users: counts.users,
        push_ids: counts.push_ids,
        credentials: providers.into_iter().map(Credential::from).collect(),
        step: STEP_MS,
        points: hub.series.points(&hub, minutes),
    }))
}
