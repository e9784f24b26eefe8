//! Wire protocol of open ZIM: messages, framing, error codes and the validation rules both sides share.
//!
//! No IO, no clock, no runtime: a client engine and the server use the same functions, so a parameter that one side
//! refuses is refused by the other with the same code and the same name.

#![forbid(unsafe_code)]

pub mod auth;
pub mod batch;
pub mod frame;
pub mod limits;
pub mod push_id;
mod redact;
mod subscription;
pub mod validate;

/// The protobuf messages of protocol version 1, generated from `proto/zim/zim.proto`.
#[allow(missing_docs, clippy::all, clippy::pedantic, unreachable_pub)]
pub mod v1 {
    include!("generated/v1.rs");
}

/// What is generated from `api/*.toml`.
mod generated {
    pub(crate) mod enums;
    pub(crate) mod error_codes;
}
pub use generated::enums::*;
pub use generated::error_codes::{ErrorCode, ZpnsErrorCode};
pub use subscription::Subscription;

/// Newest protocol version this crate speaks.
pub const PROTOCOL_MAX: u32 = 1;
/// Oldest protocol version this crate speaks.
pub const PROTOCOL_MIN: u32 = 1;
