//! The index that is written to.

use std::fmt;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use super::limits::{MAX_FINGERPRINTS, MAX_NAME_BYTES, MAX_TEXT_BYTES};
use super::search::answer::{Answer, Query};
use super::search::searcher::Searcher;
use super::search::signed::{TextKeys, TextSigner};
use super::search::verifier::TextSource;
use super::segment::metadata::Metadata;
use super::segment::texts::pack;
use super::snapshot::Snapshot;
use super::view::View;
use super::write::indexed::IndexedArticle;
use super::write::writer::IndexWriter;
use crate::article::Article;
use crate::date::Date;
use crate::detector::config::Config;
use crate::error::Error;
use crate::idf::words::WordReader;
use crate::passages::Fingerprinter;
use crate::progress::Progress;
use crate::sketch::key_terms::TermReader;

/// Articles that keep arriving, in memory and on disk, searched for copies.
///
/// An index is a directory. One process writes; any number [read](Snapshot) at the same time, in
/// this process and in others. What [`commit`](Index::commit) acknowledged survives whatever
/// happens to the process, the power or the space on the disk; of what was not acknowledged nothing
/// is left. The writer itself sees what it has not committed yet.
///
/// Ids are yours and lead back to your texts. The index stores signatures and keys, some 450 bytes
/// for an article of 3 KB, and texts only if [asked](crate::IndexOptions::keep_texts).
///
/// ```
/// use newsprint::{Article, Config, Index};
///
/// # let path = std::env::temp_dir().join(format!("newsprint-index-{}", std::process::id()));
/// # let _ = std::fs::remove_dir_all(&path);
/// let river = "The river rose by two metres in a night, and the old bridge was closed at dawn, \
///     the mayor said.";
/// let mut index = Index::create(&path, &Config::default())?;
/// let date = Some("2018-07-16".parse()?);
/// index.insert(&Article::new(river).id("a").date(date))?;
/// index.commit()?;
///
/// // Texts come from wherever you keep them.
/// let copy = format!("Flood. {river} Nobody was hurt.");
/// let answer = index.latest().query_with(&copy, |id, text| {
///     text.push_str(river);
///     id == "a"
/// })?;
/// assert_eq!(answer.matches[0].id, "a");
/// assert_eq!(answer.matches[0].verified.unwrap().relation, newsprint::Relation::Copy);
/// # std::fs::remove_dir_all(&path).unwrap();
/// # Ok::<(), newsprint::Error>(())
/// ```
///
/// # What survives
///
/// - What a commit acknowledged is there after a crash, a power cut or a full disk; of what was not
///   acknowledged nothing is there, and never half of it.
/// - Every block has a checksum. Damage is named with file and byte and never answered from;
///   [`verify`](crate::Index::verify) reads everything, and [`repair`](crate::Index::repair) keeps
///   what is whole.
/// - Where files are missing, as after a partial restore, nothing new is made over what is left:
///   the error names what is missing, and `repair` makes a lost manifest from its copy or from the
///   segments and logs. Each file bears the id of its index, and no other file is ever removed.
/// - Two losses look like a write that a crash tore: the last commit of a log, if the power failed
///   right after it and the file was damaged later; and commits at the end of a log that was cut
///   before the index was closed.
///
/// # Limits
///
/// Each is named by the error that reports it.
///
/// - An id has 1 to 4,096 bytes, a source at most as many, a text 16 MiB.
/// - In an index of [passages](crate::IndexOptions::passages) a text has at most 2,944
///   fingerprints, those of some 30,000 words.
/// - A query looks at the last 1,024 articles under each key, so a flood of similar pages makes no
///   query slow. An article without words is kept and matches nothing.
/// - One process writes; a second writer is refused.
/// - An index reports the relations of its preset. [`Index::reindex`] makes another of one that
///   keeps texts. Titles are not kept, and texts only if asked.
/// - A cluster is what the index held when an article arrived; later arrivals move nobody. To group
///   an archive whose order is not that of time, use
///   [`Detector::cluster`](crate::Detector::cluster). Articles that were inserted, not ingested,
///   begin a cluster each.
/// - At rest the index finds exactly the pairs that
///   [`Detector::find_pairs`](crate::Detector::find_pairs) finds. While articles arrive it is not
///   yet known what will turn out to be boilerplate, and more is compared.
pub struct Index {
    pub(super) writer: IndexWriter,
    pub(super) searcher: Arc<Searcher>,
    signer: TextSigner,
    terms: TermReader,
    words: WordReader,
    /// Only in an index of passages.
    fingerprints: Option<Fingerprinter>,
}

