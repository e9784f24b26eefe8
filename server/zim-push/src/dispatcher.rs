//! Takes due jobs from the durable queue, sends them, and says what becomes of each.
//!
//! Memory is bounded: one claimed batch plus the requests in flight of each credential; everything else stays in the
//! queue. A credential whose vendor is slow or down gets its jobs put back, so that the others go on.

use crate::breaker::{Admission, BreakerOptions, Verdict};
use crate::clock::Clock;
use crate::job::{ClaimedJob, Disposition, Feedback, JobResult, JobSource, LogLine, Stage, Standing};
use crate::metrics::{Metrics, Totals};
use crate::model::{Intent, Outcome, Target};
use crate::preview::{self, Preview};
use crate::provider::Push;
use crate::providers::{Lane, Lanes, Providers};
use crate::retry::RetryOptions;
use crate::strategy::{ApplePushType, Resolution, Strategies, Strategy};
use crate::verdict::{self, Answered};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;
use tokio::sync::{Notify, OwnedSemaphorePermit, watch};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{Instant, sleep, timeout};

/// How the dispatcher works.
#[derive(Debug, Clone, PartialEq)]
pub struct DispatcherOptions {
    /// Jobs claimed at once.
    pub batch: usize,
    /// Requests in flight per credential.
    pub concurrency: usize,
    /// How long a claimed job is ours. Longer than any send with its repetition takes.
    pub lease: Duration,
    /// How long to wait for a busy credential before its jobs are put back.
    pub patience: Duration,
    /// Tries and pauses.
    pub retry: RetryOptions,
    /// When a credential rests.
    pub breaker: BreakerOptions,
    /// Seed of the jitter; `None` = from the system.
    pub seed: Option<u64>,
}

impl Default for DispatcherOptions {
    fn default() -> Self {
        Self {
            batch: 64,
            concurrency: 128,
            lease: Duration::from_secs(120),
            patience: Duration::from_millis(250),
            retry: RetryOptions::default(),
            breaker: BreakerOptions::default(),
            seed: None,
        }
    }
}

/// Longest sleep without a look at the queue.
const LONGEST_SLEEP: Duration = Duration::from_secs(30);
/// Pause when the queue says that a job is due but does not hand it out.
const OVERDUE_PAUSE: Duration = Duration::from_millis(20);
/// Pause after an error of the queue.
const SOURCE_PAUSE: Duration = Duration::from_secs(1);
/// Tries to store what became of a job; then its lease runs out and it is sent again.
const FINISH_TRIES: u32 = 5;
/// Time to live of a debug push.
const DEBUG_TTL_MS: i64 = 3_600_000;

/// The running dispatcher. Dropping it stops claiming; [`shutdown`](Self::shutdown) also waits.
pub struct Dispatcher {
    inner: Arc<Inner>,
    stop: watch::Sender<Option<Instant>>,
    task: Mutex<Option<JoinHandle<()>>>,
}

struct Inner {
    source: Arc<dyn JobSource>,
    lanes: Lanes,
    strategies: RwLock<Arc<Strategies>>,
    options: DispatcherOptions,
    clock: Arc<dyn Clock>,
    rng: Mutex<fastrand::Rng>,
    wake: Notify,
    totals: Totals,
}

impl Dispatcher {
    /// Starts to work on the queue. Called inside a tokio runtime.
    #[must_use]
    pub fn start(
        source: Arc<dyn JobSource>,
        providers: Providers,
        strategies: Strategies,
        options: DispatcherOptions,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let lanes = providers.into_lanes(options.concurrency, &options.breaker);
        let strategies = RwLock::new(Arc::new(strategies));
        let rng = Mutex::new(options.seed.map_or_else(fastrand::Rng::new, fastrand::Rng::with_seed));
        let (wake, totals) = (Notify::new(), Totals::default());
        let inner = Arc::new(Inner { source, lanes, strategies, options, clock, rng, wake, totals });
        let (stop, stopped) = watch::channel(None);
        let task = tokio::spawn(Arc::clone(&inner).run(stopped));
        Self { inner, stop, task: Mutex::new(Some(task)) }
    }

    /// Says that a job was queued that may be due earlier than those known. Cheap, any thread.
    pub fn wake(&self) {
        self.inner.wake.notify_one();
    }

