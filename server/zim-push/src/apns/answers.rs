//! Every documented answer of APNs and what it means. Unknown reasons are [`Outcome::Rejected`] with their text: only
//! what is listed here may delete a binding.

use super::connection::Reply;
use crate::model::{Outcome, RateScope};
use serde::Deserialize;
use std::time::Duration;

/// Reason that also concerns the token cache.
pub(crate) const TOO_MANY_TOKEN_UPDATES: &str = "TooManyProviderTokenUpdates";

/// What a reason means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Meaning {
    TokenInvalid,
    /// Token of the other environment or a dead one; the environment's successes decide.
    TokenInvalidIfOthersWork,
    Misconfigured,
    Rejected,
    AuthExpired,
    LimitedDevice,
    LimitedCredential,
    TooLarge,
    Retry,
}

/// (status, reason, meaning), as documented.
const TABLE: &[(u16, &str, Meaning)] = &[
    (400, "BadCollapseId", Meaning::Rejected),
    (400, "BadDeviceToken", Meaning::TokenInvalidIfOthersWork),
    (400, "BadExpirationDate", Meaning::Rejected),
    (400, "BadMessageId", Meaning::Rejected),
    (400, "BadPriority", Meaning::Rejected),
    (400, "BadTopic", Meaning::Misconfigured),
    (400, "DeviceTokenNotForTopic", Meaning::Misconfigured),
    (400, "DuplicateHeaders", Meaning::Rejected),
    (400, "IdleTimeout", Meaning::Retry),
    (400, "InvalidPushType", Meaning::Rejected),
    (400, "MissingDeviceToken", Meaning::Rejected),
    (400, "MissingTopic", Meaning::Misconfigured),
    (400, "PayloadEmpty", Meaning::Rejected),
    (400, "TopicDisallowed", Meaning::Misconfigured),
    (403, "BadCertificate", Meaning::Misconfigured),
    (403, "BadCertificateEnvironment", Meaning::Misconfigured),
    (403, "BadEnvironmentKeyIdInToken", Meaning::Misconfigured),
    (403, "ExpiredProviderToken", Meaning::AuthExpired),
    (403, "Forbidden", Meaning::Misconfigured),
    (403, "InvalidProviderToken", Meaning::Misconfigured),
    (403, "MissingProviderToken", Meaning::Misconfigured),
    (403, "UnrelatedKeyIdInToken", Meaning::Misconfigured),
    (404, "BadPath", Meaning::Rejected),
    (405, "MethodNotAllowed", Meaning::Rejected),
    (410, "ExpiredToken", Meaning::TokenInvalid),
    (410, "Unregistered", Meaning::TokenInvalid),
    (413, "PayloadTooLarge", Meaning::TooLarge),
    (429, TOO_MANY_TOKEN_UPDATES, Meaning::LimitedCredential),
    (429, "TooManyRequests", Meaning::LimitedDevice),
    (500, "InternalServerError", Meaning::Retry),
    (503, "ServiceUnavailable", Meaning::Retry),
    (503, "Shutdown", Meaning::Retry),
];

/// Apple counts token updates over this time.
const TOKEN_UPDATE_PAUSE: Duration = Duration::from_secs(60);

/// A reply of APNs, read.
#[derive(Debug, Default)]
pub(crate) struct Answer {
    status: u16,
    pub(crate) reason: String,
    timestamp: Option<i64>,
    apns_id: String,
    retry_after: Option<Duration>,
}

#[derive(Deserialize, Default)]
struct Body {
    #[serde(default)]
    reason: String,
    timestamp: Option<i64>,
}

impl Answer {
    pub(crate) fn read(reply: &Reply) -> Self {
        let body: Body = serde_json::from_slice(&reply.body).unwrap_or_default();
        Self {
            status: reply.status,
            reason: body.reason,
            timestamp: body.timestamp,
            apns_id: reply.header("apns-id").unwrap_or_default().to_owned(),
            retry_after: reply
                .header("retry-after")
                .and_then(|value| value.trim().parse().ok())
                .map(Duration::from_secs),
        }
    }

    /// `recent`: other tokens of the same credential and environment had success lately.
    pub(crate) fn outcome(&self, recent: bool) -> Outcome {
        if self.status == 200 {
            return Outcome::Delivered { vendor_id: self.apns_id.clone() };
        }
        let after = self.retry_after;
        let why = || format!("{} {}", self.status, self.reason);
        let known = TABLE.iter().find(|(_, reason, _)| *reason == self.reason).map(|row| row.2);
        match known {
            Some(Meaning::TokenInvalid) => Outcome::TokenInvalid { since: self.timestamp },
            Some(Meaning::TokenInvalidIfOthersWork) if recent => Outcome::TokenInvalid { since: None },
            Some(Meaning::TokenInvalidIfOthersWork) => Outcome::Misconfigured {
                why: format!(
                    "{}: no token of this environment had success lately, so this is as likely a token of the other \
                     environment (sandbox or production) as a dead one",
                    why()
                ),
            },
            Some(Meaning::Misconfigured) => Outcome::Misconfigured { why: why() },
            Some(Meaning::Rejected) => Outcome::Rejected { why: why() },
            Some(Meaning::AuthExpired) => Outcome::AuthExpired,
            Some(Meaning::LimitedDevice) => Outcome::RateLimited { after, scope: RateScope::Device },
            Some(Meaning::LimitedCredential) => Outcome::RateLimited {
                after: Some(after.unwrap_or(TOKEN_UPDATE_PAUSE)),
                scope: RateScope::Credential,
            },
            Some(Meaning::TooLarge) => Outcome::TooLarge,
            Some(Meaning::Retry) => Outcome::Retry { after, why: why() },
            None if self.status >= 500 => Outcome::Retry { after, why: why() },
            None => Outcome::Rejected { why: why() },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_reasons_never_delete_and_server_errors_are_retried() {
        for status in [400, 403, 404, 410, 413, 429] {
            let answer = Answer { status, reason: "NewReason".into(), ..Answer::default() };
            let Outcome::Rejected { why } = answer.outcome(true) else { panic!("{status}") };
            assert_eq!(why, format!("{status} NewReason"));
        }
        let answer = Answer { status: 502, ..Answer::default() };
        assert!(matches!(answer.outcome(true), Outcome::Retry { .. }));
    }

    #[test]
    fn the_table_is_sorted_so_that_a_reason_is_listed_once() {
        assert!(TABLE.windows(2).all(|pair| (pair[0].0, pair[0].1) < (pair[1].0, pair[1].1)));
    }
}
