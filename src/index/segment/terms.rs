//! The key terms of an article as bytes: a hash of four bytes and a weight of two for each.

use crate::sketch::key_terms::Term;
use crate::wire::{Decoder, Encoder};

const TERM_BYTES: usize = 6;

/// Appends terms, which must be in the order of their hashes.
pub(crate) fn encode_terms(terms: &[Term], out: &mut Encoder) {
    for term in terms {
        out.u32(term.hash());
        out.u16(term.weight());
    }
}

/// Reads encoded terms; `None` if they are malformed or not in order.
pub(crate) fn decode_terms(bytes: &[u8]) -> Option<Box<[Term]>> {
    if !bytes.len().is_multiple_of(TERM_BYTES) {
        return None;
    }
    let mut input = Decoder::new(bytes);
    let mut terms = Vec::with_capacity(bytes.len() / TERM_BYTES);
    while !input.is_empty() {
        terms.push(Term::from_parts(input.u32()?, input.u16()?));
    }
    // Comparing terms relies on the order, and on each hash occurring once.
    terms.is_sorted_by(|a, b| a.hash() < b.hash()).then(|| terms.into())
}
