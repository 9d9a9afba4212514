//! A comparison as an HTML page that needs nothing else: no script, no font, no other file.

use std::fmt::Write as _;

use super::document::{Document, NAMES};
use super::format::{counted, decimal, percent};
use super::layout::{PieceKind, SIDES, ShownPassage, TextPiece, trim_to_words};
use super::sentences::{meaning, sentences};

const STYLE: &str = include_str!("page.css");
/// The number of colours of the style sheet; passages use them in turn.
const COLOURS: usize = 8;
/// The prefixes of the ids of each side's passages.
const IDS: [&str; 2] = ["l", "r"];
/// The elements of text that only one side has: deleted on the left, inserted on the right.
const ELEMENTS: [&str; 2] = ["del", "ins"];
/// The number of words from which text that only one side has gets a label.
const MIN_LABELLED: usize = 5;

pub(super) fn write(document: &Document<'_>) -> String {
    let relation = title_case(document.comparison.relation.name());
    let [left, right] = document.titles.map(escaped);
    let evidence: String = sentences(document)
        .iter()
        .map(|sentence| format!("<li>{}</li>\n", escaped(sentence)))
        .collect();
    let articles: String = SIDES.iter().map(|&side| article(document, side)).collect();
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{relation}: {left} and {right}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<header>\n<div>\n\
         <h1>{relation} <small>confidence {confidence}</small></h1>\n<p class=\"meaning\">{meaning}</p>\n\
         <ul>\n{evidence}</ul>\n</div>\n{figures}{map}{legend}</header>\n<main>\n{articles}</main>\n</body>\n</html>\n",
        confidence = percent(document.comparison.confidence),
        meaning = meaning(document),
        map = map(document),
        figures = figures(document),
        legend = legend(document),
    )
}

/// A map: the two articles as bars, with their passages, and a band from each passage on the left
/// to the same on the right.
fn map(document: &Document<'_>) -> String {
    // The width of both bars, the height of each, and the space between them.
    const WIDTH: f64 = 1000.0;
    const BAR: f64 = 14.0;
    const BETWEEN: f64 = 44.0;
    let passages = &document.layout.passages;
    if passages.is_empty() {
        return String::new();
    }
    let mut bands = String::new();
    let mut bars = String::new();
    for side in SIDES {
        let y = side as f64 * (BAR + BETWEEN);
        let _ =
            writeln!(bars, "<rect class=\"bar\" y=\"{y}\" width=\"{WIDTH}\" height=\"{BAR}\"/>");
    }
    for (i, passage) in passages.iter().enumerate() {
        let [(a, b), (c, d)] = SIDES.map(|side| {
            let place = |at: usize| at as f64 / document.texts[side].len() as f64 * WIDTH;
            (place(passage.spans[side].start), place(passage.spans[side].end))
        });
        let (class, top, bottom) = (class(i, passage), BAR, BAR + BETWEEN);
        let _ = writeln!(
            bands,
            "<path class=\"band {class}\" d=\"M{a:.1} {top}H{b:.1}L{d:.1} {bottom}H{c:.1}Z\"/>"
        );
        for (x, end, y) in [(a, b, 0.0), (c, d, bottom)] {
            let width = end - x;
            let _ = writeln!(
                bars,
                "<rect class=\"{class}\" x=\"{x:.1}\" y=\"{y}\" width=\"{width:.1}\" height=\"{BAR}\"/>"
            );
        }
    }
    let height = 2.0 * BAR + BETWEEN;
    format!(
        "<figure>\n<div>left</div>\n<svg viewBox=\"0 0 {WIDTH} {height}\" preserveAspectRatio=\"none\" role=\"img\" \
         aria-label=\"Where the shared passages stand in the two articles\">\n{bands}{bars}</svg>\n\
         <div>right</div>\n</figure>\n"
    )
}

fn figures(document: &Document<'_>) -> String {
    let comparison = document.comparison;
    let (overlap, weighted, coverage) =
        (comparison.overlap, comparison.weighted, comparison.shared.coverage);
    let mut out =
        "<details open>\n<summary>Figures</summary>\n<table>\n<tr><td></td><th scope=\"col\">left</th>\
                   <th scope=\"col\">right</th></tr>\n"
            .to_owned();
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
        let _ = writeln!(
            out,
            "<tr><th scope=\"row\">{name}</th><td>{}</td><td>{}</td></tr>",
            percent(left),
            percent(right)
        );
    }
    for (name, value) in [
        ("Jaccard similarity of the shingles", overlap.jaccard()),
        ("the same, rare ones counting more", weighted.jaccard()),
        ("one event", comparison.story.score),
    ] {
        let _ = writeln!(
            out,
            "<tr><th scope=\"row\">{name}</th><td colspan=\"2\">{}</td></tr>",
            decimal(value)
        );
    }
    out.push_str("</table>\n</details>\n");
    out
}

