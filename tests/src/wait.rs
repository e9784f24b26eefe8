//! Waiting: for futures and for conditions, never for ever and never for a fixed time.

use std::future::IntoFuture;
use std::time::{Duration, Instant};

/// Nothing takes so long unless it is broken.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// How often a condition that nobody announces is looked at.
const LOOK: Duration = Duration::from_millis(2);

/// Runs a future on this thread to its end.
///
/// # Panics
/// After [`PATIENCE`].
pub fn wait<F: IntoFuture>(future: F) -> F::Output {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("the system has threads and descriptors");
    // `timeout` wants the runtime it is made in.
    let waited = runtime.block_on(async { tokio::time::timeout(PATIENCE, future.into_future()).await });
    waited.unwrap_or_else(|_| panic!("no answer within {PATIENCE:?}"))
}

/// Looks until `find` finds something.
///
/// # Panics
/// After [`PATIENCE`], with `what` was missing.
pub fn until<T>(what: &str, mut find: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = find() {
            return found;
        }
        assert!(Instant::now() < end, "no {what} within {PATIENCE:?}");
        std::thread::park_timeout(LOOK);
    }
}
