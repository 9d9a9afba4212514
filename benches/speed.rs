//! Gigabytes of raw text per second and core with each set of vector instructions, beside the speed
//! of memory, and where the time goes.
//!
//! Prints two tables. A set of instructions is chosen for a whole process, so the benchmark runs
//! itself once for each.

use std::hint::black_box;
use std::io::Write;
use std::process::Command;
use std::time::{Duration, Instant};

use newsprint::Shingle;
use newsprint::parts::{MinHasher, Scratch, Shingler, SimHasher, Sketcher};
use newsprint_benches::corpus::Random;
use newsprint_benches::{corpus, languages, settings};

/// The variable that chooses the instructions of the library.
const VARIABLE: &str = "NEWSPRINT_ISA";
/// The size of each kind of text: more than the caches of a core can hold.
const BYTES: usize = 8 << 20;

fn main() {
    let full = settings::number(usize::MAX) == usize::MAX;
    if std::env::args().any(|argument| argument == "measure") {
        // A set that the library does not use must not be measured under its name.
        let wanted = std::env::var(VARIABLE).expect("the parent process sets it");
        assert_eq!(newsprint::instruction_set(), Ok(wanted.as_str()));
        return print(&measure(full).iter().map(|time| format!("{time}\n")).collect::<String>());
    }
    let sets = if full { sets() } else { vec!["portable"] };
    let mut columns: Vec<Vec<f64>> = vec![Vec::new(); sets.len()];
    // In turn, and the least time counts, because other processes can only make a time longer.
    for _ in 0..if full { 4 } else { 1 } {
        for (column, set) in columns.iter_mut().zip(&sets) {
            let times = of_set(set, full);
            column.resize(times.len(), f64::MAX);
            column.iter_mut().zip(times).for_each(|(least, time)| *least = least.min(time));
        }
    }
    let mut out = String::from("GB/s of raw text, one core                                ");
    sets.iter().for_each(|set| out += &format!("{set:>10}"));
    for (name, at) in RATES.iter().zip(0..) {
        out += &format!("\n{name:<58}");
        columns.iter().for_each(|times| out += &format!("{:>10.2}", 1e-9 / times[at]));
    }
    out += "\n\ncycles per byte, English news in ASCII";
    let [ascii, simhash, hashed, words, shingles, cycle] = [0, 8, 9, 11, 12, 13];
    for (name, at, below) in [
        ("read by xxh3_64", hashed, None),
        ("words found and hashed", words, None),
        ("shingles hashed (on top)", shingles, Some(words)),
        ("128 slots signed (on top)", ascii, Some(shingles)),
        ("or 64 bits of SimHash (on top)", simhash, Some(shingles)),
    ] {
        out += &format!("\n{name:<58}");
        for times in &columns {
            let time = times[at] - below.map_or(0.0, |below| times[below]);
            out += &format!("{:>10.2}", time / times[cycle]);
        }
    }
    print(&(out + "\n"));
}

/// The sets of instructions that this machine has.
fn sets() -> Vec<&'static str> {
    let mut sets = vec!["portable"];
    #[cfg(target_arch = "x86_64")]
    {
        sets.extend(is_x86_feature_detected!("avx2").then_some("avx2"));
        sets.extend(is_x86_feature_detected!("avx512vbmi2").then_some("avx512"));
    }
    sets.extend(cfg!(target_arch = "aarch64").then_some("neon"));
    sets
}

fn print(text: &str) {
    std::io::stdout().write_all(text.as_bytes()).expect("the table can be printed");
}

/// The times that this program, run again, measures with one set of instructions.
fn of_set(set: &str, full: bool) -> Vec<f64> {
    let program = std::env::current_exe().expect("the program has a path");
    let mut command = Command::new(program);
    command.env(VARIABLE, set).arg("measure").args(full.then_some("--bench"));
    let output = command.output().expect("it runs again");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let lines = String::from_utf8(output.stdout).expect("numbers are ASCII");
    lines.lines().map(|line| line.parse().expect("a number per line")).collect()
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

/// Seconds per byte for each rate, then for single words and for shingles without signatures, and
/// seconds per cycle.
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
    let clock = Clock { least: Duration::from_millis(if full { 200 } else { 1 }) };
    let size = |texts: &[String]| texts.iter().map(String::len).sum::<usize>() as f64;
    let sketch = |sketcher: Sketcher, texts: &[String]| {
        let all =
            || settings::on_one_thread(|| drop(black_box(sketcher.sketch_all(black_box(texts)))));
        clock.least(all) / size(texts)
    };
    let mut times: Vec<f64> =
        kinds.iter().map(|texts| sketch(Sketcher::default(), texts)).collect();

    let shingler = |shingle| Shingler::new(shingle).expect("a length in range");
    times.push(sketch(Sketcher::new(shingler(Shingle::Letters(5)), MinHasher::default()), &ascii));

    let mut scratch = Scratch::default();
    let total = size(&ascii);
    let each = |work: &mut dyn FnMut(&str)| {
        clock.least(|| ascii.iter().for_each(|text| work(black_box(text)))) / total
    };
    let simhasher = SimHasher::new(64).expect("64 bits");
    let threes = shingler(Shingle::Words(3));
    times.push(each(&mut |text| _ = black_box(simhasher.hash(threes.read(text, &mut scratch)))));
    times.push(each(&mut |text| _ = black_box(xxhash_rust::xxh3::xxh3_64(text.as_bytes()))));
    let memory: Vec<u64> = (0..if full { 32 << 20 } else { 1000 }).collect();
    let read = clock.least(|| _ = black_box(memory.iter().fold(0u64, |sum, &word| sum ^ word)));
    times.push(read / size_of_val(&*memory) as f64);

    // Shingles of one word cost one more mix each; they stand for the words alone.
    let ones = shingler(Shingle::Words(1));
    times.push(each(&mut |text| _ = black_box(ones.read(text, &mut scratch))));
    times.push(each(&mut |text| _ = black_box(threes.read(text, &mut scratch))));
    times.push(clock.cycle());
    times
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

    /// Seconds per cycle, measured by dependent operations that take one each.
    fn cycle(&self) -> f64 {
        const STEPS: u32 = 1_000_000;
        let chain = || (0..STEPS).fold(1u64, |x, step| (x ^ u64::from(step)).rotate_left(7));
        self.least(|| _ = black_box(chain())) / (2.0 * f64::from(STEPS))
    }
}
