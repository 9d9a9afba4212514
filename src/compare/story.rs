//! Do two texts tell of one event? From what survives every rewording: the key terms, above all those of the beginning, the names and
//! the numbers.
//!
//! A *term* is a word cut to its first five letters, which does for inflection, or a whole number. The weight of a term in a text is
//! x / (x + 2), where x sums 40 / (40 + place) over its places, as news tells the main thing first; times the [idf](crate::Idf)
//! weight; times 1½ for a name (a word with a capital inside a sentence) and ½ for a number. Of two texts,
//!
//! | figure | | factor |
//! |---|---|---|
//! | closeness | the square root of the cosine of their weights | 1 |
//! | headline | how much of the terms of each headline stands among the first 150 words of the other text, names counted double; the geometric mean | ½ |
//! | strange names | the names among the first 30 words that the other text lacks, as a share; the lesser of both sides | −⅕ |
//! | strange numbers | the numbers among the first 60 words that the other text lacks, up to three, as a share of three; the lesser of both sides | −⅕ |
//!
//! and the sum is held against 0.92. Below that the score rises evenly from 0 to ½; above, it goes on to 1, reached at the greatest sum
//! there is, by the cube of what is missing. Names or numbers that both sides have and the other lacks are what tells two days of
//! one template apart: other teams, other dates.
//!
//! **Where the numbers come from.** The factors are those of a logistic regression on three labelled sets (every two of 150 articles on 50
//! events; 125 pairs of mostly Russian news, same story or not; 161 pairs graded by similarity), with an intercept for each set, rounded;
//! 0.92 is where the second set's labels part best; the two branches make one score serve as a grade and as an answer. `cargo run
//! --release --example evaluate` measures them; on the halves the factors were fitted to:
//!
//! | | F1, 50 events | accuracy at ½ | correlation with the grade |
//! |---|---|---|---|
//! | closeness alone | 0.945 | 0.81 | 0.83 |
//! | and headline | 0.95 | 0.85 | 0.83 |
//! | and names, numbers | 0.946 | 0.888 | 0.805 |
//!
//! Everything is computed in whole numbers up to the last few divisions and square roots, which all machines round alike.
//!
//! O(500) time and memory a text: later words are not read.

use std::ops::Range;

use super::Sides;
use crate::text::hash::{mix, word_hash};
use crate::text::words::Words;

/// Words read of each text.
const READ: usize = 500;
/// Letters of a term.
const STEM: usize = 5;
/// A word at this place counts half.
const HALF: u32 = 40;
/// Words of the beginning in which the other's headline is looked for.
const BEGINNING: u16 = 150;
/// Words of the beginning whose names must be known to the other.
const NAMES: usize = 30;
/// Words of the beginning whose numbers must be known to the other.
const NUMBERS: usize = 60;
/// The longest headline, and what is read where the first line is no headline.
const HEADLINE: Range<usize> = 3..20;
const NO_HEADLINE: usize = 12;
/// The sum from which two texts are one story, and the greatest.
const LINE: f64 = 0.92;
const MOST: f64 = 1.5;

/// What the score is made of.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Story {
    /// The likelihood of one story, 0 to 1; ½ and more is taken for one.
    pub score: f64,
    /// How close the two texts' key terms are, 0 to 1.
    pub closeness: f64,
    /// How much of each headline the other text knows, 0 to 1.
    pub headline: f64,
    /// The share of each text's first names that the other lacks: the lesser, 0 to 1.
    pub strange_names: f64,
    /// Numbers at the beginning of each text that the other lacks: the lesser, up to 3.
    pub strange_numbers: usize,
    /// The share of each text's names that the other has too: the geometric mean, 0 to 1.
    pub names: f64,
    /// The same of the numbers, as if both had one more in common.
    pub numbers: f64,
}

impl Story {
    /// The score of two texts' terms.
    pub(super) fn of(left: &Terms, right: &Terms) -> Self {
        let closeness = (left.dot(right) / (left.square as f64 * right.square as f64).sqrt().max(1.0)).sqrt();
        let headline = (left.headline_known_to(right) * right.headline_known_to(left)).sqrt();
        let names = left.strange(&left.names, right).share.min(right.strange(&right.names, left).share);
        let numbers = left.strange(&left.numbers, right).count.min(right.strange(&right.numbers, left).count);
        let numbers = numbers.min(3);
        let sum = closeness + headline / 2.0 - (names + numbers as f64 / 3.0) / 5.0;
        let score = if sum < LINE {
            (sum / (2.0 * LINE)).max(0.0)
        } else {
            let missing = (MOST - sum).max(0.0) / (MOST - LINE);
            1.0 - missing * missing * missing / 2.0
        };
        Story {
            score,
            closeness,
            headline,
            strange_names: names,
            strange_numbers: numbers,
            names: left.in_common(right, |term| term.name && !term.number, 0),
            numbers: left.in_common(right, |term| term.number, 1),
        }
    }

