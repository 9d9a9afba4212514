//! The whole road: articles in, verified pairs and clusters out.

pub(crate) mod config;
mod crowd;
pub(crate) mod explain;
mod found;
mod key_terms;
pub(crate) mod pairs;
pub(crate) mod reading;
pub(crate) mod roads;
pub(crate) mod signing;
mod stories;
mod twins;
mod verifier;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::article::{Article, AsArticle};
use crate::cluster::{Cluster, StoryCluster};
use crate::collection::Collection;
use crate::compare::Comparison;
use crate::error::Error;
use crate::idf::Idf;
use crate::lsh::join::Join;
use crate::parallel;
use crate::sketch::SketchMatrix;
use config::{Config, Scope};
use explain::Fate;
use found::Found;
use key_terms::KeyTerms;
use pairs::{Pair, PairList};
use reading::Readings;
use roads::{Log, Roads};
use twins::Twins;

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
/// let pair = found.pairs.iter().next().expect("the flood is told of twice");
/// assert_eq!((pair.left, pair.right), (0, 1));
/// let clusters = detector.cluster(&articles).clusters;
/// assert_eq!(clusters[0].representative, 1); // the longer of the two
/// ```
#[derive(Clone, Default)]
pub struct Detector {
    config: Config,
    idf: Idf,
    progress: Option<Arc<dyn Fn(Progress) + Send + Sync>>,
}

impl fmt::Debug for Detector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Detector").field("config", &self.config).finish_non_exhaustive()
    }
}

/// So many pairs are taken from a list to be compared by all cores.
const COMPARED_TOGETHER: usize = 1 << 14;

/// How far the work on a collection is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// What is being done.
    pub stage: Stage,
    /// Steps of this stage done: articles signed, bands joined, candidate groups verified.
    pub done: usize,
    /// Steps this stage has.
    pub total: usize,
}

/// A stage of the work on a collection, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Stage {
    /// Texts are folded, shingled and signed.
    Sign,
    /// Bands are joined to candidates.
    Join,
    /// Candidates are compared exactly.
    Verify,
}

/// The similar pairs of a collection.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Pairs {
    /// The pairs, sorted by `left`, then `right`.
    pub pairs: PairList,
    /// How they were found.
    pub stats: Stats,
}

/// The similar pairs of a collection and the clusters they form.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Clusters {
    /// The texts of two articles or more, by representative; no article is in two.
    pub clusters: Vec<Cluster>,
    /// The stories of two texts or more, by representative; no text is in two. None but in
    /// [`Scope::Story`](crate::Scope).
    pub stories: Vec<StoryCluster>,
    /// The pairs, sorted by `left`, then `right`.
    pub pairs: PairList,
    /// How they were found.
    pub stats: Stats,
}

/// What the work on a collection amounted to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stats {
    /// Articles given.
    pub articles: usize,
    /// Articles without a word, which match nothing.
    pub empty: usize,
    /// Bytes of text given.
    pub bytes: usize,
    /// Different texts among them, after identical ones were put together.
    pub distinct: usize,
    /// Candidate pairs of different texts, on all roads.
    pub candidates: u64,
    /// Candidates whose sketches came close enough to compare the texts themselves.
    pub verified: u64,
    /// Near copies, by the bands of their signatures.
    pub bands: RoadStats,
    /// Texts in common, by rare sampled shingles.
    pub anchors: RoadStats,
    /// Stories, by two key terms in common.
    pub story: RoadStats,
    /// Pairs dropped as alike in nothing but what many different texts have in common, such as the
    /// phrases of death notices.
    pub formulas: u64,
    /// Texts that shared a bucket with more others than the bucket limit and were compared by their
    /// own text instead of pair by pair.
    pub crowded: usize,
}

impl Stats {
    /// The roads by name.
    pub fn roads(&self) -> [(&'static str, RoadStats); 3] {
        [("bands", self.bands), ("anchors", self.anchors), ("story", self.story)]
    }
}

/// What came of one road to candidates: each figure counts what was left of the one before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct RoadStats {
    /// Keys of all articles together.
    pub keys: u64,
    /// Different keys passed over, as too many articles have them.
    pub left_out: u64,
    /// Pairs of articles that share enough keys.
    pub candidates: u64,
    /// Those whose sketches came close enough to compare the texts themselves.
    pub verified: u64,
    /// Those that turned out to be pairs, not counting what an earlier road had found.
    pub pairs: u64,
}

