//! The writer of an index.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use crate::article::Article;
use crate::date::Date;
use crate::detector::config::Config;
use crate::detector::reading::Signer;
use crate::error::Error;
use crate::idf::words::WordReader;
use crate::index::search::answer::{Answer, IndexStats, Query};
use crate::index::search::weights::{keeps_terms, keeps_words};
use crate::index::segment::entry::{Entry, Facts, row};
use crate::index::segment::schema::Shape;
use crate::index::segment::texts::pack;
use crate::index::snapshot::{Shared, Snapshot, View, band_keys};
use crate::index::store::log::Log;
use crate::index::store::manifest::Manifest;
use crate::index::store::storage::Storage;
use crate::index::store::wire::Writer;
use crate::index::write::merge::Merging;
use crate::index::write::state::{State, record_expire, record_insert, record_remove};
use crate::sketch::Sketch;
use crate::sketch::story::TermReader;

/// Bytes of an id or a source at most.
const LONGEST_NAME: usize = 4096;
/// Bytes of a text at most: more than any article has, and little enough to be signed in a fraction
/// of a second.
const LONGEST_TEXT: usize = 16 << 20;

/// Articles that keep arriving, in memory and on disk, to be asked what copies what.
///
/// An index is a directory. One process writes; any number [read](Snapshot) at the same time, in
/// this process and in others. What [`commit`](Index::commit) acknowledged survives whatever
/// happens to the process, the machine's power or the disk's room; what was not acknowledged is
/// absent as a whole. The writer itself sees what it has not committed yet.
///
/// Ids are yours and lead back to your texts: the index keeps signatures and keys, some 450 bytes
/// for an article of 3 KB, and texts only if [asked](crate::index::IndexOptions::keep_texts).
///
/// ```
/// use newsprint::{Article, Config, Index};
///
/// # let path = std::env::temp_dir().join(format!("newsprint-index-{}", std::process::id()));
/// # let _ = std::fs::remove_dir_all(&path);
/// let river = "The river rose by two metres in a night, and the old bridge was closed at dawn, the mayor said.";
/// let mut index = Index::create(&path, &Config::default())?;
/// index.insert(&Article { id: Some("a"), date: Some("2018-07-16".parse()?), ..Article::new(river) })?;
/// index.commit()?;
///
/// // Texts come from wherever you keep them.
/// let copy = format!("Flood. {river} Nobody was hurt.");
/// let answer = index.query_with(&copy, |id, text| {
///     text.push_str(river);
///     id == "a"
/// })?;
/// assert_eq!(answer.matches[0].id, "a");
/// assert_eq!(answer.matches[0].verified.unwrap().relation, newsprint::Relation::Copy);
/// # std::fs::remove_dir_all(&path).unwrap();
/// # Ok::<(), newsprint::Error>(())
/// ```
///
/// **Limits**, each told by the error that names it: an id has 1 to 4,096 bytes, a source as many
/// at most, a text 16 MiB. Of the articles under one key the last 1,024 are looked at, so a flood
/// of like pages makes no query slow. An article without words is kept and matches nothing.
pub struct Index {
    pub(crate) storage: Arc<dyn Storage>,
    _lock: Box<dyn Send + Sync>,
    pub(crate) shared: Arc<Shared>,
    pub(crate) manifest: Manifest,
    /// The log that commits go to, once there is one. What another process wrote is not continued:
    /// if that could not make it durable, nobody can tell any more.
    pub(crate) log: Option<Log>,
    /// The records of the log that another process wrote, for the first commit of this one.
    pub(crate) carried: Vec<u8>,
    /// The records of the log, and where the pending ones begin, that came after the tables that
    /// are [full](State::full).
    pub(crate) since: Vec<u8>,
    pub(crate) pending_since: usize,
    /// Whether segments hold what no commit has acknowledged yet.
    pub(crate) moved: bool,
    pub(crate) state: State,
    /// Records that are neither in the log nor in a segment.
    pub(crate) pending: Writer,
    pub(crate) next_file: u64,
    pub(crate) flushing: Option<Merging>,
    pub(crate) merging: Option<Merging>,
    pub(crate) merge_failed: Option<Error>,
    /// As the last commit left it.
    pub(crate) published: Arc<View>,
    signing: Signing,
}

/// Working memory of what is inserted.
struct Signing {
    signer: Signer,
    terms: TermReader,
    words: WordReader,
    row: Vec<u8>,
    bands: Vec<u32>,
}

impl fmt::Debug for Index {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Index")
            .field("storage", &self.storage)
            .field("articles", &self.len())
            .finish_non_exhaustive()
    }
}

