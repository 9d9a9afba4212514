//! Which texts to compare for passages that were edited, so that no run of the least length is
//! left word for word: those with two rare fingerprints near each other in both, at about the same
//! distance. Fingerprints that both texts have inside passages that were found propose nothing.

use super::aligned::{Match, Proposed, Span, spanning_in_both};
use super::fingerprints::Occurrence;
use super::grain::Grain;
use crate::lsh::postings::Postings;
use crate::parallel;
use crate::sketch::lists::Lists;

/// Fingerprints that more texts have propose nothing.
const MAX_TEXTS: usize = 32;
/// The widest distance between two fingerprints, in lengths of the least passage.
const MAX_DISTANCE: usize = 2;
/// The least distance, in widths of a fingerprint: closer ones are of one phrase.
const MIN_WIDTHS_WORDS: usize = 1;
const MIN_WIDTHS_LETTERS: usize = 3;
/// The most that two distances may differ by, as a part of the least passage.
const MAX_SHIFT: usize = 5;
/// Common fingerprints that are looked at after each, and places of one in a text.
const LOOK_AHEAD: usize = 16;

/// Pairs of texts to be compared, the earlier one first, around the fingerprints that are near each
/// other; sorted, each once. `found` is what was matched already; `rank` the order of time.
pub(super) fn pairs(
    shared: &[Occurrence],
    found: &[Match],
    grain: &Grain,
    rank: &[u32],
) -> Vec<Proposed> {
    let FingerprintLists { all, texts } = fingerprints(shared, found, grain.width);
    let (mut of_texts, mut rest) = (Vec::with_capacity(texts.len()), &all[..]);
    for &(_, count) in &texts {
        let (these, others) = rest.split_at(count);
        of_texts.push(these);
        rest = others;
    }
    let numbers: Vec<u32> = (0..of_texts.len() as u32).collect();
    let keys = |of_text: &&[Fingerprint]| {
        let mut keys: Vec<u32> = of_text.iter().map(|it| it.key).collect();
        keys.dedup();
        keys.into_boxed_slice()
    };
    let keys = Lists::of(of_texts.iter().map(keys).collect());
    let postings = Postings::new(&numbers, |text| keys.get(text as usize), MAX_TEXTS, |_| false);
    let keep = |common: &mut Vec<[usize; 2]>, a: u32, b: u32, _: f64| {
        read_common(of_texts[a as usize], of_texts[b as usize], common);
        near(common, grain).next().is_some()
    };
    let (_, pairs) = postings.pairs(2, Vec::new, keep);
    drop(postings);
    let mut pairs = parallel::map(pairs.len(), Vec::new, |common, i| {
        let (a, b) = pairs[i];
        let [from, to] = [a, b].map(|i| texts[i as usize].0);
        let is_in_order = rank[from as usize] < rank[to as usize];
        let (a, b) = if is_in_order { (a, b) } else { (b, a) };
        read_common(of_texts[a as usize], of_texts[b as usize], common);
        ([a, b].map(|i| texts[i as usize].0), hull(near(common, grain)))
    });
    pairs.sort_unstable();
    pairs
}

/// A fingerprint in a text.
#[derive(Clone, Copy, Debug)]
struct Fingerprint {
    key: u32,
    place: u32,
    /// Whether it lies inside no match.
    is_open: bool,
}

/// The fingerprints of texts, in the order of the texts and their keys.
struct FingerprintLists {
    all: Vec<Fingerprint>,
    /// The number of each text, and how many fingerprints it has.
    texts: Vec<(u32, usize)>,
}

/// The upper bits of a key by which it is known whether it is open anywhere. A few keys are taken
/// for open by mistake, which costs time alone.
const KEY_BITS: u32 = 24;

