//! What a push service's status means. Only 404 and 410 delete a binding.

use crate::fcm::Answer;
use crate::model::{Outcome, RateScope};
use crate::oem::Class;
use crate::secret::masked;

const STATUSES: &[(Class, &[u16])] = &[
    (Class::TokenInvalid, &[404, 410]),
    // Our key, or the contact in it.
    (Class::AuthExpired, &[401, 403]),
    (Class::TooLarge, &[413]),
    (Class::TooFast, &[429]),
    // Moved: an address is followed only as it was subscribed.
    (Class::Rejected, &[301, 302, 307, 308, 400]),
    (Class::Retry, &[500, 502, 503, 504]),
];
/// How much of a refusal is told.
const MOST_TEXT: usize = 200;

/// What an answer means; `is_new`: the authorization was signed for this very request. `now`: UTC ms.
pub(super) fn outcome(answer: &Answer, is_new: bool, now: i64) -> Outcome {
    if matches!(answer.status, 200..=202) {
        let location = answer.headers.iter().find(|(name, _)| name == "location");
        // Who knows the address of a message can delete it.
        let vendor_id =
            location.map_or(String::new(), |(_, url)| masked(url.rsplit('/').next().unwrap_or_default()));
        return Outcome::Delivered { vendor_id };
    }
    let text: String = String::from_utf8_lossy(&answer.body).chars().take(MOST_TEXT).collect();
    let why = format!("{} {}", answer.status, text.trim());
    let known = STATUSES.iter().find(|(_, statuses)| statuses.contains(&answer.status));
    let class = match known.map(|(class, _)| *class) {
        // Signing once more does not help: the subscription was made with another key, or the contact is refused.
        Some(Class::AuthExpired) if is_new => Class::Misconfigured,
        Some(class) => class,
        None if answer.status >= 500 => Class::Retry,
        None => Class::Rejected,
    };
    match class.outcome(why, answer.retry_after(), now) {
        Outcome::RateLimited { after, .. } => Outcome::RateLimited { after, scope: RateScope::Service },
        other => other,
    }
}
