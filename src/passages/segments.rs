//! One passage, many places: joins the matches of a text to passages.
//!
//! The earliest text of a match is its *center*. Centers are taken in order of time. What the
//! matches of a center cover is cut where many of them begin or end, so that nearly the same
//! texts have all of a passage. Two neighbouring paragraphs that were taken by different papers
//! are thus two passages, while ends that differ by a few words, or in a few of many places, are
//! one end. (passim reconciles the ends of its passages for the same reason, but joins what
//! overlaps in any text: D. Smith, R. Cordell, A. Mullen, "Computational methods for uncovering
//! reprinted texts in antebellum newspapers", American Literary History 27, 2015.)
//!
//! What an earlier center explains, because a passage has its place in both texts already, makes no
//! passage again; but where another text makes one, all that have it are its places. So two texts
//! that share a run have a passage in common, and little is told twice.

use std::collections::HashMap;

use super::aligned::{Match, Span, overlap, spanning};

/// A passage: where it stands in the text that had it first, and in others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PassageOfTexts {
    /// The place in the center comes first. A text has several places if something long was
    /// inserted.
    pub(super) places: Vec<(u32, Span)>,
}

/// Neighbouring passages are one if at least this share of the texts has both.
const MIN_COMMON: f64 = 0.8;

/// A part of a match is explained by a passage that has at least this share of what agrees, at the
/// same places in both texts.
const MIN_EXPLAINED: f64 = 0.9;

/// A match, or the part of it that no earlier center explains.
struct Interval<'m> {
    /// In the center.
    span: Span,
    /// Nothing if the interval is the center's exact duplicates.
    of: Option<&'m Match>,
}

impl Interval<'_> {
    /// How many units of a part of the center agree.
    fn agreeing(&self, part: Span) -> usize {
        let [start, end] = [part[0].max(self.span[0]), part[1].min(self.span[1])];
        match self.of {
            _ if start >= end => 0,
            None => end - start,
            Some(it) => it.within([start, end]).map_or(0, |(_, agreeing)| agreeing),
        }
    }
}

/// Joins matches to passages of at least `min_units`. `rank` is the order of time; `duplicated` are
/// the texts that several articles have, with their lengths.
pub(super) fn passages(
    matches: &[Match],
    duplicated: &[(u32, usize)],
    min_units: usize,
    rank: &[u32],
) -> Vec<PassageOfTexts> {
    let mut by_center: HashMap<u32, Vec<Interval<'_>>> = HashMap::new();
    for it in matches {
        let interval = Interval { span: it.in_earlier(), of: Some(it) };
        by_center.entry(it.earlier).or_default().push(interval);
    }
    for &(text, length) in duplicated.iter().filter(|it| it.1 >= min_units) {
        by_center.entry(text).or_default().push(Interval { span: [0, length], of: None });
    }
    let mut centers: Vec<(u32, Vec<Interval<'_>>)> = by_center.into_iter().collect();
    centers.sort_unstable_by_key(|(center, _)| rank[*center as usize]);
    let mut told = Told::default();
    let mut passages = Vec::new();
    for (center, mut intervals) in centers {
        intervals.sort_by_key(|it| (it.span, it.of.map(|it| it.later)));
        let mut unexplained = told.unexplained(center, &intervals, min_units);
        unexplained.sort_by_key(|it| (it.span, it.of.map(|it| it.later)));
        for island in islands(&unexplained) {
            let mut segments = segments(island, min_units);
            let end = island.iter().map(|it| it.span[1]).max().unwrap_or_default();
            let before_end = &intervals[..intervals.partition_point(|it| it.span[0] < end)];
            segments.extend(across_cuts(&segments, before_end, min_units));
            let mut found = places(center, &segments, island, min_units);
            add_explained(&mut found, before_end, min_units);
            // Of a segment that lies between matches there may be nothing left in another text.
            let has_copies = |segment: Span| {
                island.iter().any(|it| it.of.is_none() && overlap(it.span, segment) > 0)
            };
            found.retain(|places| places.len() > 1 || has_copies(places[0].1));
            for places in found {
                told.add(passages.len(), &places);
                passages.push(PassageOfTexts { places });
            }
        }
    }
    passages
}

/// The passages that each text has so far.
#[derive(Default)]
struct Told {
    places: HashMap<u32, Vec<(usize, Span)>>,
}

impl Told {
    fn add(&mut self, passage: usize, places: &[(u32, Span)]) {
        for &(text, span) in places {
            self.places.entry(text).or_default().push((passage, span));
        }
    }

    fn of(&self, text: u32) -> &[(usize, Span)] {
        self.places.get(&text).map_or(&[], Vec::as_slice)
    }

    /// The parts of the intervals that are in no passage of both texts yet, of at least the least
    /// length.
    fn unexplained<'m>(
        &self,
        center: u32,
        intervals: &[Interval<'m>],
        min_units: usize,
    ) -> Vec<Interval<'m>> {
        let of_center = self.of(center);
        let mut left = Vec::new();
        for interval in intervals {
            // The part of a passage's place in the center that lies in its places in both texts.
            let in_both = |&(passage, span): &(usize, Span)| {
                let Some(it) = interval.of else { return Some(span) };
                let (_, agreeing) = it.within(span)?;
                let places = self.of(it.later).iter().filter(|place| place.0 == passage);
                let parts = places.filter_map(|(_, place)| it.between(span, *place));
                let (part, shared) = parts.reduce(|a, b| (spanning(a.0, b.0), a.1 + b.1))?;
                let missing = it.within(part)?.1.saturating_sub(shared);
                let is_explained = shared as f64 >= MIN_EXPLAINED * agreeing as f64;
                (is_explained && missing < min_units).then_some(part)
            };
            let of_center = of_center.iter().filter(|(_, span)| overlap(*span, interval.span) > 0);
            let mut explained: Vec<Span> = of_center.filter_map(in_both).collect();
            explained.sort_unstable();
            let mut start = interval.span[0];
            for [from, to] in explained.into_iter().chain([[interval.span[1]; 2]]) {
                let rest = Interval { span: [start, from], of: interval.of };
                left.extend(Some(rest).filter(|rest| rest.agreeing(rest.span) >= min_units));
                start = start.max(to);
            }
        }
        left
    }
}

