//! Groups what many tasks found by key, without a second copy of all of it.
//!
//! Keys are hashes, so their upper bits cut the entries into regions of about the same size. Each
//! is collected from all tasks, sorted, and handed on alone, and fits the cache of a core rather
//! than filling memory (radix partitioning, as in [`partition`](crate::lsh::partition)).

use crate::parallel;

/// The number of regions.
const REGIONS: u32 = 1 << REGION_BITS;
const REGION_BITS: u32 = 4;

/// Calls `read` with the entries of each region, sorted, and joins what it returns. Entries begin
/// with their key. O(n log n) time, and room for a sixteenth of the entries on each core.
pub(super) fn by_key<T: Send>(
    parts: Vec<Vec<[u32; 3]>>,
    read: impl Fn(&mut Vec<[u32; 3]>) -> Vec<T> + Sync + Send,
) -> Vec<T> {
    let found = parallel::map(REGIONS as usize, Vec::new, |entries, region| {
        entries.clear();
        let is_here = |entry: &&[u32; 3]| entry[0] >> (u32::BITS - REGION_BITS) == region as u32;
        entries.extend(parts.iter().flatten().filter(is_here));
        // Two comparisons, not three.
        let halves = |entry: &[u32; 3]| (u64::from(entry[0]) << 32 | u64::from(entry[1]), entry[2]);
        entries.sort_unstable_by_key(halves);
        read(entries)
    });
    drop(parts);
    let mut all = Vec::with_capacity(found.iter().map(Vec::len).sum());
    found.into_iter().for_each(|part| all.extend(part));
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::mix;

    #[test]
    fn entries_of_one_key_come_together() {
        let key = |i: u32| mix(u64::from(i % 300)) as u32;
        let entries: Vec<[u32; 3]> = (0..1000).map(|i| [key(i), i, 0]).collect();
        let parts = entries.chunks(70).map(<[_]>::to_vec).collect();
        let groups = by_key(parts, |entries| {
            entries.chunk_by(|a, b| a[0] == b[0]).map(<[_]>::to_vec).collect()
        });
        assert_eq!(groups.len(), 300);
        assert!(groups.iter().all(|group| group.is_sorted()));
        let mut all = groups.concat();
        all.sort_unstable_by_key(|entry| entry[1]);
        assert_eq!(all, entries);
    }
}
