//! What the library logs, on its way to the host.

use crate::callback::{Held, begin, hold, is_callback};
use crate::guard::guard;
use crate::status::{Refused, ZIM_STATUS_FAILED, zim_status};
use crate::types::zim_str;
use log::{Level, LevelFilter, Log, Metadata, Record};
use std::cell::Cell;
use std::ffi::c_void;
use std::sync::{Arc, Mutex, PoisonError};

/// Nothing is logged.
pub const ZIM_LOG_LEVEL_OFF: i32 = 0;
/// What went wrong inside the library.
pub const ZIM_LOG_LEVEL_ERROR: i32 = 1;
/// What the app or the server should not do.
pub const ZIM_LOG_LEVEL_WARN: i32 = 2;
/// The course of connections and logins.
pub const ZIM_LOG_LEVEL_INFO: i32 = 3;
/// Details for whoever looks for a fault.
pub const ZIM_LOG_LEVEL_DEBUG: i32 = 4;

/// Where log lines go.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct zim_log_callback {
    /// `sizeof(zim_log_callback)`.
    pub struct_size: usize,
    /// One line. `level` is a `ZIM_LOG_LEVEL_`, `module` the part of the library that speaks. Views live until it returns.
    /// It must return soon, and what libzim does inside it is not logged. Thread: any, several at once.
    pub on_log:
        Option<unsafe extern "C" fn(user_data: *mut c_void, level: i32, module: zim_str, message: zim_str)>,
    /// Called once when the callback was replaced and its last line was told; frees `user_data`. May be NULL.
    pub release: Option<unsafe extern "C" fn(user_data: *mut c_void)>,
    /// Given back to both. Yours.
    pub user_data: *mut c_void,
}

is_callback!(zim_log_callback);

struct Sink(Mutex<Option<Arc<Held<zim_log_callback>>>>);

static SINK: Sink = Sink(Mutex::new(None));

thread_local! {
    /// The host is being told a line on this thread.
    static IS_TELLING: Cell<bool> = const { Cell::new(false) };
}

impl Sink {
    fn replace(&self, held: Option<Arc<Held<zim_log_callback>>>) {
        let old = std::mem::replace(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner), held);
        // The host's release runs without our lock.
        drop(old);
    }
}

impl Log for Sink {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.level() <= log::max_level()
    }

    fn log(&self, record: &Record<'_>) {
        if IS_TELLING.try_with(|telling| telling.replace(true)).unwrap_or(true) {
            return;
        }
        let held = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(on_log) =
            held.as_ref().and_then(|held| held.callback()).and_then(|callback| callback.on_log)
        {
            let message = record.args().to_string();
            let user_data = held.as_ref().map_or(std::ptr::null_mut(), |held| held.user_data());
            // SAFETY: the host promised a function of this type; the views live until it returns.
            unsafe {
                on_log(
                    user_data,
                    number(record.level()),
                    zim_str::of(record.target()),
                    zim_str::of(&message),
                );
            }
        }
        drop(held);
        let _ = IS_TELLING.try_with(|telling| telling.set(false));
    }

    fn flush(&self) {}
}

fn number(level: Level) -> i32 {
    match level {
        Level::Error => ZIM_LOG_LEVEL_ERROR,
        Level::Warn => ZIM_LOG_LEVEL_WARN,
        Level::Info => ZIM_LOG_LEVEL_INFO,
        Level::Debug | Level::Trace => ZIM_LOG_LEVEL_DEBUG,
    }
}

fn filter(level: i32) -> Result<LevelFilter, Refused> {
    match level {
        ZIM_LOG_LEVEL_OFF => Ok(LevelFilter::Off),
        ZIM_LOG_LEVEL_ERROR => Ok(LevelFilter::Error),
        ZIM_LOG_LEVEL_WARN => Ok(LevelFilter::Warn),
        ZIM_LOG_LEVEL_INFO => Ok(LevelFilter::Info),
        ZIM_LOG_LEVEL_DEBUG => Ok(LevelFilter::Debug),
        other => Err(Refused::invalid("level", &format!("{other} is no ZIM_LOG_LEVEL_"))),
    }
}

/// Sends log lines of all clients of the process up to `level` to the host, replacing what was set before; NULL or
/// `ZIM_LOG_LEVEL_OFF`: nowhere, which is how it starts. Lines never hold message text, tokens or secrets. Thread: any.
///
/// # Safety
/// `callback` is NULL or valid for the size it says; its functions and `user_data` are used until `release` was called.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zim_set_log_callback(level: i32, callback: *const zim_log_callback) -> zim_status {
    guard(|| {
        let filter = filter(level)?;
        if callback.is_null() || filter == LevelFilter::Off {
            log::set_max_level(LevelFilter::Off);
            SINK.replace(None);
            return Ok(());
        }
        // SAFETY: valid for the size it says, by the contract above.
        let held = unsafe { hold(callback)? };
        // The address tells our logger from one that a host written in Rust has installed.
        if log::set_logger(&SINK).is_err() && !std::ptr::addr_eq(log::logger(), &raw const SINK) {
            let detail = "the process has a logger of its own".into();
            return Err(Refused { status: ZIM_STATUS_FAILED, detail });
        }
        begin(held, |held| SINK.replace(Some(Arc::new(held))));
        log::set_max_level(filter);
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU32, Ordering};

    #[derive(Default)]
    struct Seen {
        lines: Mutex<Vec<(i32, String)>>,
        released: AtomicU32,
    }

    unsafe extern "C" fn on_log(user_data: *mut c_void, level: i32, module: zim_str, message: zim_str) {
        log::error!("what is logged inside is not told");
        // SAFETY: the test keeps `Seen` alive; the views are valid here.
        unsafe {
            if module.read("module").is_ok_and(|module| module == "log_sink_test") {
                let seen = &*user_data.cast::<Seen>();
                seen.lines.lock().unwrap().push((level, message.read("message").unwrap()));
            }
        }
    }

    unsafe extern "C" fn release(user_data: *mut c_void) {
        // SAFETY: the test keeps `Seen` alive.
        unsafe { &*user_data.cast::<Seen>() }.released.fetch_add(1, Ordering::Relaxed);
    }

    #[test]
    fn lines_up_to_the_level_reach_the_host_until_it_is_replaced() {
        let seen = Seen::default();
        let callback = zim_log_callback {
            struct_size: size_of::<zim_log_callback>(),
            on_log: Some(on_log),
            release: Some(release),
            user_data: std::ptr::from_ref(&seen).cast_mut().cast(),
        };
        // SAFETY: the callback is valid, and `seen` outlives it: it is replaced below.
        unsafe {
            assert_eq!(zim_set_log_callback(9, &callback), crate::status::ZIM_STATUS_INVALID_ARGUMENT);
            assert_eq!(zim_set_log_callback(ZIM_LOG_LEVEL_INFO, &callback), 0);
            log::info!(target: "log_sink_test", "one");
            log::debug!(target: "log_sink_test", "too quiet");
            log::error!(target: "log_sink_test", "two");
            assert_eq!(zim_set_log_callback(ZIM_LOG_LEVEL_OFF, std::ptr::null()), 0);
        }
        log::error!(target: "log_sink_test", "three");
        let expected = [(ZIM_LOG_LEVEL_INFO, "one".to_owned()), (ZIM_LOG_LEVEL_ERROR, "two".to_owned())];
        assert_eq!(*seen.lines.lock().unwrap(), expected);
        assert_eq!(seen.released.load(Ordering::Relaxed), 1);
    }
}
