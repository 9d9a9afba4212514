//! Writes a key table, whose entries come in order.

use super::table::KeyTable;
use crate::error::Error;
use crate::index::store::blocks::BlockWriter;

/// Bytes that are written at a time.
const CHUNK_BYTES: usize = 1 << 16;

/// Writes a table.
pub(crate) struct KeyTableWriter {
    table: KeyTable,
    ranks: Vec<u8>,
    written: u64,
    /// The superblock that is written next, and those of its entries that have come so far.
    superblock: u64,
    pending: Vec<u64>,
    unary: Vec<u64>,
    packed: Packer,
}

impl KeyTableWriter {
    /// Begins a table at the end of `out`: of at most `entries` entries, in a segment of `articles`
    /// articles. `key_bits` bits are kept of a key.
    pub(crate) fn new(
        out: &mut BlockWriter,
        entries: u64,
        articles: u32,
        key_bits: u32,
    ) -> Result<Self, Error> {
        out.align(64)?;
        let table =
            KeyTable { superblocks: out.position(), ..KeyTable::new(entries, articles, key_bits) };
        let ranks = Vec::with_capacity(4 * (table.count() as usize + 1));
        let (pending, unary, packed) = (Vec::new(), Vec::new(), Packer::default());
        Ok(KeyTableWriter { table, ranks, written: 0, superblock: 0, pending, unary, packed })
    }

    /// Adds the next entries, each a key in the upper half and an article in the lower, ordered by
    /// key and then by article. Bits of the key that are not kept do not matter.
    pub(crate) fn extend(
        &mut self,
        out: &mut BlockWriter,
        mut entries: &[u64],
    ) -> Result<(), Error> {
        while let Some(first) = entries.first() {
            let superblock = self.table.superblock_number((first >> 32) as u32);
            while self.superblock < superblock {
                let pending = std::mem::take(&mut self.pending);
                self.write(&pending);
                self.pending = pending;
                self.pending.clear();
            }
            // The first key of the next superblock.
            let end =
                (superblock + 1) << (32 - self.table.bucket_bits + self.table.superblock_bits);
            let length = entries.iter().take_while(|&&entry| entry >> 32 < end).count();
            let (of_stretch, others) = entries.split_at(length);
            entries = others;
            // A superblock may go on in the next call.
            if self.pending.is_empty() && !others.is_empty() {
                self.write(of_stretch);
            } else {
                self.pending.extend_from_slice(of_stretch);
            }
            if self.packed.len() >= CHUNK_BYTES {
                out.write(&self.packed.take())?;
            }
        }
        Ok(())
    }

    /// Ends the table, and writes its rank directory.
    pub(crate) fn finish(mut self, out: &mut BlockWriter) -> Result<KeyTable, Error> {
        while self.superblock < self.table.count() {
            let pending = std::mem::take(&mut self.pending);
            self.write(&pending);
        }
        self.ranks.extend_from_slice(&(self.written as u32).to_le_bytes());
        let mut table = KeyTable { entries: self.written, ..self.table };
        // Includes the word of zeros that `superblocks_len` counts.
        out.write(&self.packed.finish())?;
        out.align(8)?;
        table.ranks = out.position();
        out.write(&self.ranks)?;
        Ok(table)
    }

    /// Writes the next superblock.
    fn write(&mut self, entries: &[u64]) {
        let KeyTable { superblock_bits, article_bits, .. } = self.table;
        self.ranks.extend_from_slice(&(self.written as u32).to_le_bytes());
        self.written += entries.len() as u64;
        self.superblock += 1;
        let bits = (1 << superblock_bits) + entries.len();
        if let Some(number_bits) = self.table.number_bits(entries.len() as u32) {
            self.write_ends(entries, number_bits);
            self.packed.zeros(bits - ((number_bits as usize) << superblock_bits));
        } else {
            self.unary.clear();
            self.unary.resize(bits.div_ceil(64), 0);
            for (i, entry) in entries.iter().enumerate() {
                let bit = self.table.place((entry >> 32) as u32) as usize + i;
                self.unary[bit / 64] |= 1 << (bit % 64);
            }
            self.packed.extend(bits, &self.unary);
        }
        let (table, width) = (self.table, self.table.width());
        let packed =
            |entry: u64| table.rest((entry >> 32) as u32) << article_bits | u64::from(entry as u32);
        self.packed.pack(width, entries.iter().map(|&entry| packed(entry)));
    }

    /// Writes the end of each bucket, counted in entries.
    fn write_ends(&mut self, entries: &[u64], bits: u32) {
        let place = |entry: &u64| self.table.place((entry >> 32) as u32);
        let end = |bucket| entries.partition_point(|entry| place(entry) <= bucket) as u64;
        self.packed.pack(bits, (0..1 << self.table.superblock_bits).map(end));
    }
}

/// Packs numbers of any number of bits one after another.
#[derive(Default)]
struct Packer {
    bytes: Vec<u8>,
    /// The bits that do not fill a byte yet, and how many they are.
    rest: u64,
    used: u32,
}

impl Packer {
    /// The number of whole bytes so far.
    fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Takes the whole bytes so far.
    fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.bytes)
    }

    /// Adds numbers of `bits` bits each, 57 at most.
    #[inline]
    fn pack(&mut self, bits: u32, numbers: impl ExactSizeIterator<Item = u64>) {
        let begin = self.bytes.len();
        // Each number is written with the word that begins in its byte.
        self.bytes.resize(begin + (numbers.len() * bits as usize).div_ceil(8) + 8, 0);
        let (mut at, mut rest, mut used) = (begin, self.rest, self.used);
        for number in numbers {
            rest |= number << used;
            if let Some(word) = self.bytes[at..].first_chunk_mut() {
                *word = rest.to_le_bytes();
            }
            used += bits;
            at += used as usize / 8;
            rest = rest.unbounded_shr(used & !7);
            used %= 8;
        }
        self.bytes.truncate(at);
        (self.rest, self.used) = (rest, used);
    }

    /// Adds the first `bits` bits of some words.
    fn extend(&mut self, bits: usize, words: &[u64]) {
        for (i, word) in words.iter().enumerate() {
            let bits = (bits - 64 * i).min(64) as u32;
            let halves =
                [(word & u64::from(u32::MAX), bits.min(32)), (word >> 32, bits.saturating_sub(32))];
            halves.into_iter().for_each(|(half, bits)| self.pack(bits, [half].into_iter()));
        }
    }

    fn zeros(&mut self, bits: usize) {
        self.pack(32, (0..bits / 32).map(|_| 0));
        self.pack((bits % 32) as u32, [0].into_iter());
    }

    /// Returns what is left, and a word of zeros.
    fn finish(mut self) -> Vec<u8> {
        self.bytes.extend_from_slice(&self.rest.to_le_bytes());
        self.bytes.extend_from_slice(&[0; 8]);
        self.bytes
    }
}
