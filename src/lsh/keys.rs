//! The join of every road that is a list of keys an article: two articles with enough keys in
//! common are candidates.
//!
//! All keys of all articles are sorted together, 8 bytes each, so that the articles with one key
//! lie side by side. A key that only one article has is passed over, and so is one that too many
//! have: its bucket is quadratic, and what it says is little. Then each article walks through the
//! buckets of its keys and counts the articles that come after it in them; the counts of a core lie
//! in one array, so a visit costs a nanosecond or two.
//!
//! O(keys log keys) time, and 1 to 2 ns for each two articles in a bucket.

use super::pieces;
use crate::parallel;

/// The keys of some articles, sorted.
#[derive(Debug)]
pub(crate) struct Postings<'r> {
    rows: &'r [u32],
    /// How many keys the rows have.
    keys: usize,
    /// Of each key that several articles have, the key and the place among the rows of one of them.
    /// Places ascend like rows.
    entries: Vec<u64>,
    /// For each place, the entries of its useful keys: those that another article after it has.
    useful: Vec<(u32, u32)>,
    /// How many keys of each row were not left out.
    kept: Vec<u32>,
    /// How many different keys were passed over.
    left_out: usize,
}

/// Rows that a core takes at a time, so that its counts are made rarely.
const ROWS: usize = 1024;

fn key(entry: u64) -> u32 {
    (entry >> 32) as u32
}

fn place(entry: u64) -> usize {
    entry as u32 as usize
}

