//! The hash table of one band: from a key to the last article that has it.
//!
//! Open addressing in lines of the cache: a line has room for eight keys and eight articles, filled
//! from the front. A key belongs to the line whose number is to the number of lines what the key is
//! to 2³², and where that is full, to the next. Looking one up reads 1.2 lines with five of eight
//! places taken, 1.7 with six, which is the most (simulated); the next line is fetched by the
//! hardware anyway.
//!
//! As lines are in the order of the keys, a table grows in one pass from front to back, into lines
//! that were in no cache before and are now written in order; by half each time, so that it is 50
//! to 75 % full and a key takes 11 to 16 bytes.

/// Keys in a line.
const WIDE: usize = 8;
/// Keys for each line at most, on average.
const FULL: usize = 6;

/// Eight keys and their articles, each as its number plus one; 0 where there is none.
#[derive(Clone, Copy, Debug, Default)]
#[repr(align(64))]
struct Line {
    keys: [u32; WIDE],
    links: [u32; WIDE],
}

/// For every key an article's number plus one.
#[derive(Clone, Debug, Default)]
pub(crate) struct Heads {
    lines: Vec<Line>,
    used: usize,
}

impl Heads {
    /// Makes room for so many more keys.
    pub(crate) fn reserve(&mut self, more: usize) {
        let lines = (self.used + more).div_ceil(FULL);
        if lines <= self.lines.len() {
            return;
        }
        let lines = lines.max(self.lines.len() + self.lines.len() / 2);
        let smaller = std::mem::replace(&mut self.lines, vec![Line::default(); lines]);
        for line in smaller {
            for (key, link) in line.keys.into_iter().zip(line.links).filter(|&(_, link)| link != 0)
            {
                let (line, place) = self.place(key);
                (self.lines[line].keys[place], self.lines[line].links[place]) = (key, link);
            }
        }
    }

    /// Something of the line where `key` is looked for first: who reads that of many keys before
    /// looking one up has the memory answer all at once.
    #[inline(always)]
    pub(crate) fn touch(&self, key: u32) -> u32 {
        self.lines.get(self.home(key)).map_or(0, |line| line.keys[0])
    }

    /// What is linked to `key`, 0 if nothing is.
    #[inline(always)]
    pub(crate) fn get(&self, key: u32) -> u32 {
        if self.lines.is_empty() {
            return 0;
        }
        let (line, place) = self.place(key);
        self.lines[line].links[place]
    }

    /// Links `link`, which is not 0, to `key`, and returns what was linked to it before, 0 if
    /// nothing was.
    #[inline(always)]
    pub(crate) fn insert(&mut self, key: u32, link: u32) -> u32 {
        self.reserve(1);
        let (line, place) = self.place(key);
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

    /// Where `key` is, or the free place where it belongs. There is a free one: the table is never
    /// full.
    #[inline(always)]
    fn place(&self, key: u32) -> (usize, usize) {
        let mut at = self.home(key);
        loop {
            let line = &self.lines[at];
            // A bit for every place that has the key or is free, of which the first counts: behind
            // a free one are none.
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
        fn as_a_hash_map_says(
            // Also keys that crowd in the first lines and in the last, which go on in the first.
            keys in proptest::collection::vec(prop_oneof![0u32..60, any::<u32>(), u32::MAX - 60..=u32::MAX], 0..2000),
            reserved in 0usize..500,
        ) {
            let (mut heads, mut map) = (Heads::default(), HashMap::new());
            prop_assert_eq!(heads.get(0), 0);
            for (i, &key) in keys.iter().enumerate() {
                if i == keys.len() / 2 {
                    heads.reserve(reserved);
                }
                let link = i as u32 + 1;
                heads.touch(key);
                prop_assert_eq!(heads.insert(key, link), map.insert(key, link).unwrap_or(0));
            }
            for key in keys.iter().copied().chain([0, 1, u32::MAX, 1 << 31]) {
                prop_assert_eq!(heads.get(key), map.get(&key).copied().unwrap_or(0));
            }
            prop_assert_eq!(heads.used, map.len());
            prop_assert!(heads.used <= FULL * heads.lines.len());
        }
    }

    #[test]
    fn a_line_of_the_table_is_a_line_of_the_cache() {
        assert_eq!((size_of::<Line>(), align_of::<Line>()), (64, 64));
    }
}
