//! The keys of a segment's articles, made small: which articles have a key?
//!
//! Keys are well mixed, so their first bits number *buckets* of about one entry. Some hundred
//! buckets lie together in a *stretch*. A stretch tells first how many entries each of its buckets
//! has, in unary: a one for each, then a zero. Then come the entries, sorted by key, each with as
//! many bits as the article's number takes and the few bits of its key that are kept beyond the
//! bucket's number. Stretches follow each other without a gap, and where each begins follows from
//! how many entries there are before it, which is noted apart. Where so many articles have one key
//! that the ones fill pages, it is told by numbers where each bucket ends, in the place of the
//! unary code, which is longer then. With the 21 bits of a key that a table of bands keeps, an
//! entry takes 23 bits in all, in a small segment as in one of a million articles, and any tables
//! of one kind can be merged by a scan.
//!
//! A look-up reads a note, of which there are so few that they stay in a cache, and the stretch,
//! which mostly lies in one page of memory. As bits of the key are left out it finds strangers too,
//! in a million articles one in two times; who asks compares the articles anyway. This is a static
//! relative of quotienting (Cleary 1984) with the unary code of Elias (1974) and Fano (1971).

mod scan;
mod writer;

pub(crate) use scan::Cursor;
pub(crate) use writer::TableWriter;

use crate::error::Error;
use crate::index::store::blocks::BlockFile;
use crate::index::store::wire::{Fields, Writer};
use crate::index::write::memtable::KEYS_OF_ARTICLE;
use crate::simd::Isa;
use crate::simd::unary::counted;

/// Bits that the unary code of a stretch takes, about: as many as a cache line has.
const UNARY: u64 = 512;
/// Of a bucket the latest entries are looked at, no more than so many.
pub(crate) const BUCKET: u32 = 1 << 16;

/// Where a table lies in its file, and how its entries are cut.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Table {
    pub(crate) entries: u64,
    /// Bits of a key that are kept, those of the bucket's number among them.
    key_bits: u32,
    bucket_bits: u32,
    /// Of the bucket's number those that tell one from others of its stretch.
    stretch_bits: u32,
    id_bits: u32,
    /// Where the notes begin: for each stretch, and for one after the last, how many entries there
    /// are before it.
    notes: u64,
    /// Where the stretches begin.
    stretches: u64,
}

/// Where a stretch begins, in bits, and how many entries it has.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stretch {
    bit: u64,
    entries: u32,
}

/// The entries of one bucket: where the first begins, in bits, and how many there are.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Bucket {
    bit: u64,
    pub(crate) entries: u32,
}

/// The bits of numbers below `n`.
#[inline(always)]
fn bits_for(n: u64) -> u32 {
    (u64::BITS - n.saturating_sub(1).leading_zeros()).max(1)
}

impl Table {
    /// A table of at most so many entries of so many articles, of whose keys `key_bits` are kept;
    /// without its places.
    fn new(entries: u64, articles: u32, key_bits: u32) -> Self {
        let bucket_bits = bits_for(entries).min(key_bits);
        // A bucket's entries and the zero after them.
        let bucket = 1 + (entries >> bucket_bits).max(1);
        let stretch_bits = (UNARY / bucket).max(1).ilog2().min(bucket_bits);
        let id_bits = bits_for(u64::from(articles));
        Table { entries, key_bits, bucket_bits, stretch_bits, id_bits, notes: 0, stretches: 0 }
    }

    pub(crate) fn encode(&self, out: &mut Writer) {
        out.u64(self.entries);
        out.u64(self.notes);
        out.u64(self.stretches);
        out.u32(self.key_bits);
        out.u32(self.bucket_bits);
        out.u32(self.stretch_bits);
        out.u32(self.id_bits);
    }

    /// Reads a table of a file with so many articles; none if it cannot be one.
    pub(crate) fn decode(input: &mut Fields<'_>, file_len: u64, articles: u32) -> Option<Self> {
        let (entries, notes, stretches) = (input.u64()?, input.u64()?, input.u64()?);
        let (key_bits, bucket_bits) = (input.u32()?, input.u32()?);
        let (stretch_bits, id_bits) = (input.u32()?, input.u32()?);
        let table =
            Table { entries, key_bits, bucket_bits, stretch_bits, id_bits, notes, stretches };
        // A stretch is read as a whole, so there may be no more than there can be.
        let most = u64::from(articles) * KEYS_OF_ARTICLE as u64;
        if entries > most.min(u64::from(u32::MAX)) || key_bits > 32 || bucket_bits > key_bits {
            return None;
        }
        let id_bits_fit =
            id_bits == bits_for(u64::from(articles)) && key_bits - bucket_bits + id_bits <= 57;
        if stretch_bits > bucket_bits.min(16) || !id_bits_fit {
            return None;
        }
        let fits = |at: u64, bytes: u64| (at.checked_add(bytes)? <= file_len).then_some(());
        fits(notes, 4 * (table.count() + 1))?;
        fits(stretches, table.stretches_len())?;
        Some(table)
    }

