//! An article of a memtable, with everything that is stored of it.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::idf::words::are_words;
use crate::index::limits::MAX_ARTICLE_KEYS;
use crate::index::segment::keys::{KeyKind, key_of_hash, name_key};
use crate::index::segment::metadata::Metadata;
use crate::index::segment::schema::Schema;
use crate::index::segment::terms::{decode_terms, encode_terms};
use crate::sketch::key_terms::Term;
use crate::wire::{Decoder, Encoder};

/// What the index stores of an article.
#[derive(Debug)]
pub(crate) struct IndexedArticle {
    pub(crate) id: Box<str>,
    pub(crate) source: Option<Box<str>>,
    pub(crate) metadata: Metadata,
    /// The packed signature.
    pub(crate) signature: Box<[u8]>,
    pub(crate) bands: Box<[u32]>,
    pub(crate) anchors: Box<[u32]>,
    /// The first article of the memtable with the same text, if it is another. It is not stored in
    /// the log but found again.
    pub(crate) duplicate_of: Option<u32>,
    /// The name of the cluster that it was put in; `None` if it may represent one.
    pub(crate) cluster: Option<Box<str>>,
    /// Its key terms, where they are kept, and whether they are keys.
    pub(crate) terms: Box<[Term]>,
    pub(crate) has_term_keys: bool,
    /// Its words, where they are kept.
    pub(crate) words: Box<[u8]>,
    /// Its text, compressed, where it is kept.
    pub(crate) text: Box<[u8]>,
    /// Its fingerprints, in an index of passages.
    pub(crate) fingerprints: Option<Box<[u32]>>,
    /// The commit that deletes it.
    pub(crate) deleted_by: AtomicU64,
}

/// The keys of every article beside bands, anchors, terms and fingerprints: id, digest, cluster.
const OTHER_KEYS: usize = 3;

impl IndexedArticle {
    /// No commit deletes the article.
    pub(crate) const LIVE: u64 = u64::MAX;

    /// Whether it is deleted as of a commit.
    pub(crate) fn is_deleted(&self, commit: u64) -> bool {
        self.deleted_by.load(Ordering::Acquire) <= commit
    }

    /// Deletes it with a commit.
    pub(crate) fn delete(&self, commit: u64) {
        self.deleted_by.store(commit, Ordering::Release);
    }

    /// Whether it is the first of its text in the memtable.
    pub(crate) fn leads(&self) -> bool {
        self.duplicate_of.is_none()
    }

    /// The number of its keys, at most.
    pub(crate) fn keys(&self) -> usize {
        let fingerprints = self.fingerprints.as_ref().map_or(0, |it| it.len());
        self.bands.len() + self.anchors.len() + self.terms.len() + fingerprints + OTHER_KEYS
    }

    /// About the bytes that it takes in memory.
    pub(crate) fn bytes(&self) -> usize {
        let cluster = self.cluster.as_ref().map_or(0, |cluster| cluster.len());
        self.id.len()
            + cluster
            + self.words.len()
            + self.text.len()
            + 4 * self.keys()
            + 8 * self.terms.len()
            + 512
    }

    /// Calls `f` with its keys of one kind. Only the first article of a text has the keys by which
    /// texts are found.
    pub(crate) fn for_each_key_of(&self, kind: KeyKind, mut f: impl FnMut(u32)) {
        let has_words = self.metadata.shingles > 0;
        match kind {
            KeyKind::Id => f(name_key(&self.id)),
            KeyKind::Cluster => self.cluster.iter().for_each(|cluster| f(name_key(cluster))),
            KeyKind::Digest if has_words => f(key_of_hash(self.metadata.digest)),
            KeyKind::Band(band) if self.leads() => {
                self.bands.get(band as usize).into_iter().for_each(|&key| f(key));
            }
            KeyKind::Anchor if self.leads() => self.anchors.iter().for_each(|&key| f(key)),
            KeyKind::Fingerprint if self.leads() => {
                self.fingerprints.iter().flatten().for_each(|&key| f(key));
            }
            KeyKind::Term if self.leads() && self.has_term_keys => {
                self.terms.iter().for_each(|term| f(term.hash()));
            }
            _ => {}
        }
    }

    /// Calls `f` with all its keys.
    pub(crate) fn for_each_key(&self, mut f: impl FnMut(KeyKind, u32)) {
        for kind in KeyKind::all(self.bands.len() as u32) {
            self.for_each_key_of(kind, |key| f(kind, key));
        }
    }

    pub(crate) fn encode(&self, out: &mut Encoder) {
        out.bytes(self.id.as_bytes());
        out.u8(u8::from(self.source.is_some()));
        out.bytes(self.source.as_deref().unwrap_or_default().as_bytes());
        self.metadata.encode(out);
        out.raw(&self.signature);
        out.numbers(&self.bands);
        out.numbers(&self.anchors);
        out.u8(u8::from(self.cluster.is_some()));
        out.bytes(self.cluster.as_deref().unwrap_or_default().as_bytes());
        let mut terms = Encoder::default();
        encode_terms(&self.terms, &mut terms);
        out.bytes(&terms.bytes);
        out.bytes(&self.words);
        out.bytes(&self.text);
        self.fingerprints.iter().for_each(|it| out.numbers(it));
    }

    /// Reads what [`encode`](Self::encode) wrote; `None` if no article of an index with this schema
    /// can be encoded so.
    pub(crate) fn decode(input: &mut Decoder<'_>, schema: &Schema) -> Option<Self> {
        let id = input.str()?.into();
        let has_source = input.u8()? == 1;
        let source = input.str()?;
        let metadata = Metadata::decode(input.raw(Metadata::BYTES)?)?;
        let signature = input.raw(schema.signature_bytes)?.into();
        let (bands, anchors) = (input.numbers()?, input.numbers()?);
        let has_cluster = input.u8()? == 1;
        let cluster = input.str()?;
        let terms = decode_terms(input.bytes()?)?;
        let words = input.bytes().filter(|words| are_words(words))?.into();
        let text = input.bytes()?.into();
        let fingerprints = if schema.passages { Some(input.numbers()?) } else { None };
        let article = IndexedArticle {
            id,
            source: has_source.then(|| source.into()),
            metadata,
            signature,
            bands,
            anchors,
            duplicate_of: None,
            cluster: has_cluster.then(|| cluster.into()),
            terms,
            has_term_keys: schema.stories,
            words,
            text,
            fingerprints,
            deleted_by: AtomicU64::new(Self::LIVE),
        };
        let bands = if metadata.shingles == 0 { 0 } else { schema.bands };
        let is_valid = article.bands.len() == bands && article.keys() <= MAX_ARTICLE_KEYS;
        is_valid.then_some(article)
    }
}
