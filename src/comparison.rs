//! The comparison of two texts from end to end: parsed, analysed, and given a verdict.

pub(crate) mod evidence;

use std::ops::Range;

use crate::article::Article;
use crate::compare::analysis::Analysis;
use crate::compare::context::{InCollection, PairMetadata};
use crate::compare::extraction::ExtractionScratch;
use crate::compare::overlap::{Overlap, WeightedOverlap, weigh};
use crate::compare::parsed::ParsedText;
use crate::compare::passages::Passages;
use crate::compare::sentence_pairs::{WeighedText, sentence_pairs};
use crate::compare::sides::Sides;
use crate::compare::story::Story;
use crate::compare::vocabulary::Vocabulary;
use crate::idf::Idf;
use crate::shingle::{Scratch, Shingle, Shingler};
use crate::text::words::Words;
use crate::verify::relation::Relation;
use crate::verify::verdict::Verdict;
use evidence::Evidence;

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
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Comparison {
    /// How the two relate.
    pub relation: Relation,
    /// The probability that the relation is right, as measured on pairs that the model was not
    /// fitted to.
    pub confidence: f64,
    /// Whether they tell of one event.
    pub story: Story,
    /// How many shingles they share, exactly.
    pub overlap: Overlap,
    /// The same with shingles weighted by rarity.
    pub weighted: WeightedOverlap,
    /// The shared passages, and the share of each text's words inside them.
    pub shared: Passages,
    /// What the relation was predicted from.
    pub evidence: Evidence,
}

impl Comparison {
    /// The Jaccard similarity of the shingles, exact, 0 to 1.
    pub fn jaccard(&self) -> f64 {
        self.overlap.jaccard()
    }

    /// Compares two articles: their shingles as `shingler` makes them, and their words, or their
    /// letters if the shingles are of letters. `known` is what a collection says about them.
    pub(crate) fn of(
        [left, right]: [&Article<'_>; 2],
        shingler: &Shingler,
        idf: &Idf,
        known: Option<InCollection>,
    ) -> Self {
        let texts = [left.text, right.text];
        let by_letters = !shingler.shingle().is_words();
        let parsed = texts.map(|text| ParsedText::of(text, shingler.folding(), by_letters));
        let parsed = parsed.each_ref();
        let words = parsed.map(|parsed| &parsed.words);
        let alignment = ParsedText::align(parsed);
        let metadata = PairMetadata::of(left, right);
        let scratch = &mut ExtractionScratch::default();
        let analysis = Analysis::of(texts, parsed, alignment, metadata, idf, scratch);
        let Analysis { vocabulary, terms, lexical, shares, .. } = analysis;
        let (mut alignment, mut story, mut features) =
            (analysis.alignment, analysis.story, analysis.features);
        known.into_iter().for_each(|known| features.add_collection(known));

        let identical = ParsedText::are_identical(parsed, texts);
        let verdict = Verdict::of(&features, identical);
        let Verdict { relation, confidence, .. } = verdict;
        story.score = verdict.event;

        let mut names_and_numbers = Vec::new();
        if matches!(relation, Relation::Rewrite | Relation::SameStory) {
            if !by_letters {
                let text = |side: usize| WeighedText {
                    text: texts[side],
                    words: words[side],
                    ids: &vocabulary.ids[side],
                    weights: &vocabulary.weights,
                };
                alignment.blocks.extend(sentence_pairs(text(0), text(1), &alignment.blocks));
                alignment.blocks.sort_unstable_by_key(|block| block[0].left);
            }
            let span = |Sides { left, right }| Sides {
                left: words[0].span(left),
                right: words[1].span(right),
            };
            names_and_numbers = terms.shared_names_and_numbers().into_iter().map(span).collect();
        }
        let [l, r] = parsed.map(ParsedText::units);
        let mut shared = Passages::from_blocks(l, r, &alignment.blocks);
        if by_letters {
            count_words(&mut shared, words);
        }

        let (overlap, weighted) = overlaps(texts, words, &vocabulary, shingler, idf);
        let evidence = Evidence {
            identical,
            words: Sides { left: words[0].len(), right: words[1].len() },
            covered: shares.covered,
            verbatim: shares.verbatim,
            mean_run: alignment.mean_run,
            lexical_containment: lexical.containment,
            common_subsequence: lexical.common_subsequence,
            names_and_numbers,
            features,
        };
        Comparison { relation, confidence, story, overlap, weighted, shared, evidence }
    }

    /// Replaces the relation by the likeliest one of two texts that are known to be similar, and so
    /// cannot be different.
    pub(crate) fn assume_similar(&mut self) {
        let verdict = Verdict::of(&self.evidence.features, self.evidence.identical);
        (self.relation, self.confidence) = verdict.if_similar(&self.evidence.features);
    }
}

/// Counts the words of passages whose letters were counted.
fn count_words(shared: &mut Passages, words: [&Words; 2]) {
    let begun =
        |words: &Words, span: &Range<usize>| words.before(span.end) - words.before(span.start);
    for passage in &mut shared.passages {
        passage.words = begun(words[0], &passage.left).min(begun(words[1], &passage.right));
    }
}

/// The overlap of two texts' shingles, plain and weighted. Shingles of words are made from the
/// words that were read already.
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
