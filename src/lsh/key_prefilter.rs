//! Finds the keys of one band that several articles have.
//!
//! Only one article has most keys of a collection, and sorting them all to find that out would be
//! most of the work. Instead each key counts in a table of two-bit counters, which distinguish
//! none, one and several. Only keys whose counter says several are kept: all shared keys, and by
//! chance one in five of the others. The next round counts the keys that are left with another
//! hash, and so on while a round still drops a good part (the hash-based pruning of Park, Chen and
//! Yu, "An Effective Hash-Based Algorithm for Mining Association Rules", 1995).
//!
//! A key visits a counter twice a round. The first table takes a byte an article, so that a million
//! articles stay in a core's own cache. Only the keys that are left need more memory.

/// Counters for each key. Twice as many would halve the keys left by chance, but would exceed the
/// cache at half as many articles.
const COUNTERS_PER_KEY: usize = 4;
/// Counters at most: half of what 32 bits distinguish.
const MAX_COUNTERS: usize = 1 << 31;
/// Fewer keys than this are sorted without another round.
const MIN_KEYS: usize = 256;
/// Keys looked at before those that are kept are appended.
const CHUNK_KEYS: usize = 64;

/// The counters, reused from band to band.
#[derive(Debug, Default)]
pub(crate) struct KeyPrefilter {
    /// Thirty-two counters a word.
    words: Vec<u64>,
    multiplier: u32,
    shift: u32,
}

impl KeyPrefilter {
    /// Replaces `entries` by the keys of `strips` that occur more than once, each with its place in
    /// the low 32 bits, sorted; a few others may stay.
    pub(crate) fn shared<'k>(
        &mut self,
        strips: impl Iterator<Item = &'k [u32]> + Clone,
        entries: &mut Vec<u64>,
    ) {
        entries.clear();
        let keys = strips.clone().map(<[u32]>::len).sum();
        self.begin(0, keys);
        for &key in strips.clone().flatten() {
            self.count(key);
        }
        let mut place = 0;
        for keys in strips.flat_map(|strip| strip.chunks(CHUNK_KEYS)) {
            // Branchless: an entry that is not kept is overwritten by the next one.
            let mut buffer = [0; CHUNK_KEYS];
            let mut kept = 0;
            for &key in keys {
                buffer[kept] = u64::from(key) << 32 | place;
                kept += usize::from(self.has_several(key));
                place += 1;
            }
            entries.extend_from_slice(&buffer[..kept]);
        }
        let (mut round, mut before) = (1, keys);
        while entries.len() > MIN_KEYS && entries.len() + entries.len() / 8 < before {
            before = entries.len();
            self.begin(round, before);
            round += 1;
            entries.iter().for_each(|&entry| self.count((entry >> 32) as u32));
            let mut kept = 0;
            for at in 0..before {
                let entry = entries[at];
                entries[kept] = entry;
                kept += usize::from(self.has_several((entry >> 32) as u32));
            }
            entries.truncate(kept);
        }
        entries.sort_unstable();
    }

    /// Clears the counters and chooses the hash of this round.
    fn begin(&mut self, round: u32, keys: usize) {
        let counters = (keys * COUNTERS_PER_KEY).next_power_of_two().clamp(64, MAX_COUNTERS);
        self.words.clear();
        self.words.resize(counters / 32, 0);
        self.multiplier = 0x9E37_79B1u32.wrapping_mul(2 * round + 1);
        self.shift = 32 - counters.trailing_zeros();
    }

    /// The word of the counter of `key`, and the lower bit of the counter.
    #[inline(always)]
    fn counter(&self, key: u32) -> (usize, u64) {
        let counter = key.wrapping_mul(self.multiplier) >> self.shift;
        (counter as usize / 32, 1 << (counter % 32 * 2))
    }

    #[inline(always)]
    fn count(&mut self, key: u32) {
        let (word, one) = self.counter(key);
        let word = &mut self.words[word];
        *word |= one | (*word & one) << 1;
    }

    #[inline(always)]
    fn has_several(&self, key: u32) -> bool {
        let (word, one) = self.counter(key);
        self.words[word] & one << 1 != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashMap;

    proptest! {
        #[test]
        fn keys_that_repeat_are_kept_and_sorted(
            // A few keys that occur often, and many that occur rarely.
            keys in proptest::collection::vec(
                prop_oneof![0u32..50, 0u32..5000, any::<u32>()],
                0..3000,
            ),
        ) {
            let mut count: HashMap<u32, usize> = HashMap::new();
            keys.iter().for_each(|&key| *count.entry(key).or_default() += 1);
            let entry = |(place, &key): (usize, &u32)| u64::from(key) << 32 | place as u64;
            let mut expected: Vec<u64> =
                keys.iter().enumerate().filter(|(_, key)| count[key] > 1).map(entry).collect();
            expected.sort_unstable();
            let (mut prefilter, mut entries) = (KeyPrefilter::default(), vec![7]);
            prefilter.shared(keys.chunks(1000), &mut entries);
            prop_assert!(entries.is_sorted());
            prop_assert!(entries.len() <= expected.len() + MIN_KEYS.max(entries.len() / 4));
            entries.retain(|&entry| count[&((entry >> 32) as u32)] > 1);
            prop_assert_eq!(entries, expected);
        }
    }
}
