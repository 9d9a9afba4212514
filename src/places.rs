//! Where hashes stand in tables in memory: one after another from a place that nobody can foresee.
//!
//! The hashes of words, terms and shingles are frozen and public. Who knows them can write a text
//! whose hashes agree in the bits that a table takes for a place, and in a table that goes by those
//! bits every look-up would pass all hashes before: quadratic time. So a place comes from the hash
//! multiplied with a key, which every process draws anew, the halves of the product xored.
//!
//! Places decide nothing but time: what a table tells is the same whatever the key.

use std::hash::{BuildHasher, RandomState};
use std::sync::LazyLock;

/// The key of this process.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Places {
    plus: u64,
    times: u64,
}

impl Default for Places {
    fn default() -> Self {
        static KEY: LazyLock<Places> = LazyLock::new(|| {
            // The standard library asks the system for the seeds of its hash tables, and nothing
            // else in it does.
            let random = RandomState::new();
            Places { plus: random.hash_one(0u64), times: random.hash_one(1u64) | 1 }
        });
        *KEY
    }
}

impl Places {
    /// A hash mixed with the key.
    #[inline(always)]
    pub(crate) fn mix(self, hash: u64) -> u64 {
        let product = u128::from(hash ^ self.plus) * u128::from(self.times);
        product as u64 ^ (product >> 64) as u64
    }

    /// Where `hash` is in a table of open addressing, or the empty cell where it belongs, and what
    /// is in the cell: `ends` tells of a cell whether it is the one. There must be one.
    ///
    /// # Panics
    /// If the number of cells is not a power of two.
    #[inline(always)]
    pub(crate) fn find<T: Copy>(
        self,
        cells: &[T],
        hash: u64,
        ends: impl Fn(T) -> bool,
    ) -> (usize, T) {
        debug_assert!(cells.len().is_power_of_two());
        let mask = cells.len() - 1;
        let mut at = self.mix(hash) as usize & mask;
        loop {
            let cell = cells[at & mask];
            if ends(cell) {
                return (at & mask, cell);
            }
            at = (at + 1) & mask;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Cells looked at while all `hashes` are put into a table that is half full in the end.
    fn steps(places: Places, hashes: &[u64]) -> usize {
        let mut cells = vec![u64::MAX; (2 * hashes.len()).next_power_of_two()];
        let steps = std::cell::Cell::new(0);
        for &hash in hashes {
            let (at, _) = places.find(&cells, hash, |held| {
                steps.set(steps.get() + 1);
                held == u64::MAX || held == hash
            });
            cells[at] = hash;
        }
        steps.get()
    }

    #[test]
    fn hashes_that_agree_in_any_bits_are_found_in_a_few_steps() {
        const MANY: u64 = 1 << 14;
        for shift in [0, 8, 16, 24, 32, 40, 48] {
            for keep in [0, 0xFF, u64::MAX] {
                // What is not counted up is always the same.
                let rest = 0x243F_6A88_85A3_08D3 & keep & !((MANY - 1) << shift);
                let hashes: Vec<u64> = (0..MANY).map(|i| i << shift | rest).collect();
                for seed in 0..4 {
                    let key = crate::hash::mix;
                    let places = Places { plus: key(2 * seed), times: key(2 * seed + 1) | 1 };
                    let steps = steps(places, &hashes);
                    // Of the bits as they are, half of all hashes would be passed by each.
                    assert!(steps < 16 * MANY as usize, "{steps} steps, {shift} {keep:x} {seed}");
                }
            }
        }
    }

    #[test]
    fn a_key_is_of_the_process() {
        let [a, b] = [Places::default(), Places::default()];
        assert_eq!((a.plus, a.times), (b.plus, b.times));
        assert!(a.times % 2 == 1 && a.mix(1) != a.mix(2));
    }
}
