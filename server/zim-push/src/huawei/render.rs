//! The message of a Huawei push, cut to Huawei's size limit.

use crate::model::{Subject, Vendor};
use crate::provider::{Push, Rendered, TokenKind, Unrenderable};
use crate::strategy::{self, ClickAction, SDK_INTENT};
use crate::zego::Zego;
use crate::{oem, truncate};
use serde::Serialize;
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::fmt::Write as _;

/// Most bytes of the body, without the token.
const MOST_BYTES: usize = 4096;
/// Rather than leave less text than this, in bytes, the custom data is not sent twice.
const LEAST_TEXT: usize = 64;
/// Huawei refuses an empty text; this is what the shortest one takes.
const ELLIPSIS: usize = '…'.len_utf8();
const MOST_TTL_SECONDS: i64 = 15 * 86_400;
const MOST_BADGE: u32 = 99;

/// What the credential says about the app.
pub(super) struct App {
    pub(super) name: String,
    /// Activity the launcher starts, empty = no badges.
    pub(super) badge_class: String,
}

#[derive(Serialize)]
struct Request<'a> {
    message: Message<'a>,
}

#[derive(Serialize)]
struct Message<'a> {
    #[serde(skip_serializing_if = "str::is_empty")]
    data: &'a str,
    android: Android<'a>,
    token: [&'a str; 1],
}

#[derive(Serialize)]
struct Android<'a> {
    #[serde(skip_serializing_if = "str::is_empty")]
    category: &'a str,
    ttl: String,
    /// Names the push in Huawei's receipts.
    bi_tag: &'a str,
    target_user_type: u8,
    notification: Notification<'a>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Notification<'a> {
    Shown(Shown<'a>),
    OnlyBadge { badge: Badge<'a> },
}

#[derive(Serialize)]
struct Shown<'a> {
    title: &'a str,
    body: &'a str,
    /// Each push has its own: a repetition replaces itself and nothing else.
    tag: &'a str,
    click_action: Click<'a>,
    #[serde(skip_serializing_if = "str::is_empty")]
    channel_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    badge: Option<Badge<'a>>,
}

#[derive(Serialize, Clone, Copy)]
struct Badge<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    add_num: Option<u32>,
    class: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    set_num: Option<u32>,
}

#[derive(Serialize)]
struct Click<'a> {
    #[serde(rename = "type")]
    kind: u8,
    #[serde(skip_serializing_if = "str::is_empty")]
    intent: Cow<'a, str>,
    #[serde(skip_serializing_if = "str::is_empty")]
    url: &'a str,
}

pub(super) fn render(push: &Push<'_>, app: &App) -> Result<Rendered, Unrenderable> {
    let standard = strategy::Huawei::default();
    let huawei = push.strategy.and_then(|strategy| strategy.huawei.as_ref()).unwrap_or(&standard);
    let zego = Zego::new(push).text();
    let extras = oem::extras(push, &zego);
    let draft = Draft { push, app, huawei, data: data(&extras), extras };
    let mut warnings = Vec::new();
    let body = if push.intent.subject == Subject::Badge {
        let badge = draft.badge().ok_or(Unrenderable::NotAvailable(
            "Huawei sets a badge only with the credential's badge_class",
        ))?;
        draft.body(&draft.data, Notification::OnlyBadge { badge })
    } else {
        draft.alert(&mut warnings)?
    };
    Ok(Rendered { token: TokenKind::Main, headers: Vec::new(), body: body.into(), warnings })
}

