//! What `@zego/ZIM` and `@zego/ZPNs` are made of below their TypeScript: functions over one opaque value per client. They
//! take calls as plain values, and hand out answers and events in batches.
//!
//! A batch crosses the boundary, not an item: the callbacks of the Rust SDK fill an [`outbox`], one weak thread-safe
//! function wakes JavaScript, and that takes everything there is. State belongs to the environment that made it, so that
//! each worker thread has its own.

// One source for both: HarmonyOS's crates under the names of Node's.
#[cfg(harmonyos)]
extern crate napi_derive_ohos as napi_derive;
#[cfg(harmonyos)]
extern crate napi_ohos as napi;

mod answers;
mod calls;
mod client;
mod convert;
mod events;
mod generated;
mod messages;
mod outbox;
mod push;

pub use client::*;
pub use push::*;
