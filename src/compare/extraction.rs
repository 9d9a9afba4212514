//! Feature extraction: from two aligned texts to the numbers that the model weighs.
//!
//! Everything is computed in whole numbers up to one division or square root, which all machines
//! round alike.
//!
//! O(n + m) time, in addition to what the alignment and the numbering of the words have cost.

mod body_counts;
mod shared_words;

use super::align::{Alignment, Run};
use super::context::PairMetadata;
use super::coverage::{self, Coverage};
use super::features::{Feature, Features, amount, share};
use super::lexical_overlap::LexicalOverlap;
use super::parsed::ParsedText;
use super::sides::Sides;
use super::story::Story;
use super::vocabulary::Vocabulary;
use crate::text::annotations::{BODY, NAME, NUMBER, PARAGRAPH_START, QUOTED};
use body_counts::{BodyCounts, LEAD_WORDS};
use shared_words::WordUse;

/// The shortest sentence that is classified, in words.
const MIN_SENTENCE_WORDS: usize = 5;
/// A sentence is the same if at least this share of its words agrees.
const SAME_SENTENCE: f64 = 0.95;
/// A sentence is a variant of one in the other text if at least this share of its words agrees.
const SIMILAR_SENTENCE: f64 = 0.4;
/// A variant is a form filled in anew if at least this share of its differing words is names and
/// numbers; otherwise it was reworded.
const FILLED_SENTENCE: f64 = 0.5;

/// What the features of two texts are computed from.
pub(super) struct Inputs<'a> {
    pub(super) parsed: [&'a ParsedText; 2],
    pub(super) vocabulary: &'a Vocabulary,
    pub(super) alignment: &'a Alignment,
    pub(super) story: &'a Story,
    pub(super) lexical: &'a LexicalOverlap,
}

/// Buffers that are reused from pair to pair.
#[derive(Debug, Default)]
pub(crate) struct ExtractionScratch {
    coverage: [Vec<Coverage>; 2],
    flags: [Vec<u8>; 2],
    words: Vec<WordUse>,
    paragraph_starts: [Vec<u64>; 2],
}

/// How much of each body stands in shared passages.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct BodyShares {
    /// The share inside passages, edits included.
    pub(crate) covered: Sides<f64>,
    /// The share that agrees word for word.
    pub(crate) verbatim: Sides<f64>,
}

impl BodyShares {
    /// How much of both bodies agrees word for word: the geometric mean.
    pub(crate) fn mean_verbatim(&self) -> f64 {
        (self.verbatim.left * self.verbatim.right).sqrt()
    }
}

/// One text, with what the other has of it.
struct CoveredText<'a> {
    parsed: &'a ParsedText,
    /// The flags of its words, with the quotation marks of [both texts](coverage::share_quotes).
    flags: &'a [u8],
    coverage: &'a [Coverage],
}

/// Computes the features of two texts.
pub(super) fn extract(
    inputs: &Inputs<'_>,
    metadata: PairMetadata,
    scratch: &mut ExtractionScratch,
) -> (Features, BodyShares) {
    let ExtractionScratch { coverage, flags, words, paragraph_starts } = scratch;
    let blocks = &inputs.alignment.blocks;
    let starts: [fn(&Run) -> usize; 2] = [|run| run.left, |run| run.right];
    for ((parsed, start), coverage) in inputs.parsed.iter().zip(starts).zip(&mut *coverage) {
        coverage::of_words(parsed, blocks, start, coverage);
    }
    for (flags, parsed) in flags.iter_mut().zip(inputs.parsed) {
        flags.clone_from(&parsed.annotations.flags);
    }
    if !inputs.parsed[0].by_letters() {
        coverage::share_quotes(blocks, flags);
    }
    let text = |side: usize| CoveredText {
        parsed: inputs.parsed[side],
        flags: &flags[side],
        coverage: &coverage[side],
    };
    let texts = [text(0), text(1)];
    let mut features = Features::default();
    let shares = passages(&mut features, inputs, &texts);
    edits(&mut features, &texts);
    sentences(&mut features, &texts);
    lexical(&mut features, inputs);
    shared_words::extract(&mut features, inputs.parsed, inputs.vocabulary, words);
    headings(&mut features, inputs, paragraph_starts);
    if let Some(seconds) = metadata.seconds_apart {
        // Rounded to whole days.
        features.set(Feature::Days, amount((seconds + 43_200) / 86_400));
    }
    if let Some(same_source) = metadata.same_source {
        features.set(Feature::Sources, f64::from(u8::from(same_source)));
    }
    (features, shares)
}

