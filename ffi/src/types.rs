//! The small types every C function shares, and the reading of what a host passes in.

use crate::status::Refused;
use std::collections::HashMap;
use std::ffi::c_char;
use std::mem::MaybeUninit;
use std::sync::Arc;
use std::{ptr, slice};

/// A view of UTF-8 text: `len` bytes at `data`, not necessarily followed by NUL. `{NULL, 0}` is the empty text.
///
/// Input is borrowed for the call. Output lives until the callback returns, or as long as the object it came from.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct zim_str {
    /// First byte; may be NULL when `len` is 0.
    pub data: *const c_char,
    /// Length in bytes.
    pub len: usize,
}

impl zim_str {
    /// The empty text.
    pub const EMPTY: zim_str = zim_str { data: ptr::null(), len: 0 };

    /// A view of `text`, which must outlive the view's use.
    pub(crate) fn of(text: &str) -> zim_str {
        if text.is_empty() { zim_str::EMPTY } else { zim_str { data: text.as_ptr().cast(), len: text.len() } }
    }

    /// The text as the library keeps it; `parameter` names it in a refusal.
    ///
    /// # Safety
    /// `data` is NULL or points to `len` readable bytes.
    pub(crate) unsafe fn read(self, parameter: &str) -> Result<String, Refused> {
        // SAFETY: the same contract.
        let bytes = unsafe { elements(self.data.cast::<u8>(), self.len, parameter) }?;
        match std::str::from_utf8(bytes) {
            Ok(text) => Ok(text.to_owned()),
            Err(error) => {
                Err(Refused::invalid(parameter, &format!("not UTF-8 at byte {}", error.valid_up_to())))
            }
        }
    }
}

/// A view of `len` bytes at `data`; lives as long as a `zim_str` in the same place.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct zim_bytes {
    /// First byte; may be NULL when `len` is 0.
    pub data: *const u8,
    /// Length in bytes.
    pub len: usize,
}

impl zim_bytes {
    /// No bytes.
    pub const EMPTY: zim_bytes = zim_bytes { data: ptr::null(), len: 0 };

    /// A view of `bytes`, which must outlive the view's use.
    pub(crate) fn of(bytes: &[u8]) -> zim_bytes {
        if bytes.is_empty() { zim_bytes::EMPTY } else { zim_bytes { data: bytes.as_ptr(), len: bytes.len() } }
    }

    /// The bytes as the library keeps them.
    ///
    /// # Safety
    /// `data` is NULL or points to `len` readable bytes.
    pub(crate) unsafe fn read(self, parameter: &str) -> Result<Vec<u8>, Refused> {
        // SAFETY: the same contract.
        unsafe { elements(self.data, self.len, parameter) }.map(<[u8]>::to_vec)
    }
}

/// One entry of a map of texts.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct zim_key_value {
    /// Key.
    pub key: zim_str,
    /// Value.
    pub value: zim_str,
}

/// A C struct that a host fills in.
///
/// # Safety
/// The type is `repr(C)` and its first field is `struct_size: usize`.
pub(crate) unsafe trait CRecord: Copy {
    /// What the library makes of it.
    type Model: Default;
    /// Size of the struct in the first release that had it: the least a caller may pass.
    const MIN_SIZE: usize;
    /// What the `_INIT` macro of the header sets; fields a caller is too old to know keep these values.
    const INIT: Self;

    /// Converts the record; a refusal names the field at fault.
    ///
    /// # Safety
    /// Every pointer in the record is NULL or valid for the count beside it, and so are those of nested records.
    unsafe fn read(&self) -> Result<Self::Model, Refused>;
}

/// Reads a record that must be there.
///
/// # Safety
/// `record` is NULL or points to `record->struct_size` readable bytes that keep the contract of [`CRecord::read`].
pub(crate) unsafe fn record<T: CRecord>(record: *const T, parameter: &str) -> Result<T::Model, Refused> {
    if record.is_null() {
        return Err(Refused::null(parameter));
    }
    if !record.is_aligned() {
        return Err(Refused::invalid(parameter, "not aligned"));
    }
    // SAFETY: not NULL and aligned, so it points to a struct that begins with its size, by the contracts of this function and of
    // the trait. The struct is read as bytes because an older caller's may be shorter than `T`.
    let size = unsafe { record.cast::<usize>().read() };
    if size < T::MIN_SIZE {
        let why = format!("struct_size is {size}, at least {} is needed", T::MIN_SIZE);
        return Err(Refused::invalid(parameter, &why));
    }
    let mut copy = MaybeUninit::new(T::INIT);
    let known = size.min(size_of::<T>());
    // SAFETY: `known` bytes are readable at `record` and writable in `copy`, which are different objects; `copy` stays
    // initialised because it was before.
    let copy = unsafe {
        ptr::copy_nonoverlapping(record.cast::<u8>(), copy.as_mut_ptr().cast::<u8>(), known);
        copy.assume_init()
    };
    // SAFETY: the pointers of the record are valid, by the contract of this function.
    unsafe { copy.read() }.map_err(|refused| refused.within(parameter))
}

