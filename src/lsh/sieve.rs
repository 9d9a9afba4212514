//! Which of many keys several articles have.
//!
//! Nearly all keys of a collection are one article's own, and sorting them all to learn that would
//! be most of the work. Instead each key counts in a table of counters of two bits, which tell
//! none, one and several apart, and only what met another there is left: what has its key in
//! common, and by chance one in five of the others. A second round, with another hash, is as long
//! as what is left, and so on while a round still takes a good part away. It is the counting of
//! Park, Chen and Yu, "An Effective Hash-Based Algorithm for Mining Association Rules", 1995.
//!
//! Two visits of a counter a key: the table is a byte an article, so that a million articles stay
//! in a core's own cache. Of more memory only what is left needs any.

/// Counters for each key. Twice as many would leave half as many by chance, and be out of the cache
/// for twice as few articles.
const COUNTERS: usize = 4;
/// As many as 32 bits tell apart, halved.
const MOST: usize = 1 << 31;
/// Fewer keys than this are sorted as they are.
const FEW: usize = 256;
/// Keys looked at before what is left of them is put away.
const AT_ONCE: usize = 64;

/// Counters that are used again.
#[derive(Debug, Default)]
pub(crate) struct Sieve {
    /// Thirty-two counters a word.
    words: Vec<u64>,
    turn: u32,
    shift: u32,
}

impl Sieve {
    /// Leaves in `entries` those of `strips` whose key another has too, as key and place in one
    /// number, sorted; a few others may be left.
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
        for keys in strips.flat_map(|strip| strip.chunks(AT_ONCE)) {
            // Without a branch to mispredict: what is not kept is written over by the next.
            let mut kept = [0; AT_ONCE];
            let mut many = 0;
            for &key in keys {
                kept[many] = u64::from(key) << 32 | place;
                many += usize::from(self.several(key));
                place += 1;
            }
            entries.extend_from_slice(&kept[..many]);
        }
        let (mut round, mut before) = (1, keys);
        while entries.len() > FEW && entries.len() + entries.len() / 8 < before {
            before = entries.len();
            self.begin(round, before);
            round += 1;
            entries.iter().for_each(|&entry| self.count((entry >> 32) as u32));
            let mut many = 0;
            for at in 0..before {
                let entry = entries[at];
                entries[many] = entry;
                many += usize::from(self.several((entry >> 32) as u32));
            }
            entries.truncate(many);
        }
        entries.sort_unstable();
    }

    /// Sets the counters to none, and chooses the hash of this round.
    fn begin(&mut self, round: u32, keys: usize) {
        let counters = (keys * COUNTERS).next_power_of_two().clamp(64, MOST);
        self.words.clear();
        self.words.resize(counters / 32, 0);
        self.turn = 0x9E37_79B1u32.wrapping_mul(2 * round + 1);
        self.shift = 32 - counters.trailing_zeros();
    }

    #[inline(always)]
    fn place(&self, key: u32) -> (usize, u64) {
        let counter = key.wrapping_mul(self.turn) >> self.shift;
        (counter as usize / 32, 1 << (counter % 32 * 2))
    }

    #[inline(always)]
    fn count(&mut self, key: u32) {
        let (word, one) = self.place(key);
        let word = &mut self.words[word];
        *word |= one | (*word & one) << 1;
    }

    #[inline(always)]
    fn several(&self, key: u32) -> bool {
        let (word, one) = self.place(key);
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
        fn what_shares_a_key_is_left_and_sorted(
            // Few keys that are often met, and many that are rarely.
            keys in proptest::collection::vec(prop_oneof![0u32..50, 0u32..5000, any::<u32>()], 0..3000),
        ) {
            let mut count: HashMap<u32, usize> = HashMap::new();
            keys.iter().for_each(|&key| *count.entry(key).or_default() += 1);
            let entry = |(place, &key): (usize, &u32)| u64::from(key) << 32 | place as u64;
            let mut expected: Vec<u64> =
                keys.iter().enumerate().filter(|(_, key)| count[key] > 1).map(entry).collect();
            expected.sort_unstable();
            let (mut sieve, mut entries) = (Sieve::default(), vec![7]);
            sieve.shared(keys.chunks(1000), &mut entries);
            prop_assert!(entries.is_sorted());
            prop_assert!(entries.len() <= expected.len() + FEW.max(entries.len() / 4));
            entries.retain(|&entry| count[&((entry >> 32) as u32)] > 1);
            prop_assert_eq!(entries, expected);
        }
    }
}
