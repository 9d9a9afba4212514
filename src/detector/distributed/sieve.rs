//! Looks at the sketches of proposed near duplicates, as the join and the
//! [filter of boilerplate](crate::detector::boilerplate) do: whether the band that proposed two
//! texts is the first in which they agree, whether enough slots are equal, and whether they share
//! more than boilerplate.

use std::collections::{HashMap, HashSet};

use super::Shared;
use super::bands::{SURE, bands, templates};
use super::blocks::{Blocks, Given, Kind, missing};
use super::records::{CandidateRecord, EdgeRecord, LeftRecord, Proposal, TermsRecord, TextRecord};
use super::sides::{WeighedTerms, known, neighbours, send_left};
use crate::detector::generators::bands::join;
use crate::error::Error;
use crate::sketch::key_terms::Term;
use crate::sketch::minhash::equal_slots;
use crate::verify::candidate::{Generator, SketchedPair, is_worth_reading};
use crate::verify::policy::Spread;

/// Sends the left texts of the proposals of bands to the right ones.
pub(super) fn band_lefts(given: &Given<'_>, out: &mut Blocks) -> Result<(), Error> {
    let mut proposals: Vec<Proposal> = given.records(Kind::BandPair)?;
    // Of several proposals of a pair the first band decides, unless it is a candidate for sure.
    proposals.sort_unstable_by_key(|it| (it.left, it.right, it.by != SURE, it.by));
    proposals.dedup_by_key(|it| (it.left, it.right));
    let texts = given.by_number(Kind::Text, |text: &TextRecord| text.number)?;
    let (known, templates) = (Known::of(given)?, templates(given)?);
    for of_left in proposals.chunk_by(|a, b| a.left == b.left) {
        let number = of_left[0].left;
        let text = texts.get(&number).ok_or_else(|| missing(Kind::Text, number))?;
        let template = templates.get(&number).copied();
        let left = LeftRecord { slots: text.slots.clone(), template, ..known.left(number) };
        send_left(Kind::BandLeft, left, of_left, out);
    }
    Ok(())
}

/// What is known of the texts of a part apart from what a generator compares.
pub(super) struct Known {
    terms: HashMap<u64, TermsRecord>,
    neighbours: HashMap<u64, u32>,
}

impl Known {
    pub(super) fn of(given: &Given<'_>) -> Result<Self, Error> {
        let terms = given.by_number(Kind::Terms, |text: &TermsRecord| text.number)?;
        Ok(Known { terms, neighbours: neighbours(given)? })
    }

    /// What is known of a left text.
    pub(super) fn left(&self, number: u64) -> LeftRecord {
        let of_text = self.terms.get(&number);
        LeftRecord {
            number,
            date: of_text.and_then(|text| text.date),
            slots: Vec::new(),
            anchors: Vec::new(),
            kept_anchors: 0,
            terms: of_text.map_or_else(Vec::new, |text: &TermsRecord| text.terms.clone()),
            neighbours: self.neighbours.get(&number).copied().unwrap_or_default(),
            template: None,
            rights: Vec::new(),
        }
    }
}

/// The sketches of two texts, as far as candidates are filtered by them.
pub(super) struct Sketches {
    pub(super) similarity: f64,
    pub(super) cosine: Option<f64>,
    pub(super) spread: Spread,
}

impl SketchedPair for Sketches {
    fn similarity(&mut self) -> f64 {
        self.similarity
    }

    fn cosine(&mut self) -> Option<f64> {
        self.cosine
    }

    fn spread(&mut self) -> Spread {
        self.spread
    }
}

/// The candidates among the proposals of bands.
pub(super) fn band_candidates(
    shared: &Shared,
    given: &Given<'_>,
    out: &mut Blocks,
) -> Result<(), Error> {
    let (join, bands) = (join(&shared.config), bands(&shared.config));
    let texts = given.by_number(Kind::Text, |text: &TextRecord| text.number)?;
    let mut terms = WeighedTerms::of(given, shared.weights.as_ref())?;
    let (near, templates) = (neighbours(given)?, templates(given)?);
    for left in given.records::<LeftRecord>(Kind::BandLeft)? {
        set_left(&mut terms, &left.terms);
        for &(right, by) in &left.rights {
            let text = texts.get(&right).ok_or_else(|| missing(Kind::Text, right))?;
            let of_band = bands.get(..=by as usize);
            if !of_band.is_none_or(|bands| join.finds(&left.slots, &text.slots, bands)) {
                continue;
            }
            let is_of_template = by != SURE
                && left.template.is_some()
                && left.template.as_ref() == templates.get(&right);
            if is_of_template && !join.are_near(&left.slots, &text.slots) {
                continue;
            }
            let cosine = terms.as_mut().map(|terms| terms.cosine(right)).transpose()?;
            let equal = f64::from(equal_slots(&left.slots, &text.slots));
            let mut sketches = Sketches {
                similarity: equal / text.slots.len() as f64,
                cosine: cosine.filter(|_| shared.knows_boilerplate()),
                spread: Spread::default(),
            };
            if is_worth_reading(Generator::Bands, &mut sketches) {
                let cosine = cosine.filter(|_| shared.has_stories());
                let known = known(&left, right, cosine, &near, shared.totals.texts);
                let candidate = CandidateRecord { left: left.number, right, known };
                out.add(Kind::BandCandidate, left.number, &candidate);
            }
        }
    }
    Ok(())
}

/// Sets the left text by its terms, if terms are compared.
pub(super) fn set_left(terms: &mut Option<WeighedTerms<'_>>, of_left: &[Term]) {
    terms.iter_mut().for_each(|terms| terms.set_left(of_left.to_vec()));
}

/// The edges of some kinds whose left texts are of this part.
pub(super) fn edges_of(given: &Given<'_>, kinds: &[Kind]) -> Result<HashSet<(u64, u64)>, Error> {
    let edges: Vec<EdgeRecord> = given.records_of(kinds)?;
    Ok(edges.into_iter().map(|edge| (edge.left, edge.right)).collect())
}
