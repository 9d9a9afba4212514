//! The settings: the configuration that an index was made with, so that it is never filled or
//! queried by different rules.
//!
//! All of a [`Config`] is stored. Another one may be used with the index if under both the same
//! texts have the same hashes, sketches and bands, in the same scope: the threshold, as long as the
//! bands look for the same similarity, the bucket limit and the story window may differ.
//!
//! The bands follow from the rest. They are stored all the same, and compared when they are read:
//! if a version chose other bands, it would silently fail to find what is stored under the old
//! ones.

use std::fmt;

use crate::detector::config::{Config, Preset, Scope};
use crate::error::Error;
use crate::shingle::Shingle;
use crate::text::fold::{FOLDING_VERSION, Folding};
use crate::wire::{Decoder, Encoder};

/// The version of all hashes: of words, shingles, slots, anchors, key terms and bands; in the scope
/// of stories, of the weights of key terms too.
fn scheme(has_stories: bool) -> u16 {
    if has_stories { 2 } else { 1 }
}

/// The stored version of folding: one less than the version itself, as the first was not stored.
const STORED_FOLDING: u16 = FOLDING_VERSION as u16 - 1;

/// The bytes of stored settings.
pub(crate) const SETTINGS_BYTES: usize = 80;
/// The formats of a manifest and of a log that are known: an index of passages has the second,
/// which earlier versions of the program refuse; all others have the first.
const FORMAT: u32 = 2;
const FORMAT_WITH_PASSAGES: u32 = 3;
const SECONDS_PER_DAY: u64 = 86_400;

/// What cannot be changed once an index is made.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Settings {
    config: Config,
    keep_texts: bool,
    passages: bool,
}

impl Settings {
    /// The settings of an index that is to be made.
    pub(crate) fn of(config: &Config, keep_texts: bool) -> Self {
        Settings { config: *config, keep_texts, passages: false }
    }

    /// The same of an index that finds passages or not.
    pub(crate) fn with_passages(self, passages: bool) -> Self {
        Settings { passages, ..self }
    }

    /// The format of the manifest and the log.
    pub(crate) fn format(&self) -> u32 {
        if self.passages { FORMAT_WITH_PASSAGES } else { FORMAT }
    }

    /// Refuses a format that is not known.
    pub(crate) fn check_format(format: u32) -> Result<(), Error> {
        match format {
            FORMAT | FORMAT_WITH_PASSAGES => Ok(()),
            later if later > FORMAT_WITH_PASSAGES => Err(Error::newer(later, FORMAT_WITH_PASSAGES)),
            earlier => Err(Error::older(earlier)),
        }
    }

    /// The configuration.
    pub(crate) fn config(&self) -> &Config {
        &self.config
    }

    /// Whether the index keeps the texts of its articles.
    pub(crate) fn keep_texts(&self) -> bool {
        self.keep_texts
    }

    /// Whether the index keeps the fingerprints by which passages are found.
    pub(crate) fn passages(&self) -> bool {
        self.passages
    }

    /// Refuses a configuration that reports other relations than those of its scope, or only some
    /// sources, as these are not stored.
    pub(crate) fn check_reported(config: &Config) -> Result<(), Error> {
        if config.across_sources() {
            return Err(Error::name("choice of sources", "across", "all, in an index"));
        }
        match config.reports_by_default() {
            true => Ok(()),
            false => {
                let limit = "that of a preset: an index stores no others";
                Err(Error::range("choice of relations", "its own", limit))
            }
        }
    }

    /// Refuses a configuration that would find nothing in the index. The error names the first
    /// difference, and both presets if the two configurations are of different ones.
    pub(crate) fn check(&self, config: &Config) -> Result<(), Error> {
        Self::check_reported(config)?;
        let Some((what, index, given)) = self.difference(config) else { return Ok(()) };
        Err(match preset_of(&self.config).zip(preset_of(config)) {
            // A scope is a preset's own, so nothing more needs to be said.
            Some((ours, theirs)) if what == "scope" => Error::settings("preset", ours, theirs),
            Some((ours, theirs)) if ours != theirs => {
                Error::settings("preset", ours, format!("{theirs}: {what} is {index}, not {given}"))
            }
            _ => Error::settings(what, index, given),
        })
    }

