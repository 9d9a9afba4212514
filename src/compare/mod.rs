//! Two texts, looked at closely.

pub(crate) mod align;
pub(crate) mod close;
pub(crate) mod cover;
pub(crate) mod echoes;
pub(crate) mod evidence;
pub(crate) mod figures;
pub(crate) mod overlap;
pub(crate) mod parsed;
pub(crate) mod passages;
pub(crate) mod story;
pub(crate) mod vocabulary;
pub(crate) mod wording;

use std::ops::Range;

use crate::article::Article;
use crate::idf::Idf;
use crate::shingle::{Scratch, Shingle, Shingler};
use crate::text::words::Words;
use crate::verify::Verdict;
use crate::verify::relation::Relation;
use close::{Close, align};
use echoes::{Side, echoes};
use evidence::Evidence;
use figures::{Around, InCollection};
use overlap::{Overlap, WeightedOverlap, weigh};
use parsed::Parsed;
use passages::Passages;
use story::Story;
use vocabulary::Vocabulary;

/// A figure for each of the two texts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Sides<T> {
    /// For the left text.
    pub left: T,
    /// For the right text.
    pub right: T,
}

/// What a comparison of two texts found: how they relate, and why.
///
/// ```
/// use newsprint::{Detector, Relation};
///
/// let report = "The river rose by two metres in a night. The old bridge was closed at dawn on Monday, the mayor said. Nobody was hurt.";
/// let comparison = Detector::default().compare(report, &report[..70]);
/// assert_eq!(comparison.relation, Relation::Excerpt);
/// let passage = &comparison.shared.passages[0];
/// assert_eq!(&report[passage.left.clone()], "The river rose by two metres in a night. The old bridge was closed at");
/// assert_eq!((comparison.shared.coverage.left, comparison.shared.coverage.right), (0.625, 1.0));
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Comparison {
    /// How the two relate.
    pub relation: Relation,
    /// The probability that the relation is right, as measured on pairs that the model was not
    /// fitted to.
    pub confidence: f64,
    /// Whether they tell of one event.
    pub story: Story,
    /// What their shingles share, exactly.
    pub overlap: Overlap,
    /// The same by weight.
    pub weighted: WeightedOverlap,
    /// The shared passages, and the share of each text's words inside them.
    pub shared: Passages,
    /// What the relation was told from.
    pub evidence: Evidence,
}

impl Comparison {
    /// The share of all shingles that both have, 0 to 1, exact.
    pub fn jaccard(&self) -> f64 {
        self.overlap.jaccard()
    }

    /// Compares two texts: their shingles as `shingler` makes them, and their words, or letters
    /// where the shingles are of letters. `known` is what a collection tells of them.
    pub(crate) fn of(
        [left, right]: [&Article<'_>; 2],
        shingler: &Shingler,
        idf: &Idf,
        known: Option<InCollection>,
    ) -> Self {
        let texts = [left.text, right.text];
        let by_letters = !shingler.shingle().is_words();
        let parsed = texts.map(|text| Parsed::of(text, shingler.folding(), by_letters));
        let sides = parsed.each_ref();
        let around = Around::of(left, right);
        let mut close =
            Close::of(texts, sides, align(sides), around, idf, &mut figures::Memory::default());
        known.into_iter().for_each(|known| close.figures.in_collection(known));
        let Close { mut aligned, vocabulary, terms, mut story, .. } = close;
        let [l, r] = sides.map(Parsed::units);
        let identical = Parsed::are_identical(sides, texts);
        let verdict = Verdict::of(&close.figures, identical);
        story.score = verdict.event;

        let words = sides.map(|parsed| &parsed.words);
        let (overlap, weighted) = overlaps(texts, words, &vocabulary, shingler, idf);
        let mut evidence = Evidence {
            identical,
            words: Sides { left: words[0].len(), right: words[1].len() },
            covered: close.shares.covered,
            verbatim: close.shares.same,
            run: aligned.run,
            known: close.wording.known,
            in_order: close.wording.in_order,
            names_and_numbers: Vec::new(),
            figures: close.figures,
        };
        if matches!(verdict.relation, Relation::Rewrite | Relation::SameStory) {
            let side = |side: usize| Side {
                text: texts[side],
                words: words[side],
                ids: &vocabulary.ids[side],
                weights: &vocabulary.weights,
            };
            if !by_letters {
                aligned.blocks.extend(echoes(side(0), side(1), &aligned.blocks));
                aligned.blocks.sort_unstable_by_key(|block| block[0].left);
            }
            let names = terms.shared_names_and_numbers().into_iter();
            let span = |Sides { left, right }| Sides {
                left: words[0].span(left),
                right: words[1].span(right),
            };
            evidence.names_and_numbers = names.map(span).collect();
        }
        let mut shared = Passages::from_blocks(l, r, &aligned.blocks);
        if by_letters {
            for passage in &mut shared.passages {
                let begun = |words: &Words, span: &Range<usize>| {
                    words.before(span.end) - words.before(span.start)
                };
                passage.words = begun(words[0], &passage.left).min(begun(words[1], &passage.right));
            }
        }
        let Verdict { relation, confidence, .. } = verdict;
        Comparison { relation, confidence, story, overlap, weighted, shared, evidence }
    }

    /// Tells the likeliest relation of two texts that are known to be similar, so that they cannot
    /// be different.
    pub(crate) fn tell_as_similar(&mut self) {
        let verdict = Verdict::of(&self.evidence.figures, self.evidence.identical);
        (self.relation, self.confidence) = verdict.of_similar(&self.evidence.figures);
    }
}

/// The overlap of two texts' shingles, plain and weighted; those of words are made from the words
/// at hand.
fn overlaps(
    texts: [&str; 2],
    words: [&Words; 2],
    vocabulary: &Vocabulary,
    shingler: &Shingler,
    idf: &Idf,
) -> (Overlap, WeightedOverlap) {
    let mut scratch = [Scratch::default(), Scratch::default()];
    let [a, b] = &mut scratch;
    let shingle = shingler.shingle();
    let shingles = match shingle {
        Shingle::Words(_) => {
            [shingler.roll(words[0].hashes(), a), shingler.roll(words[1].hashes(), b)]
        }
        Shingle::Letters(_) => [shingler.read(texts[0], a), shingler.read(texts[1], b)],
    };
    let weights = |side: usize| {
        let words = vocabulary.ids[side].iter().map(|&id| vocabulary.weights[id as usize]);
        idf.shingles(shingles[side], words, shingle)
    };
    weigh((shingles[0], &weights(0)), (shingles[1], &weights(1)))
}
