//! One request to a vendor that takes it by HTTP, and what the delivery log may show of it.

use crate::fcm::{Answer, read};
use crate::model::{Exchange, Outcome};
use crate::secret::masked;
use bytes::Bytes;

pub(crate) const FORM: &str = "application/x-www-form-urlencoded; charset=UTF-8";

/// A POST.
pub(crate) struct Post<'a> {
    pub(crate) url: &'a str,
    pub(crate) content_type: &'static str,
    /// The vendor's own headers.
    pub(crate) headers: &'a [(&'static str, String)],
    /// A header whose value is never shown.
    pub(crate) authorization: Option<(&'static str, String)>,
    pub(crate) body: Bytes,
}

impl Post<'_> {
    /// Sends it; without an answer, says whether the vendor can have seen it.
    pub(crate) async fn send(&self, http: &reqwest::Client) -> Result<Answer, Outcome> {
        let mut request = http.post(self.url).header("content-type", self.content_type);
        for (name, value) in self.headers.iter().chain(&self.authorization) {
            request = request.header(*name, value);
        }
        read(request.body(self.body.clone())).await
    }

    /// What may be shown of it: `body` is the readable form of the body.
    pub(crate) fn exchange(&self, body: &str, token: &str, answer: Option<&Answer>) -> Exchange {
        let mut request_headers = vec![("content-type".to_owned(), self.content_type.to_owned())];
        request_headers.extend(self.headers.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
        request_headers
            .extend(self.authorization.iter().map(|(name, _)| ((*name).to_owned(), "…".to_owned())));
        let mut exchange = Exchange {
            request_line: format!("POST {}", self.url),
            request_headers,
            request_body: body.replace(token, &masked(token)),
            ..Exchange::default()
        };
        if let Some(answer) = answer {
            exchange.status = answer.status;
            exchange.response_headers = answer.headers.clone();
            exchange.response_body = String::from_utf8_lossy(&answer.body).replace(token, &masked(token));
        }
        exchange
    }
}

/// The answer to a login. No push was sent yet, so an unanswered one is a plain retry.
pub(crate) async fn read_login(request: reqwest::RequestBuilder) -> Result<Answer, Outcome> {
    read(request).await.map_err(|outcome| match outcome {
        Outcome::Unknown { why } => Outcome::Retry { after: None, why: format!("login: {why}") },
        other => other,
    })
}
