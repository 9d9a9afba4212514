//! What counts as a copy, and how hard to look.

use std::fmt;
use std::str::FromStr;

use crate::error::Error;
use crate::lsh::tuning::Banding;
use crate::shingle::{Shingle, Shingler};
use crate::sketch::Sketcher;
use crate::sketch::minhash::MinHasher;
use crate::text::fold::Folding;

/// A named starting point for a [`Config`].
///
/// | preset | shingles | threshold | slots | finds |
/// |---|---|---|---|---|
/// | `wire` | 3 words | 0.3 | 128 | agency copies: reprints, cuts, edits; the default |
/// | `strict` | 5 words | 0.8 | 128 | texts that are the same but for details |
/// | `ocr` | 5 letters | 0.25 | 256 | copies garbled by recognition, words broken at line ends joined |
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Preset {
    /// Agency copies among clean texts.
    #[default]
    Wire,
    /// Nearly verbatim copies only.
    Strict,
    /// Scanned texts.
    Ocr,
}

impl Preset {
    /// The preset's name: `wire`, `strict`, `ocr`.
    pub fn name(self) -> &'static str {
        match self {
            Preset::Wire => "wire",
            Preset::Strict => "strict",
            Preset::Ocr => "ocr",
        }
    }
}

impl fmt::Display for Preset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Preset {
    type Err = Error;

    fn from_str(s: &str) -> Result<Self, Error> {
        let all = [Preset::Wire, Preset::Strict, Preset::Ocr];
        all.into_iter()
            .find(|preset| preset.name() == s)
            .ok_or_else(|| Error::name("preset", s, "wire, strict, ocr"))
    }
}

/// A validated configuration of a [`Detector`](crate::Detector).
///
/// The default is right for most collections of clean text. Change the threshold first: it decides what is called a copy. Shorter
/// shingles and a lower threshold find copies that were edited more, and cost more candidates.
///
/// ```
/// use newsprint::{Config, Preset, Shingle};
///
/// let config = Config::builder().preset(Preset::Strict).shingle(Shingle::Words(4)).threshold(0.7).build()?;
/// assert_eq!(config.threshold(), 0.7);
/// assert!(config.banding().probability(0.7) >= config.recall());
/// # Ok::<(), newsprint::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Config {
    sketcher: Sketcher,
    threshold: f64,
    recall: f64,
    banding: Banding,
    bucket_limit: usize,
}

impl Default for Config {
    fn default() -> Self {
        Config::builder().build().unwrap_or_else(|_| unreachable!("a test builds every preset"))
    }
}

impl Config {
    /// A builder that starts from the default preset.
    pub fn builder() -> ConfigBuilder {
        ConfigBuilder::default()
    }

    /// How texts are sketched.
    pub fn sketcher(&self) -> Sketcher {
        self.sketcher
    }

    /// The Jaccard similarity from which two articles are a pair.
    pub fn threshold(&self) -> f64 {
        self.threshold
    }

    /// The share of the pairs at the threshold that must be found.
    pub fn recall(&self) -> f64 {
        self.recall
    }

    /// The bands chosen for that.
    pub fn banding(&self) -> Banding {
        self.banding
    }

    /// The size from which a bucket is not compared pair by pair.
    pub fn bucket_limit(&self) -> usize {
        self.bucket_limit
    }
}

/// Builds a [`Config`]. What is not set is as the preset has it.
#[derive(Clone, Copy, Debug, Default)]
pub struct ConfigBuilder {
    preset: Preset,
    folding: Option<Folding>,
    shingle: Option<Shingle>,
    seed: u64,
    slots: Option<usize>,
    threshold: Option<f64>,
    recall: Option<f64>,
    bucket_limit: Option<usize>,
}

impl ConfigBuilder {
    /// The starting point. Default: [`Preset::Wire`].
    pub fn preset(&mut self, preset: Preset) -> &mut Self {
        self.preset = preset;
        self
    }

    /// How text is folded. Default: lines' ends are left alone, but joined by [`Preset::Ocr`].
    pub fn folding(&mut self, folding: Folding) -> &mut Self {
        self.folding = Some(folding);
        self
    }

