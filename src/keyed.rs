//! Hash tables whose keys are hashes already, safe against hostile texts.
//!
//! The hashes of words, terms and shingles are frozen and public. Whoever knows them can write a
//! text whose hashes agree in the bits that a table takes for a position, and every look-up in a
//! table that uses these bits directly would pass all entries before: quadratic time. So positions
//! come from the hash multiplied by a key that every process draws anew, with the halves of the
//! product xored. That is one multiplication, an eighth of what the default hasher of the standard
//! library costs.
//!
//! The key decides only positions: results are the same whatever it is.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::LazyLock;

/// A map from hashes.
pub(crate) type KeyedMap<V> = HashMap<u64, V, Keyed>;
/// A set of hashes.
pub(crate) type KeyedSet = HashSet<u64, Keyed>;

/// The key of this process, as a builder of hashers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Keyed {
    plus: u64,
    times: u64,
}

impl Default for Keyed {
    fn default() -> Self {
        static KEY: LazyLock<Keyed> = LazyLock::new(|| {
            // Only the standard library's own hash tables ask the system for random seeds.
            let random = RandomState::new();
            Keyed { plus: random.hash_one(0u64), times: random.hash_one(1u64) | 1 }
        });
        *KEY
    }
}

impl Keyed {
    /// A hash mixed with the key.
    #[inline(always)]
    pub(crate) fn mix(self, hash: u64) -> u64 {
        let product = u128::from(hash ^ self.plus) * u128::from(self.times);
        product as u64 ^ (product >> 64) as u64
    }
}

impl BuildHasher for Keyed {
    type Hasher = KeyedHasher;

    #[inline(always)]
    fn build_hasher(&self) -> KeyedHasher {
        KeyedHasher { key: *self, mixed: 0 }
    }
}

/// Mixes a single hash with the key.
pub(crate) struct KeyedHasher {
    key: Keyed,
    mixed: u64,
}

impl Hasher for KeyedHasher {
    #[inline(always)]
    fn write_u64(&mut self, hash: u64) {
        self.mixed = self.key.mix(hash ^ self.mixed);
    }

    /// For keys that are no hashes of 64 bits; none are used.
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|&byte| self.write_u64(byte.into()));
    }

    #[inline(always)]
    fn finish(&self) -> u64 {
        self.mixed
    }
}

/// An empty map with room for some entries.
pub(crate) fn map_with_capacity<V>(capacity: usize) -> KeyedMap<V> {
    KeyedMap::with_capacity_and_hasher(capacity, Keyed::default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::mix;

    /// The entries passed while all `hashes` are put into a table of open addressing, half full in
    /// the end, that takes its positions from the lowest bits.
    fn steps(key: Keyed, hashes: &[u64]) -> usize {
        let mut cells = vec![false; (2 * hashes.len()).next_power_of_two()];
        let mask = cells.len() - 1;
        let mut steps = 0;
        for &hash in hashes {
            let mut at = key.hash_one(hash) as usize & mask;
            while cells[at] {
                (at, steps) = ((at + 1) & mask, steps + 1);
            }
            cells[at] = true;
        }
        steps
    }

    #[test]
    fn hashes_that_agree_in_any_bits_are_spread() {
        const COUNT: u64 = 1 << 14;
        for shift in [0, 8, 16, 24, 32, 40, 48] {
            for keep in [0, 0xFF, u64::MAX] {
                // The bits that are not counted up are always the same.
                let rest = 0x243F_6A88_85A3_08D3 & keep & !((COUNT - 1) << shift);
                let hashes: Vec<u64> = (0..COUNT).map(|i| i << shift | rest).collect();
                for seed in 0..4 {
                    let key = Keyed { plus: mix(2 * seed), times: mix(2 * seed + 1) | 1 };
                    let steps = steps(key, &hashes);
                    // With the bits as they are, each hash would pass half of all others.
                    assert!(steps < 16 * COUNT as usize, "{steps} steps, {shift} {keep:x} {seed}");
                }
            }
        }
    }

    #[test]
    fn the_key_belongs_to_the_process() {
        let [a, b] = [Keyed::default(), Keyed::default()];
        assert_eq!((a.plus, a.times), (b.plus, b.times));
        assert!(a.times % 2 == 1 && a.mix(1) != a.mix(2));
        assert_eq!(a.hash_one(7u64), a.mix(7));
    }
}
