//! The evidence in words.

use super::{NAMES, Report, SIDES};
use crate::compare::Sides;
use crate::compare::passages::PassageKind;
use crate::verify::relation::Relation;

/// Figures that are named as what tells most.
const REASONS: usize = 4;
/// Shared names and numbers that are listed.
const LISTED: usize = 12;
/// From this difference the share of the body is told beside that of the whole text.
const CLUTTERED: f64 = 0.05;

/// What the relation means, in a sentence.
pub(super) fn meaning(report: &Report<'_>) -> String {
    let evidence = &report.comparison.evidence;
    let sentence = match report.comparison.relation {
        Relation::Identical if report.texts[0] == report.texts[1] => {
            "The two are the same to the last byte."
        }
        Relation::Identical => "The same text, but for typography at most.",
        Relation::Copy => "One text: most of each article stands in the other.",
        Relation::Excerpt => {
            let inner = usize::from(evidence.covered.right > evidence.covered.left);
            return format!(
                "Nearly all of the {} article stands in the other, longer one.",
                NAMES[inner]
            );
        }
        Relation::Revised => "Two versions of one text, reworked, cut or extended.",
        Relation::Rewrite => "Made from the other or from one source, in other words.",
        Relation::SharedPassage => "Different reports with passages of one author in both.",
        Relation::Series => "One form, filled with other facts.",
        Relation::SameStory => "Two accounts of one event.",
        Relation::Different if evidence.words.left == 0 || evidence.words.right == 0 => {
            "An article without words is similar to nothing."
        }
        Relation::Different => "Another topic, or the same on another day or from another angle.",
    };
    sentence.to_owned()
}

/// The evidence, the weightiest first.
pub(super) fn sentences(report: &Report<'_>) -> Vec<String> {
    let relation = report.comparison.relation;
    let mut told = Vec::new();
    if relation == Relation::Identical {
        let differ = if report.texts[0] == report.texts[1] {
            ""
        } else {
            "; only case, punctuation or spacing differ"
        };
        told.push(format!(
            "All {} agree{differ}.",
            counted(report.comparison.evidence.words.left, "word")
        ));
    } else {
        told.extend(passages(report));
        told.extend(edits(report));
        told.extend(order(report));
        if !report.layout.passages.is_empty() && relation.is_reuse() {
            told.extend(SIDES.iter().filter_map(|&side| alone(report, side)));
        }
        told.extend(wording(report));
        told.extend(names_and_numbers(report));
        told.extend(reasons(report));
        told.extend(story(report));
    }
    told
}

fn passages(report: &Report<'_>) -> Option<String> {
    let (passages, comparison) = (&report.layout.passages, report.comparison);
    let Some(longest) = passages.iter().map(|passage| passage.words).max() else {
        let words = comparison.evidence.words;
        return (words.left > 0 && words.right > 0)
            .then(|| "No passage stands in both.".to_owned());
    };
    let verbatim = passages.iter().filter(|passage| passage.kind == PassageKind::Verbatim).count();
    let (subject, more) = match (passages.len(), verbatim) {
        (1, 0) => ("One shared passage, edited, holds".to_owned(), String::new()),
        (1, _) => ("One shared passage, word for word, holds".to_owned(), String::new()),
        (all, verbatim) => {
            let kinds = match verbatim {
                0 => "all are edited".to_owned(),
                1 => "one is word for word".to_owned(),
                some if some == all => "all are word for word".to_owned(),
                some => format!("{} are word for word", grouped(some)),
            };
            (
                format!("{} shared passages hold", grouped(all)),
                format!("; {kinds}, the longest has {}", counted(longest, "word")),
            )
        }
    };
    let share = comparison.shared.coverage;
    let body = comparison.evidence.covered;
    let cluttered = (body.left - share.left).max(body.right - share.right) >= CLUTTERED;
    let body = match cluttered
        && comparison.relation.is_reuse()
        && comparison.relation != Relation::Rewrite
    {
        true => format!(
            " Without page clutter it is {} and {}.",
            percent(body.left),
            percent(body.right)
        ),
        false => String::new(),
    };
    let (left, right) = (percent(share.left), percent(share.right));
    Some(format!("{subject} {left} of the left article and {right} of the right{more}.{body}"))
}

fn edits(report: &Report<'_>) -> Option<String> {
    let [left, right] = report.layout.edited;
    let words = counted(left, "word");
    let verb = if left == 1 { "stands" } else { "stand" };
    (left + right > 0).then(|| {
        format!(
            "Inside passages, {words} {verb} only on the left, {} only on the right.",
            grouped(right)
        )
    })
}

fn order(report: &Report<'_>) -> Option<String> {
    let passages = &report.layout.passages;
    match passages.iter().filter(|passage| passage.moved).count() {
        0 if passages.len() < 2 => None,
        0 => Some("The passages stand in the same order.".to_owned()),
        1 => Some("One passage stands in another order.".to_owned()),
        moved => Some(format!("{} passages stand in another order.", grouped(moved))),
    }
}

