//! What a service worker, or an app behind UnifiedPush, gets after decryption, cut to what every push service takes.

use super::encrypt::MOST_PLAINTEXT;
use crate::model::{Subject, Vendor};
use crate::provider::{Push, Rendered, TokenKind, Unrenderable};
use crate::strategy::{Urgency, Web, WebPushType};
use crate::zego::Zego;
use crate::{oem, truncate};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use sha2::{Digest, Sha256};

/// More is refused by some push services.
const MOST_TTL_SECONDS: i64 = 30 * 86_400;
/// Longest `Topic`.
const TOPIC: usize = 32;

#[derive(Serialize)]
struct Message<'a> {
    #[serde(skip_serializing_if = "str::is_empty")]
    title: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    body: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    payload: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    call_id: &'a str,
    /// Nothing is to be shown.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    silent: bool,
    #[serde(skip_serializing_if = "str::is_empty")]
    thread: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    badge: Option<u32>,
    /// What the badge grows by, where the number itself is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    badge_increment: Option<u32>,
    zego: Zego<'a>,
}

pub(super) fn render(push: &Push<'_>) -> Result<Rendered, Unrenderable> {
    let intent = push.intent;
    if intent.subject == Subject::Badge {
        return Err(Unrenderable::NotAvailable("a browser has to show something for each push"));
    }
    let standard = Web::default();
    let web = push.strategy.and_then(|strategy| strategy.web.as_ref()).unwrap_or(&standard);
    let body = |content: &str| {
        let zego = Zego::new(push).without_call_id();
        let message = Message {
            title: &intent.title,
            body: content,
            payload: &intent.payload,
            call_id: &intent.call_id,
            silent: web.push_type == WebPushType::Silent,
            thread: &intent.thread_id,
            badge: intent.badge,
            badge_increment: intent.badge_increment.filter(|added| *added > 0 && intent.badge.is_none()),
            zego: if intent.voip.is_some() { zego.with_caller(push) } else { zego },
        };
        serde_json::to_vec(&message).expect("a struct of texts and numbers always becomes JSON")
    };
    let mut warnings = Vec::new();
    let limit = push.size_limit.map_or(MOST_PLAINTEXT, |smaller| smaller.min(MOST_PLAINTEXT));
    let shortest = if intent.content.is_empty() { "" } else { "…" };
    let size = body(shortest).len();
    if size > limit {
        return Err(Unrenderable::TooLarge { vendor: Vendor::Web, size, limit });
    }
    let content = truncate::fit(&intent.content, limit - size + shortest.len(), truncate::json_cost);
    if content.len() < intent.content.len() {
        let (from, to) = (intent.content.len(), content.len());
        warnings.push(format!("too large for Web Push: content cut from {from} to {to} bytes"));
    }
    let usual = if intent.subject == Subject::CallInvite { Urgency::High } else { Urgency::Normal };
    let headers = vec![
        ("ttl", oem::ttl_seconds(push).min(MOST_TTL_SECONDS).to_string()),
        ("urgency", web.urgency.unwrap_or(usual).word().to_owned()),
        ("topic", topic(push.request_id)),
    ];
    Ok(Rendered { token: TokenKind::Main, headers, body: body(&content).into(), warnings })
}

/// A push service keeps one message of a topic: a repetition replaces the first try, and nothing else.
fn topic(request_id: &str) -> String {
    let mut topic = URL_SAFE_NO_PAD.encode(Sha256::digest(request_id.as_bytes()));
    topic.truncate(TOPIC);
    topic
}
