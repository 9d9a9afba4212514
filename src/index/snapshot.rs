//! A snapshot of an index, and queries to it.

use std::fmt;
use std::sync::Arc;

use super::search::answer::{Answer, IndexStats, Match, Query};
use super::search::searcher::Searcher;
use super::search::verifier::TextSource;
use super::search::weights::LearnedWeights;
use super::stored::Stored;
use super::view::{Address, View};
use crate::detector::config::Config;
use crate::error::Error;
use crate::idf::Idf;
use crate::sketch::Sketch;

/// The articles of an index as one commit left them.
///
/// Cheap to make, to clone and to keep. Any number of threads may query it while the
/// [`Index`](crate::Index) takes more articles, and nobody waits for anybody. What is committed
/// later is not in it. Files that the index no longer needs are deleted, but stay readable to a
/// snapshot that has them mapped.
///
/// Segments are mapped into memory. The index never changes one. If another program shortens such a
/// file while it is mapped, reading the missing part cannot be turned into an error: the operating
/// system ends the process (SIGBUS on Unix).
///
/// To read an index from another process, [open](Snapshot::open) a snapshot there.
#[derive(Clone)]
pub struct Snapshot {
    pub(super) searcher: Arc<Searcher>,
    pub(super) view: Arc<View>,
}

impl fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Snapshot")
            .field("commit", &self.view.commit)
            .field("articles", &self.len())
            .finish()
    }
}

impl Snapshot {
    pub(crate) fn new(searcher: Arc<Searcher>, view: Arc<View>) -> Self {
        Snapshot { searcher, view }
    }

