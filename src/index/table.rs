//! The keys of a segment's articles, made small: which articles have a key?
//!
//! Keys are well mixed, so their first bits number *buckets* of one or two entries on average. The entries of all buckets lie one after
//! another, sorted by key, each with as many bits as the article's number takes and the few bits of its key that are kept beyond the bucket's
//! number. How many entries a bucket has is told in unary: a one for each, then a zero; and for every 64th bucket it is noted where its ones
//! begin. With the 20 bits of a key that a table of bands keeps, an entry takes 23 bits in all, in a small segment as in one of a million
//! articles, and any tables of one kind can be merged by a scan.
//!
//! A look-up reads a note, some bits and the entries: three places of memory. As bits of the key are left out it finds strangers too, in
//! a million articles about two; who asks compares the articles anyway. This is a static relative of quotienting (Cleary 1984) with the
//! unary code of Elias (1974) and Fano (1971).

use std::ops::Range;

use super::blocks::{BlockFile, BlockWriter};
use super::wire::{Fields, Writer};
use crate::error::Error;

/// Buckets for which one note is kept.
const NOTED: u64 = 64;
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
            (at % 8 == 0 && at.checked_add(bytes)? <= file_len).then_some(())
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
    pub(super) fn noted(&self, file: &BlockFile, key: u32) -> Result<u64, Error> {
        let note = file.get(self.touch(key), 4)?;
        Ok(u64::from(u32::from_le_bytes([note[0], note[1], note[2], note[3]])))
    }

    /// The entries of a key's bucket, from where its [note](Self::noted) says. One place of memory, mostly.
    pub(super) fn locate(&self, file: &BlockFile, key: u32, noted: u64) -> Result<Range<u64>, Error> {
        let bucket = self.bucket(key);
        let first = bucket / NOTED * NOTED;
        // The zeros that end the buckets before this one, then its own.
        let mut zeros = bucket - first;
        let (mut at, len) = (noted, self.unary_len());
        let mut start = if zeros == 0 { Some(at) } else { None };
        while at < len {
            let word = self.word(file, self.bits + at / 64 * 8)?;
            // Ones where the buckets end; what lies before `at` or after the last bit is passed over.
            let mut ends = !word & (u64::MAX << (at % 64));
            if len - at / 64 * 64 < 64 {
                ends &= (1 << (len % 64)) - 1;
            }
            let ended = u64::from(ends.count_ones());
            match start {
                None if ended < zeros => zeros -= ended,
                None => {
                    (1..zeros).for_each(|_| ends &= ends - 1);
                    start = Some(at / 64 * 64 + u64::from(ends.trailing_zeros()) + 1);
                    ends &= ends - 1;
                }
                Some(_) => {}
            }
            if let Some(start) = start.filter(|_| ends != 0) {
                let end = at / 64 * 64 + u64::from(ends.trailing_zeros());
                let entries = start.saturating_sub(bucket)..end.saturating_sub(bucket);
                let whole = entries.start <= entries.end && entries.end <= self.entries;
                return if whole { Ok(entries) } else { Err(self.damage(file, at)) };
            }
            at = (at / 64 + 1) * 64;
        }
        Err(self.damage(file, at))
    }

    fn damage(&self, file: &BlockFile, bit: u64) -> Error {
        file.damaged(self.bits + bit / 8, "a table's buckets do not add up")
    }

    fn word(&self, file: &BlockFile, at: u64) -> Result<u64, Error> {
        Ok(u64::from_le_bytes(file.get(at, 8)?.try_into().unwrap_or_default()))
    }

    /// Where an entry lies, to be touched before it is read.
    pub(super) fn touch_entry(&self, entry: u64) -> u64 {
        self.packed + entry * u64::from(self.width()) / 8
    }

    /// The articles of a bucket that have a key, ascending; of very many the last.
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
    /// The next unary bit.
    bit: u64,
    tolerant: bool,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(file: &'a BlockFile, table: Table) -> Self {
        Cursor { file, table, bucket: 0, entry: 0, bit: 0, tolerant: false }
    }

    /// The same, but that entries which are damaged are passed over.
    pub(super) fn tolerant(self, tolerant: bool) -> Self {
        Cursor { tolerant, ..self }
    }

    /// Gives the next entries, those whose keys are below `limit`, the bits of a key that are not kept as zeros.
    pub(super) fn until(&mut self, limit: u64, mut f: impl FnMut(u32, u32)) -> Result<(), Error> {
        let table = self.table;
        while self.entry < table.entries && self.bucket < table.buckets() {
            match table.word(self.file, table.bits + self.bit / 64 * 8) {
                Ok(word) if word >> (self.bit % 64) & 1 == 1 => {}
                Ok(_) => {
                    self.bucket += 1;
                    self.bit += 1;
                    continue;
                }
                Err(error) if !self.tolerant => return Err(error),
                Err(_) => {
                    self.skip_to_note();
                    continue;
                }
            }
            match table.entry(self.file, self.entry) {
                Ok((rest, id)) => {
                    let kept = self.bucket << (table.key_bits - table.bucket_bits) | rest;
                    let key = kept << (32 - table.key_bits);
                    if key >= limit {
                        return Ok(());
                    }
                    f(key as u32, id);
                }
                Err(error) if !self.tolerant => return Err(error),
                Err(_) => {}
            }
            self.entry += 1;
            self.bit += 1;
        }
        Ok(())
    }

    /// Goes on where the next whole note says.
    fn skip_to_note(&mut self) {
        let (table, file) = (self.table, self.file);
        self.bucket = (self.bucket / NOTED + 1) * NOTED;
        while self.bucket < table.buckets() {
            let key = (self.bucket << (32 - table.bucket_bits)) as u32;
            if let Ok(bit) = table.noted(file, key)
                && bit >= self.bucket
            {
                (self.bit, self.entry) = (bit, bit - self.bucket);
                return;
            }
            self.bucket += NOTED;
        }
    }
}

