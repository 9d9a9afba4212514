//! Which articles of a segment are gone.

use crate::index::store::wire::{Fields, Writer};

/// A set of the articles of a segment: a bit each, once there is one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Removed {
    bits: Vec<u64>,
    count: u32,
}

impl Removed {
    #[inline]
    pub(crate) fn contains(&self, article: u32) -> bool {
        let word = self.bits.get(article as usize / 64);
        word.is_some_and(|word| word >> (article % 64) & 1 == 1)
    }

    pub(crate) fn len(&self) -> u32 {
        self.count
    }

    /// Adds an article of a segment with so many; says whether it is new.
    pub(crate) fn insert(&mut self, article: u32, articles: u32) -> bool {
        if self.contains(article) {
            return false;
        }
        self.bits.resize((articles as usize).div_ceil(64), 0);
        self.bits[article as usize / 64] |= 1 << (article % 64);
        self.count += 1;
        true
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        let in_word = |(i, &word): (usize, &u64)| {
            (0..64).filter(move |bit| word >> bit & 1 == 1).map(move |bit| 64 * i as u32 + bit)
        };
        self.bits.iter().enumerate().filter(|(_, word)| **word != 0).flat_map(in_word)
    }

    /// Writes the articles, ascending.
    pub(crate) fn encode(&self, out: &mut Writer) {
        out.u32(self.count);
        self.iter().for_each(|article| out.u32(article));
    }

    /// Reads what [`encode`](Self::encode) wrote of a segment with so many articles.
    pub(crate) fn decode(input: &mut Fields<'_>, articles: u32) -> Option<Self> {
        let mut removed = Removed::default();
        for article in input.numbers()? {
            if article >= articles || !removed.insert(article, articles) {
                return None;
            }
        }
        Some(removed)
    }
}
