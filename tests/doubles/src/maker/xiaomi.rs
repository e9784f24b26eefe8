//! The rules of `/v3/message/regid`.

use serde_json::{Map, Value};

/// Name, most characters, whether it must be there.
const FIELDS: &[(&str, usize, bool)] = &[
    ("registration_id", 64 * 1024, true),
    ("restricted_package_name", 1024, true),
    ("title", 49, true),
    ("description", 127, true),
    ("payload", 4096, false),
    ("pass_through", 1, true),
    ("notify_type", 2, true),
    ("notify_id", 10, false),
    ("time_to_live", 12, false),
];

/// Keys of the extra map that mean something to Xiaomi; `channel_id` and the like do not count as the app's own.
const KNOWN_EXTRAS: &[&str] = &[
    "notify_effect",
    "intent_uri",
    "web_uri",
    "channel_id",
    "channel_name",
    "channel_description",
    "template_id",
    "template_param",
    "jobkey",
];
const DAY_MS: u64 = 86_400_000;

/// Checks a form; `Err` = Xiaomi's code and the broken rule.
pub(super) fn message(form: &Map<String, Value>, package: &str) -> Result<(), (i64, String)> {
    let broken = |code: i64, what: String| Err((code, what));
    let value = |name: &str| form.get(name).and_then(Value::as_str).unwrap_or_default();
    for (name, most, needed) in FIELDS {
        if *needed && value(name).trim().is_empty() {
            return broken(10017, format!("{name} is missing"));
        }
        if characters(value(name)) > *most {
            return broken(65009, format!("{name} has more than {most} characters"));
        }
    }
    if value("restricted_package_name") != package {
        return broken(22022, "restricted_package_name".into());
    }
    if value("pass_through") != "0" {
        return broken(10016, "pass_through: data messages were withdrawn".into());
    }
    if value("notify_type") != "-1" && !matches!(value("notify_type").parse(), Ok(0..=7)) {
        return broken(10016, "notify_type".into());
    }
    let number = |name: &str| value(name).parse::<u64>();
    if form.contains_key("notify_id") && !number("notify_id").is_ok_and(|id| id < 1 << 31) {
        return broken(10016, "notify_id".into());
    }
    let private = form.contains_key("extra.template_id");
    let longest = if private { 10 * DAY_MS } else { DAY_MS };
    if form.contains_key("time_to_live") && !number("time_to_live").is_ok_and(|life| life <= longest) {
        return broken(10016, format!("time_to_live: up to {longest} ms"));
    }
    extras(form)
}

fn extras(form: &Map<String, Value>) -> Result<(), (i64, String)> {
    let broken = |code: i64, what: String| Err((code, what));
    let extra = |name: &str| form.get(&format!("extra.{name}")).and_then(Value::as_str).unwrap_or_default();
    let mut own = 0;
    for (key, value) in form {
        let Some(name) = key.strip_prefix("extra.") else {
            if FIELDS.iter().any(|(known, ..)| known == key) {
                continue;
            }
            return broken(10017, format!("{key} is no parameter"));
        };
        own += usize::from(!KNOWN_EXTRAS.contains(&name));
        if characters(value.as_str().unwrap_or_default()) > 1024 {
            return broken(65014, format!("{key} has more than 1024 characters"));
        }
    }
    if own > 10 {
        return broken(65015, "more than 10 pairs".into());
    }
    let target = match extra("notify_effect") {
        "1" => "x",
        "2" => extra("intent_uri"),
        "3" => extra("web_uri"),
        _ => "",
    };
    if target.is_empty() {
        return broken(10017, "extra.notify_effect, or what it needs, is missing".into());
    }
    if !extra("template_id").is_empty() {
        let values: Map<String, Value> = serde_json::from_str(extra("template_param")).unwrap_or_default();
        let fits = |value: &Value| {
            value.as_str().is_some_and(|text| !text.trim().is_empty() && characters(text) <= 128)
        };
        if values.is_empty() || values.len() > 9 || !values.values().all(fits) {
            return broken(27001, "extra.template_param".into());
        }
        if extra("channel_id").is_empty() {
            return broken(27001, "a template needs extra.channel_id".into());
        }
    }
    let key = extra("jobkey");
    let alphabet = key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    if key.len() > 20 || key.starts_with('_') || !alphabet {
        return broken(10016, "extra.jobkey".into());
    }
    Ok(())
}

fn characters(text: &str) -> usize {
    text.encode_utf16().count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn each_broken_rule_has_its_code() {
        let good = json!({
            "registration_id": "r", "restricted_package_name": "p", "title": "t", "description": "d",
            "pass_through": "0", "notify_type": "-1", "time_to_live": "1000", "extra.notify_effect": "1"
        });
        let judge = |name: &str, value: &str| {
            let mut form = good.as_object().unwrap().clone();
            form.insert(name.into(), value.into());
            message(&form, "p").map_or_else(|(code, _)| code, |()| 0)
        };
        assert_eq!(judge("title", "t"), 0);
        for (name, value, code) in [
            ("registration_id", "", 10017),
            ("title", " ", 10017),
            ("description", &"d".repeat(128), 65009),
            ("title", &"😀".repeat(25), 65009),
            ("restricted_package_name", "q", 22022),
            ("pass_through", "1", 10016),
            ("notify_type", "8", 10016),
            ("time_to_live", "86400001", 10016),
            ("ttl", "1", 10017),
            ("extra.notify_effect", "2", 10017),
            ("extra.payload", &"x".repeat(1025), 65014),
            ("extra.jobkey", "_a", 10016),
            ("extra.template_id", "t", 27001),
        ] {
            assert_eq!(judge(name, value), code, "{name}={value}");
        }
    }
}
