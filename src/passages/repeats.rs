//! What a text repeats of itself: pages carry a paragraph twice, or a story and its teaser.
//!
//! An alignment matches each stretch once. Where one of several is a place of a passage, the others
//! are added.

use std::collections::{HashMap, HashSet};

use super::aligned::{Match, Span, overlap};
use super::grain::{Grain, Searched, runs};
use super::segments::PassageOfTexts;
use crate::compare::align::Run;
use crate::keyed::map_with_capacity;
use crate::parallel;
use crate::shingle::Scratch;

/// What some texts repeat.
#[derive(Debug, Default)]
pub(super) struct Repeats(HashMap<u32, Repetitions>);

/// What one text repeats: runs from each of two stretches to the other, ascending on the left.
#[derive(Debug, Default)]
struct Repetitions {
    runs: Vec<Run>,
    /// How far each run and those before it reach on the left.
    reach: Vec<usize>,
}

impl Repetitions {
    /// Of runs that have the first stretch on the left, and the repetition on the right.
    fn new(found: &[Run]) -> Self {
        let mut runs: Vec<Run> = found.iter().flat_map(|run| [*run, run.swapped()]).collect();
        runs.sort_unstable_by_key(|run| (run.left, run.right));
        let mut most = 0;
        let reach = runs.iter().map(|run| {
            most = most.max(run.left + run.len);
            most
        });
        Repetitions { reach: reach.collect(), runs }
    }

    /// The runs that overlap a stretch on the left.
    fn overlapping(&self, [start, end]: Span) -> impl Iterator<Item = &Run> {
        let from = self.reach.partition_point(|&reach| reach <= start);
        let to = self.runs.partition_point(|run| run.left < end);
        let near = self.runs.get(from..to).unwrap_or_default().iter();
        near.filter(move |run| start < run.left + run.len)
    }
}

impl Repeats {
    /// Finds what each of these texts repeats word for word, of the least length of a passage or
    /// more.
    pub(super) fn find(texts: Searched<'_>, repeating: &[u32], grain: &Grain) -> Self {
        let scratch = <(Scratch, String, Vec<u64>)>::default;
        let found = parallel::map(repeating.len(), scratch, |(scratch, buffer, hashes), i| {
            let text = texts.articles.text(repeating[i] as usize, buffer);
            let units = grain.read_units(text, scratch);
            runs(units, grain.min_units, hashes);
            Repetitions::new(&repeats(units, hashes, grain.min_units))
        });
        Repeats(repeating.iter().copied().zip(found).collect())
    }

    /// The runs of a text that overlap a stretch of it on the left.
    fn overlapping(&self, text: u32, span: Span) -> impl Iterator<Item = &Run> {
        self.0.get(&text).into_iter().flat_map(move |of_text| of_text.overlapping(span))
    }

    /// The matches whose earlier text stands elsewhere in it again, moved there: another text may
    /// be matched with the other place.
    pub(super) fn moved(&self, matches: &[Match], min_units: usize) -> Vec<Match> {
        let moved = |matched: &Match, run: &Run| {
            let shift = |run: &Run, to: Run| Run { left: to.left - run.left + run.right, ..to };
            let runs = matched.runs.iter().filter_map(|part| {
                let start = part.left.max(run.left);
                let end = (part.left + part.len).min(run.left + run.len);
                let right = part.right + start - part.left.min(start);
                (start < end).then(|| shift(run, Run { left: start, right, len: end - start }))
            });
            let runs: Box<[Run]> = runs.collect();
            let agreeing: usize = runs.iter().map(|run| run.len).sum();
            (agreeing >= min_units).then_some(Match { runs, ..matched.clone() })
        };
        let of_match = |it: &Match| {
            let runs = self.overlapping(it.earlier, it.in_earlier());
            runs.filter_map(|run| moved(it, run)).collect::<Vec<Match>>()
        };
        matches.iter().flat_map(of_match).collect()
    }

    /// Adds the repetitions of what has a place in the passages, and theirs, unless they lie in a
    /// place already. Of passages that have the same places then, one is left.
    pub(super) fn add_places(&self, passages: &mut Vec<PassageOfTexts>, min_units: usize) {
        let mut known: HashSet<Vec<(u32, Span)>> = HashSet::new();
        passages.retain_mut(|PassageOfTexts { places }| {
            let count = places.len();
            // Added places are looked at in turn.
            let mut next = 0;
            while let Some(&(text, span)) = places.get(next) {
                let runs = self.overlapping(text, span);
                let repeated = runs.filter_map(|run| repetition(run, span, min_units));
                for span in repeated {
                    let is_in = |place: &(u32, Span)| place.0 == text && overlap(place.1, span) > 0;
                    if !places.iter().any(is_in) {
                        places.push((text, span));
                    }
                }
                next += 1;
            }
            let mut sorted = places.clone();
            sorted.sort_unstable();
            places.len() == count || known.insert(sorted)
        });
    }
}

/// Where a part of a span is repeated, if the part is of the least length.
fn repetition(run: &Run, [from, to]: Span, min_units: usize) -> Option<Span> {
    let (start, end) = (from.max(run.left), to.min(run.left + run.len));
    let is_inside = run.right < to && from < run.right + run.len;
    let shift = |place| place - run.left + run.right;
    (start + min_units <= end && !is_inside).then(|| [shift(start), shift(end)])
}

/// The repetitions in a text; `hashes` are those of its runs of the least length.
fn repeats(units: &[u64], hashes: &[u64], min_units: usize) -> Vec<Run> {
    let mut first = map_with_capacity::<usize>(hashes.len());
    let (mut found, mut at) = (Vec::new(), 0);
    while at < hashes.len() {
        let left = *first.entry(hashes[at]).or_insert(at);
        let same = |n: &usize| units.get(at + n).is_some_and(|unit| units[left + n] == *unit);
        let len = if left < at { (0..).take_while(same).count() } else { 0 };
        if len >= min_units {
            found.push(Run { left, right: at, len });
        }
        // The next run that does not lie inside: it may repeat another stretch.
        at += (len + 1).saturating_sub(min_units).max(1);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_twice_is_found() {
        let units: Vec<u64> = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 1, 4, 1, 5, 8, 1, 4, 1, 5].to_vec();
        let mut hashes = Vec::new();
        runs(&units, 4, &mut hashes);
        let found = repeats(&units, &hashes, 4);
        let [a, b] = [Run { left: 0, right: 9, len: 5 }, Run { left: 1, right: 15, len: 4 }];
        assert_eq!(found, [a, b]);
        assert_eq!(repetition(&a, [0, 9], 4), Some([9, 14]));
        assert_eq!(repetition(&a, [4, 9], 4), None);
        assert_eq!(repetition(&a, [0, 12], 4), None, "the place holds the repetition already");
        // The second repetition begins inside the first.
        let units = [1, 2, 3, 4, 5, 8, 0, 1, 2, 3, 4, 9, 0, 1, 2, 3, 4, 5, 8];
        runs(&units, 5, &mut hashes);
        let expected = [Run { left: 6, right: 12, len: 5 }, Run { left: 0, right: 13, len: 6 }];
        assert_eq!(repeats(&units, &hashes, 5), expected);
        let one = vec![7; 50];
        runs(&one, 4, &mut hashes);
        assert_eq!(repeats(&one, &hashes, 4), [Run { left: 0, right: 1, len: 49 }]);
    }
}
