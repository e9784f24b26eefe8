//! Every documented answer of Huawei's and what it means. Only 80300007, and a token that a partial success lists,
//! delete a binding.

use super::reply::{Body, Reply};
use crate::model::Outcome;
use crate::oem::{self, Class};
use serde::Deserialize;

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

/// What an answer to the push to this token means.
pub(super) fn of_push(reply: &Reply<'_>, token: &str) -> Outcome {
    let body = reply.body();
    match (reply.status, body.code) {
        (200, Some(SUCCESS)) => Outcome::Delivered { vendor_id: body.request_id },
        (200 | 400, Some(PARTIAL)) => partial(&body, token),
        (200 | 400, Some(code)) => reply.of_class(oem::class_of(CODES, code), format!("{code} {}", body.msg)),
        (401, _) => Outcome::AuthExpired,
        _ => reply.of_status(),
    }
}

/// The access token of an answer to a login. What refuses a login is a wrong id or secret, unless it passes.
pub(super) fn of_login(reply: &Reply<'_>) -> Result<String, Outcome> {
    let login: Login = serde_json::from_slice(reply.bytes).unwrap_or_default();
    if reply.status == 200 {
        return match login.access_token {
            token if token.is_empty() => {
                Err(Outcome::Retry { after: reply.after, why: "login: the answer is not a token".into() })
            }
            token => Ok(token),
        };
    }
    Err(match reply.of_status() {
        Outcome::Retry { after, why } => Outcome::Retry { after, why: format!("login: {why}") },
        limited @ Outcome::RateLimited { .. } => limited,
        _ => {
            let Login { error, sub_error, error_description, .. } = login;
            let why = format!("login: {} {error} {sub_error} {error_description}", reply.status);
            Outcome::Misconfigured { why: why.trim_end().to_owned() }
        }
    })
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
