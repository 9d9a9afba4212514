//! The pairs of a collection, stored by text and expanded to articles on demand.
//!
//! A hundred versions of a text in a hundred identical copies each are ten thousand articles and
//! fifty million pairs of articles, of which 4,950 were compared. So a list stores the pairs of
//! different texts, and which articles have each text. An iterator makes the pairs of articles, one
//! left article at a time.

use std::borrow::Cow;

use super::sources::may_be_pair;
use crate::cluster::Edge;
use crate::compare::overlap::Overlap;
use crate::verify::candidate::PairLink;
use crate::verify::relation::{LinkKind, Relation};

/// Two similar articles of a collection, by their places in the input.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Pair {
    /// The article earlier in the input.
    pub left: usize,
    /// The other.
    pub right: usize,
    /// What they share, exactly.
    pub overlap: Overlap,
    /// What they are to each other; `None` in [`Scope::Similar`](crate::Scope), where only
    /// similarity counts.
    pub relation: Option<Relation>,
    /// The probability that the relation is right.
    pub confidence: Option<f64>,
    /// What holds them together.
    pub kind: LinkKind,
    /// How strongly, 0 to 1. In [`Scope::Similar`](crate::Scope) the Jaccard similarity. In the
    /// wider scopes, the share of both bodies that agrees word for word, the geometric mean; of
    /// accounts of one event, [how likely that is](crate::results::Story::score).
    pub score: f64,
}

impl Pair {
    /// The share of all shingles that both have, 0 to 1, exact.
    pub fn jaccard(&self) -> f64 {
        self.overlap.jaccard()
    }
}

/// The similar pairs of a collection, sorted by `left`, then `right`, each once.
///
/// It holds the pairs of different texts, some 80 bytes each, and which articles are exact
/// duplicates, 16 bytes each. The pairs of all these articles, which may be far more, are made as
/// the list is [iterated](PairList::iter); [`by_text`](PairList::by_text) gives fewer pairs with
/// the same information.
///
/// ```
/// let story = "The river rose by two metres in a night, and the old bridge was closed at dawn.";
/// let longer = format!("Flood: {story}");
/// let articles = [story, &longer, story, &longer];
/// let pairs = newsprint::Detector::default().find_pairs(&articles).pairs;
/// assert_eq!(pairs.len(), 6);
/// let ends: Vec<_> = pairs.iter().map(|pair| (pair.left, pair.right)).collect();
/// assert_eq!(ends, [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)]);
///
/// // The two texts, and each copy with the first of its text.
/// let ends: Vec<_> = pairs.by_text().map(|pair| (pair.left, pair.right)).collect();
/// assert_eq!(ends, [(0, 1), (0, 2), (1, 3)]);
/// assert_eq!(pairs.copies().collect::<Vec<_>>(), [[0, 2], [1, 3]]);
/// ```
#[derive(Clone, Debug, Default)]
pub struct PairList {
    /// The pairs of different texts, each named by its representative; sorted, each once.
    edges: Vec<Edge>,
    /// The edges that have a text with duplicates, sorted by their right text: an article of the
    /// right text may come before one of the left text.
    reversed: Vec<usize>,
    /// The groups of exact duplicates, by representative.
    groups: Vec<Group>,
    /// The articles of all groups. In each group the representative comes first, then the others in
    /// ascending order.
    members: Vec<usize>,
    /// The articles that are not representatives, ascending, each with the index of its group.
    others: Vec<(u32, u32)>,
    /// For each article the number of its source, if only articles of different sources are pairs.
    sources: Vec<u32>,
    /// The number of pairs of articles.
    len: u64,
}

/// A group of exact duplicates.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Group {
    representative: u32,
    /// Where its articles begin among the members.
    start: usize,
    /// Where they end.
    end: usize,
    /// What any two of them share: all they have.
    overlap: Overlap,
}

