//! Key terms of an article: what survives every rewording.
//!
//! A rewrite shares no run of words with its source, but it is about the same people, places and
//! figures. Of each article the 64 weightiest [terms](crate::text::terms) are kept. Once all
//! articles of the collection are read, it is known how many have a term among theirs, and terms
//! are weighted by their rarity too. Two articles are candidates if they have *two* of the 24 best
//! terms of both in common, because one shared term is not rare, and if the cosine of all their
//! weighted terms is high enough, which takes less than half a microsecond.

use std::cmp::Reverse;
use std::ops::Range;

use crate::idf::{self, Idf};
use crate::keyed::Keyed;
use crate::numbering::Numbering;
use crate::text::fold::Folding;
use crate::text::terms::{STEM_LETTERS, WEIGHT_AT, WordShape, for_each_shape, weight_in_text};
use crate::text::words::Words;

/// Words that are read of an article: later ones have little weight.
const MAX_WORDS: usize = 256;
/// Terms that are kept of an article.
const MAX_TERMS: usize = 64;
/// Terms of an article that can make it a candidate.
const MAX_PAIRED: usize = 24;
/// A term is common, and makes no candidates, if more than one in `COMMON_PART` articles have it;
/// the limit is kept between the other two figures. So few articles share a term, however many
/// articles there are.
const COMMON_PART: usize = 10;
const MIN_COMMON: usize = 100;
const MAX_COMMON: usize = 1000;
/// A collection of fewer articles is weighted as if it had this many.
const MIN_ARTICLES: usize = 512;
/// Cells in which the articles with a term are counted; a collision makes a term look more common.
const CELLS: usize = 1 << 20;

/// A term of an article: 32 bits of its hash, and its weight there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Term {
    hash: u32,
    weight: u16,
}

#[cfg_attr(not(any(feature = "index", feature = "distributed")), allow(dead_code))]
impl Term {
    /// A term from its stored hash and weight.
    pub(crate) fn from_parts(hash: u32, weight: u16) -> Self {
        Term { hash, weight }
    }

    /// The upper half of its hash.
    pub(crate) fn hash(self) -> u32 {
        self.hash
    }

    /// Its weight in its article.
    pub(crate) fn weight(self) -> u16 {
        self.weight
    }
}

/// Reads the terms of texts one after another, in buffers that are reused.
#[derive(Debug, Default)]
pub(crate) struct TermReader {
    words: Words,
    found: Vec<FoundTerm>,
    /// The number of each found term, by its hash.
    numbers: Numbering,
    terms: Vec<Term>,
}

#[derive(Clone, Copy, Debug)]
struct FoundTerm {
    hash: u64,
    /// The sum of the weights of its places.
    place_weights: u32,
    /// The least idf weight of the words that are cut to it.
    idf: u32,
    is_number: bool,
    is_name: bool,
}

impl TermReader {
    /// The weightiest terms of `text`, sorted by hash; valid until the next text is read.
    pub(crate) fn read(&mut self, text: &str, folding: Folding) -> &mut [Term] {
        let TermReader { words, found, numbers, terms } = self;
        let text = beginning(text);
        words.read(text, folding);
        found.clear();
        numbers.clear(MAX_WORDS);
        let idf = Idf::default();
        for_each_shape(text, words, MAX_WORDS, |i, shape| {
            let hash = term_hash(text, words, i, shape);
            let idf = idf.word(words.hashes()[i]);
            let number = numbers.number(hash) as usize;
            if number == found.len() {
                let is_number = shape.is_number;
                found.push(FoundTerm { hash, place_weights: 0, idf, is_number, is_name: false });
            }
            let term = &mut found[number];
            term.place_weights += WEIGHT_AT[i];
            term.idf = term.idf.min(idf);
            term.is_name |= shape.is_name;
        });
        terms.clear();
        terms.extend(found.iter().map(|term| {
            // 12 bits for the weight in the text and 8 for the idf, cut to 16.
            let in_text = weight_in_text(term.place_weights, term.is_number, term.is_name);
            let weight = (in_text * u64::from(term.idf)) >> 4;
            Term { hash: (term.hash >> 32) as u32, weight: weight as u16 }
        }));
        if terms.len() > MAX_TERMS {
            terms.select_nth_unstable_by_key(MAX_TERMS, |term| (Reverse(term.weight), term.hash));
            terms.truncate(MAX_TERMS);
        }
        terms.sort_unstable();
        // Two hashes with the same upper half are taken for one term.
        terms.dedup_by_key(|term| term.hash);
        terms
    }