fn legend(document: &Document<'_>) -> String {
    let passages = &document.layout.passages;
    if passages.is_empty() {
        return String::new();
    }
    let moved = match passages.iter().any(|passage| passage.moved) {
        true => " <span><mark class=\"c2 moved\"><b>3 ⇅</b> in another order</mark></span>",
        false => "",
    };
    format!(
        "<p class=\"legend\"><span><mark class=\"c0\"><b>1</b> in both articles</mark> (the number leads to the other)</span>{moved} \
         <span><ins>underlined</ins> only in this article</span></p>\n"
    )
}

fn article(document: &Document<'_>, side: usize) -> String {
    let words =
        [document.comparison.evidence.words.left, document.comparison.evidence.words.right][side];
    let mut out = format!(
        "<article>\n<h2><bdi>{}</bdi> <small>{}, {}</small></h2>\n<div lang=\"\" dir=\"auto\">",
        escaped(document.titles[side]),
        NAMES[side],
        counted(words, "word")
    );
    for piece in &document.layout.pieces[side] {
        match piece.kind {
            PieceKind::Filler => out.push_str(&escaped(document.slice(side, &piece.range))),
            PieceKind::Passage(number) => passage(&mut out, document, side, piece, number),
            PieceKind::Unshared(text) => unshared(&mut out, document, side, piece, text.words),
        }
    }
    out.push_str("</div>\n</article>\n");
    out
}

fn passage(
    out: &mut String,
    document: &Document<'_>,
    side: usize,
    piece: &TextPiece,
    number: usize,
) {
    let passage = &document.layout.passages[number];
    let text = |range| escaped(document.slice(side, &range));
    let (number, class) = (number + 1, class(number, passage));
    let (moved, order) = if passage.moved { (" ⇅", ", in another order") } else { ("", "") };
    let [id, other] = [IDS[side], IDS[1 - side]];
    let _ = write!(
        out,
        "<mark class=\"{class}\" id=\"{id}{number}\"><a href=\"#{other}{number}\" title=\"Passage {number}, {}, {}{order}: \
         go to the {} article\">{number}{moved}</a>",
        passage.kind.name(),
        counted(passage.words, "word"),
        NAMES[1 - side],
    );
    let span = &passage.spans[side];
    out.push_str(&text(piece.range.start..span.start));
    for part in &passage.parts {
        let range = part.spans[side].clone();
        if part.agrees {
            out.push_str(&text(range));
        } else {
            let own = trim_to_words(document.texts[side], &range);
            out.push_str(&text(range.start..own.start));
            if !own.is_empty() {
                let _ = write!(out, "<{0}>{1}</{0}>", ELEMENTS[side], text(own.clone()));
            }
            out.push_str(&text(own.end..range.end));
        }
    }
    out.push_str(&text(span.end..piece.range.end));
    out.push_str("</mark>");
}

fn unshared(
    out: &mut String,
    document: &Document<'_>,
    side: usize,
    piece: &TextPiece,
    words: usize,
) {
    let element = ELEMENTS[side];
    let _ = match words {
        ..MIN_LABELLED => write!(out, "<{element}>"),
        words => {
            write!(
                out,
                "<{element} class=\"long\"><b>only {}, {}</b> ",
                NAMES[side],
                counted(words, "word")
            )
        }
    };
    let _ = write!(out, "{}</{element}>", escaped(document.slice(side, &piece.range)));
}

fn class(number: usize, passage: &ShownPassage) -> String {
    format!("c{}{}", number % COLOURS, if passage.moved { " moved" } else { "" })
}

fn title_case(name: &str) -> String {
    let (first, rest) = name.split_at(name.chars().next().map_or(0, char::len_utf8));
    format!("{}{}", first.to_uppercase(), rest.replace('-', " "))
}

/// Text with all HTML syntax escaped, and control characters, which HTML does not allow, as U+FFFD.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 16);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' | '\r' | '\t' => out.push(c),
            c if c.is_control() => out.push('\u{FFFD}'),
            c => out.push(c),
        }
    }
    out
}
