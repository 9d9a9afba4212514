//! All entries of a table in order, a stretch at a time.

use super::{Stretch, Table};
use crate::error::Error;
use crate::index::store::blocks::BlockFile;

/// Goes through all entries of a table in order.
pub(crate) struct Cursor<'a> {
    file: &'a BlockFile,
    table: Table,
    /// The stretch that is read next.
    next: u64,
    /// What was read and not given yet: keys, their missing bits as zeros, in the upper half, and
    /// articles.
    read: Vec<u64>,
    given: usize,
    tolerant: bool,
}

impl<'a> Cursor<'a> {
    pub(crate) fn new(file: &'a BlockFile, table: Table) -> Self {
        Cursor { file, table, next: 0, read: Vec::new(), given: 0, tolerant: false }
    }

    /// The same, but that stretches which are damaged are passed over.
    pub(crate) fn tolerant(self, tolerant: bool) -> Self {
        Cursor { tolerant, ..self }
    }

    /// Gives the next entries, those whose keys are below `limit`, the bits of a key that are not
    /// kept as zeros.
    pub(crate) fn until(&mut self, limit: u64, mut f: impl FnMut(u32, u32)) -> Result<(), Error> {
        loop {
            for &entry in &self.read[self.given..] {
                if entry >> 32 >= limit {
                    return Ok(());
                }
                self.given += 1;
                f((entry >> 32) as u32, entry as u32);
            }
            self.read.clear();
            self.given = 0;
            if self.next == self.table.count() || self.table.entries == 0 {
                return Ok(());
            }
            let number = self.next;
            self.next += 1;
            let stretch = self.table.noted(self.file, number);
            match stretch.and_then(|stretch| self.read(number, stretch)) {
                Err(error) if !self.tolerant => return Err(error),
                Err(_) => self.read.clear(),
                Ok(()) => {}
            }
        }
    }

    fn read(&mut self, number: u64, stretch: Stretch) -> Result<(), Error> {
        let Cursor { table, file, .. } = *self;
        let unary = table.unary(stretch);
        let damage = || table.damage(file, stretch);
        let bits = u64::from(table.width());
        let first = stretch.bit + unary;
        let mut bit = first % 8;
        // Every entry is read with the word that begins in its byte.
        let len = (bit + u64::from(stretch.entries) * bits) / 8 + 8;
        let entries = file.get(table.stretches + first / 8, len as usize)?;
        let mut next = |bucket: u64| {
            let word = u64::from_le_bytes(*entries.get((bit / 8) as usize..)?.first_chunk()?);
            let (rest, id) = table.split(word >> (bit % 8));
            bit += bits;
            let bucket = number << table.stretch_bits | bucket;
            let kept = bucket << (table.key_bits - table.bucket_bits) | rest;
            self.read.push(kept << (32 - table.key_bits) << 32 | u64::from(id));
            Some(())
        };
        if let Some(bits) = table.number_bits(stretch.entries) {
            let mut start = 0;
            for bucket in 0..1 << table.stretch_bits {
                let end = table.number(file, stretch.bit + bucket * u64::from(bits), bits)?;
                (start..end).try_for_each(|_| next(bucket)).ok_or_else(damage)?;
                start = start.max(end);
            }
        } else {
            let skipped = stretch.bit % 8;
            let (mut at, mut read) = (0, skipped);
            let mut unread = u64::MAX << skipped;
            for &word in table.bytes(file, stretch.bit, unary)?.as_chunks::<8>().0 {
                let end = (skipped + unary - at).min(64);
                let mut ones = u64::from_le_bytes(word) & unread & (u64::MAX >> (64 - end));
                unread = u64::MAX;
                while ones != 0 {
                    // As many zeros are before as places that are none of an entry's one.
                    next(at + u64::from(ones.trailing_zeros()) - read).ok_or_else(damage)?;
                    read += 1;
                    ones &= ones - 1;
                }
                at += 64;
            }
        }
        match self.read.len() == stretch.entries as usize {
            true => Ok(()),
            false => Err(damage()),
        }
    }
}
