//! Segments made: of the newest articles, or of older segments.
//!
//! The articles come from *parts*, one after another, less those that are gone. Texts that several
//! parts have are put together: their articles follow the first, and the keys of the first stand
//! for all. Keys are merged table by table, a range of keys at a time: each part gives its entries
//! in order, so that the sort that puts them together finds runs and merges these. Memory is some
//! megabytes and 8 to 30 bytes an article.

use std::collections::HashMap;

use crate::error::Error;
use crate::index::search::weights::{keeps_terms, keeps_words};
use crate::index::segment::entry::{Facts, Kind, encode_terms, id_hash, key};
use crate::index::segment::key_table::{Table, TableWriter};
use crate::index::segment::reader::{Directory, Strings};
use crate::index::segment::schema::Shape;
use crate::index::store::blocks::BlockWriter;
use crate::index::store::wire::Writer;
use crate::index::view::{Part, PartTable};

/// Bits that are kept of a key: so many that a table of a million articles gives a stranger or two.
const BAND_BITS: u32 = 21;
const ANCHOR_BITS: u32 = 24;
const STORY_BITS: u32 = 24;
const OTHER_BITS: u32 = 22;
/// Entries that are sorted at a time.
const AT_ONCE: u64 = 1 << 18;
/// No article.
const GONE: u32 = u32::MAX;

/// Where the articles of the parts go.
pub(crate) struct Plan {
    /// The new articles in order: part and number.
    pub(crate) order: Vec<(u32, u32)>,
    /// Which of them have the text of the one before.
    twins: Vec<bool>,
    /// For each part and article, its new number.
    pub(crate) places: Vec<Vec<u32>>,
    /// For each part and article, the new number of the article that its keys lead to, if they are
    /// to be kept.
    keyed: Vec<Vec<u32>>,
    /// Whether keys that are damaged are passed over.
    tolerant: bool,
}

/// Articles of one text in one part, those that are not gone.
struct Group {
    part: u32,
    /// The one that has the keys, gone or not.
    first: u32,
    digest: u64,
    shingles: u32,
    start: usize,
    end: usize,
}

impl Plan {
    /// Those articles of a damaged segment that are whole and not gone, in order.
    pub(crate) fn salvage(part: &Part) -> Self {
        let all = part.len();
        let mut plan = Plan {
            order: Vec::new(),
            twins: Vec::new(),
            places: vec![vec![GONE; all as usize]],
            keyed: vec![vec![GONE; all as usize]],
            tolerant: true,
        };
        // The first article of the text, and whether its keys have found an article that is kept.
        let (mut first, mut led) = (0, false);
        for article in 0..all {
            if !part.facts(article).is_ok_and(|facts| facts.twin) {
                (first, led) = (article, false);
            }
            if part.is_gone(article) || crate::index::verify::read_article(part, article).is_err() {
                continue;
            }
            let place = plan.order.len() as u32;
            plan.places[0][article as usize] = place;
            plan.order.push((0, article));
            plan.twins.push(led);
            if !led {
                plan.keyed[0][first as usize] = place;
                led = true;
            }
        }
        plan
    }

    /// Nothing, where what is damaged is passed over.
    fn excuse<T>(&self, error: Error) -> Result<Option<T>, Error> {
        if self.tolerant { Ok(None) } else { Err(error) }
    }

