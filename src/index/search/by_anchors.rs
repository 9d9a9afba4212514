//! Candidates that share rare anchors: sampled shingles (Manber 1994).
//!
//! An anchor that many texts have says little: it is dropped. So is one that several texts have,
//! all of one source: it is part of a form. Of the anchors that are left a candidate must share two
//! or more, and a large enough share.

use super::candidates::{CandidateList, own_text};
use super::signed::SignedText;
use crate::error::Error;
use crate::index::limits::MAX_ANCHOR_BUCKET;
use crate::index::segment::key_table::Bucket;
use crate::index::segment::keys::KeyKind;
use crate::index::segment::leaf::LookupScratch;
use crate::index::view::{Address, View};
use crate::simd::{Isa, run};
use crate::verify::policy::{ANCHOR_LIMIT, LEAST_ANCHORS, ONE_SOURCE};

/// Buffers that are used again.
#[derive(Debug, Default)]
pub(crate) struct AnchorScratch {
    lookup: LookupScratch,
    /// The buckets of all keys, leaf by leaf.
    buckets: Vec<Bucket>,
    /// The number of articles in the buckets of each key, as far as that is known.
    known: Vec<u32>,
    /// The articles of all buckets, leaf by leaf, and where those of each bucket end.
    articles: Vec<u32>,
    article_ends: Vec<usize>,
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
    signed: &SignedText,
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
        let AnchorScratch { lookup, buckets, articles, article_ends, .. } = self;
        let (known, frequencies, hits, ends) =
            (&mut self.known, &mut self.frequencies, &mut self.hits, &mut self.ends);
        hits.clear();
        ends.clear();
        for numbers in [&mut *known, &mut *frequencies] {
            numbers.clear();
            numbers.resize(keys.len(), 0);
        }
        if keys.is_empty() {
            return Ok(());
        }
        buckets.clear();
        for (leaf, first) in view.leaves.iter().zip((0..).step_by(keys.len())) {
            leaf.locate(KIND, keys, lookup, buckets)?;
            if leaf.has_bucket_per_key(KIND) {
                let of_leaf = known.iter_mut().zip(&buckets[first..]);
                of_leaf.for_each(|(known, bucket)| *known = known.saturating_add(bucket.entries));
            }
        }
        articles.clear();
        article_ends.clear();
        // The text itself may be in every leaf.
        let limit = ANCHOR_LIMIT + view.leaves.len();
        for (leaf, buckets) in view.leaves.iter().zip(buckets.chunks_mut(keys.len())) {
            let is_counted = leaf.has_bucket_per_key(KIND);
            for ((bucket, &known), frequency) in
                buckets.iter_mut().zip(&*known).zip(frequencies.iter_mut())
            {
                let is_common = is_counted && known as usize > limit;
                if is_common || bucket.entries > MAX_ANCHOR_BUCKET {
                    *frequency = frequency.saturating_add(bucket.entries).min(1 << 30);
                    // Counted, so it need not be read.
                    *bucket = Bucket::default();
                }
            }
            leaf.read_buckets(KIND, keys, buckets, MAX_ANCHOR_BUCKET, articles, article_ends)?;
        }
        // From the articles of each leaf to those of each key.
        for (i, frequency) in frequencies.iter_mut().enumerate() {
            let before = hits.len();
            for leaf in 0..view.leaves.len() {
                let at = leaf * keys.len() + i;
                let start = at.checked_sub(1).map_or(0, |before| article_ends[before]);
                let found = articles[start..article_ends[at]].iter();
                hits.extend(found.map(|&article| pack(leaf as u32, article)));
            }
            *frequency += (hits.len() - before) as u32;
            ends.push(hits.len());
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
