//! The options that configure the detector, the same in every command that has them.
//!
//! | group | what it sets | commands |
//! |---|---|---|
//! | [`TextOptions`] | how two texts are compared | `compare` |
//! | [`SearchOptions`] | also how candidates are found | `index` |
//! | [`DetectorOptions`] | also which pairs are reported | `dedup`, `evaluate` |
//!
//! A combination in which an option would have no effect is refused.

use std::str::FromStr;

use clap::Args;
use newsprint::{Config, ConfigBuilder, Error, Preset, Relation, Scope, Shingle};

/// How two texts are compared.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "What counts as a copy")]
pub(crate) struct TextOptions {
    /// What to look for: wire (copies, excerpts, revised and rewritten texts; the default), story
    /// (also independent accounts of one event), ocr (scanned texts), strict (nearly verbatim
    /// copies); in dedup also passages (what articles share, without looking for pairs)
    #[arg(long, value_name = "NAME")]
    preset: Option<Goal>,
    /// The unit of comparison: words:N (runs of N words) or chars:N (runs of N letters), N from 1
    /// to 32 (default: words:3; preset ocr: chars:5; preset strict: words:5)
    #[arg(long, value_name = "KIND")]
    shingle: Option<Shingle>,
}

/// What `--preset` names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Goal {
    /// Pairs, as a preset of the library finds them.
    Pairs(Preset),
    /// Passages alone.
    Passages,
}

impl FromStr for Goal {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        match name {
            "passages" => Ok(Goal::Passages),
            _ => name
                .parse()
                .map(Goal::Pairs)
                .map_err(|error: Error| format!("{error}; passages, in dedup")),
        }
    }
}

/// How texts are compared, and how candidates are found.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "What counts as a copy")]
pub(crate) struct SearchOptions {
    #[command(flatten)]
    text: TextOptions,
    /// Reports the pairs that reach this Jaccard similarity, above 0 and at most 1, whatever their
    /// relation
    ///
    /// Goes with no preset, or with ocr or strict, of which it keeps the shingles and slots: wire
    /// and story report pairs by their relation.
    #[arg(long, value_name = "T")]
    threshold: Option<f64>,
    /// The number of slots of a signature, a power of two from 16 to 1024 (default: 128; preset
    /// ocr: 256)
    #[arg(long, value_name = "N")]
    slots: Option<usize>,
    /// The most days between two accounts of one event, if both have dates (default: 14; needs
    /// --preset story)
    #[arg(long, value_name = "DAYS")]
    window: Option<u32>,
    /// The share of the pairs at the threshold that the search must find, above 0 and below 1
    /// (default: 0.999)
    ///
    /// Without --threshold, of the pairs with a Jaccard similarity of 0.4 (preset ocr: 0.6; preset
    /// strict: 0.8).
    #[arg(long, value_name = "R")]
    recall: Option<f64>,
}

/// The parts of a [`Config`] that the command line sets; the preset sets the rest.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "What counts as a copy")]
pub(crate) struct DetectorOptions {
    #[command(flatten)]
    search: SearchOptions,
    /// The relations to report, separated by commas: identical, copy, excerpt, revised, rewrite
    /// (these five by default), shared-passage, series, same-story (also by default with preset
    /// story)
    ///
    /// The list replaces the default. `relation` is then the likeliest of those listed. Articles
    /// with the same text are reported in any case.
    #[arg(long, value_name = "LIST", value_delimiter = ',', value_parser = relation,
        conflicts_with = "threshold")]
    relations: Option<Vec<Relation>>,
    /// The least probability of these relations together, from 0 to 1 (default: 0.7; 0.6
    /// with preset story; 0.4 where shingles are of letters, as with preset ocr)
    ///
    /// A pair is reported if the probabilities of all relations asked for add up to this. The
    /// `confidence` of a pair is that of the one relation that is named, so it may be lower.
    #[arg(long, value_name = "P", conflicts_with = "threshold")]
    min_confidence: Option<f64>,
}

fn relation(name: &str) -> Result<Relation, String> {
    let reported = Relation::ALL.into_iter().filter(|&relation| relation != Relation::Different);
    let found = reported.clone().find(|relation| relation.name() == name.trim());
    found.ok_or_else(|| {
        let names: Vec<&str> = reported.map(Relation::name).collect();
        format!("must be one of {}", names.join(", "))
    })
}

impl TextOptions {
    /// The configuration, or an error that names the invalid option.
    pub(crate) fn config(&self) -> Result<Config, String> {
        build(self.builder()?)
    }