    /// Puts the articles of the parts that are not gone in order.
    pub(crate) fn of(parts: &[Part]) -> Result<Self, Error> {
        let mut kept: Vec<u32> = Vec::new();
        let mut groups: Vec<Group> = Vec::new();
        for (number, part) in parts.iter().enumerate() {
            part.for_each_text(|first, members| {
                let Facts { digest, shingles, .. } = part.facts(first)?;
                let start = kept.len();
                for &member in members {
                    if !part.is_gone(member) {
                        kept.push(member);
                    }
                }
                if kept.len() > start {
                    groups.push(Group {
                        part: number as u32,
                        first,
                        digest,
                        shingles,
                        start,
                        end: kept.len(),
                    });
                }
                Ok(())
            })?;
        }
        let leaders = leaders(parts, &groups)?;
        let mut order: Vec<usize> = (0..groups.len()).collect();
        order.sort_by_key(|&group| leaders[group]);
        let mut plan = Plan {
            order: Vec::with_capacity(kept.len()),
            twins: Vec::with_capacity(kept.len()),
            places: parts.iter().map(|part| vec![GONE; part.len() as usize]).collect(),
            keyed: parts.iter().map(|part| vec![GONE; part.len() as usize]).collect(),
            tolerant: false,
        };
        for group in order {
            let leads = leaders[group] == group;
            let Group { part, first, start, end, .. } = groups[group];
            if leads {
                plan.keyed[part as usize][first as usize] = plan.order.len() as u32;
            }
            for (i, &article) in kept[start..end].iter().enumerate() {
                plan.places[part as usize][article as usize] = plan.order.len() as u32;
                plan.order.push((part, article));
                plan.twins.push(!leads || i > 0);
            }
        }
        Ok(plan)
    }
}

/// For each group the first with the same text.
fn leaders(parts: &[Part], groups: &[Group]) -> Result<Vec<usize>, Error> {
    let mut leaders: Vec<usize> = (0..groups.len()).collect();
    if parts.len() == 1 {
        return Ok(leaders);
    }
    let mut order: Vec<usize> = (0..groups.len()).collect();
    order.sort_unstable_by_key(|&group| (groups[group].digest, group));
    for alike in order.chunk_by(|&a, &b| groups[a].digest == groups[b].digest) {
        let leader = &groups[alike[0]];
        for &other in &alike[1..] {
            let group = &groups[other];
            let same = group.shingles == leader.shingles
                && group.shingles > 0
                && parts[group.part as usize].row(group.first)?
                    == parts[leader.part as usize].row(leader.first)?;
            if same {
                leaders[other] = alike[0];
            }
        }
    }
    Ok(leaders)
}

/// Writes a segment of the articles of some parts, in an index of so many texts.
pub(crate) fn build(
    mut out: BlockWriter,
    parts: &[Part],
    plan: &Plan,
    shape: &Shape,
    texts: u64,
) -> Result<u64, Error> {
    let articles = plan.order.len() as u32;
    let mut directory = Directory { articles, ..Directory::default() };
    let at = |&(part, article): &(u32, u32)| (&parts[part as usize], article);

    out.align(64)?;
    directory.rows = out.position();
    for (part, article) in plan.order.iter().map(at) {
        out.write(part.row(article)?)?;
    }
    let (sources, clusters) = write_facts(&mut out, parts, plan, &mut directory)?;
    let ids = plan.order.iter().map(at).map(|(part, article)| part.id(article));
    directory.ids = write_strings(&mut out, ids.map(|id| id.map(str::as_bytes)))?;
    directory.sources =
        write_strings(&mut out, sources.iter().map(|source| Ok(source.as_bytes())))?;
    if shape.texts {
        directory.kept =
            write_strings(&mut out, plan.order.iter().map(at).map(|(part, i)| part.kept_text(i)))?;
    }
    let keeps_terms = |digest| keeps_terms(digest, texts, shape);
    (directory.termed, directory.terms) = write_terms(&mut out, parts, plan, keeps_terms)?;
    let keeps_words = |digest| keeps_words(digest, texts, shape);
    (directory.worded, directory.words) = write_words(&mut out, parts, plan, keeps_words)?;
    (directory.clustered, directory.clusters) = write_numbered(&mut out, clusters)?;

    let mut tables =
        Tables { parts, plan, articles, entries: Vec::new(), sorted: Vec::new(), runs: Vec::new() };
    for band in 0..shape.bands as u32 {
        directory.bands.push(tables.write(&mut out, Kind::Band(band), BAND_BITS)?);
    }
    directory.by_anchor = tables.write(&mut out, Kind::Anchor, ANCHOR_BITS)?;
    directory.by_story = tables.write(&mut out, Kind::Story, STORY_BITS)?;
    directory.by_id = tables.write(&mut out, Kind::Id, OTHER_BITS)?;
    directory.by_digest = tables.write(&mut out, Kind::Digest, OTHER_BITS)?;
    directory.by_cluster = tables.write(&mut out, Kind::Cluster, OTHER_BITS)?;

    out.align(8)?;
    let root = out.position();
    out.write(&directory.encode())?;
    out.finish(root)
}