impl PairList {
    /// The pairs of some edges of different texts, which are sorted, and of some groups of exact
    /// duplicates, each with its representative first. `sources` has the number of each article's
    /// source if two of one source are no pair, or nothing.
    pub(super) fn new<'g>(
        edges: Vec<Edge>,
        duplicates: impl IntoIterator<Item = (&'g [u32], Overlap)>,
        sources: Vec<u32>,
    ) -> Self {
        let mut list = PairList { edges, sources, ..PairList::default() };
        for (articles, overlap) in duplicates {
            let start = list.members.len();
            list.members.extend(articles.iter().map(|&i| i as usize));
            list.members[start + 1..].sort_unstable();
            let end = list.members.len();
            list.groups.push(Group { representative: articles[0], start, end, overlap });
        }
        list.groups.sort_unstable_by_key(|group| group.representative);
        for (group, place) in list.groups.iter().zip(0..) {
            list.others.extend(
                list.members[group.start + 1..group.end].iter().map(|&i| (i as u32, place)),
            );
        }
        list.others.sort_unstable();
        let has_duplicates =
            |edge: &Edge| [edge.left, edge.right].iter().any(|&text| list.group_of(text).is_some());
        let edges = list.edges.iter().zip(0..);
        list.reversed =
            edges.filter(|(edge, _)| has_duplicates(edge)).map(|(_, place)| place).collect();
        list.reversed.sort_unstable_by_key(|&e| (list.edges[e].right, list.edges[e].left));
        list.len = list.count(true);
        list
    }

    /// How many pairs there are. O(1) time.
    ///
    /// Articles make more pairs than there are of them, so this may be more than fits in memory.
    pub fn len(&self) -> u64 {
        self.len
    }

    /// True if there are none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The pairs, sorted by `left`, then `right`, each once. They are made one by one, in O(log n)
    /// time each; the iterator holds those of one left article, 24 bytes each. A text that many
    /// articles have makes very many: 10,000 copies are 50 million pairs.
    pub fn iter(&self) -> PairIter<'_> {
        PairIter::new(Cow::Borrowed(self), true)
    }

    /// The pairs without repetitions of a text: one pair of articles for each two similar texts,
    /// and for each exact duplicate its pair with the representative of the text. Sorted in the
    /// same way. They are no more than the pairs of texts found and the articles together.
    ///
    /// Where only articles [of different sources](crate::ConfigBuilder::across_sources) are pairs,
    /// these are the pairs of different sources among them, and imply less: two texts whose
    /// representatives have one source are not listed.
    pub fn by_text(&self) -> PairIter<'_> {
        PairIter::new(Cow::Borrowed(self), false)
    }

    /// The groups of exact duplicates, by representative: of each its representative, then the
    /// others in the order of the input.
    pub fn copies(&self) -> impl Iterator<Item = &[usize]> {
        self.groups.iter().map(|group| &self.members[group.start..group.end])
    }

    /// The pairs of different texts, each text by its representative; sorted. With
    /// [`copies`](PairList::copies) they imply all pairs: each article of the one text with each of
    /// the other, and the articles of one text with each other, except those of one source where
    /// only articles [of different sources](crate::ConfigBuilder::across_sources) are pairs. So
    /// pairs can be counted without making them.
    ///
    /// ```
    /// let story = "The river rose by two metres in a night, and the old bridge was closed at dawn.";
    /// let longer = format!("Flood: {story}");
    /// let articles = [story, &longer, story, story];
    /// let pairs = newsprint::Detector::default().find_pairs(&articles).pairs;
    /// assert_eq!(pairs.similar_texts().collect::<Vec<_>>(), [(0, 1)]);
    /// assert_eq!(pairs.copies().collect::<Vec<_>>(), [[0, 2, 3]]);
    /// assert_eq!(pairs.len(), 3 * 1 + 3);
    /// ```
    pub fn similar_texts(&self) -> impl Iterator<Item = (usize, usize)> {
        self.edges.iter().map(|edge| (edge.left as usize, edge.right as usize))
    }

    fn group_of(&self, text: u32) -> Option<&Group> {
        let place = self.groups.binary_search_by_key(&text, |group| group.representative).ok()?;
        Some(&self.groups[place])
    }

    /// The number of pairs: of all articles if `every`, else those [by text](Self::by_text).
    fn count(&self, every: bool) -> u64 {
        let of_groups: Vec<Tally> = self
            .groups
            .iter()
            .map(|group| {
                let all = &self.members[group.start..group.end];
                Tally::of(if every { all } else { &all[..1] }, &self.sources)
            })
            .collect();
        let tally =
            |text: u32| match self.groups.binary_search_by_key(&text, |group| group.representative)
            {
                Ok(place) => Cow::Borrowed(&of_groups[place]),
                Err(_) => Cow::Owned(Tally::of(&[text as usize], &self.sources)),
            };
        let among = |(group, tally): (&Group, &Tally)| {
            let all = &self.members[group.start..group.end];
            match every {
                true => tally.pairs_within(),
                false => all[1..].iter().filter(|&&i| self.may_be_pair(all[0], i)).count() as u64,
            }
        };
        // No overflow: 2^32 articles have at most 2^63 pairs.
        let between = |edge: &Edge| tally(edge.left).pairs_with(&tally(edge.right));
        self.edges.iter().map(between).sum::<u64>()
            + self.groups.iter().zip(&of_groups).map(among).sum::<u64>()
    }

    /// Whether two articles may be a pair by their sources.
    fn may_be_pair(&self, a: usize, b: usize) -> bool {
        may_be_pair(&self.sources, a, b)
    }
}

