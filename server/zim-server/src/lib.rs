//! The self-hosted service.

pub mod service;
pub mod store;
