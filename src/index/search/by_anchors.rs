//! Candidates that share rare anchors: sampled shingles (Manber 1994).
//!
//! An anchor that many texts have says little: it is dropped. So is one that several texts have,
//! all of one source: it is part of a form. Of the anchors that are left a candidate must share two
//! or more, and a large enough share.

use super::candidates::{CandidateList, own_text};
use super::signed::TextKeys;
use crate::error::Error;
use crate::index::limits::MAX_ANCHOR_BUCKET;
use crate::index::segment::key_table::Bucket;
use crate::index::segment::keys::KeyKind;
use crate::index::segment::leaf::LookupScratch;
use crate::index::view::{Address, View};
use crate::simd::Isa;
use crate::simd::isa::run;
use crate::verify::policy::{ANCHOR_LIMIT, LEAST_ANCHORS, ONE_SOURCE};

/// Buffers that are used again.
#[derive(Debug, Default)]
pub(crate) struct AnchorScratch {
    lookup: LookupScratch,
    /// The buckets of all keys, leaf by leaf.
    buckets: Vec<Bucket>,
    articles: Vec<u32>,
    /// The articles that have each key, as packed addresses, and where those of a key end.
    hits: Vec<u64>,
    ends: Vec<usize>,
    /// For each key, how many texts have it.
    frequencies: Vec<u32>,
    /// The hits of rare keys.
    rare: Vec<u64>,
    seen: Vec<u64>,
}

fn pack(leaf: u32, article: u32) -> u64 {
    u64::from(leaf) << 32 | u64::from(article)
}

fn unpack(hit: u64) -> Address {
    Address { leaf: (hit >> 32) as u32, article: hit as u32 }
}

/// Adds the texts that share two rare anchors or more, and enough of those that are rare. Returns
/// how many texts have each anchor of the text, its own text included.
pub(crate) fn find_by_anchors<'s>(
    view: &View,
    signed: &TextKeys,
    source: Option<&str>,
    scratch: &'s mut AnchorScratch,
    found: &mut CandidateList,
) -> Result<&'s [u32], Error> {
    scratch.look_up(view, &signed.anchors)?;
    let own = own_text(view, signed.digest)?;
    for frequency in &mut scratch.frequencies {
        *frequency = frequency.saturating_add_signed(own);
    }
    let (mut kept, mut start) = (signed.anchors.len(), 0);
    scratch.rare.clear();
    for (&frequency, &end) in scratch.frequencies.iter().zip(&scratch.ends) {
        let hits = &scratch.hits[start..end];
        start = end;
        let is_common = frequency as usize > ANCHOR_LIMIT;
        if is_common || is_of_one_source(view, source, hits, frequency)? {
            kept -= 1;
        } else {
            scratch.rare.extend_from_slice(hits);
        }
    }
    run(Isa::best(), || keep_repeated(&mut scratch.rare, &mut scratch.seen));
    for same in scratch.rare.chunk_by(|a, b| a == b) {
        let address = unpack(same[0]);
        let anchors = view.leaf(address).metadata(address.article)?.anchors;
        let least = kept.min(usize::from(anchors)).max(1);
        // The first occurrence of each was dropped.
        let share = (same.len() + 1) as f64 / least as f64;
        if share >= LEAST_ANCHORS {
            found.at(address, view, &signed.signature)?.anchor_share = share;
        }
    }
    Ok(&scratch.frequencies)
}

impl AnchorScratch {
    /// Looks up anchors: which articles have each, and how many texts have it. Of an anchor in more
    /// than [`ANCHOR_LIMIT`] texts not all articles are listed.
    fn look_up(&mut self, view: &View, keys: &[u32]) -> Result<(), Error> {
        const KIND: KeyKind = KeyKind::Anchor;
        self.buckets.clear();
        for leaf in &view.leaves {
            leaf.locate(KIND, keys, &mut self.lookup, &mut self.buckets)?;
        }
        let is_counted: Vec<bool> =
            view.leaves.iter().map(|leaf| leaf.has_bucket_per_key(KIND)).collect();
        self.hits.clear();
        self.ends.clear();
        self.frequencies.clear();
        for (i, &key) in keys.iter().enumerate() {
            let buckets = self.buckets.iter().skip(i).step_by(keys.len()).copied();
            let counted = buckets.clone().zip(&is_counted).filter(|&(_, &is_counted)| is_counted);
            let known: usize = counted.map(|(bucket, _)| bucket.entries as usize).sum();
            // The text itself may be in every leaf.
            let is_common = known > ANCHOR_LIMIT + view.leaves.len();
            let (before, mut unread) = (self.hits.len(), 0u64);
            for ((leaf, reader), (bucket, &is_counted)) in
                view.numbered().zip(buckets.zip(&is_counted))
            {
                if bucket.entries > MAX_ANCHOR_BUCKET || is_common && is_counted {
                    unread += u64::from(bucket.entries);
                } else {
                    self.articles.clear();
                    reader.read_bucket(KIND, key, bucket, MAX_ANCHOR_BUCKET, &mut self.articles)?;
                    self.hits.extend(self.articles.iter().map(|&article| pack(leaf, article)));
                }
            }
            self.frequencies.push((self.hits.len() - before) as u32 + unread.min(1 << 30) as u32);
            self.ends.push(self.hits.len());
        }
        Ok(())
    }
}

/// Whether several texts have an anchor, all of the source of the query.
fn is_of_one_source(
    view: &View,
    source: Option<&str>,
    hits: &[u64],
    frequency: u32,
) -> Result<bool, Error> {
    let Some(source) = source.filter(|_| frequency as usize >= ONE_SOURCE) else {
        return Ok(false);
    };
    for &hit in hits {
        let address = unpack(hit);
        if view.leaf(address).source(address.article)? != Some(source) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Drops the first occurrence of every number, and sorts what is left. Most numbers occur once.
#[inline(always)]
fn keep_repeated(numbers: &mut Vec<u64>, seen: &mut Vec<u64>) {
    // A bit for each hash of a number: repeated numbers find it set, few others do.
    let bits = (16 * numbers.len()).next_power_of_two().max(64);
    seen.clear();
    seen.resize(bits / 32, 0);
    // The lower half of a word holds what was seen, the upper half what was seen again.
    let bit = |number: u64| {
        let hash = (number.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32) as usize & (bits - 1);
        (hash / 32, 1u64 << (hash % 32))
    };
    for &number in &*numbers {
        let (word, bit) = bit(number);
        seen[word] |= (seen[word] & bit) << 32 | bit;
    }
    // Without a branch, as it could not be predicted which numbers are kept.
    let mut kept = 0;
    for i in 0..numbers.len() {
        let number = numbers[i];
        let (word, bit) = bit(number);
        numbers[kept] = number;
        kept += usize::from(seen[word] & bit << 32 != 0);
    }
    numbers.truncate(kept);
    numbers.sort_unstable();
    let mut before = u64::MAX;
    numbers.retain(|&number| std::mem::replace(&mut before, number) == number);
}
