//! Misuse of a call, answered at once.

use zim_proto::{ErrorCode, ZpnsErrorCode};

/// Why a call was refused. Failures of registration come later, as [`Event::Registered`](crate::Event::Registered).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// 6000405: `unregister_push` before `register_push`.
    #[error("push was never registered (6000405)")]
    NeverRegistered,
    /// 6000401 (ZIM's: push id invalid): there is no PushID to bind or release.
    #[error("this device is not registered (6000401)")]
    NotRegistered,
    /// 6000001: a parameter is out of range.
    #[error("{parameter}: {rule} (6000001)")]
    InvalidParameter {
        /// Published name.
        parameter: &'static str,
        /// The rule that was broken.
        rule: &'static str,
    },
    /// 6000001: the vendor's message is not what that vendor sends.
    #[error("message: {0} (6000001)")]
    MalformedMessage(&'static str),
}

impl Error {
    /// The published number.
    #[must_use]
    pub const fn code(&self) -> u32 {
        match self {
            Error::NeverRegistered => ZpnsErrorCode::UnregisterFailed.code(),
            Error::NotRegistered => ErrorCode::ZpnsModulePushIDInvalid.code(),
            Error::InvalidParameter { .. } | Error::MalformedMessage(_) => {
                ErrorCode::CommonModuleParamsInvalid.code()
            }
        }
    }
}