    /// Whether each bucket is of one key, as far as its bits are kept.
    #[inline(always)]
    pub(crate) fn is_of_keys(&self) -> bool {
        self.bucket_bits == self.key_bits
    }

    /// How many stretches there are.
    fn count(&self) -> u64 {
        1 << (self.bucket_bits - self.stretch_bits)
    }

    /// Bytes of all stretches, and one word more, so that every bit can be read with the word that
    /// begins in its byte.
    fn stretches_len(&self) -> u64 {
        self.bit_of(self.count(), self.entries).div_ceil(8) + 8
    }

    /// Where a stretch begins that has so many entries before it.
    #[inline(always)]
    fn bit_of(&self, stretch: u64, before: u64) -> u64 {
        (stretch << self.stretch_bits) + before * u64::from(1 + self.width())
    }

    /// Bits of an entry beyond its unary one.
    #[inline(always)]
    fn width(&self) -> u32 {
        self.key_bits - self.bucket_bits + self.id_bits
    }

    #[inline(always)]
    fn bucket_number(&self, key: u32) -> u64 {
        u64::from(key) >> (32 - self.bucket_bits)
    }

    #[inline(always)]
    fn stretch_number(&self, key: u32) -> u64 {
        self.bucket_number(key) >> self.stretch_bits
    }

    /// The number of a key's bucket in its stretch.
    #[inline(always)]
    fn place(&self, key: u32) -> u32 {
        self.bucket_number(key) as u32 & ((1 << self.stretch_bits) - 1)
    }

    /// The bits of a key that are kept beyond its bucket's number.
    #[inline(always)]
    fn rest(&self, key: u32) -> u64 {
        u64::from(key) >> (32 - self.key_bits) & ((1 << (self.key_bits - self.bucket_bits)) - 1)
    }

    /// Bits that tell how many entries each bucket of a stretch has.
    #[inline(always)]
    fn unary(&self, stretch: Stretch) -> u64 {
        (1 << self.stretch_bits) + u64::from(stretch.entries)
    }

    /// The bits of each number that tells where a bucket ends, if that is what the bits of a
    /// stretch are.
    #[inline(always)]
    fn number_bits(&self, entries: u32) -> Option<u32> {
        // Few entries a bucket are never told so: no need to count.
        let mean = entries >> self.stretch_bits;
        let bits = bits_for(u64::from(entries) + 1);
        (mean >= 8 && bits <= mean + 1).then_some(bits)
    }

    /// Where the note for a key lies, to be touched before it is read.
    #[inline(always)]
    pub(crate) fn touch(&self, key: u32) -> u64 {
        self.notes + 4 * self.stretch_number(key)
    }

    /// Where it is told where the bucket of a key ends, from the beginning on, and about where its
    /// entries lie, to be touched before they are read.
    #[inline(always)]
    pub(crate) fn touch_stretch(&self, key: u32, stretch: Stretch) -> [u64; 3] {
        let place = u64::from(self.place(key));
        let unary = self.unary(stretch);
        let (told, entry) = match self.number_bits(stretch.entries) {
            Some(bits) => (place * u64::from(bits), 0),
            None => (
                (unary * place) >> self.stretch_bits,
                (u64::from(stretch.entries) * place) >> self.stretch_bits,
            ),
        };
        let entry = unary + entry * u64::from(self.width());
        [0, told, entry].map(|bit| self.stretches + (stretch.bit + bit) / 8)
    }

    /// The stretch of a key's bucket.
    #[inline(always)]
    pub(crate) fn stretch(&self, file: &BlockFile, key: u32) -> Result<Stretch, Error> {
        self.noted(file, self.stretch_number(key))
    }

