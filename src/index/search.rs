//! From a signed text to candidates, by all roads, over all parts of a view.
//!
//! A part that is a segment lies in memory that is not in any cache. So a road is travelled step by step for all keys together: the notes
//! of all keys are asked for, then all their bits, then all entries, then the rows of all articles that these name; the memory
//! answers many questions at once where it would take its time over each.

use std::ops::Range;

use super::entry::{Kind, agreeing};
use super::part::{Part, RecentPart, SegmentPart};
use super::table::Table;
use crate::error::Error;

/// Articles that are looked at under a key of a band: the last that came.
const BAND_LIMIT: usize = 1024;
/// Entries of one segment under an anchor from which it is not counted who they are: there are too many anyway.
const ANCHOR_CROWD: u64 = 512;

/// What is searched for.
pub(super) struct Wanted<'a> {
    pub(super) row: &'a [u8],
    pub(super) bands: &'a [u32],
    pub(super) anchors: &'a [u32],
    pub(super) story: &'a [u32],
    pub(super) digest: u64,
    pub(super) source: Option<&'a str>,
    /// Slots in which two texts must agree that share a band.
    pub(super) least: u32,
}

/// The limits of the roads, those of a collection that is searched as a whole.
pub(super) struct Limits {
    /// An anchor in more texts is no road.
    pub(super) anchor: usize,
    /// Nor one that so many texts of one source have and no other.
    pub(super) one_source: usize,
    /// The share of the rare anchors of the article with fewer that the other must have.
    pub(super) least_shared: f64,
    pub(super) story: usize,
}

/// How a candidate was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Found {
    Band,
    Anchor,
    Story,
}

/// The first article of a text that may match.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Candidate {
    pub(super) part: u32,
    pub(super) article: u32,
    pub(super) by: Found,
    /// Slots that agree.
    pub(super) agreeing: u32,
    /// The share of rare anchors.
    pub(super) share: f64,
}

/// Working memory of a search.
#[derive(Debug, Default)]
pub(super) struct Memory {
    notes: Vec<u64>,
    ranges: Vec<Range<u64>>,
    ids: Vec<u32>,
    /// The number of an anchor among those of the text, and an article of a part.
    hits: Vec<(u32, u64)>,
    counts: Vec<u64>,
    frequencies: Vec<u32>,
}

fn whole(part: u32, article: u32) -> u64 {
    u64::from(part) << 32 | u64::from(article)
}

impl Memory {
    /// Finds where the entries of some keys lie, of each its own table.
    fn locate<'t>(
        &mut self,
        part: &SegmentPart,
        keys: impl Iterator<Item = (&'t Table, u32)> + Clone,
    ) -> Result<(), Error> {
        let segment = &*part.segment;
        segment.touch(keys.clone().map(|(table, key)| table.touch(key)));
        self.notes.clear();
        for (table, key) in keys.clone() {
            self.notes.push(table.noted(&segment.file, key)?);
        }
        segment.touch(keys.clone().zip(&self.notes).map(|((table, _), &note)| table.touch_bits(note)));
        self.ranges.clear();
        for ((table, key), &note) in keys.clone().zip(&self.notes) {
            self.ranges.push(table.locate(&segment.file, key, note)?);
        }
        segment.touch(keys.zip(&self.ranges).map(|((table, _), range)| table.touch_entry(range.start)));
        Ok(())
    }

    /// The texts that share a band, and enough slots.
    pub(super) fn near(
        &mut self,
        parts: &[Part],
        wanted: &Wanted<'_>,
        found: &mut Vec<Candidate>,
    ) -> Result<(), Error> {
        for (number, part) in parts.iter().enumerate() {
            self.ids.clear();
            match part {
                Part::Segment(part) => self.near_in_segment(part, wanted)?,
                Part::Recent(part) => self.near_in_recent(part, wanted),
            }
            self.ids.sort_unstable();
            self.ids.dedup();
            if let Part::Segment(part) = part {
                std::hint::black_box(self.ids.iter().fold(0, |sum, &id| sum ^ part.segment.touch_row(id)));
            }
            for &article in &self.ids {
                let agreeing = agreeing(wanted.row, part.row(article)?);
                if agreeing >= wanted.least {
                    let part = number as u32;
                    found.push(Candidate { part, article, by: Found::Band, agreeing, share: 0.0 });
                }
            }
        }
        Ok(())
    }

    fn near_in_segment(&mut self, part: &SegmentPart, wanted: &Wanted<'_>) -> Result<(), Error> {
        let tables = &part.segment.directory.bands;
        // One may have lost its entries with a damaged block; the others do.
        if tables.iter().all(|table| table.entries == 0) {
            return Ok(());
        }
        let keys = || tables.iter().zip(wanted.bands.iter().copied());
        self.locate(part, keys())?;
        for ((table, key), range) in keys().zip(&self.ranges) {
            let start = range.start.max(range.end.saturating_sub(BAND_LIMIT as u64));
            table.articles(&part.segment.file, key, start..range.end, |article| self.ids.push(article))?;
        }
        Ok(())
    }

    fn near_in_recent(&mut self, part: &RecentPart, wanted: &Wanted<'_>) {
        for (&key, band) in wanted.bands.iter().zip(0..) {
            let end = self.ids.len() + BAND_LIMIT;
            part.recent.find(Kind::Band(band), key, part.len, |article| {
                self.ids.push(article);
                self.ids.len() < end
            });
        }
    }

