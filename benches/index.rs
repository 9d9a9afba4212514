//! The index on disk: the time to add an article, to commit, to open and to merge; and the time of
//! queries, with and without verification, with their 99th percentile.
//!
//! `NEWSPRINT_BENCH_ARTICLES` sets the number of articles; the default is 100,000, which take 1 GB
//! of memory. The files are in the directory for temporary files (`TMPDIR`); if that is in memory,
//! a commit costs less than on a disk.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::hint::black_box;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use criterion::{BatchSize, Criterion, Throughput};
use newsprint::{Article, Config, Index, Snapshot};
use newsprint_benches::{corpus, settings};

/// Bytes of an article.
const MAX_ARTICLE_BYTES: usize = 3_000;
/// Articles of a commit.
const COMMIT: usize = 1_000;
/// The popular story: its number of articles, and at most one in how many.
const POPULAR: (usize, usize) = (1_000, 100);
/// Queries of each kind whose times are reported.
const QUERIES: usize = 4_000;

fn main() {
    let mut criterion = settings::criterion();
    let number = std::env::var("NEWSPRINT_BENCH_ARTICLES").ok();
    let number = number.map_or(100_000, |number| number.parse().expect("a number of articles"));
    let articles = Articles::made(settings::number(number));
    let directory = Temporary::new();

    insert(&mut criterion, &directory.0, &articles);
    let path = directory.0.join("whole");
    fill(&path, &articles);
    open(&mut criterion, &path, &articles);
    merge(&mut criterion, &directory.0, &path, &articles);
    queries(&mut criterion, &path, &articles);
    criterion.final_summary();
}

/// A directory that is removed with the benchmark.
struct Temporary(PathBuf);

