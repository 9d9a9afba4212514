//! The pairs of a collection.
//!
//! A hundred versions of a text in a hundred identical copies each are ten thousand articles and
//! fifty million pairs of them, of which 4,950 were compared. So what is kept is the pairs of
//! different texts, and which articles have each text; pairs of articles are made when they are
//! asked for, one left article at a time.

use std::borrow::Cow;

use crate::cluster::Edge;
use crate::compare::overlap::Overlap;
use crate::verify::candidate::PairLink;
use crate::verify::relation::{LinkKind, Relation};

/// Two similar articles of a collection, by their places in the input.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Pair {
    /// The article earlier in the input.
    pub left: usize,
    /// The other.
    pub right: usize,
    /// What they share, exactly.
    pub overlap: Overlap,
    /// What they are to each other; none in [`Scope::Similar`](crate::Scope), where nothing but
    /// similarity is looked at.
    pub relation: Option<Relation>,
    /// The probability that the relation is right.
    pub confidence: Option<f64>,
    /// What holds them together.
    pub bond: LinkKind,
    /// How strongly, 0 to 1. In [`Scope::Similar`](crate::Scope) the Jaccard similarity. In the
    /// wider scopes, the share of both bodies that agrees word for word, the geometric mean; of
    /// accounts of one event, [how likely that is](crate::Story::score).
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
/// It holds the pairs of different texts, some 80 bytes each, and which articles have a text in
/// identical copies, 16 bytes each. The pairs of all these articles, which may be far more, are
/// made as they are [gone through](PairList::iter); [`by_text`](PairList::by_text) goes through
/// fewer that tell the same.
///
/// ```
/// let story = "The river rose by two metres in a night, and the old bridge was closed at dawn.";
/// let longer = "Flood: The river rose by two metres in a night, and the old bridge was closed at dawn.";
/// let articles = [story, longer, story, longer];
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
    /// Those of different texts, by the articles that stand for these; sorted, each once.
    edges: Vec<Edge>,
    /// Those edges that have a text with copies, by their right text. Of two articles of these
    /// texts that of the right one may come first.
    turned: Vec<usize>,
    /// The texts that several articles have, by the article that stands for each.
    groups: Vec<Group>,
    /// The articles of all groups. Of each, the one that stands for it comes first, then the others
    /// in their order.
    members: Vec<usize>,
    /// Those that another stands for, in their order, each with the place of its group.
    others: Vec<(u32, u32)>,
    /// A text that more articles have than this is spoken for by the one that stands for it.
    limit: usize,
    /// How many pairs all these articles make.
    len: u64,
}

/// A text that several articles have.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Group {
    /// The article that stands for it.
    first: u32,
    /// Where its articles begin and end among the members.
    start: usize,
    end: usize,
    /// What any two of them share: all they have.
    overlap: Overlap,
}

impl Group {
    fn len(&self) -> usize {
        self.end - self.start
    }
}

impl PairList {
    /// The pairs that these edges of different texts make, sorted, and these groups of articles
    /// with one text: the one that stands for it first. `limit` is the most articles of one text
    /// that are all paired.
    pub(super) fn new<'g>(
        edges: Vec<Edge>,
        copies: impl Iterator<Item = (&'g [u32], Overlap)>,
        limit: usize,
    ) -> Self {
        let mut list = PairList { edges, limit, ..PairList::default() };
        for (articles, overlap) in copies {
            let start = list.members.len();
            list.members.extend(articles.iter().map(|&i| i as usize));
            list.members[start + 1..].sort_unstable();
            list.groups.push(Group { first: articles[0], start, end: list.members.len(), overlap });
        }
        list.groups.sort_unstable_by_key(|group| group.first);
        for (group, place) in list.groups.iter().zip(0..) {
            list.others.extend(
                list.members[group.start + 1..group.end].iter().map(|&i| (i as u32, place)),
            );
        }
        list.others.sort_unstable();
        let has_copies =
            |edge: &Edge| [edge.left, edge.right].iter().any(|&text| list.group_of(text).is_some());
        let edges = list.edges.iter().zip(0..);
        list.turned = edges.filter(|(edge, _)| has_copies(edge)).map(|(_, place)| place).collect();
        list.turned.sort_unstable_by_key(|&e| (list.edges[e].right, list.edges[e].left));
        list.len = list.count(limit);
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

    /// The pairs, sorted by `left`, then `right`, each once. They are made as they are asked for,
    /// in O(log n) time each; the iterator holds those of one left article, 24 bytes each.
    ///
    /// Of a text that more than [`bucket_limit`](crate::Config::bucket_limit) articles have, the
    /// one that stands for it is paired with each of the others and with what is similar.
    pub fn iter(&self) -> PairIter<'_> {
        PairIter::new(Cow::Borrowed(self), self.limit)
    }

