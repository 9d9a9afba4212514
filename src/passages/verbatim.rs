//! Which texts to compare for what they share word for word.
//!
//! A *run* is a sequence of the least length of a passage. The runs with common fingerprints all
//! along them are hashed, and equal ones grouped; each text of a group is to be compared with the
//! earliest. So a run that any two texts share is found in both, in what they share with the
//! earliest text that has it, and the number of comparisons is linear in the length of the texts,
//! not quadratic in how many share a run.
//!
//! Most common fingerprints are phrases, so what follows them is looked at before the texts are
//! read. Let f and g be the fingerprints that the first and the last window of a run select. In
//! every text that has the run the fingerprints from f to g are the same, at the same distances: a
//! window that begins before the run and reaches beyond f has f, and one that ends after the run and
//! begins before g has g, so that neither selects anything between. If these two windows do not
//! overlap, a run has two fingerprints at least, and only where each is followed by the next as in
//! another text are runs hashed.

use super::counters::{Counters, Several};
use super::fingerprints::{Fingerprints, Occurrence, TASK_TEXTS, count};
use super::grain::{Grain, Searched, runs};
use super::regions::{Partitioned, REGIONS};
use crate::hash::mix;
use crate::numbering::Numbering;
use crate::parallel;
use crate::shingle::Scratch;

/// For each fingerprint there is room for so many keys in the table by which it is known whether it
/// is followed as in another text: then few are mistaken.
const ROOM: usize = 4;

/// What the runs propose.
pub(super) struct ByRuns {
    /// Pairs of texts to be compared, the earlier one first; sorted, each once.
    pub(super) pairs: Vec<[u32; 2]>,
    /// The texts that have a run more than once, ascending.
    pub(super) repeating: Vec<u32>,
}

/// Groups the runs around fingerprints. `shared` are those that seem to occur several times; `rank`
/// is the order of time.
pub(super) fn propose(
    texts: Searched<'_>,
    shared: &Fingerprints,
    grain: &Grain,
    rank: &[u32],
) -> ByRuns {
    let steps = Steps::count(texts.numbers, shared, grain);
    let tasks: Vec<&[u32]> = texts.numbers.chunks(TASK_TEXTS).collect();
    let found = parallel::map(tasks.len(), Reader::default, |reader, task| {
        reader.found.clear();
        for &text in tasks[task] {
            reader.read(texts, text, shared.get(text as usize), grain, &steps);
        }
        Partitioned::of(&reader.found, FoundRun::hash)
    });
    drop(steps);
    let proposed = parallel::map(REGIONS, Earliest::default, |earliest, region| {
        let runs = || found.iter().flat_map(|of_task| of_task.region(region));
        earliest.propose(runs, rank)
    });
    drop(found);
    let mut pairs = Vec::with_capacity(proposed.iter().map(|it| it.pairs.len()).sum());
    let mut repeating = Vec::new();
    for by_runs in proposed {
        pairs.extend(by_runs.pairs);
        repeating.extend(by_runs.repeating);
    }
    parallel::sort(&mut pairs);
    pairs.dedup();
    repeating.sort_unstable();
    repeating.dedup();
    ByRuns { pairs, repeating }
}

/// A run in a text. In three parts of four bytes, as there are many.
#[derive(Clone, Copy, Debug)]
struct FoundRun {
    hash: [u32; 2],
    text: u32,
}

impl FoundRun {
    fn hash(&self) -> u64 {
        u64::from(self.hash[0]) << 32 | u64::from(self.hash[1])
    }
}

/// The memory of one core for the texts of each run.
#[derive(Default)]
struct Earliest {
    numbers: Numbering,
    /// Of each run the earliest text that has it, and the one that was read last.
    of_runs: Vec<[u32; 2]>,
}

