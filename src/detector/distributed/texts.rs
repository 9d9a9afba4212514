//! Signs articles, finds the different texts among them, and learns what their terms are worth.
//!
//! Identical texts have one SHA-256, of which 128 bits are kept: a hash for which nobody can make
//! two texts, so they are not compared byte by byte as they are in memory.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};
use xxhash_rust::xxh3::xxh3_64;

use super::blocks::{Blocks, Given, Kind};
use super::records::{
    AnchorsRecord, ArticleRecord, CopyRecord, SignedRecord, TermsRecord, TextRecord,
};
use crate::detector::config::{Config, Scope};
use crate::detector::input::rank_key;
use crate::error::{Error, ErrorKind};
use crate::parallel;
use crate::sketch::key_terms::{Term, TermReader, TermWeights};
use crate::sketch::signer::Signer;
use crate::verify::policy::{LEARNT_FROM, LEARNT_SAMPLE};

/// Texts that a part samples beside four times its share of the sample. The digests that decide
/// are evenly distributed, so no part needs nearly as many.
const SAMPLED_BESIDE: usize = 256;

/// Counts of all articles and texts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Totals {
    pub(super) articles: u64,
    pub(super) empty: u64,
    pub(super) texts: u64,
}

/// Whether key terms are read: nothing is known of them where texts are letters.
pub(super) fn reads_terms(config: &Config) -> bool {
    config.scope() >= Scope::Text && config.sketcher().shingler().shingle().is_words()
}

