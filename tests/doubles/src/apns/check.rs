//! The rules of the provider API, in the order Apple's documents give them.

use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use rustls::pki_types::CertificateDer;
use serde::Deserialize;
use serde_json::Value;
use std::time::{SystemTime, UNIX_EPOCH};

const MOST_BYTES: usize = 4096;
const MOST_VOIP_BYTES: usize = 5120;
/// A provider token is good for this long, …
const TOKEN_SECONDS: i64 = 3600;
/// … and may not be replaced sooner than this.
const TOKEN_INTERVAL_SECONDS: i64 = 20 * 60;

/// What the double checks against.
pub(super) struct Rules {
    pub(super) bundle_ids: Vec<String>,
    pub(super) key_id: String,
    pub(super) team_id: String,
    pub(super) public_key: DecodingKey,
    pub(super) client: CertificateDer<'static>,
    /// `iat` of the newest provider token seen.
    pub(super) issued_at: Option<i64>,
}

/// A request as it came.
pub(super) struct Caller<'a> {
    pub(super) method: &'a str,
    pub(super) path: &'a str,
    pub(super) headers: &'a [(String, String)],
    pub(super) body: &'a [u8],
}

impl Caller<'_> {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// A broken rule and Apple's answer to it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) status: u16,
    pub(super) reason: &'static str,
    pub(super) violation: String,
}

fn refuse(status: u16, reason: &'static str, violation: impl Into<String>) -> Result<(), Refusal> {
    Err(Refusal { status, reason, violation: violation.into() })
}

/// Checks everything; `certificate` is the client's, if it showed one.
pub(super) fn check(
    caller: &Caller<'_>,
    certificate: Option<&CertificateDer<'_>>,
    rules: &mut Rules,
) -> Result<(), Refusal> {
    if caller.method != "POST" {
        return refuse(405, "MethodNotAllowed", caller.method);
    }
    let Some(token) = caller.path.strip_prefix("/3/device/") else {
        return refuse(404, "BadPath", caller.path);
    };
    if token.is_empty() {
        return refuse(400, "MissingDeviceToken", "no token in the path");
    }
    let hex = token.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    if !hex || !(64..=200).contains(&token.len()) || !token.len().is_multiple_of(2) {
        return refuse(400, "BadDeviceToken", format!("{token:?} is no token in lower-case hex"));
    }
    for (at, (name, _)) in caller.headers.iter().enumerate() {
        if name.starts_with("apns-") && caller.headers[..at].iter().any(|(earlier, _)| earlier == name) {
            return refuse(400, "DuplicateHeaders", name);
        }
    }
    authenticate(caller, certificate, rules)?;
    let (push_type, priority) = headers(caller, rules)?;
    body(caller.body, push_type, priority)
}

fn authenticate(
    caller: &Caller<'_>,
    certificate: Option<&CertificateDer<'_>>,
    rules: &mut Rules,
) -> Result<(), Refusal> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Claims {
        iss: String,
        iat: i64,
    }
    let Some(authorization) = caller.header("authorization") else {
        return match certificate {
            Some(certificate) if *certificate == rules.client => Ok(()),
            Some(_) => refuse(403, "BadCertificate", "not the certificate of this app"),
            None => refuse(403, "MissingProviderToken", "neither authorization nor a client certificate"),
        };
    };
    let Some(jwt) = authorization.strip_prefix("bearer ") else {
        return refuse(403, "InvalidProviderToken", "authorization does not begin with \"bearer \"");
    };
    let mut validation = Validation::new(Algorithm::ES256);
    validation.validate_exp = false;
    validation.required_spec_claims.clear();
    let decoded = match jsonwebtoken::decode::<Claims>(jwt, &rules.public_key, &validation) {
        Ok(decoded) => decoded,
        Err(error) => return refuse(403, "InvalidProviderToken", error.to_string()),
    };
    if decoded.header.kid.as_deref() != Some(&rules.key_id) || decoded.claims.iss != rules.team_id {
        return refuse(403, "InvalidProviderToken", "kid or iss is not ours");
    }
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs().cast_signed());
    let issued_at = decoded.claims.iat;
    if now - issued_at > TOKEN_SECONDS || issued_at > now + 60 {
        return refuse(403, "ExpiredProviderToken", format!("issued {} s ago", now - issued_at));
    }
    if let Some(newest) = rules.issued_at
        && issued_at > newest
        && issued_at - newest < TOKEN_INTERVAL_SECONDS
    {
        return refuse(
            429,
            "TooManyProviderTokenUpdates",
            format!("new token after {} s", issued_at - newest),
        );
    }
    rules.issued_at = rules.issued_at.max(Some(issued_at));
    Ok(())
}

