//! The keys of a segment's articles, made small: which articles have a key?
//!
//! Keys are well mixed, so their first bits number *buckets* of one or two entries on average. The entries of all buckets lie one after
//! another, sorted by key, each with as many bits as the article's number takes and the few bits of its key that are kept beyond the bucket's
//! number. How many entries a bucket has is told in unary: a one for each, then a zero; and for every 32nd bucket it is noted where its ones
//! begin. With the 21 bits of a key that a table of bands keeps, an entry takes 24 bits in all, in a small segment as in one of a million
//! articles, and any tables of one kind can be merged by a scan.
//!
//! A look-up reads a note, some bits and the entries: three places of memory. As bits of the key are left out it finds strangers too, in
//! a million articles about two; who asks compares the articles anyway. This is a static relative of quotienting (Cleary 1984) with the
//! unary code of Elias (1974) and Fano (1971).

use std::ops::Range;

use super::blocks::{BlockFile, BlockWriter};
use super::wire::{Fields, Writer};
use crate::error::Error;

/// Buckets for which one note is kept: their bits lie in one word or two.
const NOTED: u64 = 32;
/// Of a bucket the latest entries are looked at, no more than so many.
pub(super) const BUCKET: u64 = 1 << 16;

/// Where a table lies in its file, and how its entries are cut.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Table {
    pub(super) entries: u64,
    /// Bits of a key that are kept, those of the bucket's number among them.
    key_bits: u32,
    bucket_bits: u32,
    id_bits: u32,
    /// Where the notes, the unary bits and the entries begin, each in whole words of eight bytes.
    notes: u64,
    bits: u64,
    packed: u64,
}

/// The bits of numbers below `n`.
pub(super) fn bits_for(n: u64) -> u32 {
    (u64::BITS - n.saturating_sub(1).leading_zeros()).max(1)
}

/// Where the one lies in a word that has so many before it; there must be such a one.
///
/// How many ones there are up to each byte is counted in all bytes at once (Vigna 2008).
#[inline]
fn select(word: u64, before: u32) -> u32 {
    const EACH: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let pairs = word - (word >> 1 & 0x5555_5555_5555_5555);
    let fours = (pairs & 0x3333_3333_3333_3333) + (pairs >> 2 & 0x3333_3333_3333_3333);
    let upto = ((fours + (fours >> 4)) & 0x0F0F_0F0F_0F0F_0F0F).wrapping_mul(EACH);
    // The bytes up to which there are no more than `before`.
    let passed = (((u64::from(before) * EACH) | HIGH) - upto) & HIGH;
    let shift = 8 * passed.count_ones();
    let left = before - (upto << 8 >> shift) as u8 as u32;
    shift + u32::from(PLACES[(word >> shift) as u8 as usize][left as usize & 7])
}

/// For each byte, where its ones lie.
static PLACES: [[u8; 8]; 256] = {
    let mut places = [[0; 8]; 256];
    let mut byte = 0;
    while byte < 256 {
        let (mut bit, mut ones) = (0, 0);
        while bit < 8 {
            if byte >> bit & 1 == 1 {
                places[byte][ones] = bit as u8;
                ones += 1;
            }
            bit += 1;
        }
        byte += 1;
    }
    places
};

impl Table {
    pub(super) fn encode(&self, out: &mut Writer) {
        out.u64(self.entries);
        out.u64(self.notes);
        out.u64(self.bits);
        out.u64(self.packed);
        out.u32(self.key_bits);
        out.u32(self.bucket_bits);
        out.u32(self.id_bits);
    }

