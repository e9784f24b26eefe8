//! Maps keyed by the numbers this server works with: interned users, groups, devices, sequences.
//!
//! The standard hasher is made for strings from strangers and costs more than the look-up it serves when the key is one
//! or two integers. [`KeyHasher`] is one multiplication per integer. Keys that are strings stay with the standard hasher.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hasher, RandomState};

/// A map with integer keys.
pub(crate) type KeyMap<K, V> = HashMap<K, V, KeyState>;

/// Odd, its bits as good as random: the golden ratio's fraction.
const FACTOR: u64 = 0x9E37_79B9_7F4A_7C15;

/// Starts [`KeyHasher`]s from a random number of the map's own: interned keys need none, but some keys have a part that a
/// client chose (its device id, its client ids), and nobody should know which of them share a bucket.
#[derive(Debug, Clone)]
pub(crate) struct KeyState {
    seed: u64,
}

impl Default for KeyState {
    fn default() -> Self {
        Self { seed: RandomState::new().hash_one(FACTOR) }
    }
}

impl BuildHasher for KeyState {
    type Hasher = KeyHasher;

    fn build_hasher(&self) -> KeyHasher {
        KeyHasher(self.seed)
    }
}

/// Folded multiplication: the upper half of the product, where every bit of the key has left a trace, onto the lower.
#[derive(Debug)]
pub(crate) struct KeyHasher(u64);

impl Hasher for KeyHasher {
    fn write_u64(&mut self, word: u64) {
        let product = u128::from(self.0 ^ word) * u128::from(FACTOR);
        self.0 = (product >> 64) as u64 ^ product as u64;
    }

    fn write_i64(&mut self, word: i64) {
        self.write_u64(word.cast_unsigned());
    }

    fn write_u32(&mut self, word: u32) {
        self.write_u64(word.into());
    }

    /// Which variant of an enum.
    fn write_isize(&mut self, word: isize) {
        self.write_u64(word as u64);
    }

    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.write_u64(u64::from_le_bytes(word));
        }
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    /// Keys as they come (counted, and pairs of counted ones) spread over the bits a table looks at: the low ones for the
    /// bucket, the top seven for the tag.
    #[test]
    fn counted_keys_spread_over_buckets_and_tags() {
        for seed in [0, 1, FACTOR, u64::MAX, 0x0123_4567_89ab_cdef] {
            let state = KeyState { seed };
            let singles = (1..=4096_i64).map(|key| state.hash_one(key));
            let pairs = (1..=64_i64).flat_map(|user| (1..=64_i64).map(move |other| (user, other)));
            let steps = (1..=4096_i64).map(|key| state.hash_one(key << 32));
            let sets = [
                singles.collect::<Vec<_>>(),
                pairs.map(|key| state.hash_one(key)).collect(),
                steps.collect(),
            ];
            for hashes in sets {
                let buckets: HashSet<u64> = hashes.iter().map(|hash| hash & 4095).collect();
                // 63 % for random numbers.
                assert!(buckets.len() > 2_200, "seed {seed}: {} buckets of 4096", buckets.len());
                let tags: HashSet<u64> = hashes.iter().map(|hash| hash >> 57).collect();
                assert_eq!(tags.len(), 128, "seed {seed}");
            }
        }
    }

    #[test]
    fn maps_of_their_own_seed_agree_on_equality() {
        let mut map: KeyMap<(i64, u32), &str> = KeyMap::default();
        map.insert((-1, 7), "one");
        map.insert((7, 1), "other");
        let copy: KeyMap<_, _> = map.iter().map(|(key, value)| (*key, *value)).collect();
        assert_eq!(
            (map.get(&(-1, 7)), copy.get(&(7, 1)), copy.get(&(1, 7))),
            (Some(&"one"), Some(&"other"), None)
        );
    }
}
