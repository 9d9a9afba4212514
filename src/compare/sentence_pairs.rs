//! Pairs of sentences, one of each text, that say the same in other words.
//!
//! Where two reports of one event share no text to speak of, their kinship shows in a statement
//! translated twice, a quotation cut differently, a sentence spun with synonyms: several key terms
//! in common within one sentence. Sentences, and the quotations within them, are compared by the
//! weight of the terms they share, which an inverted list finds. The best pairs are chosen
//! greedily, one to one, and the words that agree in order become the runs of a passage.
//!
//! O(words + shared terms) time for ordinary texts: at most [`MAX_SENTENCES`] of each text are
//! read, and a term in more than [`MAX_TERM_SENTENCES`] of them is ignored.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::ops::Range;

use super::align::Run;
use crate::idf::FULL;
use crate::text::paragraphs::is_line_end;
use crate::text::terms::STEM_LETTERS;
use crate::text::words::Words;

/// Sentences that are read of each text.
const MAX_SENTENCES: usize = 200;
/// The longest sentence, in words; the rest is read as another sentence.
const MAX_SENTENCE_WORDS: usize = 60;
/// Sentences of one text in which a term may stand.
const MAX_TERM_SENTENCES: usize = 8;
/// The least number of key terms that two sentences share, and the least cosine-like share of the
/// weight of both.
const MIN_SHARED: (u32, f64) = (4, 0.4);
/// The same for two quotations, which need less: that both texts quote something is evidence by
/// itself.
const MIN_SHARED_QUOTED: (u32, f64) = (3, 0.25);
/// Words that must agree in order for a pair to become a passage.
const MIN_AGREEING: usize = 4;

/// A text with its words and their weights.
#[derive(Clone, Copy)]
pub(crate) struct WeighedText<'a> {
    pub(crate) text: &'a str,
    pub(crate) words: &'a Words,
    /// The number of each word, and the weight of each number.
    pub(crate) ids: &'a [u32],
    pub(crate) weights: &'a [u32],
}

/// Finds sentence pairs, as blocks of runs, outside the blocks in `taken`.
///
/// The result for (b, a) is that for (a, b) swapped: the smaller text is always the first, as in
/// [`align`](super::align).
pub(crate) fn sentence_pairs(
    left: WeighedText<'_>,
    right: WeighedText<'_>,
    taken: &[Vec<Run>],
) -> Vec<Vec<Run>> {
    let (l, r) = (left.words.hashes(), right.words.hashes());
    if (l.len(), l) <= (r.len(), r) {
        return pairs_of_smaller(left, right, taken);
    }
    let swap = |block: &Vec<Run>| block.iter().map(|run| run.swapped()).collect::<Vec<Run>>();
    let taken: Vec<Vec<Run>> = taken.iter().map(swap).collect();
    pairs_of_smaller(right, left, &taken).iter().map(swap).collect()
}

fn pairs_of_smaller(
    left: WeighedText<'_>,
    right: WeighedText<'_>,
    taken: &[Vec<Run>],
) -> Vec<Vec<Run>> {
    let spans = |start: fn(&Run) -> usize| -> Vec<Range<usize>> {
        let span = |block: &Vec<Run>| {
            let (first, last) = (block[0], block[block.len() - 1]);
            start(&first)..start(&last) + last.len
        };
        taken.iter().map(span).collect()
    };
    let left_sentences = sentences(left, &spans(|run| run.left));
    let right_sentences = sentences(right, &spans(|run| run.right));

    let (mut left_used, mut right_used) =
        (vec![false; left_sentences.len()], vec![false; right_sentences.len()]);
    let mut blocks = Vec::new();
    for (i, j) in ranked_candidates(&left_sentences, &right_sentences) {
        if left_used[i] || right_used[j] {
            continue;
        }
        let (a, b) = (left_sentences[i].words.clone(), right_sentences[j].words.clone());
        let block = agreeing_runs(left, right, a, b);
        if block.iter().map(|run| run.len).sum::<usize>() >= MIN_AGREEING {
            (left_used[i], right_used[j]) = (true, true);
            blocks.push(block);
        }
    }
    blocks
}