impl fmt::Debug for Index {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Index")
            .field("storage", &self.writer.storage)
            .field("articles", &self.len())
            .finish_non_exhaustive()
    }
}

impl Index {
    pub(crate) fn new(writer: IndexWriter, config: Config) -> Self {
        let schema = *writer.schema();
        Index {
            fingerprints: schema.passages.then(|| Fingerprinter::new(config.passage_grain())),
            searcher: Arc::new(Searcher::new(config, schema, writer.storage.place())),
            signer: TextSigner::new(&config),
            terms: TermReader::default(),
            words: WordReader::default(),
            writer,
        }
    }

    /// Adds an article. This index finds it from now on, others after the next
    /// [`commit`](Self::commit).
    ///
    /// Time: some 15 µs for 3 KB.
    ///
    /// # Errors
    /// If it has no id, if an article of this id exists, if a [limit](Index) is exceeded, if a file
    /// that must be read is damaged, or if memory is full and the operating system refuses to write
    /// a segment. Then the article is not added, and nothing else is lost.
    pub fn insert(&mut self, article: &Article<'_>) -> Result<(), Error> {
        let inserted = self.insert_new(article);
        self.named(inserted)
    }

    fn insert_new(&mut self, article: &Article<'_>) -> Result<(), Error> {
        let id = checked_id(article)?;
        if self.writer.view().with_id(id)?.is_some() {
            return Err(Error::exists(
                format!("an article of id {}", id.chars().take(40).collect::<String>()),
                "use upsert to replace it",
            ));
        }
        let indexed = self.index(article, id)?;
        self.writer.insert(indexed);
        Ok(())
    }

    /// Adds an article and replaces the one of its id, if there is one; returns whether there was.
    ///
    /// # Errors
    /// As [`insert`](Self::insert), except that the id may exist. Then the one before is still
    /// there.
    pub fn upsert(&mut self, article: &Article<'_>) -> Result<bool, Error> {
        let replaced = self.replace(article);
        self.named(replaced)
    }

    fn replace(&mut self, article: &Article<'_>) -> Result<bool, Error> {
        let id = checked_id(article)?;
        let indexed = self.index(article, id)?;
        let replaced = self.writer.remove(id)?;
        self.writer.insert(indexed);
        Ok(replaced)
    }

    /// What a newsroom does with an article that arrives: finds what it matches, as
    /// [`Snapshot::query`] does, puts it in the cluster of what it shares text with, and adds it in
    /// the place of the one of its id, if there is one.
    ///
    /// Clusters are stars, as those of [`Detector::cluster`](crate::Detector::cluster) for articles
    /// that come in the order of their dates. An article joins the best match that represents a
    /// cluster, or else the cluster of the best match, if it matches the representative of that
    /// cluster. Otherwise it represents a cluster of its own, which bears its id. If the article
    /// that a cluster began with is deleted, the first of those that are left represents it, and
    /// the cluster keeps its name; an article that takes the place of one of its id then begins a
    /// cluster of another name, `id~2`. [`Provenance`](crate::results::Provenance) says how many
    /// articles are in it.
    ///
    /// # Errors
    /// As [`upsert`](Self::upsert).
    pub fn ingest(&mut self, article: &Article<'_>) -> Result<Answer, Error> {
        let answer = self.ingest_from(article, None);
        self.named(answer)
    }

    /// As [`ingest`](Self::ingest), with texts that the index does not keep: see
    /// [`Snapshot::query_with`]. If it keeps texts, it uses its own.
    ///
    /// # Errors
    /// As [`upsert`](Self::upsert).
    pub fn ingest_with(
        &mut self,
        article: &Article<'_>,
        mut texts: impl FnMut(&str, &mut String) -> bool,
    ) -> Result<Answer, Error> {
        let texts: TextSource<'_> = &mut texts;
        let texts = Some(texts).filter(|_| !self.searcher.schema.texts);
        let answer = self.ingest_from(article, texts);
        self.named(answer)
    }

