//! One owner per local store inside this process.
//!
//! A store closes in the background, so a host that destroys a client and makes the next one at once would meet its own
//! lock. The owner therefore marks its lease as ending, and only then a newcomer waits; a lease in real use is refused.

use super::StoreError;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long a newcomer waits for an ending owner to write its last batch.
const PATIENCE: Duration = Duration::from_secs(10);

/// Set by an owner as soon as it knows that it will close.
pub(crate) type Ending = Arc<AtomicBool>;

/// Who owns what.
#[derive(Default)]
pub(crate) struct Leases {
    held: Mutex<HashMap<String, Ending>>,
    released: Condvar,
}

impl Leases {
    /// Takes `key`, or says who is in the way.
    pub(crate) fn acquire(self: &Arc<Self>, key: &str, ending: &Ending) -> Result<Lease, StoreError> {
        let end = Instant::now() + PATIENCE;
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        while let Some(owner) = held.get(key) {
            if !owner.load(Ordering::Acquire) {
                return Err(StoreError::Open("another client of this process uses it".into()));
            }
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(StoreError::Open("its last owner does not finish".into()));
            }
            held = self.released.wait_timeout(held, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        held.insert(key.to_owned(), ending.clone());
        Ok(Lease { leases: self.clone(), key: key.to_owned() })
    }
}

/// Ownership; ends when dropped.
pub(crate) struct Lease {
    leases: Arc<Leases>,
    key: String,
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.leases.held.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.key);
        self.leases.released.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lease_in_use_is_refused_and_an_ending_one_is_waited_for() {
        let leases = Arc::new(Leases::default());
        let ending = Ending::default();
        let first = leases.acquire("a", &ending).unwrap();
        assert!(leases.acquire("a", &Ending::default()).is_err());
        assert!(leases.acquire("b", &Ending::default()).is_ok());
        ending.store(true, Ordering::Release);
        let newcomer = {
            let leases = leases.clone();
            std::thread::spawn(move || leases.acquire("a", &Ending::default()).is_ok())
        };
        drop(first);
        assert!(newcomer.join().unwrap());
    }
}
