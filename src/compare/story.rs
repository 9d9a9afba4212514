//! Do two texts tell of one event? Answered from what survives every rewording: the key terms,
//! above all those of the beginning, the names and the numbers.
//!
//! What a term is, and its weight in a text, is defined in [`terms`](crate::text::terms); here the
//! weight is multiplied by the [idf](crate::parts::Idf) weight. Of two texts,
//!
//! | measure | |
//! |---|---|
//! | term similarity | the square root of the cosine of the terms' weights |
//! | headline | the share of each headline's terms that stands among the first 150 words of the other text, names counted double; the geometric mean |
//! | unmatched names | the share of the names among the first 30 words that the other text lacks; the lesser of both sides |
//! | unmatched numbers | how many of the numbers among the first 60 words the other text lacks, up to three; the lesser of both sides |
//!
//! These become features that the [model](crate::verify) weighs. Names and numbers that each side
//! has and the other lacks are what distinguishes two days of one template: other teams, other
//! dates.
//!
//! Everything is computed in whole numbers up to the last few divisions and square roots, which all
//! machines round alike.
//!
//! O(500) time and memory per text: later words are not read.

use std::cmp::Reverse;
use std::ops::Range;

use super::sides::Sides;
use super::vocabulary::Vocabulary;
use crate::idf::FULL;
use crate::numbering::Numbering;
use crate::text::terms::{
    MAX_WORDS, STEM_LETTERS, WEIGHT_AT, first_line, for_each_shape, weight_in_text,
};
use crate::text::words::Words;

/// Words of the beginning in which the other text's headline is looked for.
const BEGINNING: u16 = 150;
/// Words of the beginning whose names the other text should have.
const NAMES: usize = 30;
/// Words of the beginning whose numbers the other text should have.
const NUMBERS: usize = 60;
/// The length of a headline, in words: a shorter first line is none, a longer one is cut.
const HEADLINE: Range<usize> = 3..20;
/// Words that serve as the headline of a text without one.
const NO_HEADLINE: usize = 12;
/// The largest number of unmatched numbers.
const MAX_UNMATCHED_NUMBERS: usize = 3;

/// Whether two texts tell of one event, and what their key terms say about it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Story {
    /// The probability that they tell of one event, as copies or as independent accounts, 0 to 1.
    pub score: f64,
    /// How similar the two texts' key terms are: the square root of their cosine, 0 to 1.
    pub term_similarity: f64,
    /// The share of each headline that the other text has: the geometric mean, 0 to 1.
    pub headline: f64,
    /// The share of each text's first names that the other text lacks: the lesser of both, 0 to 1;
    /// `None` if one of the texts has no names there.
    pub unmatched_names: Option<f64>,
    /// How many numbers at the beginning of each text the other lacks: the lesser of both, up to 3.
    pub unmatched_numbers: usize,
    /// The share of each text's names that the other has too: the geometric mean, computed as if
    /// each had one more that the other lacks.
    pub names: f64,
    /// The same for the numbers.
    pub numbers: f64,
}

impl Story {
    /// What the terms of two texts say; the score is left to the [verdict](crate::verify).
    pub(crate) fn of(terms: &PairTerms) -> Self {
        let [left, right] = &terms.texts;
        let dot: u64 = left.terms.iter().zip(&right.terms).map(|(l, r)| l.weight * r.weight).sum();
        let cosine = dot as f64 / (left.square() * right.square()).sqrt().max(1.0);
        let headline = (left.headline_share(right) * right.headline_share(left)).sqrt();
        let [l, r] = [right.count_missing(&left.names), left.count_missing(&right.names)];
        let share = |part: usize, whole: usize| part as f64 / whole.max(1) as f64;
        let shares = share(l, left.names.len()).min(share(r, right.names.len()));
        let both_named = !left.names.is_empty() && !right.names.is_empty();
        let [l, r] = [right.count_missing(&left.numbers), left.count_missing(&right.numbers)];
        Story {
            score: 0.0,
            term_similarity: cosine.sqrt(),
            headline,
            unmatched_names: both_named.then_some(shares),
            unmatched_numbers: l.min(r).min(MAX_UNMATCHED_NUMBERS),
            names: terms.in_common(|term| term.is_name && !term.is_number),
            numbers: terms.in_common(|term| term.is_number),
        }
    }
}

