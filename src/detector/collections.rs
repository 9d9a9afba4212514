//! The detector on collections whose texts may fail to be read, and what it does on all of them.

use std::ops::ControlFlow;

use super::config::Scope;
use super::events::EventContext;
use super::exact_duplicates::ExactDuplicates;
use super::generators::terms::neighbours;
use super::input::{Input, Watched, ranks};
use super::pairs::Pair;
use super::pipeline::Found;
use super::results::{Clusters, Fate, Pairs};
use super::sources::Sources;
use super::term_cache::TermCache;
use super::{Detector, assemble, explain, pipeline};
use crate::article::Article;
use crate::collection::{Collection, Texts};
use crate::comparison::Comparison;
use crate::error::Error;
use crate::idf::Idf;
use crate::parallel;
use crate::progress::{Progress, Stage};
use crate::run::Run;
use crate::sketch::signer::SignedCollection;

/// Pairs that are taken from a list to be compared by all cores.
const CHUNK_PAIRS: usize = 1 << 14;

/// For collections whose texts need not be in memory, with progress. Results are those of the
/// methods of the same names without `try`.
impl Detector {
    /// As [`learn`](Self::learn), from a [`Collection`].
    ///
    /// # Errors
    /// If a text cannot be read.
    pub fn try_learn<C: Collection + ?Sized>(self, articles: &C) -> Result<Self, Error> {
        let idf = Idf::try_learn(articles, self.config.sketcher().shingler())?;
        Ok(Detector { idf, ..self })
    }

    /// As [`find_pairs`](Self::find_pairs), of a [`Collection`]. Reports to `progress`, now and
    /// then and from any thread, how far it is, and whether to go on.
    ///
    /// # Errors
    /// If a text cannot be read, or `progress` ends the work.
    pub fn try_find_pairs<C: Collection + ?Sized>(
        &self,
        articles: &C,
        progress: impl Fn(Progress) -> ControlFlow<()> + Sync,
    ) -> Result<Pairs, Error> {
        self.search_pairs(&Run::with_progress(&articles, &progress))
    }

    /// As [`cluster`](Self::cluster), of a [`Collection`]. Reports to `progress`, now and then and
    /// from any thread, how far it is, and whether to go on.
    ///
    /// # Errors
    /// If a text cannot be read, or `progress` ends the work.
    pub fn try_cluster<C: Collection + ?Sized>(
        &self,
        articles: &C,
        progress: impl Fn(Progress) -> ControlFlow<()> + Sync,
    ) -> Result<Clusters, Error> {
        self.search_clusters(&Run::with_progress(&articles, &progress))
    }

    /// As [`explain`](Self::explain), of a [`Collection`]. Reports to `progress`, now and then and
    /// from any thread, how far it is, and whether to go on.
    ///
    /// # Errors
    /// If a text cannot be read, or `progress` ends the work.
    pub fn try_explain<C: Collection + ?Sized>(
        &self,
        articles: &C,
        pairs: &[(usize, usize)],
        progress: impl Fn(Progress) -> ControlFlow<()> + Sync,
    ) -> Result<Vec<Fate>, Error> {
        self.explain_of(&Run::with_progress(&articles, &progress), pairs)
    }

    /// As [`compare_pairs`](Self::compare_pairs), of a [`Collection`].
    ///
    /// # Errors
    /// If a text cannot be read.
    ///
    /// # Panics
    /// If a pair names an article that is not there.
    pub fn try_compare_pairs<C: Collection + ?Sized, T: Send>(
        &self,
        articles: &C,
        pairs: impl IntoIterator<Item = Pair>,
        keep: impl Fn(&Pair, Comparison) -> T + Sync + Send,
    ) -> Result<Vec<T>, Error> {
        self.compare_pairs_of(&Run::new(&articles), pairs, keep)
    }

    /// As [`compare_among`](Self::compare_among), of a [`Collection`].
    ///
    /// # Errors
    /// If a text cannot be read.
    ///
    /// # Panics
    /// If a pair names an article that is not there.
    pub fn try_compare_among<C: Collection + ?Sized, T: Send>(
        &self,
        articles: &C,
        pairs: &[(usize, usize)],
        keep: impl Fn(Comparison) -> T + Sync + Send,
    ) -> Result<Vec<T>, Error> {
        self.compare_among_of(&Run::new(&articles), pairs, keep)
    }
}

/// What both kinds of methods do.
impl Detector {
    pub(super) fn search_pairs(&self, run: &Run<'_>) -> Result<Pairs, Error> {
        self.find_pairs_of(run, &self.sign(run)?)
    }

    pub(super) fn search_clusters(&self, run: &Run<'_>) -> Result<Clusters, Error> {
        self.cluster_of(run, &self.sign(run)?)
    }

