//! The rows of results: pairs, the articles of clusters, and stories, by the ids of the articles.

use super::blocks::{Given, Kind};
use super::records::{ArticleRecord, Record};
use crate::cluster::StoryCluster;
use crate::compare::overlap::Overlap;
use crate::detector::pairs::Pair;
use crate::error::Error;
use crate::verify::relation::Relation;
use crate::wire::{Decoder, Encoder};

/// Declares rows that are records.
macro_rules! rows {
    ($($(#[$meta:meta])* struct $name:ident {
        $($(#[$field_meta:meta])* $field:ident: $type:ty,)*
    })*) => {$(
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq)]
        #[non_exhaustive]
        pub struct $name {
            $($(#[$field_meta])* pub $field: $type,)*
        }

        impl Record<'_> for $name {
            fn write(&self, to: &mut Encoder) {
                $(self.$field.write(to);)*
            }

            fn read(from: &mut Decoder<'_>) -> Option<Self> {
                Some($name { $($field: <$type>::read(from)?,)* })
            }
        }
    )*};
}

rows! {
    /// A pair of articles; the one with the smaller number is on the left.
    struct PairRow {
        /// The id of the left article.
        left: String,
        /// The id of the right article.
        right: String,
        /// What they are to each other.
        relation: Relation,
        /// The probability that the relation is right.
        confidence: f64,
        /// What they share, exactly.
        overlap: Overlap,
        /// How strong the link is, see [`Pair::score`].
        score: f64,
        /// The source of the left article.
        left_source: Option<String>,
        /// The source of the right article.
        right_source: Option<String>,
        /// The date of the left article, in Unix seconds.
        left_date: Option<i64>,
        /// The date of the right article, in Unix seconds.
        right_date: Option<i64>,
    }

    /// An article of a cluster, or a text without a copy that belongs to a story.
    struct ClusterRow {
        /// The id of the article.
        id: String,
        /// The id of the representative of its cluster, which is its own if it is that.
        cluster: String,
        /// The id of the first report of its story, where stories are asked for; its cluster's if
        /// that is in no story of several texts.
        story: Option<String>,
        /// Its source.
        source: Option<String>,
        /// Its date, in Unix seconds.
        date: Option<i64>,
    }

    /// A story, see [`StoryCluster`](crate::results::StoryCluster). Articles go by their ids.
    struct StoryRow {
        /// Its first report.
        story: String,
        /// Words that name it.
        terms: Vec<String>,
        /// How many articles it has.
        articles: u64,
        /// The representatives of its texts.
        texts: Vec<String>,
        /// The first article of each source, in the order of time.
        by_source: Vec<String>,
        /// The text that is the least likely to be of the event.
        least_sure: String,
        /// How likely it is.
        least_event: f64,
    }
}

impl PairRow {
    pub(super) fn of(
        pair: &Pair,
        (relation, confidence): (Relation, f64),
        [left, right]: [&ArticleRecord<'_>; 2],
    ) -> Self {
        PairRow {
            left: left.id.to_owned(),
            right: right.id.to_owned(),
            relation,
            confidence,
            overlap: pair.overlap,
            score: pair.score,
            left_source: left.source.map(str::to_owned),
            right_source: right.source.map(str::to_owned),
            left_date: left.date,
            right_date: right.date,
        }
    }
}

impl ClusterRow {
    pub(super) fn of(article: &ArticleRecord<'_>, cluster: &str, story: Option<&str>) -> Self {
        ClusterRow {
            id: article.id.to_owned(),
            cluster: cluster.to_owned(),
            story: story.map(str::to_owned),
            source: article.source.map(str::to_owned),
            date: article.date,
        }
    }
}

impl StoryRow {
    pub(super) fn of<'a, 'b: 'a>(
        story: &StoryCluster,
        article: impl Fn(usize) -> &'a ArticleRecord<'b>,
    ) -> Self {
        let id = |of: usize| article(of).id.to_owned();
        StoryRow {
            story: id(story.representative),
            terms: story.terms.clone(),
            articles: story.articles as u64,
            texts: story.texts.iter().map(|&text| id(text)).collect(),
            by_source: story.by_source.iter().map(|&article| id(article)).collect(),
            least_sure: id(story.least_sure.text),
            least_event: story.least_sure.event,
        }
    }
}

/// The pairs of a block of [`Kind::Pair`].
///
/// # Errors
/// If the data is not that of such a block.
pub fn pairs(data: &[u8]) -> Result<Vec<PairRow>, Error> {
    Given::new([(Kind::Pair, data)]).records(Kind::Pair)
}

/// The articles of clusters of a block of [`Kind::Clustered`].
///
/// # Errors
/// If the data is not that of such a block.
pub fn clusters(data: &[u8]) -> Result<Vec<ClusterRow>, Error> {
    Given::new([(Kind::Clustered, data)]).records(Kind::Clustered)
}

/// The stories of a block of [`Kind::Story`].
///
/// # Errors
/// If the data is not that of such a block.
pub fn stories(data: &[u8]) -> Result<Vec<StoryRow>, Error> {
    Given::new([(Kind::Story, data)]).records(Kind::Story)
}
