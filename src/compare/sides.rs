//! One value for each of two texts.

/// A value for each of the two texts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Sides<T> {
    /// The value for the left text.
    pub left: T,
    /// The value for the right text.
    pub right: T,
}
