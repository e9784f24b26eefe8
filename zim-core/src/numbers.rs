//! Maps keyed by numbers this process made itself.
//!
//! The standard hasher defends against keys an attacker chose. Ids that count up need no such defence, and one
//! multiplication spreads them.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};

/// A map by an id of our own making.
pub(crate) type NumberMap<K, V> = HashMap<K, V, BuildHasherDefault<NumberHasher>>;
/// A set of ids of our own making.
pub(crate) type NumberSet<K> = HashSet<K, BuildHasherDefault<NumberHasher>>;

/// Hashes one number: the two halves of its product with the golden ratio.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct NumberHasher(u64);

impl Hasher for NumberHasher {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }

    fn write_u64(&mut self, number: u64) {
        let product = u128::from(self.0 ^ number) * u128::from(0x9e37_79b9_7f4a_7c15_u64);
        // The map takes its bucket from the low bits and its tag from the top ones: both need every bit of the number.
        let [low, high] = [product as u64, (product >> 64) as u64];
        self.0 = low ^ high;
    }

    fn write_i64(&mut self, number: i64) {
        self.write_u64(number.cast_unsigned());
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::hash::BuildHasher;

    #[test]
    fn ids_in_a_row_and_ids_in_steps_fill_the_buckets_evenly() {
        let hasher = BuildHasherDefault::<NumberHasher>::default();
        // Counted ids, local message ids of one millisecond each, and powers of two apart.
        for step in [1, 3, 1 << 12, 1 << 32] {
            let mut buckets = [0_u32; 256];
            let mut tags = [0_u32; 128];
            for number in 0..16_384_i64 {
                let hash = hasher.hash_one(number * step);
                buckets[usize::try_from(hash % 256).unwrap()] += 1;
                tags[usize::try_from(hash >> 57).unwrap()] += 1;
            }
            assert!(buckets.iter().all(|count| (16..=256).contains(count)), "step {step}: {buckets:?}");
            assert!(tags.iter().all(|count| (32..=512).contains(count)), "step {step}: {tags:?}");
        }
    }
}