    /// What is compared: runs of words or of letters.
    pub fn shingle(&mut self, shingle: Shingle) -> &mut Self {
        self.shingle = Some(shingle);
        self
    }

    /// The seed of all hashes. Default: 0.
    pub fn seed(&mut self, seed: u64) -> &mut Self {
        self.seed = seed;
        self
    }

    /// The slots of a signature: a power of two from 16 to 1,024. More reach a recall at lower thresholds.
    pub fn slots(&mut self, slots: usize) -> &mut Self {
        self.slots = Some(slots);
        self
    }

    /// The Jaccard similarity from which two articles are a pair, above 0 and at most 1.
    pub fn threshold(&mut self, threshold: f64) -> &mut Self {
        self.threshold = Some(threshold);
        self
    }

    /// The share of the pairs exactly at the threshold to find, above 0 and below 1; of those above it, more. Default: 0.999.
    pub fn recall(&mut self, recall: f64) -> &mut Self {
        self.recall = Some(recall);
        self
    }

    /// The size from which a bucket is not compared pair by pair but by leaders and own text, see
    /// [`find_pairs`](crate::Detector::find_pairs). Default: 256.
    pub fn bucket_limit(&mut self, bucket_limit: usize) -> &mut Self {
        self.bucket_limit = Some(bucket_limit);
        self
    }

    /// The configuration.
    ///
    /// # Errors
    /// If a value is out of its range, or the recall cannot be reached at the threshold with so many slots.
    pub fn build(&self) -> Result<Config, Error> {
        let (shingle, threshold, slots, join_hyphenated) = match self.preset {
            Preset::Wire => (Shingle::Words(3), 0.3, 128, false),
            Preset::Strict => (Shingle::Words(5), 0.8, 128, false),
            Preset::Ocr => (Shingle::Letters(5), 0.25, 256, true),
        };
        let threshold = self.threshold.unwrap_or(threshold);
        let recall = self.recall.unwrap_or(0.999);
        let bucket_limit = self.bucket_limit.unwrap_or(256);
        if bucket_limit < 2 {
            return Err(Error::range("bucket limit", bucket_limit, "at least 2"));
        }
        let minhasher = MinHasher::new(self.slots.unwrap_or(slots))?;
        let shingler = Shingler::new(self.shingle.unwrap_or(shingle))?
            .with_folding(self.folding.unwrap_or(Folding { join_hyphenated }))
            .with_seed(self.seed);
        let banding = Banding::for_target(minhasher.slots(), threshold, recall)?;
        Ok(Config { sketcher: Sketcher::new(shingler, minhasher), threshold, recall, banding, bucket_limit })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_preset_builds_and_reads_its_own_name() {
        for preset in [Preset::Wire, Preset::Strict, Preset::Ocr] {
            assert!(Config::builder().preset(preset).build().is_ok());
            assert_eq!(preset.to_string().parse(), Ok(preset));
        }
        assert_eq!(Config::default(), Config::builder().preset(Preset::default()).build().expect("valid"));
    }

    #[test]
    fn refusals_name_value_and_limit() {
        let mut builder = Config::builder();
        let message = |builder: &mut ConfigBuilder| builder.build().unwrap_err().to_string();
        assert_eq!(
            message(builder.clone().slots(100)),
            "number of slots is 100, must be a power of two from 16 to 1024"
        );
        assert_eq!(message(builder.clone().threshold(0.0)), "threshold is 0, must be above 0 and at most 1");
        assert_eq!(message(builder.clone().recall(1.0)), "recall is 1, must be above 0 and below 1");
        assert_eq!(message(builder.clone().bucket_limit(1)), "bucket limit is 1, must be at least 2");
        assert_eq!(
            message(builder.clone().shingle(Shingle::Words(0))),
            "shingle length is 0, must be from 1 to 32"
        );
        assert!(
            message(builder.threshold(0.01)).contains("128 slots find at most 0.7237"),
            "{}",
            message(&mut builder)
        );
    }
}
