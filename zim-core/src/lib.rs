//! The Rust SDK for messaging: engine, local store, connection and client.
//!
//! [`Client`] is the way in. It logs one user in, sends, receives and queries; events come to an [`EventHandler`], and
//! each operation is a [`Call`] that is awaited or given a callback. Below it, a sans-IO [`engine`] holds all protocol
//! state and one task drives it; received data is in the local [`store`] before the host hears of it.
//!
//! ```no_run
//! use std::sync::Arc;
//! use zim_core::model::{ConversationType, Event, LoginConfig, Message, MessageSendConfig};
//! use zim_core::{Client, ClientConfig, Error, EventHandler};
//!
//! struct Printer;
//! impl EventHandler for Printer {
//!     fn on_event(&self, _client: &Client, event: Event) {
//!         if let Event::MessageReceived { messages, .. } = event {
//!             println!("{} new messages", messages.len());
//!         }
//!     }
//! }
//!
//! # async fn run() -> Result<(), Error> {
//! let client = Client::new(ClientConfig { app_id: 1, ..ClientConfig::default() })?;
//! client.set_event_handler(Some(Arc::new(Printer)));
//! client.login("alice", LoginConfig { token: "04…".into(), ..LoginConfig::default() }).await?;
//! let message = Message::text("Hello");
//! client.send_message(message, "bob", ConversationType::Peer, MessageSendConfig::default()).await?;
//! # Ok(())
//! # }
//! ```

#![forbid(unsafe_code)]

mod client;
mod config;
mod dispatch;
mod driver;
pub mod engine;
mod error;
mod features;
pub mod model;
mod net;
mod numbers;
pub mod store;

pub use client::{Client, VERSION};
pub use config::{ClientConfig, DEFAULT_SERVER_URL, Dispatch, SERVER_URL_VARIABLE, Timing};
pub use dispatch::{Call, CallFuture, EventHandler};
pub use engine::io::AppState;
pub use error::Error;
pub use features::{CallInvited, CallList, GroupCreated, GroupMemberList, GroupUsersInvited, SendCall};
pub use store::MemoryStores;
