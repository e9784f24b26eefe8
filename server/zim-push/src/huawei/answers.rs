//! Every documented answer of Huawei's and what it means. Only 80300007, and a token that a partial success lists,
//! delete a binding.

use crate::model::Outcome;
use crate::oem::{self, Class};
use serde::Deserialize;
use std::time::Duration;

const SUCCESS: i64 = 80_000_000;
/// Some tokens of the request are at fault; the text says which.
const PARTIAL: i64 = 80_100_000;
/// Codes of a 200 or 400.
const CODES: &[(Class, &[i64])] = &[
    // Also the answer to a foreign app's tokens: a burst of it opens the breaker and deletes nothing.
    (Class::TokenInvalid, &[80_300_007]),
    // 80200001: another project's token, or none that can be read; a fresh one is worth a try.
    (Class::AuthExpired, &[80_200_001, 80_200_003, 80_200_005]),
    (Class::TooFast, &[80_100_017]),
    (Class::TooLarge, &[80_300_008]),
    // Service not enabled or another app's; HIGH urgency; receipt address.
    (Class::Misconfigured, &[80_300_002, 80_300_011, 80_300_013]),
    (Class::Rejected, &[80_100_001, 80_100_003, 80_100_004, 80_100_013, 80_100_016, 80_100_018, 80_300_010]),
    (Class::Retry, &[80_600_003, 81_000_001]),
];

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct Body {
    #[serde(deserialize_with = "oem::number")]
    code: Option<i64>,
    #[serde(deserialize_with = "oem::text")]
    msg: String,
    #[serde(deserialize_with = "oem::text")]
    request_id: String,
}

/// The text of a partial success.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Partial {
    illegal_tokens: Vec<String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Login {
    access_token: String,
    #[serde(deserialize_with = "oem::text")]
    error: String,
    #[serde(deserialize_with = "oem::text")]
    sub_error: String,
    #[serde(deserialize_with = "oem::text")]
    error_description: String,
}

/// An answer of Huawei's, before it is taken apart.
pub(super) struct Reply<'a> {
    pub(super) status: u16,
    pub(super) body: &'a [u8],
    /// `retry-after`.
    pub(super) after: Option<Duration>,
    /// UTC ms.
    pub(super) now: i64,
}

impl Reply<'_> {
    /// What an answer to the push to this token means.
    pub(super) fn of_push(&self, token: &str) -> Outcome {
        let body: Body = serde_json::from_slice(self.body).unwrap_or_default();
        match (self.status, body.code) {
            (200, Some(SUCCESS)) => Outcome::Delivered { vendor_id: body.request_id },
            (200 | 400, Some(PARTIAL)) => partial(&body, token),
            (200 | 400, Some(code)) => {
                self.of_class(oem::class_of(CODES, code), format!("{code} {}", body.msg))
            }
            (401, _) => Outcome::AuthExpired,
            _ => self.of_status(),
        }
    }

    fn of_class(&self, class: Class, why: String) -> Outcome {
        class.outcome(why, self.after, self.now)
    }

    fn of_status(&self) -> Outcome {
        let why = format!("{} without a code of Huawei's", self.status);
        // Flow control, not an outage.
        let status = if self.status == 503 { 429 } else { self.status };
        oem::by_status(status, why, self.after, self.now)
    }

    /// The access token of an answer to a login. What refuses a login is a wrong id or secret, unless it passes.
    pub(super) fn login(&self) -> Result<String, Outcome> {
        let login: Login = serde_json::from_slice(self.body).unwrap_or_default();
        if self.status == 200 {
            return match login.access_token {
                token if token.is_empty() => {
                    Err(Outcome::Retry { after: self.after, why: "login: the answer is not a token".into() })
                }
                token => Ok(token),
            };
        }
        Err(match self.of_status() {
            Outcome::Retry { after, why } => Outcome::Retry { after, why: format!("login: {why}") },
            limited @ Outcome::RateLimited { .. } => limited,
            _ => {
                let Login { error, sub_error, error_description, .. } = login;
                let why = format!("login: {} {error} {sub_error} {error_description}", self.status);
                Outcome::Misconfigured { why: why.trim_end().to_owned() }
            }
        })
    }
}

/// One token was sent: either it is the one at fault, or the answer contradicts itself.
fn partial(body: &Body, token: &str) -> Outcome {
    let partial: Partial = serde_json::from_str(&body.msg).unwrap_or_default();
    if partial.illegal_tokens.iter().any(|illegal| illegal == token) {
        Outcome::TokenInvalid { since: None }
    } else {
        Outcome::TokenSuspect { why: format!("{PARTIAL} without the token") }
    }
}
