//! A file with one frame per commit: its length, XXH3 of the rest, then the records. A commit is
//! one write and one `fdatasync`. Bytes after the last complete frame are from an interrupted
//! commit, and are overwritten.
//!
//! Records cannot be looked up by key. Opening the log reads it from front to back, which an index
//! has to do anyway if it keeps its newest articles in tables in memory. The file is read in one
//! piece; the records are not copied.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::FileExt;
use std::path::Path;

use xxhash_rust::xxh3::xxh3_64;

use crate::{Record, Result, Store};

/// Length and checksum, of 8 bytes each.
const HEADER: usize = 16;
/// Key and length.
const RECORD_HEADER: usize = 12;
/// The bytes to zero at a time. The zeros are written too, so they pay off for small commits only.
const AHEAD: u64 = 1 << 20;

struct Log {
    file: File,
    /// The content of the file when it was opened.
    frames: Vec<u8>,
    end: u64,
    /// The end of the zeros, if the file is zeroed ahead. A sync after overwriting zeros has no new
    /// length or blocks to record, which would need the file system's journal.
    zeroed: Option<u64>,
    /// The frame to write; a reused buffer.
    frame: Vec<u8>,
}

pub fn open(directory: &Path) -> Result<Box<dyn Store>> {
    Ok(Box::new(Log::open(directory, OpenOptions::new().create(true).truncate(false).write(true))?))
}

pub fn open_zeroed(directory: &Path) -> Result<Box<dyn Store>> {
    let mut log =
        Log::open(directory, OpenOptions::new().create(true).truncate(false).write(true))?;
    log.zeroed = Some(log.end);
    Ok(Box::new(log))
}

pub fn open_to_read(directory: &Path) -> Result<Box<dyn Store>> {
    Ok(Box::new(Log::open(directory, &mut OpenOptions::new())?))
}

impl Log {
    fn open(directory: &Path, how: &mut OpenOptions) -> Result<Self> {
        let path = directory.join("log");
        let is_new = !path.exists();
        let file = how.read(true).open(&path)?;
        if is_new {
            // Without this, a power failure could lose the file's name, and with it everything
            // synced.
            File::open(directory)?.sync_all()?;
        }
        let mut frames = vec![0; file.metadata()?.len() as usize];
        file.read_exact_at(&mut frames, 0)?;
        let whole: usize = Frames(&frames).map(|frame| HEADER + frame.len()).sum();
        frames.truncate(whole);
        Ok(Log { file, end: whole as u64, frames, zeroed: None, frame: Vec::new() })
    }
}

impl Store for Log {
    fn commit(&mut self, records: &[Record]) -> Result<()> {
        self.frame.clear();
        self.frame.resize(HEADER, 0);
        for (key, bytes) in records {
            self.frame.extend_from_slice(&key.to_le_bytes());
            self.frame.extend_from_slice(&(bytes.len() as u32).to_le_bytes());
            self.frame.extend_from_slice(bytes);
        }
        let length = (self.frame.len() - HEADER) as u64;
        self.frame[..8].copy_from_slice(&length.to_le_bytes());
        let checksum = xxh3_64(&self.frame[HEADER..]);
        self.frame[8..HEADER].copy_from_slice(&checksum.to_le_bytes());

        let end = self.end + self.frame.len() as u64;
        if let Some(zeroed) = self.zeroed.as_mut().filter(|zeroed| **zeroed < end) {
            let zeros = vec![0; (end - *zeroed + AHEAD) as usize];
            self.file.write_all_at(&zeros, *zeroed)?;
            *zeroed += zeros.len() as u64;
        }
        self.file.write_all_at(&self.frame, self.end)?;
        self.file.sync_data()?;
        self.end = end;
        Ok(())
    }

    fn read(&self, each: &mut dyn FnMut(u64, &[u8])) -> Result<()> {
        // `open` has compared the checksums.
        let mut frames = &self.frames[..];
        while let Some((header, rest)) = frames.split_first_chunk() {
            let (mut frame, rest) = rest.split_at(length(header));
            while let Some((header, records)) = frame.split_first_chunk::<RECORD_HEADER>() {
                let (key, length) = header.split_at(8);
                let key = u64::from_le_bytes(key.try_into()?);
                let (bytes, records) =
                    records.split_at(u32::from_le_bytes(length.try_into()?) as usize);
                each(key, bytes);
                frame = records;
            }
            frames = rest;
        }
        Ok(())
    }
}

fn length(header: &[u8; HEADER]) -> usize {
    let (length, _) = header.split_first_chunk().expect("a header has a length");
    u64::from_le_bytes(*length) as usize
}

/// The complete frames, up to the first that is not.
struct Frames<'a>(&'a [u8]);

impl<'a> Iterator for Frames<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let (header, rest) = self.0.split_first_chunk::<HEADER>()?;
        let length = length(header);
        // Zeros, written ahead, are no frame.
        let (frame, rest) = rest.split_at_checked(length).filter(|_| length > 0)?;
        self.0 = rest;
        (xxh3_64(frame).to_le_bytes() == header[8..]).then_some(frame)
    }
}
