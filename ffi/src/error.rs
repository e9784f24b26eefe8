//! Errors of operations: the published code and what a developer needs to know.

use crate::types::zim_str;
use zim_core::Error;

/// Why an operation failed. Owned by whoever the function or callback says; read it with the getters.
pub struct zim_error {
    code: u32,
    message: String,
    parameter: String,
}

impl zim_error {
    pub(crate) fn new(error: &Error) -> Self {
        Self {
            code: error.code.code(),
            message: error.message.clone(),
            parameter: error.parameter.clone().unwrap_or_default(),
        }
    }
}

/// The published error code (`ZIM_ERROR_CODE_…`); 0 for NULL, which means success. Thread: any.
///
/// # Safety
/// `error` is NULL or a live error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zim_error_code(error: *const zim_error) -> u32 {
    // SAFETY: NULL or live, by the contract above.
    unsafe { error.as_ref() }.map_or(0, |error| error.code)
}

/// What went wrong, in English, with the name of a faulty parameter; never message text or tokens. A view that lives
/// as long as the error; empty for NULL. Thread: any.
///
/// # Safety
/// `error` is NULL or a live error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zim_error_message(error: *const zim_error) -> zim_str {
    // SAFETY: NULL or live, by the contract above.
    unsafe { error.as_ref() }.map_or(zim_str::EMPTY, |error| zim_str::of(&error.message))
}

/// Published name of the parameter at fault, empty if none is. A view that lives as long as the error. Thread: any.
///
/// # Safety
/// `error` is NULL or a live error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zim_error_parameter(error: *const zim_error) -> zim_str {
    // SAFETY: NULL or live, by the contract above.
    unsafe { error.as_ref() }.map_or(zim_str::EMPTY, |error| zim_str::of(&error.parameter))
}

/// Frees an error that a function returned through its `zim_error **`. NULL is fine. Errors given to callbacks are
/// not the host's to free. Thread: any.
///
/// # Safety
/// `error` is NULL or came from such a function and was not freed before.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zim_error_free(error: *mut zim_error) {
    if !error.is_null() {
        // SAFETY: it came from `Box::into_raw` in `give` and nobody else owns it, by the contract above.
        drop(unsafe { Box::from_raw(error) });
    }
}

/// Hands an error to the caller, if it asked for one.
///
/// # Safety
/// `out` is NULL or writable.
pub(crate) unsafe fn give(out: *mut *mut zim_error, error: &Error) {
    if !out.is_null() {
        // SAFETY: writable, by the contract above.
        unsafe { out.write(Box::into_raw(Box::new(zim_error::new(error)))) };
    }
}
