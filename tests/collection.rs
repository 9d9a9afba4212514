//! Collections whose texts are not in memory give what those in memory give.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use newsprint::parts::{Idf, Sketcher};
use newsprint::{
    Article, AsArticle, Collection, Config, Date, Detector, ErrorKind, Preset, Progress,
};

mod support;

/// Articles of which only the metadata is in memory; each text is read into the buffer.
struct Stored<'a> {
    articles: &'a [Article<'a>],
    read: AtomicUsize,
    /// After so many reads each fails.
    last: usize,
}

impl<'a> Stored<'a> {
    fn new(articles: &'a [Article<'a>]) -> Self {
        Stored { articles, read: AtomicUsize::new(0), last: usize::MAX }
    }
}

impl Collection for Stored<'_> {
    fn len(&self) -> usize {
        self.articles.len()
    }

    fn article(&self, i: usize) -> Article<'_> {
        self.articles[i].with_text("nobody reads this here")
    }

    fn text<'t>(&'t self, i: usize, buffer: &'t mut String) -> io::Result<&'t str> {
        if self.read.fetch_add(1, Ordering::Relaxed) >= self.last {
            return Err(io::Error::new(io::ErrorKind::TimedOut, "the database is away"));
        }
        // The text need not begin where the buffer does.
        buffer.clear();
        buffer.push_str("? ");
        buffer.push_str(self.articles[i].text);
        Ok(&buffer[2..])
    }
}

