//! Builds a segment of the articles of some leaves, as a [plan](super::plan) orders them.
//!
//! Keys are merged table by table, a range of keys at a time: each leaf gives its entries in order,
//! so only the sorted runs of the leaves have to be merged. The memory that it takes is some
//! megabytes, and 8 to 30 bytes an article.

use std::collections::HashMap;

use super::plan::{NOWHERE, SegmentPlan};
use crate::error::Error;
use crate::index::segment::directory::SegmentDirectory;
use crate::index::segment::entries::merge_runs;
use crate::index::segment::key_table::{KeyTable, KeyTableWriter};
use crate::index::segment::keys::{KeyKind, name_key};
use crate::index::segment::leaf::{Entries, LeafReader};
use crate::index::segment::metadata::Metadata;
use crate::index::segment::schema::Schema;
use crate::index::segment::strings::{SparseStrings, Strings};
use crate::index::segment::terms::encode_terms;
use crate::index::store::blocks::BlockWriter;
use crate::index::view::Address;
use crate::wire::Encoder;

/// The bits that are kept of a key: enough that a look-up in a million articles returns only one or
/// two that do not have the key.
const BAND_BITS: u32 = 21;
const ANCHOR_BITS: u32 = 24;
const TERM_BITS: u32 = 24;
const OTHER_BITS: u32 = 22;
/// Each article that is found in vain costs the reading of its text.
const FINGERPRINT_BITS: u32 = 30;
/// Entries that are merged at a time.
const CHUNK_ENTRIES: u64 = 1 << 18;

/// Writes a segment, in an index of `texts` texts.
pub(crate) fn build(
    mut out: BlockWriter,
    leaves: &[&dyn LeafReader],
    plan: &SegmentPlan,
    schema: &Schema,
    texts: u64,
) -> Result<(), Error> {
    let articles = plan.order.len() as u32;
    let mut directory = SegmentDirectory { articles, ..SegmentDirectory::default() };
    let at = |&Address { leaf, article }: &Address| (leaves[leaf as usize], article);
    let planned = plan.order.iter().map(at);

    out.align(64)?;
    directory.signatures = out.position();
    for (leaf, article) in planned.clone() {
        out.write(leaf.signature(article)?)?;
    }
    let Named { sources, clusters } = write_metadata(&mut out, leaves, plan, &mut directory)?;
    let ids = planned.clone().map(|(leaf, article)| leaf.id(article).map(str::as_bytes));
    directory.ids = Strings::write(&mut out, ids)?;
    let sources = sources.iter().map(|source| Ok(source.as_bytes()));
    directory.sources = Strings::write(&mut out, sources)?;
    if schema.texts {
        let kept = planned.map(|(leaf, article)| leaf.packed_text(article));
        directory.kept_texts = Strings::write(&mut out, kept)?;
    }
    directory.terms = write_terms(&mut out, leaves, plan, schema, texts)?;
    directory.words = write_words(&mut out, leaves, plan, schema, texts)?;
    directory.clusters = SparseStrings::write(&mut out, clusters)?;

    let mut tables = TableBuilder::new(leaves, plan);
    for band in 0..schema.bands as u32 {
        directory.bands.push(tables.write(&mut out, KeyKind::Band(band), BAND_BITS)?);
    }
    directory.by_anchor = tables.write(&mut out, KeyKind::Anchor, ANCHOR_BITS)?;
    directory.by_term = tables.write(&mut out, KeyKind::Term, TERM_BITS)?;
    directory.by_id = tables.write(&mut out, KeyKind::Id, OTHER_BITS)?;
    directory.by_digest = tables.write(&mut out, KeyKind::Digest, OTHER_BITS)?;
    directory.by_cluster = tables.write(&mut out, KeyKind::Cluster, OTHER_BITS)?;
    if schema.passages {
        let kind = KeyKind::Fingerprint;
        directory.by_fingerprint = tables.write(&mut out, kind, FINGERPRINT_BITS)?;
    }

    out.align(8)?;
    let root = out.position();
    out.write(&directory.encode(schema))?;
    out.finish(root).map(|_| ())
}