/// How many articles there are of a text, and of each source where pairs depend on it.
#[derive(Clone)]
struct Tally {
    articles: u64,
    /// By source; those whose source is unknown are left out.
    by_source: Vec<(u32, u64)>,
}

impl Tally {
    fn of(articles: &[usize], sources: &[u32]) -> Self {
        let known = |source: &u32| !may_be_pair(&[*source, *source], 0, 1);
        let mut of_articles: Vec<u32> =
            articles.iter().filter_map(|&i| sources.get(i).copied()).filter(known).collect();
        of_articles.sort_unstable();
        let by_source =
            of_articles.chunk_by(|a, b| a == b).map(|same| (same[0], same.len() as u64)).collect();
        Tally { articles: articles.len() as u64, by_source }
    }

    /// The pairs of an article of this text and one of the other.
    fn pairs_with(&self, other: &Tally) -> u64 {
        let of_source = |source: u32| {
            let place = other.by_source.binary_search_by_key(&source, |known| known.0).ok();
            place.map_or(0, |place| other.by_source[place].1)
        };
        let same: u64 = self.by_source.iter().map(|&(source, n)| n * of_source(source)).sum();
        self.articles * other.articles - same
    }

    /// The pairs of two articles of this text.
    fn pairs_within(&self) -> u64 {
        let pairs = |n: u64| n * (n - 1) / 2;
        pairs(self.articles) - self.by_source.iter().map(|&(_, n)| pairs(n)).sum::<u64>()
    }
}

impl PartialEq for PairList {
    /// Whether they have the same pairs and the same copies. O(n) time in what they hold.
    fn eq(&self, other: &Self) -> bool {
        let lists = (&self.edges, &self.groups, &self.members, &self.sources);
        lists == (&other.edges, &other.groups, &other.members, &other.sources)
    }
}

impl<'a> IntoIterator for &'a PairList {
    type Item = Pair;
    type IntoIter = PairIter<'a>;

    fn into_iter(self) -> PairIter<'a> {
        self.iter()
    }
}

impl IntoIterator for PairList {
    type Item = Pair;
    type IntoIter = PairIter<'static>;

    fn into_iter(self) -> PairIter<'static> {
        PairIter::new(Cow::Owned(self), true)
    }
}

/// The pairs of a [`PairList`], made one by one.
#[derive(Clone, Debug)]
pub struct PairIter<'a> {
    list: Cow<'a, PairList>,
    /// Whether to make every pair; otherwise the copies of a text are paired with its
    /// representative only.
    every: bool,
    cursor: Cursor,
    left: CurrentLeft,
    /// The right articles of the left one that are still to come, the last first, each with the
    /// edge between both texts; `None` if both have one text.
    rights: Vec<(u32, Option<usize>)>,
    /// How many pairs are to come.
    remaining: u64,
}

/// How far the iterator is in each part of the list.
#[derive(Clone, Copy, Debug, Default)]
struct Cursor {
    edges: usize,
    reversed: usize,
    groups: usize,
    others: usize,
}

/// An article whose pairs are made.
#[derive(Clone, Copy, Debug, Default)]
struct CurrentLeft {
    article: u32,
    /// The representative of its text.
    text: u32,
    /// The index of its group, if it has duplicates.
    group: Option<usize>,
}

impl<'a> PairIter<'a> {
    fn new(list: Cow<'a, PairList>, every: bool) -> Self {
        let remaining = list.count(every);
        let (cursor, left) = (Cursor::default(), CurrentLeft::default());
        PairIter { list, every, cursor, left, rights: Vec::new(), remaining }
    }

