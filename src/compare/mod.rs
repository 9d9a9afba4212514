//! Two texts, looked at closely.

pub(crate) mod align;
pub(crate) mod body;
pub(crate) mod echoes;
pub(crate) mod overlap;
pub(crate) mod passages;
pub(crate) mod relation;
pub(crate) mod story;
pub(crate) mod verdict;
pub(crate) mod vocabulary;
pub(crate) mod wording;

use std::ops::Range;

use crate::idf::Idf;
use crate::shingle::{Scratch, Shingle, Shingler};
use crate::text::words::Words;
use align::{Alignment, ByLetters, ByWords};
use body::{Body, PARAGRAPH_LETTERS};
use echoes::{Side, echoes};
use overlap::{Overlap, WeightedOverlap, weigh};
use passages::Passages;
use relation::{Evidence, Relation};
use story::{Story, Terms};
use vocabulary::Vocabulary;
use wording::Wording;

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
    /// How sure that is, 0 to 1: how far the figures lie from where the relation would be another. ½ on the border.
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

    /// Compares two texts: their shingles as `shingler` makes them, and their words, or letters where the shingles are of letters.
    pub(crate) fn of(left: &str, right: &str, shingler: &Shingler, idf: &Idf) -> Self {
        let texts = [left, right];
        let words = texts.map(|text| Words::of(text, shingler.folding()));
        let vocabulary = Vocabulary::of([&words[0], &words[1]], idf);
        let (overlap, weighted) = overlaps(texts, &words, &vocabulary, shingler, idf);

        let by_letters = !shingler.shingle().is_words();
        let letters = by_letters.then(|| texts.map(|text| Words::letters_of(text, shingler.folding())));
        let [l, r] = letters.as_ref().unwrap_or(&words);
        let mut aligned = match by_letters {
            true => Alignment::of::<ByLetters>(l.hashes(), r.hashes()),
            false => Alignment::of::<ByWords>(l.hashes(), r.hashes()),
        };
        let body = |text, units| match by_letters {
            true => Body::with_paragraphs(text, units, PARAGRAPH_LETTERS),
            false => Body::of(text, units),
        };
        let bodies = [body(left, l), body(right, r)];
        let mut evidence = Evidence::of([l, r], [&bodies[0], &bodies[1]], &aligned);
        evidence.words = Sides { left: words[0].len(), right: words[1].len() };

        let terms = Terms::of(texts, words.each_ref(), &vocabulary);
        let story = Story::of(&terms);
        if !by_letters {
            let wording = Wording::of(&vocabulary);
            (evidence.known, evidence.in_order) = (wording.known, wording.in_order);
        }
        let (relation, confidence) = evidence.relation(&story);
        if matches!(relation, Relation::Rewrite | Relation::SameStory) {
            let side = |side: usize| Side {
                text: texts[side],
                words: &words[side],
                ids: &vocabulary.ids[side],
                weights: &vocabulary.weights,
            };
            if !by_letters {
                aligned.blocks.extend(echoes(side(0), side(1), &aligned.blocks));
                aligned.blocks.sort_unstable_by_key(|block| block[0].left);
            }
            let names = terms.shared_names_and_numbers().into_iter();
            let span =
                |Sides { left, right }| Sides { left: words[0].span(left), right: words[1].span(right) };
            evidence.names_and_numbers = names.map(span).collect();
        }
        let mut shared = Passages::from_blocks(l, r, &aligned.blocks);
        if by_letters {
            for passage in &mut shared.passages {
                let begun =
                    |words: &Words, span: &Range<usize>| words.before(span.end) - words.before(span.start);
                passage.words = begun(&words[0], &passage.left).min(begun(&words[1], &passage.right));
            }
        }
        Comparison { relation, confidence, story, overlap, weighted, shared, evidence }
    }
}

/// The overlap of two texts' shingles, plain and weighted; those of words are made from the words at hand.
fn overlaps(
    texts: [&str; 2],
    words: &[Words; 2],
    vocabulary: &Vocabulary,
    shingler: &Shingler,
    idf: &Idf,
) -> (Overlap, WeightedOverlap) {
    let mut scratch = [Scratch::default(), Scratch::default()];
    let [a, b] = &mut scratch;
    let shingle = shingler.shingle();
    let shingles = match shingle {
        Shingle::Words(_) => [shingler.roll(words[0].hashes(), a), shingler.roll(words[1].hashes(), b)],
        Shingle::Letters(_) => [shingler.read(texts[0], a), shingler.read(texts[1], b)],
    };
    let weights = |side: usize| {
        let words = vocabulary.ids[side].iter().map(|&id| vocabulary.weights[id as usize]);
        idf.shingles(shingles[side], words, shingle)
    };
    weigh((shingles[0], &weights(0)), (shingles[1], &weights(1)))
}
