//! Pairs of articles that share enough keys, where each article has a list of keys.
//!
//! A set-similarity self-join with an inverted index and one counter an article (the Probe-Count of
//! Sarawagi and Kirpal, "Efficient set joins on similarity predicates", SIGMOD 2004). The keys of
//! all articles are sorted together, 8 bytes each, so that the articles with one key lie side by
//! side: a posting list. Keys that only one article has are dropped, and so are keys that too many
//! have: their number of pairs is quadratic, and they say little. Then each article walks through
//! the posting lists of its keys and counts the articles that come after it. The counters of a core
//! are one array, so a visit costs a nanosecond or two.
//!
//! O(keys log keys) time, and 1 to 2 ns for each two articles in one posting list.

use super::partition;
use crate::parallel;

/// The posting lists of some articles' keys.
#[derive(Debug)]
pub(crate) struct Postings<'r> {
    rows: &'r [u32],
    /// The length of all lists of keys together.
    keys: usize,
    /// The posting lists, one after the other: the key above, below the place among `rows` of an
    /// article that has it. Places ascend like rows. Keys that one article has may be missing.
    entries: Vec<u64>,
    /// For each useful key of each article its place and the index of its entry; sorted. A key is
    /// useful if it is not left out and another article after this one has it.
    useful: Vec<(u32, u32)>,
    /// For each place, how many keys are not left out.
    kept: Vec<u32>,
    left_out: usize,
}

/// Articles a core takes at a time, so that its counters are allocated rarely.
const TASK_ROWS: usize = 1024;

fn key(entry: u64) -> u32 {
    (entry >> 32) as u32
}

fn place(entry: u64) -> usize {
    entry as u32 as usize
}

