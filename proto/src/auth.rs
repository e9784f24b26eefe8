//! AppSign authentication: the key never travels, the client proves it by answering the server's challenge.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// Length of an AppSign in hexadecimal characters.
pub const APP_SIGN_CHARACTERS: usize = 64;

/// The 32-byte key behind an AppSign, or `None` if `text` is not 64 hexadecimal characters.
#[must_use]
pub fn app_sign_key(text: &str) -> Option<[u8; 32]> {
    if text.len() != APP_SIGN_CHARACTERS {
        return None;
    }
    let mut key = [0_u8; 32];
    for (byte, pair) in key.iter_mut().zip(text.as_bytes().chunks(2)) {
        let high = char::from(pair[0]).to_digit(16)?;
        let low = char::from(pair[1]).to_digit(16)?;
        *byte = u8::try_from(high * 16 + low).ok()?;
    }
    Some(key)
}

/// HMAC-SHA256 over challenge, appID, userID and device id. `user_id` is empty for a ZPNs-only device session.
#[must_use]
pub fn app_sign_proof(
    key: &[u8; 32],
    challenge: &[u8],
    app_id: u32,
    user_id: &str,
    device_id: &str,
) -> [u8; 32] {
    message(key, challenge, app_id, user_id, device_id).finalize().into_bytes().into()
}

/// Whether `proof` is the proof for these values, in constant time.
#[must_use]
pub fn verify_app_sign(
    key: &[u8; 32],
    challenge: &[u8],
    app_id: u32,
    user_id: &str,
    device_id: &str,
    proof: &[u8],
) -> bool {
    message(key, challenge, app_id, user_id, device_id).verify_slice(proof).is_ok()
}

fn message(key: &[u8; 32], challenge: &[u8], app_id: u32, user_id: &str, device_id: &str) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
    mac.update(challenge);
    mac.update(&app_id.to_be_bytes());
    for part in [user_id, device_id] {
        mac.update(&u16::try_from(part.len()).unwrap_or(u16::MAX).to_be_bytes());
        mac.update(part.as_bytes());
    }
    mac
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proof_depends_on_every_part() {
        let key = app_sign_key(&"0a".repeat(32)).unwrap();
        let proof = app_sign_proof(&key, b"challenge", 1, "alice", "device");
        assert!(verify_app_sign(&key, b"challenge", 1, "alice", "device", &proof));
        assert!(!verify_app_sign(&key, b"challengE", 1, "alice", "device", &proof));
        assert!(!verify_app_sign(&key, b"challenge", 2, "alice", "device", &proof));
        assert!(!verify_app_sign(&key, b"challenge", 1, "alic", "edevice", &proof));
        assert!(!verify_app_sign(&[0; 32], b"challenge", 1, "alice", "device", &proof));
    }

    #[test]
    fn a_key_is_64_hexadecimal_characters() {
        assert!(app_sign_key("").is_none());
        assert!(app_sign_key(&"g0".repeat(32)).is_none());
        assert!(app_sign_key(&"é".repeat(32)).is_none());
    }
}
