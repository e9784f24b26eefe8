//! The FCM message of a push, cut to Google's size limit.

use crate::model::{Subject, Vendor};
use crate::provider::{Push, Rendered, TokenKind, Unrenderable};
use crate::strategy::{Fcm, FcmPriority, FcmPushType};
use crate::truncate;
use crate::zego::Zego;
use serde::Serialize;

/// Most bytes of keys and values.
const MOST_BYTES: usize = 4096;
/// Longest time to live.
const MOST_TTL_SECONDS: i64 = 28 * 86_400;

/// What the tokens of a credential belong to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Audience {
    /// Android apps.
    Android,
    /// Browsers that registered through Firebase; a tap opens `link`, empty = nothing.
    Web { link: String },
}

#[derive(Serialize)]
struct Request<'a> {
    message: Message<'a>,
}

#[derive(Serialize)]
struct Message<'a> {
    token: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    notification: Option<Notification<'a>>,
    data: Data<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    android: Option<Android<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    webpush: Option<WebPush<'a>>,
}

#[derive(Serialize)]
struct Notification<'a> {
    #[serde(skip_serializing_if = "str::is_empty")]
    title: &'a str,
    body: &'a str,
}

/// All values are texts: FCM takes nothing else.
#[derive(Serialize)]
struct Data<'a> {
    #[serde(skip_serializing_if = "str::is_empty")]
    title: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    body: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    payload: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    call_id: &'a str,
    zego: &'a str,
}

#[derive(Serialize)]
struct Android<'a> {
    priority: &'static str,
    ttl: String,
    #[serde(skip_serializing_if = "AndroidNotification::is_empty")]
    notification: AndroidNotification<'a>,
}

#[derive(Serialize, Default)]
#[serde(rename_all = "camelCase")]
struct AndroidNotification<'a> {
    #[serde(skip_serializing_if = "str::is_empty")]
    channel_id: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    sound: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    notification_count: Option<u32>,
}

impl AndroidNotification<'_> {
    fn is_empty(&self) -> bool {
        self.channel_id.is_empty() && self.sound.is_empty() && self.notification_count.is_none()
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WebPush<'a> {
    headers: WebPushHeaders,
    #[serde(skip_serializing_if = "Option::is_none")]
    fcm_options: Option<WebPushOptions<'a>>,
}

/// The headers of RFC 8030.
#[derive(Serialize)]
struct WebPushHeaders {
    #[serde(rename = "TTL")]
    ttl: String,
    #[serde(rename = "Urgency")]
    urgency: &'static str,
}

#[derive(Serialize)]
struct WebPushOptions<'a> {
    link: &'a str,
}

/// `usual`: the priority of pushes whose strategy names none.
pub(super) fn render(
    push: &Push<'_>,
    audience: &Audience,
    usual: Option<FcmPriority>,
) -> Result<Rendered, Unrenderable> {
    let intent = push.intent;
    if intent.subject == Subject::Badge {
        return Err(Unrenderable::NotAvailable("FCM has no push that only sets a badge"));
    }
    let standard = Fcm::default();
    let fcm = push.strategy.and_then(|strategy| strategy.fcm.as_ref()).unwrap_or(&standard);
    let shown = fcm.push_type == FcmPushType::Notification;
    let zego = Zego::new(push).text();

    let mut warnings = Vec::new();
    let limit = push.size_limit.map_or(MOST_BYTES, |smaller| smaller.min(MOST_BYTES));
    let copies = if shown { 2 } else { 1 };
    let fixed = size(intent, &zego, copies);
    let Some(budget) = limit.checked_sub(fixed) else {
        return Err(Unrenderable::TooLarge { vendor: Vendor::Fcm, size: fixed, limit });
    };
    let content = truncate::fit(&intent.content, budget / copies, char::len_utf8);
    if content.len() < intent.content.len() {
        warnings.push(format!(
            "too large for FCM: content cut from {} to {} bytes",
            intent.content.len(),
            content.len()
        ));
    }

    let urgent = match fcm.priority.or(usual) {
        Some(priority) => priority == FcmPriority::High,
        None => intent.subject == Subject::CallInvite,
    };
    let ttl = ((push.expires_at - push.now) / 1_000).clamp(0, MOST_TTL_SECONDS);
    let (android, webpush) = match audience {
        Audience::Android => (Some(android(push, fcm, urgent, ttl)), None),
        Audience::Web { link } => (None, Some(web_push(link, shown, urgent, ttl))),
    };
    let message = Message {
        token: &push.target.token,
        notification: shown.then_some(Notification { title: &intent.title, body: &content }),
        data: Data {
            title: &intent.title,
            body: &content,
            payload: &intent.payload,
            call_id: &intent.call_id,
            zego: &zego,
        },
        android,
        webpush,
    };
    let body =
        serde_json::to_vec(&Request { message }).expect("a struct of texts and numbers always becomes JSON");
    Ok(Rendered { token: TokenKind::Main, headers: Vec::new(), body: body.into(), warnings })
}

fn android<'a>(push: &Push<'a>, fcm: &'a Fcm, urgent: bool, ttl: i64) -> Android<'a> {
    let intent = push.intent;
    let notification = if fcm.push_type == FcmPushType::Notification {
        AndroidNotification {
            channel_id: &fcm.channel_id,
            sound: &fcm.sound,
            // How many things this notification stands for; the launcher adds it up.
            notification_count: intent.badge_increment.or(intent.badge).filter(|count| *count > 0),
        }
    } else {
        AndroidNotification::default()
    };
    Android { priority: if urgent { "HIGH" } else { "NORMAL" }, ttl: format!("{ttl}s"), notification }
}

/// Channel, sound and count are Android's; a browser has none of them.
fn web_push(link: &str, shown: bool, urgent: bool, ttl: i64) -> WebPush<'_> {
    WebPush {
        headers: WebPushHeaders { ttl: ttl.to_string(), urgency: if urgent { "high" } else { "normal" } },
        fcm_options: (shown && !link.is_empty()).then_some(WebPushOptions { link }),
    }
}

/// Bytes of keys and values without the content, as FCM counts them.
fn size(intent: &crate::model::Intent, zego: &str, copies: usize) -> usize {
    const KEYS: usize = "title".len() + "body".len();
    let texts = copies * (KEYS + intent.title.len());
    let data = "payload".len() + intent.payload.len() + "zego".len() + zego.len();
    let call = if intent.call_id.is_empty() { 0 } else { "call_id".len() + intent.call_id.len() };
    texts + data + call
}
