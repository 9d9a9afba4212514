//! Which articles a step needs, so that the texts of others stay where they are.
//!
//! Few articles are candidates, and texts are most of what there is to move. So the driver collects
//! the numbers of candidates, and every worker gets them as a filter (Bloom 1970) that lets some
//! others pass, too: those cost time and change nothing.

use super::blocks::{Blocks, Given, Kind};
use super::records::{ArticleRecord, Record};
use crate::error::Error;
use crate::hash::mix;
use crate::wire::{Decoder, Encoder};

/// Words of 64 bits while numbers are added: 8 MB. Of ten million numbers it lets 7% of others
/// pass, and from a hundred million on nearly all.
const WORDS: usize = 1 << 20;

/// A set of numbers, and some more.
#[derive(Debug)]
pub(super) struct Wanted {
    /// A power of two of them.
    words: Vec<u64>,
}

impl Default for Wanted {
    fn default() -> Self {
        Wanted { words: vec![0; WORDS] }
    }
}

impl Wanted {
    /// The words and bits of a number.
    fn places(&self, number: u64) -> [(usize, u64); 2] {
        // The part of an article is that of one round.
        let hash = mix(mix(number));
        let mask = self.words.len() - 1;
        [hash as u32, (hash >> 32) as u32]
            .map(|half| ((half >> 6) as usize & mask, 1 << (half & 63)))
    }

    pub(super) fn add(&mut self, number: u64) {
        for (word, bit) in self.places(number) {
            self.words[word] |= bit;
        }
    }

    fn has(&self, number: u64) -> bool {
        self.places(number).iter().all(|&(word, bit)| self.words[word] & bit != 0)
    }

    /// The same in as little room as lets at most one in 64 of others pass, if there are few.
    pub(super) fn packed(mut self) -> Self {
        let mut ones: u64 = self.words.iter().map(|word| u64::from(word.count_ones())).sum();
        while self.words.len() > 1 && ones * 16 <= self.words.len() as u64 * 64 {
            let upper = self.words.split_off(self.words.len() / 2);
            self.words.iter_mut().zip(upper).for_each(|(lower, upper)| *lower |= upper);
            ones = self.words.iter().map(|word| u64::from(word.count_ones())).sum();
        }
        self
    }
}

impl Record<'_> for Wanted {
    fn write(&self, to: &mut Encoder) {
        self.words.write(to);
    }

    fn read(from: &mut Decoder<'_>) -> Option<Self> {
        let words: Vec<u64> = Record::read(from)?;
        words.len().is_power_of_two().then_some(Wanted { words })
    }
}

/// The articles that are wanted; all, if nothing is known of that.
pub(super) fn articles(
    wanted: Option<&Wanted>,
    given: &Given<'_>,
    out: &mut Blocks,
) -> Result<(), Error> {
    for article in given.records::<ArticleRecord<'_>>(Kind::Article)? {
        if wanted.is_none_or(|wanted| wanted.has(article.number)) {
            out.add(Kind::Article, article.number, &article);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_has_what_was_added_and_little_else() {
        for count in [0, 1, 100, 20_000] {
            let mut wanted = Wanted::default();
            (0..count).for_each(|number| wanted.add(number << 20));
            let wanted = wanted.packed();
            assert!((0..count).all(|number| wanted.has(number << 20)), "{count}");
            let others = (0..20_000).filter(|&other| wanted.has((other << 20) + 1)).count();
            assert!(others <= 20_000 / 50, "{others} beside {count}");
            assert!(wanted.words.len() as u64 <= 1 + count, "{count}");
        }
    }
}