    /// The pairs in which each text is told of once: one pair of articles for any two texts, and
    /// for each identical copy its pair with the article that stands for the text (the first by the
    /// rule for representatives). Sorted in the same way. These are no more than there were pairs
    /// of texts found, and articles.
    pub fn by_text(&self) -> PairIter<'_> {
        PairIter::new(Cow::Borrowed(self), 1)
    }

    /// The texts that several articles have: of each all its articles, the one that stands for it
    /// first, then the others in the order of the input.
    pub fn copies(&self) -> impl Iterator<Item = &[usize]> {
        self.groups.iter().map(|group| &self.members[group.start..group.end])
    }

    fn group_of(&self, first: u32) -> Option<&Group> {
        let place = self.groups.binary_search_by_key(&first, |group| group.first).ok()?;
        Some(&self.groups[place])
    }

    /// How many pairs there are where texts of more than `limit` articles are spoken for by one.
    fn count(&self, limit: usize) -> u64 {
        let places = |text: u32| match self.group_of(text) {
            Some(group) if group.len() <= limit => group.len() as u64,
            _ => 1,
        };
        let among = |group: &Group| match group.len() as u64 {
            len if len <= limit as u64 => len * (len - 1) / 2,
            len => len - 1,
        };
        // No overflow: there are at most 2^63 pairs of 2^32 articles.
        let apart: u64 = self.edges.iter().map(|edge| places(edge.left) * places(edge.right)).sum();
        apart + self.groups.iter().map(among).sum::<u64>()
    }
}

impl PartialEq for PairList {
    /// Whether they have the same pairs and the same copies. O(n) time in what they hold.
    fn eq(&self, other: &Self) -> bool {
        // Where limits differ and that tells, so do the lengths.
        let lists = (&self.edges, &self.groups, &self.members, self.len);
        lists == (&other.edges, &other.groups, &other.members, other.len)
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
        let limit = self.limit;
        PairIter::new(Cow::Owned(self), limit)
    }
}

/// The pairs of a [`PairList`], made one after the other.
#[derive(Clone, Debug)]
pub struct PairIter<'a> {
    list: Cow<'a, PairList>,
    limit: usize,
    /// What of the list's parts is passed over.
    passed: Passed,
    left: Left,
    /// The articles on the right of this left one that are still to come, the last first, each with
    /// the edge between both texts; none where these are one.
    rights: Vec<(u32, Option<usize>)>,
    /// How many pairs are to come.
    rest: u64,
}

/// How many edges, edges turned, groups and others of a list are passed over.
#[derive(Clone, Copy, Debug, Default)]
struct Passed {
    edges: usize,
    turned: usize,
    groups: usize,
    others: usize,
}

/// An article whose pairs are made.
#[derive(Clone, Copy, Debug, Default)]
struct Left {
    article: u32,
    /// The one that stands for its text.
    text: u32,
    /// The place of its group, if others have its text.
    group: Option<usize>,
}

impl<'a> PairIter<'a> {
    fn new(list: Cow<'a, PairList>, limit: usize) -> Self {
        let rest = list.count(limit);
        let (passed, left) = (Passed::default(), Left::default());
        PairIter { list, limit, passed, left, rights: Vec::new(), rest }
    }

    /// Goes to the next article that may be a left one; false if there is none.
    fn advance(&mut self) -> bool {
        let PairList { edges, turned, groups, others, .. } = &*self.list;
        let Passed { edges: e, turned: t, groups: g, others: o } = &mut self.passed;
        let next = [
            edges.get(*e).map(|edge| edge.left),
            turned.get(*t).map(|&edge| edges[edge].right),
            groups.get(*g).map(|group| group.first),
            others.get(*o).map(|other| other.0),
        ];
        let Some(article) = next.into_iter().flatten().min() else { return false };
        *e += edges[*e..].iter().take_while(|edge| edge.left == article).count();
        *t += turned[*t..].iter().take_while(|&&edge| edges[edge].right == article).count();
        self.left = Left { article, text: article, group: None };
        if let Some(group) = groups.get(*g).filter(|group| group.first == article) {
            self.left = Left { article, text: group.first, group: Some(*g) };
            *g += 1;
        } else if let Some(&(_, group)) = others.get(*o).filter(|other| other.0 == article) {
            let group = group as usize;
            self.left = Left { article, text: groups[group].first, group: Some(group) };
            *o += 1;
        }
        true
    }

    /// Finds the right articles of the left one.
    fn pair_up(&mut self) {
        let Left { article, text, group } = self.left;
        let list = &*self.list;
        if article != text && group.is_some_and(|group| list.groups[group].len() > self.limit) {
            // It is spoken for, and a pair with nobody but the one that speaks.
            self.rights.extend((text > article).then_some((text, None)));
            return;
        }
        let rights = &mut self.rights;
        let mut add = |text: u32, group: Option<&Group>, edge: Option<usize>| {
            let (first, others) = match group {
                Some(group) => list.members[group.start..group.end].split_at(1),
                None => (&[][..], &[][..]),
            };
            let is_whole = edge.is_none() || first.len() + others.len() <= self.limit;
            let others = if is_whole { others } else { &[] };
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
        let start = list.turned.partition_point(|&edge| list.edges[edge].right < text);
        let of_text =
            list.turned[start..].iter().take_while(|&&edge| list.edges[edge].right == text);
        for &place in of_text {
            let other = list.edges[place].left;
            add(other, list.group_of(other), Some(place));
        }
        // Of few sorted pieces.
        rights.sort_by_key(|right| std::cmp::Reverse(right.0));
    }

    fn pair(&self, right: u32, edge: Option<usize>) -> Pair {
        let Left { article, text, group } = self.left;
        let (overlap, relation, bond, score) = match edge.map(|edge| &self.list.edges[edge]) {
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
            bond,
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
        self.rest -= 1;
        Some(self.pair(right, edge))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let rest = usize::try_from(self.rest);
        (rest.unwrap_or(usize::MAX), rest.ok())
    }
}

#[cfg(test)]
mod tests;
