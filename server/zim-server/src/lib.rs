//! The self-hosted service.
