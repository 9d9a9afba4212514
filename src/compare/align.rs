//! Alignment: where two sequences of words run together, one word to one word, in whatever order
//! the runs stand.
//!
//! 1. *Seeds.* Every three words of one side are looked up in a table of the other side's; each hit
//!    is extended to a maximal common run, once per diagonal. Seeds that are frequent on the
//!    indexed side are followed only where no run covers the place yet, and only a few of their
//!    places, which keeps texts made of one repeated word linear.
//! 2. *Tiles.* The runs are laid out longest first, each clipped to the words still free on both
//!    sides: Greedy String Tiling (Wise 1993), which finds moved paragraphs and matches repeated
//!    boilerplate one to one. Every word of a run of six or more is thus in a tile, or its
//!    counterpart is in a longer one.
//! 3. *Chains.* Shorter runs count only in chains: where they follow one another, or a long tile,
//!    within a few words on both sides. Isolated ones are dropped.
//! 4. *Blocks.* Tiles that are neighbours in both orders, with small gaps, are joined to one block.
//!    Single words that agree in the gaps are matched by a longest common subsequence, and so are
//!    the few words beyond each end.
//!
//! O(n + m) time and memory for texts that are not constructed against it: the seeds are capped and
//! the gaps bounded.
//!
//! The result for (b, a) is that for (a, b) swapped: the smaller side, by length and then by
//! content, is always the indexed one.

use std::cmp::Reverse;

use crate::numbering::Numbering;

/// The lengths that steer an alignment, in units: words or letters.
pub(crate) trait Grain {
    /// The length of a seed.
    const SEED: usize;
    /// The length from which a run counts by itself.
    const MIN_TILE: usize;
    /// The widest gap between two runs of one block, on either side; not above [`WIDEST_GAP`].
    const MAX_GAP: usize;
    /// The total length from which a chain of shorter runs counts, if at least half of what it
    /// spans agrees.
    const MIN_CHAIN: usize;
}

/// Clean text is aligned word by word.
pub(crate) struct ByWords;

impl Grain for ByWords {
    const SEED: usize = 3;
    const MIN_TILE: usize = 6;
    const MAX_GAP: usize = 8;
    const MIN_CHAIN: usize = 10;
}

/// Text from optical recognition is aligned letter by letter: with one letter in twenty wrong, a
/// run of eight is intact two times in three, and one of twenty-four, some five words, does not
/// come about by chance.
pub(crate) struct ByLetters;

impl Grain for ByLetters {
    const SEED: usize = 8;
    const MIN_TILE: usize = 24;
    const MAX_GAP: usize = 12;
    const MIN_CHAIN: usize = 40;
}

/// A seed with more places than this is frequent: only so many are followed.
const MAX_SEED_PLACES: u32 = 8;
/// The widest gap of any grain.
const WIDEST_GAP: usize = 12;
/// Units beyond each end of a block that are searched for more agreement.
const EXTENSION: usize = 4;
/// Units that must agree among these for the block to be extended.
const MIN_EXTENSION: usize = 2;

/// A common run: `len` units from `left` on one side and from `right` on the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Run {
    pub(crate) left: usize,
    pub(crate) right: usize,
    pub(crate) len: usize,
}

impl Run {
    fn left_end(&self) -> usize {
        self.left + self.len
    }

    fn right_end(&self) -> usize {
        self.right + self.len
    }

    pub(crate) fn swapped(self) -> Self {
        Run { left: self.right, right: self.left, len: self.len }
    }

    /// Appends a run to ascending ones; to the last one if it continues that without a gap.
    pub(super) fn append(runs: &mut Vec<Run>, run: Run) {
        match runs.last_mut() {
            Some(last) if last.left_end() == run.left && last.right_end() == run.right => {
                last.len += run.len;
            }
            _ => runs.push(run),
        }
    }
}

/// The alignment of two sequences.
#[derive(Debug, Default)]
pub(crate) struct Alignment {
    /// The blocks in which the sequences run together, by their place on the left. The runs of a
    /// block ascend on both sides. No unit of either side is in two blocks.
    pub(crate) blocks: Vec<Vec<Run>>,
    /// The typical length of the common runs, whether or not they are in a block: the mean over
    /// the units in them.
    pub(crate) mean_run: f64,
}

