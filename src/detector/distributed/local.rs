//! A part of a collection in memory, so that the stages of the detector run on it as they run on a
//! whole one. Its articles are numbered anew, in the order of their numbers in the collection, on
//! which every order of the stages is based.

use std::collections::HashMap;
use std::io;

use super::records::{ArticleRecord, TextRecord};
use crate::article::Article;
use crate::collection::Collection;
use crate::date::Date;
use crate::detector::config::Config;
use crate::detector::exact_duplicates::ExactDuplicates;
use crate::detector::input::{Input, Watched, ranks};
use crate::detector::sources::Sources;
use crate::idf::Idf;
use crate::run::Run;
use crate::sketch::SketchMatrix;
use crate::sketch::lists::Lists;
use crate::sketch::minhash::SignatureRef;
use crate::sketch::signer::SignedCollection;

/// Some articles, by their numbers.
pub(super) struct LocalArticles<'b> {
    articles: Vec<ArticleRecord<'b>>,
    /// The place of each number.
    places: HashMap<u64, u32>,
}

impl<'b> LocalArticles<'b> {
    pub(super) fn new(mut articles: Vec<ArticleRecord<'b>>) -> Self {
        articles.sort_unstable_by_key(|article| article.number);
        let numbers = articles.iter().map(|article| article.number);
        LocalArticles { places: numbers.zip(0..).collect(), articles }
    }

    /// The place of an article, if it is here.
    pub(super) fn place(&self, number: u64) -> Option<u32> {
        self.places.get(&number).copied()
    }

    pub(super) fn get(&self, place: usize) -> &ArticleRecord<'b> {
        &self.articles[place]
    }

    /// Calls `stage` with these articles as the input of a stage. `signatures` are those of the
    /// articles in their order, or none if the stage does not read them. Of `copies`, places of
    /// identical articles, each list begins with the representative.
    pub(super) fn with_input<T>(
        &self,
        config: &Config,
        signatures: &[TextRecord],
        copies: Vec<Vec<u32>>,
        stage: impl FnOnce(Input<'_>) -> T,
    ) -> T {
        let run = Run::new(self);
        // An exact duplicate has the text of its representative and is given without it.
        let mut lengths: Vec<usize> = self.articles.iter().map(|it| it.text.len()).collect();
        for group in &copies {
            group.iter().for_each(|&copy| lengths[copy as usize] = lengths[group[0] as usize]);
        }
        let rank = ranks(&run, &lengths);
        let mut matrix = SketchMatrix::new(config.sketcher());
        for TextRecord { slots, shingles, .. } in signatures {
            matrix.push(SignatureRef { slots, count: *shingles });
        }
        let signed =
            SignedCollection { matrix, digests: Vec::new(), lengths, anchors: Lists::default() };
        stage(Input {
            config,
            idf: &Idf::default(),
            articles: &run,
            signed: &signed,
            rank: &rank,
            duplicates: &ExactDuplicates::of_groups(self.articles.len(), copies),
            sources: &Sources::default(),
            watched: &Watched::default(),
        })
    }
}

impl Collection for LocalArticles<'_> {
    fn len(&self) -> usize {
        self.articles.len()
    }

    fn article(&self, i: usize) -> Article<'_> {
        as_article(&self.articles[i])
    }

    fn text<'t>(&'t self, i: usize, _: &'t mut String) -> io::Result<&'t str> {
        Ok(self.articles[i].text)
    }
}

/// An article as the rest of the crate reads it.
pub(super) fn as_article<'a>(record: &ArticleRecord<'a>) -> Article<'a> {
    let date = record.date.map(Date::from_unix_seconds);
    Article::new(record.text).id(record.id).date(date).source(record.source)
}
