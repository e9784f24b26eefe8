//! Every documented answer of vivo's and what it means. Only 10302 for a token that is unknown or gone, and 10307,
//! delete a binding at once.

use crate::model::Outcome;
use crate::oem::{self, Class};
use serde::Deserialize;
use std::time::Duration;

/// The token itself is at fault; `invalidUser.status` says how.
const INVALID_USER: i64 = 10302;
/// Codes of an answer; 0 is a success.
const CODES: &[(Class, &[i64])] = &[
    (Class::TokenInvalid, &[10307]),
    (Class::AuthExpired, &[10000]),
    (Class::TooFast, &[10093, 10072]),
    // 10070: vivo forbids any further call on that day.
    (Class::QuotaOfToday, &[10070]),
    (Class::PartOfQuota, &[10073, 10252, 10254]),
    (Class::NotAtNight, &[10071]),
    (Class::Misconfigured, &[10094, 10096, 10097]),
    (Class::Rejected, &[10085, 10104]),
];

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct Body {
    #[serde(deserialize_with = "oem::number")]
    result: Option<i64>,
    #[serde(deserialize_with = "oem::text")]
    desc: String,
    #[serde(deserialize_with = "oem::text")]
    task_id: String,
    invalid_user: Option<InvalidUser>,
    auth_token: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct InvalidUser {
    #[serde(deserialize_with = "oem::number")]
    status: Option<i64>,
}

/// What an answer to a push means. `now`: UTC ms.
pub(super) fn outcome(status: u16, body: &[u8], after: Option<Duration>, now: i64) -> Outcome {
    let body: Body = serde_json::from_slice(body).unwrap_or_default();
    let Some(code) = body.result.filter(|_| status == 200) else {
        return oem::by_status(status, format!("{status} without a result of vivo's"), after, now);
    };
    let why = format!("{code} {}", body.desc);
    let class = match (code, body.invalid_user.and_then(|user| user.status)) {
        (0, _) => return Outcome::Delivered { vendor_id: body.task_id },
        // 1 unknown, 2 uninstalled, unsubscribed or data cleared, 4 no test device of a test push.
        (INVALID_USER, Some(1 | 2)) => Class::TokenInvalid,
        (INVALID_USER, Some(4)) => Class::Misconfigured,
        (INVALID_USER, _) => Class::TokenSuspect,
        _ => oem::class_of(CODES, code),
    };
    class.outcome(why, after, now)
}

/// The access token of an answer to a login. What refuses a login is a wrong credential or clock, unless it passes.
pub(super) fn login(status: u16, body: &[u8], after: Option<Duration>, now: i64) -> Result<String, Outcome> {
    let parsed: Body = serde_json::from_slice(body).unwrap_or_default();
    if status == 200
        && parsed.result == Some(0)
        && let Some(token) = parsed.auth_token.filter(|token| !token.is_empty())
    {
        return Ok(token);
    }
    Err(match outcome(status, body, after, now) {
        Outcome::Retry { after, why } => Outcome::Retry { after, why: format!("login: {why}") },
        limited @ Outcome::RateLimited { .. } => limited,
        Outcome::Misconfigured { why } | Outcome::Rejected { why } => {
            Outcome::Misconfigured { why: format!("login: {why}") }
        }
        Outcome::Delivered { .. } => {
            Outcome::Retry { after: None, why: "login: the answer is not a token".into() }
        }
        _ => Outcome::Misconfigured { why: "login: the app id, key or secret is refused".into() },
    })
}
