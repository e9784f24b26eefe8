//! What a vendor's request must be, to the last header and key.

use crate::phone::Phone;
use crate::settings::BUNDLE_ID;
use serde_json::{Value, json};
use zim_core::model::Message;
use zim_vendor_doubles::Recorded;

/// How long a message push is worth delivering, seconds.
const MESSAGE_TTL_S: i64 = 24 * 3_600;
/// What may pass between the decision and the request on a busy machine, seconds.
const SLACK_S: i64 = 60;

/// Checks everything of an APNs request but its body: method, path, authentication, all `apns-` headers.
///
/// # Panics
/// With what differs.
pub fn apns_envelope(request: &Recorded, to: &Phone, push_type: &str) {
    assert_eq!(request.method, "POST");
    assert_eq!(request.path, format!("/3/device/{}", to.vendor_token()));
    assert_eq!(request.status, 200, "{}", request.reason);
    let priority = if push_type == "background" { "5" } else { "10" };
    let expected = json!({
        "apns-topic": BUNDLE_ID,
        "apns-push-type": push_type,
        "apns-priority": priority,
    });
    let mut headers = serde_json::Map::new();
    for (name, value) in request.headers.iter().filter(|(name, _)| name.starts_with("apns-")) {
        match name.as_str() {
            "apns-id" => assert_eq!((value.len(), value.matches('-').count()), (36, 4), "a UUID: {value}"),
            "apns-expiration" => assert!(value.parse::<i64>().is_ok_and(|at| at > 0), "a time: {value}"),
            _ => drop(headers.insert(name.clone(), json!(value))),
        }
    }
    assert_eq!(Value::Object(headers), expected);
    assert!(request.header("apns-id").is_some() && request.header("apns-expiration").is_some());
    // The double has verified the signature; here it only has to be this kind.
    assert!(request.header("authorization").is_some_and(|value| value.starts_with("bearer ey")));
}

/// The APNs request of a message: envelope, expiry a day after the message, and this body.
///
/// # Panics
/// With what differs.
pub fn apns_message(request: &Recorded, to: &Phone, push_type: &str, message: &Message, body: &Value) {
    apns_envelope(request, to, push_type);
    let sent_s = i64::try_from(message.timestamp / 1_000).expect("a time");
    let expires_s = request.header("apns-expiration").and_then(|value| value.parse::<i64>().ok());
    assert_eq!(expires_s, Some(sent_s + MESSAGE_TTL_S));
    assert_eq!(request.body, *body);
}

/// The FCM request of a message or call: method, path, authentication, and this `message` without `android.ttl`, which is
/// checked against the time it has left, seconds.
///
/// # Panics
/// With what differs.
pub fn fcm_message(request: &Recorded, to: &Phone, lives_s: i64, message: &Value) {
    assert_eq!(request.method, "POST");
    assert_eq!(request.path, "/v1/projects/double-project/messages:send");
    assert_eq!(request.status, 200, "{}", request.reason);
    assert!(request.header("authorization").is_some_and(|value| value.starts_with("Bearer ya29.")));
    assert!(request.header("content-type").is_some_and(|value| value.starts_with("application/json")));
    assert_eq!(request.token, to.vendor_token());
    let mut body = request.body.clone();
    let android = body["message"]["android"].as_object_mut().expect("android options");
    let ttl = android.remove("ttl").expect("a time to live");
    let ttl: i64 = ttl.as_str().and_then(|ttl| ttl.strip_suffix('s')?.parse().ok()).expect("seconds");
    assert!((lives_s - SLACK_S..=lives_s).contains(&ttl), "{ttl} s of {lives_s} s");
    assert_eq!(body, json!({ "message": message }));
}

/// How long an FCM message push lives.
pub const FCM_MESSAGE_S: i64 = MESSAGE_TTL_S;
