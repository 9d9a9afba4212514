//! What an index is asked, and what it answers.

use crate::article::Article;
use crate::compare::overlap::Overlap;
use crate::date::Date;
use crate::sketch::minhash::Estimate;
use crate::verify::relation::{Bond, Relation};

/// What an [`Index`](crate::index::Index) is asked: an article, and of which others to tell.
///
/// A text alone is a query, too.
///
/// ```
/// use newsprint::{Article, Query};
///
/// let article = Article { id: Some("a-17"), ..Article::new("The river rose by two metres in a night.") };
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
}

/// Matches at most.
const MOST: usize = 1024;

impl<'a> From<Article<'a>> for Query<'a> {
    fn from(article: Article<'a>) -> Self {
        Query { article, since: None, until: None, top: MOST }
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
    /// Only of articles of this date or later; not of those without a date.
    #[must_use]
    pub fn since(self, date: Date) -> Self {
        Query { since: Some(date), ..self }
    }

    /// Only of articles of this date or earlier; not of those without a date.
    #[must_use]
    pub fn until(self, date: Date) -> Self {
        Query { until: Some(date), ..self }
    }

    /// Only of the so many that match best, 1,024 at most, which is what you get if you say
    /// nothing. Few are found faster, as the candidates are looked at in the order of what their
    /// signatures promise, and no more than twice so many and 16.
    #[must_use]
    pub fn top(self, articles: usize) -> Self {
        Query { top: articles.min(MOST), ..self }
    }
}

/// What an index amounts to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct IndexStats {
    /// Articles.
    pub articles: u64,
    /// Articles that are gone, but whose place is not free yet.
    pub removed: u64,
    /// Articles in memory and in the log.
    pub recent: u64,
    /// Files of older articles.
    pub segments: usize,
    /// Bytes of these and of the log.
    pub bytes: u64,
    /// Commits since the index was made.
    pub commits: u64,
}

/// What an index answers.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Answer {
    /// The articles that match, the best first, of equal ones the first to arrive.
    pub matches: Vec<Match>,
    /// The name of the [cluster](crate::index::Index::arrive) which the article belongs to, or would: the
    /// id of the article that it began with, which may be gone. None if it has nothing in common
    /// with any. Of an article that has just arrived it may be its own.
    pub cluster: Option<String>,
    /// How far the text has come, if anything with a text in common was found.
    pub reach: Option<Reach>,
}

/// An article of the index that matches.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Match {
    /// Its id.
    pub id: String,
    /// Its date, where one was given.
    pub date: Option<Date>,
    /// Its source, where one was given.
    pub source: Option<String>,
    /// How similar it is by its signature, of which the index keeps four bits a slot. Of an excerpt
    /// of a long article this tells little.
    pub estimate: Estimate,
    /// What a comparison of the two texts says; none where there was no text to compare with.
    pub verified: Option<Verified>,
}

impl Match {
    /// How strong the match is, 0 to 1: as [`Pair::score`](crate::Pair::score), or the estimated
    /// similarity where nothing was compared.
    pub fn score(&self) -> f64 {
        self.verified.map_or(self.estimate.jaccard, |verified| verified.score)
    }
}

/// What a comparison of two texts says.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Verified {
    /// How the two relate.
    pub relation: Relation,
    /// The probability that the relation is right.
    pub confidence: f64,
    /// What they share, exactly; `left` is the article asked about.
    pub overlap: Overlap,
    /// What holds them together.
    pub bond: Bond,
    /// How strongly, 0 to 1, as [`Pair::score`](crate::Pair::score).
    pub score: f64,
}

/// How far a text has come: the articles that have a text in common with the one asked about, those
/// that were [looked at](Query::top), and those in the cluster which it belongs to. The one asked
/// about counts where dates are told, and not where articles and sources are.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Reach {
    /// The id of the first article: of the earliest date, or where there are no dates, the first to
    /// arrive. It may be the one asked about.
    pub first: String,
    /// Its source, where one was given.
    pub first_source: Option<String>,
    /// The earliest date.
    pub since: Option<Date>,
    /// The latest.
    pub until: Option<Date>,
    /// How many articles there are, 10,000 at most.
    pub articles: usize,
    /// How many sources they come from; 0 if none is known.
    pub sources: usize,
}