impl Index {
    pub(crate) fn new(
        storage: Arc<dyn Storage>,
        lock: Box<dyn Send + Sync>,
        manifest: Manifest,
        config: Config,
        shape: Shape,
        state: State,
        carried: Vec<u8>,
    ) -> Self {
        let published = Arc::new(state.committed());
        let signing = Signing {
            signer: Signer::new(&config),
            terms: TermReader::default(),
            words: WordReader::default(),
            row: Vec::new(),
            bands: Vec::new(),
        };
        Index {
            storage,
            _lock: lock,
            shared: Arc::new(Shared::new(config, shape)),
            next_file: manifest.next_file,
            manifest,
            log: None,
            carried,
            since: Vec::new(),
            pending_since: 0,
            moved: false,
            state,
            pending: Writer::default(),
            flushing: None,
            merging: None,
            merge_failed: None,
            published,
            signing,
        }
    }

    /// Adds an article: found from now on by this index, and by others after the next
    /// [`commit`](Self::commit).
    ///
    /// Time: some 15 µs for 3 KB.
    ///
    /// # Errors
    /// If it has no id, if an article of this id is there, if a [limit](Index) is passed, if a file
    /// that must be read is damaged, or if the operating system refuses to write what no longer has
    /// room in memory. Then the article is not added, and nothing else is lost.
    pub fn insert(&mut self, article: &Article<'_>) -> Result<(), Error> {
        let id = checked_id(article)?;
        if self.contains(id)? {
            return Err(Error::exists(
                format!("an article of id {}", shown(id)),
                "use upsert to replace it",
            ));
        }
        let entry = self.prepare(article, id, None)?;
        self.add(entry);
        Ok(())
    }

    /// Adds an article in place of the one of its id, if there is one; says whether there was.
    ///
    /// # Errors
    /// As [`insert`](Self::insert), but for the id. Then the one before is still there.
    pub fn upsert(&mut self, article: &Article<'_>) -> Result<bool, Error> {
        let id = checked_id(article)?;
        let entry = self.prepare(article, id, None)?;
        let replaced = self.remove(id)?;
        self.add(entry);
        Ok(replaced)
    }

    /// What happens in a newsroom when an article arrives: tells what it matches, as
    /// [`query_with`](Self::query_with), puts it in the cluster of what it has a text in common
    /// with, and adds it in place of the one of its id, if there is one.
    ///
    /// Clusters are stars, as those of [`Detector::cluster`](crate::Detector::cluster) for articles
    /// that come in the order of their dates: an article joins the best match that stands for a
    /// cluster, or the cluster of the best match if it matches what stands for it, and stands for
    /// one of its own otherwise, which goes by its id. If what a cluster began with is gone, the
    /// first of those that are left stands for it, and the cluster keeps its name; an article that
    /// takes the place of one of its id begins a cluster of another name then, `id~2`.
    /// [`Reach`](crate::index::Reach) tells how many there are in it.
    ///
    /// # Errors
    /// As [`upsert`](Self::upsert).
    pub fn arrive(
        &mut self,
        article: &Article<'_>,
        mut texts: impl FnMut(&str, &mut String) -> bool,
    ) -> Result<Answer, Error> {
        let id = checked_id(article)?;
        let (snapshot, query) = (self.latest(), Query::from(article));
        let searched = snapshot
            .search(&query, if self.shared.shape.texts { None } else { Some(&mut texts) })?;
        let answer = snapshot.answer(&query, &searched)?;
        let entry = self.prepare(article, id, searched.cluster)?;
        // It stands for itself if there is nothing else.
        let cluster = Some(entry.cluster.as_deref().unwrap_or(id).to_owned());
        self.remove(id)?;
        self.add(entry);
        Ok(Answer { cluster, ..answer })
    }

    /// Takes an article away; false if there is none of this id.
    ///
    /// # Errors
    /// If a file that must be read is damaged.
    pub fn remove(&mut self, id: &str) -> Result<bool, Error> {
        let removed = self.state.remove(id)?;
        if removed {
            record_remove(id, &mut self.pending);
        }
        Ok(removed)
    }

    /// Takes the articles of an earlier date away and says how many. Those without a date stay; so
    /// do articles of an earlier date that are added later.
    ///
    /// Files that hold nothing else are dropped as a whole, which costs nothing; of one that holds
    /// others too, the dates are read.
    ///
    /// # Errors
    /// If a file that must be read is damaged.
    pub fn expire(&mut self, before: Date) -> Result<u64, Error> {
        let expired = self.state.expire(before.unix_seconds())?;
        if expired > 0 {
            record_expire(before.unix_seconds(), &mut self.pending);
        }
        Ok(expired)
    }