/// Names that the metadata refers to.
struct Named<'l> {
    /// The sources, in the order of their numbers.
    sources: Vec<&'l str>,
    /// The articles that were put in a cluster, and its name.
    clusters: Vec<(u32, &'l str)>,
}

fn write_metadata<'l>(
    out: &mut BlockWriter,
    leaves: &[&'l dyn LeafReader],
    plan: &SegmentPlan,
    directory: &mut SegmentDirectory,
) -> Result<Named<'l>, Error> {
    let mut numbers: HashMap<&str, u32> = HashMap::new();
    let mut named = Named { sources: Vec::new(), clusters: Vec::new() };
    let mut encoded = Encoder::default();
    directory.metadata = out.position();
    for (new, (&address, &is_duplicate)) in (0..).zip(plan.order.iter().zip(&plan.is_duplicate)) {
        let (leaf, article) = (leaves[address.leaf as usize], address.article);
        // A damaged source or cluster is no reason to lose the article.
        let source = leaf.source(article).or_else(|error| plan.tolerate(error))?;
        let cluster = leaf.cluster(article).or_else(|error| plan.tolerate(error))?;
        let source = source.map_or(0, |source| {
            *numbers.entry(source).or_insert_with(|| {
                named.sources.push(source);
                named.sources.len() as u32
            })
        });
        let metadata = Metadata { is_duplicate, source, ..leaf.metadata(article)? };
        match (metadata.date, &mut directory.dates) {
            (None, _) => directory.undated += 1,
            (Some(date), None) => directory.dates = Some((date, date)),
            (Some(date), Some((first, last))) => {
                (*first, *last) = ((*first).min(date), (*last).max(date));
            }
        }
        directory.texts += u32::from(!is_duplicate && metadata.shingles > 0);
        named.clusters.extend(cluster.map(|cluster| (new, cluster)));
        encoded.bytes.clear();
        metadata.encode(&mut encoded);
        out.write(&encoded.bytes)?;
    }
    Ok(named)
}

/// Writes the key terms of those texts whose terms are kept.
fn write_terms(
    out: &mut BlockWriter,
    leaves: &[&dyn LeafReader],
    plan: &SegmentPlan,
    schema: &Schema,
    texts: u64,
) -> Result<SparseStrings, Error> {
    let mut encoded: Vec<(u32, Vec<u8>)> = Vec::new();
    for (leaf, keyed) in leaves.iter().zip(&plan.keyed) {
        for kept in leaf.kept_terms() {
            let kept = kept.map(Some).or_else(|error| plan.tolerate(error))?;
            let Some((article, terms)) = kept else { continue };
            let new = keyed[article as usize];
            let keeps = |it: Metadata| schema.keeps_terms(it.digest, texts);
            if new != NOWHERE && leaf.metadata(article).is_ok_and(keeps) {
                let mut bytes = Encoder::default();
                encode_terms(&terms, &mut bytes);
                encoded.push((new, bytes.bytes));
            }
        }
    }
    SparseStrings::write(out, encoded)
}

/// Writes the words of those texts whose words are kept.
fn write_words(
    out: &mut BlockWriter,
    leaves: &[&dyn LeafReader],
    plan: &SegmentPlan,
    schema: &Schema,
    texts: u64,
) -> Result<SparseStrings, Error> {
    let mut encoded: Vec<(u32, &[u8])> = Vec::new();
    for (leaf, keyed) in leaves.iter().zip(&plan.keyed) {
        for kept in leaf.kept_words() {
            let kept = kept.map(Some).or_else(|error| plan.tolerate(error))?;
            let Some((article, words)) = kept else { continue };
            let new = keyed[article as usize];
            let keeps = |it: Metadata| schema.keeps_words(it.digest, texts);
            if new != NOWHERE && leaf.metadata(article).is_ok_and(keeps) {
                encoded.push((new, words));
            }
        }
    }
    SparseStrings::write(out, encoded)
}

