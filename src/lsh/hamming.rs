//! Multi-index hashing: finds all SimHash neighbours within d bits, exactly.
//!
//! The bits are cut into m blocks. Two hashes at distance d or less differ in at most d / m bits in
//! some block, so looking up every variant of each block within that radius finds all neighbours
//! (Norouzi, Punjani and Fleet, "Fast Exact Search in Hamming Space with Multi-Index Hashing",
//! 2014, arXiv 1307.2982). With m = d + 1 and radius 0 it is the scheme of Manku et al. 2007 with
//! unsorted tables. The number of blocks is chosen for the least expected work. Where d is too
//! large for blocks to help, every hash is compared: about 1 ns each.

use crate::error::Error;
use crate::sketch::simhash::SimHash;

/// An exact index of [`SimHash`]es for neighbours within a fixed distance.
///
/// ```
/// use newsprint::parts::{HammingIndex, SimHash};
///
/// let hashes = [0b0000, 0b0111, 0b1111].map(|word| SimHash::from_words(&[word]).unwrap());
/// let index = HammingIndex::new(&hashes, 3)?;
/// assert_eq!(index.neighbors(&hashes[0])?, [(0, 0), (1, 3)]);
/// assert_eq!(index.pairs(), [(0, 1, 3), (1, 2, 1)]);
/// # Ok::<(), newsprint::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct HammingIndex {
    hashes: Vec<SimHash>,
    /// The most bits in which a neighbour differs.
    distance: u32,
    /// Empty when a scan is cheaper.
    blocks: Vec<Block>,
    /// The most bits in which some block of a neighbour differs.
    radius: u32,
}

/// A direct-address table of the hashes by one block of their bits.
#[derive(Clone, Debug)]
struct Block {
    /// The first bit of the block.
    from: usize,
    /// The number of bits, at most 24.
    bits: usize,
    /// For each value of the block, where the hashes that have it begin in `ids`.
    starts: Vec<u32>,
    /// The numbers of the hashes, sorted by the value of the block.
    ids: Vec<u32>,
}

impl Block {
    /// Counting sort of the hashes by the value of the block.
    fn new(hashes: &[SimHash], from: usize, bits: usize) -> Self {
        let mut block =
            Block { from, bits, starts: vec![0; (1 << bits) + 1], ids: vec![0; hashes.len()] };
        let values: Vec<usize> = hashes.iter().map(|hash| block.value(hash)).collect();
        for &value in &values {
            block.starts[value + 1] += 1;
        }
        for value in 0..1 << bits {
            block.starts[value + 1] += block.starts[value];
        }
        let mut next = block.starts.clone();
        for (id, &value) in values.iter().enumerate() {
            block.ids[next[value] as usize] = id as u32;
            next[value] += 1;
        }
        block
    }

    /// The bits of a hash that lie in the block.
    fn value(&self, hash: &SimHash) -> usize {
        let mut value = hash.words()[self.from / 64] >> (self.from % 64);
        if self.from % 64 + self.bits > 64 {
            value |= hash.words()[self.from / 64 + 1] << (64 - self.from % 64);
        }
        (value & ((1 << self.bits) - 1)) as usize
    }

    fn ids(&self, value: usize) -> &[u32] {
        &self.ids[self.starts[value] as usize..self.starts[value + 1] as usize]
    }
}

impl HammingIndex {
    /// An index of `hashes` for neighbours at `distance` bits or less.
    ///
    /// O(m n) time and 4 m n bytes for m blocks, m at most 64.
    ///
    /// # Errors
    /// If the hashes have different numbers of bits, if `distance` is not below that number, or if
    /// there are 2³² hashes or more.
    pub fn new(hashes: &[SimHash], distance: u32) -> Result<Self, Error> {
        let bits = hashes.first().map_or(64, SimHash::bits);
        if let Some(other) = hashes.iter().find(|hash| hash.bits() != bits) {
            return Err(Error::mismatch("number of SimHash bits", bits, other.bits()));
        }
        if distance as usize >= bits {
            return Err(Error::range("distance", distance, format!("below {bits} bits")));
        }
        let count =
            u32::try_from(hashes.len()).map_err(|_| Error::full("the index", u32::MAX as usize))?;
        let mut index =
            HammingIndex { hashes: hashes.to_vec(), distance, blocks: Vec::new(), radius: 0 };
        if let Some(blocks) = best_blocks(count, bits, distance) {
            index.radius = distance / blocks as u32;
            let start = |i: usize| bits * i / blocks;
            index.blocks = (0..blocks)
                .map(|i| Block::new(hashes, start(i), start(i + 1) - start(i)))
                .collect();
        }
        Ok(index)
    }

