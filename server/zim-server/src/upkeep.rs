//! Loops beside the connections: due timers, due pushes, and deleting what is old. Each looks at the store, sleeps until
//! something is due or was added, and looks again; a failed one is started again.

use crate::hub::Hub;
use crate::service;
use crate::store::{self, Retention, StoreError};
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;

/// Timers acted upon in one operation.
const TIMERS: usize = 64;
/// Longest sleep without a look: the wall clock may have been set.
const LONGEST_SLEEP: Duration = Duration::from_secs(30);
/// Pause after a failure.
const FAILURE_PAUSE: Duration = Duration::from_secs(1);
/// How often old rows are looked for.
const TRIM_PAUSE: Duration = Duration::from_secs(600);
/// Pause between two looks at a queue the dispatcher works on.
const DISPATCH_PAUSE: Duration = Duration::from_millis(20);
const DAY_MS: i64 = 86_400_000;

/// Runs `work` for ever: again after an error or a panic, with a line in the log and a pause.
pub(crate) async fn supervise<F, W>(hub: Arc<Hub>, name: &'static str, work: F)
where
    F: Fn(Arc<Hub>) -> W + Send + Sync + 'static,
    W: Future<Output = Result<(), StoreError>> + Send + 'static,
{
    loop {
        // A task of its own, aborted with this one, so that a panic ends in the log and not in silence.
        let mut task = tokio::task::JoinSet::new();
        task.spawn(work(Arc::clone(&hub)));
        match task.join_next().await {
            Some(Ok(Ok(()))) | None => tracing::error!(task = name, "ended and is started again"),
            Some(Ok(Err(StoreError::Closed))) => return,
            Some(Ok(Err(error))) => tracing::error!(task = name, %error, "failed and is started again"),
            Some(Err(panic)) => tracing::error!(task = name, %panic, "failed and is started again"),
        }
        hub.metrics.panics.add(1);
        hub.clock.sleep(FAILURE_PAUSE).await;
    }
}

/// Acts on timers when they are due.
pub(crate) async fn timers(hub: Arc<Hub>) -> Result<(), StoreError> {
    let limits = rules_of_time(&hub);
    loop {
        let (clock, rules) = (Arc::clone(&hub.clock), Arc::clone(&limits));
        let step = store::execute::<_, (), _>(&*hub.store, move |tx| {
            let done = service::timers::run_due(tx, clock.now(), &rules, TIMERS)?;
            Ok(Ok((done, tx.next_timer()?)))
        });
        let (done, next) = step.await?.unwrap_or_default();
        if done < TIMERS {
            sleep_until(&hub, next, &hub.commits.timer).await;
        }
    }
}

/// Callers of an earlier run of the server who do not come back leave nobody ringing: looks once, after the time a user
/// counts as offline.
pub(crate) async fn absent_callers(hub: Arc<Hub>, started: i64) {
    let limits = rules_of_time(&hub);
    hub.clock.sleep(hub.config.limits.idle_timeout()).await;
    let asking = Arc::clone(&hub);
    let done = store::execute::<(), (), _>(&*hub.store, move |tx| {
        service::call::absent_callers(tx, asking.clock.now(), started, &*asking.registry, &limits).map(Ok)
    });
    if let Err(error) = done.await {
        tracing::warn!(%error, "callers from before the start were not looked at");
    }
}

/// Wakes the push dispatcher when a job is due by the server's clock or was queued.
pub(crate) async fn pushes(hub: Arc<Hub>) -> Result<(), StoreError> {
    loop {
        let next = store::execute::<_, (), _>(&*hub.store, |tx| tx.next_job().map(Ok)).await?;
        let next = next.unwrap_or_default();
        let overdue = next.is_some_and(|due| due <= hub.clock.now());
        if !overdue {
            sleep_until(&hub, next, &hub.commits.job).await;
        }
        let wake = || {
            if let Some(dispatcher) = hub.push.get() {
                dispatcher.wake();
            }
        };
        wake();
        // The dispatcher is at it; real time, since nothing is being waited for but its progress. What is queued meanwhile
        // is told at once, without a look at the store.
        let pause = tokio::time::sleep(DISPATCH_PAUSE);
        tokio::pin!(pause);
        loop {
            tokio::select! {
                () = &mut pause => break,
                () = hub.commits.job.notified() => wake(),
            }
        }
    }
}

/// Rules of time are the same for all apps; the limits that differ are not about time.
fn rules_of_time(hub: &Hub) -> Arc<service::Limits> {
    hub.limits.values().next().cloned().unwrap_or_default()
}

async fn sleep_until(hub: &Hub, due: Option<i64>, wake: &Notify) {
    let wait = due.map_or(LONGEST_SLEEP, |due| {
        let left = due.saturating_sub(hub.clock.now()).max(0);
        Duration::from_millis(left.unsigned_abs()).min(LONGEST_SLEEP)
    });
    tokio::select! {
        () = hub.clock.sleep(wait) => {}
        () = wake.notified() => {}
    }
}

/// Deletes what is older than the configured retention, a little at a time.
pub(crate) async fn trim(hub: Arc<Hub>) -> Result<(), StoreError> {
    let days = hub.config.retention.clone();
    loop {
        let clock = Arc::clone(&hub.clock);
        let step = store::execute::<_, (), _>(&*hub.store, move |tx| {
            let before = |days: u32| clock.now() - i64::from(days) * DAY_MS;
            let limits = Retention {
                inbox_before: before(days.inbox_days),
                log_before: before(days.log_days),
                calls_before: before(days.calls_days),
            };
            tx.trim(&limits).map(Ok)
        });
        let report = step.await?.unwrap_or_default();
        if report.inbox + report.sent + report.log + report.calls > 0 {
            tracing::info!(
                inbox = report.inbox,
                sent = report.sent,
                log = report.log,
                calls = report.calls,
                "deleted what is older than the retention"
            );
        }
        if !report.more {
            hub.clock.sleep(TRIM_PAUSE).await;
        }
    }
}
