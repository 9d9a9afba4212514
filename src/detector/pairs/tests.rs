//! The pairs made one by one, compared with all of them made at once.

use proptest::prelude::*;

use super::*;

/// For each article, the number of its text.
fn texts(articles: usize, texts: usize) -> impl Strategy<Value = Vec<usize>> {
    proptest::collection::vec(0..texts, 0..articles)
}

/// The articles of each text, in any order; the first represents it.
fn grouped(texts: &[usize], order: &[usize]) -> Vec<Vec<u32>> {
    let mut groups = vec![Vec::new(); 8];
    for &article in order {
        groups[texts[article]].push(article as u32);
    }
    groups.retain(|group| !group.is_empty());
    groups
}

/// An edge that differs from every other, and on its two sides.
fn edge(left: u32, right: u32) -> Edge {
    let overlap = Overlap {
        shared: 1,
        left: 10 + left as usize,
        right: 1000 * left as usize + 10 + right as usize,
    };
    let relation = Some((Relation::Copy, 0.5 + f64::from(left) / 1000.0));
    let found = PairLink {
        overlap,
        relation,
        kind: LinkKind::Text,
        score: overlap.jaccard(),
        max_verbatim: 0.5,
    };
    Edge { left, right, found }
}

fn overlap_of_duplicates(first: u32) -> Overlap {
    let shingles = first as usize + 1;
    Overlap { shared: shingles, left: shingles, right: shingles }
}

/// By definition: every pair of the articles of two similar texts, and of one text. If not `every`,
/// only the first article of a text is paired.
fn all_at_once(edges: &[Edge], groups: &[Vec<u32>], every: bool) -> Vec<Pair> {
    let mut pairs = Vec::new();
    let mut add = |a: u32, b: u32, overlap: Overlap, relation: (Relation, f64), score: f64| {
        let overlap = if a < b { overlap } else { overlap.swapped() };
        let (left, right) = (a.min(b) as usize, a.max(b) as usize);
        let (relation, confidence) = (Some(relation.0), Some(relation.1));
        pairs.push(Pair {
            left,
            right,
            overlap,
            relation,
            confidence,
            kind: LinkKind::Text,
            score,
        });
    };
    let places = |text: u32| {
        let group = groups.iter().find(|group| group[0] == text).expect("an edge is of texts");
        if every { &group[..] } else { &group[..1] }
    };
    for Edge { left, right, found } in edges {
        for &a in places(*left) {
            for &b in places(*right) {
                add(a, b, found.overlap, found.relation.expect("known"), found.score);
            }
        }
    }
    for group in groups {
        let firsts = if every { group.len() } else { 1 };
        for (i, &a) in group[..firsts].iter().enumerate() {
            for &b in &group[i + 1..] {
                add(a, b, overlap_of_duplicates(group[0]), (Relation::Identical, 1.0), 1.0);
            }
        }
    }
    pairs.sort_unstable_by_key(|pair| (pair.left, pair.right));
    pairs
}

/// The list, its edges and its groups: some texts in an order, and which two of them are similar.
fn list(
    texts: &[usize],
    order: &[usize],
    similar: u32,
    sources: &[u32],
) -> (PairList, Vec<Edge>, Vec<Vec<u32>>) {
    let groups = grouped(texts, order);
    let mut firsts: Vec<u32> = groups.iter().map(|group| group[0]).collect();
    firsts.sort_unstable();
    let ends =
        firsts.iter().flat_map(|&a| firsts.iter().filter(move |&&b| a < b).map(move |&b| (a, b)));
    let chosen = ends.enumerate().filter(|(i, _)| similar >> i & 1 == 1);
    let edges: Vec<Edge> = chosen.map(|(_, (a, b))| edge(a, b)).collect();
    let several = groups.iter().filter(|group| group.len() > 1);
    let copies = several.map(|group| (group.as_slice(), overlap_of_duplicates(group[0])));
    (PairList::new(edges.clone(), copies, sources.to_vec()), edges, groups)
}