    /// Reads a table of a file with so many articles; none if it cannot be one.
    pub(super) fn decode(input: &mut Fields<'_>, file_len: u64, articles: u32) -> Option<Self> {
        let (entries, notes, bits, packed) = (input.u64()?, input.u64()?, input.u64()?, input.u64()?);
        let (key_bits, bucket_bits, id_bits) = (input.u32()?, input.u32()?, input.u32()?);
        let table = Table { entries, key_bits, bucket_bits, id_bits, notes, bits, packed };
        let fits = |at: u64, bits: u64| {
            let bytes = bits.div_ceil(64).checked_mul(8)?;
            (at.is_multiple_of(8) && at.checked_add(bytes)? <= file_len).then_some(())
        };
        if entries > u64::from(u32::MAX) || key_bits > 32 || bucket_bits > key_bits || id_bits > 32 {
            return None;
        }
        if id_bits != bits_for(u64::from(articles)) || key_bits - bucket_bits + id_bits > 57 {
            return None;
        }
        fits(notes, 32 * table.notes_len())?;
        fits(bits, table.unary_len())?;
        // One word more, so that every entry can be read with the word that begins before it.
        fits(packed, entries * u64::from(table.width()) + 64)?;
        Some(table)
    }

    fn buckets(&self) -> u64 {
        1 << self.bucket_bits
    }

    fn notes_len(&self) -> u64 {
        self.buckets().div_ceil(NOTED)
    }

    fn unary_len(&self) -> u64 {
        self.buckets() + self.entries
    }

    fn width(&self) -> u32 {
        self.key_bits - self.bucket_bits + self.id_bits
    }

    #[inline]
    fn bucket(&self, key: u32) -> u64 {
        u64::from(key) >> (32 - self.bucket_bits)
    }

    /// The bits of a key that are kept beyond its bucket's number.
    fn rest(&self, key: u32) -> u64 {
        u64::from(key) >> (32 - self.key_bits) & ((1 << (self.key_bits - self.bucket_bits)) - 1)
    }

    /// Where the note for a key lies, to be touched before it is read.
    pub(super) fn touch(&self, key: u32) -> u64 {
        self.notes + self.bucket(key) / NOTED * 4
    }

    /// Where the unary bits after a note lie, to be touched before they are read.
    pub(super) fn touch_bits(&self, noted: u64) -> u64 {
        self.bits + noted / 8
    }

    /// Where the unary bits for a key begin. One place of memory.
    #[inline]
    pub(super) fn noted(&self, file: &BlockFile, key: u32) -> Result<u64, Error> {
        let note = file.get(self.touch(key), 4)?;
        Ok(u64::from(u32::from_le_bytes([note[0], note[1], note[2], note[3]])))
    }

    /// The entries of a key's bucket, from where its [note](Self::noted) says. One place of memory, mostly.
    #[inline]
    pub(super) fn locate(&self, file: &BlockFile, key: u32, noted: u64) -> Result<Range<u64>, Error> {
        let bucket = self.bucket(key);
        // Zeros that end the buckets before this one and after the note. The bits of both and of its own mostly lie in two words.
        let zeros = (bucket % NOTED) as u32;
        let first = noted / 64 * 64;
        let words = file.get(self.bits + first / 8, 16)?;
        let ends = !u128::from_le_bytes(words.try_into().unwrap_or_default()) & (u128::MAX << (noted % 64));
        let (low, high) = (ends as u64, (ends >> 64) as u64);
        let in_low = low.count_ones();
        let (word, before, skipped) = if in_low < zeros { (high, in_low, 64) } else { (low, 0, 0) };
        let rank = zeros.wrapping_sub(before + 1);
        let start = match zeros {
            0 => (noted % 64) as u32,
            _ if rank < word.count_ones() => skipped + select(word, rank) + 1,
            _ => return self.locate_far(file, bucket, noted),
        };
        let after = ends.unbounded_shr(start);
        if after == 0 {
            return self.locate_far(file, bucket, noted);
        }
        let start = first + u64::from(start);
        self.entries_of(file, bucket, start, start + u64::from(after.trailing_zeros()))
    }

