//! The provider token of a key, shared by all that use it: see [`ProviderTokens`](super::ProviderTokens).

use crate::clock::Clock;
use crate::identity::Identity;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde::Serialize;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// Apple refuses tokens older than an hour, and a token is dated back by up to [`SHORTEST_INTERVAL`].
const LIFETIME: Duration = Duration::from_secs(35 * 60);
/// Apple refuses new tokens more often than this.
const SHORTEST_INTERVAL: Duration = Duration::from_secs(20 * 60);

/// Makes and keeps the token. Signing takes microseconds, so the lock doubles as "one at a time".
pub(crate) struct ProviderToken {
    key: EncodingKey,
    key_id: String,
    team_id: String,
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    current: Option<(Arc<str>, Instant)>,
    refused: bool,
    hold_until: Option<Instant>,
}

#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    iat: i64,
}

impl ProviderToken {
    pub(crate) fn new(key: EncodingKey, key_id: String, team_id: String, clock: Arc<dyn Clock>) -> Self {
        Self { key, key_id, team_id, clock, state: Mutex::default() }
    }

    pub(super) fn identity(&self) -> Identity {
        Identity::new([("key_id", self.key_id.clone()), ("team_id", self.team_id.clone())])
    }

    /// The token to use now. A refused or old one is replaced, but never sooner than Apple allows.
    pub(crate) fn get(&self) -> Result<Arc<str>, String> {
        let now = Instant::now();
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((jwt, minted)) = &state.current {
            let age = now.duration_since(*minted);
            let held = state.hold_until.is_some_and(|until| now < until);
            if age < SHORTEST_INTERVAL || held || (age < LIFETIME && !state.refused) {
                return Ok(Arc::clone(jwt));
            }
        }
        let mut header = Header::new(Algorithm::ES256);
        header.typ = None;
        header.kid = Some(self.key_id.clone());
        // Dated to the last full interval: a process that was started again, or another one with the same key, then does
        // not show Apple a newer token before it may.
        let now_s = self.clock.now_ms() / 1_000;
        let iat = now_s - now_s.rem_euclid(SHORTEST_INTERVAL.as_secs().cast_signed());
        let claims = Claims { iss: &self.team_id, iat };
        let jwt: Arc<str> = jsonwebtoken::encode(&header, &claims, &self.key)
            .map_err(|error| format!("key {}: cannot sign: {error}", self.key_id))?
            .into();
        *state = State { current: Some((Arc::clone(&jwt), now)), refused: false, hold_until: None };
        Ok(jwt)
    }

    /// Apple called this token expired.
    pub(crate) fn refused(&self, jwt: &str) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.current.as_ref().is_some_and(|(current, _)| **current == *jwt) {
            state.refused = true;
        }
    }

    /// Apple saw too many new tokens: keep the newest for a while.
    pub(crate) fn hold(&self) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.hold_until = Some(Instant::now() + SHORTEST_INTERVAL);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SystemClock;
    use tokio::time::advance;

    fn token() -> ProviderToken {
        let key = rcgen::KeyPair::generate().unwrap().serialize_pem();
        let key = EncodingKey::from_ec_pem(key.as_bytes()).unwrap();
        ProviderToken::new(key, "KEYKEYKEY1".into(), "TEAMTEAM01".into(), Arc::new(SystemClock))
    }

    const MINUTE: Duration = Duration::from_secs(60);

    #[tokio::test(start_paused = true)]
    async fn a_token_lives_thirty_five_minutes() {
        let token = token();
        let first = token.get().unwrap();
        advance(MINUTE * 34).await;
        assert_eq!(token.get().unwrap(), first);
        advance(MINUTE).await;
        assert_ne!(token.get().unwrap(), first);
    }

    #[tokio::test(start_paused = true)]
    async fn a_refused_token_is_replaced_but_never_within_twenty_minutes() {
        let token = token();
        let first = token.get().unwrap();
        token.refused(&first);
        advance(MINUTE * 19).await;
        assert_eq!(token.get().unwrap(), first);
        advance(MINUTE).await;
        let second = token.get().unwrap();
        assert_ne!(second, first);
        token.refused(&first);
        advance(MINUTE * 21).await;
        assert_eq!(token.get().unwrap(), second, "a late answer about an older token changes nothing");
        token.refused(&second);
        token.hold();
        assert_eq!(token.get().unwrap(), second, "held back");
        advance(MINUTE * 20).await;
        assert_ne!(token.get().unwrap(), second);
    }
}
