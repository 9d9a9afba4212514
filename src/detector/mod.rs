//! The detector: finds the copies in a collection that is given as a whole.
//!
//! | stage | file |
//! |---|---|
//! | texts are folded, shingled and signed | [`sketch::signer`](crate::sketch::signer) |
//! | identical texts are grouped | [`exact_duplicates`] |
//! | bands, anchors and key terms propose candidates | [`generators`] |
//! | candidates that share only boilerplate are dropped | [`boilerplate`] |
//! | the texts of the others are compared | [`verify`] |
//! | large groups of near duplicates are collapsed | [`near_duplicates`] |
//! | exact duplicates are put back; pairs, clusters and stories are formed | [`assemble`] |
//!
//! The [`pipeline`] calls the stages in a row. All of them read one [`Input`](input::Input). The
//! methods for slices are here, those for other collections and what both do in [`collections`].

mod assemble;
mod boilerplate;
mod collections;
pub(crate) mod config;
#[cfg(feature = "distributed")]
pub mod distributed;
mod events;
mod exact_duplicates;
mod explain;
mod generators;
mod input;
mod near_duplicates;
pub(crate) mod pairs;
mod passages;
mod pipeline;
pub(crate) mod results;
pub(crate) mod signing;
mod sources;
mod story_clusters;
mod term_cache;
mod verify;

use std::fmt;

use crate::article::AsArticle;
use crate::comparison::Comparison;
use crate::error::Error;
use crate::idf::Idf;
use crate::run::Run;
use config::Config;
use pairs::Pair;
use results::{Clusters, Fate, Pairs};

/// Finds copies: compares two articles, lists the similar pairs of a collection, groups it.
///
/// The default suits most collections; [`Config`] changes what counts as a copy. A detector holds
/// no articles and can be shared between threads. With the `rayon` feature, on by default, work on
/// a collection runs on all cores of the current rayon pool; the results are the same with any
/// number of threads.
///
/// ```
/// use newsprint::Detector;
///
/// let articles = [
///     "The river rose by two metres in a night, and the old bridge was closed at dawn.",
///     "Flood: The river rose by two metres in a night, and the old bridge was closed at dawn.",
///     "A new library opens on Saturday with readings, music and a bookbinder at work.",
/// ];
/// let detector = Detector::default();
/// let found = detector.find_pairs(&articles);
/// let pair = found.pairs.iter().next().expect("two articles are about the flood");
/// assert_eq!((pair.left, pair.right), (0, 1));
/// let clusters = detector.cluster(&articles).clusters;
/// assert_eq!(clusters[0].representative, 1); // the longer of the two
/// ```
#[derive(Clone, Default)]
pub struct Detector {
    config: Config,
    idf: Idf,
}

impl fmt::Debug for Detector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Detector").field("config", &self.config).finish_non_exhaustive()
    }
}

impl Detector {
    /// A detector with this configuration.
    pub fn new(config: Config) -> Self {
        Detector { config, ..Detector::default() }
    }

    /// The configuration.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The same detector with these weights of words and shingles, for instance stored ones.
    ///
    /// # Errors
    /// If they were learned with other shingles than those of the configuration; the message says
    /// which.
    pub fn with_idf(self, idf: Idf) -> Result<Self, Error> {
        idf.check(&self.config.sketcher().shingler())?;
        Ok(Detector { idf, ..self })
    }

    /// The same detector with weights learned from articles, see [`Idf`]: what many of their texts
    /// have then counts little in [`Comparison::weighted`] and [`Comparison::story`].
    #[must_use]
    pub fn learn<A: AsArticle + Sync>(self, articles: &[A]) -> Self {
        let idf = Idf::learn(articles, self.config.sketcher().shingler());
        Detector { idf, ..self }
    }

    /// The weights of words and shingles.
    pub fn idf(&self) -> &Idf {
        &self.idf
    }

    /// Compares two articles. O(bytes) time.
    ///
    /// ```
    /// use newsprint::{Detector, Relation};
    ///
    /// let (left, right) = ("The bridge was closed at dawn.", "The BRIDGE was closed, at dawn");
    /// let comparison = Detector::default().compare(left, right);
    /// assert_eq!(comparison.relation, Relation::Identical);
    /// ```
    pub fn compare<L, R>(&self, left: &L, right: &R) -> Comparison
    where
        L: AsArticle + ?Sized,
        R: AsArticle + ?Sized,
    {
        let shingler = self.config.sketcher().shingler();
        Comparison::of([&left.as_article(), &right.as_article()], &shingler, &self.idf, None)
    }

    /// Compares pairs of a collection, on all cores, and returns what `keep` makes of each
    /// comparison, in the order of the pairs.
    ///
    /// Takes some 100 µs of a core for a pair of ordinary articles. A whole [`Comparison`] with its
    /// passages takes more memory than an article; keep only what you need.
    ///
    /// # Panics
    /// If a pair names an article that is not there.
    ///
    /// ```
    /// let articles = [
    ///     "The river rose by two metres in a night.",
    ///     "The river rose by two metres in a night, police said.",
    /// ];
    /// let detector = newsprint::Detector::default();
    /// let pairs = detector.find_pairs(&articles).pairs;
    /// let relations = detector.compare_pairs(&articles, &pairs, |_, found| found.relation);
    /// assert_eq!(relations, [newsprint::Relation::Copy]);
    /// ```
    pub fn compare_pairs<A: AsArticle + Sync, T: Send>(
        &self,
        articles: &[A],
        pairs: impl IntoIterator<Item = Pair>,
        keep: impl Fn(&Pair, Comparison) -> T + Sync + Send,
    ) -> Vec<T> {
        in_memory(self.compare_pairs_of(&Run::new(&articles), pairs, keep))
    }

