//! Story keys: what survives every rewording.
//!
//! A rewrite shares no run of words with its source, but it is about the same people, places and
//! figures. Of each article the 64 weightiest [terms](crate::text::terms) are kept. Once the
//! collection's articles are read and it is known how many have a term among theirs, terms are
//! weighed by their rarity too. Two articles are candidates if *two* of the 24 best terms of both
//! are the same, as one shared term is not rare; and if the cosine of all their weighed terms is
//! high enough, which takes less than half a microsecond.

use std::ops::Range;

use crate::idf::{self, Idf};
use crate::places::Places;
use crate::text::fold::Folding;
use crate::text::terms::{AT_PLACE, Look, STEM, count, for_each_look};
use crate::text::words::Words;

/// Words read of an article: what comes later counts little.
const READ: usize = 256;
/// Terms kept of an article.
const KEPT: usize = 64;
/// Terms of which pairs are made.
const PAIRED: usize = 24;
/// A term is not paired if more than one in so many articles have it among theirs, as the first
/// figure says, but at least as many as the second and at most as many as the third. So the
/// articles that share a term are few however many there are.
const COMMON: (usize, usize, usize) = (10, 100, 1000);
/// Fewer articles than this are weighed as so many.
const FEW: usize = 512;
/// Cells in which the articles that have a term are counted; a collision makes a term look more
/// common.
const CELLS: usize = 1 << 20;

/// A term of an article: 32 bits of its hash, and how much it counts there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Term {
    hash: u32,
    weight: u16,
}

/// Reads the terms of texts one after another.
#[derive(Debug, Default)]
pub(crate) struct TermReader {
    words: Words,
    found: Vec<Found>,
    /// Where each term is in `found`, plus one, by hash.
    cells: Vec<u16>,
    terms: Vec<Term>,
}

#[derive(Clone, Copy, Debug)]
struct Found {
    hash: u64,
    places: u32,
    /// The least of its words.
    idf: u32,
    number: bool,
    name: bool,
}

#[cfg_attr(not(feature = "index"), allow(dead_code))]
impl Term {
    /// The term of a hash and a weight that were stored.
    pub(crate) fn from_parts(hash: u32, weight: u16) -> Self {
        Term { hash, weight }
    }

    /// Half of its hash.
    pub(crate) fn hash(self) -> u32 {
        self.hash
    }

    /// How much it counts in its article.
    pub(crate) fn weight(self) -> u16 {
        self.weight
    }
}

impl TermReader {
    /// The weightiest terms of `text`, by hash, until the next text is read.
    pub(crate) fn read(&mut self, text: &str, folding: Folding) -> &mut [Term] {
        let TermReader { words, found, cells, terms } = self;
        let text = beginning(text);
        words.read(text, folding);
        found.clear();
        cells.clear();
        cells.resize(4 * READ.next_power_of_two(), 0);
        let places = Places::default();
        let idf = Idf::default();
        for_each_look(text, words, READ, |i, look| {
            let hash = term_hash(text, words, i, look);
            let is_it = |term: u16| found[usize::from(term) - 1].hash == hash;
            let (cell, term) = places.find(cells, hash, |term| term == 0 || is_it(term));
            let idf = idf.word(words.hashes()[i]);
            if term == 0 {
                found.push(Found { hash, places: 0, idf, number: look.number, name: false });
                cells[cell] = found.len() as u16;
            }
            let term = &mut found[usize::from(cells[cell]) - 1];
            term.places += AT_PLACE[i];
            term.idf = term.idf.min(idf);
            term.name |= look.name;
        });
        terms.clear();
        terms.extend(found.iter().map(|term| {
            // 12 bits of count and 8 of idf, cut to 16.
            let weight = (count(term.places, term.number, term.name) * u64::from(term.idf)) >> 4;
            Term { hash: (term.hash >> 32) as u32, weight: weight as u16 }
        }));
        if terms.len() > KEPT {
            terms.select_nth_unstable_by_key(KEPT, |term| {
                (std::cmp::Reverse(term.weight), term.hash)
            });
            terms.truncate(KEPT);
        }
        terms.sort_unstable();
        // Two hashes with the same half are one term.
        terms.dedup_by_key(|term| term.hash);
        terms
    }

    /// Where some terms, by their hashes, stand first in `text`, as bytes of it.
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
        for_each_look(text, words, READ, |i, look| {
            let hash = (term_hash(text, words, i, look) >> 32) as u32;
            if let Some(at) = terms.iter().position(|&term| term == hash) {
                places[at].get_or_insert_with(|| words.span(i));
            }
        });
        places
    }
}

/// The hash of the term that a word is.
fn term_hash(text: &str, words: &Words, i: usize, look: Look) -> u64 {
    if look.number { words.hashes()[i] } else { words.stem(text, i, STEM) }
}

/// As much of a text as holds [`READ`] words of 16 bytes.
fn beginning(text: &str) -> &str {
    const LONGEST: usize = 16 * READ;
    let end = (0..=LONGEST.min(text.len())).rev().find(|&end| text.is_char_boundary(end));
    &text[..end.unwrap_or_default()]
}

