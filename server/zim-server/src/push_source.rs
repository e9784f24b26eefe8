//! The dispatcher's view of the store: each step is one operation, its rules are the push service's.

use crate::hub::Hub;
use crate::service::push;
use crate::store::{self, StoreError, Tx};
use async_trait::async_trait;
use std::sync::{Arc, Weak};
use zim_push::{ClaimedJob, JobResult, JobSource, SourceError, Standing};

/// Reads and writes push jobs through the hub's store. Weak, because the hub owns the dispatcher.
pub(crate) struct StoredJobs {
    hub: Weak<Hub>,
}

impl StoredJobs {
    pub(crate) fn new(hub: &Arc<Hub>) -> Self {
        Self { hub: Arc::downgrade(hub) }
    }

    fn hub(&self) -> Result<Arc<Hub>, SourceError> {
        self.hub.upgrade().ok_or_else(|| SourceError("the server has stopped".to_owned()))
    }

    async fn run<T: Send + 'static>(
        &self,
        mut step: impl FnMut(&mut dyn Tx, i64) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, SourceError> {
        let hub = self.hub()?;
        let clock = Arc::clone(&hub.clock);
        let done = store::execute::<T, StoreError, _>(&*hub.store, move |tx| step(tx, clock.now()).map(Ok));
        done.await.and_then(|done| done).map_err(|error| SourceError(error.to_string()))
    }
}

#[async_trait]
impl JobSource for StoredJobs {
    async fn claim(&self, now: i64, lease_until: i64, limit: usize) -> Result<Vec<ClaimedJob>, SourceError> {
        self.run(move |tx, _| push::claim(tx, now, lease_until, limit)).await
    }

    async fn still_wanted(&self, job: &ClaimedJob) -> Result<Standing, SourceError> {
        let job = job.clone();
        self.run(move |tx, _| push::still_wanted(tx, &job)).await
    }

    async fn finish(&self, job: &ClaimedJob, result: &JobResult) -> Result<(), SourceError> {
        let (job, result) = (job.clone(), result.clone());
        self.run(move |tx, now| push::finish(tx, &job, &result, now)).await
    }

    async fn next_due(&self) -> Result<Option<i64>, SourceError> {
        self.run(|tx, _| tx.next_job()).await
    }
}

/// The server's clock as the dispatcher reads it.
pub(crate) struct PushClock(pub(crate) Arc<dyn crate::clock::Clock>);

impl zim_push::Clock for PushClock {
    fn now_ms(&self) -> i64 {
        self.0.now()
    }
}
