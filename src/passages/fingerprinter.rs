//! The fingerprints of one text, to be stored in an index or looked up there.
//!
//! An index does not know which shingles later texts will have, so none is left out, and every
//! window selects one by [winnowing](super::winnow). The windows are as wide as a passage of the
//! least length allows: then two texts that share a passage share a fingerprint, and 2 / 21 of the
//! words begin one if passages have 25 words.

use super::grain::Grain;
use super::winnow::{Choice, Winnower};
use crate::shingle::Scratch;

/// Reads the fingerprints of one text after another.
#[derive(Debug)]
pub(crate) struct Fingerprinter {
    grain: Grain,
    scratch: Scratch,
    /// The places of the shingles that come first in the order of selection.
    sample: Vec<u32>,
    choices: Vec<Choice>,
    winnower: Winnower,
    keys: Vec<u32>,
}

impl Fingerprinter {
    pub(crate) fn new(grain: Grain) -> Self {
        Fingerprinter {
            grain: grain.with_widest_windows(),
            scratch: Scratch::default(),
            sample: Vec::new(),
            choices: Vec::new(),
            winnower: Winnower::default(),
            keys: Vec::new(),
        }
    }

    /// The fingerprints of a text: 32 bits of each shingle, ascending, without repetitions. O(bytes)
    /// time.
    pub(crate) fn read(&mut self, text: &str) -> &[u32] {
        let Fingerprinter { grain, scratch, sample, choices, winnower, keys } = self;
        let shingles = grain.read(text, scratch);
        grain.sample(shingles, sample);
        choices.clear();
        choices.extend(sample.iter().map(|&place| {
            let key = grain.order(shingles[place as usize]);
            Choice { place, key }
        }));
        let selected = winnower.winnow(choices, shingles.len(), grain.window);
        keys.clear();
        // The lower half of a selected shingle is small, the upper half is any number.
        keys.extend(selected.iter().map(|&place| (shingles[place as usize] >> 32) as u32));
        keys.sort_unstable();
        keys.dedup();
        keys
    }
}
