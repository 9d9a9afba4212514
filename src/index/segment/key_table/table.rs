//! A key table: the articles of a segment that have a key, in about 23 bits an entry.
//!
//! It is a static relative of quotienting (Cleary 1984), with the unary code of Elias (1974) and
//! Fano (1971): a bucketed Elias-Fano table.
//!
//! Keys are well mixed, so their first bits number *buckets* of about one entry. Some hundred
//! buckets form a *superblock*. A superblock begins with the number of entries of each of its
//! buckets, in unary: a one for each entry, then a zero. Then come the entries, sorted by key: each
//! has the bits of the article's number, and those few bits of its key that are kept beyond the
//! number of the bucket. Superblocks follow one another without a gap. Where one begins follows
//! from the number of entries before it, which the *rank directory* holds. Where so many articles
//! have one key that the unary code would fill pages, the superblock lists the ends of its buckets
//! as numbers instead, in the same space. With the 21 bits of a key that a table of bands keeps, an
//! entry takes 23 bits in all, in a small segment as in one of a million articles, and tables of
//! one kind can be merged in one scan.
//!
//! A look-up reads the rank directory, which is so small that it stays in a cache, and a
//! superblock, which mostly lies in one page of memory. As bits of the keys are left out, a look-up
//! also finds articles that do not have the key: in a million articles, one in two times. The
//! caller compares the articles anyway.

use crate::error::Error;
use crate::index::limits::{MAX_ARTICLE_KEYS, MAX_BUCKET};
use crate::index::store::blocks::BlockFile;
use crate::simd::Isa;
use crate::simd::unary::counted;
use crate::wire::{Decoder, Encoder};

/// The bits that the unary code of a superblock takes, about: as many as a cache line has.
const UNARY_BITS: u64 = 512;
/// A table: where it lies in its file, and how many bits its parts have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct KeyTable {
    pub(crate) entries: u64,
    /// Bits that are kept of a key.
    pub(super) key_bits: u32,
    /// Of these, the first ones: they number the bucket.
    pub(super) bucket_bits: u32,
    /// Of these, the last ones: they number the bucket within its superblock.
    pub(super) superblock_bits: u32,
    pub(super) article_bits: u32,
    /// Where the rank directory begins: for each superblock, and for one after the last, the number
    /// of entries before it.
    pub(super) ranks: u64,
    /// Where the superblocks begin.
    pub(super) superblocks: u64,
}

/// A superblock: the bit at which it begins, and how many entries it has.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Superblock {
    pub(super) bit: u64,
    pub(super) entries: u32,
}

/// A bucket: the bit at which its first entry begins, and how many entries it has.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Bucket {
    bit: u64,
    pub(crate) entries: u32,
}

/// The bits that numbers below `n` need.
#[inline(always)]
fn bits_for(n: u64) -> u32 {
    (u64::BITS - n.saturating_sub(1).leading_zeros()).max(1)
}

impl KeyTable {
    /// The layout of a table of at most `entries` entries, in a segment of `articles` articles,
    /// that keeps `key_bits` bits of the keys. Where it lies is not known yet.
    pub(super) fn new(entries: u64, articles: u32, key_bits: u32) -> Self {
        let bucket_bits = bits_for(entries).min(key_bits);
        // The unary code of one bucket: its entries, and the zero after them.
        let bucket = 1 + (entries >> bucket_bits).max(1);
        let superblock_bits = (UNARY_BITS / bucket).max(1).ilog2().min(bucket_bits);
        let article_bits = bits_for(u64::from(articles));
        KeyTable {
            entries,
            key_bits,
            bucket_bits,
            superblock_bits,
            article_bits,
            ranks: 0,
            superblocks: 0,
        }
    }

    pub(crate) fn encode(&self, out: &mut Encoder) {
        out.u64(self.entries);
        out.u64(self.ranks);
        out.u64(self.superblocks);
        out.u32(self.key_bits);
        out.u32(self.bucket_bits);
        out.u32(self.superblock_bits);
        out.u32(self.article_bits);
    }

