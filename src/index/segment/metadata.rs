//! The metadata of an article: a record of fixed length. Read field by field: the crate `zerocopy`
//! makes it no faster and no shorter.

use crate::wire::{Decoder, Encoder};

/// What is stored of an article beside its strings, its signature and its keys.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Metadata {
    /// The digest of the shingles in order: articles with the same words have the same.
    pub(crate) digest: u64,
    /// Seconds since 1970.
    pub(crate) date: Option<i64>,
    /// Bytes of the text.
    pub(crate) text_bytes: u32,
    pub(crate) shingles: u32,
    /// The number of anchors.
    pub(crate) anchors: u16,
    /// Whether the article is an exact duplicate of the one before it in the segment.
    pub(crate) is_duplicate: bool,
    /// The number of the source among those of the segment, from 1; 0 for none.
    pub(crate) source: u32,
}

impl Metadata {
    /// The bytes of an encoded record.
    pub(crate) const BYTES: usize = 32;
    /// Flags.
    const DATED: u8 = 1;
    const DUPLICATE: u8 = 2;

    pub(crate) fn encode(&self, out: &mut Encoder) {
        out.u64(self.digest);
        out.i64(self.date.unwrap_or_default());
        out.u32(self.text_bytes);
        out.u32(self.shingles);
        out.u32(self.source);
        out.u16(self.anchors);
        let dated = if self.date.is_some() { Self::DATED } else { 0 };
        out.u8(dated | if self.is_duplicate { Self::DUPLICATE } else { 0 });
        out.u8(0);
    }

    #[inline]
    pub(crate) fn decode(bytes: &[u8]) -> Option<Self> {
        let mut input = Decoder::new(bytes);
        let (digest, date) = (input.u64()?, input.i64()?);
        let (text_bytes, shingles, source) = (input.u32()?, input.u32()?, input.u32()?);
        let anchors = input.u16()?;
        let flags = input.u8()?;
        Some(Metadata {
            digest,
            date: (flags & Self::DATED != 0).then_some(date),
            text_bytes,
            shingles,
            anchors,
            is_duplicate: flags & Self::DUPLICATE != 0,
            source,
        })
    }
}
