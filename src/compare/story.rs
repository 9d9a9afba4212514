//! Do two texts tell of one event? From what survives every rewording: the key terms, above all
//! those of the beginning, the names and the numbers.
//!
//! A *term* is a word cut to its first five letters, which does for inflection, or a whole number.
//! The weight of a term in a text is x / (x + 2), where x sums 40 / (40 + place) over its places,
//! as news tells the main thing first; times the [idf](crate::Idf) weight; times 1½ for a name (a
//! word with a capital inside a sentence) and ½ for a number. Of two texts,
//!
//! | figure | |
//! |---|---|
//! | closeness | the square root of the cosine of their weights |
//! | headline | how much of the terms of each headline stands among the first 150 words of the other text, names counted double; the geometric mean |
//! | strange names | the names among the first 30 words that the other text lacks, as a share; the lesser of both sides |
//! | strange numbers | the numbers among the first 60 words that the other text lacks, up to three, as a share of three; the lesser of both sides |
//!
//! These are figures that the [model](crate::verify) goes by. Names or numbers that both sides have
//! and the other lacks are what tells two days of one template apart: other teams, other dates.
//!
//! Everything is computed in whole numbers up to the last few divisions and square roots, which all
//! machines round alike.
//!
//! O(500) time and memory a text: later words are not read.

use std::ops::Range;

use super::Sides;
use super::vocabulary::Vocabulary;
use crate::idf::FULL;
use crate::places::Places;
use crate::text::terms::{self, AT_PLACE, READ, STEM, first_line, for_each_look};
use crate::text::words::Words;

/// Words of the beginning in which the other's headline is looked for.
const BEGINNING: u16 = 150;
/// Words of the beginning whose names must be known to the other.
const NAMES: usize = 30;
/// Words of the beginning whose numbers must be known to the other.
const NUMBERS: usize = 60;
/// The longest headline, and what is read where the first line is no headline.
const HEADLINE: Range<usize> = 3..20;
const NO_HEADLINE: usize = 12;
/// Whether two texts tell of one event, and what key terms say of that.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Story {
    /// The probability that they tell of one event, as copies or as independent accounts, 0 to 1.
    pub score: f64,
    /// How close the two texts' key terms are, 0 to 1.
    pub closeness: f64,
    /// How much of each headline the other text knows, 0 to 1.
    pub headline: f64,
    /// The share of each text's first names that the other lacks: the lesser, 0 to 1; none if one
    /// of them has no names there.
    pub strange_names: Option<f64>,
    /// Numbers at the beginning of each text that the other lacks: the lesser, up to 3.
    pub strange_numbers: usize,
    /// The share of each text's names that the other has too: the geometric mean, as if each had
    /// one more that the other lacks.
    pub names: f64,
    /// The same of the numbers.
    pub numbers: f64,
}

impl Story {
    /// What two texts' terms say; the score is the judge's.
    pub(crate) fn of(terms: &Terms) -> Self {
        let [left, right] = &terms.sides;
        let dot: u64 = left.terms.iter().zip(&right.terms).map(|(l, r)| l.weight * r.weight).sum();
        let closeness = (dot as f64 / (left.square() * right.square()).sqrt().max(1.0)).sqrt();
        let headline = (left.headline_known_to(right) * right.headline_known_to(left)).sqrt();
        let [l, r] = [left.strange(&left.names, right), right.strange(&right.names, left)];
        let shares = share(l, left.names.len()).min(share(r, right.names.len()));
        let strange_names = (!left.names.is_empty() && !right.names.is_empty()).then_some(shares);
        let [l, r] = [left.strange(&left.numbers, right), right.strange(&right.numbers, left)];
        let strange_numbers = l.min(r).min(3);
        let names = terms.in_common(|term| term.name && !term.number);
        let numbers = terms.in_common(|term| term.number);
        Story { score: 0.0, closeness, headline, strange_names, strange_numbers, names, numbers }
    }
}

fn share(part: usize, whole: usize) -> f64 {
    part as f64 / whole.max(1) as f64
}

/// The terms of two texts, numbered together: a term has the same place in both lists.
#[derive(Debug, Default)]
pub(crate) struct Terms {
    sides: [Side; 2],
}

/// What one text has of the terms of both.
#[derive(Debug, Default)]
struct Side {
    terms: Vec<Term>,
    /// Terms of the first line, once each, with double weight for names; and the sum of the
    /// weights.
    headline: Vec<(u16, u32)>,
    headline_weight: u32,
    /// The names and the numbers of the beginning.
    names: Vec<u16>,
    numbers: Vec<u16>,
}

#[derive(Clone, Copy, Debug)]
struct Term {
    /// Sum over its places, in 1/65,536.
    places: u32,
    /// The first of them.
    first: u16,
    /// The least of its words.
    idf: u32,
    weight: u64,
    /// Stands with a capital inside a sentence.
    name: bool,
    number: bool,
}

const ABSENT: Term =
    Term { places: 0, first: u16::MAX, idf: u32::MAX, weight: 0, name: false, number: false };

/// A word of the beginning as it stands there.
#[derive(Clone, Copy)]
struct Token {
    term: u16,
    capital: bool,
}

impl Terms {
    /// Those of two texts whose words are numbered by `vocabulary`.
    pub(crate) fn of(texts: [&str; 2], words: [&Words; 2], vocabulary: &Vocabulary) -> Self {
        let mut terms = Terms::default();
        let mut numbering = Numbering::new(vocabulary);
        for side in 0..2 {
            terms.sides[side] = Side::read(texts[side], words[side], side, &mut numbering);
        }
        for side in &mut terms.sides {
            side.terms.resize(numbering.hashes.len(), ABSENT);
        }
        terms
    }

