//! What the benchmarks share: made-up articles, and how long and on how many threads they run.

pub mod corpus;
pub mod languages;
pub mod settings;
