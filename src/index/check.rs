//! What is damaged, and what can be saved.
//!
//! To *verify* an index is to read all of it: every block against its checksum, and what the
//! checksums cannot tell, whether the parts fit together. To *repair* it is to keep what is whole.
//! A damaged segment is written anew with those of its articles whose facts, signature and id are
//! whole; a key that was lost with a block of a table makes its article a little harder to find. Of
//! a damaged log all commits that are whole are kept, also those after the damage.

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;

use super::entry::id_hash;
use super::log;
use super::manifest::Manifest;
use super::merge;
use super::names;
use super::open::{TRIES, lock, open_directory, read_removed, read_segment};
use super::part::{Part, SegmentPart};
use super::shape::Shape;
use super::state::State;
use super::storage::Storage;
use super::write::Index;
use crate::error::Error;

/// Reads all of the index in a directory, and gives the damage that it finds, each an error that
/// names the file and the byte. While another process writes, too.
///
/// Time: what it takes to read the files once, and some microseconds an article.
///
/// # Errors
/// If there is no index, if it is of a newer format, or the operating system refuses.
///
/// ```no_run
/// for damage in newsprint::verify("archive.index")? {
///     println!("{damage}");
/// }
/// # Ok::<(), newsprint::Error>(())
/// ```
pub fn verify(path: impl AsRef<Path>) -> Result<Vec<Error>, Error> {
    verify_in(&*open_directory(path.as_ref())?)
}

pub(super) fn verify_in(storage: &dyn Storage) -> Result<Vec<Error>, Error> {
    for _ in 1..TRIES {
        let manifest = Manifest::load(storage);
        let damage = verify_once(storage)?;
        // The writer removes files that no manifest names any more.
        let vanished = damage.iter().any(|error| error.io_kind().is_some());
        if !vanished || manifest == Manifest::load(storage) {
            return Ok(damage);
        }
    }
    verify_once(storage)
}

fn verify_once(storage: &dyn Storage) -> Result<Vec<Error>, Error> {
    let mut damage = Vec::new();
    // Without a manifest there is no index, which is another thing.
    let manifest = match Manifest::load(storage) {
        Err(error) if error.damage().is_some() => return Ok(vec![error]),
        manifest => manifest?,
    };
    let shape = Shape::of(manifest.settings.config(), manifest.settings.keep_texts());
    for entry in &manifest.segments {
        match read_segment(storage, entry.file, &shape) {
            Ok(segment) => {
                let first = damage.len();
                damage.extend(segment.file.damage());
                // Where blocks are damaged the parts do not fit, of course.
                if damage.len() == first {
                    let part = SegmentPart { segment: Arc::new(segment), removed: Arc::default() };
                    check_segment(part, entry.articles).or_else(|error| note(error, &mut damage))?;
                }
            }
            Err(error) => note(error, &mut damage)?,
        }
    }
    read_removed(storage, &manifest).map(|_| ()).or_else(|error| note(error, &mut damage))?;
    check_log(storage, &manifest, &shape).or_else(|error| note(error, &mut damage))?;
    Ok(damage)
}

/// Whether an error is damage or a missing file.
fn is_loss(error: &Error) -> bool {
    error.damage().is_some() || error.io_kind() == Some(std::io::ErrorKind::NotFound)
}

/// Puts such an error to the others; any other is given back.
fn note(error: Error, damage: &mut Vec<Error>) -> Result<(), Error> {
    if !is_loss(&error) {
        return Err(error);
    }
    damage.push(error);
    Ok(())
}

