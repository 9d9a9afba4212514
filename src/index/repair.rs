//! Saves what is whole of a damaged index.
//!
//! A damaged segment is rewritten with those of its articles whose metadata, signature and id are
//! whole; a key that was lost with a block of a table makes its article a little harder to find. Of
//! a damaged log all commits that are whole are kept, also those after the damage. A lost manifest
//! is restored from its copy. If that is lost too, or older than some file, the manifest is made
//! anew from the files that bear the id of the index: the logs hold its settings.

use std::collections::{HashMap, HashSet};
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use super::limits::WriterLimits;
use super::live::Index;
use super::segment::keys::name_hash;
use super::segment::leaf::LeafReader;
use super::segment::reader::SegmentReader;
use super::segment::schema::Schema;
use super::segment::tombstones::{Tombstones, read_all_tombstones, read_tombstones};
use super::store::fs::open_directory;
use super::store::log;
use super::store::manifest::{Manifest, SegmentEntry};
use super::store::names::{self, FileKind, FileNames, MANIFEST, MANIFEST_COPY};
use super::store::settings::Settings;
use super::store::storage::Storage;
use super::verify::{check_segment, if_whole, verify_in, verify_manifest};
use super::write::merge::NewSegment;
use super::write::recovery::Recovered;
use super::write::state::IndexState;
use super::write::writer::IndexWriter;
use crate::error::Error;
use crate::progress::{Callback, Progress};

/// What [`Index::repair`] did.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Repaired {
    /// The damage that was found.
    pub damage: Vec<Error>,
    /// The articles that are there now.
    pub articles: u64,
    /// Articles of damaged segments that could not be kept, including those that the log had
    /// removed or replaced. For segments that are missing altogether it is known only while there
    /// is a manifest.
    pub lost: u64,
    /// The ids of those among them that can still be read, but for ids that an article has now.
    /// Adding these articles again restores them.
    pub lost_ids: Vec<String>,
    /// Whether it is no longer known which articles of segments had been removed: these are there
    /// again, unless they had been replaced.
    pub removals_lost: bool,
}

impl Index {
    /// Makes the index in a directory whole again, with everything that is whole of it; does
    /// nothing if no damage is found. Damaged files of the index are removed: copy them first if
    /// you want to look at them. No other file is removed.
    ///
    /// A manifest that is missing or damaged is restored from its copy, or made anew from segments
    /// and logs.
    ///
    /// # Errors
    /// If there is no index, nor anything left of one; if no manifest can be made, because no log
    /// is whole or there are files of several indexes; if it is of a newer format, if another
    /// process writes, or the operating system refuses. Then nothing is changed.
    pub fn repair(path: impl AsRef<Path>) -> Result<Repaired, Error> {
        Index::repair_with(path, Progress::ignore)
    }

    /// As [`repair`](Self::repair). Reports to `progress` after each file that was
    /// [checked](crate::Stage::Check). It can end the work until all are; then nothing is changed.
    ///
    /// # Errors
    /// As [`repair`](Self::repair); and if `progress` ends the work.
    pub fn repair_with(
        path: impl AsRef<Path>,
        progress: impl Fn(Progress) -> ControlFlow<()> + Sync,
    ) -> Result<Repaired, Error> {
        let storage = open_directory(path.as_ref())?;
        let place = storage.place();
        let mut repaired = place.name(repair_in(storage, WriterLimits::default(), &progress))?;
        repaired.damage = repaired.damage.into_iter().map(|error| place.name_in(error)).collect();
        Ok(repaired)
    }
}

/// What is left of an index.
struct Remains {
    manifest: Manifest,
    /// The logs, in the order in which they were written.
    logs: Vec<u64>,
    /// The tombstones by segment; `None` if they are lost.
    tombstones: Option<HashMap<u64, Tombstones>>,
}

