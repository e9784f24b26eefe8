//! The neutral model: what is to be shown, where, and what a vendor answered. No vendor's field names here.

use serde::{Deserialize, Serialize};
use std::time::Duration;

/// A push vendor. The numbers are those of the wire protocol's `PushVendor`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Vendor {
    /// Apple.
    Apns = 1,
    /// Google.
    Fcm = 2,
    /// Huawei (Android).
    Huawei = 3,
    /// Xiaomi.
    Xiaomi = 4,
    /// OPPO.
    Oppo = 5,
    /// vivo.
    Vivo = 6,
    /// HarmonyOS 5+.
    HarmonyOs = 7,
    /// Web Push.
    Web = 8,
}

impl Vendor {
    /// Its name in configurations, logs and the administration interface.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Apns => "apns",
            Self::Fcm => "fcm",
            Self::Huawei => "huawei",
            Self::Xiaomi => "xiaomi",
            Self::Oppo => "oppo",
            Self::Vivo => "vivo",
            Self::HarmonyOs => "harmonyos",
            Self::Web => "web",
        }
    }
}

/// Which of a vendor's two worlds a token belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, Default)]
#[serde(rename_all = "lowercase")]
pub enum Environment {
    /// Distribution.
    #[default]
    Production,
    /// Development signing.
    Sandbox,
}

/// A device channel.
#[derive(Clone, PartialEq, Eq)]
pub struct Target {
    /// App.
    pub app_id: u32,
    /// `z1.…`
    pub push_id: String,
    /// Vendor.
    pub vendor: Vendor,
    /// Vendor token. A secret: `Debug` does not show it.
    pub token: String,
    /// PushKit token, empty = none.
    pub voip_token: String,
    /// Sandbox or production.
    pub environment: Environment,
    /// Bundle id or package name.
    pub bundle_id: String,
    /// Certificate set, 1 or 2.
    pub app_type: u32,
    /// When the token was stored (UTC ms): an older "unregistered" does not delete it.
    pub registered_at: i64,
}

/// What the push is about; decides priority, time to live and wording of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// A message.
    Message,
    /// A call invitation.
    CallInvite,
    /// A call was cancelled, quit or ended.
    CallUpdate,
    /// Only the badge.
    Badge,
    /// Sent by the debug tool.
    Debug,
}

/// What is to be pushed, before a strategy and a vendor shaped it. Stored with the job as JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Intent {
    /// What it is about.
    pub subject: Subject,
    /// `message:<id>`, `revoke:<id>`, `broadcast:<id>`, `call:<id>`, `badge` or `debug`, for the log.
    pub subject_id: String,
    /// Title.
    #[serde(default)]
    pub title: String,
    /// Text.
    #[serde(default)]
    pub content: String,
    /// Passed through.
    #[serde(default)]
    pub payload: String,
    /// Strategy name, empty = default.
    #[serde(default)]
    pub resources_id: String,
    /// iOS group.
    #[serde(default)]
    pub thread_id: String,
    /// Absolute badge after this push; `None` = the push carries none.
    #[serde(default)]
    pub badge: Option<u32>,
    /// Increment behind it, for vendors that count themselves.
    #[serde(default)]
    pub badge_increment: Option<u32>,
    /// Call the push belongs to.
    #[serde(default)]
    pub call_id: String,
    /// VoIP hints.
    #[serde(default)]
    pub voip: Option<Voip>,
    /// OPPO private-message template.
    #[serde(default)]
    pub template: Option<Template>,
}

/// Hints for a VoIP push.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Voip {
    /// 1 generic, 2 phone number, 3 e-mail address.
    pub handle_type: i32,
    /// Handle.
    pub handle_value: String,
    /// Video call.
    pub has_video: bool,
}

/// A private-message template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Template {
    /// Id preset at the vendor.
    pub template_id: String,
    /// JSON text.
    pub title_parameters: String,
    /// JSON text.
    pub content_parameters: String,
}

/// What a vendor's answer means for the job and the binding.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// Accepted by the vendor.
    Delivered {
        /// The vendor's id of it.
        vendor_id: String,
    },
    /// The token is dead: delete the binding if it is older than `since` (UTC ms).
    TokenInvalid {
        /// From this moment on.
        since: Option<i64>,
    },
    /// The token looks wrong, but the same answer has other causes: count it.
    TokenSuspect {
        /// Vendor's word.
        why: String,
    },
    /// Certificate, topic, project or strategy is wrong: keep the binding, do not retry, tell the operator.
    Misconfigured {
        /// What and where.
        why: String,
    },
    /// The token belongs to another project of the vendor's: try the credential of the app's other certificate set, if that is
    /// its project. Else [`Misconfigured`](Self::Misconfigured).
    WrongSender {
        /// Vendor's word.
        why: String,
    },
    /// The credential's access token was refused: refresh once and repeat.
    AuthExpired,
    /// Slow down.
    RateLimited {
        /// The vendor's wish.
        after: Option<Duration>,
        /// The whole credential, or only this device.
        scope: RateScope,
    },
    /// The vendor found it too large although we cut it.
    TooLarge,
    /// The request itself is wrong: never retried.
    Rejected {
        /// Vendor's code and text.
        why: String,
    },
    /// The vendor failed; the same request may succeed later.
    Retry {
        /// The vendor's wish.
        after: Option<Duration>,
        /// What happened.
        why: String,
    },
    /// The request was written and no answer came: it may have been delivered.
    Unknown {
        /// What happened.
        why: String,
    },
}

/// What a rate limit applies to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RateScope {
    /// All pushes with this credential.
    Credential,
    /// Pushes to this device.
    Device,
    /// Pushes to the same push service, of several behind one credential.
    Service,
}

/// What left the server and what came back, for the delivery log and the debug push. Secrets and tokens are masked.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exchange {
    /// Method and URL.
    pub request_line: String,
    /// Headers, authorization masked.
    pub request_headers: Vec<(String, String)>,
    /// Body as sent.
    pub request_body: String,
    /// HTTP status, 0 = no answer.
    pub status: u16,
    /// Headers worth showing.
    pub response_headers: Vec<(String, String)>,
    /// Body, capped.
    pub response_body: String,
}

impl std::fmt::Debug for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Target")
            .field("push_id", &self.push_id)
            .field("vendor", &self.vendor)
            .field("environment", &self.environment)
            .field("bundle_id", &self.bundle_id)
            .field("app_type", &self.app_type)
            .finish_non_exhaustive()
    }
}
