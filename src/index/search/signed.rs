//! A text as the index sees it: its signature, and the keys it is stored and searched under.

use crate::detector::config::Config;
use crate::index::segment::schema::Schema;
use crate::index::segment::signature::pack_signature;
use crate::lsh::band_keys::band_key;
use crate::sketch::key_terms::{Term, TermReader};
use crate::sketch::signer::{SignedText, Signer};

/// A text, signed once for the search and for the index.
#[derive(Debug, Default)]
pub(crate) struct TextKeys {
    pub(crate) digest: u64,
    /// The number of shingles; 0 for a text without words.
    pub(crate) shingles: u32,
    pub(crate) slots: Vec<u32>,
    /// The slots, packed.
    pub(crate) signature: Vec<u8>,
    /// A key for each band; none for a text without words.
    pub(crate) bands: Vec<u32>,
    /// Ascending; none where the schema has no anchors.
    pub(crate) anchors: Vec<u32>,
    /// The key terms, not weighted; none where the schema has no stories.
    pub(crate) terms: Vec<Term>,
}

/// Signs one text after another.
pub(crate) struct TextSigner {
    signer: Signer,
    terms: TermReader,
    signed: TextKeys,
}

impl TextSigner {
    pub(crate) fn new(config: &Config) -> Self {
        TextSigner {
            signer: Signer::new(config.sketcher(), config.uses_anchors()),
            terms: TermReader::default(),
            signed: TextKeys::default(),
        }
    }

    /// Signs a text. O(bytes) time.
    pub(crate) fn sign(&mut self, text: &str, config: &Config, schema: &Schema) -> &TextKeys {
        let TextSigner { signer, terms, signed } = self;
        let SignedText { slots, shingles, digest, anchors } = signer.sign(text);
        (signed.digest, signed.shingles) = (digest, shingles);
        let has_words = shingles > 0;
        signed.slots.clear();
        signed.slots.extend_from_slice(slots);
        pack_signature(slots, &mut signed.signature);
        signed.bands.clear();
        if has_words {
            band_keys(config, slots, &mut signed.bands);
        }
        signed.anchors.clear();
        if schema.anchors {
            signed.anchors.extend_from_slice(anchors);
        }
        signed.terms.clear();
        if has_words && schema.stories && schema.terms {
            let folding = config.sketcher().shingler().folding();
            signed.terms.extend_from_slice(terms.read(text, folding));
        }
        signed
    }

    /// The text that was signed last.
    pub(crate) fn signed(&self) -> &TextKeys {
        &self.signed
    }
}

/// Appends the keys of the bands of a signature.
pub(crate) fn band_keys(config: &Config, slots: &[u32], keys: &mut Vec<u32>) {
    keys.extend(config.banding().bands().map(|band| band_key(&slots[band])));
}
