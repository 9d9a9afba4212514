//! Passages of a collection: finds them among the different texts, and puts exact duplicates back.

use std::ops::ControlFlow;

use xxhash_rust::xxh3::xxh3_64;

use super::exact_duplicates::ExactDuplicates;
use super::input::ranks;
use super::{Detector, in_memory};
use crate::article::AsArticle;
use crate::collection::{Collection, Texts};
use crate::error::Error;
use crate::parallel;
use crate::passages::results::{Place, SharedPassage, SharedPassages};
use crate::passages::search::{Collected, FoundPassage, search};
use crate::progress::{Progress, Stage};
use crate::run::Run;

impl Detector {
    /// Every passage of at least 25 words ([`passage_words`](crate::ConfigBuilder::passage_words))
    /// that two or more articles share, wherever it stands in them: with all its places, the
    /// earliest first, and what it is.
    ///
    /// **What is found.** Every run of so many words that two articles have in common word for
    /// word, typography aside, in a collection of any size: some passage has both articles among
    /// its places, and a part of the run at least in each. If an article has a run several times,
    /// that is one of the places. A passage that was edited is found if two runs of six words are
    /// left near each other: of 60 words with one in ten replaced, in 95 of 100 cases or more. With
    /// a [shingle](crate::ConfigBuilder::shingle) of letters, as in [`Preset::Ocr`](crate::Preset),
    /// five letters stand for a word, and with one letter in 33 wrong as many are found.
    ///
    /// Time: some 45 ns a word and core if articles share as much as those of the news do. What
    /// 100,000 articles share is compared with the earliest of them, not with each other. Memory
    /// besides the texts: one to two bytes a word, and some 90 bytes for each place of a passage. Each text is read three times; one that shares something also to find runs in it,
    /// to locate its passages, and for each earlier text that it is compared with.
    ///
    /// ```
    /// use newsprint::{Detector, ReuseKind};
    ///
    /// let statement = "The old bridge was closed at dawn on Monday after the river had risen by two \
    ///     metres in a single night, and nobody knows when it will be opened again.";
    /// let articles = [
    ///     format!("The mayor spoke late. {statement} Schools stay open."),
    ///     format!("{statement} Trains run as usual, the railway said in the morning."),
    ///     "A new library opens on Saturday with readings, music and a bookbinder at work.".to_owned(),
    /// ];
    /// let found = Detector::default().passages(&articles);
    /// let passage = &found.passages[0];
    /// assert_eq!(passage.places.len(), 2);
    /// for place in &passage.places {
    ///     assert!(statement.starts_with(&articles[place.article][place.span.clone()]));
    /// }
    /// ```
    pub fn passages<A: AsArticle + Sync>(&self, articles: &[A]) -> SharedPassages {
        in_memory(self.passages_of(&Run::new(&articles)))
    }

    /// As [`passages`](Self::passages), of a [`Collection`]. Reports to `progress`, now and then
    /// and from any thread, how far it is, and whether to go on.
    ///
    /// # Errors
    /// If a text cannot be read, or `progress` ends the work.
    pub fn try_passages<C: Collection + ?Sized>(
        &self,
        articles: &C,
        progress: impl Fn(Progress) -> ControlFlow<()> + Sync,
    ) -> Result<SharedPassages, Error> {
        self.passages_of(&Run::with_progress(&articles, &progress))
    }

    fn passages_of(&self, articles: &Run<'_>) -> Result<SharedPassages, Error> {
        let grain = self.config.passage_grain();
        let step = articles.begin(Stage::Sign, articles.len(), 1024);
        let measured = parallel::map(articles.len(), String::new, |buffer, i| {
            let text = articles.text(i, buffer);
            step();
            (text.len(), xxh3_64(text.as_bytes()))
        });
        articles.check()?;
        let (lengths, digests): (Vec<usize>, Vec<u64>) = measured.into_iter().unzip();
        let rank = ranks(articles, &lengths);
        let duplicates = ExactDuplicates::of_digests(articles, |i| Some(digests[i]), &rank);
        drop(digests);
        let (texts, bytes) = (duplicates.representatives(), lengths.iter().sum());
        let collected = Collected { articles, texts, bytes, rank: &rank };
        let found = search(collected, &grain, |text| duplicates.of(text).len() > 1)?;
        let passages = found.into_iter().map(|it| expand(it, articles, &duplicates, &rank));
        Ok(SharedPassages::new(passages.collect(), lengths))
    }
}

/// The passage of all articles that have the texts, in order of time.
fn expand(
    found: FoundPassage,
    articles: &dyn Texts,
    duplicates: &ExactDuplicates,
    rank: &[u32],
) -> SharedPassage {
    let mut places: Vec<Place> = Vec::with_capacity(found.places.len());
    for it in &found.places {
        let copies = duplicates.of(it.text).iter();
        places.extend(copies.map(|&article| Place {
            article: article as usize,
            span: it.bytes.clone(),
            words: it.words,
        }));
    }
    places.sort_by_key(|place| (rank[place.article], place.span.start));
    let mut sources: Vec<Option<&str>> =
        places.iter().map(|place| articles.article(place.article).source).collect();
    sources.sort_unstable();
    sources.dedup();
    let one_source = sources.len() == 1 && sources[0].is_some();
    let kind = found.kind(one_source);
    SharedPassage { kind, places, sources: sources.iter().flatten().count() }
}
