//! Shingles: overlapping runs of words or letters, each with a strongly mixed 64-bit hash.
//!
//! The hash of a run is a cyclic polynomial of its units' hashes: each is rotated by its distance
//! from the end of the run, and all are xored (Cohen 1997). It rolls along the text in three
//! operations, whatever the length of the run. A finaliser then mixes every bit into every other.
//! Lemire and Kaser 2010 show that the rolling part is pairwise independent on random unit hashes.
//! The finaliser is not optional: signatures keep minima, and minima of a linear hash are biased on
//! structured texts (by about 0.07 at J = 0.5).
//!
//! Cost: O(bytes), about 1 ns per shingle after reading the words.

use std::fmt;
use std::str::FromStr;

use crate::error::Error;
use crate::hash::mix;
use crate::names::serialized_as_text;
use crate::simd::{Isa, shingles};
use crate::text::fold::{FoldedText, Folding};
use crate::text::scan::{Alphabet, Scanner};
use crate::text::words::{read_letters, read_words};

/// What a shingle is a run of, and how long it is.
///
/// Short runs survive edits; long ones mean more if they match. A copy with one word in ten changed
/// still shares `0.9^w` of its w-word shingles. Three words suit articles; five words suit
/// near-verbatim copies, and comparison with most published figures; five letters suit scanned
/// text, where words break and run together.
///
/// ```
/// use newsprint::Shingle;
///
/// assert_eq!("words:5".parse(), Ok(Shingle::Words(5)));
/// assert_eq!(Shingle::Letters(5).to_string(), "chars:5");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Shingle {
    /// A run of this many [words](crate::parts::Words), 1 to 32.
    Words(usize),
    /// A run of this many letters and digits, 1 to 32, ignoring spaces and punctuation: `chars:N`.
    Letters(usize),
}

impl Shingle {
    const MAX_WIDTH: usize = 32;

    /// Whether it is a run of words, not of letters.
    pub(crate) fn is_words(self) -> bool {
        matches!(self, Shingle::Words(_))
    }

    pub(crate) fn width(self) -> usize {
        let (Shingle::Words(width) | Shingle::Letters(width)) = self;
        width
    }
}

impl fmt::Display for Shingle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (unit, width) = match self {
            Shingle::Words(width) => ("words", width),
            Shingle::Letters(width) => ("chars", width),
        };
        f.pad(&format!("{unit}:{width}"))
    }
}

impl FromStr for Shingle {
    type Err = Error;

    fn from_str(s: &str) -> Result<Self, Error> {
        let unknown = || Error::name("shingle", s, "words:N, chars:N with N from 1 to 32");
        let (unit, width) = s.split_once(':').ok_or_else(unknown)?;
        let width = width.parse().map_err(|_| unknown())?;
        match unit {
            "words" => Ok(Shingle::Words(width)),
            "chars" => Ok(Shingle::Letters(width)),
            _ => Err(unknown()),
        }
    }
}

serialized_as_text!(Shingle);

/// Turns texts into shingle hashes.
///
/// **Short and empty texts.** A text with fewer words (letters) than a shingle is a single shingle,
/// which equals only that of a text with the same words. A text without words has no shingles, and
/// is similar to nothing, not even to another such text.
///
/// ```
/// use newsprint::parts::Shingler;
/// use newsprint::Shingle;
///
/// let shingler = Shingler::new(Shingle::Words(3))?;
/// assert_eq!(shingler.shingles("the cat sat on the mat").len(), 4);
/// assert_eq!(shingler.shingles("Breaking!"), shingler.shingles("breaking"));
/// assert!(shingler.shingles("...").is_empty());
/// # Ok::<(), newsprint::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shingler {
    shingle: Shingle,
    folding: Folding,
    seed: u64,
}

impl Shingler {
    /// A shingler with default folding and seed 0.
    ///
    /// # Errors
    /// If the shingle's length is not 1 to 32.
    pub fn new(shingle: Shingle) -> Result<Self, Error> {
        match shingle.width() {
            1..=Shingle::MAX_WIDTH => {
                Ok(Shingler { shingle, folding: Folding::default(), seed: 0 })
            }
            width => Err(Error::range("shingle length", width, "from 1 to 32")),
        }
    }

    /// The same with another folding.
    #[must_use]
    pub fn with_folding(self, folding: Folding) -> Self {
        Shingler { folding, ..self }
    }

    /// The same for another shingle, whose length is known to be valid.
    pub(crate) fn with_shingle(self, shingle: Shingle) -> Self {
        Shingler { shingle, ..self }
    }

    /// The same with another seed, which gives every shingle another, independent hash. Texts
    /// hashed with different seeds cannot be compared.
    #[must_use]
    pub fn with_seed(self, seed: u64) -> Self {
        Shingler { seed, ..self }
    }

    /// An error if the other makes shingles differently; it names the first difference.
    pub(crate) fn check(&self, other: &Shingler) -> Result<(), Error> {
        if let Some((what, a, b)) = self.folding.difference(other.folding) {
            return Err(Error::mismatch(what, a, b));
        }
        if self.shingle != other.shingle {
            return Err(Error::mismatch("shingle", self.shingle, other.shingle));
        }
        if self.seed != other.seed {
            return Err(Error::mismatch("seed", self.seed, other.seed));
        }
        Ok(())
    }

    /// What a shingle is.
    pub fn shingle(&self) -> Shingle {
        self.shingle
    }

    /// How text is folded.
    pub fn folding(&self) -> Folding {
        self.folding
    }

