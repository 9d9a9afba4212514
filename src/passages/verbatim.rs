//! Which texts to compare for what they share word for word.
//!
//! A *run* is a sequence of the least length of a passage. The runs around common fingerprints are
//! hashed, and equal ones grouped; each text of a group is to be compared with the earliest. So a
//! run that any two texts share is found in both, in what they share with the earliest text that
//! has it, and the number of comparisons is linear in the length of the texts, not quadratic in
//! how many share a run.

use super::counters::Counters;
use super::fingerprints::{Occurrence, count};
use super::grain::{Grain, Searched, runs};
use crate::parallel;
use crate::shingle::Scratch;

/// Texts that one core reads at a time.
const TASK_TEXTS: usize = 64;

#[derive(Default)]
struct Runs {
    scratch: Scratch,
    buffer: String,
    hashes: Vec<u64>,
}

impl Runs {
    /// Calls `found` with the hash of each run of a text that contains one of its shared
    /// fingerprints, ascending, each once.
    fn for_each(
        &mut self,
        texts: Searched<'_>,
        occurrences: &[Occurrence],
        grain: &Grain,
        mut found: impl FnMut(u64),
    ) {
        let Some(first) = occurrences.first() else { return };
        let text = texts.articles.text(first.text as usize, &mut self.buffer);
        let units = grain.read_units(text, &mut self.scratch);
        runs(units, grain.min_units, &mut self.hashes);
        let mut next = 0;
        for occurrence in occurrences {
            let place = occurrence.place as usize;
            let start = (place + grain.width).saturating_sub(grain.min_units).max(next);
            let end = (place + 1).min(self.hashes.len());
            if start < end {
                self.hashes[start..end].iter().for_each(|&hash| found(hash));
                next = end;
            }
        }
    }
}

/// What the runs propose.
pub(super) struct ByRuns {
    /// Pairs of texts to be compared, the earlier one first; sorted, each once.
    pub(super) pairs: Vec<[u32; 2]>,
    /// The texts that have a run more than once, ascending.
    pub(super) repeating: Vec<u32>,
}

/// Groups the runs around fingerprints. `shared` are those that several texts have, sorted by text;
/// `rank` is the order of time.
pub(super) fn propose(
    texts: Searched<'_>,
    shared: &[Occurrence],
    grain: &Grain,
    rank: &[u32],
) -> ByRuns {
    let of_texts: Vec<&[Occurrence]> = shared.chunk_by(|a, b| a.text == b.text).collect();
    let numbers: Vec<u32> = (0..of_texts.len() as u32).collect();
    let mut counters = Counters::for_keys(shared.len().saturating_mul(grain.window));
    count(&mut counters, &numbers, Runs::default, |reader, text, keys| {
        reader.for_each(texts, of_texts[text as usize], grain, |hash| keys.push(hash));
    });
    let tasks: Vec<&[u32]> = numbers.chunks(TASK_TEXTS).collect();
    let parts = parallel::map(tasks.len(), Runs::default, |reader, task| {
        let mut several = Vec::new();
        for &text in tasks[task] {
            let occurrences = of_texts[text as usize];
            reader.for_each(texts, occurrences, grain, |hash| {
                if counters.has_several(hash) {
                    several.push([(hash >> 32) as u32, hash as u32, occurrences[0].text]);
                }
            });
        }
        several
    });
    drop(counters);
    let mut several = parts.concat();
    parallel::sort(&mut several);
    let (mut pairs, mut repeating) = (Vec::new(), Vec::new());
    for group in several.chunk_by(|a, b| a[..2] == b[..2]) {
        let earliest = group.iter().map(|run| run[2]).min_by_key(|&text| rank[text as usize]);
        let Some(earliest) = earliest else { continue };
        let others = group.iter().map(|run| run[2]).filter(|&text| text != earliest);
        pairs.extend(others.map(|other| [earliest, other]));
        repeating.extend(group.windows(2).filter(|it| it[0] == it[1]).map(|it| it[0][2]));
    }
    drop(several);
    parallel::sort(&mut pairs);
    pairs.dedup();
    repeating.sort_unstable();
    repeating.dedup();
    ByRuns { pairs, repeating }
}
