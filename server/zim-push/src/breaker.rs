//! Circuit breaker of one credential: a vendor that fails, limits us or suddenly calls every token dead is left alone
//! for a while. The jobs wait in the durable queue and use up no try.

use std::collections::VecDeque;
use std::time::Duration;

/// When a breaker opens and for how long.
#[derive(Debug, Clone, PartialEq)]
pub struct BreakerOptions {
    /// Failures in a row that open it.
    pub failures: u32,
    /// First pause; doubles with every failed probe.
    pub first_pause: Duration,
    /// Longest pause.
    pub longest_pause: Duration,
    /// Pause for a rate limit without a wish of the vendor, and after a burst of dead tokens.
    pub hold: Duration,
    /// Answers the burst rule looks back on.
    pub burst_answers: usize,
    /// Fewer answers than this are no burst.
    pub burst_minimum: usize,
    /// How far the burst rule looks back.
    pub burst_window: Duration,
    /// Share of dead tokens above which nothing is deleted, in percent.
    pub burst_percent: usize,
}

impl Default for BreakerOptions {
    fn default() -> Self {
        Self {
            failures: 5,
            first_pause: Duration::from_secs(5),
            longest_pause: Duration::from_secs(60),
            hold: Duration::from_secs(60),
            burst_answers: 200,
            burst_minimum: 20,
            burst_window: Duration::from_secs(60),
            burst_percent: 20,
        }
    }
}

/// What an answer means for the credential as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The vendor works.
    Works,
    /// The vendor works and says that this token is dead.
    DeadToken,
    /// The vendor failed.
    Failed { after: Option<Duration>, why: String },
    /// The vendor asks us to slow down.
    Limited { after: Option<Duration>, why: String },
}

/// Whether a request may go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Admission {
    /// It may.
    Send,
    /// Not before this time.
    Wait(Pause),
}

/// Why and how long the credential rests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pause {
    /// UTC ms.
    pub(crate) until: i64,
    /// For the log.
    pub(crate) why: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum State {
    Closed,
    /// `failed`: opened by failures, so that a success of an older request closes it.
    Open {
        pause: Pause,
        failed: bool,
    },
    /// One request is out to see whether the vendor is back.
    Probing {
        until: i64,
        why: String,
    },
}

#[derive(Debug)]
pub(crate) struct Breaker {
    options: BreakerOptions,
    state: State,
    failures: u32,
    openings: u32,
    answers: VecDeque<(i64, bool)>,
    dead: usize,
}

/// A probe that never reports (its task was lost) does not block the credential longer than this.
const PROBE_PATIENCE_MS: i64 = 60_000;

impl Breaker {
    pub(crate) fn new(options: BreakerOptions) -> Self {
        Self { options, state: State::Closed, failures: 0, openings: 0, answers: VecDeque::new(), dead: 0 }
    }

    /// The current pause, without taking the probe.
    pub(crate) fn pause(&self, now: i64) -> Option<Pause> {
        match &self.state {
            State::Closed => None,
            State::Open { pause, .. } => (now < pause.until).then(|| pause.clone()),
            State::Probing { until, why } => {
                (now < *until).then(|| Pause { until: (now + 1_000).min(*until), why: why.clone() })
            }
        }
    }

    /// Asked right before a request; the first one after a pause is the probe.
    pub(crate) fn admit(&mut self, now: i64) -> Admission {
        if let Some(pause) = self.pause(now) {
            return Admission::Wait(pause);
        }
        match &mut self.state {
            State::Closed => {}
            State::Open { pause, .. } => {
                self.state =
                    State::Probing { until: now + PROBE_PATIENCE_MS, why: std::mem::take(&mut pause.why) };
            }
            State::Probing { until, .. } => *until = now + PROBE_PATIENCE_MS,
        }
        Admission::Send
    }

    /// Takes an answer in. `jitter` in 0..1 spreads the pauses. Returns whether requests flow.
    pub(crate) fn record(&mut self, now: i64, verdict: Verdict, jitter: f64) -> bool {
        match verdict {
            Verdict::Works => {
                self.note_answer(now, false);
                self.failures = 0;
                match self.state {
                    State::Closed => {}
                    State::Open { failed: false, .. } => return false,
                    State::Open { .. } | State::Probing { .. } => self.close(),
                }
            }
            Verdict::DeadToken => {
                self.note_answer(now, true);
                self.failures = 0;
                if matches!(self.state, State::Probing { .. }) || self.is_burst() {
                    let why = format!(
                        "{} of the last {} answers called the token dead; no binding is deleted in such a burst",
                        self.dead,
                        self.answers.len()
                    );
                    self.open(now, self.options.hold, why, false, jitter);
                }
            }
            Verdict::Failed { after, why } => {
                self.failures = self.failures.saturating_add(1);
                match self.state {
                    State::Open { .. } => {}
                    State::Closed if self.failures < self.options.failures => {}
                    State::Closed | State::Probing { .. } => {
                        let doubled = self.options.first_pause.saturating_mul(1 << self.openings.min(16));
                        let pause = doubled.min(self.options.longest_pause).max(after.unwrap_or_default());
                        self.openings = self.openings.saturating_add(1);
                        self.open(now, pause, why, true, jitter);
                    }
                }
            }
            Verdict::Limited { after, why } => {
                self.open(now, after.unwrap_or(self.options.hold), why, false, jitter);
            }
        }
        matches!(self.state, State::Closed)
    }

