//! What two texts share, by the [aligner](crate::compare::align) that `compare` uses.
//!
//! Two texts of a collection are aligned between the first fingerprint that they share and the last,
//! and some way around: a common run of the least length has a fingerprint of both near each end,
//! and two stories that share a paragraph cost no more than that.

use super::fingerprints::Occurrence;
use super::grain::{Grain, Searched, runs as run_hashes};
use crate::compare::align::{Alignment, ByLetters, ByWords, Run};
use crate::numbering::Numbering;
use crate::parallel;
use crate::shingle::Scratch;

/// A stretch of units: the first, and the one after the last.
pub(super) type Span = [usize; 2];

/// How many units two stretches have in common.
pub(super) fn overlap(a: Span, b: Span) -> usize {
    a[1].min(b[1]).saturating_sub(a[0].max(b[0]))
}

/// Pairs that one core aligns at a time: those of one text follow each other, and it is read once.
const TASK_PAIRS: usize = 64;
/// How far beyond the fingerprints texts are aligned, in lengths of the least passage.
const MARGIN: usize = 2;
/// The least share of agreeing units between the ends of a match.
const MIN_AGREEING: f64 = 0.6;

/// A stretch that two texts share, verbatim or lightly edited, in units.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Match {
    /// The earlier text, the left one of the runs.
    pub(super) earlier: u32,
    pub(super) later: u32,
    /// What agrees, ascending on both sides.
    pub(super) runs: Box<[Run]>,
}

impl Match {
    /// Where it stands in the earlier text.
    pub(super) fn in_earlier(&self) -> Span {
        ends(&self.runs)[0]
    }

    /// Where it stands in the later text.
    pub(super) fn in_later(&self) -> Span {
        ends(&self.runs)[1]
    }

    /// Where the later text has what stands in a range of the earlier one, and how many units
    /// agree; nothing if none does.
    pub(super) fn within(&self, [start, end]: Span) -> Option<(Span, usize)> {
        let clip = |run: &Run| {
            let (from, to) = (start.max(run.left), end.min(run.left + run.len));
            let shift = |place| place - run.left + run.right;
            (from < to).then(|| [shift(from), shift(to)])
        };
        let mut clipped = self.runs.iter().filter_map(clip);
        let mut span = clipped.next()?;
        let mut agreeing = span[1] - span[0];
        for [from, to] in clipped {
            span[1] = to;
            agreeing += to - from;
        }
        Some((span, agreeing))
    }
}

/// Aligns one text, the left one, with others.
#[derive(Default)]
pub(crate) struct Aligner {
    /// The units of the left text.
    left: Vec<u64>,
    /// The different runs of the least length in it.
    runs: Numbering,
    /// Where each of them first stands.
    first: Vec<u32>,
    /// The hashes of runs.
    hashes: Vec<u64>,
}

/// The memory of one core.
#[derive(Default)]
struct Reader {
    buffer: String,
    scratch: Scratch,
    aligner: Aligner,
    /// The earlier text that is the left one.
    held: Option<u32>,
    /// The fingerprints of the earlier text, and of the later.
    earlier: Vec<Fingerprint>,
    later: Vec<Fingerprint>,
}

/// A key and its place.
type Fingerprint = (u32, u32);

/// Aligns pairs of texts, the earlier first, on all cores; returns what they share. `shared` are
/// the fingerprints that several texts have, sorted by text. Calls `done` after each pair.
pub(super) fn matches(
    texts: Searched<'_>,
    shared: &[Occurrence],
    pairs: &[[u32; 2]],
    grain: &Grain,
    done: impl Fn() + Sync + Send,
) -> Vec<Match> {
    let tasks: Vec<&[[u32; 2]]> = pairs.chunks(TASK_PAIRS).collect();
    let parts = parallel::map(tasks.len(), Reader::default, |reader, task| {
        let Reader { buffer, scratch, aligner, held, .. } = reader;
        let (left, right) = (&mut reader.earlier, &mut reader.later);
        let mut found = Vec::new();
        for &[earlier, later] in tasks[task] {
            if *held != Some(earlier) {
                let text = texts.articles.text(earlier as usize, buffer);
                aligner.set_left(grain.read_units(text, scratch), grain);
                read_fingerprints(shared, earlier, left);
                *held = Some(earlier);
            }
            read_fingerprints(shared, later, right);
            if let Some(hull) = hull(left, right) {
                let text = texts.articles.text(later as usize, buffer);
                let units = grain.read_units(text, scratch);
                let reach = MARGIN * grain.min_units;
                let around = |[first, last]: Span| [first.saturating_sub(reach), last + reach];
                let shared = aligner.align_within(units, hull.map(around), grain).into_iter();
                found.extend(shared.map(|runs| Match { earlier, later, runs: runs.into() }));
            }
            done();
        }
        found
    });
    parts.into_iter().flatten().collect()
}