impl Detector {
    /// A detector so configured.
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
    /// If they were learnt with other shingles than those of the configuration; the message says
    /// which.
    pub fn with_idf(self, idf: Idf) -> Result<Self, Error> {
        idf.check(&self.config.sketcher())?;
        Ok(Detector { idf, ..self })
    }

    /// The same detector with weights learnt from a collection, see [`Idf`]: what many of its texts
    /// have then counts little in [`Comparison::weighted`] and [`Comparison::story`].
    #[must_use]
    pub fn learn<C: Collection + ?Sized>(self, articles: &C) -> Self {
        let idf = Idf::learn(articles, self.config.sketcher().shingler());
        Detector { idf, ..self }
    }

    /// The weights of words and shingles.
    pub fn idf(&self) -> &Idf {
        &self.idf
    }

    /// The same detector, telling `progress` how far it is. It is called now and then, from any
    /// thread.
    #[must_use]
    pub fn on_progress(self, progress: impl Fn(Progress) + Send + Sync + 'static) -> Self {
        Detector { progress: Some(Arc::new(progress)), ..self }
    }

    /// Compares two articles. O(bytes) time.
    ///
    /// ```
    /// use newsprint::{Detector, Relation};
    ///
    /// let comparison = Detector::default().compare("The bridge was closed at dawn.", "The BRIDGE was closed, at dawn");
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

    /// Compares pairs of a collection, on all cores, and gives what `keep` makes of each
    /// comparison, in the order of the pairs.
    ///
    /// Some 100 µs and core a pair of ordinary articles. A whole [`Comparison`] with its passages
    /// takes more room than its article's share of the collection; keep what you need.
    ///
    /// # Panics
    /// If a pair names an article that is not there.
    ///
    /// ```
    /// let articles = ["The river rose by two metres in a night.", "The river rose by two metres in a night, police said."];
    /// let detector = newsprint::Detector::default();
    /// let pairs = detector.find_pairs(&articles).pairs;
    /// let relations = detector.compare_pairs(&articles, &pairs, |_, comparison| comparison.relation);
    /// assert_eq!(relations, [newsprint::Relation::Copy]);
    /// ```
    pub fn compare_pairs<C: Collection + ?Sized, T: Send>(
        &self,
        articles: &C,
        pairs: impl IntoIterator<Item = Pair>,
        keep: impl Fn(&Pair, Comparison) -> T + Sync + Send,
    ) -> Vec<T> {
        let compare = |[left, right]: &mut [String; 2], pair: &Pair| {
            let article = |i: usize, buffer| Article {
                text: articles.text(i, buffer),
                ..articles.article(i)
            };
            let (left, right) = (article(pair.left, left), article(pair.right, right));
            let mut comparison = self.compare(&left, &right);
            match pair.relation.zip(pair.confidence) {
                Some(told) => (comparison.relation, comparison.confidence) = told,
                None if self.config.scope() == Scope::Similar => comparison.tell_as_similar(),
                None => {}
            }
            keep(pair, comparison)
        };
        let mut pairs = pairs.into_iter();
        let mut kept = Vec::new();
        loop {
            let block: Vec<Pair> = pairs.by_ref().take(COMPARED_TOGETHER).collect();
            if block.is_empty() {
                return kept;
            }
            kept.extend(parallel::map(block.len(), Default::default, |buffers, i| {
                compare(buffers, &block[i])
            }));
        }
    }

