//! Files that are written once, with a checksum for every block.
//!
//! ```text
//! data        whole blocks of 4,096 bytes, the last filled up with zeros
//! checksums   the XXH3 of each block, 8 bytes each
//! footer      64 bytes: magic 8, version 4, kind 4, length of the data 8, root 8, XXH3 of the checksums 8,
//!             nothing 16, XXH3 of the footer before it 8
//! ```
//!
//! All numbers are little-endian. The footer is last, so a file that was not finished has none.
//! Every later version ends in such a footer too, to be told from damage.
//!
//! Opening a file checks the footer, the sizes and the checksums' checksum, whatever the length in
//! a few reads; a block is checked when it is first read, and never again. So no byte is given that
//! is not as it was written, and a read costs a few comparisons once its block is known. Bytes that
//! mean harm lead to an error, never to a panic, and to no more memory than a bit for each of their
//! blocks.

use std::sync::atomic::{AtomicU64, Ordering};

use xxhash_rust::xxh3::xxh3_64;

use crate::error::Error;
use crate::index::store::storage::{Bytes, Sink};
use crate::index::store::wire::Fields;

/// What a checksum covers.
pub(crate) const BLOCK: u64 = 4096;
const FOOTER: usize = 64;
const MAGIC: &[u8; 8] = b"NPBLOCK\0";
const VERSION: u32 = 1;
/// Bytes written at a time: of a short file few, which stay in a core's cache; of a long one as
/// many as a large page of memory has, so that a system that can keeps it in such pages and finds
/// what is read there faster.
const BUFFERS: [usize; 2] = [16 * BLOCK as usize, 512 * BLOCK as usize];

/// Writes such a file, front to back.
///
/// What fails leaves a file without a footer, to be removed.
pub(crate) struct BlockWriter {
    sink: Box<dyn Sink>,
    name: String,
    kind: u32,
    /// What was not written yet.
    buffer: Vec<u8>,
    /// Of what was written: whole blocks.
    sums: Vec<u8>,
    position: u64,
}

impl BlockWriter {
    /// A file of a kind that its reader asks for; the name is for errors.
    pub(crate) fn new(sink: Box<dyn Sink>, name: &str, kind: u32) -> Self {
        let buffer = Vec::new();
        BlockWriter { sink, name: name.to_owned(), kind, buffer, sums: Vec::new(), position: 0 }
    }

    /// The length of the data so far.
    pub(crate) fn position(&self) -> u64 {
        self.position
    }

    /// Adds `bytes` to the data.
    pub(crate) fn write(&mut self, mut bytes: &[u8]) -> Result<(), Error> {
        self.position += bytes.len() as u64;
        while !bytes.is_empty() {
            let written = self.sums.len() / 8 * BLOCK as usize;
            let at_once = BUFFERS[usize::from(written >= BUFFERS[1])];
            let (now, later) = bytes.split_at(bytes.len().min(at_once - self.buffer.len()));
            self.buffer.extend_from_slice(now);
            bytes = later;
            if self.buffer.len() == at_once {
                self.flush()?;
            }
        }
        Ok(())
    }

    /// Fills the data up with zeros to a multiple of `to`.
    pub(crate) fn align(&mut self, to: u64) -> Result<(), Error> {
        const ZEROS: [u8; 256] = [0; 256];
        let end = self.position.next_multiple_of(to.max(1));
        while self.position < end {
            self.write(&ZEROS[..(end - self.position).min(ZEROS.len() as u64) as usize])?;
        }
        Ok(())
    }

    /// Ends the file, durably but for its name, and returns its length. `root` is where in the data
    /// the reader is to begin.
    pub(crate) fn finish(mut self, root: u64) -> Result<u64, Error> {
        let len = self.position;
        self.align(BLOCK)?;
        self.flush()?;
        let mut tail = self.sums;
        let sum = xxh3_64(&tail);
        let footer = tail.len();
        tail.extend_from_slice(MAGIC);
        tail.extend(VERSION.to_le_bytes());
        tail.extend(self.kind.to_le_bytes());
        tail.extend([len, root, sum, 0, 0].iter().flat_map(|field| field.to_le_bytes()));
        tail.extend(xxh3_64(&tail[footer..]).to_le_bytes());
        self.sink.write(&tail).map_err(|error| Error::io("write", &self.name, &error))?;
        self.sink.sync().map_err(|error| Error::io("sync", &self.name, &error))?;
        Ok(self.position + tail.len() as u64)
    }

    /// Writes the buffer, which is of whole blocks.
    fn flush(&mut self) -> Result<(), Error> {
        let sums =
            self.buffer.chunks(BLOCK as usize).flat_map(|block| xxh3_64(block).to_le_bytes());
        self.sums.extend(sums);
        self.sink.write(&self.buffer).map_err(|error| Error::io("write", &self.name, &error))?;
        self.buffer.clear();
        Ok(())
    }
}

/// Reads such a file. It may be shared among threads.
#[derive(Debug)]
pub(crate) struct BlockFile {
    bytes: Bytes,
    name: String,
    len: u64,
    root: u64,
    /// Where the checksums begin, and the last block ends.
    sums: usize,
    /// A bit for each block that was found good.
    good: Box<[AtomicU64]>,
}

