//! Provider tokens that credentials share: Apple limits how often a key may show a new one, whoever uses the key.

use super::ProviderToken;
use crate::clock::Clock;
use jsonwebtoken::EncodingKey;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

/// The tokens in use. Credentials that are loaded with the same `ProviderTokens` share one per key, whatever apps,
/// environments and files they are for.
#[derive(Default)]
pub struct ProviderTokens(Mutex<HashMap<KeyName, Weak<ProviderToken>>>);

/// A key with the ids it is said to have. The key itself counts: one that was uploaded for another's ids by mistake must not
/// sign for it, nor be signed for.
#[derive(PartialEq, Eq, Hash)]
struct KeyName {
    team_id: String,
    key_id: String,
    digest: [u8; 32],
}

impl ProviderTokens {
    /// The token of a key; `pem` is what it was read from.
    pub(crate) fn of(
        &self,
        key: EncodingKey,
        pem: &[u8],
        (team_id, key_id): (String, String),
        clock: &Arc<dyn Clock>,
    ) -> Arc<ProviderToken> {
        let digest = Sha256::digest(pem.trim_ascii()).into();
        let name = KeyName { team_id: team_id.clone(), key_id: key_id.clone(), digest };
        let mut tokens = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(token) = tokens.get(&name).and_then(Weak::upgrade) {
            return token;
        }
        let token = Arc::new(ProviderToken::new(key, key_id, team_id, Arc::clone(clock)));
        // What no credential uses any more goes with the next new one.
        tokens.retain(|_, token| token.strong_count() > 0);
        tokens.insert(name, Arc::downgrade(&token));
        token
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SystemClock;

    #[test]
    fn one_key_has_one_token_as_long_as_a_credential_uses_it() {
        let (tokens, clock) = (ProviderTokens::default(), Arc::new(SystemClock) as Arc<dyn Clock>);
        let pem = || rcgen::KeyPair::generate().unwrap().serialize_pem();
        let of = |pem: &str, team_id: &str, key_id: &str| {
            let key = EncodingKey::from_ec_pem(pem.as_bytes()).unwrap();
            tokens.of(key, pem.as_bytes(), (team_id.into(), key_id.into()), &clock)
        };
        let (one, other) = (pem(), pem());
        let first = of(&one, "TEAM", "KEY");
        assert!(
            Arc::ptr_eq(&first, &of(&format!("{one}\n"), "TEAM", "KEY")),
            "a line break more is no other key"
        );
        for (pem, team_id, key_id) in
            [(&one, "TEAM", "OTHER"), (&one, "OTHER", "KEY"), (&other, "TEAM", "KEY")]
        {
            assert!(!Arc::ptr_eq(&first, &of(pem, team_id, key_id)), "{team_id} {key_id}");
        }
        let jwt = first.get().unwrap();
        drop(first);
        assert_ne!(of(&one, "TEAM", "KEY").get().unwrap(), jwt, "nobody kept it");
        assert_eq!(tokens.0.lock().unwrap().len(), 1, "and nothing stays of the others");
    }
}
