//! Incremental indexes: those of the peers in memory, newsprint's on disk. Measures insertion from
//! text, queries from text, and the memory of an article.
//!
//! Every index runs in its own process, so that its resident memory is known, and on one thread.
//! Times are the least of several rounds; for queries, the least of each query.

use std::fs::File;
use std::hint::black_box;
use std::io::{BufWriter, Write};
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::{with_gaoya, with_newsprint_index, with_txtfp};
use newsprint_benches::corpus::corpus;

/// An index to measure. Articles are numbered in the order of insertion.
pub trait Index {
    fn insert_all(&mut self, texts: &[&str]);

    /// The number of articles that match the text. An index may reuse memory between queries.
    fn query(&mut self, text: &str) -> usize;
}

/// An index, and a description of its bands.
pub type Made = (Box<dyn Index>, String);

struct Contender {
    name: &'static str,
    /// Makes an empty index for a threshold.
    new: fn(f64) -> Made,
}

const CONTENDERS: [Contender; 4] = [
    Contender { name: "newsprint, on disk", new: with_newsprint_index::index },
    Contender { name: "gaoya", new: with_gaoya::index },
    Contender { name: "txtfp", new: with_txtfp::index },
    Contender { name: "txtfp, for recall", new: with_txtfp::index_for_recall },
];

pub struct Options {
    pub articles: usize,
    pub threshold: f64,
    pub rounds: usize,
    /// The contender to measure in this process, and the file of the articles. None in the parent
    /// process, which starts one process for each contender.
    pub only: Option<(usize, PathBuf)>,
}

/// Queries of each kind.
const QUERIES: usize = 2_000;
/// The time after which a pass over the queries ends, with as many as were answered.
const PASS: Duration = Duration::from_secs(20);
/// One article in this many is about the popular story.
const POPULAR: usize = 100;

/// The separators of texts, and of parts, in the file of the articles.
const TEXTS: &str = "\u{1}";
const PARTS: &str = "\u{2}";

pub fn run(options: &Options) -> std::io::Result<()> {
    if let Some((contender, articles)) = &options.only {
        measure(options, &CONTENDERS[*contender], &std::fs::read_to_string(articles)?);
        return Ok(());
    }
    // The articles are made in this process and only read in the measured one. An index could
    // otherwise grow unnoticed into memory that was freed after making them.
    let path = std::env::temp_dir().join(format!("newsprint-peers-{}", std::process::id()));
    write_articles(options.articles, &mut BufWriter::new(File::create_new(&path)?))?;
    crate::machine();
    println!(
        "{} made-up articles, one in {POPULAR} of them the same story under another headline; threshold {}, 128 slots, one \
         thread. The best of {} rounds; of the least time of each query the median / the 99th \
         percentile in µs, and the matches on average.\n",
        options.articles, options.threshold, options.rounds
    );
    println!(
        "| index | bands × rows | insert, articles/s | hit | matches | miss | matches | popular story | matches | bytes \
         of memory an article | of mapped files |\n|---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|"
    );
    let ended = (0..CONTENDERS.len()).try_for_each(|contender| {
        let status = Command::new(std::env::current_exe()?)
            .args(["index", "--only", &contender.to_string()])
            .arg(&path)
            .args([
                "--threshold",
                &options.threshold.to_string(),
                "--rounds",
                &options.rounds.to_string(),
            ])
            .status()?;
        if status.success() { Ok(()) } else { Err(std::io::Error::other("it did not end well")) }
    });
    std::fs::remove_file(&path)?;
    ended
}

