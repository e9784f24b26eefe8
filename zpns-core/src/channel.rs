//! The vendor's own SDK, as the host reaches it.

use crate::config::PushConfig;
use crate::event::Registered;
use crate::vendor::Vendor;
use zim_proto::ZpnsErrorCode;

/// Access to the vendors' SDKs, implemented by the host. Methods are called one at a time and may call back into
/// [`Zpns`](crate::Zpns) at once.
pub trait VendorChannel: Send + Sync {
    /// Starts getting a token from `vendor`. The outcome comes later, from any thread:
    /// [`Zpns::token_received`](crate::Zpns::token_received) or
    /// [`Zpns::registration_failed`](crate::Zpns::registration_failed); on iOS
    /// [`Zpns::set_device_token`](crate::Zpns::set_device_token). An error is a registration that failed already, for
    /// example because the vendor's library is not in the app.
    fn request_token(&self, vendor: Vendor, config: &PushConfig) -> Result<(), ChannelError>;

    /// Tells `vendor` that this device wants no more pushes. It is unregistered whatever the outcome; an error is
    /// reported to the app as 6000405.
    fn release_token(&self, vendor: Vendor) -> Result<(), ChannelError>;

    /// Sets the number on the app's icon on this device. Only for vendors with
    /// [`Vendor::has_local_badge`](crate::Vendor::has_local_badge).
    fn set_local_badge(&self, vendor: Vendor, badge: u32);
}

/// What a vendor's SDK reported. Each text is the vendor's own and reaches the app.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ChannelError {
    /// 6000401: the vendor could not be reached.
    #[error("{0}")]
    Network(String),
    /// 6000402: the vendor refuses the app's id, key or secret.
    #[error("{0}")]
    Credentials(String),
    /// 6000403: the vendor failed otherwise.
    #[error("{0}")]
    Vendor(String),
    /// 6000404: an exception, a missing library, anything else.
    #[error("{0}")]
    Other(String),
    /// What iOS gave to `didFailToRegisterForRemoteNotificationsWithError`; the number is passed on as it is.
    #[error("{message}")]
    Apple {
        /// `NSError.code`.
        code: i32,
        /// `NSError.localizedDescription`.
        message: String,
    },
}

impl ChannelError {
    pub(crate) fn into_registered(self, vendor: Vendor) -> Registered {
        let vendor = Some(vendor);
        match self {
            Self::Network(text) => Registered::failed(ZpnsErrorCode::ConnectionFailed, text, vendor),
            Self::Credentials(text) => {
                Registered::failed(ZpnsErrorCode::VendorCredentialsInvalid, text, vendor)
            }
            Self::Vendor(text) => Registered::failed(ZpnsErrorCode::VendorApiFailed, text, vendor),
            Self::Other(text) => Registered::failed(ZpnsErrorCode::RegisterFailed, text, vendor),
            // 0 would read as success.
            Self::Apple { code: 0, message } => {
                Registered::failed(ZpnsErrorCode::RegisterFailed, message, vendor)
            }
            Self::Apple { code, message } => {
                Registered { error_code: code, message, vendor, ..Registered::default() }
            }
        }
    }
}
