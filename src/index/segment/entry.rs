//! What the index keeps of an article: facts, a small signature, and keys.
//!
//! Of each slot of the signature four bits are kept. Two slots that differ agree in these with
//! probability 1/16, so two strangers agree in 8 slots of 128, give or take 3; two texts of
//! similarity 0.4 in 56 (b-bit minwise hashing: Li and König 2010). That is enough to tell which
//! candidates to look at.

use std::sync::atomic::{AtomicU64, Ordering};

use xxhash_rust::xxh3::xxh3_64;

use crate::idf::words::are_words;
use crate::index::segment::schema::Shape;
use crate::index::store::wire::{Fields, Writer};
use crate::index::write::memtable::KEYS_OF_ARTICLE;
use crate::simd::Isa;
use crate::simd::equal::equal_fours;
use crate::sketch::minhash::Estimate;
use crate::sketch::story::Term;

/// The bits of each slot that are kept, as many as of all slots lie in the bytes of a row.
const SLOT_BITS: u32 = 4;

/// The bytes of the row of a signature.
pub(crate) fn row_bytes(slots: usize) -> usize {
    slots * SLOT_BITS as usize / 8
}

/// The row of a signature: of each slot four bits that depend on all its bits, two slots a byte,
/// the first in the lower half.
pub(crate) fn row(slots: &[u32], row: &mut Vec<u8>) {
    let four = |slot: u32| (slot.wrapping_mul(0x9E37_79B1) >> (32 - SLOT_BITS)) as u8;
    row.clear();
    row.extend(slots.chunks_exact(2).map(|two| four(two[0]) | four(two[1]) << SLOT_BITS));
}

/// In how many slots two rows agree.
#[inline]
pub(crate) fn agreeing(a: &[u8], b: &[u8]) -> u32 {
    equal_fours(Isa::best(), a, b)
}

/// From how many agreeing slots on two signatures surely have `least` equal ones: more agree by
/// chance in one of a million.
pub(crate) fn surely_agreeing(least: u32, slots: usize) -> u32 {
    let others = slots as f64 - f64::from(least);
    let chance = 1.0 / f64::from(1 << SLOT_BITS);
    least + (others * chance + 5.0 * (others * chance * (1.0 - chance)).sqrt()).ceil() as u32
}

/// The Jaccard similarity of two texts by how many of their slots agree: those that agree by chance
/// are taken off, for which the error is a little larger than that of whole slots.
pub(crate) fn estimate(agreeing: u32, slots: usize) -> Estimate {
    let (k, chance) = (slots as f64, 1.0 / f64::from(1 << SLOT_BITS));
    let share = f64::from(agreeing) / k;
    let jaccard = ((share - chance) / (1.0 - chance)).clamp(0.0, 1.0);
    let standard_error = (share * (1.0 - share) / k).max(0.0).sqrt() / (1.0 - chance);
    Estimate { jaccard, standard_error }
}

/// What is known of an article beside its id, its source and its keys.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Facts {
    /// Of the words in order: the same in two articles of one text.
    pub(crate) digest: u64,
    /// Seconds since 1970.
    pub(crate) date: Option<i64>,
    /// Bytes of its text.
    pub(crate) length: u32,
    pub(crate) shingles: u32,
    /// How many anchors it has.
    pub(crate) anchors: u16,
    /// Whether its text is that of the article before.
    pub(crate) twin: bool,
    /// The number of its source among those of its segment, 0 for none.
    pub(crate) source: u32,
}

impl Facts {
    pub(crate) const ENCODED: usize = 32;
    const DATED: u8 = 1;
    const TWIN: u8 = 2;

    pub(crate) fn encode(&self, out: &mut Writer) {
        out.u64(self.digest);
        out.i64(self.date.unwrap_or_default());
        out.u32(self.length);
        out.u32(self.shingles);
        out.u32(self.source);
        out.bytes.extend_from_slice(&self.anchors.to_le_bytes());
        let dated = if self.date.is_some() { Self::DATED } else { 0 };
        out.u8(dated | if self.twin { Self::TWIN } else { 0 });
        out.u8(0);
    }

    #[inline]
    pub(crate) fn decode(bytes: &[u8]) -> Option<Self> {
        let mut input = Fields::new(bytes);
        let (digest, date) = (input.u64()?, input.i64()?);
        let (length, shingles, source) = (input.u32()?, input.u32()?, input.u32()?);
        let anchors = input.u16()?;
        let flags = input.u8()?;
        let date = (flags & Self::DATED != 0).then_some(date);
        Some(Facts {
            digest,
            date,
            length,
            shingles,
            anchors,
            twin: flags & Self::TWIN != 0,
            source,
        })
    }
}

/// What a key is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Band(u32),
    Anchor,
    Story,
    Id,
    Digest,
    Cluster,
}

impl Kind {
    /// A number of its own.
    pub(crate) fn code(self) -> u64 {
        match self {
            Kind::Anchor => 0,
            Kind::Story => 1,
            Kind::Id => 2,
            Kind::Digest => 3,
            Kind::Cluster => 4,
            Kind::Band(band) => 5 + u64::from(band),
        }
    }
}

/// What an article goes by in the table of ids, and a cluster in that of clusters.
pub(crate) fn id_hash(id: &str) -> u64 {
    xxh3_64(id.as_bytes())
}

/// The key of a hash in a table.
pub(crate) fn key(hash: u64) -> u32 {
    (hash >> 32) as u32
}

