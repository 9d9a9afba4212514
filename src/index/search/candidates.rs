//! From a signed text to candidates, by all roads, over all parts of a view.
//!
//! A part that is a segment lies in memory that is not in any cache. So a road is travelled step by
//! step for all keys together: the notes of all keys are asked for, then all their buckets, then
//! the rows of all articles that these name; the memory answers many questions at once where it
//! would take its time over each.

use std::hint::black_box;

use crate::error::Error;
use crate::index::segment::entry::{Kind, agreeing};
use crate::index::segment::key_table::{Bucket, Stretch, Table};
use crate::index::view::{Part, RecentPart, SegmentPart};
use crate::simd::{Isa, run};

/// Articles that are looked at under a key of a band: the last that came.
const BAND_LIMIT: u32 = 1024;
/// Articles that are sorted before they are looked at, as many may be met again and again.
const MANY: usize = 1024;
/// Entries of one segment under an anchor from which it is not counted who they are: there are too
/// many anyway.
const ANCHOR_CROWD: u32 = 512;

/// What is searched for.
pub(crate) struct Wanted<'a> {
    pub(crate) row: &'a [u8],
    pub(crate) bands: &'a [u32],
    pub(crate) anchors: &'a [u32],
    pub(crate) digest: u64,
    pub(crate) source: Option<&'a str>,
    /// Slots in which two texts must agree that share a band.
    pub(crate) least: u32,
}

/// The limits of the roads, those of a collection that is searched as a whole.
pub(crate) struct Limits {
    /// An anchor in more texts is no road.
    pub(crate) anchor: usize,
    /// Nor one that so many texts of one source have and no other.
    pub(crate) one_source: usize,
    /// The share of the rare anchors of the article with fewer that the other must have.
    pub(crate) least_shared: f64,
}

/// The first article of a text that may match, and what leads to it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Candidate {
    pub(crate) part: u32,
    pub(crate) article: u32,
    /// Slots that agree.
    pub(crate) agreeing: u32,
    /// Whether a band is the same.
    pub(crate) band: bool,
    /// The share of rare anchors, 0 if it is too small.
    pub(crate) share: f64,
    /// Whether its key terms are close.
    pub(crate) story: bool,
}

impl Candidate {
    pub(crate) fn is_story_only(&self) -> bool {
        self.story && !self.band && self.share == 0.0
    }
}

/// The candidate at a place, or a new one there, in candidates that are in order.
pub(crate) fn candidate<'c>(
    found: &'c mut Vec<Candidate>,
    parts: &[Part],
    place: (u32, u32),
    row: &[u8],
) -> Result<&'c mut Candidate, Error> {
    let (part, article) = place;
    let at = match found.binary_search_by_key(&place, |known| (known.part, known.article)) {
        Ok(at) => at,
        Err(at) => {
            let agreeing = agreeing(row, parts[part as usize].row(article)?);
            found.insert(
                at,
                Candidate { part, article, agreeing, band: false, share: 0.0, story: false },
            );
            at
        }
    };
    Ok(&mut found[at])
}

/// Working memory of a search.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    stretches: Vec<Stretch>,
    buckets: Vec<Bucket>,
    ids: Vec<u32>,
    /// Those of each part.
    all_buckets: Vec<Bucket>,
    /// The articles that have each key, part and number in one, and where those of a key end.
    hits: Vec<u64>,
    ends: Vec<usize>,
    counts: Vec<u64>,
    seen: Vec<u64>,
    frequencies: Vec<u32>,
}

fn whole(part: u32, article: u32) -> u64 {
    u64::from(part) << 32 | u64::from(article)
}

impl Memory {
    /// Finds where the entries of some keys lie, of each its own table.
    #[inline(always)]
    fn locate<'t>(
        &mut self,
        part: &SegmentPart,
        keys: impl Iterator<Item = (&'t Table, u32)> + Clone,
    ) -> Result<(), Error> {
        let segment = &*part.segment;
        segment.touch(keys.clone().map(|(table, key)| table.touch(key)));
        self.stretches.clear();
        for (table, key) in keys.clone() {
            self.stretches.push(table.stretch(&segment.file, key)?);
        }
        let stretches = keys.clone().zip(&self.stretches);
        segment.touch(
            stretches.flat_map(|((table, key), &stretch)| table.touch_stretch(key, stretch)),
        );
        self.buckets.clear();
        for ((table, key), &stretch) in keys.clone().zip(&self.stretches) {
            self.buckets.push(table.bucket(&segment.file, key, stretch)?);
        }
        segment
            .touch(keys.zip(&self.buckets).map(|((table, _), &bucket)| table.touch_bucket(bucket)));
        Ok(())
    }

