//! A comparison for a terminal.

use std::fmt::Write as _;

use super::evidence::{counted, figure, grouped, meaning};
use super::layout::{Shown, own_words};
use super::{NAMES, Report, SIDES};

/// Columns to which text is broken, and those by which it is set in.
const WIDTH: usize = 100;
const INDENT: usize = 5;
/// Passages shown, and stretches that one side has alone.
const PASSAGES: usize = 20;
const ALONE: usize = 8;
/// Words from which a stretch that one side has alone is worth showing.
const WORTH_SHOWING: usize = 3;
/// Parts of a passage shown, and characters of a part and of a stretch.
const PARTS: usize = 15;
const PART: usize = 120;
const STRETCH: usize = 240;

pub(super) fn write(report: &Report<'_>) -> String {
    let comparison = report.comparison;
    let mut out = String::new();
    let titles = report.titles.map(|title| shortened(title, WIDTH - 30));
    let width = titles.iter().map(|title| title.chars().count()).max().unwrap_or_default();
    let words = [comparison.evidence.words.left, comparison.evidence.words.right];
    for side in SIDES {
        let _ = writeln!(
            out,
            "{:<5}  {:width$}  {:>7} words",
            NAMES[side],
            titles[side],
            grouped(words[side])
        );
    }
    let relation = comparison.relation.name().to_uppercase();
    let _ = writeln!(
        out,
        "\n{relation}, confidence {}: {}",
        figure(comparison.confidence),
        meaning(report)
    );
    for sentence in report.evidence() {
        paragraph(&mut out, "- ", &shown(&sentence));
    }
    figures(&mut out, report);
    passages(&mut out, report);
    SIDES.iter().for_each(|&side| alone(&mut out, report, side));
    out
}

fn figures(out: &mut String, report: &Report<'_>) {
    let comparison = report.comparison;
    let (overlap, weighted, coverage) =
        (comparison.overlap, comparison.weighted, comparison.shared.coverage);
    let _ = writeln!(out, "\n{:38}{:>8}{:>10}", "", "left", "right");
    for (name, left, right) in [
        ("words inside shared passages", coverage.left, coverage.right),
        (
            "shingles that the other has too",
            overlap.left_containment(),
            overlap.right_containment(),
        ),
        (
            "the same, rare ones counting more",
            weighted.left_containment(),
            weighted.right_containment(),
        ),
    ] {
        let _ = writeln!(out, "{name:38}{:>8}{:>10}", figure(left), figure(right));
    }
    for (name, value) in [
        ("Jaccard similarity of the shingles", overlap.jaccard()),
        ("the same, rare ones counting more", weighted.jaccard()),
        ("one event", comparison.story.score),
    ] {
        let _ = writeln!(out, "{name:38}{:>8}", figure(value));
    }
}

fn passages(out: &mut String, report: &Report<'_>) {
    let passages = &report.layout.passages;
    if passages.is_empty() {
        return;
    }
    out.push_str("\nShared passages ([-only left-] {+only right+})\n");
    let chosen = longest(passages.iter().map(|passage| passage.words), PASSAGES);
    for &i in &chosen {
        let passage = &passages[i];
        let moved = if passage.moved { ", in another order" } else { "" };
        let _ = writeln!(
            out,
            "\n{:>3}  {}, {}{moved}",
            i + 1,
            passage.kind.name(),
            counted(passage.words, "word")
        );
        paragraph(out, "", &inline(report, passage));
    }
    more(out, passages.len() - chosen.len(), "shorter passage");
}

