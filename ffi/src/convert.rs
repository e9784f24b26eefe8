//! Views of C memory become owned values, values become views. The types' own conversions are beside the types; these
//! are the forms that generated and hand-written functions use alike.

use crate::arena::{Arena, ToC};
use crate::message::zim_message;
use crate::status::Refused;
pub(crate) use crate::types::enum_value as take_enum;
use crate::types::{CRecord, record, record_or_default, str_list, zim_str};
use zim_core::model::Message;

/// # Safety
/// The string is absent or readable for its length.
pub(crate) unsafe fn take_string(text: zim_str, parameter: &str) -> Result<String, Refused> {
    // SAFETY: by the contract above.
    unsafe { text.read(parameter) }
}

/// # Safety
/// `items` is readable for `count` strings, each readable for its length.
pub(crate) unsafe fn take_strings(
    items: *const zim_str,
    count: usize,
    parameter: &str,
) -> Result<Vec<String>, Refused> {
    // SAFETY: by the contract above.
    unsafe { str_list(items, count, parameter) }
}

/// NULL: all defaults.
///
/// # Safety
/// `record` is NULL or valid for the size it says, with all it points to.
pub(crate) unsafe fn take_record<T: CRecord>(
    record: *const T,
    parameter: &'static str,
) -> Result<T::Model, Refused>
where
    T::Model: Default,
{
    // SAFETY: by the contract above.
    unsafe { record_or_default(record, parameter) }
}

/// # Safety
/// `message` is NULL or valid for the size it says, with all it points to.
pub(crate) unsafe fn take_message(
    message: *const zim_message,
    parameter: &'static str,
) -> Result<Message, Refused> {
    // SAFETY: by the contract above.
    unsafe { record(message, parameter) }
}

/// A view in the arena.
pub(crate) fn give<T: ToC>(value: &T, arena: &mut Arena) -> *const T::C {
    value.to_c(arena)
}

/// A list of views in the arena.
pub(crate) fn give_list<T: ToC>(values: &[T], arena: &mut Arena) -> (*const *const T::C, usize) {
    arena.records(values)
}

/// A list of strings in the arena.
pub(crate) fn give_strings(values: &[String], arena: &mut Arena) -> (*const zim_str, usize) {
    arena.strings(values)
}