    /// The entries of a bucket whose bits begin and end there: each bucket before has its zero among the bits before.
    #[inline]
    fn entries_of(&self, file: &BlockFile, bucket: u64, start: u64, end: u64) -> Result<Range<u64>, Error> {
        match (start.checked_sub(bucket), end.checked_sub(bucket)) {
            (Some(start), Some(end)) if start <= end && end <= self.entries => Ok(start..end),
            _ => Err(self.damage(file, start)),
        }
    }

    /// As [`locate`](Self::locate), where the bits go on for many words.
    #[cold]
    fn locate_far(&self, file: &BlockFile, bucket: u64, noted: u64) -> Result<Range<u64>, Error> {
        let mut zeros = bucket % NOTED;
        let mut start = (zeros == 0).then_some(noted);
        let mut unread = u64::MAX << (noted % 64);
        for at in (noted / 64 * 64..self.unary_len()).step_by(64) {
            let mut ends = !self.word(file, self.bits + at / 8)? & unread;
            unread = u64::MAX;
            if start.is_none() {
                let count = u64::from(ends.count_ones());
                if count < zeros {
                    zeros -= count;
                    continue;
                }
                let zero = select(ends, zeros as u32 - 1);
                start = Some(at + u64::from(zero) + 1);
                ends &= u64::MAX << zero << 1;
            }
            if let Some(start) = start.filter(|_| ends != 0) {
                return self.entries_of(file, bucket, start, at + u64::from(ends.trailing_zeros()));
            }
        }
        Err(self.damage(file, self.unary_len()))
    }

    fn damage(&self, file: &BlockFile, bit: u64) -> Error {
        file.damaged(self.bits + bit / 8, "a table's buckets do not add up")
    }

    #[inline]
    fn word(&self, file: &BlockFile, at: u64) -> Result<u64, Error> {
        Ok(u64::from_le_bytes(file.get(at, 8)?.try_into().unwrap_or_default()))
    }

    /// Where an entry lies, to be touched before it is read.
    pub(super) fn touch_entry(&self, entry: u64) -> u64 {
        self.packed + entry * u64::from(self.width()) / 8
    }

    /// The articles of a bucket that have a key, ascending; of very many the last.
    #[inline]
    pub(super) fn articles(
        &self,
        file: &BlockFile,
        key: u32,
        bucket: Range<u64>,
        mut f: impl FnMut(u32),
    ) -> Result<(), Error> {
        let rest = self.rest(key);
        for entry in bucket.start.max(bucket.end.saturating_sub(BUCKET))..bucket.end {
            let (other, id) = self.entry(file, entry)?;
            if other == rest {
                f(id);
            }
        }
        Ok(())
    }

    /// The kept bits of an entry's key beyond the bucket's number, and its article.
    #[inline]
    fn entry(&self, file: &BlockFile, entry: u64) -> Result<(u64, u32), Error> {
        let bit = entry * u64::from(self.width());
        let at = self.packed + bit / 8;
        let word = self.word(file, at)? >> (bit % 8) & ((1 << self.width()) - 1);
        Ok((word >> self.id_bits, (word & ((1 << self.id_bits) - 1)) as u32))
    }

    /// As [`articles`](Self::articles), of a key alone.
    pub(super) fn find(&self, file: &BlockFile, key: u32, f: impl FnMut(u32)) -> Result<(), Error> {
        if self.entries == 0 {
            return Ok(());
        }
        let bucket = self.locate(file, key, self.noted(file, key)?)?;
        self.articles(file, key, bucket, f)
    }
}

/// Goes through all entries of a table in order.
pub(super) struct Cursor<'a> {
    file: &'a BlockFile,
    table: Table,
    bucket: u64,
    entry: u64,
    unary: Bits,
    packed: Bits,
    /// An entry that was read and not given yet.
    ahead: Option<(u64, u32)>,
    tolerant: bool,
}

/// Bits read one after another, a word at a time.
#[derive(Clone, Copy, Default)]
struct Bits {
    /// Where the next word lies.
    next: u64,
    word: u64,
    left: u32,
}

