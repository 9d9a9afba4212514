//! A copy of an index while it is written to.
//!
//! Segments and lists of removed articles never change. A log only grows, and what of it is copied
//! ends with the commits that were there when the manifest was read, or later ones; a commit that
//! was copied in part was not acknowledged yet. So it is enough to read the manifest, to copy the
//! files that it names, and to write the manifest last. If a file has gone in between, as the
//! writer has replaced it, there is another manifest, and the copy begins anew.

use std::io;
use std::path::Path;

use crate::error::Error;
use crate::index::open::{TRIES, create_directory, open_directory};
use crate::index::store::manifest::{Manifest, remains};
use crate::index::store::names::{MANIFEST, Numbered};
use crate::index::store::storage::Storage;

/// Copies the index in a directory into another, which is made if it is not there, whether or not a
/// process writes to the index. The copy has what the last commit acknowledged, or a later one. It
/// is not looked for damage: [`verify`](super::verify) the copy.
///
/// # Errors
/// If there is no index, if in the other directory there is one or what is left of one, or the
/// operating system refuses. Then what was copied stays there, without a manifest.
///
/// ```no_run
/// newsprint::backup("archive.index", "/backup/archive.index")?;
/// assert_eq!(newsprint::verify("/backup/archive.index")?, []);
/// # Ok::<(), newsprint::Error>(())
/// ```
pub fn backup(index: impl AsRef<Path>, to: impl AsRef<Path>) -> Result<(), Error> {
    backup_in(&*open_directory(index.as_ref())?, &*create_directory(to.as_ref())?)
}

pub(crate) fn backup_in(from: &dyn Storage, to: &dyn Storage) -> Result<(), Error> {
    let is_there = match to.read(MANIFEST) {
        Ok(_) => true,
        Err(error) if error.kind() == io::ErrorKind::NotFound => remains(to)?.is_some(),
        Err(error) => return Err(Error::io("read", MANIFEST, &error)),
    };
    if is_there {
        return Err(Error::exists("an index", "copy to an empty directory"));
    }
    let mut copied = copy(from, to);
    for _ in 1..TRIES {
        match &copied {
            Err(error) if error.io_kind() == Some(io::ErrorKind::NotFound) => {
                copied = copy(from, to);
            }
            _ => break,
        }
    }
    copied
}

fn copy(from: &dyn Storage, to: &dyn Storage) -> Result<(), Error> {
    let manifest = Manifest::load(from)?;
    let segments = manifest.segments.iter().map(|entry| (Numbered::Segment, entry.file));
    let others = [(Numbered::Removed, manifest.removed), (Numbered::Log, manifest.log)];
    // The log comes last: the longer it takes, the more is in it.
    for (kind, number) in segments.chain(others.into_iter().filter(|&(_, number)| number != 0)) {
        let name = manifest.names.numbered(kind, number);
        let content = match kind {
            Numbered::Log => from.read(&name).map(Into::into),
            _ => from.map(&name),
        };
        let content = content.map_err(|error| Error::io("read", &name, &error))?;
        let mut sink = to.create(&name).map_err(|error| Error::io("create", &name, &error))?;
        sink.write(&content).map_err(|error| Error::io("write", &name, &error))?;
        sink.sync().map_err(|error| Error::io("sync", &name, &error))?;
    }
    to.sync_directory().map_err(|error| Error::io("sync the directory of", MANIFEST, &error))?;
    manifest.store(to)
}