    /// How completely each text has the other's facts: names and numbers.
    pub(super) fn facts(&self) -> f64 {
        (self.names * self.numbers).sqrt()
    }
}

/// The terms of a text.
#[derive(Clone, Debug, Default)]
pub(super) struct Terms {
    terms: Vec<Term>,
    /// Where each term is in the list, plus one, by hash; 0 for none.
    cells: Vec<u16>,
    /// The sum of the squared weights.
    square: u64,
    /// Terms of the first line, once each, with double weight for names; and the sum of the weights.
    headline: Vec<(u16, u32)>,
    headline_weight: u32,
    names: Vec<u16>,
    numbers: Vec<u16>,
}

#[derive(Clone, Copy, Debug)]
struct Term {
    hash: u64,
    /// Sum over its places, in 1/65,536.
    places: u32,
    idf: u32,
    weight: u32,
    first: u16,
    /// Stands with a capital inside a sentence.
    name: bool,
    number: bool,
}

/// A word as it stands in the text.
#[derive(Clone, Copy)]
struct Token {
    term: u16,
    capital: bool,
}

impl Terms {
    pub(super) fn of(text: &str, words: &Words, idf: &[u32]) -> Self {
        let read = words.len().min(READ);
        let mut terms = Terms { cells: vec![0; 2 * READ.next_power_of_two()], ..Terms::default() };
        let mut tokens = Vec::with_capacity(read);
        let (mut end, mut headline) = (0, None);
        for (i, span) in words.spans().take(read).enumerate() {
            // Pairs of characters overlap, and so may words made of one character.
            let between = text.get(end..span.start).unwrap_or_default();
            if i > 0 && headline.is_none() && between.contains('\n') {
                headline = Some(i);
            }
            let begins = i == 0 || between.contains(SENTENCE_ENDS);
            end = span.end;
            let initial = text[span].chars().next().unwrap_or_default();
            let number = initial.is_numeric();
            let capital = !number && initial.is_uppercase();
            let term = terms.find(term_hash(words.folded(text, i), number));
            let known = &mut terms.terms[usize::from(term)];
            known.places += (HALF << 16) / (HALF + i as u32);
            known.idf = known.idf.min(idf[i]);
            known.first = known.first.min(i as u16);
            known.number = number;
            known.name |= capital && !begins;
            tokens.push(Token { term, capital });
        }
        terms.weigh();
        let headline = headline.unwrap_or(read).min(HEADLINE.end);
        let headline = if headline < HEADLINE.start { NO_HEADLINE.min(read) } else { headline };
        terms.note(&tokens, headline);
        terms
    }

    /// The number of a term, new or known.
    fn find(&mut self, hash: u64) -> u16 {
        let cell = self.cell(hash);
        if self.cells[cell] == 0 {
            let term = Term {
                hash,
                places: 0,
                idf: u32::MAX,
                weight: 0,
                first: u16::MAX,
                name: false,
                number: false,
            };
            self.terms.push(term);
            self.cells[cell] = self.terms.len() as u16;
        }
        self.cells[cell] - 1
    }

    fn cell(&self, hash: u64) -> usize {
        let mask = self.cells.len() - 1;
        let mut cell = hash as usize & mask;
        while self.cells[cell] != 0 && self.terms[usize::from(self.cells[cell]) - 1].hash != hash {
            cell = (cell + 1) & mask;
        }
        cell
    }

    fn get(&self, hash: u64) -> Option<&Term> {
        if self.terms.is_empty() {
            return None;
        }
        let term = self.cells[self.cell(hash)];
        term.checked_sub(1).map(|term| &self.terms[usize::from(term)])
    }

    fn weigh(&mut self) {
        for term in &mut self.terms {
            // 10 bits of x / (x + 2), 8 of idf, twice the factor for names and numbers: 20 bits.
            let saturated = ((u64::from(term.places) << 10) / (u64::from(term.places) + (2 << 16))) as u32;
            let factor = if term.number { 1 } else { 2 + u32::from(term.name) };
            term.weight = saturated * term.idf * factor;
            self.square += u64::from(term.weight) * u64::from(term.weight);
        }
    }

