//! Numbers for hashes, in the order in which they come: what is kept for each different word is
//! then a list.
//!
//! An open-addressing table of four bytes a cell, at most half full, beside the list of the hashes.
//! Most look-ups are one load from each. A map of the standard library holds hash and number
//! together, 16 bytes; with it, deduplicating 200,000 copies of one page takes 7 % more time.
//! Positions are [keyed](crate::keyed), so that no text can choose them.

use crate::keyed::Keyed;

/// The fewest cells of a table.
const MIN_CELLS: usize = 16;

/// Hashes, numbered from 0.
#[derive(Clone, Debug, Default)]
pub(crate) struct Numbering {
    key: Keyed,
    /// One more than the number of a hash, in the first cell from its position that was free; 0 in
    /// a free cell. Their number is a power of two, or 0.
    cells: Vec<u32>,
    hashes: Vec<u64>,
}

impl Numbering {
    /// An empty numbering with room for some hashes.
    pub(crate) fn with_capacity(hashes: usize) -> Self {
        let mut numbering = Numbering::default();
        numbering.clear(hashes);
        numbering
    }

    /// Removes all hashes, and makes room for some, reusing the memory.
    pub(crate) fn clear(&mut self, capacity: usize) {
        self.hashes.clear();
        self.hashes.reserve(capacity);
        self.cells.clear();
        self.cells.resize((2 * capacity).next_power_of_two().max(MIN_CELLS), 0);
    }

    /// The number of a hash; a new one gets the next number.
    #[inline(always)]
    pub(crate) fn number(&mut self, hash: u64) -> u32 {
        if 2 * self.hashes.len() >= self.cells.len() {
            self.grow();
        }
        let cell = self.cell(hash);
        match self.cells[cell] {
            0 => {
                self.hashes.push(hash);
                self.cells[cell] = self.hashes.len() as u32;
                self.hashes.len() as u32 - 1
            }
            next => next - 1,
        }
    }

    /// The number of a hash, if it has one.
    #[inline(always)]
    pub(crate) fn find(&self, hash: u64) -> Option<u32> {
        if self.cells.is_empty() {
            return None;
        }
        self.cells[self.cell(hash)].checked_sub(1)
    }

    /// The hashes by their numbers.
    pub(crate) fn hashes(&self) -> &[u64] {
        &self.hashes
    }

    /// How many hashes have a number.
    pub(crate) fn len(&self) -> usize {
        self.hashes.len()
    }

    /// The cell of a hash, or the free one where it belongs. There must be a free cell.
    #[inline(always)]
    fn cell(&self, hash: u64) -> usize {
        let mask = self.cells.len() - 1;
        let mut cell = self.key.mix(hash) as usize & mask;
        loop {
            match self.cells[cell] {
                0 => return cell,
                next if self.hashes[next as usize - 1] == hash => return cell,
                _ => cell = (cell + 1) & mask,
            }
        }
    }

    #[cold]
    fn grow(&mut self) {
        let cells = (2 * self.cells.len()).max(MIN_CELLS);
        self.cells.clear();
        self.cells.resize(cells, 0);
        for (next, i) in (1..).zip(0..self.hashes.len()) {
            let cell = self.cell(self.hashes[i]);
            self.cells[cell] = next;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashMap;

    proptest! {
        #[test]
        fn numbers_are_those_of_a_map(
            hashes in proptest::collection::vec(0u64..40, 0..200),
            capacity in 0usize..30,
        ) {
            let mut numbering = Numbering::with_capacity(capacity);
            for round in 0..2 {
                let mut expected: HashMap<u64, u32> = HashMap::new();
                for &hash in &hashes {
                    let hash = hash << (20 * round);
                    let next = expected.len() as u32;
                    let number = *expected.entry(hash).or_insert(next);
                    prop_assert_eq!(numbering.number(hash), number);
                    prop_assert_eq!(numbering.hashes()[number as usize], hash);
                }
                prop_assert_eq!(numbering.len(), expected.len());
                for hash in 0..60 {
                    prop_assert_eq!(numbering.find(hash), expected.get(&hash).copied());
                }
                numbering.clear(capacity);
                prop_assert_eq!((numbering.len(), numbering.find(1)), (0, None));
            }
        }
    }

    #[test]
    fn an_empty_one_needs_no_memory() {
        let mut numbering = Numbering::default();
        assert_eq!((numbering.find(7), numbering.cells.capacity()), (None, 0));
        assert_eq!((numbering.number(7), numbering.number(9), numbering.number(7)), (0, 1, 0));
    }
}
