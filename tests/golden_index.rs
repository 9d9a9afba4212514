//! Known answers of the files of an index: format 2, in `golden/index-2`.
//!
//! Indexes are kept for years, so a version must read what an earlier one wrote, and give the same
//! answers from it. The tests check two things of each index: made again by the same calls it has
//! the same bytes, so that whoever changes the format notices; and the stored files, opened as they
//! are, give the stored answers. `answers.txt` was checked by eye.
//!
//! A new format gets a directory of its own. Then the first test is dropped for the old one, and
//! the second stays for ever. The compressed texts are the one part that another version of a
//! dependency may write differently without breaking anything.
//!
//! To rewrite the files: `NEWSPRINT_WRITE_GOLDEN=1 cargo test --test golden_index`.
#![cfg(feature = "index")]

mod support;

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::{Path, PathBuf};

use newsprint::{
    Answer, Article, Config, Date, Error, Index, IndexOptions, Match, Preset, Query, Snapshot,
};
use support::Random;

/// The indexes: their directory, their preset, and whether they keep the texts.
const INDEXES: [(&str, Preset, bool); 2] =
    [("wire", Preset::Wire, true), ("story", Preset::Story, false)];

fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/index-2")
}

struct Made {
    id: String,
    text: String,
    date: Option<Date>,
    source: Option<String>,
}

impl Made {
    fn article(&self) -> Article<'_> {
        Article::new(&self.text).id(&self.id).date(self.date).source(self.source.as_deref())
    }
}

/// The article without words.
const EMPTY: usize = 12;
/// The article that is removed, and the one that is replaced.
const REMOVED: usize = 9;
const REPLACED: usize = 18;

/// Articles of 60 to 140 words. Of every eight, one is a near copy, one is an exact duplicate, and
/// one begins as another does.
fn articles() -> Vec<Made> {
    let mut random = Random(2018);
    let mut texts: Vec<Vec<String>> = Vec::new();
    for n in 0..42 {
        let words = match n % 8 {
            _ if n == EMPTY => Vec::new(),
            3 => random.edited(&texts[n - 3].clone(), 30),
            5 => texts[n - 5].clone(),
            7 => [&texts[n - 7][..50], &random.words(40)].concat(),
            _ => {
                let length = 60 + random.below(81);
                random.words(length)
            }
        };
        texts.push(words);
    }
    let made = |(n, words): (usize, Vec<String>)| Made {
        id: format!("a-{n:02}"),
        text: words.join(" "),
        // 2018-07-01 and every six hours after.
        date: (n % 11 != 10).then(|| Date::from_unix_seconds(1_530_403_200 + 21_600 * n as i64)),
        source: (n % 7 != 6).then(|| ["AP", "Reuters", "AFP", "dpa", "Kyodo"][n % 5].to_owned()),
    };
    texts.into_iter().enumerate().map(made).collect()
}

/// The replacement for the article that is replaced: its first words, and others.
fn replacement(articles: &[Made]) -> Made {
    let before: Vec<&str> = articles[REPLACED].text.split(' ').take(40).collect();
    let mut after = Random(18).words(40);
    after.insert(0, before.join(" "));
    let Made { id, date, source, .. } = &articles[REPLACED];
    Made { id: id.clone(), text: after.join(" "), date: *date, source: source.clone() }
}

/// The texts that are in the index at the end, by id.
fn texts(articles: &[Made]) -> HashMap<String, String> {
    let mut texts: HashMap<String, String> =
        articles.iter().map(|article| (article.id.clone(), article.text.clone())).collect();
    texts.remove(&articles[REMOVED].id);
    texts.insert(articles[REPLACED].id.clone(), replacement(articles).text);
    texts
}