/// The fingerprints that are open in one text at least.
fn fingerprints(shared: &[Occurrence], found: &[Match], width: usize) -> FingerprintLists {
    let is_open = open(shared, found, width);
    let slot = |it: &Occurrence| (it.key >> (u32::BITS - KEY_BITS)) as usize;
    let mut open_keys = vec![0u64; 1 << KEY_BITS >> 6];
    for (it, _) in shared.iter().zip(&is_open).filter(|(_, is_open)| **is_open) {
        open_keys[slot(it) / 64] |= 1 << (slot(it) % 64);
    }
    let (mut all, mut texts) = (Vec::new(), Vec::new());
    for (it, is_open) in shared.iter().zip(is_open) {
        if open_keys[slot(it) / 64] >> (slot(it) % 64) & 1 == 0 {
            continue;
        }
        match texts.last_mut() {
            Some((text, count)) if *text == it.text => *count += 1,
            _ => texts.push((it.text, 1)),
        }
        all.push(Fingerprint { key: it.key, place: it.place, is_open });
    }
    FingerprintLists { all, texts }
}

/// Which occurrences lie inside no match. Both sides of a match are covered by it.
fn open(shared: &[Occurrence], found: &[Match], width: usize) -> Vec<bool> {
    let sides =
        found.iter().flat_map(|it| [(it.earlier, it.in_earlier()), (it.later, it.in_later())]);
    let mut covered: Vec<(u32, Span)> = sides.collect();
    parallel::sort(&mut covered);
    // Of spans in order, those that end after all before them: both ends ascend.
    let mut last = (u32::MAX, 0);
    covered.retain(|&(text, [_, end])| {
        let is_longer = text != last.0 || end > last.1;
        last = if is_longer { (text, end) } else { last };
        is_longer
    });
    let mut spans = covered.chunk_by(|a, b| a.0 == b.0).peekable();
    let of_text = |occurrences: &[Occurrence]| {
        let text = occurrences[0].text;
        while spans.next_if(|spans| spans[0].0 < text).is_some() {}
        let spans = spans.next_if(|spans| spans[0].0 == text).unwrap_or_default();
        let is_open = |it: &Occurrence| {
            let (first, last) = (it.place as usize, it.place as usize + width);
            let before = spans.partition_point(|(_, [start, _])| *start <= first);
            before.checked_sub(1).is_none_or(|i| spans[i].1[1] < last)
        };
        occurrences.iter().map(is_open).collect::<Vec<bool>>()
    };
    shared.chunk_by(|a, b| a.text == b.text).flat_map(of_text).collect()
}

/// Replaces `common` by the places of the fingerprints that two texts share and of which one at
/// least is open, ascending.
fn read_common(left: &[Fingerprint], right: &[Fingerprint], common: &mut Vec<[usize; 2]>) {
    common.clear();
    let mut rights = right;
    for of_key in left.chunk_by(|a, b| a.key == b.key) {
        let key = of_key[0].key;
        rights = &rights[rights.partition_point(|it| it.key < key)..];
        let same = rights.iter().take_while(|it| it.key == key).take(LOOK_AHEAD);
        common.extend(same.flat_map(|r| {
            let open = of_key.iter().take(LOOK_AHEAD).filter(|l| l.is_open || r.is_open);
            open.map(|l| [l.place, r.place].map(|place| place as usize))
        }));
    }
    common.sort_unstable();
}

/// Of the places of the fingerprints that two texts share, those that are near each other in both
/// and do not overlap, two and two.
fn near<'a>(
    common: &'a [[usize; 2]],
    grain: &Grain,
) -> impl Iterator<Item = [&'a [usize; 2]; 2]> + 'a {
    let max_distance = MAX_DISTANCE * grain.min_units;
    let max_shift = grain.min_units / MAX_SHIFT;
    let widths = if grain.by_letters() { MIN_WIDTHS_LETTERS } else { MIN_WIDTHS_WORDS };
    let min_distance = grain.width * widths;
    common.iter().enumerate().flat_map(move |(i, first)| {
        let later = common[i + 1..].iter().take(LOOK_AHEAD);
        let later = later.filter(|next| next[0] > first[0] && next[1] > first[1]);
        let near = later.filter(move |next| {
            let distance = [next[0] - first[0], next[1] - first[1]];
            (min_distance..=max_distance).contains(&distance[0])
                && distance[0].abs_diff(distance[1]) <= max_shift
        });
        near.map(move |next| [first, next])
    })
}

/// The first and the last of these places in both texts.
fn hull<'a>(near: impl Iterator<Item = [&'a [usize; 2]; 2]>) -> Option<[Span; 2]> {
    let spans = near.map(|[first, next]| [0, 1].map(|side| [first[side], next[side]]));
    spans.reduce(spanning_in_both)
}
