//! The records that steps exchange, and their encoding: field after field, in the order of
//! declaration. Articles and texts go by numbers that ascend like their ids.

use crate::compare::context::InCollection;
use crate::compare::overlap::Overlap;
use crate::detector::input::rank_key;
use crate::sketch::key_terms::Term;
use crate::verify::candidate::PairLink;
use crate::verify::relation::{LinkKind, Relation};
use crate::wire::{Decoder, Encoder};

/// What can be written as a record or a field of one.
pub(super) trait Record<'b>: Sized {
    fn write(&self, to: &mut Encoder);

    /// Takes it off the front; `None` if it is not there in full.
    fn read(from: &mut Decoder<'b>) -> Option<Self>;
}

macro_rules! numbers {
    ($($type:ident)*) => {$(
        impl Record<'_> for $type {
            fn write(&self, to: &mut Encoder) {
                to.$type(*self);
            }

            fn read(from: &mut Decoder<'_>) -> Option<Self> {
                from.$type()
            }
        }
    )*};
}

numbers! { u8 u16 u32 u64 i64 f64 }

impl Record<'_> for bool {
    fn write(&self, to: &mut Encoder) {
        to.u8(u8::from(*self));
    }

    fn read(from: &mut Decoder<'_>) -> Option<Self> {
        from.u8().map(|value| value != 0)
    }
}

impl<'b> Record<'b> for &'b str {
    fn write(&self, to: &mut Encoder) {
        to.bytes(self.as_bytes());
    }

    fn read(from: &mut Decoder<'b>) -> Option<Self> {
        from.str()
    }
}

impl Record<'_> for String {
    fn write(&self, to: &mut Encoder) {
        to.bytes(self.as_bytes());
    }

    fn read(from: &mut Decoder<'_>) -> Option<Self> {
        from.str().map(str::to_owned)
    }
}

impl<'b, T: Record<'b>> Record<'b> for Option<T> {
    fn write(&self, to: &mut Encoder) {
        self.is_some().write(to);
        self.iter().for_each(|value| value.write(to));
    }

    fn read(from: &mut Decoder<'b>) -> Option<Self> {
        match bool::read(from)? {
            true => T::read(from).map(Some),
            false => Some(None),
        }
    }
}

impl<'b, T: Record<'b>> Record<'b> for Vec<T> {
    fn write(&self, to: &mut Encoder) {
        to.u32(self.len() as u32);
        self.iter().for_each(|value| value.write(to));
    }

    fn read(from: &mut Decoder<'b>) -> Option<Self> {
        let len = from.u32()? as usize;
        // Every value takes a byte or more, so no claim of a length allocates more than there is.
        let mut values = Vec::with_capacity(len.min(from.rest().len()));
        for _ in 0..len {
            values.push(T::read(from)?);
        }
        Some(values)
    }
}

impl Record<'_> for Term {
    fn write(&self, to: &mut Encoder) {
        to.u32(self.hash());
        to.u16(self.weight());
    }

    fn read(from: &mut Decoder<'_>) -> Option<Self> {
        Some(Term::from_parts(from.u32()?, from.u16()?))
    }
}

impl Record<'_> for InCollection {
    fn write(&self, to: &mut Encoder) {
        to.f64(self.cosine);
        to.u64(self.neighbours);
        to.u64(self.texts);
    }

    fn read(from: &mut Decoder<'_>) -> Option<Self> {
        Some(InCollection { cosine: from.f64()?, neighbours: from.u64()?, texts: from.u64()? })
    }
}

impl Record<'_> for Overlap {
    fn write(&self, to: &mut Encoder) {
        [self.shared, self.left, self.right].iter().for_each(|&size| to.u64(size as u64));
    }

    fn read(from: &mut Decoder<'_>) -> Option<Self> {
        let mut size = || from.u64().map(|size| size as usize);
        Some(Overlap { shared: size()?, left: size()?, right: size()? })
    }
}

impl Record<'_> for Relation {
    fn write(&self, to: &mut Encoder) {
        to.u8(*self as u8);
    }

    fn read(from: &mut Decoder<'_>) -> Option<Self> {
        Relation::ALL.get(usize::from(from.u8()?)).copied()
    }
}

impl Record<'_> for PairLink {
    fn write(&self, to: &mut Encoder) {
        self.overlap.write(to);
        self.relation.write(to);
        (self.kind == LinkKind::Text).write(to);
        to.f64(self.score);
        to.f64(self.max_verbatim);
    }

    fn read(from: &mut Decoder<'_>) -> Option<Self> {
        Some(PairLink {
            overlap: Overlap::read(from)?,
            relation: Option::read(from)?,
            kind: if bool::read(from)? { LinkKind::Text } else { LinkKind::Story },
            score: from.f64()?,
            max_verbatim: from.f64()?,
        })
    }
}

macro_rules! tuples {
    ($(($($name:ident $place:tt),*))*) => {$(
        impl<'b, $($name: Record<'b>),*> Record<'b> for ($($name,)*) {
            fn write(&self, to: &mut Encoder) {
                $(self.$place.write(to);)*
            }

            fn read(from: &mut Decoder<'b>) -> Option<Self> {
                Some(($($name::read(from)?,)*))
            }
        }
    )*};
}

