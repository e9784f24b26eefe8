//! Refusals, apart from failures of the store.

use crate::store::StoreError;
use zim_proto::validate::Invalid;
use zim_proto::{ErrorCode, v1};

/// A rule said no. Nothing has been written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message} ({})", code.code())]
pub struct ServiceError {
    /// Published code.
    pub code: ErrorCode,
    /// The rule, in words; no user content.
    pub message: String,
    /// Published name of the parameter at fault, if one is.
    pub parameter: Option<&'static str>,
}

/// What every operation answers: the store failed, or a rule said no, or it is done.
pub type Answer<T> = Result<Result<T, ServiceError>, StoreError>;

impl ServiceError {
    pub(super) fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), parameter: None }
    }
}

impl From<Invalid> for ServiceError {
    fn from(invalid: Invalid) -> Self {
        Self { code: invalid.code, message: invalid.message, parameter: Some(invalid.parameter) }
    }
}

impl From<ServiceError> for v1::Error {
    fn from(error: ServiceError) -> Self {
        Self {
            code: error.code.code(),
            message: error.message,
            parameter: error.parameter.unwrap_or_default().to_owned(),
            retry_after_ms: 0,
        }
    }
}

/// Inside the services both kinds travel with `?`; [`settle`] takes them apart at the edge.
#[derive(Debug)]
pub(super) enum Fail {
    Refused(ServiceError),
    Store(StoreError),
}

pub(super) type Fallible<T> = Result<T, Fail>;

impl From<ServiceError> for Fail {
    fn from(error: ServiceError) -> Self {
        Self::Refused(error)
    }
}

impl From<Invalid> for Fail {
    fn from(invalid: Invalid) -> Self {
        Self::Refused(invalid.into())
    }
}

impl From<StoreError> for Fail {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

pub(super) fn refused(code: ErrorCode, message: impl Into<String>) -> Fail {
    ServiceError::new(code, message).into()
}

/// 6000001 naming a parameter that only the server can judge.
pub(super) fn invalid(parameter: &'static str, message: impl Into<String>) -> Fail {
    let mut error = ServiceError::new(ErrorCode::CommonModuleParamsInvalid, message);
    error.parameter = Some(parameter);
    error.into()
}

pub(super) fn settle<T>(result: Fallible<T>) -> Answer<T> {
    match result {
        Ok(value) => Ok(Ok(value)),
        Err(Fail::Refused(error)) => Ok(Err(error)),
        Err(Fail::Store(error)) => Err(error),
    }
}
