//! Pushes, a queue in memory, a scripted vendor and a clock that follows virtual time.

use crate::clock::Clock;
use crate::credentials::{self, CredentialConfig, Folder};
use crate::identity::Identity;
use crate::job::{ClaimedJob, Disposition, Feedback, JobResult, JobSource, SourceError, Standing};
use crate::model::{Environment, Exchange, Intent, Outcome, Subject, Target, Vendor};
use crate::provider::{Provider, Push, Rendered, Unrenderable};
use crate::providers::{Providers, Slot};
use async_trait::async_trait;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::Instant;

/// 2026-01-01T00:00:00Z.
pub(crate) const START: i64 = 1_767_225_600_000;
pub(crate) const HOUR_MS: i64 = 3_600_000;
/// Deadline of anything that waits for a condition.
pub(crate) const SOON: Duration = Duration::from_secs(20);

/// Wall clock that moves with tokio's time.
pub(crate) struct VirtualClock(Instant);

impl VirtualClock {
    pub(crate) fn start() -> Arc<dyn Clock> {
        Arc::new(Self(Instant::now()))
    }
}

impl Clock for VirtualClock {
    fn now_ms(&self) -> i64 {
        START + i64::try_from(self.0.elapsed().as_millis()).unwrap()
    }
}

/// A device token made of one repeated byte.
pub(crate) fn token(byte: u8) -> String {
    format!("{byte:02x}").repeat(32)
}

pub(crate) fn target(vendor: Vendor, token: &str) -> Target {
    Target {
        app_id: 1,
        push_id: "z1.test".into(),
        vendor,
        token: token.into(),
        voip_token: String::new(),
        environment: Environment::Production,
        bundle_id: "com.example.app".into(),
        app_type: 1,
        registered_at: 1_000,
    }
}

pub(crate) fn message() -> Intent {
    Intent {
        subject: Subject::Message,
        subject_id: "message:7".into(),
        title: "Ann".into(),
        content: "Are you there?".into(),
        payload: r#"{"k":1}"#.into(),
        resources_id: String::new(),
        thread_id: String::new(),
        badge: None,
        badge_increment: None,
        call_id: String::new(),
        voip: None,
        template: None,
    }
}

pub(crate) fn push<'a>(target: &'a Target, intent: &'a Intent) -> Push<'a> {
    Push {
        request_id: "req-1",
        target,
        intent,
        strategy: None,
        now: START,
        expires_at: START + HOUR_MS,
        size_limit: None,
    }
}

/// Loads one credential from JSON in the shape of the configuration file and gives its provider.
pub(crate) fn provider(config: serde_json::Value, folder: &Path) -> Arc<dyn Provider> {
    let config: CredentialConfig = serde_json::from_value(config).unwrap();
    let clock: Arc<dyn Clock> = Arc::new(crate::clock::SystemClock);
    let providers = credentials::load(&[config], &Folder(folder), &clock).unwrap();
    Arc::clone(&providers.entries[0].1)
}

/// Renders and sends one message.
pub(crate) async fn send(provider: &Arc<dyn Provider>, target: &Target) -> (Outcome, Exchange) {
    let intent = message();
    let now = crate::clock::SystemClock.now_ms();
    let push = Push { now, expires_at: now + HOUR_MS, ..push(target, &intent) };
    let rendered = provider.render(&push).unwrap();
    provider.send(target, &rendered).await
}

/// A queue in memory that keeps everything it was told.
#[derive(Default)]
pub(crate) struct MemoryQueue {
    state: Mutex<QueueState>,
    changed: Notify,
}

#[derive(Default)]
pub(crate) struct QueueState {
    /// Job and when it is due.
    pub(crate) jobs: BTreeMap<i64, (ClaimedJob, i64)>,
    /// (due, id) of the same.
    due: BTreeSet<(i64, i64)>,
    pub(crate) finished: Vec<(ClaimedJob, JobResult)>,
    pub(crate) withdrawn: HashSet<i64>,
    pub(crate) most_claimed: usize,
    pub(crate) claimed: HashSet<i64>,
    pub(crate) fail_claims: usize,
    pub(crate) fail_finishes: usize,
    pub(crate) returns: usize,
}

impl MemoryQueue {
    pub(crate) fn with(&self, change: impl FnOnce(&mut QueueState)) {
        change(&mut self.state.lock().unwrap());
    }

    pub(crate) fn add(&self, id: i64, target: Target, now: i64, ttl_ms: i64) {
        let job = ClaimedJob {
            id,
            request_id: format!("req-{id}"),
            target,
            intent: message(),
            attempts: 0,
            created_at: now,
            expires_at: now + ttl_ms,
        };
        self.with(|state| {
            state.jobs.insert(id, (job, now));
            state.due.insert((now, id));
        });
    }

    /// Waits until this many jobs ended, and returns their results in the order of the ids.
    pub(crate) async fn ended(&self, count: usize) -> Vec<(ClaimedJob, JobResult)> {
        loop {
            let changed = self.changed.notified();
            tokio::pin!(changed);
            changed.as_mut().enable();
            {
                let state = self.state.lock().unwrap();
                if state.finished.len() >= count {
                    let mut finished = state.finished.clone();
                    finished.sort_by_key(|(job, _)| job.id);
                    return finished;
                }
            }
            changed.await;
        }
    }
}

