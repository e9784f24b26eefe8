//! The one error type of the SDK's public edge.

use std::time::Duration;
use zim_proto::{ErrorCode, v1, validate::Invalid};

/// Why an operation failed: the published code, a text for developers, and what to do about it where that is known.
///
/// The text never repeats what the app passed in and never holds a token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message} ({})", code.code())]
pub struct Error {
    /// Published error code (`ZIMErrorCode`).
    pub code: ErrorCode,
    /// For developers; may change between versions.
    pub message: String,
    /// Published name of the parameter at fault, if one is.
    pub parameter: Option<String>,
    /// How long the server asks to wait before the next try.
    pub retry_after: Option<Duration>,
}

impl Error {
    /// An error with the published description of `code` as its text.
    #[must_use]
    pub fn new(code: ErrorCode) -> Self {
        Self { code, message: code.description().to_owned(), parameter: None, retry_after: None }
    }

    /// The same error with a text that says more than the code's description.
    #[must_use]
    pub fn with_message(mut self, message: impl Into<String>) -> Self {
        self.message = message.into();
        self
    }

    /// 6000001 about one parameter, named as published.
    #[must_use]
    pub fn invalid(parameter: &str, message: &str) -> Self {
        Self::parameter(ErrorCode::CommonModuleParamsInvalid, parameter, message)
    }

    /// An error about one parameter, named as published.
    #[must_use]
    pub fn parameter(code: ErrorCode, parameter: &str, message: &str) -> Self {
        Self { code, message: message.to_owned(), parameter: Some(parameter.to_owned()), retry_after: None }
    }
}

impl From<ErrorCode> for Error {
    fn from(code: ErrorCode) -> Self {
        Self::new(code)
    }
}

impl From<Invalid> for Error {
    fn from(invalid: Invalid) -> Self {
        Self {
            code: invalid.code,
            message: format!("{}: {}", invalid.parameter, invalid.message),
            parameter: Some(invalid.parameter.to_owned()),
            retry_after: None,
        }
    }
}

impl From<v1::Error> for Error {
    /// A code this version does not know becomes 1 (generic failure) with the number in the text.
    fn from(error: v1::Error) -> Self {
        let code = ErrorCode::from_code(error.code).filter(|code| *code != ErrorCode::Success);
        let mut message = error.message;
        if code.is_none() {
            message = format!("server error {}: {message}", error.code);
        } else if message.is_empty() {
            code.unwrap_or(ErrorCode::Failed).description().clone_into(&mut message);
        }
        Self {
            code: code.unwrap_or(ErrorCode::Failed),
            message,
            parameter: (!error.parameter.is_empty()).then_some(error.parameter),
            retry_after: (error.retry_after_ms > 0)
                .then(|| Duration::from_millis(u64::from(error.retry_after_ms))),
        }
    }
}

impl From<crate::store::StoreError> for Error {
    fn from(error: crate::store::StoreError) -> Self {
        use crate::store::StoreError;
        let code = match &error {
            StoreError::Open(_) => ErrorCode::DatabaseModuleOpenDatabaseError,
            StoreError::Write(_) => ErrorCode::DatabaseModuleModifyDatabaseError,
            StoreError::Read(_) => ErrorCode::DatabaseModuleSeleteDatabaseError,
            StoreError::NotOpen => ErrorCode::DatabaseModuleDbIsNotOpened,
        };
        Self::new(code).with_message(error.to_string())
    }
}
