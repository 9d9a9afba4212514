//! newsprint beside gaoya, txtfp and find-simdoc: raw text to signatures, and raw text to similar
//! pairs. With `index` it measures incremental indexes instead; see `index.rs`.
//!
//! Everything runs in one process on one corpus. The crates take turns, and the least time of each
//! counts, because other programs can only make a run longer. Each crate's module describes its
//! settings. Prints Markdown.

mod index;
mod memory;
mod with_gaoya;
mod with_newsprint;
mod with_newsprint_index;
mod with_simdoc;
mod with_txtfp;

use std::any::Any;
use std::collections::HashSet;
use std::error::Error;
use std::hint::black_box;
use std::path::PathBuf;
use std::time::Instant;

use newsprint::Shingle;
use newsprint::parts::{Overlap, Shingler};
use newsprint_benches::corpus;
use rayon::prelude::*;

#[cfg(not(feature = "mimalloc"))]
#[global_allocator]
static ALLOCATOR: memory::Counting<std::alloc::System> = memory::Counting(std::alloc::System);
#[cfg(feature = "mimalloc")]
#[global_allocator]
static ALLOCATOR: memory::Counting<mimalloc::MiMalloc> = memory::Counting(mimalloc::MiMalloc);

/// The pairs that a crate found, each once and with the smaller number first.
pub struct Answer {
    pairs: Vec<(usize, usize)>,
    /// Its index, dropped after the clock has stopped: a program can leave that to its end.
    _index: Box<dyn Any>,
}

impl Answer {
    fn new(pairs: Vec<(usize, usize)>, index: impl Any) -> Self {
        Answer { pairs, _index: Box::new(index) }
    }
}

struct Options {
    articles: usize,
    /// The number of articles to sign on one thread.
    signed: usize,
    /// The number of articles for find-simdoc.
    simdoc: usize,
    threshold: f64,
    rounds: usize,
    /// Whether to measure the incremental indexes instead.
    index: bool,
    only: Option<(usize, PathBuf)>,
}

fn options() -> Result<Options, lexopt::Error> {
    use lexopt::prelude::*;
    let mut options = Options {
        articles: 100_000,
        signed: 20_000,
        simdoc: 10_000,
        threshold: 0.7,
        rounds: 3,
        index: false,
        only: None,
    };
    let mut arguments = lexopt::Parser::from_env();
    while let Some(argument) = arguments.next()? {
        match argument {
            Value(mode) if mode == "index" => {
                options.index = true;
                options.threshold = 0.4;
            }
            Value(articles) if options.index => options.articles = articles.parse()?,
            Long("only") if options.index => {
                options.only = Some((arguments.value()?.parse()?, arguments.value()?.into()));
            }
            Long("articles") => options.articles = arguments.value()?.parse()?,
            Long("signed") => options.signed = arguments.value()?.parse()?,
            Long("simdoc") => options.simdoc = arguments.value()?.parse()?,
            Long("threshold") => options.threshold = arguments.value()?.parse()?,
            Long("rounds") => options.rounds = arguments.value()?.parse()?,
            _ => return Err(argument.unexpected()),
        }
    }
    options.signed = options.signed.min(options.articles);
    options.simdoc = options.simdoc.min(options.articles);
    options.rounds = options.rounds.max(1);
    Ok(options)
}

fn main() -> Result<(), Box<dyn Error>> {
    let options = options()?;
    if options.index {
        let Options { articles, threshold, rounds, only, .. } = options;
        return Ok(index::run(&index::Options { articles, threshold, rounds, only })?);
    }
    let corpus = corpus::corpus(options.articles, 1);
    machine();
    println!(
        "Corpus: {} made-up articles, {:.0} MB, {} copies planted. Least time of {} rounds.\n",
        corpus.texts.len(),
        corpus.bytes() as f64 / 1e6,
        corpus.planted.len(),
        options.rounds
    );
    signatures(&corpus, &options);
    pairs(&corpus, &options);
    Ok(())
}

fn machine() {
    let cpu = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpu.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let model = model.map_or("unknown processor", |(_, model)| model);
    let allocator = if cfg!(feature = "mimalloc") { "mimalloc" } else { "the system's allocator" };
    println!("Machine: {model}, {} threads, {allocator}.", rayon::current_num_threads());
}

