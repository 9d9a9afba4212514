//! What key terms and words are worth in this index: learnt from its articles, as of a collection
//! that is searched as a whole.
//!
//! | scope | key terms | words |
//! |---|---|---|
//! | similar | | |
//! | text | of a sample | |
//! | story | of all texts | of a sample |
//!
//! A sample is of the texts with the smallest digests, and is learnt from once there are texts
//! enough to tell what is common among those that have nothing to do with each other; until then
//! words weigh what they do [by default](Idf). The weights are made when a query asks for them, and
//! again when the index has grown or shrunk by one in 64. A text that is gone counts until its
//! segment is written anew; of many near copies each counts, where a collection counts the one that
//! speaks for them.

use std::sync::{Arc, Mutex, PoisonError};

use crate::error::Error;
use crate::idf::Idf;
use crate::idf::words::WordCounts;
use crate::index::segment::schema::Shape;
use crate::index::snapshot::View;
use crate::index::view::Part;
use crate::shingle::Shingler;
use crate::sketch::story::{Term, TermWeights};
use crate::verify::policy::{LEARNT_FROM, LEARNT_SAMPLE};

/// The weights that were learnt last.
#[derive(Default)]
pub(crate) struct Weights {
    learnt: Mutex<Option<Arc<Learnt>>>,
}

pub(crate) struct Learnt {
    /// Of so many texts.
    texts: u64,
    terms: TermWeights,
    words: Option<Idf>,
}

impl Learnt {
    pub(crate) fn terms(&self) -> &TermWeights {
        &self.terms
    }

    /// The weights of words, if there are texts enough.
    pub(crate) fn words(&self) -> Option<&Idf> {
        self.words.as_ref()
    }
}

/// Different texts of a view, but for those that several parts have.
fn texts(view: &View) -> u64 {
    let of = |part: &Part| match part {
        Part::Segment(part) => u64::from(part.segment.directory.texts),
        Part::Recent(part) => u64::from(part.len),
    };
    view.parts.iter().map(of).sum()
}

/// Whether the terms of a text with this digest are kept, in an index of so many texts.
pub(crate) fn keeps_terms(digest: u64, texts: u64, shape: &Shape) -> bool {
    shape.terms && (shape.story || is_sampled(digest, texts))
}

/// Whether its words are.
pub(crate) fn keeps_words(digest: u64, texts: u64, shape: &Shape) -> bool {
    shape.words && is_sampled(digest, texts)
}

/// Whether a text is of the sample: of more than are learnt from, so that some may be taken away.
fn is_sampled(digest: u64, texts: u64) -> bool {
    let share = 1.25 * LEARNT_SAMPLE as f64 / (texts.max(1) as f64);
    (digest as f64) < share * u64::MAX as f64
}

/// Of what was found under digests, that of the smallest so many, each once: several parts may have
/// one text.
fn smallest<T>(mut found: Vec<(u64, T)>, most: usize) -> Vec<(u64, T)> {
    found.sort_by_key(|(digest, _)| *digest);
    found.dedup_by_key(|(digest, _)| *digest);
    found.truncate(most);
    found
}

impl Weights {
    /// The weights for a view, if it asks for any.
    pub(crate) fn of(
        &self,
        view: &View,
        shape: &Shape,
        shingler: Shingler,
    ) -> Result<Option<Arc<Learnt>>, Error> {
        let texts = texts(view);
        if !shape.terms || !shape.story && texts < LEARNT_FROM as u64 {
            return Ok(None);
        }
        // The lock is held to look and to put, not while learning: at worst two do it at once.
        let last = || self.learnt.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) =
            last().as_ref().filter(|known| known.texts.abs_diff(texts) <= texts / 64)
        {
            return Ok(Some(Arc::clone(known)));
        }
        let words = if shape.words { words(view, shingler)? } else { None };
        let new = Arc::new(Learnt { texts, terms: terms(view, shape)?, words });
        *last() = Some(Arc::clone(&new));
        Ok(Some(new))
    }
}

fn terms(view: &View, shape: &Shape) -> Result<TermWeights, Error> {
    let mut found: Vec<(u64, Box<[Term]>)> = Vec::new();
    for part in &view.parts {
        part.for_each_termed(|termed| {
            let (article, terms) = termed?;
            found.push((part.facts(article)?.digest, terms.into()));
            Ok(())
        })?;
    }
    let mut weights = TermWeights::empty();
    let most = if shape.story { usize::MAX } else { LEARNT_SAMPLE };
    smallest(found, most).iter().for_each(|(_, terms)| weights.add(terms));
    Ok(weights)
}

