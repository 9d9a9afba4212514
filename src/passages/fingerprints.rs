//! The fingerprints that several texts have.
//!
//! Three readings of the texts: one counts their shingles, one selects fingerprints by
//! [winnowing](super::winnow) and counts these, one keeps those that seem to occur several times.
//! These are sorted, and what one text alone has is dropped. Memory: three to six bits a shingle
//! for the [counters](super::counters), and 12 bytes for each fingerprint that is kept.

use super::counters::{Counters, Keys};
use super::grain::{Grain, Searched};
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

impl Reader {
    /// The shingles of a text.
    fn shingles(&mut self, texts: Searched<'_>, text: u32, grain: &Grain) -> &[u64] {
        let text = texts.articles.text(text as usize, &mut self.buffer);
        grain.read(text, &mut self.scratch)
    }

    /// Selects the fingerprints of a text, but for those that no other text has; calls `select`
    /// with each and returns how far each is from the one before.
    fn select(
        &mut self,
        texts: Searched<'_>,
        text: u32,
        grain: &Grain,
        counters: &Counters,
        mut select: impl FnMut(u64),
    ) -> Box<[u8]> {
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
            found += usize::from(counters.has_several(shingle));
        }
        let selected = winnower.winnow(&choices[..found], shingles.len(), grain.window);
        let (mut gaps, mut last) = (Vec::with_capacity(selected.len()), 0);
        for &place in selected {
            select(shingles[place as usize]);
            push_gap(&mut gaps, place - last);
            last = place;
        }
        gaps.into()
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

/// The places that gaps lead to.
fn places(gaps: &[u8]) -> impl Iterator<Item = usize> {
    let mut place = 0;
    gaps.iter().filter_map(move |&gap| {
        place += usize::from(gap);
        (gap != LONG_GAP).then_some(place)
    })
}

/// The fingerprints that at least two of the texts have, sorted by text and place. `units` is how
/// many words or letters the texts have.
pub(super) fn shared(texts: Searched<'_>, grain: &Grain, units: usize) -> Vec<Occurrence> {
    let mut counters = Counters::for_keys(units / grain.one_in as usize);
    count(&mut counters, texts.numbers, Reader::default, |reader, text, keys| {
        let Reader { scratch, buffer, sample, .. } = reader;
        let shingles = grain.read(texts.articles.text(text as usize, buffer), scratch);
        grain.sample(shingles, sample);
        sample.iter().for_each(|&place| keys.push(shingles[place as usize]));
    });
    // Twice as many as are selected, so that few that one text has are kept.
    let mut selected = Counters::for_keys(4 * units / (grain.window + 1));
    let gaps = count(&mut selected, texts.numbers, Reader::default, |reader, text, keys| {
        reader.select(texts, text, grain, &counters, |shingle| keys.push(other_key(shingle)))
    });
    drop(counters);
    let tasks: Vec<usize> = (0..texts.numbers.len()).step_by(TASK_TEXTS).collect();
    let parts = parallel::map(tasks.len(), Reader::default, |reader, task| {
        let mut found = Vec::new();
        let end = texts.numbers.len().min(tasks[task] + TASK_TEXTS);
        for i in (tasks[task]..end).filter(|&i| !gaps[i].is_empty()) {
            let text = texts.numbers[i];
            let shingles = reader.shingles(texts, text, grain);
            // A text that has changed since may be shorter.
            let of_text = places(&gaps[i]).take_while(|&place| place < shingles.len());
            let several = of_text.map(|place| (shingles[place], place));
            let several = several.filter(|(shingle, _)| selected.has_several(other_key(*shingle)));
            found.extend(several.map(|(it, place)| [(it >> 32) as u32, text, place as u32]));
        }
        found
    });
    drop(gaps);
    let mut all = Vec::with_capacity(parts.iter().map(Vec::len).sum());
    parts.into_iter().for_each(|part| all.extend(part));
    parallel::sort(&mut all);
    let mut shared: Vec<Occurrence> = all
        .chunk_by(|a, b| a[0] == b[0])
        .filter(|group| group[0][1] != group[group.len() - 1][1])
        .flatten()
        .map(|&[key, text, place]| Occurrence { text, place, key })
        .collect();
    drop(all);
    parallel::sort(&mut shared);
    shared
}

/// A key of a shingle whose counter is independent of the first one.
fn other_key(shingle: u64) -> u64 {
    shingle.wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

/// Counts the keys that `read` collects of each text, on all cores; returns what it returns.
pub(super) fn count<S, T: Send>(
    counters: &mut Counters,
    texts: &[u32],
    scratch: impl Fn() -> S + Sync + Send,
    read: impl Fn(&mut S, u32, &mut Keys) -> T + Sync + Send,
) -> Vec<T> {
    let mut all = Vec::with_capacity(texts.len());
    for batch in texts.chunks(TASK_TEXTS * BATCH_TASKS) {
        let tasks: Vec<&[u32]> = batch.chunks(TASK_TEXTS).collect();
        let empty = &*counters;
        let parts = parallel::map(tasks.len(), &scratch, |scratch, task| {
            let mut keys = empty.keys();
            let of_text = tasks[task].iter().map(|&text| read(scratch, text, &mut keys));
            (of_text.collect::<Vec<T>>(), keys)
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
    fn gaps_lead_to_their_places() {
        let all = [0, 1, 70_000, 70_001, 300_000];
        let (mut gaps, mut last) = (Vec::new(), 0);
        for place in all {
            push_gap(&mut gaps, place - last);
            last = place;
        }
        assert!(places(&gaps).eq(all.map(|place| place as usize)));
    }
}