    /// Reads what [`encode`](Self::encode) wrote; `None` if a segment of `articles` articles in a
    /// file of `file_len` bytes cannot have such a table.
    pub(crate) fn decode(input: &mut Decoder<'_>, file_len: u64, articles: u32) -> Option<Self> {
        let (entries, ranks, superblocks) = (input.u64()?, input.u64()?, input.u64()?);
        let (key_bits, bucket_bits) = (input.u32()?, input.u32()?);
        let (superblock_bits, article_bits) = (input.u32()?, input.u32()?);
        let table = KeyTable {
            entries,
            key_bits,
            bucket_bits,
            superblock_bits,
            article_bits,
            ranks,
            superblocks,
        };
        // A superblock is read as a whole, so a wrong number must not make it arbitrarily long.
        let most = u64::from(articles) * MAX_ARTICLE_KEYS as u64;
        if entries > most.min(u64::from(u32::MAX)) || key_bits > 32 || bucket_bits > key_bits {
            return None;
        }
        let article_bits_fit = article_bits == bits_for(u64::from(articles))
            && key_bits - bucket_bits + article_bits <= 57;
        if superblock_bits > bucket_bits.min(16) || !article_bits_fit {
            return None;
        }
        let fits = |at: u64, bytes: u64| (at.checked_add(bytes)? <= file_len).then_some(());
        fits(ranks, 4 * (table.count() + 1))?;
        fits(superblocks, table.superblocks_len())?;
        Some(table)
    }

    /// Whether all entries of a bucket have the same key, as far as its bits are kept: then the
    /// length of a bucket tells how common a key is.
    #[inline(always)]
    pub(crate) fn has_bucket_per_key(&self) -> bool {
        self.bucket_bits == self.key_bits
    }

    /// How many superblocks there are.
    pub(super) fn count(&self) -> u64 {
        1 << (self.bucket_bits - self.superblock_bits)
    }

    /// The bytes of all superblocks, and of one more word, so that every bit can be read with the
    /// word that begins in its byte.
    pub(super) fn superblocks_len(&self) -> u64 {
        self.bit_of(self.count(), self.entries).div_ceil(8) + 8
    }

    /// The bit at which a superblock begins that has `before` entries before it.
    #[inline(always)]
    fn bit_of(&self, superblock: u64, before: u64) -> u64 {
        (superblock << self.superblock_bits) + before * u64::from(1 + self.width())
    }

    /// The bits of an entry, without its one in the unary code.
    #[inline(always)]
    pub(super) fn width(&self) -> u32 {
        self.key_bits - self.bucket_bits + self.article_bits
    }

    #[inline(always)]
    pub(super) fn bucket_number(&self, key: u32) -> u64 {
        u64::from(key) >> (32 - self.bucket_bits)
    }

    #[inline(always)]
    pub(super) fn superblock_number(&self, key: u32) -> u64 {
        self.bucket_number(key) >> self.superblock_bits
    }

    /// The number of a key's bucket within its superblock.
    #[inline(always)]
    pub(super) fn place(&self, key: u32) -> u32 {
        self.bucket_number(key) as u32 & ((1 << self.superblock_bits) - 1)
    }

    /// The bits of a key that are kept beyond its bucket's number.
    #[inline(always)]
    pub(super) fn rest(&self, key: u32) -> u64 {
        u64::from(key) >> (32 - self.key_bits) & ((1 << (self.key_bits - self.bucket_bits)) - 1)
    }

    /// The bits at the beginning of a superblock that tell how many entries each bucket has.
    #[inline(always)]
    pub(super) fn unary(&self, superblock: Superblock) -> u64 {
        (1 << self.superblock_bits) + u64::from(superblock.entries)
    }

    /// If a superblock of `entries` entries lists the ends of its buckets as numbers: the bits of
    /// each number.
    #[inline(always)]
    pub(super) fn number_bits(&self, entries: u32) -> Option<u32> {
        // With few entries a bucket the unary code is always shorter.
        let mean = entries >> self.superblock_bits;
        let bits = bits_for(u64::from(entries) + 1);
        (mean >= 8 && bits <= mean + 1).then_some(bits)
    }

    /// The place in the rank directory that a look-up of a key reads first.
    #[inline(always)]
    pub(crate) fn directory_place(&self, key: u32) -> u64 {
        self.ranks + 4 * self.superblock_number(key)
    }

    /// The places in a superblock that a look-up of a key reads next: its beginning, about where
    /// the counts reach the bucket, and about where the entries of the bucket lie.
    #[inline(always)]
    pub(crate) fn superblock_places(&self, key: u32, superblock: Superblock) -> [u64; 3] {
        let place = u64::from(self.place(key));
        let unary = self.unary(superblock);
        let (count, entry) = match self.number_bits(superblock.entries) {
            Some(bits) => (place * u64::from(bits), 0),
            None => (
                (unary * place) >> self.superblock_bits,
                (u64::from(superblock.entries) * place) >> self.superblock_bits,
            ),
        };
        let entry = unary + entry * u64::from(self.width());
        [0, count, entry].map(|bit| self.superblocks + (superblock.bit + bit) / 8)
    }

