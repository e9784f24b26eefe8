//! Counters of the dispatcher, to be shown by whoever runs it.

use crate::model::{Outcome, Vendor};
use std::sync::atomic::{AtomicU64, Ordering};

/// A counter that only grows.
#[derive(Debug, Default)]
pub(crate) struct Counter(AtomicU64);

impl Counter {
    pub(crate) fn add(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// Words of [`Outcome`], in the delivery log and as metric label.
pub(crate) const OUTCOMES: [&str; 10] = [
    "delivered",
    "token_invalid",
    "token_suspect",
    "misconfigured",
    "auth_expired",
    "rate_limited",
    "too_large",
    "rejected",
    "retry",
    "unknown",
];

/// Place of an outcome in [`OUTCOMES`].
pub(crate) fn outcome_index(outcome: &Outcome) -> usize {
    match outcome {
        Outcome::Delivered { .. } => 0,
        Outcome::TokenInvalid { .. } => 1,
        Outcome::TokenSuspect { .. } => 2,
        Outcome::Misconfigured { .. } | Outcome::WrongSender { .. } => 3,
        Outcome::AuthExpired => 4,
        Outcome::RateLimited { .. } => 5,
        Outcome::TooLarge => 6,
        Outcome::Rejected { .. } => 7,
        Outcome::Retry { .. } => 8,
        Outcome::Unknown { .. } => 9,
    }
}

/// What one credential did since the start.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ProviderMetrics {
    /// Vendor.
    pub vendor: Vendor,
    /// Name of the credential.
    pub name: String,
    /// Answers by outcome word, e.g. `("delivered", 12)`.
    pub answers: Vec<(&'static str, u64)>,
    /// Jobs put back without a try because the vendor rests or is slow.
    pub deferred: u64,
    /// Requests out right now.
    pub in_flight: usize,
    /// Whether the breaker holds pushes back.
    pub breaker_open: bool,
    /// When the credential runs out, UTC ms.
    pub credential_expires_at: Option<i64>,
}

/// What the dispatcher did since the start.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Metrics {
    /// Jobs taken from the queue, repeated ones counted again.
    pub claimed: u64,
    /// Jobs that ended because they were no longer wanted.
    pub withdrawn: u64,
    /// Jobs that ended because their time ran out.
    pub expired: u64,
    /// Jobs given up after the last try.
    pub gave_up: u64,
    /// Jobs for which no credential is configured.
    pub no_credential: u64,
    /// Errors of the queue.
    pub source_errors: u64,
    /// By credential.
    pub providers: Vec<ProviderMetrics>,
}

#[derive(Debug, Default)]
pub(crate) struct Totals {
    pub(crate) claimed: Counter,
    pub(crate) withdrawn: Counter,
    pub(crate) expired: Counter,
    pub(crate) gave_up: Counter,
    pub(crate) no_credential: Counter,
    pub(crate) source_errors: Counter,
}
