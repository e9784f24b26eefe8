//! What the push client tells.

use super::Vendor;
use crate::error::ZimError;
use std::sync::Arc;
use zpns_core::{Event, PushMessage, Zpns};

/// An event of the push client.
#[derive(Clone, uniffi::Enum)]
pub enum ZpnsEvent {
    /// A registration succeeded or failed, or a refreshed token gave a new push id.
    Registered {
        /// The result.
        message: Registered,
    },
    /// A notification was shown; where the vendor tells.
    NotificationArrived {
        /// The notification.
        message: ZpnsMessage,
    },
    /// A notification was clicked.
    NotificationClicked {
        /// The notification.
        message: ZpnsMessage,
    },
    /// A silent message arrived.
    ThroughMessageReceived {
        /// The message.
        message: ZpnsMessage,
    },
}

/// Result of a registration. Published as `ZPNsRegisterMessage`.
#[derive(Clone, uniffi::Record)]
pub struct Registered {
    /// A code of the `zpns` table, or Apple's own; 0 is success.
    pub error_code: i32,
    /// For developers.
    pub msg: String,
    /// The push id; empty after a failure.
    pub push_id: String,
    /// Vendor the registration is with; absent if none could be chosen.
    pub vendor: Option<Vendor>,
    /// The vendor's own token.
    pub device_token: String,
}

/// A push the device got. Published as `ZPNsMessage`.
#[derive(Clone, uniffi::Record)]
pub struct ZpnsMessage {
    /// Vendor the push came from.
    pub vendor: Vendor,
    /// Title of the notification.
    pub title: String,
    /// Text of the notification.
    pub content: String,
    /// Data of the sender for the app.
    pub payload: String,
    /// Every key and value the vendor delivered, as a JSON object.
    pub extras: String,
    /// The call it announces; empty if none.
    pub call_id: String,
    /// Number of the push, for questions to the server's log.
    pub request_id: String,
    /// What CallKit shows, if it is a call of that kind.
    pub voip: Option<VoipInfo>,
}

/// What CallKit shows of a call.
#[derive(Clone, uniffi::Record)]
pub struct VoipInfo {
    /// Number of `ZIMCXHandleType`.
    pub handle_type: i32,
    /// Who calls.
    pub handle_value: String,
    /// Whether it is a video call.
    pub has_video: bool,
}

impl From<PushMessage> for ZpnsMessage {
    fn from(message: PushMessage) -> Self {
        Self {
            vendor: message.vendor,
            title: message.title,
            content: message.content,
            payload: message.payload,
            extras: message.extras,
            call_id: message.call_id,
            request_id: message.request_id,
            voip: message.voip.map(|voip| VoipInfo {
                handle_type: voip.handle_type,
                handle_value: voip.handle_value,
                has_video: voip.has_video,
            }),
        }
    }
}

impl ZpnsEvent {
    /// The form hosts get; `None` for an event that has none yet.
    fn new(event: Event) -> Option<Self> {
        Some(match event {
            Event::Registered(registered) => Self::Registered {
                message: Registered {
                    error_code: registered.error_code,
                    msg: registered.message,
                    push_id: registered.push_id,
                    vendor: registered.vendor,
                    device_token: registered.device_token,
                },
            },
            Event::NotificationArrived(message) => Self::NotificationArrived { message: message.into() },
            Event::NotificationClicked(message) => Self::NotificationClicked { message: message.into() },
            Event::ThroughMessage(message) => Self::ThroughMessageReceived { message: message.into() },
            _ => return None,
        })
    }
}

/// What a host is told about pushes.
#[uniffi::export(with_foreign)]
pub trait ZpnsEventHandler: Send + Sync {
    /// One event; the next comes when this has returned. Thread: the push client's callback thread. What it throws is
    /// logged.
    fn on_event(&self, event: ZpnsEvent) -> Result<(), ZimError>;
}

pub(super) struct Handler(pub(super) Arc<dyn ZpnsEventHandler>);

impl zpns_core::EventHandler for Handler {
    fn on_event(&self, _: &Zpns, event: Event) {
        let Some(event) = ZpnsEvent::new(event) else { return };
        if let Err(error) = self.0.on_event(event) {
            log::error!("the app's push event handler failed: {error}");
        }
    }
}
