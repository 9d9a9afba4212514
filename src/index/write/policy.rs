//! The merge policy: which segments are merged next.
//!
//! Segments are in tiers, each of which holds four times as many articles as the one below. When
//! four or more of one tier lie side by side, they are merged into one of the next. So an article
//! is written once a tier, and once merges have caught up there are at most three segments of each
//! tier, except of the highest, whose segments of a million articles stay as they are. Only
//! neighbours are merged: segments keep the order in which their articles arrived, and old ones
//! expire as a whole.

use std::ops::Range;
use std::sync::Arc;

use crate::index::limits::{MAX_SEGMENT_ARTICLES, MAX_SEGMENT_KEYS};
use crate::index::segment::leaf::LeafReader;
use crate::index::segment::reader::SegmentReader;

/// Segments that are merged into one of the next tier, at least.
const MERGE_FACTOR: usize = 4;

/// The segments to merge next, if any. A segment of the lowest tier has `lowest` articles at most.
pub(crate) fn choose(segments: &[Arc<SegmentReader>], lowest: u32) -> Option<Range<usize>> {
    let tier = |segment: &Arc<SegmentReader>| {
        segment.len().max(1).div_ceil(lowest.max(1)).ilog(MERGE_FACTOR as u32)
    };
    let tiers: Vec<u32> = segments.iter().map(tier).collect();
    let highest = tiers.iter().max().copied().unwrap_or_default();
    for tier in 0..=highest {
        // Neighbours up to this tier; smaller ones caught between them are merged along.
        let mut start = 0;
        for group in tiers.split(|&other| other > tier) {
            let of_tier: Vec<usize> = (0..group.len()).filter(|&i| group[i] == tier).collect();
            // As many as there are: the more are merged at once, the fewer times each is written.
            for last in (MERGE_FACTOR..=of_tier.len()).rev() {
                let range = start + of_tier[0]..start + of_tier[last - 1] + 1;
                if fits(&segments[range.clone()]) {
                    return Some(range);
                }
            }
            start += group.len() + 1;
        }
    }
    // A segment that has lost a third of its articles is worth rewriting.
    let is_worn = |segment: &Arc<SegmentReader>| segment.tombstones.len() > segment.len() / 3;
    segments.iter().position(is_worn).map(|at| at..at + 1)
}

/// The last segments, from the first that has fewer articles than all after it together: merged
/// when an index is closed.
pub(crate) fn small(segments: &[Arc<SegmentReader>]) -> Option<Range<usize>> {
    let sizes: Vec<u64> = segments.iter().map(|segment| segment.live().into()).collect();
    let first = (0..sizes.len()).find(|&i| sizes[i] < sizes[i + 1..].iter().sum())?;
    // If they are too many for one segment, only the later ones are merged.
    (first..sizes.len() - 1).find(|&i| fits(&segments[i..])).map(|i| i..sizes.len())
}

/// How many of the first segments fit into one, and at least one.
pub(crate) fn fitting(segments: &[Arc<SegmentReader>]) -> usize {
    (1..=segments.len()).rev().find(|&count| fits(&segments[..count])).unwrap_or(1)
}

/// Whether some segments fit into one.
fn fits(segments: &[Arc<SegmentReader>]) -> bool {
    let keys = |segment: &Arc<SegmentReader>| {
        let directory = &segment.file.directory;
        directory.by_anchor.entries.max(directory.by_term.entries)
    };
    let articles: u64 = segments.iter().map(|segment| u64::from(segment.live())).sum();
    articles <= u64::from(MAX_SEGMENT_ARTICLES)
        && segments.iter().map(keys).sum::<u64>() <= MAX_SEGMENT_KEYS
}
