//! Numbers that look random and are the same in every run.

/// A linear congruential generator with the constants of Knuth's MMIX. Only its high bits are used.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    /// The next 31 bits.
    pub(crate) fn bits(&mut self) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 33
    }

    /// A number below `count`; 0 if that is 0.
    pub(crate) fn below(&mut self, count: usize) -> usize {
        (self.bits() as usize) % count.max(1)
    }

    /// A number from 0 to 1, of 24 bits.
    pub(crate) fn share(&mut self) -> f64 {
        (self.bits() >> 7) as f64 / (1u64 << 24) as f64
    }
}
