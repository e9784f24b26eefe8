//! What `@zego/ZIM` and `@zego/ZPNs` are made of below their JavaScript: one object per client that takes calls as plain
//! values, and hands out answers and events in batches.
//!
//! A batch crosses the boundary, not an item: the callbacks of the Rust SDK fill an [`outbox`], one weak thread-safe
//! function wakes JavaScript, and that takes everything there is. State belongs to the environment that made it, so that
//! each worker thread has its own.

mod answers;
mod calls;
mod client;
mod convert;
mod events;
mod generated;
mod messages;
mod outbox;
mod push;

pub use client::{NativeZim, version};
pub use push::NativeZpns;
