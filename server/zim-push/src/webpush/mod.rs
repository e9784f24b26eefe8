//! Web Push (RFC 8030): an encrypted message per push to the address each browser, or UnifiedPush distributor, gave.

mod answers;
mod encrypt;
mod render;
mod services;
mod vapid;

use crate::clock::Clock;
use crate::identity::Identity;
use crate::model::{Exchange, Outcome, Target, Vendor};
use crate::post::Post;
use crate::provider::{Provider, Push, Rendered, Unrenderable};
use crate::secret::masked;
use crate::{address, fcm};
use async_trait::async_trait;
use encrypt::Fresh;
use services::Services;
use std::sync::Arc;
use vapid::Vapid;
pub(crate) use vapid::{VapidKey, check_subject};
use zim_proto::Subscription;

/// For a subscription that can never work. They are checked when they are registered; this is for what slipped through.
const NEVER: Outcome = Outcome::TokenInvalid { since: None };

/// One key pair.
pub(crate) struct WebPush {
    name: String,
    http: reqwest::Client,
    vapid: Vapid,
    services: Services,
    reach: Reach,
    clock: Arc<dyn Clock>,
}

/// What a credential consists of.
pub(crate) struct WebPushParts {
    pub(crate) name: String,
    pub(crate) tls: rustls::ClientConfig,
    pub(crate) key: VapidKey,
    /// Contact for push services.
    pub(crate) subject: String,
    pub(crate) reach: Reach,
    pub(crate) clock: Arc<dyn Clock>,
}

/// Which push services a subscription may name.
pub(crate) struct Reach {
    /// Also such as are not on the public Internet.
    pub(crate) private_addresses: bool,
    /// Host names, `*.example.com` for all below; empty = any.
    pub(crate) hosts: Vec<String>,
}

impl Reach {
    fn check(&self, url: &reqwest::Url) -> Result<(), String> {
        let host = url.host_str().unwrap_or_default();
        let is_listed = self.hosts.iter().any(|listed| match listed.strip_prefix('*') {
            Some(end) => host.ends_with(end),
            None => host == listed,
        });
        if !(self.hosts.is_empty() || is_listed) {
            return Err(format!("{host} is not among the credential's hosts"));
        }
        if self.private_addresses {
            return Ok(());
        }
        address::check_literal(url).map_err(|refused| refused.to_string())
    }
}

impl WebPush {
    pub(crate) fn new(parts: WebPushParts) -> Result<Self, String> {
        let WebPushParts { name, tls, key, subject, reach, clock } = parts;
        let builder = fcm::client_builder(tls);
        let guarded = if reach.private_addresses {
            builder
        } else {
            builder.dns_resolver(Arc::new(address::PublicOnly))
        };
        let http = guarded.build().map_err(|error| error.to_string())?;
        let vapid = Vapid::new(key, subject, Arc::clone(&clock));
        Ok(Self { name, http, vapid, services: Services::default(), reach, clock })
    }

    /// Where to, if the subscription can be used at all.
    fn open(&self, token: &str) -> Result<(Subscription, reqwest::Url), Outcome> {
        let subscription = Subscription::parse(token).map_err(|_| NEVER)?;
        let url = reqwest::Url::parse(&subscription.endpoint).map_err(|_| NEVER)?;
        self.reach.check(&url).map_err(|why| Outcome::Rejected { why: format!("endpoint: {why}") })?;
        Ok((subscription, url))
    }

    async fn post(
        &self,
        url: &reqwest::Url,
        origin: &str,
        body: Vec<u8>,
        rendered: &Rendered,
    ) -> (Outcome, Exchange) {
        let authorization = match self.vapid.authorize(origin) {
            Ok(authorization) => authorization,
            Err(why) => return (Outcome::Misconfigured { why }, Exchange::default()),
        };
        let mut headers = rendered.headers.clone();
        headers.push(("content-encoding", "aes128gcm".into()));
        let post = Post {
            url: url.as_str(),
            content_type: "application/octet-stream",
            headers: &headers,
            authorization: Some(("authorization", (*authorization.value).to_owned())),
            body: body.into(),
        };
        let answer = post.send(&self.http).await;
        // What is encrypted is shown as it was before; who knows the address can send to it.
        let shown = String::from_utf8_lossy(&rendered.body);
        let mut exchange = post.exchange(&shown, url.as_str(), answer.as_ref().ok());
        exchange.request_line = format!("POST {origin}/{}", masked(url.path().trim_start_matches('/')));
        exchange.response_headers.retain(|(name, _)| name != "location");
        let outcome = match answer {
            Ok(answer) => answers::outcome(&answer, authorization.is_new, self.clock.now_ms()),
            Err(outcome) => outcome,
        };
        if outcome == Outcome::AuthExpired {
            self.vapid.refused(origin, &authorization);
        }
        (outcome, exchange)
    }
}

#[async_trait]
impl Provider for WebPush {
    fn vendor(&self) -> Vendor {
        Vendor::Web
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn identity(&self) -> Identity {
        self.vapid.identity()
    }

    fn render(&self, push: &Push<'_>) -> Result<Rendered, Unrenderable> {
        render::render(push)
    }

    async fn send(&self, target: &Target, rendered: &Rendered) -> (Outcome, Exchange) {
        let (subscription, url) = match self.open(&target.token) {
            Ok(opened) => opened,
            Err(outcome) => return (outcome, Exchange::default()),
        };
        let Ok(fresh) = Fresh::generate() else {
            let why = "the system has no randomness".to_owned();
            return (Outcome::Retry { after: None, why }, Exchange::default());
        };
        let Ok(body) = encrypt::encrypt(&rendered.body, &subscription, &fresh) else {
            return (NEVER, Exchange::default());
        };
        let origin = url.origin().ascii_serialization();
        if let Err(resting) = self.services.admit(&origin, self.clock.now_ms()) {
            return (resting, Exchange::default());
        }
        let (outcome, exchange) = self.post(&url, &origin, body, rendered).await;
        (self.services.record(&origin, self.clock.now_ms(), outcome), exchange)
    }

    /// Each subscription names its own push service.
    fn shares_failures(&self) -> bool {
        false
    }
}
