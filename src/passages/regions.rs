//! Sorts what a task found by regions of its hashes: then the entries of one region, of all tasks,
//! can be worked on by one core, and take a sixteenth of the memory (radix partitioning, as in
//! [`partition`](crate::lsh::partition)).

/// The number of regions.
pub(super) const REGIONS: usize = 1 << REGION_BITS;
const REGION_BITS: u32 = 4;

/// Entries in the order of the regions of their hashes, and in the order in which they were found
/// in each.
#[derive(Debug)]
pub(super) struct Partitioned<T> {
    entries: Box<[T]>,
    /// The end of each region. A task has few enough texts for 32 bits.
    ends: [u32; REGIONS],
}

impl<T: Copy> Partitioned<T> {
    /// `hash` gives the hash of an entry, of which the upper bits choose the region. O(n) time.
    pub(super) fn of(found: &[T], hash: impl Fn(&T) -> u64) -> Self {
        let region = |entry: &T| (hash(entry) >> (u64::BITS - REGION_BITS)) as usize;
        let mut ends = [0; REGIONS];
        found.iter().for_each(|entry| ends[region(entry)] += 1);
        let mut next = ends;
        let mut sum = 0;
        for (next, end) in next.iter_mut().zip(&mut ends) {
            (*next, sum) = (sum, sum + *end);
            *end = sum;
        }
        let mut entries: Box<[T]> = found.into();
        for entry in found {
            let place = &mut next[region(entry)];
            entries[*place as usize] = *entry;
            *place += 1;
        }
        Partitioned { entries, ends }
    }

    /// The entries of a region.
    pub(super) fn region(&self, region: usize) -> &[T] {
        let start = region.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.entries[start as usize..self.ends[region] as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::mix;

    #[test]
    fn each_entry_is_in_its_region_in_order() {
        let hashes: Vec<u64> = (0..1000).map(|i| mix(i % 300)).collect();
        let entries: Vec<usize> = (0..hashes.len()).collect();
        let partitioned = Partitioned::of(&entries, |&i| hashes[i]);
        let mut all = Vec::new();
        for region in 0..REGIONS {
            let here = partitioned.region(region);
            assert!(here.is_sorted());
            assert!(here.iter().all(|&i| hashes[i] >> 60 == region as u64));
            all.extend_from_slice(here);
        }
        all.sort_unstable();
        assert_eq!(all, entries);
        assert!(Partitioned::of(&[], |&it| it).region(3).is_empty());
    }
}
