//! The rules of `messages:send` and of the token grant. An unknown field is a fault, as it is at Google's.

use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde::Deserialize;
use serde_json::Value;

/// Most bytes of keys and values.
pub(super) const MOST_BYTES: usize = 4096;

/// A broken rule.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Broken {
    pub(super) field: String,
    pub(super) message: String,
}

enum Kind {
    Text,
    Flag,
    Count,
    /// `"3600s"`, up to four weeks.
    Duration,
    OneOf(&'static [&'static str]),
    /// An address.
    Https,
    /// Texts by text, without Google's own keys.
    Texts,
    Object(&'static [(&'static str, Kind)]),
}

const NOTIFICATION: &[(&str, Kind)] = &[("title", Kind::Text), ("body", Kind::Text), ("image", Kind::Text)];

const ANDROID_NOTIFICATION: &[(&str, Kind)] = &[
    ("title", Kind::Text),
    ("body", Kind::Text),
    ("icon", Kind::Text),
    ("color", Kind::Text),
    ("sound", Kind::Text),
    ("tag", Kind::Text),
    ("clickAction", Kind::Text),
    ("channelId", Kind::Text),
    ("image", Kind::Text),
    ("ticker", Kind::Text),
    ("sticky", Kind::Flag),
    ("defaultSound", Kind::Flag),
    ("notificationCount", Kind::Count),
    (
        "notificationPriority",
        Kind::OneOf(&["PRIORITY_MIN", "PRIORITY_LOW", "PRIORITY_DEFAULT", "PRIORITY_HIGH", "PRIORITY_MAX"]),
    ),
    ("visibility", Kind::OneOf(&["PRIVATE", "PUBLIC", "SECRET"])),
];

const ANDROID: &[(&str, Kind)] = &[
    ("collapseKey", Kind::Text),
    ("priority", Kind::OneOf(&["NORMAL", "HIGH"])),
    ("ttl", Kind::Duration),
    ("restrictedPackageName", Kind::Text),
    ("data", Kind::Texts),
    ("directBootOk", Kind::Flag),
    ("notification", Kind::Object(ANDROID_NOTIFICATION)),
];

const WEB_HEADERS: &[(&str, Kind)] = &[
    ("TTL", Kind::Text),
    ("Urgency", Kind::OneOf(&["very-low", "low", "normal", "high"])),
    ("Topic", Kind::Text),
];

const WEB_PUSH: &[(&str, Kind)] = &[
    ("headers", Kind::Object(WEB_HEADERS)),
    ("data", Kind::Texts),
    ("notification", Kind::Object(NOTIFICATION)),
    ("fcmOptions", Kind::Object(&[("link", Kind::Https), ("analyticsLabel", Kind::Text)])),
];

const MESSAGE: &[(&str, Kind)] = &[
    ("token", Kind::Text),
    ("notification", Kind::Object(NOTIFICATION)),
    ("data", Kind::Texts),
    ("android", Kind::Object(ANDROID)),
    ("webpush", Kind::Object(WEB_PUSH)),
];

const REQUEST: &[(&str, Kind)] = &[("message", Kind::Object(MESSAGE)), ("validateOnly", Kind::Flag)];

/// Checks a request body against the schema.
pub(super) fn message(json: &Value) -> Result<(), Broken> {
    object("", json, REQUEST)?;
    let token = json.pointer("/message/token").and_then(Value::as_str).unwrap_or_default();
    if token.is_empty() {
        return broken("message.token", "one target is required");
    }
    Ok(())
}

fn broken(field: &str, message: impl Into<String>) -> Result<(), Broken> {
    Err(Broken { field: field.to_owned(), message: message.into() })
}

fn object(path: &str, value: &Value, fields: &[(&str, Kind)]) -> Result<(), Broken> {
    let Some(map) = value.as_object() else { return broken(path, "not an object") };
    for (key, value) in map {
        let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
        match fields.iter().find(|(name, _)| name == key) {
            Some((_, kind)) => field(&path, value, kind)?,
            None => return broken(&path, "Unknown name"),
        }
    }
    Ok(())
}

fn field(path: &str, value: &Value, kind: &Kind) -> Result<(), Broken> {
    let fits = match kind {
        Kind::Text => value.is_string(),
        Kind::Flag => value.is_boolean(),
        Kind::Count => value.as_u64().is_some_and(|count| i32::try_from(count).is_ok()),
        Kind::Duration => value
            .as_str()
            .and_then(|text| text.strip_suffix('s'))
            .and_then(|seconds| seconds.parse::<u64>().ok())
            .is_some_and(|seconds| seconds <= 28 * 86_400),
        Kind::OneOf(words) => words.iter().any(|word| value == word),
        Kind::Https => value.as_str().is_some_and(|text| text.starts_with("https://")),
        Kind::Texts => return texts(path, value),
        Kind::Object(fields) => return object(path, value, fields),
    };
    if fits { Ok(()) } else { broken(path, format!("Invalid value: {value}")) }
}

