//! The detector in steps, for an engine that distributes a collection over many machines.
//!
//! A [`Detector`] holds what it knows of a collection in memory: a kilobyte or more for each
//! article. A [`Job`] finds the same pairs, clusters and stories in steps, between which an engine
//! such as Apache Spark stores and moves [`Block`]s of records. No step needs more than its part of
//! the collection, but for [gathering](Job::gather): a word or two for each article that is like
//! another.
//!
//! | steps | what happens |
//! |---|---|
//! | `distinct`, `learn` | identical texts are grouped; what terms are worth is counted |
//! | `pair-terms` to `close-texts` | texts that share key terms, where stories are asked for |
//! | `buckets` to `near-edge` | texts that share a band, sieved by their sketches and compared |
//! | `want-bands`, ... | whose texts the next step needs: those of candidates |
//! | `connect-near` to `mark-searched` | large groups of near duplicates are collapsed |
//! | `group-anchors` to `anchor-edge` | texts that share rare anchors, likewise |
//! | `send-groups` to `member-edge` | members of large groups with what their group is like |
//! | `send-stretches`, `drop-stretches` | common stretches, where texts are letters |
//! | `searched-terms` to `term-edge` | accounts of one event, compared |
//! | `connect` to `assemble` | connected articles are brought together: pairs, clusters, stories |
//!
//! If articles that are connected make more than ten million pairs, identical ones are listed with
//! one of them alone, as by [`PairList::by_text`](crate::results::PairList::by_text).
//!
//! Every order that results depend on is that of the articles' numbers, which must ascend like
//! their ids. So a job gives what [`Detector::cluster`] gives for the articles in the order of
//! their ids, exactly.
//!
//! What grows fastest are the pairs that share a key, which are counted before most are dropped:
//! for each article up to 64 for an anchor in the most texts that count, and up to 500 for a key
//! term.
//!
//! The files follow the pipeline of the detector; each calls its stages for what one part can
//! decide.

mod anchors;
mod assemble;
mod bands;
mod blocks;
mod components;
mod groups;
mod local;
mod plan;
mod records;
mod results;
mod sides;
mod sieve;
mod terms;
mod texts;
mod verify;
mod wanted;

use std::collections::BTreeMap;

pub use blocks::{Block, Kind};
pub use plan::Step;
pub use results::{ClusterRow, PairRow, StoryRow, clusters, pairs, stories};

use super::config::{Config, Scope};
#[cfg(doc)]
use crate::Detector;
use crate::article::Article;
use crate::error::{Error, ErrorKind};
use crate::sketch::key_terms::TermWeights;
use crate::verify::policy::LEARNT_FROM;
use crate::wire::{Decoder, Encoder};
use blocks::{Blocks, Given};
use components::Components;
use plan::Stage;
use records::{ArticleRecord, Record};
use texts::Totals;
use wanted::Wanted;

/// The version of the state and of all records.
const VERSION: u32 = 5;

/// What every step knows.
#[derive(Debug)]
struct Shared {
    config: Config,
    parts: u32,
    totals: Totals,
    /// What terms are worth, once and if that is known.
    weights: Option<TermWeights>,
    /// Whose texts the next steps need, if that is known.
    wanted: Option<Wanted>,
}

impl Shared {
    /// Whether accounts of one event are asked for and can be found.
    fn has_stories(&self) -> bool {
        self.config.scope() == Scope::Story && texts::reads_terms(&self.config)
    }

    /// Whether there are enough texts to know boilerplate by its terms.
    fn knows_boilerplate(&self) -> bool {
        self.totals.texts >= LEARNT_FROM as u64
    }

    /// Whether edges that are a common stretch are dropped.
    fn drops_stretches(&self) -> bool {
        let by_letters = !self.config.sketcher().shingler().shingle().is_words();
        by_letters && self.config.uses_anchors()
    }
}

