//! The access token of a login: one login at a time, ahead of the token's end, once more when the vendor refuses it.

use crate::model::Outcome;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// The token of one credential.
pub(crate) struct Logins {
    life: Duration,
    /// Held during a login, so that all who need the token wait for the one login.
    current: tokio::sync::Mutex<Option<Current>>,
    refused: Mutex<Option<Arc<str>>>,
}

struct Current {
    token: Arc<str>,
    fresh_until: Instant,
}

impl Logins {
    /// A token is used for `life`, then there is another login.
    pub(crate) fn new(life: Duration) -> Self {
        Self { life, current: tokio::sync::Mutex::default(), refused: Mutex::default() }
    }

    /// The token to use now.
    pub(crate) async fn get<F>(&self, login: impl FnOnce() -> F) -> Result<Arc<str>, Outcome>
    where
        F: Future<Output = Result<String, Outcome>>,
    {
        let mut current = self.current.lock().await;
        if let Some(Current { token, fresh_until }) = &*current
            && Instant::now() < *fresh_until
            && !self.is_refused(token)
        {
            return Ok(Arc::clone(token));
        }
        let token: Arc<str> = login().await?.into();
        *current = Some(Current { token: Arc::clone(&token), fresh_until: Instant::now() + self.life });
        Ok(token)
    }

    /// The vendor refused this token: the next [`get`](Self::get) logs in again, once for all who were refused.
    pub(crate) fn refused(&self, token: &Arc<str>) {
        *self.refused.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(token));
    }

    fn is_refused(&self, token: &Arc<str>) -> bool {
        let refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        refused.as_ref().is_some_and(|refused| Arc::ptr_eq(refused, token))
    }
}