/// Weighs terms by how many articles of a collection have them, and makes the keys.
#[derive(Debug)]
pub(crate) struct TermWeights {
    articles: usize,
    counts: Vec<u32>,
}

impl TermWeights {
    /// Those of no articles.
    pub(crate) fn empty() -> Self {
        TermWeights { articles: 0, counts: vec![0; CELLS] }
    }

    /// Learns from the terms of some articles.
    pub(crate) fn learn(articles: &[Box<[Term]>]) -> Self {
        let mut weights = Self::empty();
        articles.iter().for_each(|terms| weights.add(terms));
        weights
    }

    /// Learns from the terms of one more article.
    pub(crate) fn add(&mut self, terms: &[Term]) {
        self.articles += 1;
        for term in terms {
            self.counts[term.hash as usize % CELLS] += 1;
        }
    }

    /// How many articles they were learnt from.
    #[cfg(feature = "index")]
    pub(crate) fn articles(&self) -> usize {
        self.articles
    }

    /// That of the number of articles, in eighths. A small collection is taken for a larger one:
    /// that three of fifty have a term does not make it common.
    fn log_of_articles(&self) -> u32 {
        idf::log2_in_eighths(self.articles.max(FEW) as u64)
    }

    fn articles_with(&self, term: Term) -> usize {
        self.counts[term.hash as usize % CELLS] as usize
    }

    /// The same terms, their weights multiplied by log(n / df) / log(n).
    pub(crate) fn weigh(&self, terms: &mut [Term]) {
        let all = self.log_of_articles();
        for term in terms {
            let frequency = idf::log2_in_eighths(self.articles_with(*term) as u64);
            term.weight = (u32::from(term.weight) * all.saturating_sub(frequency) / all) as u16;
        }
    }

    /// The weighed terms of an article of which pairs are made, by hash: of those that are not
    /// common, and that at least so many articles have or of which it is `known` that another has
    /// them, the best.
    pub(crate) fn paired(
        &self,
        terms: &[Term],
        least: usize,
        known: impl Fn(&Term) -> bool,
    ) -> Vec<Term> {
        let (part, least_common, most_common) = COMMON;
        let common = (self.articles / part).clamp(least_common, most_common);
        let rare = |term: &Term| {
            let articles = self.articles_with(*term);
            articles <= common && (articles >= least || known(term))
        };
        // Once more by rarity: a key is good if it is rare, a term if it is rare and important.
        let all = self.log_of_articles();
        let rank = |term: &Term| {
            let frequency = idf::log2_in_eighths(self.articles_with(*term) as u64);
            (u32::from(term.weight) * all.saturating_sub(frequency), term.hash)
        };
        let mut best: Vec<Term> = terms.iter().copied().filter(rare).collect();
        best.sort_unstable_by_key(|term| std::cmp::Reverse(rank(term)));
        best.truncate(PAIRED);
        best.sort_unstable_by_key(|term| term.hash);
        best
    }
}

/// Compares the weighed terms of one article with those of others: a hash table of 64 terms in 8
/// KB, so that most look-ups are one load.
#[derive(Debug)]
pub(crate) struct Closeness {
    /// Where each of the left article's terms is in `left`, plus one, in the first free cell from
    /// that of its hash.
    cells: Box<[u8; HASHED]>,
    left: Vec<Term>,
    /// The cell of each of them.
    taken: Vec<usize>,
    places: Places,
    square: u64,
}

const HASHED: usize = 1 << 13;

impl Default for Closeness {
    fn default() -> Self {
        let (cells, places) = (Box::new([0; HASHED]), Places::default());
        Closeness { cells, left: Vec::new(), taken: Vec::new(), places, square: 0 }
    }
}

impl Closeness {
    /// The terms to compare with, of which there are [`KEPT`] at most.
    pub(crate) fn set_left(&mut self, terms: &[Term]) {
        debug_assert!(terms.len() <= KEPT);
        self.taken.drain(..).for_each(|cell| self.cells[cell] = 0);
        self.left.clear();
        self.left.extend_from_slice(terms);
        for (place, term) in (1..=u8::MAX).zip(terms) {
            let (cell, _) = self.places.find(&self.cells[..], term.hash.into(), |held| held == 0);
            self.cells[cell] = place;
            self.taken.push(cell);
        }
        self.square = square(terms);
    }

    /// The cosine of the two articles' terms, 0 to 1. O(terms) time, a tenth of a microsecond.
    pub(crate) fn to(&self, right: &[Term]) -> f64 {
        let dot = right
            .iter()
            .map(|term| u64::from(self.weight(term.hash)) * u64::from(term.weight))
            .sum();
        of_products(dot, self.square, square(right))
    }

