//! The key of a Huawei service account, and the bearer token it signs.

use crate::identity::Identity;
use crate::secret::Secret;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde::{Deserialize, Serialize};

/// For whom every token is, whatever the file's `token_uri` says.
const AUDIENCE: &str = "https://oauth-login.cloud.huawei.com/oauth2/v3/token";
/// Huawei takes up to a day.
const TOKEN_SECONDS: i64 = 3600;

/// What a downloaded key file says.
#[derive(Deserialize)]
struct KeyFile {
    project_id: String,
    key_id: String,
    private_key: Secret,
    sub_account: String,
}

/// A service account whose key can sign.
pub(crate) struct ServiceAccount {
    /// Project the app belongs to; a part of the address.
    pub(crate) project_id: String,
    key_id: String,
    sub_account: String,
    key: EncodingKey,
}

#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    aud: &'static str,
    iat: i64,
    exp: i64,
}

impl ServiceAccount {
    /// Reads and checks the content of a key file.
    pub(crate) fn parse(json: &[u8]) -> Result<Self, String> {
        let value: serde_json::Value =
            serde_json::from_slice(json).map_err(|error| format!("not JSON: {error}"))?;
        let file: KeyFile = serde_json::from_value(value).map_err(|error| {
            format!(
                "not the key of a service account (project_id, key_id, private_key, sub_account): {error}"
            )
        })?;
        let is_id = |text: &str| {
            !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
        };
        for (name, id) in [("project_id", &file.project_id), ("key_id", &file.key_id)] {
            if !is_id(id) {
                return Err(format!("{name} {id:?} is not an id"));
            }
        }
        if file.sub_account.trim().is_empty() {
            return Err("sub_account is empty".into());
        }
        let key = EncodingKey::from_rsa_pem(file.private_key.expose().as_bytes())
            .map_err(|error| format!("private_key is not an RSA key in PEM: {error}"))?;
        let account =
            Self { project_id: file.project_id, key_id: file.key_id, sub_account: file.sub_account, key };
        // Some keys can be read and not be used, e.g. those that are too short.
        account.sign(0)?;
        Ok(account)
    }

    pub(super) fn identity(&self) -> Identity {
        Identity::new([
            ("project_id", self.project_id.clone()),
            ("key_id", self.key_id.clone()),
            ("sub_account", self.sub_account.clone()),
        ])
    }

    /// A bearer token for the next hour; `now`: UTC ms.
    pub(super) fn sign(&self, now: i64) -> Result<String, String> {
        let mut header = Header::new(Algorithm::PS256);
        header.kid = Some(self.key_id.clone());
        let iat = now / 1_000;
        let claims = Claims { iss: &self.sub_account, aud: AUDIENCE, iat, exp: iat + TOKEN_SECONDS };
        jsonwebtoken::encode(&header, &claims, &self.key)
            .map_err(|error| format!("private_key cannot sign: {error}"))
    }
}
