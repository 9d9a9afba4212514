//! Articles that have a passage of a text, whatever else is in them.
//!
//! Two texts that share a passage share a [fingerprint](crate::passages::Fingerprinter). A
//! fingerprint is no more than a phrase, so each text that has one is read. What it shares with the
//! text of the query is found as in a [collection](crate::passages::aligned).
//!
//! The texts with the rarest fingerprints are read first. So what many articles have, as a page
//! frame, keeps no other passage from being found where not all texts are read.

use std::cmp::Reverse;

use super::answer::{Match, Query};
use super::candidates::Candidate;
use super::hit::{Hit, push_hits};
use crate::compare::passages::Passages;
use crate::detector::config::Config;
use crate::error::Error;
use crate::index::limits::{MAX_BUCKET, MAX_PASSAGE_TEXTS};
use crate::index::segment::keys::KeyKind;
use crate::index::segment::leaf::LookupScratch;
use crate::index::segment::schema::Schema;
use crate::index::segment::signature::agreeing_slots;
use crate::index::view::{Address, View};
use crate::passages::aligned::Aligner;
use crate::passages::{Fingerprinter, Grain};
use crate::text::words::Words;

/// What is searched for.
pub(crate) struct PassageQuery<'a> {
    pub(crate) view: &'a View,
    pub(crate) config: &'a Config,
    pub(crate) schema: &'a Schema,
    pub(crate) query: &'a Query<'a>,
    /// The packed signature.
    pub(crate) signature: &'a [u8],
}

/// A text that shares fingerprints.
struct Sharing {
    address: Address,
    /// In how many texts the rarest of them is.
    rarest: usize,
    /// How many it shares.
    fingerprints: usize,
}

/// The articles that have a passage of the article of a query, those that share most words first.
pub(crate) fn find_by_passages(input: &PassageQuery<'_>) -> Result<Vec<Match>, Error> {
    let PassageQuery { view, query, schema, signature, .. } = *input;
    let grain = input.config.passage_grain();
    let text = query.article.text;
    let mut finder = PassageFinder::new(text, grain);
    let (mut hits, mut other): (Vec<Hit>, _) = (Vec::new(), String::new());
    let mut found: Vec<(usize, Match)> = Vec::new();
    let sharing = sharing(view, Fingerprinter::new(grain).read(text))?;
    for Sharing { address, fingerprints, .. } in sharing.iter().take(MAX_PASSAGE_TEXTS) {
        let leaf = view.leaf(*address);
        let agreeing = agreeing_slots(signature, leaf.signature(address.article)?);
        hits.clear();
        push_hits(view, query, None, &Candidate::new(*address, agreeing), &mut hits)?;
        for hit in &hits {
            leaf.text(hit.address.article, &mut other)?;
            let shared = finder.shared(&other, *fingerprints);
            let words = shared.passages.iter().map(|passage| passage.words).sum();
            if words > 0 {
                let found_in = hit.to_match(view, schema.slots)?;
                found.push((words, Match { passages: Some(shared), ..found_in }));
            }
        }
    }
    found.sort_by_key(|(words, _)| Reverse(*words));
    found.truncate(query.top);
    Ok(found.into_iter().map(|(_, found)| found).collect())
}

/// The texts that share fingerprints, those with the rarest first, of these the latest.
fn sharing(view: &View, fingerprints: &[u32]) -> Result<Vec<Sharing>, Error> {
    const KIND: KeyKind = KeyKind::Fingerprint;
    let mut lookup = LookupScratch::default();
    let (mut buckets, mut articles, mut ends) = (Vec::new(), Vec::new(), Vec::new());
    // Which text has which fingerprint, and in how many texts each is.
    let mut hits: Vec<(Address, u32)> = Vec::new();
    let mut frequencies = vec![0; fingerprints.len()];
    for (number, leaf) in (0..).zip(&view.leaves) {
        buckets.clear();
        articles.clear();
        ends.clear();
        leaf.locate(KIND, fingerprints, &mut lookup, &mut buckets)?;
        leaf.read_buckets(KIND, fingerprints, &buckets, MAX_BUCKET, &mut articles, &mut ends)?;
        let mut start = 0;
        for ((key, &end), frequency) in (0..).zip(&ends).zip(&mut frequencies) {
            let of_key = articles[start..end].iter();
            hits.extend(of_key.map(|&article| (Address { leaf: number, article }, key)));
            *frequency += end - start;
            start = end;
        }
    }
    hits.sort_unstable();
    hits.dedup();
    let of_text = |hits: &[(Address, u32)]| Sharing {
        address: hits[0].0,
        rarest: hits.iter().map(|hit| frequencies[hit.1 as usize]).min().unwrap_or_default(),
        fingerprints: hits.len(),
    };
    let mut sharing: Vec<Sharing> = hits.chunk_by(|a, b| a.0 == b.0).map(of_text).collect();
    sharing.sort_unstable_by_key(|it| (it.rarest, Reverse(it.address)));
    Ok(sharing)
}

/// Finds what texts share with that of the query.
struct PassageFinder {
    grain: Grain,
    aligner: Aligner,
    /// The text of the query, and the other one: words, or letters where texts are scans.
    asked: Words,
    other: Words,
}

impl PassageFinder {
    fn new(text: &str, grain: Grain) -> Self {
        let (mut asked, mut aligner) = (Words::default(), Aligner::default());
        read(text, &grain, &mut asked);
        aligner.set_left(asked.hashes());
        PassageFinder { grain, aligner, asked, other: Words::default() }
    }

    /// What a text shares that has so many fingerprints in common.
    fn shared(&mut self, text: &str, fingerprints: usize) -> Passages {
        let PassageFinder { grain, aligner, asked, other } = self;
        read(text, grain, other);
        // A passage that was edited has two fingerprints, or is not looked for: most texts that
        // share one share a phrase.
        if fingerprints < 2 && !aligner.shares_run(other.hashes(), grain) {
            return Passages::default();
        }
        let mut blocks = aligner.align(other.hashes(), grain);
        blocks.sort_unstable_by_key(|runs| (runs[0].left, runs[0].right));
        Passages::overlapping(asked, other, &blocks)
    }
}

fn read(text: &str, grain: &Grain, words: &mut Words) {
    match grain.by_letters() {
        true => words.read_letters(text, grain.folding()),
        false => words.read(text, grain.folding()),
    }
}
