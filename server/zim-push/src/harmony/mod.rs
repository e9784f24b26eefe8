//! HarmonyOS Push Kit (v3): one JSON message per push, authorized by a token that the service account's key signs here.

mod account;
mod answers;
mod render;

use crate::clock::Clock;
use crate::huawei::Messages;
use crate::identity::Identity;
use crate::logins::Logins;
use crate::model::{Exchange, Outcome, Target, Vendor};
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
    messages: Messages,
    account: ServiceAccount,
    /// Stands in for an empty title.
    app_name: String,
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
        let messages = Messages {
            url: format!("{endpoint}/v3/{}/messages:send", account.project_id),
            content_type: "application/json",
            http,
            logins: Logins::new(TOKEN_LIFE),
            clock,
        };
        Self { name, messages, account, app_name }
    }

    async fn sign(&self) -> Result<String, Outcome> {
        self.account.sign(self.messages.clock.now_ms()).map_err(|why| Outcome::Misconfigured { why })
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

    fn identity(&self) -> Identity {
        self.account.identity()
    }

    fn render(&self, push: &Push<'_>) -> Result<Rendered, Unrenderable> {
        render::render(push, &self.app_name)
    }

    async fn send(&self, target: &Target, rendered: &Rendered) -> (Outcome, Exchange) {
        self.messages.send(target, rendered, || self.sign(), answers::of_push).await
    }
}
