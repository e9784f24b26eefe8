//! Callbacks of the host: held by us from the call until they were told, then released, each exactly once.

use crate::status::Refused;
use std::ffi::c_void;
use std::mem::MaybeUninit;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// `struct_size`, `user_data`, `release` and one function: what every version of every callback struct has.
const SMALLEST: usize = 4 * size_of::<usize>();

/// A struct of callbacks as C fills it.
///
/// # Safety
/// `repr(C)`, valid for any content C can write and for zeros, `struct_size` first.
pub(crate) unsafe trait Callback: Copy {
    fn release(&self) -> Option<unsafe extern "C" fn(user_data: *mut c_void)>;
    fn user_data(&self) -> *mut c_void;
}

/// Implements [`Callback`] for a struct with the three fields.
macro_rules! is_callback {
    ($name:ty) => {
        // SAFETY: `repr(C)` with `struct_size` first; the fields are numbers, pointers and nullable functions.
        unsafe impl $crate::callback::Callback for $name {
            fn release(&self) -> Option<unsafe extern "C" fn(user_data: *mut std::ffi::c_void)> {
                self.release
            }
            fn user_data(&self) -> *mut std::ffi::c_void {
                self.user_data
            }
        }
    };
}
pub(crate) use is_callback;

/// A callback that is read, and from [`begin`] on in our keeping: dropping it then, told or not, releases it. Before that
/// the host still owns it, so that a call that is refused, or panics, leaves it alone.
pub(crate) struct Held<T: Callback> {
    callback: Option<T>,
    is_ours: bool,
}

// SAFETY: the host hands `user_data` over to our callback thread; the ABI says so, and nothing else touches it.
unsafe impl<T: Callback> Send for Held<T> {}
// SAFETY: as above; shared only behind the client's one callback thread.
unsafe impl<T: Callback> Sync for Held<T> {}

impl<T: Callback> Held<T> {
    /// The callback, `None` if the host gave NULL.
    pub(crate) fn callback(&self) -> Option<&T> {
        self.callback.as_ref()
    }

    /// What the host wants back.
    pub(crate) fn user_data(&self) -> *mut c_void {
        self.callback.map_or(std::ptr::null_mut(), |callback| callback.user_data())
    }
}

impl<T: Callback> Drop for Held<T> {
    fn drop(&mut self) {
        let Some(callback) = self.callback.filter(|_| self.is_ours) else { return };
        if let Some(release) = callback.release() {
            // SAFETY: the host promised a function of this type; it is called once, here.
            unsafe { release(callback.user_data()) };
        }
    }
}

/// Takes a callback over and starts what it belongs to. From here on the call counts as accepted, whatever happens: an
/// operation that panics drops its completer, which answers with an error.
pub(crate) fn begin<T: Callback>(mut callback: Held<T>, start: impl FnOnce(Held<T>)) {
    callback.is_ours = true;
    // Nothing half-changed can be seen afterwards: what `start` touches is owned by it or lives on another thread.
    if catch_unwind(AssertUnwindSafe(|| start(callback))).is_err() {
        log::error!("an accepted operation panicked at its start");
    }
}

/// Reads a callback. NULL means the host does not care how the operation ends.
///
/// # Safety
/// `callback` is NULL or valid for reads of the size it says.
pub(crate) unsafe fn hold<T: Callback>(callback: *const T) -> Result<Held<T>, Refused> {
    if callback.is_null() {
        return Ok(Held { callback: None, is_ours: false });
    }
    if !callback.is_aligned() {
        return Err(Refused::invalid("callback", "not aligned"));
    }
    // SAFETY: `struct_size` comes first and is valid for reads, by the contract above.
    let size = unsafe { callback.cast::<usize>().read() };
    if size < SMALLEST {
        return Err(Refused::invalid(
            "callback.struct_size",
            "smaller than any version of the struct; set it to sizeof",
        ));
    }
    let mut whole = MaybeUninit::<T>::zeroed();
    // SAFETY: the host says that `size` bytes are there, and the copy stays inside `whole`; a host built with an older
    // header has fewer fields, the rest stay zero, which is NULL for the nullable functions `Callback` consists of.
    let callback = unsafe {
        std::ptr::copy_nonoverlapping(
            callback.cast::<u8>(),
            whole.as_mut_ptr().cast::<u8>(),
            size.min(size_of::<T>()),
        );
        whole.assume_init()
    };
    Ok(Held { callback: Some(callback), is_ours: false })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generated::callbacks::zim_done_callback;
    use std::sync::atomic::{AtomicU32, Ordering};

    unsafe extern "C" fn count(user_data: *mut c_void) {
        // SAFETY: the tests give a counter that outlives the callback.
        unsafe { &*user_data.cast::<AtomicU32>() }.fetch_add(1, Ordering::Relaxed);
    }

    fn callback(released: &AtomicU32) -> zim_done_callback {
        zim_done_callback {
            struct_size: size_of::<zim_done_callback>(),
            on_done: None,
            release: Some(count),
            user_data: std::ptr::from_ref(released).cast_mut().cast(),
        }
    }

    #[test]
    fn it_is_the_hosts_until_the_operation_begins() {
        let released = AtomicU32::new(0);
        let callback = callback(&released);
        // SAFETY: a valid struct.
        drop(unsafe { hold(&raw const callback) }.expect("valid"));
        assert_eq!(released.load(Ordering::Relaxed), 0);
        // SAFETY: a valid struct.
        begin(unsafe { hold(&raw const callback) }.expect("valid"), drop);
        assert_eq!(released.load(Ordering::Relaxed), 1);
    }

    #[test]
    fn a_panicking_start_releases_it_once() {
        let released = AtomicU32::new(0);
        let callback = callback(&released);
        // SAFETY: a valid struct.
        let held = unsafe { hold(&raw const callback) }.expect("valid");
        begin(held, |_held| panic!("expected by this test"));
        assert_eq!(released.load(Ordering::Relaxed), 1);
    }

    #[test]
    fn a_struct_of_the_first_release_is_read_and_a_smaller_one_refused() {
        let released = AtomicU32::new(0);
        let small = zim_done_callback { struct_size: SMALLEST - 1, ..callback(&released) };
        // SAFETY: a valid struct that says to be smaller.
        let refused = unsafe { hold(&raw const small) }.err().expect("too small");
        assert!(refused.detail.starts_with("callback.struct_size"), "{}", refused.detail);
    }
}