/// The pairs of sentences that share enough, the best first.
fn ranked_candidates(left: &[Sentence], right: &[Sentence]) -> Vec<(usize, usize)> {
    let mut postings: HashMap<u64, Vec<u32>> = HashMap::new();
    for (j, sentence) in right.iter().enumerate() {
        for &(term, _) in &sentence.terms {
            postings.entry(term).or_default().push(j as u32);
        }
    }
    let mut candidates: Vec<(u64, usize, usize)> = Vec::new();
    // For each sentence on the right, how many terms it shares with the one at hand, and their
    // weight.
    let mut shared = vec![(0u32, 0u32); right.len()];
    for (i, sentence) in left.iter().enumerate() {
        shared.fill((0, 0));
        for (term, weight) in &sentence.terms {
            let found = postings.get(term).filter(|found| found.len() <= MAX_TERM_SENTENCES);
            for &j in found.into_iter().flatten() {
                let (count, sum) = &mut shared[j as usize];
                (*count, *sum) = (*count + 1, *sum + weight);
            }
        }
        for (j, &(count, sum)) in shared.iter().enumerate() {
            let other = &right[j];
            let both_quoted = sentence.quoted && other.quoted;
            let (min_count, min_share) = if both_quoted { MIN_SHARED_QUOTED } else { MIN_SHARED };
            let share = f64::from(sum)
                / (f64::from(sentence.weight) * f64::from(other.weight)).sqrt().max(1.0);
            if count >= min_count && share >= min_share {
                candidates.push(((share * 65_536.0) as u64 * u64::from(count), i, j));
            }
        }
    }
    candidates.sort_unstable_by_key(|&(score, i, j)| (Reverse(score), i, j));
    candidates.into_iter().map(|(_, i, j)| (i, j)).collect()
}

/// A range of words between two ends of sentences or quotation marks.
struct Sentence {
    words: Range<usize>,
    quoted: bool,
    /// Its key terms, each once, with their weights.
    terms: Vec<(u64, u32)>,
    weight: u32,
}

/// The sentences of a text that overlap none of the `taken` ranges.
fn sentences(text: WeighedText<'_>, taken: &[Range<usize>]) -> Vec<Sentence> {
    let mut sentences = Vec::new();
    let (mut start, mut end, mut quoted, mut straight_open) = (0, 0, false, false);
    let mut close = |words: Range<usize>, quoted: bool| {
        let is_free =
            || taken.iter().all(|range| range.end <= words.start || words.end <= range.start);
        if words.len() >= MIN_AGREEING && sentences.len() < MAX_SENTENCES && is_free() {
            sentences.push(Sentence::read(text, words, quoted));
        }
    };
    for (i, span) in text.words.spans().enumerate() {
        let between = text.text.get(end..span.start).unwrap_or_default();
        end = span.end;
        let mark = between.chars().rev().find(|c| "“”\"«»„".contains(*c));
        let stops = between.contains(|c| {
            matches!(c, '.' | '!' | '?' | '…' | '。' | '！' | '？' | ';') || is_line_end(c)
        });
        if i > 0 && (stops || mark.is_some() || i - start >= MAX_SENTENCE_WORDS) {
            close(start..i, quoted);
            start = i;
        }
        match mark {
            Some('“' | '«' | '„') => quoted = true,
            Some('”' | '»') => quoted = false,
            // Straight marks open and close alternately.
            Some(_) => {
                straight_open = !straight_open;
                quoted = straight_open;
            }
            None => {}
        }
    }
    close(start..text.words.len(), quoted);
    sentences
}

impl Sentence {
    fn read(text: WeighedText<'_>, words: Range<usize>, quoted: bool) -> Self {
        let mut terms: Vec<(u64, u32)> = Vec::with_capacity(words.len());
        for i in words.clone() {
            let weight = text.weights[text.ids[i] as usize];
            if weight >= FULL / 4 {
                terms.push((text.words.stem(text.text, i, STEM_LETTERS), weight));
            }
        }
        terms.sort_unstable();
        terms.dedup_by_key(|(term, _)| *term);
        let weight = terms.iter().map(|(_, weight)| weight).sum();
        Sentence { words, quoted, terms, weight }
    }
}

/// The words of two sentences that agree in order: a longest common subsequence, as runs.
fn agreeing_runs(
    left: WeighedText<'_>,
    right: WeighedText<'_>,
    a: Range<usize>,
    b: Range<usize>,
) -> Vec<Run> {
    let (l, r) = (&left.words.hashes()[a.clone()], &right.words.hashes()[b.clone()]);
    let width = r.len() + 1;
    // longest[i * width + j]: the length of the subsequence of the words from i and from j on.
    let mut longest = vec![0u8; (l.len() + 1) * width];
    for i in (0..l.len()).rev() {
        for j in (0..r.len()).rev() {
            longest[i * width + j] = if l[i] == r[j] {
                longest[(i + 1) * width + j + 1] + 1
            } else {
                longest[(i + 1) * width + j].max(longest[i * width + j + 1])
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    let mut runs: Vec<Run> = Vec::new();
    while longest[i * width + j] > 0 {
        if l[i] == r[j] {
            Run::append(&mut runs, Run { left: a.start + i, right: b.start + j, len: 1 });
            (i, j) = (i + 1, j + 1);
        } else if longest[(i + 1) * width + j] >= longest[i * width + j + 1] {
            i += 1;
        } else {
            j += 1;
        }
    }
    runs
}