/// The key terms of two texts, numbered together: a term has the same place in both lists.
#[derive(Debug, Default)]
pub(crate) struct PairTerms {
    texts: [TextTerms; 2],
}

/// How one text uses the terms of both.
#[derive(Debug, Default)]
struct TextTerms {
    terms: Vec<TermUse>,
    /// The terms of the headline, each once, with their weights: doubled for names.
    headline: Vec<(u16, u32)>,
    headline_weight: u32,
    /// The names and the numbers of the beginning.
    names: Vec<u16>,
    numbers: Vec<u16>,
}

#[derive(Clone, Copy, Debug)]
struct TermUse {
    /// The sum of the weights of its places, in 1/65,536.
    place_weights: u32,
    /// Its first place.
    first: u16,
    /// The least idf weight of the words that are cut to it.
    idf: u32,
    weight: u64,
    /// Whether it stands with a capital inside a sentence.
    is_name: bool,
    is_number: bool,
}

const ABSENT: TermUse = TermUse {
    place_weights: 0,
    first: u16::MAX,
    idf: u32::MAX,
    weight: 0,
    is_name: false,
    is_number: false,
};

/// A word of the beginning, as it stands there.
#[derive(Clone, Copy)]
struct LeadWord {
    term: u16,
    is_capitalized: bool,
}

impl PairTerms {
    /// The terms of two texts whose words are numbered by `vocabulary`.
    pub(crate) fn of(texts: [&str; 2], words: [&Words; 2], vocabulary: &Vocabulary) -> Self {
        let mut terms = PairTerms::default();
        let mut numbering = TermNumbering::new(vocabulary);
        for side in 0..2 {
            terms.texts[side] = TextTerms::read(texts[side], words[side], side, &mut numbering);
        }
        for text in &mut terms.texts {
            text.terms.resize(numbering.len(), ABSENT);
        }
        terms
    }

    /// The share of each text's terms of a kind that are of that kind in the other text too: the
    /// geometric mean. Each text is given one more that the other lacks, because a few say little.
    fn in_common(&self, kind: impl Fn(&TermUse) -> bool) -> f64 {
        let [left, right] = &self.texts;
        let (mut l, mut r, mut shared) = (1, 1, 0);
        for (left, right) in left.terms.iter().zip(&right.terms) {
            let (left, right) = (kind(left), kind(right));
            l += usize::from(left);
            r += usize::from(right);
            shared += usize::from(left && right);
        }
        shared as f64 / ((l * r) as f64).sqrt()
    }

    /// The first places of the names and numbers that both texts have, the weightiest first.
    pub(crate) fn shared_names_and_numbers(&self) -> Vec<Sides<usize>> {
        let [left, right] = &self.texts;
        let is_named = |term: &TermUse| term.is_name || term.is_number;
        let both = left.terms.iter().zip(&right.terms).filter(|(l, r)| is_named(l) && is_named(r));
        let first = |l: &TermUse, r: &TermUse| Sides {
            left: usize::from(l.first),
            right: usize::from(r.first),
        };
        let mut shared: Vec<(u64, Sides<usize>)> =
            both.map(|(l, r)| (l.weight.min(r.weight), first(l, r))).collect();
        shared.sort_unstable_by_key(|&(weight, places)| (Reverse(weight), places.left));
        shared.into_iter().map(|(_, places)| places).collect()
    }
}