/// An article that came lately, with all that is kept of it.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) id: Box<str>,
    pub(crate) source: Option<Box<str>>,
    pub(crate) facts: Facts,
    pub(crate) row: Box<[u8]>,
    pub(crate) bands: Box<[u32]>,
    pub(crate) anchors: Box<[u32]>,
    /// The first article of the same text that lies in memory too, if it is another. Not stored: it
    /// is found again.
    pub(crate) twin_of: Option<u32>,
    /// The name of the cluster that it was put in; none if it may stand for one.
    pub(crate) cluster: Option<Box<str>>,
    /// Its key terms, where they are kept, and whether they are keys too.
    pub(crate) terms: Box<[Term]>,
    pub(crate) has_story: bool,
    /// Its words, where they are kept.
    pub(crate) words: Box<[u8]>,
    /// Its text, compressed, where it is kept.
    pub(crate) text: Box<[u8]>,
    /// The commit that takes it away.
    pub(crate) removed: AtomicU64,
}

impl Entry {
    /// That no commit takes an article away.
    pub(crate) const STAYS: u64 = u64::MAX;

    pub(crate) fn is_removed(&self, commit: u64) -> bool {
        self.removed.load(Ordering::Acquire) <= commit
    }

    /// How many keys it has.
    pub(crate) fn keys(&self) -> usize {
        self.bands.len() + self.anchors.len() + self.terms.len() + 3
    }

    /// What it takes in memory, about.
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

    /// Its keys of one kind. Only the first article of a text has those that lead to texts.
    pub(crate) fn for_each_key_of(&self, kind: Kind, mut f: impl FnMut(u32)) {
        let (has_words, has_keys) = (self.facts.shingles > 0, self.twin_of.is_none());
        match kind {
            Kind::Id => f(key(id_hash(&self.id))),
            Kind::Cluster => self.cluster.iter().for_each(|cluster| f(key(id_hash(cluster)))),
            Kind::Digest if has_words => f(key(self.facts.digest)),
            Kind::Band(band) if has_keys => {
                self.bands.get(band as usize).into_iter().for_each(|&key| f(key));
            }
            Kind::Anchor if has_keys => self.anchors.iter().for_each(|&key| f(key)),
            Kind::Story if has_keys && self.has_story => {
                self.terms.iter().for_each(|term| f(term.hash()));
            }
            _ => {}
        }
    }

    /// All its keys.
    pub(crate) fn for_each_key(&self, mut f: impl FnMut(Kind, u32)) {
        let bands = (0..self.bands.len() as u32).map(Kind::Band);
        for kind in [Kind::Id, Kind::Cluster, Kind::Digest, Kind::Anchor, Kind::Story]
            .into_iter()
            .chain(bands)
        {
            self.for_each_key_of(kind, |key| f(kind, key));
        }
    }

    pub(crate) fn encode(&self, out: &mut Writer) {
        out.bytes(self.id.as_bytes());
        out.u8(u8::from(self.source.is_some()));
        out.bytes(self.source.as_deref().unwrap_or_default().as_bytes());
        self.facts.encode(out);
        out.bytes.extend_from_slice(&self.row);
        out.numbers(&self.bands);
        out.numbers(&self.anchors);
        out.u8(u8::from(self.cluster.is_some()));
        out.bytes(self.cluster.as_deref().unwrap_or_default().as_bytes());
        encode_terms(&self.terms, out);
        out.bytes(&self.words);
        out.bytes(&self.text);
    }

    /// Reads what [`encode`](Self::encode) wrote; none if it is no entry of an index of this shape.
    pub(crate) fn decode(input: &mut Fields<'_>, shape: &Shape) -> Option<Self> {
        let id = input.str()?.into();
        let has_source = input.u8()? == 1;
        let source = input.str()?;
        let source = has_source.then(|| source.into());
        let facts = Facts::decode(input.take(Facts::ENCODED)?)?;
        let row = input.take(shape.row)?.into();
        let (bands, anchors) = (input.numbers()?, input.numbers()?);
        if bands.len() != if facts.shingles == 0 { 0 } else { shape.bands } {
            return None;
        }
        let clustered = input.u8()? == 1;
        let cluster = input.str()?;
        let terms = decode_terms(input.bytes()?)?;
        if bands.len() + anchors.len() + terms.len() + 3 > KEYS_OF_ARTICLE {
            return None;
        }
        let words = input.bytes().filter(|words| are_words(words))?.into();
        let text = input.bytes()?.into();
        let cluster = clustered.then(|| cluster.into());
        let removed = AtomicU64::new(Self::STAYS);
        Some(Entry {
            id,
            source,
            facts,
            row,
            bands,
            anchors,
            twin_of: None,
            cluster,
            terms,
            has_story: shape.story,
            words,
            text,
            removed,
        })
    }
}

/// Six bytes a term.
pub(crate) fn encode_terms(terms: &[Term], out: &mut Writer) {
    out.u32(6 * terms.len() as u32);
    for term in terms {
        out.u32(term.hash());
        out.bytes.extend_from_slice(&term.weight().to_le_bytes());
    }
}

pub(crate) fn decode_terms(bytes: &[u8]) -> Option<Box<[Term]>> {
    if !bytes.len().is_multiple_of(6) {
        return None;
    }
    let mut input = Fields::new(bytes);
    let mut terms = Vec::with_capacity(bytes.len() / 6);
    while !input.is_empty() {
        terms.push(Term::from_parts(input.u32()?, input.u16()?));
    }
    // As who compares them expects: by hash, each once.
    terms.is_sorted_by(|a, b| a.hash() < b.hash()).then(|| terms.into())
}
