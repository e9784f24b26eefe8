//! Token04: the login token an app's own backend makes from the app's ServerSecret.
//!
//! `04`, then Base64 of: expiry (i64, seconds), IV length (u16) and IV, ciphertext length (u16) and ciphertext; integers
//! big-endian. The ciphertext is AES-CBC with PKCS#7 padding over a JSON object and has no authentication tag, so every
//! field is checked, and all ways to be wrong look the same from outside.

use aes::cipher::block_padding::Pkcs7;
use aes::cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyIvInit};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use zim_proto::ErrorCode;

/// Least validity a token must have left at login, in seconds.
pub const MIN_REMAINING_S: i64 = 30;
/// Longest validity the product allows, in seconds (24 days).
pub const MAX_VALIDITY_S: i64 = 24 * 86_400;
/// Length of a ServerSecret.
pub const SECRET_CHARACTERS: usize = 32;

const VERSION: &str = "04";
const IV_BYTES: usize = 16;
const BLOCK_BYTES: usize = 16;
/// No honest token comes near it; decoding stops before anything large is allocated.
const MAX_TOKEN_CHARACTERS: usize = 16 * 1024;

/// What a token says, after every check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claims {
    /// UTC milliseconds from which the token is worth nothing.
    pub expire_at: i64,
}

/// Why a token is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.describe())]
pub enum TokenError {
    /// Another prefix than `04`.
    Version,
    /// Not decodable with this app's ServerSecret.
    Undecodable,
    /// Made for another app.
    OtherApp,
    /// Made for another user.
    OtherUser,
    /// Valid for longer than the server allows.
    TooLong,
    /// Ran out.
    Expired,
    /// Runs out within 30 seconds.
    TooShort,
}

impl TokenError {
    /// For the developer who reads the login error; never the token.
    #[must_use]
    pub fn describe(self) -> &'static str {
        match self {
            Self::Version => "token version is not 04",
            Self::Undecodable => "token cannot be decoded: made with another ServerSecret, or damaged",
            Self::OtherApp => "token was made for another app id",
            Self::OtherUser => "token was made for another user",
            Self::TooLong => "token is valid for longer than the server allows",
            Self::Expired => "token has expired",
            Self::TooShort => "token expires within 30 seconds",
        }
    }

    /// The published code.
    #[must_use]
    pub fn code(self) -> ErrorCode {
        match self {
            Self::Version => ErrorCode::NetworkModuleTokenVersionError,
            Self::Undecodable | Self::OtherApp | Self::OtherUser | Self::TooLong => {
                ErrorCode::NetworkModuleTokenInvalid
            }
            Self::Expired => ErrorCode::NetworkModuleTokenExpired,
            Self::TooShort => ErrorCode::NetworkModuleTokenTimeIsTooShort,
        }
    }
}

/// For whom and by which rules a token is checked.
#[derive(Clone, Copy)]
pub struct Check<'a> {
    /// App of the login.
    pub app_id: u32,
    /// User of the login; `None` accepts a token for any user of the app (a device session).
    pub user_id: Option<&'a str>,
    /// The app's ServerSecret.
    pub secret: &'a str,
    /// UTC ms.
    pub now: i64,
    /// Longest validity allowed, in seconds.
    pub max_validity_s: i64,
}

#[derive(Serialize, Deserialize)]
struct Plain {
    app_id: u32,
    user_id: String,
    nonce: i64,
    ctime: i64,
    expire: i64,
    #[serde(default)]
    payload: String,
}

/// Checks a token for a login.
pub fn verify(token: &str, check: Check<'_>) -> Result<Claims, TokenError> {
    let Some(text) = token.strip_prefix(VERSION) else {
        return Err(TokenError::Version);
    };
    let (expire, plain) = open(text, check.secret).ok_or(TokenError::Undecodable)?;
    // The clear expiry is not protected by anything: it must repeat what the encrypted part says.
    if plain.expire != expire {
        return Err(TokenError::Undecodable);
    }
    if plain.app_id != check.app_id {
        return Err(TokenError::OtherApp);
    }
    if check.user_id.is_some_and(|user_id| plain.user_id != user_id) {
        return Err(TokenError::OtherUser);
    }
    if expire.saturating_sub(plain.ctime) > check.max_validity_s {
        return Err(TokenError::TooLong);
    }
    let expire_at = expire.saturating_mul(1_000);
    match expire_at.saturating_sub(check.now) {
        remaining if remaining <= 0 => Err(TokenError::Expired),
        remaining if remaining < MIN_REMAINING_S * 1_000 => Err(TokenError::TooShort),
        _ => Ok(Claims { expire_at }),
    }
}

