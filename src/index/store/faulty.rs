//! A disk in memory that fails when a test tells it to, and that loses power.
//!
//! It has a page cache: what is written is visible at once, but durable only after a sync, of the
//! file for its content and of the directory for names. A crash keeps what is durable, and of the
//! rest whatever the seed decides: of the new tail of a file any prefix, whose sectors may be
//! written, zero, garbage or as they were before; of the changes of names any. A sync that fails
//! leaves it to the seed whether the bytes are durable; if they are not they never will be, however
//! often the sync is repeated, as on Linux. The same calls and seeds give the same disk.
//!
//! One thing that real disks do is left out: what was synced never changes.

use std::collections::BTreeMap;
use std::io;
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard};

use super::storage::{Bytes, Place, Sink, Storage};
use crate::hash::mix;

const SECTOR: usize = 512;

/// How an operation fails. Whether a sync that fails, of a file or of the directory, has worked is
/// up to the seed; any other operation that fails does nothing, except a [short](Fault::Short)
/// write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// An input/output error; a write has written some of its bytes, by the seed.
    Short,
    /// No space is left.
    Full,
    /// An input/output error.
    Io,
}

/// The disk. A clone is the same disk.
#[derive(Clone, Debug, Default)]
pub(crate) struct Faulty(Arc<Mutex<Disk>>);

#[derive(Clone, Debug, Default)]
struct Disk {
    files: BTreeMap<u64, File>,
    names: BTreeMap<String, u64>,
    durable: BTreeMap<String, u64>,
    /// The changes of names since the directory was synced.
    changes: Vec<Change>,
    operations: u64,
    plan: Option<PlannedFault>,
    locked: bool,
}

#[derive(Clone, Copy, Debug)]
struct PlannedFault {
    at: u64,
    lasting: bool,
    fault: Fault,
    seed: u64,
}

#[derive(Clone, Debug, Default)]
struct File {
    content: Vec<u8>,
    synced: Vec<u8>,
    /// Up to here the content is the synced one.
    same: usize,
    /// What failed syncs have dropped: visible, but never written.
    lost: Vec<Range<usize>>,
}

#[derive(Clone, Debug)]
enum Change {
    Create { name: String, file: u64 },
    Rename { to: String, file: u64 },
    Remove { name: String, file: u64 },
}

impl Faulty {
    /// An empty disk.
    pub(crate) fn new() -> Self {
        Faulty::default()
    }

    /// The number of operations so far, failed ones included.
    pub(crate) fn operations(&self) -> u64 {
        self.disk().operations
    }

    /// Makes operation number `at` fail, counted from 0 as [`operations`](Self::operations) does,
    /// and if `lasting` all operations after it.
    pub(crate) fn fail(&self, at: u64, lasting: bool, fault: Fault, seed: u64) {
        self.disk().plan = Some(PlannedFault { at, lasting, fault, seed });
    }

    /// Nothing fails any more.
    pub(crate) fn mend(&self) {
        self.disk().plan = None;
    }

    /// Plants a file with this content: makes it and all names durable, and counts no operation.
    pub(crate) fn put(&self, name: &str, content: &[u8]) {
        let mut disk = self.disk();
        let file = disk.new_file();
        disk.files.insert(file, File::durable(content.to_vec()));
        disk.names.insert(name.to_owned(), file);
        disk.sync_names();
    }

    /// The disk after `kill -9`: everything written is there, as durable as it was, and nobody
    /// holds the lock.
    pub(crate) fn kill(&self) -> Faulty {
        let disk = self.disk().clone();
        Faulty(Arc::new(Mutex::new(Disk { operations: 0, plan: None, locked: false, ..disk })))
    }

    /// The disk after a loss of power: what was durable is there, and of the rest what the seed
    /// decides. All of it is durable.
    pub(crate) fn crash(&self, seed: u64) -> Faulty {
        let disk = self.disk();
        let mut dice = Dice::new(seed);
        let mut names = disk.durable.clone();
        for change in &disk.changes {
            if dice.coin() {
                change.apply(&mut names);
            }
        }
        let mut files = BTreeMap::new();
        for &file in names.values() {
            let content =
                disk.files.get(&file).map(|file| file.crash(&mut dice)).unwrap_or_default();
            files.insert(file, File::durable(content));
        }
        Faulty(Arc::new(Mutex::new(Disk {
            files,
            durable: names.clone(),
            names,
            ..Disk::default()
        })))
    }