    /// Every indexed hash within the distance of `hash`, with its distance, by number.
    ///
    /// # Errors
    /// If `hash` has another number of bits than the indexed ones.
    pub fn neighbors(&self, hash: &SimHash) -> Result<Vec<(usize, u32)>, Error> {
        if let Some(first) = self.hashes.first() {
            first.distance(hash)?;
        }
        let mut found = Vec::new();
        let near = |id: usize| {
            let distance = hash.differing_bits(&self.hashes[id]);
            (distance <= self.distance).then_some((id, distance))
        };
        if self.blocks.is_empty() {
            found.extend((0..self.hashes.len()).filter_map(near));
            return Ok(found);
        }
        for block in &self.blocks {
            each_variant(block.value(hash), block.bits, self.radius, &mut |value| {
                found.extend(block.ids(value).iter().filter_map(|&id| near(id as usize)));
            });
        }
        found.sort_unstable();
        found.dedup();
        Ok(found)
    }

    /// All pairs within the distance, with their distances: the smaller number first, sorted.
    pub fn pairs(&self) -> Vec<(usize, usize, u32)> {
        let later = crate::parallel::map(
            self.hashes.len(),
            || (),
            |(), i| {
                let mut near = self.neighbors(&self.hashes[i]).unwrap_or_default();
                near.retain(|&(j, _)| j > i);
                near
            },
        );
        let pairs = later.into_iter().enumerate();
        pairs
            .flat_map(|(i, near)| near.into_iter().map(move |(j, distance)| (i, j, distance)))
            .collect()
    }
}

/// The number of blocks with the least expected work; none if a scan is less work.
fn best_blocks(count: u32, bits: usize, distance: u32) -> Option<usize> {
    // A block of more bits would make its table larger than the hashes.
    const MAX_BITS: usize = 24;
    // A look-up costs about as much as comparing eight hashes in a row.
    const LOOK_UP_COST: f64 = 8.0;
    let n = f64::from(count);
    let work = |blocks: usize| {
        let width = bits / blocks;
        let radius = distance as usize / blocks;
        let mut variants = 1.0;
        let mut choose = 1.0;
        for r in 1..=radius.min(width) {
            choose *= (width + 1 - r) as f64 / r as f64;
            variants += choose;
        }
        blocks as f64 * variants * (LOOK_UP_COST + n / (width as f64).exp2())
    };
    let fits = |&blocks: &usize| {
        bits.div_ceil(blocks) <= MAX_BITS
            && (1u64 << (bits / blocks)) <= 16 * u64::from(count) + 256
    };
    let best = (1..=bits / 4).filter(fits).min_by(|&a, &b| work(a).total_cmp(&work(b)))?;
    (work(best) < n).then_some(best)
}

/// Calls `f` with every value that differs from `value` in at most `radius` of its `bits` bits.
fn each_variant(value: usize, bits: usize, radius: u32, f: &mut impl FnMut(usize)) {
    f(value);
    if radius > 0 {
        for bit in 0..bits {
            // Only lower bits are flipped after this one, so no value comes twice.
            each_variant(value ^ (1 << bit), bit, radius - 1, f);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::mix;

    /// Hashes with many near neighbours: a few centres, each with some bits flipped.
    fn hashes(count: u64, words: usize, flips: u64) -> Vec<SimHash> {
        let one = |i: u64| {
            let mut all: Vec<u64> = (0..words as u64).map(|w| mix(i % 7 * 10 + w)).collect();
            for flip in 0..mix(i) % (flips + 1) {
                let bit = mix(i * 1000 + flip) as usize % (64 * words);
                all[bit / 64] ^= 1 << (bit % 64);
            }
            SimHash::from_words(&all).expect("valid")
        };
        (0..count).map(one).collect()
    }

    #[test]
    fn finds_exactly_what_a_scan_finds() {
        for words in [1, 2, 4] {
            for distance in [0, 1, 3, 6, 12, 20, 40] {
                let hashes = hashes(600, words, 20);
                let index = HammingIndex::new(&hashes, distance).expect("valid");
                let mut brute = Vec::new();
                for (i, a) in hashes.iter().enumerate() {
                    for (j, b) in hashes.iter().enumerate().skip(i + 1) {
                        let apart = a.distance(b).expect("one size");
                        if apart <= distance {
                            brute.push((i, j, apart));
                        }
                    }
                }
                assert_eq!(index.pairs(), brute, "{words} words, distance {distance}");
            }
        }
    }

    #[test]
    fn blocks_are_used_where_they_help() {
        assert!(best_blocks(1_000_000, 64, 3).is_some());
        assert!(best_blocks(1_000_000, 256, 12).is_some());
        assert!(best_blocks(1_000_000, 64, 30).is_none());
    }

    #[test]
    fn variants_come_once_each() {
        let mut seen = Vec::new();
        each_variant(0b1010, 6, 3, &mut |value| seen.push(value));
        let all: Vec<usize> = (0..64).filter(|v: &usize| (v ^ 0b1010).count_ones() <= 3).collect();
        seen.sort_unstable();
        assert_eq!(seen, all);
    }

    #[test]
    fn refuses_invalid_arguments() {
        let hashes = hashes(3, 1, 4);
        assert!(HammingIndex::new(&hashes, 64).is_err());
        let index = HammingIndex::new(&hashes, 3).expect("valid");
        assert!(index.neighbors(&SimHash::from_words(&[1, 2]).expect("valid")).is_err());
        assert!(HammingIndex::new(&[], 3).expect("valid").pairs().is_empty());
    }
}
