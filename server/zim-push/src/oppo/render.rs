//! The message of an OPPO push.

use crate::model::{Subject, Template, Vendor};
use crate::oem::{self, Limits, Words};
use crate::provider::{Push, Rendered, TokenKind, Unrenderable};
use crate::strategy::{ClickAction, OPPO_ACTIVITY, Oppo};
use crate::zego::Zego;
use serde::Serialize;
use serde_json::{Map, Value};

/// Characters of the standard style.
const STANDARD: usize = 50;
/// Characters of the long style.
const LONG: usize = 128;
const TITLE: usize = 50;
/// Characters of keys and values that the client is sure to get; what is optional is left out beyond it.
const PREFERRED_EXTRAS: usize = 500;
/// Characters OPPO takes.
const MOST_EXTRAS: usize = 4_000;
const MOST_TTL_SECONDS: i64 = 10 * 86_400;
/// The registration id is the target.
const BY_REGISTRATION_ID: u8 = 2;
/// Classes whose messages OPPO calls content and marketing: they have no private template.
const MARKETING: [&str; 4] = ["NEWS", "CONTENT", "MARKETING", "SOCIAL"];

/// What the credential says about the app.
pub(super) struct App {
    pub(super) name: String,
    /// OPPO lets the app show numbers.
    pub(super) badge: bool,
    /// Template parameters travel as JSON text instead of as an object.
    pub(super) template_text: bool,
}

#[derive(Serialize)]
struct Message<'a> {
    target_type: u8,
    target_value: &'a str,
    verify_registration_id: bool,
    notification: Notification<'a>,
}

#[derive(Serialize)]
struct Notification<'a> {
    app_message_id: &'a str,
    title: &'a str,
    content: &'a str,
    style: u8,
    click_action_type: u8,
    #[serde(skip_serializing_if = "str::is_empty")]
    click_action_activity: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    click_action_url: &'a str,
    action_parameters: String,
    off_line: bool,
    off_line_ttl: i64,
    #[serde(skip_serializing_if = "str::is_empty")]
    channel_id: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    category: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    notify_level: Option<u8>,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    template: Option<PrivateTemplate<'a>>,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    badge: Option<Badge>,
}

#[derive(Serialize)]
struct PrivateTemplate<'a> {
    private_msg_template_id: &'a str,
    #[serde(skip_serializing_if = "Value::is_null")]
    private_title_parameters: Value,
    #[serde(skip_serializing_if = "Value::is_null")]
    private_content_parameters: Value,
}

#[derive(Serialize)]
struct Badge {
    /// 0 sets, 1 adds.
    badge_operation_type: u8,
    badge_message_count: u32,
}

pub(super) fn render(push: &Push<'_>, app: &App) -> Result<Rendered, Unrenderable> {
    let intent = push.intent;
    if intent.subject == Subject::Badge {
        return Err(Unrenderable::NotAvailable("OPPO has no push that only sets a badge"));
    }
    let standard = Oppo::default();
    let oppo = push.strategy.and_then(|strategy| strategy.oppo.as_ref()).unwrap_or(&standard);
    let mut warnings = Vec::new();
    // OPPO counts an emoji as one; a sequence of several characters is counted by its parts here, which is never less.
    let is_long = intent.content.chars().count() > STANDARD;
    let limits = Limits {
        vendor: Vendor::Oppo,
        title: TITLE,
        content: if is_long { LONG } else { STANDARD },
        cost: |_| 1,
    };
    let words = Words::fit(push, &app.name, &limits, &mut warnings);
    let zego = Zego::new(push).text();
    let mut extras = oem::extras(push, &zego);
    oem::fit_extras(&mut extras, Vendor::Oppo, PREFERRED_EXTRAS, MOST_EXTRAS, &mut warnings)?;
    let extras: Map<String, Value> =
        extras.into_iter().map(|(key, value)| (key.to_owned(), value.into())).collect();
    let (click_action_type, click_action_activity, click_action_url) = click(&oppo.click);
    let template = intent
        .template
        .as_ref()
        .filter(|template| !template.template_id.is_empty())
        .filter(|_| !MARKETING.contains(&oppo.category.as_str()))
        .map(|template| private_template(template, app.template_text, &mut warnings));
    let notification = Notification {
        app_message_id: push.request_id,
        title: &words.title,
        content: &words.content,
        style: if is_long { 2 } else { 1 },
        click_action_type,
        click_action_activity,
        click_action_url,
        action_parameters: Value::Object(extras).to_string(),
        off_line: true,
        off_line_ttl: oem::ttl_seconds(push).min(MOST_TTL_SECONDS),
        channel_id: &oppo.channel_id,
        category: &oppo.category,
        notify_level: oppo.notify_level,
        template,
        badge: badge(push, app),
    };
    let message = Message {
        target_type: BY_REGISTRATION_ID,
        target_value: &push.target.token,
        verify_registration_id: true,
        notification,
    };
    let body = serde_json::to_vec(&message).expect("a struct of texts and numbers always becomes JSON");
    Ok(Rendered { token: TokenKind::Main, headers: Vec::new(), body: body.into(), warnings })
}

/// Type, activity and address of a tap.
fn click(click: &ClickAction) -> (u8, &str, &str) {
    match click {
        ClickAction::OpenApp => (0, "", ""),
        ClickAction::OpenUrl { url } => (2, "", url),
        ClickAction::OpenPage { intent } if intent.contains("://") => (5, "", intent),
        ClickAction::OpenPage { intent } if intent.is_empty() => (4, OPPO_ACTIVITY, ""),
        ClickAction::OpenPage { intent } => (4, intent, ""),
    }
}

fn private_template<'a>(
    template: &'a Template,
    as_text: bool,
    warnings: &mut Vec<String>,
) -> PrivateTemplate<'a> {
    let mut parameters = |what: &str, text: &str| match serde_json::from_str::<Map<String, Value>>(text) {
        _ if text.trim().is_empty() => Value::Null,
        Ok(_) if as_text => text.into(),
        Ok(object) => Value::Object(object),
        Err(_) => {
            warnings.push(format!("privateMessageTemplate.{what} is not a JSON object: left out"));
            Value::Null
        }
    };
    PrivateTemplate {
        private_msg_template_id: &template.template_id,
        private_title_parameters: parameters("titleParameters", &template.title_parameters),
        private_content_parameters: parameters("contentParameters", &template.content_parameters),
    }
}

fn badge(push: &Push<'_>, app: &App) -> Option<Badge> {
    match (push.intent.badge, push.intent.badge_increment) {
        _ if !app.badge => None,
        (Some(count), _) => Some(Badge { badge_operation_type: 0, badge_message_count: count }),
        (None, Some(count)) => Some(Badge { badge_operation_type: 1, badge_message_count: count }),
        (None, None) => None,
    }
}