    /// The texts that share a band, and enough slots.
    pub(crate) fn near(
        &mut self,
        parts: &[Part],
        wanted: &Wanted<'_>,
        found: &mut Vec<Candidate>,
    ) -> Result<(), Error> {
        for (number, part) in parts.iter().enumerate() {
            self.ids.clear();
            match part {
                Part::Segment(part) => run(Isa::best(), || self.near_in_segment(part, wanted))?,
                Part::Recent(part) => self.near_in_recent(part, wanted),
            }
            // A few that are met twice are looked at twice, which costs less than to sort them all.
            if self.ids.len() > MANY {
                self.ids.sort_unstable();
                self.ids.dedup();
            }
            if let Part::Segment(part) = part {
                black_box(self.ids.iter().fold(0, |sum, &id| sum ^ part.segment.touch_row(id)));
            }
            for &article in &self.ids {
                let agreeing = agreeing(wanted.row, part.row(article)?);
                if agreeing >= wanted.least {
                    let part = number as u32;
                    found.push(Candidate {
                        part,
                        article,
                        agreeing,
                        band: true,
                        share: 0.0,
                        story: false,
                    });
                }
            }
        }
        found.sort_unstable_by_key(|candidate| (candidate.part, candidate.article));
        found.dedup_by_key(|candidate| (candidate.part, candidate.article));
        Ok(())
    }

    #[inline(always)]
    fn near_in_segment(&mut self, part: &SegmentPart, wanted: &Wanted<'_>) -> Result<(), Error> {
        let tables = &part.segment.directory.bands;
        // One may have lost its entries with a damaged block; the others do.
        if tables.iter().all(|table| table.entries == 0) {
            return Ok(());
        }
        let keys = || tables.iter().zip(wanted.bands.iter().copied());
        self.locate(part, keys())?;
        for ((table, key), &bucket) in keys().zip(&self.buckets) {
            table.articles(&part.segment.file, key, bucket, BAND_LIMIT, |article| {
                self.ids.push(article);
            })?;
        }
        Ok(())
    }

    fn near_in_recent(&mut self, part: &RecentPart, wanted: &Wanted<'_>) {
        let keys = wanted.bands.iter().zip(0..);
        let touch = |all, (&key, band)| all ^ part.recent.touch(Kind::Band(band), key);
        black_box(keys.fold(0, touch));
        for (&key, band) in wanted.bands.iter().zip(0..) {
            let end = self.ids.len() + BAND_LIMIT as usize;
            part.recent.find(Kind::Band(band), key, part.len, |article| {
                self.ids.push(article);
                self.ids.len() < end
            });
        }
    }

    /// The texts that share two rare anchors or more, and enough of those that are rare. How many
    /// texts have an anchor is left in the memory, to be asked for by its place.
    pub(crate) fn far(
        &mut self,
        parts: &[Part],
        wanted: &Wanted<'_>,
        limits: &Limits,
        found: &mut Vec<Candidate>,
    ) -> Result<(), Error> {
        run(Isa::best(), || self.look_up(parts, Kind::Anchor, wanted.anchors, limits.anchor))?;
        let itself = itself(parts, wanted.digest)?;
        for frequency in &mut self.frequencies {
            *frequency = frequency.saturating_add_signed(itself);
        }
        let (mut kept, mut start) = (wanted.anchors.len(), 0);
        self.counts.clear();
        for (&frequency, &end) in self.frequencies.iter().zip(&self.ends) {
            let bucket = &self.hits[start..end];
            start = end;
            if frequency as usize > limits.anchor
                || is_of_one_source(parts, wanted, bucket, frequency, limits)?
            {
                kept -= 1;
            } else {
                self.counts.extend_from_slice(bucket);
            }
        }
        run(Isa::best(), || self.keep_repeated());
        for same in self.counts.chunk_by(|a, b| a == b) {
            let (part, article) = ((same[0] >> 32) as u32, same[0] as u32);
            let place = &parts[part as usize];
            let least = kept.min(usize::from(place.facts(article)?.anchors)).max(1);
            let share = (same.len() + 1) as f64 / least as f64;
            if share >= limits.least_shared {
                candidate(found, parts, (part, article), wanted.row)?.share = share;
            }
        }
        Ok(())
    }

