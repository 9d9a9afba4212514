//! What two texts share, by the [aligner](crate::compare::align) that `compare` uses.
//!
//! Two texts of a collection that share a run are aligned between the first fingerprint that they
//! share and the last, and some way around: a common run of the least length has a fingerprint of
//! both near each end, and two stories that share a paragraph cost no more than that.

use super::fingerprints::{Fingerprints, Occurrence, skip};
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

/// The stretch that holds both.
pub(super) fn spanning(a: Span, b: Span) -> Span {
    [a[0].min(b[0]), a[1].max(b[1])]
}

/// The stretches of two texts that hold both.
pub(super) fn spanning_in_both(a: [Span; 2], b: [Span; 2]) -> [Span; 2] {
    [0, 1].map(|side| spanning(a[side], b[side]))
}

/// Pairs that one core aligns at a time: those of one text follow each other, and it is read once.
const TASK_PAIRS: usize = 64;
/// How far beyond the fingerprints texts are aligned, in lengths of the least passage.
const MARGIN: usize = 2;
/// The most places of a fingerprint in two texts that are paired.
const MAX_PLACES: usize = 64;
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
    /// The different runs of the least length in it, if they were needed.
    runs: Numbering,
    /// Where each of them first stands.
    first: Vec<u32>,
    /// Whether the runs are those of this text.
    is_numbered: bool,
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
    common: Common,
}

/// A place in each of two texts.
type Places = [usize; 2];

/// Two texts to be aligned, the earlier first, and between which places; between the first and the
/// last common fingerprint if that is not known.
pub(super) type Proposed = ([u32; 2], Option<[Span; 2]>);

/// Aligns pairs of texts on all cores; returns what they share. `shared` are the fingerprints that
/// may occur several times, those of each text by key. Calls `done` after each pair.
pub(super) fn matches(
    texts: Searched<'_>,
    shared: &Fingerprints,
    pairs: &[Proposed],
    grain: &Grain,
    done: impl Fn() + Sync + Send,
) -> Vec<Match> {
    let tasks: Vec<&[Proposed]> = pairs.chunks(TASK_PAIRS).collect();
    let parts = parallel::map(tasks.len(), Reader::default, |reader, task| {
        let Reader { buffer, scratch, aligner, held, common } = reader;
        let mut found = Vec::new();
        for &([earlier, later], between) in tasks[task] {
            if *held != Some(earlier) {
                let text = texts.articles.text(earlier as usize, buffer);
                aligner.set_left(grain.read_units(text, scratch));
                *held = Some(earlier);
            }
            common.read(shared.get(earlier as usize), shared.get(later as usize));
            if let Some(between) = between.or(common.hull) {
                let text = texts.articles.text(later as usize, buffer);
                let units = grain.read_units(text, scratch);
                let reach = MARGIN * grain.min_units;
                let around = |[first, last]: Span| [first.saturating_sub(reach), last + reach];
                let shared = aligner.align_within(units, between.map(around), common, grain);
                found.extend(shared.into_iter().map(|runs| Match {
                    earlier,
                    later,
                    runs: runs.into(),
                }));
            }
            done();
        }
        found
    });
    parts.into_iter().flatten().collect()
}

/// The fingerprints that two texts share.
#[derive(Default)]
struct Common {
    /// The first and the last place in each text.
    hull: Option<[Span; 2]>,
    /// Where each stands, every place in one text with every place in the other; incomplete if one
    /// stands too often in both.
    places: Vec<Places>,
    is_complete: bool,
}

impl Common {
    /// Reads those of two texts, each sorted by key.
    fn read(&mut self, left: &[Occurrence], right: &[Occurrence]) {
        let Common { hull, places, is_complete } = self;
        places.clear();
        (*hull, *is_complete) = (None, true);
        let place = |it: &Occurrence| it.place as usize;
        // Each key of the shorter list is looked up in the longer: many short texts may have parts
        // of a long one.
        let is_swapped = left.len() > right.len();
        let (short, mut long) = if is_swapped { (right, left) } else { (left, right) };
        for these in short.chunk_by(|a, b| a.key == b.key) {
            let key = these[0].key;
            long = skip(long, |it| it.key < key);
            let those = &long[..long.len() - skip(long, |it| it.key == key).len()];
            if those.is_empty() {
                continue;
            }
            let (these, those) = if is_swapped { (those, these) } else { (these, those) };
            // The places of one key ascend.
            let ends = |it: &[Occurrence]| [place(&it[0]), place(&it[it.len() - 1])];
            let found = [ends(these), ends(those)];
            *hull = Some(hull.map_or(found, |hull| spanning_in_both(hull, found)));
            if these.len() * those.len() <= MAX_PLACES {
                let with = |l: &Occurrence| {
                    let l = place(l);
                    those.iter().map(move |r| [l, place(r)])
                };
                places.extend(these.iter().flat_map(with));
            } else {
                *is_complete = false;
            }
        }
    }
}

impl Aligner {
    /// Sets the left text, by its units.
    pub(crate) fn set_left(&mut self, units: &[u64]) {
        self.left.clear();
        self.left.extend_from_slice(units);
        self.is_numbered = false;
    }

