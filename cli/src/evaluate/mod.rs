//! `newsprint evaluate`: measures the detector against labelled collections.
//!
//! A DIR holds `docs.jsonl`, an object with `id` and `text` (and perhaps `date`) a line, and any of these
//! tables, tab separated:
//!
//! | file | columns | what is measured |
//! |---|---|---|
//! | `relations.tsv` | id, id, relation | the relations told, and what `find_pairs` reports |
//! | `pairs.tsv` | answer, source, `cut` `light` `heavy` `non` | how well the comparison tells the grade |
//! | | version, source, `L1` to `L4` | relations by level of rewriting |
//! | | id, id, `same-story` or `different` | the story score; the baseline |
//! | | id, id, 1 (same) to 4 (different) | its correlation with the grade |
//! | | id, id, `copy`, similarity | recall of `find_pairs`, of a list of some copies |
//! | | id, id | recall and precision of `find_pairs`, of a list of all copies |
//! | `clusters.tsv` | id, cluster | the story score of every two; groups; the baseline |
//! | `exact_*.tsv` | id, id, Jaccard similarity | recall of `find_pairs`, of a list of all pairs |
//!
//! In the measures' names, *found* is what `find_pairs` reports, and *best* is at the best of all thresholds,
//! chosen with the labels in view. Grades are told by a logistic regression, those of a task by one fitted to
//! the other tasks; the task is what follows the last `_` of an id. Beside it stands the same on what shingles
//! of three words share. A list of exact similarities must have been made of the shingles configured.
//!
//! How the groups of `cluster` agree with the labels is told three ways. *Pair* recall, precision
//! and F1 count every two articles, so that large groups weigh the most. *B-cubed* takes, of each
//! article, the share of its group that is labelled like it (precision), and the share of those
//! labelled like it that is in its group (recall): means over all articles, and F of the two means.
//! *ARI* is the adjusted Rand index, 0 for what chance gives.
//!
//! *TF-IDF* is the baseline to do better than: words weighted by the labelled articles, and groups
//! of these by average linkage from a cosine of 0.2, whatever the options. Of pairs labelled as
//! stories it is told at the best threshold of the cosine. More than 8,000 articles are not
//! grouped.
//!
//! An id is looked up in its own DIR first, then in the others given; rows with an id that none has are
//! counted and left out. `--learn` learns the weights of words from each DIR's articles (with `--together`,
//! from all) before they are compared; otherwise the default weights are used, as `compare` does. `--json`
//! prints an object with one member a DIR, by the folder's name; each measure in it is an object with its
//! `value`, and where they make sense `count`, `of` and `threshold`.
//!
//! | option | |
//! |---|---|
//! | `--together` | pairs and clusters are looked for among the articles of all DIRs as one collection, not in each DIR alone |
//! | `--explain` | lists the pairs that are reported otherwise than they are labelled, after the tables |
//! | `--fit FILE` | instead of the measures, the constants of the judge, fitted to all DIRs, see below |
//!
//! **`--together`** tells of versions how many sources are found (`L1 found` to `L4 found`; their sources lie in other
//! DIRs, as a rule) and how many *strangers* with them: any article but the source, its other versions, and what the
//! source itself is found with. Of clusters, a pair found of a labelled article with one of another DIR counts as false.
//!
//! **`--explain`** writes a line a pair, of columns separated by tabs:
//!
//! | columns | |
//! |---|---|
//! | `missed` or `false` | labelled as what the configuration's scope is to find, but not found; or found, but labelled otherwise or missing from the labels |
//! | id, id, label | `unlabelled` for strangers and for what a list of all pairs lacks |
//! | fate | what became of it: `apart`, `sketch`, `compared`, `formula`, `found` |
//! | figures | Jaccard similarity, the greater containment, the share of both bodies in common passages, closeness, story score, facts (common names and numbers); see [`newsprint::Comparison`] |
//!
//! In JSON it is an array `explained` of objects. Reuse is to be found in every scope, accounts of one event in that of
//! preset `story`; in the narrower ones they are neither right nor wrong, unless `relations.tsv` says that they are no
//! reuse. A large collection's stories are judged with weights learnt from a sample of it, and the figures made with
//! weights learnt from all of it, so that they may differ a little; not with `--learn`. Rows whose articles lie in
//! several DIRs need `--together`.
//!
//! **`--fit FILE`** fits the model that tells relations to the labels of all DIRs, to pairs of their articles that were read for it
//! (`labels/read.tsv`, and `labels/events.tsv` for whether they tell of one event) and to pairs made from them, and writes its constants, which belong in `src/verify/fitted.rs`; above them stands what is
//! told of each set by a model fitted to the others. It takes some minutes. A FILE that ends in `.tsv` gets the figures of every
//! pair instead, a line each.
//!
//! The exit code is 0 when all was measured and 2 for a wrong option or file.

