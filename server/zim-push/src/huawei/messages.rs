//! Sending a message, as both of Huawei's push services take it: JSON, authorized by a bearer token.

use super::Reply;
use crate::clock::Clock;
use crate::logins::Logins;
use crate::model::{Exchange, Outcome, Target};
use crate::post::Post;
use crate::provider::Rendered;
use std::sync::Arc;

/// Where messages go, and the token they go with.
pub(crate) struct Messages {
    pub(crate) url: String,
    pub(crate) content_type: &'static str,
    pub(crate) http: reqwest::Client,
    pub(crate) logins: Logins,
    pub(crate) clock: Arc<dyn Clock>,
}

impl Messages {
    /// Sends one. `login` brings a bearer token when there is none to use; `meaning` reads the answer for the device's token.
    pub(crate) async fn send<F>(
        &self,
        target: &Target,
        rendered: &Rendered,
        login: impl FnOnce() -> F,
        meaning: fn(&Reply<'_>, &str) -> Outcome,
    ) -> (Outcome, Exchange)
    where
        F: Future<Output = Result<String, Outcome>>,
    {
        let token = match self.logins.get(login).await {
            Ok(token) => token,
            Err(outcome) => return (outcome, Exchange::default()),
        };
        let post = Post {
            url: &self.url,
            content_type: self.content_type,
            headers: &rendered.headers,
            authorization: Some(("authorization", format!("Bearer {token}"))),
            body: rendered.body.clone(),
        };
        let answer = post.send(&self.http).await;
        let shown = String::from_utf8_lossy(&rendered.body);
        let exchange = post.exchange(&shown, &target.token, answer.as_ref().ok());
        let outcome = match answer {
            Ok(answer) => meaning(&Reply::new(&answer, self.clock.now_ms()), &target.token),
            Err(outcome) => outcome,
        };
        if outcome == Outcome::AuthExpired {
            self.logins.refused(&token);
        }
        (outcome, exchange)
    }
}
