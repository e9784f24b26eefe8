//! The published rates: calls per second of each action and app, and a day's messages to everybody.

use super::Action;
use super::codes::{Code, Refusal};
use crate::gateway::Bucket;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Messages to all users in 24 hours.
const ALL_USERS_A_DAY: usize = 100;
const DAY: Duration = Duration::from_secs(24 * 3_600);

#[derive(Default)]
pub(super) struct Rates {
    buckets: Mutex<HashMap<(u32, &'static str), Bucket>>,
    all_users: Mutex<HashMap<u32, Vec<Duration>>>,
}

impl Rates {
    pub(super) fn take(&self, app_id: u32, action: &Action, now: Duration) -> Result<(), Refusal> {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let bucket = buckets
            .entry((app_id, action.name))
            .or_insert_with(|| Bucket::new(action.per_second, action.per_second, now));
        bucket.take(now).map_err(|wait_ms| {
            let message =
                format!("{} allows {} a second; again in {wait_ms} ms", action.name, action.per_second);
            Refusal::new(action.too_fast, message)
        })
    }

    /// Takes one of the day's messages to all users.
    pub(super) fn take_all_users(&self, app_id: u32, now: Duration) -> Result<(), Refusal> {
        let mut sent = self.all_users.lock().unwrap_or_else(PoisonError::into_inner);
        let sent = sent.entry(app_id).or_default();
        sent.retain(|at| now.saturating_sub(*at) < DAY);
        if sent.len() >= ALL_USERS_A_DAY {
            let message = format!("{ALL_USERS_A_DAY} messages to all users in 24 hours are the most");
            return Err(Refusal::new(Code::ALL_USERS_RATE, message));
        }
        sent.push(now);
        Ok(())
    }
}