    /// The preset of pairs, if one is given.
    fn preset(&self) -> Result<Option<Preset>, String> {
        match self.preset {
            None => Ok(None),
            Some(Goal::Pairs(preset)) => Ok(Some(preset)),
            Some(Goal::Passages) => Err("--preset passages is for dedup alone".to_owned()),
        }
    }

    fn builder(&self) -> Result<ConfigBuilder, String> {
        let preset = self.preset()?;
        if let (Some(Preset::Story), Some(shingle @ Shingle::Letters(_))) = (preset, self.shingle) {
            return Err(format!(
                "--preset story and --shingle {shingle} do not go together: events are known by words"
            ));
        }
        let builder = Config::builder().preset(preset.unwrap_or_default());
        Ok(set(builder, self.shingle, ConfigBuilder::shingle))
    }
}

impl SearchOptions {
    /// The configuration, or an error that names the invalid option.
    pub(crate) fn config(&self) -> Result<Config, String> {
        build(self.builder()?)
    }

    fn builder(&self) -> Result<ConfigBuilder, String> {
        let preset = self.text.preset()?;
        if let (Some(preset @ (Preset::Wire | Preset::Story)), Some(_)) = (preset, self.threshold) {
            return Err(format!(
                "--preset {preset} and --threshold do not go together: the preset reports pairs by \
                 their relation, --threshold by similarity alone"
            ));
        }
        if self.window.is_some() && preset != Some(Preset::Story) {
            return Err("--window needs --preset story: other presets look at no dates".to_owned());
        }
        let builder = set(self.text.builder()?, self.threshold, ConfigBuilder::threshold);
        let builder = set(builder, self.slots, ConfigBuilder::slots);
        let builder = set(builder, self.window, ConfigBuilder::story_window);
        Ok(set(builder, self.recall, ConfigBuilder::recall))
    }

    /// Returns an error if options contradict each other.
    pub(crate) fn check(&self) -> Result<(), String> {
        self.builder().map(|_| ())
    }

    /// The first option that is given and is not that of an index with this configuration. A preset
    /// stands for what it looks for and for its shingles. Options that are not given may be any.
    pub(crate) fn difference(&self, index: &Config) -> Option<OtherOption> {
        let preset = match self.text.preset {
            Some(Goal::Pairs(preset)) => Some(preset),
            _ => None,
        };
        let wanted = preset.and_then(|preset| Config::builder().preset(preset).build().ok());
        // A preset that goes with --threshold may have been given with it before.
        let by_similarity = self.threshold.is_some()
            || index.scope() == Scope::Similar
                && matches!(preset, Some(Preset::Ocr | Preset::Strict));
        let scope = match by_similarity {
            true => Some(Scope::Similar),
            false => wanted.as_ref().map(Config::scope),
        };
        if scope.is_some_and(|scope| scope != index.scope())
            || wanted.as_ref().is_some_and(|wanted| joins(wanted) != joins(index))
        {
            let preset = preset.map(|preset| format!("--preset {preset}"));
            let threshold = self.threshold.map(|threshold| format!("--threshold {threshold}"));
            let given: Vec<String> = preset.into_iter().chain(threshold).collect();
            let (ours, given) = (goal_of(index), given.join(" "));
            return Some(OtherOption { ours, given, is_goal: true });
        }
        let shingle = self.text.shingle.or(wanted.as_ref().map(shingle_of));
        let differs = |option: &str, ours: String, given: Option<String>| {
            let given = given.filter(|given| *given != ours)?;
            Some(OtherOption { ours: format!("{option} {ours}"), given, is_goal: false })
        };
        let slots = index.sketcher().minhasher().slots();
        let (asked, window) = (index.threshold(), window_of(index));
        differs("--shingle", shingle_of(index).to_string(), shingle.map(|it| it.to_string()))
            .or_else(|| differs("--slots", slots.to_string(), self.slots.map(|it| it.to_string())))
            .or_else(|| {
                differs("--threshold", asked.to_string(), self.threshold.map(|it| it.to_string()))
            })
            .or_else(|| {
                differs(
                    "--recall",
                    index.recall().to_string(),
                    self.recall.map(|it| it.to_string()),
                )
            })
            .or_else(|| {
                differs("--window", window.to_string(), self.window.map(|it| it.to_string()))
            })
    }

    /// Whether the command line has any of these options.
    pub(crate) fn are_given(&self) -> bool {
        let TextOptions { preset, shingle } = self.text;
        preset.is_some()
            || shingle.is_some()
            || self.threshold.is_some()
            || self.slots.is_some()
            || self.window.is_some()
            || self.recall.is_some()
    }
}

