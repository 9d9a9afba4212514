//! Measures which edited copies are found: copies are made from real articles and planted among
//! them, and each preset, and similarity alone from several thresholds, looks for them.

use std::collections::HashSet;

use newsprint::{Article, Config, Detector, Preset};

use super::classes::REUSE;
use super::input::Folder;
use super::made_pairs::{MadePair, make_pairs};
use super::report::aligned;

/// The thresholds to measure.
const THRESHOLDS: [f64; 3] = [0.8, 0.5, 0.3];
const PRESETS: [Preset; 4] = [Preset::Wire, Preset::Story, Preset::Ocr, Preset::Strict];

/// A table with a row for each kind of edit: the median similarity of an article and its copy in
/// shingles of three words, and the share of the copies that each search finds.
pub(crate) fn table(folders: &[Folder], markdown: bool) -> Result<String, String> {
    let made: Vec<MadePair> =
        make_pairs(folders).into_iter().filter(|pair| pair.classes == REUSE).collect();
    if made.is_empty() {
        return Err("--planted needs a DIR with more than 200 articles of 150 words".to_owned());
    }
    let docs = folders.iter().flat_map(|folder| &folder.docs).map(|doc| doc.text.as_str());
    let mut articles: Vec<Article<'_>> = docs.map(Article::new).collect();
    let first = articles.len();
    articles.extend(made.iter().flat_map(|pair| &pair.texts).map(|text| Article::new(text)));
    let places: Vec<(usize, usize)> =
        (0..made.len()).map(|i| (first + 2 * i, first + 2 * i + 1)).collect();

    let compared = Detector::default()
        .compare_among(&articles, &places, |comparison| comparison.overlap.jaccard());
    let mut searches = Vec::new();
    let builder = Config::builder();
    for threshold in THRESHOLDS {
        searches.push((format!("from {threshold}"), builder.threshold(threshold).build()));
    }
    for preset in PRESETS {
        searches.push((preset.to_string(), Config::builder().preset(preset).build()));
    }
    let mut headings = vec!["edit".to_owned(), "copies".to_owned(), "similarity".to_owned()];
    let mut found = Vec::new();
    for (name, config) in searches {
        let detector = Detector::new(config.map_err(|error| error.to_string())?);
        let pairs = detector.find_pairs(&articles).pairs;
        found.push(pairs.iter().map(|pair| (pair.left, pair.right)).collect::<HashSet<_>>());
        headings.push(name);
    }
    let mut table = vec![headings];
    for group in (0..made.len()).collect::<Vec<_>>().chunk_by(|&a, &b| made[a].kind == made[b].kind)
    {
        let mut jaccards: Vec<f64> = group.iter().map(|&i| compared[i]).collect();
        jaccards.sort_by(f64::total_cmp);
        let median = jaccards[jaccards.len() / 2];
        let share = |found: &HashSet<(usize, usize)>| {
            let count = group.iter().filter(|&&i| found.contains(&places[i])).count();
            format!("{:.2}", count as f64 / group.len() as f64)
        };
        let mut row = vec![made[group[0]].kind.to_owned(), group.len().to_string()];
        row.push(format!("{median:.2}"));
        row.extend(found.iter().map(share));
        table.push(row);
    }
    Ok(aligned(&table, markdown))
}
