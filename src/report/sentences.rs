//! The evidence in words: a sentence for each thing that was found.

use std::ops::Range;

use super::document::Document;
use super::format::{counted, grouped, list, percent};
use super::layout::SIDES;
use crate::compare::passages::PassageKind;
use crate::compare::sides::Sides;
use crate::verify::relation::Relation;

/// Features that are named as the strongest reasons.
const MAX_REASONS: usize = 4;
/// The least weight of a reason.
const MIN_REASON: f64 = 0.1;
/// Shared names that are listed, and numbers.
const MAX_LISTED: usize = 12;
/// If the covered share of the body exceeds that of the whole text by this, both are given.
const CLUTTERED: f64 = 0.05;

/// What the relation means, in a sentence that calls the articles by these names.
pub(super) fn meaning(document: &Document<'_>, names: [&str; 2]) -> String {
    let evidence = &document.comparison.evidence;
    match document.comparison.relation {
        Relation::Identical if document.texts[0] == document.texts[1] => {
            "The two are the same to the last byte.".to_owned()
        }
        Relation::Excerpt => {
            let inner = usize::from(evidence.covered.right > evidence.covered.left);
            format!("Nearly all of {} stands in the other, longer one.", names[inner])
        }
        Relation::Different if evidence.words.left == 0 || evidence.words.right == 0 => {
            "An article without words is similar to nothing.".to_owned()
        }
        relation => relation.meaning().to_owned(),
    }
}

/// The evidence, the weightiest first, in sentences that call the articles by these names.
pub(super) fn sentences(document: &Document<'_>, names: [&str; 2]) -> Vec<String> {
    let relation = document.comparison.relation;
    if relation == Relation::Identical {
        return vec![identical(document)];
    }
    let mut sentences: Vec<String> =
        [passages(document, names), edits(document, names), order(document)]
            .into_iter()
            .flatten()
            .collect();
    if !document.layout.passages.is_empty() && relation.is_reuse() {
        sentences.extend(SIDES.iter().filter_map(|&side| unshared(document, side, names[side])));
    }
    let rest =
        [wording(document, names), names_and_numbers(document), reasons(document), story(document)];
    sentences.extend(rest.into_iter().flatten());
    sentences
}

fn identical(document: &Document<'_>) -> String {
    let words = counted(document.comparison.evidence.words.left, "word");
    match document.texts[0] == document.texts[1] {
        true => format!("All {words} agree."),
        false => format!("All {words} agree; only case, punctuation or spacing differ."),
    }
}

fn passages(document: &Document<'_>, names: [&str; 2]) -> Option<String> {
    let (passages, comparison) = (&document.layout.passages, document.comparison);
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
    let [left_name, right_name] = names;
    Some(format!("{subject} {left} of {left_name} and {right} of {right_name}{more}.{body}"))
}

fn edits(document: &Document<'_>, names: [&str; 2]) -> Option<String> {
    let [left, right] = document.layout.edited;
    let words = counted(left, "word");
    let verb = if left == 1 { "stands" } else { "stand" };
    (left + right > 0).then(|| {
        format!(
            "Inside passages, {words} {verb} only in {}, {} only in {}.",
            names[0],
            grouped(right),
            names[1]
        )
    })
}

fn order(document: &Document<'_>) -> Option<String> {
    let passages = &document.layout.passages;
    match passages.iter().filter(|passage| passage.moved).count() {
        0 if passages.len() < 2 => None,
        0 => Some("The passages stand in the same order.".to_owned()),
        1 => Some("One passage stands in another order.".to_owned()),
        moved => Some(format!("{} passages stand in another order.", grouped(moved))),
    }
}