impl Bits {
    /// Those of what lies at `at`.
    fn new(at: u64) -> Self {
        Bits { next: at, word: 0, left: 0 }
    }

    /// Those from bit `from` on.
    fn begin(table: Table, file: &BlockFile, at: u64, from: u64) -> Result<Self, Error> {
        let (at, passed) = (at + from / 64 * 8, (from % 64) as u32);
        Ok(Bits { next: at + 8, word: table.word(file, at)? >> passed, left: 64 - passed })
    }

    /// The next bits, fewer than 64.
    #[inline]
    fn take(&mut self, table: Table, file: &BlockFile, width: u32) -> Result<u64, Error> {
        let mask = (1 << width) - 1;
        if self.left >= width {
            let value = self.word & mask;
            self.word >>= width;
            self.left -= width;
            return Ok(value);
        }
        let (low, had) = (self.word, self.left);
        let word = table.word(file, self.next)?;
        self.next += 8;
        let need = width - had;
        (self.word, self.left) = (if need == 64 { 0 } else { word >> need }, 64 - need);
        Ok((low | word << had) & mask)
    }
}

impl<'a> Cursor<'a> {
    pub(super) fn new(file: &'a BlockFile, table: Table) -> Self {
        let (unary, packed) = (Bits::new(table.bits), Bits::new(table.packed));
        Cursor { file, table, bucket: 0, entry: 0, unary, packed, ahead: None, tolerant: false }
    }

    /// The same, but that entries which are damaged are passed over.
    pub(super) fn tolerant(self, tolerant: bool) -> Self {
        Cursor { tolerant, ..self }
    }

    /// Gives the next entries, those whose keys are below `limit`, the bits of a key that are not kept as zeros.
    pub(super) fn until(&mut self, limit: u64, mut f: impl FnMut(u32, u32)) -> Result<(), Error> {
        loop {
            let next = match self.ahead.take() {
                Some(ahead) => ahead,
                None => match self.next() {
                    Ok(Some(next)) => next,
                    Ok(None) => return Ok(()),
                    Err(error) if !self.tolerant => return Err(error),
                    Err(_) => {
                        self.skip_to_note();
                        continue;
                    }
                },
            };
            if next.0 >= limit {
                self.ahead = Some(next);
                return Ok(());
            }
            f(next.0 as u32, next.1);
        }
    }

    #[inline]
    fn next(&mut self) -> Result<Option<(u64, u32)>, Error> {
        let (table, file) = (self.table, self.file);
        while self.entry < table.entries && self.bucket < table.buckets() {
            if self.unary.take(table, file, 1)? == 0 {
                self.bucket += 1;
                continue;
            }
            self.entry += 1;
            let entry = self.packed.take(table, file, table.width())?;
            let kept = self.bucket << (table.key_bits - table.bucket_bits) | entry >> table.id_bits;
            let id = entry & ((1 << table.id_bits) - 1);
            return Ok(Some((kept << (32 - table.key_bits), id as u32)));
        }
        Ok(None)
    }

    /// Goes on where the next whole note says.
    fn skip_to_note(&mut self) {
        let (table, file) = (self.table, self.file);
        self.bucket = (self.bucket / NOTED + 1) * NOTED;
        while self.bucket < table.buckets() {
            let key = (self.bucket << (32 - table.bucket_bits)) as u32;
            if let Ok(bit) = table.noted(file, key)
                && let Some(entry) = bit.checked_sub(self.bucket).filter(|&entry| entry < table.entries)
                && let Ok(unary) = Bits::begin(table, file, table.bits, bit)
                && let Ok(packed) = Bits::begin(table, file, table.packed, entry * u64::from(table.width()))
            {
                (self.entry, self.unary, self.packed) = (entry, unary, packed);
                return;
            }
            self.bucket += NOTED;
        }
    }
}

