//! The push services behind one credential, each with a breaker of its own: subscriptions choose them, so that one which is
//! down, or somebody's that only pretends, must not hold up the pushes of the others.

use crate::breaker::{Admission, Breaker, BreakerOptions, Verdict};
use crate::model::{Outcome, RateScope};
use crate::verdict;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// More than this are not remembered: those that work are forgotten first.
const MOST_SERVICES: usize = 4_096;

#[derive(Default)]
pub(super) struct Services {
    by_origin: Mutex<HashMap<String, Breaker>>,
}

impl Services {
    /// Whether a request may go to this push service now; else when.
    pub(super) fn admit(&self, origin: &str, now: i64) -> Result<(), Outcome> {
        let mut breakers = self.lock();
        if breakers.len() >= MOST_SERVICES && !breakers.contains_key(origin) {
            breakers.retain(|_, breaker| !breaker.is_closed());
            if breakers.len() >= MOST_SERVICES {
                breakers.clear();
            }
        }
        let new = || Breaker::new(BreakerOptions::default());
        match breakers.entry(origin.to_owned()).or_insert_with(new).admit(now) {
            Admission::Send => Ok(()),
            Admission::Wait(pause) => Err(resting(pause.until - now)),
        }
    }

    /// Takes an answer in. While the push service is not to be believed, nothing it says is final.
    pub(super) fn record(&self, origin: &str, now: i64, outcome: Outcome) -> Outcome {
        let mut breakers = self.lock();
        let Some(breaker) = breakers.get_mut(origin) else { return outcome };
        let verdict = match &outcome {
            Outcome::RateLimited { after, .. } => {
                Verdict::Limited { after: *after, why: "the push service limits us".into() }
            }
            other => verdict::of(other),
        };
        let flowing = breaker.record(now, verdict, fastrand::f64());
        let wait = breaker.pause(now).map(|pause| pause.until - now);
        match (outcome, wait) {
            (Outcome::TokenInvalid { .. } | Outcome::Retry { .. }, Some(wait)) if !flowing => resting(wait),
            (outcome, _) => outcome,
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Breaker>> {
        self.by_origin.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn resting(wait_ms: i64) -> Outcome {
    let after = Duration::from_millis(u64::try_from(wait_ms).unwrap_or_default());
    Outcome::RateLimited { after: Some(after), scope: RateScope::Service }
}
