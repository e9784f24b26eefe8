//! Due times that survive a restart: the rows of the timer table, acted upon.

use super::{Limits, call};
use crate::store::{StoreError, TimerKind, Tx};

/// Acts on at most `limit` timers that are due at `now` and returns how many there were: call again while it is `limit`.
pub fn run_due(tx: &mut dyn Tx, now: i64, limits: &Limits, limit: usize) -> Result<usize, StoreError> {
    let due = tx.take_due_timers(now, limit)?;
    for (app_id, timer) in &due {
        match timer.kind {
            TimerKind::Call => call::time_out(tx, now, *app_id, &timer.key, limits)?,
            TimerKind::CallNotReceived => call::not_yet_received(tx, now, *app_id, &timer.key, limits)?,
        }
    }
    Ok(due.len())
}
