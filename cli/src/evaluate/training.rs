//! The labelled pairs that the model is fitted to: those of every folder, pairs that were read for
//! this, and made pairs.

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use newsprint::{Article, AsArticle, Config, Date, Detector, Preset, Relation};

use super::classes::{NONE, PASSAGE, REUSE, SERIES, STORY};
use super::input::{Doc, Folder, LabelKind, Library};
use super::made_pairs::make_pairs;
use super::parallel::parallel;

/// Pairs of the collections, labelled by reading without the program's verdict: folder, id, id,
/// label, confidence.
const READ: &str = include_str!("labels/read.tsv");
/// The prefix of the names of the sets in that file.
const READ_NAME: &str = "read";
/// More of these, of which the model of relations was unsure: all share text. The model of one
/// event is not fitted to them. With them and 720 pairs that a search for stories proposed, the
/// pair F1 of stories in MultiLing fell from 0.74 to 0.60; which of the two did it was not tried.
const UNSURE: &str = include_str!("labels/unsure.tsv");
/// Pairs that a search for stories proposed, labelled by whether they report one event.
const EVENTS: &str = include_str!("labels/events.tsv");
const EVENTS_NAME: &str = "events";
/// The suffix of the names of sets whose features are from shingles of letters.
pub(crate) const BY_LETTERS: &str = ", letters";
/// The name of the set of made pairs.
pub(crate) const MADE: &str = "made";
/// The most pairs to take for each label of a folder, evenly over its list.
const MAX_PAIRS_PER_LABEL: usize = 400;

/// A labelled pair with its features.
pub(crate) struct Example {
    /// The name of the set of labels.
    pub(crate) set: String,
    pub(crate) ids: [String; 2],
    /// The hashes of the two texts, the lesser first: some pairs are in several sets under other
    /// ids, and a model that is to be measured with one must not have seen the other.
    pub(crate) texts: [u64; 2],
    pub(crate) label: String,
    /// The classes that the label allows. It is often unknown whether an account of one event is a
    /// copy.
    pub(crate) classes: u8,
    pub(crate) figures: Vec<f32>,
    /// Whether only the model of relations is fitted to it.
    pub(crate) for_relations_alone: bool,
}

/// Whether the pairs of a set were labelled by reading them, in the classes of the model.
pub(crate) fn is_read(set: &str) -> bool {
    !set.ends_with(BY_LETTERS)
        && (set == "verdicts" || set == "helsinki2018" || set.starts_with("read-"))
}

/// The classes that a label allows; none if it says nothing about the relation.
fn classes(kind: LabelKind, label: &str, figure: f64) -> Option<u8> {
    Some(match label {
        "identical" | "copy" | "excerpt" | "revised" | "rewrite" => REUSE,
        "series" => SERIES,
        "background" => PASSAGE,
        "same-story" if kind == LabelKind::Stories => REUSE | STORY,
        "one-event" => REUSE | STORY,
        "different" if kind == LabelKind::Stories => SERIES | PASSAGE | NONE,
        "same-story" => STORY,
        "related" | "unrelated" | "different" => NONE,
        "cut" | "light" | "heavy" | "L1" | "L2" | "L3" | "L4" | "WD" | "PD" => REUSE,
        "non" | "ND" => STORY | NONE,
        "paraphrase" | "polish" | "expand" => REUSE,
        "same_celebrity_pair" => STORY | NONE | PASSAGE,
        "SAME" => REUSE | STORY,
        "DIFFERENT" => SERIES | NONE,
        _ if label.starts_with("simplified_") || label.starts_with("reframed_") => REUSE,
        _ if kind == LabelKind::Similarity && figure <= 1.5 => REUSE | STORY,
        _ if kind == LabelKind::Similarity && figure >= 2.75 => SERIES | PASSAGE | NONE,
        _ => return None,
    })
}

