//! Wall-clock time, injected so that tests own it.

use std::time::{SystemTime, UNIX_EPOCH};

/// Where the time of day comes from. Delays are measured by the runtime's timer, not by this.
pub trait Clock: Send + Sync {
    /// UTC in milliseconds.
    fn now_ms(&self) -> i64;
}

/// The system's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now_ms(&self) -> i64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
    }
}
