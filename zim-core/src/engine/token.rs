//! The clear part of a Token04: enough to know locally when it ends. Only the server can tell whether it is genuine.

use zim_proto::ErrorCode;

const PREFIX: &str = "04";
/// Expiry, IV length, IV, ciphertext length: what precedes the ciphertext.
const HEAD_BYTES: usize = 28;

/// Expiry in Unix seconds. 6000107 for another version, 6000103 if it cannot be decoded.
pub(super) fn expiry_s(token: &str) -> Result<i64, ErrorCode> {
    let Some(text) = token.strip_prefix(PREFIX) else {
        let versioned = token.len() > 2 && token.as_bytes()[..2].iter().all(u8::is_ascii_digit);
        return Err(if versioned {
            ErrorCode::NetworkModuleTokenVersionError
        } else {
            ErrorCode::NetworkModuleTokenInvalid
        });
    };
    let head = decode_base64_head(text).ok_or(ErrorCode::NetworkModuleTokenInvalid)?;
    Ok(i64::from_be_bytes(head))
}

/// The first eight bytes of padded standard Base64, if the whole text is well formed and long enough for a token.
fn decode_base64_head(text: &str) -> Option<[u8; 8]> {
    let bytes = text.as_bytes();
    let body = text.trim_end_matches('=');
    let sound = bytes.len().is_multiple_of(4)
        && bytes.len() - body.len() <= 2
        && body.len() * 3 / 4 > HEAD_BYTES
        && body.bytes().all(|byte| sextet(byte).is_some());
    if !sound {
        return None;
    }
    let mut head = [0; 8];
    let mut buffer = 0_u32;
    let mut bits = 0;
    let mut at = 0;
    for &byte in bytes {
        buffer = buffer << 6 | u32::from(sextet(byte)?);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            head[at] = u8::try_from(buffer >> bits & 0xff).ok()?;
            at += 1;
            if at == head.len() {
                return Some(head);
            }
        }
    }
    None
}

fn sextet(byte: u8) -> Option<u8> {
    match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A token with a true head and an arbitrary ciphertext.
    pub(in crate::engine) fn token(expiry_s: i64) -> String {
        let mut bytes = expiry_s.to_be_bytes().to_vec();
        bytes.extend([0, 16]);
        bytes.extend([b'a'; 16]);
        bytes.extend([0, 32]);
        bytes.extend([7; 32]);
        const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let mut text = String::from("04");
        for chunk in bytes.chunks(3) {
            let mut word = 0_u32;
            for at in 0..3 {
                word = word << 8 | u32::from(chunk.get(at).copied().unwrap_or(0));
            }
            for at in 0..4 {
                let digit = DIGITS[usize::try_from(word >> (18 - 6 * at) & 63).unwrap()];
                text.push(if at <= chunk.len() { char::from(digit) } else { '=' });
            }
        }
        text
    }

    #[test]
    fn the_clear_expiry_is_read() {
        assert_eq!(expiry_s(&token(1_900_000_000)), Ok(1_900_000_000));
        assert_eq!(expiry_s(&token(0)), Ok(0));
    }

    #[test]
    fn other_versions_and_garbage_are_told_apart() {
        assert_eq!(expiry_s("03AAAA"), Err(ErrorCode::NetworkModuleTokenVersionError));
        for garbage in ["", "0", "04", "04!!!!", "token", "04AAAA", &token(1)[..40], "04é"] {
            assert_eq!(expiry_s(garbage), Err(ErrorCode::NetworkModuleTokenInvalid), "{garbage}");
        }
    }
}