    /// The spans of the first places of some terms in `text`; the terms are given by their hashes.
    pub(crate) fn places(
        &mut self,
        text: &str,
        folding: Folding,
        terms: &[u32],
    ) -> Vec<Option<Range<usize>>> {
        let text = beginning(text);
        let words = &mut self.words;
        words.read(text, folding);
        let mut places = vec![None; terms.len()];
        for_each_shape(text, words, MAX_WORDS, |i, shape| {
            let hash = (term_hash(text, words, i, shape) >> 32) as u32;
            if let Some(at) = terms.iter().position(|&term| term == hash) {
                places[at].get_or_insert_with(|| words.span(i));
            }
        });
        places
    }
}

/// The hash of the term of a word.
fn term_hash(text: &str, words: &Words, i: usize, shape: WordShape) -> u64 {
    if shape.is_number { words.hashes()[i] } else { words.stem(text, i, STEM_LETTERS) }
}

/// As much of a text as holds [`MAX_WORDS`] words of 16 bytes.
fn beginning(text: &str) -> &str {
    const MAX_BYTES: usize = 16 * MAX_WORDS;
    let end = (0..=MAX_BYTES.min(text.len())).rev().find(|&end| text.is_char_boundary(end));
    &text[..end.unwrap_or_default()]
}

/// The rarity of terms: how many articles of a collection have each, and the weights that follow.
#[derive(Debug)]
pub(crate) struct TermWeights {
    articles: usize,
    counts: Vec<u32>,
}

impl TermWeights {
    /// The weights of an empty collection.
    pub(crate) fn empty() -> Self {
        TermWeights { articles: 0, counts: vec![0; CELLS] }
    }

    /// Counts the terms of some articles.
    pub(crate) fn learn(articles: &[Box<[Term]>]) -> Self {
        let mut weights = Self::empty();
        articles.iter().for_each(|terms| weights.add(terms));
        weights
    }

    /// Counts the terms of one more article.
    pub(crate) fn add(&mut self, terms: &[Term]) {
        self.articles += 1;
        for term in terms {
            self.counts[term.hash as usize % CELLS] += 1;
        }
    }

