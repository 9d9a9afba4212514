//! Makes an index, and opens one to write or to read.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::io;
use std::path::Path;
use std::sync::Arc;

use super::limits::{MAX_MEMTABLE_ARTICLES, MAX_READ_TRIES, WriterLimits};
use super::live::Index;
use super::search::searcher::Searcher;
use super::segment::schema::Schema;
use super::snapshot::Snapshot;
use super::store::fs::{create_directory, open_directory};
use super::store::manifest::{Manifest, is_index};
use super::store::names::FileNames;
use super::store::settings::Settings;
use super::store::storage::Storage;
use super::view::View;
use super::write::recovery::{Recovered, recover};
use super::write::state::IndexState;
use super::write::writer::IndexWriter;
use crate::detector::config::Config;
use crate::error::{Error, ErrorKind};

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
/// assert_eq!(error.kind(), newsprint::ErrorKind::OtherSettings);
/// assert!(error.to_string().contains(" was made with preset ocr, not wire: "));
/// # std::fs::remove_dir_all(&path).unwrap();
/// # Ok::<(), newsprint::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct IndexOptions {
    config: Config,
    keep_texts: bool,
    passages: bool,
    id: Option<u64>,
}

impl IndexOptions {
    /// An index of a configuration, without the texts of its articles.
    pub fn new(config: &Config) -> Self {
        IndexOptions { config: *config, keep_texts: false, passages: false, id: None }
    }

    /// Whether the index keeps the texts too, compressed (LZ4, to some six tenths of their bytes).
    /// Then it can verify matches by itself.
    #[must_use]
    pub fn keep_texts(self, keep_texts: bool) -> Self {
        IndexOptions { keep_texts, ..self }
    }

    /// Whether the index finds [passages](crate::Snapshot::passages) in articles that are no match
    /// as a whole. It needs the texts too. For that it keeps fingerprints of every text, two for
    /// every 21 words if passages have 25: some 300 bytes for an article of 970 words.
    ///
    /// The least length of a passage is that of the configuration, and cannot be changed later.
    #[must_use]
    pub fn passages(self, passages: bool) -> Self {
        IndexOptions { passages, ..self }
    }

    /// The id of the index, which its files bear so that those of another index are never mistaken
    /// for them. It is drawn at random unless it is set here, so that the same calls write the same
    /// bytes.
    #[must_use]
    pub fn id(self, id: u64) -> Self {
        IndexOptions { id: Some(id), ..self }
    }

    /// Makes an index in a directory, which is created if it is missing.
    ///
    /// # Errors
    /// If there is an index already, or what is left of one; if it is to find passages but not to
    /// keep texts; if another process writes there, or the operating system refuses.
    pub fn create(&self, path: impl AsRef<Path>) -> Result<Index, Error> {
        Index::create_in(create_directory(path.as_ref())?, self, WriterLimits::default())
    }

    /// Opens the index in a directory, or makes one.
    ///
    /// # Errors
    /// As [`create`](Self::create) and [`Index::open_with`]; and if the index keeps texts although
    /// it is not to, or finds passages although it is not to, or the other way round.
    pub fn open_or_create(&self, path: impl AsRef<Path>) -> Result<Index, Error> {
        let storage = create_directory(path.as_ref())?;
        if !storage.place().name(is_index(&*storage))? {
            return Index::create_in(storage, self, WriterLimits::default());
        }
        let index = Index::open_in(storage, Some(&self.config), WriterLimits::default())?;
        let settings = [
            ("keeping of texts", index.keeps_texts(), self.keep_texts),
            ("search for passages", index.finds_passages(), self.passages),
        ];
        match settings.into_iter().find(|(_, has, given)| has != given) {
            None => Ok(index),
            Some((what, has, given)) => {
                Err(index.searcher.place.name_in(Error::settings(what, has, given)))
            }
        }
    }

    /// The names of the files of an index that is made now.
    fn names(&self) -> FileNames {
        // The keys of a hash table are the only random numbers of the standard library.
        FileNames::of(self.id.unwrap_or_else(|| RandomState::new().build_hasher().finish()))
    }
}

impl Index {
    /// Makes an index without texts in a directory, which is created if it is missing. See
    /// [`IndexOptions`] for more.
    ///
    /// # Errors
    /// If there is an index already, if another process writes there, or the operating system
    /// refuses.
    pub fn create(path: impl AsRef<Path>, config: &Config) -> Result<Self, Error> {
        IndexOptions::new(config).create(path)
    }