    /// The first setting that keeps a configuration from being used with the index: its name, its
    /// value in the index, and the other value.
    fn difference(&self, config: &Config) -> Option<(&'static str, String, String)> {
        let differs = |what, a: &dyn fmt::Display, b: &dyn fmt::Display| {
            Some((what, a.to_string(), b.to_string()))
        };
        let (ours, theirs) = (self.config.sketcher(), config.sketcher());
        let (a, b) = (ours.shingler(), theirs.shingler());
        if let Some((what, a, b)) = a.folding().difference(b.folding()) {
            return differs(what, &a, &b);
        }
        if a.shingle() != b.shingle() {
            return differs("shingle", &a.shingle(), &b.shingle());
        }
        if a.seed() != b.seed() {
            return differs("seed", &a.seed(), &b.seed());
        }
        let (a, b) = (ours.minhasher().slots(), theirs.minhasher().slots());
        if a != b {
            return differs("number of slots", &a, &b);
        }
        let (a, b) = (self.config.scope(), config.scope());
        if a != b {
            return differs("scope", &a, &b);
        }
        let (a, b) = (self.config.passage_words(), config.passage_words());
        if self.passages && a != b {
            return differs("words of a passage", &a, &b);
        }
        if self.config.banding() == config.banding() {
            return None;
        }
        // The bands follow from these two and the slots.
        let (a, b) = (self.config.band_threshold(), config.band_threshold());
        match a == b {
            false => differs("bands for a similarity of", &a, &b),
            true => differs("recall", &self.config.recall(), &config.recall()),
        }
    }

    /// The settings as bytes, in the order of [`StoredSettings`].
    pub(crate) fn encode(&self) -> Vec<u8> {
        let config = &self.config;
        let shingler = config.sketcher().shingler();
        let (kind, width) = match shingler.shingle() {
            Shingle::Words(width) => (0, width),
            Shingle::Letters(width) => (1, width),
        };
        let window = config.story_window();
        let mut out = Encoder::default();
        out.u16(scheme(config.scope() == Scope::Story));
        out.u16(STORED_FOLDING);
        out.u8(kind);
        out.u8(shingler.folding().bits());
        out.u8(match config.scope() {
            Scope::Similar => 0,
            Scope::Text => 1,
            Scope::Story => 2,
        });
        out.u8(self.keep_texts.into());
        out.u32(width as u32);
        out.u32(config.sketcher().minhasher().slots() as u32);
        out.u32(config.banding().bands().len() as u32);
        out.u32(config.banding().slots() as u32);
        out.u32(window.map_or(0, |seconds| (seconds / SECONDS_PER_DAY) as u32));
        out.u32(window.is_some().into());
        out.u64(shingler.seed());
        out.f64(config.threshold());
        out.f64(config.recall());
        out.f64(config.band_threshold());
        out.u64(config.bucket_limit() as u64);
        if self.passages {
            out.u64(config.passage_words() as u64);
        }
        out.zeros(SETTINGS_BYTES - out.bytes.len());
        out.bytes
    }

    /// Reads settings from their bytes. Fails if a value is out of its range, or if this version
    /// hashes or chooses bands differently.
    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, Error> {
        let fields = StoredSettings::decode(bytes)
            .ok_or_else(|| Error::range("bytes of the settings", bytes.len(), SETTINGS_BYTES))?;
        if fields.folding != STORED_FOLDING {
            return Err(Error::folding(u32::from(fields.folding) + 1, FOLDING_VERSION));
        }
        let scheme = scheme(fields.scope == 2);
        if fields.scheme != scheme {
            return Err(Error::settings("hashes of scheme", fields.scheme, scheme));
        }
        // Checked here because the builder does not look at it in the wider scopes.
        if !(fields.threshold > 0.0 && fields.threshold <= 1.0) {
            return Err(Error::range("threshold", fields.threshold, "above 0 and at most 1"));
        }
        let mut builder = Config::builder()
            .shingle(match fields.kind {
                0 => Shingle::Words(fields.width as usize),
                1 => Shingle::Letters(fields.width as usize),
                kind => return Err(Error::range("kind of shingle", kind, "0 or 1")),
            })
            .folding(
                Folding::of_bits(fields.options).ok_or_else(|| {
                    Error::range("options of folding", fields.options, "from 0 to 7")
                })?,
            )
            .seed(fields.seed)
            .slots(fields.slots as usize)
            .scope(match fields.scope {
                0 => Scope::Similar,
                1 => Scope::Text,
                2 => Scope::Story,
                scope => return Err(Error::range("scope", scope, "0, 1 or 2")),
            })
            .threshold(fields.threshold)
            .recall(fields.recall)
            .bucket_limit(usize::try_from(fields.bucket_limit).map_err(|_| {
                Error::range("bucket limit", fields.bucket_limit, format!("at most {}", usize::MAX))
            })?);
        if flag("there being a story window", fields.windowed)? {
            builder = builder.story_window(fields.days);
        }
        let passages = fields.passage_words > 0;
        if passages {
            builder = builder.passage_words(fields.passage_words as usize);
        }
        let config = builder.build()?;
        if config.band_threshold() != fields.near {
            return Err(Error::settings(
                "bands for a similarity of",
                fields.near,
                config.band_threshold(),
            ));
        }
        let banding = config.banding();
        let bands = (banding.bands().len() as u64, banding.slots() as u64);
        let found = (u64::from(fields.bands), u64::from(fields.band_slots));
        if bands != found {
            let show = |(bands, slots)| format!("{bands} of {slots} slots");
            return Err(Error::settings("bands:", show(found), show(bands)));
        }
        let keep_texts = flag("keeping of texts", fields.texts.into())?;
        Ok(Settings { config, keep_texts, passages })
    }
}