    /// The cells in which the terms of an article are counted.
    #[cfg(feature = "distributed")]
    pub(crate) fn cells(terms: &[Term]) -> impl Iterator<Item = u32> + '_ {
        terms.iter().map(|term| (term.hash as usize % CELLS) as u32)
    }

    /// The weights of this many articles whose terms were counted elsewhere; cells beyond the table
    /// are ignored.
    #[cfg(feature = "distributed")]
    pub(crate) fn of_cells(articles: usize, counts: &[(u32, u32)]) -> Self {
        let mut weights = TermWeights { articles, ..Self::empty() };
        for &(cell, count) in counts {
            weights.counts.get_mut(cell as usize).into_iter().for_each(|it| *it = count);
        }
        weights
    }

    /// How many articles were counted, and the counts that are not 0, by cell.
    #[cfg(feature = "distributed")]
    pub(crate) fn to_cells(&self) -> (usize, Vec<(u32, u32)>) {
        let counts = (0..).zip(self.counts.iter().copied()).filter(|(_, count)| *count > 0);
        (self.articles, counts.collect())
    }

    /// How many articles were counted.
    #[cfg(any(feature = "index", feature = "distributed"))]
    pub(crate) fn articles(&self) -> usize {
        self.articles
    }

    /// The logarithm of the number of articles, in eighths. A small collection is taken for a
    /// larger one: a term is not common because three of fifty articles have it.
    fn log_of_articles(&self) -> u32 {
        idf::log2_in_eighths(self.articles.max(MIN_ARTICLES) as u64)
    }

    fn articles_with(&self, term: Term) -> usize {
        self.counts[term.hash as usize % CELLS] as usize
    }

    /// Multiplies the weights of terms by log(n / df) / log(n).
    pub(crate) fn weigh(&self, terms: &mut [Term]) {
        let all = self.log_of_articles();
        for term in terms {
            let frequency = idf::log2_in_eighths(self.articles_with(*term) as u64);
            term.weight = (u32::from(term.weight) * all.saturating_sub(frequency) / all) as u16;
        }
    }

    /// The terms that can make an article a candidate, sorted by hash: the best of those that are
    /// not common and that at least `least` articles have, or of which another article is `known`
    /// to have them.
    pub(crate) fn paired(
        &self,
        terms: &[Term],
        least: usize,
        known: impl Fn(&Term) -> bool,
    ) -> Vec<Term> {
        let common = (self.articles / COMMON_PART).clamp(MIN_COMMON, MAX_COMMON);
        // Rarity counts twice: a weighted term is rare and important, but a key is above all rare.
        let all = self.log_of_articles();
        let rank = |articles: usize, term: &Term| {
            let frequency = idf::log2_in_eighths(articles as u64);
            (Reverse(u32::from(term.weight) * all.saturating_sub(frequency)), Reverse(term.hash))
        };
        let ranked = |term: &Term| {
            let articles = self.articles_with(*term);
            let is_eligible = articles <= common && (articles >= least || known(term));
            is_eligible.then(|| (rank(articles, term), *term))
        };
        let mut best: Vec<_> = terms.iter().filter_map(ranked).collect();
        if best.len() > MAX_PAIRED {
            best.select_nth_unstable(MAX_PAIRED);
            best.truncate(MAX_PAIRED);
        }
        let mut best: Vec<Term> = best.into_iter().map(|(_, term)| term).collect();
        best.sort_unstable_by_key(|term| term.hash);
        best
    }
}

/// Computes the cosine of the weighted terms of one article with those of others.
///
/// It has a hash table of its own, of 64 terms in 8 KB, in which most look-ups are one load: a map
/// of the standard library takes twice as long, and this runs for every candidate.
#[derive(Debug)]
pub(crate) struct CosineCounter {
    /// The number of each term of the left article, plus one, in the first free cell from the
    /// position of its hash; 0 in an empty cell.
    cells: Box<[u8; CELLS_OF_LEFT]>,
    left: Vec<Term>,
    /// The cell of each of these terms.
    occupied: Vec<usize>,
    key: Keyed,
    square: u64,
}

/// How close the weighted terms of two articles are.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Closeness {
    /// The cosine, 0 to 1.
    pub(crate) cosine: f64,
    /// The share of each article's weights that shared terms have: the geometric mean, 0 to 1.
    /// Unlike the cosine it does not let one or two heavy terms decide.
    pub(crate) shared: f64,
}

/// Cells of the hash table of a [`CosineCounter`].
const CELLS_OF_LEFT: usize = 1 << 13;

impl Default for CosineCounter {
    fn default() -> Self {
        let (cells, key) = (Box::new([0; CELLS_OF_LEFT]), Keyed::default());
        CosineCounter { cells, left: Vec::new(), occupied: Vec::new(), key, square: 0 }
    }
}

impl CosineCounter {
    /// Sets the terms to compare with, at most [`MAX_TERMS`].
    pub(crate) fn set_left(&mut self, terms: &[Term]) {
        debug_assert!(terms.len() <= MAX_TERMS);
        self.occupied.drain(..).for_each(|cell| self.cells[cell] = 0);
        self.left.clear();
        self.left.extend_from_slice(terms);
        for (number, term) in (1..=u8::MAX).zip(terms) {
            let cell = self.find(term.hash, |held| held == 0);
            self.cells[cell] = number;
            self.occupied.push(cell);
        }
        self.square = square(terms);
    }

    /// The cosine of both articles' terms, 0 to 1. O(terms) time, a tenth of a microsecond.
    pub(crate) fn cosine(&self, right: &[Term]) -> f64 {
        let mut product = 0;
        self.for_each_shared(right, |left, right| product += u64::from(left) * u64::from(right));
        cosine_of(product, self.square, square(right))
    }

