//! A comparison as one JSON object.

use std::fmt::Write as _;
use std::ops::Range;

use super::document::{BY_SIDE, Document};
use super::layout::SIDES;
use super::sentences::sentences;

/// Writes the object; `offsets` maps offsets in each text to those that are written.
pub(super) fn write(document: &Document<'_>, offsets: [&dyn Fn(usize) -> usize; 2]) -> String {
    let comparison = document.comparison;
    let (overlap, weighted, coverage) =
        (comparison.overlap, comparison.weighted, comparison.shared.coverage);
    // {:?} writes the fewest digits that read back as the same number, and always a point or an
    // exponent.
    let mut out = format!(
        "{{\"relation\":{},\"confidence\":{:?},\"jaccard\":{:?},\"containment\":{},\"coverage\":{},\"story\":{:?},\"passages\":[",
        string(comparison.relation.name()),
        comparison.confidence,
        overlap.jaccard(),
        sides(overlap.left_containment(), overlap.right_containment()),
        sides(coverage.left, coverage.right),
        comparison.story.score,
    );
    for (i, passage) in document.layout.passages.iter().enumerate() {
        let span = |side: usize| {
            let Range { start, end } = passage.spans[side];
            format!("[{},{}]", offsets[side](start), offsets[side](end))
        };
        let [left, right] = SIDES.map(span);
        let _ = write!(
            out,
            "{}{{\"left\":{left},\"right\":{right},\"kind\":{},\"words\":{}}}",
            if i == 0 { "" } else { "," },
            string(passage.kind.name()),
            passage.words,
        );
    }
    let evidence: Vec<String> =
        sentences(document, BY_SIDE).iter().map(|sentence| string(sentence)).collect();
    let _ = writeln!(
        out,
        "],\"weighted\":{{\"jaccard\":{:?},\"containment\":{}}},\"evidence\":[{}]}}",
        weighted.jaccard(),
        sides(weighted.left_containment(), weighted.right_containment()),
        evidence.join(",")
    );
    out
}

fn sides(left: f64, right: f64) -> String {
    format!("{{\"left\":{left:?},\"right\":{right:?}}}")
}

/// A string in quotation marks, with what JSON does not allow inside them escaped.
fn string(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c < ' ' => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn strings_are_read_back(text in prop_oneof![any::<String>(), "[\\x00-\\x7f\u{2028}]{0,40}"]) {
            prop_assert_eq!(serde_json::from_str::<String>(&string(&text)).expect("JSON"), text);
        }
    }
}
