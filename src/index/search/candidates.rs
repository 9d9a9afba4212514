//! Candidates: texts that may match, and what suggests them.

use crate::error::Error;
use crate::index::segment::keys::{KeyKind, key_of_hash};
use crate::index::segment::signature::agreeing_slots;
use crate::index::view::{Address, View};

/// A text that may match.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Candidate {
    /// The first article of the text in its leaf.
    pub(crate) address: Address,
    /// The number of packed slots that agree.
    pub(crate) agreeing: u32,
    /// Whether the texts share a band.
    pub(crate) by_band: bool,
    /// The share of rare anchors, 0 if it is too small.
    pub(crate) anchor_share: f64,
    /// Whether the key terms are close.
    pub(crate) by_terms: bool,
}

impl Candidate {
    pub(crate) fn new(address: Address, agreeing: u32) -> Self {
        Candidate { address, agreeing, by_band: false, anchor_share: 0.0, by_terms: false }
    }

    /// Whether nothing but key terms suggests the candidate.
    pub(crate) fn is_by_terms_alone(&self) -> bool {
        self.by_terms && !self.by_band && self.anchor_share == 0.0
    }
}

/// Candidates in the order of their addresses.
#[derive(Debug, Default)]
pub(crate) struct CandidateList {
    pub(crate) candidates: Vec<Candidate>,
}

impl CandidateList {
    /// Sorts what was pushed in any order, and drops repetitions.
    pub(crate) fn sort(&mut self) {
        self.candidates.sort_unstable_by_key(|candidate| candidate.address);
        self.candidates.dedup_by_key(|candidate| candidate.address);
    }

    /// The candidate at an address, which is added if it is new. `signature` is that of the query.
    pub(crate) fn at(
        &mut self,
        address: Address,
        view: &View,
        signature: &[u8],
    ) -> Result<&mut Candidate, Error> {
        let found = self.candidates.binary_search_by_key(&address, |known| known.address);
        let at = match found {
            Ok(at) => at,
            Err(at) => {
                let other = view.leaf(address).signature(address.article)?;
                let new = Candidate::new(address, agreeing_slots(signature, other));
                self.candidates.insert(at, new);
                at
            }
        };
        Ok(&mut self.candidates[at])
    }
}

/// What to add to the number of stored articles with some key of a text to get the number of texts,
/// the text itself included: 1, less one for each leaf that has it already.
pub(crate) fn own_text(view: &View, digest: u64) -> Result<i32, Error> {
    let (mut own, mut found) = (1, Vec::new());
    for leaf in &view.leaves {
        found.clear();
        leaf.find(KeyKind::Digest, key_of_hash(digest), &mut found)?;
        let mut has_it = false;
        for &article in &found {
            has_it |= leaf.metadata(article)?.digest == digest;
        }
        own -= i32::from(has_it);
    }
    Ok(own)
}
