//! Candidates that share a band, and enough slots.

use super::candidates::{Candidate, CandidateList};
use crate::error::Error;
use crate::index::segment::leaf::LookupScratch;
use crate::index::segment::signature::agreeing_slots;
use crate::index::view::{Address, View};

/// If more articles are found, repetitions are dropped before the signatures are compared. Of fewer
/// a few are compared twice, which costs less than to sort them all.
const MANY: usize = 1024;

/// Buffers that are used again.
#[derive(Debug, Default)]
pub(crate) struct BandScratch {
    lookup: LookupScratch,
    articles: Vec<u32>,
}

/// Adds the texts that share the key of a band, and agree in at least `least` packed slots.
pub(crate) fn find_by_bands(
    view: &View,
    signature: &[u8],
    bands: &[u32],
    least: u32,
    scratch: &mut BandScratch,
    found: &mut CandidateList,
) -> Result<(), Error> {
    let BandScratch { lookup, articles } = scratch;
    for (leaf, reader) in view.numbered() {
        articles.clear();
        reader.find_bands(bands, lookup, articles)?;
        if articles.len() > MANY {
            articles.sort_unstable();
            articles.dedup();
        }
        for &article in &*articles {
            let agreeing = agreeing_slots(signature, reader.signature(article)?);
            if agreeing >= least {
                let new = Candidate::new(Address { leaf, article }, agreeing);
                found.candidates.push(Candidate { by_band: true, ..new });
            }
        }
    }
    found.sort();
    Ok(())
}