    /// Notes headline, names and numbers.
    fn note(&mut self, tokens: &[Token], headline: usize) {
        for (i, token) in tokens.iter().enumerate().take(NUMBERS.max(headline)) {
            let term = self.terms[usize::from(token.term)];
            let name = token.capital && term.name;
            if i < headline {
                let weight = term.idf * if name { 2 } else { 1 };
                match self.headline.iter_mut().find(|(noted, _)| *noted == token.term) {
                    Some((_, noted)) => *noted = weight.max(*noted),
                    None => self.headline.push((token.term, weight)),
                }
            }
            if i < NAMES && name && !self.names.contains(&token.term) {
                self.names.push(token.term);
            }
            if i < NUMBERS && term.number && !self.numbers.contains(&token.term) {
                self.numbers.push(token.term);
            }
        }
        self.headline_weight = self.headline.iter().map(|(_, weight)| weight).sum();
    }

    fn dot(&self, other: &Terms) -> f64 {
        let product = |term: &Term| match other.get(term.hash) {
            Some(same) => u64::from(term.weight) * u64::from(same.weight),
            None => 0,
        };
        self.terms.iter().map(product).sum::<u64>() as f64
    }

    fn headline_known_to(&self, other: &Terms) -> f64 {
        let hash = |term: u16| self.terms[usize::from(term)].hash;
        let known = |&&(term, _): &&(u16, u32)| other.get(hash(term)).is_some_and(|t| t.first < BEGINNING);
        let known: u32 = self.headline.iter().filter(known).map(|(_, weight)| weight).sum();
        if self.headline_weight == 0 { 0.0 } else { f64::from(known) / f64::from(self.headline_weight) }
    }

    /// Those of some terms that the other text lacks.
    fn strange(&self, terms: &[u16], other: &Terms) -> Strange {
        let strange = |&&term: &&u16| other.get(self.terms[usize::from(term)].hash).is_none();
        let count = terms.iter().filter(strange).count();
        Strange { count, share: if terms.is_empty() { 0.0 } else { count as f64 / terms.len() as f64 } }
    }

    /// The share of each side's terms of a kind that are of that kind on the other side too: the geometric mean, with some more
    /// taken to be in common.
    fn in_common(&self, other: &Terms, kind: impl Fn(&Term) -> bool, more: usize) -> f64 {
        let of_kind = |term: &&Term| kind(term);
        let left = self.terms.iter().filter(of_kind).count() + more;
        let right = other.terms.iter().filter(of_kind).count() + more;
        let shared = |term: &&Term| kind(term) && other.get(term.hash).is_some_and(&kind);
        let shared = self.terms.iter().filter(shared).count() + more;
        if shared == 0 { 0.0 } else { shared as f64 / ((left * right) as f64).sqrt() }
    }

    /// The words of the left text where names and numbers stand that both texts have, the weightiest first, and those in the right.
    pub(super) fn shared_names_and_numbers(&self, other: &Terms) -> Vec<Sides<usize>> {
        let mut shared: Vec<(u32, Sides<usize>)> = Vec::new();
        for term in self.terms.iter().filter(|term| term.name || term.number) {
            if let Some(same) = other.get(term.hash).filter(|same| same.name || same.number) {
                let places = Sides { left: usize::from(term.first), right: usize::from(same.first) };
                shared.push((term.weight.min(same.weight), places));
            }
        }
        shared.sort_unstable_by_key(|&(weight, places)| (std::cmp::Reverse(weight), places.left));
        shared.into_iter().map(|(_, places)| places).collect()
    }
}

struct Strange {
    count: usize,
    share: f64,
}

/// Characters after which a capital says nothing.
const SENTENCE_ENDS: [char; 11] = ['.', '!', '?', ':', '\n', '…', '»', '”', '。', '！', '？'];

/// The hash of a word cut to a term; numbers are not cut. `word` is folded, but for its case if it is ASCII.
fn term_hash(word: &str, number: bool) -> u64 {
    let end = match word.char_indices().nth(STEM) {
        Some((end, _)) if !number => end,
        _ => word.len(),
    };
    // Mixed once more, as cells are chosen by the lowest bits.
    mix(word_hash(word.as_bytes(), 0, end, word.is_ascii()))
}