    /// As [`Snapshot::query`], of all articles, committed or not.
    ///
    /// # Errors
    /// If a file of the index is damaged where it is read.
    pub fn query<'q>(&self, query: impl Into<Query<'q>>) -> Result<Answer, Error> {
        self.latest().query(query)
    }

    /// As [`Snapshot::query_with`], of all articles, committed or not.
    ///
    /// # Errors
    /// If a file of the index is damaged where it is read.
    pub fn query_with<'q>(
        &self,
        query: impl Into<Query<'q>>,
        texts: impl FnMut(&str, &mut String) -> bool,
    ) -> Result<Answer, Error> {
        self.latest().query_with(query, texts)
    }

    /// As [`Snapshot::query_signature`], of all articles, committed or not.
    ///
    /// # Errors
    /// If the sketch was made differently from those of the index, or a file of the index is
    /// damaged where it is read.
    pub fn query_signature(&self, sketch: &Sketch) -> Result<Vec<crate::index::Match>, Error> {
        self.latest().query_signature(sketch)
    }

    /// The articles as the last commit left them, to be asked from any thread.
    pub fn snapshot(&self) -> Snapshot {
        Snapshot { shared: Arc::clone(&self.shared), view: Arc::clone(&self.published) }
    }

    /// How many articles there are, committed or not.
    pub fn len(&self) -> u64 {
        self.state.len
    }

    /// True if there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether an article of this id is there, committed or not.
    ///
    /// # Errors
    /// If a file of the index is damaged where it is read.
    pub fn contains(&self, id: &str) -> Result<bool, Error> {
        self.state.contains(id)
    }

    /// How the articles are made.
    pub fn config(&self) -> &Config {
        &self.shared.config
    }

    /// Whether the index keeps texts.
    pub fn keeps_texts(&self) -> bool {
        self.shared.shape.texts
    }

    /// What the index amounts to, committed or not.
    pub fn stats(&self) -> IndexStats {
        self.latest().stats()
    }

    /// Whether segments are being merged.
    pub fn is_merging(&self) -> bool {
        self.merging.is_some()
    }

    /// Why the last segment could not be written or merged, if so. It is tried again; nothing is
    /// lost.
    pub fn merge_failed(&self) -> Option<&Error> {
        self.merge_failed.as_ref()
    }

    /// All articles, committed or not.
    pub(crate) fn latest(&self) -> Snapshot {
        Snapshot { shared: Arc::clone(&self.shared), view: Arc::new(self.view()) }
    }

    /// Makes room for an article, and what is kept of it.
    fn prepare(
        &mut self,
        article: &Article<'_>,
        id: &str,
        cluster: Option<String>,
    ) -> Result<Entry, Error> {
        if self.state.is_full() {
            self.make_room()?;
        }
        let Shared { config, shape, .. } = &*self.shared;
        let Signing { signer, terms, words, row: of_slots, bands } = &mut self.signing;
        let signed = signer.sign(article.text);
        let facts = Facts {
            digest: signed.digest,
            date: article.date.map(Date::unix_seconds),
            length: article.text.len() as u32,
            shingles: signed.shingles,
            anchors: signed.anchors.len() as u16,
            ..Facts::default()
        };
        row(signed.slots, of_slots);
        bands.clear();
        let has_words = facts.shingles > 0;
        if has_words {
            band_keys(config, signed.slots, bands);
        }
        let cluster = match cluster {
            None => name_left(&self.state, id, facts.digest)?,
            cluster => cluster,
        };
        let mut entry = Entry {
            id: id.into(),
            source: article.source.map(Into::into),
            facts,
            row: of_slots.as_slice().into(),
            bands: bands.as_slice().into(),
            anchors: if shape.anchors { signed.anchors.into() } else { Box::default() },
            twin_of: None,
            cluster: cluster.map(Into::into),
            terms: Box::default(),
            has_story: shape.story,
            words: Box::default(),
            text: if shape.texts { pack(article.text) } else { Box::default() },
            removed: AtomicU64::new(Entry::STAYS),
        };
        let folding = config.sketcher().shingler().folding();
        if has_words && keeps_terms(facts.digest, self.state.len, shape) {
            entry.terms = (&*terms.read(article.text, folding)).into();
        }
        if has_words && keeps_words(facts.digest, self.state.len, shape) {
            entry.words = words.read(article.text, folding).into();
        }
        Ok(entry)
    }

    fn add(&mut self, entry: Entry) {
        record_insert(&entry, &mut self.pending);
        self.state.insert(entry);
    }
}

/// The name of the cluster that an article of this id and digest begins, if that is not its id:
/// there are articles in the cluster of that name, which an earlier text of the id began.
fn name_left(state: &State, id: &str, digest: u64) -> Result<Option<String>, Error> {
    if !state.has_cluster(id)? {
        return Ok(None);
    }
    if let Some(cluster) = state.cluster_of_text(id, digest)? {
        return Ok(cluster);
    }
    for n in 2u64.. {
        let name = format!("{id}~{n}");
        if !state.has_cluster(&name)? {
            return Ok(Some(name));
        }
    }
    Ok(None)
}

fn shown(id: &str) -> String {
    id.chars().take(40).collect()
}

fn checked_id<'a>(article: &Article<'a>) -> Result<&'a str, Error> {
    let id = article.id.unwrap_or_default();
    for (what, bytes, least, most) in [
        ("bytes of an id", id.len(), 1, LONGEST_NAME),
        ("bytes of a source", article.source.map_or(0, str::len), 0, LONGEST_NAME),
        ("bytes of a text", article.text.len(), 0, LONGEST_TEXT),
    ] {
        if !(least..=most).contains(&bytes) {
            return Err(Error::range(what, bytes, format!("from {least} to {most}")));
        }
    }
    Ok(id)
}
