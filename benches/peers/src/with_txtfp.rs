//! txtfp as its documentation has it: default canonicalizer, shingles of words, 128 slots, bands and rows from
//! `LshIndexBuilder::for_threshold`, `extend_par`, and `query_with_threshold` for every text.
//!
//! Its examples take shingles of five words; three are taken here, so that all crates look for the same pairs. The signatures are
//! computed and the queries asked by parallel iterators, as it has no bulk forms of its own for them.

use rayon::prelude::*;
use txtfp::{
    Canonicalizer, Fingerprinter, LshIndex, LshIndexBuilder, MinHashFingerprinter, MinHashSig,
    ShingleTokenizer, WordTokenizer,
};

use crate::Answer;

const SLOTS: usize = 128;

fn fingerprinter() -> MinHashFingerprinter<ShingleTokenizer<WordTokenizer>, SLOTS> {
    MinHashFingerprinter::new(Canonicalizer::default(), ShingleTokenizer { k: 3, inner: WordTokenizer })
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
    let signatures: Vec<(u64, MinHashSig<SLOTS>)> = texts.par_iter().enumerate().map(sign).collect();
    let builder =
        LshIndexBuilder::for_threshold(threshold as f32, SLOTS).expect("a threshold between 0 and 1");
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