    fn ingest_from(
        &mut self,
        article: &Article<'_>,
        texts: Option<TextSource<'_>>,
    ) -> Result<Answer, Error> {
        let id = checked_id(article)?;
        let Searcher { config, schema, .. } = &*self.searcher;
        let signed = self.signer.sign(article.text, config, schema);
        let view = self.writer.view();
        let answer = self.searcher.answer_signed(&view, &Query::from(article), signed, texts)?;
        drop(view);
        let indexed = self.index_signed(article, id, answer.cluster)?;
        // An article that is put in no cluster represents its own.
        let cluster = Some(indexed.cluster.as_deref().unwrap_or(id).to_owned());
        self.writer.remove(id)?;
        self.writer.insert(indexed);
        Ok(Answer { cluster, ..answer })
    }

    /// Deletes the article of an id; false if there is none.
    ///
    /// # Errors
    /// If a file that must be read is damaged.
    pub fn remove(&mut self, id: &str) -> Result<bool, Error> {
        let removed = self.writer.remove(id);
        self.named(removed)
    }

    /// Deletes the articles of an earlier date, and returns how many. Articles without a date stay;
    /// so do articles of an earlier date that are added later.
    ///
    /// Files that hold no other articles are dropped as a whole, which costs nothing; of files that
    /// hold others too, the dates are read.
    ///
    /// # Errors
    /// If a file that must be read is damaged.
    pub fn expire(&mut self, before: Date) -> Result<u64, Error> {
        let expired = self.writer.expire(before.unix_seconds());
        self.named(expired)
    }

    /// Makes everything since the last commit durable, and visible to others: all of it or nothing.
    ///
    /// When it returns, the operating system has been told to write and has reported success
    /// (fsync). That takes milliseconds, so commit some hundred articles at a time, or every
    /// second.
    ///
    /// # Errors
    /// If the operating system refuses. What was to be committed is still there, and may be
    /// committed later, when there is space again.
    pub fn commit(&mut self) -> Result<(), Error> {
        let committed = self.writer.commit();
        self.named(committed)
    }

    /// Merges all segments into as few as possible at once, and commits: for an index that will be
    /// queried more than it is added to. Takes some microseconds an article.
    ///
    /// # Errors
    /// If a file is damaged, or the operating system refuses to write. Nothing is lost then.
    pub fn merge(&mut self) -> Result<(), Error> {
        self.merge_with(Progress::ignore)
    }

    /// As [`merge`](Self::merge). Reports to `progress` after each segment, and ends early if that
    /// says so: then what is merged by then is committed.
    ///
    /// # Errors
    /// As `merge`; and if `progress` ends the work.
    pub fn merge_with(
        &mut self,
        progress: impl Fn(Progress) -> ControlFlow<()> + Sync,
    ) -> Result<(), Error> {
        let merged = self.writer.merge_all(&progress);
        self.named(merged)
    }

    /// Commits, and leaves few segments and little in the log, so that the index opens quickly and
    /// answers quickly: every segment has at least as many articles as all later ones together.
    /// That takes some microseconds an article after very many were added, and next to nothing
    /// after a few. An index that is dropped instead loses what was not committed.
    ///
    /// # Errors
    /// As [`commit`](Self::commit).
    pub fn close(self) -> Result<(), Error> {
        let Index { writer, searcher, .. } = self;
        searcher.place.name(writer.close())
    }

    /// The articles as the last commit left them, to be queried from any thread.
    pub fn snapshot(&self) -> Snapshot {
        Snapshot::new(Arc::clone(&self.searcher), self.writer.published())
    }

    /// All articles, committed or not, as they are now.
    pub fn latest(&self) -> Snapshot {
        Snapshot::new(Arc::clone(&self.searcher), Arc::new(self.writer.view()))
    }

    /// The number of articles, committed or not.
    pub fn len(&self) -> u64 {
        self.writer.len()
    }

    /// True if there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether there is an article of this id, committed or not.
    ///
    /// # Errors
    /// If a file of the index is damaged where it is read.
    pub fn contains(&self, id: &str) -> Result<bool, Error> {
        Ok(self.named(self.writer.view().with_id(id))?.is_some())
    }

    /// How articles are processed.
    pub fn config(&self) -> &Config {
        &self.searcher.config
    }

    /// Whether the index keeps texts.
    pub fn keeps_texts(&self) -> bool {
        self.searcher.schema.texts
    }

    /// Whether the index finds [passages](crate::IndexOptions::passages).
    pub fn finds_passages(&self) -> bool {
        self.searcher.schema.passages
    }

    /// Whether segments are being merged.
    pub fn is_merging(&self) -> bool {
        self.writer.is_merging()
    }