impl<'r> Postings<'r> {
    /// Sorts the keys of some articles; `rows` ascend. Keys that more than `limit` of them have are
    /// left out, and those whose articles are `idle`.
    pub(crate) fn of<'k>(
        rows: &'r [u32],
        keys: impl Fn(u32) -> &'k [u32],
        limit: usize,
        idle: impl Fn(&mut dyn Iterator<Item = u32>) -> bool,
    ) -> Self {
        let mut entries = Vec::with_capacity(rows.iter().map(|&row| keys(row).len()).sum());
        for (place, &row) in rows.iter().enumerate() {
            entries.extend(keys(row).iter().map(|&key| u64::from(key) << 32 | place as u64));
        }
        let keys_given = entries.len();
        pieces::retain_shared(&mut entries);
        let (mut useful, mut left_out): (Vec<(u32, u32)>, _) = (Vec::new(), 0);
        let mut kept: Vec<u32> = rows.iter().map(|&row| keys(row).len() as u32).collect();
        let mut start = 0;
        for bucket in entries.chunk_by(|&a, &b| key(a) == key(b)) {
            let idle =
                bucket.len() > 1 && idle(&mut bucket.iter().map(|&entry| rows[place(entry)]));
            if bucket.len() > limit || idle {
                left_out += 1;
                bucket.iter().for_each(|&entry| kept[place(entry)] -= 1);
            } else {
                // The last of a bucket has none after it.
                let firsts = bucket[..bucket.len() - 1].iter().enumerate();
                useful.extend(firsts.map(|(i, &entry)| (entry as u32, (start + i) as u32)));
            }
            start += bucket.len();
        }
        parallel::sort(&mut useful);
        Postings { rows, keys: keys_given, entries, useful, kept, left_out }
    }

    /// How many different keys were left out.
    pub(crate) fn left_out(&self) -> usize {
        self.left_out
    }

    /// How many articles have a key, if several do. O(log keys) time.
    pub(crate) fn articles_with(&self, wanted: u32) -> usize {
        let start = self.entries.partition_point(|&entry| key(entry) < wanted);
        self.entries[start..].partition_point(|&entry| key(entry) == wanted)
    }

    /// How many keys there are, once for each article that has them.
    pub(crate) fn len(&self) -> usize {
        self.keys
    }

    /// The pairs that share at least so many useful keys, as many as there are and those of them
    /// that `keep` keeps: the smaller number first, sorted. `keep` is given working memory that
    /// `memory` makes for each core, and the share of the useful keys of the one that has fewer;
    /// pairs with one smaller number follow each other.
    pub(crate) fn pairs<M>(
        &self,
        least: u16,
        memory: impl Fn() -> M + Sync + Send,
        keep: impl Fn(&mut M, u32, u32, f64) -> bool + Sync + Send,
    ) -> (u64, Vec<(u32, u32)>) {
        let by_row: Vec<&[(u32, u32)]> = self.useful.chunk_by(|a, b| a.0 == b.0).collect();
        let groups: Vec<&[&[(u32, u32)]]> = by_row.chunks(ROWS).collect();
        let counts = || (vec![0u16; self.rows.len()], Vec::<u32>::new(), memory());
        let parts = parallel::map(groups.len(), counts, |(counts, met, memory), group| {
            let (mut proposed, mut pairs) = (0, Vec::new());
            for buckets in groups[group] {
                let left = buckets[0].0 as usize;
                for &(_, at) in *buckets {
                    let bucket = key(self.entries[at as usize]);
                    let after = self.entries[at as usize + 1..].iter();
                    for &entry in after.take_while(|&&entry| key(entry) == bucket) {
                        let count = &mut counts[place(entry)];
                        if *count == 0 {
                            met.push(place(entry) as u32);
                        }
                        *count = count.saturating_add(1);
                    }
                }
                // Most share too little, and need not be sorted.
                met.retain(|&right| {
                    let count = &mut counts[right as usize];
                    *count >= least || std::mem::take(count) >= least
                });
                met.sort_unstable();
                proposed += met.len() as u64;
                for right in met.drain(..) {
                    let shared = std::mem::take(&mut counts[right as usize]);
                    let share = f64::from(shared)
                        / f64::from(self.kept[left].min(self.kept[right as usize]));
                    let (left, right) = (self.rows[left], self.rows[right as usize]);
                    if keep(memory, left, right, share) {
                        pairs.push((left, right));
                    }
                }
            }
            (proposed, pairs)
        });
        let mut all = (0, Vec::new());
        for (proposed, mut pairs) in parts {
            all.0 += proposed;
            all.1.append(&mut pairs);
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sketch::lists::Lists;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn as_comparing_every_two_says(
            lists in proptest::collection::vec(proptest::collection::btree_set(0u32..40, 0..8), 0..30),
            shared in 1u16..4,
            limit in 2usize..12,
        ) {
            let keys = Lists::of(lists.iter().map(|set| set.iter().copied().collect()).collect());
            let rows: Vec<u32> = (0..lists.len() as u32).filter(|row| row % 5 != 4).collect();
            let (rows_of, keys_of) = (&rows, &keys);
            let holders = |key: u32| rows_of.iter().filter(move |&&row| keys_of.get(row as usize).contains(&key));
            let idle = |members: &mut dyn Iterator<Item = u32>| members.filter(|row| row % 3 != 0).count() == 0;
            let left_out = |key: u32| {
                let count = holders(key).count();
                count > limit || (count > 1 && idle(&mut holders(key).copied()))
            };
            let mut expected = Vec::new();
            for (i, &left) in rows.iter().enumerate() {
                for &right in &rows[i + 1..] {
                    let both = lists[left as usize].intersection(&lists[right as usize]);
                    if both.filter(|key| !left_out(**key)).count() >= usize::from(shared) {
                        expected.push((left, right));
                    }
                }
            }
            let postings = Postings::of(&rows, |row| keys.get(row as usize), limit, idle);
            let (proposed, pairs) = postings.pairs(shared, || (), |(), left, _, share| left != 1 && share > 0.0);
            prop_assert_eq!(proposed, expected.len() as u64);
            expected.retain(|pair| pair.0 != 1);
            prop_assert_eq!(pairs, expected);
            prop_assert_eq!(postings.left_out(), (0..40).filter(|&key| left_out(key)).count());
            for (place, &row) in rows.iter().enumerate() {
                let kept = lists[row as usize].iter().filter(|key| !left_out(**key)).count();
                prop_assert_eq!(postings.kept[place] as usize, kept);
                prop_assert!((0..40).all(|key| holders(key).count() < 2 || postings.articles_with(key) == holders(key).count()));
            }
        }
    }
}
