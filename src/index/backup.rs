//! Copies an index while it is being written to.
//!
//! Segments and tombstones never change once they are written. A log only grows: the copy of it
//! ends with the commits that were there when the manifest was read, or with later ones, and a
//! commit that was copied in part was not acknowledged yet. So it is enough to read the manifest,
//! to copy the files that it names, and to write the manifest last. If a file has disappeared in
//! the meantime because the writer has replaced it, there is a new manifest, and the copy starts
//! over.

use std::io;
use std::path::Path;

use super::limits::MAX_READ_TRIES;
use super::live::Index;
use super::store::fs::{create_directory, open_directory};
use super::store::manifest::{Manifest, is_index};
use super::store::names::{FileKind, MANIFEST};
use super::store::storage::Storage;
use crate::error::Error;

impl Index {
    /// Copies the index in a directory into another, which is empty, or created if it is missing. A
    /// process may be writing to the index. The copy has what the last commit acknowledged, or a
    /// later one. It is not checked for damage: [`verify`](crate::Index::verify) the copy.
    ///
    /// # Errors
    /// If there is no index, if there is a file in the other directory, or if the operating system
    /// refuses. Then what was copied stays there, without a manifest.
    ///
    /// ```no_run
    /// newsprint::Index::backup("archive.index", "/backup/archive.index")?;
    /// assert_eq!(newsprint::Index::verify("/backup/archive.index")?, []);
    /// # Ok::<(), newsprint::Error>(())
    /// ```
    pub fn backup(index: impl AsRef<Path>, to: impl AsRef<Path>) -> Result<(), Error> {
        backup_in(&*open_directory(index.as_ref())?, &*create_directory(to.as_ref())?)
    }
}

fn backup_in(from: &dyn Storage, to: &dyn Storage) -> Result<(), Error> {
    if to.place().name(is_index(to))? {
        let exists = Error::exists("an index", "copy to an empty directory");
        return Err(to.place().name_in(exists));
    }
    if let Some(file) = to.place().name(to.list_files())?.iter().min() {
        let exists = Error::exists(format!("a file {file}"), "copy to an empty directory");
        return Err(to.place().name_in(exists));
    }
    let mut copied = copy(from, to);
    for _ in 1..MAX_READ_TRIES {
        match &copied {
            Err(error) if error.io_kind() == Some(io::ErrorKind::NotFound) => {
                copied = copy(from, to);
            }
            _ => break,
        }
    }
    copied
}

/// Each error names the directory that it is about.
fn copy(from: &dyn Storage, to: &dyn Storage) -> Result<(), Error> {
    let (from_place, to_place) = (from.place(), to.place());
    let manifest = from_place.name(Manifest::load(from))?;
    let segments = manifest.segments.iter().map(|entry| (FileKind::Segment, entry.file));
    // The log comes last: the later it is copied, the more is in it.
    let others = [(FileKind::Removed, manifest.removed), (FileKind::Log, manifest.log)];
    for (kind, number) in segments.chain(others.into_iter().filter(|&(_, number)| number != 0)) {
        let name = manifest.names.numbered(kind, number);
        let content = match kind {
            FileKind::Log => from_place.name(from.read_file(&name))?.into(),
            _ => from_place.name(from.map_file(&name))?,
        };
        to_place.name(put(to, &name, &content))?;
    }
    to_place.name(to.sync_names(MANIFEST))?;
    to_place.name(manifest.store(to))
}

fn put(to: &dyn Storage, name: &str, content: &[u8]) -> Result<(), Error> {
    let mut sink = to.create_file(name)?;
    sink.write(content).map_err(|error| Error::io("write", name, error))?;
    sink.sync().map_err(|error| Error::io("sync", name, error))
}
