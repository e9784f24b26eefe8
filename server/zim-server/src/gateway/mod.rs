//! The edge: TCP, TLS and HTTP in, WebSocket sessions over it.
//!
//! | Part | Subject |
//! |---|---|
//! | [`listener`] | accepting, TLS, HTTP |
//! | [`http`] | routes |
//! | [`handshake`] | a connection before its login |
//! | [`session`] | and after it |
//! | [`requests`] | operations in, answers out |
//! | [`stream`] | a device's inbox, backlog and live |
//! | [`mailbox`] | what other threads have for a connection |

mod budget;
mod handshake;
mod http;
pub(crate) mod listener;
pub(crate) mod mailbox;
mod requests;
mod session;
mod stream;
#[cfg(test)]
mod tests;
mod tls;
mod wire;

pub(crate) use budget::Bucket;
pub(crate) use requests::cause;
pub(crate) use tls::server_config;

use crate::hub::{Entry, Hub};
use axum::extract::ws::WebSocket;
use bytes::Bytes;
use handshake::Unauthenticated;
use mailbox::Farewell;
use session::Ended;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;
use wire::{Wire, WireEnd};
use zim_proto::frame;
use zim_proto::v1::{Goodbye, GoodbyeReason, frame::Body};

/// How long the last frame of a connection may take to leave.
const FINISH_TIME: Duration = Duration::from_secs(5);

/// Serves one WebSocket from hello to goodbye.
async fn serve(entry: Entry, socket: WebSocket, peer: IpAddr) {
    let hub = Arc::clone(&entry.hub);
    let wire = Wire::new(socket, hub.config.limits.max_frame_bytes);
    // Boxed: what a login needs is large, and gone when the connection sits idle.
    let Some(authenticated) = Box::pin(Unauthenticated::new(entry, wire, peer).authenticate()).await else {
        return;
    };
    let gauge = if authenticated.is_user { &hub.metrics.user_sessions } else { &hub.metrics.device_sessions };
    gauge.add(1);
    let requester = authenticated.requester;
    let (ended, silent_for) = authenticated.session.run(authenticated.welcome).await;
    gauge.add(-1);
    if authenticated.is_user && ended == Ended::Lost && !hub.connections.is_draining() {
        tokio::spawn(requests::watch_caller(requester, silent_for));
    }
}

/// What the client is told when its bytes end the connection; `None` = nobody is there to be told.
fn farewell_for(end: &WireEnd) -> Option<Farewell> {
    match end {
        WireEnd::Gone => None,
        WireEnd::TooLarge => Some(Farewell::new(GoodbyeReason::FrameTooLarge, "a frame exceeds the limit")),
        WireEnd::Malformed => {
            Some(Farewell::new(GoodbyeReason::ProtocolError, "a frame that cannot be decoded"))
        }
    }
}

/// Ends a connection with its reason, which is counted and logged.
async fn say_goodbye(entry: &Entry, wire: &mut Wire, farewell: &Farewell) {
    let reason = farewell.reason.as_str_name().trim_start_matches("GOODBYE_REASON_");
    entry.hub.metrics.goodbye(reason);
    tracing::info!(connection = entry.id, reason, text = farewell.text, "connection ended by the server");
    let goodbye = Goodbye {
        reason: farewell.reason as i32,
        text: farewell.text.to_owned(),
        retry_after_ms: farewell.retry_after_ms,
    };
    finish(&entry.hub, wire, Some(frame::encode(Body::Goodbye(goodbye)))).await;
}

/// Writes the last frame and closes, within a bounded time.
async fn finish(hub: &Hub, wire: &mut Wire, last: Option<Bytes>) {
    let late = hub.clock.sleep(FINISH_TIME);
    tokio::select! {
        () = wire.finish(last) => {}
        () = late => {}
    }
}
