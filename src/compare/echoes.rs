//! Sentences and quotations of one text that return in the other in other words.
//!
//! Where two reports of one event share no text to speak of, what shows their kinship is a
//! statement translated twice, a quotation cut differently, a sentence spun with synonyms: key
//! terms in common within one sentence. Sentences, and the quotations within them, are compared by
//! the weight of the terms they share, found through an inverted list; the best pairs are taken
//! first, one to one; and the words that agree in order become the runs of the passage.
//!
//! O(words + shared terms) time for ordinary texts: [`READ`] sentences of each are read, and a term
//! in more than [`FREQUENT`] of them is passed over.

use std::collections::HashMap;
use std::ops::Range;

use super::align::Run;
use crate::idf::FULL;
use crate::text::paragraphs::is_line_end;
use crate::text::words::Words;

/// Sentences read of each text.
const READ: usize = 200;
/// Sentences of one text in which a term may stand.
const FREQUENT: usize = 8;
/// The longest sentence, in words; what follows is read as another.
const LONGEST: usize = 60;
/// Letters to which a word is cut.
const STEM: usize = 5;
/// Key terms that two sentences share at least, and their share of the weight of both.
const SENTENCE: (u32, f64) = (4, 0.4);
/// The same for two quotations: that something is quoted in both is evidence by itself.
const QUOTATION: (u32, f64) = (3, 0.25);
/// Words that must agree in order for a passage to be shown.
const AGREE: usize = 4;

/// A text with its words and their weights.
#[derive(Clone, Copy)]
pub(super) struct Side<'a> {
    pub(super) text: &'a str,
    pub(super) words: &'a Words,
    /// The numbers of its words, and the weight of each number.
    pub(super) ids: &'a [u32],
    pub(super) weights: &'a [u32],
}

/// The passages, as blocks of runs, that touch none of `taken`, the blocks known already.
///
/// For (b, a) they are those for (a, b) swapped: the smaller side is always the first, as in
/// [`align`](super::align).
pub(super) fn echoes(left: Side<'_>, right: Side<'_>, taken: &[Vec<Run>]) -> Vec<Vec<Run>> {
    let (l, r) = (left.words.hashes(), right.words.hashes());
    if (l.len(), l) <= (r.len(), r) {
        return echoes_of_smaller(left, right, taken);
    }
    let swap = |block: &Vec<Run>| block.iter().map(|run| run.swapped()).collect::<Vec<Run>>();
    let taken: Vec<Vec<Run>> = taken.iter().map(swap).collect();
    echoes_of_smaller(right, left, &taken).iter().map(swap).collect()
}

fn echoes_of_smaller(left: Side<'_>, right: Side<'_>, taken: &[Vec<Run>]) -> Vec<Vec<Run>> {
    let span = |block: &Vec<Run>, start: fn(&Run) -> usize| {
        let (first, last) = (block[0], block[block.len() - 1]);
        start(&first)..start(&last) + last.len
    };
    let in_left: Vec<Range<usize>> =
        taken.iter().map(|block| span(block, |run| run.left)).collect();
    let in_right: Vec<Range<usize>> =
        taken.iter().map(|block| span(block, |run| run.right)).collect();
    let (left_sentences, right_sentences) =
        (sentences(left, &in_left), sentences(right, &in_right));

    let mut holding: HashMap<u64, Vec<u32>> = HashMap::new();
    for (j, sentence) in right_sentences.iter().enumerate() {
        for &(term, _) in &sentence.terms {
            holding.entry(term).or_default().push(j as u32);
        }
    }
    let mut candidates: Vec<(u64, usize, usize)> = Vec::new();
    let mut shared = vec![(0u32, 0u32); right_sentences.len()];
    for (i, sentence) in left_sentences.iter().enumerate() {
        shared.fill((0, 0));
        for (term, weight) in &sentence.terms {
            for &j in
                holding.get(term).filter(|found| found.len() <= FREQUENT).into_iter().flatten()
            {
                let (count, sum) = &mut shared[j as usize];
                (*count, *sum) = (*count + 1, *sum + weight);
            }
        }
        for (j, &(count, sum)) in shared.iter().enumerate() {
            let other = &right_sentences[j];
            let (least, share) = if sentence.quoted && other.quoted { QUOTATION } else { SENTENCE };
            let of_both = f64::from(sum)
                / (f64::from(sentence.weight) * f64::from(other.weight)).sqrt().max(1.0);
            if count >= least && of_both >= share {
                candidates.push(((of_both * 65_536.0) as u64 * u64::from(count), i, j));
            }
        }
    }
    candidates.sort_unstable_by_key(|&(score, i, j)| (std::cmp::Reverse(score), i, j));

    let (mut left_used, mut right_used) =
        (vec![false; left_sentences.len()], vec![false; right_sentences.len()]);
    let mut found = Vec::new();
    for (_, i, j) in candidates {
        if left_used[i] || right_used[j] {
            continue;
        }
        let (a, b) = (left_sentences[i].words.clone(), right_sentences[j].words.clone());
        let block = agreeing(left, right, a, b);
        if block.iter().map(|run| run.len).sum::<usize>() >= AGREE {
            (left_used[i], right_used[j]) = (true, true);
            found.push(block);
        }
    }
    found
}

