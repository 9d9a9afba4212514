//! A pair of articles, compared exactly, step by step and only as far as is asked for: its shingles
//! counted, its passages aligned, its verdict given.
//!
//! One article at hand is compared with others, one after another. What is computed of it is
//! computed once; what is computed of a pair is computed once, however often it is asked for. All
//! buffers are reused.

use super::policy::LEAST_SHARED_TEXT;
use super::relation::{Relation, Relations};
use super::verdict::Verdict;
use crate::article::Article;
use crate::compare::align::Alignment;
use crate::compare::analysis::Analysis;
use crate::compare::context::{InCollection, PairMetadata};
use crate::compare::extraction::ExtractionScratch;
use crate::compare::overlap::{Overlap, OverlapCounter};
use crate::compare::parsed::ParsedText;
use crate::idf::Idf;
use crate::shingle::{Scratch, Shingler};
use crate::text::words::Words;

/// Buffers that are reused from pair to pair.
#[derive(Default)]
pub(crate) struct PairScratch {
    left: TextScratch,
    right: TextScratch,
    counter: OverlapCounter,
    extraction: ExtractionScratch,
}

#[derive(Default)]
struct TextScratch {
    shingling: Scratch,
    parsed: ParsedText,
}

/// An article at hand, to be compared with others.
pub(crate) struct LeftArticle<'m> {
    shingler: Shingler,
    article: Article<'m>,
    is_shingled: bool,
    parsed: ParseStage,
    scratch: &'m mut PairScratch,
}

/// How far a text is parsed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum ParseStage {
    None,
    /// Enough to align it.
    Units,
    /// Completely.
    Annotations,
}

/// The article at hand and another one.
pub(crate) struct ComparedPair<'p, 'm> {
    left: &'p mut LeftArticle<'m>,
    right: Article<'p>,
    overlap: Option<Overlap>,
    /// How far the right text is parsed.
    parsed: ParseStage,
    alignment: Option<Alignment>,
    in_collection: Option<InCollection>,
    verdict: Option<PairVerdict>,
}

/// The verdict on a pair, with what a collection needs of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PairVerdict {
    pub(crate) verdict: Verdict,
    /// The probability that the two have any of the requested relations, and the likeliest of these
    /// with its own; `None` if they can have none of them.
    pub(crate) requested: Option<(f64, (Relation, f64))>,
    /// The likeliest relation, with its probability, if the two are known to be similar.
    #[cfg(feature = "index")]
    pub(crate) if_similar: (Relation, f64),
    /// How much of both bodies agrees word for word: the geometric mean.
    pub(crate) verbatim: f64,
    /// The same for the body of which more agrees.
    pub(crate) max_verbatim: f64,
}

impl<'m> LeftArticle<'m> {
    pub(crate) fn new(
        shingler: Shingler,
        article: Article<'m>,
        scratch: &'m mut PairScratch,
    ) -> Self {
        LeftArticle { shingler, article, is_shingled: false, parsed: ParseStage::None, scratch }
    }

    #[cfg(feature = "index")]
    pub(crate) fn shingler(&self) -> Shingler {
        self.shingler
    }

    #[cfg(feature = "index")]
    pub(crate) fn text(&self) -> &'m str {
        self.article.text
    }

    /// The buffers that its shingles were read into.
    #[cfg(feature = "index")]
    pub(crate) fn scratch(&mut self) -> &Scratch {
        self.shingle();
        &self.scratch.left.shingling
    }

    fn shingle(&mut self) {
        if !std::mem::replace(&mut self.is_shingled, true) {
            let PairScratch { left, counter, .. } = &mut *self.scratch;
            counter.set_left(self.shingler.read(self.article.text, &mut left.shingling));
        }
    }

    /// The pair of this article and another.
    pub(crate) fn with<'p>(&'p mut self, right: Article<'p>) -> ComparedPair<'p, 'm> {
        ComparedPair {
            left: self,
            right,
            overlap: None,
            parsed: ParseStage::None,
            alignment: None,
            in_collection: None,
            verdict: None,
        }
    }
}