    /// Uses an owner's credentials from the next push on, instead of those it had; none = it has no more. Pushes under way
    /// end with what they were given, and their answers count.
    pub fn set_credentials(&self, owner: &str, providers: Providers) {
        let options = &self.inner.options;
        let fresh = providers.owned_by(owner).into_lanes(options.concurrency, &options.breaker);
        self.inner.lanes.replace(owner, fresh);
        self.wake();
    }

    /// Uses these strategies from the next push on.
    pub fn set_strategies(&self, strategies: Strategies) {
        *self.inner.strategies.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(strategies);
    }

    /// What each credential of an app would send for a push, with the strategy given. Sends nothing.
    #[must_use]
    pub fn preview(&self, app_id: u32, intent: &Intent, strategy: Option<&Strategy>) -> Vec<Preview> {
        let now = self.inner.clock.now_ms();
        let lanes = self.inner.lanes.of_app(app_id);
        lanes.iter().flat_map(|lane| preview::of(lane, intent, strategy, now)).collect()
    }

    /// Counters since the start.
    #[must_use]
    pub fn metrics(&self) -> Metrics {
        let totals = &self.inner.totals;
        Metrics {
            claimed: totals.claimed.get(),
            withdrawn: totals.withdrawn.get(),
            expired: totals.expired.get(),
            gave_up: totals.gave_up.get(),
            no_credential: totals.no_credential.get(),
            source_errors: totals.source_errors.get(),
            providers: self.inner.lanes.metrics(),
        }
    }

    /// Sends one push at once, past the queue and past a resting credential, and tells each step with the vendor's raw
    /// answer. Changes no binding and no breaker.
    pub async fn debug_push(&self, target: &Target, intent: &Intent) -> Vec<Stage> {
        self.inner.debug_push(target, intent).await
    }

    /// Stops: nothing new is claimed, claimed jobs that were not sent yet go back to the queue, requests in flight
    /// get `within` to end. What is still out then is repeated after its lease by the next start.
    pub async fn shutdown(&self, within: Duration) {
        self.stop.send_replace(Some(Instant::now() + within));
        let task = self.task.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(task) = task
            && let Err(error) = task.await
        {
            tracing::error!(%error, "push dispatcher ended abnormally");
        }
    }
}

impl Inner {
    fn jitter(&self) -> f64 {
        self.rng.lock().unwrap_or_else(PoisonError::into_inner).f64()
    }

    async fn run(self: Arc<Self>, mut stop: watch::Receiver<Option<Instant>>) {
        let mut tasks = JoinSet::new();
        while stop.has_changed().is_ok() && stop.borrow().is_none() {
            while let Some(ended) = tasks.try_join_next() {
                report(ended);
            }
            let now = self.clock.now_ms();
            let pause =
                match self.source.claim(now, now + millis(self.options.lease), self.options.batch).await {
                    Ok(jobs) if !jobs.is_empty() => {
                        self.place(jobs, now, &mut tasks, &stop).await;
                        continue;
                    }
                    Ok(_) => self.until_next_due().await,
                    Err(error) => {
                        self.totals.source_errors.add();
                        tracing::error!(%error, "cannot claim push jobs");
                        SOURCE_PAUSE
                    }
                };
            tokio::select! {
                () = sleep(pause) => {}
                () = self.wake.notified() => {}
                changed = stop.changed() => if changed.is_err() { break },
            }
        }
        let deadline = stop.borrow().unwrap_or_else(Instant::now);
        let drain = async {
            while let Some(ended) = tasks.join_next().await {
                report(ended);
            }
        };
        if tokio::time::timeout_at(deadline, drain).await.is_err() {
            tracing::warn!(
                unfinished = tasks.len(),
                "push requests cut off at shutdown; they repeat after their lease"
            );
            tasks.shutdown().await;
        }
    }

