//! Time for the engine.
//!
//! `Instant` stands still while a phone sleeps (Linux, Android, Apple). The wall clock does not, so each reading compares
//! how far both went: a wall clock that ran ahead means the device slept (or was set), and what the engine believes
//! about its link must be checked now. Monotonic time itself is left as it is, since a user who sets the clock must not
//! make every timer expire.

use crate::engine::io::Now;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// More than the clocks drift apart between two readings, less than a link survives unseen.
const JUMP: Duration = Duration::from_secs(5);

/// Reads both clocks.
pub(super) struct Clock {
    start: Instant,
    last: Reading,
}

#[derive(Clone, Copy)]
struct Reading {
    mono: Duration,
    wall: Duration,
}

impl Clock {
    pub(super) fn new() -> Self {
        let start = Instant::now();
        Self { start, last: read(start) }
    }

    /// The moment, and whether the device seems to have slept since the last reading.
    pub(super) fn now(&mut self) -> (Now, bool) {
        let reading = read(self.start);
        let slept = has_slept(self.last, reading);
        self.last = reading;
        let now = Now {
            mono_ms: milliseconds(reading.mono),
            wall_ms: i64::try_from(reading.wall.as_millis()).unwrap_or(i64::MAX),
        };
        (now, slept)
    }

    /// When the engine's monotonic `mono_ms` comes.
    pub(super) fn instant(&self, mono_ms: u64) -> Instant {
        // Timers far beyond any use would overflow the platform's clock.
        self.start + Duration::from_millis(mono_ms.min(milliseconds(self.last.mono) + 86_400_000))
    }
}

fn read(start: Instant) -> Reading {
    Reading { mono: start.elapsed(), wall: SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default() }
}

fn has_slept(before: Reading, after: Reading) -> bool {
    let mono = after.mono.saturating_sub(before.mono);
    after.wall.saturating_sub(before.wall) > mono + JUMP
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(mono: u64, wall: u64) -> Reading {
        Reading { mono: Duration::from_secs(mono), wall: Duration::from_secs(wall) }
    }

    #[test]
    fn only_a_wall_clock_that_ran_ahead_is_sleep() {
        assert!(has_slept(at(10, 1000), at(11, 1600)));
        assert!(!has_slept(at(10, 1000), at(610, 1600)));
        assert!(!has_slept(at(10, 1000), at(11, 400)), "a clock set back is no sleep");
        assert!(!has_slept(at(10, 1000), at(11, 1004)));
    }

    #[test]
    fn deadlines_come_back_as_instants() {
        let mut clock = Clock::new();
        let (now, _) = clock.now();
        assert!(clock.instant(now.mono_ms + 1000) > Instant::now());
        assert!(clock.instant(u64::MAX) > Instant::now());
    }
}
