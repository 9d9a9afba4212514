//! A file of frames, one a commit: its length, XXH3 of what follows, then the records. A commit is one write and one
//! `fdatasync`. What stands behind the last whole frame is from a commit that was cut short, and is written over.
//!
//! There is no way to a record by its key: what opens the log reads it from front to back, as an index has to do anyway
//! that keeps its newest articles in tables in memory. The file is read in one piece; the records are not copied.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::FileExt;
use std::path::Path;

use xxhash_rust::xxh3::xxh3_64;

use crate::{Record, Result, Store};

/// Length and checksum, of 8 bytes each.
const HEADER: usize = 16;
/// Key and length.
const RECORD_HEADER: usize = 12;
/// How much is zeroed at a time: the zeros are written too, so they pay for small commits only.
const AHEAD: u64 = 1 << 20;

struct Log {
    file: File,
    /// What was in the file when it was opened.
    frames: Vec<u8>,
    end: u64,
    /// How far the file is zeroed, if it is. Where zeros are written over, a sync has no new length and no new blocks to
    /// note, which would take the journal of the file system.
    zeroed: Option<u64>,
    /// The frame to write; memory used again.
    frame: Vec<u8>,
}

pub fn open(directory: &Path) -> Result<Box<dyn Store>> {
    Ok(Box::new(Log::open(directory, OpenOptions::new().create(true).truncate(false).write(true))?))
}

pub fn open_zeroed(directory: &Path) -> Result<Box<dyn Store>> {
    let mut log = Log::open(directory, OpenOptions::new().create(true).truncate(false).write(true))?;
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
            // Otherwise the file's name might be lost with the power, and all that was synced in it.
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
                let (bytes, records) = records.split_at(u32::from_le_bytes(length.try_into()?) as usize);
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

/// The frames that are whole, up to the first that is not.
struct Frames<'a>(&'a [u8]);

impl<'a> Iterator for Frames<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let (header, rest) = self.0.split_first_chunk::<HEADER>()?;
        let length = length(header);
        // Zeros are no frame, although nothing is their right length.
        let (frame, rest) = rest.split_at_checked(length).filter(|_| length > 0)?;
        self.0 = rest;
        (xxh3_64(frame).to_le_bytes() == header[8..]).then_some(frame)
    }
}
