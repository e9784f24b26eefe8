//! When to try again.

use std::time::Duration;

/// How often and how long apart a push is tried.
#[derive(Debug, Clone, PartialEq)]
pub struct RetryOptions {
    /// Most tries of a push. Waiting for a vendor that is down uses up none.
    pub tries: u32,
    /// Most tries when a request was written and never answered. The vendors cannot recognise a repetition, so each
    /// one may show the notification again; losing it would be worse.
    pub tries_unanswered: u32,
    /// First pause.
    pub first: Duration,
    /// Longest pause.
    pub longest: Duration,
}

impl Default for RetryOptions {
    fn default() -> Self {
        Self {
            tries: 5,
            tries_unanswered: 2,
            first: Duration::from_secs(2),
            longest: Duration::from_secs(300),
        }
    }
}

impl RetryOptions {
    /// Pause after the `tried`-th try (from 1): grows twofold, the upper half of it random (`jitter` in 0..1), never
    /// shorter than the vendor's wish.
    pub(crate) fn pause(&self, tried: u32, wish: Option<Duration>, jitter: f64) -> Duration {
        let doubled = self.first.saturating_mul(1 << tried.saturating_sub(1).min(16)).min(self.longest);
        let own = doubled.mul_f64(0.5 + 0.5 * jitter);
        match wish {
            Some(wish) => wish.mul_f64(1.0 + 0.1 * jitter).max(own),
            None => own,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_stay_in_bounds_and_obey_the_vendor() {
        let options = RetryOptions::default();
        for tried in 1..40 {
            let low = options.pause(tried, None, 0.0);
            let high = options.pause(tried, None, 1.0);
            assert!(low * 2 == high && high <= options.longest, "{tried}: {low:?} {high:?}");
            let wish = Duration::from_secs(1_000);
            assert!(options.pause(tried, Some(wish), 0.3) >= wish);
        }
        assert_eq!(options.pause(1, None, 1.0), Duration::from_secs(2));
        assert_eq!(options.pause(3, None, 1.0), Duration::from_secs(8));
        assert_eq!(options.pause(1, Some(Duration::from_millis(1)), 1.0), Duration::from_secs(2));
    }
}
