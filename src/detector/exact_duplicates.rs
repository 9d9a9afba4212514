//! Exact duplicates: identical texts are grouped before anything is compared.
//!
//! Texts with one digest are compared byte by byte with the first of them in the order for
//! representatives, so that "identical" never depends on a hash. From then on one text of each
//! group represents all. The same words in another layout, with other line breaks or punctuation,
//! are another text: what counts as its body may differ.

use std::collections::{HashMap, HashSet};

use xxhash_rust::xxh3::xxh3_64;

use crate::collection::Texts;
use crate::parallel;
use crate::sketch::signer::SignedCollection;

/// The groups of exact duplicates.
#[derive(Debug, Default)]
pub(super) struct ExactDuplicates {
    /// One of every text that has words, ascending.
    representatives: Vec<u32>,
    /// The articles of all groups, one group after the other, the representative of each first.
    members: Vec<u32>,
    /// The range in `members` of each group, by representative. Texts without a duplicate may have
    /// none.
    ranges: HashMap<u32, (usize, usize)>,
    /// The numbers of all articles, to lend one as a slice.
    alone: Vec<u32>,
}

impl ExactDuplicates {
    /// Groups the articles that have words; `rank` is the order for representatives. O(n log n)
    /// time, and reads the texts whose shingles are the same once or twice.
    pub(super) fn find(articles: &dyn Texts, signed: &SignedCollection, rank: &[u32]) -> Self {
        let digest = |i: usize| (signed.matrix.count(i) > 0).then(|| signed.digests[i]);
        Self::of_digests(articles, digest, rank)
    }

    /// The same of articles with these digests: equal for identical texts, none for a text without
    /// words.
    pub(super) fn of_digests(
        articles: &dyn Texts,
        digest: impl Fn(usize) -> Option<u64>,
        rank: &[u32],
    ) -> Self {
        let of_words = (0..articles.len()).filter_map(|i| digest(i).map(|digest| (digest, i)));
        let mut order: Vec<(u64, u64, u32, u32)> =
            of_words.map(|(digest, i)| (digest, 0, rank[i], i as u32)).collect();
        parallel::sort(&mut order);
        // Hash the texts whose shingles are the same, to separate their groups.
        let same_shingles: Vec<usize> = order
            .chunk_by(|a, b| a.0 == b.0)
            .scan(0, |end, group| {
                *end += group.len();
                Some((*end - group.len()..*end, group.len() > 1))
            })
            .filter(|(_, several)| *several)
            .flat_map(|(range, _)| range)
            .collect();
        let hashes = parallel::map(same_shingles.len(), String::new, |buffer, i| {
            xxh3_64(articles.text(order[same_shingles[i]].3 as usize, buffer).as_bytes())
        });
        same_shingles.into_iter().zip(hashes).for_each(|(place, hash)| order[place].1 = hash);
        parallel::sort(&mut order);
        // Each text with the first that has its hash.
        let alike: Vec<(u32, u32)> = order
            .chunk_by(|a, b| (a.0, a.1) == (b.0, b.1))
            .flat_map(|group| group[1..].iter().map(|other| (group[0].3, other.3)))
            .collect();
        let is_same = parallel::map(
            alike.len(),
            <(Option<u32>, [String; 2])>::default,
            |(held, [left, right]), i| {
                let (first, other) = alike[i];
                if *held != Some(first) {
                    // The text may lie in the buffer or in the collection.
                    let text = articles.text(first as usize, right);
                    left.clear();
                    left.push_str(text);
                    *held = Some(first);
                }
                articles.text(other as usize, right) == left
            },
        );
        let mut found = ExactDuplicates {
            alone: (0..articles.len() as u32).collect(),
            ..ExactDuplicates::default()
        };
        let mut others = alike.iter().zip(is_same).peekable();
        for &(.., i) in &order {
            // The texts with the hash of a group's first follow it in `order`.
            if others.peek().is_none_or(|((first, _), _)| *first != i) {
                continue;
            }
            let start = found.members.len();
            found.members.push(i);
            while let Some(((_, other), is_same)) = others.next_if(|((first, _), _)| *first == i) {
                match is_same {
                    true => found.members.push(*other),
                    false => found.representatives.push(*other),
                }
            }
            found.ranges.insert(i, (start, found.members.len()));
        }
        let second: HashSet<u32> = alike.iter().map(|pair| pair.1).collect();
        found
            .representatives
            .extend(order.iter().map(|entry| entry.3).filter(|i| !second.contains(i)));
        found.representatives.sort_unstable();
        found
    }

    /// The groups that are known already, of `articles` articles that all have words; in each the
    /// representative comes first.
    #[cfg(feature = "distributed")]
    pub(super) fn of_groups(articles: usize, groups: Vec<Vec<u32>>) -> Self {
        let mut found =
            ExactDuplicates { alone: (0..articles as u32).collect(), ..ExactDuplicates::default() };
        for group in groups {
            let start = found.members.len();
            found.members.extend(&group);
            found.ranges.insert(group[0], (start, found.members.len()));
        }
        let first = |i: &u32| found.ranges.contains_key(i);
        let others: HashSet<u32> = found.members.iter().copied().filter(|i| !first(i)).collect();
        found.representatives = (0..articles as u32).filter(|i| !others.contains(i)).collect();
        found
    }

    /// One of every different text, ascending.
    pub(super) fn representatives(&self) -> &[u32] {
        &self.representatives
    }

    /// For each article that has words, the one that represents its text.
    pub(super) fn representative_of_each(&self) -> HashMap<u32, u32> {
        let grouped = self.groups().flat_map(|group| group.iter().map(|&i| (i, group[0])));
        self.representatives.iter().map(|&i| (i, i)).chain(grouped).collect()
    }

    /// The articles with the text of `representative`, which comes first.
    pub(super) fn of(&self, representative: u32) -> &[u32] {
        match self.ranges.get(&representative) {
            Some(&(start, end)) => &self.members[start..end],
            None => &self.alone[representative as usize..][..1],
        }
    }

    /// The groups of two articles or more, the representative of each first.
    pub(super) fn groups(&self) -> impl Iterator<Item = &[u32]> {
        let mut groups: Vec<&[u32]> =
            self.ranges.values().map(|&(start, end)| &self.members[start..end]).collect();
        groups.retain(|group| group.len() > 1);
        groups.sort_unstable();
        groups.into_iter()
    }
}