/// A search for copies that is done in steps.
///
/// The driver of an engine asks for the [next](Self::next) step, has its workers do it, and says
/// which blocks they [wrote](Self::done). A worker has the same job from its [state](Self::state).
///
/// 1. [`sign`](Self::sign) all articles, in batches.
/// 2. For each step: [`map`](Self::map) the blocks that are to be mapped, bring all blocks of a
///    [part](Block::part) together and [`reduce`](Self::reduce) them; or [`gather`](Self::gather)
///    all of them on the driver, a few at a time. Blocks can be in any order, and several parts can
///    be reduced as one.
/// 3. The blocks of the kinds [`Pair`](Kind::Pair), [`Clustered`](Kind::Clustered) and
///    [`Story`](Kind::Story) are the results.
///
/// A step depends on its blocks alone and can be repeated.
///
/// ```
/// use newsprint::distributed::{self, Block, Job, Kind};
/// use newsprint::{Article, Config};
///
/// let texts = ["The river rose by two metres in a night.", "Rain in the north.",
///     "The river rose by two metres in a night!"];
/// let articles = [("a", 0), ("b", 1), ("c", 2)].map(|(id, i)| Article::new(texts[i]).id(id));
/// let mut job = Job::new(Config::default(), 4)?;
/// let mut blocks = job.sign(&[0, 1, 2].map(|i| (i, articles[i as usize])))?;
/// while let Some(step) = job.next() {
///     let (mapped, given): (Vec<Block>, Vec<Block>) = blocks
///         .iter()
///         .filter(|block| step.inputs.contains(&block.kind))
///         .cloned()
///         .partition(|block| step.mapped.contains(&block.kind));
///     let mut inputs = given;
///     for block in mapped {
///         inputs.extend(job.map(&[(block.kind, &block.data)])?);
///     }
///     let inputs: Vec<_> = inputs.iter().map(|it| (it.kind, it.part, &it.data[..])).collect();
///     let mut written = Vec::new();
///     if step.gathers {
///         let all: Vec<_> = inputs.iter().map(|it| (it.0, it.2)).collect();
///         job.gather(&all)?;
///         written = job.gathered()?;
///     } else {
///         for part in 0..4 {
///             let of_part = inputs.iter().filter(|it| it.1 == part).map(|it| (it.0, it.2));
///             written.extend(job.reduce(&of_part.collect::<Vec<_>>())?);
///         }
///     }
///     job.done(written.iter().map(|block| block.kind));
///     blocks.extend(written);
/// }
/// let pairs = blocks.iter().find(|block| block.kind == Kind::Pair).expect("there is one");
/// let pairs = distributed::pairs(&pairs.data)?;
/// assert_eq!((&*pairs[0].left, &*pairs[0].right), ("a", "c"));
/// # Ok::<(), newsprint::Error>(())
/// ```
#[derive(Debug)]
pub struct Job {
    shared: Shared,
    /// The place of the step in the plan; `None` before the first.
    place: Option<usize>,
    /// The kinds of blocks that were written.
    written: BTreeMap<Kind, u64>,
    gathered: Gathered,
}

/// What a step that needs all blocks in one place has taken so far.
#[derive(Debug, Default)]
struct Gathered {
    /// Blocks that are needed together.
    blocks: Vec<(Kind, Vec<u8>)>,
    components: Components,
    wanted: Option<Wanted>,
}

impl Job {
    /// A job over this many parts. A part should fit in the memory of a worker several times over:
    /// 20,000 articles are some 100 MB.
    ///
    /// # Errors
    /// If there are no parts, or if the configuration asks for pairs [across
    /// sources](Config::across_sources) only, which a job does not know.
    pub fn new(config: Config, parts: u32) -> Result<Self, Error> {
        if parts == 0 {
            return Err(Error::range("number of parts", parts, "at least 1"));
        }
        if config.across_sources() {
            let is = "only across sources, which a distributed job does not know";
            return Err(Error::stored("search", is, ErrorKind::InvalidInput));
        }
        let shared =
            Shared { config, parts, totals: Totals::default(), weights: None, wanted: None };
        let written = BTreeMap::from([(Kind::Article, 1), (Kind::Signed, 1)]);
        Ok(Job { shared, place: None, written, gathered: Gathered::default() })
    }

