//! Candidates among the texts of large buckets, which are too many to compare pair by pair.
//!
//! Thousands of different texts share a bucket because they share a template: a page frame, a
//! market table, the phrases of death notices. Comparing all pairs would be quadratic, and cutting
//! the bucket off would lose true copies. So a large bucket is compared twice, each time in linear
//! time. First each text is compared with a few leaders, as in the leader algorithm (Hartigan,
//! "Clustering Algorithms", 1975); that finds the group if the bucket is one story with many
//! near-identical copies. In a bucket of more than a thousand texts it is done for those alone that
//! are nearly all template: no story has so many versions, each with a text of its own. Then the
//! shingles common in the bucket are removed, and what is left of each text is signed and joined
//! again; that finds the texts that share text of their own. Large buckets inside a large bucket
//! are treated the same way, a few levels deep.

use std::collections::HashMap;

use crate::collection::{Subset, Texts};
use crate::detector::input::{Candidate, Input};
use crate::keyed::KeyedSet;
use crate::lsh::banding::{Banding, min_equal_slots};
use crate::lsh::join::{Join, MAX_VERSIONS};
use crate::sketch::SketchMatrix;
use crate::sketch::minhash::equal_slots;

/// Texts of a bucket that are read to learn its template.
const TEMPLATE_SAMPLE: usize = 256;
/// A shingle in more than this share of the sample belongs to the template.
const TEMPLATE_SHARE: f64 = 0.1;
/// Leaders that each text of a bucket is compared with.
const MAX_LEADERS: usize = 8;
/// The most of a text that is its own, as a share, if it is a version of a story in a bucket of
/// more than [`MAX_VERSIONS`].
const MAX_OWN_SHARE: f64 = 0.2;
/// How deep large buckets inside large buckets are compared by their own text.
const MAX_LEVELS: usize = 4;
/// A copy must share this part of the band threshold outside the template.
const OWN_TEXT_SHARE: f64 = 0.5;
/// But at least this similarity: below it, 128 slots cannot be cut into selective bands.
const MIN_OWN_TEXT_THRESHOLD: f64 = 0.25;

/// What large buckets propose.
#[derive(Default)]
pub(in crate::detector) struct InLargeBuckets {
    /// In any order, some of them several times.
    pub(in crate::detector) candidates: Vec<Candidate>,
    /// How many pairs were looked at.
    pub(in crate::detector) proposed: u64,
}

/// The candidates among the texts of each bucket.
pub(in crate::detector) fn propose(input: Input<'_>, buckets: &[Vec<u32>]) -> InLargeBuckets {
    let count = |text: u32| input.signed.matrix.count(text as usize);
    InLargeBuckets::concat(buckets.iter().map(|bucket| of_bucket(input, bucket, count, MAX_LEVELS)))
}

/// The candidates among the texts of one bucket. `count` is the number of shingles of a text that
/// the templates of outer buckets leave, and `levels` how many more levels there are.
fn of_bucket(
    input: Input<'_>,
    bucket: &[u32],
    count: impl Fn(u32) -> usize,
    levels: usize,
) -> InLargeBuckets {
    if levels == 0 {
        return compare_with_leaders(input, bucket);
    }
    let own = own_text(input, bucket);
    let by_own_text = compare_own_text(input, bucket, &own, levels);
    let is_version =
        |&row: &usize| own.count(row) as f64 <= MAX_OWN_SHARE * count(bucket[row]) as f64;
    let versions: Vec<u32> = match bucket.len() <= MAX_VERSIONS {
        true => bucket.to_vec(),
        false => (0..bucket.len()).filter(is_version).map(|row| bucket[row]).collect(),
    };
    InLargeBuckets::concat([compare_with_leaders(input, &versions), by_own_text])
}

impl InLargeBuckets {
    fn concat(all: impl IntoIterator<Item = InLargeBuckets>) -> Self {
        all.into_iter().fold(InLargeBuckets::default(), |mut all, more| {
            all.candidates.extend(more.candidates);
            all.proposed += more.proposed;
            all
        })
    }
}

