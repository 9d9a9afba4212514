//! The fingerprints that several texts have.
//!
//! Two readings of the texts: one counts their shingles, one selects fingerprints by
//! [winnowing](super::winnow) and counts these. Those that seem to occur several times are sorted,
//! and what one text alone has is dropped. Memory: three to six bits a shingle for the
//! [counters](super::counters), 5 bytes for each fingerprint, and 12 for each that is kept.

use super::counters::{Counters, Keys, Several};
use super::grain::{Grain, Searched};
use super::groups;
use super::winnow::{Choice, Winnower};
use crate::parallel;
use crate::shingle::Scratch;

/// Texts that one core reads at a time.
pub(super) const TASK_TEXTS: usize = 64;
/// Tasks whose keys are collected before they are counted.
const BATCH_TASKS: usize = 16;

/// A place where a fingerprint stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Occurrence {
    /// The number of the text.
    pub(super) text: u32,
    /// The first unit.
    pub(super) place: u32,
    /// 32 bits of the shingle.
    pub(super) key: u32,
}

/// The memory of one core.
#[derive(Default)]
struct Reader {
    scratch: Scratch,
    buffer: String,
    /// The places of the shingles that may become fingerprints.
    sample: Vec<u32>,
    choices: Vec<Choice>,
    winnower: Winnower,
}

/// The fingerprints that were selected of the texts of a task, one text after another.
#[derive(Default)]
struct Selected {
    /// How many each text has.
    counts: Vec<u32>,
    keys: Vec<u32>,
    /// How far each is from the one before in its text, or from the beginning.
    gaps: Vec<u8>,
}

impl Reader {
    /// Selects the fingerprints of a text, but for those that no other text has.
    fn select(
        &mut self,
        texts: Searched<'_>,
        text: u32,
        grain: &Grain,
        several: &Several,
        to: &mut Selected,
    ) {
        let Reader { scratch, buffer, sample, choices, winnower } = self;
        let text = texts.articles.text(text as usize, buffer);
        let shingles = grain.read(text, scratch);
        grain.sample(shingles, sample);
        choices.clear();
        choices.resize(sample.len() + 1, Choice::default());
        let mut found = 0;
        for &place in &*sample {
            // No branch, so that several counters are fetched from memory at a time.
            let shingle = shingles[place as usize];
            choices[found] = Choice { place, key: grain.order(shingle) };
            found += usize::from(several.has(shingle));
        }
        let selected = winnower.winnow(&choices[..found], shingles.len(), grain.window);
        let mut last = 0;
        for &place in selected {
            push_gap(&mut to.gaps, place - last);
            last = place;
        }
        to.keys.extend(selected.iter().map(|&place| (shingles[place as usize] >> 32) as u32));
        to.counts.push(selected.len() as u32);
    }
}

impl Selected {
    /// Calls `read` with each of `texts`, which are those of the task, and the keys and places of
    /// its fingerprints.
    fn for_each(&self, texts: &[u32], mut read: impl FnMut(u32, u32, u32)) {
        let (mut keys, mut gaps) = (self.keys.iter(), self.gaps.iter());
        for (&text, &count) in texts.iter().zip(&self.counts) {
            let mut place = 0;
            for &key in keys.by_ref().take(count as usize) {
                place += next_gap(&mut gaps);
                read(key, text, place);
            }
        }
    }
}

/// A gap that is continued by the next.
const LONG_GAP: u8 = u8::MAX;

fn push_gap(gaps: &mut Vec<u8>, mut gap: u32) {
    while gap >= u32::from(LONG_GAP) {
        gaps.push(LONG_GAP);
        gap -= u32::from(LONG_GAP);
    }
    gaps.push(gap as u8);
}

fn next_gap<'g>(gaps: &mut impl Iterator<Item = &'g u8>) -> u32 {
    let mut whole = 0;
    for &gap in gaps {
        whole += u32::from(gap);
        if gap != LONG_GAP {
            break;
        }
    }
    whole
}

/// Counts the shingles of the texts of `bytes` bytes together that are long enough for a passage.
/// Returns the counters, and of each text how many words or letters it has.
pub(super) fn counted(texts: Searched<'_>, grain: &Grain, bytes: usize) -> (Counters, Vec<u32>) {
    let mut counters = Counters::for_keys(grain.units_of(bytes) / grain.one_in as usize);
    let units =
        count(&mut counters, texts.numbers, TASK_TEXTS, Reader::default, |reader, text, keys| {
            let Reader { scratch, buffer, sample, .. } = reader;
            let text = texts.articles.text(text as usize, buffer);
            let units = grain.read_units(text, scratch).len();
            if units >= grain.min_units {
                let shingles = grain.roll(scratch);
                grain.sample(shingles, sample);
                sample.iter().for_each(|&place| keys.push(shingles[place as usize]));
            }
            units.min(u32::MAX as usize) as u32
        });
    (counters, units)
}

