//! Reads folders of articles and their labels.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::Path;

use newsprint::{Article, AsArticle, Date};
use serde_json::Value;

/// An article of a folder.
pub(crate) struct Doc {
    pub(crate) id: String,
    pub(crate) text: String,
    /// A number that is unique among all folders; ids may not be.
    pub(crate) number: usize,
    date: Option<Date>,
    source: Option<String>,
}

impl AsArticle for Doc {
    fn as_article(&self) -> Article<'_> {
        let source = self.source.as_deref();
        Article::new(&self.text).id(&self.id).date(self.date).source(source)
    }
}

/// A folder: its articles and its tables of labels.
pub(crate) struct Folder {
    pub(crate) name: String,
    pub(crate) docs: Vec<Doc>,
    pub(crate) tables: Vec<LabelTable>,
}

/// A file of labels.
pub(crate) struct LabelTable {
    /// The file's name without its ending.
    pub(crate) name: String,
    pub(crate) kind: LabelKind,
    pub(crate) rows: Vec<LabelRow>,
}

/// A labelled pair of articles. In a table of clusters both are the same article.
pub(crate) struct LabelRow {
    pub(crate) left: String,
    pub(crate) right: String,
    pub(crate) label: String,
    /// The number of the row, if its kind has one.
    pub(crate) figure: f64,
}

/// What the labels of a table mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LabelKind {
    /// How two articles relate.
    Relations,
    /// How far an answer was copied from its source.
    Grades,
    /// How far a version was rewritten from its source.
    Levels,
    /// Whether two articles report one event.
    Stories,
    /// The distance of two articles, from 1 (same) to 4 (different).
    Similarity,
    /// Some of the copies.
    Copies,
    /// All copies.
    Pairs,
    /// Groups of articles.
    Clusters,
    /// All pairs above some Jaccard similarity, with their similarities.
    Exact,
}

/// The labels of relations, the closest first. Those from [`FIRST_NOT_REUSE`] on are no reuse.
pub(crate) const RELATIONS: [&str; 12] = [
    "identical",
    "copy",
    "excerpt",
    "revised",
    "rewrite",
    "background",
    "series",
    "same-story",
    "related",
    "unrelated",
    "different",
    "junk",
];
pub(crate) const FIRST_NOT_REUSE: usize = 5;
pub(crate) const GRADES: [&str; 4] = ["cut", "light", "heavy", "non"];
pub(crate) const LEVELS: [&str; 4] = ["L1", "L2", "L3", "L4"];
pub(crate) const STORIES: [&str; 2] = ["same-story", "different"];

impl LabelKind {
    /// Reads the label and the number of a row, or returns an error that says what is expected.
    fn read(self, columns: &[&str]) -> Result<(String, f64), String> {
        let third = columns.get(2).copied().unwrap_or_default();
        let one_of = |labels: &[&str]| match labels.contains(&third) {
            true => Ok((third.to_owned(), f64::NAN)),
            false => Err(format!("{third:?} is none of {}", labels.join(", "))),
        };
        let number = |column: usize, least: f64, most: f64| {
            let given = columns.get(column).copied().unwrap_or_default();
            let number = given.parse().ok().filter(|number| (least..=most).contains(number));
            number.ok_or_else(|| format!("{given:?} is no number from {least} to {most}"))
        };
        match self {
            LabelKind::Relations => one_of(&RELATIONS),
            LabelKind::Grades => one_of(&GRADES),
            LabelKind::Levels => one_of(&LEVELS),
            LabelKind::Stories => one_of(&STORIES),
            LabelKind::Similarity => Ok((String::new(), number(2, 1.0, 4.0)?)),
            LabelKind::Copies => Ok((one_of(&["copy"])?.0, number(3, 0.0, 1.0)?)),
            LabelKind::Exact => Ok((String::new(), number(2, 0.0, 1.0)?)),
            LabelKind::Pairs => Ok((third.to_owned(), f64::NAN)),
            LabelKind::Clusters => Ok((columns[1].to_owned(), f64::NAN)),
        }
    }

    /// The kind of a table of pairs: the first that fits at least half of the rows, so that one
    /// wrong row is an error and does not change the kind.
    fn of_pairs(rows: &[Vec<&str>]) -> LabelKind {
        let kinds = [
            LabelKind::Grades,
            LabelKind::Levels,
            LabelKind::Stories,
            LabelKind::Similarity,
            LabelKind::Copies,
            LabelKind::Relations,
        ];
        let fitting =
            |kind: &LabelKind| rows.iter().filter(|columns| kind.read(columns).is_ok()).count();
        let filled = rows.iter().filter(|columns| columns[..] != [""]).count();
        let fits = |kind: &LabelKind| 2 * fitting(kind) >= filled && filled > 0;
        kinds.into_iter().find(fits).unwrap_or(LabelKind::Pairs)
    }
}

impl Folder {
    /// Reads a folder and numbers its articles from `first`. Errors name the file and line.
    pub(crate) fn read(path: &Path, first: usize) -> Result<Self, String> {
        let name =
            fs::canonicalize(path).map_err(|error| format!("{}: {error}", path.display()))?;
        let name = name.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let docs = read_docs(&path.join("docs.jsonl"), first)?;
        let entries = fs::read_dir(path).map_err(|error| format!("{}: {error}", path.display()))?;
        let mut files: Vec<String> = entries
            .flatten()
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .collect();
        files.sort_unstable();
        let tables = files.iter().filter_map(|file| {
            let name = file.strip_suffix(".tsv")?;
            let kind = match name {
                "relations" => Some(LabelKind::Relations),
                "clusters" => Some(LabelKind::Clusters),
                "pairs" => None,
                _ if name.starts_with("exact_") => Some(LabelKind::Exact),
                _ => return None,
            };
            Some(LabelTable::read(&path.join(file), name, kind))
        });
        Ok(Folder { name, docs, tables: tables.collect::<Result<_, _>>()? })
    }

