//! The seam to a vendor: render a push, send it, say what the answer means.

use crate::identity::Identity;
use crate::model::{Exchange, Intent, Outcome, Target, Vendor};
use crate::strategy::Strategy;
use async_trait::async_trait;
use bytes::Bytes;
use std::time::Duration;

/// Longest time one request may take.
pub const SEND_TIMEOUT: Duration = Duration::from_secs(10);

/// One credential of one vendor. Adding a vendor is one implementation of this and one variant of
/// [`CredentialConfig`](crate::credentials::CredentialConfig).
#[async_trait]
pub trait Provider: Send + Sync {
    /// The vendor it speaks to.
    fn vendor(&self) -> Vendor;

    /// Name for logs and metrics: vendor, app, certificate set. No secret.
    fn name(&self) -> &str;

    /// What identifies the credential at the vendor. No secret.
    fn identity(&self) -> Identity;

    /// Shapes the request. Pure: no IO, the same input gives the same bytes, so a retry repeats them.
    ///
    /// # Errors
    /// [`Unrenderable`] when this vendor cannot carry the push.
    fn render(&self, push: &Push<'_>) -> Result<Rendered, Unrenderable>;

    /// Sends one rendered push and maps the answer. Ends within twice
    /// [`SEND_TIMEOUT`]: an access token may have to be fetched first. Never retries what the vendor may have accepted.
    async fn send(&self, target: &Target, rendered: &Rendered) -> (Outcome, Exchange);

    /// After how many [`Outcome::TokenSuspect`] in a row a binding is deleted.
    fn suspect_limit(&self) -> u32 {
        3
    }

    /// Whether a failed push says something about the other pushes of the credential.
    fn shares_failures(&self) -> bool {
        true
    }

    /// When the credential itself runs out (UTC ms), if it does.
    fn credential_expires_at(&self) -> Option<i64> {
        None
    }
}

/// Everything a rendering depends on.
#[derive(Debug, Clone, Copy)]
pub struct Push<'a> {
    /// Id of this push, the same for every try.
    pub request_id: &'a str,
    /// Where to.
    pub target: &'a Target,
    /// What.
    pub intent: &'a Intent,
    /// Named strategy, `None` = ordinary visible push.
    pub strategy: Option<&'a Strategy>,
    /// UTC ms.
    pub now: i64,
    /// Not after, UTC ms.
    pub expires_at: i64,
    /// Smaller size limit than the vendor's published one, after the vendor called the first try too large.
    pub size_limit: Option<usize>,
}

/// Which of a device's tokens a request goes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TokenKind {
    /// The vendor token.
    #[default]
    Main,
    /// The PushKit token.
    Voip,
}

/// A request, ready to be sent as often as needed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rendered {
    /// Which token.
    pub token: TokenKind,
    /// Vendor headers, without authorization.
    pub headers: Vec<(&'static str, String)>,
    /// Body.
    pub body: Bytes,
    /// What was cut or replaced, for the delivery log.
    pub warnings: Vec<String>,
}

/// Why a vendor cannot carry a push.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unrenderable {
    /// The sender's payload alone exceeds the vendor's limit; it is never cut.
    #[error("the payload cannot fit: {size} bytes with the text removed, {vendor:?} allows {limit}")]
    TooLarge {
        /// Vendor.
        vendor: Vendor,
        /// Bytes of the smallest form.
        size: usize,
        /// Bytes allowed.
        limit: usize,
    },
    /// The vendor has no such push.
    #[error("not available: {0}")]
    NotAvailable(&'static str),
}

impl Unrenderable {
    /// Stable word for the delivery log.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } => "payload_too_large",
            Self::NotAvailable(_) => "not_available",
        }
    }
}
