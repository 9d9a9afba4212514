//! The entries of key tables before they are packed: a key in the upper half of a number, an
//! article in the lower.
//!
//! The entries of a memtable come in the order of their articles: they are [sorted](sort_entries)
//! by an LSD radix sort on those bits of the key that differ. The entries of several segments come
//! as sorted runs: they are [merged](merge_runs) two neighbours at a time, O(n log runs).

/// The bits of the key that one pass of the sort looks at.
const MAX_DIGIT_BITS: u32 = 11;
/// So few entries are sorted by comparison.
const FEW: usize = 64;

/// Sorts entries, which mostly are in the order of their articles. `scratch` is overwritten.
pub(crate) fn sort_entries(entries: &mut Vec<u64>, scratch: &mut Vec<u64>) {
    let first = entries.first().copied().unwrap_or_default();
    let differing = entries.iter().fold(0, |all, entry| all | (entry ^ first)) >> 32;
    let in_order = entries.is_sorted_by_key(|entry| entry >> 32);
    if entries.len() > FEW && !in_order {
        let (low, high) = (32 + differing.trailing_zeros(), 96 - differing.leading_zeros());
        let digits = (high - low).div_ceil(MAX_DIGIT_BITS);
        let width = (high - low).div_ceil(digits);
        scratch.resize(entries.len(), 0);
        let mut ends = vec![0u32; (1 << width) + 1];
        for digit in 0..digits {
            let of = |entry: u64| (entry >> (low + digit * width)) as usize & ((1 << width) - 1);
            ends.fill(0);
            entries.iter().for_each(|&entry| ends[of(entry) + 1] += 1);
            (1..ends.len()).for_each(|i| ends[i] += ends[i - 1]);
            for &entry in entries.iter() {
                let end = &mut ends[of(entry)];
                scratch[*end as usize] = entry;
                *end += 1;
            }
            std::mem::swap(entries, scratch);
        }
    }
    if !entries.is_sorted() {
        // What remains is the order of the articles under each key, or of a few entries.
        let few = entries.len() <= FEW;
        let same_key = entries.chunk_by_mut(|a, b| few || a >> 32 == b >> 32);
        same_key.filter(|same| same.len() > 1).for_each(<[u64]>::sort_unstable);
    }
}

/// Sorts entries that consist of sorted runs, each of which begins at one of `runs`. Two neighbours
/// at a time are merged, without a branch on which entry is less. A few entries of a run may be out
/// of order. `scratch` and `runs` are overwritten.
pub(crate) fn merge_runs(entries: &mut Vec<u64>, scratch: &mut Vec<u64>, runs: &mut Vec<usize>) {
    while runs.len() > 1 {
        scratch.resize(entries.len(), 0);
        let mut kept = 0;
        for first in (0..runs.len()).step_by(2) {
            let start = runs[first];
            let middle = runs.get(first + 1).copied().unwrap_or(entries.len());
            let end = runs.get(first + 2).copied().unwrap_or(entries.len());
            let (left, right) = (&entries[start..middle], &entries[middle..end]);
            let (mut i, mut j) = (0, 0);
            let out = &mut scratch[start..end];
            while i < left.len() && j < right.len() {
                let (l, r) = (left[i], right[j]);
                out[i + j] = l.min(r);
                let is_left = l <= r;
                i += usize::from(is_left);
                j += usize::from(!is_left);
            }
            out[i + j..i + right.len()].copy_from_slice(&right[j..]);
            out[i + right.len()..].copy_from_slice(&left[i..]);
            runs[kept] = start;
            kept += 1;
        }
        runs.truncate(kept);
        std::mem::swap(entries, scratch);
    }
    if !entries.is_sorted() {
        entries.sort();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn merged_as_sorting_does(runs: Vec<Vec<u64>>, in_order: bool) {
            let (mut entries, mut starts) = (Vec::new(), Vec::new());
            for mut run in runs {
                if in_order {
                    run.sort_unstable();
                }
                starts.push(entries.len());
                entries.append(&mut run);
            }
            let mut expected = entries.clone();
            expected.sort_unstable();
            merge_runs(&mut entries, &mut vec![7; 3], &mut starts);
            prop_assert_eq!(entries, expected);
        }

        #[test]
        fn sorted_as_sorting_does(
            entries: Vec<u64>,
            narrow in proptest::collection::vec(0u64..1 << 40, 0..3000),
        ) {
            for mut entries in [entries, narrow] {
                let mut expected = entries.clone();
                expected.sort_unstable();
                sort_entries(&mut entries, &mut vec![7; 3]);
                prop_assert_eq!(entries, expected);
            }
        }
    }
}