impl Alignment {
    /// Aligns two lists of words or letters.
    pub(crate) fn of<G: Grain>(left: &[u64], right: &[u64]) -> Self {
        let swap = (left.len(), left) > (right.len(), right);
        let mut alignment =
            if swap { aligned::<G>(right, left) } else { aligned::<G>(left, right) };
        if swap {
            for run in alignment.blocks.iter_mut().flatten() {
                *run = run.swapped();
            }
            alignment.blocks.sort_unstable_by_key(|block| block[0].left);
        }
        alignment
    }
}

fn aligned<G: Grain>(left: &[u64], right: &[u64]) -> Alignment {
    let mut runs = common_runs::<G>(left, right);
    runs.sort_unstable_by_key(|run| (Reverse(run.len), run.left, run.right));
    let mut tiles = tile::<G>(&runs, left.len(), right.len());
    let (sum, squares) = tiles
        .iter()
        .fold((0, 0), |(sum, squares), tile| (sum + tile.run.len, squares + tile.run.len.pow(2)));
    drop_isolated::<G>(&mut tiles);
    let mut blocks = join::<G>(tiles, left, right);
    extend(&mut blocks, left, right);
    Alignment { blocks, mean_run: squares as f64 / sum.max(1) as f64 }
}

/// All maximal common runs of at least a seed, except those of frequent seeds in covered places.
fn common_runs<G: Grain>(left: &[u64], right: &[u64]) -> Vec<Run> {
    let index = SeedIndex::new(left, G::SEED);
    // For each diagonal, where its last run ends on the right.
    let mut followed = vec![0u32; left.len() + right.len()];
    let mut runs: Vec<Run> = Vec::new();
    let mut covered = 0;
    for (at, seed) in right.windows(G::SEED).enumerate() {
        let (places, count) = index.places(seed);
        if count == 0 {
            continue;
        }
        let mut follow = |place: usize| {
            let end = &mut followed[place + right.len() - at];
            if *end as usize > at {
                return None;
            }
            let back = common(left[..place].iter().rev(), right[..at].iter().rev());
            let ahead = common(left[place..].iter(), right[at..].iter());
            *end = (at + ahead) as u32;
            Some(Run { left: place - back, right: at - back, len: back + ahead })
                .filter(|_| ahead >= G::SEED)
        };
        if count <= MAX_SEED_PLACES {
            for place in places {
                if let Some(run) = follow(place) {
                    covered = covered.max(run.right_end());
                    runs.push(run);
                }
            }
        } else if covered <= at {
            let found = places.take(MAX_SEED_PLACES as usize).filter_map(follow);
            if let Some(run) = found.reduce(|best, run| if run.len > best.len { run } else { best })
            {
                covered = run.right_end();
                runs.push(run);
            }
        }
    }
    runs
}

fn common<'a>(a: impl Iterator<Item = &'a u64>, b: impl Iterator<Item = &'a u64>) -> usize {
    a.zip(b).take_while(|(a, b)| a == b).count()
}

/// Where each seed stands on one side. Seeds are compared by a hash only, so whoever follows one
/// must compare the units.
struct SeedIndex {
    numbers: Numbering,
    /// For each different seed its first place, and the number of its places.
    seeds: Vec<(u32, u32)>,
    /// For each place, the next place of the same seed; [`NO_PLACE`] for the last one.
    next: Vec<u32>,
}

const NO_PLACE: u32 = u32::MAX;

impl SeedIndex {
    fn new(units: &[u64], seed: usize) -> Self {
        let count = units.len().saturating_sub(seed - 1);
        let mut numbers = Numbering::with_capacity(count);
        let (mut seeds, mut next) = (Vec::with_capacity(count), vec![NO_PLACE; count]);
        for (place, seed) in units.windows(seed).enumerate().rev() {
            let number = numbers.number(seed_hash(seed)) as usize;
            if number == seeds.len() {
                seeds.push((NO_PLACE, 0));
            }
            let (first, count) = &mut seeds[number];
            next[place] = *first;
            (*first, *count) = (place as u32, *count + 1);
        }
        SeedIndex { numbers, seeds, next }
    }