impl Temporary {
    fn new() -> Self {
        let path = std::env::temp_dir().join(format!("newsprint-bench-{}", std::process::id()));
        fs::create_dir_all(&path).expect("a directory can be made");
        Temporary(path)
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// What goes into the index, and the queries.
struct Articles {
    ids: Vec<String>,
    texts: Vec<String>,
    /// The number of each article, by its id.
    places: HashMap<String, usize>,
    /// Edited copies of what is in the index; articles unlike any in it; the popular story under
    /// other headlines.
    asked: [(&'static str, Vec<String>); 3],
}

impl Articles {
    fn made(number: usize) -> Self {
        let asked = QUERIES.min(number);
        // Of the last, which stay outside, one in ten is a copy, most of them of one that is
        // inside: enough for the queries.
        let corpus::Corpus { texts, planted } =
            corpus::corpus(number + 12 * asked + number / 10, 1);
        let story = cut(&corpus::corpus(1, 2).texts[0]);
        let (_, body) = story.split_once("\n\n").expect("every article has a headline");
        let of_story = |text: &String| {
            let (headline, _) = text.split_once("\n\n").expect("every article has a headline");
            cut(&format!("{headline}\n\n{body}"))
        };
        let mut texts: Vec<String> = texts.into_iter().map(|text| cut(&text)).collect();
        let outside = texts.split_off(number);
        // Spread over the whole collection, as it would be printed over time.
        let step = (number / POPULAR.0).max(POPULAR.1);
        let popular = |place: usize| place.is_multiple_of(step);
        texts.iter_mut().step_by(step).for_each(|text| *text = of_story(text));

        let copies =
            planted.iter().filter(|&&(of, copy)| of < number && !popular(of) && copy >= number);
        let hits = copies.take(asked).map(|&(_, copy)| outside[copy - number].clone()).collect();
        let copies: HashSet<usize> = planted.iter().map(|&(_, copy)| copy).collect();
        let misses = (number..).zip(&outside).filter(|(place, _)| !copies.contains(place));
        let misses = misses.take(asked).map(|(_, text)| text.clone()).collect();
        // Each is compared with a thousand articles.
        let of_popular = outside.iter().take(asked.div_ceil(10)).map(of_story).collect();

        let ids: Vec<String> = (0..number).map(|place| format!("article-{place}")).collect();
        let places = ids.iter().cloned().zip(0..).collect();
        Articles {
            ids,
            texts,
            places,
            asked: [("hit", hits), ("miss", misses), ("popular story", of_popular)],
        }
    }

    fn len(&self) -> usize {
        self.texts.len()
    }

    fn article(&self, place: usize) -> Article<'_> {
        Article::new(&self.texts[place]).id(&self.ids[place])
    }

    /// Appends the text of an id, as a caller would that has all texts in memory.
    fn text(&self, id: &str, text: &mut String) -> bool {
        self.places.get(id).is_some_and(|&place| {
            text.push_str(&self.texts[place]);
            true
        })
    }
}

/// The first bytes of a text.
fn cut(text: &str) -> String {
    let end = (0..=text.len().min(MAX_ARTICLE_BYTES)).rev().find(|&end| text.is_char_boundary(end));
    text[..end.unwrap_or(0)].to_owned()
}

/// All articles, a commit after every thousand.
fn fill(path: &Path, articles: &Articles) {
    let mut index = Index::create(path, &Config::default()).expect("an empty directory");
    for place in 0..articles.len() {
        index.insert(&articles.article(place)).expect("an id of its own");
        if (place + 1).is_multiple_of(COMMIT) {
            index.commit().expect("a disk with room");
        }
    }
    index.close().expect("a disk with room");
}

fn insert(criterion: &mut Criterion, directory: &Path, articles: &Articles) {
    let path = directory.join("insert");
    let mut group = criterion.benchmark_group("index");
    group.sample_size(10);
    group.throughput(Throughput::Elements(articles.len() as u64));
    group.bench_function(format!("insert {}, a commit every {COMMIT}", articles.len()), |b| {
        b.iter(|| {
            fill(&path, articles);
            // Deleting the files takes little time compared with writing them.
            fs::remove_dir_all(&path).expect("its own directory");
        });
    });

    let some = articles.len().min(COMMIT);
    group.throughput(Throughput::Elements(some as u64));
    group.bench_function(format!("commit of {some}"), |b| {
        let inserted = || {
            let _ = fs::remove_dir_all(&path);
            let mut index = Index::create(&path, &Config::default()).expect("an empty directory");
            (0..some).for_each(|place| {
                index.insert(&articles.article(place)).expect("an id of its own");
            });
            index
        };
        // One at a time: it is always the same directory.
        b.iter_batched(
            inserted,
            |mut index| {
                index.commit().expect("a disk with room");
                index
            },
            BatchSize::PerIteration,
        );
    });
    group.finish();
}

fn open(criterion: &mut Criterion, path: &Path, articles: &Articles) {
    let mut group = criterion.benchmark_group(format!("index/open {}", articles.len()));
    group.bench_function("to read", |b| b.iter(|| Snapshot::open(path).expect("an index")));
    group.bench_function("to write", |b| b.iter(|| Index::open(path).expect("an index")));
    group.finish();
}

/// Merges what inserting has left into one segment.
fn merge(criterion: &mut Criterion, directory: &Path, path: &Path, articles: &Articles) {
    let copy = directory.join("merge");
    let mut group = criterion.benchmark_group("index");
    group.sample_size(10);
    group.throughput(Throughput::Elements(articles.len() as u64));
    group.bench_function(format!("merge {}", articles.len()), |b| {
        let copied = || {
            let _ = fs::remove_dir_all(&copy);
            fs::create_dir_all(&copy).expect("its own directory");
            for file in fs::read_dir(path).expect("an index") {
                let file = file.expect("a file");
                fs::copy(file.path(), copy.join(file.file_name())).expect("a disk with room");
            }
            Index::open(&copy).expect("an index")
        };
        b.iter_batched(
            copied,
            |mut index| {
                index.merge().expect("a disk with room");
                index
            },
            BatchSize::PerIteration,
        );
    });
    group.finish();
}

/// A kind of query: its name, and a function that returns the number of matches.
type Way<'a> = (&'static str, &'a dyn Fn(&str) -> usize);

/// Queries the index as it was closed, which is slower than one that was merged.
fn queries(criterion: &mut Criterion, path: &Path, articles: &Articles) {
    let index = Snapshot::open(path).expect("an index");
    let by_signature = |text: &str| index.query(text).expect("whole files").matches.len();
    let verified = |text: &str| {
        let answer = index.query_with(text, |id, text| articles.text(id, text));
        answer.expect("whole files").matches.len()
    };
    let ways: [Way<'_>; 2] = [("by signature", &by_signature), ("verified", &verified)];

    let stats = index.stats();
    let mut out = format!(
        "queries to {} articles in {} segments and {} in memory, one thread, microseconds\n{:28}{:>7}{:>9}{:>11}{:>11}\n",
        stats.articles, stats.segments, stats.recent, "", "number", "matches", "median", "99 %"
    );
    for (what, asked) in &articles.asked {
        for (way, query) in ways {
            // A first round, so that what is measured is an index in use.
            asked.iter().for_each(|text| _ = black_box(query(text)));
            let mut found = 0;
            let mut times: Vec<Duration> = asked
                .iter()
                .map(|text| {
                    let begin = Instant::now();
                    found += black_box(query(black_box(text)));
                    begin.elapsed()
                })
                .collect();
            times.sort_unstable();
            let micros = |at: usize| times.get(at).map_or(0.0, |time| time.as_secs_f64() * 1e6);
            let (median, slow) = (micros(times.len() / 2), micros(times.len() * 99 / 100));
            let matches = found as f64 / times.len() as f64;
            out += &format!("{what:<14}{way:<14}{:>7}", times.len());
            out += &format!("{matches:>9.2}{median:>11.1}{slow:>11.1}\n");
        }
    }
    std::io::stdout().write_all(out.as_bytes()).expect("the table can be printed");

    let mut group = criterion.benchmark_group(format!("index/query of {}", articles.len()));
    for (what, asked) in &articles.asked {
        for (way, query) in ways {
            let mut turn = 0;
            group.bench_function(format!("{what}, {way}"), |b| {
                b.iter(|| {
                    turn = (turn + 1) % asked.len();
                    query(black_box(&asked[turn]))
                });
            });
        }
    }
    group.finish();
}