/// Reads a record whose absence means that all is default.
///
/// # Safety
/// As [`record`].
pub(crate) unsafe fn record_or_default<T: CRecord>(
    pointer: *const T,
    parameter: &str,
) -> Result<T::Model, Refused> {
    // SAFETY: the same contract.
    unsafe { optional_record(pointer, parameter) }.map(Option::unwrap_or_default)
}

/// Reads a record that may be absent.
///
/// # Safety
/// As [`record`].
pub(crate) unsafe fn optional_record<T: CRecord>(
    pointer: *const T,
    parameter: &str,
) -> Result<Option<T::Model>, Refused> {
    if pointer.is_null() {
        return Ok(None);
    }
    // SAFETY: the same contract.
    unsafe { record(pointer, parameter) }.map(Some)
}

/// Reads an object the library shares, which may be absent.
///
/// # Safety
/// As [`record`].
pub(crate) unsafe fn shared_record<T: CRecord>(
    pointer: *const T,
    parameter: &str,
) -> Result<Option<Arc<T::Model>>, Refused> {
    // SAFETY: the same contract.
    unsafe { optional_record(pointer, parameter) }.map(|model| model.map(Arc::new))
}

/// Reads a list of pointers to records.
///
/// # Safety
/// `items` is NULL or points to `count` pointers that keep the contract of [`record`].
pub(crate) unsafe fn record_list<T: CRecord>(
    items: *const *const T,
    count: usize,
    parameter: &str,
) -> Result<Vec<T::Model>, Refused> {
    // SAFETY: the same contract.
    unsafe { elements(items, count, parameter) }?
        .iter()
        // SAFETY: each pointer keeps the contract of `record`.
        .map(|item| unsafe { record(*item, parameter) })
        .collect()
}

/// Reads a list of texts.
///
/// # Safety
/// `items` is NULL or points to `count` views that keep the contract of [`zim_str::read`].
pub(crate) unsafe fn str_list(
    items: *const zim_str,
    count: usize,
    parameter: &str,
) -> Result<Vec<String>, Refused> {
    // SAFETY: the same contract.
    unsafe { elements(items, count, parameter) }?
        .iter()
        // SAFETY: each view keeps the contract of `zim_str::read`.
        .map(|item| unsafe { item.read(parameter) })
        .collect()
}

/// Reads a list of numbers.
///
/// # Safety
/// `items` is NULL or points to `count` numbers.
pub(crate) unsafe fn number_list<T: Copy>(
    items: *const T,
    count: usize,
    parameter: &str,
) -> Result<Vec<T>, Refused> {
    // SAFETY: the same contract.
    unsafe { elements(items, count, parameter) }.map(<[T]>::to_vec)
}

/// Reads a list of numbers of an enum.
///
/// # Safety
/// `items` is NULL or points to `count` numbers.
pub(crate) unsafe fn enum_list<E>(
    items: *const i32,
    count: usize,
    from: fn(i32) -> Option<E>,
    parameter: &str,
) -> Result<Vec<E>, Refused> {
    // SAFETY: the same contract.
    unsafe { elements(items, count, parameter) }?
        .iter()
        .map(|value| enum_value(*value, from, parameter))
        .collect()
}

/// Reads a map; of two equal keys the later wins.
///
/// # Safety
/// `items` is NULL or points to `count` entries whose views keep the contract of [`zim_str::read`].
pub(crate) unsafe fn map(
    items: *const zim_key_value,
    count: usize,
    parameter: &str,
) -> Result<HashMap<String, String>, Refused> {
    // SAFETY: the same contract.
    unsafe { elements(items, count, parameter) }?
        .iter()
        // SAFETY: each view keeps the contract of `zim_str::read`.
        .map(|entry| unsafe { Ok((entry.key.read(parameter)?, entry.value.read(parameter)?)) })
        .collect()
}

/// Reads a number of an enum.
pub(crate) fn enum_value<E>(value: i32, from: fn(i32) -> Option<E>, parameter: &str) -> Result<E, Refused> {
    from(value).ok_or_else(|| Refused::invalid(parameter, &format!("{value} is no published value")))
}

