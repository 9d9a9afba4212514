//! What two texts share, by the [aligner](crate::compare::align) that `compare` uses.

use super::grain::{Grain, Searched, runs as run_hashes};
use crate::compare::align::{Alignment, ByLetters, ByWords, Run};
use crate::keyed::KeyedMap;
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
        let last = self.runs[self.runs.len() - 1];
        [self.runs[0].left, last.left + last.len]
    }

    /// Where it stands in the later text.
    pub(super) fn in_later(&self) -> Span {
        let last = self.runs[self.runs.len() - 1];
        [self.runs[0].right, last.right + last.len]
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

/// The memory of one core.
#[derive(Default)]
struct Aligner {
    buffer: String,
    scratch: Scratch,
    /// The units of the earlier text, and which it is.
    earlier: Vec<u64>,
    held: Option<u32>,
    /// Where each run of the least length first stands in it.
    runs: KeyedMap<u32>,
    /// The hashes of runs.
    hashes: Vec<u64>,
}

/// Aligns pairs of texts, the earlier first, on all cores; returns what they share. Calls `done`
/// after each.
pub(super) fn matches(
    texts: Searched<'_>,
    pairs: &[[u32; 2]],
    grain: &Grain,
    done: impl Fn() + Sync + Send,
) -> Vec<Match> {
    let tasks: Vec<&[[u32; 2]]> = pairs.chunks(TASK_PAIRS).collect();
    let parts = parallel::map(tasks.len(), Aligner::default, |aligner, task| {
        let mut found = Vec::new();
        for &pair in tasks[task] {
            aligner.align(texts, pair, grain, &mut found);
            done();
        }
        found
    });
    parts.into_iter().flatten().collect()
}

impl Aligner {
    fn align(
        &mut self,
        texts: Searched<'_>,
        [earlier, later]: [u32; 2],
        grain: &Grain,
        found: &mut Vec<Match>,
    ) {
        let Aligner { buffer, scratch, earlier: left, held, runs, hashes } = self;
        if *held != Some(earlier) {
            let text = texts.articles.text(earlier as usize, buffer);
            left.clear();
            left.extend_from_slice(grain.read_units(text, scratch));
            run_hashes(left, grain.min_units, hashes);
            runs.clear();
            (0..).zip(&*hashes).for_each(|(place, &hash)| _ = runs.entry(hash).or_insert(place));
            *held = Some(earlier);
        }
        let right = grain.read_units(texts.articles.text(later as usize, buffer), scratch);
        let alignment = match grain.by_letters() {
            true => Alignment::of::<ByLetters>(left, right),
            false => Alignment::of::<ByWords>(left, right),
        };
        let first = found.len();
        for runs in alignment.blocks {
            let matched = Match { earlier, later, runs: runs.into() };
            if matched.counts(grain.min_units) {
                found.push(matched);
            }
        }
        // An alignment matches each unit once, so of two runs that overlap in one text and lie
        // apart in the other it has one. The other is added.
        run_hashes(right, grain.min_units, hashes);
        let mut at = 0;
        while at < hashes.len() {
            let Some(place) = runs.get(&hashes[at]).map(|&place| place as usize) else {
                at += 1;
                continue;
            };
            let end = at + grain.min_units;
            let matched = found[first..].iter().flat_map(|it| &it.runs);
            let spans = matched.map(|run| [run.right, run.right + run.len]);
            let holding = spans.filter(|span| span[0] <= at && end <= span[1]).map(|span| span[1]);
            let covered = holding.max().unwrap_or_else(|| {
                let run = longest_run(left, right, place, at);
                found.push(Match { earlier, later, runs: [run].into() });
                run.right + run.len
            });
            // The next run that is not inside.
            at = (covered + 1).saturating_sub(grain.min_units).max(at + 1);
        }
    }
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

    /// Whether enough agrees: a run of the least length word for word, or as many units with few
    /// others between them.
    fn counts(&self, min_units: usize) -> bool {
        let agreeing: usize = self.runs.iter().map(|run| run.len).sum();
        let span = |[start, end]: Span| end - start;
        let spanned = span(self.in_earlier()).max(span(self.in_later()));
        let is_dense = agreeing as f64 >= MIN_AGREEING * spanned as f64;
        agreeing >= min_units && (is_dense || self.runs.iter().any(|run| run.len >= min_units))
    }
}
