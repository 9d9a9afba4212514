//! Tombstones: which articles of a segment are deleted.
//!
//! In memory they are a bitmap. The tombstones of all segments are stored in one [file of
//! blocks](crate::index::store::blocks) of kind [`TOMBSTONES`]: for each segment, in the order of
//! the manifest, its number, and the numbers of its deleted articles.

use crate::error::Error;
use crate::index::limits::MAX_SEGMENT_ARTICLES;
use crate::index::store::blocks::{BlockFile, BlockWriter};
use crate::index::store::manifest::Manifest;
use crate::index::store::names::FileNames;
use crate::index::store::storage::Storage;
use crate::wire::{Decoder, Encoder};

/// The kind of block file that holds tombstones.
pub(crate) const TOMBSTONES: u32 = 2;

/// A set of articles of one segment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tombstones {
    /// A bit for each article of the segment, or nothing while none is deleted.
    bits: Vec<u64>,
    count: u32,
}

impl Tombstones {
    #[inline]
    pub(crate) fn contains(&self, article: u32) -> bool {
        let word = self.bits.get(article as usize / 64);
        word.is_some_and(|word| word >> (article % 64) & 1 == 1)
    }

    /// The number of deleted articles.
    pub(crate) fn len(&self) -> u32 {
        self.count
    }

    /// Adds an article of a segment with `articles` articles; returns whether it is new.
    pub(crate) fn insert(&mut self, article: u32, articles: u32) -> bool {
        if self.contains(article) {
            return false;
        }
        self.bits.resize((articles as usize).div_ceil(64), 0);
        self.bits[article as usize / 64] |= 1 << (article % 64);
        self.count += 1;
        true
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        let in_word = |(i, &word): (usize, &u64)| {
            (0..64).filter(move |bit| word >> bit & 1 == 1).map(move |bit| 64 * i as u32 + bit)
        };
        self.bits.iter().enumerate().filter(|(_, word)| **word != 0).flat_map(in_word)
    }

    fn encode(&self, out: &mut Encoder) {
        out.u32(self.count);
        self.iter().for_each(|article| out.u32(article));
    }

    /// Reads what [`encode`](Self::encode) wrote of a segment with `articles` articles.
    fn decode(input: &mut Decoder<'_>, articles: u32) -> Option<Self> {
        let mut tombstones = Tombstones::default();
        for article in input.numbers()? {
            if article >= articles || !tombstones.insert(article, articles) {
                return None;
            }
        }
        Some(tombstones)
    }
}

/// Writes the tombstones of some segments, each with its number, into a file.
pub(crate) fn write_tombstones<'t>(
    storage: &dyn Storage,
    names: FileNames,
    number: u64,
    segments: impl Iterator<Item = (u64, &'t Tombstones)>,
) -> Result<(), Error> {
    let name = names.removed(number);
    let mut out = BlockWriter::new(storage.create_file(&name)?, &name, TOMBSTONES);
    let mut encoded = Encoder::default();
    for (segment, tombstones) in segments {
        encoded.u64(segment);
        tombstones.encode(&mut encoded);
    }
    out.write(&encoded.bytes)?;
    out.finish(0).map(|_| ())
}

/// Reads the tombstones of each segment of a manifest; nothing if no article is deleted.
pub(crate) fn read_tombstones(
    storage: &dyn Storage,
    manifest: &Manifest,
) -> Result<Vec<Tombstones>, Error> {
    if manifest.removed == 0 {
        return Ok(Vec::new());
    }
    let file = open(storage, manifest.names, manifest.removed)?;
    let mut input = Decoder::new(file.get(0, file.len() as usize)?);
    let mut all = Vec::with_capacity(manifest.segments.len());
    for entry in &manifest.segments {
        let segment = input.u64().filter(|&number| number == entry.file);
        let tombstones = segment
            .filter(|_| entry.articles <= MAX_SEGMENT_ARTICLES)
            .and_then(|_| Tombstones::decode(&mut input, entry.articles));
        all.push(
            tombstones
                .ok_or_else(|| file.damaged(0, "it is not of the segments of the manifest"))?,
        );
    }
    Ok(all)
}

/// Reads all tombstones of a file, each with the number of its segment: for a repair that has no
/// manifest.
pub(crate) fn read_all_tombstones(
    storage: &dyn Storage,
    names: FileNames,
    number: u64,
) -> Result<Vec<(u64, Tombstones)>, Error> {
    let file = open(storage, names, number)?;
    let mut input = Decoder::new(file.get(0, file.len() as usize)?);
    let mut all = Vec::new();
    while !input.is_empty() {
        let one = input.u64().zip(Tombstones::decode(&mut input, MAX_SEGMENT_ARTICLES));
        all.push(one.ok_or_else(|| file.damaged(0, "it is no list of deleted articles"))?);
    }
    Ok(all)
}

fn open(storage: &dyn Storage, names: FileNames, number: u64) -> Result<BlockFile, Error> {
    let name = names.removed(number);
    BlockFile::open(storage.map_file(&name)?, &name, TOMBSTONES)
}