    pub(crate) fn is_closed(&self) -> bool {
        matches!(self.state, State::Closed)
    }

    fn close(&mut self) {
        self.state = State::Closed;
        self.openings = 0;
        self.answers.clear();
        self.dead = 0;
    }

    fn open(&mut self, now: i64, pause: Duration, why: String, failed: bool, jitter: f64) {
        let pause = pause.mul_f64(1.0 + 0.1 * jitter);
        let until = now.saturating_add(i64::try_from(pause.as_millis()).unwrap_or(i64::MAX));
        self.state = State::Open { pause: Pause { until, why }, failed };
    }

    fn note_answer(&mut self, now: i64, dead: bool) {
        self.answers.push_back((now, dead));
        self.dead += usize::from(dead);
        let oldest = now - i64::try_from(self.options.burst_window.as_millis()).unwrap_or(i64::MAX);
        while self.answers.len() > self.options.burst_answers
            || self.answers.front().is_some_and(|&(at, _)| at < oldest)
        {
            if let Some((_, true)) = self.answers.pop_front() {
                self.dead -= 1;
            }
        }
    }

    fn is_burst(&self) -> bool {
        self.answers.len() >= self.options.burst_minimum
            && self.dead * 100 > self.answers.len() * self.options.burst_percent
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failed() -> Verdict {
        Verdict::Failed { after: None, why: "503".into() }
    }

    fn breaker() -> Breaker {
        Breaker::new(BreakerOptions::default())
    }

    #[test]
    fn opens_after_failures_in_a_row_and_closes_after_a_good_probe() {
        let mut breaker = breaker();
        for _ in 0..4 {
            assert!(breaker.record(0, failed(), 0.0));
        }
        breaker.record(0, Verdict::Works, 0.0);
        for _ in 0..4 {
            assert!(breaker.record(0, failed(), 0.0), "a success starts the count anew");
        }
        assert!(!breaker.record(0, failed(), 0.0));
        assert_eq!(breaker.admit(4_999), Admission::Wait(Pause { until: 5_000, why: "503".into() }));
        assert_eq!(breaker.admit(5_000), Admission::Send, "the probe");
        assert!(matches!(breaker.admit(5_000), Admission::Wait(_)), "only one probe");
        assert!(breaker.record(5_001, Verdict::Works, 0.0));
        assert_eq!(breaker.admit(5_001), Admission::Send);
    }

    #[test]
    fn pauses_double_up_to_the_longest() {
        let mut breaker = breaker();
        for _ in 0..5 {
            breaker.record(0, failed(), 0.0);
        }
        let mut now = 0;
        for expected in [5_000, 10_000, 20_000, 40_000, 60_000, 60_000] {
            let pause = breaker.pause(now).unwrap();
            assert_eq!(pause.until - now, expected);
            now = pause.until;
            assert_eq!(breaker.admit(now), Admission::Send);
            breaker.record(now, failed(), 0.0);
        }
    }

    #[test]
    fn a_lost_probe_is_replaced() {
        let mut breaker = breaker();
        breaker.record(0, Verdict::Limited { after: Some(Duration::from_secs(1)), why: "429".into() }, 0.0);
        assert_eq!(breaker.admit(1_000), Admission::Send);
        assert!(matches!(breaker.admit(30_000), Admission::Wait(_)));
        assert_eq!(breaker.admit(1_000 + PROBE_PATIENCE_MS), Admission::Send);
    }

    #[test]
    fn a_rate_limit_outlasts_successes_of_older_requests() {
        let mut breaker = breaker();
        breaker.record(0, Verdict::Limited { after: Some(Duration::from_secs(30)), why: "429".into() }, 0.0);
        assert!(!breaker.record(10, Verdict::Works, 0.0));
        assert!(matches!(breaker.admit(29_999), Admission::Wait(_)));
    }

    #[test]
    fn a_burst_of_dead_tokens_opens_it_but_a_few_do_not() {
        let mut few = breaker();
        for n in 0..200 {
            let verdict = if n % 5 == 4 { Verdict::DeadToken } else { Verdict::Works };
            assert!(few.record(n, verdict, 0.0), "exactly 20 % is no burst");
        }
        assert!(!few.record(200, Verdict::DeadToken, 0.0), "one more than 20 % is");

        let mut quiet = breaker();
        for n in 0..100 {
            assert!(quiet.record(n * 10_000, Verdict::DeadToken, 0.0), "spread over time it is no burst");
        }
        let mut all = breaker();
        let flowing = (0..20).filter(|&n| all.record(n, Verdict::DeadToken, 0.0)).count();
        assert_eq!(flowing, 19, "without a single success it opens at the minimum");
    }

    #[test]
    fn a_dead_token_as_probe_answer_keeps_it_open() {
        let mut breaker = breaker();
        breaker.record(0, Verdict::Limited { after: Some(Duration::from_secs(1)), why: "429".into() }, 0.0);
        assert_eq!(breaker.admit(1_000), Admission::Send);
        assert!(!breaker.record(1_001, Verdict::DeadToken, 0.0));
    }
}
