//! The rules of Huawei's login and of `/v1/…/messages:send`.

use serde_json::{Map, Value};

pub(super) const MALFORMED: i64 = 80_100_003;
pub(super) const WRONG_TTL: i64 = 80_100_004;
pub(super) const WRONG_TOKENS: i64 = 80_300_010;
pub(super) const TOO_LARGE: i64 = 80_300_008;
/// Bytes of the body without its tokens.
pub(super) const MOST_BYTES: usize = 4096;
pub(super) const MOST_TOKENS: usize = 1000;
pub(super) const MOST_TTL_SECONDS: i64 = 1_296_000;
pub(super) const MOST_TAG: usize = 64;
const CATEGORIES: &[&str] = &[
    "IM",
    "VOIP",
    "SUBSCRIPTION",
    "TRAVEL",
    "HEALTH",
    "WORK",
    "ACCOUNT",
    "EXPRESS",
    "FINANCE",
    "DEVICE_REMINDER",
    "MAIL",
    "MARKETING",
];

/// `Err` = Huawei's code and the broken rule.
pub(super) type Checked = Result<(), (i64, String)>;

pub(super) fn broken(code: i64, what: impl Into<String>) -> Checked {
    Err((code, what.into()))
}

/// Checks a login; `Err` = the broken rule.
pub(super) fn login(form: &Map<String, Value>, id: &str, secret: &str) -> Result<(), &'static str> {
    match form {
        _ if form.len() != 3 => Err("grant_type, client_id and client_secret"),
        _ if form.get("grant_type").is_none_or(|grant| grant != "client_credentials") => Err("grant_type"),
        _ if form.get("client_id").is_none_or(|given| given != id) => Err("client_id"),
        _ if form.get("client_secret").is_none_or(|given| given != secret) => Err("client_secret"),
        _ => Ok(()),
    }
}

/// The first token of a request.
pub(super) fn token(json: &Value) -> &Value {
    &json["message"]["token"][0]
}

/// Checks a request; `Err` = Huawei's code and the broken rule.
pub(super) fn message(json: &Value) -> Checked {
    // Huawei answers a misspelt "message" with a complaint about the tokens.
    let Some(message) = json["message"].as_object() else { return broken(WRONG_TOKENS, "message") };
    only(json, &["validate_only", "message"], "the request")?;
    only(&json["message"], &["data", "notification", "android", "token"], "message")?;
    tokens(message.get("token").unwrap_or(&Value::Null), MOST_TOKENS)?;
    data(message.get("data"))?;
    let mut without = json.clone();
    without["message"]["token"] = Value::Array(vec!["".into()]);
    if without.to_string().len() > MOST_BYTES {
        return broken(TOO_LARGE, "more than 4096 bytes without the tokens");
    }
    android(message.get("android").unwrap_or(&Value::Null))
}

/// Checks a list of tokens.
pub(super) fn tokens(tokens: &Value, most: usize) -> Checked {
    let list: Vec<&str> = tokens.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let whole = tokens.as_array().is_some_and(|tokens| tokens.len() == list.len());
    let mut distinct = list.clone();
    distinct.sort_unstable();
    distinct.dedup();
    if !whole || !(1..=most).contains(&list.len()) || distinct.len() != list.len() {
        return broken(WRONG_TOKENS, format!("token: 1 to {most} different ones"));
    }
    if list.iter().any(|token| token.is_empty() || token.trim() != *token) {
        return broken(80_300_007, "token: blanks");
    }
    Ok(())
}

/// Text that holds a JSON object.
fn data(data: Option<&Value>) -> Checked {
    let Some(data) = data else { return Ok(()) };
    let object = data.as_str().and_then(|text| serde_json::from_str::<Map<String, Value>>(text).ok());
    if object.is_some() { Ok(()) } else { broken(MALFORMED, "data is not the text of a JSON object") }
}