/// Makes a token that is valid for `seconds` from `now` (UTC ms).
///
/// `None`: app id 0, empty user, a secret that is not 16, 24 or 32 bytes, no validity, or no randomness on this machine.
#[must_use]
pub fn generate(app_id: u32, user_id: &str, secret: &str, seconds: i64, now: i64) -> Option<String> {
    if app_id == 0 || user_id.is_empty() || seconds <= 0 {
        return None;
    }
    let mut random = [0_u8; IV_BYTES + 4];
    getrandom::fill(&mut random).ok()?;
    let (iv, nonce) = random.split_at_mut(IV_BYTES);
    // The published generators draw the IV from digits and lower-case letters; so do we.
    for byte in iv.iter_mut() {
        *byte = b"0123456789abcdefghijklmnopqrstuvwxyz"[usize::from(*byte) % 36];
    }
    let nonce = i64::from(i32::from_be_bytes(nonce.try_into().ok()?));
    let ctime = now / 1_000;
    let expire = ctime.checked_add(seconds)?;
    let plain = Plain { app_id, user_id: user_id.to_owned(), nonce, ctime, expire, payload: String::new() };
    seal(expire, iv, &serde_json::to_vec(&plain).ok()?, secret)
}

fn seal(expire: i64, iv: &[u8], plain: &[u8], secret: &str) -> Option<String> {
    let mut buffer = vec![0_u8; plain.len() + BLOCK_BYTES];
    buffer[..plain.len()].copy_from_slice(plain);
    let length = plain.len();
    let key = secret.as_bytes();
    let cipher = match key.len() {
        16 => cbc::Encryptor::<aes::Aes128>::new_from_slices(key, iv)
            .ok()?
            .encrypt_padded::<Pkcs7>(&mut buffer, length)
            .ok()?
            .len(),
        24 => cbc::Encryptor::<aes::Aes192>::new_from_slices(key, iv)
            .ok()?
            .encrypt_padded::<Pkcs7>(&mut buffer, length)
            .ok()?
            .len(),
        32 => cbc::Encryptor::<aes::Aes256>::new_from_slices(key, iv)
            .ok()?
            .encrypt_padded::<Pkcs7>(&mut buffer, length)
            .ok()?
            .len(),
        _ => return None,
    };
    let mut bytes = Vec::with_capacity(cipher + 28);
    bytes.extend_from_slice(&expire.to_be_bytes());
    bytes.extend_from_slice(&u16::try_from(iv.len()).ok()?.to_be_bytes());
    bytes.extend_from_slice(iv);
    bytes.extend_from_slice(&u16::try_from(cipher).ok()?.to_be_bytes());
    bytes.extend_from_slice(&buffer[..cipher]);
    Some(format!("{VERSION}{}", STANDARD.encode(bytes)))
}

fn open(text: &str, secret: &str) -> Option<(i64, Plain)> {
    if text.len() > MAX_TOKEN_CHARACTERS {
        return None;
    }
    let bytes = STANDARD.decode(text).ok()?;
    let (expire, rest) = bytes.split_first_chunk::<8>()?;
    let (iv, rest) = counted(rest)?;
    let (cipher, rest) = counted(rest)?;
    if iv.len() != IV_BYTES || !rest.is_empty() {
        return None;
    }
    let mut buffer = cipher.to_vec();
    let key = secret.as_bytes();
    let plain = match key.len() {
        16 => cbc::Decryptor::<aes::Aes128>::new_from_slices(key, iv)
            .ok()?
            .decrypt_padded::<Pkcs7>(&mut buffer)
            .ok()?,
        24 => cbc::Decryptor::<aes::Aes192>::new_from_slices(key, iv)
            .ok()?
            .decrypt_padded::<Pkcs7>(&mut buffer)
            .ok()?,
        32 => cbc::Decryptor::<aes::Aes256>::new_from_slices(key, iv)
            .ok()?
            .decrypt_padded::<Pkcs7>(&mut buffer)
            .ok()?,
        _ => return None,
    };
    Some((i64::from_be_bytes(*expire), serde_json::from_slice(plain).ok()?))
}

