//! The seam to the durable queue: what the dispatcher asks of the service's store.

use crate::model::{Exchange, Intent, Target};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};

/// A push job's id in the store.
pub type JobId = i64;

/// A job the dispatcher holds until it calls [`JobSource::finish`] or the lease runs out.
#[derive(Debug, Clone, PartialEq)]
pub struct ClaimedJob {
    /// Id in the store.
    pub id: JobId,
    /// Unique per job and the same for every try; travels as `zego.zpns_request_id`.
    pub request_id: String,
    /// Device channel, as it is bound now.
    pub target: Target,
    /// What to show.
    pub intent: Intent,
    /// Tries so far.
    pub attempts: u32,
    /// When the push was decided, UTC ms.
    pub created_at: i64,
    /// Not after, UTC ms.
    pub expires_at: i64,
}

/// The store could not do it. The dispatcher waits and tries again; nothing is lost.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("push job store: {0}")]
pub struct SourceError(pub String);

/// Whether a claimed job should still be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// Send it.
    Wanted,
    /// Do not: e.g. the device acknowledged the event, the binding is gone, the user switched pushes off.
    Withdrawn {
        /// Stable word for the delivery log, e.g. `acknowledged`, `unbound`.
        outcome: &'static str,
        /// Sentence for the delivery log.
        why: String,
    },
}

/// What becomes of a job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Disposition {
    /// Remove it.
    Done,
    /// Keep it.
    Again {
        /// Not before, UTC ms.
        due_at: i64,
        /// Tries to store. A wait for a vendor that is down does not use one up.
        attempts: u32,
    },
}

/// What the vendor's answer says about the binding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Feedback {
    /// Nothing.
    None,
    /// The token works: set the binding's suspect count to 0.
    TokenWorks,
    /// Delete the binding if its token was stored before this moment (UTC ms). A later registration stays.
    TokenDead {
        /// UTC ms.
        registered_before: i64,
    },
    /// Add one to the binding's suspect count and delete the binding when the count reaches `limit`.
    TokenSuspect {
        /// Answers in a row that prove it.
        limit: u32,
    },
}

/// One row for the delivery log. Never holds message text, tokens or keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogLine {
    /// `dispatch` (our own step) or `vendor` (an answer).
    pub stage: &'static str,
    /// Stable word: `deferred`, `strategy_warning`, `delivered`, `token_invalid`, `retry`, `expired`, …
    pub outcome: &'static str,
    /// A sentence or the vendor's answer.
    pub detail: String,
    /// The request and the answer behind it, tokens masked and the sender's words replaced.
    pub exchange: Option<Exchange>,
}

/// All the dispatcher has to say about a job, to be stored in one transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobResult {
    /// Remove or keep.
    pub disposition: Disposition,
    /// About the binding.
    pub feedback: Feedback,
    /// Rows for the delivery log, in order.
    pub log: Vec<LogLine>,
}

/// The durable queue as the dispatcher sees it; the service implements it over its store.
///
/// All times are UTC milliseconds of the dispatcher's clock. When a job is queued, the service calls
/// [`crate::Dispatcher::wake`].
#[async_trait]
pub trait JobSource: Send + Sync {
    /// At most `limit` jobs due at `now`, earliest first; they are not handed out again before `lease_until`, unless
    /// [`finish`](Self::finish) says so. A job whose binding is gone is finished by the source and not returned.
    async fn claim(&self, now: i64, lease_until: i64, limit: usize) -> Result<Vec<ClaimedJob>, SourceError>;

    /// Asked right before a job is sent.
    async fn still_wanted(&self, job: &ClaimedJob) -> Result<Standing, SourceError>;

    /// Stores what became of a claimed job. After an error the dispatcher repeats the call a few times; a repeated
    /// call for a job that is already gone is no error.
    async fn finish(&self, job: &ClaimedJob, result: &JobResult) -> Result<(), SourceError>;

    /// When the next job (leased ones included) is due; `None` = the queue is empty.
    async fn next_due(&self) -> Result<Option<i64>, SourceError>;
}

/// One step of a debug push, for the console and the command line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stage {
    /// `strategy`, `credential`, `breaker`, `render`, `vendor`.
    pub name: String,
    /// Whether the chain goes on after it.
    pub ok: bool,
    /// Stable word, as in the delivery log.
    pub outcome: String,
    /// Sentence.
    pub detail: String,
    /// What left and what came back, secrets and tokens masked; only for `vendor`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exchange: Option<Exchange>,
}
