//! Every documented answer of FCM and what it means. Only `UNREGISTERED` deletes a binding at once.

use super::Answer;
use crate::model::{Outcome, RateScope};
use serde::Deserialize;
use std::time::Duration;

/// Pause after a quota answer without a wish.
const QUOTA_PAUSE: Duration = Duration::from_secs(60);
/// Pause after "unavailable" without a wish.
const UNAVAILABLE_PAUSE: Duration = Duration::from_secs(10);
const FCM_ERROR: &str = "type.googleapis.com/google.firebase.fcm.v1.FcmError";

#[derive(Deserialize, Default)]
#[serde(default)]
struct Body {
    name: String,
    error: Error,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Error {
    message: String,
    status: String,
    details: Vec<Detail>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct Detail {
    #[serde(rename = "@type")]
    kind: String,
    error_code: String,
    field_violations: Vec<Violation>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Violation {
    field: String,
    description: String,
}

/// What an answer means.
pub(super) fn outcome(answer: &Answer) -> Outcome {
    let body: Body = serde_json::from_slice(&answer.body).unwrap_or_default();
    let after = answer.retry_after();
    if answer.status == 200 {
        return if body.name.is_empty() {
            Outcome::Unknown { why: "200 without a message name".into() }
        } else {
            Outcome::Delivered { vendor_id: body.name }
        };
    }
    let error = body.error;
    let fcm = error.details.iter().find(|detail| detail.kind == FCM_ERROR);
    let code = fcm.map_or("", |detail| detail.error_code.as_str());
    let violations: Vec<_> = error.details.iter().flat_map(|detail| &detail.field_violations).collect();
    let mut why = format!("{} {}", answer.status, if code.is_empty() { &error.status } else { code });
    if !error.message.is_empty() {
        why = format!("{why}: {}", error.message);
    }
    for violation in &violations {
        why = format!("{why} [{}: {}]", violation.field, violation.description);
    }
    match (answer.status, code, error.status.as_str()) {
        (_, "UNREGISTERED", _) => Outcome::TokenInvalid { since: None },
        (_, "SENDER_ID_MISMATCH", _) => Outcome::WrongSender { why },
        (_, "THIRD_PARTY_AUTH_ERROR", _) => Outcome::Misconfigured { why },
        (_, "QUOTA_EXCEEDED", _) | (429, ..) => {
            Outcome::RateLimited { after: Some(after.unwrap_or(QUOTA_PAUSE)), scope: RateScope::Credential }
        }
        (_, "UNAVAILABLE", _) | (503, ..) => {
            Outcome::Retry { after: Some(after.unwrap_or(UNAVAILABLE_PAUSE)), why }
        }
        (_, "INTERNAL", _) | (500.., ..) => Outcome::Retry { after, why },
        (400, ..) if error.message.to_ascii_lowercase().contains("too big") => Outcome::TooLarge,
        (400, "INVALID_ARGUMENT", _) if violations.is_empty() && is_about_the_token(&error.message) => {
            Outcome::TokenSuspect { why }
        }
        (401, _, _) => Outcome::AuthExpired,
        (403, ..) | (404, ..) => Outcome::Misconfigured { why },
        _ => Outcome::Rejected { why },
    }
}

fn is_about_the_token(message: &str) -> bool {
    message.to_ascii_lowercase().contains("registration token")
}