/// A borrowed list: NULL is allowed only for an empty one, and its size must be one that memory can have.
///
/// # Safety
/// `items` is NULL or points to `count` readable elements that nobody writes to for the life of the result.
unsafe fn elements<'a, T>(items: *const T, count: usize, parameter: &str) -> Result<&'a [T], Refused> {
    if count == 0 {
        return Ok(&[]);
    }
    if items.is_null() {
        return Err(Refused::null(parameter));
    }
    if !items.is_aligned() || count > isize::MAX as usize / size_of::<T>().max(1) {
        return Err(Refused::invalid(parameter, "no list that memory can hold"));
    }
    // SAFETY: not NULL, aligned, of a possible size, and readable by the contract of this function.
    Ok(unsafe { slice::from_raw_parts(items, count) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generated::records::{zim_call_invite_config, zim_push_config};
    use crate::status::{ZIM_STATUS_INVALID_ARGUMENT, ZIM_STATUS_NULL_POINTER};

    fn read<T: CRecord>(raw: *const T) -> Result<T::Model, Refused> {
        // SAFETY: the tests pass NULL or records whose pointers are NULL or views of living texts.
        unsafe { record(raw, "config") }
    }

    #[test]
    fn a_fresh_record_has_the_published_defaults() {
        let model = read(&zim_call_invite_config::INIT).expect("valid");
        assert_eq!(model, zim_core::model::CallInviteConfig::default());
        assert_eq!(model.timeout, 90);
    }

    #[test]
    fn nested_records_and_texts_are_copied() {
        let title = String::from("Alice");
        let push = zim_push_config { title: zim_str::of(&title), ..zim_push_config::INIT };
        let config = zim_call_invite_config { push_config: &push, ..zim_call_invite_config::INIT };
        let model = read(&config).expect("valid");
        drop(title);
        assert_eq!(model.push_config.expect("present").title, "Alice");
    }

    #[test]
    fn what_is_wrong_is_named_with_its_path() {
        let broken = [0x61_u8, 0xff];
        let push = zim_push_config {
            title: zim_str { data: broken.as_ptr().cast(), len: 2 },
            ..zim_push_config::INIT
        };
        let config = zim_call_invite_config { push_config: &push, ..zim_call_invite_config::INIT };
        let refused = read(&config).expect_err("not UTF-8");
        assert_eq!(refused.detail, "config.push_config.title: not UTF-8 at byte 1");

        let config = zim_call_invite_config { mode: 77, ..zim_call_invite_config::INIT };
        let refused = read(&config).expect_err("out of range");
        assert_eq!(refused.detail, "config.mode: 77 is no published value");
        assert_eq!(refused.status, ZIM_STATUS_INVALID_ARGUMENT);
    }

    #[test]
    fn null_and_short_records_are_refused() {
        let refused = read(ptr::null::<zim_push_config>()).expect_err("NULL");
        assert_eq!(refused.status, ZIM_STATUS_NULL_POINTER);
        let short = zim_push_config { struct_size: 8, ..zim_push_config::INIT };
        assert_eq!(read(&short).expect_err("short").status, ZIM_STATUS_INVALID_ARGUMENT);
        let gap = zim_push_config { title: zim_str { data: ptr::null(), len: 3 }, ..zim_push_config::INIT };
        assert_eq!(read(&gap).expect_err("NULL text").status, ZIM_STATUS_NULL_POINTER);
    }

    #[test]
    fn a_longer_record_of_a_newer_caller_is_read_up_to_what_is_known() {
        #[repr(C)]
        struct Newer {
            known: zim_push_config,
            added: u64,
        }
        let newer = Newer {
            known: zim_push_config {
                struct_size: size_of::<Newer>(),
                badge_increment: 3,
                ..zim_push_config::INIT
            },
            added: u64::MAX,
        };
        assert_eq!(read(ptr::from_ref(&newer).cast::<zim_push_config>()).expect("valid").badge_increment, 3);
        assert_eq!(newer.added, u64::MAX);
    }

    #[test]
    fn lists_are_checked() {
        let mode = zim_proto::ConversationType::from_value;
        // SAFETY: the lists are NULL or arrays of the counts given.
        unsafe {
            assert!(number_list(ptr::null::<i32>(), 0, "marks").is_ok_and(|list| list.is_empty()));
            assert!(number_list(ptr::null::<i32>(), 1, "marks").is_err());
            assert!(number_list([1, 2].as_ptr(), usize::MAX, "marks").is_err());
            assert_eq!(number_list([1, 2].as_ptr(), 2, "marks").expect("valid"), [1, 2]);
            assert!(enum_list([0, 9].as_ptr(), 2, mode, "types").is_err());
            let entry = zim_key_value { key: zim_str::of("k"), value: zim_str::of("v") };
            assert_eq!(map(&entry, 1, "attributes").expect("valid")["k"], "v");
        }
    }
}
