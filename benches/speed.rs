//! The speed of memory: gigabytes of raw text a second and core, with each set of vector instructions, and where the time goes.
//!
//! Prints two tables. A set of instructions holds for a whole process, so the benchmark runs itself once for each.

#[path = "common/corpus.rs"]
mod corpus;
#[path = "common/languages.rs"]
mod languages;
#[path = "common/settings.rs"]
mod settings;

use std::hint::black_box;
use std::io::Write;
use std::process::Command;
use std::time::{Duration, Instant};

use corpus::Random;
use newsprint::{MinHasher, Scratch, Shingle, Shingler, SimHasher, Sketcher};

/// The variable that holds the library to some instructions, and tells this program what to measure.
const VARIABLE: &str = "NEWSPRINT_ISA";
const SETS: [&str; 3] =
    if cfg!(target_arch = "x86_64") { ["portable", "avx2", "avx512"] } else { ["portable", "neon", "neon"] };
/// Megabytes of each kind of text: more than the caches of a core hold.
const BYTES: usize = 8 << 20;

fn main() {
    let full = settings::number(usize::MAX) == usize::MAX;
    if std::env::args().any(|argument| argument == "measure") {
        return print(&measure(full).iter().map(|figure| format!("{figure}\n")).collect::<String>());
    }
    let sets: &[&str] = if full { &SETS } else { &SETS[..1] };
    let columns: Vec<Vec<f64>> = sets.iter().map(|set| of_set(set, full)).collect();
    let mut out = String::from("GB/s of raw text, one core                                ");
    sets.iter().for_each(|set| out += &format!("{set:>10}"));
    let row = |out: &mut String, name: &str, at: usize, digits: usize| {
        *out += &format!("\n{name:<58}");
        columns.iter().for_each(|column| *out += &format!("{:>10.*}", digits, column[at]));
    };
    for (at, name) in RATES.iter().enumerate() {
        row(&mut out, name, at, 2);
    }
    out += "\n\ncycles a byte, English news in ASCII                       ";
    for (at, name) in STAGES.iter().enumerate() {
        row(&mut out, name, RATES.len() + at, 3);
    }
    print(&(out + "\n"));
}

fn print(text: &str) {
    std::io::stdout().write_all(text.as_bytes()).expect("the table can be printed");
}

/// The figures that this program measures with one set of instructions.
fn of_set(set: &str, full: bool) -> Vec<f64> {
    let program = std::env::current_exe().expect("a program knows its file");
    let mut command = Command::new(program);
    command.env(VARIABLE, set).arg("measure").args(full.then_some("--bench"));
    let output = command.output().expect("it runs again");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let lines = String::from_utf8(output.stdout).expect("figures are ASCII");
    lines.lines().map(|line| line.parse().expect("a figure a line")).collect()
}

const RATES: [&str; 11] = [
    "English, ASCII: 3-word shingles to 128 slots",
    "English as on the web (3 % of words not ASCII), the same",
    "French, the same",
    "Czech, some accents decomposed, the same",
    "Russian, the same",
    "Japanese, the same",
    "Chinese, the same",
    "English, ASCII: 5-letter shingles to 128 slots",
    "English, ASCII: 3-word shingles to SimHash, 64 bits",
    "the bound: xxh3_64 reads the same bytes",
    "the bound: memory is read, eight bytes at a time",
];

const STAGES: [&str; 5] = [
    "read by xxh3_64",
    "words found and hashed",
    "shingles hashed (on top)",
    "128 slots signed (on top)",
    "or 64 bits of SimHash (on top)",
];

fn measure(full: bool) -> Vec<f64> {
    let bytes = if full { BYTES } else { 50_000 };
    let made = corpus::corpus(bytes / 3_000, 1).texts;
    let ascii: Vec<String> = made.into_iter().filter(|text| text.is_ascii()).collect();
    let mut random = Random(2);
    let mut of = |make: &mut dyn FnMut(&str, &mut Random) -> String| -> Vec<String> {
        ascii.iter().map(|text| make(text, &mut random)).collect()
    };
    let kinds = [
        of(&mut |text, _| text.to_owned()),
        of(&mut languages::web),
        of(&mut languages::french),
        of(&mut languages::accented),
        of(&mut |text, _| languages::cyrillic(text)),
        of(&mut |_, random| languages::japanese(random)),
        of(&mut |_, random| languages::chinese(random)),
    ];
    let clock = Clock { least: Duration::from_millis(if full { 400 } else { 1 }) };
    let size = |texts: &[String]| texts.iter().map(String::len).sum::<usize>() as f64;
    let sketch = |sketcher: Sketcher, texts: &[String]| {
        clock.least(|| settings::on_one_thread(|| drop(black_box(sketcher.sketch_all(black_box(texts))))))
    };
    let mut figures: Vec<f64> =
        kinds.iter().map(|texts| size(texts) / sketch(Sketcher::default(), texts) / 1e9).collect();

    let total = size(&ascii);
    let shingler = |shingle| Shingler::new(shingle).expect("a length in range");
    let letters = Sketcher::new(shingler(Shingle::Letters(5)), MinHasher::default());
    figures.push(total / sketch(letters, &ascii) / 1e9);

    let mut scratch = Scratch::default();
    let each =
        |work: &mut dyn FnMut(&str)| clock.least(|| ascii.iter().for_each(|text| work(black_box(text))));
    let simhasher = SimHasher::new(64).expect("64 bits");
    let threes = shingler(Shingle::Words(3));
    let simhash = each(&mut |text| _ = black_box(simhasher.hash(threes.read(text, &mut scratch))));
    figures.push(total / simhash / 1e9);
    let hashed = each(&mut |text| _ = black_box(xxhash_rust::xxh3::xxh3_64(text.as_bytes())));
    figures.push(total / hashed / 1e9);
    let memory: Vec<u64> = (0..if full { 32 << 20 } else { 1000 }).collect();
    let read = clock.least(|| _ = black_box(memory.iter().fold(0u64, |sum, &word| sum ^ word)));
    figures.push(size_of_val(&*memory) as f64 / read / 1e9);

    // Shingles of one word cost a mix each, and are taken for the words alone.
    let ones = shingler(Shingle::Words(1));
    let words = each(&mut |text| _ = black_box(ones.read(text, &mut scratch)));
    let shingles = each(&mut |text| _ = black_box(threes.read(text, &mut scratch)));
    let signed = total / figures[0] / 1e9;
    let cycles = clock.cycles_a_second() / total;
    figures.extend(
        [hashed, words, shingles - words, signed - shingles, simhash - shingles].map(|time| time * cycles),
    );
    figures
}

struct Clock {
    least: Duration,
}

impl Clock {
    /// The least time of several runs, in seconds.
    fn least(&self, mut work: impl FnMut()) -> f64 {
        work();
        let (begin, mut least) = (Instant::now(), f64::MAX);
        while begin.elapsed() < self.least {
            let start = Instant::now();
            work();
            least = least.min(start.elapsed().as_secs_f64());
        }
        least
    }

    /// By operations that take a cycle each and wait for one another.
    fn cycles_a_second(&self) -> f64 {
        const STEPS: u32 = 1_000_000;
        let chain = || (0..STEPS).fold(1u64, |x, step| (x ^ u64::from(step)).rotate_left(7));
        2.0 * f64::from(STEPS) / self.least(|| _ = black_box(chain()))
    }
}