fn android(android: &Value) -> Checked {
    const FIELDS: &[&str] = &[
        "collapse_key",
        "urgency",
        "category",
        "ttl",
        "bi_tag",
        "receipt_id",
        "target_user_type",
        "data",
        "notification",
    ];
    only(android, FIELDS, "android")?;
    if !range(&android["collapse_key"], -1, 100) {
        return broken(80_100_013, "collapse_key");
    }
    if !one_of(&android["urgency"], &["NORMAL"]) {
        return broken(80_300_011, "urgency HIGH is not permitted");
    }
    if !one_of(&android["category"], CATEGORIES) {
        return broken(MALFORMED, "category");
    }
    let seconds = |text: &str| text.strip_suffix('s').and_then(|number| number.parse::<i64>().ok());
    let lives = |ttl: &Value| {
        ttl.as_str().and_then(seconds).is_some_and(|seconds| (1..=MOST_TTL_SECONDS).contains(&seconds))
    };
    if !android["ttl"].is_null() && !lives(&android["ttl"]) {
        return broken(WRONG_TTL, "ttl");
    }
    if !text(&android["bi_tag"], MOST_TAG) {
        return broken(MALFORMED, "bi_tag");
    }
    if !range(&android["target_user_type"], 0, 1) {
        return broken(MALFORMED, "target_user_type");
    }
    data(android.get("data"))?;
    match android.get("notification") {
        Some(notification) => self::notification(notification),
        None => Ok(()),
    }
}

fn notification(notification: &Value) -> Checked {
    const FIELDS: &[&str] = &[
        "title",
        "body",
        "sound",
        "default_sound",
        "tag",
        "click_action",
        "channel_id",
        "notify_id",
        "group",
        "badge",
        "importance",
        "foreground_show",
    ];
    only(notification, FIELDS, "notification")?;
    badge(&notification["badge"])?;
    // Our reading: nothing is shown, so nothing of it is mandatory.
    if notification.as_object().is_some_and(|fields| fields.len() == 1) && !notification["badge"].is_null() {
        return Ok(());
    }
    for name in ["title", "body"] {
        if notification[name].as_str().is_none_or(|text| text.trim().is_empty()) {
            return broken(MALFORMED, name);
        }
    }
    if !text(&notification["tag"], 1024) || !text(&notification["channel_id"], 1024) {
        return broken(MALFORMED, "tag and channel_id are texts");
    }
    if !one_of(&notification["importance"], &["LOW", "NORMAL"]) {
        return broken(MALFORMED, "importance");
    }
    click(&notification["click_action"])
}

fn badge(badge: &Value) -> Checked {
    if badge.is_null() {
        return Ok(());
    }
    only(badge, &["add_num", "class", "set_num"], "badge")?;
    if badge["class"].as_str().is_none_or(str::is_empty) {
        return broken(MALFORMED, "badge.class");
    }
    if !range(&badge["add_num"], 1, 99) || !range(&badge["set_num"], 0, 99) {
        return broken(MALFORMED, "badge.add_num or badge.set_num");
    }
    Ok(())
}

fn click(click: &Value) -> Checked {
    let given = |name: &str| click[name].as_str().unwrap_or_default();
    let fits = match click["type"].as_i64() {
        Some(1) => given("intent").is_empty() != given("action").is_empty() && is_intent(given("intent")),
        Some(2) => given("url").starts_with("https://"),
        Some(3) => true,
        _ => false,
    };
    let needed: &[&str] = match click["type"].as_i64() {
        Some(1) => &["type", "intent", "action"],
        Some(2) => &["type", "url"],
        _ => &["type"],
    };
    if !fits {
        return broken(MALFORMED, "click_action, or what it needs, is missing");
    }
    only(click, needed, "click_action")
}

/// Empty, or an Android intent whose text extras are percent-encoded.
fn is_intent(intent: &str) -> bool {
    let Some((_, parts)) = intent.split_once("#Intent;") else { return intent.is_empty() };
    let plain = |value: &str| value.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"');
    parts.strip_suffix("end").is_some_and(|parts| {
        let fits =
            |part: &str| part.split_once('=').is_some_and(|(key, value)| !key.is_empty() && plain(value));
        parts.split_terminator(';').all(fits)
    })
}

