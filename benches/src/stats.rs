//! Medians and percentiles of a run.

use std::time::Duration;

/// Collected times of one operation.
#[derive(Debug, Default, Clone)]
pub struct Samples {
    times: Vec<Duration>,
}

impl Samples {
    /// Room for `count` samples.
    #[must_use]
    pub fn with_capacity(count: usize) -> Self {
        Self { times: Vec::with_capacity(count) }
    }

    /// Adds one.
    pub fn push(&mut self, time: Duration) {
        self.times.push(time);
    }

    /// The value below which `fraction` (0…1) of the samples lie.
    ///
    /// # Panics
    /// Without samples.
    #[must_use]
    pub fn percentile(&self, fraction: f64) -> Duration {
        assert!(!self.times.is_empty(), "no samples");
        let mut sorted = self.times.clone();
        sorted.sort_unstable();
        #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let index = ((sorted.len() - 1) as f64 * fraction).round() as usize;
        sorted[index]
    }

    /// Median.
    #[must_use]
    pub fn median(&self) -> Duration {
        self.percentile(0.5)
    }
}

/// The median of some figures.
///
/// # Panics
/// Without figures.
#[must_use]
pub fn median(figures: &mut [f64]) -> f64 {
    assert!(!figures.is_empty(), "no figures");
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}
