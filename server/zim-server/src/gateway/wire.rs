//! Frames over one WebSocket: sizes are checked before anything is allocated, and every way to end is told apart.

use axum::extract::ws::{Message, WebSocket};
use bytes::Bytes;
use futures_util::{Sink as _, Stream as _};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use tokio_tungstenite::tungstenite::Error as WebSocketError;
use zim_proto::frame::{self, FrameError};
use zim_proto::v1::frame::Body;

/// What came in.
#[allow(clippy::large_enum_variant)] // Moved once; a box per frame would cost more.
pub(crate) enum Incoming {
    /// A frame.
    Frame(Body, usize),
    /// A frame of a kind this version does not know.
    Unknown,
    /// A WebSocket ping or pong: a sign of life.
    Alive,
}

/// Why nothing more comes in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum WireEnd {
    /// The peer closed, or the network did.
    Gone,
    /// A frame above the limit.
    TooLarge,
    /// Not this protocol.
    Malformed,
}

/// One WebSocket.
pub(crate) struct Wire {
    socket: WebSocket,
    max_frame: usize,
    unflushed: bool,
}

impl Wire {
    pub(crate) fn new(socket: WebSocket, max_frame: usize) -> Self {
        Self { socket, max_frame, unflushed: false }
    }

    /// The next frame. After an end the stream stays ended; writing may still work.
    pub(crate) fn poll_read(&mut self, cx: &mut Context<'_>) -> Poll<Result<Incoming, WireEnd>> {
        let message = match ready!(Pin::new(&mut self.socket).poll_next(cx)) {
            Some(Ok(message)) => message,
            Some(Err(error)) => return Poll::Ready(Err(end_of(error))),
            None => return Poll::Ready(Err(WireEnd::Gone)),
        };
        Poll::Ready(match message {
            Message::Binary(bytes) => {
                let length = bytes.len();
                match frame::decode(bytes, self.max_frame) {
                    Ok(Some(body)) => Ok(Incoming::Frame(body, length)),
                    Ok(None) => Ok(Incoming::Unknown),
                    Err(FrameError::TooLarge { .. }) => Err(WireEnd::TooLarge),
                    Err(_) => Err(WireEnd::Malformed),
                }
            }
            Message::Text(_) => Err(WireEnd::Malformed),
            Message::Ping(_) | Message::Pong(_) => Ok(Incoming::Alive),
            Message::Close(_) => Err(WireEnd::Gone),
        })
    }

    /// Whether a frame can be written now; what was written before may have to leave first.
    pub(crate) fn poll_writable(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), WireEnd>> {
        Pin::new(&mut self.socket).poll_ready(cx).map_err(|_| WireEnd::Gone)
    }

    /// Writes a frame; [`poll_writable`](Self::poll_writable) said yes.
    pub(crate) fn write(&mut self, frame: Bytes) -> Result<(), WireEnd> {
        self.unflushed = true;
        Pin::new(&mut self.socket).start_send(Message::Binary(frame)).map_err(|_| WireEnd::Gone)
    }

    /// Sends what was written.
    pub(crate) fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), WireEnd>> {
        if self.unflushed {
            ready!(Pin::new(&mut self.socket).poll_flush(cx)).map_err(|_| WireEnd::Gone)?;
            self.unflushed = false;
        }
        Poll::Ready(Ok(()))
    }

    /// Writes a last frame, if one is given, and closes.
    pub(crate) async fn finish(&mut self, last: Option<Bytes>) {
        if let Some(frame) = last {
            let written = std::future::poll_fn(|cx| self.poll_writable(cx)).await;
            if written.and_then(|()| self.write(frame)).is_err() {
                return;
            }
        }
        // The close frame goes out behind everything written; an error here means that the peer was faster.
        let _ = std::future::poll_fn(|cx| Pin::new(&mut self.socket).poll_close(cx)).await;
    }
}

fn end_of(error: axum::Error) -> WireEnd {
    let error = error.into_inner();
    match error.downcast_ref::<WebSocketError>() {
        Some(WebSocketError::Capacity(_)) => WireEnd::TooLarge,
        Some(WebSocketError::Protocol(fault)) => {
            use tokio_tungstenite::tungstenite::error::ProtocolError::ResetWithoutClosingHandshake;
            if matches!(fault, ResetWithoutClosingHandshake) { WireEnd::Gone } else { WireEnd::Malformed }
        }
        Some(WebSocketError::Utf8(_)) => WireEnd::Malformed,
        _ => WireEnd::Gone,
    }
}