mod baseline;
mod boosting;
mod classes;
mod collection;
mod event_fitting;
mod explain;
mod feature_places;
mod fitting;
mod input;
mod labels;
mod logistic;
mod made_pairs;
mod measures;
mod parallel;
mod random;
mod report;
mod story_tasks;
mod task;
mod tasks;
mod training;

use std::path::{Path, PathBuf};

use clap::Args;
use collection::Collection;
use input::{Folder, Library};
use tasks::MeasureOptions;

use crate::detector_options::DetectorOptions;
use crate::terminal::{print_stderr, print_stdout};

/// Measures the detector against labelled collections.
#[derive(Args)]
pub(crate) struct Options {
    /// A directory with docs.jsonl (an article a line: id, text) and any of relations.tsv, pairs.tsv,
    /// clusters.tsv and exact_*.tsv
    #[arg(required = true, value_name = "DIR")]
    dirs: Vec<PathBuf>,
    /// Lists the pairs that are missed or falsely found, and what became of them
    #[arg(long)]
    explain: bool,
    /// Instead of the measures, the constants of the judge, fitted to all DIRs; or with a FILE in .tsv
    /// the features they are fitted to
    #[arg(long, value_name = "FILE", conflicts_with_all = ["json", "explain"])]
    fit: Option<PathBuf>,
    /// Looks for pairs among the articles of all DIRs as one collection
    #[arg(long)]
    together: bool,
    /// Learns the weights of words from each DIR's articles first, or from all with --together
    #[arg(long)]
    learn: bool,
    /// One JSON object: a member a DIR, with its measures
    #[arg(long, conflicts_with = "markdown")]
    json: bool,
    /// The tables in Markdown
    #[arg(long)]
    markdown: bool,
    #[command(flatten)]
    detector: DetectorOptions,
}

/// Measures, or fits, and writes what came of it.
pub(crate) fn run(options: &Options) -> Result<(), String> {
    let config = options.detector.config()?;
    let mut folders: Vec<Folder> = Vec::new();
    for dir in &options.dirs {
        let first = folders.iter().map(|folder| folder.docs.len()).sum();
        folders.push(Folder::read(dir, first)?);
    }
    for (i, folder) in folders.iter().enumerate() {
        if folders[..i].iter().any(|other| other.name == folder.name) {
            return Err(format!("two folders are called {:?}", folder.name));
        }
    }
    let library = Library::of(&folders);
    let all = options.together.then(|| Collection::of(&folders, config, options.learn));
    let measure_options = MeasureOptions {
        config,
        learn: options.learn,
        explain: options.explain,
        together: all.as_ref(),
    };
    if let Some(file) = &options.fit {
        let examples = training::examples(&folders, &library, config)?;
        let comparison = newsprint::Detector::default().compare("", "");
        let names: Vec<&str> = comparison.evidence.features().map(|(name, _)| name).collect();
        if file.extension().is_some_and(|ending| ending == "tsv") {
            return write(file, &training::table(&examples, &names));
        }
        let mut table = fitting::table(&examples, &names, print_stderr);
        table += "\nWhether two texts are of one event, predicted for each set by a model fitted to the others:\n\n";
        table += &event_fitting::table(&examples, &names, &print_stderr);
        return write(file, &fitting::constants(&examples, &names, &table));
    }
    let mut object = serde_json::Map::new();
    for folder in &folders {
        let report = tasks::measure(folder, &library, &measure_options)?;
        if options.json {
            object.insert(report.folder.clone(), report.json());
        } else {
            print_stdout(&format!("{}\n", report.text(options.markdown)))?;
        }
    }
    if options.json {
        print_stdout(&format!("{}\n", serde_json::Value::Object(object)))
    } else {
        Ok(())
    }
}

fn write(file: &Path, text: &str) -> Result<(), String> {
    std::fs::write(file, text).map_err(|error| format!("{}: {error}", file.display()))
}
