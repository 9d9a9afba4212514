//! Segments put together, so that a query has few to look into.
//!
//! Segments are of tiers, each of which holds four times as many articles as the one below. When
//! four or more of one tier lie side by side they are merged into one of the next, on a thread of
//! their own, while the index goes on; the next commit puts it in their place. So an article is
//! written once a tier, and of each there are three segments once merges have caught up, but for
//! the highest, whose segments of a million articles stay as they are. Neighbours alone are merged:
//! segments keep the order in which their articles came, and old ones expire as a whole.

use std::ops::Range;
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use crate::error::Error;
use crate::index::segment::reader::{KIND, MOST, Segment};
use crate::index::segment::schema::Shape;
use crate::index::segment::tombstones::Removed;
use crate::index::store::blocks::BlockWriter;
use crate::index::store::names::Names;
use crate::index::store::storage::Storage;
use crate::index::view::{Part, SegmentPart};
use crate::index::write::build::{Plan, build};

/// Segments that are merged into one of the next tier.
const TOGETHER: usize = 4;
/// Keys of all articles of a segment at most, of one kind: far more than a million ordinary
/// articles have.
const MOST_KEYS: u64 = 1 << 29;

/// Parts that are being merged: segments, or the newest articles.
pub(crate) struct Merging {
    inputs: Vec<Part>,
    names: Names,
    pub(crate) number: u64,
    thread: JoinHandle<Result<Merged, Error>>,
}

/// What they were merged into.
pub(crate) struct Merged {
    /// None if nothing is left of them.
    segment: Option<Arc<Segment>>,
    /// For each of them and each of its articles, its new number.
    places: Vec<Vec<u32>>,
}

/// Which segments to merge next.
pub(crate) fn choose(segments: &[SegmentPart], shape: &Shape) -> Option<Range<usize>> {
    let tier = |part: &SegmentPart| {
        let articles = part.segment.articles().max(1).div_ceil(shape.recent_most.max(1));
        articles.ilog(TOGETHER as u32)
    };
    let tiers: Vec<u32> = segments.iter().map(tier).collect();
    let highest = tiers.iter().max().copied().unwrap_or_default();
    for tier in 0..=highest {
        // Neighbours up to this tier; smaller ones caught between such are taken along.
        let mut start = 0;
        for group in tiers.split(|&other| other > tier) {
            let of_tier: Vec<usize> = (0..group.len()).filter(|&i| group[i] == tier).collect();
            // As many as there are: the more wait, the fewer times each is written.
            for last in (TOGETHER..=of_tier.len()).rev() {
                let range = start + of_tier[0]..start + of_tier[last - 1] + 1;
                if fits(&segments[range.clone()]) {
                    return Some(range);
                }
            }
            start += group.len() + 1;
        }
    }
    // What has lost a third of its articles is worth writing anew.
    let worn = |part: &SegmentPart| part.removed.len() > part.segment.articles() / 3;
    segments.iter().position(worn).map(|at| at..at + 1)
}

/// The last segments, from the first that has fewer articles than all after it together.
pub(crate) fn small(segments: &[SegmentPart]) -> Option<Range<usize>> {
    let articles = |part: &SegmentPart| u64::from(part.segment.articles() - part.removed.len());
    let sizes: Vec<u64> = segments.iter().map(articles).collect();
    let first = (0..sizes.len()).find(|&i| sizes[i] < sizes[i + 1..].iter().sum())?;
    // Where they are too many for one, the later are put together.
    (first..sizes.len() - 1).find(|&i| fits(&segments[i..])).map(|i| i..sizes.len())
}

/// Whether some segments may be one.
pub(crate) fn fits(segments: &[SegmentPart]) -> bool {
    let articles = |part: &SegmentPart| u64::from(part.segment.articles() - part.removed.len());
    let keys = |part: &SegmentPart| {
        let directory = &part.segment.directory;
        directory.by_anchor.entries.max(directory.by_story.entries)
    };
    segments.iter().map(articles).sum::<u64>() <= u64::from(MOST)
        && segments.iter().map(keys).sum::<u64>() <= MOST_KEYS
}

/// Writes the articles of some parts that are not gone into a segment of this number, and opens it.
pub(crate) fn write(
    storage: &dyn Storage,
    names: Names,
    parts: &[Part],
    number: u64,
    shape: &Shape,
    texts: u64,
) -> Result<Merged, Error> {
    write_plan(storage, names, parts, Plan::of(parts)?, number, shape, texts)
}

