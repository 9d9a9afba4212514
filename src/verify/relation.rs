//! What two texts can be to each other.

use crate::names::named;

/// How two texts relate, from the closest down.
///
/// The first five are *reuse*: one text was made from the other, or both from a third, and both
/// tell the same news.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Relation {
    /// The same words in the same order; only case, punctuation and spacing may differ.
    Identical,
    /// One text: about four fifths or more of both bodies is the same word for word.
    Copy,
    /// One body is nearly contained in the other, longer one.
    Excerpt,
    /// Two versions of one report, substantially reworked, cut or extended.
    Revised,
    /// Little text in common outside quotations, but one was written from the other, or both from
    /// one source: the same facts in the same order.
    Rewrite,
    /// Different reports that both contain paragraphs of one author: the background of an affair, a
    /// biography, a notice.
    SharedPassage,
    /// One form filled with other facts: market reports, results, weather, death notices, daily
    /// columns.
    Series,
    /// Independent accounts of one event.
    SameStory,
    /// Nothing of the kind: another topic, or one topic on another day or from another angle.
    Different,
}

named! {
    Relation, "relation":
    Identical "identical", Copy "copy", Excerpt "excerpt", Revised "revised", Rewrite "rewrite",
    SharedPassage "shared-passage", Series "series", SameStory "same-story", Different "different"
}

impl Relation {
    /// What the relation says of two articles, in one line for a reader.
    ///
    /// ```
    /// assert_eq!(newsprint::Relation::Series.meaning(), "One form, filled with other facts.");
    /// ```
    pub fn meaning(self) -> &'static str {
        match self {
            Relation::Identical => "The same text, but for case, punctuation or spacing at most.",
            Relation::Copy => "One text: most of each article stands in the other.",
            Relation::Excerpt => "Nearly all of one article stands in the other, longer one.",
            Relation::Revised => "Two versions of one text, reworked, cut or extended.",
            Relation::Rewrite => "Made from the other or from one source, in other words.",
            Relation::SharedPassage => "Different reports with passages of one author in both.",
            Relation::Series => "One form, filled with other facts.",
            Relation::SameStory => "Two accounts of one event.",
            Relation::Different => {
                "Another topic, or the same on another day or from another angle."
            }
        }
    }

    /// Whether one text was made from the other, or both from a third.
    pub fn is_reuse(self) -> bool {
        self <= Relation::Rewrite
    }

    /// Whether the two tell of one event.
    pub fn is_one_event(self) -> bool {
        self.is_reuse() || self == Relation::SameStory
    }
}

/// The kind of link between two articles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum LinkKind {
    /// One was made from the other, or both from a third: [reuse](Relation::is_reuse).
    Text,
    /// They are independent accounts of one event.
    Story,
    /// They share passages or a form. Such a link forms no clusters; it is listed if asked for.
    Loose,
}

named! {
    LinkKind, "kind of link":
    Text "text", Story "story", Loose "loose"
}

impl LinkKind {
    /// The link between two articles with this relation.
    pub(crate) fn of(relation: Relation) -> Self {
        match relation {
            _ if relation.is_reuse() => LinkKind::Text,
            Relation::SameStory => LinkKind::Story,
            _ => LinkKind::Loose,
        }
    }
}

/// A set of relations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Relations(u16);

impl Relations {
    pub(crate) const REUSE: Relations = Relations(0b1_1111);
    pub(crate) const ONE_EVENT: Relations = Relations(0b1001_1111);

    pub(crate) fn of(relations: &[Relation]) -> Self {
        Relations(relations.iter().fold(0, |all, &relation| all | 1 << relation as u16))
    }

    pub(crate) fn has(self, relation: Relation) -> bool {
        self.0 >> relation as u16 & 1 == 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_and_kinds_follow_the_order() {
        for (i, relation) in Relation::ALL.into_iter().enumerate() {
            assert_eq!(relation as usize, i);
            assert_eq!(Relations::REUSE.has(relation), relation.is_reuse());
            assert_eq!(Relations::ONE_EVENT.has(relation), relation.is_one_event());
            assert!(Relations::of(&[relation]).has(relation));
        }
    }
}
