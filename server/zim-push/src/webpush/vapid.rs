//! Who sends (RFC 8292, VAPID): one key pair per app, and a token for each push service that it signs.

use crate::clock::Clock;
use crate::identity::Identity;
use aws_lc_rs::agreement::{ECDH_P256, PrivateKey};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::pki_types::pem::PemObject as _;
use serde::Serialize;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use zeroize::Zeroizing;

/// Push services take up to a day, and Apple none that are made anew for each push.
const TOKEN_SECONDS: i64 = 12 * 3_600;
/// A token is replaced this long before it runs out.
const AHEAD_MS: i64 = 3_600_000;
/// Push services whose tokens are kept; the well-known ones are four.
const MOST_ORIGINS: usize = 1_024;

/// Bytes of a P-256 private key as a number.
const KEY_BYTES: usize = 32;
/// Zeros at its front that a generator may have left out; a shorter number is a mistake, not a key.
const MOST_LEFT_OUT: usize = 2;

/// An app's key pair.
pub(crate) struct VapidKey {
    key: EncodingKey,
    /// base64url, as browsers are given it.
    public_key: String,
}

impl VapidKey {
    /// Reads a P-256 private key: PKCS#8 in PEM, or the number in base64url as key generators for Web Push print it.
    pub(crate) fn parse(file: &[u8]) -> Result<Self, String> {
        let text = std::str::from_utf8(file).map_err(|_| "neither PEM nor base64url")?.trim();
        let pair = if text.starts_with("-----") {
            let der = PrivatePkcs8KeyDer::from_pem_slice(text.as_bytes())
                .map_err(|error| format!("no private key in PKCS#8 PEM: {error}"))?;
            EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, der.secret_pkcs8_der())
        } else {
            let number = URL_SAFE_NO_PAD.decode(text.trim_end_matches('='));
            let number = padded(&Zeroizing::new(number.map_err(|_| "neither PEM nor base64url")?))?;
            let public_key = PrivateKey::from_private_key(&ECDH_P256, &*number)
                .ok()
                .and_then(|key| key.compute_public_key().ok())
                .ok_or("not a private key of P-256")?;
            EcdsaKeyPair::from_private_key_and_public_key(
                &ECDSA_P256_SHA256_FIXED_SIGNING,
                &*number,
                public_key.as_ref(),
            )
        };
        let pair = pair.map_err(|error| format!("not a private key of P-256: {error}"))?;
        let der = pair.to_pkcs8v1().map_err(|_| "the key cannot be used")?;
        Ok(Self {
            key: EncodingKey::from_ec_der(der.as_ref()),
            public_key: URL_SAFE_NO_PAD.encode(pair.public_key().as_ref()),
        })
    }
}

/// The number in full length: one key in 256 begins with a zero, and not every generator prints it.
fn padded(number: &[u8]) -> Result<Zeroizing<[u8; KEY_BYTES]>, String> {
    let mut all = Zeroizing::new([0; KEY_BYTES]);
    match KEY_BYTES.checked_sub(number.len()) {
        Some(left_out) if left_out <= MOST_LEFT_OUT => all[left_out..].copy_from_slice(number),
        _ => return Err(format!("{} bytes: a private key of P-256 has {KEY_BYTES}", number.len())),
    }
    Ok(all)
}

/// Checks the contact that push services are given.
pub(crate) fn check_subject(subject: &str) -> Result<(), &'static str> {
    let fault = "subject is how push services reach you: mailto:you@example.com, or an https address";
    let host = match (subject.strip_prefix("mailto:"), subject.strip_prefix("https://")) {
        (Some(address), _) => address.rsplit_once('@').map(|(_, host)| host),
        (_, Some(rest)) => rest.split(['/', ':', '?']).next(),
        _ => None,
    };
    let host = host.filter(|host| host.contains('.') && !host.starts_with('.')).ok_or(fault)?;
    // Apple refuses these, with an answer that does not say so.
    if [".local", ".localhost", ".invalid", ".test"].iter().any(|end| host.ends_with(end)) {
        return Err(fault);
    }
    Ok(())
}

