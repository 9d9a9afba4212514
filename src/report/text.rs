//! A comparison for a terminal.

use std::fmt::Write as _;

use super::document::{BY_SIDE, Document, SIDE_NAMES};
use super::format::{counted, decimal, grouped, one_line};
use super::layout::{SIDES, ShownPassage, trim_to_words};
use super::sentences::{meaning, sentences};

/// The width of lines, in characters.
const WIDTH: usize = 100;
/// The indentation of text, in characters.
const INDENT: usize = 5;
/// The number of passages that are shown.
const MAX_PASSAGES: usize = 20;
/// The number of unshared texts that are shown for each side.
const MAX_UNSHARED: usize = 8;
/// The number of words from which an unshared text is shown.
const MIN_UNSHARED_WORDS: usize = 3;
/// The number of parts that are shown of a passage.
const MAX_PARTS: usize = 15;
/// The number of characters that are shown of a part.
const MAX_PART_CHARS: usize = 120;
/// The number of characters that are shown of an unshared text.
const MAX_UNSHARED_CHARS: usize = 240;

pub(super) fn write(document: &Document<'_>) -> String {
    let comparison = document.comparison;
    let mut out = String::new();
    let titles = document.titles.map(|title| shortened(title, WIDTH - 30));
    let width = titles.iter().map(|title| title.chars().count()).max().unwrap_or_default();
    let words = [comparison.evidence.words.left, comparison.evidence.words.right];
    for side in SIDES {
        let _ = writeln!(
            out,
            "{:<5}  {:width$}  {:>7} words",
            SIDE_NAMES[side],
            titles[side],
            grouped(words[side])
        );
    }
    let relation = comparison.relation.name().to_uppercase();
    let _ = writeln!(
        out,
        "\n{relation}, confidence {}: {}",
        decimal(comparison.confidence),
        meaning(document, BY_SIDE)
    );
    for sentence in sentences(document, BY_SIDE) {
        paragraph(&mut out, "- ", &one_line(&sentence));
    }
    figures(&mut out, document);
    passages(&mut out, document);
    SIDES.iter().for_each(|&side| unshared(&mut out, document, side));
    out
}

fn figures(out: &mut String, document: &Document<'_>) {
    let comparison = document.comparison;
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
        let _ = writeln!(out, "{name:38}{:>8}{:>10}", decimal(left), decimal(right));
    }
    for (name, value) in [
        ("Jaccard similarity of the shingles", overlap.jaccard()),
        ("the same, rare ones counting more", weighted.jaccard()),
        ("one event", comparison.story.score),
    ] {
        let _ = writeln!(out, "{name:38}{:>8}", decimal(value));
    }
}

fn passages(out: &mut String, document: &Document<'_>) {
    let passages = &document.layout.passages;
    if passages.is_empty() {
        return;
    }
    out.push_str("\nShared passages ([-only left-] {+only right+})\n");
    let chosen = longest(passages.iter().map(|passage| passage.words), MAX_PASSAGES);
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
        paragraph(out, "", &inline(document, passage));
    }
    more(out, passages.len() - chosen.len(), "shorter passage");
}

fn unshared(out: &mut String, document: &Document<'_>, side: usize) {
    let worth_showing = |words: usize| words >= MIN_UNSHARED_WORDS;
    let texts: Vec<_> =
        document.layout.unshared(side).filter(|(_, text)| worth_showing(text.words)).collect();
    // If nothing is shared, the article itself says it better.
    if texts.is_empty() || document.layout.passages.is_empty() {
        return;
    }
    let _ = writeln!(out, "\nOnly in the {} article", SIDE_NAMES[side]);
    let chosen = longest(texts.iter().map(|(_, text)| text.words), MAX_UNSHARED);
    for &i in &chosen {
        let (range, text) = &texts[i];
        let _ = writeln!(out, "\n     {}", counted(text.words, "word"));
        paragraph(out, "", &shortened(document.slice(side, range), MAX_UNSHARED_CHARS));
    }
    more(out, texts.len() - chosen.len(), "shorter stretch");
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

/// The indices of the `most` longest, ascending.
fn longest(lengths: impl Iterator<Item = usize>, most: usize) -> Vec<usize> {
    let mut places: Vec<(usize, usize)> = lengths.enumerate().collect();
    places.sort_by_key(|&(_, length)| std::cmp::Reverse(length));
    let mut places: Vec<usize> = places.into_iter().take(most).map(|(i, _)| i).collect();
    places.sort_unstable();
    places
}

/// A passage with its edits marked, and without its middle if there are many.
fn inline(document: &Document<'_>, passage: &ShownPassage) -> String {
    let mut pieces = Vec::new();
    for (i, part) in passage.parts.iter().enumerate() {
        if i >= MAX_PARTS / 2
            && i + MAX_PARTS / 2 < passage.parts.len()
            && passage.parts.len() > MAX_PARTS
        {
            if i == MAX_PARTS / 2 {
                pieces.push("[...]".to_owned());
            }
            continue;
        }
        let own = |side: usize| {
            shortened(
                document.slice(side, &trim_to_words(document.texts[side], &part.spans[side])),
                MAX_PART_CHARS,
            )
        };
        if part.agrees {
            pieces.push(shortened(document.slice(0, &part.spans[0]), MAX_PART_CHARS));
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
    let text = one_line(text);
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

/// Writes text indented and broken into lines, with a mark before the first line.
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