fn alone(out: &mut String, report: &Report<'_>, side: usize) {
    let stretches: Vec<_> =
        report.layout.alone(side).filter(|(_, alone)| alone.words >= WORTH_SHOWING).collect();
    // Nothing shared: the article itself says it better.
    if stretches.is_empty() || report.layout.passages.is_empty() {
        return;
    }
    let _ = writeln!(out, "\nOnly in the {} article", NAMES[side]);
    let chosen = longest(stretches.iter().map(|(_, alone)| alone.words), ALONE);
    for &i in &chosen {
        let (range, alone) = &stretches[i];
        let _ = writeln!(out, "\n     {}", counted(alone.words, "word"));
        paragraph(out, "", &shortened(report.slice(side, range), STRETCH));
    }
    more(out, stretches.len() - chosen.len(), "shorter stretch");
}

fn more(out: &mut String, left_out: usize, what: &str) {
    if left_out > 0 {
        let plural = if left_out == 1 {
            ""
        } else if what.ends_with("ch") {
            "es"
        } else {
            "s"
        };
        let _ = writeln!(out, "\n     and {} {what}{plural}", grouped(left_out));
    }
}

/// The places of the `most` longest, ascending.
fn longest(lengths: impl Iterator<Item = usize>, most: usize) -> Vec<usize> {
    let mut places: Vec<(usize, usize)> = lengths.enumerate().collect();
    places.sort_by_key(|&(_, length)| std::cmp::Reverse(length));
    let mut places: Vec<usize> = places.into_iter().take(most).map(|(i, _)| i).collect();
    places.sort_unstable();
    places
}

/// A passage with its edits marked, its middle left out if there are many.
fn inline(report: &Report<'_>, passage: &Shown) -> String {
    let mut pieces = Vec::new();
    for (i, part) in passage.parts.iter().enumerate() {
        if i >= PARTS / 2 && i + PARTS / 2 < passage.parts.len() && passage.parts.len() > PARTS {
            if i == PARTS / 2 {
                pieces.push("[...]".to_owned());
            }
            continue;
        }
        let own = |side: usize| {
            shortened(report.slice(side, &own_words(report.texts[side], &part.spans[side])), PART)
        };
        if part.agrees {
            pieces.push(shortened(report.slice(0, &part.spans[0]), PART));
        } else {
            let [left, right] = SIDES.map(own);
            pieces.extend((!left.is_empty()).then(|| format!("[-{left}-]")));
            pieces.extend((!right.is_empty()).then(|| format!("{{+{right}+}}")));
        }
    }
    pieces.join(" ")
}

/// Text on one line, with an ellipsis for its middle if it is longer than `most` characters.
fn shortened(text: &str, most: usize) -> String {
    let text = shown(text);
    let length = text.chars().count();
    if length <= most {
        return text;
    }
    let half = (most - 5) / 2;
    let head: String = text.chars().take(half).collect();
    let tail: String = text.chars().skip(length - half).collect();
    // Cut between words where there are any.
    let head = head.rsplit_once(' ').map_or(head.as_str(), |(head, _)| head);
    let tail = tail.split_once(' ').map_or(tail.as_str(), |(_, tail)| tail);
    format!("{head} [...] {tail}")
}

/// Text on one line, without characters that could upset a terminal: controls and changes of
/// direction.
fn shown(text: &str) -> String {
    let upsets = |c: char| {
        c.is_control()
            || matches!(c, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
    };
    let words: Vec<&str> = text
        .split(|c: char| c.is_whitespace() || upsets(c))
        .filter(|word| !word.is_empty())
        .collect();
    words.join(" ")
}

/// Writes words set in and broken into lines, a mark before the first.
fn paragraph(out: &mut String, mark: &str, text: &str) {
    let indent = if mark.is_empty() { INDENT } else { mark.len() };
    let mut column = indent;
    let _ = write!(out, "{mark:indent$}");
    for (i, word) in text.split(' ').enumerate() {
        let width = word.chars().count() + usize::from(i > 0);
        if i > 0 && column + width > WIDTH {
            let _ = write!(out, "\n{:indent$}", "");
            column = indent;
        } else if i > 0 {
            out.push(' ');
        }
        out.push_str(word);
        column += width;
    }
    out.push('\n');
}