/// The examples of all folders, with features from words, and for some sets from letters too.
/// Returns an error if none is labelled.
pub(crate) fn examples<'a>(
    folders: &'a [Folder],
    library: &Library<'a>,
    config: Config,
) -> Result<Vec<Example>, String> {
    let letters =
        Config::builder().preset(Preset::Ocr).build().map_err(|error| error.to_string())?;
    let mut examples = examples_by(folders, library, &Detector::new(config), false);
    examples.extend(examples_by(folders, library, &Detector::new(letters), true));
    if examples.iter().all(|example| example.set.trim_end_matches(BY_LETTERS) == MADE) {
        return Err("--fit needs labelled pairs, and no DIR has any: relations.tsv, pairs.tsv or \
             clusters.tsv with ids of docs.jsonl"
            .to_owned());
    }
    Ok(examples)
}

fn examples_by<'a>(
    folders: &'a [Folder],
    library: &Library<'a>,
    detector: &Detector,
    by_letters: bool,
) -> Vec<Example> {
    let takes = |folder: &Folder| match by_letters {
        true => matches!(folder.name.as_str(), "verdicts" | "ocr1900"),
        false => folder.name != "ocr1900",
    };
    let named = |set: &str| if by_letters { format!("{set}{BY_LETTERS}") } else { set.to_owned() };
    let mut pairs: Vec<(String, [&Doc; 2], String, u8)> = Vec::new();
    for folder in folders.iter().filter(|folder| takes(folder)) {
        let mut of_folder: HashMap<(String, u8), Vec<[&Doc; 2]>> = HashMap::new();
        for table in &folder.tables {
            let find = |id: &str| library.find(&folder.name, id);
            if table.kind == LabelKind::Clusters {
                let docs: Vec<(&Doc, &str)> = table
                    .rows
                    .iter()
                    .filter_map(|row| Some((find(&row.left)?, row.label.as_str())))
                    .collect();
                clusters(&folder.name, &docs, &mut of_folder);
                if !by_letters && !folder.name.starts_with("wiki") {
                    proposed(folder, &docs, &mut of_folder);
                }
                continue;
            }
            if table.kind == LabelKind::Exact || folder.name.starts_with("dlnd") {
                continue;
            }
            for row in &table.rows {
                let (Some(left), Some(right)) = (find(&row.left), find(&row.right)) else {
                    continue;
                };
                if let Some(classes) = classes(table.kind, &row.label, row.figure) {
                    of_folder.entry((row.label.clone(), classes)).or_default().push([left, right]);
                }
            }
        }
        // If all pairs are reuse, unrelated ones are made from the articles of different pairs.
        if of_folder.keys().all(|(_, classes)| *classes == REUSE) {
            let mut all: Vec<[&Doc; 2]> = of_folder.values().flatten().copied().collect();
            all.sort_by_key(|pair| pair.map(|doc| doc.number));
            let strangers =
                (0..all.len()).map(|i| [all[i][0], all[(i * 7919 + all.len() / 3) % all.len()][1]]);
            let of: HashMap<usize, HashSet<usize>> =
                all.iter().fold(HashMap::new(), |mut of, [left, right]| {
                    of.entry(left.number).or_insert_with(HashSet::new).insert(right.number);
                    of
                });
            let is_strange = |[left, right]: &[&Doc; 2]| {
                left.number != right.number && !of[&left.number].contains(&right.number)
            };
            let strangers: Vec<[&Doc; 2]> = strangers.filter(is_strange).collect();
            of_folder.insert(("strangers".to_owned(), NONE | STORY | SERIES | PASSAGE), strangers);
        }
        let mut of_folder: Vec<_> = of_folder.into_iter().collect();
        of_folder.sort_by(|a, b| a.0.cmp(&b.0));
        for ((label, classes), all) in of_folder {
            let taken = all.len().min(MAX_PAIRS_PER_LABEL);
            pairs.extend((0..taken).map(|i| {
                (named(&folder.name), all[i * all.len() / taken], label.clone(), classes)
            }));
        }
    }
    let read = READ.lines().chain(UNSURE.lines()).map(|line| (READ_NAME, line));
    let events = EVENTS.lines().filter(|_| !by_letters).map(|line| (EVENTS_NAME, line));
    for (name, line) in read.chain(events) {
        let columns: Vec<&str> = line.split('\t').collect();
        let [folder, left, right, label, confidence] = columns[..] else { continue };
        let (Some(left), Some(right)) = (library.find(folder, left), library.find(folder, right))
        else {
            continue;
        };
        if let Some(classes) =
            classes(LabelKind::Relations, label, 0.0).filter(|_| confidence != "low")
        {
            pairs.push((
                named(&format!("{name}-{folder}")),
                [left, right],
                label.to_owned(),
                classes,
            ));
        }
    }
    let ids_of_unsure = UNSURE.lines().filter_map(|line| {
        let mut columns = line.split('\t').skip(1);
        Some([columns.next()?, columns.next()?])
    });
    let unsure: HashSet<[&str; 2]> = ids_of_unsure.collect();
    let mut seen = HashSet::new();
    pairs.retain(|(set, [left, right], ..)| {
        let ids = [left.id.as_str(), right.id.as_str()];
        seen.insert((set.clone(), [ids[0].min(ids[1]).to_owned(), ids[0].max(ids[1]).to_owned()]))
    });
    let figures = figures(folders, &pairs, detector);
    let with = pairs.into_iter().zip(figures);
    let mut examples: Vec<Example> = with
        .map(|((set, [left, right], label, classes), figures)| Example {
            for_relations_alone: set.starts_with(READ_NAME)
                && unsure.contains(&[left.id.as_str(), right.id.as_str()]),
            set,
            ids: [left.id.clone(), right.id.clone()],
            texts: hashes([&left.text, &right.text]),
            label,
            classes,
            figures,
        })
        .collect();
    let made = make_pairs(folders);
    let figures = parallel(&made, |made| {
        let date = |days: usize| Some(Date::from_unix_seconds(86_400 * days as i64));
        let left = Article::new(&made.texts[0]).date(date(0)).source("a");
        let source = Some(if made.same_source { "a" } else { "b" });
        let right = Article::new(&made.texts[1]).date(date(made.days)).source(source);
        let comparison = detector.compare(&left, &right);
        comparison.evidence.features().map(|(_, value)| value as f32).collect::<Vec<f32>>()
    });
    for ((i, made), figures) in made.into_iter().enumerate().zip(figures) {
        let (label, classes) = (made.kind.to_owned(), made.classes);
        let texts = hashes(made.texts.each_ref().map(String::as_str));
        let ids = [made.of, format!("made {i}")];
        let for_relations_alone = false;
        let set = named(MADE);
        examples.push(Example { set, ids, texts, label, classes, figures, for_relations_alone });
    }
    examples
}