    /// Moves to the next article that may be a left one; false if there is none.
    fn advance(&mut self) -> bool {
        let PairList { edges, reversed, groups, others, .. } = &*self.list;
        let Cursor { edges: e, reversed: r, groups: g, others: o } = &mut self.cursor;
        let next = [
            edges.get(*e).map(|edge| edge.left),
            reversed.get(*r).map(|&edge| edges[edge].right),
            groups.get(*g).map(|group| group.representative),
            others.get(*o).map(|other| other.0),
        ];
        let Some(article) = next.into_iter().flatten().min() else { return false };
        *e += edges[*e..].iter().take_while(|edge| edge.left == article).count();
        *r += reversed[*r..].iter().take_while(|&&edge| edges[edge].right == article).count();
        self.left = CurrentLeft { article, text: article, group: None };
        if groups.get(*g).is_some_and(|group| group.representative == article) {
            self.left = CurrentLeft { article, text: article, group: Some(*g) };
            *g += 1;
        } else if let Some(&(_, group)) = others.get(*o).filter(|other| other.0 == article) {
            let group = group as usize;
            let text = groups[group].representative;
            self.left = CurrentLeft { article, text, group: Some(group) };
            *o += 1;
        }
        true
    }

    /// Finds the right articles of the left one.
    fn pair_up(&mut self) {
        let CurrentLeft { article, text, group } = self.left;
        let list = &*self.list;
        if article != text && !self.every {
            // Its only pair is the one with its representative.
            let is_pair = text > article && list.may_be_pair(text as usize, article as usize);
            self.rights.extend(is_pair.then_some((text, None)));
            return;
        }
        let rights = &mut self.rights;
        let mut add = |text: u32, group: Option<&Group>, edge: Option<usize>| {
            let members = group.map_or(&[][..], |group| &list.members[group.start..group.end]);
            let is_expanded = edge.is_none() || self.every;
            let others = if is_expanded { members.get(1..).unwrap_or_default() } else { &[] };
            let later = &others[others.partition_point(|&other| other <= article as usize)..];
            rights.extend(later.iter().map(|&other| (other as u32, edge)));
            if text > article {
                rights.push((text, edge));
            }
        };
        let group = group.map(|place| &list.groups[place]);
        if let Some(group) = group {
            add(text, Some(group), None);
        }
        let start = list.edges.partition_point(|edge| edge.left < text);
        let of_text = list.edges[start..].iter().take_while(|edge| edge.left == text);
        for (edge, place) in of_text.zip(start..) {
            add(edge.right, list.group_of(edge.right), Some(place));
        }
        let start = list.reversed.partition_point(|&edge| list.edges[edge].right < text);
        let of_text =
            list.reversed[start..].iter().take_while(|&&edge| list.edges[edge].right == text);
        for &place in of_text {
            let other = list.edges[place].left;
            add(other, list.group_of(other), Some(place));
        }
        rights.retain(|&(right, _)| list.may_be_pair(article as usize, right as usize));
        // A stable sort is fast here: the list is a few sorted runs.
        rights.sort_by_key(|right| std::cmp::Reverse(right.0));
    }

    fn pair(&self, right: u32, edge: Option<usize>) -> Pair {
        let CurrentLeft { article, text, group } = self.left;
        let (overlap, relation, kind, score) = match edge.map(|edge| &self.list.edges[edge]) {
            Some(Edge { left, found: PairLink { overlap, relation, kind, score, .. }, .. }) => {
                (if *left == text { *overlap } else { overlap.swapped() }, *relation, *kind, *score)
            }
            None => {
                let overlap =
                    group.map(|group| self.list.groups[group].overlap).unwrap_or_default();
                (overlap, Some((Relation::Identical, 1.0)), LinkKind::Text, 1.0)
            }
        };
        let (relation, confidence) = relation.unzip();
        Pair {
            left: article as usize,
            right: right as usize,
            overlap,
            relation,
            confidence,
            kind,
            score,
        }
    }
}

impl Iterator for PairIter<'_> {
    type Item = Pair;

    fn next(&mut self) -> Option<Pair> {
        while self.rights.is_empty() {
            if !self.advance() {
                return None;
            }
            self.pair_up();
        }
        let (right, edge) = self.rights.pop()?;
        self.remaining -= 1;
        Some(self.pair(right, edge))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let remaining = usize::try_from(self.remaining);
        (remaining.unwrap_or(usize::MAX), remaining.ok())
    }
}

#[cfg(feature = "serde")]
mod serialized;
#[cfg(test)]
mod tests;
