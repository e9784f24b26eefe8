//! The FCM message of a push, cut to Google's size limit.

use crate::model::{Subject, Vendor};
use crate::provider::{Push, Rendered, TokenKind, Unrenderable};
use crate::strategy::{Fcm, FcmPriority, FcmPushType};
use crate::truncate;
use serde::Serialize;

/// Most bytes of keys and values.
const MOST_BYTES: usize = 4096;
/// Longest time to live.
const MOST_TTL_SECONDS: i64 = 28 * 86_400;

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
    android: Android<'a>,
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
struct Zego<'a> {
    version: u8,
    zpns_request_id: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    call_id: &'a str,
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

pub(super) fn render(push: &Push<'_>) -> Result<Rendered, Unrenderable> {
    let intent = push.intent;
    if intent.subject == Subject::Badge {
        return Err(Unrenderable::NotAvailable("FCM has no push that only sets a badge"));
    }
    let standard = Fcm::default();
    let fcm = push.strategy.and_then(|strategy| strategy.fcm.as_ref()).unwrap_or(&standard);
    let shown = fcm.push_type == FcmPushType::Notification;
    let zego = Zego { version: 1, zpns_request_id: push.request_id, call_id: &intent.call_id };
    let zego = serde_json::to_string(&zego).expect("a struct of texts and numbers always becomes JSON");

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

    let priority = match fcm.priority {
        Some(FcmPriority::High) => "HIGH",
        Some(FcmPriority::Normal) => "NORMAL",
        None if intent.subject == Subject::CallInvite => "HIGH",
        None => "NORMAL",
    };
    let ttl = ((push.expires_at - push.now) / 1_000).clamp(0, MOST_TTL_SECONDS);
    let notification = if shown {
        AndroidNotification {
            channel_id: &fcm.channel_id,
            sound: &fcm.sound,
            // How many things this notification stands for; the launcher adds it up.
            notification_count: intent.badge_increment.or(intent.badge).filter(|count| *count > 0),
        }
    } else {
        AndroidNotification::default()
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
        android: Android { priority, ttl: format!("{ttl}s"), notification },
    };
    let body =
        serde_json::to_vec(&Request { message }).expect("a struct of texts and numbers always becomes JSON");
    Ok(Rendered { token: TokenKind::Main, headers: Vec::new(), body: body.into(), warnings })
}

/// Bytes of keys and values without the content, as FCM counts them.
fn size(intent: &crate::model::Intent, zego: &str, copies: usize) -> usize {
    const KEYS: usize = "title".len() + "body".len();
    let texts = copies * (KEYS + intent.title.len());
    let data = "payload".len() + intent.payload.len() + "zego".len() + zego.len();
    let call = if intent.call_id.is_empty() { 0 } else { "call_id".len() + intent.call_id.len() };
    texts + data + call
}