/// A stretch of words between two ends of sentences or quotation marks.
struct Sentence {
    words: Range<usize>,
    quoted: bool,
    /// Key terms, each once, with their weights.
    terms: Vec<(u64, u32)>,
    weight: u32,
}

fn sentences(side: Side<'_>, taken: &[Range<usize>]) -> Vec<Sentence> {
    let mut sentences = Vec::new();
    let (mut start, mut end, mut quoted, mut opens) = (0, 0, false, false);
    let mut close = |words: Range<usize>, quoted: bool| {
        let free =
            || taken.iter().all(|range| range.end <= words.start || words.end <= range.start);
        if words.len() >= AGREE && sentences.len() < READ && free() {
            sentences.push(read(side, words, quoted));
        }
    };
    for (i, span) in side.words.spans().enumerate() {
        let between = side.text.get(end..span.start).unwrap_or_default();
        end = span.end;
        let mark = between.chars().rev().find(|c| "“”\"«»„".contains(*c));
        let stops = between.contains(|c| {
            matches!(c, '.' | '!' | '?' | '…' | '。' | '！' | '？' | ';') || is_line_end(c)
        });
        if i > 0 && (stops || mark.is_some() || i - start >= LONGEST) {
            close(start..i, quoted);
            start = i;
        }
        match mark {
            Some('“' | '«' | '„') => quoted = true,
            Some('”' | '»') => quoted = false,
            // A straight mark opens and closes by turns.
            Some(_) => {
                opens = !opens;
                quoted = opens;
            }
            None => {}
        }
    }
    close(start..side.words.len(), quoted);
    sentences
}

fn read(side: Side<'_>, words: Range<usize>, quoted: bool) -> Sentence {
    let mut terms: Vec<(u64, u32)> = Vec::with_capacity(words.len());
    for i in words.clone() {
        let weight = side.weights[side.ids[i] as usize];
        if weight >= FULL / 4 {
            terms.push((side.words.stem(side.text, i, STEM), weight));
        }
    }
    terms.sort_unstable();
    terms.dedup_by_key(|(term, _)| *term);
    let weight = terms.iter().map(|(_, weight)| weight).sum();
    Sentence { words, quoted, terms, weight }
}

/// The words of two sentences that agree, in order: a longest common subsequence.
fn agreeing(left: Side<'_>, right: Side<'_>, a: Range<usize>, b: Range<usize>) -> Vec<Run> {
    let (l, r) = (&left.words.hashes()[a.clone()], &right.words.hashes()[b.clone()]);
    let width = r.len() + 1;
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
            match runs.last_mut() {
                Some(run)
                    if run.left + run.len == a.start + i && run.right + run.len == b.start + j =>
                {
                    run.len += 1;
                }
                _ => runs.push(Run { left: a.start + i, right: b.start + j, len: 1 }),
            }
            (i, j) = (i + 1, j + 1);
        } else if longest[(i + 1) * width + j] >= longest[i * width + j + 1] {
            i += 1;
        } else {
            j += 1;
        }
    }
    runs
}