pub(crate) fn repair_in(
    storage: Arc<dyn Storage>,
    limits: WriterLimits,
    progress: Callback<'_>,
) -> Result<Repaired, Error> {
    let lock = storage.lock_index()?;
    let mut repaired = Repaired::default();
    let Remains { mut manifest, logs, tombstones } = match Manifest::load(&*storage) {
        Ok(manifest) => {
            repaired.damage = verify_in(&*storage, progress)?;
            if repaired.damage.is_empty() {
                return Ok(repaired);
            }
            Remains::of_manifest(&*storage, manifest)?
        }
        Err(error) if error.damage().is_some() => {
            repaired.damage.push(error);
            Remains::without_manifest(&*storage, &mut repaired.damage, progress)?
        }
        Err(error) => return Err(error),
    };
    let schema = Schema::of(&manifest.settings);
    repaired.removals_lost = tombstones.is_none();
    let mut tombstones = tombstones.unwrap_or_default();
    let mut segments = Vec::new();
    for entry in manifest.segments.clone() {
        let tombstones = tombstones.remove(&entry.file).unwrap_or_default();
        let live = u64::from(entry.articles.saturating_sub(tombstones.len()));
        let opened = SegmentReader::open(&*storage, manifest.names, entry.file, &schema);
        let Some(segment) = if_whole(opened)? else {
            repaired.lost += live;
            continue;
        };
        let segment = SegmentReader { tombstones, ..segment };
        let is_whole = segment.file.blocks.damage().next().is_none();
        if is_whole && check_segment(&segment, entry.articles).is_ok() {
            segments.push(segment);
            continue;
        }
        let new = NewSegment {
            storage: Arc::clone(&storage),
            names: manifest.names,
            number: manifest.next_file,
            schema,
            texts: live,
        };
        manifest.next_file += 1;
        let saved = new.salvage(&segment)?;
        for article in (0..segment.len()).filter(|&article| !segment.is_deleted(article)) {
            if let (Err(_), Ok(id)) = (segment.check_article(article), segment.id(article)) {
                repaired.lost_ids.push(id.to_owned());
            }
        }
        repaired.lost += live - saved.as_ref().map_or(0, |it| u64::from(it.len()).min(live));
        segments.extend(saved);
    }
    if repaired.removals_lost || logs.len() > 1 {
        keep_newest(&mut segments)?;
    }
    let segments = segments.into_iter().map(Arc::new).collect();
    let mut state = IndexState::new(segments, manifest.commit, limits.memtable_articles);
    for number in logs {
        let name = manifest.names.log(number);
        if let Some(bytes) = if_whole(storage.read_file(&name))? {
            log::salvage(&bytes, number, |commit, payload| {
                let damaged = |what| Error::damaged(&name, 0, what);
                // Stops at the first record that cannot be decoded: no more of the commit is known.
                let _ = state.replay(commit, payload, &schema, true, damaged);
            });
        }
    }
    let recovered = Recovered { manifest, schema, state, log_bytes: 0, records: Vec::new() };
    let mut writer = IndexWriter::new(storage, lock, limits, recovered);
    writer.rewrite()?;
    repaired.articles = writer.len();
    let view = writer.view();
    // Some were replaced by an article of the log or of a newer segment.
    let mut lost_ids = Vec::new();
    for id in repaired.lost_ids {
        if view.with_id(&id)?.is_none() {
            lost_ids.push(id);
        }
    }
    repaired.lost_ids = lost_ids;
    Ok(repaired)
}

impl Remains {
    /// What a manifest names.
    fn of_manifest(storage: &dyn Storage, manifest: Manifest) -> Result<Self, Error> {
        let tombstones = if_whole(read_tombstones(storage, &manifest))?;
        let files = manifest.segments.iter().map(|entry| entry.file);
        let tombstones = tombstones.map(|tombstones| files.zip(tombstones).collect());
        Ok(Remains { logs: vec![manifest.log], manifest, tombstones })
    }

