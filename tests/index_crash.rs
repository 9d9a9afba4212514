//! Kills a process that writes, again and again, and checks what it leaves: everything that it
//! reported as committed, and nothing in part.
//!
//! The program runs itself as the writer. Transaction `t` is a function of `t` alone, so both know
//! what is there after it: a few articles of a small set of ids are inserted or removed, and one
//! article records how far the writer has come.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;
use std::{env, fs, thread};

use newsprint::{Article, Config, Index, Snapshot};

/// How often the writer is killed.
const KILLS: u64 = 300;
/// The number of ids.
const IDS: u64 = 60;
/// The variable that tells the writer where to write.
const PLACE: &str = "NEWSPRINT_TEST_WRITES_TO";
/// The id of the article that records how far the writer has come.
const MARK: &str = "mark";

fn main() {
    match env::var_os(PLACE) {
        Some(path) => write(Path::new(&path)),
        None => kill_writers(),
    }
}

/// SplitMix64.
fn mix(seed: u64) -> u64 {
    let mut x = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
    x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ (x >> 31)
}

/// The text of an id, unlike all others.
fn text(id: &str) -> String {
    let seed = id.bytes().fold(0, |seed, byte| mix(seed ^ u64::from(byte)));
    (0..40).map(|at| format!("w{:x} ", mix(seed ^ at) % 10_000)).collect()
}

/// What transaction `t` does: some ids, and whether each is inserted or removed.
fn changes(t: u64) -> Vec<(String, bool)> {
    let change = |i| {
        let bits = mix(t << 8 | i);
        (format!("id-{}", bits % IDS), bits >> 32 & 3 != 0)
    };
    (0..1 + mix(t) % 5).map(change).chain([(MARK.to_owned(), true)]).collect()
}

/// Performs transaction `t`. The source of what is inserted is the number of the transaction.
fn transact(index: &mut Index, t: u64) -> Result<(), newsprint::Error> {
    let source = t.to_string();
    for (id, put) in changes(t) {
        let text = text(&id);
        match put {
            true => index.upsert(&Article::new(&text).id(&id).source(source.as_str()))?,
            false => index.remove(&id)?,
        };
    }
    match t % 23 {
        0 => index.merge(),
        _ => index.commit(),
    }
}

/// The transaction that an article is of.
fn version(snapshot: &Snapshot, id: &str) -> Option<u64> {
    let answer = snapshot.query(text(id).as_str()).expect("reads");
    let found = answer.matches.iter().find(|found| found.id == id)?;
    Some(found.source.as_ref().expect("has one").parse().expect("is a number"))
}

/// The writer: continues the index until it is killed.
fn write(path: &Path) {
    let mut index = Index::open(path).expect("opens");
    let mut t = version(&index.snapshot(), MARK).unwrap_or_default();
    let mut out = std::io::stdout();
    loop {
        t += 1;
        transact(&mut index, t).expect("commits");
        writeln!(out, "{t}").and_then(|()| out.flush()).expect("somebody listens");
    }
}

/// A directory that is removed when this is dropped.
struct Temporary(PathBuf);

impl Drop for Temporary {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn kill_writers() {
    let directory =
        Temporary(env::temp_dir().join(format!("newsprint-crash-{}", std::process::id())));
    let path = &directory.0;
    Index::create(path, &Config::default()).expect("creates").close().expect("closes");
    let (mut expected, mut done) = (BTreeMap::new(), 0);
    let (mut acknowledged, mut unsaid) = (0, 0);
    for kill in 0..KILLS {
        let mut writer = Command::new(env::current_exe().expect("runs"))
            .env(PLACE, path)
            .stdout(Stdio::piped())
            .spawn()
            .expect("starts");
        let mut out = BufReader::new(writer.stdout.take().expect("is read"));
        let mut said = String::new();
        // Every other writer has committed something, however slow the disk is.
        if kill % 2 == 1 {
            out.read_line(&mut said).expect("is text");
        }
        thread::sleep(Duration::from_micros(1_000 + mix(kill) % 14_000));
        writer.kill().expect("is there");
        out.read_to_string(&mut said).expect("is text");
        let status = writer.wait().expect("ends");
        assert!(status.code().is_none(), "the writer ended by itself: {status}");
        // An incomplete line reports nothing.
        let whole = &said[..said.rfind('\n').map_or(0, |end| end + 1)];
        let said: u64 =
            whole.lines().last().map_or(done, |last| last.parse().expect("is a number"));

        assert_eq!(Index::verify(path).expect("verifies"), [], "after kill {kill}");
        let snapshot = Snapshot::open(path).expect("opens");
        let found = version(&snapshot, MARK).unwrap_or_default();
        assert!(
            (said..=said + 1).contains(&found),
            "kill {kill}: {said} was said, {found} is there"
        );
        (acknowledged, unsaid) = (acknowledged + said - done, unsaid + found - said);
        for t in done + 1..=found {
            for (id, put) in changes(t) {
                if put {
                    expected.insert(id, t)
                } else {
                    expected.remove(&id)
                };
            }
        }
        done = found;
        assert_eq!(snapshot.len(), expected.len() as u64);
        for id in (0..IDS).map(|id| format!("id-{id}")) {
            assert_eq!(version(&snapshot, &id), expected.get(&id).copied(), "kill {kill}, {id}");
            assert_eq!(snapshot.contains(&id), Ok(expected.contains_key(&id)));
        }
        // Now and then this process writes in between.
        if kill.is_multiple_of(10) {
            let mut index = Index::open(path).expect("nobody writes");
            done += 1;
            transact(&mut index, done).expect("commits");
            for (id, put) in changes(done) {
                if put {
                    expected.insert(id, done)
                } else {
                    expected.remove(&id)
                };
            }
        }
    }
    assert!(acknowledged > KILLS / 2, "the writers came no further than {acknowledged}");
    writeln!(
        std::io::stdout(),
        "{KILLS} writers killed, {acknowledged} commits said, {unsaid} more were there"
    )
    .expect("somebody listens");
}