proptest! {
    #[test]
    fn pairs_in_a_stream_are_those_made_at_once(
        (texts, order) in texts(24, 8).prop_flat_map(|texts| {
            let order: Vec<usize> = (0..texts.len()).collect();
            (Just(texts), Just(order).prop_shuffle())
        }),
        similar in 0u32..1 << 28,
    ) {
        let (list, edges, groups) = list(&texts, &order, similar, &[]);
        let whole = all_at_once(&edges, &groups, true);
        prop_assert_eq!(list.len(), whole.len() as u64);
        prop_assert_eq!(list.is_empty(), whole.is_empty());
        // Lists are equal if what they give is.
        let (other, others, _) = self::list(&texts, &order, similar & 0xFFF, &[]);
        prop_assert_eq!(list == other, whole == all_at_once(&others, &groups, true));
        prop_assert_eq!(&list.iter().collect::<Vec<_>>(), &whole);
        let by_text = all_at_once(&edges, &groups, false);
        prop_assert_eq!(&list.by_text().collect::<Vec<_>>(), &by_text);
        prop_assert!(by_text.iter().all(|pair| whole.contains(pair)));
        // The hint is exact, at any place.
        let mut iter = list.iter();
        for rest in (0..whole.len()).rev() {
            prop_assert!(iter.next().is_some());
            prop_assert_eq!(iter.size_hint(), (rest, Some(rest)));
        }
        prop_assert_eq!(iter.next(), None);
        prop_assert_eq!(iter.next(), None);
        let mut copies: Vec<Vec<usize>> = groups
            .iter()
            .filter(|group| group.len() > 1)
            .map(|group| group.iter().map(|&article| article as usize).collect())
            .collect();
        copies.iter_mut().for_each(|group| group[1..].sort_unstable());
        copies.sort_unstable();
        prop_assert_eq!(list.copies().map(<[usize]>::to_vec).collect::<Vec<_>>(), copies);
        prop_assert_eq!(list.into_iter().collect::<Vec<_>>(), whole);
    }
}

proptest! {
    #[test]
    fn pairs_of_different_sources_are_those_of_all_without_the_others(
        (texts, sources) in texts(24, 6).prop_flat_map(|texts| {
            let sources = proptest::collection::vec(0..4u32, texts.len());
            (Just(texts), sources)
        }),
        similar in 0u32..1 << 15,
    ) {
        let order: Vec<usize> = (0..texts.len()).collect();
        let (list, edges, groups) = list(&texts, &order, similar, &sources);
        // 0 is no source.
        let is_across =
            |pair: &Pair| sources[pair.left] == 0 || sources[pair.left] != sources[pair.right];
        let mut across = all_at_once(&edges, &groups, true);
        across.retain(is_across);
        prop_assert_eq!(list.len(), across.len() as u64);
        prop_assert_eq!(list.iter().size_hint().0, across.len());
        prop_assert_eq!(list.iter().collect::<Vec<_>>(), across);
        let mut by_text = all_at_once(&edges, &groups, false);
        by_text.retain(is_across);
        prop_assert_eq!(list.by_text().collect::<Vec<_>>(), by_text);
    }
}

#[test]
fn what_is_kept_grows_by_texts_and_articles() {
    let (versions, copies) = (200u32, 200u32);
    let groups: Vec<Vec<u32>> = (0..versions)
        .map(|text| (0..copies).map(|copy| copy * versions + text).collect())
        .collect();
    let edges: Vec<Edge> =
        (0..versions).flat_map(|a| (a + 1..versions).map(move |b| edge(a, b))).collect();
    let list = PairList::new(
        edges,
        groups.iter().map(|group| (group.as_slice(), overlap_of_duplicates(group[0]))),
        Vec::new(),
    );
    let articles = u64::from(versions * copies);
    assert_eq!(list.len(), articles * (articles - 1) / 2);
    let kept = list.edges.capacity() + list.reversed.len() + list.members.len() + list.others.len();
    assert!(kept < 200_000, "{kept}");
    let mut iter = list.iter();
    let first = iter.by_ref().take(1_000_000).fold(0, |most, pair| {
        assert!(pair.left <= most && pair.right < articles as usize);
        most.max(pair.left + 1)
    });
    assert!(first > 20 && iter.rights.capacity() < 2 * articles as usize);
    // Every article but the last is the left one of as many pairs as there are articles after it.
    let ends: Vec<(usize, usize)> =
        list.iter().take(40_000).map(|pair| (pair.left, pair.right)).collect();
    assert_eq!((ends[0], ends[39_998], ends[39_999]), ((0, 1), (0, 39_999), (1, 2)));
    assert_eq!(list.by_text().count(), 199 * 200 / 2 + 200 * 199);
}
