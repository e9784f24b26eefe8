//! Every documented answer of Xiaomi's and what it means. Only `bad_regids` deletes a binding at once.

use crate::model::Outcome;
use crate::oem::{self, Class};
use serde::Deserialize;
use std::time::Duration;

/// Codes of a 200; 0 is a success.
const CODES: &[(Class, &[i64])] = &[
    (Class::TokenSuspect, &[20301, 10029, 65003]),
    (Class::Rejected, &[10008, 10012, 10016, 10017, 21305, 65011, 65014, 65015]),
    (Class::TooLarge, &[65009]),
    // 10037, "the request has expired", ends when it is made anew.
    (Class::Retry, &[10001, 10002, 10003, 1, -1, 20607, 22102, 26003, 65029, 10037]),
    (Class::TooFast, &[10027]),
    (Class::QuotaOfToday, &[10034]),
    (Class::Misconfigured, &[10031, 10036, 22000, 22006, 22007, 22022, 26006, 27001, 21301, 21302, 21303]),
];

#[derive(Deserialize, Default)]
#[serde(default)]
struct Body {
    #[serde(deserialize_with = "oem::number")]
    code: Option<i64>,
    #[serde(deserialize_with = "oem::text")]
    description: String,
    #[serde(deserialize_with = "oem::text")]
    reason: String,
    #[serde(deserialize_with = "oem::text")]
    trace_id: String,
    data: Data,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Data {
    #[serde(deserialize_with = "oem::text")]
    id: String,
    #[serde(deserialize_with = "oem::text")]
    bad_regids: String,
    channel_exceed_quota: serde_json::Value,
}

/// What an answer to a push for `token` means. `now`: UTC ms.
pub(super) fn outcome(status: u16, body: &[u8], after: Option<Duration>, token: &str, now: i64) -> Outcome {
    let parsed: Option<Body> = serde_json::from_slice(body).ok();
    let (200, Some(body @ Body { code: Some(code), .. })) = (status, parsed.unwrap_or_default().into())
    else {
        return oem::by_status(status, format!("{status} without a code of Xiaomi's"), after, now);
    };
    if code == 0 {
        if body.data.bad_regids.split(',').any(|bad| bad.trim() == token) {
            return Outcome::TokenInvalid { since: None };
        }
        let mut vendor_id = body.data.id;
        if !body.data.channel_exceed_quota.is_null() {
            vendor_id.push_str("; the channel's quota of today is used up");
        }
        return Outcome::Delivered { vendor_id };
    }
    let why = format!("{code} {} {} (trace {})", body.reason, body.description, body.trace_id);
    oem::class_of(CODES, code).outcome(why, after, now)
}