/// Builds the key tables of a segment, one after another.
struct TableBuilder<'b> {
    leaves: &'b [&'b dyn LeafReader],
    plan: &'b SegmentPlan,
    articles: u32,
    /// The entries that are merged: a key and an article each.
    entries: Vec<u64>,
    scratch: Vec<u64>,
    /// Where the entries of each leaf begin.
    runs: Vec<usize>,
}

impl<'b> TableBuilder<'b> {
    fn new(leaves: &'b [&'b dyn LeafReader], plan: &'b SegmentPlan) -> Self {
        TableBuilder {
            leaves,
            plan,
            articles: plan.order.len() as u32,
            entries: Vec::new(),
            scratch: Vec::new(),
            runs: Vec::new(),
        }
    }

    fn write(
        &mut self,
        out: &mut BlockWriter,
        kind: KeyKind,
        key_bits: u32,
    ) -> Result<KeyTable, Error> {
        let SegmentPlan { places, keyed, tolerant, .. } = self.plan;
        if *tolerant && kind == KeyKind::Id {
            return self.write_ids(out, key_bits);
        }
        let maps = match kind {
            KeyKind::Band(_)
            | KeyKind::Anchor
            | KeyKind::Term
            | KeyKind::Fingerprint
            | KeyKind::Digest => keyed,
            KeyKind::Id | KeyKind::Cluster => places,
        };
        let leaves = self.leaves.iter();
        let mut inputs: Vec<Box<dyn Entries + '_>> =
            leaves.map(|leaf| leaf.entries(kind, key_bits, *tolerant)).collect();
        let at_most = inputs.iter().map(|input| input.len()).sum();
        let mut writer = KeyTableWriter::new(out, at_most, self.articles, key_bits)?;
        let steps = u64::div_ceil(at_most, CHUNK_ENTRIES).max(1);
        for step in 1..=steps {
            // Keys that are the same once they are cut must be in the same step.
            let limit = ((step << 32) / steps) & (u64::MAX << (32 - key_bits));
            self.entries.clear();
            self.runs.clear();
            for (input, map) in inputs.iter_mut().zip(maps) {
                let run = self.entries.len();
                self.runs.push(run);
                input.read_until(limit, &mut self.entries)?;
                renumber(&mut self.entries, run, map, key_bits);
            }
            merge_runs(&mut self.entries, &mut self.scratch, &mut self.runs);
            // Two keys of one article may be the same once they are cut.
            self.entries.dedup();
            writer.extend(out, &self.entries)?;
        }
        writer.finish(out)
    }

    /// Writes the table of ids anew from the ids: an article whose key is lost could never be
    /// removed.
    fn write_ids(&mut self, out: &mut BlockWriter, key_bits: u32) -> Result<KeyTable, Error> {
        self.entries.clear();
        for (new, &Address { leaf, article }) in (0..).zip(&self.plan.order) {
            let id = self.leaves[leaf as usize].id(article)?;
            self.entries.push(u64::from(name_key(id)) << 32 | new);
        }
        self.entries.sort_unstable_by_key(|entry| (entry >> (64 - key_bits), *entry as u32));
        let entries = self.entries.len() as u64;
        let mut writer = KeyTableWriter::new(out, entries, self.articles, key_bits)?;
        writer.extend(out, &self.entries)?;
        writer.finish(out)
    }
}

/// Cuts the keys of the entries from `first` on, and gives the articles their new numbers; drops
/// articles that have none.
fn renumber(entries: &mut Vec<u64>, first: usize, map: &[u32], key_bits: u32) {
    let kept_bits = u32::MAX << (32 - key_bits);
    let mut end = first;
    for i in first..entries.len() {
        let (key, article) = ((entries[i] >> 32) as u32, entries[i] as u32);
        let new = map.get(article as usize).copied().unwrap_or(NOWHERE);
        entries[end] = u64::from(key & kept_bits) << 32 | u64::from(new);
        end += usize::from(new != NOWHERE);
    }
    entries.truncate(end);
}