/// Writes those articles of a damaged segment that are whole and not gone into another.
pub(crate) fn salvage(
    storage: &dyn Storage,
    names: Names,
    damaged: SegmentPart,
    number: u64,
    shape: &Shape,
    texts: u64,
) -> Result<Merged, Error> {
    let part = Part::Segment(damaged);
    let plan = Plan::salvage(&part);
    write_plan(storage, names, &[part], plan, number, shape, texts)
}

fn write_plan(
    storage: &dyn Storage,
    names: Names,
    parts: &[Part],
    plan: Plan,
    number: u64,
    shape: &Shape,
    texts: u64,
) -> Result<Merged, Error> {
    let segment = match plan.order.is_empty() {
        true => None,
        false => {
            Some(Arc::new(
                write_planned(storage, names, parts, &plan, number, shape, texts).inspect_err(
                    |_| {
                        // Nobody knows of it; if it cannot be removed now, it is when the index is
                        // opened.
                        let _ = storage.remove(&names.segment(number));
                    },
                )?,
            ))
        }
    };
    Ok(Merged { segment, places: plan.places })
}

fn write_planned(
    storage: &dyn Storage,
    names: Names,
    parts: &[Part],
    plan: &Plan,
    number: u64,
    shape: &Shape,
    texts: u64,
) -> Result<Segment, Error> {
    let name = names.segment(number);
    let sink = storage.create(&name).map_err(|error| Error::io("create", &name, &error))?;
    let out = BlockWriter::new(sink, &name, KIND);
    build(out, parts, plan, shape, texts)?;
    let bytes = storage.map(&name).map_err(|error| Error::io("map", &name, &error))?;
    Segment::open(bytes, &name, number, shape)
}

impl Merged {
    pub(crate) fn into_part(self) -> Option<SegmentPart> {
        self.segment.map(|segment| SegmentPart { segment, removed: Arc::default() })
    }
}

impl Merging {
    /// Begins to merge some parts into a segment of this number.
    pub(crate) fn start(
        storage: Arc<dyn Storage>,
        names: Names,
        inputs: Vec<Part>,
        number: u64,
        shape: Shape,
        texts: u64,
    ) -> Result<Self, Error> {
        let parts = inputs.clone();
        let merge = move || write(&*storage, names, &parts, number, &shape, texts);
        let thread = thread::Builder::new().spawn(merge);
        let thread = thread.map_err(|error| {
            Error::io("start a thread to write", &names.segment(number), &error)
        })?;
        Ok(Merging { inputs, names, number, thread })
    }

    pub(crate) fn is_finished(&self) -> bool {
        self.thread.is_finished()
    }

    /// Waits for the end, and [puts](put) what was merged into a list of segments.
    pub(crate) fn install(self, segments: &mut Vec<SegmentPart>, commit: u64) -> Result<(), Error> {
        let Merging { inputs, names, number, thread } = self;
        let merged = thread
            .join()
            .map_err(|_| Error::damaged(&names.segment(number), 0, "it could not be merged"))??;
        put(merged, &inputs, segments, commit);
        Ok(())
    }
}

/// Puts what some segments were merged into in their place, or the newest articles after all
/// segments; less what has gone in the meantime, up to a commit.
pub(crate) fn put(merged: Merged, inputs: &[Part], segments: &mut Vec<SegmentPart>, commit: u64) {
    let mut removed = Removed::default();
    let articles = merged.segment.as_ref().map_or(0, |segment| segment.articles());
    let mut at = None;
    for (input, places) in inputs.iter().zip(&merged.places) {
        let mut remove = |gone: &dyn Fn(u32) -> bool| {
            for (article, &place) in (0..).zip(places) {
                if place < articles && gone(article) {
                    removed.insert(place, articles);
                }
            }
        };
        match input {
            Part::Segment(part) => {
                let number = part.segment.number;
                let now = segments.iter().position(|part| part.segment.number == number);
                remove(&|article| now.is_none_or(|now| segments[now].removed.contains(article)));
                at = at.or(now);
                now.map(|now| segments.remove(now));
            }
            Part::Recent(part) => {
                remove(&|article| part.recent.entry(article).is_removed(commit));
                at = Some(segments.len());
            }
        }
    }
    // If all of them were dropped, so is what they were merged into.
    if let (Some(at), Some(segment)) = (at, merged.segment) {
        segments.insert(at, SegmentPart { segment, removed: Arc::new(removed) });
    }
}