impl<'m> ComparedPair<'_, 'm> {
    #[cfg(feature = "index")]
    pub(crate) fn left(&mut self) -> &mut LeftArticle<'m> {
        self.left
    }

    #[cfg(feature = "index")]
    pub(crate) fn right(&self) -> &str {
        self.right.text
    }

    /// Sets what a collection says about both articles; before the verdict is asked for.
    pub(crate) fn set_in_collection(&mut self, known: InCollection) {
        self.in_collection = Some(known);
    }

    /// The overlap of both texts' shingles.
    pub(crate) fn overlap(&mut self) -> Overlap {
        if self.overlap.is_none() {
            self.left.shingle();
            let PairScratch { right, counter, .. } = &mut *self.left.scratch;
            let shingles = self.left.shingler.read(self.right.text, &mut right.shingling);
            self.overlap = Some(counter.overlap(shingles));
        }
        self.overlap.unwrap_or_default()
    }

    /// The buffers that the right text's shingles were read into.
    #[cfg(feature = "index")]
    pub(crate) fn right_scratch(&mut self) -> &Scratch {
        self.overlap();
        &self.left.scratch.right.shingling
    }

    /// Whether enough of one text stands in the other that they may be reuse. Cheaper than the
    /// verdict.
    pub(crate) fn may_be_reuse(&mut self) -> bool {
        let units = self.parse(ParseStage::Units).map(ParsedText::units);
        // A few words make no passage, but may be the whole text.
        if units[0].hashes() == units[1].hashes() {
            return true;
        }
        let [left, right] = units.map(Words::len);
        let scratch = &self.left.scratch;
        let alignment = self.alignment.get_or_insert_with(|| ParsedText::align(scratch.parsed()));
        let agreeing: usize = alignment.blocks.iter().flatten().map(|run| run.len).sum();
        agreeing as f64 >= LEAST_SHARED_TEXT * left.min(right) as f64
    }

    /// The verdict on the two, and on the `requested` relations.
    pub(crate) fn verdict(&mut self, idf: &Idf, requested: Relations) -> PairVerdict {
        if let Some(verdict) = self.verdict {
            return verdict;
        }
        self.parse(ParseStage::Annotations);
        let alignment =
            self.alignment.take().unwrap_or_else(|| ParsedText::align(self.left.scratch.parsed()));
        let texts = [self.left.article.text, self.right.text];
        let metadata = PairMetadata::of(&self.left.article, &self.right);
        let PairScratch { left, right, extraction, .. } = &mut *self.left.scratch;
        let parsed = [&left.parsed, &right.parsed];
        let Analysis { mut features, shares, .. } =
            Analysis::of(texts, parsed, alignment, metadata, idf, extraction);
        self.in_collection.iter().for_each(|&known| features.add_collection(known));
        let verdict = Verdict::of(&features, ParsedText::are_identical(parsed, texts));
        *self.verdict.insert(PairVerdict {
            verdict,
            requested: verdict.among(requested, &features),
            #[cfg(feature = "index")]
            if_similar: verdict.if_similar(&features),
            verbatim: shares.mean_verbatim(),
            max_verbatim: shares.verbatim.left.max(shares.verbatim.right),
        })
    }

    /// The probability that they tell of one event, if a verdict was given.
    pub(crate) fn event(&self) -> Option<f64> {
        self.verdict.map(|verdict| verdict.verdict.event)
    }

    /// Parses both texts as far as `stage`, unless they are parsed so far already.
    fn parse(&mut self, stage: ParseStage) -> [&ParsedText; 2] {
        let LeftArticle { shingler, article, parsed, scratch, .. } = &mut *self.left;
        let PairScratch { left, right, .. } = &mut **scratch;
        let by_letters = !shingler.shingle().is_words();
        let sides =
            [(&mut *left, article.text, parsed), (&mut *right, self.right.text, &mut self.parsed)];
        for (side, text, parsed) in sides {
            if *parsed < ParseStage::Units {
                side.parsed.read_units(text, shingler.folding(), by_letters);
            }
            if *parsed < ParseStage::Annotations && stage == ParseStage::Annotations {
                side.parsed.annotate(text, shingler.folding());
            }
            *parsed = stage.max(*parsed);
        }
        [&left.parsed, &right.parsed]
    }
}

impl PairScratch {
    fn parsed(&self) -> [&ParsedText; 2] {
        [&self.left.parsed, &self.right.parsed]
    }
}
