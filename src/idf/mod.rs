//! Inverse document frequency: the rarer a word or shingle, the more it weighs (Spärck Jones 1972).
//!
//! *Without a collection*, the weight of a word follows from the share of the texts of its language
//! that have it: log(1 / share) / log(8,192), which is 1 for words that are not among the few
//! thousand most common ones of any language. The shares are those of 70 languages, in powers of
//! two; `examples/word_counts.rs` makes the table and documents the sources of the counts. It has
//! 12 bits of each word's hash and 4 of its share, 512 KB in all.
//!
//! *Learned* from a collection of `n` texts, of which `df` have a word or shingle, the weight is
//! log(1 / p) / log(n + 512), where p = (df + 512 share) / (n + 512): as if 512 typical texts had
//! been read before. So a small collection changes the weights little, and a large one determines
//! them. Frequencies are kept in a count-min sketch of two rows (Cormode and Muthukrishnan 2005),
//! so memory is bounded whatever the size of the collection; a collision can only make something
//! rare look more frequent. Logarithms are computed in eighths, with integers, so that the weights
//! are the same on every machine.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

use crate::article::AsArticle;
use crate::collection::{Collection, Texts};
use crate::error::Error;
use crate::hash::mix;
use crate::parallel;
use crate::run::Run;
use crate::shingle::{Scratch, Shingle, Shingler};
use crate::text::fold::Folding;
use crate::text::words::Words;

#[cfg(test)]
mod tests;
#[cfg(feature = "index")]
pub(crate) mod words;

/// The weight of a word or shingle that only one text has.
pub(crate) const FULL: u32 = 256;
/// The least weight of a word without a collection: that of a share of two in three.
const MIN_WEIGHT: u32 = FULL / 26;
/// The level of a word that is not in the table: one text in 2^13 has it.
const MAX_LEVEL: u32 = 13;
/// The number of typical texts that count as read before those of a collection.
const PRIOR_TEXTS: u64 = 512;
/// The number of cells of a row; a byte of memory each, and four while learning.
const CELLS: usize = 1 << 20;

/// Weights of words and shingles, learned from a collection or by default.
///
/// Cloning is cheap. Learn from hundreds of texts or more, of the kind to be compared; for fewer,
/// the default is better.
///
/// ```
/// use newsprint::parts::{Folding, Idf, Words};
///
/// let texts = ["The mayor spoke of the bridge", "The mayor spoke of the budget", "The mayor spoke of a flood"];
/// let words = Words::of("the bridge", Folding::default());
/// let [the, bridge] = words.hashes() else { panic!() };
/// assert!(Idf::default().weight(*the) < 0.1 && Idf::default().weight(*bridge) > 0.3);
/// let learned = Idf::learn(&texts, newsprint::parts::Sketcher::default().shingler());
/// assert!(learned.weight(*the) < 0.1 && learned.weight(*bridge) > 0.4);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Idf {
    learned: Option<Arc<Learned>>,
}

#[derive(Debug, PartialEq)]
struct Learned {
    shingler: Shingler,
    texts: u64,
    /// Two rows of frequencies: log2 in eighths plus one, 0 for none.
    rows: Vec<u8>,
}

impl Idf {
    /// Learns from the texts of a collection: their words, and their shingles as `shingler` makes
    /// them.
    ///
    /// O(bytes) time on all cores, 8 MB of memory while learning, 2 MB after.
    pub fn learn<A: AsArticle + Sync>(articles: &[A], shingler: Shingler) -> Self {
        Self::learn_from(&Run::new(&articles), shingler)
    }

    /// As [`learn`](Self::learn), from a collection whose texts need not be in memory.
    ///
    /// # Errors
    /// If a text cannot be read.
    pub fn try_learn<C: Collection + ?Sized>(
        articles: &C,
        shingler: Shingler,
    ) -> Result<Self, Error> {
        let run = Run::new(&articles);
        run.finish(Self::learn_from(&run, shingler))
    }

    fn learn_from(articles: &dyn Texts, shingler: Shingler) -> Self {
        let terms = |text: &str, scratch: &mut Scratch, words: &Words, terms: &mut Vec<u64>| {
            terms.extend_from_slice(words.hashes());
            terms.extend_from_slice(shingler.read(text, scratch));
        };
        Self::learn_terms(articles, shingler, terms)
    }

    /// The same as [`learn`](Self::learn), but from words alone: tests compare what is learned from
    /// [stored words](words) with it.
    #[cfg(all(test, feature = "index"))]
    pub(crate) fn learn_words(articles: &dyn Texts, shingler: Shingler) -> Self {
        let terms = |_: &str, _: &mut Scratch, words: &Words, terms: &mut Vec<u64>| {
            terms.extend_from_slice(words.hashes());
        };
        Self::learn_terms(articles, shingler, terms)
    }

