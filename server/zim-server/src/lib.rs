//! The self-hosted service.

pub mod store;