tuples! { (A 0, B 1) (A 0, B 1, C 2) }

/// Declares structs that are records.
macro_rules! records {
    ($($(#[$meta:meta])* struct $name:ident $(<$life:lifetime>)? {
        $($(#[$field_meta:meta])* $field:ident: $type:ty,)*
    })*) => {$(
        $(#[$meta])*
        #[derive(Clone, Debug)]
        pub(super) struct $name $(<$life>)? {
            $($(#[$field_meta])* pub(super) $field: $type,)*
        }

        records! { @impl $name $(<$life>)? { $($field: $type,)* } }
    )*};
    (@impl $name:ident<$life:lifetime> { $($field:ident: $type:ty,)* }) => {
        impl<$life> Record<$life> for $name<$life> {
            fn write(&self, to: &mut Encoder) {
                $(self.$field.write(to);)*
            }

            fn read(from: &mut Decoder<$life>) -> Option<Self> {
                Some($name { $($field: <$type>::read(from)?,)* })
            }
        }
    };
    (@impl $name:ident { $($field:ident: $type:ty,)* }) => {
        impl<'b> Record<'b> for $name {
            fn write(&self, to: &mut Encoder) {
                $(self.$field.write(to);)*
            }

            fn read(from: &mut Decoder<'b>) -> Option<Self> {
                Some($name { $($field: <$type>::read(from)?,)* })
            }
        }
    };
}

records! {
    /// An article with its text.
    struct ArticleRecord<'b> {
        number: u64,
        id: &'b str,
        /// Unix seconds.
        date: Option<i64>,
        source: Option<&'b str>,
        text: &'b str,
    }

    /// The sketches of an article.
    struct SignedRecord {
        text_hash: (u64, u64),
        /// Of the shingles.
        digest: u64,
        text: TextRecord,
        anchors: AnchorsRecord,
        terms: Vec<Term>,
    }

    /// The signature of a text, and what its place in the order for representatives depends on.
    struct TextRecord {
        number: u64,
        date: Option<i64>,
        /// In bytes.
        length: u64,
        /// How many shingles it has.
        shingles: u32,
        slots: Vec<u32>,
    }

    /// The anchors of a text.
    struct AnchorsRecord {
        number: u64,
        /// A hash of the source, if there is one.
        source: Option<u64>,
        anchors: Vec<u32>,
    }

    /// The key terms of a text, not weighted by their rarity yet.
    struct TermsRecord {
        number: u64,
        date: Option<i64>,
        terms: Vec<Term>,
    }

    /// An exact duplicate.
    struct CopyRecord {
        number: u64,
        /// The article that represents the text.
        text: u64,
    }

    /// Two texts, the smaller number first, that `by` proposes: a band, or how many keys.
    struct Proposal {
        left: u64,
        right: u64,
        by: u32,
    }

    /// Two texts to be compared, the smaller number first.
    struct CandidateRecord {
        left: u64,
        right: u64,
        /// What the collection says of both, where stories are asked for.
        known: Option<InCollection>,
    }

    /// Two texts that are a pair, the smaller number first.
    struct EdgeRecord {
        left: u64,
        right: u64,
        found: PairLink,
    }

    /// Two texts that may tell of one event, the smaller number first.
    struct EventRecord {
        left: u64,
        right: u64,
        event: f64,
    }

    /// A left text, what is known of it, and the texts that may be pairs with it, each with what
    /// proposed it.
    struct LeftRecord {
        number: u64,
        date: Option<i64>,
        /// Empty where signatures are not compared.
        slots: Vec<u32>,
        /// The anchors of the text that others have too, ascending, each with the number of texts
        /// that have it; empty where anchors are not compared.
        anchors: Vec<(u32, u32)>,
        /// How many anchors of the text are not left out.
        kept_anchors: u32,
        terms: Vec<Term>,
        /// How many texts are near to it.
        neighbours: u32,
        /// The group of large buckets that it is in, if that is one of pages of a template.
        template: Option<u64>,
        rights: Vec<(u64, u32)>,
    }

    /// A left article, and the texts that are to be compared with it.
    struct LeftArticleRecord<'b> {
        article: ArticleRecord<'b>,
        rights: Vec<(u64, Option<InCollection>)>,
    }

    /// How many texts have an anchor of a text.
    struct FrequencyRecord {
        number: u64,
        anchor: u32,
        texts: u32,
        /// Whether it is left out: too many texts have it, or all are of one source.
        is_left_out: bool,
        /// How many anchors the text has.
        anchors: u32,
    }

    /// The group of texts that large buckets connect, of a text in one.
    struct InLargeRecord {
        number: u64,
        group: u64,
        /// How many texts the group has.
        size: u64,
    }

    /// The group that a text or an article belongs to.
    struct MemberRecord {
        number: u64,
        group: u64,
    }
}

impl TextRecord {
    /// Its place in the order for representatives.
    pub(super) fn rank(&self) -> impl Ord + use<> {
        (rank_key(self.date, self.length as usize), self.number)
    }
}