    /// Why the last segment could not be written or merged, if so. It is tried again; nothing is
    /// lost.
    pub fn merge_failed(&self) -> Option<&Error> {
        self.writer.merge_failed()
    }

    /// Names the directory of this index in an error.
    fn named<T>(&self, result: Result<T, Error>) -> Result<T, Error> {
        self.searcher.place.name(result)
    }

    /// Signs an article, and makes of it what is stored.
    fn index(&mut self, article: &Article<'_>, id: &str) -> Result<IndexedArticle, Error> {
        let Searcher { config, schema, .. } = &*self.searcher;
        self.signer.sign(article.text, config, schema);
        self.index_signed(article, id, None)
    }

    /// Makes of an article that was signed last what is stored, and makes room for it.
    fn index_signed(
        &mut self,
        article: &Article<'_>,
        id: &str,
        cluster: Option<String>,
    ) -> Result<IndexedArticle, Error> {
        self.writer.make_room()?;
        let Searcher { config, schema, .. } = &*self.searcher;
        let fingerprints = self.fingerprints.as_mut().map(|it| it.read(article.text));
        let count = fingerprints.map_or(0, <[u32]>::len);
        if count > MAX_FINGERPRINTS {
            let limit = format!("at most {MAX_FINGERPRINTS}, in an index of passages");
            return Err(Error::range("fingerprints of a text", count, limit));
        }
        let signed = self.signer.signed();
        let cluster = match cluster {
            None => other_name(&self.writer.view(), id, signed.digest)?,
            cluster => cluster,
        };
        let folding = config.sketcher().shingler().folding();
        let (has_words, texts) = (signed.shingles > 0, self.writer.len());
        let terms = match schema.keeps_terms(signed.digest, texts) {
            true if schema.stories => signed.terms.as_slice().into(),
            true if has_words => (&*self.terms.read(article.text, folding)).into(),
            _ => Box::default(),
        };
        let words = match has_words && schema.keeps_words(signed.digest, texts) {
            true => self.words.read(article.text, folding).into(),
            false => Box::default(),
        };
        Ok(IndexedArticle {
            id: id.into(),
            source: article.source.map(Into::into),
            metadata: metadata(article, signed),
            signature: signed.signature.as_slice().into(),
            bands: signed.bands.as_slice().into(),
            anchors: signed.anchors.as_slice().into(),
            duplicate_of: None,
            cluster: cluster.map(Into::into),
            terms,
            has_term_keys: schema.stories,
            words,
            text: if schema.texts { pack(article.text) } else { Box::default() },
            fingerprints: fingerprints.map(Into::into),
            deleted_by: AtomicU64::new(IndexedArticle::LIVE),
        })
    }
}

fn metadata(article: &Article<'_>, signed: &TextKeys) -> Metadata {
    Metadata {
        digest: signed.digest,
        date: article.date.map(Date::unix_seconds),
        text_bytes: article.text.len() as u32,
        shingles: signed.shingles,
        anchors: signed.anchors.len() as u16,
        ..Metadata::default()
    }
}

/// The name of the cluster that an article begins, if that is not its id: an earlier text of the id
/// has begun a cluster that still has articles.
fn other_name(view: &View, id: &str, digest: u64) -> Result<Option<String>, Error> {
    if !view.has_cluster(id)? {
        return Ok(None);
    }
    // The same text once more stays where it is.
    if let Some(address) = view.with_id(id)? {
        let (leaf, article) = (view.leaf(address), address.article);
        if leaf.metadata(article)?.digest == digest {
            return Ok(leaf.cluster(article)?.map(str::to_owned));
        }
    }
    for n in 2u64.. {
        let name = format!("{id}~{n}");
        if !view.has_cluster(&name)? {
            return Ok(Some(name));
        }
    }
    Ok(None)
}

/// The id of an article, if the article is within all limits.
fn checked_id<'a>(article: &Article<'a>) -> Result<&'a str, Error> {
    let id = article.id.unwrap_or_default();
    for (what, bytes, least, most) in [
        ("bytes of an id", id.len(), 1, MAX_NAME_BYTES),
        ("bytes of a source", article.source.map_or(0, str::len), 0, MAX_NAME_BYTES),
        ("bytes of a text", article.text.len(), 0, MAX_TEXT_BYTES),
    ] {
        if !(least..=most).contains(&bytes) {
            return Err(Error::range(what, bytes, format!("from {least} to {most}")));
        }
    }
    Ok(id)
}
