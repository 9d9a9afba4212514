//! Candidates that share a band, as [`lsh::join`](crate::lsh::join) finds them: the keys of all
//! bands are grouped, small buckets propose their pairs, large ones are known by their size. The
//! buckets between wait until it is known which texts are in large ones.
//!
//! A pair is proposed by every band in which it agrees. The [sieve](super::sieve) keeps the
//! proposal of the first of them, as the join does.

use std::collections::HashMap;
use std::ops::Range;

use super::blocks::{Blocks, Given, Kind, missing};
use super::components::Components;
use super::local::LocalArticles;
use super::records::{ArticleRecord, InLargeRecord, Proposal, TextRecord};
use crate::detector::config::Config;
use crate::detector::generators::bands::join;
use crate::detector::generators::large_buckets;
use crate::error::Error;
use crate::lsh::band_keys::band_key;
use crate::lsh::join::{Candidates, MAX_SMALL_BUCKET, MAX_VERSIONS};
use crate::sketch::SketchMatrix;
use crate::sketch::minhash::SignatureRef;

/// In the place of a band: the two are candidates whatever their bands.
pub(super) const SURE: u32 = u32::MAX;

/// A key, the band above.
type Key = u64;

fn band(key: Key) -> u32 {
    (key >> 32) as u32
}

/// The bands of a configuration.
pub(super) fn bands(config: &Config) -> Vec<Range<usize>> {
    config.banding().bands().collect()
}

/// The keys of each text.
pub(super) fn keys(config: &Config, given: &Given<'_>, out: &mut Blocks) -> Result<(), Error> {
    let bands = bands(config);
    for TextRecord { number, slots, .. } in given.records(Kind::Text)? {
        for (band, range) in bands.iter().enumerate() {
            let key: Key = (band as u64) << 32 | u64::from(band_key(&slots[range.clone()]));
            out.add(Kind::BandKey, key, &(key, number));
        }
    }
    Ok(())
}

/// Groups the keys into buckets.
pub(super) fn buckets(config: &Config, given: &Given<'_>, out: &mut Blocks) -> Result<(), Error> {
    let mut keys: Vec<(Key, u64)> = given.records(Kind::BandKey)?;
    keys.sort_unstable();
    for bucket in keys.chunk_by(|a, b| a.0 == b.0).filter(|bucket| bucket.len() > 1) {
        let key = bucket[0].0;
        let texts: Vec<u64> = bucket.iter().map(|entry| entry.1).collect();
        match texts.len() {
            size if size > config.bucket_limit() => {
                out.add_to(Kind::LargeBucket, 0, &texts);
            }
            size if size > MAX_SMALL_BUCKET => out.add(Kind::Waiting, key, &(key, texts)),
            _ => propose(&texts, band(key), |_| true, out),
        }
    }
    Ok(())
}

/// Proposes all pairs of a bucket, but for two that both are not apart from the large buckets.
fn propose(texts: &[u64], by: u32, is_apart: impl Fn(usize) -> bool, out: &mut Blocks) {
    for (i, &left) in texts.iter().enumerate() {
        let with_all = is_apart(i);
        for (j, &right) in texts.iter().enumerate().skip(i + 1) {
            if with_all || is_apart(j) {
                out.add(Kind::BandPair, left, &Proposal { left, right, by });
            }
        }
    }
}

/// Connects the large buckets that have a text in common.
pub(super) fn connect_large(given: &Given<'_>, components: &mut Components) -> Result<(), Error> {
    for bucket in given.records::<Vec<u64>>(Kind::LargeBucket)? {
        bucket.iter().for_each(|&text| components.connect(bucket[0], text));
    }
    Ok(())
}

/// The texts of large buckets, with what they are merged to.
pub(super) fn in_large(components: &mut Components, out: &mut Blocks) {
    let sizes = components.sizes();
    components.for_each(|number, group| {
        let size = sizes.get(&group).map_or(0, |&size| size as u64);
        out.add(Kind::InLarge, number, &InLargeRecord { number, group, size });
    });
}

/// The groups of texts that are pages of a template, by text.
pub(super) fn templates(given: &Given<'_>) -> Result<HashMap<u64, u64>, Error> {
    let in_large: Vec<InLargeRecord> = given.records(Kind::InLarge)?;
    let of_template = in_large.into_iter().filter(|it| it.size > MAX_VERSIONS as u64);
    Ok(of_template.map(|it| (it.number, it.group)).collect())
}

/// Proposes the pairs of the waiting buckets, if there are no large ones.
pub(super) fn pair_waiting(given: &Given<'_>, out: &mut Blocks) -> Result<(), Error> {
    for (key, texts) in given.records::<(Key, Vec<u64>)>(Kind::Waiting)? {
        propose(&texts, band(key), |_| true, out);
    }
    Ok(())
}

