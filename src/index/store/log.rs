//! The log: the newest commits, each a frame that is appended to one file.
//!
//! ```text
//! header   160 bytes: magic 8, version 4, padding 4, number of the log 8, id of the index 8,
//!          settings 80, padding 40, XXH3 of the header before it 8
//! frame    length 4, check 4, number of the commit 8, checksum 8, then the payload, padded with
//!          zeros to 8 bytes
//! ```
//!
//! All numbers are little-endian. The check is the lower half of the XXH3 of length and commit,
//! seeded with the log's number. The checksum is the XXH3 of the payload, seeded with the XXH3 of
//! the sixteen bytes before it, which is seeded with the log's number. So a frame of another log is
//! never taken for one of this log, and a length is known to be right before it is trusted.
//!
//! A commit is acknowledged when its frame is synced. Then a frame without a payload is written
//! behind it, the *mark* of the commit. The mark need not be synced: it is there only if the commit
//! was acknowledged. So an incomplete frame at the end of a log was never acknowledged, and is
//! dropped. But if the mark of its commit follows, or the frame of a later commit, then
//! acknowledged data is damaged, and that is an error. So it is if the log is shorter than the
//! manifest says, which records the length of the log when the index was closed. Data is lost
//! silently only if power fails before the mark is on the disk and the last frame is damaged later.
//!
//! The header repeats the settings of the manifest, in case that is lost.

use std::ops::Range;

use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::names::FileNames;
use super::settings::{SETTINGS_BYTES, Settings};
use super::storage::{Sink, Storage};
use crate::error::Error;
use crate::index::limits::MAX_COMMITS;
use crate::wire::{Decoder, Encoder};

const HEADER: usize = 160;
/// Where in the header the id of the index lies, and where its settings.
const ID: Range<usize> = 24..32;
const SETTINGS: Range<usize> = 32..32 + SETTINGS_BYTES;
const MAGIC: &[u8; 8] = b"NPLOG\0\0\0";
/// Bytes of a frame before its payload.
const FRAME: usize = 24;
/// Frames begin at multiples of this.
const ALIGN: usize = 8;
/// Bytes of a payload.
const MAX_PAYLOAD_BYTES: usize = u32::MAX as usize;

/// A log to append to. Only the process that created a log continues it.
pub(crate) struct Log {
    sink: Box<dyn Sink>,
    name: String,
    number: u64,
    len: u64,
    /// The length up to the end of the last commit, without its mark.
    synced: u64,
    broken: bool,
}

impl Log {
    /// Creates a log without commits, and makes it and its name durable.
    pub(crate) fn create(
        storage: &dyn Storage,
        names: FileNames,
        number: u64,
        settings: &Settings,
    ) -> Result<Self, Error> {
        let name = names.log(number);
        let mut sink = storage.create_file(&name)?;
        sink.write(&header(names, number, settings))
            .map_err(|error| Error::io("write", &name, error))?;
        sink.sync().map_err(|error| Error::io("sync", &name, error))?;
        storage.sync_names(&name)?;
        Ok(Log { sink, name, number, len: HEADER as u64, synced: HEADER as u64, broken: false })
    }

    /// The length of the file.
    pub(crate) fn len(&self) -> u64 {
        self.len
    }

    /// How many of its bytes are acknowledged.
    pub(crate) fn synced(&self) -> u64 {
        self.synced
    }

    /// Appends a commit, whose number must be above that of the one before. It is durable when this
    /// returns.
    ///
    /// If it fails nothing was appended. If that cannot be guaranteed, because the sync failed or a
    /// write could not be undone, the log is broken and takes no more commits: whether this one is
    /// there turns out when the index is opened again.
    pub(crate) fn append(&mut self, commit: u64, payload: &[u8]) -> Result<(), Error> {
        if self.broken {
            return Err(Error::broken(&self.name));
        }
        let frame = frame(self.number, commit, payload)?;
        let written =
            self.sink.write(&frame).map_err(|error| Error::io("write", &self.name, error));
        // A successful fsync after a failed one proves nothing.
        let synced = written.is_ok().then(|| self.sink.sync());
        self.broken = matches!(synced, Some(Err(_)));
        let result = match synced {
            Some(synced) => synced.map_err(|error| Error::io("sync", &self.name, error)),
            None => written,
        };
        match result {
            Ok(()) => {
                self.len += frame.len() as u64;
                self.synced = self.len;
                self.mark(commit);
            }
            Err(_) => self.broken |= self.sink.cut(self.len).is_err(),
        }
        result
    }

    /// Writes the mark of a commit that is durable. The commit counts even without it.
    fn mark(&mut self, commit: u64) {
        let Ok(mark) = frame(self.number, commit, &[]) else { return };
        match self.sink.write(&mark) {
            Ok(()) => self.len += mark.len() as u64,
            Err(_) => self.broken |= self.sink.cut(self.len).is_err(),
        }
    }

    /// Whether it takes no more commits, as [`append`](Self::append) explains.
    pub(crate) fn is_broken(&self) -> bool {
        self.broken
    }
}

