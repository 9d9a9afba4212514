//! What is damaged.
//!
//! To *verify* an index is to read all of it: every block against its checksum, and what the
//! checksums cannot tell, whether the parts fit together.

use std::path::Path;
use std::sync::Arc;

use crate::error::Error;
use crate::index::open::{TRIES, open_directory, read_log, read_removed, read_segment, replay};
use crate::index::segment::schema::Shape;
use crate::index::store::manifest::Manifest;
use crate::index::store::names::MANIFEST_COPY;
use crate::index::store::storage::Storage;
use crate::index::view::{Part, SegmentPart};
use crate::index::write::state::State;

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

pub(crate) fn verify_in(storage: &dyn Storage) -> Result<Vec<Error>, Error> {
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
    // Without a manifest there is no index, which is another thing.
    match Manifest::load(storage) {
        Err(error) if error.damage().is_some() => Ok(vec![error]),
        manifest => check(storage, &manifest?),
    }
}

/// Reads all that a manifest names, and gives the damage.
pub(crate) fn check(storage: &dyn Storage, manifest: &Manifest) -> Result<Vec<Error>, Error> {
    let mut damage = Vec::new();
    // A copy that is missing or older is written when the index is opened to write.
    if let Ok(bytes) = storage.read(MANIFEST_COPY) {
        damage.extend(Manifest::decode(&bytes, MANIFEST_COPY).err());
    }
    let shape = Shape::of(manifest.settings.config(), manifest.settings.keep_texts());
    for entry in &manifest.segments {
        match read_segment(storage, manifest.names, entry.file, &shape) {
            Ok(segment) => {
                let first = damage.len();
                damage.extend(segment.file.damage());
                // Where blocks are damaged the parts do not fit, of course.
                if damage.len() == first {
                    let part = SegmentPart { segment: Arc::new(segment), removed: Arc::default() };
                    check_segment(part, entry.articles)
                        .or_else(|error| note(error, &mut damage))?;
                }
            }
            Err(error) => note(error, &mut damage)?,
        }
    }
    read_removed(storage, manifest).map(|_| ()).or_else(|error| note(error, &mut damage))?;
    check_log(storage, manifest, &shape).or_else(|error| note(error, &mut damage))?;
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
pub(crate) fn if_whole<T>(read: Result<T, Error>) -> Result<Option<T>, Error> {
    match read {
        Ok(read) => Ok(Some(read)),
        Err(error) if is_loss(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

pub(crate) fn check_segment(part: SegmentPart, articles: u32) -> Result<(), Error> {
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
pub(crate) fn read_article(part: &Part, article: u32) -> Result<(), Error> {
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
    let (name, bytes) = read_log(storage, manifest)?;
    let mut state = State::new(Vec::new(), manifest.commit, shape);
    replay(manifest, &name, &bytes, |_, payload| {
        state.replay(payload, shape, |what| Error::damaged(&name, 0, what))
    })
}