    /// Whether an article is in this folder.
    pub(crate) fn has(&self, doc: &Doc) -> bool {
        self.docs.first().is_some_and(|first| {
            (0..self.docs.len()).contains(&doc.number.wrapping_sub(first.number))
        })
    }
}

fn read(file: &Path) -> Result<String, String> {
    fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))
}

/// The lines of a file of articles, or of its compressed form beside it.
fn read_lines(file: &Path) -> Result<String, String> {
    let packed = file.with_extension("jsonl.zst");
    if file.exists() || !packed.exists() {
        return read(file);
    }
    let fail = |error: std::io::Error| format!("{}: {error}", packed.display());
    let bytes = zstd::decode_all(fs::File::open(&packed).map_err(fail)?).map_err(fail)?;
    String::from_utf8(bytes).map_err(|error| format!("{}: {error}", packed.display()))
}

fn read_docs(file: &Path, first: usize) -> Result<Vec<Doc>, String> {
    let (mut docs, mut lines) = (Vec::new(), HashMap::new());
    for (number, line) in (1..).zip(read_lines(file)?.lines()) {
        let fail = |error: &str| format!("{}:{number}: {error}", file.display());
        if line.trim().is_empty() {
            continue;
        }
        let value: Value =
            serde_json::from_str(line).map_err(|error| fail(&format!("not JSON: {error}")))?;
        let field = |name: &str| match &value[name] {
            Value::String(text) => Ok(text.clone()),
            _ => Err(fail(&format!("no field {name:?} with a string"))),
        };
        let (id, text) = (field("id")?, field("text")?);
        // As in `dedup`.
        let title = value["title"].as_str().unwrap_or_default();
        let text = Article::titled(title, &text).into_owned();
        if let Some(taken) = lines.insert(id.clone(), number) {
            return Err(fail(&format!("id {id:?} is taken by line {taken}")));
        }
        let date = value["date"].as_str().and_then(|date| date.parse().ok());
        let source = value["source"].as_str().map(str::to_owned);
        docs.push(Doc { id, text, number: first + docs.len(), date, source });
    }
    Ok(docs)
}

impl LabelTable {
    /// Reads a table of the given kind, or finds the kind of a table of pairs.
    fn read(file: &Path, name: &str, kind: Option<LabelKind>) -> Result<Self, String> {
        let text = read(file)?;
        let lines: Vec<Vec<&str>> = text.lines().map(|line| line.split('\t').collect()).collect();
        let kind = kind.unwrap_or_else(|| LabelKind::of_pairs(&lines));
        let mut labelled = HashSet::new();
        let mut rows = Vec::with_capacity(lines.len());
        for (number, columns) in (1..).zip(&lines).filter(|(_, columns)| columns[..] != [""]) {
            let fail = |error: &str| format!("{}:{number}: {error}", file.display());
            if columns.len() < 2 || columns[..2].contains(&"") {
                return Err(fail("two columns at least are needed, separated by a tab"));
            }
            let (label, figure) = kind.read(columns).map_err(|error| fail(&error))?;
            let (left, right) = match kind {
                LabelKind::Clusters if !labelled.insert(columns[0]) => {
                    return Err(fail(&format!("{:?} is labelled twice", columns[0])));
                }
                LabelKind::Clusters => (columns[0], columns[0]),
                _ if columns[0] == columns[1] => return Err(fail("an article paired with itself")),
                _ => (columns[0], columns[1]),
            };
            rows.push(LabelRow { left: left.to_owned(), right: right.to_owned(), label, figure });
        }
        Ok(LabelTable { name: name.to_owned(), kind, rows })
    }
}

/// The articles of all folders by id.
pub(crate) struct Library<'a> {
    docs: HashMap<&'a str, Vec<(&'a str, &'a Doc)>>,
}

impl<'a> Library<'a> {
    pub(crate) fn of(folders: &'a [Folder]) -> Self {
        let mut docs: HashMap<&str, Vec<_>> = HashMap::new();
        for folder in folders {
            for doc in &folder.docs {
                docs.entry(&doc.id).or_default().push((folder.name.as_str(), doc));
            }
        }
        Library { docs }
    }

    /// The article of this id in the folder, or else in the first that has it.
    pub(crate) fn find(&self, folder: &str, id: &str) -> Option<&'a Doc> {
        let named = self.docs.get(id)?;
        named.iter().find(|(name, _)| *name == folder).or(named.first()).map(|(_, doc)| *doc)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rows_decide_the_kind_even_if_one_is_wrong() {
        let kind = |rows: &[&str]| {
            let rows: Vec<Vec<&str>> = rows.iter().map(|row| row.split(' ').collect()).collect();
            LabelKind::of_pairs(&rows)
        };
        assert_eq!(kind(&["a b hevay", "c d non"]), LabelKind::Grades);
        assert_eq!(kind(&["a b L5", "c d L1"]), LabelKind::Levels);
        assert_eq!(kind(&["a b different en"]), LabelKind::Stories);
        assert_eq!(kind(&["a b 5", "a c 1.5"]), LabelKind::Similarity);
        assert_eq!(kind(&["a b copy 0.3"]), LabelKind::Copies);
        assert_eq!(kind(&["a b dup copy"]), LabelKind::Pairs);
        assert_eq!(kind(&["a b"]), LabelKind::Pairs);
    }
}
