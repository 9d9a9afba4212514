//! An engine in memory, which runs a distributed job as one that distributes it would: blocks come
//! in no order, parts are reduced apart, and workers have the job from its state.

use newsprint::distributed::{self, Block, ClusterRow, Job, Kind, PairRow, Step, StoryRow};
use newsprint::parts::Overlap;
use newsprint::{Article, Config, Error, Relation};

use crate::support::Random;

/// A pair: the ids, the relation with its probability, the overlap and the score, and of both
/// articles the date and the source.
pub(crate) type Pair = ([String; 2], (Relation, f64), (Overlap, f64), [Metadata; 2]);
/// An article of a cluster: its id, its cluster, its story, its date and source.
pub(crate) type Clustered = (String, String, Option<String>, Metadata);
/// A story: its id and terms, its texts, its sources, the least sure text, how many articles.
pub(crate) type Story = (String, Vec<String>, [Vec<String>; 2], (String, f64), u64);
/// A date and a source.
pub(crate) type Metadata = (Option<i64>, Option<String>);

/// What a job found.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Found {
    pub(crate) pairs: Vec<Pair>,
    pub(crate) clusters: Vec<Clustered>,
    pub(crate) stories: Vec<Story>,
    /// The names of the steps that were needed.
    pub(crate) steps: Vec<&'static str>,
}

/// Runs a job over articles in the order of their ids.
pub(crate) fn run(config: Config, parts: u32, articles: &[Article<'_>]) -> Result<Found, Error> {
    let mut random = Random(u64::from(parts));
    let mut job = Job::new(config, parts)?;
    // Numbers ascend, but not one by one.
    let numbered: Vec<(u64, Article<'_>)> = articles
        .iter()
        .zip(0..)
        .map(|(&article, i)| (((i / 7) << 33) | (i % 7), article))
        .collect();
    let mut blocks = Vec::new();
    for batch in numbered.chunks(500) {
        blocks.extend(job.sign(batch)?);
    }
    let mut found = Found::default();
    while let Some(step) = job.next() {
        let worker = Job::new(config, parts)?.with_state(&job.state())?;
        let mut inputs = inputs(&worker, &step, &blocks)?;
        for i in (1..inputs.len()).rev() {
            inputs.swap(i, random.below(i + 1));
        }
        let written = match step.gathers {
            true => {
                for some in of_part(&inputs, |_| true).chunks(3) {
                    job.gather(some)?;
                }
                job.gathered()?
            }
            false => {
                let mut written = Vec::new();
                for part in 0..parts {
                    written.extend(worker.reduce(&of_part(&inputs, |it| it == part))?);
                }
                written
            }
        };
        job.done(written.iter().map(|block| block.kind));
        blocks.extend(written);
        found.steps.push(step.name);
    }
    for Block { kind, data, .. } in &blocks {
        match kind {
            Kind::Pair => found.pairs.extend(distributed::pairs(data)?.into_iter().map(pair)),
            Kind::Clustered => {
                found.clusters.extend(distributed::clusters(data)?.into_iter().map(clustered));
            }
            Kind::Story => found.stories.extend(distributed::stories(data)?.into_iter().map(story)),
            _ => {}
        }
    }
    found.sort();
    Ok(found)
}

impl Found {
    pub(crate) fn sort(&mut self) {
        self.pairs.sort_by(|a, b| a.0.cmp(&b.0));
        self.clusters.sort_by(|a, b| a.0.cmp(&b.0));
        self.stories.sort_by(|a, b| a.0.cmp(&b.0));
    }
}

fn pair(row: PairRow) -> Pair {
    let left = (row.left_date, row.left_source);
    let right = (row.right_date, row.right_source);
    let verdict = (row.relation, row.confidence);
    ([row.left, row.right], verdict, (row.overlap, row.score), [left, right])
}

fn clustered(row: ClusterRow) -> Clustered {
    (row.id, row.cluster, row.story, (row.date, row.source))
}

fn story(row: StoryRow) -> Story {
    let least_sure = (row.least_sure, row.least_event);
    (row.story, row.terms, [row.texts, row.by_source], least_sure, row.articles)
}

/// The blocks that a step reduces.
fn inputs(worker: &Job, step: &Step, blocks: &[Block]) -> Result<Vec<Block>, Error> {
    let mut inputs = Vec::new();
    for block in blocks.iter().filter(|block| step.inputs.contains(&block.kind)) {
        match step.mapped.contains(&block.kind) {
            true => inputs.extend(worker.map(&[(block.kind, &block.data)])?),
            false => inputs.push(block.clone()),
        }
    }
    Ok(inputs)
}

fn of_part(blocks: &[Block], is_it: impl Fn(u32) -> bool) -> Vec<(Kind, &[u8])> {
    let of_part = blocks.iter().filter(|block| is_it(block.part));
    of_part.map(|block| (block.kind, &*block.data)).collect()
}