/// The fields as they are stored, in this order.
struct StoredSettings {
    scheme: u16,
    folding: u16,
    /// Shingles of words 0, of letters 1.
    kind: u8,
    /// The options of folding, as bits.
    options: u8,
    /// Similar 0, text 1, story 2.
    scope: u8,
    /// Whether texts are kept.
    texts: u8,
    /// The length of a shingle.
    width: u32,
    slots: u32,
    bands: u32,
    /// Slots in bands.
    band_slots: u32,
    /// The story window, and whether there is one.
    days: u32,
    windowed: u32,
    seed: u64,
    threshold: f64,
    recall: f64,
    /// The similarity that the bands look for.
    near: f64,
    bucket_limit: u64,
    /// The least words of a passage, 0 if the index finds none.
    passage_words: u64,
}

impl StoredSettings {
    fn decode(bytes: &[u8]) -> Option<Self> {
        let bytes: &[u8; SETTINGS_BYTES] = bytes.try_into().ok()?;
        let mut fields = Decoder::new(bytes);
        Some(StoredSettings {
            scheme: fields.u16()?,
            folding: fields.u16()?,
            kind: fields.u8()?,
            options: fields.u8()?,
            scope: fields.u8()?,
            texts: fields.u8()?,
            width: fields.u32()?,
            slots: fields.u32()?,
            bands: fields.u32()?,
            band_slots: fields.u32()?,
            days: fields.u32()?,
            windowed: fields.u32()?,
            seed: fields.u64()?,
            threshold: fields.f64()?,
            recall: fields.f64()?,
            near: fields.f64()?,
            bucket_limit: fields.u64()?,
            passage_words: fields.u64()?,
        })
    }
}

fn flag(what: &'static str, value: u32) -> Result<bool, Error> {
    match value {
        0 => Ok(false),
        1 => Ok(true),
        _ => Err(Error::range(what, value, "0 or 1")),
    }
}