fn hashes(texts: [&str; 2]) -> [u64; 2] {
    let mut hashes = texts.map(|text| {
        let mut hasher = DefaultHasher::new();
        text.trim().hash(&mut hasher);
        hasher.finish()
    });
    hashes.sort_unstable();
    hashes
}

/// The features of pairs as members of their collections; a pair of two folders is compared alone.
fn figures(
    folders: &[Folder],
    pairs: &[(String, [&Doc; 2], String, u8)],
    detector: &Detector,
) -> Vec<Vec<f32>> {
    let values = |comparison: newsprint::Comparison| {
        comparison.evidence.features().map(|(_, value)| value as f32).collect::<Vec<f32>>()
    };
    let mut all: Vec<Vec<f32>> = vec![Vec::new(); pairs.len()];
    for folder in folders {
        let first = folder.docs.first().map_or(0, |doc| doc.number);
        let place =
            |doc: &Doc| doc.number.checked_sub(first).filter(|&place| place < folder.docs.len());
        let of_folder = |[left, right]: &[&Doc; 2]| Some((place(left)?, place(right)?));
        let (numbers, places): (Vec<usize>, Vec<(usize, usize)>) = pairs
            .iter()
            .enumerate()
            .filter_map(|(number, (_, pair, ..))| Some((number, of_folder(pair)?)))
            .unzip();
        if places.is_empty() {
            continue;
        }
        for (number, figures) in
            numbers.into_iter().zip(detector.compare_among(&folder.docs[..], &places, values))
        {
            all[number] = figures;
        }
    }
    let alone: Vec<usize> = (0..all.len()).filter(|&number| all[number].is_empty()).collect();
    let figures = parallel(&alone, |&number| {
        let (_, [left, right], ..) = &pairs[number];
        values(detector.compare(&left.as_article(), &right.as_article()))
    });
    alone.into_iter().zip(figures).for_each(|(number, figures)| all[number] = figures);
    all
}

