//! Articles read back: what the index keeps of them, by id or all of them.

use crate::article::{Article, AsArticle};
use crate::date::Date;
use crate::error::Error;
use crate::index::snapshot::Snapshot;
use crate::index::writer::Index;

/// An article as an index keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stored {
    /// Its id.
    pub id: String,
    /// Its date, where one was given.
    pub date: Option<Date>,
    /// Its source, where one was given.
    pub source: Option<String>,
    /// Its text, where the index [keeps texts](crate::index::IndexOptions::keep_texts).
    pub text: Option<String>,
    /// The name of the cluster that it was put in when it [arrived](Index::arrive); none if it
    /// stands for one of its own, or was only inserted.
    pub cluster: Option<String>,
}

impl AsArticle for Stored {
    fn as_article(&self) -> Article<'_> {
        Article {
            text: self.text.as_deref().unwrap_or_default(),
            id: Some(&self.id),
            date: self.date,
            source: self.source.as_deref(),
        }
    }
}

impl Index {
    /// As [`Snapshot::get`], committed or not.
    ///
    /// # Errors
    /// If a file of the index is damaged where it is read.
    pub fn get(&self, id: &str) -> Result<Option<Stored>, Error> {
        self.latest().get(id)
    }
}

impl Snapshot {
    /// The article of an id, if there is one. O(parts) time, some microseconds.
    ///
    /// # Errors
    /// If a file of the index is damaged where it is read.
    ///
    /// ```
    /// use newsprint::{Article, Config, IndexOptions};
    ///
    /// # let path = std::env::temp_dir().join(format!("newsprint-get-{}", std::process::id()));
    /// # let _ = std::fs::remove_dir_all(&path);
    /// let mut index = IndexOptions::new(&Config::default()).keep_texts(true).create(&path)?;
    /// let article = Article { id: Some("a"), source: Some("Post"), ..Article::new("The river rose.") };
    /// index.insert(&article)?;
    /// index.commit()?;
    ///
    /// let stored = index.snapshot().get("a")?.expect("is there");
    /// assert_eq!((stored.source.as_deref(), stored.text.as_deref()), (Some("Post"), Some("The river rose.")));
    /// assert_eq!(index.snapshot().get("b")?, None);
    /// // All of them, into an index that looks for other things.
    /// for stored in index.snapshot().articles() {
    ///     println!("{}", stored?.id);
    /// }
    /// # std::fs::remove_dir_all(&path).unwrap();
    /// # Ok::<(), newsprint::Error>(())
    /// ```
    pub fn get(&self, id: &str) -> Result<Option<Stored>, Error> {
        match self.view.with_id(id)? {
            Some((part, article)) => self.stored(part, article).map(Some),
            None => Ok(None),
        }
    }

    /// All articles, one after another: about as they came, but that those of one text follow the
    /// first of them. Where one is damaged, that is told in its place, and the next follows.
    ///
    /// Some microseconds an article, most of them for its text.
    pub fn articles(&self) -> impl Iterator<Item = Result<Stored, Error>> + '_ {
        let places = self.view.parts.iter().enumerate().flat_map(|(number, part)| {
            let there = (0..part.len()).filter(|&article| !part.is_gone(article));
            there.map(move |article| (number, article))
        });
        places.map(|(part, article)| self.stored(part, article))
    }

    fn stored(&self, part: usize, article: u32) -> Result<Stored, Error> {
        let part = &self.view.parts[part];
        let facts = part.facts(article)?;
        let text = match self.keeps_texts() {
            false => None,
            true => {
                let mut text = String::new();
                part.text(article, &mut text)?;
                Some(text)
            }
        };
        Ok(Stored {
            id: part.id(article)?.to_owned(),
            date: facts.date.map(Date::from_unix_seconds),
            source: part.source(article)?.map(str::to_owned),
            text,
            cluster: part.cluster(article)?.map(str::to_owned),
        })
    }
}