pub(super) fn only(object: &Value, names: &[&str], place: &str) -> Checked {
    match object.as_object() {
        None => broken(MALFORMED, format!("{place} is no object")),
        Some(fields) => match fields.keys().find(|name| !names.contains(&name.as_str())) {
            Some(name) => broken(MALFORMED, format!("{name} is no field of {place}")),
            None => Ok(()),
        },
    }
}

pub(super) fn one_of(value: &Value, words: &[&str]) -> bool {
    value.is_null() || value.as_str().is_some_and(|word| words.contains(&word))
}

pub(super) fn range(value: &Value, least: i64, most: i64) -> bool {
    value.is_null() || value.as_i64().is_some_and(|number| (least..=most).contains(&number))
}

pub(super) fn text(value: &Value, most: usize) -> bool {
    value.is_null() || value.as_str().is_some_and(|text| (1..=most).contains(&text.len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn good() -> Value {
        json!({ "message": {
            "data": "{\"payload\":\"P\"}",
            "android": { "ttl": "60s", "bi_tag": "r", "notification": {
                "title": "t", "body": "b", "click_action": { "type": 3 },
                "badge": { "set_num": 0, "class": "com.example.Main" }
            } },
            "token": ["a"]
        } })
    }

    #[test]
    fn each_broken_rule_has_its_code() {
        assert_eq!(message(&good()), Ok(()));
        let intent = |extra: &str| json!({ "type": 1, "intent": format!("intent://x#Intent;{extra}end") });
        for (place, value, code) in [
            ("/message/token", json!([]), 80_300_010),
            ("/message/token", json!(["a", "a"]), 80_300_010),
            ("/message/token", json!([" a"]), 80_300_007),
            ("/message/data", json!({}), 80_100_003),
            ("/message/data", json!("P"), 80_100_003),
            ("/message/data", json!(json!({ "p": "x".repeat(4096) }).to_string()), 80_300_008),
            ("/message/android/ttl", json!("60"), 80_100_004),
            ("/message/android/ttl", json!("1296001s"), 80_100_004),
            ("/message/android", json!({ "urgency": "HIGH" }), 80_300_011),
            ("/message/android", json!({ "category": "CHAT" }), 80_100_003),
            ("/message/android", json!({ "collapse_key": 101 }), 80_100_013),
            ("/message/android", json!({ "priority": "HIGH" }), 80_100_003),
            ("/message/android/notification/title", json!(" "), 80_100_003),
            ("/message/android/notification/body", json!(""), 80_100_003),
            ("/message/android/notification/click_action", json!(null), 80_100_003),
            ("/message/android/notification/click_action", json!({ "type": 1 }), 80_100_003),
            (
                "/message/android/notification/click_action",
                json!({ "type": 2, "url": "http://e" }),
                80_100_003,
            ),
            ("/message/android/notification/click_action", intent("S.p=a b;"), 80_100_003),
            ("/message/android/notification/click_action", intent("S.p=a%20b;"), 0),
            ("/message/android/notification/badge", json!({ "set_num": 1 }), 80_100_003),
            ("/message/android/notification/badge", json!({ "add_num": 0, "class": "c" }), 80_100_003),
            ("/message/android/notification", json!({ "badge": { "set_num": 1, "class": "c" } }), 0),
        ] {
            let mut request = good();
            *request.pointer_mut(place).unwrap() = value.clone();
            let judged = message(&request).map_or_else(|(code, _)| code, |()| 0);
            assert_eq!(judged, code, "{place} = {value}");
        }
        assert_eq!(message(&json!({ "mesage": {} })).unwrap_err().0, 80_300_010);
    }

    #[test]
    fn a_login_needs_all_three_and_nothing_else() {
        let form = json!({ "grant_type": "client_credentials", "client_id": "1", "client_secret": "s" });
        let form = form.as_object().unwrap();
        assert_eq!(login(form, "1", "s"), Ok(()));
        assert_eq!(login(form, "2", "s"), Err("client_id"));
        assert_eq!(login(form, "1", "t"), Err("client_secret"));
        assert!(login(&Map::new(), "1", "s").is_err());
    }
}
