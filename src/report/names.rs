//! What the page calls the two articles in sentences, tables and links.

use super::document::Document;
use super::format::one_line;

/// The most characters of a name.
const MAX_CHARS: usize = 40;

/// The names of the two articles: those given, or else the titles; short, on one line, and
/// different.
pub(super) fn names(document: &Document<'_>) -> [String; 2] {
    let given = document.names.unwrap_or(document.titles);
    match given.map(shortened) {
        [left, right] if left == right => [left + " (1)", right + " (2)"],
        names => names,
    }
}

/// A name in a sentence. It is isolated, so that a name that is read from right to left does not
/// change the order of the words around it.
pub(super) fn quoted(name: &str) -> String {
    format!("“\u{2068}{name}\u{2069}”")
}

/// A name on one line, with an ellipsis for its middle if it is long: the ends of paths, addresses
/// and headlines tell most.
fn shortened(name: &str) -> String {
    let name = one_line(name);
    let length = name.chars().count();
    if length <= MAX_CHARS {
        return name;
    }
    let tail = MAX_CHARS / 2;
    let head = MAX_CHARS - tail - 1;
    name.chars().take(head).chain(['…']).chain(name.chars().skip(length - tail)).collect()
}
