//! Finds the entries whose key occurs more than once, among many.
//!
//! An entry is 64 bits: a key above, the number of an article below. Keys are hashes, so their
//! first byte spreads the entries evenly over 256 partitions, in one pass over memory; each
//! partition fits the cache (radix partitioning: Manegold, Boncz and Kersten, "Optimizing
//! Main-Memory Join on Modern Hardware", 2002). Inside a partition the next 16 bits of each key
//! index a bitmap, and only entries whose bit was set before are kept, so nearly all keys that a
//! single article has are dropped at 2 ns each. The few entries left are sorted.

use crate::parallel;

const PARTITIONS: usize = 256;

/// Keeps the entries whose key occurs more than once, sorted; a few others may stay. Keys must have
/// 24 bits or more. Runs on all cores and needs room for as many entries again.
pub(crate) fn retain_shared(entries: &mut Vec<u64>) {
    let partition = |entry: u64| (entry >> 56) as usize;
    let mut sizes = [0; PARTITIONS];
    for &entry in &*entries {
        sizes[partition(entry)] += 1;
    }
    let mut next = [0; PARTITIONS];
    for i in 1..PARTITIONS {
        next[i] = next[i - 1] + sizes[i - 1];
    }
    let mut partitioned = vec![0; entries.len()];
    for &entry in &*entries {
        let next = &mut next[partition(entry)];
        partitioned[*next] = entry;
        *next += 1;
    }
    let mut partitions = Vec::with_capacity(PARTITIONS);
    let mut rest = partitioned.as_mut_slice();
    for size in sizes {
        let (partition, others) = rest.split_at_mut(size);
        partitions.push(partition);
        rest = others;
    }
    let kept = parallel::map_each(partitions, shared_first);
    entries.clear();
    let mut start = 0;
    for (size, kept) in sizes.into_iter().zip(kept) {
        entries.extend_from_slice(&partitioned[start..start + kept]);
        start += size;
    }
}

/// Moves the entries that share the second and third byte of their keys with another to the front
/// of the partition, sorts them, and returns how many they are.
fn shared_first(partition: &mut [u64]) -> usize {
    const WORDS: usize = 1 << 10;
    let bit = |entry: u64| ((entry >> 46) as usize % WORDS, 1u64 << (entry >> 40 & 63));
    let (mut seen, mut shared) = ([0u64; WORDS], [0u64; WORDS]);
    for &entry in &*partition {
        let (word, bit) = bit(entry);
        shared[word] |= seen[word] & bit;
        seen[word] |= bit;
    }
    let mut kept = 0;
    for i in 0..partition.len() {
        let entry = partition[i];
        let (word, bit) = bit(entry);
        // Branchless: an entry that is not kept is overwritten by the next one.
        partition[kept] = entry;
        kept += usize::from(shared[word] & bit != 0);
    }
    partition[..kept].sort_unstable();
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::mix;

    #[test]
    fn entries_that_share_a_key_are_kept_and_sorted() {
        for len in [0, 1, 5, 1 << 14, 3 << 14, 20 << 14] {
            // Half of the keys belong to one article, the others to four; keys have 30 bits.
            let key =
                |i: u64| if i.is_multiple_of(2) { mix(i) } else { mix(i % (len as u64 / 8 + 1)) };
            let mut entries: Vec<u64> = (0..len as u64).map(|i| key(i) >> 34 << 34 | i).collect();
            let mut sorted = entries.clone();
            sorted.sort_unstable();
            let alike = |a: &u64, b: &u64| a >> 34 == b >> 34;
            let groups = |sorted: &[u64]| -> Vec<Vec<u64>> {
                sorted
                    .chunk_by(alike)
                    .filter(|group| group.len() > 1)
                    .map(<[u64]>::to_vec)
                    .collect()
            };
            retain_shared(&mut entries);
            assert!(entries.is_sorted());
            assert!(groups(&entries) == groups(&sorted), "{len}");
            if len > 5 {
                assert!(entries.len() < len * 3 / 4, "{} of {len}", entries.len());
            }
        }
    }
}
