//! Queries and answers.

use crate::article::Article;
use crate::compare::overlap::Overlap;
use crate::compare::passages::Passages;
use crate::date::Date;
use crate::index::limits::MAX_MATCHES;
use crate::sketch::minhash::Estimate;
use crate::verify::relation::{LinkKind, Relation};

/// A query to an [`Index`](crate::Index): an article, and which matches to report.
///
/// A text alone is a query, too.
///
/// ```
/// use newsprint::{Article, Query};
///
/// let article = Article::new("The river rose in the night.").id("a-17");
/// let query = Query::from(article).since("2018-07-01".parse()?).top(10);
/// # let _ = query;
/// # Ok::<(), newsprint::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Query<'a> {
    pub(crate) article: Article<'a>,
    pub(crate) since: Option<Date>,
    pub(crate) until: Option<Date>,
    pub(crate) top: usize,
    pub(crate) passages: bool,
}

impl<'a> From<Article<'a>> for Query<'a> {
    fn from(article: Article<'a>) -> Self {
        Query { article, since: None, until: None, top: MAX_MATCHES, passages: false }
    }
}

impl<'a> From<&Article<'a>> for Query<'a> {
    fn from(article: &Article<'a>) -> Self {
        Query::from(*article)
    }
}

impl<'a> From<&'a str> for Query<'a> {
    fn from(text: &'a str) -> Self {
        Query::from(Article::new(text))
    }
}

impl<'a> From<&'a String> for Query<'a> {
    fn from(text: &'a String) -> Self {
        Query::from(Article::new(text))
    }
}

impl Query<'_> {
    /// Reports only articles of this date or later, and none without a date.
    #[must_use]
    pub fn since(self, date: Date) -> Self {
        Query { since: Some(date), ..self }
    }

    /// Reports only articles of this date or earlier, and none without a date.
    #[must_use]
    pub fn until(self, date: Date) -> Self {
        Query { until: Some(date), ..self }
    }

    /// Reports only the best matches, at most 1,024, which is the default. A few matches are found
    /// faster: the candidates whose signatures promise most are compared first, and no more than 16
    /// plus twice the number of matches.
    #[must_use]
    pub fn top(self, articles: usize) -> Self {
        Query { top: articles.min(MAX_MATCHES), ..self }
    }

    /// Reports with each match the [passages](Match::passages) that it shares with the article of
    /// the query, where there is a text to compare; for articles that are no match as a whole see
    /// [`Snapshot::passages`](crate::Snapshot::passages). That takes some 100 µs a
    /// match, so ask for the best [few](Self::top).
    ///
    /// ```
    /// use newsprint::{Article, Config, IndexOptions, Query};
    ///
    /// # let path = std::env::temp_dir().join(format!("newsprint-passages-{}", std::process::id()));
    /// # let _ = std::fs::remove_dir_all(&path);
    /// let river = "The river rose by two metres in a night, and the old bridge was closed at dawn.";
    /// let mut index = IndexOptions::new(&Config::default()).keep_texts(true).create(&path)?;
    /// index.insert(&Article::new(river).id("a"))?;
    ///
    /// let copy = format!("FLOOD\n{river} Nobody was hurt.");
    /// let answer = index.latest().query(Query::from(&copy).top(3).passages(true))?;
    /// let shared = answer.matches[0].passages.as_ref().expect("the index keeps texts");
    /// let passage = &shared.passages[0];
    /// assert_eq!(copy[passage.left.clone()], river[passage.right.clone()]);
    /// # std::fs::remove_dir_all(&path).unwrap();
    /// # Ok::<(), newsprint::Error>(())
    /// ```
    #[must_use]
    pub fn passages(self, passages: bool) -> Self {
        Query { passages, ..self }
    }
}

/// The size of an index.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct IndexStats {
    /// Articles.
    pub articles: u64,
    /// Deleted articles that still take room in a file or in memory.
    pub removed: u64,
    /// Articles in memory and in the log, deleted ones included.
    pub recent: u64,
    /// Files of articles.
    pub segments: usize,
    /// Bytes of these files and of the log.
    pub bytes: u64,
    /// Commits since the index was made.
    pub commits: u64,
}

/// The answer of an index to a query.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Answer {
    /// The articles that match, the best first; equally good ones in the order of their arrival.
    pub matches: Vec<Match>,
    /// The name of the [cluster](crate::Index::ingest) that the article belongs to, or would belong
    /// to: the id of the article that the cluster began with, which may be deleted by now. `None`
    /// if the article has nothing in common with any. After an ingest it may be the article's own.
    pub cluster: Option<String>,
    /// Where the text was first seen and how far it has spread, if anything shares it.
    pub provenance: Option<Provenance>,
}

/// An article of the index that matches.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Match {
    /// Its id.
    pub id: String,
    /// Its date, if it has one.
    pub date: Option<Date>,
    /// Its source, if it has one.
    pub source: Option<String>,
    /// Its similarity, estimated from its signature, of which the index stores four bits a slot.
    /// For an excerpt of a long article it says little.
    pub estimate: Estimate,
    /// The result of comparing the two texts; `None` if there was no text to compare.
    pub verified: Option<Verified>,
    /// What the two texts share, as [`Detector::compare`](crate::Detector::compare) finds it;
    /// `left` is the article of the query. `None` unless the query [asks](Query::passages) for it,
    /// or if there was no text to compare.
    pub passages: Option<Passages>,
}

impl Match {
    /// How strong the match is, 0 to 1: as [`Pair::score`](crate::Pair::score), or the estimated
    /// similarity if nothing was compared.
    pub fn score(&self) -> f64 {
        self.verified.map_or(self.estimate.jaccard, |verified| verified.score)
    }
}

/// The result of comparing two texts.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Verified {
    /// How the two relate.
    pub relation: Relation,
    /// The probability that the relation is right.
    pub confidence: f64,
    /// What they share, exactly; `left` is the article of the query.
    pub overlap: Overlap,
    /// What holds them together.
    pub kind: LinkKind,
    /// How strongly, 0 to 1, as [`Pair::score`](crate::Pair::score).
    pub score: f64,
}

/// Where a text was first seen, and how far it has spread: among the matches that share text with
/// the article of the query, as far as they were [compared](Query::top), and those articles of its
/// cluster whose signature resembles its own more than by chance. (A digest that copies from two
/// articles puts both into one cluster, though they have nothing in common.) The numbers of
/// articles and sources are those of the others; the first article and the dates take in the
/// article of the query. A day without a time counts as its first second.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Provenance {
    /// The id of the first article: the one with the earliest date, or if there are no dates, the
    /// first to arrive. It may be the article of the query.
    pub first: String,
    /// Its source, if it has one.
    pub first_source: Option<String>,
    /// The earliest date.
    pub since: Option<Date>,
    /// The latest date.
    pub until: Option<Date>,
    /// The number of other articles; at most 10,000 of a cluster are counted.
    pub articles: usize,
    /// The number of their sources; 0 if none is known.
    pub sources: usize,
}