/// Writes the articles to insert and the queries: edited copies of some articles, articles unlike
/// any, and the popular story under other headlines.
fn write_articles(number: usize, out: &mut impl Write) -> std::io::Result<()> {
    let popular = number / POPULAR;
    let inserted = number - popular;
    // One in ten is a copy, most of them of an inserted article: enough for the queries.
    let made = corpus(inserted + 12 * QUERIES + number / 10, 1);
    let copied =
        made.planted.iter().filter(|&&(original, copy)| original < inserted && copy >= inserted);
    let hits: Vec<String> =
        copied.take(QUERIES).map(|&(_, copy)| made.texts[copy].clone()).collect();

    let mut original = vec![true; made.texts.len()];
    made.planted.iter().for_each(|&(_, copy)| original[copy] = false);
    let new = (inserted..made.texts.len()).filter(|&i| original[i]);
    let misses: Vec<String> = new.take(QUERIES).map(|i| made.texts[i].clone()).collect();

    let story = corpus(1, 2).texts.remove(0);
    let (_, body) = story.split_once("\n\n").expect("every article has a headline");
    let mut under_headlines = made.texts.iter().map(|text| {
        let (headline, _) = text.split_once("\n\n").expect("every article has a headline");
        format!("{headline}\n\n{body}")
    });
    let printed: Vec<String> = under_headlines.by_ref().take(popular).collect();
    let asked: Vec<String> = under_headlines.take(QUERIES).collect();

    // Spread evenly, as they would arrive over time.
    let mut printed = printed.iter();
    for (i, text) in made.texts[..inserted].iter().enumerate() {
        write!(out, "{}{text}", if i > 0 { TEXTS } else { "" })?;
        if (i + 1) % (POPULAR - 1) == 0 {
            printed.next().map_or(Ok(()), |text| write!(out, "{TEXTS}{text}"))?;
        }
    }
    printed.try_for_each(|text| write!(out, "{TEXTS}{text}"))?;
    [hits, misses, asked].iter().try_for_each(|part| write!(out, "{PARTS}{}", part.join(TEXTS)))?;
    out.flush()
}

fn measure(options: &Options, contender: &Contender, articles: &str) {
    let parts: Vec<Vec<&str>> =
        articles.split(PARTS).map(|part| part.split(TEXTS).collect()).collect();
    let [texts, hits, misses, popular] = &parts[..] else {
        panic!("the file has {} parts", parts.len())
    };

    let before = Resident::now();
    let (mut index, bands) = (contender.new)(options.threshold);
    let mut insert = insert_all(&mut *index, texts);
    let anonymous = Resident::now().anonymous.saturating_sub(before.anonymous) / texts.len();

    let hit = queries(&mut *index, hits, options.rounds);
    let miss = queries(&mut *index, misses, options.rounds);
    let many = queries(&mut *index, popular, options.rounds);
    // Mapped files are resident as far as they were read.
    let of_files = Resident::now().of_files.saturating_sub(before.of_files) / texts.len();
    for _ in 1..options.rounds {
        index = (contender.new)(options.threshold).0;
        insert = insert.min(insert_all(&mut *index, texts));
    }

    let per_second = texts.len() as f64 / insert.as_secs_f64();
    println!(
        "| {} | {bands} | {per_second:.0} | {hit} | {miss} | {many} | {anonymous} | {of_files} |",
        contender.name
    );
    // Dropping an index of millions of small allocations would take long, and nothing depends on
    // it.
    std::mem::forget(index);
}

fn insert_all(index: &mut dyn Index, texts: &[&str]) -> Duration {
    let start = Instant::now();
    index.insert_all(texts);
    start.elapsed()
}

/// Two cells of the table: the times, and the matches on average.
fn queries(index: &mut dyn Index, texts: &[&str], rounds: usize) -> String {
    // The least time of each query, so that an interruption does not count as a slow query.
    let mut least: Vec<Duration> = Vec::with_capacity(texts.len());
    let mut found = 0;
    for _ in 0..rounds {
        let start = Instant::now();
        for (i, text) in texts.iter().enumerate() {
            let before = Instant::now();
            let matches = black_box(index.query(black_box(text)));
            let time = before.elapsed();
            match least.get_mut(i) {
                Some(least) => *least = time.min(*least),
                None => {
                    least.push(time);
                    found += matches;
                }
            }
            if start.elapsed() > PASS {
                break;
            }
        }
    }
    let matches = found as f64 / least.len() as f64;
    least.sort_unstable();
    let micros = |time: Duration| time.as_secs_f64() * 1e6;
    let (median, slow) = (least[least.len() / 2], least[least.len() * 99 / 100]);
    format!("{:.0} / {:.0} | {matches:.2}", micros(median), micros(slow))
}

/// The resident memory of this process in bytes.
struct Resident {
    /// Private memory, which the system cannot reclaim.
    anonymous: usize,
    /// Pages of mapped files, the program's own among them.
    of_files: usize,
}

impl Resident {
    fn now() -> Self {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let bytes = |field: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(field));
            let kilobytes =
                line.and_then(|line| line.split_whitespace().next()?.parse::<usize>().ok());
            kilobytes.map_or(0, |kilobytes| kilobytes * 1024)
        };
        // RssShmem counts files of a directory in memory.
        Resident { anonymous: bytes("RssAnon:"), of_files: bytes("RssFile:") + bytes("RssShmem:") }
    }
}
