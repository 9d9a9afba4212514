//! Files that are written once, with a checksum for every block.
//!
//! ```text
//! data        whole blocks of 4,096 bytes, the last one padded with zeros
//! checksums   the XXH3 of each block, 8 bytes each
//! footer      64 bytes: magic 8, version 4, kind 4, length of the data 8, root 8,
//!             XXH3 of the checksums 8, padding 16, XXH3 of the footer before it 8
//! ```
//!
//! All numbers are little-endian. The footer comes last, so an unfinished file has none. Every
//! later version ends in such a footer too, so that it can be told from damage.
//!
//! To open a file is to check its footer, its sizes and the checksum of the checksums: a few reads,
//! whatever its length. A block is checked when it is first read, and never again. So every byte
//! that is returned is as it was written, and once its block is known a read costs a few
//! comparisons. Malformed files give errors, never panics, and take no more memory than a bit for
//! each of their blocks.

use std::sync::atomic::{AtomicU64, Ordering};

use xxhash_rust::xxh3::xxh3_64;

use super::storage::{Bytes, Sink};
use crate::error::Error;
use crate::wire::{Decoder, Encoder};

/// The bytes that one checksum covers.
pub(crate) const BLOCK: u64 = 4096;
const FOOTER: usize = 64;
const MAGIC: &[u8; 8] = b"NPBLOCK\0";
const VERSION: u32 = 1;
/// Bytes written at a time: few for a short file, so that they stay in a core's cache; for a long
/// one as many as a large page of memory has, so that a system that can do so keeps the file in
/// such pages, in which reads are faster.
const BUFFERS: [usize; 2] = [16 * BLOCK as usize, 512 * BLOCK as usize];

/// Writes such a file from front to back.
///
/// A failure leaves a file without a footer, to be removed.
pub(crate) struct BlockWriter {
    sink: Box<dyn Sink>,
    name: String,
    kind: u32,
    /// What has not been written yet.
    buffer: Vec<u8>,
    /// The checksums of the blocks that have been written.
    sums: Encoder,
    position: u64,
}

impl BlockWriter {
    /// Begins a file of a kind, which its reader must ask for; the name is for errors.
    pub(crate) fn new(sink: Box<dyn Sink>, name: &str, kind: u32) -> Self {
        let (buffer, sums) = (Vec::new(), Encoder::default());
        BlockWriter { sink, name: name.to_owned(), kind, buffer, sums, position: 0 }
    }

    /// The length of the data so far.
    pub(crate) fn position(&self) -> u64 {
        self.position
    }

