//! Anchors: a sample of an article's shingles that selects the same shingles in every article.
//!
//! A shingle is an anchor if its hash falls into a fixed eighth of all hashes (sampling modulo q:
//! Manber 1994, Broder 1997). A MinHash signature has the same size for all articles, so a short
//! excerpt may have no slot of its own in the signature of a long article. Anchors grow with the
//! article: of `c` shingles that two articles share, c / 8 are anchors of both, however long either
//! is. Two articles that share two *rare* anchors are candidates: if `c` is 50, that finds 99 % of
//! the pairs, and 73 % if it is 20.
//!
//! What many different texts have is no sign of copying, so anchors in too many texts are ignored
//! when they are [joined](crate::lsh::postings).

/// One shingle in this many is an anchor.
const ONE_IN: u64 = 8;
/// The number of anchors that are kept of an article, those with the smallest keys: enough for 100
/// KB of text.
const MAX_ANCHORS: usize = 4096;

/// Replaces `keys` by the anchors among `shingles`: 32 bits of each hash, ascending, without
/// repetitions.
pub(crate) fn anchors(shingles: &[u64], keys: &mut Vec<u32>) {
    // Every key is written, and overwritten by the next if it is no anchor: no branch to
    // mispredict.
    keys.clear();
    keys.resize(shingles.len(), 0);
    let mut found = 0;
    for shingle in shingles {
        keys[found] = (shingle >> 32) as u32;
        found += usize::from(shingle % ONE_IN == 0);
    }
    keys.truncate(found);
    keys.sort_unstable();
    keys.dedup();
    keys.truncate(MAX_ANCHORS);
}

/// Calls `f` with each key that is in both lists. Both ascend.
pub(crate) fn for_each_shared(left: &[u32], right: &[u32], mut f: impl FnMut(u32)) {
    let (mut i, mut j) = (0, 0);
    while i < left.len() && j < right.len() {
        let (l, r) = (left[i], right[j]);
        if l == r {
            f(l);
        }
        // No branch to mispredict: the keys are random.
        i += usize::from(l <= r);
        j += usize::from(r <= l);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::mix;

    #[test]
    fn a_shared_passage_has_the_same_anchors_in_both() {
        let shingles: Vec<u64> = (0..2000).map(mix).collect();
        let (mut all, mut part) = (Vec::new(), Vec::new());
        anchors(&shingles, &mut all);
        anchors(&shingles[600..1000], &mut part);
        assert!((200..300).contains(&all.len()), "{}", all.len());
        for (left, right) in [(&all, &part), (&part, &all)] {
            let mut shared = Vec::new();
            for_each_shared(left, right, |key| shared.push(key));
            assert_eq!(shared, part);
        }
        assert!(all.is_sorted_by(|a, b| a < b));
    }

    #[test]
    fn a_huge_article_keeps_its_smallest_keys() {
        let shingles: Vec<u64> = (0..100_000).map(mix).collect();
        let mut keys = Vec::new();
        anchors(&shingles, &mut keys);
        assert_eq!(keys.len(), MAX_ANCHORS);
        anchors(&[], &mut keys);
        assert!(keys.is_empty());
    }
}