/// The fingerprints that at least two of the texts have, sorted by text and place. `counters` are
/// those of their shingles.
pub(super) fn shared(texts: Searched<'_>, grain: &Grain, counters: Counters) -> Vec<Occurrence> {
    let several = counters.several();
    let tasks: Vec<&[u32]> = texts.numbers.chunks(TASK_TEXTS).collect();
    let selected = parallel::map(tasks.len(), Reader::default, |reader, task| {
        let mut selected = Selected::default();
        for &text in tasks[task] {
            reader.select(texts, text, grain, &several, &mut selected);
        }
        selected.keys.shrink_to_fit();
        selected.gaps.shrink_to_fit();
        selected
    });
    drop(several);
    // Room for twice as many keys as there are, so that few that one text has are kept.
    let all: usize = selected.iter().map(|selected| selected.keys.len()).sum();
    let mut counters = Counters::for_keys(2 * all);
    let numbers: Vec<u32> = (0..selected.len() as u32).collect();
    count(
        &mut counters,
        &numbers,
        1,
        || (),
        |(), task, keys| {
            selected[task as usize].keys.iter().for_each(|&key| keys.push(spread(key)));
        },
    );
    let several = counters.several();
    // What a task has selected is freed when it is read.
    let tasks: Vec<(&[u32], Selected)> = tasks.into_iter().zip(selected).collect();
    let parts = parallel::map_each(tasks, |(numbers, selected)| {
        let mut found = Vec::new();
        selected.for_each(numbers, |key, text, place| {
            if several.has(spread(key)) {
                found.push([key, text, place]);
            }
        });
        found.shrink_to_fit();
        found
    });
    drop(several);
    let mut shared = groups::by_key(parts, |all| {
        keep_shared(all);
        let occurrence = |&[key, text, place]: &[u32; 3]| Occurrence { text, place, key };
        all.iter().map(occurrence).collect()
    });
    parallel::sort(&mut shared);
    shared
}

/// Sorts the fingerprints of each text by their keys, as two texts are compared by these.
pub(super) fn sort_by_key(shared: &mut [Occurrence]) {
    let of_texts: Vec<&mut [Occurrence]> = shared.chunk_by_mut(|a, b| a.text == b.text).collect();
    parallel::map_each(of_texts, |of_text| of_text.sort_unstable_by_key(|it| (it.key, it.place)));
}

/// Those of one text.
pub(super) fn of_text(shared: &[Occurrence], text: u32) -> &[Occurrence] {
    let from_it = &shared[shared.partition_point(|it| it.text < text)..];
    &from_it[..from_it.partition_point(|it| it.text == text)]
}

/// Drops the keys that one text alone has; `all` are sorted keys with their texts and places.
fn keep_shared(all: &mut Vec<[u32; 3]>) {
    let (mut start, mut kept) = (0, 0);
    while start < all.len() {
        let first = all[start];
        let same = all[start..].iter().take_while(|it| it[0] == first[0]).count();
        let end = start + same;
        if all[end - 1][1] != first[1] {
            all.copy_within(start..end, kept);
            kept += same;
        }
        start = end;
    }
    all.truncate(kept);
}

/// A number whose upper bits choose a counter: another one than those of the shingle.
fn spread(key: u32) -> u64 {
    u64::from(key).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

/// Counts the keys that `read` collects of each of `items`, of which a task has `task_items`, on all
/// cores; returns what it returns.
pub(super) fn count<S, T: Send>(
    counters: &mut Counters,
    items: &[u32],
    task_items: usize,
    scratch: impl Fn() -> S + Sync + Send,
    read: impl Fn(&mut S, u32, &mut Keys) -> T + Sync + Send,
) -> Vec<T> {
    let mut all = Vec::with_capacity(items.len());
    for batch in items.chunks(task_items * BATCH_TASKS) {
        let tasks: Vec<&[u32]> = batch.chunks(task_items).collect();
        let empty = &*counters;
        let parts = parallel::map(tasks.len(), &scratch, |scratch, task| {
            let mut keys = empty.keys();
            let of_task = tasks[task].iter().map(|&item| read(scratch, item, &mut keys));
            (of_task.collect::<Vec<T>>(), keys)
        });
        let (returned, keys): (Vec<_>, Vec<_>) = parts.into_iter().unzip();
        counters.count(&keys);
        all.extend(returned.into_iter().flatten());
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_one_text_has_is_dropped() {
        let mut all =
            vec![[1, 5, 0], [1, 5, 9], [2, 4, 0], [2, 5, 3], [7, 4, 1], [8, 1, 1], [8, 2, 1]];
        keep_shared(&mut all);
        assert_eq!(all, [[2, 4, 0], [2, 5, 3], [8, 1, 1], [8, 2, 1]]);
    }

    #[test]
    fn gaps_lead_to_their_places() {
        let (places, texts) = ([[0, 1, 70_000, 70_001], [3, 5, 255, 510]], [7, 9]);
        let mut selected = Selected::default();
        for of_text in &places {
            let mut last = 0;
            for &place in of_text {
                push_gap(&mut selected.gaps, place - last);
                selected.keys.push(place + 1);
                last = place;
            }
            selected.counts.push(of_text.len() as u32);
        }
        let mut found = Vec::new();
        selected.for_each(&texts, |key, text, place| found.push((key, text, place)));
        let expected = texts.iter().zip(&places);
        let expected =
            expected.flat_map(|(&text, places)| places.map(|place| (place + 1, text, place)));
        assert!(found.into_iter().eq(expected));
    }
}
