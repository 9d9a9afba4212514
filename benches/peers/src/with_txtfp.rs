//! txtfp as its documentation recommends: default canonicalizer, shingles of words, 128 slots,
//! bands and rows from `LshIndexBuilder::for_threshold`, `extend_par`, and `query_with_threshold`
//! for every text.
//!
//! Its examples use shingles of five words; here they have three, so that all crates find the same
//! pairs. Parallel iterators compute the signatures and run the queries, because it has no bulk
//! functions for them.

use rayon::prelude::*;
use txtfp::{
    Canonicalizer, Fingerprinter, LshIndex, LshIndexBuilder, MinHashFingerprinter, MinHashSig,
    ShingleTokenizer, WordTokenizer,
};

use crate::Answer;
use crate::index::{Index, Made};

const SLOTS: usize = 128;

fn fingerprinter() -> MinHashFingerprinter<ShingleTokenizer<WordTokenizer>, SLOTS> {
    MinHashFingerprinter::new(
        Canonicalizer::default(),
        ShingleTokenizer { k: 3, inner: WordTokenizer },
    )
}

/// The signatures of all texts, on one thread.
pub fn sign(texts: &[String]) -> impl Sized {
    let fingerprinter = fingerprinter();
    let sign = |text: &String| fingerprinter.fingerprint(text).expect("every article has words");
    texts.iter().map(sign).collect::<Vec<MinHashSig<SLOTS>>>()
}

pub fn pairs(texts: &[String], threshold: f64) -> Answer {
    let fingerprinter = fingerprinter();
    let sign = |(i, text): (usize, &String)| {
        (i as u64, fingerprinter.fingerprint(text).expect("every article has words"))
    };
    let signatures: Vec<(u64, MinHashSig<SLOTS>)> =
        texts.par_iter().enumerate().map(sign).collect();
    let builder = LshIndexBuilder::for_threshold(threshold as f32, SLOTS)
        .expect("a threshold between 0 and 1");
    let mut index: LshIndex<SLOTS> = builder.build();
    index.extend_par(signatures);
    let pairs: Vec<(usize, usize)> = (0..texts.len() as u64)
        .into_par_iter()
        .flat_map_iter(|i| {
            let signature = index.get(i).expect("it was inserted");
            let found = index.query_with_threshold(signature, threshold as f32).into_iter();
            found.filter(move |&j| i < j).map(move |j| (i as usize, j as usize))
        })
        .collect();
    Answer::new(pairs, index)
}

struct Growing {
    fingerprinter: MinHashFingerprinter<ShingleTokenizer<WordTokenizer>, SLOTS>,
    index: LshIndex<SLOTS>,
    threshold: f32,
}

/// An incremental index with the bands that txtfp computes for the threshold. They lose pairs near
/// it.
pub fn index(threshold: f64) -> Made {
    let builder = LshIndexBuilder::for_threshold(threshold as f32, SLOTS);
    made(builder.expect("a threshold between 0 and 1"), threshold)
}

/// For a recall like newsprint's: the longest bands that find 0.999 of the pairs at the threshold.
pub fn index_for_recall(threshold: f64) -> Made {
    let finds = |rows: usize| 1.0 - (1.0 - threshold.powi(rows as i32)).powi((SLOTS / rows) as i32);
    let rows = [8, 4, 2].into_iter().find(|&rows| finds(rows) >= 0.999).unwrap_or(1);
    made(LshIndexBuilder::new(SLOTS / rows, rows), threshold)
}

fn made(builder: LshIndexBuilder, threshold: f64) -> Made {
    let index = Growing {
        fingerprinter: fingerprinter(),
        index: builder.build(),
        threshold: threshold as f32,
    };
    (Box::new(index), format!("{} × {}", builder.bands, builder.rows))
}

impl Growing {
    fn sign(&self, text: &str) -> MinHashSig<SLOTS> {
        self.fingerprinter.fingerprint(text).expect("every article has words")
    }
}

impl Index for Growing {
    fn insert_all(&mut self, texts: &[&str]) {
        for (i, text) in texts.iter().enumerate() {
            let signature = self.sign(text);
            self.index.insert(i as u64, signature);
        }
    }

    fn query(&mut self, text: &str) -> usize {
        self.index.query_with_threshold(&self.sign(text), self.threshold).len()
    }
}
