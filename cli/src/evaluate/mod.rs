//! `newsprint evaluate`: measures the detector against labelled collections.
//!
//! A DIR has `docs.jsonl`, a JSON line with `id`, `text` and optionally `date` for each article,
//! and any of these tables, separated by tabs:
//!
//! | file | columns | what is measured |
//! |---|---|---|
//! | `relations.tsv` | id, id, relation | relations; pairs found |
//! | `pairs.tsv` | answer, source, `cut` `light` `heavy` `non` | prediction of the grade |
//! | | version, source, `L1` to `L4` | relations by level of rewriting |
//! | | id, id, `same-story` or `different` | the story score; the baseline |
//! | | id, id, 1 (same) to 4 (different) | correlation of the story score with the grade |
//! | | id, id, `copy`, similarity | recall of `find_pairs` on a list of some copies |
//! | | id, id | recall and precision of `find_pairs` on a list of all copies |
//! | `clusters.tsv` | id, cluster | the story score of every two articles; groups; the baseline |
//! | `exact_*.tsv` | id, id, Jaccard similarity | recall of `find_pairs` on a list of all pairs |
//!
//! In the names of measures, *found* means reported by `find_pairs`, *predicted as* means that the
//! model gives this relation, and *best* means at the best threshold, which is chosen with the
//! labels. Grades are predicted by a logistic regression: those of a task by one that is fitted to
//! the other tasks. The task is the part of an id after its last `_`. The same is measured with the
//! overlap of shingles of three words. A list of exact similarities must be made with the
//! configured shingles.
//!
//! The agreement of the groups of `cluster` with the labels has three measures. *Pair* recall,
//! precision and F1 count every two articles, so that large groups weigh the most. *B-cubed* is,
//! for each article, the share of its group that has its label (precision), and the share of the
//! articles with its label that are in its group (recall); both are means over all articles. *ARI*
//! is the adjusted Rand index, 0 for chance.
//!
//! *TF-IDF* is the baseline: words weighted by the labelled articles, which are grouped by average
//! linkage down to a cosine of 0.2, whatever the options. For pairs labelled as stories it is
//! measured at the best threshold of the cosine. More than 8,000 articles are not grouped.
//!
//! An id is looked up in its own DIR first, then in the others; rows with an unknown id are counted
//! and left out. `--learn` learns word weights from each DIR's articles (from all with
//! `--together`); otherwise the default weights are used, as by `compare`. `--json` prints an
//! object with a member for each DIR, by the folder's name; each measure is an object with its
//! `value`, and with `count`, `of` and `threshold` if they apply.
//!
//! | option | |
//! |---|---|
//! | `--together` | finds pairs and clusters among the articles of all DIRs as one collection |
//! | `--explain` | lists the pairs that are missed or falsely found, after the tables |
//! | `--fit FILE` | writes the constants of the model, fitted to all DIRs, instead of measuring |
//! | `--planted` | measures which edited copies are found that are planted among the articles |
//!
//! **`--together`** reports how many sources of versions are found (`L1 found` to `L4 found`; the
//! sources are usually in other DIRs), and how many *strangers* with them: any article but the
//! source, its other versions, and what the source itself is found with. For clusters, a found pair
//! of a labelled article and one of another DIR counts as false.
//!
//! **`--explain`** prints a line for each pair, with columns separated by tabs:
//!
//! | columns, named in a first line | |
//! |---|---|
//! | `missed` or `false` | not found, but the scope should find it; or found, but wrong by the labels |
//! | id, id, label | `unlabelled` for strangers and for pairs missing from a list of all pairs |
//! | fate | the stage it reached: `apart`, `sketch`, `compared`, `boilerplate`, `found` |
//! | figures | Jaccard similarity, greater containment, share of both bodies in shared passages, similarity of key terms, story score, agreement of names and numbers; see [`newsprint::Comparison`] |
//!
//! In JSON it is an array `explained` of objects. Reuse should be found in every scope, accounts of
//! one event only in that of preset `story`; in the narrower scopes they are neither right nor
//! wrong, unless `relations.tsv` says that they are no reuse. A large collection's stories are
//! found with weights learned from a sample, and the figures are computed with weights learned from
//! all of it, so they may differ a little, but not with `--learn`. Rows whose articles are in
//! several DIRs need `--together`.
//!
//! **`--fit FILE`** fits the model of relations to the labels of all DIRs, to pairs of their
//! articles that were read for this (`labels/read.tsv`, and `labels/events.tsv` for whether they
//! report one event) and to pairs made from them. It writes the constants, which belong in
//! `src/verify/fitted.rs`, below a table of predictions for each set by a model fitted to the
//! others. It takes some minutes. A FILE that ends in `.tsv` gets the features of every pair
//! instead, a line for each.
//!
//! The exit code is 0 if everything was measured, and 2 for a wrong option or file.

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
mod planted;
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
use crate::sink::Sink;
use crate::terminal::{print_stderr, print_stdout};

