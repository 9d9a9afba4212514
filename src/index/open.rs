//! Making an index, and opening it.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::io;
use std::path::Path;
use std::sync::Arc;

use crate::detector::config::Config;
use crate::error::Error;
use crate::index::segment::reader::{MOST, Segment};
use crate::index::segment::schema::Shape;
use crate::index::segment::tombstones::Removed;
use crate::index::snapshot::{Shared, Snapshot, View};
use crate::index::store::blocks::{BlockFile, BlockWriter};
use crate::index::store::log;
use crate::index::store::manifest::{self, Manifest};
use crate::index::store::names::{self, Names};
use crate::index::store::settings::Settings;
use crate::index::store::storage::{Directory, Storage};
use crate::index::store::wire::{Fields, Writer};
use crate::index::view::SegmentPart;
use crate::index::write::state::State;
use crate::index::writer::Index;

/// How an [`Index`] is made.
///
/// ```
/// use newsprint::{Config, Index, IndexOptions, Preset};
///
/// # let path = std::env::temp_dir().join(format!("newsprint-options-{}", std::process::id()));
/// let config = Config::builder().preset(Preset::Ocr).build()?;
/// let index = IndexOptions::new(&config).keep_texts(true).create(&path)?;
/// assert_eq!(index.config().sketcher().minhasher().slots(), 256);
/// drop(index);
/// let error = Index::open_with(&path, &Config::default()).unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "the index was made with preset ocr, not wire: joining of hyphenated words is true, not false"
/// );
/// # std::fs::remove_dir_all(&path).unwrap();
/// # Ok::<(), newsprint::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct IndexOptions {
    config: Config,
    keep_texts: bool,
    id: Option<u64>,
}

impl IndexOptions {
    /// An index of articles made so, without their texts.
    pub fn new(config: &Config) -> Self {
        IndexOptions { config: *config, keep_texts: false, id: None }
    }

    /// Whether the index keeps the texts too, compressed (LZ4, to some six tenths of their bytes).
    /// Then it can verify matches by itself.
    #[must_use]
    pub fn keep_texts(self, keep_texts: bool) -> Self {
        IndexOptions { keep_texts, ..self }
    }

    /// The id of the index, which its files bear so that those of another are never taken for them.
    /// It is drawn by chance unless it is given here, so that the same calls write the same bytes.
    #[must_use]
    pub fn id(self, id: u64) -> Self {
        IndexOptions { id: Some(id), ..self }
    }

    /// Makes an index in a directory, which is made if it is not there.
    ///
    /// # Errors
    /// If there is an index already, or what is left of one; if another process writes there, or
    /// the operating system refuses.
    pub fn create(&self, path: impl AsRef<Path>) -> Result<Index, Error> {
        let storage = create_directory(path.as_ref())?;
        Index::create_in(storage, self)
    }

    /// Opens the index in a directory, or makes one.
    ///
    /// # Errors
    /// As [`create`](Self::create) and [`Index::open_with`]; and if it keeps texts and is not to,
    /// or the other way round.
    pub fn open_or_create(&self, path: impl AsRef<Path>) -> Result<Index, Error> {
        let storage = create_directory(path.as_ref())?;
        match is_there(&*storage)? {
            true => {
                let index = Index::open_in(storage, Some(&self.config))?;
                match index.keeps_texts() == self.keep_texts {
                    true => Ok(index),
                    false => Err(Error::settings(
                        "keeping of texts",
                        index.keeps_texts(),
                        self.keep_texts,
                    )),
                }
            }
            false => Index::create_in(storage, self),
        }
    }

    /// The names of the files of an index that is made now.
    fn names(&self) -> Names {
        // The keys of a hash table are the one thing that the standard library draws by chance.
        Names::of(self.id.unwrap_or_else(|| RandomState::new().build_hasher().finish()))
    }
}

pub(crate) fn create_directory(path: &Path) -> Result<Arc<dyn Storage>, Error> {
    let shown = path.display().to_string();
    let directory = Directory::create(path).map_err(|error| Error::io("create", &shown, &error))?;
    Ok(Arc::new(directory))
}

pub(crate) fn open_directory(path: &Path) -> Result<Arc<dyn Storage>, Error> {
    let shown = path.display().to_string();
    let directory = Directory::open(path).map_err(|error| Error::io("open", &shown, &error))?;
    Ok(Arc::new(directory))
}

/// Whether there is an index, whole or not, or what is left of one.
fn is_there(storage: &dyn Storage) -> Result<bool, Error> {
    match storage.read(names::MANIFEST) {
        Ok(_) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            Ok(manifest::remains(storage)?.is_some())
        }
        Err(error) => Err(Error::io("read", names::MANIFEST, &error)),
    }
}

/// An index as its files are.
pub(crate) struct Opened {
    pub(crate) manifest: Manifest,
    pub(crate) shape: Shape,
    pub(crate) state: State,
    /// Bytes of the log, and its records, if they are asked for.
    log_bytes: u64,
    records: Vec<u8>,
}