    async fn until_next_due(&self) -> Duration {
        match self.source.next_due().await {
            Ok(Some(due)) => {
                match u64::try_from(due - self.clock.now_ms()) {
                    Ok(wait @ 1..) => Duration::from_millis(wait).min(LONGEST_SLEEP),
                    // Due since a moment, and not handed out a moment ago: do not spin on it.
                    _ => OVERDUE_PAUSE,
                }
            }
            Ok(None) => LONGEST_SLEEP,
            Err(error) => {
                self.totals.source_errors.add();
                tracing::error!(%error, "cannot ask for the next push job");
                SOURCE_PAUSE
            }
        }
    }

    /// Gives each claimed job to its credential, or back to the queue.
    async fn place(
        self: &Arc<Self>,
        jobs: Vec<ClaimedJob>,
        claimed_at: i64,
        tasks: &mut JoinSet<()>,
        stop: &watch::Receiver<Option<Instant>>,
    ) {
        // Put back side by side, so that a store with group commit stores them at once.
        let mut returns = JoinSet::new();
        for job in jobs {
            self.totals.claimed.add();
            let now = self.clock.now_ms();
            let work = Work { claimed_at, job };
            let strategies = self.strategies();
            let voip =
                wants_voip(&resolve(&strategies, &work.job.target, &work.job.intent), &work.job.target);
            let (lane, permit) = match self.lanes.find(&work.job.target, voip) {
                None => (None, None),
                Some(lane) => {
                    let pause = lane.breaker().pause(now);
                    if let Some(pause) = pause {
                        lane.deferred.add();
                        let result = self.defer(&work.job, now, pause.until, &pause.why);
                        returns.spawn(Arc::clone(self).finish(work.job, result));
                        continue;
                    }
                    let stopping = stop.borrow().is_some();
                    let permit = if stopping { None } else { self.permit(&lane).await };
                    if permit.is_none() {
                        lane.deferred.add();
                        let pause = if stopping {
                            0
                        } else {
                            millis(self.options.retry.pause(1, None, self.jitter()))
                        };
                        let due_at = now + pause;
                        let result = again(due_at, work.job.attempts, Vec::new());
                        returns.spawn(Arc::clone(self).finish(work.job, result));
                        continue;
                    }
                    (Some(lane), permit)
                }
            };
            match lane {
                Some(lane) => tasks.spawn(Arc::clone(self).deliver(work, lane, permit)),
                None => {
                    self.totals.no_credential.add();
                    let line = vendor_line("misconfigured", no_credential(&work.job.target, voip));
                    returns.spawn(Arc::clone(self).finish(work.job, done(vec![line])))
                }
            };
        }
        while let Some(ended) = returns.join_next().await {
            report(ended);
        }
    }

    async fn permit(&self, lane: &Lane) -> Option<OwnedSemaphorePermit> {
        if let Ok(permit) = Arc::clone(&lane.permits).try_acquire_owned() {
            return Some(permit);
        }
        if lane.is_stuck() {
            return None;
        }
        match timeout(self.options.patience, Arc::clone(&lane.permits).acquire_owned()).await {
            Ok(permit) => permit.ok(),
            Err(_) => {
                lane.stuck.store(true, Ordering::Relaxed);
                None
            }
        }
    }

    async fn deliver(self: Arc<Self>, work: Work, lane: Arc<Lane>, permit: Option<OwnedSemaphorePermit>) {
        let result = self.attempt(&work, &lane).await;
        lane.stuck.store(false, Ordering::Relaxed);
        drop(permit);
        self.finish(work.job, result).await;
    }

