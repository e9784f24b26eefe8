//! What the Chinese phone makers have in common: short texts counted in characters, a small map of custom data, numbered
//! answers in a 200, and quotas that end at Beijing's midnight.

use crate::model::{Outcome, RateScope, Vendor};
use crate::provider::{Push, Unrenderable};
use crate::truncate;
use serde::{Deserialize, Deserializer};
use std::borrow::Cow;
use std::time::Duration;

/// Pause after a "too fast" without a wish.
const SLOW_DOWN: Duration = Duration::from_secs(60);
const DAY_MS: i64 = 86_400_000;
const BEIJING_MS: i64 = 8 * 3_600_000;

/// How long the two texts may be.
pub(crate) struct Limits {
    pub(crate) vendor: Vendor,
    pub(crate) title: usize,
    pub(crate) content: usize,
    /// What one character counts.
    pub(crate) cost: fn(char) -> usize,
}

/// Title and text as they are shown; neither is empty, as these vendors demand.
pub(crate) struct Words<'a> {
    pub(crate) title: Cow<'a, str>,
    pub(crate) content: Cow<'a, str>,
}

impl<'a> Words<'a> {
    /// Fills what is empty (the title by the app's name, the text by the title) and cuts what is too long. With a
    /// [`Push::size_limit`] the vendor found the whole too long, so half of it has to do.
    pub(crate) fn fit(
        push: &Push<'a>,
        app_name: &'a str,
        limits: &Limits,
        warnings: &mut Vec<String>,
    ) -> Self {
        let share = if push.size_limit.is_some() { 2 } else { 1 };
        let intent = push.intent;
        let title = if intent.title.trim().is_empty() { app_name } else { &intent.title };
        let content = if intent.content.trim().is_empty() { title } else { &intent.content };
        let mut cut = |what: &str, text: &'a str, most: usize| {
            let fitted = truncate::fit(text, most / share, limits.cost);
            if fitted.len() < text.len() {
                let vendor = limits.vendor;
                warnings.push(format!("{vendor:?} shows {most} characters: {what} cut"));
            }
            fitted
        };
        Self { title: cut("title", title, limits.title), content: cut("content", content, limits.content) }
    }
}

/// Custom data, the most important first; what is empty is not there.
pub(crate) fn extras<'a>(push: &Push<'a>, zego: &'a str) -> Vec<(&'static str, &'a str)> {
    let all = [("payload", push.intent.payload.as_str()), ("call_id", &push.intent.call_id), ("zego", zego)];
    all.into_iter().filter(|(_, value)| !value.is_empty()).collect()
}

/// Leaves out the least important of the custom data until keys and values fit. The payload always stays.
///
/// # Errors
/// [`Unrenderable::TooLarge`] when the payload alone does not fit into `most`.
pub(crate) fn fit_extras(
    extras: &mut Vec<(&'static str, &str)>,
    vendor: Vendor,
    preferred: usize,
    most: usize,
    warnings: &mut Vec<String>,
) -> Result<(), Unrenderable> {
    let size = |extras: &[(&str, &str)]| -> usize {
        extras.iter().map(|(key, value)| key.len() + value.chars().map(char::len_utf16).sum::<usize>()).sum()
    };
    while size(extras) > preferred && extras.last().is_some_and(|(key, _)| *key != "payload") {
        if let Some((key, _)) = extras.pop() {
            warnings
                .push(format!("custom data exceeds {preferred} characters for {vendor:?}: {key} left out"));
        }
    }
    let size = size(extras);
    if size > most { Err(Unrenderable::TooLarge { vendor, size, limit: most }) } else { Ok(()) }
}

/// A code's meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    TokenInvalid,
    TokenSuspect,
    Misconfigured,
    AuthExpired,
    /// Too many requests at once.
    TooFast,
    /// The app's quota is used up until Beijing's midnight.
    QuotaOfToday,
    /// The same for one class of messages: others of the credential go on.
    PartOfQuota,
    /// Not at this time of day: from seven in the morning, Beijing time.
    NotAtNight,
    TooLarge,
    Rejected,
    Retry,
}

