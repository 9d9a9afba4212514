//! What a passage is measured in, words or letters, and how texts are read for the search.

use crate::collection::Texts;
use crate::hash::mix;
use crate::shingle::{Scratch, Shingle, Shingler};
use crate::text::fold::Folding;

/// Words of a fingerprint: few enough to survive between two edits, enough to be rare.
const WORDS: usize = 6;
/// Letters of a fingerprint, as of an anchor.
const LETTERS: usize = 12;
/// The widest windows. Up to 20 shingles of words or 114 of letters, every passage of 25 words has
/// a window; smaller ones find more of what was edited.
const WINDOW_WORDS: usize = 9;
const WINDOW_LETTERS: usize = 60;
/// Letters that stand for a word.
const LETTERS_PER_WORD: usize = 5;
/// One shingle in this many may become a fingerprint, to save time and memory.
const ONE_IN_WORDS: u64 = 2;
const ONE_IN_LETTERS: u64 = 8;

/// How texts are read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Grain {
    shingler: Shingler,
    /// The least length of a passage, in words or letters.
    pub(crate) min_units: usize,
    /// The units of a shingle.
    pub(super) width: usize,
    /// Of so many shingles in a row one is selected.
    pub(super) window: usize,
    /// One shingle in this many is sampled; a power of two.
    pub(super) one_in: u64,
}

impl Grain {
    /// Passages of at least `min_words` words, at least 10, in texts that are compared as
    /// `shingler` reads them.
    pub(crate) fn new(shingler: Shingler, min_words: usize) -> Self {
        let (shingle, min_units, window, one_in) = if shingler.shingle().is_words() {
            (Shingle::Words(WORDS), min_words, WINDOW_WORDS, ONE_IN_WORDS)
        } else {
            let letters = min_words.saturating_mul(LETTERS_PER_WORD);
            (Shingle::Letters(LETTERS), letters, WINDOW_LETTERS, ONE_IN_LETTERS)
        };
        let (width, shingler) = (shingle.width(), shingler.with_shingle(shingle));
        let grain = Grain { shingler, min_units, width, window, one_in };
        Grain { window: window.min(grain.shingles_of_run()), ..grain }
    }

    /// The same with the widest windows that every passage of the least length has.
    #[cfg(feature = "index")]
    pub(super) fn with_widest_windows(self) -> Self {
        Grain { window: self.shingles_of_run(), ..self }
    }

    /// The shingles of a run of the least length.
    pub(super) fn shingles_of_run(&self) -> usize {
        self.min_units - (self.width - 1)
    }

    /// Whether letters are compared rather than words.
    pub(crate) fn by_letters(&self) -> bool {
        !self.shingler.shingle().is_words()
    }

    pub(crate) fn folding(&self) -> Folding {
        self.shingler.folding()
    }

    /// Reads the units and shingles of a text into `scratch`.
    pub(super) fn read<'s>(&self, text: &str, scratch: &'s mut Scratch) -> &'s [u64] {
        self.shingler.read(text, scratch)
    }

    /// The shingles of the units that were read last.
    pub(super) fn roll<'s>(&self, scratch: &'s mut Scratch) -> &'s [u64] {
        self.shingler.roll_read(scratch)
    }

    /// About how many units texts of so many bytes have.
    pub(super) fn units_of(&self, bytes: usize) -> usize {
        if self.by_letters() { bytes / 5 * 4 } else { bytes / 6 }
    }

    /// Reads the units of a text alone.
    pub(crate) fn read_units<'s>(&self, text: &str, scratch: &'s mut Scratch) -> &'s mut [u64] {
        self.shingler.read_units(text, scratch)
    }

    /// Replaces `places` by those of the shingles that may become fingerprints, ascending: a sample
    /// by their hash, and every shingle of a window without one of the sample.
    pub(super) fn sample(&self, shingles: &[u64], places: &mut Vec<u32>) {
        places.clear();
        places.resize(shingles.len() + 1, 0);
        let mut found = 0;
        for (place, shingle) in (0..).zip(shingles) {
            // No branch to mispredict.
            places[found] = place;
            found += usize::from(shingle & (self.one_in - 1) == 0);
        }
        places.truncate(found);
        let mut next = 0;
        let ends = || places.iter().map(|&place| place as usize).chain([shingles.len()]);
        let is_long = |end: usize| {
            let length = end - std::mem::replace(&mut next, end + 1);
            length >= self.window
        };
        if ends().any(is_long) {
            self.add_long_gaps(shingles.len(), places);
        }
    }

    /// The order in which a window selects shingles, least first. Sampled ones come before all
    /// others: these are selected only in a window without them, which has them in every text. The
    /// upper half of a shingle chooses its counter, so the lower half gives the order.
    #[inline(always)]
    pub(super) fn order(&self, shingle: u64) -> u32 {
        let is_other = shingle & (self.one_in - 1) != 0;
        u32::from(is_other) << 31 | (shingle as u32) >> 1
    }

    /// Adds the places between sampled ones that are so far apart that a window lies between.
    #[cold]
    fn add_long_gaps(&self, len: usize, places: &mut Vec<u32>) {
        let mut all = Vec::with_capacity(len);
        let mut next = 0;
        for end in places.iter().copied().chain([len as u32]) {
            if (end - next) as usize >= self.window {
                all.extend(next..end);
            }
            all.push(end);
            next = end + 1;
        }
        all.pop();
        *places = all;
    }
}

