//! Firebase Cloud Messaging, HTTP v1 API with a service account.

mod answers;
mod oauth;
mod render;

use crate::address;
use crate::clock::Clock;
use crate::identity::Identity;
use crate::model::{Exchange, Outcome, Target, Vendor};
use crate::provider::{Provider, Push, Rendered, SEND_TIMEOUT, Unrenderable};
use crate::secret::masked;
use crate::strategy::FcmPriority;
use async_trait::async_trait;
use oauth::AccessTokens;
pub(crate) use oauth::ServiceAccount;
pub(crate) use render::Audience;
use std::sync::Arc;
use std::time::Duration;

/// Time to resolve, connect and shake hands.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// A connection with requests on it is asked for a sign of life this often, …
const PING_INTERVAL: Duration = Duration::from_secs(30);
/// … and is dead without an answer after this.
const PING_TIMEOUT: Duration = Duration::from_secs(15);
/// Longest answer kept.
const MOST_BODY: usize = 64 * 1024;

/// One service account.
pub(crate) struct Fcm {
    name: String,
    url: String,
    http: reqwest::Client,
    tokens: AccessTokens,
    audience: Audience,
    priority: Option<FcmPriority>,
}

/// What a credential consists of.
pub(crate) struct FcmParts {
    pub(crate) name: String,
    /// Scheme and host, `https://fcm.googleapis.com`.
    pub(crate) endpoint: String,
    pub(crate) account: ServiceAccount,
    pub(crate) audience: Audience,
    /// Of pushes whose strategy names none.
    pub(crate) priority: Option<FcmPriority>,
    pub(crate) tls: rustls::ClientConfig,
    pub(crate) clock: Arc<dyn Clock>,
}

impl Fcm {
    pub(crate) fn new(parts: FcmParts) -> Result<Self, String> {
        let FcmParts { name, endpoint, account, audience, priority, tls, clock } = parts;
        let http = client(tls)?;
        let url =
            format!("{}/v1/projects/{}/messages:send", endpoint.trim_end_matches('/'), account.project_id);
        let tokens = AccessTokens::new(account, http.clone(), clock);
        Ok(Self { name, url, http, tokens, audience, priority })
    }
}

#[async_trait]
impl Provider for Fcm {
    fn vendor(&self) -> Vendor {
        Vendor::Fcm
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn identity(&self) -> Identity {
        self.tokens.identity()
    }

    fn render(&self, push: &Push<'_>) -> Result<Rendered, Unrenderable> {
        render::render(push, &self.audience, self.priority)
    }

    async fn send(&self, target: &Target, rendered: &Rendered) -> (Outcome, Exchange) {
        let body = String::from_utf8_lossy(&rendered.body);
        let mut exchange = Exchange {
            request_line: format!("POST {}", self.url),
            request_headers: vec![
                ("content-type".into(), "application/json".into()),
                ("authorization".into(), "Bearer …".into()),
            ],
            request_body: body.replace(&target.token, &masked(&target.token)),
            ..Exchange::default()
        };
        let token = match self.tokens.get().await {
            Ok(token) => token,
            Err(outcome) => return (outcome, exchange),
        };
        let request = self
            .http
            .post(&self.url)
            .header("content-type", "application/json")
            .bearer_auth(&*token)
            .body(rendered.body.clone());
        let answer = match read(request).await {
            Ok(answer) => answer,
            Err(outcome) => return (outcome, exchange),
        };
        exchange.status = answer.status;
        exchange.response_headers = answer.headers.clone();
        exchange.response_body =
            String::from_utf8_lossy(&answer.body).replace(&target.token, &masked(&target.token));
        let outcome = answers::outcome(&answer);
        if outcome == Outcome::AuthExpired {
            self.tokens.refused(&token);
        }
        (outcome, exchange)
    }

    /// A malformed token is told apart from a malformed message only by a sentence, so one hit proves nothing.
    fn suspect_limit(&self) -> u32 {
        2
    }
}

/// The client of one credential: a pool of connections of its own.
pub(crate) fn client(tls: rustls::ClientConfig) -> Result<reqwest::Client, String> {
    client_builder(tls).build().map_err(|error| error.to_string())
}

/// The same, before it is built.
pub(crate) fn client_builder(tls: rustls::ClientConfig) -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(CONNECT_TIMEOUT)
        .timeout(SEND_TIMEOUT)
        .http2_keep_alive_interval(PING_INTERVAL)
        .http2_keep_alive_timeout(PING_TIMEOUT)
        .https_only(true)
        .no_proxy()
}

/// A vendor's answer.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn retry_after(&self) -> Option<Duration> {
        let (_, value) = self.headers.iter().find(|(name, _)| name == "retry-after")?;
        value.trim().parse().ok().map(Duration::from_secs)
    }
}

/// Sends a request and reads its answer; without one, says whether the vendor can have seen the request.
pub(crate) async fn read(request: reqwest::RequestBuilder) -> Result<Answer, Outcome> {
    let mut response = request.send().await.map_err(|error| {
        let why = plain(&error);
        if address::was_refused(&error) {
            Outcome::Rejected { why }
        } else if error.is_connect() || error.is_builder() {
            Outcome::Retry { after: None, why }
        } else {
            Outcome::Unknown { why }
        }
    })?;
    let headers = response.headers().iter().map(|(name, value)| {
        (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
    });
    let mut answer =
        Answer { status: response.status().as_u16(), headers: headers.collect(), body: Vec::new() };
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if answer.body.len() < MOST_BODY => answer.body.extend_from_slice(&chunk),
            Ok(_) => return Ok(answer),
            // The status is known; only a success without its body stays unproven.
            Err(error) if answer.status == 200 => return Err(Outcome::Unknown { why: plain(&error) }),
            Err(_) => return Ok(answer),
        }
    }
}

/// The error with its causes, without the address (it may hold identifiers).
fn plain(error: &reqwest::Error) -> String {
    let mut text =
        if error.is_timeout() { "no answer in time".to_owned() } else { "request failed".to_owned() };
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}