/// Writes a table, entry by entry.
pub(super) struct TableWriter {
    table: Table,
    /// The bucket that is being filled.
    bucket: u64,
    written: u64,
    notes: Vec<u8>,
    bits: Packer,
    entries: Packer,
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
        let mut writer = TableWriter {
            table,
            bucket: 0,
            written: 0,
            notes,
            bits: Packer::default(),
            entries: Packer::default(),
        };
        writer.note();
        Ok(writer)
    }

    /// The next entry; in order of key, then of article. Bits of the key that are not kept do not matter.
    pub(super) fn push(&mut self, out: &mut BlockWriter, key: u32, article: u32) -> Result<(), Error> {
        let table = self.table;
        let bucket = table.bucket(key);
        self.skip_to(bucket);
        self.bits.push(1, 1);
        self.entries.push(table.rest(key) << table.id_bits | u64::from(article), table.width());
        self.written += 1;
        if self.entries.bytes.len() >= 1 << 16 {
            out.write(&self.entries.bytes)?;
            self.entries.bytes.clear();
        }
        Ok(())
    }

    fn note(&mut self) {
        self.notes.extend_from_slice(&((self.bucket + self.written) as u32).to_le_bytes());
    }

    fn skip_to(&mut self, bucket: u64) {
        while self.bucket < bucket {
            self.bits.push(0, 1);
            self.bucket += 1;
            if self.bucket % NOTED == 0 && self.bucket < self.table.buckets() {
                self.note();
            }
        }
    }

    /// Ends the table.
    pub(super) fn finish(mut self, out: &mut BlockWriter) -> Result<Table, Error> {
        self.skip_to(self.table.buckets());
        let mut table = Table { entries: self.written, ..self.table };
        out.write(&self.entries.finish(1))?;
        table.bits = out.position();
        out.write(&self.bits.finish(0))?;
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
    words: u64,
}

impl Packer {
    fn push(&mut self, value: u64, bits: u32) {
        self.word |= value << self.used;
        self.used += bits;
        if self.used >= 64 {
            self.bytes.extend_from_slice(&self.word.to_le_bytes());
            self.words += 1;
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