/// Reads the files of an index.
fn read(storage: &dyn Storage, with_records: bool) -> Result<Opened, Error> {
    let manifest = Manifest::load(storage)?;
    let shape = Shape::of(manifest.settings.config(), manifest.settings.keep_texts());
    let mut segments = Vec::with_capacity(manifest.segments.len());
    for entry in &manifest.segments {
        let segment = read_segment(storage, manifest.names, entry.file, &shape)?;
        if segment.articles() != entry.articles {
            return Err(segment
                .file
                .damaged(segment.file.root(), "it has not as many articles as the manifest says"));
        }
        segments.push(SegmentPart { segment: Arc::new(segment), removed: Arc::default() });
    }
    // When it is known that there are as many articles as the manifest says.
    for (part, removed) in segments.iter_mut().zip(read_removed(storage, &manifest)?) {
        part.removed = Arc::new(removed);
    }
    let mut state = State::new(segments, manifest.commit, &shape);
    let (name, bytes) = read_log(storage, &manifest)?;
    state.expect_log(bytes.len(), &shape);
    let mut records = Vec::with_capacity(if with_records { bytes.len() } else { 0 });
    replay(&manifest, &name, &bytes, |commit, payload| {
        // What a record takes away is gone with this commit.
        state.commit = commit.saturating_sub(1);
        state.replay(payload, &shape, |what| Error::damaged(&name, 0, what))?;
        state.commit = commit;
        if with_records {
            records.extend_from_slice(payload);
        }
        Ok(())
    })?;
    Ok(Opened { manifest, shape, state, log_bytes: bytes.len() as u64, records })
}

/// The name of the log and its bytes, of which there are none if there is no log yet.
pub(crate) fn read_log(
    storage: &dyn Storage,
    manifest: &Manifest,
) -> Result<(String, Vec<u8>), Error> {
    let name = manifest.names.log(manifest.log);
    let bytes = match manifest.log {
        0 => Vec::new(),
        _ => storage.read(&name).map_err(|error| Error::io("read", &name, &error))?,
    };
    Ok((name, bytes))
}

/// Gives the commits of the log that was [read](read_log).
pub(crate) fn replay(
    manifest: &Manifest,
    name: &str,
    bytes: &[u8],
    f: impl FnMut(u64, &[u8]) -> Result<(), Error>,
) -> Result<(), Error> {
    match manifest.log {
        0 => Ok(()),
        number => log::replay(bytes, name, number, manifest.log_bytes, f),
    }
}

pub(crate) fn read_segment(
    storage: &dyn Storage,
    names: Names,
    number: u64,
    shape: &Shape,
) -> Result<Segment, Error> {
    let name = names.segment(number);
    let bytes = storage.map(&name).map_err(|error| Error::io("map", &name, &error))?;
    Segment::open(bytes, &name, number, shape)
}

/// The kind of block file that tells which articles are gone.
pub(crate) const REMOVED: u32 = 2;

/// Writes which articles of the segments are gone.
pub(crate) fn write_removed(
    storage: &dyn Storage,
    names: Names,
    number: u64,
    segments: &[SegmentPart],
) -> Result<(), Error> {
    let name = names.removed(number);
    let sink = storage.create(&name).map_err(|error| Error::io("create", &name, &error))?;
    let mut out = BlockWriter::new(sink, &name, REMOVED);
    let mut encoded = Writer::default();
    for part in segments {
        encoded.u64(part.segment.number);
        part.removed.encode(&mut encoded);
    }
    out.write(&encoded.bytes)?;
    out.finish(0).map(|_| ())
}

/// Opens such a file.
pub(crate) fn open_removed(
    storage: &dyn Storage,
    names: Names,
    number: u64,
) -> Result<BlockFile, Error> {
    let name = names.removed(number);
    let bytes = storage.map(&name).map_err(|error| Error::io("map", &name, &error))?;
    BlockFile::open(bytes, &name, REMOVED)
}

/// For each segment of the manifest, which of its articles are gone.
pub(crate) fn read_removed(
    storage: &dyn Storage,
    manifest: &Manifest,
) -> Result<Vec<Removed>, Error> {
    if manifest.removed == 0 {
        return Ok(Vec::new());
    }
    let file = open_removed(storage, manifest.names, manifest.removed)?;
    let mut input = Fields::new(file.get(0, file.len() as usize)?);
    let mut all = Vec::with_capacity(manifest.segments.len());
    for entry in &manifest.segments {
        let segment = input.u64().filter(|&number| number == entry.file);
        let removed = segment
            .filter(|_| entry.articles <= MOST)
            .and_then(|_| Removed::decode(&mut input, entry.articles));
        all.push(
            removed.ok_or_else(|| file.damaged(0, "it is not of the segments of the manifest"))?,
        );
    }
    Ok(all)
}

impl Index {
    /// Makes an index without texts in a directory, which is made if it is not there. See
    /// [`IndexOptions`] for more.
    ///
    /// # Errors
    /// If there is an index already, if another process writes there, or the operating system
    /// refuses.
    pub fn create(path: impl AsRef<Path>, config: &Config) -> Result<Self, Error> {
        IndexOptions::new(config).create(path)
    }

