//! Apple Push Notification service: HTTP/2 provider API with a provider token or a client certificate.

mod answers;
mod connection;
mod farewell;
mod render;
mod token;
mod tokens;

use crate::clock::Clock;
use crate::identity::Identity;
use crate::model::{Environment, Exchange, Outcome, Target, Vendor};
use crate::provider::{Provider, Push, Rendered, SEND_TIMEOUT, TokenKind, Unrenderable};
use crate::secret::masked;
use async_trait::async_trait;
pub(crate) use connection::Endpoint;
use connection::{Link, Reply, SendError};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
pub(crate) use token::ProviderToken;
pub use tokens::ProviderTokens;

/// `BadDeviceToken` proves a dead token only while other tokens of the same environment work.
const RECENT_SUCCESS_MS: i64 = 24 * 3_600_000;

/// How a credential shows who we are.
pub(crate) enum Authentication {
    /// Provider token, shared by everything that uses the same key.
    Token(Arc<ProviderToken>),
    /// Client certificate in the TLS configuration.
    Certificate {
        identity: Identity,
        /// UTC ms.
        expires_at: i64,
    },
}

/// What [`Apns`] is made of.
pub(crate) struct ApnsParts {
    pub(crate) name: String,
    pub(crate) bundle_id: String,
    pub(crate) authentication: Authentication,
    pub(crate) tls: Arc<rustls::ClientConfig>,
    pub(crate) production: Endpoint,
    pub(crate) sandbox: Endpoint,
    pub(crate) clock: Arc<dyn Clock>,
}

/// One APNs credential with its connection to each environment.
pub(crate) struct Apns {
    name: String,
    bundle_id: String,
    authentication: Authentication,
    clock: Arc<dyn Clock>,
    production: World,
    sandbox: World,
}

/// Connections are never shared between environments.
struct World {
    link: Link,
    last_success: AtomicI64,
}

impl World {
    fn new(endpoint: Endpoint, tls: Arc<rustls::ClientConfig>) -> Self {
        Self { link: Link::new(endpoint, tls), last_success: AtomicI64::new(i64::MIN) }
    }
}

impl Apns {
    pub(crate) fn new(parts: ApnsParts) -> Self {
        Self {
            name: parts.name,
            bundle_id: parts.bundle_id,
            authentication: parts.authentication,
            clock: parts.clock,
            production: World::new(parts.production, Arc::clone(&parts.tls)),
            sandbox: World::new(parts.sandbox, parts.tls),
        }
    }

    fn request(
        &self,
        world: &World,
        token: &str,
        rendered: &Rendered,
    ) -> Result<(http::Request<()>, Option<Arc<str>>), Outcome> {
        if token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(Outcome::Rejected { why: "the device token is not hexadecimal".into() });
        }
        let uri = format!("{}/3/device/{}", world.link.endpoint().url(), token.to_ascii_lowercase());
        let mut request = http::Request::post(uri);
        for (name, value) in &rendered.headers {
            request = request.header(*name, value);
        }
        let mut used = None;
        if let Authentication::Token(provider_token) = &self.authentication {
            let jwt = provider_token.get().map_err(|why| Outcome::Misconfigured { why })?;
            // Lower case: the one spelling every server accepts.
            request = request.header("authorization", format!("bearer {jwt}"));
            used = Some(jwt);
        }
        let request = request.body(()).map_err(|error| Outcome::Rejected { why: error.to_string() })?;
        Ok((request, used))
    }

    fn outcome(&self, world: &World, reply: &Reply, jwt: Option<&str>) -> Outcome {
        let now = self.clock.now_ms();
        let recent = world.last_success.load(Ordering::Relaxed) > now - RECENT_SUCCESS_MS;
        let answer = answers::Answer::read(reply);
        let outcome = answer.outcome(recent);
        match (&outcome, &self.authentication, jwt) {
            (Outcome::Delivered { .. }, ..) => world.last_success.store(now, Ordering::Relaxed),
            (Outcome::AuthExpired, Authentication::Token(token), Some(jwt)) => token.refused(jwt),
            _ if answer.reason == answers::TOO_MANY_TOKEN_UPDATES => {
                if let Authentication::Token(token) = &self.authentication {
                    token.hold();
                }
            }
            _ => {}
        }
        outcome
    }
}

#[async_trait]
impl Provider for Apns {
    fn vendor(&self) -> Vendor {
        Vendor::Apns
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn identity(&self) -> Identity {
        match &self.authentication {
            Authentication::Token(token) => token.identity(),
            Authentication::Certificate { identity, .. } => identity.clone(),
        }
    }

    fn render(&self, push: &Push<'_>) -> Result<Rendered, Unrenderable> {
        render::render(push, &self.bundle_id)
    }

    async fn send(&self, target: &Target, rendered: &Rendered) -> (Outcome, Exchange) {
        let world = match target.environment {
            Environment::Production => &self.production,
            Environment::Sandbox => &self.sandbox,
        };
        let token = match rendered.token {
            TokenKind::Main => &target.token,
            TokenKind::Voip => &target.voip_token,
        };
        let mut exchange = Exchange {
            request_line: format!("POST {}/3/device/{}", world.link.endpoint().url(), masked(token)),
            request_headers: rendered
                .headers
                .iter()
                .map(|(name, value)| ((*name).into(), value.clone()))
                .collect(),
            request_body: String::from_utf8_lossy(&rendered.body).into_owned(),
            ..Exchange::default()
        };
        let (request, jwt) = match self.request(world, token, rendered) {
            Ok(request) => request,
            Err(outcome) => return (outcome, exchange),
        };
        if jwt.is_some() {
            exchange.request_headers.push(("authorization".into(), "bearer …".into()));
        }
        let outcome = match world.link.send(request, rendered.body.clone(), SEND_TIMEOUT).await {
            Ok(reply) => {
                exchange.status = reply.status;
                exchange.response_headers = reply.headers.clone();
                exchange.response_body = String::from_utf8_lossy(&reply.body).into_owned();
                self.outcome(world, &reply, jwt.as_deref())
            }
            Err(SendError::NotSent(why)) => Outcome::Retry { after: None, why },
            Err(SendError::Unanswered(why)) => Outcome::Unknown { why },
        };
        (outcome, exchange)
    }

    fn credential_expires_at(&self) -> Option<i64> {
        match self.authentication {
            Authentication::Token(_) => None,
            Authentication::Certificate { expires_at, .. } => Some(expires_at),
        }
    }
}