/// Replaces `hashes` by the hash of every run of `length` units: a polynomial of the units, rolled
/// (R. Karp, M. Rabin, "Efficient randomized pattern-matching algorithms", 1987), and mixed.
pub(super) fn runs(units: &[u64], length: usize, hashes: &mut Vec<u64>) {
    const BASE: u64 = 0x9E37_79B9_7F4A_7C15;
    hashes.clear();
    let Some(first) = units.get(..length) else { return };
    let power = (1..length).fold(1u64, |power, _| power.wrapping_mul(BASE));
    let mut sum = first.iter().fold(0u64, |sum, unit| sum.wrapping_mul(BASE).wrapping_add(*unit));
    hashes.push(mix(sum));
    for (old, new) in units.iter().zip(&units[length..]) {
        sum = sum.wrapping_sub(old.wrapping_mul(power)).wrapping_mul(BASE).wrapping_add(*new);
        hashes.push(mix(sum));
    }
}

/// The texts of a collection that are searched, by their numbers.
#[derive(Clone, Copy)]
pub(super) struct Searched<'a> {
    pub(super) articles: &'a dyn Texts,
    pub(super) numbers: &'a [u32],
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_window_has_a_sampled_shingle() {
        for shingle in [Shingle::Words(3), Shingle::Letters(5)] {
            let grain = Grain::new(Shingler::new(shingle).expect("valid"), 25);
            let mut places = Vec::new();
            for len in [0, 1, 8, 9, 60, 100_000] {
                let shingles: Vec<u64> = (0..len).map(mix).collect();
                grain.sample(&shingles, &mut places);
                assert!(places.is_sorted_by(|a, b| a < b));
                let has_one = |start: usize| {
                    let next = places.partition_point(|&place| (place as usize) < start);
                    places.get(next).is_some_and(|&place| (place as usize) < start + grain.window)
                };
                assert!((0..(len as usize + 1).saturating_sub(grain.window)).all(has_one));
                // Whatever the window has none of is there as a whole.
                let sampled =
                    |place: &&u32| shingles[**place as usize].is_multiple_of(grain.one_in);
                assert_eq!(
                    places.iter().filter(sampled).count(),
                    shingles.iter().filter(|it| it.is_multiple_of(grain.one_in)).count()
                );
            }
        }
    }

    #[test]
    fn a_rolled_run_is_the_run_alone() {
        let units: Vec<u64> = (0..90).map(|i| mix(i % 37)).collect();
        for length in [1, 2, 25, 90] {
            let (mut rolled, mut alone) = (Vec::new(), Vec::new());
            runs(&units, length, &mut rolled);
            assert_eq!(rolled.len(), 91 - length);
            for (place, run) in units.windows(length).enumerate() {
                runs(run, length, &mut alone);
                assert_eq!(alone, [rolled[place]]);
            }
        }
        runs(&units, 91, &mut Vec::from([1]));
    }
}
