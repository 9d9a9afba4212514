//! Which of many keys occur more than once, in two bits a counter.
//!
//! Most runs of words stand in one text of a collection only. A key adds to one of a power of two
//! of counters that tell none, one and several apart. A key that occurs several times is always
//! known to; one that occurs once is taken for several if another key has its counter, with
//! probability 1 - e^(-1/3) = 0.28 or less (the hash-based pruning of Park, Chen and Yu, "An
//! Effective Hash-Based Algorithm for Mining Association Rules", SIGMOD 1995).
//!
//! The table is cut into regions. Keys are sorted by region before they are counted, so a region
//! stays in the cache, and each is counted by one core: no atomic operations, and the same table
//! whatever the number of threads.

use crate::parallel;

/// The regions of a table, counted independently.
const REGIONS: usize = 1 << REGION_BITS;
const REGION_BITS: u32 = 5;
/// Counters in a word of the table.
const PER_WORD: usize = 32;
/// The least counters for each key; the number is rounded up to a power of two.
const COUNTERS_PER_KEY: usize = 3;
/// The most counters, in powers of two: 4 GiB of them.
const MAX_BITS: u32 = 34;

/// A table of two-bit counters.
#[derive(Debug)]
pub(super) struct Counters {
    words: Vec<u64>,
    shift: u32,
}

/// Keys sorted by the region that their counters are in.
#[derive(Debug)]
pub(super) struct Keys {
    /// The places of the counters in their region.
    by_region: [Vec<u32>; REGIONS],
    shift: u32,
}

impl Keys {
    /// Adds a key; its upper bits choose the counter.
    #[inline(always)]
    pub(super) fn push(&mut self, key: u64) {
        let region = key >> (64 - REGION_BITS);
        self.by_region[region as usize]
            .push((key << REGION_BITS >> (self.shift + REGION_BITS)) as u32);
    }
}

impl Counters {
    /// A table for about this many different keys.
    pub(super) fn for_keys(keys: usize) -> Self {
        let least = REGIONS * PER_WORD;
        let counters = keys.saturating_mul(COUNTERS_PER_KEY).max(least);
        let bits = (usize::BITS - (counters - 1).leading_zeros()).min(MAX_BITS);
        Counters { words: vec![0; (1usize << bits) / PER_WORD], shift: 64 - bits }
    }

    /// An empty list of keys for this table.
    pub(super) fn keys(&self) -> Keys {
        Keys { by_region: Default::default(), shift: self.shift }
    }

    /// Counts keys that were collected for this table.
    pub(super) fn count(&mut self, keys: &[Keys]) {
        let region_words = self.words.len() / REGIONS;
        let regions: Vec<(usize, &mut [u64])> =
            self.words.chunks_mut(region_words).enumerate().collect();
        parallel::map_each(regions, |(region, words)| {
            for &counter in keys.iter().flat_map(|keys| &keys.by_region[region]) {
                let (word, place) = (counter as usize / PER_WORD, counter as usize % PER_WORD);
                let (word, one) = (&mut words[word], 1 << (2 * place));
                *word |= one | (*word & one) << 1;
            }
        });
    }

    /// The keys that were counted more than once, when all are counted: a table of half the size,
    /// of which more stays in the cache.
    pub(super) fn several(self) -> Several {
        let words = self.words.iter().map(|&word| upper_bits(word)).collect();
        Several { words, shift: self.shift }
    }
}

/// The upper bit of each of the counters of a word.
fn upper_bits(word: u64) -> u32 {
    // Each step halves the gaps between groups of bits, as in the decoding of a Morton number.
    let mut bits = word >> 1 & 0x5555_5555_5555_5555;
    for (shift, mask) in [
        (1, 0x3333_3333_3333_3333),
        (2, 0x0F0F_0F0F_0F0F_0F0F),
        (4, 0x00FF_00FF_00FF_00FF),
        (8, 0x0000_FFFF_0000_FFFF),
        (16, 0x0000_0000_FFFF_FFFF),
    ] {
        bits = (bits | bits >> shift) & mask;
    }
    bits as u32
}

/// The keys that were counted more than once, a bit for each counter.
#[derive(Debug)]
pub(super) struct Several {
    words: Vec<u32>,
    shift: u32,
}

impl Several {
    /// Whether a key was counted more than once, or perhaps once.
    #[inline(always)]
    pub(super) fn has(&self, key: u64) -> bool {
        let counter = (key >> self.shift) as usize;
        self.words[counter / PER_WORD] >> (counter % PER_WORD) & 1 != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::mix;

    #[test]
    fn what_repeats_is_known_and_little_else() {
        let several: Vec<u64> = (0..1000).map(mix).collect();
        let once: Vec<u64> = (1000..40_000).map(mix).collect();
        let mut counters = Counters::for_keys(41_000);
        for part in [&several[..], &once[..], &several[..]] {
            let mut keys = [counters.keys(), counters.keys()];
            part.iter().enumerate().for_each(|(i, &key)| keys[i % 2].push(key));
            counters.count(&keys);
        }
        let counted = counters.several();
        assert!(several.iter().all(|&key| counted.has(key)));
        let taken = once.iter().filter(|&&key| counted.has(key)).count();
        let share = taken as f64 / once.len() as f64;
        // 41,000 keys in 131,072 counters: 1 - e^(-0.31) = 0.27.
        assert!((0.24..0.30).contains(&share), "{share}");
    }

    #[test]
    fn every_upper_bit_finds_its_place() {
        for place in 0..PER_WORD {
            assert_eq!(upper_bits(0b10 << (2 * place)), 1 << place);
            assert_eq!(upper_bits(0b01 << (2 * place)), 0);
        }
        assert_eq!(upper_bits(u64::MAX), u32::MAX);
    }

    #[test]
    fn a_table_for_nothing_works() {
        let mut counters = Counters::for_keys(0);
        counters.count(&[]);
        assert!(!counters.several().has(u64::MAX));
    }
}