/// How much of the bodies stands in shared passages, and where.
fn passages(
    features: &mut Features,
    inputs: &Inputs<'_>,
    texts: &[CoveredText<'_>; 2],
) -> BodyShares {
    let counts = texts
        .each_ref()
        .map(|text| BodyCounts::of(text.parsed.annotations.body, text.coverage, text.flags));
    let shares = |part: fn(&BodyCounts) -> usize, whole: fn(&BodyCounts) -> usize| {
        counts.each_ref().map(|count| share(part(count), whole(count)))
    };
    let least = |of: fn(&BodyCounts) -> usize| amount(of(&counts[0]).min(of(&counts[1])) as u64);
    let min = |[left, right]: [f64; 2]| left.min(right);
    let max = |[left, right]: [f64; 2]| left.max(right);

    let bodies = counts.map(|count| count.body);
    features.set(Feature::ShorterWords, least(|count| count.body));
    features.set(Feature::Lengths, share(bodies[0].min(bodies[1]), bodies[0].max(bodies[1])));
    features.set(
        Feature::BodyMin,
        min([0, 1].map(|side| share(bodies[side], texts[side].coverage.len()))),
    );

    let covered = shares(|count| count.covered, |count| count.body);
    let verbatim = shares(|count| count.verbatim, |count| count.body);
    let unquoted = shares(|count| count.unquoted_verbatim, |count| count.body - count.quoted);
    features.set_min_max(Feature::CoveredMin, Feature::CoveredMax, covered);
    features.set_min_max(Feature::SameMin, Feature::SameMax, verbatim);
    features.set_min_max(Feature::UnquotedMin, Feature::UnquotedMax, unquoted);
    features.set(Feature::UnquotedWords, least(|count| count.unquoted_in_runs));
    features.set(Feature::LongestRun, least(|count| count.longest_run));
    features.set(Feature::Quotations, least(|count| count.quoted_verbatim));
    features.set(Feature::Clutter, least(|count| count.clutter_verbatim));
    features
        .set(Feature::NewMin, least(|count| count.body - count.quoted - count.unquoted_verbatim));

    let mean_places = shares(|count| count.covered_places, |count| count.covered * count.body);
    features
        .set(Feature::FirstPlaceMax, max(shares(|count| count.first_covered, |count| count.body)));
    features.set(Feature::MeanPlaceMax, max(mean_places));
    features.set(Feature::MeanPlaceMin, min(mean_places));
    let lead = shares(|count| count.lead_verbatim, |count| count.body.min(LEAD_WORDS));
    let tail = shares(|count| count.tail_verbatim, |count| count.body.min(LEAD_WORDS));
    features.set_min_max(Feature::LeadMin, Feature::LeadMax, lead);
    features.set(Feature::TailMin, min(tail));

    let units = inputs.parsed.map(|parsed| parsed.units().len());
    let block_share = |block: &Vec<Run>| {
        let [first, last] = [block[0], block[block.len() - 1]];
        share(last.left + last.len - first.left, units[0])
            .max(share(last.right + last.len - first.right, units[1]))
    };
    let Alignment { blocks, mean_run } = inputs.alignment;
    features.set(Feature::BlockShare, blocks.iter().map(block_share).fold(0.0, f64::max));
    features.set(Feature::Blocks, amount(blocks.len() as u64));
    features.set(Feature::RunLength, amount(*mean_run as u64));

    let sides = |[left, right]: [f64; 2]| Sides { left, right };
    BodyShares { covered: sides(covered), verbatim: sides(verbatim) }
}

/// What differs inside the passages.
fn edits(features: &mut Features, texts: &[CoveredText<'_>; 2]) {
    // The body words inside passages that were edited and that agree: all of them, the names among
    // them, and the numbers.
    let mut counts = [[0usize; 3]; 2];
    for text in texts {
        for (&coverage, &flags) in text.coverage.iter().zip(text.flags) {
            if coverage > Coverage::Outside && flags & BODY != 0 {
                let counts = &mut counts[usize::from(coverage == Coverage::Verbatim)];
                counts[0] += 1;
                counts[1] += usize::from(flags & NAME != 0);
                counts[2] += usize::from(flags & NUMBER != 0);
            }
        }
    }
    let [edited, same] = counts;
    features.set(Feature::ReplacedNames, share(edited[1] + edited[2], edited[0] + 1));
    features.set(Feature::Edits, share(edited[0], edited[0] + same[0]));
    for (kept, kind) in [(Feature::NamesKept, 1), (Feature::NumbersKept, 2)] {
        if edited[kind] + same[kind] > 0 {
            features.set(kept, share(same[kind], edited[kind] + same[kind]));
        }
    }
}

/// How many sentences of both bodies, outside quotations, are the same, filled in anew or reworded.
fn sentences(features: &mut Features, texts: &[CoveredText<'_>; 2]) {
    let (mut all, mut same, mut filled, mut reworded) = (0, 0, 0, 0);
    for text in texts {
        let sentences = text.parsed.annotations.sentences();
        for sentence in sentences.filter(|sentence| sentence.len() >= MIN_SENTENCE_WORDS) {
            let middle = text.flags[sentence.start + sentence.len() / 2];
            if middle & BODY == 0 || middle & QUOTED != 0 {
                continue;
            }
            all += 1;
            let (coverage, flags) = (&text.coverage[sentence.clone()], &text.flags[sentence]);
            let agreeing = coverage.iter().filter(|of| **of == Coverage::Verbatim).count();
            let differing = coverage.len() - agreeing;
            let agreement = share(agreeing, coverage.len());
            if agreement >= SAME_SENTENCE {
                same += 1;
            } else if agreement >= SIMILAR_SENTENCE {
                let is_replaced_name = |(coverage, flags): &(&Coverage, &u8)| {
                    **coverage != Coverage::Verbatim && **flags & (NAME | NUMBER) != 0
                };
                let names = coverage.iter().zip(flags).filter(is_replaced_name).count();
                if share(names, differing) >= FILLED_SENTENCE { filled += 1 } else { reworded += 1 }
            }
        }
    }
    features.set(Feature::SentencesSame, share(same, all));
    features.set(Feature::SentencesFilled, share(filled, all));
    features.set(Feature::SentencesReworded, share(reworded, all));
}

/// What lexical overlap and key terms have measured already, and the length of paragraphs.
fn lexical(features: &mut Features, inputs: &Inputs<'_>) {
    let LexicalOverlap { containment, common_subsequence } = *inputs.lexical;
    let array = |sides: Sides<f64>| [sides.left, sides.right];
    features.set_min_max(Feature::KnownMin, Feature::KnownMax, array(containment));
    features.set_min_max(Feature::OrderMin, Feature::OrderMax, array(common_subsequence));
    let story = inputs.story;
    features.set(Feature::TermSimilarity, story.term_similarity);
    features.set(Feature::HeadlinesKnown, story.headline);
    features.set(Feature::TermNames, story.names);
    features.set(Feature::TermNumbers, story.numbers);
    if let Some(unmatched) = story.unmatched_names {
        features.set(Feature::LeadNamesUnmatched, unmatched);
    }
    features.set(Feature::LeadNumbersUnmatched, story.unmatched_numbers as f64);
    let lengths =
        inputs.parsed.map(|parsed| share(parsed.words.len(), parsed.annotations.paragraphs) as u64);
    features.set(Feature::LineLength, amount(lengths[0].min(lengths[1])));
}

/// Counts the paragraphs of each text that begin with the same two words as one of the other: the
/// headings of a form. The share is of the text with fewer different beginnings.
fn headings(features: &mut Features, inputs: &Inputs<'_>, starts: &mut [Vec<u64>; 2]) {
    for (starts, parsed) in starts.iter_mut().zip(inputs.parsed) {
        starts.clear();
        let pairs = parsed.annotations.flags.windows(2).zip(parsed.words.hashes().windows(2));
        let is_start =
            |flags: &[u8]| flags[0] & PARAGRAPH_START != 0 && flags[1] & PARAGRAPH_START == 0;
        let pairs = pairs.filter(|(flags, _)| is_start(flags));
        starts.extend(pairs.map(|(_, words)| words[0].rotate_left(23) ^ words[1]));
        starts.sort_unstable();
        starts.dedup();
    }
    let [left, right] = starts;
    let shared = left.iter().filter(|start| right.binary_search(start).is_ok()).count();
    // One more is counted as different: a single paragraph says nothing.
    features.set(Feature::ParagraphStarts, share(shared, left.len().min(right.len()) + 1));
}

#[cfg(test)]
mod tests;
