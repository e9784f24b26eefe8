//! The PushID: the same registration always gives the same id, on the device (also offline) and on the server.

use crate::v1::{PushEnvironment, PushRegistration, PushVendor};
use sha2::{Digest, Sha256};

/// Length of every PushID in bytes.
pub const LENGTH: usize = 46;
const PREFIX: &str = "z1.";
const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// `z1.` and base64url(SHA-256) over vendor, app, certificate set, environment, bundle or package, and vendor token.
///
/// Each variable part is preceded by its length, so that no two registrations share an input. `app_type` 0 counts as 1.
#[must_use]
pub fn derive(app_id: u32, registration: &PushRegistration) -> String {
    let vendor = PushVendor::try_from(registration.vendor).unwrap_or_default();
    let environment = PushEnvironment::try_from(registration.environment).unwrap_or_default();
    let mut hash = Sha256::new();
    hash.update((vendor as i32).to_be_bytes());
    hash.update(app_id.to_be_bytes());
    hash.update(registration.app_type.max(1).to_be_bytes());
    hash.update((environment as i32).to_be_bytes());
    for part in [&registration.bundle_id, &registration.token] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    let mut id = String::with_capacity(LENGTH);
    id.push_str(PREFIX);
    base64url(&hash.finalize(), &mut id);
    id
}

/// Whether `text` has the form of a PushID.
#[must_use]
pub fn is_well_formed(text: &str) -> bool {
    text.len() == LENGTH
        && text.strip_prefix(PREFIX).is_some_and(|rest| rest.bytes().all(|byte| ALPHABET.contains(&byte)))
}

fn base64url(bytes: &[u8], out: &mut String) {
    for chunk in bytes.chunks(3) {
        let mut word = [0_u8; 4];
        word[1..=chunk.len()].copy_from_slice(chunk);
        let word = u32::from_be_bytes(word);
        for index in 0..=chunk.len() {
            out.push(char::from(ALPHABET[(word >> (18 - 6 * index)) as usize & 63]));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn registration() -> PushRegistration {
        PushRegistration {
            vendor: PushVendor::Apns as i32,
            token: "a1".repeat(32),
            bundle_id: "im.example".into(),
            environment: PushEnvironment::Sandbox as i32,
            app_type: 1,
            ..PushRegistration::default()
        }
    }

    #[test]
    fn stable_and_well_formed() {
        let id = derive(1, &registration());
        assert_eq!(id, derive(1, &registration()));
        assert_eq!(id.len(), LENGTH);
        assert!(is_well_formed(&id), "{id}");
        assert!(!is_well_formed("z1.short"));
    }

    #[test]
    fn every_part_counts_and_unset_app_type_is_the_first_set() {
        let base = derive(1, &registration());
        assert_eq!(base, derive(1, &PushRegistration { app_type: 0, ..registration() }));
        let others = [
            derive(2, &registration()),
            derive(1, &PushRegistration { app_type: 2, ..registration() }),
            derive(1, &PushRegistration { token: "b1".repeat(32), ..registration() }),
            derive(1, &PushRegistration { environment: 0, ..registration() }),
            derive(1, &PushRegistration { bundle_id: "im.other".into(), ..registration() }),
            derive(1, &PushRegistration { vendor: PushVendor::Fcm as i32, ..registration() }),
        ];
        assert!(others.iter().all(|other| *other != base));
    }
}