/// Signs articles.
pub(super) fn sign(config: &Config, articles: &[ArticleRecord<'_>], out: &mut Blocks) {
    let signer = || (Signer::new(config.sketcher(), config.uses_anchors()), TermReader::default());
    let folding = config.sketcher().shingler().folding();
    let signed = parallel::map(articles.len(), signer, |(signer, reader), i| {
        let &ArticleRecord { number, date, source, text, .. } = &articles[i];
        let terms = match reads_terms(config) {
            true => reader.read(text, folding).to_vec(),
            false => Vec::new(),
        };
        let signed = signer.sign(text);
        SignedRecord {
            text_hash: text_hash(text),
            digest: signed.digest,
            text: TextRecord {
                number,
                date,
                length: text.len() as u64,
                shingles: signed.shingles,
                slots: signed.slots.to_vec(),
            },
            anchors: AnchorsRecord {
                number,
                source: source.map(|source| xxh3_64(source.as_bytes())),
                anchors: signed.anchors.to_vec(),
            },
            terms,
        }
    });
    for (article, signed) in articles.iter().zip(signed) {
        out.add(Kind::Article, article.number, article);
        out.add(Kind::Signed, signed.text_hash.0, &signed);
    }
}

fn text_hash(text: &str) -> (u64, u64) {
    let hash = Sha256::digest(text.as_bytes());
    let half = |bytes: &[u8]| bytes.iter().fold(0, |half, &byte| half << 8 | u64::from(byte));
    (half(&hash[..8]), half(&hash[8..16]))
}

/// Groups articles by their texts, and keeps the sketches of one article of each text.
pub(super) fn distinct(
    config: &Config,
    parts: u32,
    given: &Given<'_>,
    out: &mut Blocks,
) -> Result<(), Error> {
    let mut signed: Vec<SignedRecord> = given.records(Kind::Signed)?;
    let mut totals = Totals { articles: signed.len() as u64, ..Totals::default() };
    signed.retain(|article| article.text.shingles > 0);
    totals.empty = totals.articles - signed.len() as u64;
    signed.sort_by_cached_key(|article| (article.text_hash, article.text.rank()));
    let mut sample: Vec<&SignedRecord> = Vec::new();
    let mut counts: BTreeMap<u32, u32> = BTreeMap::new();
    for copies in signed.chunk_by(|a, b| a.text_hash == b.text_hash) {
        let first = &copies[0];
        let number = first.text.number;
        totals.texts += 1;
        out.add(Kind::Text, number, &first.text);
        if config.uses_anchors() {
            out.add(Kind::Anchors, number, &first.anchors);
        }
        if reads_terms(config) {
            let (date, terms) = (first.text.date, first.terms.clone());
            out.add(Kind::Terms, number, &TermsRecord { number, date, terms });
        }
        for copy in &copies[1..] {
            let number = copy.text.number;
            out.add(Kind::Copy, number, &CopyRecord { number, text: first.text.number });
        }
        match config.scope() {
            _ if !reads_terms(config) => {}
            Scope::Story => TermWeights::cells(&first.terms)
                .for_each(|cell| *counts.entry(cell).or_default() += 1),
            Scope::Text | Scope::Similar => sample.push(first),
        }
    }
    let limit = LEARNT_SAMPLE.min(4 * LEARNT_SAMPLE.div_ceil(parts as usize) + SAMPLED_BESIDE);
    sample.sort_by_cached_key(|text| (text.digest, text.text.rank()));
    for text in sample.iter().take(limit) {
        let TextRecord { number, date, length, .. } = text.text;
        let sampled: Sampled = ((text.digest, date), (length, number), text.terms.clone());
        out.add_to(Kind::Sample, 0, &sampled);
    }
    // The first text that the part did not sample.
    let beyond = sample.get(limit).map(|text| text.digest);
    counts.into_iter().for_each(|(cell, count)| {
        out.add(Kind::TermCounts, u64::from(cell), &(cell, count));
    });
    out.add_to(Kind::Totals, 0, &((totals.articles, totals.empty), totals.texts, beyond));
    Ok(())
}

/// Sums the counts of key terms.
pub(super) fn sum_counts(given: &Given<'_>, out: &mut Blocks) -> Result<(), Error> {
    let mut sums: BTreeMap<u32, u32> = BTreeMap::new();
    for (cell, count) in given.records::<(u32, u32)>(Kind::TermCounts)? {
        *sums.entry(cell).or_default() += count;
    }
    sums.into_iter().for_each(|sum| out.add_to(Kind::TermSums, 0, &sum));
    Ok(())
}

/// A text of the sample: its digest and date, its length and number, and its terms.
type Sampled = ((u64, Option<i64>), (u64, u64), Vec<Term>);

/// What all texts say: how many there are, and what terms are worth if that is known.
pub(super) fn learn(
    config: &Config,
    given: &Given<'_>,
) -> Result<(Totals, Option<TermWeights>), Error> {
    let mut totals = Totals::default();
    // The least digest that a part left out of its sample.
    let mut beyond: Option<u64> = None;
    type Counts = ((u64, u64), u64, Option<u64>);
    for ((articles, empty), texts, left_out) in given.records::<Counts>(Kind::Totals)? {
        totals.articles += articles;
        totals.empty += empty;
        totals.texts += texts;
        beyond = [beyond, left_out].into_iter().flatten().min();
    }
    if !reads_terms(config) {
        return Ok((totals, None));
    }
    if config.scope() == Scope::Story {
        let sums: Vec<(u32, u32)> = given.records(Kind::TermSums)?;
        return Ok((totals, Some(TermWeights::of_cells(totals.texts as usize, &sums))));
    }
    if totals.texts < LEARNT_FROM as u64 {
        return Ok((totals, None));
    }
    let mut sample: Vec<Sampled> = given.records(Kind::Sample)?;
    sample.sort_by_key(|&((digest, date), (length, number), _)| {
        (digest, rank_key(date, length as usize), number)
    });
    sample.truncate(LEARNT_SAMPLE);
    let last = sample.last().map(|text| text.0.0);
    if beyond.zip(last).is_some_and(|(beyond, last)| beyond <= last) {
        let is = "so uneven over the parts that no sample of it can be taken: use other parts";
        return Err(Error::stored("collection", is, ErrorKind::InvalidInput));
    }
    let mut weights = TermWeights::empty();
    sample.iter().for_each(|(_, _, terms)| weights.add(terms));
    Ok((totals, Some(weights)))
}
