//! What a search for passages found.

use std::cmp::Reverse;
use std::ops::Range;

use super::kind::ReuseKind;
use crate::compare::sides::Sides;

/// A place by its article, its passage, and its number in that.
type Numbered = (u32, u32, u32);

/// The passages that articles of a collection share; made by
/// [`Detector::passages`](crate::Detector::passages).
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct SharedPassages {
    /// Those in most articles first, of these the longest.
    pub passages: Vec<SharedPassage>,
    /// All places, sorted.
    #[cfg_attr(feature = "serde", serde(skip))]
    by_article: Vec<Numbered>,
    /// The length of each article's text, in bytes.
    #[cfg_attr(feature = "serde", serde(skip))]
    lengths: Vec<usize>,
}

/// A passage with all its places.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct SharedPassage {
    /// What it is.
    pub kind: ReuseKind,
    /// Where it stands, in the [order for representatives](crate::Detector::cluster): by date,
    /// articles without a date last. An article in which something long was inserted has several
    /// places.
    pub places: Vec<Place>,
    /// How many sources have it, as far as they are known.
    pub sources: usize,
}

/// A place of a passage.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Place {
    /// The number of the article.
    pub article: usize,
    /// Bytes of its text. They begin and end at words.
    pub span: Range<usize>,
    /// The words in it.
    pub words: usize,
}

/// Where the text of an article comes from, as shares of its bytes that add up to 1.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Origins {
    /// In a passage that the other article had first.
    pub other: f64,
    /// In a passage that a third article had first.
    pub third: f64,
    /// In no passage, or in one that was here first.
    pub own: f64,
}

impl SharedPassages {
    pub(crate) fn new(mut passages: Vec<SharedPassage>, lengths: Vec<usize>) -> Self {
        let order = |it: &SharedPassage| {
            let first = it.first();
            (Reverse(it.articles()), Reverse(first.words), first.article, first.span.start)
        };
        passages.sort_by_cached_key(order);
        let mut by_article: Vec<Numbered> = Vec::new();
        for (passage, it) in (0..).zip(&passages) {
            let places = (0..).zip(&it.places);
            by_article.extend(places.map(|(i, place)| (place.article as u32, passage, i)));
        }
        by_article.sort_unstable();
        SharedPassages { passages, by_article, lengths }
    }

    /// The passages that an article has, with its places, by passage. O(log places) time and that
    /// for each.
    pub fn of(&self, article: usize) -> impl Iterator<Item = (&SharedPassage, &Place)> {
        let start = self.by_article.partition_point(|it| (it.0 as usize) < article);
        let places = self.by_article[start..].iter();
        places.take_while(move |it| it.0 as usize == article).map(|&(_, passage, place)| {
            let passage = &self.passages[passage as usize];
            (passage, &passage.places[place as usize])
        })
    }

    /// Where the text of each of two articles comes from: from the other, from third articles, or
    /// from nobody that is known. A passage comes from the article that had it first.
    ///
    /// ```
    /// use newsprint::Detector;
    ///
    /// let statement = "The old bridge was closed at dawn on Monday after the river had risen by two \
    ///     metres in a single night, and nobody knows when it will be opened again.";
    /// let articles = [
    ///     format!("{statement} The mayor spoke late, and what he said was brief."),
    ///     format!("{statement} Trains run."),
    /// ];
    /// let origins = Detector::default().passages(&articles).origins(0, 1);
    /// assert_eq!(origins.left.own, 1.0); // the longer of two without a date counts as the first
    /// assert!(origins.right.other > 0.8);
    /// ```
    ///
    /// # Panics
    /// If there is no article of one of the numbers.
    pub fn origins(&self, left: usize, right: usize) -> Sides<Origins> {
        Sides {
            left: self.origins_of(left, Some(right)),
            right: self.origins_of(right, Some(left)),
        }
    }

    /// The share of an article's text that stands in no other article, or stood here first, 0 to 1.
    ///
    /// # Panics
    /// If there is no article of this number.
    pub fn own_share(&self, article: usize) -> f64 {
        self.origins_of(article, None).own
    }

    fn origins_of(&self, article: usize, other: Option<usize>) -> Origins {
        let mut places: Vec<(&Range<usize>, usize)> = self
            .of(article)
            .map(|(passage, place)| (&place.span, passage.first().article))
            .collect();
        places.sort_by_key(|(span, _)| (span.start, span.end));
        let [mut from_other, mut from_third, mut end] = [0, 0, 0];
        for (span, first) in places {
            // Places of two passages may overlap by a few words.
            let bytes = span.end.saturating_sub(span.start.max(end));
            end = end.max(span.end);
            if Some(first) == other {
                from_other += bytes;
            } else if first != article {
                from_third += bytes;
            }
        }
        let length = self.lengths[article].max(1) as f64;
        let [other, third] = [from_other, from_third].map(|bytes| bytes as f64 / length);
        Origins { other, third, own: 1.0 - other - third }
    }
}

impl SharedPassage {
    /// Where it stood first.
    pub fn first(&self) -> &Place {
        &self.places[0]
    }

    /// How many articles have it.
    pub fn articles(&self) -> usize {
        let mut articles: Vec<usize> = self.places.iter().map(|place| place.article).collect();
        articles.sort_unstable();
        articles.dedup();
        articles.len()
    }
}