/// Raw text to signatures of 128 slots on one thread. find-simdoc has no signatures that one can
/// keep.
fn signatures(corpus: &corpus::Corpus, options: &Options) {
    let texts = &corpus.texts[..options.signed];
    let bytes: usize = texts.iter().map(String::len).sum();
    let mut least = [f64::INFINITY; 3];
    for _ in 0..options.rounds {
        least[0] = least[0].min(seconds(|| with_newsprint::sign(texts)).0);
        least[1] = least[1].min(seconds(|| with_gaoya::sign(texts)).0);
        least[2] = least[2].min(seconds(|| with_txtfp::sign(texts)).0);
    }
    println!(
        "Raw text to MinHash signatures of 128 slots, one thread, the first {} articles ({:.0} MB):\n",
        texts.len(),
        bytes as f64 / 1e6
    );
    println!("| crate | MB/s | newsprint is faster by |\n|---|---:|---:|");
    for (name, time) in ["newsprint", "gaoya", "txtfp"].iter().zip(least) {
        println!("| {name} | {:.0} | {:.1} |", bytes as f64 / 1e6 / time, time / least[0]);
    }
    println!();
}

/// One way to get from texts to pairs.
struct Contender {
    name: &'static str,
    run: fn(&[String], f64) -> Answer,
    articles: usize,
    /// The contender whose time this one's is divided by.
    against: usize,
}

/// Raw text to similar pairs on all threads.
fn pairs(corpus: &corpus::Corpus, options: &Options) {
    let all = options.articles;
    let contender = |name, run, articles, against| Contender { name, run, articles, against };
    let contenders = [
        contender("newsprint", with_newsprint::pairs, all, 0),
        contender("gaoya", with_gaoya::pairs, all, 0),
        contender("gaoya, for recall", with_gaoya::pairs_for_recall, all, 0),
        contender("txtfp", with_txtfp::pairs, all, 0),
        contender("newsprint", with_newsprint::pairs, options.simdoc, 4),
        contender("find-simdoc", with_simdoc::pairs, options.simdoc, 4),
    ];
    let mut least = [f64::INFINITY; 6];
    let mut found: Vec<Vec<(usize, usize)>> = vec![Vec::new(); contenders.len()];
    let mut stages = [f64::INFINITY; 3];
    for _ in 0..options.rounds {
        for (i, contender) in contenders.iter().enumerate() {
            let texts = &corpus.texts[..contender.articles];
            let (time, answer) = seconds(|| (contender.run)(texts, options.threshold));
            least[i] = least[i].min(time);
            found[i] = answer.pairs;
        }
        let times = with_newsprint::stages(&corpus.texts, options.threshold);
        stages = if times.iter().sum::<f64>() < stages.iter().sum() { times } else { stages };
    }
    let peaks: Vec<usize> = contenders
        .iter()
        .map(|contender| {
            let texts = &corpus.texts[..contender.articles];
            memory::peak(|| (contender.run)(texts, options.threshold))
        })
        .collect();

    let shingler = Shingler::new(Shingle::Words(3)).expect("three is in range");
    let exact = |&(a, b): &(usize, usize)| {
        let (a, b) = (shingler.shingles(&corpus.texts[a]), shingler.shingles(&corpus.texts[b]));
        Overlap::of(&a, &b).jaccard() >= options.threshold
    };
    let true_pairs: Vec<(usize, usize)> =
        corpus.planted.par_iter().copied().filter(exact).collect();
    println!(
        "Raw text to pairs of similarity {} or more, all threads; recall of the {} planted pairs whose exact Jaccard \
         similarity in newsprint's own shingles of three words reaches that:\n",
        options.threshold,
        true_pairs.len()
    );
    println!(
        "| crate | articles | s | newsprint is faster by | recall | pairs reported | of them exactly {} or more | peak \
         memory beyond the texts, KB an article |\n|---|---:|---:|---:|---:|---:|---:|---:|",
        options.threshold
    );
    for (i, contender) in contenders.iter().enumerate() {
        let reported: HashSet<(usize, usize)> = found[i].iter().copied().collect();
        let due = true_pairs.iter().filter(|pair| pair.1 < contender.articles);
        let met = due.clone().filter(|pair| reported.contains(pair)).count();
        let confirmed = found[i].par_iter().filter(|pair| exact(pair)).count();
        println!(
            "| {} | {} | {:.2} | {:.1} | {:.4} | {} | {:.3} | {:.2} |",
            contender.name,
            contender.articles,
            least[i],
            least[i] / least[contender.against],
            met as f64 / due.count().max(1) as f64,
            reported.len(),
            confirmed as f64 / found[i].len().max(1) as f64,
            peaks[i] as f64 / 1e3 / contender.articles as f64
        );
    }
    let [sign, join, verify] = stages;
    println!("\nnewsprint's stages: sign {sign:.2} s, join {join:.2} s, verify {verify:.2} s.");
    println!("Peak memory is what a counting allocator saw, in runs that were not timed.");
}

fn seconds<T>(run: impl FnOnce() -> T) -> (f64, T) {
    let start = Instant::now();
    let result = black_box(run());
    (start.elapsed().as_secs_f64(), result)
}
