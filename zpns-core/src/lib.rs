//! The Rust SDK for offline push: vendor choice, push id, binding, badge and notification events.