    /// Opens the index in a directory to write. Only one process may do so at a time.
    ///
    /// What a commit acknowledged is there; what a process that died had not committed is not.
    /// Takes a millisecond for a million articles, and some ten microseconds for each of the
    /// newest, up to 4,096, which are read from the log.
    ///
    /// # Errors
    /// If there is no index, if another process writes, if it is of a newer format, if it is
    /// damaged, or the operating system refuses.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, Error> {
        Index::open_in(open_directory(path.as_ref())?, None, WriterLimits::default())
    }

    /// As [`open`](Self::open), if the index was made with such a configuration.
    ///
    /// Threshold, bucket limit and story window may differ from those that it was made with, as
    /// long as the bands stay the same.
    ///
    /// # Errors
    /// As `open`; and if folding, shingles, seed, slots, scope or bands of the configuration
    /// differ. The error names the first difference and both values.
    pub fn open_with(path: impl AsRef<Path>, config: &Config) -> Result<Self, Error> {
        Index::open_in(open_directory(path.as_ref())?, Some(config), WriterLimits::default())
    }

    pub(crate) fn create_in(
        storage: Arc<dyn Storage>,
        options: &IndexOptions,
        limits: WriterLimits,
    ) -> Result<Self, Error> {
        let place = storage.place();
        place.name(Self::create_unnamed(storage, options, limits))
    }

    /// As [`create_in`](Self::create_in), with errors that do not name the directory yet.
    fn create_unnamed(
        storage: Arc<dyn Storage>,
        options: &IndexOptions,
        limits: WriterLimits,
    ) -> Result<Self, Error> {
        let IndexOptions { config, keep_texts, passages, .. } = *options;
        Settings::check_reported(&config)?;
        if passages && !keep_texts {
            return Err(Error::name("keeping of texts", "false", "true, in an index of passages"));
        }
        let lock = storage.lock_index()?;
        match Manifest::load(&*storage) {
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(error),
            Ok(_) => return Err(Error::exists("an index", "create it elsewhere or open it")),
        }
        let settings = Settings::of(&config, keep_texts).with_passages(passages);
        let manifest = Manifest::new(options.names(), settings);
        manifest.store(&*storage)?;
        let schema = Schema::of(&manifest.settings);
        let state = IndexState::new(Vec::new(), 0, limits.memtable_articles);
        let empty = Recovered { manifest, schema, state, log_bytes: 0, records: Vec::new() };
        Ok(Index::new(IndexWriter::new(storage, lock, limits, empty), config))
    }

    pub(crate) fn open_in(
        storage: Arc<dyn Storage>,
        config: Option<&Config>,
        limits: WriterLimits,
    ) -> Result<Self, Error> {
        let place = storage.place();
        place.name(Self::open_unnamed(storage, config, limits))
    }

    /// As [`open_in`](Self::open_in), with errors that do not name the directory yet.
    fn open_unnamed(
        storage: Arc<dyn Storage>,
        config: Option<&Config>,
        limits: WriterLimits,
    ) -> Result<Self, Error> {
        // Checked first, as a failed open must not create a lock file.
        Manifest::load(&*storage)?;
        let lock = storage.lock_index()?;
        let recovered = recover(&*storage, limits.memtable_articles)?;
        let config = checked(&recovered.manifest, config)?;
        let writer = IndexWriter::new(storage, lock, limits, recovered);
        writer.settle_manifest();
        Ok(Index::new(writer, config))
    }
}

impl Snapshot {
    /// Opens the index in a directory to read, as the last commit left it. Another process may be
    /// writing to it, and is not hindered.
    ///
    /// To see later commits, open another snapshot.
    ///
    /// # Errors
    /// If there is no index, if it is of a newer format, if it is damaged, or the operating system
    /// refuses.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, Error> {
        Snapshot::open_in(&*open_directory(path.as_ref())?, None)
    }

    /// As [`open`](Self::open), if the index was made with such a configuration: see
    /// [`Index::open_with`].
    ///
    /// # Errors
    /// As `open`; and if the configuration differs. The error names the first difference and both
    /// values.
    pub fn open_with(path: impl AsRef<Path>, config: &Config) -> Result<Self, Error> {
        Snapshot::open_in(&*open_directory(path.as_ref())?, Some(config))
    }

    pub(crate) fn open_in(storage: &dyn Storage, config: Option<&Config>) -> Result<Self, Error> {
        storage.place().name(Self::open_unnamed(storage, config))
    }

    /// As [`open_in`](Self::open_in), with errors that do not name the directory yet.
    fn open_unnamed(storage: &dyn Storage, config: Option<&Config>) -> Result<Self, Error> {
        let mut recovered = recover(storage, MAX_MEMTABLE_ARTICLES);
        for _ in 1..MAX_READ_TRIES {
            // The writer may have removed a file after the manifest that named it was read.
            match &recovered {
                Err(error) if error.io_kind() == Some(io::ErrorKind::NotFound) => {
                    recovered = recover(storage, MAX_MEMTABLE_ARTICLES);
                }
                _ => break,
            }
        }
        let Recovered { manifest, schema, state, log_bytes, .. } = recovered?;
        let searcher = Searcher::new(checked(&manifest, config)?, schema, storage.place());
        let view = View { log_bytes, ..state.committed() };
        Ok(Snapshot::new(Arc::new(searcher), Arc::new(view)))
    }
}

/// The configuration to go on with.
fn checked(manifest: &Manifest, config: Option<&Config>) -> Result<Config, Error> {
    match config {
        None => Ok(*manifest.settings.config()),
        Some(config) => manifest.settings.check(config).map(|()| *config),
    }
}