    /// Appends to the data.
    pub(crate) fn write(&mut self, mut bytes: &[u8]) -> Result<(), Error> {
        self.position += bytes.len() as u64;
        while !bytes.is_empty() {
            let written = self.sums.bytes.len() / 8 * BLOCK as usize;
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

    /// Pads the data with zeros to a multiple of `to` bytes.
    pub(crate) fn align(&mut self, to: u64) -> Result<(), Error> {
        const ZEROS: [u8; 256] = [0; 256];
        let end = self.position.next_multiple_of(to.max(1));
        while self.position < end {
            self.write(&ZEROS[..(end - self.position).min(ZEROS.len() as u64) as usize])?;
        }
        Ok(())
    }

    /// Ends the file, makes its content durable, and returns its length. `root` is the place in the
    /// data where the reader is to begin.
    pub(crate) fn finish(mut self, root: u64) -> Result<u64, Error> {
        let len = self.position;
        self.align(BLOCK)?;
        self.flush()?;
        let mut footer = Encoder::default();
        footer.raw(MAGIC);
        footer.u32(VERSION);
        footer.u32(self.kind);
        footer.u64(len);
        footer.u64(root);
        footer.u64(xxh3_64(&self.sums.bytes));
        footer.zeros(16);
        footer.checksum();
        let mut tail = self.sums.bytes;
        tail.append(&mut footer.bytes);
        self.sink.write(&tail).map_err(|error| Error::io("write", &self.name, error))?;
        self.sink.sync().map_err(|error| Error::io("sync", &self.name, error))?;
        Ok(self.position + tail.len() as u64)
    }

    /// Writes the buffer, which holds whole blocks.
    fn flush(&mut self) -> Result<(), Error> {
        self.buffer.chunks(BLOCK as usize).for_each(|block| self.sums.u64(xxh3_64(block)));
        self.sink.write(&self.buffer).map_err(|error| Error::io("write", &self.name, error))?;
        self.buffer.clear();
        Ok(())
    }
}

/// The last bytes of a file.
struct Footer {
    version: u32,
    kind: u32,
    len: u64,
    root: u64,
    /// The checksum of the checksums.
    sum: u64,
    /// Whether the footer's own checksum matches.
    is_whole: bool,
}

impl Footer {
    fn decode(bytes: &[u8]) -> Option<Self> {
        let (footer, is_whole) = Decoder::checked(bytes)?;
        let mut fields = Decoder::new(footer);
        let magic = fields.raw(MAGIC.len())?;
        let (version, kind) = (fields.u32()?, fields.u32()?);
        let (len, root, sum) = (fields.u64()?, fields.u64()?, fields.u64()?);
        (magic == MAGIC).then_some(Footer { version, kind, len, root, sum, is_whole })
    }
}

/// Reads such a file. Threads may share it.
#[derive(Debug)]
pub(crate) struct BlockFile {
    bytes: Bytes,
    name: String,
    len: u64,
    root: u64,
    /// Where the last block ends and the checksums begin.
    sums: usize,
    /// A bit for each block, set once the block was found good.
    good: Box<[AtomicU64]>,
}

impl BlockFile {
    /// Opens the file of these bytes, if it is whole and of this kind; the name is for errors.
    pub(crate) fn open(bytes: Bytes, name: &str, kind: u32) -> Result<Self, Error> {
        let all = bytes.len();
        let footer = all
            .checked_sub(FOOTER)
            .ok_or_else(|| Error::damaged(name, all as u64, "its end is missing"))?;
        let damaged = |what: &'static str| Error::damaged(name, footer as u64, what);
        let Footer { version, kind: found, len, root, sum, is_whole } =
            Footer::decode(&bytes[footer..])
                .ok_or_else(|| damaged("it is not a whole file of blocks"))?;
        if !is_whole {
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
        // From here on both are below the length of the file.
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

    /// Where the reader is to begin, as the writer said; at most the length of the data.
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

    /// Returns `len` bytes of the data from `offset` on.
    ///
    /// Fails if they are not all within the data, or if one of their blocks is damaged.
    #[inline(always)]
    pub(crate) fn get(&self, offset: u64, len: usize) -> Result<&[u8], Error> {
        let within_block = len as u64 <= BLOCK - offset % BLOCK;
        // If the sum wraps around, the block does not exist, and so is not good.
        let within_data = offset.wrapping_add(len as u64) <= self.len;
        if !(within_block && within_data && self.is_good(offset / BLOCK)) {
            self.check_range(offset, len)?;
        }
        let offset = offset as usize;
        Ok(&self.bytes[offset..offset + len])
    }

    /// Reads all blocks, also those known to be good, and returns an error for each damaged one.
    pub(crate) fn damage(&self) -> impl Iterator<Item = Error> + '_ {
        (0..self.len.div_ceil(BLOCK)).filter_map(|block| self.check(block).err())
    }

    /// Prefetches a place in the data: reads one byte, damaged or not, so that memory delivers the
    /// rest before [`get`](Self::get) asks for it.
    #[inline(always)]
    pub(crate) fn prefetch(&self, offset: u64) -> u8 {
        self.bytes.get(offset as usize).copied().unwrap_or_default()
    }

    /// The error for data whose checksum matches but whose content cannot be right.
    #[cold]
    pub(crate) fn damaged(&self, offset: u64, what: &'static str) -> Error {
        Error::damaged(&self.name, offset, what)
    }

    #[inline(always)]
    fn is_good(&self, block: u64) -> bool {
        // Relaxed: the bit publishes no data, as the bytes never change.
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
        let sum = Decoder::new(&self.bytes[self.sums + 8 * block as usize..]).u64();
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
