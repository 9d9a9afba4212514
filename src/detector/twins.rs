//! Identical texts, put together before anything is compared.
//!
//! Texts with one digest are compared byte by byte with the first of them by the rule for
//! representatives, so that "identical" is never a matter of luck. From then on one text of each
//! group stands for all. What has the same words in another layout, other line breaks or
//! punctuation, is another text: what is its body may differ.

use xxhash_rust::xxh3::xxh3_64;

use crate::collection::Collection;
use crate::parallel;
use crate::sketch::SketchMatrix;

/// The groups of identical texts.
#[derive(Debug, Default)]
pub(super) struct Twins {
    /// One of every text that has words, ascending.
    representatives: Vec<u32>,
    /// All articles with words, group after group, the representative of each first.
    members: Vec<u32>,
    /// For each article that represents a group of two or more, where it lies in `members`; others
    /// are alone.
    ranges: std::collections::HashMap<u32, (usize, usize)>,
    /// Every article's own number, to lend as a slice.
    alone: Vec<u32>,
}

/// A 64-bit digest of a text's shingles in order. They are mixed, so multiplying each by its odd
/// place tells orders apart, in one operation a shingle.
pub(super) fn digest(shingles: &[u64]) -> u64 {
    let place = |i: usize| 2 * i as u64 + 1;
    shingles
        .iter()
        .enumerate()
        .fold(0, |sum, (i, shingle)| sum.wrapping_add(shingle.wrapping_mul(place(i))))
}

impl Twins {
    pub(super) fn find(
        articles: &dyn Collection,
        matrix: &SketchMatrix,
        digests: &[u64],
        rank: &[u32],
    ) -> Self {
        let of_words = (0..articles.len()).filter(|&i| matrix.count(i) > 0);
        let mut order: Vec<(u64, u64, u32, u32)> =
            of_words.map(|i| (digests[i], 0, rank[i], i as u32)).collect();
        parallel::sort(&mut order);
        // Where words are the same, texts are told apart by their own hashes.
        let same_words: Vec<usize> = order
            .chunk_by(|a, b| a.0 == b.0)
            .scan(0, |end, group| {
                *end += group.len();
                Some((*end - group.len()..*end, group.len() > 1))
            })
            .filter(|(_, several)| *several)
            .flat_map(|(range, _)| range)
            .collect();
        let hashes = parallel::map(same_words.len(), String::new, |buffer, i| {
            xxh3_64(articles.text(order[same_words[i]].3 as usize, buffer).as_bytes())
        });
        same_words.into_iter().zip(hashes).for_each(|(place, hash)| order[place].1 = hash);
        parallel::sort(&mut order);
        let alike: Vec<(u32, u32)> = order
            .chunk_by(|a, b| (a.0, a.1) == (b.0, b.1))
            .flat_map(|group| group[1..].iter().map(|other| (group[0].3, other.3)))
            .collect();
        let same = parallel::map(
            alike.len(),
            <(Option<u32>, [String; 2])>::default,
            |(held, [left, right]), i| {
                let (first, other) = alike[i];
                // The text that is held lies in the buffer, or where the collection has it.
                if *held != Some(first) {
                    let text = articles.text(first as usize, right);
                    left.clear();
                    left.push_str(text);
                    *held = Some(first);
                }
                articles.text(other as usize, right) == left
            },
        );
        let mut twins = Twins { alone: (0..articles.len() as u32).collect(), ..Twins::default() };
        let mut others = alike.iter().zip(same).peekable();
        for &(.., i) in &order {
            // Those found equal to their group's first follow it in `order` and are taken with it.
            if others.peek().is_none_or(|((first, _), _)| *first != i) {
                continue;
            }
            let start = twins.members.len();
            twins.members.push(i);
            while let Some(((_, other), same)) = others.next_if(|((first, _), _)| *first == i) {
                match same {
                    true => twins.members.push(*other),
                    false => twins.representatives.push(*other),
                }
            }
            twins.ranges.insert(i, (start, twins.members.len()));
        }
        let second: std::collections::HashSet<u32> = alike.iter().map(|pair| pair.1).collect();
        twins
            .representatives
            .extend(order.iter().map(|entry| entry.3).filter(|i| !second.contains(i)));
        twins.representatives.sort_unstable();
        twins
    }

    /// One of every different text, ascending.
    pub(super) fn representatives(&self) -> &[u32] {
        &self.representatives
    }

    /// The article that stands for the text of article `i`; none if it has no words. O(articles)
    /// time in the worst case.
    pub(super) fn representative(&self, i: u32) -> Option<u32> {
        if self.representatives.binary_search(&i).is_ok() {
            return Some(i);
        }
        let group =
            self.ranges.iter().find(|(_, range)| self.members[range.0..range.1].contains(&i));
        group.map(|(&representative, _)| representative)
    }

    /// The articles with the text of `representative`, itself first.
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