impl BlockFile {
    /// The file of these bytes, if it is whole and of this kind; the name is for errors.
    pub(crate) fn open(bytes: Bytes, name: &str, kind: u32) -> Result<Self, Error> {
        let all = bytes.len();
        let footer = all
            .checked_sub(FOOTER)
            .ok_or_else(|| Error::damaged(name, all as u64, "its end is missing"))?;
        let damaged = |what: &'static str| Error::damaged(name, footer as u64, what);
        let not_whole = || damaged("it is not a whole file of blocks");
        let mut fields = Fields::new(&bytes[footer..]);
        let magic = fields.take(MAGIC.len());
        let (version, found) = fields.u32().zip(fields.u32()).ok_or_else(not_whole)?;
        let [len, root, sum, _, _, own] = {
            let mut numbers = [0; 6];
            for number in &mut numbers {
                *number = fields.u64().ok_or_else(not_whole)?;
            }
            numbers
        };
        if magic != Some(MAGIC) {
            return Err(not_whole());
        }
        if own != xxh3_64(&bytes[footer..all - 8]) {
            return Err(damaged("the checksum of its footer does not match"));
        }
        if version > VERSION {
            return Err(Error::newer(version, VERSION));
        }
        if found != kind {
            return Err(damaged("it is a file of another kind"));
        }
        let blocks = len.div_ceil(BLOCK);
        if blocks.checked_mul(BLOCK + 8) != Some(footer as u64) || root > len {
            return Err(damaged("it is not as long as its footer says"));
        }
        // Both are below the length of the file from here on.
        let sums = (blocks * BLOCK) as usize;
        if sum != xxh3_64(&bytes[sums..footer]) {
            return Err(Error::damaged(
                name,
                sums as u64,
                "the checksum of its checksums does not match",
            ));
        }
        let good = (0..blocks.div_ceil(64)).map(|_| AtomicU64::new(0)).collect();
        Ok(BlockFile { bytes, name: name.to_owned(), len, root, sums, good })
    }

    /// Where the writer told the reader to begin; at most the length of the data.
    pub(crate) fn root(&self) -> u64 {
        self.root
    }

    /// The length of the data.
    pub(crate) fn len(&self) -> u64 {
        self.len
    }

    /// The length of the file.
    pub(crate) fn file_len(&self) -> u64 {
        self.bytes.len() as u64
    }

    /// `len` bytes of the data from `offset` on.
    ///
    /// Fails if they are not all within the data, and if a block they touch is damaged.
    #[inline(always)]
    pub(crate) fn get(&self, offset: u64, len: usize) -> Result<&[u8], Error> {
        let within_block = len as u64 <= BLOCK - offset % BLOCK;
        // A sum that wraps round is of no block.
        let within_data = offset.wrapping_add(len as u64) <= self.len;
        if !(within_block && within_data && self.is_good(offset / BLOCK)) {
            self.check_range(offset, len)?;
        }
        let offset = offset as usize;
        Ok(&self.bytes[offset..offset + len])
    }

    /// What is damaged, block by block, from the first on; blocks known to be good are read again.
    pub(crate) fn damage(&self) -> impl Iterator<Item = Error> + '_ {
        (0..self.len.div_ceil(BLOCK)).filter_map(|block| self.check(block).err())
    }

    /// A byte of the data, whole or not, so that memory fetches what lies there before it is
    /// [asked](Self::get) for.
    #[inline(always)]
    pub(crate) fn touch(&self, offset: u64) -> u8 {
        self.bytes.get(offset as usize).copied().unwrap_or_default()
    }

    /// The error for what is whole, but cannot be.
    #[cold]
    pub(crate) fn damaged(&self, offset: u64, what: &'static str) -> Error {
        Error::damaged(&self.name, offset, what)
    }

    #[inline(always)]
    fn is_good(&self, block: u64) -> bool {
        // The bytes never change and are not made by who sets the bit, so there is no order to
        // keep.
        let word = self.good.get((block / 64) as usize);
        word.is_some_and(|word| word.load(Ordering::Relaxed) >> (block % 64) & 1 == 1)
    }

    #[cold]
    #[inline(never)]
    fn check_range(&self, offset: u64, len: usize) -> Result<(), Error> {
        let end =
            offset.checked_add(len as u64).filter(|&end| end <= self.len).ok_or_else(|| {
                let what =
                    format!("{len} bytes are asked for, and its data ends at byte {}", self.len);
                Error::damaged(&self.name, offset, what)
            })?;
        for block in offset / BLOCK..end.div_ceil(BLOCK) {
            if !self.is_good(block) {
                self.check(block)?;
                self.good[(block / 64) as usize].fetch_or(1 << (block % 64), Ordering::Relaxed);
            }
        }
        Ok(())
    }

    /// Compares a block with its checksum.
    fn check(&self, block: u64) -> Result<(), Error> {
        let start = (block * BLOCK) as usize;
        let sum = Fields::new(&self.bytes[self.sums + 8 * block as usize..]).u64();
        match sum == Some(xxh3_64(&self.bytes[start..start + BLOCK as usize])) {
            true => Ok(()),
            false => Err(Error::damaged(
                &self.name,
                start as u64,
                "the checksum of its block does not match",
            )),
        }
    }
}

#[cfg(test)]
mod tests;
