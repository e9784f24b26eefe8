//! The APNs request of a push: headers and JSON, cut to Apple's size limit.

use crate::model::{Intent, Subject, Vendor};
use crate::provider::{Push, Rendered, TokenKind, Unrenderable};
use crate::strategy::{Apple, ApplePushType};
use crate::truncate;
use crate::zego::Zego;
use serde::Serialize;
use sha2::{Digest, Sha256};

/// Largest body of an ordinary push.
const MOST_BYTES: usize = 4096;
/// Largest body of a VoIP push.
const MOST_VOIP_BYTES: usize = 5120;
/// Rather than cut the text shorter than this, the compatibility copy of the payload is left out.
const READABLE: usize = 64;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Alert,
    BadgeOnly,
    Silent,
    Voip,
}

#[derive(Serialize)]
struct Body<'a> {
    aps: Aps<'a>,
    #[serde(skip_serializing_if = "str::is_empty")]
    payload: &'a str,
    zego: Zego<'a>,
    #[serde(skip_serializing_if = "str::is_empty")]
    call_id: &'a str,
}

#[derive(Serialize, Default)]
#[serde(rename_all = "kebab-case")]
struct Aps<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    alert: Option<Alert<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    badge: Option<u32>,
    #[serde(skip_serializing_if = "str::is_empty")]
    sound: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    thread_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    mutable_content: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    content_available: Option<u8>,
    #[serde(skip_serializing_if = "str::is_empty")]
    payload: &'a str,
}

#[derive(Serialize)]
struct Alert<'a> {
    #[serde(skip_serializing_if = "str::is_empty")]
    title: &'a str,
    body: &'a str,
}

/// Renders a push; `bundle_id` is the topic of devices that did not tell theirs.
pub(super) fn render(push: &Push<'_>, bundle_id: &str) -> Result<Rendered, Unrenderable> {
    let mut warnings = Vec::new();
    let standard = Apple::default();
    let apple = push.strategy.and_then(|strategy| strategy.apple.as_ref()).unwrap_or(&standard);
    let kind = match (push.intent.subject, apple.push_type) {
        (Subject::Badge, _) => Kind::BadgeOnly,
        (_, ApplePushType::Alert) => Kind::Alert,
        (_, ApplePushType::Silent) => Kind::Silent,
        (_, ApplePushType::Voip) if push.target.voip_token.is_empty() => {
            warnings.push("the device has no VoIP token: sent as an alert".into());
            Kind::Alert
        }
        (_, ApplePushType::Voip) => Kind::Voip,
    };
    let published = if kind == Kind::Voip { MOST_VOIP_BYTES } else { MOST_BYTES };
    let limit = push.size_limit.map_or(published, |smaller| smaller.min(published));
    let body = fit(push, kind, apple, limit, &mut warnings)?;

    let topic = if push.target.bundle_id.is_empty() { bundle_id } else { &push.target.bundle_id };
    let (push_type, priority, topic) = match kind {
        Kind::Alert | Kind::BadgeOnly => ("alert", "10", topic.to_owned()),
        Kind::Silent => ("background", "5", topic.to_owned()),
        Kind::Voip => ("voip", "10", format!("{topic}.voip")),
    };
    // No collapse id: the sender cannot ask for a replacement, and a made-up one would hide other notifications.
    let headers = vec![
        ("apns-topic", topic),
        ("apns-push-type", push_type.into()),
        ("apns-priority", priority.into()),
        ("apns-expiration", (push.expires_at / 1_000).max(0).to_string()),
        ("apns-id", apns_id(push.request_id)),
    ];
    let token = if kind == Kind::Voip { TokenKind::Voip } else { TokenKind::Main };
    Ok(Rendered { token, headers, body: body.into(), warnings })
}

/// The body within the limit: the text is cut first; if hardly any of it would be left, the copy of the payload inside
/// `aps` goes and the text stays; the payload itself is never cut.
fn fit(
    push: &Push<'_>,
    kind: Kind,
    apple: &Apple,
    limit: usize,
    warnings: &mut Vec<String>,
) -> Result<Vec<u8>, Unrenderable> {
    let intent = push.intent;
    let whole = body(push, kind, apple, &intent.content, true);
    if whole.len() <= limit {
        return Ok(whole);
    }
    let shows_text = matches!(kind, Kind::Alert | Kind::Voip);
    let cost: usize = intent.content.chars().map(truncate::json_cost).sum();
    for copy in [true, false] {
        let fixed = body(push, kind, apple, "", copy).len();
        let Some(budget) = limit.checked_sub(fixed) else { continue };
        if copy && (!shows_text || budget < READABLE.min(cost)) {
            continue;
        }
        let text = truncate::fit(&intent.content, budget, truncate::json_cost);
        if !copy {
            warnings.push("too large for APNs: the copy of the payload inside aps is left out".into());
        }
        if shows_text && text.len() < intent.content.len() {
            warnings.push(format!(
                "too large for APNs: content cut from {} to {} bytes",
                intent.content.len(),
                text.len()
            ));
        }
        return Ok(body(push, kind, apple, &text, copy));
    }
    let size = body(push, kind, apple, "", false).len();
    Err(Unrenderable::TooLarge { vendor: Vendor::Apns, size, limit })
}

fn body(push: &Push<'_>, kind: Kind, apple: &Apple, content: &str, copy: bool) -> Vec<u8> {
    let intent = push.intent;
    let aps = Aps { payload: if copy { &intent.payload } else { "" }, ..aps(intent, kind, apple, content) };
    let zego = Zego::new(push).without_call_id();
    let zego = if kind == Kind::Voip { zego.with_caller(push) } else { zego };
    let body = match kind {
        // Only the number: nothing that the app would take for a message.
        Kind::BadgeOnly => {
            let aps = Aps { badge: intent.badge, ..Aps::default() };
            Body { aps, payload: "", zego, call_id: "" }
        }
        Kind::Alert | Kind::Silent | Kind::Voip => {
            Body { aps, payload: &intent.payload, zego, call_id: &intent.call_id }
        }
    };
    serde_json::to_vec(&body).expect("a struct of texts and numbers always becomes JSON")
}

fn aps<'a>(intent: &'a Intent, kind: Kind, apple: &'a Apple, content: &'a str) -> Aps<'a> {
    let alert = Alert { title: &intent.title, body: content };
    match kind {
        Kind::Alert => Aps {
            alert: Some(alert),
            badge: intent.badge,
            sound: if apple.sound.is_empty() { "default" } else { &apple.sound },
            thread_id: &intent.thread_id,
            mutable_content: apple.mutable_content.then_some(1),
            ..Aps::default()
        },
        Kind::Voip => Aps { alert: Some(alert), ..Aps::default() },
        Kind::Silent => Aps { content_available: Some(1), ..Aps::default() },
        Kind::BadgeOnly => Aps::default(),
    }
}

/// The same UUID for every try of a push (version 8: our own derivation).
fn apns_id(request_id: &str) -> String {
    let hash = Sha256::digest(request_id.as_bytes());
    let mut bytes = [0_u8; 16];
    bytes.copy_from_slice(&hash[..16]);
    bytes[6] = bytes[6] & 0x0f | 0x80;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex = format!("{:032x}", u128::from_be_bytes(bytes));
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}