/// Replaces `keys` by the fingerprints of a text, sorted.
fn read_fingerprints(shared: &[Occurrence], text: u32, keys: &mut Vec<Fingerprint>) {
    keys.clear();
    let start = shared.partition_point(|it| it.text < text);
    let of_text = shared[start..].iter().take_while(|it| it.text == text);
    keys.extend(of_text.map(|it| (it.key, it.place)));
    keys.sort_unstable();
}

/// The first and the last place in each of two texts of the fingerprints that both have.
fn hull(left: &[Fingerprint], right: &[Fingerprint]) -> Option<[Span; 2]> {
    let mut hull: Option<[Span; 2]> = None;
    let (mut left, mut right) =
        (left.chunk_by(|a, b| a.0 == b.0), right.chunk_by(|a, b| a.0 == b.0));
    let (mut l, mut r) = (left.next(), right.next());
    while let (Some(these), Some(those)) = (l, r) {
        let (this, that) = (these[0].0, those[0].0);
        if this == that {
            // The places of one key ascend.
            let ends = |it: &[Fingerprint]| [it[0].1 as usize, it[it.len() - 1].1 as usize];
            let found = [ends(these), ends(those)];
            let joined = |a: Span, b: Span| [a[0].min(b[0]), a[1].max(b[1])];
            hull = Some(match hull {
                None => found,
                Some(hull) => [joined(hull[0], found[0]), joined(hull[1], found[1])],
            });
        }
        if this <= that {
            l = left.next();
        }
        if that <= this {
            r = right.next();
        }
    }
    hull
}

impl Aligner {
    /// Sets the left text, by its units.
    pub(crate) fn set_left(&mut self, units: &[u64], grain: &Grain) {
        let Aligner { left, runs, first, hashes } = self;
        left.clear();
        left.extend_from_slice(units);
        run_hashes(left, grain.min_units, hashes);
        runs.clear(hashes.len());
        first.clear();
        for (place, &hash) in (0..).zip(&*hashes) {
            if runs.number(hash) as usize == first.len() {
                first.push(place);
            }
        }
    }

    /// Whether a run of the least length stands in the left text and in another.
    #[cfg(feature = "index")]
    pub(crate) fn shares_run(&mut self, right: &[u64], grain: &Grain) -> bool {
        run_hashes(right, grain.min_units, &mut self.hashes);
        self.hashes.iter().any(|&hash| self.runs.find(hash).is_some())
    }

    /// The passages that another text shares with the left one: of each the runs that agree,
    /// ascending on both sides. Each run of the least length that both have lies in one of them, on
    /// the right wherever it stands, on the left where it stands once.
    #[cfg(feature = "index")]
    pub(crate) fn align(&mut self, right: &[u64], grain: &Grain) -> Vec<Vec<Run>> {
        let all = [[0, self.left.len()], [0, right.len()]];
        self.align_within(right, all, grain)
    }