/// Measures the detector against labelled collections
///
/// Each DIR has docs.jsonl (or docs.jsonl.zst), with a JSON line for each article: `id` and `text`,
/// both strings, and optionally `title`, `date` and `source`. The labels are in tables without
/// header, whose columns are separated by tabs and begin with ids; any of these may be there:
///
/// relations.tsv: id, id, `identical`, `copy`, `excerpt`, `revised`, `rewrite`, `background`,
/// `series`, `same-story`, `related`, `unrelated`, `different` or `junk`
///
/// clusters.tsv: id, cluster; articles with the same cluster report one event. Every two of them
/// are compared, so 5,000 articles are 12 million comparisons
///
/// pairs.tsv has one of these forms, which is found from its rows: id, id (all copies there are);
/// id, id, `copy`, similarity (some of them); id, id, `same-story` or `different`; id, id, distance
/// from 1 (same) to 4 (different); answer, source, `cut`, `light`, `heavy` or `non` (how much was
/// taken over; the id of an answer ends in `_` and its task, as `p3_b`, and there must be two
/// tasks); version, source, `L1` to `L4` (how far it was rewritten); or as relations.tsv. A row
/// that does not have the form of most others is refused. If no form fits, each word or number in
/// the third column is a label of its own, and it is measured how often its pairs are predicted as
/// reuse
///
/// exact_*.tsv: id, id, Jaccard similarity; all pairs above some similarity
///
/// Rows with an id that no DIR has are counted and left out.
#[derive(Args)]
pub(crate) struct Options {
    /// A directory with docs.jsonl and any of relations.tsv, pairs.tsv, clusters.tsv and
    /// exact_*.tsv
    #[arg(required = true, value_name = "DIR")]
    dirs: Vec<PathBuf>,
    /// Lists the pairs that are missed or falsely found, and the stage that each reached
    ///
    /// Columns: `verdict` (`missed` or `false`), two ids, `label`, `fate` (`apart`, `sketch`,
    /// `compared`, `boilerplate`, `found`), and six figures: `jaccard`, `containment` (the
    /// greater), `covered` (the share of both bodies in shared passages), `closeness` (the
    /// similarity of key terms), `story` (the probability of one event), `facts` (the agreement of
    /// names and numbers). In JSON they are an array `explained` of objects, with the ids as `left`
    /// and `right`.
    #[arg(long)]
    explain: bool,
    /// Writes the constants of the model, fitted to all DIRs, instead of measuring; if FILE ends in
    /// .tsv, the features of every pair
    ///
    /// Needs labelled pairs: a DIR with relations.tsv, pairs.tsv or clusters.tsv.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["json", "markdown", "explain", "together",
        "learn", "threshold", "slots", "window", "recall", "relations", "min_confidence"])]
    fit: Option<PathBuf>,
    /// Measures which edited copies are found, by kind of edit, preset and threshold, instead
    ///
    /// Copies are made from the articles of all DIRs and planted among them. Needs more than 200
    /// articles of 150 words in a DIR.
    #[arg(long, conflicts_with_all = ["json", "explain", "fit", "together", "learn", "preset",
        "shingle", "threshold", "slots", "window", "recall", "relations", "min_confidence"])]
    planted: bool,
    /// Finds pairs among the articles of all DIRs as one collection
    #[arg(long)]
    together: bool,
    /// Learns word weights from each DIR's articles first, or from all with --together
    #[arg(long)]
    learn: bool,
    /// Prints one JSON object with a member for each DIR
    #[arg(long, conflicts_with = "markdown")]
    json: bool,
    /// Prints the tables in Markdown
    #[arg(long)]
    markdown: bool,
    #[command(flatten)]
    detector: DetectorOptions,
}

/// Measures or fits, and writes the results.
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
    if options.planted {
        return print_stdout(&planted::table(&folders, options.markdown)?);
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
        let mut table = fitting::table(&examples, &names, &print_stderr);
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
    let mut sink = Sink::open(Some(file), &[])?;
    sink.write(text)?;
    sink.finish()
}
