//! The message of a vivo push.

use crate::model::{Subject, Vendor};
use crate::oem::{self, Limits, Words};
use crate::provider::{Push, Rendered, TokenKind, Unrenderable};
use crate::strategy::{ClickAction, SDK_INTENT, Vivo};
use crate::zego::Zego;
use serde::Serialize;
use std::collections::BTreeMap;

const LIMITS: Limits = Limits { vendor: Vendor::Vivo, title: 40, content: 100, cost: char::len_utf16 };
/// Characters of keys and values of the custom map.
const MOST_CUSTOM: usize = 1024;
/// Seconds a push may wait at vivo's.
const LEAST_TTL: i64 = 60;
const MOST_TTL: i64 = 86_400;
/// Rings and vibrates.
const RING_AND_VIBRATE: u8 = 4;

/// What the credential says about the app.
pub(super) struct App {
    /// As vivo wants it: a number.
    pub(super) id: u64,
    pub(super) name: String,
    /// vivo lets pushes add to the badge.
    pub(super) badge: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Message<'a> {
    app_id: u64,
    reg_id: &'a str,
    notify_type: u8,
    title: &'a str,
    content: &'a str,
    time_to_live: i64,
    skip_type: u8,
    #[serde(skip_serializing_if = "str::is_empty")]
    skip_content: &'a str,
    client_custom_map: BTreeMap<&'static str, &'a str>,
    request_id: &'a str,
    push_mode: u8,
    #[serde(skip_serializing_if = "Option::is_none")]
    classification: Option<u8>,
    #[serde(skip_serializing_if = "str::is_empty")]
    category: &'a str,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    add_badge: bool,
}

pub(super) fn render(push: &Push<'_>, app: &App) -> Result<Rendered, Unrenderable> {
    let intent = push.intent;
    if intent.subject == Subject::Badge {
        return Err(Unrenderable::NotAvailable("vivo has no push that only sets a badge"));
    }
    let standard = Vivo::default();
    let vivo = push.strategy.and_then(|strategy| strategy.vivo.as_ref()).unwrap_or(&standard);
    let mut warnings = Vec::new();
    let words = Words::fit(push, &app.name, &LIMITS, &mut warnings);
    let zego = Zego::new(push).text();
    let mut extras = oem::extras(push, &zego);
    oem::fit_extras(&mut extras, Vendor::Vivo, MOST_CUSTOM, MOST_CUSTOM, &mut warnings)?;
    let (skip_type, skip_content) = match &vivo.click {
        ClickAction::OpenApp => (1, ""),
        ClickAction::OpenUrl { url } => (2, url.as_str()),
        ClickAction::OpenPage { intent } if intent.is_empty() => (4, SDK_INTENT),
        ClickAction::OpenPage { intent } => (4, intent.as_str()),
    };
    let message = Message {
        app_id: app.id,
        reg_id: &push.target.token,
        notify_type: RING_AND_VIBRATE,
        title: &words.title,
        content: &words.content,
        time_to_live: oem::ttl_seconds(push).clamp(LEAST_TTL, MOST_TTL),
        skip_type,
        skip_content,
        client_custom_map: extras.into_iter().collect(),
        request_id: push.request_id,
        push_mode: vivo.push_mode,
        classification: vivo.classification,
        category: &vivo.category,
        // It adds one, whatever the increment.
        add_badge: app.badge && intent.badge_increment.is_some_and(|increment| increment > 0),
    };
    let body = serde_json::to_vec(&message).expect("a struct of texts and numbers always becomes JSON");
    Ok(Rendered { token: TokenKind::Main, headers: Vec::new(), body: body.into(), warnings })
}