/// None where there are too few texts whose words are kept.
fn words(view: &View, shingler: Shingler) -> Result<Option<Idf>, Error> {
    let mut found: Vec<(u64, &[u8])> = Vec::new();
    for part in &view.parts {
        part.for_each_worded(|worded| {
            let (article, words) = worded?;
            found.push((part.facts(article)?.digest, words));
            Ok(())
        })?;
    }
    let sample = smallest(found, LEARNT_SAMPLE);
    if sample.len() < LEARNT_FROM {
        return Ok(None);
    }
    let mut counts = WordCounts::empty();
    sample.iter().for_each(|(_, words)| counts.add(words));
    Ok(Some(counts.learnt(shingler)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::Article;
    use crate::detector::config::{Config, Preset};
    use crate::index::Index;
    use crate::index::IndexOptions;
    use crate::index::segment::schema::RECENT_MOST;
    use crate::index::store::storage::faulty::Faulty;
    use crate::text::hash::mix;

    /// Twelve words, of which a hundred are common.
    fn text(number: u64) -> String {
        let word = |at: u64| match mix(number << 8 | at) {
            bits if at < 8 => format!("w{}", bits % 100),
            bits => format!("r{}", bits % 10_000),
        };
        (0..12).map(word).collect::<Vec<_>>().join(" ")
    }

    /// Texts that are added, so that enough are left when one in fifty is taken away.
    const MOST: u64 = LEARNT_FROM as u64 + 200;

    #[test]
    fn words_weigh_what_they_do_in_a_collection_of_the_same_texts() {
        RECENT_MOST.set(700);
        let config = Config::builder().preset(Preset::Story).build().expect("valid");
        let shingler = config.sketcher().shingler();
        let disk = Faulty::new();
        let mut index = Index::create_in(Arc::new(disk.clone()), &IndexOptions::new(&config))
            .expect("makes one");
        let insert = |index: &mut Index, id: String, number: u64| {
            index.insert(&Article { id: Some(&id), ..Article::new(&text(number)) }).expect("new");
        };
        let learnt = |index: &Index| {
            let shared = &index.shared;
            shared
                .weights
                .of(&index.latest().view, &shared.shape, shingler)
                .expect("whole")
                .expect("of stories")
        };
        for number in 0..MOST {
            insert(&mut index, number.to_string(), number);
            // Again in the same part, and in another.
            if number % 9 == 3 {
                insert(&mut index, format!("near {number}"), number);
                insert(&mut index, format!("far {}", number / 2), number / 2);
            }
            if number == LEARNT_FROM as u64 - 2 {
                assert!(learnt(&index).words().is_none(), "of too few");
            }
        }
        let expected = |are_there: fn(&u64) -> bool| {
            let texts: Vec<String> = (0..MOST).filter(are_there).map(text).collect();
            Idf::learn_words(&texts.as_slice(), shingler).to_bytes()
        };
        let found = |index: &Index| learnt(index).words().expect("of enough").to_bytes();
        *index.shared.weights.learnt.lock().expect("nobody panicked") = None;
        assert!(found(&index) == expected(|_| true), "in memory and in segments");
        // What is taken away, and its text with it, is forgotten when its segment is written anew.
        for number in (0..MOST).step_by(50) {
            for id in ["", "near ", "far "].map(|which| format!("{which}{number}")) {
                index.remove(&id).expect("whole");
            }
        }
        index.remove("7").expect("whole");
        insert(&mut index, "7 again".to_owned(), 7);
        index.rewrite().expect("writes");
        index.close().expect("closes");
        let index = Index::open_in(Arc::new(disk), None).expect("opens");
        assert!(found(&index) == expected(|number| number % 50 != 0), "opened again");
    }

    #[test]
    fn a_sample_is_of_the_smallest_and_a_little_more_is_kept() {
        let found: Vec<(u64, u32)> = [5, 3, 9, 3, 1].into_iter().zip(0..).collect();
        assert_eq!(smallest(found, 3), [(1, 4), (3, 1), (5, 0)]);
        let texts = 1_000_000;
        let kept = (0..texts).filter(|&number| is_sampled(mix(number), texts)).count();
        assert!((LEARNT_SAMPLE * 6 / 5..LEARNT_SAMPLE * 13 / 10).contains(&kept), "{kept}");
        assert!(is_sampled(u64::MAX, 0) && is_sampled(u64::MAX, LEARNT_SAMPLE as u64));
    }
}