fn texts(path: &str, value: &Value) -> Result<(), Broken> {
    let Some(map) = value.as_object() else { return broken(path, "not a map") };
    for (key, value) in map {
        let reserved = matches!(key.as_str(), "from" | "message_type")
            || key.starts_with("google.")
            || key.starts_with("gcm.notification.");
        if reserved {
            return broken(path, format!("reserved key {key}"));
        }
        if !value.is_string() {
            return broken(&format!("{path}.{key}"), "data values are texts");
        }
    }
    Ok(())
}

/// Bytes of keys and values of `notification` and `data`.
pub(super) fn size(json: &Value) -> usize {
    let bytes = |part: &str| {
        let map = json.pointer(part).and_then(Value::as_object);
        map.into_iter()
            .flatten()
            .map(|(key, value)| key.len() + value.as_str().map_or(0, str::len))
            .sum::<usize>()
    };
    bytes("/message/notification") + bytes("/message/data")
}

/// Checks the form of a JWT grant.
pub(super) fn assertion(
    body: &[u8],
    key: &DecodingKey,
    account: &str,
    key_id: &str,
    audience: &str,
) -> Result<(), String> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Claims {
        scope: String,
        iat: i64,
        exp: i64,
        #[serde(rename = "iss")]
        _iss: String,
        #[serde(rename = "aud")]
        _aud: String,
    }
    // A JWT is made of characters that a form does not escape, the grant type is a constant: no decoder needed.
    let form = std::str::from_utf8(body).map_err(|_| "the form is not text")?;
    let value = |name: &str| form.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
    if value("grant_type") != Some("urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer") {
        return Err("grant_type".into());
    }
    let mut validation = Validation::new(Algorithm::RS256);
    validation.set_issuer(&[account]);
    validation.set_audience(&[audience]);
    validation.set_required_spec_claims(&["iss", "aud", "exp"]);
    validation.leeway = 5;
    let jwt = value("assertion").ok_or("assertion is missing")?;
    let decoded = jsonwebtoken::decode::<Claims>(jwt, key, &validation)
        .map_err(|error| format!("assertion: {error}"))?;
    let Claims { scope, iat, exp, .. } = decoded.claims;
    if decoded.header.kid.as_deref() != Some(key_id) {
        return Err("assertion: kid".into());
    }
    if scope != "https://www.googleapis.com/auth/firebase.messaging" {
        return Err(format!("assertion: scope {scope}"));
    }
    if !(1..=3600).contains(&(exp - iat)) {
        return Err(format!("assertion: life of {} s", exp - iat));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn fault(message: &Value) -> String {
        super::message(&json!({ "message": message })).map_or_else(|broken| broken.field, |()| String::new())
    }

    #[test]
    fn each_broken_rule_names_its_field() {
        let good = json!({
            "token": "t",
            "notification": {"title": "a", "body": "b"},
            "data": {"k": "v"},
            "android": {"priority": "HIGH", "ttl": "60s", "notification": {"channelId": "c", "notificationCount": 2}}
        });
        assert_eq!(fault(&good), "");
        let cases = [
            (json!({"data": {}}), "message.token"),
            (json!({"token": 7}), "message.token"),
            (json!({"token": "t", "badge": 1}), "message.badge"),
            (json!({"token": "t", "data": {"n": 1}}), "message.data.n"),
            (json!({"token": "t", "data": {"google.x": "1"}}), "message.data"),
            (json!({"token": "t", "data": {"from": "1"}}), "message.data"),
            (json!({"token": "t", "android": {"priority": "high"}}), "message.android.priority"),
            (json!({"token": "t", "android": {"ttl": "60"}}), "message.android.ttl"),
            (
                json!({"token": "t", "webpush": {"headers": {"Urgency": "HIGH"}}}),
                "message.webpush.headers.Urgency",
            ),
            (
                json!({"token": "t", "webpush": {"fcmOptions": {"link": "http://x"}}}),
                "message.webpush.fcmOptions.link",
            ),
            (json!({"token": "t", "android": {"ttl": "2419201s"}}), "message.android.ttl"),
            (
                json!({"token": "t", "android": {"notification": {"notificationCount": "2"}}}),
                "message.android.notification.notificationCount",
            ),
        ];
        for (message, field) in cases {
            assert_eq!(fault(&message), field, "{message}");
        }
    }
}
