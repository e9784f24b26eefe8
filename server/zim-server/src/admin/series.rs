//! What happened in each minute of the last day, for plots.

use crate::hub::Hub;
use crate::store::StoreError;
use serde::Serialize;
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use zim_push::Vendor;

/// Length of a step.
pub(super) const STEP_MS: i64 = 60_000;
/// Steps kept: a day of them.
pub(super) const MOST_POINTS: usize = 1_440;

/// One minute.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub(super) struct Point {
    /// Its beginning, UTC ms.
    pub(super) time: i64,
    /// Open at its end.
    connections: i64,
    /// Accepted in it.
    messages: u64,
    calls: u64,
    /// Answers of vendors in it, by outcome.
    pushes: BTreeMap<Vendor, BTreeMap<&'static str, u64>>,
}

/// The counters behind a point, since the start of the process.
#[derive(Debug, Clone, Default)]
struct Totals {
    connections: i64,
    messages: u64,
    calls: u64,
    /// By credential, vendor and outcome.
    answers: BTreeMap<(String, Vendor, &'static str), u64>,
}

impl Totals {
    fn of(hub: &Hub) -> Self {
        let metrics = &hub.metrics;
        let providers = hub.push.get().map(|push| push.metrics().providers).unwrap_or_default();
        let answers = providers.into_iter().flat_map(|of| {
            let (name, vendor) = (of.name, of.vendor);
            of.answers.into_iter().map(move |(word, count)| ((name.clone(), vendor, word), count))
        });
        let mut all = BTreeMap::new();
        for (key, count) in answers {
            *all.entry(key).or_default() += count;
        }
        Self {
            connections: metrics.connections.get(),
            messages: metrics.messages.get(),
            calls: metrics.calls.get(),
            answers: all,
        }
    }

    /// What was counted since `before`. A credential that was replaced meanwhile counts from zero again.
    fn since(&self, before: &Self, time: i64) -> Point {
        let mut pushes: BTreeMap<Vendor, BTreeMap<&'static str, u64>> = BTreeMap::new();
        for (key, count) in &self.answers {
            let former = before.answers.get(key).copied().unwrap_or(0);
            let new = count.checked_sub(former).unwrap_or(*count);
            if new > 0 {
                *pushes.entry(key.1).or_default().entry(key.2).or_default() += new;
            }
        }
        Point {
            time,
            connections: self.connections,
            messages: self.messages - before.messages,
            calls: self.calls - before.calls,
            pushes,
        }
    }
}

/// The minutes kept, and where the one under way began.
pub(crate) struct Series {
    /// UTC ms.
    pub(super) started_at: i64,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    points: VecDeque<Point>,
    before: Totals,
    /// Beginning of the minute under way.
    minute: i64,
}

impl Series {
    /// A series that begins now (UTC ms).
    pub(crate) fn new(now: i64) -> Self {
        Self { started_at: now, state: Mutex::new(State { minute: minute(now), ..State::default() }) }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The newest `count` minutes, oldest first; the last one is under way.
    pub(super) fn points(&self, hub: &Hub, count: usize) -> Vec<Point> {
        let totals = Totals::of(hub);
        let state = self.state();
        let current = totals.since(&state.before, state.minute);
        let ended = state.points.iter().rev().take(count.saturating_sub(1)).rev().cloned();
        ended.chain([current]).collect()
    }

    /// Ends the minute under way.
    fn turn(&self, hub: &Hub) {
        let (totals, now) = (Totals::of(hub), hub.clock.now());
        let mut state = self.state();
        let point = totals.since(&state.before, state.minute);
        state.points.push_back(point);
        if state.points.len() >= MOST_POINTS {
            state.points.pop_front();
        }
        // A wall clock that went back must not make two points of one minute.
        state.minute = minute(now).max(state.minute + STEP_MS);
        state.before = totals;
    }
}

fn minute(now: i64) -> i64 {
    now.div_euclid(STEP_MS) * STEP_MS
}

/// Ends each minute when it is over.
pub(crate) async fn record(hub: Arc<Hub>) -> Result<(), StoreError> {
    loop {
        let rest = STEP_MS - hub.clock.now().rem_euclid(STEP_MS);
        hub.clock.sleep(Duration::from_millis(rest.unsigned_abs())).await;
        hub.series.turn(&hub);
    }
}
