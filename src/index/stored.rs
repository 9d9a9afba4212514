//! An article read back from an index.

use super::segment::leaf::LeafReader;
use crate::article::{Article, AsArticle};
use crate::date::Date;
use crate::error::Error;

/// An article as an index stores it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Stored {
    /// Its id.
    pub id: String,
    /// Its date, if it has one.
    pub date: Option<Date>,
    /// Its source, if it has one.
    pub source: Option<String>,
    /// Its text, if the index [keeps texts](crate::IndexOptions::keep_texts).
    pub text: Option<String>,
    /// The name of the cluster that it was put in by an [ingest](crate::Index::ingest); `None` if
    /// it represents one of its own, or was only inserted.
    pub cluster: Option<String>,
}

impl AsArticle for Stored {
    fn as_article(&self) -> Article<'_> {
        Article::new(self.text.as_deref().unwrap_or_default())
            .id(&self.id)
            .date(self.date)
            .source(self.source.as_deref())
    }
}

impl Stored {
    /// Reads an article of a leaf, and its text if texts are kept.
    pub(crate) fn read(
        leaf: &dyn LeafReader,
        article: u32,
        keeps_texts: bool,
    ) -> Result<Self, Error> {
        let mut text = String::new();
        if keeps_texts {
            leaf.text(article, &mut text)?;
        }
        Ok(Stored {
            id: leaf.id(article)?.to_owned(),
            date: leaf.metadata(article)?.date.map(Date::from_unix_seconds),
            source: leaf.source(article)?.map(str::to_owned),
            text: keeps_texts.then_some(text),
            cluster: leaf.cluster(article)?.map(str::to_owned),
        })
    }
}