    /// A stretch by its number.
    #[inline(always)]
    fn noted(&self, file: &BlockFile, number: u64) -> Result<Stretch, Error> {
        let at = self.notes + 4 * number;
        let notes = u64::from_le_bytes(file.get(at, 8)?.try_into().unwrap_or_default());
        let (before, end) = (notes & u64::from(u32::MAX), notes >> 32);
        match end.checked_sub(before) {
            Some(entries) if end <= self.entries => {
                Ok(Stretch { bit: self.bit_of(number, before), entries: entries as u32 })
            }
            _ => Err(file.damaged(at, "the notes of a table are not in order")),
        }
    }

    /// The bytes of the words of some bits, the first of which is bit `bit % 8` of them.
    #[inline(always)]
    fn bytes<'f>(&self, file: &'f BlockFile, bit: u64, bits: u64) -> Result<&'f [u8], Error> {
        file.get(self.stretches + bit / 8, (bit % 8 + bits).div_ceil(64) as usize * 8)
    }

    /// The entries of a key's bucket.
    #[inline(always)]
    pub(crate) fn bucket(
        &self,
        file: &BlockFile,
        key: u32,
        stretch: Stretch,
    ) -> Result<Bucket, Error> {
        let place = self.place(key);
        let ends = match self.number_bits(stretch.entries) {
            None => {
                let bytes = self.bytes(file, stretch.bit, self.unary(stretch))?;
                counted(Isa::best(), bytes, (stretch.bit % 8) as u32, place)
            }
            Some(bits) => {
                let end =
                    |place: u32| self.number(file, stretch.bit + u64::from(place * bits), bits);
                Some((if place == 0 { 0 } else { end(place - 1)? }, end(place)?))
            }
        };
        match ends {
            Some((start, end)) if start <= end && end <= u64::from(stretch.entries) => {
                let bit = stretch.bit + self.unary(stretch) + start * u64::from(self.width());
                Ok(Bucket { bit, entries: (end - start) as u32 })
            }
            _ => Err(self.damage(file, stretch)),
        }
    }

    /// A number of so many bits, few enough to be read with the word that begins in its byte.
    #[inline(always)]
    fn number(&self, file: &BlockFile, bit: u64, bits: u32) -> Result<u64, Error> {
        let bytes = file.get(self.stretches + bit / 8, 8)?;
        let word = u64::from_le_bytes(bytes.try_into().unwrap_or_default());
        Ok(word >> (bit % 8) & ((1 << bits) - 1))
    }

    /// Where the entries of a bucket lie.
    #[inline(always)]
    pub(crate) fn touch_bucket(&self, bucket: Bucket) -> u64 {
        self.stretches + bucket.bit / 8
    }

    #[cold]
    fn damage(&self, file: &BlockFile, stretch: Stretch) -> Error {
        file.damaged(self.stretches + stretch.bit / 8, "a table's buckets do not add up")
    }

    /// The articles of a bucket that have a key, ascending; of very many the last, so many at most.
    #[inline(always)]
    pub(crate) fn articles(
        &self,
        file: &BlockFile,
        key: u32,
        bucket: Bucket,
        most: u32,
        mut f: impl FnMut(u32),
    ) -> Result<(), Error> {
        let count = bucket.entries.min(most);
        if count == 0 {
            return Ok(());
        }
        let (rest, width) = (self.rest(key), u64::from(self.width()));
        let first = bucket.bit + u64::from(bucket.entries - count) * width;
        // The last is read with the word that begins in its byte, too.
        let last = first % 8 + u64::from(count - 1) * width;
        let bytes = file.get(self.stretches + first / 8, (last / 8) as usize + 8)?;
        let mut bit = first % 8;
        for _ in 0..count {
            let at = (bit / 8) as usize;
            let word = u64::from_le_bytes(bytes[at..at + 8].try_into().unwrap_or_default());
            let (other, id) = self.split(word >> (bit % 8));
            if other == rest {
                f(id);
            }
            bit += width;
        }
        Ok(())
    }

    /// Of the entry that a word begins with, the kept bits of its key beyond the bucket's number,
    /// and its article.
    #[inline(always)]
    fn split(&self, word: u64) -> (u64, u32) {
        let entry = word & ((1 << self.width()) - 1);
        (entry >> self.id_bits, (entry & ((1 << self.id_bits) - 1)) as u32)
    }

    /// As [`articles`](Self::articles), of a key alone.
    pub(crate) fn find(&self, file: &BlockFile, key: u32, f: impl FnMut(u32)) -> Result<(), Error> {
        if self.entries == 0 {
            return Ok(());
        }
        let bucket = self.bucket(file, key, self.stretch(file, key)?)?;
        self.articles(file, key, bucket, BUCKET, f)
    }
}

#[cfg(test)]
mod tests;
