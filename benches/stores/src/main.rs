//! Embedded stores beside a plain append log, for the newest articles of an index: incompressible
//! records of 600 bytes, each with a key of 8 bytes, durable at every commit.
//!
//! Every store runs in fresh processes. One fills it, and starts a second that tries to read it
//! meanwhile; another reopens it and reads everything back. The best figure of several rounds
//! counts, because other programs can only make a run longer. Prints Markdown.

#[cfg(feature = "fjall")]
mod with_fjall;
#[cfg(feature = "log")]
mod with_log;
#[cfg(feature = "redb")]
mod with_redb;
#[cfg(feature = "sqlite")]
mod with_sqlite;

use std::error::Error;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

pub type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// A store to measure.
pub trait Store {
    /// Adds records; when it returns, they are on the disk.
    fn commit(&mut self, records: &[Record]) -> Result<()>;

    /// Passes every record to `each`.
    fn read(&self, each: &mut dyn FnMut(u64, &[u8])) -> Result<()>;
}

/// A key and its value.
pub type Record = (u64, Vec<u8>);

/// A kind of store.
struct Kind {
    name: &'static str,
    /// Opens the store in its own directory, and creates it if there is none.
    open: fn(&Path) -> Result<Box<dyn Store>>,
    /// Opens the store for reading, even if another process has it open for writing.
    open_to_read: fn(&Path) -> Result<Box<dyn Store>>,
}

const KINDS: &[Kind] = &[
    #[cfg(feature = "log")]
    Kind { name: "log", open: with_log::open, open_to_read: with_log::open_to_read },
    #[cfg(feature = "log")]
    Kind {
        name: "log, zeroed ahead",
        open: with_log::open_zeroed,
        open_to_read: with_log::open_to_read,
    },
    #[cfg(feature = "redb")]
    Kind { name: "redb", open: with_redb::open, open_to_read: with_redb::open_to_read },
    #[cfg(feature = "redb")]
    Kind {
        name: "redb, one writer and readers",
        open: with_redb::open_shared,
        open_to_read: with_redb::open_shared_to_read,
    },
    #[cfg(feature = "redb")]
    Kind {
        name: "redb, one writer and readers, cache of 8 MB",
        open: with_redb::open_small,
        open_to_read: with_redb::open_shared_to_read,
    },
    #[cfg(feature = "fjall")]
    Kind { name: "fjall", open: with_fjall::open, open_to_read: with_fjall::open },
    #[cfg(feature = "sqlite")]
    Kind { name: "SQLite", open: with_sqlite::open, open_to_read: with_sqlite::open_to_read },
];

const BYTES: usize = 600;

struct Options {
    directory: PathBuf,
    /// Records in commits of `together`.
    records: usize,
    together: usize,
    /// Records in commits of one.
    single: usize,
    /// Whether keys are in random order, instead of rising.
    scattered: bool,
    rounds: usize,
    /// The part of the work for a process that this program started, and the number of its store.
    part: Option<(Part, usize)>,
}

#[derive(Clone, Copy)]
enum Part {
    Fill,
    Read,
    /// Reads while the store is being written.
    Beside,
}

fn options() -> std::result::Result<Options, lexopt::Error> {
    use lexopt::prelude::*;
    let mut options = Options {
        directory: std::env::temp_dir(),
        records: 100_000,
        together: 1_000,
        single: 1_000,
        scattered: false,
        rounds: 5,
        part: None,
    };
    let mut arguments = lexopt::Parser::from_env();
    while let Some(argument) = arguments.next()? {
        match argument {
            Value(directory) => options.directory = directory.into(),
            Long("records") => options.records = arguments.value()?.parse()?,
            Long("together") => options.together = arguments.value()?.parse()?,
            Long("single") => options.single = arguments.value()?.parse()?,
            Long("scattered") => options.scattered = true,
            Long("rounds") => options.rounds = arguments.value()?.parse()?,
            Long("fill") => options.part = Some((Part::Fill, arguments.value()?.parse()?)),
            Long("read") => options.part = Some((Part::Read, arguments.value()?.parse()?)),
            Long("beside") => options.part = Some((Part::Beside, arguments.value()?.parse()?)),
            _ => return Err(argument.unexpected()),
        }
    }
    options.together = options.together.max(1);
    options.rounds = options.rounds.max(1);
    Ok(options)
}

fn main() -> Result<()> {
    let options = options()?;
    match options.part {
        None => compare(&options),
        Some((Part::Fill, kind)) => fill(&options, kind),
        Some((Part::Read, kind)) => read(&options, &KINDS[kind]),
        Some((Part::Beside, kind)) => beside(&options, &KINDS[kind]),
    }
}

