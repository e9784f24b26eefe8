//! Xiaomi MiPush: one form per push, authorized by the app's secret.

mod answers;
mod render;

use crate::clock::Clock;
use crate::identity::Identity;
use crate::model::{Exchange, Outcome, Target, Vendor};
use crate::post::{FORM, Post};
use crate::provider::{Provider, Push, Rendered, Unrenderable};
use crate::secret::{Secret, masked};
use async_trait::async_trait;
use render::App;
use std::sync::Arc;

/// One app's secret.
pub(crate) struct Xiaomi {
    name: String,
    url: String,
    http: reqwest::Client,
    secret: Secret,
    app: App,
    clock: Arc<dyn Clock>,
}

/// What a credential consists of.
pub(crate) struct XiaomiParts {
    pub(crate) name: String,
    /// Scheme and host, `https://api.xmpush.xiaomi.com`.
    pub(crate) endpoint: String,
    pub(crate) http: reqwest::Client,
    pub(crate) secret: Secret,
    pub(crate) package: String,
    /// Stands in for an empty title.
    pub(crate) app_name: String,
    pub(crate) clock: Arc<dyn Clock>,
}

impl Xiaomi {
    pub(crate) fn new(parts: XiaomiParts) -> Self {
        let XiaomiParts { name, endpoint, http, secret, package, app_name, clock } = parts;
        let url = format!("{endpoint}/v3/message/regid");
        Self { name, url, http, secret, app: App { package, name: app_name }, clock }
    }
}

#[async_trait]
impl Provider for Xiaomi {
    fn vendor(&self) -> Vendor {
        Vendor::Xiaomi
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn identity(&self) -> Identity {
        // Xiaomi knows an app by its secret; nothing else of it is configured.
        Identity::new([("package", self.app.package.clone())])
    }

    fn render(&self, push: &Push<'_>) -> Result<Rendered, Unrenderable> {
        render::render(push, &self.app)
    }

    async fn send(&self, target: &Target, rendered: &Rendered) -> (Outcome, Exchange) {
        let encoded: String = form_urlencoded::byte_serialize(target.token.as_bytes()).collect();
        let post = Post {
            url: &self.url,
            content_type: FORM,
            headers: &rendered.headers,
            authorization: Some(("authorization", format!("key={}", self.secret.expose()))),
            body: rendered.body.clone(),
        };
        let answer = post.send(&self.http).await;
        let shown = String::from_utf8_lossy(&rendered.body).replace(&encoded, &masked(&target.token));
        let exchange = post.exchange(&shown, &target.token, answer.as_ref().ok());
        let outcome = match answer {
            Ok(answer) => answers::outcome(
                answer.status,
                &answer.body,
                answer.retry_after(),
                &target.token,
                self.clock.now_ms(),
            ),
            Err(outcome) => outcome,
        };
        (outcome, exchange)
    }
}