    fn number_runs(&mut self, grain: &Grain) {
        let Aligner { left, runs, first, is_numbered, hashes } = self;
        if std::mem::replace(is_numbered, true) {
            return;
        }
        run_hashes(left, grain.min_units, hashes);
        runs.clear(hashes.len());
        first.clear();
        for (place, &hash) in (0..).zip(&*hashes) {
            if runs.number(hash) as usize == first.len() {
                first.push(place);
            }
        }
    }

    /// Where the runs of the least length in a stretch of another text stand there, and where first
    /// in the left one.
    fn common_runs(&mut self, right: &[u64], from: usize, grain: &Grain) -> Vec<Places> {
        self.number_runs(grain);
        run_hashes(right, grain.min_units, &mut self.hashes);
        let place = |(at, &hash): (usize, &u64)| {
            Some([self.first[self.runs.find(hash)? as usize] as usize, from + at])
        };
        self.hashes.iter().enumerate().filter_map(place).collect()
    }

    /// Whether a run of the least length stands in the left text and in another.
    #[cfg(feature = "index")]
    pub(crate) fn shares_run(&mut self, right: &[u64], grain: &Grain) -> bool {
        self.number_runs(grain);
        run_hashes(right, grain.min_units, &mut self.hashes);
        self.hashes.iter().any(|&hash| self.runs.find(hash).is_some())
    }

    /// The passages that another text shares with the left one: of each the runs that agree,
    /// ascending on both sides. Each run of the least length that both have lies in one of them, on
    /// the right wherever it stands, on the left where it stands once.
    #[cfg(feature = "index")]
    pub(crate) fn align(&mut self, right: &[u64], grain: &Grain) -> Vec<Vec<Run>> {
        let all = [[0, self.left.len()], [0, right.len()]];
        self.align_within(right, all, &mut Common::default(), grain)
    }

    /// The same of runs that lie in these stretches of both, which may reach beyond their ends. If
    /// `common` is complete, every common run of the least length must have one of its fingerprints.
    fn align_within(
        &mut self,
        right: &[u64],
        stretches: [Span; 2],
        common: &mut Common,
        grain: &Grain,
    ) -> Vec<Vec<Run>> {
        let clipped = |[start, end]: Span, len: usize| [start.min(len), end.min(len)];
        let [l, r] = [clipped(stretches[0], self.left.len()), clipped(stretches[1], right.len())];
        let (in_left, in_right) = (&self.left[l[0]..l[1]], &right[r[0]..r[1]]);
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
        // Where the runs of the least length begin that have a shingle at a place, at the earliest.
        let before = if common.is_complete {
            let is_inside = |place: usize, [start, end]: Span| start <= place && place < end;
            common.places.retain(|place| is_inside(place[0], l) && is_inside(place[1], r));
            common.places.sort_unstable_by_key(|&[l, r]| (r, l));
            grain.min_units - grain.width
        } else {
            common.places = self.common_runs(in_right, r[0], grain);
            0
        };
        add_missed(&mut found, [&self.left, right], &common.places, before, grain.min_units);
        found
    }
}

/// Adds the longest common runs through these places, ascending on the right, that lie in no other
/// there.
/// An alignment matches each unit once, so of two runs that overlap in one text and lie apart in the
/// other it has one. `before` is how far before a place runs of the least length may begin.
fn add_missed(
    found: &mut Vec<Vec<Run>>,
    [left, right]: [&[u64]; 2],
    places: &[Places],
    before: usize,
    min_units: usize,
) {
    // What was found on the right, ascending; and for each how far it and those before it reach.
    let mut spans: Vec<Span> =
        found.iter().flatten().map(|run| [run.right, run.right + run.len]).collect();
    spans.sort_unstable();
    let mut reach = 0;
    spans.iter_mut().for_each(|[_, end]| {
        reach = reach.max(*end);
        *end = reach;
    });
    let mut added: Vec<Span> = Vec::new();
    let is_held = |added: &[Span], [start, end]: Span| {
        let from_before = spans[..spans.partition_point(|span| span[0] <= start)].last();
        from_before.is_some_and(|span| end <= span[1])
            || added.iter().rev().any(|span| span[0] <= start && end <= span[1])
    };
    for &[l, r] in places {
        added.retain(|span| span[1] > r);
        // Here lie all the runs that it may be of.
        let around = [r.saturating_sub(before), (r + min_units).min(right.len())];
        if is_held(&added, around) {
            continue;
        }
        let run = longest_run(left, right, l, r);
        let span = [run.right, run.right + run.len];
        if run.len >= min_units && !is_held(&added, span) {
            added.push(span);
            found.push(vec![run]);
        }
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
    /// Where units agree that lie in these ranges of both texts, from the first to the last in the
    /// earlier one, and how many; nothing if none does.
    pub(super) fn between(&self, earlier: Span, later: Span) -> Option<(Span, usize)> {
        let shared = |run: &Run| {
            let skipped =
                earlier[0].saturating_sub(run.left).max(later[0].saturating_sub(run.right));
            let end = earlier[1].saturating_sub(run.left).min(later[1].saturating_sub(run.right));
            let end = end.min(run.len);
            (skipped < end).then(|| ([run.left + skipped, run.left + end], end - skipped))
        };
        let join = |a: (Span, usize), b: (Span, usize)| (spanning(a.0, b.0), a.1 + b.1);
        self.runs.iter().filter_map(shared).reduce(join)
    }
}
