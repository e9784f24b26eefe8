//! The connection to the server: one WebSocket over TCP or TLS. The only module that opens sockets.

mod connect;
mod link;
#[cfg(feature = "tls")]
mod tls;
pub(crate) mod url;

pub(crate) use connect::Connector;
pub(crate) use link::{LinkEvent, LinkHandle, LinkOutgoing};
