//! The fingerprints that several texts have.
//!
//! Two readings of the texts: one counts their shingles, one selects fingerprints by
//! [winnowing](super::winnow). Of these, those are kept that seem to occur several times, by two
//! [tables](super::counters) one after the other. Each mistakes at most 15 % (1 - e^(-1/6)) of
//! those that occur once, so few of them are left. Some of those kept occur in one text alone,
//! several times.
//! Memory: three to six bits a shingle for the first counters, 5 bytes for each fingerprint and two
//! to three for its counters, and 8 for each that is kept.

use super::counters::{Counters, Keys, Several};
use super::grain::{Grain, Searched};
use super::winnow::{Choice, Winnower};
use crate::parallel;
use crate::shingle::Scratch;
use crate::sketch::lists::Lists;

/// Texts that one core reads at a time.
pub(super) const TASK_TEXTS: usize = 64;
/// Tasks whose keys are collected before they are counted. The more, the less often the counters
/// are fetched from memory: with 16 the search takes some 3 % more time.
const BATCH_TASKS: usize = 48;

/// A place in a text where a fingerprint stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Occurrence {
    /// 32 bits of the shingle.
    pub(super) key: u32,
    /// The first unit.
    pub(super) place: u32,
}

/// The fingerprints of each text, by its number.
pub(super) type Fingerprints = Lists<Occurrence>;

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
        to.push(selected.iter().map(|&place| {
            let key = (shingles[place as usize] >> 32) as u32;
            Occurrence { key, place }
        }));
    }
}

impl Selected {
    /// Adds the fingerprints of a text, ascending by place.
    fn push(&mut self, of_text: impl Iterator<Item = Occurrence>) {
        let (before, mut last) = (self.keys.len(), 0);
        for Occurrence { key, place } in of_text {
            push_gap(&mut self.gaps, place - last);
            self.keys.push(key);
            last = place;
        }
        self.counts.push((self.keys.len() - before) as u32);
    }

    /// Calls `read` with the fingerprints of each text.
    fn for_each(&self, mut read: impl FnMut(&[Occurrence])) {
        let (mut keys, mut gaps) = (self.keys.iter(), self.gaps.iter());
        let mut of_text = Vec::new();
        for &count in &self.counts {
            let mut place = 0;
            of_text.clear();
            of_text.extend(keys.by_ref().take(count as usize).map(|&key| {
                place += next_gap(&mut gaps);
                Occurrence { key, place }
            }));
            read(&of_text);
        }
    }

