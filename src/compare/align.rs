//! Where two sequences of words run together: the common runs, one word to one word, in whatever
//! order they stand.
//!
//! 1. *Seeds.* Every run of three words of one side is looked up in a table of the other's; each hit is extended to a maximal common
//!    run, once per diagonal. Runs of three that are frequent on the indexed side are looked at only where nothing better covers the
//!    place, and a few at a time, which keeps texts made of one repeated word linear.
//! 2. *Tiles.* The runs of six words or more are laid out longest first, each clipped to the words still free on both sides: Greedy
//!    String Tiling (Wise 1993), which finds moved paragraphs and matches repeated boilerplate one to one. All words of a
//!    run of six are thus in a tile, or their counterparts are in a longer one.
//! 3. *Chains.* Shorter runs count only in company: where they follow one another, or a tile, within a few words on both sides.
//! 4. *Blocks.* Neighbours in both orders with small gaps make one block, and single words that agree in the gaps are
//!    matched by the longest common subsequence; so are the few words beyond each end.
//!
//! O(n + m) time for texts that are not built against it (the seeds are capped, the gaps bounded),
//! and memory.
//!
//! The result for (b, a) is that for (a, b) swapped: the smaller side, by length and then by
//! content, is always the indexed one.

use crate::places::Places;

/// The measures of an alignment, in units: words or letters.
pub(crate) trait Grain {
    /// Units of a seed.
    const SEED: usize;
    /// Units of a run that counts alone.
    const TILE: usize;
    /// Units between two runs of one block, on either side, at most [`WIDEST`].
    const GAP: usize;
    /// Runs without a tile among them count from so many units in all, if at least half of what
    /// they span agrees.
    const CHAIN: usize;
}

/// Clean text is aligned word by word.
pub(crate) struct ByWords;

impl Grain for ByWords {
    const SEED: usize = 3;
    const TILE: usize = 6;
    const GAP: usize = 8;
    const CHAIN: usize = 10;
}

/// Recognised text is aligned letter by letter: with one letter in twenty wrong, a run of eight is
/// whole two times in three, and one of twenty-four, some five words, does not come about by
/// chance.
pub(crate) struct ByLetters;

impl Grain for ByLetters {
    const SEED: usize = 8;
    const TILE: usize = 24;
    const GAP: usize = 12;
    const CHAIN: usize = 40;
}

/// Places of one seed that are all followed.
const FREQUENT: u32 = 8;
/// The widest gap of any grain.
const WIDEST: usize = 12;
/// Units beyond each end of a block among which more that agree are looked for, and how many must.
const BEYOND: usize = 4;
const BEYOND_AGREE: usize = 2;

/// A common run: `len` words from `left` on one side and from `right` on the other.
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

    pub(super) fn swapped(self) -> Self {
        Run { left: self.right, right: self.left, len: self.len }
    }
}

/// Two sequences laid beside each other.
#[derive(Debug, Default)]
pub(crate) struct Alignment {
    /// The blocks in which they run together, by their place on the left: the runs of each ascend
    /// on both sides. No unit of either side is in two blocks.
    pub(crate) blocks: Vec<Vec<Run>>,
    /// The typical length of a common run of at least a seed, in a block or not: the mean over the
    /// units in them.
    pub(crate) run: f64,
}

impl Alignment {
    /// That of two lists of words or letters.
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
    runs.sort_unstable_by_key(|run| (std::cmp::Reverse(run.len), run.left, run.right));
    let mut pieces = lay_out::<G>(&runs, left.len(), right.len());
    let (sum, squares) = pieces.iter().fold((0, 0), |(sum, squares), piece| {
        (sum + piece.run.len, squares + piece.run.len.pow(2))
    });
    keep_company::<G>(&mut pieces);
    let mut blocks = join::<G>(pieces, left, right);
    reach_beyond(&mut blocks, left, right);
    Alignment { blocks, run: squares as f64 / sum.max(1) as f64 }
}