/// Compares each text with the leaders before it, in the order for representatives. A text that is
/// similar to none becomes a leader while there are few.
fn compare_with_leaders(input: Input<'_>, bucket: &[u32]) -> InLargeBuckets {
    let matrix = &input.signed.matrix;
    let slots = matrix.sketcher().minhasher().slots();
    let min_equal = min_equal_slots(slots, input.config.band_threshold(), 1e-5);
    let mut order = bucket.to_vec();
    order.sort_unstable_by_key(|&i| input.rank[i as usize]);
    let mut leaders: Vec<u32> = Vec::new();
    let mut found = InLargeBuckets::default();
    for text in order {
        let row = matrix.row(text as usize);
        let equal = |&leader: &u32| (equal_slots(row, matrix.row(leader as usize)), leader);
        found.proposed += leaders.len() as u64;
        let similar = leaders.iter().map(equal).filter(|(equal, _)| *equal >= min_equal);
        match similar.max_by_key(|(equal, _)| *equal) {
            Some((_, leader)) => found.candidates.push((text.min(leader), text.max(leader))),
            None if leaders.len() < MAX_LEADERS => leaders.push(text),
            None => {}
        }
    }
    found
}

/// The sketches of what is left of each text without the template of the bucket.
fn own_text(input: Input<'_>, bucket: &[u32]) -> SketchMatrix {
    let template = template(input, bucket);
    let texts = Subset { of: input.articles, numbers: bucket };
    input.config.sketcher().sketch_filtered(&texts, |shingles| {
        shingles.retain(|shingle| !template.contains(shingle));
    })
}

/// Joins what is left of each text.
fn compare_own_text(
    input: Input<'_>,
    bucket: &[u32],
    own: &SketchMatrix,
    levels: usize,
) -> InLargeBuckets {
    let config = input.config;
    let threshold = (config.band_threshold() * OWN_TEXT_SHARE).max(MIN_OWN_TEXT_THRESHOLD);
    let slots = config.sketcher().minhasher().slots();
    let banding =
        Banding::for_target(slots, threshold, config.recall()).unwrap_or_else(|_| config.banding());
    let join = Join::new(banding, threshold).with_bucket_limit(config.bucket_limit());
    let found = join.candidates(own);
    let text = |row: u32| bucket[row as usize];
    let candidates = found.pairs.into_iter().map(|(a, b)| (text(a), text(b))).collect();
    let direct = InLargeBuckets { candidates, proposed: found.proposed };
    let inner = found.large_buckets.into_iter().map(|rows| {
        let left: HashMap<u32, usize> =
            rows.iter().map(|&row| (text(row), own.count(row as usize))).collect();
        let inner: Vec<u32> = rows.into_iter().map(text).collect();
        of_bucket(input, &inner, |text| left[&text], levels - 1)
    });
    InLargeBuckets::concat(std::iter::once(direct).chain(inner))
}

/// The shingles common among the texts of a bucket, from a sample spread evenly over it.
fn template(input: Input<'_>, bucket: &[u32]) -> KeyedSet {
    let shingler = input.config.sketcher().shingler();
    let sampled = bucket.len().min(TEMPLATE_SAMPLE);
    let mut frequencies: HashMap<u64, u32> = HashMap::new();
    let mut buffer = String::new();
    for i in 0..sampled {
        let text = bucket[i * bucket.len() / sampled] as usize;
        let mut shingles = shingler.shingles(input.articles.text(text, &mut buffer));
        shingles.sort_unstable();
        shingles.dedup();
        for shingle in shingles {
            *frequencies.entry(shingle).or_default() += 1;
        }
    }
    let min_texts = TEMPLATE_SHARE * sampled as f64;
    frequencies.retain(|_, texts| f64::from(*texts) > min_texts);
    frequencies.into_keys().collect()
}