/// Makes an index with a merged segment, tombstones, and a log of three commits.
fn make(path: &Path, preset: Preset, keep_texts: bool) -> Result<(), Error> {
    let articles = articles();
    let known = texts(&articles);
    let text_of = |id: &str, text: &mut String| match known.get(id) {
        Some(known) => {
            text.push_str(known);
            true
        }
        None => false,
    };
    let config = Config::builder().preset(preset).build()?;
    let mut index = IndexOptions::new(&config).keep_texts(keep_texts).id(0x601d).create(path)?;
    for article in &articles[..16] {
        index.insert(&article.article())?;
    }
    index.merge()?;
    for article in &articles[16..24] {
        index.insert(&article.article())?;
    }
    index.commit()?;
    for article in &articles[24..32] {
        index.ingest_with(&article.article(), text_of)?;
    }
    // Two segments become one.
    index.merge()?;
    index.close()?;

    // The first commit of another process writes tombstones.
    let mut index = Index::open(path)?;
    assert!(index.remove(&articles[REMOVED].id)?);
    assert!(index.upsert(&replacement(&articles).article())?);
    index.commit()?;
    for article in &articles[32..40] {
        index.ingest_with(&article.article(), text_of)?;
    }
    index.commit()?;
    // One more article of the segment is removed, and one of the log, which is inserted again
    // without a date.
    assert!(index.remove(&articles[1].id)?);
    assert!(index.remove(&articles[38].id)?);
    index.insert(&articles[38].article().date(None))?;
    for article in &articles[40..] {
        index.insert(&article.article())?;
    }
    index.close()
}

/// The files of an index, by name.
fn files(path: &Path) -> BTreeMap<String, Vec<u8>> {
    let file = |entry: std::io::Result<fs::DirEntry>| {
        let entry = entry.expect("a file");
        let bytes = fs::read(entry.path()).expect("a file that can be read");
        (entry.file_name().into_string().expect("a name in ASCII"), bytes)
    };
    let mut files: BTreeMap<_, _> = fs::read_dir(path).expect("a directory").map(file).collect();
    // The lock is not part of the format.
    files.remove("lock");
    files
}

/// A directory that is removed with the test.
struct Temporary(PathBuf);

