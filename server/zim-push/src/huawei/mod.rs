//! Huawei Push Kit on Android (v1): one JSON message per push, authorized by the token of a login that lasts an hour.

mod answers;
mod render;
mod reply;

use crate::clock::Clock;
use crate::fcm::Answer;
use crate::logins::Logins;
use crate::model::{Exchange, Outcome, Target, Vendor};
use crate::post::{Post, read_login};
use crate::provider::{Provider, Push, Rendered, Unrenderable};
use crate::secret::Secret;
use async_trait::async_trait;
use render::App;
pub(crate) use reply::Reply;
use std::sync::Arc;
use std::time::Duration;

/// A login is repeated after this; Huawei keeps a token for an hour.
const TOKEN_LIFE: Duration = Duration::from_secs(50 * 60);

/// One app's id and secret.
pub(crate) struct Huawei {
    name: String,
    /// Where messages go.
    url: String,
    /// Where a login goes.
    login_url: String,
    http: reqwest::Client,
    id: String,
    secret: Secret,
    app: App,
    logins: Logins,
    clock: Arc<dyn Clock>,
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
            url: format!("{endpoint}/v1/{id}/messages:send"),
            login_url: format!("{login_endpoint}/oauth2/v3/token"),
            http,
            id,
            secret,
            app: App { name: app_name, badge_class },
            logins: Logins::new(TOKEN_LIFE),
            clock,
        }
    }

    async fn login(&self) -> Result<String, Outcome> {
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", &self.id),
            ("client_secret", self.secret.expose()),
        ];
        let answer = read_login(self.http.post(&self.login_url).form(&form)).await?;
        answers::of_login(&self.reply(&answer))
    }

    fn reply<'a>(&self, answer: &'a Answer) -> Reply<'a> {
        Reply::new(answer, self.clock.now_ms())
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

    fn render(&self, push: &Push<'_>) -> Result<Rendered, Unrenderable> {
        render::render(push, &self.app)
    }

    async fn send(&self, target: &Target, rendered: &Rendered) -> (Outcome, Exchange) {
        let token = match self.logins.get(|| self.login()).await {
            Ok(token) => token,
            Err(outcome) => return (outcome, Exchange::default()),
        };
        let post = Post {
            url: &self.url,
            content_type: "application/json; charset=UTF-8",
            headers: &rendered.headers,
            authorization: Some(("authorization", format!("Bearer {token}"))),
            body: rendered.body.clone(),
        };
        let answer = post.send(&self.http).await;
        let shown = String::from_utf8_lossy(&rendered.body);
        let exchange = post.exchange(&shown, &target.token, answer.as_ref().ok());
        let outcome = match answer {
            Ok(answer) => answers::of_push(&self.reply(&answer), &target.token),
            Err(outcome) => outcome,
        };
        if outcome == Outcome::AuthExpired {
            self.logins.refused(&token);
        }
        (outcome, exchange)
    }
}
