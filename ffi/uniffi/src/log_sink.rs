//! What the library logs, on its way to the host: the one logger of the process is the C ABI's, used from here.

use crate::error::ZimError;
use std::ffi::{c_char, c_void};
use std::sync::Arc;
use zim::log_sink::{
    ZIM_LOG_LEVEL_DEBUG, ZIM_LOG_LEVEL_ERROR, ZIM_LOG_LEVEL_INFO, ZIM_LOG_LEVEL_OFF, ZIM_LOG_LEVEL_WARN,
    zim_log_callback, zim_set_log_callback,
};
use zim::status::ZIM_STATUS_OK;
use zim::types::zim_str;

/// How much is logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum LogLevel {
    /// Nothing.
    Off,
    /// What went wrong inside the library.
    Error,
    /// What the app or the server should not do.
    Warn,
    /// The course of connections and logins.
    Info,
    /// Details for whoever looks for a fault.
    Debug,
}

impl LogLevel {
    fn number(self) -> i32 {
        match self {
            Self::Off => ZIM_LOG_LEVEL_OFF,
            Self::Error => ZIM_LOG_LEVEL_ERROR,
            Self::Warn => ZIM_LOG_LEVEL_WARN,
            Self::Info => ZIM_LOG_LEVEL_INFO,
            Self::Debug => ZIM_LOG_LEVEL_DEBUG,
        }
    }

    fn of(number: i32) -> Self {
        match number {
            ZIM_LOG_LEVEL_ERROR => Self::Error,
            ZIM_LOG_LEVEL_WARN => Self::Warn,
            ZIM_LOG_LEVEL_INFO => Self::Info,
            _ => Self::Debug,
        }
    }
}

/// Where log lines go. Lines hold no message text, tokens or secrets.
#[uniffi::export(with_foreign)]
pub trait LogSink: Send + Sync {
    /// One line of `module`, the part of the library that speaks. It must return soon; what it throws is dropped.
    /// Thread: any, several at once.
    fn on_log(&self, level: LogLevel, module: String, line: String) -> Result<(), ZimError>;
}

/// Sends log lines of the whole process up to `level` to `sink`, replacing what was set before; absent or `Off`: nowhere,
/// which is how it starts. 1 when the process has a logger of its own.
#[uniffi::export]
pub fn set_log_sink(level: LogLevel, sink: Option<Arc<dyn LogSink>>) -> Result<(), ZimError> {
    let Some(sink) = sink.filter(|_| level != LogLevel::Off) else {
        // SAFETY: NULL turns the log off.
        unsafe { zim_set_log_callback(ZIM_LOG_LEVEL_OFF, std::ptr::null()) };
        return Ok(());
    };
    let user_data = Box::into_raw(Box::new(sink)).cast::<c_void>();
    let callback = zim_log_callback {
        struct_size: size_of::<zim_log_callback>(),
        on_log: Some(on_log),
        release: Some(release),
        user_data,
    };
    // SAFETY: the struct is whole, and `user_data` lives until `release` frees it.
    let status = unsafe { zim_set_log_callback(level.number(), &raw const callback) };
    if status == ZIM_STATUS_OK {
        return Ok(());
    }
    // SAFETY: a callback that was refused was not kept, so that this is the box's only owner.
    unsafe { release(user_data) };
    let code = zim_proto::ErrorCode::Failed.code();
    Err(ZimError::new(code, "the process has a logger of its own"))
}

unsafe extern "C" fn on_log(user_data: *mut c_void, level: i32, module: zim_str, line: zim_str) {
    // SAFETY: `set_log_sink` gave this pointer, and `release` has not been called yet.
    let sink = unsafe { &*user_data.cast::<Arc<dyn LogSink>>() };
    // SAFETY: the views live until this returns.
    let (module, line) = unsafe { (text(module.data, module.len), text(line.data, line.len)) };
    // Logging that a log line failed would not end.
    let _ = sink.on_log(LogLevel::of(level), module, line);
}

unsafe extern "C" fn release(user_data: *mut c_void) {
    // SAFETY: the box of `set_log_sink`, released once.
    drop(unsafe { Box::from_raw(user_data.cast::<Arc<dyn LogSink>>()) });
}

/// # Safety
/// `data` is NULL or readable for `len` bytes.
unsafe fn text(data: *const c_char, len: usize) -> String {
    if data.is_null() {
        return String::new();
    }
    // SAFETY: by the contract above.
    let bytes = unsafe { std::slice::from_raw_parts(data.cast::<u8>(), len) };
    String::from_utf8_lossy(bytes).into_owned()
}