/// Calls `f` with the commits of a log, in order, each with its number. Stops at an error of `f`.
///
/// Fails if acknowledged commits are damaged: those that a whole frame or mark follows, and those
/// within the first `acknowledged` bytes. A log without a whole header is damaged, too, as it is
/// durable before a manifest names it.
pub(crate) fn replay(
    bytes: &[u8],
    name: &str,
    number: u64,
    acknowledged: u64,
    mut f: impl FnMut(u64, &[u8]) -> Result<(), Error>,
) -> Result<(), Error> {
    check_header(bytes, name, number)?;
    let mut at = HEADER;
    let mut last = None;
    while let Some((commit, payload, end)) = read_frame(bytes, at, number) {
        if !payload.is_empty() {
            f(commit, payload)?;
        }
        (last, at) = (Some(commit), end);
    }
    let later = |at: &usize| {
        read_frame(bytes, *at, number)
            .is_some_and(|(commit, ..)| last.is_none_or(|last| commit > last))
    };
    match (at..bytes.len()).step_by(ALIGN).skip(1).find(later) {
        Some(whole) => {
            let what = format!("a commit is not whole, but what followed it is, at byte {whole}");
            Err(Error::damaged(name, at as u64, what))
        }
        None if (at as u64) < acknowledged => {
            let what = format!("a commit is not whole that ended before byte {acknowledged}");
            Err(Error::damaged(name, at as u64, what))
        }
        // What is left is at most a commit that was never acknowledged.
        None => Ok(()),
    }
}

/// Calls `f` with all commits that are whole, in order, whatever lies between them.
pub(crate) fn salvage(bytes: &[u8], number: u64, mut f: impl FnMut(u64, &[u8])) {
    let (mut at, mut last) = (HEADER, None);
    while at < bytes.len() {
        match read_frame(bytes, at, number)
            .filter(|(commit, ..)| last.is_none_or(|last| *commit > last))
        {
            Some((commit, payload, end)) => {
                if !payload.is_empty() {
                    f(commit, payload);
                }
                (last, at) = (Some(commit), end);
            }
            None => at += ALIGN,
        }
    }
}

/// Reads the settings of an index from the header of one of its logs.
pub(crate) fn read_settings(
    bytes: &[u8],
    name: &str,
    names: FileNames,
    number: u64,
) -> Result<Settings, Error> {
    check_header(bytes, name, number)?;
    let of = |range: Range<usize>| bytes.get(range).unwrap_or_default();
    if of(ID) != names.id().to_le_bytes() {
        return Err(Error::damaged(name, ID.start as u64, "it is the log of another index"));
    }
    Settings::decode(of(SETTINGS))
}

fn header(names: FileNames, number: u64, settings: &Settings) -> Vec<u8> {
    let mut header = Encoder::default();
    header.raw(MAGIC);
    header.u32(settings.format());
    header.zeros(4);
    header.u64(number);
    header.u64(names.id());
    header.raw(&settings.encode());
    header.zeros(40);
    header.checksum();
    header.bytes
}

fn check_header(bytes: &[u8], name: &str, number: u64) -> Result<(), Error> {
    let damaged = |what| Err(Error::damaged(name, 0, what));
    let Some((header, is_whole)) = bytes.get(..HEADER).and_then(Decoder::checked) else {
        return damaged("its header is not whole");
    };
    let mut fields = Decoder::new(header);
    if fields.raw(MAGIC.len()) != Some(MAGIC) {
        return damaged("it is not a log");
    }
    if !is_whole {
        return damaged("the checksum of its header does not match");
    }
    fields.u32().map_or(Ok(()), Settings::check_format)?;
    match (fields.u32(), fields.u64()) {
        (_, Some(found)) if found == number => Ok(()),
        _ => damaged("it is the log of another number"),
    }
}

/// The frame of a commit, which is written in one piece.
fn frame(number: u64, commit: u64, payload: &[u8]) -> Result<Vec<u8>, Error> {
    let Ok(len) = u32::try_from(payload.len()) else {
        return Err(Error::range(
            "bytes of a commit",
            payload.len(),
            format!("at most {MAX_PAYLOAD_BYTES}"),
        ));
    };
    let mut frame = Encoder::default();
    frame.bytes.reserve_exact((FRAME + payload.len()).next_multiple_of(ALIGN));
    frame.u32(len);
    frame.u32(check(number, len, commit));
    frame.u64(commit);
    frame.u64(checksum(&frame.bytes, number, payload));
    frame.raw(payload);
    frame.zeros(payload.len().next_multiple_of(ALIGN) - payload.len());
    Ok(frame.bytes)
}

/// Reads a frame: its commit, its payload, and where it ends. `None` if it is not whole.
fn read_frame(bytes: &[u8], at: usize, number: u64) -> Option<(u64, &[u8], usize)> {
    let mut fields = Decoder::new(bytes.get(at..)?);
    let start = fields.rest();
    let (len, found, commit, sum) = (fields.u32()?, fields.u32()?, fields.u64()?, fields.u64()?);
    if found != check(number, len, commit) || commit > MAX_COMMITS {
        return None;
    }
    let len = usize::try_from(len).ok()?;
    let payload = fields.raw(len)?;
    let padding = fields.raw(len.next_multiple_of(ALIGN) - len)?;
    let whole = sum == checksum(&start[..FRAME - 8], number, payload)
        && padding.iter().all(|&byte| byte == 0);
    whole.then(|| (commit, payload, bytes.len() - fields.rest().len()))
}

fn check(number: u64, len: u32, commit: u64) -> u32 {
    let mut fields = Encoder::default();
    fields.u32(len);
    fields.u64(commit);
    xxh3_64_with_seed(&fields.bytes, number) as u32
}

/// The checksum of a payload and of the fields before the checksum.
fn checksum(fields: &[u8], number: u64, payload: &[u8]) -> u64 {
    xxh3_64_with_seed(payload, xxh3_64_with_seed(fields, number))
}

#[cfg(test)]
mod tests;