    /// The same of stretches of both, which may reach beyond their ends.
    fn align_within(
        &mut self,
        right: &[u64],
        stretches: [Span; 2],
        grain: &Grain,
    ) -> Vec<Vec<Run>> {
        let Aligner { left, runs, first, hashes } = self;
        let clipped = |[start, end]: Span, len: usize| [start.min(len), end.min(len)];
        let [l, r] = [clipped(stretches[0], left.len()), clipped(stretches[1], right.len())];
        let (in_left, in_right) = (&left[l[0]..l[1]], &right[r[0]..r[1]]);
        let mut blocks = match grain.by_letters() {
            true => Alignment::of::<ByLetters>(in_left, in_right),
            false => Alignment::of::<ByWords>(in_left, in_right),
        }
        .blocks;
        for run in blocks.iter_mut().flatten() {
            (run.left, run.right) = (run.left + l[0], run.right + r[0]);
        }
        let mut found = joined(blocks, grain.min_units / 2);
        found.retain(|runs| counts(runs, grain.min_units));
        // An alignment matches each unit once, so of two runs that overlap in one text and lie
        // apart in the other it has one. The other is added.
        run_hashes(in_right, grain.min_units, hashes);
        let mut at = r[0];
        while at < r[0] + hashes.len() {
            let Some(run) = runs.find(hashes[at - r[0]]) else {
                at += 1;
                continue;
            };
            let place = first[run as usize] as usize;
            let end = at + grain.min_units;
            let matched = found.iter().flatten();
            let spans = matched.map(|run| [run.right, run.right + run.len]);
            let holding = spans.filter(|span| span[0] <= at && end <= span[1]).map(|span| span[1]);
            let covered = holding.max().unwrap_or_else(|| {
                let run = longest_run(left, right, place, at);
                found.push(vec![run]);
                run.right + run.len
            });
            // The next run that is not inside.
            at = (covered + 1).saturating_sub(grain.min_units).max(at + 1);
        }
        found
    }
}

/// Where runs begin and end on the left and on the right.
fn ends(runs: &[Run]) -> [Span; 2] {
    let (first, last) = (runs[0], runs[runs.len() - 1]);
    [[first.left, last.left + last.len], [first.right, last.right + last.len]]
}

/// Whether enough agrees: a run of the least length word for word, or as many units with few others
/// between them.
fn counts(runs: &[Run], min_units: usize) -> bool {
    let agreeing: usize = runs.iter().map(|run| run.len).sum();
    let spanned = ends(runs).map(|[start, end]| end - start);
    let is_dense = agreeing as f64 >= MIN_AGREEING * spanned[0].max(spanned[1]) as f64;
    agreeing >= min_units && (is_dense || runs.iter().any(|run| run.len >= min_units))
}

/// Joins blocks that follow each other in both texts with little between them, as where a few lines
/// of a scan are illegible. The blocks ascend in the earlier text.
fn joined(blocks: Vec<Vec<Run>>, max_gap: usize) -> Vec<Vec<Run>> {
    let mut joined: Vec<Vec<Run>> = Vec::new();
    for block in blocks {
        let (Some(first), last) = (block.first(), joined.last_mut()) else { continue };
        let gap = |end: usize, start: usize| start.checked_sub(end).filter(|&gap| gap <= max_gap);
        let is_near = |end: &Run| {
            gap(end.left + end.len, first.left).is_some()
                && gap(end.right + end.len, first.right).is_some()
        };
        match last {
            Some(runs) if runs.last().is_some_and(is_near) => runs.extend(block),
            _ => joined.push(block),
        }
    }
    joined
}

/// The longest common run of two texts through these places.
fn longest_run(left: &[u64], right: &[u64], l: usize, r: usize) -> Run {
    let before = left[..l].iter().rev().zip(right[..r].iter().rev());
    let back = before.take_while(|(a, b)| a == b).count();
    let ahead = left[l..].iter().zip(&right[r..]).take_while(|(a, b)| a == b).count();
    Run { left: l - back, right: r - back, len: back + ahead }
}

impl Match {
    /// How many units agree of those that lie in these ranges of both texts.
    pub(super) fn agreeing_between(&self, earlier: Span, later: Span) -> usize {
        let shared = |run: &Run| {
            let skipped =
                earlier[0].saturating_sub(run.left).max(later[0].saturating_sub(run.right));
            let end = earlier[1].saturating_sub(run.left).min(later[1].saturating_sub(run.right));
            end.min(run.len).saturating_sub(skipped)
        };
        self.runs.iter().map(shared).sum()
    }
}
