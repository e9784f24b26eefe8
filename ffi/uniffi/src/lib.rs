//! The layer below the Swift, Kotlin and Java bindings: zim-core and zpns-core as uniffi objects, records and traits.
//!
//! This crate converts and nothing else. What a call does is said in zim-core and zpns-core; published names, defaults
//! and callback styles are the business of the host layers above. See `README.md` beside `Cargo.toml`.

#![allow(clippy::needless_pass_by_value, reason = "what comes from a host is owned here")]

mod client;
mod error;
mod generated;
mod log_sink;
mod message;
mod ordered;
mod push;

pub use client::{AppState, ClientConfig, ZimClient, ZimEventHandler};
pub use error::ZimError;
pub use generated::*;
pub use log_sink::{LogLevel, LogSink, set_log_sink};
pub use message::{Message, MessageAttached, MessageBody};
pub use ordered::{OrderedCallbacks, OrderedClient};
pub use push::{
    ChannelError, DeviceProperties, Os, Registered, Vendor, VendorChannel, VoipInfo, ZpnsClient, ZpnsConfig,
    ZpnsEvent, ZpnsEventHandler, ZpnsMessage, push_system_properties,
};

// The C ABI is part of the same library; without a mention the linker leaves it out of the archive.
pub use zim as c_abi;

uniffi::setup_scaffolding!();

/// Version of the library, as `getVersion` tells it.
#[uniffi::export]
pub fn version() -> String {
    zim_core::VERSION.to_owned()
}