    fn learn_terms(
        articles: &dyn Texts,
        shingler: Shingler,
        terms_of: impl Fn(&str, &mut Scratch, &Words, &mut Vec<u64>) + Sync + Send,
    ) -> Self {
        let counts: Vec<AtomicU32> = (0..2 * CELLS).map(|_| AtomicU32::new(0)).collect();
        let memory = <(String, Scratch, Words, Vec<u64>)>::default;
        parallel::map(articles.len(), memory, |(buffer, scratch, words, terms), i| {
            let text = articles.text(i, buffer);
            words.read(text, shingler.folding());
            terms.clear();
            terms_of(text, scratch, words, terms);
            terms.sort_unstable();
            terms.dedup();
            for cell in terms.iter().flat_map(|&term| cells(term)) {
                counts[cell].fetch_add(1, Ordering::Relaxed);
            }
        });
        Self::of_counts(
            shingler,
            articles.len() as u64,
            counts.into_iter().map(AtomicU32::into_inner),
        )
    }

    /// The weights that follow from the count of each cell in a number of texts.
    fn of_counts(shingler: Shingler, texts: u64, counts: impl Iterator<Item = u32>) -> Self {
        let level = |count: u32| match count {
            0 => 0,
            count => log2_in_eighths(u64::from(count)) as u8 + 1,
        };
        Idf {
            learned: Some(Arc::new(Learned { shingler, texts, rows: counts.map(level).collect() })),
        }
    }

    /// The number of texts it was learned from; `None` for the default.
    pub fn texts(&self) -> Option<u64> {
        self.learned.as_ref().map(|learned| learned.texts)
    }

    /// The weight of a word or shingle, by its hash, 0 to 1. The default knows only words.
    pub fn weight(&self, hash: u64) -> f64 {
        f64::from(self.word(hash)) / f64::from(FULL)
    }

    /// The weight of a word, 0 to [`FULL`].
    pub(crate) fn word(&self, hash: u64) -> u32 {
        match &self.learned {
            Some(learned) => learned.weight(hash),
            None => (FULL * level(hash) / MAX_LEVEL).max(MIN_WEIGHT),
        }
    }

    /// The weights of a text's shingles, 0 to [`FULL`]. Without a collection, a shingle of words
    /// has the mean weight of its words, and all shingles of letters weigh the same.
    pub(crate) fn shingles(
        &self,
        shingles: &[u64],
        words: impl Iterator<Item = u32> + Clone,
        shingle: Shingle,
    ) -> Vec<u32> {
        match (&self.learned, shingle) {
            (Some(learned), _) => shingles.iter().map(|&hash| learned.weight(hash)).collect(),
            (None, Shingle::Letters(_)) => vec![FULL; shingles.len()],
            (None, Shingle::Words(width)) => {
                // A text shorter than a shingle is a single shingle.
                let mut ahead = words.clone();
                let first: Vec<u32> = ahead.by_ref().take(width).collect();
                let mut sum: u32 = first.iter().sum();
                let width = first.len().max(1) as u32;
                let mut weights = Vec::with_capacity(shingles.len());
                weights.extend((!first.is_empty()).then_some(sum / width));
                weights.extend(ahead.zip(words).map(|(entering, leaving)| {
                    sum = sum + entering - leaving;
                    sum / width
                }));
                weights
            }
        }
    }

    /// An error if the weights were learned with other shingles; it names the difference.
    pub(crate) fn check(&self, shingler: &Shingler) -> Result<(), Error> {
        match &self.learned {
            Some(learned) => learned.shingler.check(shingler),
            None => Ok(()),
        }
    }
}

impl Learned {
    fn weight(&self, hash: u64) -> u32 {
        // Numbers of texts, in sixteenths.
        let [a, b] = cells(hash).map(|cell| self.rows[cell]);
        let texts = match a.min(b) {
            0 => 0,
            logarithm => 16 * exp2_of_eighths(u32::from(logarithm) - 1),
        };
        let all = log2_in_eighths(16 * (self.texts + PRIOR_TEXTS));
        let some = log2_in_eighths(texts + ((16 * PRIOR_TEXTS) >> level(hash)));
        let one = log2_in_eighths(16);
        FULL * all.saturating_sub(some.max(one)) / (all - one)
    }
}

/// The cell of a hash in each row.
fn cells(hash: u64) -> [usize; 2] {
    let mixed = mix(hash);
    [mixed as usize % CELLS, CELLS + (mixed >> 32) as usize % CELLS]
}