impl Class {
    /// `after`: the vendor's wish; `now`: UTC ms.
    pub(crate) fn outcome(self, why: String, after: Option<Duration>, now: i64) -> Outcome {
        let limited = |after, scope| Outcome::RateLimited { after: Some(after), scope };
        match self {
            Self::TokenInvalid => Outcome::TokenInvalid { since: None },
            Self::TokenSuspect => Outcome::TokenSuspect { why },
            Self::Misconfigured => Outcome::Misconfigured { why },
            Self::AuthExpired => Outcome::AuthExpired,
            Self::TooFast => limited(after.unwrap_or(SLOW_DOWN), RateScope::Credential),
            Self::QuotaOfToday => limited(until_beijing(0, now), RateScope::Credential),
            Self::PartOfQuota => limited(until_beijing(0, now), RateScope::Device),
            Self::NotAtNight => limited(until_beijing(7, now), RateScope::Device),
            Self::TooLarge => Outcome::TooLarge,
            Self::Rejected => Outcome::Rejected { why },
            Self::Retry => Outcome::Retry { after, why },
        }
    }
}

/// Looks a vendor's code up; what is not in the documents is a rejection.
pub(crate) fn class_of(table: &[(Class, &[i64])], code: i64) -> Class {
    table.iter().find(|(_, codes)| codes.contains(&code)).map_or(Class::Rejected, |(class, _)| *class)
}

/// What an answer means that is no 200 with a numbered code.
pub(crate) fn by_status(status: u16, why: String, after: Option<Duration>, now: i64) -> Outcome {
    let class = match status {
        429 => Class::TooFast,
        // A success that does not say what became of the push is no success.
        200 | 500.. => Class::Retry,
        401 | 403 | 404 => Class::Misconfigured,
        413 => Class::TooLarge,
        _ => Class::Rejected,
    };
    class.outcome(why, after, now)
}

/// Time until the next full hour `hour` in Beijing.
fn until_beijing(hour: i64, now: i64) -> Duration {
    let since_midnight = (now + BEIJING_MS).rem_euclid(DAY_MS);
    let wait = (hour * 3_600_000 - since_midnight).rem_euclid(DAY_MS);
    Duration::from_millis(u64::try_from(if wait == 0 { DAY_MS } else { wait }).unwrap_or_default())
}

/// A code that some of the vendors' servers write as a number and some as text.
pub(crate) fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    let value = serde_json::Value::deserialize(deserializer)?;
    Ok(value.as_i64().or_else(|| value.as_str().and_then(|text| text.trim().parse().ok())))
}

/// A text that some of the vendors' servers write as a number.
pub(crate) fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Ok(match serde_json::Value::deserialize(deserializer)? {
        serde_json::Value::String(text) => text,
        serde_json::Value::Null => String::new(),
        other => other.to_string(),
    })
}

/// Seconds the push may wait at the vendor.
pub(crate) fn ttl_seconds(push: &Push<'_>) -> i64 {
    ((push.expires_at - push.now) / 1_000).max(0)
}

/// Lower-case hexadecimal digits.
pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotas_end_at_midnight_and_nights_at_seven_in_beijing() {
        // 2026-01-01T00:00:00Z is eight in the morning there.
        let eight = 1_767_225_600_000;
        assert_eq!(until_beijing(0, eight), Duration::from_secs(16 * 3_600));
        assert_eq!(until_beijing(7, eight), Duration::from_secs(23 * 3_600));
        assert_eq!(until_beijing(0, eight + 16 * 3_600_000), Duration::from_secs(24 * 3_600));
        assert_eq!(until_beijing(7, eight + 17 * 3_600_000), Duration::from_secs(6 * 3_600));
    }

    #[test]
    fn a_code_nobody_documented_is_a_rejection() {
        let table: &[(Class, &[i64])] = &[(Class::Retry, &[1, 2])];
        assert_eq!(class_of(table, 2), Class::Retry);
        assert_eq!(class_of(table, 4_711), Class::Rejected);
    }
}