fn headers<'a>(caller: &'a Caller<'_>, rules: &Rules) -> Result<(&'a str, &'a str), Refusal> {
    let refuse =
        |status, reason, violation: &str| Err(Refusal { status, reason, violation: violation.to_owned() });
    let known =
        ["apns-topic", "apns-push-type", "apns-priority", "apns-expiration", "apns-id", "apns-collapse-id"];
    if let Some((name, _)) =
        caller.headers.iter().find(|(name, _)| name.starts_with("apns-") && !known.contains(&name.as_str()))
    {
        return refuse(400, "BadMessageId", &format!("unknown header {name}"));
    }
    if let Some(id) = caller.header("apns-id")
        && !is_uuid(id)
    {
        return refuse(400, "BadMessageId", id);
    }
    if let Some(expiration) = caller.header("apns-expiration")
        && (expiration.parse::<u32>().is_err() || expiration.starts_with('+'))
    {
        return refuse(400, "BadExpirationDate", expiration);
    }
    let priority = caller.header("apns-priority").unwrap_or("10");
    if !["1", "5", "10"].contains(&priority) {
        return refuse(400, "BadPriority", priority);
    }
    if let Some(id) = caller.header("apns-collapse-id")
        && id.len() > 64
    {
        return refuse(400, "BadCollapseId", id);
    }
    let Some(push_type) = caller.header("apns-push-type") else {
        return refuse(400, "InvalidPushType", "apns-push-type is missing");
    };
    let Some(topic) = caller.header("apns-topic") else {
        return refuse(400, "MissingTopic", "apns-topic is missing");
    };
    let bundle = match push_type {
        "alert" | "background" => topic,
        "voip" => match topic.strip_suffix(".voip") {
            Some(bundle) => bundle,
            None => return refuse(400, "BadTopic", "a voip push needs the topic suffix .voip"),
        },
        other => return refuse(400, "InvalidPushType", other),
    };
    if !rules.bundle_ids.iter().any(|known| known == bundle) {
        return refuse(400, "TopicDisallowed", topic);
    }
    Ok((push_type, priority))
}

fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => matches!(byte, b'0'..=b'9' | b'a'..=b'f'),
        })
}

fn body(bytes: &[u8], push_type: &str, priority: &str) -> Result<(), Refusal> {
    if bytes.is_empty() {
        return refuse(400, "PayloadEmpty", "no body");
    }
    let most = if push_type == "voip" { MOST_VOIP_BYTES } else { MOST_BYTES };
    if bytes.len() > most {
        return refuse(413, "PayloadTooLarge", format!("{} bytes, {most} allowed", bytes.len()));
    }
    // Apple documents no reason for a malformed body; the double must not let it pass.
    let malformed = |what: &str| refuse(400, "PayloadEmpty", format!("malformed body: {what}"));
    let Ok(Value::Object(body)) = serde_json::from_slice::<Value>(bytes) else {
        return malformed("not a JSON object");
    };
    let Some(aps) = body.get("aps").and_then(Value::as_object) else {
        return malformed("aps is not an object");
    };
    for (key, value) in aps {
        let fits = match key.as_str() {
            "alert" => is_alert(value),
            "badge" => value.as_u64().is_some(),
            "sound" | "thread-id" | "category" | "target-content-id" | "payload" => value.is_string(),
            "mutable-content" | "content-available" => value.as_u64() == Some(1),
            "interruption-level" => {
                ["passive", "active", "time-sensitive", "critical"].iter().any(|level| value == level)
            }
            "relevance-score" => value.as_f64().is_some_and(|score| (0.0..=1.0).contains(&score)),
            _ => false,
        };
        if !fits {
            return malformed(&format!("aps.{key} = {value}"));
        }
    }
    let shows = ["alert", "sound", "badge"].iter().any(|key| aps.contains_key(*key));
    match push_type {
        "background" if priority != "5" => refuse(400, "BadPriority", "a background push has priority 5"),
        "background" if shows || !aps.contains_key("content-available") => {
            malformed("a background push has content-available and neither alert nor sound nor badge")
        }
        "alert" if !shows => malformed("an alert push has alert, sound or badge"),
        _ => Ok(()),
    }
}