impl<'r> Postings<'r> {
    /// Sorts the keys of the articles `rows`, which ascend. Leaves out the keys that more than
    /// `max_articles` have, and those whose articles are `useless`.
    pub(crate) fn new<'k>(
        rows: &'r [u32],
        keys: impl Fn(u32) -> &'k [u32],
        max_articles: usize,
        useless: impl Fn(&mut dyn Iterator<Item = u32>) -> bool,
    ) -> Self {
        let mut entries = Vec::with_capacity(rows.iter().map(|&row| keys(row).len()).sum());
        for (place, &row) in rows.iter().enumerate() {
            entries.extend(keys(row).iter().map(|&key| u64::from(key) << 32 | place as u64));
        }
        let keys_given = entries.len();
        partition::retain_shared(&mut entries);
        let (mut useful, mut left_out): (Vec<(u32, u32)>, _) = (Vec::new(), 0);
        let mut kept: Vec<u32> = rows.iter().map(|&row| keys(row).len() as u32).collect();
        let mut start = 0;
        for list in entries.chunk_by(|&a, &b| key(a) == key(b)) {
            let is_useless =
                list.len() > 1 && useless(&mut list.iter().map(|&entry| rows[place(entry)]));
            if list.len() > max_articles || is_useless {
                left_out += 1;
                list.iter().for_each(|&entry| kept[place(entry)] -= 1);
            } else {
                // No article comes after the last of a list.
                let firsts = list[..list.len() - 1].iter().enumerate();
                useful.extend(firsts.map(|(i, &entry)| (entry as u32, (start + i) as u32)));
            }
            start += list.len();
        }
        parallel::sort(&mut useful);
        Postings { rows, keys: keys_given, entries, useful, kept, left_out }
    }

    /// How many different keys are left out.
    pub(crate) fn left_out(&self) -> usize {
        self.left_out
    }

    /// The document frequency of a key, if it is more than 1; else 0 or 1. O(log keys) time.
    pub(crate) fn document_frequency(&self, wanted: u32) -> usize {
        let start = self.entries.partition_point(|&entry| key(entry) < wanted);
        self.entries[start..].partition_point(|&entry| key(entry) == wanted)
    }

    /// The number of keys, each counted once for every article that has it.
    pub(crate) fn len(&self) -> usize {
        self.keys
    }

    /// Counts the pairs that share at least `min_shared` keys that are not left out, and returns
    /// those that `keep` accepts: the smaller number first, sorted.
    ///
    /// `keep` is called with scratch memory that `scratch` makes once a core, the pair, and the
    /// share of the kept keys of the article that has fewer. Pairs with the same smaller number
    /// follow each other.
    pub(crate) fn pairs<S>(
        &self,
        min_shared: u16,
        scratch: impl Fn() -> S + Sync + Send,
        keep: impl Fn(&mut S, u32, u32, f64) -> bool + Sync + Send,
    ) -> (u64, Vec<(u32, u32)>) {
        let by_row: Vec<&[(u32, u32)]> = self.useful.chunk_by(|a, b| a.0 == b.0).collect();
        let tasks: Vec<&[&[(u32, u32)]]> = by_row.chunks(TASK_ROWS).collect();
        let scratch = || (vec![0u16; self.rows.len()], Vec::<u32>::new(), scratch());
        let parts = parallel::map(tasks.len(), scratch, |(counts, met, scratch), task| {
            let (mut proposed, mut pairs) = (0, Vec::new());
            for useful in tasks[task] {
                let left = useful[0].0 as usize;
                for &(_, at) in *useful {
                    let shared = key(self.entries[at as usize]);
                    let after = self.entries[at as usize + 1..].iter();
                    for &entry in after.take_while(|&&entry| key(entry) == shared) {
                        let count = &mut counts[place(entry)];
                        if *count == 0 {
                            met.push(place(entry) as u32);
                        }
                        *count = count.saturating_add(1);
                    }
                }
                // Most share too few keys; drop them before sorting.
                met.retain(|&right| {
                    let count = &mut counts[right as usize];
                    *count >= min_shared || std::mem::take(count) >= min_shared
                });
                met.sort_unstable();
                proposed += met.len() as u64;
                for right in met.drain(..) {
                    let shared = std::mem::take(&mut counts[right as usize]);
                    let share = f64::from(shared)
                        / f64::from(self.kept[left].min(self.kept[right as usize]));
                    let (left, right) = (self.rows[left], self.rows[right as usize]);
                    if keep(scratch, left, right, share) {
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
        fn agrees_with_comparing_every_two(
            lists in proptest::collection::vec(
                proptest::collection::btree_set(0u32..40, 0..8),
                0..30,
            ),
            shared in 1u16..4,
            limit in 2usize..12,
        ) {
            let keys = Lists::of(lists.iter().map(|set| set.iter().copied().collect()).collect());
            let rows: Vec<u32> = (0..lists.len() as u32).filter(|row| row % 5 != 4).collect();
            let (rows_of, keys_of) = (&rows, &keys);
            let has = move |row: u32, key| keys_of.get(row as usize).contains(&key);
            let holders = |key: u32| rows_of.iter().filter(move |&&row| has(row, key));
            let useless =
                |rows: &mut dyn Iterator<Item = u32>| rows.filter(|row| row % 3 != 0).count() == 0;
            let left_out = |key: u32| {
                let count = holders(key).count();
                count > limit || (count > 1 && useless(&mut holders(key).copied()))
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
            let postings = Postings::new(&rows, |row| keys.get(row as usize), limit, useless);
            let keep = |_: &mut (), left, _, share| left != 1 && share > 0.0;
            let (proposed, pairs) = postings.pairs(shared, || (), keep);
            prop_assert_eq!(proposed, expected.len() as u64);
            expected.retain(|pair| pair.0 != 1);
            prop_assert_eq!(pairs, expected);
            prop_assert_eq!(postings.left_out(), (0..40).filter(|&key| left_out(key)).count());
            for (place, &row) in rows.iter().enumerate() {
                let kept = lists[row as usize].iter().filter(|key| !left_out(**key)).count();
                prop_assert_eq!(postings.kept[place] as usize, kept);
            }
            for key in (0..40).filter(|&key| holders(key).count() > 1) {
                prop_assert_eq!(postings.document_frequency(key), holders(key).count());
            }
        }
    }
}