/// What is there; none if it is lost. What the operating system does not give now may be there
/// another time.
fn if_whole<T>(read: Result<T, Error>) -> Result<Option<T>, Error> {
    match read {
        Ok(read) => Ok(Some(read)),
        Err(error) if is_loss(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

fn check_segment(part: SegmentPart, articles: u32) -> Result<(), Error> {
    let segment = Arc::clone(&part.segment);
    let root = segment.file.root();
    if segment.articles() != articles {
        return Err(segment.file.damaged(root, "it has not as many articles as the manifest says"));
    }
    let part = Part::Segment(part);
    for article in 0..articles {
        read_article(&part, article)?;
        part.source(article)?;
        part.cluster(article)?;
    }
    part.for_each_termed(|found| found.map(|_| ()))?;
    part.for_each_worded(|found| found.map(|_| ()))?;
    for kind in segment.directory.kinds() {
        let mut last = None;
        let (mut sorted, mut known, mut count) = (true, true, 0);
        part.table(kind, 32).until(1 << 32, |key, article| {
            sorted &= last < Some((key, article));
            known &= article < articles;
            last = Some((key, article));
            count += 1;
        })?;
        if !sorted || !known || count != segment.directory.table(kind).entries {
            return Err(segment.file.damaged(root, "a table is not in order"));
        }
    }
    Ok(())
}

/// Reads what an article cannot do without.
pub(super) fn read_article(part: &Part, article: u32) -> Result<(), Error> {
    part.facts(article)?;
    part.row(article)?;
    part.id(article)?;
    if let Part::Segment(SegmentPart { segment, .. }) = part
        && segment.directory.kept.count > 0
    {
        part.kept_text(article)?;
    }
    Ok(())
}

fn check_log(storage: &dyn Storage, manifest: &Manifest, shape: &Shape) -> Result<(), Error> {
    let name = names::log(manifest.log);
    let bytes = storage.read(&name).map_err(|error| Error::io("read", &name, &error))?;
    let mut state = State::new(Vec::new(), manifest.commit, shape);
    log::replay(&bytes, &name, manifest.log, |_, payload| {
        state.replay(payload, shape, |what| Error::damaged(&name, 0, what))
    })?;
    Ok(())
}

/// What [`repair`] did.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Repaired {
    /// The damage that was found.
    pub damage: Vec<Error>,
    /// Articles that are there now.
    pub articles: u64,
    /// Articles of damaged segments that could not be kept, those among them that the log had taken
    /// away or replaced.
    pub lost: u64,
    /// Whether it is not known any more which articles of segments had been taken away: these are
    /// there again, unless they had been replaced.
    pub removals_lost: bool,
}

/// Makes the index in a directory whole again, with all that is whole of it; does nothing if no
/// damage is found. Damaged files are removed: copy them first if you want to look at them.
///
/// # Errors
/// If there is no index, if its manifest is damaged, if it is of a newer format, if another process writes, or the operating system
/// refuses. Then nothing is changed.
pub fn repair(path: impl AsRef<Path>) -> Result<Repaired, Error> {
    repair_in(open_directory(path.as_ref())?)
}

/// Takes away the older articles of ids that are there more than once, as they are where it is lost
/// what was replaced.
fn keep_newest(segments: &mut [SegmentPart]) -> Result<(), Error> {
    let mut seen = HashSet::new();
    for part in segments.iter_mut().rev() {
        for article in 0..part.segment.articles() {
            if !seen.insert(id_hash(part.segment.id(article)?)) {
                Arc::make_mut(&mut part.removed).insert(article, part.segment.articles());
            }
        }
    }
    Ok(())
}

pub(super) fn repair_in(storage: Arc<dyn Storage>) -> Result<Repaired, Error> {
    let lock = lock(&*storage)?;
    let damage = verify_in(&*storage)?;
    let mut manifest = Manifest::load(&*storage)?;
    let config = *manifest.settings.config();
    let shape = Shape::of(&config, manifest.settings.keep_texts());
    let mut repaired = Repaired { damage, ..Repaired::default() };
    if repaired.damage.is_empty() {
        return Ok(repaired);
    }
    let removed = if_whole(read_removed(&*storage, &manifest))?;
    repaired.removals_lost = removed.is_none();
    let mut removed = removed.unwrap_or_default().into_iter();
    let mut segments = Vec::new();
    for entry in manifest.segments.clone() {
        let removed = Arc::new(removed.next().unwrap_or_default());
        let there = u64::from(entry.articles - removed.len().min(entry.articles));
        let Some(segment) = if_whole(read_segment(&*storage, entry.file, &shape))? else {
            repaired.lost += there;
            continue;
        };
        let part = SegmentPart { segment: Arc::new(segment), removed };
        let is_whole = part.segment.file.damage().next().is_none();
        if is_whole && check_segment(part.clone(), entry.articles).is_ok() {
            segments.push(part);
            continue;
        }
        let number = manifest.next_file;
        manifest.next_file += 1;
        let saved = merge::salvage(&*storage, part, number, &shape, there)?.into_part();
        repaired.lost +=
            there - saved.as_ref().map_or(0, |part| u64::from(part.segment.articles()).min(there));
        segments.extend(saved);
    }
    if repaired.removals_lost {
        keep_newest(&mut segments)?;
    }
    let mut state = State::new(segments, manifest.commit, &shape);
    let name = names::log(manifest.log);
    let bytes = storage.read(&name).map_err(|error| Error::io("read", &name, &error));
    if let Some(bytes) = if_whole(bytes)? {
        log::salvage(&bytes, manifest.log, |commit, payload| {
            state.commit = commit.saturating_sub(1);
            // What is no record ends its commit, which is as much as can be known of it.
            let _ = state.salvage(payload, &shape, |what| Error::damaged(&name, 0, what));
            state.commit = commit;
        });
    }
    state.reshaped = true;
    let mut index = Index::new(storage, lock, manifest, config, shape, state, Vec::new());
    index.rewrite()?;
    repaired.articles = index.len();
    Ok(repaired)
}