fn counted(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<2>()?;
    rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "0123456789abcdef0123456789abcdef";
    const NOW: i64 = 1_700_000_000_000;

    fn check(user_id: &str) -> Check<'_> {
        Check { app_id: 1, user_id: Some(user_id), secret: SECRET, now: NOW, max_validity_s: MAX_VALIDITY_S }
    }

    fn token(seconds: i64) -> String {
        generate(1, "alice", SECRET, seconds, NOW).unwrap()
    }

    #[test]
    fn a_generated_token_has_the_published_layout_and_verifies() {
        let token = token(3_600);
        let bytes = STANDARD.decode(token.strip_prefix("04").unwrap()).unwrap();
        assert_eq!(bytes[..8], (NOW / 1_000 + 3_600).to_be_bytes());
        assert_eq!(bytes[8..10], [0, 16]);
        assert!(bytes[10..26].iter().all(|byte| byte.is_ascii_digit() || byte.is_ascii_lowercase()));
        assert_eq!(usize::from(u16::from_be_bytes([bytes[26], bytes[27]])) + 28, bytes.len());
        assert_eq!(verify(&token, check("alice")), Ok(Claims { expire_at: NOW + 3_600_000 }));
    }

    /// Encrypted by OpenSSL 3 (`enc -aes-256-cbc`) and put together by hand.
    #[test]
    fn a_token_of_another_implementation_verifies() {
        let token = concat!(
            "04AAAAAGVT/xAAEGszajl6cTB2MW13OHgyYXkAcBQAQtAjCtmYoihIytiAFRX1XNJKkEIqZsehSQr8rQhXnbmr0ivy",
            "L6hol35W2jN2TTKpkaUophIurxN4rrWAdDpi/9XcW+3avUwHXZC000JkgRahtp13ZkrAZJ5fuXzDJw0FJrJ6HbbaJ0",
            "ai+M06ZQk="
        );
        assert_eq!(verify(token, check("alice")), Ok(Claims { expire_at: NOW + 3_600_000 }));
    }

    /// A token made step by step outside this module's generator: fixed IV, keys in another order, privileges inside.
    #[test]
    fn a_foreign_generators_token_verifies() {
        let expire = NOW / 1_000 + 600;
        let plain = format!(
            r#"{{"user_id":"alice","payload":"{{\"privilege\":{{\"1\":1}}}}","expire":{expire},"nonce":-2147483648,"ctime":{},"app_id":1}}"#,
            NOW / 1_000
        );
        let token = seal(expire, b"abcdefgh01234567", plain.as_bytes(), SECRET).unwrap();
        assert_eq!(verify(&token, check("alice")), Ok(Claims { expire_at: expire * 1_000 }));
    }

    #[test]
    fn sixteen_and_twenty_four_byte_secrets_work_and_others_do_not() {
        for length in [16, 24] {
            let token = generate(1, "alice", &SECRET[..length], 60, NOW).unwrap();
            let check = Check { secret: &SECRET[..length], ..check("alice") };
            assert!(verify(&token, check).is_ok());
        }
        assert_eq!(generate(1, "alice", &SECRET[..31], 60, NOW), None);
        assert_eq!(generate(0, "alice", SECRET, 60, NOW), None);
        assert_eq!(generate(1, "", SECRET, 60, NOW), None);
        assert_eq!(generate(1, "alice", SECRET, 0, NOW), None);
    }

    #[test]
    fn every_rule_has_its_published_code() {
        let table = [
            (verify(&token(-1 + 30), check("alice")), 6_000_108),
            (verify(&token(60), Check { now: NOW + 60_000, ..check("alice") }), 6_000_106),
            (verify(&token(60), check("bob")), 6_000_103),
            (verify(&token(60), Check { app_id: 2, ..check("alice") }), 6_000_103),
            (verify(&token(60), Check { secret: &"x".repeat(32), ..check("alice") }), 6_000_103),
            (verify(&token(MAX_VALIDITY_S + 1), check("alice")), 6_000_103),
            (verify(&token(60).replacen("04", "03", 1), check("alice")), 6_000_107),
            (verify("", check("alice")), 6_000_107),
            (verify("04", check("alice")), 6_000_103),
            (verify(&format!("04{}", "A".repeat(1 << 20)), check("alice")), 6_000_103),
        ];
        for (result, code) in table {
            assert_eq!(result.unwrap_err().code().code(), code);
        }
        assert!(verify(&token(30), check("alice")).is_ok(), "30 s left is enough");
    }

    #[test]
    fn a_changed_clear_expiry_is_noticed_and_cut_tokens_never_panic() {
        let token = token(60);
        let mut bytes = STANDARD.decode(&token[2..]).unwrap();
        bytes[7] ^= 1;
        let forged = format!("04{}", STANDARD.encode(&bytes));
        assert_eq!(verify(&forged, check("alice")), Err(TokenError::Undecodable));
        for length in 0..bytes.len() {
            let cut = format!("04{}", STANDARD.encode(&bytes[..length]));
            assert_eq!(verify(&cut, check("alice")), Err(TokenError::Undecodable));
        }
    }
}