    fn strategies(&self) -> Arc<Strategies> {
        Arc::clone(&self.strategies.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// One try of one job.
    async fn attempt(&self, work: &Work, lane: &Lane) -> JobResult {
        let job = &work.job;
        let mut log = Vec::new();
        let now = self.clock.now_ms();
        if now >= job.expires_at {
            self.totals.expired.add();
            log.push(dispatch_line("expired", "its time to live ran out before it could be sent".into()));
            return done(log);
        }
        if now >= work.claimed_at + millis(self.options.lease) / 2 {
            // Too late to be sure that the lease outlasts the request.
            lane.deferred.add();
            return again(now, job.attempts, log);
        }
        let strategies = self.strategies();
        let strategy = resolve(&strategies, &job.target, &job.intent);
        if job.attempts == 0 {
            log.extend(strategy.warning.clone().map(|why| dispatch_line("strategy_warning", why)));
        }
        let push = Push {
            request_id: &job.request_id,
            target: &job.target,
            intent: &job.intent,
            strategy: strategy.strategy,
            now,
            expires_at: job.expires_at,
            size_limit: None,
        };
        let rendered = match lane.provider.render(&push) {
            Ok(rendered) => rendered,
            Err(fault) => {
                log.push(dispatch_line(fault.word(), fault.to_string()));
                return done(log);
            }
        };
        if job.attempts == 0 {
            log.extend(rendered.warnings.iter().map(|why| dispatch_line("adapted", why.clone())));
        }
        match self.source.still_wanted(job).await {
            Ok(Standing::Wanted) => {}
            Ok(Standing::Withdrawn { outcome, why }) => {
                self.totals.withdrawn.add();
                log.push(dispatch_line(outcome, why));
                return done(log);
            }
            Err(error) => {
                self.totals.source_errors.add();
                tracing::error!(%error, job = job.id, "cannot ask whether a push is still wanted");
                return again(now + millis(SOURCE_PAUSE), job.attempts, Vec::new());
            }
        }
        let admission = lane.breaker().admit(now);
        if let Admission::Wait(pause) = admission {
            lane.deferred.add();
            return self.defer(job, now, pause.until, &pause.why);
        }
        let mut answered = verdict::exchange(lane, push, rendered).await;
        answered.exchange.request_body = preview::wordless(lane, &push);
        if matches!(answered.outcome, Outcome::WrongSender { .. })
            && let Some(other) = self.lanes.of_other_set(lane, &job.target)
        {
            let (line, _) = self.note(job, lane, answered);
            log.push(line);
            return self.attempt_with_other_set(work, &other, push, log).await;
        }
        self.settle(job, lane, answered, log)
    }

    /// The token is of another project than the credential: the same push with the credential of the other certificate set,
    /// once. If that one is busy or rests, or there is no time left, the whole try is repeated later.
    async fn attempt_with_other_set(
        &self,
        work: &Work,
        other: &Lane,
        push: Push<'_>,
        mut log: Vec<LogLine>,
    ) -> JobResult {
        let (job, now) = (&work.job, self.clock.now_ms());
        let later = |until| {
            other.deferred.add();
            self.defer(job, now, until, "the credential of the other certificate set is busy")
        };
        if now >= work.claimed_at + millis(self.options.lease) / 2 {
            return later(now);
        }
        let Some(_permit) = self.permit(other).await else {
            return later(now + millis(self.options.retry.pause(1, None, self.jitter())));
        };
        if let Admission::Wait(pause) = other.breaker().admit(now) {
            return later(pause.until);
        }
        let name = other.provider.name();
        log.push(dispatch_line("other_set", format!("the token is not of this project: tried with {name}")));
        let rendered = match other.provider.render(&push) {
            Ok(rendered) => rendered,
            Err(fault) => {
                log.push(dispatch_line(fault.word(), fault.to_string()));
                return done(log);
            }
        };
        let mut answered = verdict::exchange(other, push, rendered).await;
        answered.exchange.request_body = preview::wordless(other, &push);
        self.settle(job, other, answered, log)
    }

    /// Counts a vendor's answer, and gives its line for the delivery log and whether the credential's breaker is closed now.
    fn note(&self, job: &ClaimedJob, lane: &Lane, answered: Answered) -> (LogLine, bool) {
        let now = self.clock.now_ms();
        let is_telling = lane.provider.shares_failures();
        let verdict = if is_telling { verdict::of(&answered.outcome) } else { Verdict::Works };
        let flowing = lane.breaker().record(now, verdict, self.jitter());
        lane.answers[crate::metrics::outcome_index(&answered.outcome)].add();
        let word = answered.word();
        let detail = format!("{}{}", answered.detail(), journey(job, now));
        tracing::debug!(job = job.id, request_id = %job.request_id, provider = lane.provider.name(), word, "push answered");
        (LogLine { exchange: Some(answered.exchange), ..vendor_line(word, detail) }, flowing)
    }

    /// Turns a vendor's answer into what becomes of the job.
    fn settle(&self, job: &ClaimedJob, lane: &Lane, answered: Answered, mut log: Vec<LogLine>) -> JobResult {
        let now = self.clock.now_ms();
        let outcome = answered.outcome.clone();
        let (line, flowing) = self.note(job, lane, answered);
        log.push(line);
        let (feedback, next) = verdict::consequence(&outcome, job, lane.provider.suspect_limit(), flowing);
        let Some(next) = next else {
            return JobResult { disposition: Disposition::Done, feedback, log };
        };
        // A vendor that is down is not the job's fault.
        let tried = if next.uses_try { job.attempts + 1 } else { job.attempts };
        let most =
            if next.unanswered { self.options.retry.tries_unanswered } else { self.options.retry.tries };
        if tried >= most {
            self.totals.gave_up.add();
            log.push(dispatch_line("gave_up", format!("after {tried} tries")));
            return JobResult { disposition: Disposition::Done, feedback, log };
        }
        let mut due_at = now + millis(self.options.retry.pause(tried.max(1), next.wish, self.jitter()));
        if let Some(pause) = lane.breaker().pause(now) {
            due_at = due_at.max(self.after_pause(now, pause.until));
        }
        if let Some(due_at) = before_expiry(due_at, now, job.expires_at) {
            return JobResult { disposition: Disposition::Again { due_at, attempts: tried }, feedback, log };
        }
        self.totals.expired.add();
        log.push(dispatch_line("expired", "its time to live ends before the next try".into()));
        JobResult { disposition: Disposition::Done, feedback, log }
    }

    /// Puts a job back until its credential works again; the wait is spread, so that not all come back at once.
    fn defer(&self, job: &ClaimedJob, now: i64, until: i64, why: &str) -> JobResult {
        match before_expiry(self.after_pause(now, until), now, job.expires_at) {
            Some(due_at) => again(due_at, job.attempts, Vec::new()),
            None => {
                self.totals.expired.add();
                done(vec![dispatch_line("expired", format!("while the credential was resting: {why}"))])
            }
        }
    }

    fn after_pause(&self, now: i64, until: i64) -> i64 {
        until + ((until - now).max(1_000) as f64 * 0.25 * self.jitter()) as i64
    }

    async fn finish(self: Arc<Self>, job: ClaimedJob, result: JobResult) {
        for tried in 1..=FINISH_TRIES {
            match self.source.finish(&job, &result).await {
                Ok(()) => {
                    if result.disposition != Disposition::Done {
                        // It may be due before what the loop sleeps for.
                        self.wake.notify_one();
                    }
                    return;
                }
                Err(error) => {
                    self.totals.source_errors.add();
                    tracing::error!(%error, job = job.id, tried, "cannot store what became of a push");
                    sleep(SOURCE_PAUSE).await;
                }
            }
        }
    }

    async fn debug_push(&self, target: &Target, intent: &Intent) -> Vec<Stage> {
        let mut stages = Vec::new();
        let mut stage = |name: &str, ok, outcome: &str, detail: String| {
            stages.push(Stage { name: name.into(), ok, outcome: outcome.into(), detail, exchange: None });
        };
        let strategies = self.strategies();
        let strategy = resolve(&strategies, target, intent);
        match (&strategy.warning, intent.resources_id.as_str()) {
            (Some(why), _) => stage("strategy", true, "strategy_warning", why.clone()),
            (None, "") => stage("strategy", true, "ok", "ordinary visible push".into()),
            (None, name) => stage("strategy", true, "ok", format!("strategy {name:?}")),
        }
        let voip = wants_voip(&strategy, target);
        let Some(lane) = self.lanes.find(target, voip) else {
            stage("credential", false, "misconfigured", no_credential(target, voip));
            return stages;
        };
        let now = self.clock.now_ms();
        let request_id = {
            let mut rng = self.rng.lock().unwrap_or_else(PoisonError::into_inner);
            format!("debug-{:016x}", rng.u64(..))
        };
        let push = Push {
            request_id: &request_id,
            target,
            intent,
            strategy: strategy.strategy,
            now,
            expires_at: now + DEBUG_TTL_MS,
            size_limit: None,
        };
        let outcome = self.debug_with(&lane, push, &mut stages).await;
        if matches!(outcome, Some(Outcome::WrongSender { .. }))
            && let Some(other) = self.lanes.of_other_set(&lane, target)
        {
            // As with a queued push, the chain goes on with the other certificate set.
            stages.iter_mut().for_each(|stage| stage.ok = true);
            self.debug_with(&other, push, &mut stages).await;
        }
        stages
    }

    /// The stages of one credential, and the vendor's answer if it was reached.
    async fn debug_with(&self, lane: &Lane, push: Push<'_>, stages: &mut Vec<Stage>) -> Option<Outcome> {
        let mut stage = |name: &str, ok, outcome: &str, detail: String| {
            stages.push(Stage { name: name.into(), ok, outcome: outcome.into(), detail, exchange: None });
        };
        stage("credential", true, "ok", lane.provider.name().to_owned());
        let pause = lane.breaker().pause(push.now);
        if let Some(pause) = pause {
            let seconds = (pause.until - push.now) / 1_000;
            let detail = format!("queued pushes rest for {seconds} s more: {}", pause.why);
            stage("breaker", true, "deferred", detail);
        }
        let rendered = match lane.provider.render(&push) {
            Ok(rendered) => rendered,
            Err(fault) => {
                stage("render", false, fault.word(), fault.to_string());
                return None;
            }
        };
        let size = format!("{} bytes", rendered.body.len());
        let notes: Vec<_> = std::iter::once(&size).chain(&rendered.warnings).cloned().collect();
        stage("render", true, "ok", notes.join("; "));
        let answered = verdict::exchange(lane, push, rendered).await;
        stages.push(Stage {
            name: "vendor".into(),
            ok: matches!(answered.outcome, Outcome::Delivered { .. }),
            outcome: answered.word().into(),
            detail: answered.detail(),
            exchange: Some(answered.exchange),
        });
        Some(answered.outcome)
    }
}

struct Work {
    claimed_at: i64,
    job: ClaimedJob,
}

fn resolve<'a>(strategies: &'a Strategies, target: &Target, intent: &Intent) -> Resolution<'a> {
    strategies.resolve(target.app_id, &intent.resources_id, target.vendor)
}

