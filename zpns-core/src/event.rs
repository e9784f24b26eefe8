//! What the push client tells the app.

use crate::vendor::Vendor;
use crate::{PushMessage, Zpns};
use std::fmt::{Debug, Formatter};
use zim_proto::ZpnsErrorCode;

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// Registration succeeded (also again, with a new PushID, when the vendor replaces the token) or failed.
    Registered(Registered),
    /// A notification was displayed.
    NotificationArrived(PushMessage),
    /// The user tapped a notification.
    NotificationClicked(PushMessage),
    /// A data or silent push arrived.
    ThroughMessage(PushMessage),
}

/// The kinds of [`Event`], for [`Vendor::reports`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EventKind {
    /// [`Event::Registered`].
    Registered,
    /// [`Event::NotificationArrived`].
    NotificationArrived,
    /// [`Event::NotificationClicked`].
    NotificationClicked,
    /// [`Event::ThroughMessage`].
    ThroughMessage,
}

/// Result of a registration (published `ZPNsRegisterMessage`), or 6000405 when the vendor failed to unregister.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Registered {
    /// 0, or a [`ZpnsErrorCode`] number, or the `NSError` code Apple gave.
    pub error_code: i32,
    /// Text for `error_code`, with the vendor's own words where there are any.
    pub message: String,
    /// The PushID; empty on failure.
    pub push_id: String,
    /// The vendor, if one was found.
    pub vendor: Option<Vendor>,
    /// The vendor's own token; empty on failure.
    pub device_token: String,
}

impl Registered {
    /// Whether the device is registered.
    #[must_use]
    pub fn is_success(&self) -> bool {
        self.error_code == 0
    }

    pub(crate) fn failed(code: ZpnsErrorCode, message: impl Into<String>, vendor: Option<Vendor>) -> Self {
        Self {
            error_code: i32::try_from(code.code()).unwrap_or(i32::MAX),
            message: message.into(),
            vendor,
            ..Self::default()
        }
    }
}

/// Everything but the vendor's token, by which anybody with the app's keys could push to this device.
impl Debug for Registered {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Registered")
            .field("error_code", &self.error_code)
            .field("message", &self.message)
            .field("push_id", &self.push_id)
            .field("vendor", &self.vendor)
            .finish_non_exhaustive()
    }
}

/// Receives events: one at a time, in order, on the thread [`Dispatch`](crate::Dispatch) names. Every call of [`Zpns`]
/// is legal inside.
pub trait EventHandler: Send + Sync {
    /// Called once per event.
    fn on_event(&self, zpns: &Zpns, event: Event);
}
