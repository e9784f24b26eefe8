//! The delivery log.

use super::fault::Fault;
use super::{AppParameter, app_of};
use crate::hub::Hub;
use crate::store::{self, DeliveryLog, DeliveryLogQuery, StoreError};
use axum::Json;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use zim_push::Exchange;

/// Rows in one answer unless told otherwise.
const ROWS: usize = 100;
/// And at most.
const MAX_ROWS: usize = 1_000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LogQuery {
    app_id: Option<u32>,
    user_id: Option<String>,
    push_id: Option<String>,
    request_id: Option<String>,
    subject: Option<String>,
    stage: Option<String>,
    outcome: Option<String>,
    vendor: Option<String>,
    since: Option<i64>,
    until: Option<i64>,
    before: Option<i64>,
    limit: Option<usize>,
}

#[derive(Serialize)]
pub(super) struct LogAnswer {
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
    vendor: String,
    stage: String,
    outcome: String,
    detail: String,
    has_exchange: bool,
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
            vendor: row.vendor,
            stage: row.stage,
            outcome: row.outcome,
            detail: row.detail,
            has_exchange: !row.exchange.is_empty(),
        }
    }
}

pub(super) async fn list(
    State(hub): State<Arc<Hub>>,
    query: Result<Query<LogQuery>, QueryRejection>,
) -> Result<Json<LogAnswer>, Fault> {
    let Query(query) = query?;
    let app_id = app_of(&hub, query.app_id)?;
    let limit = query.limit.unwrap_or(ROWS);
    if !(1..=MAX_ROWS).contains(&limit) {
        return Err(Fault::bad("limit", format!("1 to {MAX_ROWS}")));
    }
    let query = DeliveryLogQuery {
        id: None,
        user_id: query.user_id,
        push_id: query.push_id,
        request_id: query.request_id,
        subject: query.subject,
        stage: query.stage,
        outcome: query.outcome,
        vendor: query.vendor,
        since: query.since,
        until: query.until,
        before: query.before,
        limit,
    };
    let rows: Vec<LogRow> = find(&hub, app_id, query).await?.into_iter().map(LogRow::from).collect();
    let next_before = rows.last().filter(|_| rows.len() == limit).map(|row| row.id);
    Ok(Json(LogAnswer { rows, next_before }))
}

/// A row with the request and the answer behind it.
#[derive(Serialize)]
pub(super) struct FullRow {
    #[serde(flatten)]
    row: LogRow,
    #[serde(skip_serializing_if = "Option::is_none")]
    exchange: Option<Exchange>,
}

pub(super) async fn row(
    State(hub): State<Arc<Hub>>,
    id: Result<Path<i64>, PathRejection>,
    app: AppParameter,
) -> Result<Json<FullRow>, Fault> {
    let Path(id) = id?;
    let app_id = app_of(&hub, app?.app_id)?;
    let query = DeliveryLogQuery { id: Some(id), limit: 1, ..DeliveryLogQuery::default() };
    let found = find(&hub, app_id, query).await?.pop();
    let row = found.ok_or_else(|| Fault::missing("id", "no such row, or it is older than rows are kept"))?;
    let exchange = serde_json::from_str(&row.exchange).ok();
    Ok(Json(FullRow { row: row.into(), exchange }))
}

async fn find(hub: &Hub, app_id: u32, query: DeliveryLogQuery) -> Result<Vec<DeliveryLog>, StoreError> {
    let rows = store::execute::<_, (), _>(&*hub.store, move |tx| tx.delivery_log(app_id, &query).map(Ok));
    Ok(rows.await?.unwrap_or_default())
}
