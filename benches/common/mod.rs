//! Shared by the benchmarks: made-up articles, and the settings of a run.

pub mod corpus;
pub mod languages;
pub mod settings;
