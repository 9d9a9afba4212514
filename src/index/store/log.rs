//! What is newer than the segments: a file that a frame is added to at each commit.
//!
//! ```text
//! header   160 bytes: magic 8, version 4, nothing 4, number of the log 8, id of the index 8, settings 80,
//!          nothing 40, XXH3 of the header before it 8
//! frame    length 4, check 4, number of the commit 8, checksum 8, then the payload, filled up with zeros to 8 bytes
//! ```
//!
//! All numbers are little-endian. The check is the lower half of the XXH3 of length and commit,
//! seeded with the log's number. The checksum is the XXH3 of the payload, seeded with that of the
//! sixteen bytes before, which is seeded with the log's number. So a frame of another log is never
//! taken for one of this, and a length is known to be right before it is trusted.
//!
//! A commit is acknowledged when its frame is synced. Then a frame without a payload is written
//! behind it, the *mark* of the commit, which need not be synced: it is there only if the commit
//! was acknowledged. So what is not whole at the end of a log was never acknowledged, and is
//! dropped; but if the mark of its commit follows, or a frame of a later one, acknowledged data is
//! damaged, and that is an error. So it is if the log is shorter than the manifest says, which
//! tells how long it was when the index was closed. What is lost in silence takes a loss of power
//! before the mark is on the disk, and damage to the last frame after it.
//!
//! The settings are those of the manifest, for when that is lost.

use std::ops::Range;

use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

use crate::error::Error;
use crate::index::store::names::Names;
use crate::index::store::settings::{self, Settings};
use crate::index::store::storage::{Sink, Storage};
use crate::index::store::wire::Fields;

const HEADER: usize = 160;
/// Where in the header the id of the index and its settings are.
const ID: Range<usize> = 24..32;
const SETTINGS: Range<usize> = 32..32 + settings::SIZE;
const MAGIC: &[u8; 8] = b"NPLOG\0\0\0";
const VERSION: u32 = 2;
/// Before the payload.
const FRAME: usize = 24;
/// Where frames begin.
const ALIGN: usize = 8;
/// No index lives so long: numbers of commits can be counted on.
pub(crate) const MOST_COMMITS: u64 = u64::MAX / 2;
/// Bytes of a payload.
const LONGEST: usize = u32::MAX as usize;

/// A log, continued by the process that made it and by no other.
pub(crate) struct Log {
    sink: Box<dyn Sink>,
    name: String,
    number: u64,
    len: u64,
    /// The length to the end of the last commit: all but its mark.
    synced: u64,
    broken: bool,
}

impl Log {
    /// A new log without commits; it is durable, its name too.
    pub(crate) fn create(
        storage: &dyn Storage,
        names: Names,
        number: u64,
        settings: &Settings,
    ) -> Result<Self, Error> {
        let name = names.log(number);
        let mut sink = storage.create(&name).map_err(|error| Error::io("create", &name, &error))?;
        sink.write(&header(names, number, settings))
            .map_err(|error| Error::io("write", &name, &error))?;
        sink.sync().map_err(|error| Error::io("sync", &name, &error))?;
        storage
            .sync_directory()
            .map_err(|error| Error::io("sync the directory of", &name, &error))?;
        Ok(Log { sink, name, number, len: HEADER as u64, synced: HEADER as u64, broken: false })
    }

    /// The length of the file.
    pub(crate) fn len(&self) -> u64 {
        self.len
    }

    /// As much of it as was acknowledged.
    pub(crate) fn synced(&self) -> u64 {
        self.synced
    }

    /// Adds a commit, whose number must be above that of the one before. It is durable when this
    /// returns.
    ///
    /// If it fails nothing was added. If that cannot be guaranteed, as the sync or the undoing of a
    /// write has failed, the log takes no more: whether this commit is there is known when the
    /// index was opened again.
    pub(crate) fn append(&mut self, commit: u64, payload: &[u8]) -> Result<(), Error> {
        if self.broken {
            return Err(Error::broken(&self.name));
        }
        let frame = frame(self.number, commit, payload)?;
        let written =
            self.sink.write(&frame).map_err(|error| Error::io("write", &self.name, &error));
        // After a sync that failed another that does not proves nothing.
        let synced = written.is_ok().then(|| self.sink.sync());
        self.broken = matches!(synced, Some(Err(_)));
        let result = match synced {
            Some(synced) => synced.map_err(|error| Error::io("sync", &self.name, &error)),
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

    /// Writes the mark of a commit that is durable. The commit counts without it.
    fn mark(&mut self, commit: u64) {
        let Ok(mark) = frame(self.number, commit, &[]) else { return };
        match self.sink.write(&mark) {
            Ok(()) => self.len += mark.len() as u64,
            Err(_) => self.broken |= self.sink.cut(self.len).is_err(),
        }
    }

    /// Whether it takes no more commits.
    pub(crate) fn is_broken(&self) -> bool {
        self.broken
    }
}

/// Gives the commits of a log to `f`, in order, each with its number. An error of `f` ends it.
///
/// Fails if acknowledged commits are damaged, among them what is known to be within so many bytes.
/// A log without a whole header is: a log is durable before it is named in a manifest.
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
        // At most a commit that was never acknowledged.
        None => Ok(()),
    }
}