    /// What a term counts in the left article.
    fn weight(&self, hash: u32) -> u16 {
        let is_it = |place: u8| self.left[usize::from(place) - 1].hash == hash;
        let (_, place) =
            self.places.find(&self.cells[..], hash.into(), |place| place == 0 || is_it(place));
        usize::from(place).checked_sub(1).map_or(0, |place| self.left[place].weight)
    }
}

/// The cosine of the weighed terms of two articles, 0 to 1: what [`Closeness`] tells of many.
/// O(terms) time.
pub(crate) fn cosine(left: &[Term], right: &[Term]) -> f64 {
    let (mut dot, mut rest) = (0, right);
    for term in left {
        let at = rest.partition_point(|other| other.hash < term.hash);
        rest = &rest[at..];
        let other = rest.first().filter(|other| other.hash == term.hash);
        dot += other.map_or(0, |other| u64::from(other.weight) * u64::from(term.weight));
    }
    of_products(dot, square(left), square(right))
}

fn of_products(dot: u64, left: u64, right: u64) -> f64 {
    (dot as f64 / (left as f64 * right as f64).sqrt().max(1.0)).min(1.0)
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

    fn closeness(left: &[Term], right: &[Term]) -> f64 {
        let mut closeness = Closeness::default();
        closeness.set_left(left);
        closeness.to(right)
    }

    #[test]
    fn terms_are_few_and_the_weightiest() {
        let text: String = (0..150).map(|i| format!("{:x} ", mix(i))).collect();
        let many = terms(&format!("Lindberg met Olsen. {text} Zuletzt"));
        assert!(many.len() <= KEPT && many.len() > KEPT - 4, "{}", many.len());
        assert!(many.is_sorted_by(|a, b| a.hash < b.hash));
        assert!(terms("").is_empty() && terms("— …").is_empty());
        // Inflected, and the same.
        assert_eq!(terms("bridge bridges"), terms("bridges bridge"));
    }

    #[test]
    fn closeness_is_a_cosine() {
        let [a, b, c] = [
            "Mayor Lind closed the Kolm bridge",
            "The Kolm bridge, said Mayor Lind, stays closed",
            "Rain fell",
        ]
        .map(terms);
        assert!((closeness(&a, &a) - 1.0).abs() < 1e-12);
        assert_eq!(closeness(&a, &b), closeness(&b, &a));
        assert!(closeness(&a, &b) > 0.7 && closeness(&a, &b) < 1.0);
        assert_eq!((closeness(&a, &c), closeness(&a, &[])), (0.0, 0.0));
    }

    #[test]
    fn terms_are_paired_that_few_but_not_one_have() {
        let articles = ["Lind Kolm bridge", "Lind Kolm ferry", "Lind Ostra", "Rain"].map(terms);
        let weights = TermWeights::learn(&articles);
        let paired = articles.each_ref().map(|terms| weights.paired(terms, 2, |_| false));
        // Lind and Kolm in the first two; Lind alone in the third.
        assert_eq!(paired.each_ref().map(Vec::len), [2, 2, 1, 0]);
        assert!(paired[0].iter().zip(&paired[1]).all(|(a, b)| a.hash == b.hash));
        let many: Box<[Term]> = (0..64).map(|i| Term { hash: mix(i) as u32, weight: 9 }).collect();
        let best = TermWeights::learn(&[many.clone(), many.clone()]).paired(&many, 2, |_| false);
        assert!(best.len() == PAIRED && best.is_sorted_by(|a, b| a.hash < b.hash));
        let mut weighed = articles[0].clone();
        weights.weigh(&mut weighed);
        assert!(
            weighed.iter().zip(&articles[0]).all(|(after, before)| after.weight <= before.weight)
        );
    }

    #[test]
    fn the_table_tells_the_cosine() {
        let mut closeness = Closeness::default();
        // Terms that agree in many bits.
        let text = |from: u64| -> Vec<Term> {
            let hash =
                |i: u64| (mix(i) as u32 & 0xffff_0000) | (HASHED as u32 - 1 - (i % 3) as u32);
            let mut terms: Vec<Term> =
                (from..from + 60).map(|i| Term { hash: hash(i / 2), weight: i as u16 }).collect();
            terms.sort_unstable();
            terms.dedup_by_key(|term| term.hash);
            terms
        };
        for i in 0..40 {
            let [a, b] = [text(i), text(3 * i + 7)];
            closeness.set_left(&a);
            assert!((closeness.to(&b) - cosine(&a, &b)).abs() < 1e-12, "{i}");
            assert!(i == 0 || closeness.to(&b) > 0.0 || cosine(&a, &b) == 0.0);
        }
        closeness.set_left(&[]);
        assert!(closeness.cells.iter().all(|&cell| cell == 0));
    }

    #[test]
    fn both_cosines_agree() {
        let [a, b] =
            ["Mayor Lind closed the Kolm bridge", "The Kolm bridge, said Mayor Lind, stays closed"]
                .map(terms);
        assert!((cosine(&a, &b) - closeness(&a, &b)).abs() < 1e-9);
        assert_eq!((cosine(&a, &[]), cosine(&a, &a)), (0.0, 1.0));
    }
}
