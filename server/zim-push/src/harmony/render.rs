//! The message of a HarmonyOS push, cut to Huawei's size limit.

use crate::model::{Subject, Vendor};
use crate::provider::{Push, Rendered, TokenKind, Unrenderable};
use crate::strategy::HarmonyOs;
use crate::zego::Zego;
use crate::{oem, truncate};
use serde::Serialize;
use std::collections::BTreeMap;

/// Most bytes of the body, without the token.
const MOST_BYTES: usize = 4096;
const MOST_TTL_SECONDS: i64 = 15 * 86_400;
const MOST_BADGE: u32 = 99;
/// Class of pushes whose strategy names none.
const USUAL_CATEGORY: &str = "IM";

/// `push-type`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Alert = 0,
    Background = 6,
    Call = 10,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Message<'a> {
    payload: Payload<'a>,
    target: Target<'a>,
    push_options: Options<'a>,
}

/// What the system shows, or the text that reaches the app.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
enum Payload<'a> {
    Notification(Notification<'a>),
    ExtraData(String),
}

#[derive(Serialize)]
struct Target<'a> {
    token: [&'a str; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Options<'a> {
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    test_message: bool,
    ttl: i64,
    /// Names the push in Huawei's receipts.
    bi_tag: &'a str,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Notification<'a> {
    Shown(Shown<'a>),
    OnlyBadge { badge: Badge },
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown<'a> {
    category: &'a str,
    title: &'a str,
    body: &'a str,
    click_action: Click<'a>,
    /// Of two with the same id within a day Huawei shows the first.
    app_message_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    badge: Option<Badge>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
enum Badge {
    AddNum(u32),
    SetNum(u32),
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Click<'a> {
    action_type: u8,
    #[serde(skip_serializing_if = "str::is_empty")]
    uri: &'a str,
    data: BTreeMap<&'static str, &'a str>,
}

pub(super) fn render(push: &Push<'_>, app_name: &str) -> Result<Rendered, Unrenderable> {
    let standard = HarmonyOs::default();
    let harmony = push.strategy.and_then(|strategy| strategy.harmonyos.as_ref()).unwrap_or(&standard);
    let kind = match (push.intent.subject, harmony.push_type) {
        (Subject::Badge, _) => Kind::Alert,
        (_, 6) => Kind::Background,
        (_, 10) => Kind::Call,
        _ => Kind::Alert,
    };
    let zego = Zego::new(push);
    let zego = if kind == Kind::Call { zego.with_caller(push) } else { zego }.text();
    let draft = Draft { push, app_name, harmony, data: oem::extras(push, &zego).into_iter().collect() };
    let mut warnings = Vec::new();
    let body = match kind {
        _ if push.intent.subject == Subject::Badge => {
            let badge = draft.badge().ok_or(Unrenderable::NotAvailable("there is no badge to set"))?;
            draft.body(Payload::Notification(Notification::OnlyBadge { badge }))
        }
        Kind::Alert => draft.alert(&mut warnings)?,
        Kind::Background | Kind::Call => draft.to_app(&mut warnings)?,
    };
    let headers = vec![("push-type", (kind as u8).to_string())];
    Ok(Rendered { token: TokenKind::Main, headers, body: body.into(), warnings })
}

struct Draft<'a> {
    push: &'a Push<'a>,
    app_name: &'a str,
    harmony: &'a HarmonyOs,
    /// Payload, call and marker.
    data: BTreeMap<&'static str, &'a str>,
}

impl Draft<'_> {
    fn body(&self, payload: Payload<'_>) -> Vec<u8> {
        self.addressed(payload, &self.push.target.token)
    }

    fn addressed(&self, payload: Payload<'_>, token: &str) -> Vec<u8> {
        let push_options = Options {
            test_message: self.harmony.test_message,
            ttl: oem::ttl_seconds(self.push).clamp(1, MOST_TTL_SECONDS),
            bi_tag: self.push.request_id,
        };
        let message = Message { payload, target: Target { token: [token] }, push_options };
        serde_json::to_vec(&message).expect("a struct of texts and numbers always becomes JSON")
    }

    /// A notification with as much of the text as fits.
    fn alert(&self, warnings: &mut Vec<String>) -> Result<Vec<u8>, Unrenderable> {
        let intent = self.push.intent;
        let title = if intent.title.trim().is_empty() { self.app_name } else { &intent.title };
        let content = if intent.content.trim().is_empty() { title } else { &intent.content };
        let payload = |content: &str, token: &str| {
            let shown = Shown {
                category: match self.harmony.category.as_str() {
                    "" => USUAL_CATEGORY,
                    named => named,
                },
                title,
                body: content,
                click_action: self.click(),
                app_message_id: self.push.request_id,
                badge: self.badge(),
            };
            self.addressed(Payload::Notification(Notification::Shown(shown)), token)
        };
        self.fit(content, truncate::json_cost, payload, warnings)
    }

    /// Everything as JSON text that the app gets; nothing is shown by the system.
    fn to_app(&self, warnings: &mut Vec<String>) -> Result<Vec<u8>, Unrenderable> {
        let intent = self.push.intent;
        let payload = |content: &str, token: &str| {
            let mut data = self.data.clone();
            data.extend([("title", intent.title.as_str()), ("body", content)]);
            data.retain(|_, value| !value.is_empty());
            let text = serde_json::to_string(&data).expect("a map of texts always becomes JSON");
            self.addressed(Payload::ExtraData(text), token)
        };
        self.fit(&intent.content, text_cost, payload, warnings)
    }

    /// The body with as much of the text as fits.
    fn fit(
        &self,
        content: &str,
        cost: fn(char) -> usize,
        body: impl Fn(&str, &str) -> Vec<u8>,
        warnings: &mut Vec<String>,
    ) -> Result<Vec<u8>, Unrenderable> {
        let limit = self.push.size_limit.map_or(MOST_BYTES, |smaller| smaller.min(MOST_BYTES));
        let shortest = if content.is_empty() { "" } else { "…" };
        let size = body(shortest, "").len();
        if size > limit {
            return Err(Unrenderable::TooLarge { vendor: Vendor::HarmonyOs, size, limit });
        }
        let cut = truncate::fit(content, limit - size + shortest.len(), cost);
        if cut.len() < content.len() {
            let (from, to) = (content.len(), cut.len());
            warnings.push(format!("too large for HarmonyOS: content cut from {from} to {to} bytes"));
        }
        Ok(body(&cut, &self.push.target.token))
    }

    fn click(&self) -> Click<'_> {
        let uri = if self.harmony.click_type == 1 { self.harmony.uri.as_str() } else { "" };
        Click { action_type: self.harmony.click_type, uri, data: self.data.clone() }
    }

    /// What the app shows on its icon: the number itself where the service knows it, else what is to be added.
    fn badge(&self) -> Option<Badge> {
        match (self.push.intent.badge, self.push.intent.badge_increment) {
            (Some(number), _) => Some(Badge::SetNum(number.min(MOST_BADGE))),
            (None, Some(number)) if number > 0 => Some(Badge::AddNum(number.min(MOST_BADGE))),
            _ => None,
        }
    }
}

/// Bytes a character takes in JSON text inside JSON text.
fn text_cost(character: char) -> usize {
    match character {
        '"' | '\\' => 4,
        '\n' | '\r' | '\t' | '\u{8}' | '\u{c}' => 3,
        '\0'..='\u{1f}' => 7,
        other => other.len_utf8(),
    }
}
