//! The rules of a push service for Web Push (RFC 8030), with receivers that can read what was encrypted for them.

use aws_lc_rs::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::agreement::{ECDH_P256, PrivateKey, UnparsedPublicKey, agree};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::hkdf::{HKDF_SHA256, KeyType, Prk, Salt};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use rcgen::KeyPair;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

const MOST_BODY: usize = 4096;
const MOST_TTL_SECONDS: u64 = 2_592_000;
const DAY_SECONDS: i64 = 86_400;
const URGENCIES: [&str; 4] = ["very-low", "low", "normal", "high"];
/// A bearer token that the double has ended.
pub(super) const ENDED: i64 = 403;

/// HTTP status and the broken rule.
pub(super) type Checked<T> = Result<T, (i64, String)>;

fn broken<T>(status: i64, what: impl Into<String>) -> Checked<T> {
    Err((status, what.into()))
}

/// A browser that subscribed.
struct Receiver {
    key: PrivateKey,
    public_key: Vec<u8>,
    auth: [u8; 16],
    /// The subscription as the app hands it over.
    token: String,
}

/// The app's key pair and those who subscribed with it.
pub(super) struct Service {
    vapid: KeyPair,
    by_path: Mutex<HashMap<String, Receiver>>,
}

/// A request's headers, as far as they matter.
pub(super) struct Asked<'a> {
    pub(super) header: &'a dyn Fn(&str) -> &'a str,
    pub(super) path: &'a str,
    pub(super) body: &'a [u8],
    /// `https://host:port` of the double.
    pub(super) origin: &'a str,
    /// Seconds.
    pub(super) now: i64,
}

impl Service {
    pub(super) fn generate() -> Self {
        Self { vapid: KeyPair::generate().expect("the system has randomness"), by_path: Mutex::default() }
    }

    /// The app's private key.
    pub(super) fn vapid_pem(&self) -> String {
        self.vapid.serialize_pem()
    }

    /// Makes a subscription; the same name always gets the same one.
    pub(super) fn subscribe(&self, origin: &str, name: &str) -> String {
        let path = format!("/push/{}", URL_SAFE_NO_PAD.encode(name));
        let mut by_path = self.by_path.lock().unwrap_or_else(PoisonError::into_inner);
        let receiver = by_path.entry(path.clone()).or_insert_with(|| {
            let key = PrivateKey::generate(&ECDH_P256).expect("the system has randomness");
            let public_key = key.compute_public_key().expect("the key is whole").as_ref().to_vec();
            let mut auth = [0; 16];
            aws_lc_rs::rand::fill(&mut auth).expect("the system has randomness");
            let token = json!({
                "endpoint": format!("{origin}{path}"),
                "expirationTime": null,
                "keys": { "p256dh": URL_SAFE_NO_PAD.encode(&public_key), "auth": URL_SAFE_NO_PAD.encode(auth) }
            });
            Receiver { key, public_key, auth, token: token.to_string() }
        });
        receiver.token.clone()
    }

    /// The subscription a path belongs to, empty if to none.
    pub(super) fn token(&self, path: &str) -> String {
        let by_path = self.by_path.lock().unwrap_or_else(PoisonError::into_inner);
        by_path.get(path).map(|receiver| receiver.token.clone()).unwrap_or_default()
    }

    /// Checks a request; gives the message as its receiver reads it, and the authorization's token.
    pub(super) fn open<'a>(&self, asked: &Asked<'a>) -> Checked<(Value, &'a str)> {
        let by_path = self.by_path.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(receiver) = by_path.get(asked.path) else { return broken(404, "nobody subscribed") };
        envelope(asked)?;
        let jwt = self.authorized(asked)?;
        if asked.body.len() > MOST_BODY {
            return broken(413, "more than 4096 bytes");
        }
        let Ok(plain) = receiver.decrypt(asked.body) else { return broken(400, "it cannot be decrypted") };
        match serde_json::from_slice(&plain) {
            Ok(message) => Ok((message, jwt)),
            Err(_) => broken(400, "the message is no JSON"),
        }
    }

    fn authorized<'a>(&self, asked: &Asked<'a>) -> Checked<&'a str> {
        #[derive(Deserialize)]
        struct Claims {
            sub: String,
            exp: i64,
        }
        let value = (asked.header)("authorization");
        let parts = value.strip_prefix("vapid t=").and_then(|rest| rest.split_once(", k="));
        let Some((jwt, key)) = parts else { return broken(401, "authorization") };
        if URL_SAFE_NO_PAD.decode(key).ok().as_deref() != Some(self.vapid.public_key_raw()) {
            return broken(403, "the subscription was made with another key");
        }
        let mut validation = Validation::new(Algorithm::ES256);
        validation.set_audience(&[asked.origin]);
        validation.set_required_spec_claims(&["aud", "exp", "sub"]);
        validation.leeway = 5;
        let key = DecodingKey::from_ec_der(self.vapid.public_key_raw());
        let Claims { sub, exp } = match jsonwebtoken::decode::<Claims>(jwt, &key, &validation) {
            Ok(decoded) => decoded.claims,
            Err(error) => return broken(403, format!("token: {error}")),
        };
        if exp - asked.now > DAY_SECONDS {
            return broken(403, "token: lives longer than a day");
        }
        if !(sub.starts_with("mailto:") || sub.starts_with("https://")) {
            return broken(403, "token: sub");
        }
        Ok(jwt)
    }
}