    /// How close both articles' terms are. O(terms) time.
    pub(crate) fn closeness(&self, right: &[Term]) -> Closeness {
        let total = |terms: &[Term]| terms.iter().map(|term| u64::from(term.weight)).sum::<u64>();
        // The weights of the shared terms in each article.
        let mut shared = [0u64; 2];
        self.for_each_shared(right, |left, right| {
            shared[0] += u64::from(left);
            shared[1] += u64::from(right);
        });
        let product = |[left, right]: [u64; 2]| left as f64 * right as f64;
        let all = product([total(&self.left), total(right)]);
        let shared = (product(shared) / all.max(1.0)).sqrt();
        Closeness { cosine: self.cosine(right), shared }
    }

    /// Calls `found` with the weights of each term that both articles have.
    #[inline(always)]
    fn for_each_shared(&self, right: &[Term], mut found: impl FnMut(u16, u16)) {
        for right in right.chunks(MAX_TERMS) {
            // Most terms are not shared and fall on an empty cell. Without a branch the cells of
            // several are looked up at a time.
            let (mut places, mut count) = ([0u8; MAX_TERMS], 0);
            for (place, term) in (0..).zip(right) {
                places[count] = place;
                count += usize::from(self.cells[self.position(term.hash)] != 0);
            }
            for &place in &places[..count] {
                let term = right[usize::from(place)];
                let left = self.weight(term.hash);
                if left > 0 {
                    found(left, term.weight);
                }
            }
        }
    }

    /// The weight of a term in the left article.
    fn weight(&self, hash: u32) -> u16 {
        let is_it = |number: u8| self.left[usize::from(number) - 1].hash == hash;
        let cell = self.find(hash, |held| held == 0 || is_it(held));
        let number = usize::from(self.cells[cell]).checked_sub(1);
        number.map_or(0, |number| self.left[number].weight)
    }

    /// The cell at which the search for a hash begins.
    #[inline(always)]
    fn position(&self, hash: u32) -> usize {
        self.key.mix(hash.into()) as usize % CELLS_OF_LEFT
    }

    /// The first cell, from the position of a hash on, that `ends` the search; there must be one.
    #[inline(always)]
    fn find(&self, hash: u32, ends: impl Fn(u8) -> bool) -> usize {
        let mut cell = self.position(hash);
        while !ends(self.cells[cell]) {
            cell = (cell + 1) % CELLS_OF_LEFT;
        }
        cell
    }
}

/// The cosine of the weighted terms of two articles, 0 to 1: for a single pair, what
/// [`CosineCounter`] computes for many. O(terms) time.
pub(crate) fn cosine(left: &[Term], right: &[Term]) -> f64 {
    let (mut dot, mut rest) = (0, right);
    for term in left {
        let at = rest.partition_point(|other| other.hash < term.hash);
        rest = &rest[at..];
        let other = rest.first().filter(|other| other.hash == term.hash);
        dot += other.map_or(0, |other| u64::from(other.weight) * u64::from(term.weight));
    }
    cosine_of(dot, square(left), square(right))
}

fn cosine_of(dot: u64, left_square: u64, right_square: u64) -> f64 {
    (dot as f64 / (left_square as f64 * right_square as f64).sqrt().max(1.0)).min(1.0)
}