    /// The places of `seed`, ascending, and how many there are.
    fn places(&self, seed: &[u64]) -> (impl Iterator<Item = usize> + '_, u32) {
        let is_place = |place: &u32| *place != NO_PLACE;
        let number = self.numbers.find(seed_hash(seed));
        let (first, count) = number.map_or((NO_PLACE, 0), |number| self.seeds[number as usize]);
        let next = move |&place: &u32| Some(self.next[place as usize]).filter(is_place);
        let places = std::iter::successors(Some(first).filter(is_place), next);
        (places.map(|place| place as usize), count)
    }
}

fn seed_hash(seed: &[u64]) -> u64 {
    seed.iter().fold(0u64, |sum, word| sum.rotate_left(23) ^ word)
}

/// A run, or what is left of it after longer ones were laid out.
#[derive(Clone, Copy, Debug)]
struct Tile {
    run: Run,
    /// Whether it is part of a run that counts by itself.
    is_long: bool,
}

/// Gives every unit to at most one tile, the longest runs first; in the order of the left side.
fn tile<G: Grain>(runs: &[Run], left_len: usize, right_len: usize) -> Vec<Tile> {
    let (mut left_used, mut right_used) = (vec![false; left_len], vec![false; right_len]);
    let mut tiles: Vec<Tile> = Vec::new();
    for run in runs {
        let is_long = run.len >= G::MIN_TILE;
        let min_len = if is_long { 1 } else { G::SEED };
        let mut from = 0;
        for i in 0..=run.len {
            if i < run.len && !left_used[run.left + i] && !right_used[run.right + i] {
                continue;
            }
            if i - from >= min_len {
                let run = Run { left: run.left + from, right: run.right + from, len: i - from };
                left_used[run.left..run.left_end()].fill(true);
                right_used[run.right..run.right_end()].fill(true);
                tiles.push(Tile { run, is_long });
            }
            from = i + 1;
        }
    }
    tiles.sort_unstable_by_key(|tile| tile.run.left);
    tiles
}

/// Drops the short tiles that are in no chain which counts.
fn drop_isolated<G: Grain>(tiles: &mut Vec<Tile>) {
    /// How many tiles back, in the order of the left side, the predecessor of a tile may be.
    const LOOK_BACK: usize = 8;
    // Each tile's chain, identified by its first tile; and for each chain the units that agree, the
    // units that it spans, and whether it has a long tile.
    let mut chain: Vec<usize> = (0..tiles.len()).collect();
    let mut agreeing = vec![0; tiles.len()];
    let mut spanned = vec![0; tiles.len()];
    let mut has_long = vec![false; tiles.len()];
    for i in 0..tiles.len() {
        let run = tiles[i].run;
        let predecessor = (i.saturating_sub(LOOK_BACK)..i)
            .filter_map(|b| Some((gap::<G>(&tiles[b].run, &run)?, b)))
            .min_by_key(|&(gap, b)| (gap, Reverse(b)));
        let mut span = run.len;
        if let Some((gap, b)) = predecessor {
            chain[i] = chain[b];
            span += gap;
        }
        agreeing[chain[i]] += run.len;
        spanned[chain[i]] += span;
        has_long[chain[i]] |= tiles[i].is_long;
    }
    let mut i = 0;
    tiles.retain(|_| {
        let c = chain[i];
        i += 1;
        has_long[c] || (agreeing[c] >= G::MIN_CHAIN && 2 * agreeing[c] >= spanned[c])
    });
}

/// The wider of the two gaps between a run and a later one, if neither is too wide.
fn gap<G: Grain>(before: &Run, after: &Run) -> Option<usize> {
    let left = after.left.checked_sub(before.left_end())?;
    let right = after.right.checked_sub(before.right_end())?;
    Some(left.max(right)).filter(|&gap| gap <= G::MAX_GAP)
}

/// Joins tiles that are neighbours in both orders, with small gaps, to blocks.
fn join<G: Grain>(tiles: Vec<Tile>, left: &[u64], right: &[u64]) -> Vec<Vec<Run>> {
    let mut by_right: Vec<usize> = (0..tiles.len()).collect();
    by_right.sort_unstable_by_key(|&i| tiles[i].run.right);
    let mut after = vec![usize::MAX; tiles.len()];
    for pair in by_right.windows(2) {
        after[pair[0]] = pair[1];
    }
    let mut blocks: Vec<Vec<Run>> = Vec::new();
    for (i, tile) in tiles.iter().enumerate() {
        let before = i.checked_sub(1).filter(|&b| after[b] == i);
        match (before.and_then(|b| gap::<G>(&tiles[b].run, &tile.run)), blocks.last_mut()) {
            (Some(_), Some(block)) => {
                let last = block[block.len() - 1];
                match_gap(&last, &tile.run, left, right, block);
                Run::append(block, tile.run);
            }
            _ => blocks.push(vec![tile.run]),
        }
    }
    blocks
}

