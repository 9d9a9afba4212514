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
    /// The share of the words that are quoted, 0 to 1.
    pub(super) quoted: f64,
    /// The share of the words that are in the body of an article.
    pub(super) body: f64,
    /// How many different texts have it.
    pub(super) texts: usize,
    /// The mean share of a text that it makes up.
    pub(super) of_text: f64,
    /// Whether all its articles are of one known source.
    pub(super) one_source: bool,
}

/// Quoted words from which a passage is the speaker's.
const MIN_QUOTED: f64 = 0.5;
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
    pub(super) fn kind(self) -> ReuseKind {
        let is_small_part = self.of_text < MAX_SMALL_PART;
        let many = if self.one_source { MANY_TEXTS_OF_ONE_SOURCE } else { MANY_TEXTS };
        if self.body < MIN_BODY || (is_small_part && self.texts >= many) {
            ReuseKind::Boilerplate
        } else if self.quoted >= MIN_QUOTED {
            ReuseKind::Quotation
        } else if is_small_part && (self.one_source || self.texts >= SEVERAL_TEXTS) {
            ReuseKind::Background
        } else {
            ReuseKind::Lifted
        }
    }
}