fn compare(options: &Options) -> Result<()> {
    let order = if options.scattered { "scattered" } else { "rising" };
    println!(
        "{} records of {BYTES} random bytes under {order} keys of 8 bytes in commits of {}, then {} commits of one; \
         every commit is synced. The best of {} rounds.\n",
        options.records, options.together, options.single, options.rounds
    );
    println!(
        "| store | articles/s in commits of {} | commits of one a second | bytes written a record | bytes on disk a record, open | closed | \
         reopen and read all, ms | peak / resident MB, writing | reading | read by another process while open |",
        options.together
    );
    println!("|---|---:|---:|---:|---:|---:|---:|---:|---:|---|");
    // The stores take turns, so that a busy minute of the machine does not affect one store only.
    let mut best = [const { Figures::WORST }; KINDS.len()];
    for _ in 0..options.rounds {
        for (number, best) in best.iter_mut().enumerate() {
            let directory =
                options.directory.join(format!("newsprint-stores-{}", std::process::id()));
            fs::create_dir_all(&directory)?;
            let figures = round(options, &directory, number);
            // Also after a failure.
            fs::remove_dir_all(&directory)?;
            best.improve(&figures?);
        }
    }
    for (kind, best) in KINDS.iter().zip(best) {
        println!(
            "| {} | {:.0} | {:.0} | {:.0} | {:.0} | {:.0} | {:.0} | {:.1} / {:.1} | {:.1} / {:.1} | {} |",
            kind.name,
            best.many,
            best.single,
            best.written,
            best.open,
            best.closed,
            best.reading * 1e3,
            best.writer.0 as f64 / 1e3,
            best.writer.1 as f64 / 1e3,
            best.reader.0 as f64 / 1e3,
            best.reader.1 as f64 / 1e3,
            if best.beside { "yes" } else { "no" }
        );
    }
    Ok(())
}

struct Figures {
    /// Records a second.
    many: f64,
    single: f64,
    /// Bytes a record that the process passed to the system, its journals and rewritten pages among
    /// them.
    written: f64,
    /// Bytes on disk a record, before the store is closed and after.
    open: f64,
    closed: f64,
    /// Seconds.
    reading: f64,
    /// The most memory and the last, in KB.
    writer: (u64, u64),
    reader: (u64, u64),
    beside: bool,
}

impl Figures {
    const WORST: Self = Figures {
        many: 0.0,
        single: 0.0,
        written: f64::INFINITY,
        open: f64::INFINITY,
        closed: f64::INFINITY,
        reading: f64::INFINITY,
        writer: (u64::MAX, u64::MAX),
        reader: (u64::MAX, u64::MAX),
        beside: true,
    };

    fn improve(&mut self, other: &Self) {
        *self = Figures {
            many: self.many.max(other.many),
            single: self.single.max(other.single),
            written: self.written.min(other.written),
            open: self.open.min(other.open),
            closed: self.closed.min(other.closed),
            reading: self.reading.min(other.reading),
            writer: self.writer.min(other.writer),
            reader: self.reader.min(other.reader),
            beside: self.beside && other.beside,
        };
    }
}

fn round(options: &Options, directory: &Path, number: usize) -> Result<Figures> {
    let written = run(options, directory, "--fill", number)?;
    let closed = on_disk(directory)? as f64 / (options.records + options.single) as f64;
    let read = run(options, directory, "--read", number)?;
    Ok(Figures {
        many: written[0],
        single: written[1],
        written: written[6],
        open: written[2],
        closed,
        reading: read[0],
        writer: (written[3] as u64, written[4] as u64),
        reader: (read[1] as u64, read[2] as u64),
        beside: written[5] > 0.0,
    })
}

/// Starts this program for a part and gives the numbers that it prints.
fn run(options: &Options, directory: &Path, part: &str, number: usize) -> Result<Vec<f64>> {
    let mut command = Command::new(std::env::current_exe()?);
    command.arg(directory).arg(part).arg(number.to_string());
    for (name, value) in [
        ("--records", options.records),
        ("--together", options.together),
        ("--single", options.single),
    ] {
        command.arg(name).arg(value.to_string());
    }
    if options.scattered {
        command.arg("--scattered");
    }
    let output = command.stderr(std::process::Stdio::inherit()).output()?;
    if !output.status.success() {
        return Err(format!("{part} of {} failed", KINDS[number].name).into());
    }
    Ok(String::from_utf8(output.stdout)?
        .split_whitespace()
        .map(str::parse)
        .collect::<std::result::Result<_, _>>()?)
}

