//! The figures behind the constants of the rules: factors of the story score, and where each figure parts the labels.

use std::slice;

use newsprint::{Comparison, Detector, Relation, Scope};

use super::collection::Collection;
use super::explain::{covered, facts};
use super::input::{Folder, GRADES, Kind, LEVELS, Library, RELATIONS, REUSE, STORIES};
use super::labels::{Case, Labelled};
use super::logistic::newton;
use super::measures::{Counts, best_threshold};
use super::report::{Figure, aligned};
use super::tasks::{Way, parallel};

/// What the story score is made of, and what the rules look at.
const PARTS: [&str; 4] = ["closeness", "headline", "strange names", "strange numbers"];
const FIGURES: [&str; 7] =
    ["covered", "least verbatim", "most verbatim", "facts", "wording", "story score", CLOSENESS];
const CLOSENESS: &str = "closeness";
const FACTS: &str = "facts";
const QUANTILES: [f64; 7] = [0.0, 0.02, 0.05, 0.5, 0.95, 0.98, 1.0];
/// What was found beside the labelled pairs.
const STRANGER: &str = "stranger";

/// A labelled pair with its figures.
struct Read<'a> {
    set: &'a str,
    label: &'a str,
    /// Of labels that tell of the event alone, whether it is one.
    one_story: Option<bool>,
    /// What a search of texts, and one of stories, is to find.
    reuse: Option<bool>,
    story: Option<bool>,
    one_text: bool,
    parts: [f64; 4],
    figures: [f64; 7],
}

type Table = Vec<Vec<String>>;
/// Two groups of pairs: whether a pair is of the first, of the second, or of neither.
type Groups = fn(&Read<'_>) -> Option<bool>;

/// All tables, one below the other.
pub(crate) fn tables(folders: &[Folder], library: &Library<'_>, way: &Way<'_, '_>, markdown: bool) -> String {
    let mut pairs = Vec::new();
    for folder in folders {
        let own = Collection::of(slice::from_ref(folder), way.config, way.learn && way.together.is_none());
        let detector = way.together.unwrap_or(&own).detector();
        let told = folder.tables.iter().filter(|table| !matches!(table.kind, Kind::Pairs | Kind::Exact));
        let labelled =
            told.flat_map(|table| Labelled::all(table.kind, &Case::all(folder, table, library), 0.0));
        pairs.extend(read(&folder.name, &labelled.collect::<Vec<_>>(), detector));
    }
    let mut tables = Vec::from(factors(&pairs));
    tables.extend(FIGURES.iter().map(|figure| quantiles(figure, &pairs)));
    let without_text: Groups = |pair| {
        let rewritten = ["rewrite", LEVELS[2], LEVELS[3]].contains(&pair.label);
        let none = RELATIONS[REUSE..].contains(&pair.label);
        (!pair.one_text && (rewritten || none)).then_some(rewritten)
    };
    tables.extend([
        borders("reuse against none", &FIGURES, &pairs, |pair| pair.reuse),
        borders("one story against none", &FIGURES[3..], &pairs, |pair| pair.story),
        borders("no text in common, rewritten against none", &FIGURES[3..5], &pairs, without_text),
    ]);
    if let Some(all) = way.together {
        let pairs = among_many(folders, library, all);
        tables.extend([CLOSENESS, FACTS].map(|figure| {
            let mut table = quantiles(figure, &pairs);
            table[0][0] = format!("{figure}, learnt weights");
            table
        }));
    }
    let shown = tables.iter().filter(|table| table.len() > 1);
    shown.map(|table| aligned(table, markdown)).collect::<Vec<_>>().join("\n")
}

fn read<'a>(set: &'a str, labelled: &[Labelled<'a>], detector: &Detector) -> Vec<Read<'a>> {
    parallel(labelled, |pair| {
        let comparison = detector.compare(pair.pair[0], pair.pair[1]);
        let story = &comparison.story;
        let tells_of_events = matches!(pair.kind, Kind::Stories | Kind::Similarity | Kind::Clusters);
        Read {
            set,
            label: pair.label,
            one_story: tells_of_events.then_some(pair.label == STORIES[0]),
            reuse: pair.wanted(Scope::Text),
            story: pair.wanted(Scope::Story),
            one_text: comparison.relation <= Relation::Revised,
            parts: [story.closeness, story.headline, story.strange_names, story.strange_numbers as f64 / 3.0],
            figures: figures(&comparison),
        }
    })
}

fn figures(comparison: &Comparison) -> [f64; 7] {
    let (evidence, story) = (&comparison.evidence, &comparison.story);
    let (verbatim, known, in_order) = (evidence.verbatim, evidence.known, evidence.in_order);
    [
        covered(comparison),
        verbatim.left.min(verbatim.right),
        verbatim.left.max(verbatim.right),
        facts(comparison),
        (known.left * known.right).sqrt() + (in_order.left * in_order.right).sqrt(),
        story.score,
        story.closeness,
    ]
}

/// The labelled pairs of versions and of clusters, and the strangers found among all articles.
fn among_many<'a>(folders: &'a [Folder], library: &Library<'a>, all: &Collection<'a>) -> Vec<Read<'a>> {
    let judge = all.learnt();
    let mut pairs = Vec::new();
    for folder in folders {
        for table in folder.tables.iter().filter(|table| matches!(table.kind, Kind::Levels | Kind::Clusters))
        {
            let cases = Case::all(folder, table, library);
            let (others, mut labelled): (Vec<_>, Vec<_>) =
                Labelled::all(table.kind, &cases, 0.0).into_iter().partition(|pair| pair.label == STORIES[1]);
            let found = others.into_iter().filter(|pair| all.found(pair.pair).is_some());
            let strangers = found.chain(Labelled::unlabelled(folder, table.kind, &cases, all));
            labelled.extend(strangers.map(|pair| Labelled { label: STRANGER, ..pair }));
            pairs.extend(read(&folder.name, &labelled, &judge));
        }
    }
    pairs
}

