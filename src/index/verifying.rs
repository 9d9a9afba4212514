//! Candidates of a query held against the article: their texts are compared, where there are texts.

use super::answer::{Query, Verified};
use super::part::Part;
use super::reach::Hit;
use super::search::Candidate;
use super::snapshot::{Shared, Snapshot};
use super::texts::unpack;
use crate::cluster::Bond;
use crate::compare::relation::ONE_TEXT;
use crate::detector::judge::{self, Judge, Road};
use crate::detector::reading::Signer;
use crate::error::Error;
use crate::sketch::minhash::equal_slots;

/// Where the texts of candidates come from.
pub(super) type Texts<'t> = &'t mut dyn FnMut(&str, &mut String) -> bool;

/// Candidates of one query looked at.
pub(super) struct Verifying<'v, 't> {
    pub(super) snapshot: &'v Snapshot,
    pub(super) query: &'v Query<'v>,
    pub(super) judge: Judge<'v>,
    pub(super) texts: Option<Texts<'t>>,
    /// The article, read when it is first compared, and the memory for that.
    pub(super) asked: Option<judge::Asked<'v>>,
    pub(super) memory: Option<&'v mut judge::Memory>,
    /// To sign candidates, and the slots of the article.
    pub(super) signer: &'v mut Signer,
    pub(super) slots: &'v [u32],
    /// What is known of texts that were looked at: several parts may have one.
    pub(super) known: Vec<(u64, u32, Option<Option<Verified>>)>,
}

impl Verifying<'_, '_> {
    /// Compares a candidate with the article, and adds it to the matches if it is one.
    pub(super) fn look_at(
        &mut self,
        candidate: &Candidate,
        frequency: &dyn Fn(u32) -> usize,
        text: &mut String,
        hits: &mut Vec<Hit>,
    ) -> Result<(), Error> {
        let first = hits.len();
        self.snapshot.members(candidate, self.query, None, hits)?;
        let Some(&Hit { part, article, .. }) = hits.get(first) else { return Ok(()) };
        let verified = self.verify(part, article, candidate, frequency, text)?;
        match verified {
            Some(None) => hits.truncate(first),
            Some(verified) => hits[first..].iter_mut().for_each(|hit| hit.verified = verified),
            // Without texts a story is no more than a guess, and a phrase in common no text.
            None if !candidate.band && candidate.share < ONE_TEXT => hits.truncate(first),
            None => {}
        }
        Ok(())
    }

    /// Compares the texts: none if there is none to compare with.
    fn verify(
        &mut self,
        part: u32,
        article: u32,
        candidate: &Candidate,
        frequency: &dyn Fn(u32) -> usize,
        text: &mut String,
    ) -> Result<Option<Option<Verified>>, Error> {
        let place = &self.snapshot.view.parts[part as usize];
        let facts = place.facts(article)?;
        let known = self.known.iter().find(|known| (known.0, known.1) == (facts.digest, facts.shingles));
        if let Some(&(_, _, verified)) = known {
            return Ok(verified);
        }
        text.clear();
        let there = match &mut self.texts {
            Some(texts) => texts(place.id(article)?, text),
            None if self.snapshot.shared.shape.texts => {
                if !unpack(place.kept_text(article)?, facts.length, text) {
                    return Err(self.snapshot.damaged(part, "a kept text cannot be unpacked"));
                }
                true
            }
            None => false,
        };
        if let Some(memory) = self.memory.take_if(|_| there) {
            self.asked = Some(self.judge.ask(self.query.article.text, memory));
        }
        let terms = if self.snapshot.shared.shape.story { place.terms(article)? } else { None };
        let given = judge::Given { text, terms: terms.as_deref() };
        let verified = there.then(|| self.judge(candidate, given, frequency));
        self.known.push((facts.digest, facts.shingles, verified));
        Ok(verified)
    }

    /// Puts a text to the tests of the roads that have led to it, one after another.
    fn judge(
        &mut self,
        candidate: &Candidate,
        given: judge::Given<'_>,
        frequency: &dyn Fn(u32) -> usize,
    ) -> Option<Verified> {
        let Shared { least, sure, .. } = *self.snapshot.shared;
        let asked = self.asked.as_mut()?;
        // The bits of slots that are kept let some through that share a band, but not slots enough.
        let near = candidate.band
            && (candidate.agreeing >= sure
                || equal_slots(self.slots, self.signer.sign(given.text).slots) >= least);
        // What fails the test of the bands fails that of the anchors.
        let text = match (near, candidate.share > 0.0) {
            (true, _) => Some(Road::Bands),
            (false, true) => Some(Road::Anchors),
            (false, false) => None,
        };
        let roads = text.into_iter().chain(candidate.story.then_some(Road::Story));
        let judged = { roads }.find_map(|road| self.judge.judge(asked, given, road, frequency))?;
        let judge::Verdict { relation, confidence, overlap, bond, score } = judged;
        Some(Verified { relation, confidence, overlap, bond, score })
    }

    /// The cluster of the article: of the matches that stand for one, that of the best; or else that of the best match, if the article that
    /// stands for it matches too. So no article is in a cluster that it has nothing in common with.
    pub(super) fn cluster(
        &mut self,
        hits: &[Hit],
        frequency: &dyn Fn(u32) -> usize,
        text: &mut String,
    ) -> Result<Option<u64>, Error> {
        let snapshot = self.snapshot;
        let slots = snapshot.shared.shape.slots;
        let mut best: [Option<(f64, u64)>; 2] = [None, None];
        for hit in hits.iter().filter(|hit| hit.is_strong()) {
            let (cluster, stands) = snapshot.cluster_of(hit)?;
            let best = &mut best[usize::from(!stands)];
            if best.is_none_or(|best| hit.score(slots) > best.0) {
                *best = Some((hit.score(slots), cluster));
            }
        }
        if let Some((_, cluster)) = best[0] {
            return Ok(Some(cluster));
        }
        let Some((_, cluster)) = best[1] else { return Ok(None) };
        let Some((part, article, _)) = snapshot.with_hash(cluster)? else { return Ok(None) };
        let stands = Candidate { part, article, agreeing: u32::MAX, band: true, share: 0.0, story: false };
        let verified = self.verify(part, article, &stands, frequency, text)?;
        let related = matches!(verified, Some(Some(verified)) if verified.bond == Bond::Text);
        Ok(related.then_some(cluster))
    }
}

impl Snapshot {
    fn damaged(&self, part: u32, what: &'static str) -> Error {
        match &self.view.parts[part as usize] {
            Part::Segment(part) => part.segment.file.damaged(part.segment.directory.kept.bytes, what),
            Part::Recent(_) => Error::damaged("log", 0, what),
        }
    }
}