    pub(super) fn find_pairs_of(
        &self,
        run: &Run<'_>,
        signed: &SignedCollection,
    ) -> Result<Pairs, Error> {
        self.run(run, signed, |_| Watched::default(), assemble::pairs)
    }

    pub(super) fn cluster_of(
        &self,
        run: &Run<'_>,
        signed: &SignedCollection,
    ) -> Result<Clusters, Error> {
        self.run(run, signed, |_| Watched::default(), assemble::clusters)
    }

    pub(super) fn explain_of(
        &self,
        run: &Run<'_>,
        pairs: &[(usize, usize)],
    ) -> Result<Vec<Fate>, Error> {
        let watched = |duplicates: &ExactDuplicates| explain::watched(pairs, duplicates);
        self.run(run, &self.sign(run)?, watched, |input, found| {
            explain::fates(pairs, input, &found)
        })
    }

    /// Reads every text once.
    pub(super) fn sign(&self, run: &Run<'_>) -> Result<SignedCollection, Error> {
        let step = run.begin(Stage::Sign, run.len(), 1024);
        let (sketcher, with_anchors) = (self.config.sketcher(), self.config.uses_anchors());
        run.finish(SignedCollection::sign(run, sketcher, with_anchors, step))
    }

    /// Runs the pipeline over signed articles, and returns what `finish` makes of its results.
    fn run<T>(
        &self,
        run: &Run<'_>,
        signed: &SignedCollection,
        watched: impl FnOnce(&ExactDuplicates) -> Watched,
        finish: impl FnOnce(Input<'_>, Found<'_>) -> T,
    ) -> Result<T, Error> {
        assert_eq!(run.len(), signed.len(), "as many articles as were signed");
        let rank = ranks(run, &signed.lengths);
        let duplicates = ExactDuplicates::find(run, signed, &rank);
        let sources = match self.config.across_sources() {
            true => Sources::of(run, &duplicates),
            false => Sources::default(),
        };
        let input = Input {
            config: &self.config,
            idf: &self.idf,
            articles: run,
            signed,
            rank: &rank,
            sources: &sources,
            watched: &watched(&duplicates),
            duplicates: &duplicates,
        };
        let found = pipeline::run(input)?;
        run.finish(finish(input, found))
    }

    pub(super) fn compare_pairs_of<T: Send>(
        &self,
        run: &Run<'_>,
        pairs: impl IntoIterator<Item = Pair>,
        keep: impl Fn(&Pair, Comparison) -> T + Sync + Send,
    ) -> Result<Vec<T>, Error> {
        let compare = |[left, right]: &mut [String; 2], pair: &Pair| {
            let left = with_text(run, pair.left, left)?;
            let right = with_text(run, pair.right, right)?;
            let mut comparison = self.compare(&left, &right);
            match pair.relation.zip(pair.confidence) {
                Some(reported) => (comparison.relation, comparison.confidence) = reported,
                None if self.config.scope() == Scope::Similar => comparison.assume_similar(),
                None => {}
            }
            Ok(keep(pair, comparison))
        };
        let mut pairs = pairs.into_iter();
        let mut kept = Vec::new();
        loop {
            let chunk: Vec<Pair> = pairs.by_ref().take(CHUNK_PAIRS).collect();
            if chunk.is_empty() {
                return Ok(kept);
            }
            let compared = parallel::map(chunk.len(), Default::default, |buffers, i| {
                compare(buffers, &chunk[i])
            });
            for result in compared {
                kept.push(result?);
            }
        }
    }

    pub(super) fn compare_among_of<T: Send>(
        &self,
        run: &Run<'_>,
        pairs: &[(usize, usize)],
        keep: impl Fn(Comparison) -> T + Sync + Send,
    ) -> Result<Vec<T>, Error> {
        let shingler = self.config.sketcher().shingler();
        let by_words = shingler.shingle().is_words();
        let texts: Vec<u32> = if by_words { (0..run.len() as u32).collect() } else { Vec::new() };
        let terms = TermCache::learn(run, shingler.folding(), &texts);
        run.check()?;
        let context = EventContext { terms: &terms, neighbours: &neighbours(&terms, &texts) };
        let compare = |[left, right]: &mut [String; 2], (l, r): (usize, usize)| {
            let known = by_words.then(|| context.of(l as u32, r as u32));
            let (left, right) = (with_text(run, l, left)?, with_text(run, r, right)?);
            Ok(keep(Comparison::of([&left, &right], &shingler, &self.idf, known)))
        };
        parallel::map(pairs.len(), Default::default, |buffers, i| compare(buffers, pairs[i]))
            .into_iter()
            .collect()
    }
}

/// An article with its text, which is read into `buffer` if it is not in memory.
fn with_text<'t>(run: &'t Run<'_>, i: usize, buffer: &'t mut String) -> Result<Article<'t>, Error> {
    let text = run.text(i, buffer);
    run.check()?;
    Ok(run.article(i).with_text(text))
}