/// The preset that can be used in the place of a configuration, if there is one.
fn preset_of(config: &Config) -> Option<Preset> {
    let ours = Settings::of(config, false);
    Preset::ALL.into_iter().find(|&preset| {
        let theirs = Config::builder().preset(preset).build();
        theirs.is_ok_and(|theirs| ours.difference(&theirs).is_none())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detector::config::{ConfigBuilder, Preset};
    use proptest::prelude::*;

    fn configs() -> Vec<Config> {
        let mut configs = Vec::new();
        for (preset, bits) in Preset::ALL.into_iter().zip([0, 2, 4, 6]) {
            let folding = Folding::of_bits(bits).expect("options");
            let builder = Config::builder().preset(preset);
            configs.push(builder.build());
            let builder = builder
                .seed(u64::MAX)
                .slots(1024)
                .recall(0.9)
                .bucket_limit(usize::MAX)
                .story_window(u32::MAX);
            configs.push(builder.build());
            let builder = builder.threshold(0.7).story_window(0).shingle(Shingle::Letters(32));
            configs.push(builder.build());
            configs
                .push(builder.scope(Scope::Story).folding(folding.join_hyphenated(true)).build());
        }
        configs.into_iter().map(|config| config.expect("valid")).collect()
    }

    #[test]
    fn settings_are_read_as_they_were_written() {
        for config in configs() {
            for (keep_texts, passages) in [(false, false), (true, false), (true, true)] {
                let settings = Settings::of(&config, keep_texts).with_passages(passages);
                assert_eq!((settings.config(), settings.keep_texts()), (&config, keep_texts));
                let bytes = settings.encode();
                assert_eq!(bytes.len(), SETTINGS_BYTES, "what is written fits in");
                assert_eq!(Settings::decode(&bytes), Ok(settings));
                assert_eq!(bytes[72..] == [0; 8], !passages, "an index without is as before");
            }
        }
    }

    #[test]
    fn what_would_not_be_found_is_refused_by_name() {
        let ours = |change: &dyn Fn(ConfigBuilder) -> ConfigBuilder| {
            let builder = change(Config::builder().scope(Scope::Text));
            Settings::of(&Config::default(), true).check(&builder.build().expect("valid"))
        };
        let message = |change: &dyn Fn(ConfigBuilder) -> ConfigBuilder| {
            ours(change).expect_err("differs").to_string()
        };
        for (bits, what) in [
            (1, "joining of hyphenated words"),
            (2, "a plain i for the Turkish ones"),
            (4, "spelling of umlauts"),
        ] {
            assert_eq!(
                message(&|b| b.folding(Folding::of_bits(bits).expect("options"))),
                format!("the index was made with {what} false, not true")
            );
        }
        assert_eq!(
            message(&|b| b.shingle(Shingle::Words(5))),
            "the index was made with shingle words:3, not words:5"
        );
        assert_eq!(message(&|b| b.seed(9)), "the index was made with seed 0, not 9");
        assert_eq!(
            message(&|b| b.slots(256)),
            "the index was made with number of slots 128, not 256"
        );
        assert_eq!(
            message(&|b| b.scope(Scope::Story)),
            "the index was made with preset wire, not story"
        );
        assert_eq!(
            message(&|b| b.across_sources(true)),
            "choice of sources is \"across\", must be one of all, in an index"
        );
        assert_eq!(message(&|b| b.recall(0.5)), "the index was made with recall 0.999, not 0.5");
        assert_eq!(
            message(&|b| b.threshold(0.7)),
            "the index was made with bands for a similarity of 0.4, not 0.7"
        );

        let wire = Config::builder().scope(Scope::Text);
        let others = wire.passage_words(30).build().expect("valid");
        let ours_of = |passages| Settings::of(&Config::default(), true).with_passages(passages);
        assert_eq!(ours_of(false).check(&others), Ok(()));
        assert_eq!(
            ours_of(true).check(&others).expect_err("differs").to_string(),
            "the index was made with words of a passage 25, not 30"
        );

        // The bands look for 0.4 in any case.
        assert_eq!(ours(&|b| b.threshold(0.2)), Ok(()));
        assert_eq!(ours(&|b| b.threshold(0.4).bucket_limit(9).story_window(3)), Ok(()));
        for config in configs() {
            assert_eq!(Settings::of(&config, false).check(&config), Ok(()));
        }
    }

    #[test]
    fn values_out_of_range_are_refused() {
        let whole = Settings::of(&Config::default(), true).encode();
        let message = |at: usize, value: &[u8]| {
            let mut bytes = whole.clone();
            bytes[at..at + value.len()].copy_from_slice(value);
            Settings::decode(&bytes).expect_err("out of range").to_string()
        };
        assert_eq!(message(0, &[2]), "the index was made with hashes of scheme 2, not 1");
        for scheme in [1, 2] {
            // As every index was before the version of folding was stored.
            assert_eq!(
                message(0, &[scheme, 0, 0, 0]),
                "the index was made by an older folding (1, this version has 2): it must be made anew from the texts"
            );
        }
        assert!(message(2, &[2]).starts_with("the index was made by a newer folding (3, "));
        assert_eq!(message(4, &[2]), "kind of shingle is 2, must be 0 or 1");
        assert_eq!(message(5, &[8]), "options of folding is 8, must be from 0 to 7");
        assert_eq!(message(6, &[3]), "scope is 3, must be 0, 1 or 2");
        assert_eq!(message(7, &[9]), "keeping of texts is 9, must be 0 or 1");
        assert_eq!(message(8, &[33]), "shingle length is 33, must be from 1 to 32");
        assert_eq!(
            message(12, &[127]),
            "number of slots is 127, must be a power of two from 16 to 1024"
        );
        assert!(message(16, &[1]).starts_with("the index was made with bands: 1 of "));
        assert_eq!(message(28, &[2]), "there being a story window is 2, must be 0 or 1");
        for threshold in [0.0, -1.0, f64::NAN, 1.1] {
            let message = message(40, &threshold.to_le_bytes());
            assert_eq!(message, format!("threshold is {threshold}, must be above 0 and at most 1"));
        }
        assert_eq!(message(48, &1f64.to_le_bytes()), "recall is 1, must be above 0 and below 1");
        assert_eq!(
            message(56, &0.5f64.to_le_bytes()),
            "the index was made with bands for a similarity of 0.5, not 0.4"
        );
        assert_eq!(message(64, &1u64.to_le_bytes()), "bucket limit is 1, must be at least 2");
        let error = Settings::decode(&whole[..79]).expect_err("too short");
        assert_eq!(error.to_string(), "bytes of the settings is 79, must be 80");
    }

    proptest! {
        #[test]
        fn arbitrary_bytes_are_no_danger(bytes: [u8; 32], places in proptest::array::uniform32(0..SETTINGS_BYTES)) {
            let mut settings = Settings::of(&Config::default(), true).encode();
            let _ = Settings::decode(&bytes);
            for (byte, place) in bytes.into_iter().zip(places) {
                settings[place] = byte;
                let _ = Settings::decode(&settings);
            }
        }
    }
}
