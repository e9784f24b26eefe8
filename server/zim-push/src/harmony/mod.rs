//! HarmonyOS Push Kit (v3): one JSON message per push, authorized by a token that the service account's key signs here.

mod account;
mod answers;
mod render;

use crate::clock::Clock;
use crate::huawei::Reply;
use crate::logins::Logins;
use crate::model::{Exchange, Outcome, Target, Vendor};
use crate::post::Post;
use crate::provider::{Provider, Push, Rendered, Unrenderable};
pub(crate) use account::ServiceAccount;
use async_trait::async_trait;
use std::sync::Arc;
use std::time::Duration;

/// A token is replaced after this; it is made for an hour.
const TOKEN_LIFE: Duration = Duration::from_secs(50 * 60);

/// One service account and one app.
pub(crate) struct Harmony {
    name: String,
    /// Where messages go.
    url: String,
    http: reqwest::Client,
    account: ServiceAccount,
    /// Stands in for an empty title.
    app_name: String,
    tokens: Logins,
    clock: Arc<dyn Clock>,
}

/// What a credential consists of.
pub(crate) struct HarmonyParts {
    pub(crate) name: String,
    /// Scheme and host, `https://push-api.cloud.huawei.com`.
    pub(crate) endpoint: String,
    pub(crate) http: reqwest::Client,
    pub(crate) account: ServiceAccount,
    /// Stands in for an empty title.
    pub(crate) app_name: String,
    pub(crate) clock: Arc<dyn Clock>,
}

impl Harmony {
    pub(crate) fn new(parts: HarmonyParts) -> Self {
        let HarmonyParts { name, endpoint, http, account, app_name, clock } = parts;
        let url = format!("{endpoint}/v3/{}/messages:send", account.project_id);
        Self { name, url, http, account, app_name, tokens: Logins::new(TOKEN_LIFE), clock }
    }

    async fn sign(&self) -> Result<String, Outcome> {
        self.account.sign(self.clock.now_ms()).map_err(|why| Outcome::Misconfigured { why })
    }
}

#[async_trait]
impl Provider for Harmony {
    fn vendor(&self) -> Vendor {
        Vendor::HarmonyOs
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn render(&self, push: &Push<'_>) -> Result<Rendered, Unrenderable> {
        render::render(push, &self.app_name)
    }

    async fn send(&self, target: &Target, rendered: &Rendered) -> (Outcome, Exchange) {
        let token = match self.tokens.get(|| self.sign()).await {
            Ok(token) => token,
            Err(outcome) => return (outcome, Exchange::default()),
        };
        let post = Post {
            url: &self.url,
            content_type: "application/json",
            headers: &rendered.headers,
            authorization: Some(("authorization", format!("Bearer {token}"))),
            body: rendered.body.clone(),
        };
        let answer = post.send(&self.http).await;
        let shown = String::from_utf8_lossy(&rendered.body);
        let exchange = post.exchange(&shown, &target.token, answer.as_ref().ok());
        let outcome = match answer {
            Ok(answer) => answers::of_push(&Reply::new(&answer, self.clock.now_ms()), &target.token),
            Err(outcome) => outcome,
        };
        if outcome == Outcome::AuthExpired {
            self.tokens.refused(&token);
        }
        (outcome, exchange)
    }
}