    fn shrink_to_fit(&mut self) {
        self.keys.shrink_to_fit();
        self.gaps.shrink_to_fit();
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

/// The fingerprints that at least two of the texts have, and a few others, ascending by place.
/// `counters` are those of the shingles.
pub(super) fn shared(texts: Searched<'_>, grain: &Grain, counters: Counters) -> Fingerprints {
    let several = counters.several();
    let tasks: Vec<&[u32]> = texts.numbers.chunks(TASK_TEXTS).collect();
    let mut selected = parallel::map(tasks.len(), Reader::default, |reader, task| {
        let mut selected = Selected::default();
        for &text in tasks[task] {
            reader.select(texts, text, grain, &several, &mut selected);
        }
        selected.shrink_to_fit();
        selected
    });
    drop(several);
    for factor in SPREADING {
        selected = repeated(selected, |key| u64::from(key).wrapping_mul(factor));
    }
    let mut shared = Fingerprints::default();
    shared.reserve(selected.iter().map(|of_task| of_task.keys.len()).sum());
    for (numbers, selected) in tasks.into_iter().zip(selected) {
        let mut numbers = numbers.iter();
        selected.for_each(|of_text| {
            let number = numbers.next().map_or(0, |&number| number as usize);
            while shared.len() < number {
                shared.push([]);
            }
            shared.push(of_text.iter().copied());
        });
    }
    shared
}

/// Odd factors, so that the upper bits of a product choose a counter: another one than those of the
/// shingle, and than those of the product with the other factor.
const SPREADING: [u64; 2] = [0x9E37_79B9_7F4A_7C15, 0xD1B5_4A32_D192_ED03];

/// The fingerprints with a key that occurs several times, and some of the others. The upper bits of
/// `spread` choose the counter of a key.
fn repeated(selected: Vec<Selected>, spread: impl Fn(u32) -> u64 + Sync + Send) -> Vec<Selected> {
    // Room for twice as many keys as there are, so that few that occur once are kept.
    let all: usize = selected.iter().map(|of_task| of_task.keys.len()).sum();
    let mut counters = Counters::for_keys(2 * all);
    let tasks: Vec<u32> = (0..selected.len() as u32).collect();
    count(
        &mut counters,
        &tasks,
        1,
        || (),
        |(), task, keys| {
            selected[task as usize].keys.iter().for_each(|&key| keys.push(spread(key)));
        },
    );
    let several = counters.several();
    // What a task has selected is freed when it is read.
    parallel::map_each(selected, |of_task| {
        let mut kept = Selected::default();
        of_task.for_each(|of_text| {
            let of_text = of_text.iter().filter(|it| several.has(spread(it.key)));
            kept.push(of_text.copied());
        });
        kept.shrink_to_fit();
        kept
    })
}

/// Sorts the fingerprints of each text by their keys, as two texts are compared by these.
pub(super) fn sort_by_key(shared: &mut Fingerprints) {
    let of_texts: Vec<&mut [Occurrence]> =
        shared.iter_mut().filter(|of_text| of_text.len() > 1).collect();
    parallel::map_each(of_texts, <[Occurrence]>::sort_unstable);
}

/// Drops those items from the front of a sorted list that `is_before` is true of: O(log k) time for
/// the first k (J. L. Bentley, A. C. Yao, "An almost optimal algorithm for unbounded searching",
/// Information Processing Letters 5(3), 1976).
pub(super) fn skip<T>(sorted: &[T], is_before: impl Fn(&T) -> bool) -> &[T] {
    let mut reach = 1;
    while sorted.get(reach - 1).is_some_and(&is_before) {
        reach *= 2;
    }
    let (from, to) = (reach / 2, sorted.len().min(reach - 1));
    &sorted[from + sorted[from..to].partition_point(is_before)..]
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
    use crate::hash::mix;

    #[test]
    fn what_occurs_several_times_is_kept_and_little_else() {
        // Of each ten keys nine occur once.
        let key = |i: u32| if i.is_multiple_of(10) { i % 1000 } else { mix(u64::from(i)) as u32 };
        let occurrence = |i: u32| Occurrence { key: key(i), place: i % 1000 };
        let texts: Vec<Vec<Occurrence>> = (0..100)
            .map(|text| (text * 1000..text * 1000 + 1000).map(occurrence).collect())
            .collect();
        let selected = |texts: &[Vec<Occurrence>]| {
            let mut selected = Selected::default();
            texts.iter().for_each(|of_text| selected.push(of_text.iter().copied()));
            selected
        };
        let mut tasks: Vec<Selected> = texts.chunks(7).map(selected).collect();
        let mut others = Vec::new();
        for factor in SPREADING {
            tasks = repeated(tasks, |key| u64::from(key).wrapping_mul(factor));
            let mut kept = [0, 0];
            for of_task in &tasks {
                of_task.for_each(|of_text| {
                    of_text.iter().for_each(|it| kept[usize::from(it.place % 10 != 0)] += 1);
                });
            }
            assert_eq!(kept[0], 10_000);
            others.push(kept[1]);
        }
        // 90,100 keys in 1,048,576 counters: 1 - e^(-0.086) = 0.082. Then some 7,500 in 131,072:
        // 1 - e^(-0.057) = 0.056.
        assert!((6_800..8_000).contains(&others[0]), "{others:?}");
        assert!((300..550).contains(&others[1]), "{others:?}");
    }

    #[test]
    fn a_sorted_list_is_skipped_as_far_as_asked() {
        for len in 0..20 {
            let sorted: Vec<usize> = (0..len).collect();
            for from in 0..=len {
                assert_eq!(skip(&sorted, |&it| it < from), &sorted[from..], "{len}");
            }
        }
    }

    #[test]
    fn gaps_lead_to_their_places() {
        let places = [vec![0, 1, 70_000, 70_001], vec![], vec![3, 5, 255, 510]];
        let occurrence = |&place: &u32| Occurrence { key: place + 1, place };
        let expected: Vec<Vec<Occurrence>> =
            places.iter().map(|of_text| of_text.iter().map(occurrence).collect()).collect();
        let mut selected = Selected::default();
        expected.iter().for_each(|of_text| selected.push(of_text.iter().copied()));
        let mut found = Vec::new();
        selected.for_each(|of_text| found.push(of_text.to_vec()));
        assert_eq!(found, expected);
    }
}
