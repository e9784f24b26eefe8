//! What a double saw.

use bytes::Bytes;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;

/// One request, as it arrived.
#[derive(Debug, Clone, PartialEq)]
pub struct Recorded {
    /// Method.
    pub method: String,
    /// Path.
    pub path: String,
    /// Device token it was for, empty if none could be read.
    pub token: String,
    /// Headers in the order of arrival, names in lower case.
    pub headers: Vec<(String, String)>,
    /// Body as JSON, `Null` if it is none.
    pub body: serde_json::Value,
    /// Body.
    pub raw_body: Bytes,
    /// Number of the connection it came on, from 1.
    pub connection: u64,
    /// HTTP/2 stream it came on, 0 = not told.
    pub stream: u32,
    /// Status of the answer, 0 = none was given.
    pub status: u16,
    /// Reason or error code of the answer, empty for a success.
    pub reason: String,
    /// The rule the request broke; `None` = it was flawless.
    pub violation: Option<String>,
}

impl Recorded {
    /// Value of a header, by its name in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// The deadline came before the requests did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TooFew {
    /// Requests wanted.
    pub wanted: usize,
    /// Requests seen.
    pub seen: usize,
}

impl std::fmt::Display for TooFew {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "wanted {} requests, saw {}", self.wanted, self.seen)
    }
}

impl std::error::Error for TooFew {}

#[derive(Default)]
pub(crate) struct Record {
    requests: Mutex<Vec<Recorded>>,
    changed: Notify,
}

impl Record {
    fn lock(&self) -> MutexGuard<'_, Vec<Recorded>> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn push(&self, request: Recorded) {
        self.lock().push(request);
        self.changed.notify_waiters();
    }

    pub(crate) fn all(&self) -> Vec<Recorded> {
        self.lock().clone()
    }

    pub(crate) fn clear(&self) {
        self.lock().clear();
    }

    pub(crate) async fn wait_for(&self, wanted: usize, within: Duration) -> Result<Vec<Recorded>, TooFew> {
        let enough = async {
            loop {
                let changed = self.changed.notified();
                tokio::pin!(changed);
                changed.as_mut().enable();
                if self.lock().len() >= wanted {
                    return;
                }
                changed.await;
            }
        };
        match tokio::time::timeout(within, enough).await {
            Ok(()) => Ok(self.all()),
            Err(_) => Err(TooFew { wanted, seen: self.lock().len() }),
        }
    }
}

/// Lower-case names and readable values of a header map.
pub(crate) fn headers(map: &http::HeaderMap) -> Vec<(String, String)> {
    map.iter()
        .map(|(name, value)| {
            (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        })
        .collect()
}
