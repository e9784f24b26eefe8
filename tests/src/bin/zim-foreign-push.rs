//! Sends pushes with the real dispatcher to a server that is not ours, for the programs in `tests/oracles`.
//!
//! `zim-foreign-push certificates FOLDER` writes `ca.pem`, `server.pem` and `server.key` for a server on localhost.
//!
//! `zim-foreign-push send FOLDER` reads one JSON object, whose credential names files of the folder:
//!
//! ```json
//! {"credential": {"vendor": "web", …}, "strategies": {"quiet": {…}},
//!  "pushes": [{"token": "…", "voip_token": "…", "intent": {"subject": "message", …}}]}
//! ```
//!
//! It prints what became of each push, in their order: `[{"outcome": "delivered", "detail": "…"}]`.

#![forbid(unsafe_code)]

use async_trait::async_trait;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};
use std::error::Error;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use zim_push::credentials::{self, CredentialConfig, Folder};
use zim_push::{
    ClaimedJob, Clock, Dispatcher, DispatcherOptions, Disposition, Environment, Intent, JobId, JobResult,
    JobSource, SourceError, Standing, Strategies, Strategy, SystemClock, Target, Vendor,
};

const APP: u32 = 1;
const HOUR_MS: i64 = 3_600_000;
/// All pushes have to be answered in this time.
const PATIENCE: Duration = Duration::from_secs(60);

#[derive(Deserialize)]
struct Order {
    credential: Value,
    #[serde(default)]
    strategies: HashMap<String, Strategy>,
    pushes: Vec<Push>,
}

#[derive(Deserialize)]
struct Push {
    token: String,
    #[serde(default)]
    voip_token: String,
    intent: Intent,
}

/// A queue that tells what became of each job. What is to be tried again is due at once.
struct Queue {
    jobs: Mutex<Vec<ClaimedJob>>,
    ended: UnboundedSender<(JobId, JobResult)>,
}

impl Queue {
    fn jobs(&self) -> MutexGuard<'_, Vec<ClaimedJob>> {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl JobSource for Queue {
    async fn claim(&self, _: i64, _: i64, limit: usize) -> Result<Vec<ClaimedJob>, SourceError> {
        let mut jobs = self.jobs();
        let count = limit.min(jobs.len());
        Ok(jobs.drain(..count).collect())
    }

    async fn still_wanted(&self, _: &ClaimedJob) -> Result<Standing, SourceError> {
        Ok(Standing::Wanted)
    }

    async fn finish(&self, job: &ClaimedJob, result: &JobResult) -> Result<(), SourceError> {
        if let Disposition::Again { attempts, .. } = result.disposition {
            self.jobs().push(ClaimedJob { attempts, ..job.clone() });
            return Ok(());
        }
        self.ended.send((job.id, result.clone())).map_err(|error| SourceError(error.to_string()))
    }

    async fn next_due(&self) -> Result<Option<i64>, SourceError> {
        Ok(self.jobs().first().map(|job| job.created_at))
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["certificates", folder] => {
            let (authority, certificate, key) = zim_tests::certificates();
            for (name, text) in [("ca.pem", authority), ("server.pem", certificate), ("server.key", key)] {
                std::fs::write(Path::new(folder).join(name), text)?;
            }
            Ok(())
        }
        ["send", folder] => {
            let order = serde_json::from_reader(std::io::stdin())?;
            let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
            println!("{}", runtime.block_on(send(order, Path::new(folder)))?);
            Ok(())
        }
        _ => Err("usage: zim-foreign-push certificates FOLDER | send FOLDER < ORDER".into()),
    }
}

async fn send(order: Order, folder: &Path) -> Result<Value, Box<dyn Error>> {
    let vendor: Vendor = serde_json::from_value(order.credential["vendor"].clone())?;
    let config: CredentialConfig = serde_json::from_value(order.credential)?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let providers = credentials::load(&[config], &Folder(folder), &clock)?;
    let mut strategies = Strategies::default();
    for (name, strategy) in order.strategies {
        strategies.insert(APP, &name, strategy)?;
    }
    let now = clock.now_ms();
    let jobs: Vec<_> =
        order.pushes.into_iter().zip(1..).map(|(push, id)| job(push, id, vendor, now)).collect();
    let count = jobs.len();
    let (ended, mut results) = unbounded_channel();
    let queue = Arc::new(Queue { jobs: Mutex::new(jobs), ended });
    let dispatcher = Dispatcher::start(queue, providers, strategies, DispatcherOptions::default(), clock);
    let collected =
        async {
            let mut all = BTreeMap::new();
            while all.len() < count
                && let Some((id, result)) = results.recv().await
            {
                let line = result.log.last();
                all.insert(id, json!({
                "outcome": line.map(|line| line.outcome), "detail": line.map(|line| line.detail.as_str())
            }));
            }
            all
        };
    let all = tokio::time::timeout(PATIENCE, collected).await?;
    dispatcher.shutdown(PATIENCE).await;
    Ok(all.into_values().collect())
}

fn job(push: Push, id: JobId, vendor: Vendor, now: i64) -> ClaimedJob {
    let target = Target {
        app_id: APP,
        push_id: format!("z1.{id}"),
        vendor,
        token: push.token,
        voip_token: push.voip_token,
        environment: Environment::Production,
        bundle_id: String::new(),
        app_type: 1,
        registered_at: now - HOUR_MS,
    };
    ClaimedJob {
        id,
        request_id: format!("request-{id}"),
        target,
        intent: push.intent,
        attempts: 0,
        created_at: now,
        expires_at: now + HOUR_MS,
    }
}
