//! A table written, its entries in order.

use super::Table;
use crate::error::Error;
use crate::index::store::blocks::BlockWriter;

/// Bytes that are written at a time.
const AT_ONCE: usize = 1 << 16;

/// Writes a table, its entries in order.
pub(crate) struct TableWriter {
    table: Table,
    notes: Vec<u8>,
    written: u64,
    /// The stretch that is written next, and those of its entries that have come.
    stretch: u64,
    begun: Vec<u64>,
    unary: Vec<u64>,
    packed: Packer,
}

impl TableWriter {
    /// A table of at most so many entries of so many articles, to be written where `out` is; of a
    /// key `key_bits` bits are kept.
    pub(crate) fn new(
        out: &mut BlockWriter,
        entries: u64,
        articles: u32,
        key_bits: u32,
    ) -> Result<Self, Error> {
        out.align(64)?;
        let table = Table { stretches: out.position(), ..Table::new(entries, articles, key_bits) };
        let notes = Vec::with_capacity(4 * (table.count() as usize + 1));
        let (begun, unary, packed) = (Vec::new(), Vec::new(), Packer::default());
        Ok(TableWriter { table, notes, written: 0, stretch: 0, begun, unary, packed })
    }

    /// The next entries, each a key in the upper half and an article in the lower; in order of key,
    /// then of article. Bits of the key that are not kept do not matter.
    pub(crate) fn extend(
        &mut self,
        out: &mut BlockWriter,
        mut entries: &[u64],
    ) -> Result<(), Error> {
        while let Some(first) = entries.first() {
            let stretch = self.table.stretch_number((first >> 32) as u32);
            while self.stretch < stretch {
                let begun = std::mem::take(&mut self.begun);
                self.write(&begun);
                self.begun = begun;
                self.begun.clear();
            }
            // The first key of the next stretch.
            let end = (stretch + 1) << (32 - self.table.bucket_bits + self.table.stretch_bits);
            let length = entries.iter().take_while(|&&entry| entry >> 32 < end).count();
            let (of_stretch, others) = entries.split_at(length);
            entries = others;
            // What begins in one list may go on in the next.
            if self.begun.is_empty() && !others.is_empty() {
                self.write(of_stretch);
            } else {
                self.begun.extend_from_slice(of_stretch);
            }
            if self.packed.len() >= AT_ONCE {
                out.write(&self.packed.take())?;
            }
        }
        Ok(())
    }

    /// Ends the table.
    pub(crate) fn finish(mut self, out: &mut BlockWriter) -> Result<Table, Error> {
        while self.stretch < self.table.count() {
            let begun = std::mem::take(&mut self.begun);
            self.write(&begun);
        }
        self.notes.extend_from_slice(&(self.written as u32).to_le_bytes());
        let mut table = Table { entries: self.written, ..self.table };
        // With a word of zeros, see `stretches_len`.
        out.write(&self.packed.finish())?;
        out.align(8)?;
        table.notes = out.position();
        out.write(&self.notes)?;
        Ok(table)
    }

    /// Writes the next stretch, which has these entries.
    fn write(&mut self, entries: &[u64]) {
        let Table { stretch_bits, id_bits, .. } = self.table;
        self.notes.extend_from_slice(&(self.written as u32).to_le_bytes());
        self.written += entries.len() as u64;
        self.stretch += 1;
        let bits = (1 << stretch_bits) + entries.len();
        if let Some(number_bits) = self.table.number_bits(entries.len() as u32) {
            self.write_ends(entries, number_bits);
            self.packed.zeros(bits - ((number_bits as usize) << stretch_bits));
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
            |entry: u64| table.rest((entry >> 32) as u32) << id_bits | u64::from(entry as u32);
        self.packed.pack(width, entries.iter().map(|&entry| packed(entry)));
    }

    /// Where each bucket ends, counted in entries.
    fn write_ends(&mut self, entries: &[u64], bits: u32) {
        let place = |entry: &u64| self.table.place((entry >> 32) as u32);
        let end = |bucket| entries.partition_point(|entry| place(entry) <= bucket) as u64;
        self.packed.pack(bits, (0..1 << self.table.stretch_bits).map(end));
    }
}

/// Puts numbers of some bits one after another.
#[derive(Default)]
struct Packer {
    bytes: Vec<u8>,
    /// What is in no byte yet: fewer than eight bits.
    rest: u64,
    used: u32,
}

impl Packer {
    /// Whole bytes so far.
    fn len(&self) -> usize {
        self.bytes.len()
    }

    /// The whole bytes so far, which are forgotten.
    fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.bytes)
    }

    /// Adds numbers of at most 57 bits, which have no others.
    #[inline]
    fn pack(&mut self, bits: u32, numbers: impl ExactSizeIterator<Item = u64>) {
        let begin = self.bytes.len();
        // Each is written with the word that begins in its byte.
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

    /// Adds the first bits of some words.
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

    /// What is left, and a word of zeros.
    fn finish(mut self) -> Vec<u8> {
        self.bytes.extend_from_slice(&self.rest.to_le_bytes());
        self.bytes.extend_from_slice(&[0; 8]);
        self.bytes
    }
}
