//! Result of a call across the ABI: whether it was well formed.

use std::cell::RefCell;
use std::ffi::{CString, c_char};

/// Result of a call: 0, or one of the `ZIM_STATUS_` numbers. It reports misuse of the ABI only; what becomes of the
/// requested operation is told to its callback.
pub type zim_status = i32;

/// The call was accepted.
pub const ZIM_STATUS_OK: zim_status = 0;
/// A pointer that must not be NULL is NULL.
pub const ZIM_STATUS_NULL_POINTER: zim_status = 1;
/// An argument is malformed: not UTF-8, a number outside its enum, a `struct_size` that is too small.
/// `zim_status_detail` names it.
pub const ZIM_STATUS_INVALID_ARGUMENT: zim_status = 2;
/// The client was destroyed.
pub const ZIM_STATUS_DESTROYED: zim_status = 3;
/// A bug of the library was caught at the boundary. The client is not usable any more: destroy it.
pub const ZIM_STATUS_PANIC: zim_status = 4;
/// The process forked after the client was made. In the child the client can only be freed; make a new one.
pub const ZIM_STATUS_FORKED: zim_status = 5;
/// The operation itself failed at once; the `zim_error` out-parameter says why.
pub const ZIM_STATUS_FAILED: zim_status = 6;

thread_local! {
    static DETAIL: RefCell<CString> = RefCell::default();
}

/// Why a call was refused before it became an operation.
#[derive(Debug)]
pub(crate) struct Refused {
    pub(crate) status: zim_status,
    pub(crate) detail: String,
}

impl Refused {
    pub(crate) fn null(parameter: &str) -> Self {
        Self { status: ZIM_STATUS_NULL_POINTER, detail: format!("{parameter} is NULL") }
    }

    pub(crate) fn invalid(parameter: &str, why: &str) -> Self {
        Self { status: ZIM_STATUS_INVALID_ARGUMENT, detail: format!("{parameter}: {why}") }
    }

    /// The same refusal, about a field of `parent`.
    pub(crate) fn within(self, parent: &str) -> Self {
        Self { detail: format!("{parent}.{}", self.detail), ..self }
    }

    pub(crate) fn forked() -> Self {
        Self { status: ZIM_STATUS_FORKED, detail: "the client was made before this process forked".into() }
    }

    pub(crate) fn destroyed() -> Self {
        Self { status: ZIM_STATUS_DESTROYED, detail: "the client was destroyed".into() }
    }
}

/// Keeps the text of a refusal for this thread.
pub(crate) fn remember(detail: &str) {
    let text = CString::new(detail.replace('\0', " ")).unwrap_or_default();
    // A thread that is ending has no place for it.
    let _ = DETAIL.try_with(|slot| *slot.borrow_mut() = text);
}

/// Why the last refused call on this thread was refused, naming the parameter. NUL-terminated UTF-8, a view valid until
/// the next refused call on this thread; empty if none was refused yet. Thread: any.
#[unsafe(no_mangle)]
pub extern "C" fn zim_status_detail() -> *const c_char {
    DETAIL.try_with(|slot| slot.borrow().as_ptr()).unwrap_or(c"".as_ptr())
}