fn length([start, end]: Span) -> usize {
    end - start
}

/// The groups of sorted intervals that overlap or touch.
fn islands<'i, 'm>(intervals: &'i [Interval<'m>]) -> Vec<&'i [Interval<'m>]> {
    let mut islands = Vec::new();
    let (mut start, mut end) = (0, 0);
    for (i, interval) in intervals.iter().enumerate() {
        if i > start && interval.span[0] >= end {
            islands.push(&intervals[start..i]);
            start = i;
        }
        end = end.max(interval.span[1]);
    }
    islands.extend((start < intervals.len()).then(|| &intervals[start..]));
    islands
}

/// Cuts what an island covers into passages of at least the least length.
fn segments(island: &[Interval<'_>], min_units: usize) -> Vec<Span> {
    let pieces = pieces(island, min_units / 2);
    // For each piece, the intervals that have most of it.
    let having: Vec<Vec<u32>> = pieces.iter().map(|&piece| intervals_with(island, piece)).collect();
    let mut segments: Vec<(Span, usize)> = Vec::new();
    for (i, &piece) in pieces.iter().enumerate() {
        match segments.last_mut() {
            Some((span, first)) if are_alike(&having[*first], &having[i]) => span[1] = piece[1],
            _ => segments.push((piece, i)),
        }
    }
    // What is too short goes to the neighbour that has more in common with it.
    while segments.len() > 1
        && let Some(short) = segments.iter().position(|(span, _)| length(*span) < min_units)
    {
        let common = |other: Option<&(Span, usize)>| {
            other.map(|(_, first)| common(&having[*first], &having[segments[short].1]))
        };
        let before = common(short.checked_sub(1).map(|i| &segments[i]));
        let into = if before >= common(segments.get(short + 1)) { short - 1 } else { short };
        let (next, _) = segments.remove(into + 1);
        segments[into].0[1] = next[1];
    }
    segments.into_iter().map(|(span, _)| span).collect()
}

/// The stretches around those cuts at which two texts may part that share enough across the cut,
/// but too little on either side. What they share lies inside.
fn across_cuts(segments: &[Span], intervals: &[Interval<'_>], min_units: usize) -> Vec<Span> {
    let around = |sides: &[Span]| {
        let (cut, reach) = (sides[0][1], min_units - 1);
        let around = [cut.saturating_sub(reach).max(sides[0][0]), (cut + reach).min(sides[1][1])];
        let crossing = intervals.iter().filter(|it| it.span[0] < cut && cut < it.span[1]);
        let has = |it: &Interval<'_>, span| it.agreeing(span) >= min_units;
        let crossing = crossing.filter(|it| has(it, around));
        let [mut before, mut after, mut neither] = [false; 3];
        for it in crossing {
            match [has(it, sides[0]), has(it, sides[1])] {
                [true, true] => {}
                [true, false] => before = true,
                [false, true] => after = true,
                [false, false] => neither = true,
            }
        }
        (neither || (before && after)).then_some(around)
    };
    segments.windows(2).filter_map(around).collect()
}

/// Cuts an island where intervals begin or end. Ends nearer than `tolerance` are one.
fn pieces(island: &[Interval<'_>], tolerance: usize) -> Vec<Span> {
    let mut ends: Vec<usize> = island.iter().flat_map(|it| it.span).collect();
    ends.sort_unstable();
    let (Some(&first), Some(&last)) = (ends.first(), ends.last()) else { return Vec::new() };
    ends.retain(|&end| end > first + tolerance && end + tolerance < last);
    let mut cuts = vec![first];
    let mut rest = &ends[..];
    while let Some(&least) = rest.first() {
        let near = rest.partition_point(|&end| end <= least + tolerance);
        cuts.push(rest[near / 2]);
        rest = &rest[near..];
    }
    cuts.push(last);
    cuts.windows(2).map(|cut| [cut[0], cut[1]]).collect()
}

fn intervals_with(island: &[Interval<'_>], piece: Span) -> Vec<u32> {
    let has_most = |it: &Interval<'_>| 2 * overlap(it.span, piece) >= length(piece);
    (0..).zip(island).filter(|(_, it)| has_most(it)).map(|(i, _)| i).collect()
}

/// How many are in both ascending lists.
fn common(left: &[u32], right: &[u32]) -> usize {
    left.iter().filter(|it| right.binary_search(it).is_ok()).count()
}

/// Whether nearly the same texts have two pieces; the center always has both.
fn are_alike(left: &[u32], right: &[u32]) -> bool {
    let common = common(left, right);
    let all = left.len() + right.len() - common;
    (common + 1) as f64 >= MIN_COMMON * (all + 1) as f64
}

/// Adds the places in texts that the center shares a passage with, and the rest of places, even if
/// an earlier center explains what they share.
fn add_explained(found: &mut [Vec<(u32, Span)>], intervals: &[Interval<'_>], min_units: usize) {
    for places in found {
        let segment = places[0].1;
        let mut there: Vec<(u32, Span, usize)> =
            places.iter().enumerate().map(|(i, &(text, span))| (text, span, i)).collect();
        there.sort_unstable();
        let here = intervals.iter().filter(|it| overlap(it.span, segment) > 0);
        for matched in here.filter_map(|it| it.of) {
            let Some((later, agreeing)) = matched.within(segment) else { continue };
            if agreeing < min_units {
                continue;
            }
            let from = there.partition_point(|place| place.0 < matched.later);
            let of_text = there[from..].iter_mut().take_while(|it| it.0 == matched.later);
            let mut overlapping = of_text.filter(|place| overlap(place.1, later) > 0);
            let Some((_, whole, first)) = overlapping.next() else {
                places.push((matched.later, later));
                continue;
            };
            *whole = spanning(*whole, later);
            for (_, part, i) in overlapping {
                *whole = spanning(*whole, *part);
                (*part, places[*i].1) = ([0; 2], [0; 2]);
            }
            places[*first].1 = *whole;
        }
        places.retain(|(_, span)| length(*span) > 0);
    }
}

/// Where each passage stands: in the center, and in each text that shares enough of it.
fn places(
    center: u32,
    segments: &[Span],
    island: &[Interval<'_>],
    min_units: usize,
) -> Vec<Vec<(u32, Span)>> {
    let mut places: Vec<_> = segments.iter().map(|&segment| vec![(center, segment)]).collect();
    for interval in island {
        let Some(matched) = interval.of else { continue };
        let is_shared = |&i: &usize| interval.agreeing(segments[i]) >= min_units;
        let mut parts: Vec<(usize, Span)> =
            (0..segments.len()).filter(is_shared).map(|i| (i, segments[i])).collect();
        if parts.is_empty() {
            // It lies across passages, and has too little of each. It makes one of its own.
            parts.push((places.len(), interval.span));
            places.push(vec![(center, interval.span)]);
        }
        for (i, [from, to]) in parts {
            let part = [from.max(interval.span[0]), to.min(interval.span[1])];
            places[i].extend(matched.within(part).map(|(later, _)| (matched.later, later)));
        }
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::align::Run;

    fn matched(earlier: u32, later: u32, runs: &[[usize; 3]]) -> Match {
        let run = |&[left, right, len]: &[usize; 3]| Run { left, right, len };
        Match { earlier, later, runs: runs.iter().map(run).collect() }
    }

    /// The first text has an edited copy of the end of what the second, the third and the fourth
    /// share, and so explains a part of what the second and the third share.
    #[test]
    fn what_an_earlier_text_explains_is_part_of_a_place() {
        let edited = [[107, 150, 4], [114, 156, 17], [132, 174, 4], [139, 186, 3], [143, 190, 6]];
        let matches = [
            matched(0, 2, &edited),
            matched(0, 1, &edited.map(|[left, right, len]| [left, right + 39, len])),
            matched(0, 3, &[[107, 148, 4], [114, 154, 17], [132, 172, 4]]),
            matched(1, 2, &[[162, 123, 73]]),
            matched(1, 3, &[[162, 121, 63]]),
            matched(1, 4, &[[180, 100, 40], [220, 141, 5]]),
            matched(1, 5, &[[162, 128, 45]]),
        ];
        let passages = passages(&matches, &[], 25, &[0, 1, 2, 3, 4, 5]);
        // The third text and the fifth share the units 141 to 181 of the third.
        for run in [[141, 166], [150, 175], [156, 181]] {
            let is_there = |&(text, span): &(u32, Span)| text == 2 && overlap(span, run) > 0;
            let is_found = |it: &PassageOfTexts| {
                it.places.iter().any(is_there) && it.places.iter().any(|place| place.0 == 4)
            };
            assert!(passages.iter().any(is_found), "{run:?} of {passages:?}");
        }
    }

    /// Whether some passage has a place in both texts that overlaps these stretches.
    fn is_shared(passages: &[PassageOfTexts], stretches: [(u32, Span); 2]) -> bool {
        passages.iter().any(|PassageOfTexts { places }| {
            stretches.iter().all(|(text, span)| {
                places.iter().any(|place| place.0 == *text && overlap(place.1, *span) > 0)
            })
        })
    }

    /// The first text explains nearly all that the second and the third share, and ends before the
    /// last thirty units of it.
    #[test]
    fn what_is_explained_ends_with_the_place() {
        let matches = [
            matched(0, 1, &[[0, 0, 280], [283, 283, 7]]),
            matched(0, 2, &[[0, 0, 280]]),
            matched(1, 2, &[[0, 0, 280], [280, 290, 30]]),
        ];
        let passages = passages(&matches, &[], 25, &[0, 1, 2]);
        assert!(is_shared(&passages, [(1, [285, 310]), (2, [295, 320])]), "{passages:?}");
    }

    /// The third and the fifth text share thirty units of the second, across the end of what it
    /// shares with the fourth; the first explains what the second and the fifth share.
    #[test]
    fn a_cut_that_only_explained_matches_cross_hides_nothing() {
        let matches = [
            matched(0, 1, &[[60, 200, 100]]),
            matched(0, 4, &[[60, 60, 100]]),
            matched(1, 2, &[[150, 60, 80]]),
            matched(1, 3, &[[215, 60, 26]]),
            matched(1, 4, &[[200, 60, 100]]),
        ];
        let passages = passages(&matches, &[], 25, &[0, 1, 2, 3, 4]);
        assert!(is_shared(&passages, [(2, [110, 140]), (4, [60, 90])]), "{passages:?}");
    }
}
