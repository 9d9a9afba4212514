//! Which texts to compare for what they share word for word.
//!
//! A *run* is a sequence of the least length of a passage. The runs with common fingerprints all
//! along them are hashed, and equal ones grouped; each text of a group is to be compared with the
//! earliest. So a run that any two texts share is found in both, in what they share with the
//! earliest text that has it, and the number of comparisons is linear in the length of the texts,
//! not quadratic in how many share a run.

use super::counters::Counters;
use super::fingerprints::{Occurrence, TASK_TEXTS, count};
use super::grain::{Grain, Searched, runs};
use crate::parallel;
use crate::shingle::Scratch;

#[derive(Default)]
struct Runs {
    scratch: Scratch,
    buffer: String,
    hashes: Vec<u64>,
}

impl Runs {
    /// Calls `found` with the hash of each run of a text that another text may have: in every
    /// window of it is a shared fingerprint.
    fn for_each(
        &mut self,
        texts: Searched<'_>,
        occurrences: &[Occurrence],
        grain: &Grain,
        mut found: impl FnMut(u64),
    ) {
        let Runs { scratch, buffer, hashes } = self;
        let ranges = || starts(occurrences, grain);
        let Some(first) = occurrences.first().filter(|_| ranges().next().is_some()) else { return };
        let text = texts.articles.text(first.text as usize, buffer);
        let units = grain.read_units(text, scratch);
        let mut next = 0;
        for [start, end] in ranges() {
            let start = start.max(next);
            let last = (end + grain.min_units - 1).min(units.len());
            runs(units.get(start..last).unwrap_or_default(), grain.min_units, hashes);
            hashes.iter().for_each(|&hash| found(hash));
            next = end;
        }
    }
}

/// Where the runs may start that have a shared fingerprint in every window, as ranges of places,
/// ascending.
fn starts(occurrences: &[Occurrence], grain: &Grain) -> impl Iterator<Item = [usize; 2]> {
    let window = grain.window;
    // The shingles of a run.
    let shingles = grain.min_units + 1 - grain.width;
    let chains = occurrences.chunk_by(move |a, b| (b.place - a.place) as usize <= window);
    let range = move |chain: &[Occurrence]| {
        let [first, last] = [chain[0], chain[chain.len() - 1]].map(|it| it.place as usize);
        let start = (first + 1).saturating_sub(window);
        let end = (last + window + 1).saturating_sub(shingles);
        (start < end).then_some([start, end])
    };
    chains.filter_map(range)
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
    let length = |occurrences: &&[Occurrence]| -> usize {
        starts(occurrences, grain).map(|[start, end]| end - start).sum()
    };
    let mut counters = Counters::for_keys(of_texts.iter().map(length).sum());
    count(&mut counters, &numbers, Runs::default, |reader, text, keys| {
        reader.for_each(texts, of_texts[text as usize], grain, |hash| keys.push(hash));
    });
    let counted = counters.several();
    let tasks: Vec<&[u32]> = numbers.chunks(TASK_TEXTS).collect();
    let parts = parallel::map(tasks.len(), Runs::default, |reader, task| {
        let mut several = Vec::new();
        for &text in tasks[task] {
            let occurrences = of_texts[text as usize];
            reader.for_each(texts, occurrences, grain, |hash| {
                if counted.has(hash) {
                    several.push([(hash >> 32) as u32, hash as u32, occurrences[0].text]);
                }
            });
        }
        several
    });
    drop(counted);
    let mut several = Vec::with_capacity(parts.iter().map(Vec::len).sum());
    parts.into_iter().for_each(|part| several.extend(part));
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
