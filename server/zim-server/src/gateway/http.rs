//! Routes of the listener.

use crate::hub::{Connections, Hub};
use axum::Router;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{ConnectInfo, Extension, State};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use std::net::SocketAddr;
use std::sync::Arc;

/// Bytes read from a socket at once. Small, since each connection keeps that much.
const READ_BUFFER: usize = 4 << 10;
/// Bytes collected before they are written in the middle of a batch.
const WRITE_BUFFER: usize = 16 << 10;

/// All routes.
pub(super) fn router(hub: Arc<Hub>) -> Router {
    Router::new()
        .route("/zim", get(websocket))
        .route("/health", get(health))
        .route("/metrics", get(metrics))
        .merge(crate::rest::router())
        .merge(crate::console::router())
        .nest("/admin/v1", crate::admin::router(&hub))
        .with_state(hub)
}

async fn websocket(
    State(hub): State<Arc<Hub>>,
    Extension(ConnectInfo(peer)): Extension<ConnectInfo<SocketAddr>>,
    upgrade: WebSocketUpgrade,
) -> Response {
    let Some(entry) = Connections::enter(&hub) else {
        hub.metrics.connections_refused.add(1);
        let text = if hub.connections.is_draining() { "stopping" } else { "too many connections" };
        return (StatusCode::SERVICE_UNAVAILABLE, [(RETRY_AFTER, "5")], text).into_response();
    };
    let max_frame = hub.config.limits.max_frame_bytes;
    upgrade
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(WRITE_BUFFER)
        .max_frame_size(max_frame)
        .max_message_size(max_frame)
        .on_upgrade(move |socket| super::serve(entry, socket, peer.ip()))
}

/// 200 while the server takes connections and its store works, else 503.
async fn health(State(hub): State<Arc<Hub>>) -> Response {
    if hub.connections.is_draining() {
        return (StatusCode::SERVICE_UNAVAILABLE, "stopping\n").into_response();
    }
    let probe = crate::store::execute::<_, (), _>(&*hub.store, |tx| tx.inbox_epoch().map(Ok));
    match probe.await {
        Ok(_) => "ok\n".into_response(),
        Err(error) => {
            tracing::error!(%error, "health: the store does not work");
            (StatusCode::SERVICE_UNAVAILABLE, "the store does not work\n").into_response()
        }
    }
}

async fn metrics(State(hub): State<Arc<Hub>>) -> Response {
    let text = hub.metrics.render(hub.push.get().map(zim_push::Dispatcher::metrics).as_ref());
    ([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response()
}