/// What one side has alone, and where.
fn alone(report: &Report<'_>, side: usize) -> Option<String> {
    let (mut told, mut between, mut places) = (Vec::new(), 0, 0);
    for (_, alone) in report.layout.alone(side) {
        let words = counted(alone.words, "word");
        let amount = match alone.paragraphs {
            0 | 1 => words,
            paragraphs => format!("{words} in {paragraphs} paragraphs"),
        };
        match (alone.first, alone.last) {
            (true, _) => told.push(format!("{amount} at the beginning")),
            (_, true) => told.push(format!("{amount} at the end")),
            _ => (between, places) = (between + alone.words, places + 1),
        }
    }
    match places {
        0 => {}
        1 => told.push(format!("{} in between", counted(between, "word"))),
        _ => told.push(format!("{} in {places} places in between", counted(between, "word"))),
    }
    (!told.is_empty()).then(|| format!("Only the {} article has {}.", NAMES[side], list(&told)))
}

fn wording(report: &Report<'_>) -> Option<String> {
    let evidence = &report.comparison.evidence;
    let (known, order) = (evidence.known, evidence.in_order);
    (report.comparison.relation == Relation::Rewrite && known.left.max(known.right) > 0.0).then(|| {
        format!(
            "The right has {} of the left's wording by weight, the left {} of the right's; of the key words, {} and {} stand in the \
             same order.",
            percent(known.left),
            percent(known.right),
            percent(order.left),
            percent(order.right)
        )
    })
}

fn names_and_numbers(report: &Report<'_>) -> Option<String> {
    let mut found: Vec<Sides<std::ops::Range<usize>>> = report
        .comparison
        .evidence
        .names_and_numbers
        .iter()
        .filter(|Sides { left, right }| {
            report.texts[0].get(left.clone()).is_some()
                && report.texts[1].get(right.clone()).is_some()
        })
        .cloned()
        .collect();
    // "Xi" and "Jinping" were found one by one.
    let mut i = 0;
    while i < found.len() {
        let end = |span: &Sides<std::ops::Range<usize>>| (span.left.end, span.right.end);
        let joins = |texts: &str, from: usize, to: usize| {
            matches!(texts.get(from..to), Some(" " | "-" | "." | ","))
        };
        let at = end(&found[i]);
        let next = found.iter().position(|next| {
            joins(report.texts[0], at.0, next.left.start)
                && joins(report.texts[1], at.1, next.right.start)
        });
        match next {
            Some(next) if next != i => {
                (found[i].left.end, found[i].right.end) = end(&found[next]);
                found.remove(next);
                i = if next < i { i - 1 } else { i };
            }
            _ => i += 1,
        }
    }
    let shown = found
        .iter()
        .map(|span| report.slice(0, &span.left).split_whitespace().collect::<Vec<_>>().join(" "));
    let (numbers, names): (Vec<String>, Vec<String>) =
        shown.partition(|word| word.starts_with(char::is_numeric));
    let listed = |mut words: Vec<String>, what: &str, whats: &str| {
        words.truncate(LISTED);
        let what = if words.len() == 1 { what } else { whats };
        (!words.is_empty()).then(|| format!("{what}{}", list(&words)))
    };
    let all: Vec<String> = [listed(names, "", ""), listed(numbers, "the number ", "the numbers ")]
        .into_iter()
        .flatten()
        .collect();
    (!all.is_empty()).then(|| format!("Both name {}.", all.join(", and ")))
}

fn reasons(report: &Report<'_>) -> Option<String> {
    let comparison = report.comparison;
    let reasons = comparison.evidence.reasons(comparison.relation);
    let shown = |(name, value, _): &(&str, f64, f64)| match value {
        value if *value < 0.0 => format!("{name} (unknown)"),
        value => format!("{name} ({value:.2})"),
    };
    let most: Vec<String> =
        reasons.iter().filter(|reason| reason.2 > 0.1).take(REASONS).map(shown).collect();
    (!most.is_empty()).then(|| format!("What tells most: {}.", most.join("; ")))
}

fn story(report: &Report<'_>) -> Option<String> {
    let comparison = report.comparison;
    (!comparison.relation.is_reuse()).then(|| {
        format!("That they tell of one event is likely by {}.", percent(comparison.story.score))
    })
}

/// A share in whole percent, cut: 100 % is all, and a little is not nothing.
pub(super) fn percent(share: f64) -> String {
    match (share * 100.0 + 1e-9).floor() {
        _ if share > 0.0 && share < 0.01 => "under 1 %".to_owned(),
        whole => format!("{whole} %"),
    }
}

/// A figure from 0 to 1 with four decimals, cut so that 0.99996 does not look like 1.
pub(super) fn figure(value: f64) -> String {
    // A quotient such as 57/100 times 10,000 may come out just below 5,700; dividing back tells.
    let cut = (value * 1e4).floor();
    let cut = if (cut + 1.0) / 1e4 <= value { cut + 1.0 } else { cut };
    format!("{:.4}", cut / 1e4)
}

/// A number with commas between thousands.
pub(super) fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() * 4 / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// "1 word", "1,200 words".
pub(super) fn counted(number: usize, what: &str) -> String {
    format!("{} {what}{}", grouped(number), if number == 1 { "" } else { "s" })
}

/// "a, b and c".
fn list(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [some @ .., last] => format!("{} and {last}", some.join(", ")),
    }
}
