//! The engine's own source of chance: seeded once, so that a run repeats. Nothing secret is made from it.

/// SplitMix64.
#[derive(Debug)]
pub(super) struct Rng(u64);

impl Rng {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Evenly in `0..=limit`; the bias of the remainder does not matter for waits below a minute.
    pub(super) fn up_to(&mut self, limit: u64) -> u64 {
        self.next() % limit.saturating_add(1)
    }
}
