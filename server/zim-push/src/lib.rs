//! Push dispatch of open ZIM: vendor providers, durable job queue, retry, breaker and feedback.
//!
//! A push starts as an [`Intent`] (what to show) and a [`Target`] (one device channel), stored durably by the service.
//! The [`Dispatcher`] claims due jobs from its [`JobSource`], lets a [`strategy`] and the vendor's [`Provider`] shape
//! the request, sends it, and turns the vendor's [`Outcome`] into what happens next: done, again later, or a binding
//! that is dead. Every step is a line of the delivery log.

#![forbid(unsafe_code)]

mod address;
mod apns;
mod breaker;
pub mod clock;
pub mod credentials;
mod dispatcher;
mod fcm;
mod harmony;
mod huawei;
mod identity;
pub mod job;
mod logins;
mod metrics;
pub mod model;
mod oem;
mod oppo;
mod post;
mod preview;
pub mod provider;
mod providers;
mod retry;
mod secret;
pub mod strategy;
#[cfg(test)]
mod tests;
mod tls;
mod truncate;
mod verdict;
mod vivo;
mod webpush;
mod xiaomi;
mod zego;

pub use breaker::BreakerOptions;
pub use clock::{Clock, SystemClock};
pub use credentials::{CredentialConfig, CredentialError};
pub use dispatcher::{Dispatcher, DispatcherOptions};
pub use identity::Identity;
pub use job::{
    ClaimedJob, Disposition, Feedback, JobId, JobResult, JobSource, LogLine, SourceError, Stage, Standing,
};
pub use metrics::{Metrics, ProviderMetrics};
pub use model::{Environment, Exchange, Intent, Outcome, RateScope, Subject, Target, Template, Vendor, Voip};
pub use preview::Preview;
pub use provider::{Provider, Push, Rendered, TokenKind, Unrenderable};
pub use providers::{Description, Providers, Slot};
pub use retry::RetryOptions;
pub use secret::Secret;
pub use strategy::{Strategies, Strategy, StrategyError};
