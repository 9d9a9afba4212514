//! Which texts to compare for passages that were edited, so that no run of the least length is
//! left word for word: those with two rare fingerprints near each other in both, at about the same
//! distance. Fingerprints that both texts have inside passages that were found propose nothing.

use std::ops::Range;

use super::aligned::{Match, Proposed, Span, spanning_in_both};
use super::fingerprints::{Fingerprints, Occurrence, skip};
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
    shared: &Fingerprints,
    found: &[Match],
    grain: &Grain,
    rank: &[u32],
) -> Vec<Proposed> {
    let is_open = open(shared, found, grain.width);
    let (texts, keys) = open_keys(shared, &is_open);
    let of_text = |i: u32| {
        let text = texts[i as usize] as usize;
        OfText { fingerprints: shared.get(text), is_open: is_open.get(text) }
    };
    let numbers: Vec<u32> = (0..texts.len() as u32).collect();
    let postings = Postings::new(&numbers, |text| keys.get(text as usize), MAX_TEXTS, |_| false);
    let keep = |common: &mut Vec<[usize; 2]>, a: u32, b: u32, _: f64| {
        read_common(of_text(a), of_text(b), common);
        near(common, grain).next().is_some()
    };
    let (_, pairs) = postings.pairs(2, Vec::new, keep);
    drop(postings);
    let mut pairs = parallel::map(pairs.len(), Vec::new, |common, i| {
        let (a, b) = pairs[i];
        let [from, to] = [a, b].map(|i| texts[i as usize]);
        let is_in_order = rank[from as usize] < rank[to as usize];
        let (a, b) = if is_in_order { (a, b) } else { (b, a) };
        read_common(of_text(a), of_text(b), common);
        ([a, b].map(|i| texts[i as usize]), hull(near(common, grain)))
    });
    pairs.sort_unstable();
    pairs
}

/// The fingerprints of a text, by key, and of each whether it lies inside no match.
#[derive(Clone, Copy)]
struct OfText<'a> {
    fingerprints: &'a [Occurrence],
    is_open: &'a [bool],
}

impl OfText<'_> {
    /// The places of the fingerprints in a range, at most [`LOOK_AHEAD`], and whether each is open.
    fn places(&self, range: Range<usize>) -> impl Iterator<Item = (usize, bool)> {
        let fingerprints = self.fingerprints[range.clone()].iter();
        let open = &self.is_open[range];
        let places = fingerprints.zip(open).map(|(it, &is_open)| (it.place as usize, is_open));
        places.take(LOOK_AHEAD)
    }
}

/// The upper bits of a key by which it is known whether it is open anywhere. A few keys are taken
/// for open by mistake, which costs time alone.
const KEY_BITS: u32 = 24;

/// The keys that are open in one text at least: the texts that have some, and the keys of each.
fn open_keys(shared: &Fingerprints, is_open: &Lists<bool>) -> (Vec<u32>, Lists<u32>) {
    let slot = |it: &Occurrence| (it.key >> (u32::BITS - KEY_BITS)) as usize;
    let mut open = vec![0u64; 1 << KEY_BITS >> 6];
    for (it, _) in shared.items().iter().zip(is_open.items()).filter(|(_, is_open)| **is_open) {
        open[slot(it) / 64] |= 1 << (slot(it) % 64);
    }
    let has_open_key = |it: &&Occurrence| open[slot(it) / 64] >> (slot(it) % 64) & 1 != 0;
    let (mut texts, mut keys) = (Vec::new(), Lists::default());
    for text in 0..shared.len() {
        let of_text = shared.get(text);
        if of_text.iter().any(|it| has_open_key(&it)) {
            let different = of_text.chunk_by(|a, b| a.key == b.key).map(|same| &same[0]);
            keys.push(different.filter(has_open_key).map(|it| it.key));
            texts.push(text as u32);
        }
    }
    (texts, keys)
}

/// Of each occurrence, whether it lies inside no match. Both sides of a match are covered by it.
fn open(shared: &Fingerprints, found: &[Match], width: usize) -> Lists<bool> {
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
    let mut of_text = |text: usize| {
        while spans.next_if(|spans| (spans[0].0 as usize) < text).is_some() {}
        let spans = spans.next_if(|spans| spans[0].0 as usize == text).unwrap_or_default();
        let is_open = move |it: &Occurrence| {
            let (first, last) = (it.place as usize, it.place as usize + width);
            let before = spans.partition_point(|(_, [start, _])| *start <= first);
            before.checked_sub(1).is_none_or(|i| spans[i].1[1] < last)
        };
        shared.get(text).iter().map(is_open)
    };
    let mut all = Lists::default();
    (0..shared.len()).for_each(|text| all.push(of_text(text)));
    all
}

/// Replaces `common` by the places of the fingerprints that two texts share and of which one at
/// least is open, ascending.
fn read_common(left: OfText<'_>, right: OfText<'_>, common: &mut Vec<[usize; 2]>) {
    common.clear();
    // Each key of the shorter list is looked up in the longer: many short texts may have parts of a
    // long one.
    let is_swapped = left.fingerprints.len() > right.fingerprints.len();
    let [short, long] = if is_swapped { [right, left] } else { [left, right] };
    let (mut shorts, mut longs) = (0..0, 0..0);
    for of_key in short.fingerprints.chunk_by(|a, b| a.key == b.key) {
        let key = of_key[0].key;
        shorts = shorts.end..shorts.end + of_key.len();
        let rest = skip(&long.fingerprints[longs.end..], |it| it.key < key);
        let start = long.fingerprints.len() - rest.len();
        let same = rest.iter().take(LOOK_AHEAD).take_while(|it| it.key == key).count();
        longs = start..start + same;
        common.extend(long.places(longs.clone()).flat_map(|(l, long_is_open)| {
            let open = short.places(shorts.clone()).filter(move |it| it.1 || long_is_open);
            open.map(move |(s, _)| if is_swapped { [l, s] } else { [s, l] })
        }));
    }
    common.sort_unstable();
}

/// Of the places of the fingerprints that two texts share, those that are near each other in both
/// and do not overlap, two and two.
fn near<'a>(common: &'a [[usize; 2]], grain: &Grain) -> impl Iterator<Item = [[usize; 2]; 2]> + 'a {
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
        near.map(move |&next| [*first, next])
    })
}

/// The first and the last of these places in both texts.
fn hull(near: impl Iterator<Item = [[usize; 2]; 2]>) -> Option<[Span; 2]> {
    let spans = near.map(|[first, next]| [0, 1].map(|side| [first[side], next[side]]));
    spans.reduce(spanning_in_both)
}
