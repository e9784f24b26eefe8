//! The common parameters of every call: which app, which action, and the proof that the app's backend makes it.

use super::codes::{Code, Refusal};
use crate::hub::Hub;
use md5::{Digest as _, Md5};
use std::collections::{HashSet, VecDeque};
use std::sync::{Mutex, PoisonError};
use subtle::ConstantTimeEq as _;

/// Published: a call counts this long before and after its timestamp, in seconds.
const VALIDITY_S: i64 = 600;
/// A nonce is remembered as long as its timestamp could count, in seconds.
const NONCE_S: i64 = 2 * VALIDITY_S;
/// Nonces remembered at most; beyond them calls are refused rather than replays let in.
const NONCES: usize = 200_000;

/// A call whose origin is proven.
#[derive(Debug)]
pub(super) struct Envelope {
    pub(super) app_id: u32,
    pub(super) action: String,
}

/// Checks the common parameters in the published order of codes.
pub(super) fn open(hub: &Hub, query: &[(String, String)]) -> Result<Envelope, Refusal> {
    let value =
        |name: &str| query.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value.as_str());
    let missing = |name: &str, code: Code| match value(name) {
        "" => Err(Refusal::new(code, format!("{name} is empty"))),
        value => Ok(value),
    };
    let app_id: u32 = value("AppId")
        .parse()
        .ok()
        .filter(|id| *id > 0)
        .ok_or_else(|| Refusal::new(Code::APP_ID_MALFORMED, "AppId is no number above 0"))?;
    let timestamp = missing("Timestamp", Code::TIMESTAMP_EMPTY)?;
    let at: i64 = timestamp
        .parse()
        .map_err(|_| Refusal::new(Code::TIMESTAMP_MALFORMED, "Timestamp is no number of Unix seconds"))?;
    let action = missing("Action", Code::ACTION_EMPTY)?;
    let nonce = missing("SignatureNonce", Code::NONCE_EMPTY)?;
    let signature = missing("Signature", Code::SIGNATURE_EMPTY)?;
    if missing("SignatureVersion", Code::VERSION_EMPTY)? != "2.0" {
        return Err(Refusal::new(Code::VERSION_UNSUPPORTED, "SignatureVersion must be 2.0"));
    }
    let app = hub.config.apps.iter().find(|app| app.id == app_id);
    let app = app.ok_or_else(|| Refusal::new(Code::APP_UNKNOWN, "this server has no app with this AppId"))?;
    let now = hub.clock.now() / 1_000;
    if now.abs_diff(at) > VALIDITY_S.unsigned_abs() {
        return Err(Refusal::new(Code::SIGNATURE_EXPIRED, "Timestamp is more than 10 minutes off"));
    }
    let expected = sign(app_id, nonce, &app.server_secret, timestamp);
    let is_right = bool::from(expected.as_bytes().ct_eq(signature.as_bytes()));
    if app.server_secret.is_empty() || !is_right {
        return Err(Refusal::new(Code::SIGNATURE_ERROR, "Signature is wrong"));
    }
    if !app.enabled {
        return Err(Refusal::new(Code::APP_DISABLED, "the app is switched off on this server"));
    }
    hub.rest.nonces.spend(app_id, nonce, now)?;
    Ok(Envelope { app_id, action: action.to_owned() })
}

/// Lowercase MD5 over AppId, nonce, secret and timestamp: what is published. It proves the caller, not the parameters;
/// the transport protects those.
pub(super) fn sign(app_id: u32, nonce: &str, secret: &str, timestamp: &str) -> String {
    let digest = Md5::digest(format!("{app_id}{nonce}{secret}{timestamp}"));
    digest.iter().fold(String::with_capacity(32), |text, byte| text + &format!("{byte:02x}"))
}

/// Nonces that were used: each signs one call.
#[derive(Default)]
pub(super) struct Nonces(Mutex<Seen>);

#[derive(Default)]
struct Seen {
    known: HashSet<(u32, String)>,
    /// In order of time.
    until: VecDeque<(i64, (u32, String))>,
}

impl Nonces {
    fn spend(&self, app_id: u32, nonce: &str, now: i64) -> Result<(), Refusal> {
        // The published form has 16; a longer one is a way to fill the memory.
        if nonce.len() > 64 {
            return Err(Refusal::new(Code::SIGNATURE_ERROR, "SignatureNonce is longer than 64 bytes"));
        }
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        while seen.until.front().is_some_and(|(until, _)| *until < now) {
            if let Some((_, entry)) = seen.until.pop_front() {
                seen.known.remove(&entry);
            }
        }
        if seen.until.len() >= NONCES {
            return Err(Refusal::new(Code::TOO_FAST, "too many calls in the last minutes"));
        }
        let entry = (app_id, nonce.to_owned());
        if !seen.known.insert(entry.clone()) {
            return Err(Refusal::new(Code::SIGNATURE_ERROR, "SignatureNonce was used before"));
        }
        seen.until.push_back((now + NONCE_S, entry));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documented_signature() {
        let signature = sign(12_345, "4fd24687296dd9f3", "9193cc662a4c0ec135ec71fb57194b38", "1615186943");
        assert_eq!(signature, "43e5cfcca828314675f91b001390566a");
    }

    #[test]
    fn a_nonce_counts_once_and_is_forgotten_later() {
        let nonces = Nonces::default();
        nonces.spend(1, "a", 1_000).unwrap();
        nonces.spend(2, "a", 1_000).unwrap();
        assert_eq!(nonces.spend(1, "a", 1_000 + NONCE_S).unwrap_err().code, Code::SIGNATURE_ERROR);
        nonces.spend(1, "a", 1_001 + NONCE_S).unwrap();
    }
}