/// Writes a table, entry by entry.
pub(super) struct TableWriter {
    table: Table,
    written: u64,
    notes: Vec<u8>,
    /// Buckets that have been noted.
    noted: u64,
    /// Ones where entries are; the zeros between need not be written.
    bits: Vec<u64>,
    packed: Packer,
}

impl TableWriter {
    /// A table of at most so many entries of so many articles, to be written where `out` is; of a key `key_bits` bits are kept.
    pub(super) fn new(
        out: &mut BlockWriter,
        entries: u64,
        articles: u32,
        key_bits: u32,
    ) -> Result<Self, Error> {
        out.align(64)?;
        let bucket_bits = entries.max(1).ilog2().min(key_bits);
        let id_bits = bits_for(u64::from(articles));
        let packed = out.position();
        let table = Table { entries, key_bits, bucket_bits, id_bits, notes: 0, bits: 0, packed };
        let notes = Vec::with_capacity(4 * table.notes_len() as usize);
        let bits = vec![0; table.unary_len().div_ceil(64) as usize];
        Ok(TableWriter { table, written: 0, notes, noted: 0, bits, packed: Packer::default() })
    }

    /// The next entry; in order of key, then of article. Bits of the key that are not kept do not matter.
    #[inline]
    pub(super) fn push(&mut self, out: &mut BlockWriter, key: u32, article: u32) -> Result<(), Error> {
        let table = &self.table;
        let bucket = table.bucket(key);
        if self.noted <= bucket {
            self.note_to(bucket + 1);
        }
        let table = &self.table;
        let bit = bucket + self.written;
        self.bits[(bit / 64) as usize] |= 1 << (bit % 64);
        self.packed.push(table.rest(key) << table.id_bits | u64::from(article), table.width());
        self.written += 1;
        if self.packed.bytes.len() >= 1 << 16 {
            out.write(&self.packed.bytes)?;
            self.packed.bytes.clear();
        }
        Ok(())
    }

    /// Notes where the buckets below a number begin that are not noted yet.
    fn note_to(&mut self, bucket: u64) {
        while self.noted < bucket {
            self.notes.extend_from_slice(&((self.noted + self.written) as u32).to_le_bytes());
            self.noted += NOTED;
        }
    }

    /// Ends the table.
    pub(super) fn finish(mut self, out: &mut BlockWriter) -> Result<Table, Error> {
        self.note_to(self.table.buckets());
        let mut table = Table { entries: self.written, ..self.table };
        out.write(&self.packed.finish(1))?;
        table.bits = out.position();
        self.bits.truncate(table.unary_len().div_ceil(64) as usize);
        for word in self.bits {
            out.write(&word.to_le_bytes())?;
        }
        table.notes = out.position();
        out.write(&self.notes)?;
        out.align(8)?;
        Ok(table)
    }
}

/// Puts numbers of some bits one after another.
#[derive(Default)]
struct Packer {
    bytes: Vec<u8>,
    word: u64,
    used: u32,
}

impl Packer {
    #[inline]
    fn push(&mut self, value: u64, bits: u32) {
        self.word |= value << self.used;
        self.used += bits;
        if self.used >= 64 {
            self.bytes.extend_from_slice(&self.word.to_le_bytes());
            self.used -= 64;
            self.word = if self.used == 0 { 0 } else { value >> (bits - self.used) };
        }
    }

    /// What is left, in whole words, and so many words of zeros.
    fn finish(mut self, more: usize) -> Vec<u8> {
        if self.used > 0 {
            self.bytes.extend_from_slice(&self.word.to_le_bytes());
        }
        self.bytes.resize(self.bytes.len() + 8 * more, 0);
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn selects_every_one(word: u64, mask: u64) {
            for word in [word, word & mask, word | mask, u64::MAX, 1, 1 << 63] {
                let ones: Vec<u32> = (0..64).filter(|bit| word >> bit & 1 == 1).collect();
                for (before, &place) in ones.iter().enumerate() {
                    prop_assert_eq!(select(word, before as u32), place);
                }
            }
        }
    }
}