/// What only one side has, and where.
fn unshared(document: &Document<'_>, side: usize, name: &str) -> Option<String> {
    let (mut parts, mut words_between, mut places) = (Vec::new(), 0, 0);
    for (_, unshared) in document.layout.unshared(side) {
        let words = counted(unshared.words, "word");
        let amount = match unshared.paragraphs {
            0 | 1 => words,
            paragraphs => format!("{words} in {paragraphs} paragraphs"),
        };
        match (unshared.is_first, unshared.is_last) {
            (true, _) => parts.push(format!("{amount} at the beginning")),
            (_, true) => parts.push(format!("{amount} at the end")),
            _ => (words_between, places) = (words_between + unshared.words, places + 1),
        }
    }
    let words = counted(words_between, "word");
    match places {
        0 => {}
        1 => parts.push(format!("{words} in between")),
        _ => parts.push(format!("{words} in {places} places in between")),
    }
    (!parts.is_empty()).then(|| format!("Only {name} has {}.", list(&parts)))
}

fn wording(document: &Document<'_>, [left, right]: [&str; 2]) -> Option<String> {
    let evidence = &document.comparison.evidence;
    let (known, order) = (evidence.lexical_containment, evidence.common_subsequence);
    (document.comparison.relation == Relation::Rewrite && known.left.max(known.right) > 0.0).then(|| {
        format!(
            "By weight, {right} has {} of the wording of {left}, and {left} {} of that of {right}; \
             of the key words, {} and {} stand in the same order.",
            percent(known.left),
            percent(known.right),
            percent(order.left),
            percent(order.right)
        )
    })
}

fn names_and_numbers(document: &Document<'_>) -> Option<String> {
    let mut found: Vec<Sides<Range<usize>>> = document
        .comparison
        .evidence
        .names_and_numbers
        .iter()
        .filter(|Sides { left, right }| {
            document.texts[0].get(left.clone()).is_some()
                && document.texts[1].get(right.clone()).is_some()
        })
        .cloned()
        .collect();
    // Names such as "Xi Jinping" were found word by word: join what stands together in both texts.
    let mut i = 0;
    while i < found.len() {
        let end = |span: &Sides<Range<usize>>| (span.left.end, span.right.end);
        let joins = |texts: &str, from: usize, to: usize| {
            matches!(texts.get(from..to), Some(" " | "-" | "." | ","))
        };
        let at = end(&found[i]);
        let next = found.iter().position(|next| {
            joins(document.texts[0], at.0, next.left.start)
                && joins(document.texts[1], at.1, next.right.start)
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
        .map(|span| document.slice(0, &span.left).split_whitespace().collect::<Vec<_>>().join(" "));
    let (numbers, names): (Vec<String>, Vec<String>) =
        shown.partition(|word| word.starts_with(char::is_numeric));
    let listed = |mut words: Vec<String>, what: &str, whats: &str| {
        words.truncate(MAX_LISTED);
        let what = if words.len() == 1 { what } else { whats };
        (!words.is_empty()).then(|| format!("{what}{}", list(&words)))
    };
    let all: Vec<String> = [listed(names, "", ""), listed(numbers, "the number ", "the numbers ")]
        .into_iter()
        .flatten()
        .collect();
    (!all.is_empty()).then(|| format!("Both name {}.", all.join(", and ")))
}

fn reasons(document: &Document<'_>) -> Option<String> {
    let comparison = document.comparison;
    let reasons = comparison.evidence.reasons(comparison.relation);
    let shown = |(name, value, _): &(&str, f64, f64)| match value {
        value if *value < 0.0 => format!("{name} (unknown)"),
        value => format!("{name} ({value:.2})"),
    };
    let most: Vec<String> = reasons
        .iter()
        .filter(|reason| reason.2 > MIN_REASON)
        .take(MAX_REASONS)
        .map(shown)
        .collect();
    (!most.is_empty()).then(|| format!("Most important features: {}.", most.join("; ")))
}

fn story(document: &Document<'_>) -> Option<String> {
    let comparison = document.comparison;
    (!comparison.relation.is_reuse()).then(|| {
        format!("That they tell of one event is likely by {}.", percent(comparison.story.score))
    })
}
