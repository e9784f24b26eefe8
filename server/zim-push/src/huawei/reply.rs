//! An answer in the shape that both of Huawei's push services share.

use crate::fcm::Answer;
use crate::model::Outcome;
use crate::oem::{self, Class};
use serde::Deserialize;
use std::time::Duration;

/// Its JSON.
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Body {
    #[serde(deserialize_with = "oem::number")]
    pub(crate) code: Option<i64>,
    #[serde(deserialize_with = "oem::text")]
    pub(crate) msg: String,
    #[serde(deserialize_with = "oem::text")]
    pub(crate) request_id: String,
}

/// An answer of Huawei's, before it is taken apart.
pub(crate) struct Reply<'a> {
    pub(crate) status: u16,
    pub(crate) bytes: &'a [u8],
    /// `retry-after`.
    pub(crate) after: Option<Duration>,
    /// UTC ms.
    now: i64,
}

impl<'a> Reply<'a> {
    /// `now`: UTC ms.
    pub(crate) fn new(answer: &'a Answer, now: i64) -> Self {
        Self { status: answer.status, bytes: &answer.body, after: answer.retry_after(), now }
    }

    /// The JSON, empty if it is none.
    pub(crate) fn body(&self) -> Body {
        serde_json::from_slice(self.bytes).unwrap_or_default()
    }

    /// What a code of this class means.
    pub(crate) fn of_class(&self, class: Class, why: String) -> Outcome {
        class.outcome(why, self.after, self.now)
    }

    /// What an answer means that has no code.
    pub(crate) fn of_status(&self) -> Outcome {
        let why = format!("{} without a code of Huawei's", self.status);
        // Flow control, not an outage.
        let status = if self.status == 503 { 429 } else { self.status };
        oem::by_status(status, why, self.after, self.now)
    }
}
