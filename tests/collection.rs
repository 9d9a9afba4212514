//! Collections whose texts are not in memory give what those in memory give.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use newsprint::{Article, AsArticle, Collection, Config, Date, Detector, Idf, Preset, Sketcher};

mod support;

/// Articles of which only the metadata is in memory; each text is read into the buffer.
struct Stored<'a> {
    articles: &'a [Article<'a>],
    read: AtomicUsize,
}

impl Collection for Stored<'_> {
    fn len(&self) -> usize {
        self.articles.len()
    }

    fn article(&self, i: usize) -> Article<'_> {
        self.articles[i].with_text("nobody reads this here")
    }

    fn text<'t>(&'t self, i: usize, buffer: &'t mut String) -> &'t str {
        self.read.fetch_add(1, Ordering::Relaxed);
        // The text need not begin where the buffer does.
        buffer.clear();
        buffer.push_str("? ");
        buffer.push_str(self.articles[i].text);
        &buffer[2..]
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
            let stored = Stored { articles, read: AtomicUsize::new(0) };
            let found = detector.cluster(articles);
            assert!(!found.pairs.is_empty());
            assert_eq!(detector.cluster(&stored), found, "{preset}");
            assert_eq!(detector.find_pairs(&stored).pairs, found.pairs, "{preset}");
            assert!(stored.read.into_inner() >= 2 * articles.len());

            let stored = Stored { articles, read: AtomicUsize::new(0) };
            let keep = |_: &_, comparison| comparison;
            assert_eq!(
                detector.compare_pairs(&stored, &found.pairs, keep),
                detector.compare_pairs(articles, &found.pairs, keep),
                "{preset}"
            );
            let pairs: Vec<(usize, usize)> = (1..articles.len()).map(|i| (i - 1, i)).collect();
            assert_eq!(
                detector.explain(&stored, &pairs),
                detector.explain(articles, &pairs),
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
            let stored = Stored { articles, read: AtomicUsize::new(0) };
            assert_eq!(sign().cluster(&stored), detector.cluster(articles), "{preset}");
            assert_eq!(sign().find_pairs(articles), detector.find_pairs(articles), "{preset}");
        }
    });
}

#[test]
#[should_panic(expected = "as many articles as were signed")]
fn what_was_signed_must_be_there() {
    let detector = Detector::default();
    let mut signing = detector.signing();
    signing.add(&["one", "two"]);
    signing.find_pairs(&["one"]);
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
    assert_eq!(detector.cluster(&Stored { articles: &articles, read: AtomicUsize::new(0) }), found);
}

#[test]
fn weights_are_learned_from_stored_texts() {
    with_articles(|articles| {
        let stored = Stored { articles, read: AtomicUsize::new(0) };
        let shingler = Sketcher::default().shingler();
        assert_eq!(
            Idf::learn(&stored, shingler).to_bytes(),
            Idf::learn(articles, shingler).to_bytes()
        );
        let learned = Detector::default().learn(&stored);
        assert_eq!(learned.idf().texts(), Some(600));
        assert_eq!(learned.cluster(&stored), Detector::default().learn(articles).cluster(articles));
    });
}

#[test]
fn a_collection_may_lie_behind_pointers() {
    with_articles(|articles| {
        let detector = Detector::default();
        let pairs = detector.find_pairs(articles).pairs;
        assert_eq!(detector.find_pairs(&articles).pairs, pairs);
        assert_eq!(detector.find_pairs(&articles.to_vec()).pairs, pairs);
        assert_eq!(detector.find_pairs(&Box::<[Article<'_>]>::from(articles)).pairs, pairs);
        assert_eq!(detector.find_pairs(&Arc::<[Article<'_>]>::from(articles)).pairs, pairs);
        let any: &dyn Collection = &articles;
        assert_eq!(detector.find_pairs(any).pairs, pairs);
        assert!(!any.is_empty() && Collection::is_empty(&[""; 0]));
        assert_eq!(Collection::len(&["a", "b"]), 2);
    });
}
