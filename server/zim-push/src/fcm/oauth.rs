//! Access tokens by the JWT grant of a service account: one fetch at a time, ahead of the expiry.

use super::{Answer, read};
use crate::clock::Clock;
use crate::identity::Identity;
use crate::model::{Outcome, RateScope};
use crate::secret::Secret;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::time::Instant;

const SCOPE: &str = "https://www.googleapis.com/auth/firebase.messaging";
const GRANT: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
/// Longest life Google grants an assertion.
const ASSERTION_SECONDS: i64 = 3600;
/// A token is replaced this long before it runs out.
const AHEAD: Duration = Duration::from_secs(300);

/// The downloaded service-account file.
#[derive(Debug, Deserialize)]
pub(crate) struct ServiceAccount {
    pub(crate) project_id: String,
    pub(crate) client_email: String,
    pub(crate) private_key: Secret,
    #[serde(default)]
    pub(crate) private_key_id: String,
    pub(crate) token_uri: String,
}

impl ServiceAccount {
    /// Reads and checks the file's text.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let value: serde_json::Value =
            serde_json::from_str(text).map_err(|error| format!("not JSON: {error}"))?;
        if value.get("type").and_then(|kind| kind.as_str()).is_some_and(|kind| kind != "service_account") {
            return Err("\"type\" is not \"service_account\"; download the key of a service account".into());
        }
        let account: Self = serde_json::from_value(value).map_err(|error| error.to_string())?;
        let plain = |text: &str| {
            !text.is_empty()
                && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte))
        };
        if !plain(&account.project_id) {
            return Err(format!("project_id {:?} is not a project id", account.project_id));
        }
        if !account.token_uri.starts_with("https://") {
            return Err(format!("token_uri {:?} is not an https address", account.token_uri));
        }
        account.signing_key()?;
        Ok(account)
    }

    fn signing_key(&self) -> Result<EncodingKey, String> {
        EncodingKey::from_rsa_pem(self.private_key.expose().as_bytes())
            .map_err(|error| format!("private_key is not an RSA key in PEM: {error}"))
    }
}

#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    scope: &'a str,
    aud: &'a str,
    iat: i64,
    exp: i64,
}

#[derive(Deserialize)]
struct Grant {
    access_token: Secret,
    expires_in: u64,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct GrantError {
    error: String,
    error_description: String,
}

/// The access token of one service account.
pub(crate) struct AccessTokens {
    account: ServiceAccount,
    http: reqwest::Client,
    clock: Arc<dyn Clock>,
    /// Held while a token is fetched, so that all who need it wait for the one fetch.
    current: Mutex<Option<Current>>,
    refused: std::sync::Mutex<Option<Arc<str>>>,
}

struct Current {
    token: Arc<str>,
    fresh_until: Instant,
}

impl AccessTokens {
    pub(crate) fn new(account: ServiceAccount, http: reqwest::Client, clock: Arc<dyn Clock>) -> Self {
        Self { account, http, clock, current: Mutex::new(None), refused: std::sync::Mutex::default() }
    }

    pub(crate) fn identity(&self) -> Identity {
        let ServiceAccount { project_id, client_email, private_key_id, .. } = &self.account;
        Identity::new([
            ("project_id", project_id.clone()),
            ("client_email", client_email.clone()),
            ("private_key_id", private_key_id.clone()),
        ])
    }

    /// The token to use now.
    pub(crate) async fn get(&self) -> Result<Arc<str>, Outcome> {
        let mut current = self.current.lock().await;
        if let Some(Current { token, fresh_until }) = &*current
            && Instant::now() < *fresh_until
            && !self.is_refused(token)
        {
            return Ok(Arc::clone(token));
        }
        let fetched = self.fetch().await?;
        let token = Arc::clone(&fetched.token);
        *current = Some(fetched);
        Ok(token)
    }

    /// Google refused this token; the next [`get`](Self::get) fetches another one, once for all who were refused.
    pub(crate) fn refused(&self, token: &Arc<str>) {
        *self.refused.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(Arc::clone(token));
    }

    fn is_refused(&self, token: &Arc<str>) -> bool {
        let refused = self.refused.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        refused.as_ref().is_some_and(|refused| Arc::ptr_eq(refused, token))
    }

    async fn fetch(&self) -> Result<Current, Outcome> {
        let account = &self.account;
        let misconfigured = |why| Outcome::Misconfigured { why };
        let mut header = Header::new(Algorithm::RS256);
        header.kid = (!account.private_key_id.is_empty()).then(|| account.private_key_id.clone());
        let iat = self.clock.now_ms() / 1_000;
        let claims = Claims {
            iss: &account.client_email,
            scope: SCOPE,
            aud: &account.token_uri,
            iat,
            exp: iat + ASSERTION_SECONDS,
        };
        let key = account.signing_key().map_err(misconfigured)?;
        let assertion = jsonwebtoken::encode(&header, &claims, &key)
            .map_err(|error| misconfigured(format!("cannot sign the assertion: {error}")))?;
        let form = [("grant_type", GRANT), ("assertion", assertion.as_str())];
        // No push was sent yet, so an unanswered fetch is a plain retry.
        let answer =
            read(self.http.post(&account.token_uri).form(&form)).await.map_err(|outcome| match outcome {
                Outcome::Unknown { why } => {
                    Outcome::Retry { after: None, why: format!("access token: {why}") }
                }
                other => other,
            })?;
        if answer.status != 200 {
            return Err(refusal(&answer));
        }
        let grant: Grant = serde_json::from_slice(&answer.body).map_err(|_| Outcome::Retry {
            after: None,
            why: "access token: the answer is not a token".into(),
        })?;
        let life = Duration::from_secs(grant.expires_in);
        // A short-lived token is used for most of its life.
        let fresh = life.checked_sub(AHEAD).filter(|fresh| *fresh > life / 2).unwrap_or(life / 2);
        Ok(Current { token: grant.access_token.expose().into(), fresh_until: Instant::now() + fresh })
    }
}

fn refusal(answer: &Answer) -> Outcome {
    let error: GrantError = serde_json::from_slice(&answer.body).unwrap_or_default();
    let why = format!("access token: {} {} {}", answer.status, error.error, error.error_description);
    let after = answer.retry_after();
    match answer.status {
        429 => Outcome::RateLimited { after, scope: RateScope::Credential },
        500.. => Outcome::Retry { after, why },
        _ => Outcome::Misconfigured { why: why.trim_end().into() },
    }
}