    /// Compares articles of a collection, given by their numbers, as
    /// [`compare_pairs`](Detector::compare_pairs) does, and weighs in what the collection says of
    /// them: how rare their common key terms are in it.
    ///
    /// Reads every article of the collection first, O(bytes) time, and takes 600 bytes of memory
    /// for each.
    ///
    /// # Panics
    /// If a pair names an article that is not there.
    ///
    /// ```
    /// let articles = [
    ///     "Lind closed the Kolm bridge.",
    ///     "Mayor Lind shut a bridge in Kolm.",
    ///     "Rain fell in Ostra.",
    /// ];
    /// let detector = newsprint::Detector::default();
    /// let pairs = [(0, 1), (0, 2)];
    /// let stories = detector.compare_among(&articles, &pairs, |found| found.story.score);
    /// assert!(stories[0] > stories[1]);
    /// ```
    pub fn compare_among<A: AsArticle + Sync, T: Send>(
        &self,
        articles: &[A],
        pairs: &[(usize, usize)],
        keep: impl Fn(Comparison) -> T + Sync + Send,
    ) -> Vec<T> {
        in_memory(self.compare_among_of(&Run::new(&articles), pairs, keep))
    }

    /// All pairs of articles that the [scope](Config::scope) asks for, except the few that the
    /// candidate generators miss. In [`Scope::Similar`](crate::Scope) these are the pairs whose
    /// Jaccard similarity reaches the threshold, and the recall target says how many may be missed.
    /// Every reported overlap is exact.
    ///
    /// **Very large groups.** If more than [`bucket_limit`](Config::bucket_limit) different texts
    /// are in one bucket, comparing all their pairs would take time quadratic in their number. Each
    /// of them is then compared with a leader of its group (the first in the order for
    /// representatives), and with the others that share its own text: what is left without the
    /// shingles common in the group.
    /// [`Stats::in_large_buckets`](crate::results::Stats::in_large_buckets) counts these texts.
    /// However many articles have one text, all of them are pairs.
    /// Of more than 16 near duplicates only the representative takes part in the search by anchors
    /// and key terms. The others are compared with what it has text in common with, unless they are
    /// more than the limit; the story they belong to is found through it alone.
    ///
    /// Time: 0.8 to 6 ns a byte and core to sign, by script and by what vectors the machine has,
    /// then 20 to 500 ns a candidate and up to some 100 µs a verified pair. Memory besides the
    /// texts, which [need not be held](Self::try_find_pairs): 4 bytes a slot and about 150 more an
    /// article; 1 KB more in [`Scope::Text`](crate::Scope), 3 KB in [`Scope::Story`](crate::Scope).
    /// Of exact duplicates one is compared, and the [`PairList`](crate::results::PairList) makes
    /// the pairs of the others as it is iterated.
    pub fn find_pairs<A: AsArticle + Sync>(&self, articles: &[A]) -> Pairs {
        in_memory(self.search_pairs(&Run::new(&articles)))
    }

    /// Groups the articles into clusters, each with a representative that every member has text in
    /// common with, so chains of related pairs do not run together; and in
    /// [`Scope::Story`](crate::Scope) clusters and single articles into stories. Includes the pairs
    /// of [`find_pairs`](Detector::find_pairs).
    ///
    /// The representative is the earliest article by date (a day without a time counts as its first
    /// second, and those without date come last), of those the longest in bytes, of those the one
    /// with the smallest id (without ids: the first in the
    /// input).
    pub fn cluster<A: AsArticle + Sync>(&self, articles: &[A]) -> Clusters {
        in_memory(self.search_clusters(&Run::new(&articles)))
    }

    /// What became of some pairs of a collection on the way through
    /// [`find_pairs`](Detector::find_pairs), in their order: how far each came, and what dropped
    /// it. Costs as much as that.
    ///
    /// ```
    /// use newsprint::results::Fate;
    /// use newsprint::Detector;
    ///
    /// let articles = [
    ///     "The river rose by two metres in a night.",
    ///     "The river rose by two metres in a night!",
    ///     "Rain in the north.",
    /// ];
    /// let fates = Detector::default().explain(&articles, &[(0, 1), (1, 2)]);
    /// assert_eq!(fates, [Fate::Found, Fate::Apart]);
    /// ```
    pub fn explain<A: AsArticle + Sync>(
        &self,
        articles: &[A],
        pairs: &[(usize, usize)],
    ) -> Vec<Fate> {
        in_memory(self.explain_of(&Run::new(&articles), pairs))
    }
}

/// What was made of texts in memory. They can always be read, and nobody ends the run.
fn in_memory<T>(made: Result<T, Error>) -> T {
    made.unwrap_or_else(|error| unreachable!("{error}, although it is in memory"))
}
