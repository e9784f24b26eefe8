//! A bounded map that forgets what was not used for long.

use crate::key_map::KeyState;
use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::{BuildHasher, Hash, RandomState};

/// Two generations: entries that were used since the last turn, and the ones before. When the young one is full the
/// old one goes. It keeps at least `half` and at most `2 * half` of the latest used entries, with no list to maintain
/// on a hit.
#[derive(Debug)]
pub(super) struct Cache<K, V, S = RandomState> {
    young: HashMap<K, V, S>,
    old: HashMap<K, V, S>,
    half: usize,
}

/// A cache with integer keys.
pub(super) type KeyCache<K, V> = Cache<K, V, KeyState>;

impl<K: Hash + Eq, V, S: BuildHasher + Default> Cache<K, V, S> {
    /// A cache of at most `capacity` entries.
    pub(super) fn new(capacity: usize) -> Self {
        Self { young: HashMap::default(), old: HashMap::default(), half: (capacity / 2).max(1) }
    }

    pub(super) fn get<Q>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        if !self.young.contains_key(key) {
            let (key, value) = self.old.remove_entry(key)?;
            self.insert(key, value);
        }
        self.young.get_mut(key)
    }

    pub(super) fn insert(&mut self, key: K, value: V) {
        if self.young.len() >= self.half {
            self.old = std::mem::take(&mut self.young);
        }
        self.old.remove(&key);
        self.young.insert(key, value);
    }

    pub(super) fn remove<Q>(&mut self, key: &Q)
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        self.young.remove(key);
        self.old.remove(key);
    }

    pub(super) fn clear(&mut self) {
        self.young.clear();
        self.old.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::KeyCache;

    #[test]
    fn what_is_used_stays_and_the_rest_is_bounded() {
        let mut cache = KeyCache::new(8);
        cache.insert(0, "kept");
        for key in 1..1000 {
            cache.insert(key, "passing");
            assert_eq!(cache.get(&0), Some(&mut "kept"), "after {key}");
            assert!(cache.young.len() + cache.old.len() <= 8);
        }
        assert_eq!(cache.get(&1), None);
    }

    #[test]
    fn the_last_insert_wins_over_an_older_generation() {
        let mut cache = KeyCache::new(4);
        cache.insert(1, "first");
        cache.insert(2, "x");
        cache.insert(3, "x");
        cache.insert(1, "second");
        cache.remove(&3);
        assert_eq!(cache.get(&1), Some(&mut "second"));
        assert_eq!(cache.get(&3), None);
        cache.clear();
        assert_eq!(cache.get(&1), None);
    }
}
