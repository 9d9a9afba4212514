//! Names of variants, as they stand in outputs, options and stored results.

/// Gives an enum of plain variants a name for each: `ALL`, `name`, `Display` and `FromStr`, and
/// with the feature `serde` that name in serialized data. The variants come in the order of their
/// declaration; `$what` says in errors what the enum is.
macro_rules! named {
    ($type:ident, $what:literal: $first:ident $first_name:literal $(, $variant:ident $name:literal)*) => {
        impl $type {
            /// All of them, in order.
            pub const ALL: [$type; [$first_name $(, $name)*].len()] =
                [$type::$first $(, $type::$variant)*];

            #[doc = concat!("Its name in outputs: `", $first_name, "`" $(, ", `", $name, "`")*, ".")]
            pub fn name(self) -> &'static str {
                match self {
                    $type::$first => $first_name,
                    $($type::$variant => $name,)*
                }
            }
        }

        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.name())
            }
        }

        impl std::str::FromStr for $type {
            type Err = crate::error::Error;

            fn from_str(s: &str) -> Result<Self, Self::Err> {
                let known = concat!($first_name $(, ", ", $name)*);
                let found = $type::ALL.into_iter().find(|it| it.name() == s);
                found.ok_or_else(|| crate::error::Error::name($what, s, known))
            }
        }

        crate::names::serialized_as_text!($type);
    };
}

pub(crate) use named;

/// With the feature `serde`, a type is serialized as its text: what `Display` writes and `FromStr`
/// reads.
macro_rules! serialized_as_text {
    ($type:ident) => {
        #[cfg(feature = "serde")]
        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        #[cfg(feature = "serde")]
        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <String as serde::Deserialize>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

pub(crate) use serialized_as_text;

#[cfg(test)]
mod tests {
    use std::fmt::{Debug, Display};
    use std::str::FromStr;

    use crate::error::Error;
    use crate::results::{Fate, LinkKind, PassageKind};
    use crate::{Preset, Relation, Scope, Shingle, Stage};

    fn are_read_as_written<T>(all: &[T], name: impl Fn(T) -> &'static str)
    where
        T: FromStr<Err = Error> + Display + Debug + PartialEq + Copy,
    {
        for &one in all {
            assert_eq!(one.to_string(), name(one));
            assert_eq!(format!("{one:>20}").trim_start(), name(one), "padding is obeyed");
            assert_eq!(one.to_string().parse(), Ok(one));
        }
        for unknown in ["", "Text", " copy", "identical copy"] {
            let error = unknown.parse::<T>().expect_err("is no name").to_string();
            assert!(all.iter().all(|&one| error.contains(name(one))), "{error}");
        }
    }

    #[test]
    fn names_are_read_as_they_are_written() {
        are_read_as_written(&Relation::ALL, Relation::name);
        are_read_as_written(&LinkKind::ALL, LinkKind::name);
        are_read_as_written(&Preset::ALL, Preset::name);
        are_read_as_written(&Scope::ALL, Scope::name);
        are_read_as_written(&Fate::ALL, Fate::name);
        are_read_as_written(&PassageKind::ALL, PassageKind::name);
        are_read_as_written(&Stage::ALL, Stage::name);
        let error = "wide".parse::<Scope>().expect_err("is no name");
        assert_eq!(error.to_string(), "scope is \"wide\", must be one of similar, text, story");
    }

    #[test]
    fn shingles_are_read_as_they_are_written() {
        for shingle in (1..=32).flat_map(|n| [Shingle::Words(n), Shingle::Letters(n)]) {
            assert_eq!(shingle.to_string().parse(), Ok(shingle));
            assert_eq!(format!("{shingle:<12}").len(), 12, "padding is obeyed");
        }
        for unknown in ["", "words", "words:", "words:-1", "letters:5", "chars:x"] {
            assert!(unknown.parse::<Shingle>().is_err(), "{unknown}");
        }
    }
}
