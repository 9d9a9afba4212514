//! What can be saved of an index that is damaged.
//!
//! To *repair* an index is to keep what is whole of it. A damaged segment is written anew with
//! those of its articles whose facts, signature and id are whole; a key that was lost with a block
//! of a table makes its article a little harder to find. Of a damaged log all commits that are
//! whole are kept, also those after the damage. A manifest that is lost is restored from its copy;
//! where that is lost too, or older than some file, it is made anew from the files that bear the id
//! of the index: the logs tell its settings.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;

use crate::error::Error;
use crate::index::open::{lock, open_directory, open_removed, read_removed, read_segment};
use crate::index::segment::entry::id_hash;
use crate::index::segment::reader::MOST;
use crate::index::segment::schema::Shape;
use crate::index::segment::tombstones::Removed;
use crate::index::store::log;
use crate::index::store::manifest::{Entry, Manifest};
use crate::index::store::names::{self, MANIFEST, MANIFEST_COPY, Names, Numbered};
use crate::index::store::settings::Settings;
use crate::index::store::storage::Storage;
use crate::index::store::wire::Fields;
use crate::index::verify::{check, check_segment, if_whole, verify_in};
use crate::index::view::SegmentPart;
use crate::index::write::merge;
use crate::index::write::state::State;
use crate::index::writer::Index;

/// What [`repair`] did.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Repaired {
    /// The damage that was found.
    pub damage: Vec<Error>,
    /// Articles that are there now.
    pub articles: u64,
    /// Articles of damaged segments that could not be kept, those among them that the log had taken
    /// away or replaced. Of segments that are missing as a whole it is known only while there is a
    /// manifest.
    pub lost: u64,
    /// Whether it is not known any more which articles of segments had been taken away: these are
    /// there again, unless they had been replaced.
    pub removals_lost: bool,
}

/// Makes the index in a directory whole again, with all that is whole of it; does nothing if no
/// damage is found. Damaged files of the index are removed: copy them first if you want to look at
/// them. No other file is.
///
/// A manifest that is missing or damaged is restored from its copy, or made anew from segments and
/// logs.
///
/// # Errors
/// If there is no index, nor anything of one; if no manifest can be made, as no log is whole or
/// files of several indexes are there; if it is of a newer format, if another process writes, or
/// the operating system refuses. Then nothing is changed.
pub fn repair(path: impl AsRef<Path>) -> Result<Repaired, Error> {
    repair_in(open_directory(path.as_ref())?)
}

/// What is left of an index.
struct Remains {
    manifest: Manifest,
    /// The logs, in the order in which they were written.
    logs: Vec<u64>,
    /// Which articles of which segments are gone; none if that is lost.
    removed: Option<HashMap<u64, Removed>>,
}

