//! The form of a Xiaomi push.

use crate::model::{Subject, Vendor};
use crate::oem::{self, Limits, Words};
use crate::provider::{Push, Rendered, TokenKind, Unrenderable};
use crate::strategy::{ClickAction, SDK_INTENT, Xiaomi};
use crate::truncate;
use crate::zego::Zego;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

/// "Less than 50" and "less than 128" characters.
const LIMITS: Limits = Limits { vendor: Vendor::Xiaomi, title: 49, content: 127, cost: char::len_utf16 };
/// Characters of one value of the extra map.
const MOST_EXTRA: usize = 1024;
/// Characters of one value of a template.
const MOST_TEMPLATE_VALUE: usize = 128;
const DAY_MS: i64 = 86_400_000;
/// `jobkey`: most characters.
const JOB_KEY: usize = 20;

/// What the credential says about the app.
pub(super) struct App {
    pub(super) package: String,
    pub(super) name: String,
}

pub(super) fn render(push: &Push<'_>, app: &App) -> Result<Rendered, Unrenderable> {
    let intent = push.intent;
    if intent.subject == Subject::Badge {
        return Err(Unrenderable::NotAvailable(
            "Xiaomi phones count notifications themselves; no push sets the badge",
        ));
    }
    let standard = Xiaomi::default();
    let xiaomi = push.strategy.and_then(|strategy| strategy.xiaomi.as_ref()).unwrap_or(&standard);
    let mut warnings = Vec::new();
    let words = Words::fit(push, &app.name, &LIMITS, &mut warnings);
    let zego = Zego::new(push).text();
    let extras = oem::extras(push, &zego);
    for (key, value) in &extras {
        let size = value.chars().map(char::len_utf16).sum();
        if *key == "payload" && size > MOST_EXTRA {
            return Err(Unrenderable::TooLarge { vendor: Vendor::Xiaomi, size, limit: MOST_EXTRA });
        }
    }

    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("registration_id", &push.target.token)
        .append_pair("restricted_package_name", &app.package)
        .append_pair("title", &words.title)
        .append_pair("description", &words.content)
        .append_pair("pass_through", "0")
        .append_pair("notify_type", "-1")
        // Without an id of its own a notification takes the place of the one before it.
        .append_pair("notify_id", &notify_id(push.request_id).to_string())
        .append_pair("time_to_live", &time_to_live(push, xiaomi).to_string());
    if !intent.payload.is_empty() {
        form.append_pair("payload", &intent.payload);
    }
    for (key, value) in extras {
        form.append_pair(&format!("extra.{key}"), value);
    }
    form.append_pair("extra.jobkey", &job_key(push.request_id));
    for (key, value) in [
        ("extra.channel_id", &xiaomi.channel_id),
        ("extra.channel_name", &xiaomi.channel_name),
        ("extra.channel_description", &xiaomi.channel_description),
    ] {
        if !value.is_empty() {
            form.append_pair(key, value);
        }
    }
    click(&mut form, &xiaomi.click);
    if !xiaomi.template_id.is_empty() {
        form.append_pair("extra.template_id", &xiaomi.template_id);
        form.append_pair("extra.template_param", &template(push, xiaomi, app));
    }
    Ok(Rendered { token: TokenKind::Main, headers: Vec::new(), body: form.finish().into(), warnings })
}

fn click(form: &mut form_urlencoded::Serializer<'_, String>, click: &ClickAction) {
    match click {
        ClickAction::OpenApp => form.append_pair("extra.notify_effect", "1"),
        ClickAction::OpenPage { intent } => {
            let intent = if intent.is_empty() { SDK_INTENT } else { intent };
            form.append_pair("extra.notify_effect", "2").append_pair("extra.intent_uri", intent)
        }
        ClickAction::OpenUrl { url } => {
            form.append_pair("extra.notify_effect", "3").append_pair("extra.web_uri", url)
        }
    };
}

/// Milliseconds. A message of a private class may wait ten days, any other one day.
fn time_to_live(push: &Push<'_>, xiaomi: &Xiaomi) -> i64 {
    let most = if xiaomi.template_id.is_empty() { DAY_MS } else { 10 * DAY_MS };
    (push.expires_at - push.now).clamp(0, most)
}

/// Positive, and another one for each push.
fn notify_id(request_id: &str) -> u32 {
    let hash = Sha256::digest(request_id.as_bytes());
    u32::from_be_bytes([hash[0] & 0x7f, hash[1], hash[2], hash[3]])
}

/// The phone shows only the first push with a key: a repetition after a lost answer is not seen twice.
fn job_key(request_id: &str) -> String {
    let mut key = URL_SAFE_NO_PAD.encode(Sha256::digest(request_id.as_bytes()));
    key.truncate(JOB_KEY);
    // The one character it may not begin with.
    if let Some(rest) = key.strip_prefix('_') { format!("0{rest}") } else { key }
}

/// The template's variables as JSON text: `{title}` and `{content}` stand for those of the push. A value has 1 to 128
/// characters and no pictographs.
fn template(push: &Push<'_>, xiaomi: &Xiaomi, app: &App) -> String {
    let value = |pattern: &str| {
        let text = pattern.replace("{title}", &push.intent.title).replace("{content}", &push.intent.content);
        let plain: String = text.chars().filter(|character| !is_pictograph(*character)).collect();
        let plain = if plain.trim().is_empty() { app.name.clone() } else { plain };
        truncate::fit(plain.trim(), MOST_TEMPLATE_VALUE, char::len_utf16).into_owned()
    };
    let values: serde_json::Map<String, serde_json::Value> =
        xiaomi.template_param.iter().map(|(name, pattern)| (name.clone(), value(pattern).into())).collect();
    serde_json::Value::Object(values).to_string()
}

/// Emoji, dingbats and the invisible characters that glue them.
fn is_pictograph(character: char) -> bool {
    matches!(character,
        '\u{200d}' | '\u{20e3}' | '\u{2190}'..='\u{21ff}' | '\u{2300}'..='\u{23ff}' | '\u{2460}'..='\u{24ff}'
        | '\u{25a0}'..='\u{27bf}' | '\u{2900}'..='\u{297f}' | '\u{2b00}'..='\u{2bff}' | '\u{fe00}'..='\u{fe0f}'
        | '\u{1f000}'..='\u{1faff}' | '\u{e0020}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_keep_xiaomis_alphabet_and_differ_by_push() {
        let mut seen = std::collections::HashSet::new();
        for n in 0..2_000 {
            let request_id = format!("{n:032x}");
            let key = job_key(&request_id);
            assert_eq!(key.len(), JOB_KEY);
            assert!(!key.starts_with('_'), "{key}");
            assert!(key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)), "{key}");
            assert!(seen.insert(key), "two pushes share a key");
            assert!(i32::try_from(notify_id(&request_id)).is_ok());
        }
    }
}
