//! The rules of the login and of `/message/send`.

use md5::{Digest, Md5};
use serde_json::{Map, Value};

/// Name, whether it is a text, fewest and most characters (or the range of the number).
const FIELDS: &[(&str, bool, i64, i64)] = &[
    ("appId", false, 1, i64::MAX),
    ("regId", true, 1, 128),
    ("title", true, 1, 40),
    ("content", true, 1, 100),
    ("notifyType", false, 1, 4),
    ("timeToLive", false, 60, 86_400),
    ("skipType", false, 1, 4),
    ("skipContent", true, 1, 1024),
    ("networkType", false, -1, 1),
    ("classification", false, 0, 1),
    ("category", true, 1, 64),
    ("notifyId", false, 1, i32::MAX as i64),
    ("requestId", true, 1, 64),
    ("pushMode", false, 0, 1),
];
const NEEDED: [&str; 7] = ["appId", "regId", "title", "content", "notifyType", "skipType", "requestId"];
const MOST_CUSTOM: usize = 1024;
const MOST_SKEW_MS: i64 = 600_000;
/// Classes that are known, by `classification`.
const CATEGORIES: [&[&str]; 2] = [
    &["NEWS", "CONTENT", "MARKETING", "SOCIAL"],
    &["IM", "ACCOUNT", "TODO", "DEVICE_REMINDER", "ORDER", "SUBSCRIPTION"],
];

/// Checks a login; `Err` = vivo's code and the broken rule.
pub(super) fn login(
    json: &Value,
    app_id: u64,
    app_key: &str,
    app_secret: &str,
    now_ms: i64,
) -> Result<(), (i64, String)> {
    if json["appId"] != app_id || json["appKey"] != app_key {
        return Err((10200, "appId and appKey".into()));
    }
    let Some(timestamp) = json["timestamp"].as_i64().filter(|then| (then - now_ms).abs() <= MOST_SKEW_MS)
    else {
        return Err((10201, "timestamp".into()));
    };
    let digest = Md5::digest(format!("{app_id}{app_key}{timestamp}{app_secret}").as_bytes());
    let sign: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    if json["sign"] == sign { Ok(()) } else { Err((10202, "sign".into())) }
}

/// Checks a message; `Err` = vivo's code and the broken rule.
pub(super) fn message(json: &Value, app_id: u64) -> Result<(), (i64, String)> {
    let broken = |code: i64, what: &str| Err((code, what.to_owned()));
    let Some(fields) = json.as_object() else { return broken(10040, "no object") };
    for (name, value) in fields {
        let fits = match (name.as_str(), FIELDS.iter().find(|(known, ..)| known == name)) {
            ("clientCustomMap", _) => custom(value),
            ("foregroundShow" | "sendOnline" | "addBadge", _) => value.is_boolean(),
            (_, Some((_, true, least, most))) => value
                .as_str()
                .and_then(|text| i64::try_from(text.encode_utf16().count()).ok())
                .is_some_and(|length| (*least..=*most).contains(&length)),
            (_, Some((_, false, least, most))) => {
                value.as_i64().is_some_and(|number| (*least..=*most).contains(&number))
            }
            _ => false,
        };
        if !fits {
            return broken(10040, name);
        }
    }
    if let Some(name) = NEEDED.iter().find(|name| !fields.contains_key(**name)) {
        return broken(10040, name);
    }
    if json["appId"] != app_id {
        return broken(10094, "appId is not that of the login");
    }
    if json["skipType"] != 1 && !fields.contains_key("skipContent") {
        return broken(10040, "skipContent");
    }
    category(fields)
}

fn category(fields: &Map<String, Value>) -> Result<(), (i64, String)> {
    let Some(category) = fields.get("category").and_then(Value::as_str) else { return Ok(()) };
    let Some(class) = CATEGORIES.iter().position(|known| known.contains(&category)) else {
        return Err((10096, "category".into()));
    };
    match fields.get("classification").and_then(Value::as_u64) {
        Some(other) if other != class as u64 => {
            Err((10097, "category does not belong to classification".into()))
        }
        _ => Ok(()),
    }
}

fn custom(value: &Value) -> bool {
    let Some(map) = value.as_object() else { return false };
    let length = |text: &str| text.encode_utf16().count();
    let size: usize =
        map.iter().map(|(key, value)| length(key) + length(value.as_str().unwrap_or_default())).sum();
    map.values().all(Value::is_string) && size <= MOST_CUSTOM
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn each_broken_rule_has_its_code() {
        let judge = |name: &str, value: Value| {
            let mut message = json!({
                "appId": 1, "regId": "r", "title": "t", "content": "c", "notifyType": 4, "skipType": 1,
                "timeToLive": 60, "requestId": "q", "clientCustomMap": {"payload": "p"}
            });
            message[name] = value;
            super::message(&message, 1).map_or_else(|(code, _)| code, |()| 0)
        };
        assert_eq!(judge("pushMode", json!(1)), 0);
        for (name, value, code) in [
            ("title", json!("t".repeat(41)), 10040),
            ("content", json!("😀".repeat(51)), 10040),
            ("timeToLive", json!(59), 10040),
            ("skipType", json!(4), 10040),
            ("appId", json!(2), 10094),
            ("category", json!("CHAT"), 10096),
            ("clientCustomMap", json!({"n": 1}), 10040),
            ("clientCustomMap", json!({"n": "x".repeat(1024)}), 10040),
            ("badge", json!(1), 10040),
        ] {
            assert_eq!(judge(name, value.clone()), code, "{name}={value}");
        }
        let pair = json!({"category": "IM", "classification": 0});
        assert_eq!(category(pair.as_object().unwrap()).unwrap_err().0, 10097);
    }
}