/// log2 of a number of 1 or more, in eighths, linear between powers of two.
pub(crate) fn log2_in_eighths(n: u64) -> u32 {
    let n = n.max(1);
    let whole = n.ilog2();
    let rest = ((u128::from(n) << 3) >> whole) as u32 - 8;
    8 * whole + rest
}

/// The number whose logarithm to base 2 is `eighths` eighths: the inverse of [`log2_in_eighths`].
fn exp2_of_eighths(eighths: u32) -> u64 {
    (u64::from(8 + eighths % 8) << (eighths / 8).min(58)) >> 3
}

/// A table of 2^18 cells of 16 bits, little-endian, with open addressing: the top 18 bits of a
/// word's hash are its position; its cell has the lowest 12 bits of the hash and, below them, the
/// word's level plus one; 0 is an empty cell.
static COMMON: &[u8; 1 << 19] = include_bytes!("common.bin");

/// The level of a word: one text of its language in 2^level has it.
fn level(word: u64) -> u32 {
    let mut cell = (word >> 46) as usize;
    loop {
        match u16::from_le_bytes([COMMON[2 * cell], COMMON[2 * cell + 1]]) {
            0 => return MAX_LEVEL,
            held if held >> 4 == word as u16 & 0xFFF => return u32::from(held & 15) - 1,
            _ => cell = (cell + 1) % (COMMON.len() / 2),
        }
    }
}

/// The first bytes of stored weights; the last of them is the version.
const MAGIC: &[u8; 8] = b"npidf\0\0\x02";
/// The length of the header, in bytes.
const HEADER: usize = 40;

impl Idf {
    /// The learned weights as bytes, to be stored and read by [`from_bytes`](Idf::from_bytes);
    /// `None` for the default.
    ///
    /// The same on every machine: 8 bytes of magic and version; shingle kind (0 words, 1 letters),
    /// its length, the options of folding as bits, each a byte, and five zeros; the seed, the
    /// number of texts and a checksum, each in 8 bytes, little-endian; two rows of 2²⁰ levels of a
    /// byte. The checksum is the XXH3 of the rows seeded with that of the 32 bytes before it.
    pub fn to_bytes(&self) -> Option<Vec<u8>> {
        let Learned { shingler, texts, rows } = &**self.learned.as_ref()?;
        let (kind, width) = match shingler.shingle() {
            Shingle::Words(width) => (0, width),
            Shingle::Letters(width) => (1, width),
        };
        let mut bytes = Vec::with_capacity(HEADER + rows.len());
        bytes.extend_from_slice(MAGIC);
        bytes.extend([kind, width as u8, shingler.folding().bits(), 0, 0, 0, 0, 0]);
        bytes.extend(shingler.seed().to_le_bytes());
        bytes.extend(texts.to_le_bytes());
        bytes.extend(checksum(&bytes, rows).to_le_bytes());
        bytes.extend_from_slice(rows);
        Some(bytes)
    }

    /// The weights that [`to_bytes`](Idf::to_bytes) stored.
    ///
    /// # Errors
    /// If the bytes are of another kind or version, incomplete or damaged.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        let damaged = |found: &str, limit: &str| Error::range("stored weights", found, limit);
        if bytes.len() != HEADER + 2 * CELLS {
            let found = format!("{} bytes", bytes.len());
            return Err(damaged(&found, &format!("{} bytes", HEADER + 2 * CELLS)));
        }
        let (header, rows) = bytes.split_at(HEADER);
        if header[..8] != MAGIC[..] {
            return Err(damaged("of another kind or version", "idf weights of version 2"));
        }
        let number = |at: usize| {
            header[at..at + 8]
                .iter()
                .rev()
                .fold(0u64, |number, &byte| number << 8 | u64::from(byte))
        };
        if number(32) != checksum(&header[..32], rows) {
            return Err(damaged("damaged", "as they were stored (their checksum differs)"));
        }
        let width = usize::from(header[9]);
        let shingle = if header[8] == 0 { Shingle::Words(width) } else { Shingle::Letters(width) };
        let folding = Folding::of_bits(header[10]).ok_or_else(|| {
            damaged("of unknown folding", "idf weights of a folding that is known")
        })?;
        let shingler = Shingler::new(shingle)?.with_folding(folding).with_seed(number(16));
        let learned = Learned { shingler, texts: number(24), rows: rows.to_vec() };
        Ok(Idf { learned: Some(Arc::new(learned)) })
    }
}

fn checksum(header: &[u8], rows: &[u8]) -> u64 {
    xxh3_64_with_seed(rows, xxh3_64(header))
}