fn square(terms: &[Term]) -> u64 {
    terms.iter().map(|term| u64::from(term.weight).pow(2)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::mix;

    fn terms(text: &str) -> Box<[Term]> {
        Box::from(&*TermReader::default().read(text, Folding::default()))
    }

    fn counted(left: &[Term], right: &[Term]) -> f64 {
        let mut counter = CosineCounter::default();
        counter.set_left(left);
        counter.cosine(right)
    }

    #[test]
    fn terms_are_few_and_the_weightiest() {
        let text: String = (0..150).map(|i| format!("{:x} ", mix(i))).collect();
        let many = terms(&format!("Lindberg met Olsen. {text} Zuletzt"));
        assert!(many.len() <= MAX_TERMS && many.len() > MAX_TERMS - 4, "{}", many.len());
        assert!(many.is_sorted_by(|a, b| a.hash < b.hash));
        assert!(terms("").is_empty() && terms("— …").is_empty());
        // Inflected forms are one term.
        assert_eq!(terms("bridge bridges"), terms("bridges bridge"));
    }

    #[test]
    fn similar_articles_have_a_high_cosine() {
        let [a, b, c] = [
            "Mayor Lind closed the Kolm bridge",
            "The Kolm bridge, said Mayor Lind, stays closed",
            "Rain fell",
        ]
        .map(terms);
        assert!((counted(&a, &a) - 1.0).abs() < 1e-12);
        assert_eq!(counted(&a, &b), counted(&b, &a));
        assert!(counted(&a, &b) > 0.7 && counted(&a, &b) < 1.0);
        assert_eq!((counted(&a, &c), counted(&a, &[])), (0.0, 0.0));
    }

    #[test]
    fn shared_terms_have_a_share_of_the_weights() {
        let terms = |weights: &[(u32, u16)]| -> Vec<Term> {
            weights.iter().map(|&(hash, weight)| Term { hash, weight }).collect()
        };
        let mut counter = CosineCounter::default();
        counter.set_left(&terms(&[(1, 30), (2, 50), (3, 20)]));
        let shared = |right: &[(u32, u16)]| counter.closeness(&terms(right)).shared;
        assert_eq!(shared(&[(1, 7), (2, 9), (3, 5)]), 1.0);
        assert_eq!(shared(&[(2, 8), (4, 8)]), 0.5, "half of one, half of the other");
        assert_eq!((shared(&[(4, 8)]), shared(&[])), (0.0, 0.0));
        let right = terms(&[(2, 8), (4, 8)]);
        assert_eq!(counter.closeness(&right).cosine, counter.cosine(&right));
    }

    #[test]
    fn terms_of_a_few_articles_make_candidates() {
        let articles = ["Lind Kolm bridge", "Lind Kolm ferry", "Lind Ostra", "Rain"].map(terms);
        let weights = TermWeights::learn(&articles);
        let paired = articles.each_ref().map(|terms| weights.paired(terms, 2, |_| false));
        // Lind and Kolm in the first two; Lind alone in the third.
        assert_eq!(paired.each_ref().map(Vec::len), [2, 2, 1, 0]);
        assert!(paired[0].iter().zip(&paired[1]).all(|(a, b)| a.hash == b.hash));
        let many: Box<[Term]> = (0..64).map(|i| Term { hash: mix(i) as u32, weight: 9 }).collect();
        let best = TermWeights::learn(&[many.clone(), many.clone()]).paired(&many, 2, |_| false);
        assert!(best.len() == MAX_PAIRED && best.is_sorted_by(|a, b| a.hash < b.hash));
        let mut weighed = articles[0].clone();
        weights.weigh(&mut weighed);
        assert!(
            weighed.iter().zip(&articles[0]).all(|(after, before)| after.weight <= before.weight)
        );
    }

    #[test]
    fn the_table_and_the_merge_agree() {
        let mut counter = CosineCounter::default();
        // Terms whose hashes agree in many bits.
        let text = |from: u64| -> Vec<Term> {
            let hash = |i: u64| {
                (mix(i) as u32 & 0xffff_0000) | (CELLS_OF_LEFT as u32 - 1 - (i % 3) as u32)
            };
            let mut terms: Vec<Term> =
                (from..from + 60).map(|i| Term { hash: hash(i / 2), weight: i as u16 }).collect();
            terms.sort_unstable();
            terms.dedup_by_key(|term| term.hash);
            terms
        };
        for i in 0..40 {
            let [a, b] = [text(i), text(3 * i + 7)];
            counter.set_left(&a);
            assert!((counter.cosine(&b) - cosine(&a, &b)).abs() < 1e-12, "{i}");
            assert!(i == 0 || counter.cosine(&b) > 0.0 || cosine(&a, &b) == 0.0);
        }
        counter.set_left(&[]);
        assert!(counter.cells.iter().all(|&cell| cell == 0));
    }

    #[test]
    fn both_cosines_agree() {
        let [a, b] =
            ["Mayor Lind closed the Kolm bridge", "The Kolm bridge, said Mayor Lind, stays closed"]
                .map(terms);
        assert!((cosine(&a, &b) - counted(&a, &b)).abs() < 1e-9);
        assert_eq!((cosine(&a, &[]), cosine(&a, &a)), (0.0, 1.0));
    }
}
