//! Every documented answer of OPPO's and what it means. Only 10000 deletes a binding at once.

use crate::model::Outcome;
use crate::oem::{self, Class};
use serde::Deserialize;
use std::time::Duration;

/// Codes of a 200; 0 is a success.
const CODES: &[(Class, &[i64])] = &[
    (Class::TokenInvalid, &[10000]),
    (Class::TokenSuspect, &[31]),
    (Class::AuthExpired, &[11, 29]),
    (Class::Retry, &[-1]),
    (Class::TooFast, &[-2, 13, 55]),
    (Class::QuotaOfToday, &[33]),
    (Class::Rejected, &[12, 15, 17, 18, 20, 21, 22, 23, 24, 25, 32, 34, 40, 41, 51]),
    // 14 key, 16 signature, 19 timestamp (the server's clock), 26 … 30 access, 54 template, 59, 67 class.
    (Class::Misconfigured, &[14, 16, 19, 26, 27, 28, 30, 54, 59, 67]),
];

#[derive(Deserialize, Default)]
#[serde(default)]
struct Body {
    #[serde(deserialize_with = "oem::number")]
    code: Option<i64>,
    #[serde(deserialize_with = "oem::text")]
    message: String,
    data: serde_json::Value,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct Item {
    #[serde(deserialize_with = "oem::text")]
    message_id: String,
    #[serde(deserialize_with = "oem::number")]
    error_code: Option<i64>,
    #[serde(deserialize_with = "oem::text")]
    error_message: String,
}

/// An answer of the vendor's, before it is taken apart.
pub(super) struct Reply<'a> {
    pub(super) status: u16,
    pub(super) body: &'a [u8],
    /// `retry-after`.
    pub(super) after: Option<Duration>,
    /// UTC ms.
    pub(super) now: i64,
}

impl Reply<'_> {
    /// The `data` of a success, or what the answer means for everything that was asked.
    fn data(&self) -> Result<serde_json::Value, Outcome> {
        let body: Body = serde_json::from_slice(self.body).unwrap_or_default();
        match (self.status, body.code) {
            (200, Some(0)) => Ok(body.data),
            (200, Some(code)) => Err(self.refused(code, &body.message)),
            (status, _) => {
                let why = format!("{status} without a code of OPPO's");
                Err(oem::by_status(status, why, self.after, self.now))
            }
        }
    }

    fn refused(&self, code: i64, message: &str) -> Outcome {
        oem::class_of(CODES, code).outcome(format!("{code} {message}"), self.after, self.now)
    }

    /// What an answer to one push means.
    pub(super) fn single(&self) -> Outcome {
        match self.data() {
            Ok(data) => self.item(data),
            Err(outcome) => outcome,
        }
    }

    /// What an answer to a batch means for the push to each of these tokens, in their order.
    pub(super) fn batch<'t>(&self, tokens: impl ExactSizeIterator<Item = &'t str>) -> Vec<Outcome> {
        let mut items = match self.data() {
            Ok(serde_json::Value::Array(items)) => items,
            Ok(_) => Vec::new(),
            Err(outcome) => return vec![outcome; tokens.len()],
        };
        tokens
            .map(|token| match items.iter().position(|item| item["registrationId"] == token) {
                Some(at) => self.item(items.remove(at)),
                None => Outcome::Unknown { why: "the answer to the batch does not name the device".into() },
            })
            .collect()
    }

    fn item(&self, item: serde_json::Value) -> Outcome {
        let item: Item = serde_json::from_value(item).unwrap_or_default();
        match item.error_code {
            None | Some(0) => Outcome::Delivered { vendor_id: item.message_id },
            Some(code) => self.refused(code, &item.error_message),
        }
    }

    /// The access token of an answer to a login. What refuses a login is a wrong credential or clock, unless it passes.
    pub(super) fn login(&self) -> Result<String, Outcome> {
        let data = self.data().map_err(|outcome| match outcome {
            Outcome::Retry { after, why } => Outcome::Retry { after, why: format!("login: {why}") },
            limited @ Outcome::RateLimited { .. } => limited,
            Outcome::Misconfigured { why } | Outcome::Rejected { why } => {
                Outcome::Misconfigured { why: format!("login: {why}") }
            }
            _ => Outcome::Misconfigured { why: "login: app_key or master_secret is refused".into() },
        })?;
        match data.get("auth_token").and_then(serde_json::Value::as_str) {
            Some(token) if !token.is_empty() => Ok(token.to_owned()),
            _ => Err(Outcome::Retry { after: None, why: "login: the answer is not a token".into() }),
        }
    }
}