    /// The superblock of a key, read from the rank directory.
    #[inline(always)]
    pub(crate) fn superblock(&self, file: &BlockFile, key: u32) -> Result<Superblock, Error> {
        self.superblock_at(file, self.superblock_number(key))
    }

    /// A superblock by its number.
    #[inline(always)]
    pub(super) fn superblock_at(&self, file: &BlockFile, number: u64) -> Result<Superblock, Error> {
        let at = self.ranks + 4 * number;
        let ranks = u64::from_le_bytes(file.get(at, 8)?.try_into().unwrap_or_default());
        let (before, end) = (ranks & u64::from(u32::MAX), ranks >> 32);
        match end.checked_sub(before) {
            Some(entries) if end <= self.entries => {
                Ok(Superblock { bit: self.bit_of(number, before), entries: entries as u32 })
            }
            _ => Err(file.damaged(at, "the rank directory of a table is not in order")),
        }
    }

    /// The bytes that hold `bits` bits from `bit` on, in whole words. The first is bit `bit % 8`.
    #[inline(always)]
    pub(super) fn bytes<'f>(
        &self,
        file: &'f BlockFile,
        bit: u64,
        bits: u64,
    ) -> Result<&'f [u8], Error> {
        file.get(self.superblocks + bit / 8, (bit % 8 + bits).div_ceil(64) as usize * 8)
    }

    /// The bucket of a key, read from its superblock.
    #[inline(always)]
    pub(crate) fn bucket(
        &self,
        file: &BlockFile,
        key: u32,
        superblock: Superblock,
    ) -> Result<Bucket, Error> {
        let place = self.place(key);
        let ends = match self.number_bits(superblock.entries) {
            None => {
                let bytes = self.bytes(file, superblock.bit, self.unary(superblock))?;
                counted(Isa::best(), bytes, (superblock.bit % 8) as u32, place)
            }
            Some(bits) => {
                let end =
                    |place: u32| self.number(file, superblock.bit + u64::from(place * bits), bits);
                Some((if place == 0 { 0 } else { end(place - 1)? }, end(place)?))
            }
        };
        match ends {
            Some((start, end)) if start <= end && end <= u64::from(superblock.entries) => {
                let bit = superblock.bit + self.unary(superblock) + start * u64::from(self.width());
                Ok(Bucket { bit, entries: (end - start) as u32 })
            }
            _ => Err(self.damage(file, superblock)),
        }
    }

    /// A number of `bits` bits: so few that the word that begins in its byte holds them.
    #[inline(always)]
    pub(super) fn number(&self, file: &BlockFile, bit: u64, bits: u32) -> Result<u64, Error> {
        let bytes = file.get(self.superblocks + bit / 8, 8)?;
        let word = u64::from_le_bytes(bytes.try_into().unwrap_or_default());
        Ok(word >> (bit % 8) & ((1 << bits) - 1))
    }

    /// The place that reading the articles of a bucket reads first.
    #[inline(always)]
    pub(crate) fn bucket_place(&self, bucket: Bucket) -> u64 {
        self.superblocks + bucket.bit / 8
    }

    #[cold]
    pub(super) fn damage(&self, file: &BlockFile, superblock: Superblock) -> Error {
        file.damaged(self.superblocks + superblock.bit / 8, "a table's buckets do not add up")
    }

    /// Calls `f` with the articles of a bucket that have a key, ascending: of the last `most`
    /// entries of the bucket.
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
        // The last entry is read with the word that begins in its byte, too.
        let last = first % 8 + u64::from(count - 1) * width;
        let bytes = file.get(self.superblocks + first / 8, (last / 8) as usize + 8)?;
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

    /// Splits the entry that a word begins with into the bits of its key and its article.
    #[inline(always)]
    pub(super) fn split(&self, word: u64) -> (u64, u32) {
        let entry = word & ((1 << self.width()) - 1);
        (entry >> self.article_bits, (entry & ((1 << self.article_bits) - 1)) as u32)
    }

    /// Calls `f` with the articles that have a key, ascending.
    pub(crate) fn find(&self, file: &BlockFile, key: u32, f: impl FnMut(u32)) -> Result<(), Error> {
        if self.entries == 0 {
            return Ok(());
        }
        let bucket = self.bucket(file, key, self.superblock(file, key)?)?;
        self.articles(file, key, bucket, MAX_BUCKET, f)
    }
}
