//! Callbacks of the host: held by us from the call until they were told, then released, each exactly once.

use crate::status::Refused;
use std::ffi::c_void;
use std::mem::MaybeUninit;

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

/// A callback in our keeping. Dropping it, told or not, releases it.
pub(crate) struct Held<T: Callback> {
    callback: Option<T>,
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
        let Some(callback) = self.callback else { return };
        if let Some(release) = callback.release() {
            // SAFETY: the host promised a function of this type; it is called once, here.
            unsafe { release(callback.user_data()) };
        }
    }
}

/// Takes a callback over. NULL means the host does not care how the operation ends.
///
/// # Safety
/// `callback` is NULL or valid for reads of the size it says.
pub(crate) unsafe fn hold<T: Callback>(callback: *const T) -> Result<Held<T>, Refused> {
    if callback.is_null() {
        return Ok(Held { callback: None });
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
    Ok(Held { callback: Some(callback) })
}