fn envelope(asked: &Asked<'_>) -> Checked<()> {
    let header = asked.header;
    if !header("ttl").parse::<u64>().is_ok_and(|ttl| ttl <= MOST_TTL_SECONDS) {
        return broken(400, "ttl");
    }
    if !matches!(header("urgency"), "") && !URGENCIES.contains(&header("urgency")) {
        return broken(400, "urgency");
    }
    let is_base64url = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    if header("topic").len() > 32 || !header("topic").bytes().all(is_base64url) {
        return broken(400, "topic");
    }
    if header("content-encoding") != "aes128gcm" || header("content-type") != "application/octet-stream" {
        return broken(400, "content-encoding or content-type");
    }
    Ok(())
}

/// Checks a message as our documents describe it.
pub(super) fn message(message: &Value) -> Checked<()> {
    let Some(fields) = message.as_object() else { return broken(400, "no object") };
    for (name, value) in fields {
        let fits = match name.as_str() {
            "title" | "body" | "payload" | "call_id" | "thread" => {
                value.as_str().is_some_and(|text| !text.is_empty())
            }
            "silent" => value == true,
            "badge" | "badge_increment" => value.is_u64(),
            "zego" => value["version"] == 1 && value["zpns_request_id"].is_string(),
            _ => false,
        };
        if !fits {
            return broken(400, name);
        }
    }
    if fields.contains_key("zego") { Ok(()) } else { broken(400, "zego") }
}

impl Receiver {
    /// RFC 8188 with the keys of RFC 8291: a header, and one record.
    fn decrypt(&self, body: &[u8]) -> Result<Vec<u8>, Unspecified> {
        let (salt, rest) = body.split_at_checked(16).ok_or(Unspecified)?;
        let (size, rest) = rest.split_at_checked(4).ok_or(Unspecified)?;
        let size = u32::from_be_bytes(size.try_into().map_err(|_| Unspecified)?);
        let (length, rest) = rest.split_first().ok_or(Unspecified)?;
        let (sender, sealed) = rest.split_at_checked(usize::from(*length)).ok_or(Unspecified)?;
        if sender.len() != 65 || sealed.len() > size as usize {
            return Err(Unspecified);
        }
        let info = [b"WebPush: info\0", self.public_key.as_slice(), sender];
        let peer = UnparsedPublicKey::new(&ECDH_P256, sender);
        let input: [u8; 32] = agree(&self.key, peer, Unspecified, |shared| {
            expand(&Salt::new(HKDF_SHA256, &self.auth).extract(shared), &info)
        })?;
        let prk = Salt::new(HKDF_SHA256, salt).extract(&input);
        let key: [u8; 16] = expand(&prk, &[b"Content-Encoding: aes128gcm\0"])?;
        let nonce: [u8; 12] = expand(&prk, &[b"Content-Encoding: nonce\0"])?;
        let mut sealed = sealed.to_vec();
        let key = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &key)?);
        let plain = key.open_in_place(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut sealed)?;
        let end = plain.iter().rposition(|byte| *byte != 0).ok_or(Unspecified)?;
        if plain[end] == 2 { Ok(plain[..end].to_vec()) } else { Err(Unspecified) }
    }
}

struct Bytes(usize);

impl KeyType for Bytes {
    fn len(&self) -> usize {
        self.0
    }
}

fn expand<const N: usize>(prk: &Prk, info: &[&[u8]]) -> Result<[u8; N], Unspecified> {
    let mut bytes = [0; N];
    prk.expand(info, Bytes(N))?.fill(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_has_the_documented_keys_and_no_other() {
        let good = json!({
            "title": "t", "body": "b", "payload": "p", "call_id": "1", "thread": "x", "silent": true, "badge": 0,
            "badge_increment": 1, "zego": { "version": 1, "zpns_request_id": "r" }
        });
        assert_eq!(message(&good), Ok(()));
        for (name, value) in [
            ("title", json!("")),
            ("payload", json!({})),
            ("silent", json!(false)),
            ("badge", json!(-1)),
            ("zego", json!("{}")),
            ("tag", json!("x")),
        ] {
            let mut bad = good.clone();
            bad[name] = value;
            assert_eq!(message(&bad).unwrap_err(), (400, name.to_owned()));
        }
        assert!(message(&json!({})).is_err() && message(&json!("x")).is_err());
    }

    #[test]
    fn each_broken_rule_of_the_envelope_is_named() {
        let judge = |name: &'static str, value: &'static str| {
            let header = |asked: &str| match asked {
                _ if asked == name => value,
                "ttl" => "60",
                "urgency" => "high",
                "topic" => "abc-_9",
                "content-encoding" => "aes128gcm",
                "content-type" => "application/octet-stream",
                _ => "",
            };
            envelope(&Asked { header: &header, path: "", body: b"", origin: "", now: 0 })
        };
        assert_eq!(judge("", ""), Ok(()));
        for (name, value) in [
            ("ttl", ""),
            ("ttl", "2592001"),
            ("urgency", "urgent"),
            ("topic", "a/b"),
            ("topic", "012345678901234567890123456789012"),
            ("content-encoding", "aesgcm"),
            ("content-type", "application/json"),
        ] {
            assert!(judge(name, value).is_err(), "{name}: {value}");
        }
    }
}
