//! Where features stand in the list of a comparison's features, looked up by name.

/// The features that come from when and by whom the articles were published, not from their texts.
pub(crate) const OF_PUBLICATION: [&str; 2] = ["days apart", "the same source"];

/// The features that only a collection can give.
pub(crate) const OF_COLLECTION: [&str; 3] = [
    "cosine of key terms in the collection",
    "texts of the collection that are as near",
    "texts of the collection, not less than 4,096",
];

/// The place of a feature.
///
/// # Panics
/// If there is none of this name: a constraint would be lost without a word.
pub(crate) fn place(names: &[&str], name: &str) -> usize {
    let place = names.iter().position(|other| *other == name);
    place.unwrap_or_else(|| panic!("no feature is called {name:?}"))
}

/// The places of some features.
pub(crate) fn places(names: &[&str], wanted: &[&str]) -> Vec<usize> {
    wanted.iter().map(|name| place(names, name)).collect()
}
