//! A run over a collection: the texts that it reads, the progress that it reports, and what ends it
//! early.
//!
//! A run ends when a text cannot be read, or when the caller says so. The stages need not know:
//! from then on every text is empty and costs nothing, whoever takes many steps asks
//! [`has_ended`](Run::has_ended), and what the stages return is thrown away, because
//! [`check`](Run::check) gives the error instead.

use std::ops::ControlFlow;
use std::sync::OnceLock;

use crate::article::Article;
use crate::collection::{Collection, Texts};
use crate::error::Error;
use crate::progress::{Callback, Stage, Steps};

/// A run over a collection.
pub(crate) struct Run<'a> {
    articles: &'a dyn Collection,
    progress: Option<Callback<'a>>,
    /// Why it ends early: the first reason counts.
    end: OnceLock<Error>,
}

impl<'a> Run<'a> {
    /// A run that reports no progress.
    pub(crate) fn new(articles: &'a dyn Collection) -> Self {
        Run { articles, progress: None, end: OnceLock::new() }
    }

    /// A run that reports its progress, and that the caller can end.
    pub(crate) fn with_progress(articles: &'a dyn Collection, progress: Callback<'a>) -> Self {
        Run { progress: Some(progress), ..Run::new(articles) }
    }

    /// Begins a stage of `total` steps, of which every `interval`th and the last are reported.
    /// Returns a function to be called after each step, from any thread.
    pub(crate) fn begin(
        &self,
        stage: Stage,
        total: usize,
        interval: usize,
    ) -> impl Fn() + Sync + Send {
        let steps = self.progress.map(|report| Steps::new(report, stage, total, interval));
        move || {
            if steps.as_ref().map(Steps::step) == Some(ControlFlow::Break(())) {
                self.end.get_or_init(|| Error::cancelled("the search"));
            }
        }
    }

    /// Whether it is to end early.
    pub(crate) fn has_ended(&self) -> bool {
        self.end.get().is_some()
    }

    /// The error with which it ends early, if it does.
    pub(crate) fn check(&self) -> Result<(), Error> {
        self.end.get().map_or(Ok(()), |error| Err(error.clone()))
    }

    /// What was made of all texts, or the error with which the run ended early.
    pub(crate) fn finish<T>(&self, made: T) -> Result<T, Error> {
        self.check().map(|()| made)
    }
}

impl Texts for Run<'_> {
    fn len(&self) -> usize {
        self.articles.len()
    }

    fn article(&self, i: usize) -> Article<'_> {
        self.articles.article(i)
    }

    fn text<'t>(&'t self, i: usize, buffer: &'t mut String) -> &'t str {
        if self.has_ended() {
            return "";
        }
        match self.articles.text(i, buffer) {
            Ok(text) => text,
            Err(error) => {
                self.end.get_or_init(|| Error::text(i, error));
                ""
            }
        }
    }
}
