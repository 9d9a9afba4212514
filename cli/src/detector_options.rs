//! The options that configure the detector, the same for all commands.

use clap::Args;
use newsprint::{Config, Error, Preset, Relation, Shingle};

/// The parts of a [`Config`] that the command line sets; the preset sets the rest.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "What counts as a copy")]
pub(crate) struct DetectorOptions {
    /// What to look for: wire (copies, excerpts, revised texts; the default), story (also rewrites
    /// and independent accounts), ocr (scanned texts), strict (nearly verbatim copies)
    #[arg(long, value_name = "NAME")]
    preset: Option<Preset>,
    /// Reports exactly the pairs that reach this Jaccard similarity, above 0 and at most 1
    #[arg(long, value_name = "T")]
    threshold: Option<f64>,
    /// The unit of comparison: words:N (runs of N words) or chars:N (runs of N letters), N from 1
    /// to 32
    #[arg(long, value_name = "KIND")]
    shingle: Option<Shingle>,
    /// The number of slots of a signature, a power of two from 16 to 1024
    #[arg(long, value_name = "N")]
    slots: Option<usize>,
    /// The relations to report, separated by commas: identical, copy, excerpt, revised, rewrite
    /// (these five by default), shared-passage, series, same-story (also by default with preset
    /// story)
    #[arg(long, value_name = "LIST", value_delimiter = ',', value_parser = relation)]
    relations: Option<Vec<Relation>>,
    /// The least probability of these relations, from 0 to 1 (default: 0.6; preset ocr: 0.4)
    #[arg(long, value_name = "P")]
    min_confidence: Option<f64>,
    /// The most days between two accounts of one event, if both have dates (preset story: 14)
    #[arg(long, value_name = "DAYS")]
    window: Option<u32>,
    /// The share of the pairs at the threshold that the search must find, above 0 and below 1
    #[arg(long, value_name = "R")]
    recall: Option<f64>,
}

fn relation(name: &str) -> Result<Relation, Error> {
    name.trim().parse()
}

impl DetectorOptions {
    /// The configuration, or an error that names the invalid option.
    pub(crate) fn config(&self) -> Result<Config, String> {
        let mut builder = Config::builder().preset(self.preset.unwrap_or_default());
        if let Some(threshold) = self.threshold {
            builder = builder.threshold(threshold);
        }
        if let Some(shingle) = self.shingle {
            builder = builder.shingle(shingle);
        }
        if let Some(slots) = self.slots {
            builder = builder.slots(slots);
        }
        if let Some(recall) = self.recall {
            builder = builder.recall(recall);
        }
        if let Some(days) = self.window {
            builder = builder.story_window(days);
        }
        if let Some(relations) = &self.relations {
            builder = builder.relations(relations);
        }
        if let Some(probability) = self.min_confidence {
            builder = builder.min_confidence(probability);
        }
        builder.build().map_err(|error| error.to_string())
    }

    /// Whether the command line has any of these options.
    pub(crate) fn are_given(&self) -> bool {
        self.preset.is_some()
            || self.threshold.is_some()
            || self.shingle.is_some()
            || self.slots.is_some()
            || self.relations.is_some()
            || self.min_confidence.is_some()
            || self.window.is_some()
            || self.recall.is_some()
    }
}