/// An option that is not the one an index was made with.
pub(crate) struct OtherOption {
    /// What the index was made with, as options.
    pub(crate) ours: String,
    /// What is given instead.
    pub(crate) given: String,
    /// Whether it is what the index looks for.
    pub(crate) is_goal: bool,
}

/// The options that say what a configuration looks for.
fn goal_of(config: &Config) -> String {
    let preset = match config.scope() {
        Scope::Story => Preset::Story,
        Scope::Text if joins(config) => Preset::Ocr,
        Scope::Text => Preset::Wire,
        _ => {
            let strict = Config::builder().preset(Preset::Strict).build();
            let is_strict = strict.is_ok_and(|strict| {
                shingle_of(&strict) == shingle_of(config)
                    && strict.threshold() == config.threshold()
            });
            let threshold = format!("--threshold {}", config.threshold());
            return match (is_strict, joins(config)) {
                (true, false) => format!("--preset {}", Preset::Strict),
                (_, false) => threshold,
                (_, true) => format!("--preset {} {threshold}", Preset::Ocr),
            };
        }
    };
    format!("--preset {preset}")
}

/// Whether words divided at line ends are joined.
fn joins(config: &Config) -> bool {
    config.sketcher().shingler().folding().join_hyphenated
}

fn shingle_of(config: &Config) -> Shingle {
    config.sketcher().shingler().shingle()
}

/// The most days between two accounts of one event, as `--window` takes it.
pub(crate) fn window_of(config: &Config) -> u32 {
    const DAY: u64 = 86_400;
    let days = config.story_window().and_then(|seconds| u32::try_from(seconds / DAY).ok());
    days.unwrap_or(u32::MAX)
}

impl DetectorOptions {
    /// The configuration, or an error that names the invalid option.
    pub(crate) fn config(&self) -> Result<Config, String> {
        build(self.builder()?)
    }

    /// The builder of a configuration that finds passages alone, if these are asked for.
    pub(crate) fn passages_alone(&self) -> Result<Option<ConfigBuilder>, String> {
        let DetectorOptions { search, relations, min_confidence } = self;
        let SearchOptions { text, threshold, slots, window, recall } = search;
        if text.preset != Some(Goal::Passages) {
            return Ok(None);
        }
        refuse_with_passages(&[
            ("--threshold", threshold.is_some()),
            ("--slots", slots.is_some()),
            ("--window", window.is_some()),
            ("--recall", recall.is_some()),
            ("--relations", relations.is_some()),
            ("--min-confidence", min_confidence.is_some()),
        ])?;
        if let Some(shingle @ Shingle::Words(_)) = text.shingle {
            return Err(format!(
                "--preset passages and --shingle {shingle} do not go together: passages are found by \
                 their words, unless shingles are of letters"
            ));
        }
        Ok(Some(set(Config::builder(), text.shingle, ConfigBuilder::shingle)))
    }

    /// The builder of the configuration, for options of a command of its own.
    pub(crate) fn builder(&self) -> Result<ConfigBuilder, String> {
        let given = [
            ("--relations", self.relations.is_some()),
            ("--min-confidence", self.min_confidence.is_some()),
        ];
        if let (Some(Preset::Strict), Some((option, _))) =
            (self.search.text.preset()?, given.iter().find(|(_, is_given)| *is_given))
        {
            return Err(format!(
                "--preset strict and {option} do not go together: the preset reports pairs by \
                 similarity alone"
            ));
        }
        let relations = self.relations.as_deref();
        let builder = set(self.search.builder()?, relations, ConfigBuilder::relations);
        Ok(set(builder, self.min_confidence, ConfigBuilder::min_confidence))
    }
}

/// Refuses options that have no effect where passages alone are looked for.
pub(crate) fn refuse_with_passages(options: &[(&str, bool)]) -> Result<(), String> {
    match options.iter().find(|(_, is_given)| *is_given) {
        None => Ok(()),
        Some((option, _)) => Err(format!(
            "--preset passages and {option} do not go together: the preset looks for no pairs"
        )),
    }
}

/// The builder with an option's value, if it is given.
fn set<T>(
    builder: ConfigBuilder,
    value: Option<T>,
    set: impl FnOnce(ConfigBuilder, T) -> ConfigBuilder,
) -> ConfigBuilder {
    match value {
        Some(value) => set(builder, value),
        None => builder,
    }
}

/// The configuration of a builder.
pub(crate) fn build(builder: ConfigBuilder) -> Result<Config, String> {
    builder.build().map_err(|error| error.to_string())
}