fn is_alert(value: &Value) -> bool {
    const KEYS: [&str; 3] = ["title", "subtitle", "body"];
    match value {
        Value::String(_) => true,
        Value::Object(alert) => {
            !alert.is_empty()
                && alert.iter().all(|(key, text)| KEYS.contains(&key.as_str()) && text.is_string())
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::Authority;
    use jsonwebtoken::{EncodingKey, Header};

    const GOOD: &str = r#"{"aps":{"alert":{"title":"t","body":"b"},"sound":"default"}}"#;

    struct Rig {
        rules: Rules,
        key: EncodingKey,
        now: i64,
    }

    impl Rig {
        fn new() -> Self {
            let key = rcgen::KeyPair::generate().unwrap();
            let rules = Rules {
                bundle_ids: vec!["app".into()],
                key_id: "KID".into(),
                team_id: "TEAM".into(),
                public_key: DecodingKey::from_ec_der(key.public_key_raw()),
                client: Authority::generate().client("app").certificate().clone(),
                issued_at: None,
            };
            let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs().cast_signed();
            Self { rules, key: EncodingKey::from_ec_pem(key.serialize_pem().as_bytes()).unwrap(), now }
        }

        fn bearer(&self, kid: &str, team: &str, iat: i64) -> String {
            let header = Header { kid: Some(kid.into()), ..Header::new(Algorithm::ES256) };
            let claims = serde_json::json!({"iss": team, "iat": iat});
            format!("bearer {}", jsonwebtoken::encode(&header, &claims, &self.key).unwrap())
        }

        /// Reason for a good request with some headers replaced (empty value = left out).
        fn reason(&mut self, method: &str, path: &str, changes: &[(&str, &str)], body: &str) -> &'static str {
            let mut headers = vec![
                ("authorization".to_owned(), self.bearer("KID", "TEAM", self.now)),
                ("apns-topic".to_owned(), "app".to_owned()),
                ("apns-push-type".to_owned(), "alert".to_owned()),
                ("apns-priority".to_owned(), "10".to_owned()),
                ("apns-expiration".to_owned(), "1700000000".to_owned()),
                ("apns-id".to_owned(), "01234567-89ab-8def-8123-456789abcdef".to_owned()),
            ];
            for (name, value) in changes {
                headers.retain(|(key, _)| key != name);
                if !value.is_empty() {
                    headers.push(((*name).to_owned(), (*value).to_owned()));
                }
            }
            let caller = Caller { method, path, headers: &headers, body: body.as_bytes() };
            check(&caller, None, &mut self.rules).map_or_else(|refusal| refusal.reason, |()| "ok")
        }
    }

    #[test]
    fn each_broken_rule_gets_apples_reason() {
        let mut rig = Rig::new();
        let path = format!("/3/device/{}", "ab".repeat(32));
        assert_eq!(rig.reason("POST", &path, &[], GOOD), "ok");
        assert_eq!(rig.reason("GET", &path, &[], GOOD), "MethodNotAllowed");
        assert_eq!(rig.reason("POST", "/2/device/ab", &[], GOOD), "BadPath");
        assert_eq!(rig.reason("POST", "/3/device/", &[], GOOD), "MissingDeviceToken");
        assert_eq!(
            rig.reason("POST", &path.to_uppercase().replace("DEVICE", "device"), &[], GOOD),
            "BadDeviceToken"
        );
        let long = "x".repeat(65);
        let stale = rig.bearer("KID", "TEAM", rig.now - 3_700);
        let hasty = rig.bearer("KID", "TEAM", rig.now + 30);
        let other_key = rig.bearer("OTHER", "TEAM", rig.now);
        let cases: [(&str, &str, &str); 14] = [
            ("authorization", "", "MissingProviderToken"),
            ("authorization", "bearer junk", "InvalidProviderToken"),
            ("authorization", &other_key, "InvalidProviderToken"),
            ("authorization", &stale, "ExpiredProviderToken"),
            ("authorization", &hasty, "TooManyProviderTokenUpdates"),
            ("apns-topic", "", "MissingTopic"),
            ("apns-topic", "other", "TopicDisallowed"),
            ("apns-push-type", "", "InvalidPushType"),
            ("apns-push-type", "banner", "InvalidPushType"),
            ("apns-push-type", "voip", "BadTopic"),
            ("apns-priority", "7", "BadPriority"),
            ("apns-expiration", "soon", "BadExpirationDate"),
            ("apns-id", "7", "BadMessageId"),
            ("apns-collapse-id", &long, "BadCollapseId"),
        ];
        for (name, value, reason) in cases {
            assert_eq!(rig.reason("POST", &path, &[(name, value)], GOOD), reason, "{name}: {value}");
        }
        let background = [("apns-push-type", "background"), ("apns-priority", "5")];
        let silent = r#"{"aps":{"content-available":1}}"#;
        assert_eq!(rig.reason("POST", &path, &background, silent), "ok");
        assert_eq!(rig.reason("POST", &path, &background[..1], silent), "BadPriority");
        assert_eq!(rig.reason("POST", &path, &background, GOOD), "PayloadEmpty");
        for malformed in
            ["", "[]", "{}", r#"{"aps":{}}"#, r#"{"aps":{"alert":1}}"#, r#"{"aps":{"badge":-1}}"#]
        {
            assert_eq!(rig.reason("POST", &path, &[], malformed), "PayloadEmpty", "{malformed}");
        }
        let large = GOOD.replace("\"b\"", &format!("\"{}\"", "b".repeat(4_096)));
        assert_eq!(rig.reason("POST", &path, &[], &large), "PayloadTooLarge");
        let voip = [("apns-push-type", "voip"), ("apns-topic", "app.voip")];
        assert_eq!(rig.reason("POST", &path, &voip, &large), "ok", "VoIP has 5120 bytes");
    }
}
