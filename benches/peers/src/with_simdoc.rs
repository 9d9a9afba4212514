//! find-simdoc as its documentation recommends: words separated by spaces, 20 chunks of 64
//! dimensions, sketches built in parallel. Its tokenizer keeps case and punctuation.

use find_simdoc::JaccardSearcher;

use crate::Answer;

pub fn pairs(texts: &[String], threshold: f64) -> Answer {
    let searcher =
        JaccardSearcher::new(3, Some(' '), Some(42)).expect("windows of three words are allowed");
    let searcher =
        searcher.build_sketches_in_parallel(texts.iter(), 20).expect("no article is empty");
    let pairs = searcher.search_similar_pairs(1.0 - threshold);
    Answer::new(pairs.into_iter().map(|(a, b, _)| (a.min(b), a.max(b))).collect(), searcher)
}
