//! The bucket table of one band: a hash table from a band's key to the last article that has it.
//!
//! Open addressing, one cache line at a time: a line has room for eight keys and eight articles and
//! is filled from the front. A key's home line is `key * lines / 2^32`; if that line is full, the
//! key goes to the next one that is not. A look-up reads 1.2 lines on average when five of eight
//! places are taken and 1.7 when six are, which is the most (simulated). The hardware prefetches
//! the next line anyway.
//!
//! Lines are in the order of their keys, so growing is one pass from front to back that writes the
//! new lines in order. The table grows by half each time, so it is 50 to 75 % full and a key takes
//! 11 to 16 bytes.

/// Keys in a line.
const LINE_KEYS: usize = 8;
/// Keys a line has at most, on average over the table.
const MAX_MEAN_KEYS: usize = 6;

/// Eight keys with their articles. A link is the article's number plus one; 0 marks a free place.
#[derive(Clone, Copy, Debug, Default)]
#[repr(align(64))]
struct Line {
    keys: [u32; LINE_KEYS],
    links: [u32; LINE_KEYS],
}

/// Maps each key to a link: an article's number plus one.
#[derive(Clone, Debug, Default)]
pub(crate) struct BucketTable {
    lines: Vec<Line>,
    used: usize,
}

impl BucketTable {
    /// Makes room for `more` keys.
    pub(crate) fn reserve(&mut self, more: usize) {
        let lines = (self.used + more).div_ceil(MAX_MEAN_KEYS);
        if lines <= self.lines.len() {
            return;
        }
        let lines = lines.max(self.lines.len() + self.lines.len() / 2);
        let smaller = std::mem::replace(&mut self.lines, vec![Line::default(); lines]);
        for line in smaller {
            for (key, link) in line.keys.into_iter().zip(line.links).filter(|&(_, link)| link != 0)
            {
                let (line, place) = self.find(key);
                (self.lines[line].keys[place], self.lines[line].links[place]) = (key, link);
            }
        }
    }

    /// Reads a word of the home line of `key` and returns it. A caller that does so for many keys
    /// before it looks one up lets the cache misses overlap.
    #[inline(always)]
    pub(crate) fn prefetch(&self, key: u32) -> u32 {
        self.lines.get(self.home(key)).map_or(0, |line| line.keys[0])
    }

    /// The link of `key`, or 0.
    #[inline(always)]
    pub(crate) fn get(&self, key: u32) -> u32 {
        if self.lines.is_empty() {
            return 0;
        }
        let (line, place) = self.find(key);
        self.lines[line].links[place]
    }

    /// Sets the link of `key`, which must not be 0, and returns the one before, or 0.
    #[inline(always)]
    pub(crate) fn insert(&mut self, key: u32, link: u32) -> u32 {
        self.reserve(1);
        let (line, place) = self.find(key);
        let line = &mut self.lines[line];
        line.keys[place] = key;
        let before = std::mem::replace(&mut line.links[place], link);
        self.used += usize::from(before == 0);
        before
    }

    #[inline(always)]
    fn home(&self, key: u32) -> usize {
        ((u64::from(key) * self.lines.len() as u64) >> 32) as usize
    }

    /// The line and place of `key`, or the free place where it belongs. There always is one, as the
    /// table is never full.
    #[inline(always)]
    fn find(&self, key: u32) -> (usize, usize) {
        let mut at = self.home(key);
        loop {
            let line = &self.lines[at];
            // One bit for each place that has the key or is free. The lowest bit counts: all
            // places behind a free one are free.
            let mut places = 0;
            for (i, (&other, &link)) in line.keys.iter().zip(&line.links).enumerate() {
                places |= u32::from(other == key || link == 0) << i;
            }
            if places != 0 {
                return (at, places.trailing_zeros() as usize);
            }
            at = if at + 1 == self.lines.len() { 0 } else { at + 1 };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashMap;

    proptest! {
        #[test]
        fn agrees_with_a_hash_map(
            // Some keys cluster in the first lines, some in the last, which overflow into the
            // first.
            keys in proptest::collection::vec(
                prop_oneof![0u32..60, any::<u32>(), u32::MAX - 60..=u32::MAX],
                0..2000,
            ),
            reserved in 0usize..500,
        ) {
            let (mut table, mut map) = (BucketTable::default(), HashMap::new());
            prop_assert_eq!(table.get(0), 0);
            for (i, &key) in keys.iter().enumerate() {
                if i == keys.len() / 2 {
                    table.reserve(reserved);
                }
                let link = i as u32 + 1;
                table.prefetch(key);
                prop_assert_eq!(table.insert(key, link), map.insert(key, link).unwrap_or(0));
            }
            for key in keys.iter().copied().chain([0, 1, u32::MAX, 1 << 31]) {
                prop_assert_eq!(table.get(key), map.get(&key).copied().unwrap_or(0));
            }
            prop_assert_eq!(table.used, map.len());
            prop_assert!(table.used <= MAX_MEAN_KEYS * table.lines.len());
        }
    }

    #[test]
    fn a_line_of_the_table_is_a_cache_line() {
        assert_eq!((size_of::<Line>(), align_of::<Line>()), (64, 64));
    }
}
