//! The self-hosted service of open ZIM: gateway, message, group, call and user services, durable store, offline push.
//!
//! ```no_run
//! # async fn example() -> Result<(), zim_server::StartError> {
//! let running = zim_server::Server::start(zim_server::Config::default()).await?;
//! println!("clients connect to {}", running.url());
//! running.shutdown().await;
//! # Ok(())
//! # }
//! ```
//!
//! | Part | Subject |
//! |---|---|
//! | [`config`] | file, environment, flags |
//! | `gateway` | connections: TLS, HTTP, WebSocket sessions |
//! | `rest` | the server API: signed calls of the app's own backend |
//! | `console` | the web page for the owner |
//! | `admin` | the administration interface |
//! | `settings` | push certificates and strategies that are set up at run time |
//! | [`auth`] | AppSign and Token04 |
//! | [`service`] | the business rules, synchronous over a transaction |
//! | [`store`] | durable state: one writer, group commit |
//! | [`bus`], `presence` | from a commit to the connections that wait for it |
//! | `push_source`, `upkeep` | the loops: pushes, timers, retention |
//! | [`cli`] | the command line |

#![forbid(unsafe_code)]

mod admin;
pub mod auth;
pub mod bus;
pub mod cli;
pub mod clock;
pub mod config;
mod console;
mod gateway;
mod hub;
mod key_map;
mod metrics;
mod presence;
mod push_source;
mod rest;
mod server;
pub mod service;
mod settings;
pub mod store;
mod upkeep;

pub use config::Config;
pub use server::{Running, Server, StartError};
