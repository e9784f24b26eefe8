//! Encryption of what must not lie readable in the database: AES-256-GCM with a key from outside of it.

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use std::fmt;
use zeroize::Zeroizing;

/// Hexadecimal digits of a key.
pub(crate) const KEY_DIGITS: usize = 64;
/// First byte of what is sealed: how it was made.
const VERSION: u8 = 1;

/// Seals and opens. Without a key, which cannot happen to a server that started, it does neither.
pub(crate) struct Sealer(Option<RandomizedNonceKey>);

impl Sealer {
    /// A sealer with a key of [`KEY_DIGITS`] hexadecimal digits.
    pub(crate) fn new(key: &str) -> Self {
        Self(bytes(key).and_then(|key| RandomizedNonceKey::new(&AES_256_GCM, &key).ok()))
    }

    /// Encrypts `secret` for this `place`: it cannot be opened as if it stood elsewhere. `None`: no key, or no randomness.
    pub(crate) fn seal(&self, place: &str, secret: &[u8]) -> Option<Vec<u8>> {
        let mut text = secret.to_vec();
        let nonce = self.0.as_ref()?.seal_in_place_append_tag(Aad::from(place), &mut text).ok()?;
        let mut sealed = vec![VERSION];
        sealed.extend_from_slice(nonce.as_ref());
        sealed.append(&mut text);
        Some(sealed)
    }

    /// The way back. `None`: another key, another place, or damaged.
    pub(crate) fn open(&self, place: &str, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (version, rest) = sealed.split_first()?;
        let (nonce, text) = rest.split_at_checked(NONCE_LEN)?;
        if *version != VERSION {
            return None;
        }
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut text = Zeroizing::new(text.to_vec());
        let length = self.0.as_ref()?.open_in_place(nonce, Aad::from(place), &mut text).ok()?.len();
        text.truncate(length);
        Some(text)
    }
}

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sealer")
    }
}

/// Whether a text can be a key.
pub(crate) fn is_key(text: &str) -> bool {
    bytes(text).is_some()
}

fn bytes(key: &str) -> Option<Zeroizing<Vec<u8>>> {
    if key.len() != KEY_DIGITS || !key.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    let digits = |at: usize| u8::from_str_radix(key.get(at..at + 2)?, 16).ok();
    (0..KEY_DIGITS).step_by(2).map(digits).collect::<Option<Vec<u8>>>().map(Zeroizing::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_key_opens_in_the_same_place() {
        let sealer = Sealer::new(&"5a".repeat(32));
        let sealed = sealer.seal("here", b"hunter2").unwrap();
        assert!(!sealed.windows(7).any(|part| part == b"hunter2"));
        assert_ne!(sealer.seal("here", b"hunter2").unwrap(), sealed, "a nonce is used once");
        assert_eq!(sealer.open("here", &sealed).unwrap().as_slice(), b"hunter2");
        assert!(sealer.open("there", &sealed).is_none());
        assert!(Sealer::new(&"5b".repeat(32)).open("here", &sealed).is_none());
        for at in 0..sealed.len() {
            let mut damaged = sealed.clone();
            damaged[at] ^= 1;
            assert!(sealer.open("here", &damaged).is_none(), "byte {at}");
            assert!(sealer.open("here", &sealed[..at]).is_none(), "cut to {at} bytes");
        }
    }

    #[test]
    fn a_key_is_64_hexadecimal_digits() {
        assert!(is_key(&"0f".repeat(32)));
        for bad in ["", "0f", &"0g".repeat(32), &"é".repeat(32), &"+f".repeat(32)] {
            assert!(!is_key(bad), "{bad:?}");
        }
        assert!(Sealer::new("").seal("here", b"x").is_none());
    }
}
