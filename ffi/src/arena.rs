//! Memory for the views that one callback shows to the host.

use crate::types::{zim_key_value, zim_str};
use std::collections::HashMap;
use std::mem::MaybeUninit;
use std::ptr;
use std::sync::Arc;

/// Largest alignment of a view.
type Word = u64;
/// Words of the first piece: enough for an ordinary callback, so that it allocates once in the life of a client.
const FIRST_WORDS: usize = 512;

/// Holds the structs and arrays of one callback. Texts are not copied: they are views of the model, which the caller
/// keeps alive as long as the arena's content is shown.
///
/// Nothing moves once it was put in: a full piece stays where it is and a larger one is opened.
pub(crate) struct Arena {
    pieces: Vec<Vec<MaybeUninit<Word>>>,
    /// Words in use in the newest piece.
    used: usize,
}

impl Arena {
    pub(crate) fn new() -> Arena {
        Arena { pieces: Vec::new(), used: 0 }
    }

    /// Keeps one value.
    pub(crate) fn put<T: Copy>(&mut self, value: T) -> *const T {
        let place = self.reserve::<T>(1);
        // SAFETY: `place` has room for one `T`.
        unsafe { place.write(value) };
        place
    }

    /// Keeps a list; NULL when it is empty.
    fn list<T: Copy>(&mut self, items: impl ExactSizeIterator<Item = T>) -> (*const T, usize) {
        let count = items.len();
        if count == 0 {
            return (ptr::null(), 0);
        }
        let place = self.reserve::<T>(count);
        for (index, item) in items.take(count).enumerate() {
            // SAFETY: `index` is below `count`, for which `place` has room.
            unsafe { place.add(index).write(item) };
        }
        (place, count)
    }

    /// Views of texts.
    pub(crate) fn strings(&mut self, texts: &[String]) -> (*const zim_str, usize) {
        self.list(texts.iter().map(|text| zim_str::of(text)))
    }

    /// A list of numbers; a view of the model.
    pub(crate) fn numbers<T: Copy>(&mut self, numbers: &[T]) -> (*const T, usize) {
        self.list(numbers.iter().copied())
    }

    /// The numbers of a list of enum values.
    pub(crate) fn enums<E: Copy>(&mut self, values: &[E], number: fn(E) -> i32) -> (*const i32, usize) {
        self.list(values.iter().map(|value| number(*value)))
    }

    /// Views of a map, sorted by key so that equal maps look equal.
    pub(crate) fn map(&mut self, map: &HashMap<String, String>) -> (*const zim_key_value, usize) {
        let mut entries: Vec<_> = map.iter().collect();
        entries.sort_unstable();
        self.list(
            entries
                .into_iter()
                .map(|(key, value)| zim_key_value { key: zim_str::of(key), value: zim_str::of(value) }),
        )
    }

    /// Views of records.
    pub(crate) fn records<T: ToC>(&mut self, records: &[T]) -> (*const *const T::C, usize) {
        if records.is_empty() {
            return (ptr::null(), 0);
        }
        let place = self.reserve::<*const T::C>(records.len());
        for (index, record) in records.iter().enumerate() {
            let view = record.to_c(self);
            // SAFETY: `index` is below the length of `records`, for which `place` has room; the arena does not move
            // what it reserved while the records take more of it.
            unsafe { place.add(index).write(view) };
        }
        (place, records.len())
    }

    /// Room for `count` values of `T`, not initialised, that stays in place until [`Arena::clear`].
    fn reserve<T: Copy>(&mut self, count: usize) -> *mut T {
        const { assert!(align_of::<T>() <= align_of::<Word>()) };
        let words = (size_of::<T>() * count).div_ceil(size_of::<Word>());
        let room = self.pieces.last().map_or(0, |piece| piece.len() - self.used);
        if room < words {
            let size = self.pieces.last().map_or(FIRST_WORDS, |piece| piece.len() * 2).max(words);
            self.pieces.push(vec![MaybeUninit::uninit(); size]);
            self.used = 0;
        }
        let start = self.used;
        self.used += words;
        let piece = self.pieces.last_mut().expect("a piece was opened above");
        // SAFETY: the piece has `words` words from `start`. No reference to its content is made, which would end the
        // views handed out before.
        unsafe { piece.as_mut_ptr().add(start).cast() }
    }
}

/// A record of the model that C can see.
pub(crate) trait ToC {
    /// Its C struct.
    type C: Copy;

    /// A view of the record in `arena`; valid while both the record and the arena's content live.
    fn to_c(&self, arena: &mut Arena) -> *const Self::C;
}

impl<T: ToC> ToC for Arc<T> {
    type C = T::C;

    fn to_c(&self, arena: &mut Arena) -> *const T::C {
        (**self).to_c(arena)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::slice;
    use zim_core::model::{GroupFullInfo, GroupInfo, UserOfflinePushRule};

    #[test]
    fn views_stay_in_place_while_the_arena_grows() {
        let mut arena = Arena::new();
        let groups: Vec<GroupInfo> = (0..1000)
            .map(|number| GroupInfo { group_id: format!("group-{number}"), ..GroupInfo::default() })
            .collect();
        let (list, count) = arena.records(&groups);
        // SAFETY: the list and its records live until the arena goes.
        let ids: Vec<String> = unsafe { slice::from_raw_parts(list, count) }
            .iter()
            .map(|group| unsafe { (**group).group_id.read("group_id") }.expect("UTF-8"))
            .collect();
        assert!(ids.iter().zip(&groups).all(|(id, group)| *id == group.group_id));
        assert!(arena.pieces.len() > 1);
    }

    #[test]
    fn maps_numbers_and_nested_records_are_shown() {
        let mut arena = Arena::new();
        let mut group = GroupFullInfo::default();
        group.base_info.group_name = "walks".into();
        group.group_attributes.insert("b".into(), "2".into());
        group.group_attributes.insert("a".into(), "1".into());
        let view = group.to_c(&mut arena);
        // SAFETY: the view lives until the arena goes, the texts as long as `group`.
        unsafe {
            assert_eq!((*(*view).base_info).group_name.read("group_name").expect("UTF-8"), "walks");
            let entries = slice::from_raw_parts((*view).group_attributes, (*view).group_attributes_count);
            assert_eq!(entries[0].key.read("key").expect("UTF-8"), "a");
            assert_eq!(entries[1].value.read("value").expect("UTF-8"), "2");
        }
        let rule = UserOfflinePushRule { online_platforms: vec![1, 6], ..UserOfflinePushRule::default() };
        let view = rule.to_c(&mut arena);
        // SAFETY: as above.
        unsafe {
            assert_eq!((*view).online_platforms_count, 2);
            assert_eq!(*(*view).online_platforms.add(1), 6);
            assert!((*view).not_to_receive_offline_push_platforms.is_null());
        }
    }
}