    /// The articles of this index that match, compared with texts that the index keeps.
    ///
    /// If it keeps none, matches are reported by their signatures alone, and [`Match::verified`] is
    /// `None`: all articles that share enough of their signatures or of their rare shingles. Then
    /// see [`query_with`](Self::query_with).
    ///
    /// Time: some 40 µs to find the candidates among a million articles in one segment in the page
    /// cache, as much again for each other large segment, and up to some 100 µs for each candidate
    /// that is compared.
    ///
    /// # Errors
    /// If a file of the index is damaged where it is read.
    pub fn query<'q>(&self, query: impl Into<Query<'q>>) -> Result<Answer, Error> {
        self.named(self.searcher.answer(&self.view, &query.into(), None))
    }

    /// As [`query`](Self::query), with the texts that `texts` gives: it is asked for the text of an
    /// id, writes it into the empty string, and returns whether it could. An article whose text is
    /// not available is reported by its signature alone.
    ///
    /// # Errors
    /// If a file of the index is damaged where it is read.
    pub fn query_with<'q>(
        &self,
        query: impl Into<Query<'q>>,
        mut texts: impl FnMut(&str, &mut String) -> bool,
    ) -> Result<Answer, Error> {
        let texts: TextSource<'_> = &mut texts;
        self.named(self.searcher.answer(&self.view, &query.into(), Some(texts)))
    }

    /// The articles that have a passage of the article of a query, whatever else is in them: those
    /// that share most words first. Needs an index of [passages](crate::IndexOptions::passages).
    ///
    /// **What is found.** Every run of [`passage_words`](crate::ConfigBuilder::passage_words) words,
    /// 25 unless set, that a stored article and that of the query have in common word for word,
    /// typography aside: [`Match::passages`] of the article has a passage that it lies in. If one of
    /// the two has the run several times, that holds for one of its places. Of passages that were
    /// edited most are found too. [`Match::verified`] is `None`: of what relation the two articles
    /// are is for [`query`](Self::query) to say.
    ///
    /// At most 4,096 texts are read, those with the rarest of the fingerprints first, so that a page
    /// frame that a hundred thousand articles have hides no other passage.
    ///
    /// Time: that of reading each text that shares a fingerprint, six words; among 22,000 articles
    /// of 970 words half a millisecond in the median, and 28 ms in one of twenty queries.
    ///
    /// # Errors
    /// If the index finds no passages, or a file of it is damaged where it is read.
    ///
    /// ```
    /// use newsprint::{Article, Config, IndexOptions};
    ///
    /// # let path = std::env::temp_dir().join(format!("newsprint-reuse-{}", std::process::id()));
    /// # let _ = std::fs::remove_dir_all(&path);
    /// let river = "The river rose by two metres in a single night, and the old bridge was closed at \
    ///     dawn on Monday after a boat had hit one of its pillars, the mayor said.";
    /// let options = IndexOptions::new(&Config::default()).keep_texts(true).passages(true);
    /// let mut index = options.create(&path)?;
    /// let old = format!("{river} {}", "Schools stay open this week. ".repeat(100));
    /// index.insert(&Article::new(&old).id("a"))?;
    ///
    /// let new = format!("{} {river}", "A boat sank in the harbour. ".repeat(100));
    /// let found = index.latest().passages(&new)?;
    /// let shared = found[0].passages.as_ref().expect("what was asked for");
    /// assert_eq!(new[shared.passages[0].left.clone()], *river.trim_end_matches('.'));
    /// # std::fs::remove_dir_all(&path).unwrap();
    /// # Ok::<(), newsprint::Error>(())
    /// ```
    pub fn passages<'q>(&self, query: impl Into<Query<'q>>) -> Result<Vec<Match>, Error> {
        self.named(self.searcher.by_passages(&self.view, &query.into()))
    }

    /// The articles whose signatures share a band with that of `sketch`, and enough slots, the most
    /// similar first. No text is read.
    ///
    /// # Errors
    /// If the sketch was made differently from those of the index, or a file of the index is
    /// damaged where it is read.
    pub fn query_signature(&self, sketch: &Sketch) -> Result<Vec<Match>, Error> {
        self.named(self.searcher.by_signature(&self.view, sketch))
    }

    /// The article of an id, if there is one. O(segments) time, some microseconds.
    ///
    /// # Errors
    /// If a file of the index is damaged where it is read.
    ///
    /// ```
    /// use newsprint::{Article, Config, IndexOptions};
    ///
    /// # let path = std::env::temp_dir().join(format!("newsprint-get-{}", std::process::id()));
    /// # let _ = std::fs::remove_dir_all(&path);
    /// let mut index = IndexOptions::new(&Config::default()).keep_texts(true).create(&path)?;
    /// let text = "The river rose.";
    /// index.insert(&Article::new(text).id("a").source("Post"))?;
    /// index.commit()?;
    ///
    /// let stored = index.snapshot().get("a")?.expect("exists");
    /// assert_eq!(stored.source.as_deref(), Some("Post"));
    /// assert_eq!(stored.text.as_deref(), Some(text));
    /// assert_eq!(index.snapshot().get("b")?, None);
    /// // All of them, for example to fill an index of another preset.
    /// for stored in index.snapshot().articles() {
    ///     println!("{}", stored?.id);
    /// }
    /// # std::fs::remove_dir_all(&path).unwrap();
    /// # Ok::<(), newsprint::Error>(())
    /// ```
    pub fn get(&self, id: &str) -> Result<Option<Stored>, Error> {
        let found = self.named(self.view.with_id(id))?;
        found.map(|address| self.stored(address)).transpose()
    }

    /// All articles, about in the order of their arrival, except that exact duplicates follow the
    /// first of their text. For a damaged one there is an error in its place.
    ///
    /// Some microseconds an article, most of them for its text.
    pub fn articles(&self) -> impl Iterator<Item = Result<Stored, Error>> + '_ {
        let addresses = self.view.numbered().flat_map(|(leaf, reader)| {
            let live = (0..reader.len()).filter(|&article| !reader.is_deleted(article));
            live.map(move |article| Address { leaf, article })
        });
        addresses.map(|address| self.stored(address))
    }

    fn stored(&self, address: Address) -> Result<Stored, Error> {
        let leaf = self.view.leaf(address);
        self.named(Stored::read(leaf, address.article, self.keeps_texts()))
    }

    /// Names the directory of the index in an error.
    fn named<T>(&self, result: Result<T, Error>) -> Result<T, Error> {
        self.searcher.place.name(result)
    }

    /// The number of articles.
    pub fn len(&self) -> u64 {
        self.view.len
    }

    /// True if there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether there is an article of this id.
    ///
    /// # Errors
    /// If a file of the index is damaged where it is read.
    pub fn contains(&self, id: &str) -> Result<bool, Error> {
        Ok(self.named(self.view.with_id(id))?.is_some())
    }

    /// Whether the index keeps texts.
    pub fn keeps_texts(&self) -> bool {
        self.searcher.schema.texts
    }

    /// Whether the index finds [passages](crate::IndexOptions::passages).
    pub fn finds_passages(&self) -> bool {
        self.searcher.schema.passages
    }

    /// How the articles were processed.
    pub fn config(&self) -> &Config {
        &self.searcher.config
    }

    /// The size of the index.
    pub fn stats(&self) -> IndexStats {
        let mut stats = IndexStats {
            articles: self.len(),
            commits: self.view.commit,
            bytes: self.view.log_bytes,
            ..IndexStats::default()
        };
        for leaf in &self.view.leaves {
            stats.removed += u64::from(leaf.len());
            match leaf.file_bytes() {
                Some(bytes) => {
                    stats.segments += 1;
                    stats.bytes += bytes;
                }
                None => stats.recent += u64::from(leaf.len()),
            }
        }
        stats.removed -= stats.articles;
        stats
    }

    /// The weights of words, learned from the articles of the index, to compare texts with: see
    /// [`Detector::with_idf`](crate::Detector::with_idf). `None` unless the index looks for stories
    /// and has thousands of texts.
    ///
    /// # Errors
    /// If a file of the index is damaged where it is read.
    pub fn learned_idf(&self) -> Result<Option<Idf>, Error> {
        let Searcher { config, schema, weights, .. } = &*self.searcher;
        let learned = weights.of(&self.view, schema, config.sketcher().shingler());
        let learned = self.named(learned)?;
        Ok(learned.as_deref().and_then(LearnedWeights::words).cloned())
    }
}