/// Writes the facts; gives the sources in their new order and the clusters.
#[expect(clippy::type_complexity, reason = "two lists")]
fn write_facts<'p>(
    out: &mut BlockWriter,
    parts: &'p [Part],
    plan: &Plan,
    directory: &mut Directory,
) -> Result<(Vec<String>, Vec<(u32, &'p str)>), Error> {
    let mut numbers: HashMap<&str, u32> = HashMap::new();
    let (mut sources, mut clusters) = (Vec::new(), Vec::new());
    let mut encoded = Writer::default();
    directory.facts = out.position();
    for (new, (&(part, article), &twin)) in plan.order.iter().zip(&plan.twins).enumerate() {
        let part = &parts[part as usize];
        let mut facts: Facts = part.facts(article)?;
        facts.twin = twin;
        // A source or a cluster that is damaged is no reason to lose the article.
        let source = part.source(article).or_else(|error| plan.excuse(error))?;
        let cluster = part.cluster(article).or_else(|error| plan.excuse(error))?;
        facts.source = match source {
            None => 0,
            Some(source) => *numbers.entry(source).or_insert_with(|| {
                sources.push(source.to_owned());
                sources.len() as u32
            }),
        };
        match (facts.date, &mut directory.dates) {
            (None, _) => directory.undated += 1,
            (Some(date), None) => directory.dates = Some((date, date)),
            (Some(date), Some((first, last))) => {
                (*first, *last) = ((*first).min(date), (*last).max(date));
            }
        }
        directory.texts += u32::from(!twin && facts.shingles > 0);
        if let Some(cluster) = cluster {
            clusters.push((new as u32, cluster));
        }
        encoded.bytes.clear();
        facts.encode(&mut encoded);
        out.write(&encoded.bytes)?;
    }
    Ok((sources, clusters))
}

/// Writes strings: where each ends, then all their bytes. They are gone through twice.
fn write_strings<'a>(
    out: &mut BlockWriter,
    strings: impl Iterator<Item = Result<&'a [u8], Error>> + Clone,
) -> Result<Strings, Error> {
    out.align(8)?;
    let (ends, mut end, mut count) = (out.position(), 0u64, 0);
    for string in strings.clone() {
        end += string?.len() as u64;
        count += 1;
        out.write(&end.to_le_bytes())?;
    }
    let bytes = out.position();
    for string in strings {
        out.write(string?)?;
    }
    Ok(Strings { count, ends, bytes })
}

/// Writes the key terms of the texts whose digests are wanted.
fn write_terms(
    out: &mut BlockWriter,
    parts: &[Part],
    plan: &Plan,
    wanted: impl Fn(u64) -> bool,
) -> Result<(u64, Strings), Error> {
    let mut termed: Vec<(u32, Vec<u8>)> = Vec::new();
    for (number, part) in parts.iter().enumerate() {
        part.for_each_termed(|found| {
            let (article, terms) = match found {
                Err(_) if plan.tolerant => return Ok(()),
                found => found?,
            };
            let new = plan.keyed[number][article as usize];
            if new != GONE && part.facts(article).is_ok_and(|facts| wanted(facts.digest)) {
                let mut encoded = Writer::default();
                encode_terms(terms, &mut encoded);
                // Without its length, which the strings tell.
                termed.push((new, encoded.bytes.split_off(4)));
            }
            Ok(())
        })?;
    }
    write_numbered(out, termed)
}

