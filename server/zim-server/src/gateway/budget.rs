//! How much one connection may have open, and how fast it may ask.

use std::time::Duration;
use zim_proto::v1::request::Op;

/// What requests of one connection may weigh together before it is not read any further. Thousands of sends or a
/// handful of pages: about what their answers and their copies in the store's queue take, in bytes.
pub(crate) const MAX_OPEN_WEIGHT: u32 = 4 << 20;

/// What a request of `bytes` weighs until it is answered.
pub(crate) fn weight(op: &Op, bytes: usize) -> u32 {
    let answer = match op {
        Op::QueryHistory(_) => 512 << 10,
        Op::QueryGroupMembers(_) | Op::QueryCalls(_) | Op::CreateGroup(_) | Op::InviteIntoGroup(_) => {
            64 << 10
        }
        Op::QueryConversation(_) => 48 << 10,
        _ => 512,
    };
    answer + u32::try_from(bytes).unwrap_or(MAX_OPEN_WEIGHT)
}

/// A token bucket. Rate 0 lets everything pass.
pub(crate) struct Bucket {
    per_second: u32,
    burst: u32,
    /// Thousandths of a request.
    level: u64,
    at: Duration,
}

impl Bucket {
    pub(crate) fn new(per_second: u32, burst: u32, now: Duration) -> Self {
        Self { per_second, burst, level: u64::from(burst) * 1_000, at: now }
    }

    /// Takes one; else how long to wait for the next, in ms.
    pub(crate) fn take(&mut self, now: Duration) -> Result<(), u32> {
        if self.per_second == 0 {
            return Ok(());
        }
        let passed = u64::try_from(now.saturating_sub(self.at).as_millis()).unwrap_or(u64::MAX);
        if passed > 0 {
            self.at = now;
            let gained = passed.saturating_mul(self.per_second.into());
            self.level = self.level.saturating_add(gained).min(u64::from(self.burst) * 1_000);
        }
        match self.level.checked_sub(1_000) {
            Some(level) => {
                self.level = level;
                Ok(())
            }
            None => {
                let wait = (1_000 - self.level).div_ceil(self.per_second.into());
                Err(u32::try_from(wait).unwrap_or(u32::MAX).max(1))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_passes_then_the_rate_counts() {
        let mut bucket = Bucket::new(10, 3, Duration::ZERO);
        assert!((0..3).all(|_| bucket.take(Duration::ZERO).is_ok()));
        assert_eq!(bucket.take(Duration::ZERO), Err(100));
        assert_eq!(bucket.take(Duration::from_millis(60)), Err(40));
        assert_eq!(bucket.take(Duration::from_millis(100)), Ok(()));
        assert!((0..3).all(|_| bucket.take(Duration::from_secs(60)).is_ok()));
        assert!(bucket.take(Duration::from_secs(60)).is_err(), "the burst is a limit");
        let mut free = Bucket::new(0, 0, Duration::ZERO);
        assert!((0..100_000).all(|_| free.take(Duration::ZERO).is_ok()));
    }
}
