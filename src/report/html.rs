//! A comparison as an HTML page that needs nothing else: no script, no font, no other file.
//!
//! The page calls the articles by their names, not by "left" and "right": on a narrow screen one
//! stands below the other.

use std::fmt::Write as _;

use super::document::Document;
use super::format::{counted, percent};
use super::layout::{PieceKind, SIDES, ShownPassage, TextPiece, trim_to_words};
use super::names::{names, quoted};
use super::sentences::{meaning, sentences};

/// The style sheet of the page.
pub(super) const STYLE: &str = include_str!("page.css");
/// The number of colours of the style sheet; passages use them in turn.
const COLOURS: usize = 8;
/// The ids of the two articles.
const ARTICLE_IDS: [&str; 2] = ["left", "right"];
/// The prefixes of the ids of each side's passages.
const IDS: [&str; 2] = ["l", "r"];
/// The elements of text that only one side has: deleted on the left, inserted on the right.
const ELEMENTS: [&str; 2] = ["del", "ins"];
/// The number of words from which text that only one side has gets a label.
const MIN_LABELLED: usize = 5;

/// The whole page.
pub(super) fn page(document: &Document<'_>) -> String {
    let relation = relation(document);
    let [left, right] = document.titles.map(escaped);
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{relation}: {left} and {right}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n\
         {fragment}</main>\n</body>\n</html>\n",
        fragment = fragment(document),
    )
}

/// What stands in the page's main element.
pub(super) fn fragment(document: &Document<'_>) -> String {
    let names = names(document);
    let quoted = names.each_ref().map(|name| quoted(name));
    let quoted = quoted.each_ref().map(String::as_str);
    let evidence: String = sentences(document, quoted)
        .iter()
        .map(|sentence| format!("<li>{}</li>\n", escaped(sentence)))
        .collect();
    let articles: String = SIDES.iter().map(|&side| article(document, side, &names)).collect();
    format!(
        "<header class=\"verdict\">\n<div>\n\
         <h1>{relation} <small>confidence {confidence}</small></h1>\n<p class=\"meaning\">{meaning}</p>\n\
         <ul>\n{evidence}</ul>\n</div>\n{figures}{map}{legend}</header>\n<section class=\"pair\">\n{articles}</section>\n",
        relation = relation(document),
        confidence = percent(document.comparison.confidence),
        meaning = escaped(&meaning(document, quoted)),
        map = map(document, &names),
        figures = figures(document, &names),
        legend = legend(document),
    )
}

/// A map: the two articles as bars, with their passages, and a band from each passage on the left
/// to the same on the right.
fn map(document: &Document<'_>, names: &[String; 2]) -> String {
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
    let [left, right] = names.each_ref().map(|name| escaped(name));
    format!(
        "<figure class=\"map\">\n<div dir=\"auto\">{left}</div>\n<svg viewBox=\"0 0 {WIDTH} {height}\" preserveAspectRatio=\"none\" role=\"img\" \
         aria-label=\"Where the shared passages stand in the two articles\">\n{bands}{bars}</svg>\n\
         <div dir=\"auto\">{right}</div>\n</figure>\n"
    )
}

fn figures(document: &Document<'_>, names: &[String; 2]) -> String {
    let comparison = document.comparison;
    let (overlap, weighted, coverage) =
        (comparison.overlap, comparison.weighted, comparison.shared.coverage);
    let mut out =
        "<details open>\n<summary>Figures</summary>\n<table class=\"figures\">\n<thead>\n<tr><td></td>".to_owned();
    for side in SIDES {
        let (id, name) = (ARTICLE_IDS[side], escaped(&names[side]));
        let _ = write!(out, "<th scope=\"col\"><a href=\"#{id}\"><bdi>{name}</bdi></a></th>");
    }
    out.push_str("</tr>\n</thead>\n<tbody>\n");
    for (name, left, right) in [
        ("words inside shared passages", coverage.left, coverage.right),
        (
            "containment: shingles that the other has too",
            overlap.left_containment(),
            overlap.right_containment(),
        ),
        (
            "containment, rare shingles counting more",
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
        ("Jaccard similarity, rare shingles counting more", weighted.jaccard()),
        ("probability of one event", comparison.story.score),
    ] {
        let _ = writeln!(
            out,
            "<tr><th scope=\"row\">{name}</th><td colspan=\"2\">{}</td></tr>",
            percent(value)
        );
    }
    out.push_str("</tbody>\n</table>\n</details>\n");
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

fn article(document: &Document<'_>, side: usize, names: &[String; 2]) -> String {
    let words =
        [document.comparison.evidence.words.left, document.comparison.evidence.words.right][side];
    let title = escaped(document.titles[side]);
    let name = match document.names {
        Some(_) => format!("<bdi>{}</bdi> · ", escaped(&names[side])),
        None => String::new(),
    };
    let mut out = format!(
        "<article id=\"{}\">\n<h2><bdi>{title}</bdi> <small>{name}{}</small></h2>\n\
         <div lang=\"\" dir=\"auto\">",
        ARTICLE_IDS[side],
        counted(words, "word")
    );
    for piece in &document.layout.pieces[side] {
        match piece.kind {
            PieceKind::Filler => out.push_str(&escaped(document.slice(side, &piece.range))),
            PieceKind::Passage(number) => {
                passage(&mut out, document, [side, number], piece, &names[1 - side]);
            }
            PieceKind::Unshared(text) => unshared(&mut out, document, side, piece, text.words),
        }
    }
    out.push_str("</div>\n</article>\n");
    out
}

fn passage(
    out: &mut String,
    document: &Document<'_>,
    [side, number]: [usize; 2],
    piece: &TextPiece,
    other_name: &str,
) {
    let passage = &document.layout.passages[number];
    let text = |range| escaped(document.slice(side, &range));
    let (number, class) = (number + 1, class(number, passage));
    let (moved, order) = if passage.moved { (" ⇅", ", in another order") } else { ("", "") };
    let [id, other] = [IDS[side], IDS[1 - side]];
    let _ = write!(
        out,
        "<mark class=\"{class}\" id=\"{id}{number}\"><a href=\"#{other}{number}\" title=\"Passage {number}, {}, {}{order}: \
         go to {}\">{number}{moved}</a>",
        passage.kind.name(),
        counted(passage.words, "word"),
        escaped(&quoted(other_name)),
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
            write!(out, "<{element} class=\"long\"><b>only here, {}</b> ", counted(words, "word"))
        }
    };
    let _ = write!(out, "{}</{element}>", escaped(document.slice(side, &piece.range)));
}

fn class(number: usize, passage: &ShownPassage) -> String {
    format!("c{}{}", number % COLOURS, if passage.moved { " moved" } else { "" })
}

/// The relation as a heading.
fn relation(document: &Document<'_>) -> String {
    let name = document.comparison.relation.name();
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