impl Temporary {
    fn new(name: &str) -> Self {
        let path =
            std::env::temp_dir().join(format!("newsprint-golden-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        Temporary(path)
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// The answers of an index, with texts and without.
fn answers(name: &str, index: &Snapshot) -> String {
    let articles = articles();
    let known = texts(&articles);
    let replaced = replacement(&articles).text;
    let mut random = Random(7);
    let words: Vec<String> = articles[0].text.split(' ').map(str::to_owned).collect();
    let edited = random.edited(&words, 25).join(" ");
    let unlike = random.words(100).join(" ");
    let begun = [&articles[24].text[..200], &random.words(30).join(" ")].concat();
    // Only its rare words show where it is from.
    let backwards = words.iter().rev().map(String::as_str).collect::<Vec<_>>().join(" ");
    let midnight = Date::from_unix_seconds(1_530_835_200);
    let query = |n: usize| Query::from(articles[n].article());
    let queries = [
        ("an edited copy of a-00", Query::from(&edited)),
        ("the same, top 1", Query::from(&edited).top(1)),
        ("a-16 itself", query(16)),
        ("a-16 itself, since the 6th of July", query(16).since(midnight)),
        ("a-16 itself, until the 6th of July", query(16).until(midnight)),
        ("a text that begins as a-24", Query::from(&begun)),
        ("a-35, in the log", query(35)),
        ("a-09, removed from the segment", query(REMOVED)),
        ("a-18 as it was", query(REPLACED)),
        ("a-18 as it is", Query::from(&replaced)),
        ("a-38, which came again", Query::from(&articles[38].text)),
        ("the words of a-00 from the last to the first", Query::from(&backwards)),
        ("a text like none", Query::from(&unlike)),
        ("the text without words", query(EMPTY)),
    ];
    let mut out = format!("{name}: {:?}\n", index.stats());
    for (name, query) in queries {
        out += &format!("{name}: ");
        tell(&index.query(query).expect("whole files"), &mut out);
        if !index.keeps_texts() {
            out += "  with texts: ";
            let answer = index.query_with(query, |id, text| {
                text.push_str(&known[id]);
                true
            });
            tell(&answer.expect("whole files"), &mut out);
        }
    }
    out
}

fn tell(answer: &Answer, out: &mut String) {
    // The stored answers have the name that the type had when they were written.
    let provenance = format!("{:?}", answer.provenance).replace("Provenance {", "Reach {");
    *out += &format!("cluster {:?}, {provenance}\n", answer.cluster);
    for found in &answer.matches {
        let Match { id, date, source, estimate, verified, .. } = found;
        let date = date.map_or_else(|| "no date".to_owned(), |date| date.to_string());
        let source = source.as_deref().unwrap_or("no source");
        *out += &format!("    {id} {date} {source}, estimate {:.4}", estimate.jaccard);
        if let Some(by) = verified {
            let (relation, kind, overlap) = (by.relation, by.kind, by.overlap);
            *out += &format!(", {relation} {:.3}, {kind:?} {:.3}", by.confidence, by.score);
            *out += &format!(", {} of {} and {}", overlap.shared, overlap.left, overlap.right);
        }
        out.push('\n');
    }
}

/// Rewrites the stored files, if the environment asks for it.
fn rewrite() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        if std::env::var_os("NEWSPRINT_WRITE_GOLDEN").is_none() {
            return;
        }
        let _ = fs::remove_dir_all(golden());
        let mut told = String::new();
        for (name, preset, keep_texts) in INDEXES {
            let path = golden().join(name);
            make(&path, preset, keep_texts).expect("a place to write");
            fs::remove_file(path.join("lock")).expect("the lock");
            told += &answers(name, &Snapshot::open(&path).expect("an index"));
        }
        fs::write(golden().join("answers.txt"), told).expect("a place to write");
    });
}

#[test]
fn the_same_calls_give_the_same_bytes() {
    rewrite();
    for (name, preset, keep_texts) in INDEXES {
        // There LZ4 finds other matches, which are as good; the stored files are read the same.
        if keep_texts && cfg!(target_endian = "big") {
            continue;
        }
        let path = Temporary::new(&format!("made-{name}"));
        make(&path.0, preset, keep_texts).unwrap();
        let (made, stored) = (files(&path.0), files(&golden().join(name)));
        assert!(
            made.keys().eq(stored.keys()),
            "{name}: {:?}, not {:?}",
            made.keys(),
            stored.keys()
        );
        let kinds = ["manifest", "segment", "removed", "log"];
        assert!(
            kinds.iter().all(|kind| made.keys().any(|file| file.starts_with(kind))),
            "{name}: {made:?}"
        );
        for (file, bytes) in &made {
            let stored = &stored[file];
            let at = bytes.iter().zip(stored).position(|(a, b)| a != b);
            assert!(bytes == stored, "{name}/{file}: {} bytes, differs at {at:?}", bytes.len());
        }
    }
}

#[test]
fn stored_files_answer() {
    rewrite();
    let mut got = String::new();
    for (name, ..) in INDEXES {
        let path = golden().join(name);
        assert_eq!(Index::verify(&path).unwrap(), [], "{name}");
        got += &answers(name, &Snapshot::open(&path).unwrap());
    }
    let stored = fs::read_to_string(golden().join("answers.txt")).unwrap();
    assert!(got == stored, "the known answers changed; got\n{got}");
}

#[test]
fn stored_files_are_continued() {
    rewrite();
    for (name, ..) in INDEXES {
        let path = Temporary::new(&format!("continued-{name}"));
        fs::create_dir_all(&path.0).unwrap();
        for (file, bytes) in files(&golden().join(name)) {
            fs::write(path.0.join(file), bytes).unwrap();
        }
        let articles = articles();
        let of_story = |index: &Index| {
            let answer = index.latest().query(&articles[16].text).unwrap();
            answer.matches.into_iter().map(|found| found.id).collect::<Vec<_>>()
        };
        let mut index = Index::open(&path.0).unwrap();
        let mut ids = of_story(&index);
        index.insert(&articles[16].article().id("new")).unwrap();
        index.merge().unwrap();
        index.close().unwrap();

        assert_eq!(Index::verify(&path.0).unwrap(), [], "{name}");
        let mut found = of_story(&Index::open(&path.0).unwrap());
        // The same articles, and the new one among its exact duplicates.
        ids.push("new".to_owned());
        ids.sort();
        found.sort();
        assert_eq!(found, ids, "{name}");
    }
}
