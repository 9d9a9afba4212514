//! Which texts to compare for what they share word for word.
//!
//! A *run* is a sequence of the least length of a passage. The runs with common fingerprints all
//! along them are hashed, and equal ones grouped; each text of a group is to be compared with the
//! earliest. So a run that any two texts share is found in both, in what they share with the
//! earliest text that has it, and the number of comparisons is linear in the length of the texts,
//! not quadratic in how many share a run.
//!
//! Most common fingerprints are phrases, so what follows them is looked at before the texts are
//! read. Let f and g be the fingerprints that the first and the last window of a run select. In every text that has
//! the run the fingerprints from f to g are the same, at the same distances: a window that begins
//! before the run and reaches beyond f has f, and one that ends after the run and begins before g has
//! g, so that neither selects anything between. If these two windows do not overlap, a run has two
//! fingerprints at least, and only where each is followed by the next as in another text are runs
//! hashed.

use super::counters::{Counters, Several};
use super::fingerprints::{Occurrence, TASK_TEXTS, count};
use super::grain::{Grain, Searched, runs};
use super::groups;
use crate::hash::mix;
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

/// Groups the runs around fingerprints. `shared` are those that several texts have, sorted by text;
/// `rank` is the order of time.
pub(super) fn propose(
    texts: Searched<'_>,
    shared: &[Occurrence],
    grain: &Grain,
    rank: &[u32],
) -> ByRuns {
    let of_texts: Vec<&[Occurrence]> = shared.chunk_by(|a, b| a.text == b.text).collect();
    let steps = Steps::count(&of_texts, grain);
    let tasks: Vec<&[&[Occurrence]]> = of_texts.chunks(TASK_TEXTS).collect();
    let parts = parallel::map(tasks.len(), Reader::default, |reader, task| {
        let mut found = Vec::new();
        for occurrences in tasks[task] {
            reader.read(texts, occurrences, grain, &steps, &mut found);
        }
        found.shrink_to_fit();
        found
    });
    drop(steps);
    // The earliest text of a run and another that has it, or one text that has it twice.
    let mut proposed = groups::by_key(parts, |runs| {
        let mut proposed: Vec<[u32; 2]> = Vec::new();
        for group in runs.chunk_by(|a, b| a[..2] == b[..2]).filter(|group| group.len() > 1) {
            let having = group.iter().map(|run| run[2]);
            let earliest = having.clone().min_by_key(|&text| rank[text as usize]);
            let Some(earliest) = earliest else { continue };
            proposed.extend(having.filter(|&it| it != earliest).map(|other| [earliest, other]));
            proposed.extend(group.windows(2).filter(|it| it[0] == it[1]).map(|it| [it[0][2]; 2]));
        }
        proposed.sort_unstable();
        proposed.dedup();
        proposed
    });
    parallel::sort(&mut proposed);
    proposed.dedup();
    let repeats = |[a, b]: &[u32; 2]| a == b;
    let repeating = proposed.iter().filter(|it| repeats(it)).map(|&[text, _]| text).collect();
    proposed.retain(|it| !repeats(it));
    ByRuns { pairs: proposed, repeating }
}

/// Which fingerprints are followed by another as in several places.
struct Steps {
    /// Nothing if a run may have one fingerprint alone.
    several: Option<Several>,
    window: usize,
}

impl Steps {
    fn count(of_texts: &[&[Occurrence]], grain: &Grain) -> Self {
        let all = of_texts.iter().map(|occurrences| occurrences.len()).sum::<usize>();
        let several = (grain.shingles_of_run() >= 2 * grain.window).then(|| {
            let numbers: Vec<u32> = (0..of_texts.len() as u32).collect();
            let mut counters = Counters::for_keys(ROOM * all);
            count(
                &mut counters,
                &numbers,
                TASK_TEXTS,
                || (),
                |(), text, keys| {
                    let steps = of_texts[text as usize].windows(2);
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
}

impl Reader {
    /// Adds the runs of a text that another text may have: the hash, in two halves, and the text.
    fn read(
        &mut self,
        texts: Searched<'_>,
        occurrences: &[Occurrence],
        grain: &Grain,
        steps: &Steps,
        found: &mut Vec<[u32; 3]>,
    ) {
        let Reader { scratch, buffer, hashes } = self;
        let mut ranges = starts(occurrences, grain, steps).peekable();
        let Some(text) = ranges.peek().map(|_| occurrences[0].text) else { return };
        let units = grain.read_units(texts.articles.text(text as usize, buffer), scratch);
        let mut next = 0;
        for [start, end] in ranges {
            let start = start.max(next);
            let last = (end + grain.min_units - 1).min(units.len());
            runs(units.get(start..last).unwrap_or_default(), grain.min_units, hashes);
            found.extend(hashes.iter().map(|&hash| [(hash >> 32) as u32, hash as u32, text]));
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
