//! Failures as hosts get them.

/// Why something failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum ZimError {
    /// The one case: hosts tell failures apart by number.
    #[error("{detail} ({code})")]
    Failed {
        /// Published number; of the `zpns` table for what only the push client refuses.
        code: u32,
        /// For developers. The published name of this field is `message`, which Kotlin's exceptions have themselves.
        detail: String,
        /// Published name of the parameter at fault, if one is.
        parameter: Option<String>,
        /// When the server will listen again, in milliseconds, if it said so.
        retry_after_ms: Option<u64>,
    },
}

impl ZimError {
    pub(crate) fn new(code: u32, detail: impl Into<String>) -> Self {
        Self::Failed { code, detail: detail.into(), parameter: None, retry_after_ms: None }
    }
}

impl From<zim_core::Error> for ZimError {
    fn from(error: zim_core::Error) -> Self {
        Self::Failed {
            code: error.code.code(),
            detail: error.message,
            parameter: error.parameter,
            retry_after_ms: error
                .retry_after
                .map(|after| u64::try_from(after.as_millis()).unwrap_or(u64::MAX)),
        }
    }
}

impl From<zpns_core::Error> for ZimError {
    fn from(error: zpns_core::Error) -> Self {
        let parameter = match &error {
            zpns_core::Error::InvalidParameter { parameter, .. } => Some((*parameter).to_owned()),
            zpns_core::Error::MalformedMessage(_) => Some("message".to_owned()),
            _ => None,
        };
        Self::Failed { code: error.code(), detail: error.to_string(), parameter, retry_after_ms: None }
    }
}

/// A host's callback threw something it does not declare.
impl From<uniffi::UnexpectedUniFFICallbackError> for ZimError {
    fn from(error: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::new(zim_proto::ErrorCode::Failed.code(), error.reason)
    }
}