/// 600 articles, some the same, with ids, dates and sources.
fn with_articles(test: impl FnOnce(&[Article<'_>])) {
    let texts = support::collection(600, 21);
    let known: Vec<(String, String)> = (0..texts.len())
        .map(|i| (format!("{:03}", i * 7 % 600), format!("source {}", i % 5)))
        .collect();
    let article = |i: usize| {
        Article::new(&texts[i])
            .id(&known[i].0)
            .date((!i.is_multiple_of(3)).then(|| Date::from_unix_seconds(86_400 * (i as i64 % 11))))
            .source((!i.is_multiple_of(4)).then_some(known[i].1.as_str()))
    };
    let articles: Vec<Article<'_>> = (0..texts.len()).map(article).collect();
    test(&articles);
}

#[test]
fn stored_texts_give_the_same_as_texts_in_memory() {
    with_articles(|articles| {
        for preset in [Preset::Wire, Preset::Story, Preset::Ocr, Preset::Strict] {
            let detector = Detector::new(Config::builder().preset(preset).build().expect("valid"));
            let stored = Stored::new(articles);
            let found = detector.cluster(articles);
            assert!(!found.pairs.is_empty());
            assert_eq!(
                detector.try_cluster(&stored, Progress::ignore),
                Ok(found.clone()),
                "{preset}"
            );
            assert_eq!(
                detector.try_find_pairs(&stored, Progress::ignore).expect("reads").pairs,
                found.pairs,
                "{preset}"
            );
            assert!(stored.read.into_inner() >= 2 * articles.len());

            let stored = Stored::new(articles);
            let keep = |_: &_, comparison| comparison;
            assert_eq!(
                detector.try_compare_pairs(&stored, &found.pairs, keep),
                Ok(detector.compare_pairs(articles, &found.pairs, keep)),
                "{preset}"
            );
            let pairs: Vec<(usize, usize)> = (1..articles.len()).map(|i| (i - 1, i)).collect();
            assert_eq!(
                detector.try_explain(&stored, &pairs, Progress::ignore),
                Ok(detector.explain(articles, &pairs)),
                "{preset}"
            );
        }
    });
}

#[test]
fn batches_signed_as_they_come_give_the_same_as_the_whole() {
    with_articles(|articles| {
        for preset in [Preset::Wire, Preset::Story, Preset::Ocr, Preset::Strict] {
            let detector = Detector::new(Config::builder().preset(preset).build().expect("valid"));
            let sign = || {
                let mut signing = detector.signing();
                assert!(signing.is_empty());
                let (first, rest) = articles.split_at(7);
                signing.add(first);
                rest.chunks(250).for_each(|batch| signing.add(batch));
                signing.add(&[""; 0]);
                assert_eq!(signing.len(), articles.len());
                signing
            };
            let stored = Stored::new(articles);
            assert_eq!(
                sign().cluster(&stored, Progress::ignore),
                Ok(detector.cluster(articles)),
                "{preset}"
            );
            assert_eq!(
                sign().find_pairs(articles, Progress::ignore),
                Ok(detector.find_pairs(articles)),
                "{preset}"
            );
        }
    });
}

#[test]
#[should_panic(expected = "as many articles as were signed")]
fn what_was_signed_must_be_there() {
    let detector = Detector::default();
    let mut signing = detector.signing();
    signing.add(&["one", "two"]);
    let _ = signing.find_pairs(&["one"], Progress::ignore);
}

#[test]
fn large_buckets_are_compared_by_stored_texts_too() {
    // One frame around 40 texts, of which every other is the one before with a word changed.
    let mut random = support::Random(9);
    let frame = random.words(150).join(" ");
    let mut own = Vec::new();
    let texts: Vec<String> = (0..40)
        .map(|i| {
            own = if i % 2 == 0 { random.words(40) } else { random.edited(&own, 40) };
            format!("{frame} {}", own.join(" "))
        })
        .collect();
    let articles: Vec<Article<'_>> = texts.iter().map(AsArticle::as_article).collect();
    let config = Config::builder().threshold(0.9).bucket_limit(8).build().expect("valid");
    let detector = Detector::new(config);
    let found = detector.cluster(&articles);
    assert!(found.stats.in_large_buckets > 8, "{:?}", found.stats);
    assert_eq!(detector.try_cluster(&Stored::new(&articles), Progress::ignore), Ok(found));
}

#[test]
fn weights_are_learned_from_stored_texts() {
    with_articles(|articles| {
        let stored = Stored::new(articles);
        let shingler = Sketcher::default().shingler();
        assert_eq!(
            Idf::try_learn(&stored, shingler).expect("reads").to_bytes(),
            Idf::learn(articles, shingler).to_bytes()
        );
        let learned = Detector::default().try_learn(&stored).expect("reads");
        assert_eq!(learned.idf().texts(), Some(600));
        let expected = Detector::default().learn(articles).cluster(articles);
        assert_eq!(learned.try_cluster(&stored, Progress::ignore), Ok(expected));
    });
}

#[test]
fn a_collection_may_lie_behind_pointers() {
    with_articles(|articles| {
        let detector = Detector::default();
        let pairs = detector.find_pairs(articles).pairs;
        let through = |collection: &dyn Collection| {
            detector.try_find_pairs(collection, Progress::ignore).expect("reads").pairs
        };
        assert_eq!(through(&articles), pairs);
        assert_eq!(through(&articles.to_vec()), pairs);
        assert_eq!(through(&Box::<[Article<'_>]>::from(articles)), pairs);
        assert_eq!(through(&Arc::<[Article<'_>]>::from(articles)), pairs);
        let several = articles.to_vec();
        assert_eq!(detector.find_pairs(&several).pairs, pairs);
        let any: &dyn Collection = &articles;
        assert!(!any.is_empty() && Collection::is_empty(&[""; 0]));
        assert_eq!(Collection::len(&["a", "b"]), 2);
    });
}

#[test]
fn a_text_that_cannot_be_read_is_an_error_wherever_it_is_needed() {
    with_articles(|articles| {
        for preset in Preset::ALL {
            let detector = Detector::new(Config::builder().preset(preset).build().expect("valid"));
            let whole = Stored::new(articles);
            let found = detector.try_cluster(&whole, Progress::ignore).expect("reads");
            let reads = whole.read.into_inner();
            // The last read is of the last stage.
            for last in [0, 1, 599, 600, 700, reads / 2, reads - 1] {
                let stored = || Stored { last, ..Stored::new(articles) };
                let refused = |error: newsprint::Error| {
                    assert_eq!(error.kind(), ErrorKind::Io, "{error}");
                    assert_eq!(error.io_kind(), Some(io::ErrorKind::TimedOut));
                    let message = error.to_string();
                    assert!(message.starts_with("cannot read the text of article "), "{message}");
                    let source = std::error::Error::source(&error).expect("has a source");
                    assert_eq!(source.to_string(), "the database is away");
                };
                refused(detector.try_cluster(&stored(), Progress::ignore).expect_err("fails"));
                if last < 600 {
                    refused(
                        Idf::try_learn(&stored(), Sketcher::default().shingler())
                            .expect_err("fails"),
                    );
                    refused(
                        detector
                            .try_explain(&stored(), &[(0, 1)], Progress::ignore)
                            .expect_err("fails"),
                    );
                    let kept = AtomicUsize::new(0);
                    let keep = |_: &_, _| kept.fetch_add(1, Ordering::Relaxed);
                    let compared = detector.try_compare_pairs(&stored(), &found.pairs, keep);
                    // Nothing is made of a text that was not read.
                    assert!(kept.into_inner() <= last);
                    if found.pairs.len() > last as u64 {
                        refused(compared.expect_err("fails"));
                    }
                }
            }
        }
    });
}