    /// Opens the index in a directory to write, as it was made. One process at a time.
    ///
    /// What a commit acknowledged is there; what a process that died had not committed is not.
    /// Takes a millisecond for a million articles, and some ten microseconds for each of the
    /// newest, up to 4,096, which are read from the log.
    ///
    /// # Errors
    /// If there is no index, if another writes, if it is of a newer format, if it is damaged, or
    /// the operating system refuses.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, Error> {
        Index::open_in(open_directory(path.as_ref())?, None)
    }

    /// As [`open`](Self::open), if the index was made with such a configuration.
    ///
    /// Threshold, bucket limit and story window may differ from those that it was made with, if the
    /// bands stay the same.
    ///
    /// # Errors
    /// As `open`; and if the configuration folds, shingles, seeds, sizes, scopes or bands
    /// otherwise, naming the first difference and both values.
    pub fn open_with(path: impl AsRef<Path>, config: &Config) -> Result<Self, Error> {
        Index::open_in(open_directory(path.as_ref())?, Some(config))
    }

    pub(crate) fn create_in(
        storage: Arc<dyn Storage>,
        options: &IndexOptions,
    ) -> Result<Self, Error> {
        let IndexOptions { config, keep_texts, .. } = *options;
        Settings::check_reported(&config)?;
        let lock = lock(&*storage)?;
        match Manifest::load(&*storage) {
            Err(error) if error.io_kind() == Some(io::ErrorKind::NotFound) => {}
            Err(error) => return Err(error),
            Ok(_) => return Err(Error::exists("an index", "create it elsewhere or open it")),
        }
        let manifest = Manifest::new(options.names(), Settings::of(&config, keep_texts));
        manifest.store(&*storage)?;
        let shape = Shape::of(&config, keep_texts);
        Ok(Index::new(
            storage,
            lock,
            manifest,
            config,
            shape,
            State::new(Vec::new(), 0, &shape),
            Vec::new(),
        ))
    }

    pub(crate) fn open_in(
        storage: Arc<dyn Storage>,
        config: Option<&Config>,
    ) -> Result<Self, Error> {
        // Who finds no index leaves no lock either.
        Manifest::load(&*storage)?;
        let lock = lock(&*storage)?;
        let Opened { manifest, shape, mut state, records, .. } = read(&*storage, true)?;
        let config = checked(&manifest, config)?;
        if !state.full.is_empty() {
            // All records are of articles that are to be in the next segment.
            state.freeze();
        }
        let index = Index::new(storage, lock, manifest, config, shape, state, records);
        // The process before may have died before the name of its last manifest was durable; until
        // it is, that before counts, too.
        if index.storage.sync_directory().is_ok()
            && index.manifest.store_copy(&*index.storage).is_ok()
        {
            index.sweep();
        }
        Ok(index)
    }
}

/// The configuration to go on with.
fn checked(manifest: &Manifest, config: Option<&Config>) -> Result<Config, Error> {
    match config {
        None => Ok(*manifest.settings.config()),
        Some(config) => manifest.settings.check(config).map(|()| *config),
    }
}

pub(crate) fn lock(storage: &dyn Storage) -> Result<Box<dyn Send + Sync>, Error> {
    let lock = storage.lock().map_err(|error| Error::io("lock", names::LOCK, &error))?;
    lock.ok_or_else(Error::locked)
}

/// How often a reader begins anew when the writer has replaced what it was reading.
pub(crate) const TRIES: usize = 20;

impl Snapshot {
    /// Opens the index in a directory to read, as the last commit left it. It does not matter
    /// whether a process writes, and it is not kept from anything.
    ///
    /// To see later commits, open another.
    ///
    /// # Errors
    /// If there is no index, if it is of a newer format, if it is damaged, or the operating system
    /// refuses.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, Error> {
        Snapshot::open_in(&*open_directory(path.as_ref())?, None)
    }

    /// As [`open`](Self::open), if the index was made with such a configuration, as
    /// [`Index::open_with`] has it.
    ///
    /// # Errors
    /// As `open`; and if the configuration differs, naming the first difference and both values.
    pub fn open_with(path: impl AsRef<Path>, config: &Config) -> Result<Self, Error> {
        Snapshot::open_in(&*open_directory(path.as_ref())?, Some(config))
    }

    pub(crate) fn open_in(storage: &dyn Storage, config: Option<&Config>) -> Result<Self, Error> {
        let mut opened = read(storage, false);
        for _ in 1..TRIES {
            // The writer removes files that no manifest names any more.
            match &opened {
                Err(error) if error.io_kind() == Some(io::ErrorKind::NotFound) => {
                    opened = read(storage, false);
                }
                _ => break,
            }
        }
        let Opened { manifest, shape, state, log_bytes, .. } = opened?;
        let config = checked(&manifest, config)?;
        let view = View { log_bytes, ..state.committed() };
        Ok(Snapshot { shared: Arc::new(Shared::new(config, shape)), view: Arc::new(view) })
    }
}