    /// What there is if the manifest is lost. Adds other damage to `damage`.
    fn without_manifest(
        storage: &dyn Storage,
        damage: &mut Vec<Error>,
        progress: Callback<'_>,
    ) -> Result<Self, Error> {
        let copy = storage.read_file(MANIFEST_COPY);
        let copy = if_whole(copy.and_then(|bytes| Manifest::decode(&bytes, MANIFEST_COPY)))?;
        let names = storage.list_files()?;
        let mut files: Vec<_> = names.iter().filter_map(|name| names::parse(name)).collect();
        files.sort_unstable_by_key(|&(kind, number, names)| (names.id(), kind, number));
        let of = match (&copy, files.first().zip(files.last())) {
            (Some(copy), _) => copy.names,
            (None, Some((first, last))) if first.2 == last.2 => first.2,
            _ => {
                let what = "it is lost, and so is its copy, and not all files are of one index";
                return Err(Error::damaged(MANIFEST, 0, what));
            }
        };
        files.retain(|&(_, _, names)| names == of);
        let files: Vec<_> = files.iter().map(|&(kind, number, _)| (kind, number)).collect();
        match copy {
            // Nothing is newer than the copy.
            Some(copy) if files.iter().all(|&(_, number)| number < copy.next_file) => {
                damage.extend(verify_manifest(storage, &copy, progress)?);
                Remains::of_manifest(storage, copy)
            }
            copy => {
                let settings = copy.map(|copy| copy.settings);
                Remains::of_files(storage, of, &files, settings, damage)
            }
        }
    }

    /// What there is if no manifest says which files count: all of them do. Articles that are in
    /// several files are recognized by their ids.
    fn of_files(
        storage: &dyn Storage,
        names: FileNames,
        files: &[(FileKind, u64)],
        mut settings: Option<Settings>,
        damage: &mut Vec<Error>,
    ) -> Result<Self, Error> {
        let of = |wanted: FileKind| {
            files.iter().filter(move |&&(kind, _)| kind == wanted).map(|&(_, number)| number)
        };
        let logs: Vec<u64> = of(FileKind::Log).collect();
        for &number in &logs {
            let name = names.log(number);
            let bytes = storage.read_file(&name)?;
            damage.extend(log::replay(&bytes, &name, number, 0, |_, _| Ok(())).err());
            let logged = log::read_settings(&bytes, &name, names, number);
            settings = settings.or(if_whole(logged)?);
        }
        let Some(settings) = settings else {
            let what = "it is lost, and no log is whole that tells how the index was made";
            return Err(Error::damaged(MANIFEST, 0, what));
        };
        let mut manifest = Manifest::new(names, settings);
        manifest.next_file = files.iter().map(|file| file.1).max().unwrap_or_default() + 1;
        let schema = Schema::of(&settings);
        for file in of(FileKind::Segment) {
            match SegmentReader::open(storage, names, file, &schema) {
                Ok(segment) => {
                    let blocks = &segment.file.blocks;
                    damage.extend(blocks.damage());
                    let (length, articles) = (blocks.file_len(), segment.len());
                    manifest.segments.push(SegmentEntry { file, length, articles });
                }
                Err(error) if error.damage().is_some() => damage.push(error),
                Err(error) => return Err(error),
            }
        }
        let mut all: Option<HashMap<u64, Tombstones>> = None;
        for number in of(FileKind::Removed) {
            let read = read_all_tombstones(storage, names, number);
            let read = read.inspect_err(|error| damage.push(error.clone()));
            let Some(read) = if_whole(read)? else { continue };
            let all = all.get_or_insert_default();
            for (segment, tombstones) in read {
                let entry = manifest.segments.iter().find(|entry| entry.file == segment);
                let Some(articles) = entry.map(|entry| entry.articles) else { continue };
                // What is deleted stays deleted: later files have more tombstones.
                let all = all.entry(segment).or_default();
                tombstones.iter().filter(|&article| article < articles).for_each(|article| {
                    all.insert(article, articles);
                });
            }
        }
        Ok(Remains { manifest, logs, tombstones: all })
    }
}

/// Deletes the older articles of ids that occur more than once, as they do if it is lost what was
/// replaced.
fn keep_newest(segments: &mut [SegmentReader]) -> Result<(), Error> {
    let mut seen = HashSet::new();
    for segment in segments.iter_mut().rev() {
        for article in 0..segment.len() {
            if !segment.is_deleted(article) && !seen.insert(name_hash(segment.id(article)?)) {
                segment.delete(article);
            }
        }
    }
    Ok(())
}