impl TextTerms {
    fn read(text: &str, words: &Words, side: usize, numbering: &mut TermNumbering<'_>) -> Self {
        let ids = &numbering.vocabulary.ids[side][..words.len().min(MAX_WORDS)];
        let mut read = TextTerms { terms: vec![ABSENT; numbering.len()], ..TextTerms::default() };
        let mut lead = Vec::with_capacity(NUMBERS);
        for_each_shape(text, words, MAX_WORDS, |i, shape| {
            let term = numbering.number(ids[i], || match shape.is_number {
                true => words.hashes()[i],
                false => words.stem(text, i, STEM_LETTERS),
            });
            if usize::from(term) == read.terms.len() {
                read.terms.push(ABSENT);
            }
            let idf = numbering.vocabulary.weights[ids[i] as usize];
            let seen = &mut read.terms[usize::from(term)];
            seen.place_weights += WEIGHT_AT[i];
            seen.idf = seen.idf.min(idf);
            seen.first = seen.first.min(i as u16);
            seen.is_number = shape.is_number;
            // Function words are no names, whatever their capitals.
            seen.is_name |= shape.is_name && idf >= FULL / 4;
            if i < NUMBERS {
                lead.push(LeadWord { term, is_capitalized: shape.is_capitalized });
            }
        });
        read.terms.iter_mut().for_each(TermUse::weigh);
        let first_line = first_line(text, words).unwrap_or(ids.len());
        let headline = match first_line.min(ids.len()).min(HEADLINE.end) {
            short if short < HEADLINE.start => NO_HEADLINE.min(ids.len()),
            headline => headline,
        };
        read.read_lead(&lead, headline);
        read
    }

    /// Collects the headline, and the names and numbers of the beginning.
    fn read_lead(&mut self, lead: &[LeadWord], headline: usize) {
        for (i, word) in lead.iter().enumerate() {
            let term = self.terms[usize::from(word.term)];
            let is_name = word.is_capitalized && term.is_name;
            if i < headline {
                let weight = term.idf * if is_name { 2 } else { 1 };
                match self.headline.iter_mut().find(|(known, _)| *known == word.term) {
                    Some((_, known)) => *known = weight.max(*known),
                    None => self.headline.push((word.term, weight)),
                }
            }
            if i < NAMES && is_name && !self.names.contains(&word.term) {
                self.names.push(word.term);
            }
            if term.is_number && !self.numbers.contains(&word.term) {
                self.numbers.push(word.term);
            }
        }
        self.headline_weight = self.headline.iter().map(|(_, weight)| weight).sum();
    }

    /// The sum of the squared weights.
    fn square(&self) -> f64 {
        self.terms.iter().map(|term| term.weight * term.weight).sum::<u64>() as f64
    }

    /// The share of this text's headline that stands at the beginning of the other.
    fn headline_share(&self, other: &TextTerms) -> f64 {
        let is_known = |&&(term, _): &&(u16, u32)| other.terms[usize::from(term)].first < BEGINNING;
        let known: u32 = self.headline.iter().filter(is_known).map(|(_, weight)| weight).sum();
        f64::from(known) / f64::from(self.headline_weight.max(1))
    }

    /// How many of some terms this text lacks.
    fn count_missing(&self, terms: &[u16]) -> usize {
        terms.iter().filter(|&&term| self.terms[usize::from(term)].place_weights == 0).count()
    }
}

impl TermUse {
    fn weigh(&mut self) {
        if self.place_weights == 0 {
            return;
        }
        // 12 bits for the weight in the text, 8 for the idf.
        let in_text = weight_in_text(self.place_weights, self.is_number, self.is_name);
        self.weight = in_text * u64::from(self.idf);
    }
}

/// Numbers the terms in the order in which they come.
struct TermNumbering<'a> {
    vocabulary: &'a Vocabulary,
    /// The term of each word, if it was met.
    of_word: Vec<Option<u16>>,
    of_hash: Numbering,
}

impl<'a> TermNumbering<'a> {
    fn new(vocabulary: &'a Vocabulary) -> Self {
        let of_word = vec![None; vocabulary.len()];
        let of_hash = Numbering::with_capacity(MAX_WORDS);
        TermNumbering { vocabulary, of_word, of_hash }
    }

    /// The number of terms.
    fn len(&self) -> usize {
        self.of_hash.len()
    }

    /// The number of the term of a word.
    #[inline(always)]
    fn number(&mut self, word: u32, hash: impl FnOnce() -> u64) -> u16 {
        *self.of_word[word as usize].get_or_insert_with(|| self.of_hash.number(hash()) as u16)
    }
}