    /// Compares articles of a collection, named by their numbers, as
    /// [`compare_pairs`](Detector::compare_pairs) does, and by what the collection tells of them:
    /// how rare their common key terms are in it.
    ///
    /// Reads every article of the collection first, O(bytes) time, and takes 600 bytes of memory
    /// for each.
    ///
    /// # Panics
    /// If a pair names an article that is not there.
    ///
    /// ```
    /// let articles = ["Lind closed the Kolm bridge.", "Mayor Lind shut a bridge in Kolm.", "Rain fell in Ostra."];
    /// let detector = newsprint::Detector::default();
    /// let stories = detector.compare_among(&articles, &[(0, 1), (0, 2)], |comparison| comparison.story.score);
    /// assert!(stories[0] > stories[1]);
    /// ```
    pub fn compare_among<C: Collection + ?Sized, T: Send>(
        &self,
        articles: &C,
        pairs: &[(usize, usize)],
        keep: impl Fn(Comparison) -> T + Sync + Send,
    ) -> Vec<T> {
        let shingler = self.config.sketcher().shingler();
        let by_words = shingler.shingle().is_words();
        let texts: Vec<u32> =
            if by_words { (0..articles.len() as u32).collect() } else { Vec::new() };
        let mut terms = KeyTerms::learn(&articles, shingler.folding(), &texts);
        terms.propose(&texts, Some(0), |_, _| Some(1), 1.0, false);
        let compare = |[left, right]: &mut [String; 2], (l, r): (usize, usize)| {
            let article = |i: usize, buffer| Article {
                text: articles.text(i, buffer),
                ..articles.article(i)
            };
            let known = by_words.then(|| terms.known(l as u32, r as u32));
            let (left, right) = (article(l, left), article(r, right));
            keep(Comparison::of([&left, &right], &shingler, &self.idf, known))
        };
        parallel::map(pairs.len(), Default::default, |buffers, i| compare(buffers, pairs[i]))
    }

    /// All pairs of articles that the [scope](Config::scope) asks for, but for the few that the
    /// roads miss. In [`Scope::Similar`](crate::Scope) these are the pairs whose Jaccard similarity
    /// reaches the threshold, and the recall target tells how many may be missed. Every reported
    /// overlap is exact.
    ///
    /// **Very large groups.** Where more than [`bucket_limit`](Config::bucket_limit) articles are
    /// identical or fall into one bucket, listing all their pairs would take time quadratic in
    /// their number. Each of them is then paired with a leader of its group (the first by the rule
    /// for representatives), and with those others that share its own text, what is left after the
    /// shingles common in the group are set aside. [`Stats::crowded`] tells how many articles were
    /// treated so. Of more than 16 near copies one speaks for all on the other roads; what it has a
    /// text in common with is held against the others then, unless they are more than the limit,
    /// and the story it belongs to is found through it alone.
    ///
    /// Time: 0.8 to 6 ns a byte and core to sign, by script and by what vectors the machine has,
    /// then 20 to 500 ns a candidate and up to some 100 µs a verified pair. Memory besides the
    /// texts, which [need not be held](Collection): 4 bytes a slot and about 150 more an article; 1
    /// KB more in [`Scope::Text`](crate::Scope), 3 KB in [`Scope::Story`](crate::Scope). Of
    /// identical copies one is compared, and the [`PairList`] makes the pairs of the others as they
    /// are gone through.
    pub fn find_pairs<C: Collection + ?Sized>(&self, articles: &C) -> Pairs {
        self.find(&articles, self.read(&articles), false).into_pairs()
    }

    /// Groups the articles: each cluster has a representative with which every member has a text in
    /// common, so chains of related pairs do not run together; in [`Scope::Story`](crate::Scope),
    /// clusters and single articles into stories. The pairs of [`find_pairs`](Detector::find_pairs)
    /// come along.
    ///
    /// The representative is the earliest article by date (those without date last), of those the
    /// longest in bytes, of those the one with the smallest id (without ids: the first in the
    /// input).
    pub fn cluster<C: Collection + ?Sized>(&self, articles: &C) -> Clusters {
        self.find(&articles, self.read(&articles), false).into_clusters()
    }

    /// What became of some pairs of a collection on the way through
    /// [`find_pairs`](Detector::find_pairs), in their order: how far each came, and what dropped
    /// it. Costs as much as that.
    ///
    /// # Panics
    /// If a pair names an article that is not there.
    ///
    /// ```
    /// use newsprint::{Detector, Fate};
    ///
    /// let articles = ["The river rose by two metres in a night.", "The river rose by two metres in a night!", "Rain in the north."];
    /// assert_eq!(Detector::default().explain(&articles, &[(0, 1), (1, 2)]), [Fate::Found, Fate::Apart]);
    /// ```
    pub fn explain<C: Collection + ?Sized>(
        &self,
        articles: &C,
        pairs: &[(usize, usize)],
    ) -> Vec<Fate> {
        let found = self.find(&articles, self.read(&articles), true);
        pairs.iter().map(|&(a, b)| found.fate(a, b)).collect()
    }

