//! A map that can take back what was written since the last commit.

use super::{BTreeMap, End};
use std::ops::RangeBounds;

pub(super) struct Table<K, V> {
    rows: BTreeMap<K, V>,
    /// Former values, in order of writing.
    undo: Vec<(K, Option<V>)>,
}

impl<K, V> Default for Table<K, V> {
    fn default() -> Self {
        Self { rows: BTreeMap::new(), undo: Vec::new() }
    }
}

impl<K: Ord + Clone, V> Table<K, V> {
    pub(super) fn get(&self, key: &K) -> Option<&V> {
        self.rows.get(key)
    }

    pub(super) fn insert(&mut self, key: K, value: V) {
        let former = self.rows.insert(key.clone(), value);
        self.undo.push((key, former));
    }

    pub(super) fn remove(&mut self, key: &K) {
        if let Some((key, former)) = self.rows.remove_entry(key) {
            self.undo.push((key, Some(former)));
        }
    }

    pub(super) fn values(&self) -> impl DoubleEndedIterator<Item = &V> {
        self.rows.values()
    }

    pub(super) fn iter(&self) -> impl DoubleEndedIterator<Item = (&K, &V)> {
        self.rows.iter()
    }

    pub(super) fn range(&self, keys: impl RangeBounds<K>) -> impl DoubleEndedIterator<Item = (&K, &V)> {
        self.rows.range(keys)
    }

    /// Removes up to `limit` rows that `old` names, in key order, and tells how many.
    pub(super) fn remove_where(&mut self, limit: usize, old: impl Fn(&K, &V) -> bool) -> u64 {
        let keys: Vec<K> =
            self.rows.iter().filter(|row| old(row.0, row.1)).map(|row| row.0.clone()).take(limit).collect();
        for key in &keys {
            self.remove(key);
        }
        keys.len() as u64
    }

    pub(super) fn end(&mut self, end: End) {
        if end == End::Commit {
            self.undo.clear();
        }
        for (key, former) in self.undo.drain(..).rev() {
            match former {
                Some(value) => self.rows.insert(key, value),
                None => self.rows.remove(&key),
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rollback_restores_the_last_commit() {
        let mut table = Table::default();
        table.insert(1, "one");
        table.insert(2, "two");
        table.end(End::Commit);
        table.insert(1, "uno");
        table.insert(1, "eins");
        table.remove(&2);
        table.insert(3, "three");
        assert_eq!(table.remove_where(9, |key, _| *key == 3), 1);
        table.end(End::Rollback);
        assert_eq!(table.iter().collect::<Vec<_>>(), [(&1, &"one"), (&2, &"two")]);
    }
}