/// All maximal common runs of at least a seed, but for frequent seeds where others cover the place.
fn common_runs<G: Grain>(left: &[u64], right: &[u64]) -> Vec<Run> {
    let index = Index::new(left, G::SEED);
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
        if count <= FREQUENT {
            for place in places {
                if let Some(run) = follow(place) {
                    covered = covered.max(run.right_end());
                    runs.push(run);
                }
            }
        } else if covered <= at {
            let found = places.take(FREQUENT as usize).filter_map(follow);
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

/// Where each seed stands, in one side. Seeds are told apart by a hash, so who follows one looks at
/// the words.
struct Index {
    /// The upper half of the hash of a seed, and its first place, which is one more than it says, 0
    /// for none.
    cells: Vec<(u32, u32)>,
    /// For each place, the next with the same seed, and more of the hash with how many come from it
    /// on, as far as that is counted.
    next: Vec<(u32, u32)>,
    key: Places,
}

/// Bits in which the places of a seed are counted.
const COUNT: u32 = 4;

impl Index {
    fn new(words: &[u64], seed: usize) -> Self {
        const { assert!(FREQUENT + 1 < 1 << COUNT) };
        let seeds = words.len().saturating_sub(seed - 1);
        // Sparse, so that a seed is nearly always found, or missed, in the first cell.
        let cells = vec![(0, 0); (4 * seeds).next_power_of_two().max(2)];
        let mut index = Index { cells, next: vec![(0, 0); seeds], key: Places::default() };
        for (place, seed) in words.windows(seed).enumerate().rev() {
            let hash = seed_hash(seed);
            let (cell, first) = index.find(hash);
            let count = (index.count(first) + 1).min(FREQUENT + 1);
            index.next[place] = (first, (hash as u32) << COUNT | count);
            index.cells[cell] = ((hash >> 32) as u32, place as u32 + 1);
        }
        index
    }

    /// The cell that holds this seed, or the empty one where it belongs, and the first place in it.
    #[inline(always)]
    fn find(&self, hash: u64) -> (usize, u32) {
        let upper = (hash >> 32) as u32;
        let is_it =
            |first: u32| (self.next[first as usize - 1].1 ^ (hash as u32) << COUNT) >> COUNT == 0;
        let ends = |(held, first)| first == 0 || (held == upper && is_it(first));
        let (cell, (_, first)) = self.key.find(&self.cells, hash, ends);
        (cell, first)
    }

    /// How many places come from this one on, if they are not more than [`FREQUENT`].
    #[inline(always)]
    fn count(&self, first: u32) -> u32 {
        if first == 0 { 0 } else { self.next[first as usize - 1].1 % (1 << COUNT) }
    }

    /// The places of `seed`, ascending, and how many there are, or one more than [`FREQUENT`].
    fn places(&self, seed: &[u64]) -> (impl Iterator<Item = usize> + '_, u32) {
        let (_, first) = self.find(seed_hash(seed));
        let next = |&place: &u32| Some(self.next[place as usize - 1].0).filter(|&next| next != 0);
        let places = std::iter::successors(Some(first).filter(|&first| first != 0), next);
        (places.map(|place| place as usize - 1), self.count(first))
    }
}

fn seed_hash(seed: &[u64]) -> u64 {
    seed.iter().fold(0u64, |sum, word| sum.rotate_left(23) ^ word)
}

/// A run, or what is left of it, laid out.
#[derive(Clone, Copy, Debug)]
struct Piece {
    run: Run,
    /// Part of a run that counts alone.
    tile: bool,
}

/// Gives every word to at most one piece, the longest runs first; in the order of the left side.
fn lay_out<G: Grain>(runs: &[Run], left_len: usize, right_len: usize) -> Vec<Piece> {
    let (mut left_used, mut right_used) = (vec![false; left_len], vec![false; right_len]);
    let mut pieces: Vec<Piece> = Vec::new();
    for run in runs {
        let tile = run.len >= G::TILE;
        let mut from = 0;
        for i in 0..=run.len {
            if i < run.len && !left_used[run.left + i] && !right_used[run.right + i] {
                continue;
            }
            if i - from >= if tile { 1 } else { G::SEED } {
                let run = Run { left: run.left + from, right: run.right + from, len: i - from };
                left_used[run.left..run.left_end()].fill(true);
                right_used[run.right..run.right_end()].fill(true);
                pieces.push(Piece { run, tile });
            }
            from = i + 1;
        }
    }
    pieces.sort_unstable_by_key(|piece| piece.run.left);
    pieces
}

/// Drops the short runs that stand alone.
fn keep_company<G: Grain>(pieces: &mut Vec<Piece>) {
    /// Pieces back, in the left order, among which the one before is looked for.
    const BACK: usize = 8;
    // Each piece's chain, named by its first piece, and what the chains hold.
    let mut chain: Vec<usize> = (0..pieces.len()).collect();
    let mut words = vec![0; pieces.len()];
    let mut span = vec![0; pieces.len()];
    let mut tile = vec![false; pieces.len()];
    for i in 0..pieces.len() {
        let run = pieces[i].run;
        let before = (i.saturating_sub(BACK)..i)
            .filter_map(|b| Some((gap::<G>(&pieces[b].run, &run)?, b)))
            .min_by_key(|&(gap, b)| (gap, std::cmp::Reverse(b)));
        let mut spanned = run.len;
        if let Some((gap, b)) = before {
            chain[i] = chain[b];
            spanned += gap;
        }
        words[chain[i]] += run.len;
        span[chain[i]] += spanned;
        tile[chain[i]] |= pieces[i].tile;
    }
    let mut i = 0;
    pieces.retain(|_| {
        let c = chain[i];
        i += 1;
        tile[c] || (words[c] >= G::CHAIN && 2 * words[c] >= span[c])
    });
}

/// The wider of the two gaps between a run and one after it, if it follows closely on both sides.
fn gap<G: Grain>(before: &Run, after: &Run) -> Option<usize> {
    let left = after.left.checked_sub(before.left_end())?;
    let right = after.right.checked_sub(before.right_end())?;
    Some(left.max(right)).filter(|&gap| gap <= G::GAP)
}

/// Puts pieces that are neighbours in both orders into one block.
fn join<G: Grain>(pieces: Vec<Piece>, left: &[u64], right: &[u64]) -> Vec<Vec<Run>> {
    let mut by_right: Vec<usize> = (0..pieces.len()).collect();
    by_right.sort_unstable_by_key(|&i| pieces[i].run.right);
    let mut after = vec![usize::MAX; pieces.len()];
    for pair in by_right.windows(2) {
        after[pair[0]] = pair[1];
    }
    let mut blocks: Vec<Vec<Run>> = Vec::new();
    for (i, piece) in pieces.iter().enumerate() {
        let before = i.checked_sub(1).filter(|&b| after[b] == i);
        match (before.and_then(|b| gap::<G>(&pieces[b].run, &piece.run)), blocks.last_mut()) {
            (Some(_), Some(block)) => {
                let last = block[block.len() - 1];
                match_gap(&last, &piece.run, left, right, block);
                push(block, piece.run);
            }
            _ => blocks.push(vec![piece.run]),
        }
    }
    blocks
}

/// Appends a run, to the last one if it goes on without a gap.
fn push(block: &mut Vec<Run>, run: Run) {
    match block.last_mut() {
        Some(last) if last.left_end() == run.left && last.right_end() == run.right => {
            last.len += run.len;
        }
        _ => block.push(run),
    }
}

/// Matches the words that agree between two runs of a block.
fn match_gap(before: &Run, after: &Run, left: &[u64], right: &[u64], block: &mut Vec<Run>) {
    let (from, to) = ((before.left_end(), before.right_end()), (after.left, after.right));
    for (i, j) in common_subsequence(&left[from.0..to.0], &right[from.1..to.1]) {
        push(block, Run { left: from.0 + i, right: from.1 + j, len: 1 });
    }
}

/// A longest common subsequence, at most [`WIDEST`] by as many, as the places of its words.
fn common_subsequence<'a>(l: &'a [u64], r: &'a [u64]) -> impl Iterator<Item = (usize, usize)> + 'a {
    // longest[i][j]: of the words from i and from j on.
    let mut longest = [[0u8; WIDEST + 1]; WIDEST + 1];
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

/// Lets each block go on past its ends, where enough of the next few words agree, as far as the
/// neighbouring blocks.
fn reach_beyond(blocks: &mut [Vec<Run>], left: &[u64], right: &[u64]) {
    let mut by_right: Vec<usize> = (0..blocks.len()).collect();
    by_right.sort_unstable_by_key(|&b| blocks[b][0].right);
    let mut rank = vec![0; blocks.len()];
    for (place, &b) in by_right.iter().enumerate() {
        rank[b] = place;
    }
    for b in 0..blocks.len() {
        // Where the neighbours on each side end and begin.
        let previous = b.checked_sub(1).map_or(0, |p| end_of(&blocks[p]).0);
        let next = blocks.get(b + 1).map_or(left.len(), |n| n[0].left);
        let previous_right = rank[b].checked_sub(1).map_or(0, |p| end_of(&blocks[by_right[p]]).1);
        let next_right = by_right.get(rank[b] + 1).map_or(right.len(), |&n| blocks[n][0].right);

        let (end, end_right) = end_of(&blocks[b]);
        let ahead = (
            &left[end..next.min(end + BEYOND)],
            &right[end_right..next_right.min(end_right + BEYOND)],
        );
        let agreeing: Vec<(usize, usize)> = common_subsequence(ahead.0, ahead.1).collect();
        if agreeing.len() >= BEYOND_AGREE {
            for (i, j) in agreeing {
                push(&mut blocks[b], Run { left: end + i, right: end_right + j, len: 1 });
            }
        }

        let (start, start_right) = (blocks[b][0].left, blocks[b][0].right);
        let from = previous.max(start.saturating_sub(BEYOND));
        let from_right = previous_right.max(start_right.saturating_sub(BEYOND));
        let before = common_subsequence(&left[from..start], &right[from_right..start_right]);
        let mut runs = Vec::new();
        for (i, j) in before {
            push(&mut runs, Run { left: from + i, right: from_right + j, len: 1 });
        }
        if runs.iter().map(|run| run.len).sum::<usize>() >= BEYOND_AGREE {
            for run in std::mem::take(&mut blocks[b]) {
                push(&mut runs, run);
            }
            blocks[b] = runs;
        }
    }
}

/// Where a block ends, on both sides.
fn end_of(block: &[Run]) -> (usize, usize) {
    block.last().map_or((0, 0), |last| (last.left_end(), last.right_end()))
}

#[cfg(test)]
mod tests;