/// Adds pairs of one cluster and of neighbouring clusters.
fn clusters<'a>(
    folder: &str,
    docs: &[(&'a Doc, &str)],
    pairs: &mut HashMap<(String, u8), Vec<[&'a Doc; 2]>>,
) {
    let versions = folder.starts_with("wiki");
    let mut by_cluster = docs.to_vec();
    by_cluster.sort_by_key(|(doc, cluster)| (*cluster, doc.number));
    for gap in [1, 2] {
        for pair in by_cluster.windows(gap + 1) {
            let ((left, a), (right, b)) = (pair[0], pair[gap]);
            if a == b {
                let classes = if versions { REUSE } else { REUSE | STORY };
                pairs.entry(("together".to_owned(), classes)).or_default().push([left, right]);
            } else if gap == 1 && !versions {
                pairs
                    .entry(("apart".to_owned(), SERIES | PASSAGE | NONE))
                    .or_default()
                    .push([left, right]);
            }
        }
    }
    if !versions {
        for (i, (left, a)) in docs.iter().enumerate() {
            let (right, b) = docs[(i * 7919 + 13) % docs.len()];
            if *a != b {
                pairs
                    .entry(("apart".to_owned(), SERIES | PASSAGE | NONE))
                    .or_default()
                    .push([left, right]);
            }
        }
    }
}

/// Adds pairs that a search for stories compares, of one cluster and of two.
fn proposed<'a>(
    folder: &'a Folder,
    docs: &[(&'a Doc, &str)],
    pairs: &mut HashMap<(String, u8), Vec<[&'a Doc; 2]>>,
) {
    let all: Vec<Relation> =
        Relation::ALL.into_iter().filter(|of| *of != Relation::Different).collect();
    let config =
        Config::builder().preset(Preset::Story).relations(&all).min_confidence(0.0).build();
    let Ok(config) = config else { return };
    let clusters: HashMap<&str, &str> =
        docs.iter().map(|(doc, cluster)| (doc.id.as_str(), *cluster)).collect();
    for pair in Detector::new(config).find_pairs(&folder.docs[..]).pairs {
        let [left, right] = [&folder.docs[pair.left], &folder.docs[pair.right]];
        let of = [left, right].map(|doc| clusters.get(doc.id.as_str()));
        if let [Some(a), Some(b)] = of {
            let key = match a == b {
                true => ("proposed".to_owned(), REUSE | STORY),
                false => ("proposed apart".to_owned(), SERIES | PASSAGE | NONE),
            };
            pairs.entry(key).or_default().push([left, right]);
        }
    }
}

/// A table of all examples and their features.
pub(crate) fn table(examples: &[Example], names: &[&str]) -> String {
    let mut table = format!("set\tleft\tright\tlabel\tclasses\t{}\n", names.join("\t"));
    for example in examples {
        let Example { set, ids: [left, right], label, classes, figures, .. } = example;
        let figures: Vec<String> = figures.iter().map(f32::to_string).collect();
        table += &format!("{set}\t{left}\t{right}\t{label}\t{classes}\t{}\n", figures.join("\t"));
    }
    table
}
