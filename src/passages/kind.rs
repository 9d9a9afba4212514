//! What a passage is: lifted, a quotation, background or boilerplate.
//!
//! Told from what a collection shows: how much of the passage is quoted or is no body, how many
//! different texts have it, how much of each it makes up, and whether one source wrote them all.

use crate::names::named;

/// What a passage that several articles have is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum ReuseKind {
    /// One author's text, taken over.
    Lifted,
    /// A speaker's words, quoted by several authors.
    Quotation,
    /// A source's own text, used again and again in reports of different events.
    Background,
    /// A page frame, a notice, a form: what stands under many articles, or is no sentence.
    Boilerplate,
}

named! {
    ReuseKind, "kind of passage":
    Lifted "lifted", Quotation "quotation", Background "background", Boilerplate "boilerplate"
}

/// What the kind is told from.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Signs {
    /// The words of the first place.
    pub(super) words: usize,
    /// The share of these that is quoted, 0 to 1.
    pub(super) quoted: f64,
    /// The share of these that is in the body of an article.
    pub(super) body: f64,
    /// How many different texts have it.
    pub(super) texts: usize,
    /// The mean share of a text that it makes up.
    pub(super) of_text: f64,
    /// Whether all its articles are of one known source.
    pub(super) one_source: bool,
}

/// The share of quoted words from which a passage is the speaker's.
const MIN_QUOTED: f64 = 0.8;
/// The same if what is not quoted is too little to be an author's text.
const MIN_QUOTED_OF_SHORT: f64 = 0.5;
/// Words of an author's text.
const MIN_UNQUOTED: f64 = 25.0;
/// Words of the body below which it is a part of the page.
const MIN_BODY: f64 = 0.5;
/// Different texts from which a small part of each is boilerplate.
const MANY_TEXTS: usize = 32;
/// The same if all are of one source.
const MANY_TEXTS_OF_ONE_SOURCE: usize = 8;
/// Different texts from which a small part of each is background.
const SEVERAL_TEXTS: usize = 4;
/// What is a larger part of its texts was not added to them: they are versions of one text.
const MAX_SMALL_PART: f64 = 0.4;

impl Signs {
    fn is_quoted(self) -> bool {
        let unquoted = self.words as f64 * (1.0 - self.quoted);
        self.quoted >= MIN_QUOTED || (self.quoted >= MIN_QUOTED_OF_SHORT && unquoted < MIN_UNQUOTED)
    }

    pub(super) fn kind(self) -> ReuseKind {
        let is_small_part = self.of_text < MAX_SMALL_PART;
        let many = if self.one_source { MANY_TEXTS_OF_ONE_SOURCE } else { MANY_TEXTS };
        if self.body < MIN_BODY || (is_small_part && self.texts >= many) {
            ReuseKind::Boilerplate
        } else if self.is_quoted() {
            ReuseKind::Quotation
        } else if is_small_part && (self.one_source || self.texts >= SEVERAL_TEXTS) {
            ReuseKind::Background
        } else {
            ReuseKind::Lifted
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_follow_from_their_signs() {
        let report =
            Signs { words: 60, quoted: 0.1, body: 1.0, texts: 3, of_text: 0.7, one_source: false };
        let kind = |signs: Signs| signs.kind();
        assert_eq!(kind(report), ReuseKind::Lifted);
        assert_eq!(kind(Signs { quoted: 0.9, ..report }), ReuseKind::Quotation);
        // A report of 60 words with a quotation of 33 in it is an author's.
        assert_eq!(kind(Signs { quoted: 0.55, ..report }), ReuseKind::Lifted);
        assert_eq!(kind(Signs { quoted: 0.55, words: 40, ..report }), ReuseKind::Quotation);
        assert_eq!(kind(Signs { body: 0.2, ..report }), ReuseKind::Boilerplate);
        let again = Signs { of_text: 0.1, ..report };
        assert_eq!(kind(Signs { one_source: true, ..again }), ReuseKind::Background);
        assert_eq!(kind(Signs { texts: 5, ..again }), ReuseKind::Background);
        assert_eq!(kind(Signs { texts: 100, ..again }), ReuseKind::Boilerplate);
        // Eighty papers with one agency story.
        assert_eq!(kind(Signs { texts: 100, ..report }), ReuseKind::Lifted);
    }
}