/// Writes the words of the texts whose digests are wanted.
fn write_words(
    out: &mut BlockWriter,
    parts: &[Part],
    plan: &Plan,
    wanted: impl Fn(u64) -> bool,
) -> Result<(u64, Strings), Error> {
    let mut worded: Vec<(u32, &[u8])> = Vec::new();
    for (part, keyed) in parts.iter().zip(&plan.keyed) {
        part.for_each_worded(|found| {
            let (article, words) = match found {
                Err(_) if plan.tolerant => return Ok(()),
                found => found?,
            };
            let new = keyed[article as usize];
            if new != GONE && part.facts(article).is_ok_and(|facts| wanted(facts.digest)) {
                worded.push((new, words));
            }
            Ok(())
        })?;
    }
    write_numbered(out, worded)
}

/// Writes strings that only some articles have, each one: the numbers of these, ascending, and the
/// strings.
fn write_numbered(
    out: &mut BlockWriter,
    mut strings: Vec<(u32, impl AsRef<[u8]>)>,
) -> Result<(u64, Strings), Error> {
    strings.sort_unstable_by_key(|(article, _)| *article);
    // As a damaged segment may have several.
    strings.dedup_by_key(|(article, _)| *article);
    out.align(8)?;
    let numbers = out.position();
    for (article, _) in &strings {
        out.write(&article.to_le_bytes())?;
    }
    let strings = write_strings(out, strings.iter().map(|(_, string)| Ok(string.as_ref())))?;
    Ok((numbers, strings))
}

struct Tables<'p> {
    parts: &'p [Part],
    plan: &'p Plan,
    articles: u32,
    /// A key and an article each.
    entries: Vec<u64>,
    sorted: Vec<u64>,
    /// Where the entries of each part begin.
    runs: Vec<usize>,
}

/// Sorts numbers of a key in the upper half and an article in the lower, which are mostly in the
/// order of the articles: digit by digit of the key, from the last, of those bits in which keys
/// differ.
pub(crate) fn sort(numbers: &mut Vec<u64>, sorted: &mut Vec<u64>) {
    const WIDEST: u32 = 11;
    let first = numbers.first().copied().unwrap_or_default();
    let differing = numbers.iter().fold(0, |all, number| all | (number ^ first)) >> 32;
    let in_order = numbers.is_sorted_by_key(|number| number >> 32);
    if numbers.len() > 64 && !in_order {
        let (low, high) = (32 + differing.trailing_zeros(), 96 - differing.leading_zeros());
        let digits = (high - low).div_ceil(WIDEST);
        let width = (high - low).div_ceil(digits);
        sorted.resize(numbers.len(), 0);
        let mut ends = vec![0u32; (1 << width) + 1];
        for digit in 0..digits {
            let of = |number: u64| (number >> (low + digit * width)) as usize & ((1 << width) - 1);
            ends.fill(0);
            numbers.iter().for_each(|&number| ends[of(number) + 1] += 1);
            (1..ends.len()).for_each(|i| ends[i] += ends[i - 1]);
            for &number in numbers.iter() {
                let end = &mut ends[of(number)];
                sorted[*end as usize] = number;
                *end += 1;
            }
            std::mem::swap(numbers, sorted);
        }
    }
    if !numbers.is_sorted() {
        // What has one key, or all.
        let few = numbers.len() <= 64;
        let alike = numbers.chunk_by_mut(|a, b| few || a >> 32 == b >> 32);
        alike.filter(|alike| alike.len() > 1).for_each(<[u64]>::sort_unstable);
    }
}

/// Sorts numbers that lie in sorted runs, each from where it is said to the next: two neighbours at
/// a time are merged, without a branch on which of their numbers is less. A run may have a few
/// numbers out of order.
fn merge(numbers: &mut Vec<u64>, merged: &mut Vec<u64>, runs: &mut Vec<usize>) {
    while runs.len() > 1 {
        merged.resize(numbers.len(), 0);
        let mut kept = 0;
        for first in (0..runs.len()).step_by(2) {
            let start = runs[first];
            let middle = runs.get(first + 1).copied().unwrap_or(numbers.len());
            let end = runs.get(first + 2).copied().unwrap_or(numbers.len());
            let (left, right) = (&numbers[start..middle], &numbers[middle..end]);
            let (mut i, mut j) = (0, 0);
            let out = &mut merged[start..end];
            while i < left.len() && j < right.len() {
                let (l, r) = (left[i], right[j]);
                out[i + j] = l.min(r);
                let is_left = l <= r;
                i += usize::from(is_left);
                j += usize::from(!is_left);
            }
            out[i + j..i + right.len()].copy_from_slice(&right[j..]);
            out[i + right.len()..].copy_from_slice(&left[i..]);
            runs[kept] = start;
            kept += 1;
        }
        runs.truncate(kept);
        std::mem::swap(numbers, merged);
    }
    if !numbers.is_sorted() {
        numbers.sort();
    }
}