impl Earliest {
    /// Proposes the earliest text of each run with each other one that has it. `runs` yields those
    /// of one text after another, as often as it is called.
    fn propose<'r, I: Iterator<Item = &'r FoundRun>>(
        &mut self,
        runs: impl Fn() -> I,
        rank: &[u32],
    ) -> ByRuns {
        let Earliest { numbers, of_runs } = self;
        // It grows: a text that repeats itself has few different runs.
        numbers.clear(0);
        of_runs.clear();
        let mut repeating = Vec::new();
        for run in runs() {
            let text = run.text;
            let Some([earliest, last]) = of_runs.get_mut(numbers.number(run.hash()) as usize)
            else {
                of_runs.push([text; 2]);
                continue;
            };
            if *last == text && repeating.last() != Some(&text) {
                repeating.push(text);
            }
            *last = text;
            if rank[text as usize] < rank[*earliest as usize] {
                *earliest = text;
            }
        }
        let mut pairs = Vec::new();
        for run in runs() {
            let Some(number) = numbers.find(run.hash()) else { continue };
            let pair = [of_runs[number as usize][0], run.text];
            // Runs that follow each other mostly have one earliest text.
            if pair[0] != pair[1] && pairs.last() != Some(&pair) {
                pairs.push(pair);
            }
        }
        pairs.sort_unstable();
        pairs.dedup();
        ByRuns { pairs, repeating }
    }
}

/// Which fingerprints are followed by another as in several places.
struct Steps {
    /// Nothing if a run may have one fingerprint alone.
    several: Option<Several>,
    window: usize,
}

impl Steps {
    fn count(texts: &[u32], shared: &Fingerprints, grain: &Grain) -> Self {
        let several = (grain.shingles_of_run() >= 2 * grain.window).then(|| {
            let mut counters = Counters::for_keys(ROOM * shared.items().len());
            count(
                &mut counters,
                texts,
                TASK_TEXTS,
                || (),
                |(), text, keys| {
                    let steps = shared.get(text as usize).windows(2);
                    steps.for_each(|pair| keys.push(step(&pair[0], &pair[1])));
                },
            );
            counters.several()
        });
        Steps { several, window: grain.window }
    }

    /// Whether two fingerprints that follow each other may be of one run.
    fn connect(&self, a: &Occurrence, b: &Occurrence) -> bool {
        (b.place - a.place) as usize <= self.window
            && self.several.as_ref().is_none_or(|several| several.has(step(a, b)))
    }
}

fn step(a: &Occurrence, b: &Occurrence) -> u64 {
    let keys = u64::from(a.key) << 32 | u64::from(b.key);
    mix(keys ^ u64::from(b.place - a.place).wrapping_mul(0x9E37_79B9_7F4A_7C15))
}

/// The memory of one core.
#[derive(Default)]
struct Reader {
    scratch: Scratch,
    buffer: String,
    hashes: Vec<u64>,
    found: Vec<FoundRun>,
}

impl Reader {
    /// Adds the runs of a text that another text may have.
    fn read(
        &mut self,
        texts: Searched<'_>,
        text: u32,
        occurrences: &[Occurrence],
        grain: &Grain,
        steps: &Steps,
    ) {
        let Reader { scratch, buffer, hashes, found } = self;
        let mut ranges = starts(occurrences, grain, steps).peekable();
        if ranges.peek().is_none() {
            return;
        }
        let units = grain.read_units(texts.articles.text(text as usize, buffer), scratch);
        let mut next = 0;
        for [start, end] in ranges {
            let start = start.max(next);
            let last = (end + grain.min_units - 1).min(units.len());
            runs(units.get(start..last).unwrap_or_default(), grain.min_units, hashes);
            let run = |&hash: &u64| FoundRun { hash: [(hash >> 32) as u32, hash as u32], text };
            found.extend(hashes.iter().map(run));
            next = end;
        }
    }
}

/// Where the runs may start that have a shared fingerprint in every window, as ranges of places,
/// ascending.
fn starts(
    occurrences: &[Occurrence],
    grain: &Grain,
    steps: &Steps,
) -> impl Iterator<Item = [usize; 2]> {
    let (window, shingles) = (grain.window, grain.shingles_of_run());
    let range = move |chain: &[Occurrence]| {
        let [first, last] = [chain[0], chain[chain.len() - 1]].map(|it| it.place as usize);
        let start = (first + 1).saturating_sub(window);
        let end = (last + window + 1).saturating_sub(shingles);
        (start < end).then_some([start, end])
    };
    occurrences.chunk_by(|a, b| steps.connect(a, b)).filter_map(range)
}