    /// Reads every text once.
    fn read(&self, articles: &dyn Collection) -> Readings {
        let (signed, all) = (AtomicUsize::new(0), articles.len());
        Readings::of(articles, &self.config, || {
            let done = signed.fetch_add(1, Ordering::Relaxed) + 1;
            if done.is_multiple_of(1024) || done == all {
                self.tell(Stage::Sign, done, all);
            }
        })
    }

    fn find<'a>(
        &'a self,
        articles: &'a dyn Collection,
        readings: Readings,
        log: bool,
    ) -> Found<'a> {
        let config = &self.config;
        let mut stats = Stats { articles: readings.lengths.len(), ..Stats::default() };
        assert_eq!(articles.len(), stats.articles, "as many articles as were signed");
        stats.bytes = readings.lengths.iter().sum();
        let rank = rank(articles, &readings.lengths);
        let matrix = &readings.matrix;
        let twins = Twins::find(articles, matrix, &readings.digests, &rank);
        let distinct = twins.representatives();
        stats.distinct = distinct.len();
        stats.empty = (0..matrix.len()).filter(|&i| matrix.count(i) == 0).count();

        let near = self.near(articles, matrix, &rank, distinct);
        stats.bands.keys = (distinct.len() * config.banding().bands().len()) as u64;
        stats.bands.candidates = near.proposed;
        stats.crowded = near.crowded;
        let tell = |done, total| self.tell(Stage::Verify, done, total);
        let idf = &self.idf;
        let mut roads = Roads {
            config,
            articles,
            readings: &readings,
            rank: &rank,
            distinct,
            tell: &tell,
            edges: Vec::new(),
            accounts: Vec::new(),
            log: Log { kept: log, ..Log::default() },
        };
        let terms = roads.travel(near.pairs, idf, &mut stats);
        let Roads { edges, accounts, log, .. } = roads;
        stats.candidates = stats.roads().iter().map(|(_, road)| road.candidates).sum();
        stats.verified = stats.roads().iter().map(|(_, road)| road.verified).sum();
        Found { config, articles, rank, twins, edges, accounts, terms, idf, log, stats }
    }

    fn near(
        &self,
        articles: &dyn Collection,
        matrix: &SketchMatrix,
        rank: &[u32],
        distinct: &[u32],
    ) -> Candidates {
        let config = &self.config;
        let join =
            Join::new(config.banding(), config.near()).with_bucket_limit(config.bucket_limit());
        let bands = config.banding().bands().len();
        let joined = AtomicUsize::new(0);
        let finished =
            |_| self.tell(Stage::Join, joined.fetch_add(1, Ordering::Relaxed) + 1, bands);
        let mut all = join.among(matrix, distinct, &finished);
        let mut candidates = Candidates { pairs: all.pairs, proposed: all.proposed, crowded: 0 };
        if !all.large_buckets.is_empty() {
            let crowds = std::mem::take(&mut all.large_buckets);
            crowd::disperse(config, articles, matrix, rank, crowds, &mut candidates);
        }
        candidates
    }

    fn tell(&self, stage: Stage, done: usize, total: usize) {
        if let Some(progress) = &self.progress {
            progress(Progress { stage, done, total });
        }
    }
}

/// Pairs worth an exact comparison.
struct Candidates {
    /// Sorted, each once.
    pairs: Vec<(u32, u32)>,
    proposed: u64,
    crowded: usize,
}

/// The order of the rule for representatives: earliest date, then longest, then smallest id, then
/// first in the input.
fn rank(articles: &dyn Collection, lengths: &[usize]) -> Vec<u32> {
    let known = |(&length, i): (&usize, u32)| {
        let Article { date, id, .. } = articles.article(i as usize);
        (date.map_or((1, 0), |date| (0, date.unix_seconds())), std::cmp::Reverse(length), id, i)
    };
    let mut order: Vec<_> = lengths.iter().zip(0..).map(known).collect();
    parallel::sort(&mut order);
    let mut rank = vec![0; order.len()];
    for (place, &(.., i)) in order.iter().enumerate() {
        rank[i as usize] = place as u32;
    }
    rank
}