    /// Leaves of the counts, which most have once, those that come again, without their first time,
    /// sorted.
    #[inline(always)]
    fn keep_repeated(&mut self) {
        // A number that comes again falls on a bit that is set, few others do.
        let bits = (16 * self.counts.len()).next_power_of_two().max(64);
        self.seen.clear();
        self.seen.resize(bits / 32, 0);
        let seen = &mut self.seen;
        // The lower half of a word tells what was seen, the upper half what was seen again.
        let bit = |count: u64| {
            let hash = (count.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32) as usize & (bits - 1);
            (hash / 32, 1u64 << (hash % 32))
        };
        for &count in &self.counts {
            let (word, bit) = bit(count);
            seen[word] |= (seen[word] & bit) << 32 | bit;
        }
        // Which are kept nobody can guess, so nothing branches on it.
        let mut kept = 0;
        for i in 0..self.counts.len() {
            let count = self.counts[i];
            let (word, bit) = bit(count);
            self.counts[kept] = count;
            kept += usize::from(seen[word] & bit << 32 != 0);
        }
        self.counts.truncate(kept);
        self.counts.sort_unstable();
        let mut before = u64::MAX;
        self.counts.retain(|&count| std::mem::replace(&mut before, count) == count);
    }

    /// Looks some keys up in the tables of a kind: which articles have each, and how many there
    /// are. Of a key that more than `limit` have, not all articles are told.
    #[inline(always)]
    fn look_up(
        &mut self,
        parts: &[Part],
        kind: Kind,
        keys: &[u32],
        limit: usize,
    ) -> Result<(), Error> {
        self.all_buckets.clear();
        for part in parts {
            self.buckets.clear();
            match part {
                Part::Segment(part) => {
                    let table = part.segment.directory.table(kind);
                    if table.entries > 0 {
                        self.locate(part, keys.iter().map(|&key| (table, key)))?;
                    }
                }
                Part::Recent(part) => {
                    black_box(keys.iter().fold(0, |all, &key| all ^ part.recent.touch(kind, key)));
                }
            }
            self.buckets.resize(keys.len(), Bucket::default());
            self.all_buckets.append(&mut self.buckets);
        }
        self.hits.clear();
        self.ends.clear();
        self.frequencies.clear();
        for (i, &key) in keys.iter().enumerate() {
            let (before, mut crowds) = (self.hits.len(), 0);
            let known: usize = (0..)
                .zip(parts)
                .filter(|(_, part)| is_counted(part, kind))
                .map(|(number, _)| self.all_buckets[number * keys.len() + i].entries as usize)
                .sum();
            // The article itself may be in every part.
            let is_crowded = known > limit + parts.len();
            for (number, part) in parts.iter().enumerate() {
                let hits = &mut self.hits;
                let part_before = hits.len();
                match part {
                    Part::Segment(part) => {
                        let bucket = self.all_buckets[number * keys.len() + i];
                        if bucket.entries > ANCHOR_CROWD
                            || is_crowded && is_counted(&parts[number], kind)
                        {
                            crowds += u64::from(bucket.entries);
                        } else if bucket.entries > 0 {
                            let table = part.segment.directory.table(kind);
                            let hit = |article| hits.push(whole(number as u32, article));
                            table.articles(&part.segment.file, key, bucket, ANCHOR_CROWD, hit)?;
                        }
                    }
                    Part::Recent(part) => part.recent.find(kind, key, part.len, |article| {
                        hits.push(whole(number as u32, article));
                        hits.len() - part_before < ANCHOR_CROWD as usize
                    }),
                }
            }
            self.frequencies.push((self.hits.len() - before) as u32 + crowds.min(1 << 30) as u32);
            self.ends.push(self.hits.len());
        }
        Ok(())
    }

    /// How many texts have each of the keys that were looked up last, the one that was searched for
    /// among them.
    pub(crate) fn frequencies(&self) -> &[u32] {
        &self.frequencies
    }
}

/// Whether the number of entries in a bucket tells how many articles have its key, as far as its
/// bits are kept.
fn is_counted(part: &Part, kind: Kind) -> bool {
    matches!(part, Part::Segment(part) if part.segment.directory.table(kind).is_of_keys())
}

/// By how much the texts that have a key of a text are more than the articles that were counted:
/// the text itself is one more, unless it is there already, and may be there in several parts.
pub(crate) fn itself(parts: &[Part], digest: u64) -> Result<i32, Error> {
    let mut itself = 1;
    for part in parts {
        let (mut there, mut found) = (false, Vec::new());
        part.find(Kind::Digest, digest, |article| found.push(article))?;
        for article in found {
            there |= part.facts(article)?.digest == digest;
        }
        itself -= i32::from(there);
    }
    Ok(itself)
}

/// Whether enough texts have an anchor to tell that only one source has it.
fn is_of_one_source(
    parts: &[Part],
    wanted: &Wanted<'_>,
    bucket: &[u64],
    frequency: u32,
    limits: &Limits,
) -> Result<bool, Error> {
    let Some(source) = wanted.source.filter(|_| frequency as usize >= limits.one_source) else {
        return Ok(false);
    };
    for &hit in bucket {
        if parts[(hit >> 32) as usize].source(hit as u32)? != Some(source) {
            return Ok(false);
        }
    }
    Ok(true)
}
