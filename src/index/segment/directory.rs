//! The directory of a segment: where its columns lie.
//!
//! Everything in it is checked against the length of the file before it is trusted.

use super::key_table::KeyTable;
use super::keys::KeyKind;
use super::metadata::Metadata;
use super::schema::Schema;
use super::strings::{SparseStrings, Strings, fits};
use crate::index::limits::MAX_SEGMENT_ARTICLES;
use crate::wire::{Decoder, Encoder};

/// All offsets are from the beginning of the file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct SegmentDirectory {
    pub(crate) articles: u32,
    /// Different texts that have words: the articles in the tables of bands, anchors and terms.
    pub(crate) texts: u32,
    /// The earliest and the latest date, and how many articles have none.
    pub(crate) dates: Option<(i64, i64)>,
    pub(crate) undated: u32,
    /// Offset of the signatures.
    pub(crate) signatures: u64,
    /// Offset of the metadata.
    pub(crate) metadata: u64,
    pub(crate) ids: Strings,
    pub(crate) sources: Strings,
    /// Compressed texts; none where they are not kept.
    pub(crate) kept_texts: Strings,
    pub(crate) terms: SparseStrings,
    pub(crate) words: SparseStrings,
    /// The names of clusters.
    pub(crate) clusters: SparseStrings,
    pub(crate) bands: Vec<KeyTable>,
    pub(crate) by_anchor: KeyTable,
    pub(crate) by_term: KeyTable,
    pub(crate) by_id: KeyTable,
    pub(crate) by_digest: KeyTable,
    pub(crate) by_cluster: KeyTable,
    /// Stored only in an index of passages.
    pub(crate) by_fingerprint: KeyTable,
}

impl SegmentDirectory {
    /// The table of the keys of a kind.
    pub(crate) fn table(&self, kind: KeyKind) -> &KeyTable {
        match kind {
            KeyKind::Band(band) => &self.bands[band as usize],
            KeyKind::Anchor => &self.by_anchor,
            KeyKind::Term => &self.by_term,
            KeyKind::Fingerprint => &self.by_fingerprint,
            KeyKind::Id => &self.by_id,
            KeyKind::Digest => &self.by_digest,
            KeyKind::Cluster => &self.by_cluster,
        }
    }

    /// The kinds of keys that there are tables of.
    pub(crate) fn kinds(&self) -> impl Iterator<Item = KeyKind> + use<> {
        KeyKind::all(self.bands.len() as u32)
    }

    pub(crate) fn encode(&self, schema: &Schema) -> Vec<u8> {
        let mut out = Encoder::default();
        out.u32(self.articles);
        out.u32(self.texts);
        out.u8(u8::from(self.dates.is_some()));
        let (first, last) = self.dates.unwrap_or_default();
        out.i64(first);
        out.i64(last);
        out.u32(self.undated);
        out.u64(self.signatures);
        out.u64(self.metadata);
        for strings in [self.ids, self.sources, self.kept_texts] {
            strings.encode(&mut out);
        }
        for strings in [self.terms, self.words, self.clusters] {
            strings.encode(&mut out);
        }
        out.u32(self.bands.len() as u32);
        self.bands.iter().for_each(|table| table.encode(&mut out));
        for table in [self.by_anchor, self.by_term, self.by_id, self.by_digest, self.by_cluster] {
            table.encode(&mut out);
        }
        if schema.passages {
            self.by_fingerprint.encode(&mut out);
        }
        out.bytes
    }

    /// Reads a directory of a file with `len` bytes of data; `None` if no segment of an index with
    /// this schema can have it.
    pub(crate) fn decode(bytes: &[u8], len: u64, schema: &Schema) -> Option<Self> {
        let input = &mut Decoder::new(bytes);
        let (articles, texts) = (input.u32()?, input.u32()?);
        if articles > MAX_SEGMENT_ARTICLES || texts > articles {
            return None;
        }
        let is_dated = input.u8()? == 1;
        let dates = (input.i64()?, input.i64()?);
        let undated = input.u32()?;
        let (signatures, metadata) = (input.u64()?, input.u64()?);
        let mut strings = || Strings::decode(input, len);
        let (ids, sources, kept_texts) = (strings()?, strings()?, strings()?);
        let mut sparse = || SparseStrings::decode(input, len);
        let (terms, words, clusters) = (sparse()?, sparse()?, sparse()?);
        let all_fit = fits(signatures, articles.into(), schema.signature_bytes as u64, len)
            && fits(metadata, articles.into(), Metadata::BYTES as u64, len)
            && ids.count == articles
            && kept_texts.count == if schema.texts { articles } else { 0 }
            && [sources.count, terms.len(), words.len(), clusters.len()]
                .iter()
                .all(|&count| count <= articles);
        if !all_fit || input.u32()? as usize != schema.bands {
            return None;
        }
        let mut table = || KeyTable::decode(input, len, articles);
        Some(SegmentDirectory {
            articles,
            texts,
            dates: is_dated.then_some(dates),
            undated,
            signatures,
            metadata,
            ids,
            sources,
            kept_texts,
            terms,
            words,
            clusters,
            bands: (0..schema.bands).map(|_| table()).collect::<Option<_>>()?,
            by_anchor: table()?,
            by_term: table()?,
            by_id: table()?,
            by_digest: table()?,
            by_cluster: table()?,
            by_fingerprint: if schema.passages { table()? } else { KeyTable::default() },
        })
    }
}