    /// The seed of the hash.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// The hashes of the shingles of `text`, in order, with repetitions.
    ///
    /// O(bytes) time. Allocates; for many texts, see [`read`](Shingler::read).
    pub fn shingles(&self, text: &str) -> Vec<u64> {
        let mut scratch = Scratch::default();
        self.read(text, &mut scratch);
        scratch.shingles
    }

    /// The same as [`shingles`](Shingler::shingles), into buffers that are reused from text to
    /// text.
    pub fn read<'s>(&self, text: &str, scratch: &'s mut Scratch) -> &'s [u64] {
        self.read_mut(text, scratch)
    }

    pub(crate) fn read_mut<'s>(&self, text: &str, scratch: &'s mut Scratch) -> &'s mut Vec<u64> {
        self.read_units(text, scratch);
        self.roll_read(scratch)
    }

    /// The shingles of the units that were read last.
    pub(crate) fn roll_read<'s>(&self, scratch: &'s mut Scratch) -> &'s mut Vec<u64> {
        let Scratch { units, shingles, .. } = scratch;
        roll(Isa::best(), units, self.shingle.width(), mix(self.seed), shingles);
        shingles
    }

    /// The shingles of units that were read already.
    pub(crate) fn roll<'s>(&self, units: &[u64], scratch: &'s mut Scratch) -> &'s [u64] {
        roll(Isa::best(), units, self.shingle.width(), mix(self.seed), &mut scratch.shingles);
        &scratch.shingles
    }

    /// The hashes of the words or letters themselves.
    pub(crate) fn read_units<'s>(&self, text: &str, scratch: &'s mut Scratch) -> &'s mut Vec<u64> {
        let Scratch { folded, scanner, units, .. } = scratch;
        units.clear();
        let (text, alphabet) = if self.folding.changes(text) {
            folded.read(Isa::best(), self.folding, text, None);
            (folded.bytes(), folded.alphabet())
        } else {
            (text.as_bytes(), Alphabet::Ascii)
        };
        match self.shingle {
            Shingle::Words(_) => {
                units.reserve(text.len() / 4);
                read_words(text, alphabet, scanner, units, |_, _| {});
            }
            Shingle::Letters(_) => read_letters(Isa::best(), text, units),
        }
        units
    }
}

/// Buffers for reading texts one after another without an allocation for each.
#[derive(Clone, Debug, Default)]
pub struct Scratch {
    folded: FoldedText,
    scanner: Scanner,
    /// The hashes of the words or letters.
    pub(crate) units: Vec<u64>,
    pub(crate) shingles: Vec<u64>,
}

/// Hashes every run of `width` units.
fn roll(isa: Isa, units: &[u64], width: usize, seed: u64, hashes: &mut Vec<u64>) {
    hashes.clear();
    match width.saturating_sub(units.len()) {
        _ if units.is_empty() => {}
        0 => shingles::roll(isa, units, width, seed, hashes),
        missing => hashes.push(shingles::beginning(units, missing, seed)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rolling_is_hashing_each_run_alone() {
        let all: Vec<u64> = (1..340).map(mix).collect();
        for isa in Isa::all() {
            for width in 1..=32 {
                for len in [width, width + 1, 100, 301] {
                    let units = &all[len % 8..][..len];
                    let mut rolled = Vec::new();
                    roll(isa, units, width, 7, &mut rolled);
                    let alone = units.windows(width).map(|run| {
                        let mut one = Vec::new();
                        roll(Isa::Portable, run, width, 7, &mut one);
                        assert_eq!(one.len(), 1);
                        one[0]
                    });
                    assert!(rolled.iter().copied().eq(alone), "{width} of {len}, {isa:?}");
                }
            }
        }
    }

    #[test]
    fn short_and_empty_texts() {
        let three = Shingler::new(Shingle::Words(3)).expect("valid");
        assert!(three.shingles("").is_empty());
        assert!(three.shingles("— … !").is_empty());
        for short in ["one", "one two"] {
            assert_eq!(three.shingles(short).len(), 1, "{short}");
        }
        assert_ne!(three.shingles("one"), three.shingles("one two"));
        assert_ne!(
            three.shingles("one two"),
            Shingler::new(Shingle::Words(2)).expect("valid").shingles("one two")
        );
        assert_eq!(three.shingles("one two three").len(), 1);
    }

    #[test]
    fn order_and_seed_matter() {
        let three = Shingler::new(Shingle::Words(3)).expect("valid");
        assert_ne!(three.shingles("a b c"), three.shingles("c b a"));
        assert_ne!(three.shingles("a a b"), three.shingles("b a a"));
        assert_ne!(three.shingles("a b c"), three.with_seed(1).shingles("a b c"));
    }

    #[test]
    fn letters_ignore_spacing() {
        let five = Shingler::new(Shingle::Letters(5)).expect("valid");
        assert_eq!(five.shingles("The gov ern ment."), five.shingles("thegovernment"));
        assert_eq!(five.shingles("Là-bas, été"), five.shingles("LÀBASÉTÉ"));
    }

    #[test]
    fn refuses_lengths_out_of_range() {
        assert!(Shingler::new(Shingle::Words(0)).is_err());
        assert!(Shingler::new(Shingle::Letters(33)).is_err());
        for bad in ["words", "words:", "words:x", "runes:3", "", "words:-1"] {
            assert!(bad.parse::<Shingle>().is_err(), "{bad}");
        }
    }
}
