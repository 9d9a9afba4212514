//! gaoya as its documentation recommends: lower-cased text through `whitespace_split`, bands and
//! rows from `calculate_minhash_params`, bulk insertion and bulk queries on all threads.
//!
//! Three choices are ours, each the faster one for gaoya. The documentation signs single words,
//! which is another similarity than the others'; here runs of three words are hashed as slices of
//! the token list, without the string for each that `shingle_tokens` allocates. The signatures are
//! computed by a parallel iterator over the texts, because `bulk_create_signature` needs the tokens
//! of all texts in memory at once. The ids of a bucket are in a `VecContainer`, which its
//! documentation recommends if nothing is removed.

use gaoya::minhash::{
    MinHashIndex, MinHasher, MinHasher32, VecContainer, calculate_minhash_params,
    calculate_minhash_params_with_proba,
};
use gaoya::text::whitespace_split;
use rayon::prelude::*;

use crate::Answer;
use crate::index::{Index, Made};

const SLOTS: usize = 128;

fn signature(hasher: &impl MinHasher<V = u32>, text: &str) -> Vec<u32> {
    let lower = text.to_lowercase();
    let tokens: Vec<&str> = whitespace_split(&lower).collect();
    hasher.create_signature(tokens.windows(3))
}

/// The signatures of all texts, on one thread.
pub fn sign(texts: &[String]) -> impl Sized {
    let hasher = MinHasher32::new(SLOTS);
    texts.iter().map(|text| signature(&hasher, text)).collect::<Vec<_>>()
}

/// The pairs whose estimated similarity reaches the threshold, as documented.
pub fn pairs(texts: &[String], threshold: f64) -> Answer {
    find(texts, calculate_minhash_params(threshold, SLOTS), threshold)
}

/// For a recall like newsprint's: bands that find 0.999 of the pairs at the threshold, and pairs
/// reported from 0.1 below it, so that few are lost to the error of the estimate. Nothing verifies
/// the surplus.
pub fn pairs_for_recall(texts: &[String], threshold: f64) -> Answer {
    find(texts, calculate_minhash_params_with_proba(threshold, SLOTS, 0.999), threshold - 0.1)
}

fn find(texts: &[String], (bands, rows): (usize, usize), threshold: f64) -> Answer {
    let hasher = MinHasher32::new(bands * rows);
    let signatures: Vec<Vec<u32>> = texts.par_iter().map(|text| signature(&hasher, text)).collect();
    let mut index = MinHashIndex::<u32, u32, VecContainer<u32>>::new_index(bands, rows, threshold);
    index.par_bulk_insert((0..texts.len() as u32).collect(), signatures);
    // What `par_bulk_query` does, without a second copy of the signatures.
    let pairs: Vec<(usize, usize)> = (0..texts.len() as u32)
        .into_par_iter()
        .flat_map_iter(|i| {
            let found = index.query_by_id_owned(&i).into_iter();
            found.filter(move |&j| i < j).map(move |j| (i as usize, j as usize))
        })
        .collect();
    Answer::new(pairs, index)
}

struct Growing<H> {
    hasher: H,
    index: MinHashIndex<u32, u32, VecContainer<u32>>,
}

/// An incremental index with the bands that gaoya computes for the threshold.
pub fn index(threshold: f64) -> Made {
    let (bands, rows) = calculate_minhash_params(threshold, SLOTS);
    let hasher = MinHasher32::new(bands * rows);
    let index = MinHashIndex::new_index(bands, rows, threshold);
    (Box::new(Growing { hasher, index }), format!("{bands} × {rows}"))
}

impl<H: MinHasher<V = u32>> Index for Growing<H> {
    fn insert_all(&mut self, texts: &[&str]) {
        for (i, text) in texts.iter().enumerate() {
            self.index.insert(i as u32, signature(&self.hasher, text));
        }
    }

    fn query(&mut self, text: &str) -> usize {
        self.index.query(&signature(&self.hasher, text)).len()
    }
}
