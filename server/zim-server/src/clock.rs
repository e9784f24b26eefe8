//! Time as an argument: everything that waits or stamps asks a [`Clock`], so that a test can move hours in a line.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A wait that ends when a clock reaches a moment. Dropping it gives the wait up.
pub type Sleep = Pin<Box<dyn Future<Output = ()> + Send>>;

/// A source of time.
///
/// Two readings, because wall clocks are set and jump: what is stored or shown uses [`Clock::now`], what measures a
/// silence or a delay uses [`Clock::elapsed`].
pub trait Clock: Debug + Send + Sync + 'static {
    /// UTC in milliseconds.
    fn now(&self) -> i64;
    /// Time since the clock was made; never goes back.
    fn elapsed(&self) -> Duration;
    /// Waits until [`Clock::elapsed`] is at least `at`.
    fn sleep_until(&self, at: Duration) -> Sleep;
    /// Waits for `time`.
    fn sleep(&self, time: Duration) -> Sleep {
        self.sleep_until(self.elapsed().saturating_add(time))
    }
}

/// The machine's clock.
#[derive(Debug)]
pub struct SystemClock {
    start: tokio::time::Instant,
}

impl Default for SystemClock {
    fn default() -> Self {
        Self { start: tokio::time::Instant::now() }
    }
}

impl Clock for SystemClock {
    fn now(&self) -> i64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
    }

    fn elapsed(&self) -> Duration {
        self.start.elapsed()
    }

    fn sleep_until(&self, at: Duration) -> Sleep {
        Box::pin(tokio::time::sleep_until(self.start + at))
    }
}

/// A clock that moves only when told to: for tests of the server and of what talks to it.
#[derive(Debug)]
pub struct ManualClock {
    state: Arc<Mutex<ManualState>>,
}

#[derive(Debug, Default)]
struct ManualState {
    wall: i64,
    elapsed: Duration,
    next_wait: u64,
    waiting: BTreeMap<(Duration, u64), Waker>,
}

impl ManualClock {
    /// A clock that shows `now` (UTC ms).
    #[must_use]
    pub fn new(now: i64) -> Self {
        Self { state: Arc::new(Mutex::new(ManualState { wall: now, ..ManualState::default() })) }
    }

    /// Moves both readings forward and wakes who waited for that.
    pub fn advance(&self, time: Duration) {
        let due = {
            let mut state = lock(&self.state);
            state.elapsed += time;
            state.wall += i64::try_from(time.as_millis()).unwrap_or(i64::MAX);
            let beyond = (state.elapsed + Duration::from_nanos(1), 0);
            let later = state.waiting.split_off(&beyond);
            std::mem::replace(&mut state.waiting, later)
        };
        due.into_values().for_each(Waker::wake);
    }

    /// Sets the wall reading alone, as an operator or a time service would.
    pub fn jump(&self, now: i64) {
        lock(&self.state).wall = now;
    }
}

impl Clock for ManualClock {
    fn now(&self) -> i64 {
        lock(&self.state).wall
    }

    fn elapsed(&self) -> Duration {
        lock(&self.state).elapsed
    }

    fn sleep_until(&self, at: Duration) -> Sleep {
        let id = {
            let mut state = lock(&self.state);
            state.next_wait += 1;
            state.next_wait
        };
        Box::pin(ManualSleep { state: Arc::clone(&self.state), key: (at, id) })
    }
}

struct ManualSleep {
    state: Arc<Mutex<ManualState>>,
    key: (Duration, u64),
}

impl Future for ManualSleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let mut state = lock(&self.state);
        if state.elapsed >= self.key.0 {
            return Poll::Ready(());
        }
        state.waiting.insert(self.key, cx.waker().clone());
        Poll::Pending
    }
}

impl Drop for ManualSleep {
    fn drop(&mut self) {
        lock(&self.state).waiting.remove(&self.key);
    }
}

fn lock(state: &Mutex<ManualState>) -> std::sync::MutexGuard<'_, ManualState> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_manual_clock_wakes_exactly_what_is_due() {
        let clock = ManualClock::new(1_000);
        let mut early = tokio::spawn(clock.sleep(Duration::from_secs(5)));
        let late = tokio::spawn(clock.sleep(Duration::from_secs(50)));
        clock.advance(Duration::from_secs(5));
        (&mut early).await.unwrap();
        assert!(!late.is_finished());
        assert_eq!(clock.now(), 6_000);
        clock.jump(0);
        assert_eq!((clock.now(), clock.elapsed()), (0, Duration::from_secs(5)));
        clock.advance(Duration::from_secs(45));
        late.await.unwrap();
    }
}