/// The factors of one story's likelihood, and where the sum so weighted parts the labels of each set.
fn factors(pairs: &[Read<'_>]) -> [Table; 2] {
    let mut told: Vec<(&Read<'_>, bool)> =
        pairs.iter().filter_map(|pair| Some((pair, pair.one_story?))).collect();
    let sets = sets(told.iter().map(|(pair, _)| *pair));
    // Where all are of one kind there is nothing to tell.
    let both = |set: &&str| {
        [true, false].iter().all(|one| told.iter().any(|(pair, same)| pair.set == *set && same == one))
    };
    let sets: Vec<&str> = sets.into_iter().filter(both).collect();
    told.retain(|(pair, _)| sets.contains(&pair.set));
    let fit = |sets: &[&str]| {
        let of_sets = told.iter().filter(|(pair, _)| sets.contains(&pair.set));
        let row = |(pair, same): &(&Read<'_>, bool)| {
            let intercepts = sets.iter().map(|set| f64::from(u8::from(*set == pair.set)));
            (pair.parts.into_iter().chain(intercepts).collect(), *same)
        };
        let weights = newton(&of_sets.map(row).collect::<Vec<_>>());
        weights.iter().map(|weight| weight / weights[0]).collect::<Vec<f64>>()
    };
    let row = |name: &str, weights: &[f64]| {
        let factors = weights[..PARTS.len()].iter().map(|factor| format!("{factor:.3}"));
        std::iter::once(name.to_owned()).chain(factors).collect()
    };
    let head = |name: &str, columns: &[&str]| {
        std::iter::once(name).chain(columns.iter().copied()).map(str::to_owned).collect()
    };
    let mut weighed = vec![head("factors of one story", &PARTS)];
    let columns = ["pairs", "of one story", "even odds at", "best accuracy", "best F1"];
    let mut parted = vec![head("sum by all sets' factors", &columns)];
    if sets.is_empty() {
        return [weighed, parted];
    }
    weighed.extend(sets.iter().map(|set| row(set, &fit(&[set]))));
    let weights = fit(&sets);
    weighed.push(row("all, an intercept each", &weights));
    for (set, intercept) in sets.iter().zip(&weights[PARTS.len()..]) {
        let of_set = told.iter().filter(|(pair, _)| pair.set == *set);
        let sum = |pair: &Read<'_>| pair.parts.iter().zip(&weights).map(|(part, factor)| part * factor).sum();
        let scored: Vec<(f64, bool)> = of_set.map(|(pair, same)| (sum(pair), *same)).collect();
        let same = scored.iter().filter(|(_, same)| *same).count();
        let counts = [scored.len(), same].map(|count| count.to_string());
        let best =
            [best(&scored, |counts| counts.accuracy().into()), best(&scored, |counts| counts.f1().into())];
        let odds = format!("{:.3}", -intercept);
        parted.push([(*set).to_owned()].into_iter().chain(counts).chain([odds]).chain(best).collect());
    }
    [weighed, parted]
}

/// A measure at the best of all thresholds.
fn best(scored: &[(f64, bool)], measure: impl Fn(&Counts) -> Figure) -> String {
    let best = best_threshold(scored, |counts| measure(counts).value());
    best.map_or_else(String::new, |(threshold, counts)| measure(&counts).at(threshold).text())
}

/// The names of the sets, in the order in which they come.
fn sets<'a>(pairs: impl Iterator<Item = &'a Read<'a>>) -> Vec<&'a str> {
    let mut sets: Vec<&str> = pairs.map(|pair| pair.set).collect();
    sets.dedup();
    sets
}

fn values<'a>(figure: &str, pairs: impl Iterator<Item = &'a Read<'a>>) -> Vec<f64> {
    let place = FIGURES.iter().position(|name| *name == figure).unwrap_or(0);
    pairs.map(|pair| pair.figures[place]).collect()
}

/// The quantiles of a figure over the pairs of each label.
fn quantiles(figure: &str, pairs: &[Read<'_>]) -> Table {
    let percent = QUANTILES.iter().map(|quantile| format!("{:.0} %", quantile * 100.0));
    let mut table = vec![[figure.to_owned(), "pairs".to_owned()].into_iter().chain(percent).collect()];
    let labels = RELATIONS.iter().chain(&GRADES).chain(&LEVELS).chain([&STRANGER]);
    for set in sets(pairs.iter()) {
        for label in labels.clone() {
            let of_label = pairs.iter().filter(|pair| pair.set == set && pair.label == *label);
            let mut values = values(figure, of_label);
            values.sort_unstable_by(f64::total_cmp);
            let Some(last) = values.len().checked_sub(1) else { continue };
            let at = |quantile: &f64| {
                let (place, part) = ((quantile * last as f64) as usize, (quantile * last as f64).fract());
                let next = values[(place + 1).min(last)];
                format!("{:.3}", values[place] + part * (next - values[place]))
            };
            let row = [format!("{set} {label}"), values.len().to_string()];
            table.push(row.into_iter().chain(QUANTILES.iter().map(at)).collect());
        }
    }
    table
}

/// The threshold of each figure at which two groups of labels part best, in each set that has both, and in all.
fn borders(name: &str, figures: &[&str], pairs: &[Read<'_>], groups: Groups) -> Table {
    let head = std::iter::once(name).chain(figures.iter().copied());
    let mut table: Table = vec![head.map(str::to_owned).collect()];
    let sets = sets(pairs.iter());
    let each = sets.iter().map(|set| (*set, slice::from_ref(set)));
    for (name, sets) in each.chain([("all", &sets[..])]) {
        let grouped: Vec<(&Read<'_>, bool)> = pairs
            .iter()
            .filter(|pair| sets.contains(&pair.set))
            .filter_map(|pair| Some((pair, groups(pair)?)))
            .collect();
        let firsts = grouped.iter().filter(|(_, first)| *first).count();
        if firsts == 0 || firsts == grouped.len() {
            continue;
        }
        let best = |figure: &&str| {
            let values = values(figure, grouped.iter().map(|(pair, _)| *pair));
            let scored: Vec<(f64, bool)> =
                values.into_iter().zip(grouped.iter().map(|(_, first)| *first)).collect();
            best(&scored, |counts| counts.accuracy().into())
        };
        table.push(std::iter::once(name.to_owned()).chain(figures.iter().map(best)).collect());
    }
    table
}