    /// The texts that share two rare anchors or more, and enough of those that are rare. How many texts have an anchor is left in
    /// the memory, to be asked for by its place.
    pub(super) fn far(
        &mut self,
        parts: &[Part],
        wanted: &Wanted<'_>,
        limits: &Limits,
        found: &mut Vec<Candidate>,
    ) -> Result<(), Error> {
        self.look_up(parts, Kind::Anchor, wanted.anchors)?;
        // The text itself is one more, unless it is there already.
        let mut itself = 1;
        for part in parts {
            let mut there = false;
            let mut first = Vec::new();
            part.find(Kind::Digest, wanted.digest, |article| first.push(article))?;
            for article in first {
                there |= part.facts(article)?.digest == wanted.digest;
            }
            itself -= i32::from(there);
        }
        for frequency in &mut self.frequencies {
            *frequency = frequency.saturating_add_signed(itself);
        }
        // Sorted by anchor: the bucket of each lies together.
        let mut kept = wanted.anchors.len();
        let mut start = 0;
        self.counts.clear();
        for (anchor, &frequency) in self.frequencies.iter().enumerate() {
            let len = self.hits[start..].iter().take_while(|hit| hit.0 as usize == anchor).count();
            let bucket = &self.hits[start..start + len];
            start += len;
            if frequency as usize > limits.anchor
                || is_of_one_source(parts, wanted, bucket, frequency, limits)?
            {
                kept -= 1;
            } else {
                self.counts.extend(bucket.iter().map(|hit| hit.1));
            }
        }
        self.counts.sort_unstable();
        for same in self.counts.chunk_by(|a, b| a == b).filter(|same| same.len() >= 2) {
            let (part, article) = ((same[0] >> 32) as u32, same[0] as u32);
            let known = found.binary_search_by_key(&(part, article), |known| (known.part, known.article));
            if known.is_ok() {
                continue;
            }
            let place = &parts[part as usize];
            let least = kept.min(usize::from(place.facts(article)?.anchors)).max(1);
            let share = same.len() as f64 / least as f64;
            if share >= limits.least_shared {
                let agreeing = agreeing(wanted.row, place.row(article)?);
                let at = known.unwrap_or_else(|at| at);
                found.insert(at, Candidate { part, article, by: Found::Anchor, agreeing, share });
            }
        }
        Ok(())
    }

    /// The texts that share a pair of key terms.
    pub(super) fn stories(
        &mut self,
        parts: &[Part],
        wanted: &Wanted<'_>,
        limits: &Limits,
        found: &mut Vec<Candidate>,
    ) -> Result<(), Error> {
        self.look_up(parts, Kind::Story, wanted.story)?;
        self.counts.clear();
        let rare = |hit: &&(u32, u64)| (self.frequencies[hit.0 as usize] as usize) < limits.story;
        self.counts.extend(self.hits.iter().filter(rare).map(|hit| hit.1));
        self.counts.sort_unstable();
        self.counts.dedup();
        for &one in &self.counts {
            let (part, article) = ((one >> 32) as u32, one as u32);
            if let Err(at) = found.binary_search_by_key(&(part, article), |known| (known.part, known.article))
            {
                let agreeing = agreeing(wanted.row, parts[part as usize].row(article)?);
                found.insert(at, Candidate { part, article, by: Found::Story, agreeing, share: 0.0 });
            }
        }
        Ok(())
    }

    /// Looks some keys up in the tables of a kind: which articles have each, and how many there are.
    fn look_up(&mut self, parts: &[Part], kind: Kind, keys: &[u32]) -> Result<(), Error> {
        self.hits.clear();
        self.frequencies.clear();
        self.frequencies.resize(keys.len(), 0);
        for (number, part) in parts.iter().enumerate() {
            let number = number as u32;
            match part {
                Part::Segment(part) => {
                    let table = part.segment.directory.table(kind);
                    if table.entries == 0 {
                        continue;
                    }
                    self.locate(part, keys.iter().map(|&key| (table, key)))?;
                    for (i, (&key, range)) in keys.iter().zip(&self.ranges).enumerate() {
                        let len = range.end - range.start;
                        if len > ANCHOR_CROWD {
                            self.frequencies[i] = self.frequencies[i].saturating_add(len as u32);
                            continue;
                        }
                        let before = self.hits.len();
                        let hits = &mut self.hits;
                        table.articles(&part.segment.file, key, range.clone(), |article| {
                            hits.push((i as u32, whole(number, article)));
                        })?;
                        self.frequencies[i] += (self.hits.len() - before) as u32;
                    }
                }
                Part::Recent(part) => {
                    for (i, &key) in keys.iter().enumerate() {
                        let before = self.hits.len();
                        part.recent.find(kind, key, part.len, |article| {
                            self.hits.push((i as u32, whole(number, article)));
                            self.hits.len() - before < ANCHOR_CROWD as usize
                        });
                        self.frequencies[i] += (self.hits.len() - before) as u32;
                    }
                }
            }
        }
        self.hits.sort_unstable();
        Ok(())
    }

    /// How many texts have each of the keys that were looked up last, the one that was searched for among them.
    pub(super) fn frequencies(&self) -> &[u32] {
        &self.frequencies
    }
}

/// Whether enough texts have an anchor to tell that only one source has it.
fn is_of_one_source(
    parts: &[Part],
    wanted: &Wanted<'_>,
    bucket: &[(u32, u64)],
    frequency: u32,
    limits: &Limits,
) -> Result<bool, Error> {
    let Some(source) = wanted.source.filter(|_| frequency as usize >= limits.one_source) else {
        return Ok(false);
    };
    for &(_, hit) in bucket {
        if parts[(hit >> 32) as usize].source(hit as u32)? != Some(source) {
            return Ok(false);
        }
    }
    Ok(true)
}