#[derive(Serialize)]
struct Claims<'a> {
    aud: &'a str,
    exp: i64,
    sub: &'a str,
}

/// The authorizations of one key, one per push service.
pub(super) struct Vapid {
    key: VapidKey,
    subject: String,
    clock: Arc<dyn Clock>,
    by_origin: Mutex<HashMap<String, Authorization>>,
}

/// A header's value, and since when it is used.
#[derive(Clone)]
pub(super) struct Authorization {
    pub(super) value: Arc<str>,
    fresh_until: i64,
    /// Nobody has used it before.
    pub(super) is_new: bool,
}

impl Vapid {
    pub(super) fn new(key: VapidKey, subject: String, clock: Arc<dyn Clock>) -> Self {
        Self { key, subject, clock, by_origin: Mutex::default() }
    }

    /// Browsers subscribe with the public key.
    pub(super) fn identity(&self) -> Identity {
        Identity::new([("public_key", self.key.public_key.clone()), ("subject", self.subject.clone())])
    }

    /// The value of `authorization` for this push service, `https://host[:port]`.
    pub(super) fn authorize(&self, origin: &str) -> Result<Authorization, String> {
        let now = self.clock.now_ms();
        let mut by_origin = self.by_origin.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = by_origin.get(origin).filter(|known| now < known.fresh_until) {
            return Ok(known.clone());
        }
        let exp = now / 1_000 + TOKEN_SECONDS;
        let claims = Claims { aud: origin, exp, sub: &self.subject };
        let jwt = jsonwebtoken::encode(&Header::new(Algorithm::ES256), &claims, &self.key.key)
            .map_err(|error| format!("the key cannot sign: {error}"))?;
        let value = format!("vapid t={jwt}, k={}", self.key.public_key).into();
        let new = Authorization { value, fresh_until: exp * 1_000 - AHEAD_MS, is_new: false };
        if by_origin.len() >= MOST_ORIGINS {
            by_origin.clear();
        }
        by_origin.insert(origin.to_owned(), new.clone());
        Ok(Authorization { is_new: true, ..new })
    }

    /// The push service refused this one: the next [`authorize`](Self::authorize) signs another.
    pub(super) fn refused(&self, origin: &str, authorization: &Authorization) {
        let mut by_origin = self.by_origin.lock().unwrap_or_else(PoisonError::into_inner);
        if by_origin.get(origin).is_some_and(|known| Arc::ptr_eq(&known.value, &authorization.value)) {
            by_origin.remove(origin);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_whose_leading_zero_was_left_out_is_the_same_key() {
        let mut number = [7; KEY_BYTES];
        number[0] = 0;
        let read = |number: &[u8]| VapidKey::parse(URL_SAFE_NO_PAD.encode(number).as_bytes());
        let whole = read(&number).expect("a key").public_key;
        assert_eq!(read(&number[1..]).expect("the same").public_key, whole);
        for faulty in [&[][..], &[7; 16], &[7; 33]] {
            let fault = read(faulty).err().expect("no key");
            assert!(fault.ends_with("bytes: a private key of P-256 has 32"), "{fault}");
        }
    }

    #[test]
    fn a_contact_that_apple_refuses_is_refused_here() {
        for good in ["mailto:push@example.com", "https://example.com", "https://example.com/contact"] {
            assert_eq!(check_subject(good), Ok(()), "{good}");
        }
        for bad in [
            "",
            "push@example.com",
            "mailto:push@localhost",
            "mailto:push@box.local",
            "mailto:example.com",
            "http://example.com",
            "https://localhost:8443/",
            "https://x.invalid/",
        ] {
            assert!(check_subject(bad).is_err(), "{bad}");
        }
    }
}
