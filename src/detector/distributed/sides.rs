//! How a pair is looked at when its two texts lie in different parts: what is known of the left
//! text travels to the part of the right one, once for all right texts there.

use std::collections::{BTreeMap, HashMap};

use super::blocks::{Blocks, Given, Kind, missing};
use super::records::{LeftRecord, Proposal, TermsRecord};
use crate::compare::context::InCollection;
use crate::detector::events::in_collection;
use crate::error::Error;
use crate::sketch::key_terms::{Closeness, CosineCounter, Term, TermWeights};

/// The proposals, sorted, each pair once with the sum of what proposed it.
pub(super) fn summed(mut proposals: Vec<Proposal>) -> Vec<Proposal> {
    proposals.sort_unstable_by_key(|it| (it.left, it.right, it.by));
    proposals.dedup_by(|next, kept| {
        let is_same = (next.left, next.right) == (kept.left, kept.right);
        kept.by = if is_same { kept.by.saturating_add(next.by) } else { kept.by };
        is_same
    });
    proposals
}

/// The right texts of one left text, by the parts they are in.
pub(super) fn by_part<T>(
    out: &Blocks,
    rights: impl IntoIterator<Item = (u64, T)>,
) -> BTreeMap<u32, Vec<(u64, T)>> {
    let mut parts: BTreeMap<u32, Vec<(u64, T)>> = BTreeMap::new();
    for right in rights {
        parts.entry(out.part(right.0)).or_default().push(right);
    }
    parts
}

/// Sends a left text to the parts of the right texts of its proposals.
pub(super) fn send_left(kind: Kind, left: LeftRecord, proposals: &[Proposal], out: &mut Blocks) {
    let rights = by_part(out, proposals.iter().map(|it| (it.right, it.by)));
    for (part, rights) in rights {
        out.add_to(kind, part, &LeftRecord { rights, ..left.clone() });
    }
}

/// How many texts are near to each text of a part.
pub(super) fn neighbours(given: &Given<'_>) -> Result<HashMap<u64, u32>, Error> {
    let mut neighbours = HashMap::new();
    for (number, near) in given.records::<(u64, u32)>(Kind::Near)? {
        *neighbours.entry(number).or_default() += near;
    }
    Ok(neighbours)
}

/// The key terms of the texts of a part, weighed when they are asked for.
pub(super) struct WeighedTerms<'w> {
    weights: &'w TermWeights,
    /// Each with whether it is weighed.
    terms: HashMap<u64, (TermsRecord, bool)>,
    left: CosineCounter,
}

impl<'w> WeighedTerms<'w> {
    /// The terms of a part; none if there are no weights.
    pub(super) fn of(
        given: &Given<'_>,
        weights: Option<&'w TermWeights>,
    ) -> Result<Option<Self>, Error> {
        let Some(weights) = weights else { return Ok(None) };
        let terms: Vec<TermsRecord> = given.records(Kind::Terms)?;
        let terms = terms.into_iter().map(|text| (text.number, (text, false))).collect();
        Ok(Some(WeighedTerms { weights, terms, left: CosineCounter::default() }))
    }

    /// Sets the left text by its terms, which are not weighed yet.
    pub(super) fn set_left(&mut self, mut terms: Vec<Term>) {
        self.weights.weigh(&mut terms);
        self.left.set_left(&terms);
    }

    /// The terms of a text of this part with its date.
    pub(super) fn of_text(&mut self, number: u64) -> Result<&TermsRecord, Error> {
        let text = self.terms.get_mut(&number).ok_or_else(|| missing(Kind::Terms, number))?;
        if !std::mem::replace(&mut text.1, true) {
            self.weights.weigh(&mut text.0.terms);
        }
        Ok(&text.0)
    }

    /// The cosine of the left text and a text of this part.
    pub(super) fn cosine(&mut self, right: u64) -> Result<f64, Error> {
        self.of_text(right)?;
        Ok(self.left.cosine(&self.terms[&right].0.terms))
    }

    /// How close the left text and a text of this part are.
    pub(super) fn closeness(&mut self, right: u64) -> Result<Closeness, Error> {
        self.of_text(right)?;
        Ok(self.left.closeness(&self.terms[&right].0.terms))
    }
}

/// What the collection of so many texts says of the left text and one of this part.
pub(super) fn known(
    left: &LeftRecord,
    right: u64,
    cosine: Option<f64>,
    neighbours: &HashMap<u64, u32>,
    texts: u64,
) -> Option<InCollection> {
    let near = neighbours.get(&right).copied().unwrap_or_default();
    Some(in_collection([left.neighbours, near], cosine?, texts))
}
