//! Huawei Push Kit on Android (v1): one JSON message per push, authorized by the token of a login that lasts an hour.

mod answers;
mod messages;
mod render;
mod reply;

use crate::clock::Clock;
use crate::identity::Identity;
use crate::logins::Logins;
use crate::model::{Exchange, Outcome, Target, Vendor};
use crate::post::read_login;
use crate::provider::{Provider, Push, Rendered, Unrenderable};
use crate::secret::Secret;
use async_trait::async_trait;
pub(crate) use messages::Messages;
use render::App;
pub(crate) use reply::Reply;
use std::sync::Arc;
use std::time::Duration;

/// A login is repeated after this; Huawei keeps a token for an hour.
const TOKEN_LIFE: Duration = Duration::from_secs(50 * 60);

/// One app's id and secret.
pub(crate) struct Huawei {
    name: String,
    messages: Messages,
    /// Where a login goes.
    login_url: String,
    id: String,
    secret: Secret,
    app: App,
}

/// What a credential consists of.
pub(crate) struct HuaweiParts {
    pub(crate) name: String,
    /// Scheme and host, `https://push-api.cloud.huawei.com`.
    pub(crate) endpoint: String,
    /// Scheme and host, `https://oauth-login.cloud.huawei.com`.
    pub(crate) login_endpoint: String,
    pub(crate) http: reqwest::Client,
    /// App id, digits.
    pub(crate) id: String,
    pub(crate) secret: Secret,
    /// Stands in for an empty title.
    pub(crate) app_name: String,
    /// Activity the launcher starts, empty = no badges.
    pub(crate) badge_class: String,
    pub(crate) clock: Arc<dyn Clock>,
}

impl Huawei {
    pub(crate) fn new(parts: HuaweiParts) -> Self {
        let HuaweiParts { name, endpoint, login_endpoint, http, id, secret, app_name, badge_class, clock } =
            parts;
        Self {
            name,
            messages: Messages {
                url: format!("{endpoint}/v1/{id}/messages:send"),
                content_type: "application/json; charset=UTF-8",
                http,
                logins: Logins::new(TOKEN_LIFE),
                clock,
            },
            login_url: format!("{login_endpoint}/oauth2/v3/token"),
            id,
            secret,
            app: App { name: app_name, badge_class },
        }
    }

    async fn login(&self) -> Result<String, Outcome> {
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", &self.id),
            ("client_secret", self.secret.expose()),
        ];
        let answer = read_login(self.messages.http.post(&self.login_url).form(&form)).await?;
        answers::of_login(&Reply::new(&answer, self.messages.clock.now_ms()))
    }
}

#[async_trait]
impl Provider for Huawei {
    fn vendor(&self) -> Vendor {
        Vendor::Huawei
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn identity(&self) -> Identity {
        Identity::new([("huawei_app_id", self.id.clone())])
    }

    fn render(&self, push: &Push<'_>) -> Result<Rendered, Unrenderable> {
        render::render(push, &self.app)
    }

    async fn send(&self, target: &Target, rendered: &Rendered) -> (Outcome, Exchange) {
        self.messages.send(target, rendered, || self.login(), answers::of_push).await
    }
}