pub(crate) fn repair_in(storage: Arc<dyn Storage>) -> Result<Repaired, Error> {
    let lock = lock(&*storage)?;
    let mut repaired = Repaired::default();
    let Remains { mut manifest, logs, removed } = match Manifest::load(&*storage) {
        Ok(manifest) => {
            repaired.damage = verify_in(&*storage)?;
            if repaired.damage.is_empty() {
                return Ok(repaired);
            }
            Remains::of(&*storage, manifest)?
        }
        Err(error) if error.damage().is_some() => {
            repaired.damage.push(error);
            Remains::without_manifest(&*storage, &mut repaired.damage)?
        }
        Err(error) => return Err(error),
    };
    let config = *manifest.settings.config();
    let shape = Shape::of(&config, manifest.settings.keep_texts());
    repaired.removals_lost = removed.is_none();
    let mut removed = removed.unwrap_or_default();
    let mut segments = Vec::new();
    for entry in manifest.segments.clone() {
        let removed = Arc::new(removed.remove(&entry.file).unwrap_or_default());
        let there = u64::from(entry.articles - removed.len().min(entry.articles));
        let segment = if_whole(read_segment(&*storage, manifest.names, entry.file, &shape))?;
        let Some(segment) = segment else {
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
        let saved =
            merge::salvage(&*storage, manifest.names, part, number, &shape, there)?.into_part();
        repaired.lost +=
            there - saved.as_ref().map_or(0, |part| u64::from(part.segment.articles()).min(there));
        segments.extend(saved);
    }
    if repaired.removals_lost || logs.len() > 1 {
        keep_newest(&mut segments)?;
    }
    let mut state = State::new(segments, manifest.commit, &shape);
    for number in logs {
        let name = manifest.names.log(number);
        let bytes = storage.read(&name).map_err(|error| Error::io("read", &name, &error));
        if let Some(bytes) = if_whole(bytes)? {
            log::salvage(&bytes, number, |commit, payload| {
                state.commit = commit.saturating_sub(1);
                // What is no record ends its commit, which is as much as can be known of it.
                let _ = state.salvage(payload, &shape, |what| Error::damaged(&name, 0, what));
                state.commit = commit;
            });
        }
    }
    state.reshaped = true;
    let mut index = Index::new(storage, lock, manifest, config, shape, state, Vec::new());
    index.rewrite()?;
    repaired.articles = index.len();
    Ok(repaired)
}

impl Remains {
    /// What a manifest names.
    fn of(storage: &dyn Storage, manifest: Manifest) -> Result<Self, Error> {
        let removed = if_whole(read_removed(storage, &manifest))?;
        let files = manifest.segments.iter().map(|entry| entry.file);
        let removed = removed.map(|removed| files.zip(removed).collect());
        Ok(Remains { logs: vec![manifest.log], manifest, removed })
    }

    /// What there is where the manifest is lost. Adds what else is damaged to the damage.
    fn without_manifest(storage: &dyn Storage, damage: &mut Vec<Error>) -> Result<Self, Error> {
        let copy =
            storage.read(MANIFEST_COPY).map_err(|error| Error::io("read", MANIFEST_COPY, &error));
        let copy = copy.and_then(|bytes| Manifest::decode(&bytes, MANIFEST_COPY));
        let copy = if_whole(copy)?;
        let names =
            storage.list().map_err(|error| Error::io("list the directory of", MANIFEST, &error))?;
        let mut files: Vec<(Names, Numbered, u64)> = names
            .iter()
            .filter_map(|name| {
                names::parse(name).map(|(kind, number, names)| (names, kind, number))
            })
            .collect();
        files.sort_unstable_by_key(|&(names, kind, number)| (names.id(), kind, number));
        let of = match (&copy, files.first().zip(files.last())) {
            (Some(copy), _) => copy.names,
            (None, Some((first, last))) if first.0 == last.0 => first.0,
            _ => {
                let what = "it is lost, and so is its copy, and not all files are of one index";
                return Err(Error::damaged(MANIFEST, 0, what));
            }
        };
        files.retain(|file| file.0 == of);
        match copy {
            // Nothing is newer than the copy.
            Some(copy) if files.iter().all(|file| file.2 < copy.next_file) => {
                damage.extend(check(storage, &copy)?);
                Remains::of(storage, copy)
            }
            copy => {
                let settings = copy.map(|copy| copy.settings);
                Remains::of_files(storage, of, &files, settings, damage)
            }
        }
    }

    /// What there is where no manifest tells which files count: all do. Articles that are in
    /// several are told apart by their ids.
    fn of_files(
        storage: &dyn Storage,
        names: Names,
        files: &[(Names, Numbered, u64)],
        settings: Option<Settings>,
        damage: &mut Vec<Error>,
    ) -> Result<Self, Error> {
        let of =
            |wanted: Numbered| files.iter().filter(move |file| file.1 == wanted).map(|file| file.2);
        let logs: Vec<u64> = of(Numbered::Log).collect();
        let mut told = settings;
        for &number in &logs {
            let name = names.log(number);
            let bytes = storage.read(&name).map_err(|error| Error::io("read", &name, &error))?;
            let replayed = log::replay(&bytes, &name, number, 0, |_, _| Ok(()));
            damage.extend(replayed.err());
            let settings = log::read_settings(&bytes, &name, names, number);
            told = told.or(if_whole(settings)?);
        }
        let Some(settings) = told else {
            let what = "it is lost, and no log is whole that tells how the index was made";
            return Err(Error::damaged(MANIFEST, 0, what));
        };
        let shape = Shape::of(settings.config(), settings.keep_texts());
        let mut manifest = Manifest::new(names, settings);
        manifest.next_file = files.iter().map(|file| file.2).max().unwrap_or_default() + 1;
        for file in of(Numbered::Segment) {
            match read_segment(storage, names, file, &shape) {
                Ok(segment) => {
                    damage.extend(segment.file.damage());
                    let (length, articles) = (segment.bytes(), segment.articles());
                    manifest.segments.push(Entry { file, length, articles });
                }
                Err(error) if error.damage().is_some() => damage.push(error),
                Err(error) => return Err(error),
            }
        }
        let mut removed: Option<HashMap<u64, Removed>> = None;
        for number in of(Numbered::Removed) {
            let Some(gone) = if_whole(all_removed(storage, names, number, damage))? else {
                continue;
            };
            let removed = removed.get_or_insert_default();
            for (segment, gone) in gone {
                let entry = manifest.segments.iter().find(|entry| entry.file == segment);
                let Some(articles) = entry.map(|entry| entry.articles) else { continue };
                // What is gone stays gone: later files tell of more.
                let removed = removed.entry(segment).or_default();
                gone.iter().filter(|&article| article < articles).for_each(|article| {
                    removed.insert(article, articles);
                });
            }
        }
        Ok(Remains { manifest, logs, removed })
    }
}

/// For each segment that a file of removed articles is of, its number and these.
fn all_removed(
    storage: &dyn Storage,
    names: Names,
    number: u64,
    damage: &mut Vec<Error>,
) -> Result<Vec<(u64, Removed)>, Error> {
    let file =
        open_removed(storage, names, number).inspect_err(|error| damage.push(error.clone()))?;
    let mut input = Fields::new(file.get(0, file.len() as usize)?);
    let mut all = Vec::new();
    while !input.is_empty() {
        let one = input.u64().zip(Removed::decode(&mut input, MOST));
        all.push(one.ok_or_else(|| file.damaged(0, "it is no list of removed articles"))?);
    }
    Ok(all)
}

/// Takes away the older articles of ids that are there more than once, as they are where it is lost
/// what was replaced.
fn keep_newest(segments: &mut [SegmentPart]) -> Result<(), Error> {
    let mut seen = HashSet::new();
    for part in segments.iter_mut().rev() {
        for article in 0..part.segment.articles() {
            let is_gone = part.removed.contains(article);
            if !is_gone && !seen.insert(id_hash(part.segment.id(article)?)) {
                Arc::make_mut(&mut part.removed).insert(article, part.segment.articles());
            }
        }
    }
    Ok(())
}