fn wants_voip(strategy: &Resolution<'_>, target: &Target) -> bool {
    let apple = strategy.strategy.and_then(|strategy| strategy.apple.as_ref());
    apple.is_some_and(|apple| apple.push_type == ApplePushType::Voip) && !target.voip_token.is_empty()
}

/// The time to try again, moved to one last chance before the push expires; `None` = too late for that, too.
fn before_expiry(due_at: i64, now: i64, expires_at: i64) -> Option<i64> {
    let last_chance = expires_at - 1_000;
    (now < last_chance).then(|| due_at.min(last_chance))
}

/// How long the push was under way, when that is not a matter of course.
fn journey(job: &ClaimedJob, now: i64) -> String {
    let seconds = (now - job.created_at) / 1_000;
    match (job.attempts, seconds) {
        (0, ..10) => String::new(),
        (attempts, _) => format!("; try {}, {seconds} s after the push was decided", attempts + 1),
    }
}

fn no_credential(target: &Target, voip: bool) -> String {
    let kind = if voip { "VoIP " } else { "" };
    format!(
        "no {kind}credential for vendor {:?}, app {}, certificate set {}, {:?}, {:?}",
        target.vendor,
        target.app_id,
        target.app_type.max(1),
        target.environment,
        target.bundle_id
    )
}

fn dispatch_line(outcome: &'static str, detail: String) -> LogLine {
    LogLine { stage: "dispatch", outcome, detail, exchange: None }
}

fn vendor_line(outcome: &'static str, detail: String) -> LogLine {
    LogLine { stage: "vendor", outcome, detail, exchange: None }
}

fn done(log: Vec<LogLine>) -> JobResult {
    JobResult { disposition: Disposition::Done, feedback: Feedback::None, log }
}

fn again(due_at: i64, attempts: u32, log: Vec<LogLine>) -> JobResult {
    JobResult { disposition: Disposition::Again { due_at, attempts }, feedback: Feedback::None, log }
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

fn report(ended: Result<(), tokio::task::JoinError>) {
    if let Err(error) = ended
        && !error.is_cancelled()
    {
        tracing::error!(%error, "a push task failed; its job repeats after the lease");
    }
}