fn fill(options: &Options, number: usize) -> Result<()> {
    let mut store = (KINDS[number].open)(&options.directory)?;
    let mut random = Random(1);
    let many = commits(&mut *store, options, 0, options.records, options.together, &mut random)?;
    let single = commits(&mut *store, options, options.records, options.single, 1, &mut random)?;
    let records = options.records + options.single;
    let open = on_disk(&options.directory)? as f64 / records as f64;
    let (most, now) = memory()?;
    // A store that cannot be shared says so by an error.
    let beside = run(options, &options.directory, "--beside", number)?[0];
    drop(store);
    let written = written()? as f64 / records as f64;
    println!("{many} {single} {open} {most} {now} {beside} {written}");
    Ok(())
}

/// Adds records from `first` on, and returns how many were committed per second. Making them is not
/// timed.
fn commits(
    store: &mut dyn Store,
    options: &Options,
    first: usize,
    records: usize,
    together: usize,
    random: &mut Random,
) -> Result<f64> {
    let mut seconds = 0.0;
    for start in (first..first + records).step_by(together) {
        let end = (start + together).min(first + records);
        let batch: Vec<Record> = (start..end).map(|i| (key(options, i), random.bytes())).collect();
        let clock = Instant::now();
        store.commit(&batch)?;
        seconds += clock.elapsed().as_secs_f64();
    }
    Ok(records as f64 / seconds)
}

fn read(options: &Options, kind: &Kind) -> Result<()> {
    let clock = Instant::now();
    let store = (kind.open)(&options.directory)?;
    let found = digest(&*store)?;
    let seconds = clock.elapsed().as_secs_f64();
    let (most, now) = memory()?;
    if found != expected(options) {
        return Err(format!("{} gave back something else", kind.name).into());
    }
    println!("{seconds} {most} {now}");
    Ok(())
}

/// Prints 1 if everything can be read while another process has the store open, or else 0.
fn beside(options: &Options, kind: &Kind) -> Result<()> {
    let all = match (kind.open_to_read)(&options.directory).and_then(|store| digest(&*store)) {
        Ok(found) => found == expected(options),
        Err(_) => false,
    };
    println!("{}", u8::from(all));
    Ok(())
}

/// The number of records, and a sum over all their bytes that does not depend on their order.
fn digest(store: &dyn Store) -> Result<(usize, u64)> {
    let mut all = (0, 0);
    store.read(&mut |key, bytes| add(&mut all, key, bytes))?;
    Ok(all)
}

fn expected(options: &Options) -> (usize, u64) {
    let mut random = Random(1);
    let mut all = (0, 0);
    for i in 0..options.records + options.single {
        add(&mut all, key(options, i), &random.bytes());
    }
    all
}

fn add(all: &mut (usize, u64), key: u64, bytes: &[u8]) {
    let words =
        bytes.chunks_exact(8).map(|word| u64::from_le_bytes(word.try_into().expect("eight bytes")));
    let sum = words.fold(key, |sum, word| sum.rotate_left(1).wrapping_add(word));
    *all = (all.0 + 1, all.1.wrapping_add(sum));
}

fn key(options: &Options, i: usize) -> u64 {
    if options.scattered { Random(i as u64).next() } else { i as u64 }
}

/// SplitMix64.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let x = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        x ^ (x >> 31)
    }

    fn bytes(&mut self) -> Vec<u8> {
        (0..BYTES / 8).flat_map(|_| self.next().to_le_bytes()).collect()
    }
}

/// The bytes that the file system has allocated for a directory's files, which may differ from
/// their lengths.
fn on_disk(directory: &Path) -> Result<u64> {
    let mut bytes = 0;
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        let of_file = entry.metadata()?;
        bytes += if of_file.is_dir() { on_disk(&entry.path())? } else { of_file.blocks() * 512 };
    }
    Ok(bytes)
}

/// The bytes that this process passed to `write` and similar calls.
fn written() -> Result<u64> {
    let counts = fs::read_to_string("/proc/self/io")?;
    let line = counts.lines().find_map(|line| line.strip_prefix("wchar: "));
    Ok(line.ok_or("no wchar")?.parse()?)
}

/// The peak and the current resident memory of this process, in KB.
fn memory() -> Result<(u64, u64)> {
    let status = fs::read_to_string("/proc/self/status")?;
    let field = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        line.split_whitespace().next()?.parse().ok()
    };
    Ok((field("VmHWM:").ok_or("no VmHWM")?, field("VmRSS:").ok_or("no VmRSS")?))
}
