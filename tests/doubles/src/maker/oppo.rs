//! The rules of the login and of a message.

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

/// Name, whether it is a text, most characters (or the largest number).
const FIELDS: &[(&str, bool, u64)] = &[
    ("app_message_id", true, 64),
    ("title", true, 50),
    ("sub_title", true, 10),
    ("content", true, 128),
    ("style", false, 3),
    ("click_action_type", false, 5),
    ("click_action_activity", true, 500),
    ("click_action_url", true, 2000),
    ("action_parameters", true, 4000),
    ("off_line_ttl", false, 864_000),
    ("channel_id", true, 128),
    ("category", true, 64),
    ("notify_level", false, 16),
    ("private_msg_template_id", true, 128),
    ("badge_operation_type", false, 1),
    ("badge_message_count", false, 99_999),
];
const CATEGORIES: &[&str] = &[
    "IM",
    "ACCOUNT",
    "TODO",
    "DEVICE_REMINDER",
    "ORDER",
    "SUBSCRIPTION",
    "NEWS",
    "CONTENT",
    "MARKETING",
    "SOCIAL",
];
/// Most milliseconds between the clocks.
const MOST_SKEW_MS: i64 = 600_000;

/// Checks a login; `Err` = OPPO's code and the broken rule.
pub(super) fn login(
    form: &Map<String, Value>,
    app_key: &str,
    master_secret: &str,
    now_ms: i64,
) -> Result<(), (i64, String)> {
    let value = |name: &str| form.get(name).and_then(Value::as_str).unwrap_or_default();
    if value("app_key") != app_key {
        return Err((14, "app_key".into()));
    }
    let timestamp = value("timestamp");
    let fits = timestamp.len() == 13
        && timestamp.parse::<i64>().is_ok_and(|then| (then - now_ms).abs() <= MOST_SKEW_MS);
    if !fits {
        return Err((19, format!("timestamp {timestamp:?}")));
    }
    let digest = Sha256::digest(format!("{app_key}{timestamp}{master_secret}").as_bytes());
    let sign: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    if value("sign") == sign { Ok(()) } else { Err((16, "sign".into())) }
}

/// Checks one message; `Err` = OPPO's code and the broken rule.
pub(super) fn message(message: &Value) -> Result<(), (i64, String)> {
    let broken = |code: i64, what: &str| Err((code, what.to_owned()));
    let Some(fields) = message.as_object() else { return broken(40, "message is no object") };
    const KEYS: [&str; 4] = ["target_type", "target_value", "verify_registration_id", "notification"];
    if let Some(key) = fields.keys().find(|key| !KEYS.contains(&key.as_str())) {
        return broken(40, key);
    }
    if message["target_type"] != 2 || message["target_value"].as_str().is_none_or(str::is_empty) {
        return broken(40, "target_type 2 with a target_value");
    }
    let Some(notification) = message["notification"].as_object() else {
        return broken(40, "notification is missing");
    };
    notification_rules(notification)
}

fn notification_rules(notification: &Map<String, Value>) -> Result<(), (i64, String)> {
    let broken = |code: i64, what: &str| Err((code, what.to_owned()));
    let text = |name: &str| notification.get(name).and_then(Value::as_str).unwrap_or_default();
    let number = |name: &str| notification.get(name).and_then(Value::as_u64);
    for (name, value) in notification {
        let fits = match (name.as_str(), FIELDS.iter().find(|(known, ..)| known == name)) {
            ("off_line", _) => value.is_boolean(),
            ("private_title_parameters" | "private_content_parameters", _) => value.is_object(),
            (_, Some((_, true, most))) => {
                value.as_str().is_some_and(|text| (text.chars().count() as u64) <= *most)
            }
            (_, Some((_, false, most))) => value.as_u64().is_some_and(|number| number <= *most),
            _ => false,
        };
        if !fits {
            return broken(40, name);
        }
    }
    if text("title").trim().is_empty() || text("content").trim().is_empty() {
        return broken(40, "title and content");
    }
    let is_long = number("style") == Some(2);
    if !is_long && text("content").chars().count() > 50 {
        return broken(40, "content of the standard style has at most 50 characters");
    }
    let action = match number("click_action_type").unwrap_or(0) {
        0 => "x",
        1 | 4 => text("click_action_activity"),
        2 | 5 => text("click_action_url"),
        _ => "",
    };
    if action.is_empty() {
        return broken(40, "click_action");
    }
    if serde_json::from_str::<Map<String, Value>>(text("action_parameters")).is_err() {
        return broken(40, "action_parameters is no JSON object in text");
    }
    let category = text("category");
    if !category.is_empty() && !CATEGORIES.contains(&category) {
        return broken(67, "category");
    }
    match number("notify_level") {
        None => {}
        Some(1 | 2 | 16) if !category.is_empty() => {}
        _ => return broken(67, "notify_level"),
    }
    let parameters =
        notification.keys().any(|name| name.starts_with("private_") && name.ends_with("_parameters"));
    if parameters && text("private_msg_template_id").is_empty() {
        return broken(54, "private_msg_template_id is null");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn each_broken_rule_has_its_code() {
        let judge = |change: &dyn Fn(&mut Value)| {
            let mut message = json!({
                "target_type": 2, "target_value": "CN_r", "verify_registration_id": true,
                "notification": {
                    "title": "t", "content": "c", "style": 1, "click_action_type": 0, "action_parameters": "{}",
                    "off_line": true, "off_line_ttl": 60
                }
            });
            change(&mut message);
            super::message(&message).map_or_else(|(code, _)| code, |()| 0)
        };
        let set = |name: &'static str, value: Value| {
            move |message: &mut Value| message["notification"][name] = value.clone()
        };
        assert_eq!(judge(&|_| {}), 0);
        assert_eq!(judge(&|message| message["target_type"] = json!(5)), 40);
        assert_eq!(judge(&|message| message["extra"] = json!(5)), 40);
        for (name, value, code) in [
            ("title", json!("t".repeat(51)), 40),
            ("content", json!("c".repeat(51)), 40),
            ("offLine", json!(true), 40),
            ("off_line_ttl", json!(864_001), 40),
            ("click_action_type", json!(4), 40),
            ("action_parameters", json!({}), 40),
            ("category", json!("CHAT"), 67),
            ("notify_level", json!(16), 67),
            ("private_title_parameters", json!({"a": "b"}), 54),
            ("private_title_parameters", json!("{}"), 40),
        ] {
            assert_eq!(judge(&set(name, value.clone())), code, "{name}={value}");
        }
    }
}
