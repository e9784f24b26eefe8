//! vivo push: one JSON message per push, authorized by the token of a login that lasts a day.

mod answers;
mod render;

use crate::clock::Clock;
use crate::identity::Identity;
use crate::logins::Logins;
use crate::model::{Exchange, Outcome, Target, Vendor};
use crate::oem::hexadecimal;
use crate::post::{Post, read_login};
use crate::provider::{Provider, Push, Rendered, Unrenderable};
use crate::secret::Secret;
use async_trait::async_trait;
use md5::{Digest, Md5};
use render::App;
use serde::Serialize;
use std::sync::Arc;
use std::time::Duration;

/// A login is repeated after this; vivo keeps a token for a day, and wants it to be renewed every hour or two.
const TOKEN_LIFE: Duration = Duration::from_secs(2 * 3_600);

/// One app's key and secret.
pub(crate) struct Vivo {
    name: String,
    endpoint: String,
    http: reqwest::Client,
    key: String,
    secret: Secret,
    app: App,
    logins: Logins,
    clock: Arc<dyn Clock>,
}

/// What a credential consists of.
pub(crate) struct VivoParts {
    pub(crate) name: String,
    /// Scheme and host, `https://api-push.vivo.com.cn`.
    pub(crate) endpoint: String,
    pub(crate) http: reqwest::Client,
    pub(crate) app_id: u64,
    pub(crate) key: String,
    pub(crate) secret: Secret,
    /// Stands in for an empty title.
    pub(crate) app_name: String,
    /// vivo lets pushes add to the badge.
    pub(crate) badge: bool,
    pub(crate) clock: Arc<dyn Clock>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Login<'a> {
    app_id: u64,
    app_key: &'a str,
    timestamp: i64,
    sign: String,
}

impl Vivo {
    pub(crate) fn new(parts: VivoParts) -> Self {
        let VivoParts { name, endpoint, http, app_id, key, secret, app_name, badge, clock } = parts;
        let app = App { id: app_id, name: app_name, badge };
        Self { name, endpoint, http, key, secret, app, logins: Logins::new(TOKEN_LIFE), clock }
    }

    async fn login(&self) -> Result<String, Outcome> {
        let (app_id, timestamp) = (self.app.id, self.clock.now_ms());
        let signed = Secret::new(format!("{app_id}{}{timestamp}{}", self.key, self.secret.expose()));
        let sign = hexadecimal(&Md5::digest(signed.expose().as_bytes()));
        let login = Login { app_id, app_key: &self.key, timestamp, sign };
        let request = self.http.post(format!("{}/message/auth", self.endpoint)).json(&login);
        let answer = read_login(request).await?;
        answers::login(answer.status, &answer.body, answer.retry_after(), self.clock.now_ms())
    }
}

#[async_trait]
impl Provider for Vivo {
    fn vendor(&self) -> Vendor {
        Vendor::Vivo
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn identity(&self) -> Identity {
        Identity::new([("vivo_app_id", self.app.id.to_string()), ("app_key", self.key.clone())])
    }

    fn render(&self, push: &Push<'_>) -> Result<Rendered, Unrenderable> {
        render::render(push, &self.app)
    }

    async fn send(&self, target: &Target, rendered: &Rendered) -> (Outcome, Exchange) {
        let url = format!("{}/message/send", self.endpoint);
        let token = match self.logins.get(|| self.login()).await {
            Ok(token) => token,
            Err(outcome) => return (outcome, Exchange::default()),
        };
        let post = Post {
            url: &url,
            content_type: "application/json",
            headers: &rendered.headers,
            authorization: Some(("authtoken", (*token).to_owned())),
            body: rendered.body.clone(),
        };
        let answer = post.send(&self.http).await;
        let shown = String::from_utf8_lossy(&rendered.body);
        let exchange = post.exchange(&shown, &target.token, answer.as_ref().ok());
        let outcome = match answer {
            Ok(answer) => {
                answers::outcome(answer.status, &answer.body, answer.retry_after(), self.clock.now_ms())
            }
            Err(outcome) => outcome,
        };
        if outcome == Outcome::AuthExpired {
            self.logins.refused(&token);
        }
        (outcome, exchange)
    }
}
