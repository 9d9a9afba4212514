//! A [`Config`] as its fields, serialized, and read through the [`ConfigBuilder`].

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::{Config, ConfigBuilder, Preset, Scope};
use crate::shingle::Shingle;
use crate::text::fold::Folding;
use crate::verify::relation::{Relation, Relations};

const SECONDS_PER_DAY: u64 = 86_400;

/// What a configuration is built from. Whoever writes one by hand may leave out any of it: it is
/// then that of the preset.
#[derive(Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
struct Fields {
    #[serde(skip_serializing_if = "Option::is_none")]
    preset: Option<Preset>,
    folding: Option<Folding>,
    shingle: Option<Shingle>,
    seed: Option<u64>,
    slots: Option<usize>,
    scope: Option<Scope>,
    threshold: Option<f64>,
    recall: Option<f64>,
    bucket_limit: Option<usize>,
    /// In days.
    story_window: Option<u32>,
    relations: Option<Vec<Relation>>,
    min_confidence: Option<f64>,
    across_sources: Option<bool>,
    passage_words: Option<usize>,
}

impl Serialize for Config {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let shingler = self.sketcher.shingler();
        let fields = Fields {
            preset: None,
            folding: Some(shingler.folding()),
            shingle: Some(shingler.shingle()),
            seed: Some(shingler.seed()),
            slots: Some(self.sketcher.minhasher().slots()),
            scope: Some(self.scope),
            threshold: Some(self.threshold),
            recall: Some(self.recall),
            bucket_limit: Some(self.bucket_limit),
            story_window: self.story_window.map(|seconds| (seconds / SECONDS_PER_DAY) as u32),
            relations: Some(self.relations().collect()),
            min_confidence: Some(self.min_confidence),
            across_sources: Some(self.across_sources),
            passage_words: Some(self.passage_words),
        };
        fields.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Config {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let fields = Fields::deserialize(deserializer)?;
        let relations = fields.relations.as_deref().map(Relations::of);
        let builder = ConfigBuilder {
            preset: fields.preset.unwrap_or_default(),
            folding: fields.folding,
            shingle: fields.shingle,
            seed: fields.seed.unwrap_or_default(),
            slots: fields.slots,
            scope: fields.scope,
            threshold: fields.threshold,
            recall: fields.recall,
            bucket_limit: fields.bucket_limit,
            story_days: fields.story_window,
            relations,
            min_confidence: fields.min_confidence,
            across_sources: fields.across_sources.unwrap_or_default(),
            passage_words: fields.passage_words,
        };
        builder.build().map_err(de::Error::custom)
    }
}