/// Sends the texts of waiting buckets to the parts of their signatures.
pub(super) fn scatter_waiting(given: &Given<'_>, out: &mut Blocks) -> Result<(), Error> {
    for (key, texts) in given.records::<(Key, Vec<u64>)>(Kind::Waiting)? {
        texts.iter().for_each(|&text| out.add(Kind::Waiting, text, &(key, vec![text])));
    }
    Ok(())
}

/// A text of a waiting bucket: the key, its number, and its signature if it is in a large bucket.
type WaitingText = (Key, u64, Option<Vec<u32>>);

/// Sends the texts of waiting buckets back to the parts of their keys, those that are in large
/// buckets with their signatures.
pub(super) fn waiting_texts(given: &Given<'_>, out: &mut Blocks) -> Result<(), Error> {
    let in_large = given.by_number(Kind::InLarge, |text: &InLargeRecord| text.number)?;
    let texts = given.by_number(Kind::Text, |text: &TextRecord| text.number)?;
    for (key, numbers) in given.records::<(Key, Vec<u64>)>(Kind::Waiting)? {
        for number in numbers {
            let slots = match in_large.contains_key(&number) {
                true => Some(text_of(&texts, number)?.slots.clone()),
                false => None,
            };
            let text: WaitingText = (key, number, slots);
            out.add(Kind::WaitingText, key, &text);
        }
    }
    Ok(())
}

fn text_of(texts: &HashMap<u64, TextRecord>, number: u64) -> Result<&TextRecord, Error> {
    texts.get(&number).ok_or_else(|| missing(Kind::Text, number))
}

/// Compares the texts of waiting buckets: those in large buckets with their neighbours alone.
pub(super) fn compare_waiting(
    config: &Config,
    given: &Given<'_>,
    out: &mut Blocks,
) -> Result<(), Error> {
    let mut texts: Vec<WaitingText> = given.records(Kind::WaitingText)?;
    texts.sort_unstable();
    let (join, bands) = (join(config), bands(config));
    for bucket in texts.chunk_by(|a, b| a.0 == b.0) {
        let number = band(bucket[0].0);
        let numbers: Vec<u64> = bucket.iter().map(|text| text.1).collect();
        propose(&numbers, number, |i| bucket[i].2.is_none(), out);
        let mut matrix = SketchMatrix::new(config.sketcher());
        let mut in_large = Vec::new();
        for (_, number, slots) in bucket {
            let Some(slots) = slots else { continue };
            in_large.push(*number);
            matrix.push(SignatureRef { slots, count: 1 });
        }
        let rows = (0..in_large.len() as u32).collect();
        let mut found = Candidates::default();
        let Some(range) = bands.get(number as usize) else { continue };
        join.compare_neighbors(&matrix, range.end, rows, &mut found);
        sure(&in_large, found.pairs, out);
    }
    Ok(())
}

/// Proposes pairs of places among texts as sure candidates.
fn sure(texts: &[u64], pairs: Vec<(u32, u32)>, out: &mut Blocks) {
    for (a, b) in pairs {
        let (left, right) = (texts[a as usize], texts[b as usize]);
        out.add(Kind::BandPair, left, &Proposal { left, right, by: SURE });
    }
}

/// Sends the texts of large buckets to the parts of their groups.
pub(super) fn large_texts(given: &Given<'_>, out: &mut Blocks) -> Result<(), Error> {
    let texts = given.by_number(Kind::Text, |text: &TextRecord| text.number)?;
    let articles = given.by_number(Kind::Article, |article: &ArticleRecord<'_>| article.number)?;
    for InLargeRecord { number, group, .. } in given.records(Kind::InLarge)? {
        let text = text_of(&texts, number)?;
        let article = articles.get(&number).ok_or_else(|| missing(Kind::Article, number))?;
        out.add(Kind::LargeText, group, &(group, article.clone(), text.clone()));
    }
    Ok(())
}

/// Compares the texts of each large bucket with leaders and by what they have of their own.
pub(super) fn compare_large(
    config: &Config,
    given: &Given<'_>,
    out: &mut Blocks,
) -> Result<(), Error> {
    let mut texts: Vec<(u64, ArticleRecord<'_>, TextRecord)> = given.records(Kind::LargeText)?;
    texts.sort_unstable_by_key(|text| (text.0, text.1.number));
    for bucket in texts.chunk_by(|a, b| a.0 == b.0) {
        let signatures: Vec<TextRecord> = bucket.iter().map(|text| text.2.clone()).collect();
        let local = LocalArticles::new(bucket.iter().map(|text| text.1.clone()).collect());
        let rows: Vec<u32> = (0..bucket.len() as u32).collect();
        let found = local.with_input(config, &signatures, Vec::new(), |input| {
            large_buckets::propose(input, &[rows]).candidates
        });
        let numbers: Vec<u64> = bucket.iter().map(|text| text.1.number).collect();
        sure(&numbers, found, out);
    }
    Ok(())
}