    /// The share of each side's terms of a kind that are of that kind on the other side too: the
    /// geometric mean, as if each side had one more that the other lacks, for of few nothing is
    /// known.
    fn in_common(&self, kind: impl Fn(&Term) -> bool) -> f64 {
        let [left, right] = &self.sides;
        let (mut l, mut r, mut shared) = (1, 1, 0);
        for (left, right) in left.terms.iter().zip(&right.terms) {
            let (left, right) = (kind(left), kind(right));
            l += usize::from(left);
            r += usize::from(right);
            shared += usize::from(left && right);
        }
        shared as f64 / ((l * r) as f64).sqrt()
    }

    /// The words of both texts where names and numbers stand first that both have, the weightiest
    /// first.
    pub(crate) fn shared_names_and_numbers(&self) -> Vec<Sides<usize>> {
        let [left, right] = &self.sides;
        let named = |term: &Term| term.name || term.number;
        let both = left.terms.iter().zip(&right.terms).filter(|(l, r)| named(l) && named(r));
        let mut shared: Vec<(u64, Sides<usize>)> = both
            .map(|(l, r)| {
                (
                    l.weight.min(r.weight),
                    Sides { left: usize::from(l.first), right: usize::from(r.first) },
                )
            })
            .collect();
        shared.sort_unstable_by_key(|&(weight, places)| (std::cmp::Reverse(weight), places.left));
        shared.into_iter().map(|(_, places)| places).collect()
    }
}

impl Side {
    fn read(text: &str, words: &Words, side: usize, numbering: &mut Numbering<'_>) -> Self {
        let ids = &numbering.vocabulary.ids[side][..words.len().min(READ)];
        let mut read = Side { terms: vec![ABSENT; numbering.hashes.len()], ..Side::default() };
        let mut beginning = Vec::with_capacity(NUMBERS);
        for_each_look(text, words, READ, |i, look| {
            let term = numbering.number(ids[i], || match look.number {
                true => words.hashes()[i],
                false => words.stem(text, i, STEM),
            });
            if usize::from(term) == read.terms.len() {
                read.terms.push(ABSENT);
            }
            let seen = &mut read.terms[usize::from(term)];
            seen.places += AT_PLACE[i];
            seen.idf = seen.idf.min(numbering.vocabulary.weights[ids[i] as usize]);
            seen.first = seen.first.min(i as u16);
            seen.number = look.number;
            // Function words are no names, whatever their capitals.
            seen.name |= look.name && numbering.vocabulary.weights[ids[i] as usize] >= FULL / 4;
            if i < NUMBERS {
                beginning.push(Token { term, capital: look.capital });
            }
        });
        for term in &mut read.terms {
            term.weigh();
        }
        let headline =
            first_line(text, words).unwrap_or(ids.len()).min(ids.len()).min(HEADLINE.end);
        let headline =
            if headline < HEADLINE.start { NO_HEADLINE.min(ids.len()) } else { headline };
        read.note(&beginning, headline);
        read
    }

    /// Notes headline, names and numbers.
    fn note(&mut self, beginning: &[Token], headline: usize) {
        for (i, token) in beginning.iter().enumerate() {
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
            if term.number && !self.numbers.contains(&token.term) {
                self.numbers.push(token.term);
            }
        }
        self.headline_weight = self.headline.iter().map(|(_, weight)| weight).sum();
    }

    /// The sum of the squared weights.
    fn square(&self) -> f64 {
        self.terms.iter().map(|term| term.weight * term.weight).sum::<u64>() as f64
    }

    fn headline_known_to(&self, other: &Side) -> f64 {
        let known = |&&(term, _): &&(u16, u32)| other.terms[usize::from(term)].first < BEGINNING;
        let known: u32 = self.headline.iter().filter(known).map(|(_, weight)| weight).sum();
        f64::from(known) / f64::from(self.headline_weight.max(1))
    }

    /// How many of some terms the other text lacks.
    fn strange(&self, terms: &[u16], other: &Side) -> usize {
        terms.iter().filter(|&&term| other.terms[usize::from(term)].places == 0).count()
    }
}

impl Term {
    fn weigh(&mut self) {
        if self.places == 0 {
            return;
        }
        // 12 bits of count, 8 of idf.
        self.weight = terms::count(self.places, self.number, self.name) * u64::from(self.idf);
    }
}

/// Numbers terms as they come.
struct Numbering<'a> {
    vocabulary: &'a Vocabulary,
    /// The term of each word, and one more; 0 for a word not met.
    of_word: Vec<u16>,
    hashes: Vec<u64>,
    /// Where each term is in the list, plus one, by hash; 0 for none.
    cells: Vec<u16>,
    places: Places,
}

impl<'a> Numbering<'a> {
    fn new(vocabulary: &'a Vocabulary) -> Self {
        let cells = vec![0; 4 * READ.next_power_of_two()];
        let (of_word, places) = (vec![0; vocabulary.len()], Places::default());
        Numbering { vocabulary, of_word, hashes: Vec::new(), cells, places }
    }

    /// The number of the term of a word.
    #[inline(always)]
    fn number(&mut self, word: u32, hash: impl FnOnce() -> u64) -> u16 {
        if self.of_word[word as usize] == 0 {
            let hash = hash();
            let is_it = |term: u16| self.hashes[usize::from(term) - 1] == hash;
            let (cell, term) = self.places.find(&self.cells, hash, |term| term == 0 || is_it(term));
            if term == 0 {
                self.hashes.push(hash);
                self.cells[cell] = self.hashes.len() as u16;
            }
            self.of_word[word as usize] = self.cells[cell];
        }
        self.of_word[word as usize] - 1
    }
}
