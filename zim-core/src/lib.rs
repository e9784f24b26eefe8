//! The Rust SDK for messaging: engine, local store, connection and client.

#![forbid(unsafe_code)]

pub mod config;
pub mod engine;
pub mod error;
pub mod model;
mod net;
pub mod store;

pub use error::Error;
