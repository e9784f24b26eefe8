//! The Rust SDK for messaging: engine, local store, connection and client.