#[async_trait]
impl JobSource for MemoryQueue {
    async fn claim(&self, now: i64, lease_until: i64, limit: usize) -> Result<Vec<ClaimedJob>, SourceError> {
        let mut state = self.state.lock().unwrap();
        if state.fail_claims > 0 {
            state.fail_claims -= 1;
            return Err(SourceError("scripted".into()));
        }
        let due: Vec<_> = state.due.iter().take_while(|(at, _)| *at <= now).take(limit).copied().collect();
        let mut claimed = Vec::new();
        for (at, id) in due {
            state.due.remove(&(at, id));
            state.due.insert((lease_until, id));
            let (job, due) = state.jobs.get_mut(&id).unwrap();
            *due = lease_until;
            claimed.push(job.clone());
            assert!(state.claimed.insert(id), "job {id} was handed out twice");
        }
        state.most_claimed = state.most_claimed.max(state.claimed.len());
        Ok(claimed)
    }

    async fn still_wanted(&self, job: &ClaimedJob) -> Result<Standing, SourceError> {
        let state = self.state.lock().unwrap();
        Ok(if state.withdrawn.contains(&job.id) {
            Standing::Withdrawn { outcome: "acknowledged", why: "the device has it".into() }
        } else {
            Standing::Wanted
        })
    }

    async fn finish(&self, job: &ClaimedJob, result: &JobResult) -> Result<(), SourceError> {
        let mut state = self.state.lock().unwrap();
        if state.fail_finishes > 0 {
            state.fail_finishes -= 1;
            return Err(SourceError("scripted".into()));
        }
        assert!(state.claimed.remove(&job.id), "job {} was not ours", job.id);
        match result.disposition {
            Disposition::Done => {
                let (_, due) = state.jobs.remove(&job.id).unwrap();
                state.due.remove(&(due, job.id));
                state.finished.push((job.clone(), result.clone()));
            }
            Disposition::Again { due_at, attempts } => {
                state.returns += 1;
                let entry = state.jobs.get_mut(&job.id).unwrap();
                entry.0.attempts = attempts;
                let leased_until = std::mem::replace(&mut entry.1, due_at);
                state.due.remove(&(leased_until, job.id));
                state.due.insert((due_at, job.id));
            }
        }
        drop(state);
        self.changed.notify_waiters();
        Ok(())
    }

    async fn next_due(&self) -> Result<Option<i64>, SourceError> {
        Ok(self.state.lock().unwrap().due.first().map(|(due, _)| *due))
    }
}

/// A vendor that answers by a function.
pub(crate) struct Scripted {
    vendor: Vendor,
    project: String,
    latency: Duration,
    answer: Box<dyn Fn(&str) -> Outcome + Send + Sync>,
    pub(crate) sent: Mutex<Vec<String>>,
    pub(crate) open: AtomicUsize,
    pub(crate) most_open: AtomicUsize,
    pub(crate) reached: Notify,
}

impl Scripted {
    /// `answer` gets the request id.
    pub(crate) fn new(
        vendor: Vendor,
        latency: Duration,
        answer: impl Fn(&str) -> Outcome + Send + Sync + 'static,
    ) -> Arc<Self> {
        Self::of_project("", vendor, latency, answer)
    }

    /// The same with a credential of this project of the vendor's.
    pub(crate) fn of_project(
        project: &str,
        vendor: Vendor,
        latency: Duration,
        answer: impl Fn(&str) -> Outcome + Send + Sync + 'static,
    ) -> Arc<Self> {
        Arc::new(Self {
            vendor,
            project: project.to_owned(),
            latency,
            answer: Box::new(answer),
            sent: Mutex::default(),
            open: AtomicUsize::new(0),
            most_open: AtomicUsize::new(0),
            reached: Notify::new(),
        })
    }

    pub(crate) fn sent(&self) -> Vec<String> {
        self.sent.lock().unwrap().clone()
    }
}

#[async_trait]
impl Provider for Scripted {
    fn vendor(&self) -> Vendor {
        self.vendor
    }

    fn name(&self) -> &str {
        "scripted"
    }

    fn identity(&self) -> Identity {
        Identity::new([("project_id", self.project.clone())])
    }

    fn render(&self, push: &Push<'_>) -> Result<Rendered, Unrenderable> {
        Ok(Rendered { body: push.request_id.to_owned().into(), ..Rendered::default() })
    }

    async fn send(&self, _: &Target, rendered: &Rendered) -> (Outcome, Exchange) {
        let id = String::from_utf8(rendered.body.to_vec()).unwrap();
        let open = self.open.fetch_add(1, Ordering::Relaxed) + 1;
        self.most_open.fetch_max(open, Ordering::Relaxed);
        self.sent.lock().unwrap().push(id.clone());
        self.reached.notify_waiters();
        if !self.latency.is_zero() {
            tokio::time::sleep(self.latency).await;
        }
        self.open.fetch_sub(1, Ordering::Relaxed);
        ((self.answer)(&id), Exchange::default())
    }
}

pub(crate) fn providers(list: &[Arc<Scripted>]) -> Providers {
    let mut providers = Providers::default();
    for provider in list {
        let slot = Slot {
            app_id: 1,
            app_type: 1,
            environments: vec![Environment::Production],
            bundle_id: String::new(),
            alert: true,
            voip: false,
            owner: String::new(),
        };
        providers.add(slot, Arc::<Scripted>::clone(provider));
    }
    providers
}

pub(crate) fn delivered() -> Outcome {
    Outcome::Delivered { vendor_id: "v".into() }
}

pub(crate) fn down() -> Outcome {
    Outcome::Retry { after: None, why: "503".into() }
}

pub(crate) fn words(result: &JobResult) -> Vec<&'static str> {
    result.log.iter().map(|line| line.outcome).collect()
}

pub(crate) fn is_dead(result: &JobResult) -> bool {
    matches!(result.feedback, Feedback::TokenDead { .. })
}