    fn disk(&self) -> MutexGuard<'_, Disk> {
        self.0.lock().expect("no panic while it is held")
    }

    /// The disk for one operation, and the failure if one is planned for it.
    fn operate(&self) -> (MutexGuard<'_, Disk>, Option<Failure>) {
        let mut disk = self.disk();
        let failure = disk.turn();
        (disk, failure)
    }

    /// The same for an operation that does nothing when it fails.
    fn operate_or_nothing(&self) -> io::Result<MutexGuard<'_, Disk>> {
        match self.operate() {
            (disk, None) => Ok(disk),
            (_, Some(failure)) => Err(failure.error()),
        }
    }

    fn sink(&self, file: u64) -> Box<dyn Sink> {
        Box::new(FaultySink { disk: self.clone(), file })
    }
}

impl Disk {
    /// Counts an operation.
    fn turn(&mut self) -> Option<Failure> {
        let operation = self.operations;
        self.operations += 1;
        let plan =
            self.plan.filter(|plan| operation == plan.at || plan.lasting && operation > plan.at)?;
        Some(Failure { fault: plan.fault, dice: Dice::new(plan.seed ^ mix(operation)) })
    }

    fn new_file(&self) -> u64 {
        self.files.last_key_value().map_or(0, |(last, _)| last + 1)
    }

    fn find(&self, name: &str) -> io::Result<u64> {
        self.names.get(name).copied().ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn content(&self, name: &str) -> io::Result<Vec<u8>> {
        Ok(self.files[&self.find(name)?].content.clone())
    }

    fn change(&mut self, change: Change) {
        change.apply(&mut self.names);
        self.changes.push(change);
    }

    fn sync_names(&mut self) {
        self.durable = self.names.clone();
        self.changes.clear();
    }

    fn file(&mut self, file: u64) -> &mut File {
        self.files.get_mut(&file).expect("a file is kept without a name, too, as an open file is")
    }
}

impl File {
    fn durable(content: Vec<u8>) -> Self {
        File { same: content.len(), synced: content.clone(), content, lost: Vec::new() }
    }

    fn cut(&mut self, len: usize) {
        self.content.truncate(len);
        self.same = self.same.min(len);
        self.lost.iter_mut().for_each(|range| range.end = range.end.min(len));
        self.lost.retain(|range| !range.is_empty());
    }

    fn sync(&mut self) {
        self.synced = self.written();
        self.same = self.content.len();
    }

    fn sync_failing(&mut self, durable: bool) {
        match durable {
            true => self.sync(),
            false => self.lost.push(self.same..self.content.len()),
        }
    }

    /// Everything that was written, except what was lost.
    fn written(&self) -> Vec<u8> {
        let mut written = self.content.clone();
        self.lost.iter().for_each(|range| written[range.clone()].fill(0));
        written
    }

    /// The content after a loss of power.
    fn crash(&self, dice: &mut Dice) -> Vec<u8> {
        // Of the new bytes nothing survives, everything, or a part.
        let mut left = self.written();
        match dice.below(4) {
            0 => return self.synced.clone(),
            1 => return left,
            _ => {}
        }
        left.truncate(self.same + dice.below(left.len() - self.same + 1));
        let clean = dice.coin();
        let mut start = self.same;
        while !clean && start < left.len() {
            let stop = left.len().min((start / SECTOR + 1) * SECTOR);
            let sector = &mut left[start..stop];
            match dice.below(8) {
                0 => sector.fill(0),
                1 => sector.iter_mut().for_each(|byte| *byte = dice.next() as u8),
                2 => {
                    // As before, as far as there was a sector.
                    let old =
                        self.synced.get(start..stop.min(self.synced.len())).unwrap_or_default();
                    sector.fill(0);
                    sector[..old.len()].copy_from_slice(old);
                }
                _ => {}
            }
            start = stop;
        }
        left
    }
}

impl Change {
    /// Repeats the change on `names`, as far as they still are what they were then.
    fn apply(&self, names: &mut BTreeMap<String, u64>) {
        match self {
            Change::Create { name, file } => {
                names.insert(name.clone(), *file);
            }
            Change::Rename { to, file } => {
                // A file has one name.
                names.retain(|_, named| named != file);
                names.insert(to.clone(), *file);
            }
            Change::Remove { name, file } => {
                if names.get(name) == Some(file) {
                    names.remove(name);
                }
            }
        }
    }
}

impl Storage for Faulty {
    fn place(&self) -> Place {
        Place::default()
    }