/// Matches the units that agree in the gap between two runs of a block.
fn match_gap(before: &Run, after: &Run, left: &[u64], right: &[u64], block: &mut Vec<Run>) {
    let (from, to) = ((before.left_end(), before.right_end()), (after.left, after.right));
    for (i, j) in common_subsequence(&left[from.0..to.0], &right[from.1..to.1]) {
        Run::append(block, Run { left: from.0 + i, right: from.1 + j, len: 1 });
    }
}

/// The places of a longest common subsequence of two sequences of up to [`WIDEST_GAP`] units.
fn common_subsequence<'a>(l: &'a [u64], r: &'a [u64]) -> impl Iterator<Item = (usize, usize)> + 'a {
    // longest[i][j]: its length for the units from i and from j on.
    let mut longest = [[0u8; WIDEST_GAP + 1]; WIDEST_GAP + 1];
    for i in (0..l.len()).rev() {
        for j in (0..r.len()).rev() {
            longest[i][j] = if l[i] == r[j] {
                longest[i + 1][j + 1] + 1
            } else {
                longest[i + 1][j].max(longest[i][j + 1])
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    std::iter::from_fn(move || {
        while longest[i][j] > 0 {
            if l[i] == r[j] {
                (i, j) = (i + 1, j + 1);
                return Some((i - 1, j - 1));
            }
            if longest[i + 1][j] >= longest[i][j + 1] { i += 1 } else { j += 1 }
        }
        None
    })
}

/// Extends each block past its ends, up to the neighbouring blocks, if enough of the next few units
/// agree.
fn extend(blocks: &mut [Vec<Run>], left: &[u64], right: &[u64]) {
    let mut by_right: Vec<usize> = (0..blocks.len()).collect();
    by_right.sort_unstable_by_key(|&b| blocks[b][0].right);
    let mut right_rank = vec![0; blocks.len()];
    for (rank, &b) in by_right.iter().enumerate() {
        right_rank[b] = rank;
    }
    for b in 0..blocks.len() {
        // Where the previous block ends and the next one begins, on each side.
        let previous = b.checked_sub(1).map_or(0, |p| end_of(&blocks[p]).0);
        let next = blocks.get(b + 1).map_or(left.len(), |n| n[0].left);
        let previous_right =
            right_rank[b].checked_sub(1).map_or(0, |p| end_of(&blocks[by_right[p]]).1);
        let next_right =
            by_right.get(right_rank[b] + 1).map_or(right.len(), |&n| blocks[n][0].right);

        let (end, end_right) = end_of(&blocks[b]);
        let ahead = (
            &left[end..next.min(end + EXTENSION)],
            &right[end_right..next_right.min(end_right + EXTENSION)],
        );
        let agreeing: Vec<(usize, usize)> = common_subsequence(ahead.0, ahead.1).collect();
        if agreeing.len() >= MIN_EXTENSION {
            for (i, j) in agreeing {
                Run::append(&mut blocks[b], Run { left: end + i, right: end_right + j, len: 1 });
            }
        }

        let (start, start_right) = (blocks[b][0].left, blocks[b][0].right);
        let from = previous.max(start.saturating_sub(EXTENSION));
        let from_right = previous_right.max(start_right.saturating_sub(EXTENSION));
        let before = common_subsequence(&left[from..start], &right[from_right..start_right]);
        let mut runs = Vec::new();
        for (i, j) in before {
            Run::append(&mut runs, Run { left: from + i, right: from_right + j, len: 1 });
        }
        if runs.iter().map(|run| run.len).sum::<usize>() >= MIN_EXTENSION {
            for run in std::mem::take(&mut blocks[b]) {
                Run::append(&mut runs, run);
            }
            blocks[b] = runs;
        }
    }
}

/// The end of a block on both sides.
fn end_of(block: &[Run]) -> (usize, usize) {
    block.last().map_or((0, 0), |last| (last.left_end(), last.right_end()))
}

#[cfg(test)]
mod tests;
