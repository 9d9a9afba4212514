//! Looks for damage: reads every block of an index against its checksum, and checks what the
//! checksums cannot tell, whether the parts fit together.

use std::io;
use std::ops::ControlFlow;
use std::path::Path;

use super::limits::{MAX_MEMTABLE_ARTICLES, MAX_READ_TRIES};
use super::live::Index;
use super::segment::leaf::LeafReader;
use super::segment::reader::SegmentReader;
use super::segment::schema::Schema;
use super::segment::tombstones::read_tombstones;
use super::store::fs::open_directory;
use super::store::manifest::Manifest;
use super::store::names::MANIFEST_COPY;
use super::store::storage::Storage;
use super::write::recovery::{check_articles, read_log, replay_log};
use super::write::state::IndexState;
use crate::error::Error;
use crate::progress::{Callback, Progress, Stage, Steps};

/// The steps in which the entries of a table are checked.
const STEPS: u64 = 256;

impl Index {
    /// Reads all of the index in a directory, and returns the damage: for each an error that names
    /// the file and the byte. Another process may be writing to the index.
    ///
    /// Time: what it takes to read the files once, and some microseconds an article.
    ///
    /// # Errors
    /// If there is no index, if it is of a newer format, or the operating system refuses.
    ///
    /// ```no_run
    /// for damage in newsprint::Index::verify("archive.index")? {
    ///     println!("{damage}");
    /// }
    /// # Ok::<(), newsprint::Error>(())
    /// ```
    pub fn verify(path: impl AsRef<Path>) -> Result<Vec<Error>, Error> {
        Index::verify_with(path, Progress::ignore)
    }

    /// As [`verify`](Self::verify). Reports to `progress` after each file, and ends early if that
    /// says so: nothing is written.
    ///
    /// # Errors
    /// As [`verify`](Self::verify); and if `progress` ends the work.
    pub fn verify_with(
        path: impl AsRef<Path>,
        progress: impl Fn(Progress) -> ControlFlow<()> + Sync,
    ) -> Result<Vec<Error>, Error> {
        let storage = open_directory(path.as_ref())?;
        let place = storage.place();
        let damage = place.name(verify_in(&*storage, &progress))?;
        Ok(damage.into_iter().map(|error| place.name_in(error)).collect())
    }
}

pub(crate) fn verify_in(
    storage: &dyn Storage,
    progress: Callback<'_>,
) -> Result<Vec<Error>, Error> {
    for _ in 1..MAX_READ_TRIES {
        let manifest = Manifest::load(storage);
        let damage = verify_once(storage, progress)?;
        // The writer may have removed a file after the manifest that named it was read.
        let has_vanished = damage.iter().any(|error| error.io_kind().is_some());
        if !has_vanished || manifest == Manifest::load(storage) {
            return Ok(damage);
        }
    }
    verify_once(storage, progress)
}

fn verify_once(storage: &dyn Storage, progress: Callback<'_>) -> Result<Vec<Error>, Error> {
    // A damaged manifest is damage; if there is none, there is no index, which is an error.
    match Manifest::load(storage) {
        Err(error) if error.damage().is_some() => Ok(vec![error]),
        manifest => verify_manifest(storage, &manifest?, progress),
    }
}

/// Reads all files that a manifest names, and returns the damage.
pub(crate) fn verify_manifest(
    storage: &dyn Storage,
    manifest: &Manifest,
    progress: Callback<'_>,
) -> Result<Vec<Error>, Error> {
    // Each segment is a step, and the tombstones and the log together are one.
    let steps = Steps::new(progress, Stage::Check, manifest.segments.len() + 1, 1);
    let mut damage = Vec::new();
    // A copy that is missing or outdated is written when the index is opened to write.
    if let Ok(bytes) = storage.read(MANIFEST_COPY) {
        damage.extend(Manifest::decode(&bytes, MANIFEST_COPY).err());
    }
    let schema = Schema::of(&manifest.settings);
    for entry in &manifest.segments {
        match SegmentReader::open(storage, manifest.names, entry.file, &schema) {
            Ok(segment) => {
                let first = damage.len();
                damage.extend(segment.file.blocks.damage());
                // Where blocks are damaged, it is no news that the parts do not fit.
                if damage.len() == first {
                    let checked = check_segment(&segment, entry.articles);
                    checked.or_else(|error| collect(error, &mut damage))?;
                }
            }
            Err(error) => collect(error, &mut damage)?,
        }
        unless_ended(steps.step())?;
    }
    let tombstones = read_tombstones(storage, manifest).map(|_| ());
    tombstones.or_else(|error| collect(error, &mut damage))?;
    check_log(storage, manifest, &schema).or_else(|error| collect(error, &mut damage))?;
    unless_ended(steps.step())?;
    Ok(damage)
}

/// The error of a check that the caller has ended.
fn unless_ended(flow: ControlFlow<()>) -> Result<(), Error> {
    match flow {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(()) => Err(Error::cancelled("the check")),
    }
}

/// Whether an error is damage or a missing file.
fn is_loss(error: &Error) -> bool {
    error.damage().is_some() || error.io_kind() == Some(io::ErrorKind::NotFound)
}

/// Adds such an error to the damage; returns any other.
fn collect(error: Error, damage: &mut Vec<Error>) -> Result<(), Error> {
    if !is_loss(&error) {
        return Err(error);
    }
    damage.push(error);
    Ok(())
}

/// What was read; `None` if it is damaged or missing. Any other error may not occur again, so it is
/// returned.
pub(crate) fn if_whole<T>(read: Result<T, Error>) -> Result<Option<T>, Error> {
    match read {
        Ok(read) => Ok(Some(read)),
        Err(error) if is_loss(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Checks that the parts of a segment fit together.
pub(crate) fn check_segment(segment: &SegmentReader, articles: u32) -> Result<(), Error> {
    check_articles(segment, articles)?;
    for article in 0..articles {
        segment.check_article(article)?;
        segment.source(article)?;
        segment.cluster(article)?;
    }
    segment.kept_terms().try_for_each(|kept| kept.map(|_| ()))?;
    segment.kept_words().try_for_each(|kept| kept.map(|_| ()))?;
    let mut entries = Vec::new();
    for kind in segment.file.directory.kinds() {
        let mut table = segment.entries(kind, u32::BITS, false);
        let mut last: Option<u64> = None;
        let (mut is_whole, mut count) = (true, 0);
        for step in 1..=STEPS {
            entries.clear();
            table.read_until((step << 32) / STEPS, &mut entries)?;
            for &entry in &entries {
                is_whole &= last < Some(entry) && (entry as u32) < articles;
                last = Some(entry);
            }
            count += entries.len() as u64;
        }
        if !is_whole || count != table.len() {
            let blocks = &segment.file.blocks;
            return Err(blocks.damaged(blocks.root(), "a table is not in order"));
        }
    }
    Ok(())
}

fn check_log(storage: &dyn Storage, manifest: &Manifest, schema: &Schema) -> Result<(), Error> {
    let (name, bytes) = read_log(storage, manifest)?;
    let mut state = IndexState::new(Vec::new(), manifest.commit, MAX_MEMTABLE_ARTICLES);
    replay_log(manifest, &name, &bytes, |commit, payload| {
        state.replay(commit, payload, schema, false, |what| Error::damaged(&name, 0, what))
    })
}
