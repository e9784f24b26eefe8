//! Framing: one [`Frame`] per binary WebSocket message, with the size checked before anything is allocated.

use crate::v1::{Frame, frame::Body};
use bytes::Bytes;
use prost::Message as _;

/// Largest frame either side accepts unless the server's hello says otherwise.
pub const MAX_FRAME_BYTES: usize = 1 << 20;

/// Why bytes are not a frame.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FrameError {
    /// Longer than the limit; refused before decoding.
    #[error("frame of {length} bytes exceeds the limit of {limit}")]
    TooLarge {
        /// Length that arrived.
        length: usize,
        /// Limit in force.
        limit: usize,
    },
    /// Not a protobuf message of this protocol, or cut short.
    #[error("malformed frame: {0}")]
    Malformed(String),
}

/// Encodes one frame.
#[must_use]
pub fn encode(body: Body) -> Bytes {
    Bytes::from(Frame { body: Some(body) }.encode_to_vec())
}

/// Decodes one frame. `Ok(None)` is a frame of a kind this version does not know: count it and go on.
pub fn decode(bytes: Bytes, limit: usize) -> Result<Option<Body>, FrameError> {
    if bytes.len() > limit {
        return Err(FrameError::TooLarge { length: bytes.len(), limit });
    }
    match Frame::decode(bytes) {
        Ok(frame) => Ok(frame.body),
        Err(error) => Err(FrameError::Malformed(error.to_string())),
    }
}
