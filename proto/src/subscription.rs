//! A Web Push subscription: what stands for a vendor's token where a browser, or a UnifiedPush distributor, is the vendor.

use base64::Engine as _;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use std::fmt::{Debug, Formatter};

/// Bytes of a point of P-256, uncompressed.
const POINT: usize = 65;
/// Bytes of the authentication secret.
const SECRET: usize = 16;
/// base64url, with or without padding.
const BASE64URL: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::URL_SAFE,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Where to send, and with which keys to encrypt (RFC 8291).
#[derive(Clone, PartialEq, Eq)]
pub struct Subscription {
    /// The push service's https address of this subscription. A secret: who knows it can send to it.
    pub endpoint: String,
    /// `p256dh`: the receiver's public key, an uncompressed point.
    pub public_key: [u8; POINT],
    /// `auth`: the receiver's authentication secret.
    pub auth: [u8; SECRET],
}

impl Subscription {
    /// Reads what `JSON.stringify(pushSubscription)` gives: `{"endpoint": …, "keys": {"p256dh": …, "auth": …}}`. Other
    /// keys are ignored.
    ///
    /// # Errors
    /// What is wrong with it, without any of its content.
    pub fn parse(token: &str) -> Result<Self, &'static str> {
        let json: serde_json::Value = serde_json::from_str(token).map_err(|_| "is not JSON")?;
        let endpoint = json["endpoint"].as_str().ok_or("has no endpoint")?;
        let rest = endpoint.strip_prefix("https://").ok_or("has an endpoint that is not an https address")?;
        let host = rest.split(['/', '?']).next().unwrap_or_default();
        let is_plain = endpoint.bytes().all(|byte| byte.is_ascii_graphic() && !b"\"\\#<>".contains(&byte));
        if host.is_empty() || host.contains('@') || !is_plain {
            return Err("has an endpoint that is not an https address");
        }
        let key = |name: &str| json["keys"][name].as_str().and_then(|text| BASE64URL.decode(text).ok());
        let public_key = key("p256dh").and_then(|bytes| <[u8; POINT]>::try_from(bytes).ok());
        let public_key = public_key
            .filter(|point| point[0] == 4)
            .ok_or("has a keys.p256dh that is not an uncompressed point of P-256 in base64url")?;
        let auth = key("auth").and_then(|bytes| <[u8; SECRET]>::try_from(bytes).ok());
        let auth = auth.ok_or("has a keys.auth that is not 16 bytes in base64url")?;
        Ok(Self { endpoint: endpoint.to_owned(), public_key, auth })
    }

    /// Whether a token of a browser is meant to be a subscription. Otherwise it is one that Firebase gave.
    #[must_use]
    pub fn is_meant(token: &str) -> bool {
        token.starts_with('{')
    }
}

/// Shows nothing: all of it is secret.
impl Debug for Subscription {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Subscription").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENDPOINT: &str = "https://push.example/p/1?a=b";

    fn token(endpoint: &str, public_key: &[u8], auth: &[u8]) -> String {
        let [public_key, auth] = [public_key, auth].map(|bytes| BASE64URL.encode(bytes));
        serde_json::json!({
            "endpoint": endpoint, "expirationTime": null, "keys": { "p256dh": public_key, "auth": auth }
        })
        .to_string()
    }

    fn point() -> [u8; POINT] {
        let mut point = [7; POINT];
        point[0] = 4;
        point
    }

    #[test]
    fn a_browsers_subscription_is_read() {
        let read = Subscription::parse(&token(ENDPOINT, &point(), &[9; SECRET])).unwrap();
        assert_eq!((read.endpoint.as_str(), read.public_key, read.auth), (ENDPOINT, point(), [9; SECRET]));
        assert!(!format!("{read:?}").contains("push.example"));
        // Browsers leave the padding out, some libraries do not.
        let padded = token("https://push.example/1", &point(), &[9; SECRET]);
        assert!(padded.contains("=\"") && Subscription::parse(&padded.replace('=', "")).is_ok());
    }

    #[test]
    fn each_fault_is_named() {
        let good = || (point(), [9_u8; SECRET]);
        let (key, auth) = good();
        for (token, fault) in [
            (String::from("f7:APA91b"), "is not JSON"),
            (String::from("{}"), "has no endpoint"),
            (token("http://push.example/1", &key, &auth), "not an https address"),
            (token("https://", &key, &auth), "not an https address"),
            (token("https://user@push.example/1", &key, &auth), "not an https address"),
            (token("https://push.example/a b", &key, &auth), "not an https address"),
            (token("https://push.example/\u{7}", &key, &auth), "not an https address"),
            (token(ENDPOINT, &key[..64], &auth), "keys.p256dh"),
            (token(ENDPOINT, &[2; POINT], &auth), "keys.p256dh"),
            (token(ENDPOINT, &key, &auth[..15]), "keys.auth"),
            (format!(r#"{{"endpoint":"{ENDPOINT}","keys":{{"p256dh":"%"}}}}"#), "keys.p256dh"),
        ] {
            let said = Subscription::parse(&token).unwrap_err();
            assert!(said.contains(fault), "{token}: {said}, want {fault}");
        }
    }
}
