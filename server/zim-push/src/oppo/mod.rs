//! OPPO push: messages in a form, authorized by the token of a login that lasts a day. Pushes that wait while another
//! request is out go together in one batch.

mod answers;
mod batch;
mod render;

use crate::clock::Clock;
use crate::identity::Identity;
use crate::logins::Logins;
use crate::model::{Exchange, Outcome, Target, Vendor};
use crate::oem::hexadecimal;
use crate::post::{FORM, Post, read_login};
use crate::provider::{Provider, Push, Rendered, Unrenderable};
use crate::secret::Secret;
use answers::Reply;
use async_trait::async_trait;
use batch::{Answer, Batches, Item, Turn};
use render::App;
use sha2::{Digest, Sha256};
use std::sync::Arc;
use std::time::Duration;

/// A login is repeated after this; OPPO keeps a token for a day.
const TOKEN_LIFE: Duration = Duration::from_secs(20 * 3_600);
/// Messages in one batch.
const MOST_BATCH: usize = 1000;

/// One app's key and master secret.
pub(crate) struct Oppo {
    name: String,
    endpoint: String,
    http: reqwest::Client,
    key: String,
    master_secret: Secret,
    app: App,
    logins: Logins,
    batches: Batches,
    clock: Arc<dyn Clock>,
}

/// What a credential consists of.
pub(crate) struct OppoParts {
    pub(crate) name: String,
    /// Scheme and host, `https://api-push-cn.heytapmobi.com`.
    pub(crate) endpoint: String,
    pub(crate) http: reqwest::Client,
    pub(crate) key: String,
    pub(crate) master_secret: Secret,
    /// Stands in for an empty title.
    pub(crate) app_name: String,
    /// OPPO lets the app show numbers.
    pub(crate) badge: bool,
    /// Template parameters travel as JSON text.
    pub(crate) template_text: bool,
    pub(crate) clock: Arc<dyn Clock>,
}

impl Oppo {
    pub(crate) fn new(parts: OppoParts) -> Self {
        let OppoParts { name, endpoint, http, key, master_secret, app_name, badge, template_text, clock } =
            parts;
        let app = App { name: app_name, badge, template_text };
        let (logins, batches) = (Logins::new(TOKEN_LIFE), Batches::new(MOST_BATCH));
        Self { name, endpoint, http, key, master_secret, app, logins, batches, clock }
    }

    async fn login(&self) -> Result<String, Outcome> {
        let timestamp = self.clock.now_ms().to_string();
        let signed = Secret::new(format!("{}{timestamp}{}", self.key, self.master_secret.expose()));
        let sign = hexadecimal(&Sha256::digest(signed.expose().as_bytes()));
        let form = [("app_key", self.key.as_str()), ("timestamp", &timestamp), ("sign", &sign)];
        let request = self.http.post(format!("{}/server/v1/auth", self.endpoint)).form(&form);
        let answer = read_login(request).await?;
        let (after, now) = (answer.retry_after(), self.clock.now_ms());
        Reply { status: answer.status, body: &answer.body, after, now }.login()
    }

    /// One request for these pushes, of which there is at least one; an answer for each, in their order.
    async fn request(&self, items: &[Item]) -> Vec<Answer> {
        let token = match self.logins.get(|| self.login()).await {
            Ok(token) => token,
            Err(outcome) => return items.iter().map(|_| (outcome.clone(), Exchange::default())).collect(),
        };
        let messages: Vec<_> = items.iter().map(|item| String::from_utf8_lossy(&item.message)).collect();
        let (call, field, value) = match messages.as_slice() {
            [message] => ("unicast", "message", message.clone().into_owned()),
            several => ("unicast_batch", "messages", format!("[{}]", several.join(","))),
        };
        let body = form_urlencoded::Serializer::new(String::new())
            .append_pair("auth_token", &token)
            .append_pair(field, &value)
            .finish();
        let post = Post {
            url: &format!("{}/server/v1/message/notification/{call}", self.endpoint),
            content_type: FORM,
            headers: &[],
            authorization: None,
            body: body.into(),
        };
        let answer = post.send(&self.http).await;
        let outcomes = match &answer {
            Ok(answer) => {
                let (after, now) = (answer.retry_after(), self.clock.now_ms());
                let reply = Reply { status: answer.status, body: &answer.body, after, now };
                match items {
                    [_] => vec![reply.single()],
                    _ => reply.batch(items.iter().map(|item| item.token.as_str())),
                }
            }
            Err(outcome) => vec![outcome.clone(); items.len()],
        };
        if outcomes.contains(&Outcome::AuthExpired) {
            self.logins.refused(&token);
        }
        let shown = |message: &str| match items.len() {
            1 => format!("auth_token=…&{field}={message}"),
            count => format!("auth_token=…&{field}=[{message}, and {} more]", count - 1),
        };
        let answer = answer.as_ref().ok();
        let exchanges = items.iter().zip(&messages).map(|(item, message)| {
            let mut exchange = post.exchange(&shown(message), &item.token, answer);
            if items.len() > 1 {
                // It names the other devices' tokens.
                exchange.response_body = format!("for a batch of {}", items.len());
            }
            exchange
        });
        outcomes.into_iter().zip(exchanges).collect()
    }
}

#[async_trait]
impl Provider for Oppo {
    fn vendor(&self) -> Vendor {
        Vendor::Oppo
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn identity(&self) -> Identity {
        Identity::new([("app_key", self.key.clone())])
    }

    fn render(&self, push: &Push<'_>) -> Result<Rendered, Unrenderable> {
        render::render(push, &self.app)
    }

    async fn send(&self, target: &Target, rendered: &Rendered) -> (Outcome, Exchange) {
        let item = Item { token: target.token.clone(), message: rendered.body.clone() };
        match self.batches.enter(item).await {
            Turn::Lead(lead) => {
                let answers = self.request(&lead.items).await;
                lead.settle(answers)
            }
            Turn::Carried(answer) => answer,
        }
    }
}