    fn create(&self, name: &str) -> io::Result<Box<dyn Sink>> {
        let mut disk = self.operate_or_nothing()?;
        let file = disk.new_file();
        disk.files.insert(file, File::default());
        disk.change(Change::Create { name: name.to_owned(), file });
        Ok(self.sink(file))
    }

    fn read(&self, name: &str) -> io::Result<Vec<u8>> {
        self.operate_or_nothing()?.content(name)
    }

    fn map(&self, name: &str) -> io::Result<Bytes> {
        self.operate_or_nothing()?.content(name).map(Bytes::from)
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        let mut disk = self.operate_or_nothing()?;
        let file = disk.find(from)?;
        disk.change(Change::Rename { to: to.to_owned(), file });
        Ok(())
    }

    fn sync_directory(&self) -> io::Result<()> {
        let (mut disk, failure) = self.operate();
        match failure {
            None => {
                disk.sync_names();
                Ok(())
            }
            Some(mut failure) => {
                if failure.dice.coin() {
                    disk.sync_names();
                }
                Err(failure.error())
            }
        }
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        let mut disk = self.operate_or_nothing()?;
        let file = disk.find(name)?;
        disk.change(Change::Remove { name: name.to_owned(), file });
        Ok(())
    }

    fn list(&self) -> io::Result<Vec<String>> {
        Ok(self.operate_or_nothing()?.names.keys().cloned().collect())
    }

    fn lock(&self) -> io::Result<Option<Box<dyn Send + Sync>>> {
        let mut disk = self.operate_or_nothing()?;
        if disk.locked {
            return Ok(None);
        }
        disk.locked = true;
        Ok(Some(Box::new(Guard(self.clone()))))
    }
}

struct Guard(Faulty);

impl Drop for Guard {
    fn drop(&mut self) {
        self.0.disk().locked = false;
    }
}

struct FaultySink {
    disk: Faulty,
    file: u64,
}

impl Sink for FaultySink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        let (mut disk, failure) = self.disk.operate();
        let content = &mut disk.file(self.file).content;
        match failure {
            None => {
                content.extend(bytes);
                Ok(())
            }
            Some(mut failure) => {
                if failure.fault == Fault::Short {
                    content.extend(&bytes[..failure.dice.below(bytes.len() + 1)]);
                }
                Err(failure.error())
            }
        }
    }

    fn sync(&mut self) -> io::Result<()> {
        let (mut disk, failure) = self.disk.operate();
        let file = disk.file(self.file);
        match failure {
            None => {
                file.sync();
                Ok(())
            }
            Some(mut failure) => {
                file.sync_failing(failure.dice.coin());
                Err(failure.error())
            }
        }
    }

    fn cut(&mut self, len: u64) -> io::Result<()> {
        self.disk.operate_or_nothing()?.file(self.file).cut(len as usize);
        Ok(())
    }
}

/// The failure of one operation.
struct Failure {
    fault: Fault,
    dice: Dice,
}

impl Failure {
    fn error(&self) -> io::Error {
        match self.fault {
            Fault::Full => io::Error::new(io::ErrorKind::StorageFull, "No space left on device"),
            Fault::Short | Fault::Io => io::Error::other("Input/output error"),
        }
    }
}

/// Random numbers from a seed.
struct Dice(u64);

impl Dice {
    fn new(seed: u64) -> Self {
        Dice(mix(seed ^ 0x9E37_79B9_7F4A_7C15))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        mix(self.0)
    }

    /// Below `bound`, which is not 0.
    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }

    fn coin(&mut self) -> bool {
        self.next() >> 63 == 1
    }
}

#[cfg(test)]
mod tests;