    /// Signs articles, each with its number. Numbers must differ and ascend like the ids. O(bytes)
    /// time.
    ///
    /// # Errors
    /// If an article has no id.
    pub fn sign(&self, articles: &[(u64, Article<'_>)]) -> Result<Vec<Block>, Error> {
        let missing = || Error::stored("article", "without an id", ErrorKind::InvalidInput);
        let mut records = Vec::with_capacity(articles.len());
        for &(number, article) in articles {
            records.push(ArticleRecord {
                number,
                id: article.id.ok_or_else(missing)?,
                date: article.date.map(|date| date.unix_seconds()),
                source: article.source,
                text: article.text,
            });
        }
        let mut out = Blocks::new(self.shared.parts);
        texts::sign(&self.shared.config, &records, &mut out);
        Ok(out.finish())
    }

    /// Goes on to the next step that the collection needs; `None` when all are done.
    #[expect(clippy::should_implement_trait, reason = "between two steps there is work to do")]
    pub fn next(&mut self) -> Option<Step> {
        let has = |kind: Kind| self.written.get(&kind).is_some_and(|&blocks| blocks > 0);
        let first = self.place.map_or(0, |place| place + 1);
        let needed = |place: usize| Some((place, Stage::ALL[place].step(&self.shared, has)?));
        let next = (first..Stage::ALL.len()).find_map(needed);
        self.place = Some(next.as_ref().map_or(Stage::ALL.len(), |next| next.0));
        next.map(|next| next.1)
    }

    /// Says which kinds of blocks a step wrote, once or more often each.
    pub fn done(&mut self, kinds: impl IntoIterator<Item = Kind>) {
        kinds.into_iter().for_each(|kind| *self.written.entry(kind).or_default() += 1);
    }

    /// Maps blocks that are an input of the step.
    ///
    /// # Errors
    /// If the data is not that of such blocks.
    pub fn map(&self, blocks: &[(Kind, &[u8])]) -> Result<Vec<Block>, Error> {
        self.run(blocks, |stage, given, out| stage.map(&self.shared, given, out))
    }

    /// Reduces all blocks of a part, or of several parts.
    ///
    /// # Errors
    /// If the data is not that of such blocks, or they are not all blocks of their parts.
    pub fn reduce(&self, blocks: &[(Kind, &[u8])]) -> Result<Vec<Block>, Error> {
        self.run(blocks, |stage, given, out| stage.reduce(&self.shared, given, out))
    }

    /// Takes some blocks of a step that needs all in one place; after all of them comes
    /// [`gathered`](Self::gathered).
    ///
    /// # Errors
    /// If the data is not that of such blocks.
    pub fn gather(&mut self, blocks: &[(Kind, &[u8])]) -> Result<(), Error> {
        let Some(stage) = self.stage() else { return Ok(()) };
        if stage == Stage::Learn {
            let own = blocks.iter().map(|&(kind, data)| (kind, data.to_vec()));
            self.gathered.blocks.extend(own);
        }
        let given = Given::new(blocks.iter().copied());
        stage.gather(&self.shared, &given, &mut self.gathered)
    }

    /// Does the step for which all blocks are gathered. What it learns becomes part of the
    /// [state](Self::state).
    ///
    /// # Errors
    /// If the data was not that of such blocks.
    pub fn gathered(&mut self) -> Result<Vec<Block>, Error> {
        let mut gathered = std::mem::take(&mut self.gathered);
        let mut out = Blocks::new(self.shared.parts);
        if self.stage() == Some(Stage::Learn) {
            let given = Given::new(gathered.blocks.iter().map(|(kind, data)| (*kind, &**data)));
            let (totals, weights) = texts::learn(&self.shared.config, &given)?;
            (self.shared.totals, self.shared.weights) = (totals, weights);
        }
        let stage = self.stage();
        stage.into_iter().for_each(|stage| stage.gathered(&mut gathered, &mut out));
        self.shared.wanted = gathered.wanted.map(Wanted::packed);
        Ok(out.finish())
    }

    fn stage(&self) -> Option<Stage> {
        Stage::ALL.get(self.place?).copied()
    }

    fn run(
        &self,
        blocks: &[(Kind, &[u8])],
        run: impl FnOnce(Stage, &Given<'_>, &mut Blocks) -> Result<(), Error>,
    ) -> Result<Vec<Block>, Error> {
        let mut out = Blocks::new(self.shared.parts);
        if let Some(stage) = self.stage() {
            run(stage, &Given::new(blocks.iter().copied()), &mut out)?;
        }
        Ok(out.finish())
    }

    /// How many articles there are, how many of them have no words, and how many different texts
    /// the others have; zeros until they are counted.
    pub fn counts(&self) -> [u64; 3] {
        let Totals { articles, empty, texts } = self.shared.totals;
        [articles, empty, texts]
    }

    /// The state of the job, for [`with_state`](Self::with_state). Up to 16 MB: most of it is what
    /// terms are worth, and whose texts are needed.
    pub fn state(&self) -> Vec<u8> {
        let mut state = Encoder::default();
        state.u32(VERSION);
        self.place.map(|place| place as u32).write(&mut state);
        let Totals { articles, empty, texts } = self.shared.totals;
        (articles, empty, texts).write(&mut state);
        let written: Vec<(u8, u64)> = self.written.iter().map(|(&k, &n)| (k as u8, n)).collect();
        written.write(&mut state);
        let weights = self.shared.weights.as_ref().map(TermWeights::to_cells);
        weights.map(|(articles, cells)| (articles as u64, cells)).write(&mut state);
        self.shared.wanted.write(&mut state);
        state.checksum();
        state.bytes
    }

    /// The job in the state of another one of the same configuration and number of parts.
    ///
    /// # Errors
    /// If the state is damaged or of another version.
    pub fn with_state(self, state: &[u8]) -> Result<Self, Error> {
        let damaged = || Error::stored("state", "damaged", ErrorKind::Damaged);
        let (body, is_right) = Decoder::checked(state).ok_or_else(damaged)?;
        let mut from = Decoder::new(body);
        let version = from.u32().ok_or_else(damaged)?;
        if version != VERSION {
            let is = format!("of version {version}, this one reads {VERSION}");
            return Err(Error::stored("state", is, ErrorKind::Newer));
        }
        self.read(&mut from).filter(|_| is_right).ok_or_else(damaged)
    }

    fn read(self, from: &mut Decoder<'_>) -> Option<Self> {
        let place: Option<u32> = Record::read(from)?;
        let place = place.map(|place| place as usize);
        let (articles, empty, texts) = Record::read(from)?;
        let written: Vec<(u8, u64)> = Record::read(from)?;
        let kind = |(kind, n): (u8, u64)| Some((*Kind::ALL.get(usize::from(kind))?, n));
        let written = written.into_iter().map(kind).collect::<Option<_>>()?;
        let weights: Option<(u64, Vec<(u32, u32)>)> = Record::read(from)?;
        let weights = weights.map(|(n, cells)| TermWeights::of_cells(n as usize, &cells));
        let totals = Totals { articles, empty, texts };
        let wanted = Record::read(from)?;
        let shared = Shared { totals, weights, wanted, ..self.shared };
        Some(Job { shared, place, written, gathered: Gathered::default() })
    }
}
