//! The vendor's own SDK, as the host reaches it.

use super::{Vendor, ZpnsConfig};
use std::sync::Arc;
use zpns_core::PushConfig;

/// Why a vendor's SDK did not do what was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum ChannelError {
    /// No connection to the vendor.
    #[error("{detail}")]
    Network {
        /// For developers.
        detail: String,
    },
    /// The vendor refused the app's credentials.
    #[error("{detail}")]
    Credentials {
        /// For developers.
        detail: String,
    },
    /// The vendor's SDK failed.
    #[error("{detail}")]
    Vendor {
        /// For developers.
        detail: String,
    },
    /// Anything else.
    #[error("{detail}")]
    Other {
        /// For developers.
        detail: String,
    },
    /// Apple's own error.
    #[error("{detail} ({code})")]
    Apple {
        /// Apple's number.
        code: i32,
        /// Apple's text.
        detail: String,
    },
}

impl From<uniffi::UnexpectedUniFFICallbackError> for ChannelError {
    fn from(error: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::Other { detail: error.reason }
    }
}

impl From<ChannelError> for zpns_core::ChannelError {
    fn from(error: ChannelError) -> Self {
        match error {
            ChannelError::Network { detail } => Self::Network(detail),
            ChannelError::Credentials { detail } => Self::Credentials(detail),
            ChannelError::Vendor { detail } => Self::Vendor(detail),
            ChannelError::Other { detail } => Self::Other(detail),
            ChannelError::Apple { code, detail } => Self::Apple { code, message: detail },
        }
    }
}

/// The vendors' SDKs, which belong to the host. Calls return at once; answers go to the client. Thread: any, one at a
/// time; the client may be called inside.
#[uniffi::export(with_foreign)]
pub trait VendorChannel: Send + Sync {
    /// Start the vendor's SDK; its token goes to `token_received`.
    fn request_token(&self, vendor: Vendor, config: ZpnsConfig) -> Result<(), ChannelError>;

    /// Give the token back.
    fn release_token(&self, vendor: Vendor) -> Result<(), ChannelError>;

    /// Show this badge on the device.
    fn set_local_badge(&self, vendor: Vendor, badge: u32) -> Result<(), ChannelError>;
}

pub(super) struct Channel(pub(super) Arc<dyn VendorChannel>);

impl zpns_core::VendorChannel for Channel {
    fn request_token(&self, vendor: Vendor, config: &PushConfig) -> Result<(), zpns_core::ChannelError> {
        self.0.request_token(vendor, config.clone().into()).map_err(Into::into)
    }

    fn release_token(&self, vendor: Vendor) -> Result<(), zpns_core::ChannelError> {
        self.0.release_token(vendor).map_err(Into::into)
    }

    fn set_local_badge(&self, vendor: Vendor, badge: u32) {
        if let Err(error) = self.0.set_local_badge(vendor, badge) {
            log::warn!("the app did not set the badge: {error}");
        }
    }
}
