//! What happened in each minute of the last day, for plots. It outlives the process, see [`super::minutes`].

use super::minutes::MinuteFile;
use crate::hub::Hub;
use crate::store::StoreError;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, VecDeque};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use zim_push::Vendor;

/// Length of a step.
pub(super) const STEP_MS: i64 = 60_000;
/// Steps kept: a day of them.
pub(super) const MOST_POINTS: usize = 1_440;
const DAY_MS: i64 = 1_440 * STEP_MS;

/// One minute.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Point {
    /// Its beginning, UTC ms.
    pub(super) time: i64,
    /// Open at its end.
    connections: i64,
    /// Accepted in it.
    messages: u64,
    calls: u64,
    /// Answers of vendors in it, by outcome.
    pushes: BTreeMap<Vendor, BTreeMap<String, u64>>,
}

impl Point {
    /// A minute in which nothing happened.
    pub(super) fn at(time: i64) -> Self {
        Self { time, ..Self::default() }
    }

    /// With what was counted in the same minute later.
    fn and(mut self, later: Self) -> Self {
        self.time = later.time;
        self.connections = later.connections;
        self.messages += later.messages;
        self.calls += later.calls;
        for (vendor, counts) in later.pushes {
            let sum = self.pushes.entry(vendor).or_default();
            counts.into_iter().for_each(|(word, count)| *sum.entry(word).or_default() += count);
        }
        self
    }
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
        let mut pushes: BTreeMap<Vendor, BTreeMap<String, u64>> = BTreeMap::new();
        for (key, count) in &self.answers {
            let former = before.answers.get(key).copied().unwrap_or(0);
            let new = count.checked_sub(former).unwrap_or(*count);
            if new > 0 {
                *pushes.entry(key.1).or_default().entry(key.2.to_owned()).or_default() += new;
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
    file: Mutex<MinuteFile>,
}

#[derive(Default)]
struct State {
    /// Minutes that are over, without a gap.
    points: VecDeque<Point>,
    before: Totals,
    /// What an earlier process counted in the minute under way.
    carried: Point,
    /// Beginning of the minute under way.
    minute: i64,
}

impl State {
    /// Goes on from the minutes of earlier processes. While none ran, nothing happened.
    fn after(kept: Vec<Point>, now: i64) -> Self {
        let minute = minute(now);
        let oldest = minute - DAY_MS + STEP_MS;
        let mut by_time: BTreeMap<i64, Point> = BTreeMap::new();
        // A clock that went back since must not leave minutes of the future.
        for point in kept.into_iter().filter(|point| (oldest..=minute).contains(&point.time)) {
            let earlier = by_time.remove(&point.time).unwrap_or_default();
            by_time.insert(point.time, earlier.and(point));
        }
        let carried = by_time.remove(&minute).unwrap_or_default();
        let first = by_time.keys().next().copied().unwrap_or(minute);
        let times =
            std::iter::successors(Some(first), |time| Some(time + STEP_MS)).take_while(|time| *time < minute);
        let points = times.map(|time| by_time.remove(&time).unwrap_or_else(|| Point::at(time))).collect();
        Self { points, carried, minute, ..Self::default() }
    }

    /// The minute under way.
    fn current(&self, totals: &Totals) -> Point {
        self.carried.clone().and(totals.since(&self.before, self.minute))
    }
}

impl Series {
    /// Goes on with the minutes in this folder at this time (UTC ms).
    pub(crate) fn open(folder: &Path, now: i64) -> Self {
        let (file, kept) = MinuteFile::open(folder);
        Self { started_at: now, state: Mutex::new(State::after(kept, now)), file: Mutex::new(file) }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The newest `count` minutes, oldest first; the last one is under way.
    pub(super) fn points(&self, hub: &Hub, count: usize) -> Vec<Point> {
        let totals = Totals::of(hub);
        let state = self.state();
        let current = state.current(&totals);
        let ended = state.points.iter().rev().take(count.saturating_sub(1)).rev().cloned();
        ended.chain([current]).collect()
    }

    /// Ends the minute under way, which is given back.
    fn turn(&self, hub: &Hub) -> Point {
        let (totals, now) = (Totals::of(hub), hub.clock.now());
        let mut state = self.state();
        let point = state.current(&totals);
        state.points.push_back(point.clone());
        if state.points.len() >= MOST_POINTS {
            state.points.pop_front();
        }
        // A wall clock that went back must not make two points of one minute.
        state.minute = minute(now).max(state.minute + STEP_MS);
        state.before = totals;
        state.carried = Point::default();
        point
    }

    /// Writes a minute that is over.
    fn keep(&self, point: &Point) {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.append(point, || self.state().points.clone());
    }

    /// The process ends: the minute under way is written as far as it came.
    pub(crate) fn close(&self, hub: &Hub) {
        let point = self.turn(hub);
        self.keep(&point);
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
        let point = hub.series.turn(&hub);
        let writer = Arc::clone(&hub);
        let _ = tokio::task::spawn_blocking(move || writer.series.keep(&point)).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(minute: i64, messages: u64) -> Point {
        let pushes = BTreeMap::from([(Vendor::Fcm, BTreeMap::from([("delivered".to_owned(), messages)]))]);
        Point { time: minute * STEP_MS, connections: 1, messages, calls: 0, pushes }
    }

    fn told(state: &State) -> Vec<(i64, u64)> {
        state.points.iter().map(|point| (point.time / STEP_MS, point.messages)).collect()
    }

    #[test]
    fn a_series_goes_on_without_gap_or_future() {
        let kept = vec![point(1, 9), point(5_000, 1), point(5_003, 2), point(5_009, 3)];
        let state = State::after(kept.clone(), 5_005 * STEP_MS + 7);
        assert_eq!(told(&state), [(5_000, 1), (5_001, 0), (5_002, 0), (5_003, 2), (5_004, 0)]);
        assert_eq!((state.minute, &state.carried), (5_005 * STEP_MS, &Point::default()));
        let state = State::after(kept, 6_440 * STEP_MS);
        assert_eq!((state.points.len(), state.points[0].time / STEP_MS), (1_437, 5_003));
        assert!(State::after(Vec::new(), 5 * STEP_MS).points.is_empty());
    }

    #[test]
    fn a_minute_of_two_processes_is_one() {
        let kept = vec![point(7, 1), point(7, 2), point(8, 4)];
        let state = State::after(kept, 8 * STEP_MS);
        assert_eq!(told(&state), [(7, 3)]);
        assert_eq!(state.points[0].pushes[&Vendor::Fcm]["delivered"], 3);
        let totals = Totals { connections: 5, messages: 6, ..Totals::default() };
        let current = state.current(&totals);
        assert_eq!((current.time, current.messages, current.connections), (8 * STEP_MS, 10, 5));
    }
}
