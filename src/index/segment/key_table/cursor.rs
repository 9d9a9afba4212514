//! All entries of a key table in order, one superblock at a time.

use super::table::{KeyTable, Superblock};
use crate::error::Error;
use crate::index::store::blocks::BlockFile;

/// Reads the entries of a table in the order of their keys.
pub(crate) struct Cursor<'a> {
    file: &'a BlockFile,
    table: KeyTable,
    /// Whether damaged superblocks are skipped.
    tolerant: bool,
    /// The superblock that is read next.
    next: u64,
    /// The entries of the last superblock, each a key in the upper half, whose missing bits are
    /// zeros, and an article.
    read: Vec<u64>,
    /// How many of them were returned.
    returned: usize,
}

impl<'a> Cursor<'a> {
    pub(crate) fn new(file: &'a BlockFile, table: KeyTable, tolerant: bool) -> Self {
        Cursor { file, table, tolerant, next: 0, read: Vec::new(), returned: 0 }
    }

    pub(crate) fn table(&self) -> &KeyTable {
        &self.table
    }

    /// Appends the next entries to `entries`, those whose keys are below `limit`.
    pub(crate) fn read_until(&mut self, limit: u64, entries: &mut Vec<u64>) -> Result<(), Error> {
        loop {
            let ready = &self.read[self.returned..];
            let below = ready.iter().take_while(|&&entry| entry >> 32 < limit).count();
            entries.extend_from_slice(&ready[..below]);
            self.returned += below;
            if self.returned < self.read.len() {
                return Ok(());
            }
            self.read.clear();
            self.returned = 0;
            if self.next == self.table.count() || self.table.entries == 0 {
                return Ok(());
            }
            let number = self.next;
            self.next += 1;
            let superblock = self.table.superblock_at(self.file, number);
            match superblock.and_then(|superblock| self.read(number, superblock)) {
                Err(error) if !self.tolerant => return Err(error),
                Err(_) => self.read.clear(),
                Ok(()) => {}
            }
        }
    }

    /// Reads the entries of a superblock.
    fn read(&mut self, number: u64, superblock: Superblock) -> Result<(), Error> {
        let Cursor { table, file, .. } = *self;
        let unary = table.unary(superblock);
        let damage = || table.damage(file, superblock);
        let bits = u64::from(table.width());
        let first = superblock.bit + unary;
        let mut bit = first % 8;
        // Every entry is read with the word that begins in its byte.
        let len = (bit + u64::from(superblock.entries) * bits) / 8 + 8;
        let entries = file.get(table.superblocks + first / 8, len as usize)?;
        let mut next = |bucket: u64| {
            let word = u64::from_le_bytes(*entries.get((bit / 8) as usize..)?.first_chunk()?);
            let (rest, id) = table.split(word >> (bit % 8));
            bit += bits;
            let bucket = number << table.superblock_bits | bucket;
            let kept = bucket << (table.key_bits - table.bucket_bits) | rest;
            self.read.push(kept << (32 - table.key_bits) << 32 | u64::from(id));
            Some(())
        };
        if let Some(bits) = table.number_bits(superblock.entries) {
            let mut start = 0;
            for bucket in 0..1 << table.superblock_bits {
                let end = table.number(file, superblock.bit + bucket * u64::from(bits), bits)?;
                (start..end).try_for_each(|_| next(bucket)).ok_or_else(damage)?;
                start = start.max(end);
            }
        } else {
            let skipped = superblock.bit % 8;
            let (mut at, mut read) = (0, skipped);
            let mut unread = u64::MAX << skipped;
            for &word in table.bytes(file, superblock.bit, unary)?.as_chunks::<8>().0 {
                let end = (skipped + unary - at).min(64);
                let mut ones = u64::from_le_bytes(word) & unread & (u64::MAX >> (64 - end));
                unread = u64::MAX;
                while ones != 0 {
                    // The zeros before a one number its bucket: its position less the ones.
                    next(at + u64::from(ones.trailing_zeros()) - read).ok_or_else(damage)?;
                    read += 1;
                    ones &= ones - 1;
                }
                at += 64;
            }
        }
        match self.read.len() == superblock.entries as usize {
            true => Ok(()),
            false => Err(damage()),
        }
    }
}
