//! Where the files of an index lie: a flat set of names with bytes.
//!
//! The index reaches files only through [`Storage`], so that tests can put a disk in its place that
//! fails in any way, loss of power included. Nothing is durable before it is synced: the content of
//! a file by [`Sink::sync`], its name, or that it was removed, by [`Storage::sync_directory`].

use std::path::Path;
use std::sync::Arc;
use std::{fmt, io};

pub(crate) use bytes::Bytes;

use super::names::{LOCK, MANIFEST};
use crate::error::Error;

/// A flat set of files.
pub(crate) trait Storage: Send + Sync + fmt::Debug {
    /// Creates an empty file. It replaces a file of that name, which stays readable to whoever has
    /// it mapped.
    fn create(&self, name: &str) -> io::Result<Box<dyn Sink>>;
    /// The content of a file.
    fn read(&self, name: &str) -> io::Result<Vec<u8>>;
    /// The content of a file that is finished, mapped into memory.
    fn map(&self, name: &str) -> io::Result<Bytes>;
    /// Renames a file atomically; it replaces a file of the new name.
    fn rename(&self, from: &str, to: &str) -> io::Result<()>;
    /// Makes the names of all files durable.
    fn sync_directory(&self) -> io::Result<()>;
    /// Removes a file.
    fn remove(&self, name: &str) -> io::Result<()>;
    /// The names of all files, in no order.
    fn list(&self) -> io::Result<Vec<String>>;
    /// Locks the index for writing until the lock is dropped; `None` if it is locked already.
    fn lock(&self) -> io::Result<Option<Box<dyn Send + Sync>>>;
    /// Where the files are, for errors.
    fn place(&self) -> Place;
}

/// The directory of an index, which its errors name; none if the files are not in a directory.
#[derive(Clone, Debug, Default)]
pub(crate) struct Place(pub(crate) Option<Arc<Path>>);

impl Place {
    /// Names the directory in an error. What the interface returns passes through here, so that
    /// the layers below need to know names of files only.
    pub(crate) fn name<T>(&self, result: Result<T, Error>) -> Result<T, Error> {
        result.map_err(|error| self.name_in(error))
    }

    /// The same error, with the directory.
    pub(crate) fn name_in(&self, error: Error) -> Error {
        match &self.0 {
            Some(directory) => error.in_index(directory),
            None => error,
        }
    }
}

/// A file that is written from front to back.
pub(crate) trait Sink: Send + Sync {
    /// Appends all of `bytes`. After a failure some of them may have been written.
    fn write(&mut self, bytes: &[u8]) -> io::Result<()>;
    /// Makes the content durable. After a failure nobody knows how much of it is, and a later
    /// success proves nothing.
    fn sync(&mut self) -> io::Result<()>;
    /// Truncates the file to `len` bytes and continues there.
    fn cut(&mut self, len: u64) -> io::Result<()>;
}

/// The same operations with errors that name the file.
impl dyn Storage + '_ {
    pub(crate) fn create_file(&self, name: &str) -> Result<Box<dyn Sink>, Error> {
        self.create(name).map_err(|error| Error::io("create", name, error))
    }

    pub(crate) fn read_file(&self, name: &str) -> Result<Vec<u8>, Error> {
        self.read(name).map_err(|error| Error::io("read", name, error))
    }

    pub(crate) fn map_file(&self, name: &str) -> Result<Bytes, Error> {
        self.map(name).map_err(|error| Error::io("map", name, error))
    }

    /// Makes the names of all files durable, on behalf of one of them.
    pub(crate) fn sync_names(&self, name: &str) -> Result<(), Error> {
        self.sync_directory().map_err(|error| Error::io("sync the directory of", name, error))
    }

    /// Locks the index for writing, or fails.
    pub(crate) fn lock_index(&self) -> Result<Box<dyn Send + Sync>, Error> {
        let lock = self.lock().map_err(|error| Error::io("lock", LOCK, error))?;
        lock.ok_or_else(Error::locked)
    }

    pub(crate) fn list_files(&self) -> Result<Vec<String>, Error> {
        self.list().map_err(|error| Error::io("list the directory of", MANIFEST, error))
    }
}