/// Gives all frames that are whole, in order, whatever lies between them.
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

/// The settings of the index that a log is of, if its header is whole.
pub(crate) fn read_settings(
    bytes: &[u8],
    name: &str,
    names: Names,
    number: u64,
) -> Result<Settings, Error> {
    check_header(bytes, name, number)?;
    let of = |range: Range<usize>| bytes.get(range).unwrap_or_default();
    if of(ID) != names.id().to_le_bytes() {
        return Err(Error::damaged(name, ID.start as u64, "it is the log of another index"));
    }
    Settings::decode(of(SETTINGS))
}

fn header(names: Names, number: u64, settings: &Settings) -> [u8; HEADER] {
    let mut header = [0; HEADER];
    header[..8].copy_from_slice(MAGIC);
    header[8..12].copy_from_slice(&VERSION.to_le_bytes());
    header[16..24].copy_from_slice(&number.to_le_bytes());
    header[ID].copy_from_slice(&names.id().to_le_bytes());
    header[SETTINGS].copy_from_slice(&settings.encode());
    let sum = xxh3_64(&header[..HEADER - 8]);
    header[HEADER - 8..].copy_from_slice(&sum.to_le_bytes());
    header
}

fn check_header(bytes: &[u8], name: &str, number: u64) -> Result<(), Error> {
    let damaged = |what| Err(Error::damaged(name, 0, what));
    let Some((header, sum)) = bytes.get(..HEADER).and_then(|header| header.split_last_chunk())
    else {
        return damaged("its header is not whole");
    };
    let mut fields = Fields::new(header);
    if fields.take(MAGIC.len()) != Some(MAGIC) {
        return damaged("it is not a log");
    }
    if u64::from_le_bytes(*sum) != xxh3_64(header) {
        return damaged("the checksum of its header does not match");
    }
    match (fields.u32(), fields.u32(), fields.u64()) {
        (Some(version), ..) if version > VERSION => Err(Error::newer(version, VERSION)),
        (Some(version), ..) if version < VERSION => Err(Error::older(version)),
        (.., Some(found)) if found == number => Ok(()),
        _ => damaged("it is the log of another number"),
    }
}

/// The frame of a commit, to be written at once.
fn frame(number: u64, commit: u64, payload: &[u8]) -> Result<Vec<u8>, Error> {
    let Ok(len) = u32::try_from(payload.len()) else {
        return Err(Error::range("bytes of a commit", payload.len(), format!("at most {LONGEST}")));
    };
    let check = check(number, len, commit);
    let mut frame = Vec::with_capacity((FRAME + payload.len()).next_multiple_of(ALIGN));
    frame.extend(len.to_le_bytes());
    frame.extend(check.to_le_bytes());
    frame.extend(commit.to_le_bytes());
    frame.extend(checksum(&frame, number, payload).to_le_bytes());
    frame.extend_from_slice(payload);
    frame.resize(frame.len().next_multiple_of(ALIGN), 0);
    Ok(frame)
}

/// The commit, payload and end of a frame that is whole.
fn read_frame(bytes: &[u8], at: usize, number: u64) -> Option<(u64, &[u8], usize)> {
    let mut fields = Fields::new(bytes.get(at..)?);
    let start = fields.rest();
    let (len, found, commit, sum) = (fields.u32()?, fields.u32()?, fields.u64()?, fields.u64()?);
    if found != check(number, len, commit) || commit > MOST_COMMITS {
        return None;
    }
    let len = usize::try_from(len).ok()?;
    let payload = fields.take(len)?;
    let padding = fields.take(len.next_multiple_of(ALIGN) - len)?;
    let whole = sum == checksum(&start[..FRAME - 8], number, payload)
        && padding.iter().all(|&byte| byte == 0);
    whole.then(|| (commit, payload, bytes.len() - fields.rest().len()))
}

fn check(number: u64, len: u32, commit: u64) -> u32 {
    let mut fields = [0; 12];
    fields[..4].copy_from_slice(&len.to_le_bytes());
    fields[4..].copy_from_slice(&commit.to_le_bytes());
    xxh3_64_with_seed(&fields, number) as u32
}

/// Of the payload and the fields before the checksum.
fn checksum(fields: &[u8], number: u64, payload: &[u8]) -> u64 {
    xxh3_64_with_seed(payload, xxh3_64_with_seed(fields, number))
}

#[cfg(test)]
mod tests;
