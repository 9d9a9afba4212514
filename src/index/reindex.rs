//! Makes an index of another preset from the articles of one that keeps texts.

use std::ops::ControlFlow;
use std::path::Path;

use super::live::Index;
use super::open::IndexOptions;
use super::snapshot::Snapshot;
use crate::article::AsArticle;
use crate::error::Error;
use crate::progress::{Progress, Stage, Steps};

/// Articles that are committed together.
const COMMIT_ARTICLES: usize = 1000;

impl Index {
    /// Makes an index in a directory from the articles of another that keeps texts: with another
    /// preset, other shingles or another threshold. Returns the number of articles.
    ///
    /// The articles are [ingested](crate::Index::ingest) in the order of their arrival, so clusters
    /// are formed as the new options have it. The first index is not changed; another process may
    /// be writing to it, and what it commits later is not in the new one.
    ///
    /// Time: that of ingesting each article.
    ///
    /// # Errors
    /// If there is no index, if it keeps no texts, if it is damaged; if there is an index in the
    /// other directory; or if the operating system refuses. Then what was committed stays in the
    /// new directory.
    ///
    /// ```
    /// use newsprint::{Article, Config, Index, IndexOptions, Preset};
    ///
    /// # let path = std::env::temp_dir().join(format!("newsprint-reindex-{}", std::process::id()));
    /// # let _ = std::fs::remove_dir_all(&path);
    /// let (old, new) = (path.join("old.index"), path.join("new.index"));
    /// let mut index = IndexOptions::new(&Config::default()).keep_texts(true).create(&old)?;
    /// index.ingest(&Article::new("The river rose in the night.").id("a"))?;
    /// index.close()?;
    ///
    /// let story = Config::builder().preset(Preset::Story).build()?;
    /// let options = IndexOptions::new(&story).keep_texts(true);
    /// assert_eq!(newsprint::Index::reindex(&old, &new, &options)?, 1);
    /// assert_eq!(Index::open(&new)?.config(), &story);
    /// # std::fs::remove_dir_all(&path).unwrap();
    /// # Ok::<(), newsprint::Error>(())
    /// ```
    pub fn reindex(
        index: impl AsRef<Path>,
        to: impl AsRef<Path>,
        options: &IndexOptions,
    ) -> Result<u64, Error> {
        Index::reindex_with(index, to, options, Progress::ignore)
    }

    /// As [`reindex`](Self::reindex). Reports to `progress` after every hundred articles that are
    /// [signed](Stage::Sign), and ends early if that says so.
    ///
    /// # Errors
    /// As [`reindex`](Self::reindex); and if `progress` ends the work.
    pub fn reindex_with(
        index: impl AsRef<Path>,
        to: impl AsRef<Path>,
        options: &IndexOptions,
        progress: impl Fn(Progress) -> ControlFlow<()> + Sync,
    ) -> Result<u64, Error> {
        let old = Snapshot::open(index)?;
        if !old.keeps_texts() {
            return Err(old.searcher.place.name_in(Error::settings(
                "keeping of texts",
                false,
                true,
            )));
        }
        let mut new = options.create(to)?;
        let steps = Steps::new(&progress, Stage::Sign, old.len() as usize, 100);
        for (i, stored) in old.articles().enumerate() {
            new.ingest(&stored?.as_article())?;
            if i % COMMIT_ARTICLES == COMMIT_ARTICLES - 1 {
                new.commit()?;
            }
            if steps.step().is_break() {
                return Err(old.searcher.place.name_in(Error::cancelled("the reindexing")));
            }
        }
        let articles = new.len();
        new.close()?;
        Ok(articles)
    }
}