/// Custom data as the JSON text Huawei hands to the app.
fn data(extras: &[(&'static str, &str)]) -> String {
    let map: Map<String, Value> =
        extras.iter().map(|(key, value)| ((*key).to_owned(), (*value).into())).collect();
    Value::Object(map).to_string()
}

struct Draft<'a> {
    push: &'a Push<'a>,
    app: &'a App,
    huawei: &'a strategy::Huawei,
    extras: Vec<(&'static str, &'a str)>,
    data: String,
}

impl Draft<'_> {
    fn body(&self, data: &str, notification: Notification<'_>) -> Vec<u8> {
        self.addressed(data, notification, &self.push.target.token)
    }

    fn addressed(&self, data: &str, notification: Notification<'_>, token: &str) -> Vec<u8> {
        let android = Android {
            category: &self.huawei.category,
            ttl: format!("{}s", oem::ttl_seconds(self.push).clamp(1, MOST_TTL_SECONDS)),
            bi_tag: self.push.request_id,
            target_user_type: self.huawei.target_user_type,
            notification,
        };
        let request = Request { message: Message { data, android, token: [token] } };
        serde_json::to_vec(&request).expect("a struct of texts and numbers always becomes JSON")
    }

    /// A notification with as much of the text as fits.
    fn alert(&self, warnings: &mut Vec<String>) -> Result<Vec<u8>, Unrenderable> {
        let intent = self.push.intent;
        let title = if intent.title.trim().is_empty() { &self.app.name } else { &intent.title };
        let content = if intent.content.trim().is_empty() { title } else { &intent.content };
        let limit = self.push.size_limit.map_or(MOST_BYTES, |smaller| smaller.min(MOST_BYTES));
        let fixed = |data: &str| self.addressed(data, self.shown(title, ""), "").len();
        let whole: usize = content.chars().map(truncate::json_cost).sum();
        // A page gets the custom data with its intent; the app's other ways to it are a second copy.
        let mut data = self.data.as_str();
        if self.page_carries_extras() && fixed(data) + whole.min(LEAST_TEXT) > limit {
            data = "";
            warnings.push("too large for Huawei: custom data only in the intent of the page".to_owned());
        }
        let fixed = fixed(data);
        let budget = limit.saturating_sub(fixed);
        if budget < whole.min(ELLIPSIS) {
            return Err(Unrenderable::TooLarge { vendor: Vendor::Huawei, size: fixed + ELLIPSIS, limit });
        }
        let cut = truncate::fit(content, budget, truncate::json_cost);
        if cut.len() < content.len() {
            let (from, to) = (content.len(), cut.len());
            warnings.push(format!("too large for Huawei: content cut from {from} to {to} bytes"));
        }
        Ok(self.body(data, self.shown(title, &cut)))
    }

    fn shown<'b>(&'b self, title: &'b str, body: &'b str) -> Notification<'b> {
        Notification::Shown(Shown {
            title,
            body,
            tag: self.push.request_id,
            click_action: self.click(),
            channel_id: &self.huawei.channel_id,
            badge: self.badge(),
        })
    }

    /// The page's intent, if the tap opens one.
    fn page(&self) -> Option<&str> {
        match &self.huawei.click {
            ClickAction::OpenPage { intent } if intent.is_empty() => Some(SDK_INTENT),
            ClickAction::OpenPage { intent } => Some(intent),
            ClickAction::OpenApp | ClickAction::OpenUrl { .. } => None,
        }
    }

    fn page_carries_extras(&self) -> bool {
        self.page().is_some_and(takes_extras)
    }

    fn click(&self) -> Click<'_> {
        let (kind, intent, url) = match (&self.huawei.click, self.page()) {
            (_, Some(page)) => (1, with_extras(page, &self.extras), ""),
            (ClickAction::OpenUrl { url }, _) => (2, Cow::Borrowed(""), url.as_str()),
            _ => (3, Cow::Borrowed(""), ""),
        };
        Click { kind, intent, url }
    }

    /// What the app shows on its icon: the number itself where the service knows it, else what is to be added.
    fn badge(&self) -> Option<Badge<'_>> {
        let class = self.app.badge_class.as_str();
        let (add_num, set_num) = match (self.push.intent.badge, self.push.intent.badge_increment) {
            _ if class.is_empty() => return None,
            (Some(number), _) => (None, Some(number.min(MOST_BADGE))),
            (None, Some(number)) if number > 0 => (Some(number.min(MOST_BADGE)), None),
            _ => return None,
        };
        Some(Badge { add_num, class, set_num })
    }
}

/// Whether it is the text of an Android intent, to which extras can be added.
fn takes_extras(intent: &str) -> bool {
    intent.contains("#Intent;") && intent.ends_with(";end")
}

/// Adds text extras to an Android intent; what is none stays as the operator wrote it.
fn with_extras<'a>(intent: &'a str, extras: &[(&'static str, &str)]) -> Cow<'a, str> {
    let Some(head) = intent.strip_suffix("end").filter(|_| takes_extras(intent)) else {
        return Cow::Borrowed(intent);
    };
    let mut text = head.to_owned();
    for (key, value) in extras {
        let _ = write!(text, "S.{key}=");
        for byte in value.bytes() {
            match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                    text.push(char::from(byte));
                }
                other => {
                    let _ = write!(text, "%{other:02X}");
                }
            }
        }
        text.push(';');
    }
    text.push_str("end");
    Cow::Owned(text)
}