impl Tables<'_> {
    /// Makes the keys of ids anew: an article whose own is lost could not be taken away any more.
    fn write_ids(&mut self, out: &mut BlockWriter, key_bits: u32) -> Result<Table, Error> {
        self.entries.clear();
        for (new, &(part, article)) in (0..).zip(&self.plan.order) {
            let id = self.parts[part as usize].id(article)?;
            self.entries.push(u64::from(key(id_hash(id))) << 32 | new);
        }
        self.entries.sort_unstable_by_key(|entry| (entry >> (64 - key_bits), *entry as u32));
        let mut writer = TableWriter::new(out, self.entries.len() as u64, self.articles, key_bits)?;
        writer.extend(out, &self.entries)?;
        writer.finish(out)
    }

    fn write(&mut self, out: &mut BlockWriter, kind: Kind, key_bits: u32) -> Result<Table, Error> {
        if self.plan.tolerant && kind == Kind::Id {
            return self.write_ids(out, key_bits);
        }
        let maps = match kind {
            Kind::Band(_) | Kind::Anchor | Kind::Story | Kind::Digest => &self.plan.keyed,
            Kind::Id | Kind::Cluster => &self.plan.places,
        };
        let mut cursors: Vec<PartTable<'_>> = self
            .parts
            .iter()
            .map(|part| part.table(kind, key_bits).tolerant(self.plan.tolerant))
            .collect();
        let at_most = cursors.iter().map(PartTable::entries).sum();
        let mut writer = TableWriter::new(out, at_most, self.articles, key_bits)?;
        let kept_bits = u32::MAX << (32 - key_bits);
        let steps = u64::div_ceil(at_most, AT_ONCE).max(1);
        for step in 1..=steps {
            self.entries.clear();
            self.runs.clear();
            for (cursor, map) in cursors.iter_mut().zip(maps) {
                self.runs.push(self.entries.len());
                // What is one key once it is cut belongs to one step.
                let limit = ((step << 32) / steps) & (u64::MAX << (32 - key_bits));
                cursor.until(limit, |key, article| {
                    if let Some(&new) = map.get(article as usize).filter(|&&new| new != GONE) {
                        self.entries.push(u64::from(key & kept_bits) << 32 | u64::from(new));
                    }
                })?;
            }
            merge(&mut self.entries, &mut self.sorted, &mut self.runs);
            // Two keys of an article may be one, too.
            self.entries.dedup();
            writer.extend(out, &self.entries)?;
        }
        writer.finish(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn merged_as_sorting_does(runs: Vec<Vec<u64>>, in_order: bool) {
            let (mut numbers, mut starts) = (Vec::new(), Vec::new());
            for mut run in runs {
                if in_order {
                    run.sort_unstable();
                }
                starts.push(numbers.len());
                numbers.append(&mut run);
            }
            let mut expected = numbers.clone();
            expected.sort_unstable();
            merge(&mut numbers, &mut vec![7; 3], &mut starts);
            prop_assert_eq!(numbers, expected);
        }

        #[test]
        fn sorted_as_sorting_does(numbers: Vec<u64>, narrow in proptest::collection::vec(0u64..1 << 40, 0..3000)) {
            for mut numbers in [numbers, narrow] {
                let mut expected = numbers.clone();
                expected.sort_unstable();
                sort(&mut numbers, &mut vec![7; 3]);
                prop_assert_eq!(numbers, expected);
            }
        }
    }
}
