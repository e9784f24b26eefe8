//! The rules of HarmonyOS Push Kit: bearer tokens signed by a service account, and `/v3/…/messages:send`.

use super::huawei::{
    Checked, MALFORMED, MOST_BYTES, MOST_TAG, MOST_TOKENS, MOST_TTL_SECONDS, TOO_LARGE, WRONG_TTL, broken,
    one_of, only, range, text, tokens,
};
use crate::identity::pem;
use aws_lc_rs::encoding::AsDer as _;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::KeyPair as _;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde::Deserialize;
use serde_json::{Value, json};

pub(super) const PROJECT: &str = "388421841222104729";
/// Some tokens of a request are at fault.
pub(super) const SOME_FAILED: i64 = 80_100_000;
/// All are.
pub(super) const ALL_FAILED: i64 = 80_300_007;
/// A bearer token that ran out.
pub(super) const EXPIRED: i64 = 80_200_005;
/// One that cannot be read, or another project's.
const WRONG_AUTHORIZATION: i64 = 80_200_001;
const LIVES_TOO_LONG: i64 = 80_300_036;
const TOO_MANY_TEST_TOKENS: i64 = 80_300_030;
const DAY_SECONDS: i64 = 86_400;
const MOST_TEST_TOKENS: usize = 10;
const KEY_ID: &str = "double-key-1";
const SUB_ACCOUNT: &str = "double@104729.huawei";
const AUDIENCE: &str = "https://oauth-login.cloud.huawei.com/oauth2/v3/token";
/// Those of a notification; there is one more for voice broadcasts.
const CATEGORIES: &[&str] = &[
    "IM",
    "VOIP",
    "MISS_CALL",
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

/// A service account with its key.
pub(super) struct Account {
    key_pem: String,
    public_key: DecodingKey,
}

impl Account {
    pub(super) fn generate() -> Self {
        let key = KeyPair::generate(KeySize::Rsa2048).expect("the system has randomness");
        let der = key.as_der().expect("a generated key can be written");
        Self {
            key_pem: pem("PRIVATE KEY", der.as_ref()),
            public_key: DecodingKey::from_rsa_der(key.public_key().as_ref()),
        }
    }

    /// The file that the owner of the account downloads.
    pub(super) fn json(&self) -> String {
        json!({
            "project_id": PROJECT,
            "key_id": KEY_ID,
            "private_key": self.key_pem,
            "sub_account": SUB_ACCOUNT,
            "auth_uri": "https://oauth-login.cloud.huawei.com/oauth2/v3/authorize",
            "token_uri": AUDIENCE,
            "auth_provider_cert_uri": "https://oauth-login.cloud.huawei.com/oauth2/v3/certs",
            "client_cert_uri": "https://oauth-login.cloud.huawei.com/oauth2/v3/x509?client_id=",
        })
        .to_string()
    }

    /// Checks a bearer token.
    pub(super) fn check(&self, jwt: &str) -> Checked {
        #[derive(Deserialize)]
        struct Claims {
            iat: i64,
            exp: i64,
        }
        let mut validation = Validation::new(Algorithm::PS256);
        validation.set_issuer(&[SUB_ACCOUNT]);
        validation.set_audience(&[AUDIENCE]);
        validation.set_required_spec_claims(&["iss", "aud", "exp"]);
        validation.leeway = 5;
        let decoded = match jsonwebtoken::decode::<Claims>(jwt, &self.public_key, &validation) {
            Ok(decoded) => decoded,
            Err(error) => return broken(WRONG_AUTHORIZATION, format!("bearer token: {error}")),
        };
        let Claims { iat, exp } = decoded.claims;
        if decoded.header.kid.as_deref() != Some(KEY_ID) || decoded.header.typ.as_deref() != Some("JWT") {
            return broken(WRONG_AUTHORIZATION, "bearer token: kid or typ");
        }
        if !(1..=DAY_SECONDS).contains(&(exp - iat)) {
            return broken(LIVES_TOO_LONG, "bearer token: lives longer than a day");
        }
        Ok(())
    }
}

/// Whether a code is answered with 401.
pub(super) fn is_of_authorization(code: i64) -> bool {
    [WRONG_AUTHORIZATION, EXPIRED, LIVES_TOO_LONG].contains(&code)
}

/// What is told about a token at fault.
pub(super) fn illegal(reason: &str, token: &str) -> Value {
    json!({ "illegalTokens": { reason: [token] }, "failure": 1 })
}

/// The first token of a request.
pub(super) fn token(json: &Value) -> &Value {
    &json["target"]["token"][0]
}

/// What tells a repetition.
pub(super) fn key(json: &Value) -> &Value {
    &json["payload"]["notification"]["appMessageId"]
}

/// Checks a request with its header `push-type`; `Err` = Huawei's code and the broken rule.
pub(super) fn message(json: &Value, push_type: &str) -> Checked {
    only(json, &["payload", "target", "pushOptions"], "the request")?;
    only(&json["target"], &["token"], "target")?;
    tokens(&json["target"]["token"], MOST_TOKENS)?;
    if json["pushOptions"]["testMessage"] == true
        && tokens(&json["target"]["token"], MOST_TEST_TOKENS).is_err()
    {
        return broken(TOO_MANY_TEST_TOKENS, "a test message has at most 10 tokens");
    }
    let mut without = json.clone();
    without["target"]["token"] = json!([""]);
    if without.to_string().len() > MOST_BYTES {
        return broken(TOO_LARGE, "more than 4096 bytes without the tokens");
    }
    options(&json["pushOptions"], push_type)?;
    let payload = &json["payload"];
    match push_type {
        "0" => {
            only(payload, &["notification"], "payload")?;
            notification(&payload["notification"])
        }
        "6" => {
            only(payload, &["extraData", "proxyData"], "payload")?;
            if !one_of(&payload["proxyData"], &["ENABLE"]) {
                return broken(MALFORMED, "proxyData");
            }
            extra_data(&payload["extraData"])
        }
        "10" => {
            only(payload, &["extraData"], "payload")?;
            extra_data(&payload["extraData"])
        }
        other => broken(MALFORMED, format!("push-type {other:?}")),
    }
}

fn extra_data(data: &Value) -> Checked {
    if data.as_str().is_some_and(|data| !data.is_empty()) { Ok(()) } else { broken(MALFORMED, "extraData") }
}

fn options(options: &Value, push_type: &str) -> Checked {
    if options.is_null() {
        return Ok(());
    }
    const FIELDS: &[&str] = &["testMessage", "ttl", "collapseKey", "biTag", "receiptId", "backgroundMode"];
    only(options, FIELDS, "pushOptions")?;
    if !range(&options["ttl"], 1, MOST_TTL_SECONDS) {
        return broken(WRONG_TTL, "ttl");
    }
    let boolean = |value: &Value| value.is_null() || value.is_boolean();
    let collapses = !options["collapseKey"].is_null();
    let in_background = !options["backgroundMode"].is_null();
    let fits = boolean(&options["testMessage"])
        && range(&options["collapseKey"], -1, 100)
        && (!collapses || matches!(push_type, "0" | "2"))
        && range(&options["backgroundMode"], 0, 1)
        && (!in_background || push_type == "6")
        && text(&options["biTag"], MOST_TAG);
    if fits { Ok(()) } else { broken(MALFORMED, "pushOptions") }
}

fn notification(notification: &Value) -> Checked {
    const FIELDS: &[&str] = &[
        "category",
        "title",
        "body",
        "clickAction",
        "notifyId",
        "appMessageId",
        "badge",
        "sound",
        "soundDuration",
        "style",
        "inboxContent",
        "image",
        "foregroundShow",
        "profileId",
    ];
    only(notification, FIELDS, "notification")?;
    badge(&notification["badge"])?;
    // Our reading: nothing is shown, so nothing of it is mandatory.
    if notification.as_object().is_some_and(|fields| fields.len() == 1) && !notification["badge"].is_null() {
        return Ok(());
    }
    if notification["category"].is_null() || !one_of(&notification["category"], CATEGORIES) {
        return broken(MALFORMED, "category");
    }
    for name in ["title", "body"] {
        if notification[name].as_str().is_none_or(|text| text.trim().is_empty()) {
            return broken(MALFORMED, name);
        }
    }
    let is_id = |id: &str| id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/=_- ".contains(&byte));
    let id = &notification["appMessageId"];
    if !text(id, 64) || !id.as_str().is_none_or(is_id) {
        return broken(MALFORMED, "appMessageId");
    }
    let style = notification["style"].as_i64();
    let lines = notification["inboxContent"].as_array();
    let fits = range(&notification["notifyId"], -1, i64::from(i32::MAX))
        && text(&notification["sound"], 1024)
        && range(&notification["soundDuration"], 1, 60)
        && matches!(style, None | Some(0 | 3))
        && lines.is_none_or(|lines| style == Some(3) && (1..=3).contains(&lines.len()))
        && notification["image"].as_str().is_none_or(|image| image.starts_with("https://"))
        && text(&notification["profileId"], 64);
    if !fits {
        return broken(MALFORMED, "notification");
    }
    click(&notification["clickAction"])
}

fn badge(badge: &Value) -> Checked {
    if badge.is_null() {
        return Ok(());
    }
    only(badge, &["addNum", "setNum"], "badge")?;
    let is_empty = badge.as_object().is_some_and(serde_json::Map::is_empty);
    if is_empty || !range(&badge["addNum"], 1, 99) || !range(&badge["setNum"], 0, 99) {
        return broken(MALFORMED, "badge");
    }
    Ok(())
}

fn click(click: &Value) -> Checked {
    let given = |name: &str| click[name].as_str().is_some_and(|text| !text.is_empty());
    let needed: &[&str] = match click["actionType"].as_i64() {
        Some(0) => &["actionType", "data"],
        Some(1) if given("uri") || given("action") => &["actionType", "action", "uri", "data"],
        _ => return broken(MALFORMED, "clickAction, or what it needs, is missing"),
    };
    if !click["data"].is_null() && !click["data"].is_object() {
        return broken(MALFORMED, "clickAction.data is no object");
    }
    only(click, needed, "clickAction")
}

#[cfg(test)]
mod tests {
    use super::super::huawei::WRONG_TOKENS;
    use super::*;

    fn good() -> Value {
        json!({
            "payload": { "notification": {
                "category": "IM", "title": "t", "body": "b", "clickAction": { "actionType": 0, "data": {} },
                "appMessageId": "r-1", "badge": { "setNum": 0 }
            } },
            "target": { "token": ["a"] },
            "pushOptions": { "ttl": 60, "biTag": "r" }
        })
    }

    fn judge(request: &Value, push_type: &str) -> i64 {
        message(request, push_type).map_or_else(|(code, _)| code, |()| 0)
    }

    #[test]
    fn each_broken_rule_has_its_code() {
        assert_eq!(judge(&good(), "0"), 0);
        let many = |count: usize| json!((0..count).map(|n| n.to_string()).collect::<Vec<_>>());
        for (place, value, code) in [
            ("/target/token", json!([]), WRONG_TOKENS),
            ("/target/token", many(1_000), 0),
            ("/target/token", many(1_001), WRONG_TOKENS),
            ("/target", json!({ "topic": "x" }), MALFORMED),
            ("/pushOptions/ttl", json!("60"), WRONG_TTL),
            ("/pushOptions/ttl", json!(1_296_001), WRONG_TTL),
            ("/pushOptions", json!({ "collapseKey": 101 }), MALFORMED),
            ("/pushOptions", json!({ "backgroundMode": 0 }), MALFORMED),
            ("/pushOptions", json!({ "test_message": true }), MALFORMED),
            ("/payload/notification/category", json!("PLAY_VOICE"), MALFORMED),
            ("/payload/notification/category", json!(null), MALFORMED),
            ("/payload/notification/title", json!(" "), MALFORMED),
            ("/payload/notification/body", json!("b".repeat(4_096)), TOO_LARGE),
            ("/payload/notification/appMessageId", json!("a:b"), MALFORMED),
            ("/payload/notification/badge", json!({ "addNum": 0 }), MALFORMED),
            ("/payload/notification/badge", json!({}), MALFORMED),
            ("/payload/notification/clickAction", json!(null), MALFORMED),
            ("/payload/notification/clickAction", json!({ "actionType": 1 }), MALFORMED),
            ("/payload/notification/clickAction", json!({ "actionType": 1, "uri": "u" }), 0),
            ("/payload/notification/clickAction", json!({ "actionType": 0, "data": "{}" }), MALFORMED),
            ("/payload/notification", json!({ "badge": { "setNum": 3 } }), 0),
            ("/payload", json!({ "extraData": "x" }), MALFORMED),
        ] {
            let mut request = good();
            *request.pointer_mut(place).unwrap() = value.clone();
            assert_eq!(judge(&request, "0"), code, "{place} = {value}");
        }
        let mut test = good();
        test["pushOptions"]["testMessage"] = json!(true);
        test["target"]["token"] = many(11);
        assert_eq!(judge(&test, "0"), TOO_MANY_TEST_TOKENS);
    }

    #[test]
    fn each_push_type_has_its_payload() {
        let mut request = good();
        assert_eq!(judge(&request, ""), MALFORMED);
        assert_eq!(judge(&request, "6"), MALFORMED);
        request["payload"] = json!({ "extraData": "x", "proxyData": "ENABLE" });
        assert_eq!((judge(&request, "6"), judge(&request, "10")), (0, MALFORMED));
        request["payload"] = json!({ "extraData": "x" });
        assert_eq!((judge(&request, "6"), judge(&request, "10"), judge(&request, "7")), (0, 0, MALFORMED));
        request["payload"] = json!({ "extraData": {} });
        assert_eq!(judge(&request, "10"), MALFORMED);
    }
}
