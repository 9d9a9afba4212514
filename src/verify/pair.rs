//! Two texts compared exactly, step by step and only as far as somebody asks: their shingles
//! counted, their passages aligned, the verdict told.
//!
//! A text is held against one other after another. What is made of it is made once, what is made of
//! another is made once however often it is asked for, and all of it in memory that is used again.

use super::Verdict;
use super::policy::LEAST_SHARED_TEXT;
use super::relation::{Relation, Relations};
use crate::article::Article;
use crate::compare::align::Alignment;
use crate::compare::close::{Close, align};
use crate::compare::figures::{self, Around, InCollection};
use crate::compare::overlap::{Overlap, OverlapCounter};
use crate::compare::parsed::Parsed;
use crate::idf::Idf;
use crate::shingle::{Scratch, Shingler};
use crate::text::words::Words;

/// Working memory that is used again from text to text.
#[derive(Default)]
pub(crate) struct Memory {
    left: Side,
    right: Side,
    counter: OverlapCounter,
    figures: figures::Memory,
}

#[derive(Default)]
struct Side {
    scratch: Scratch,
    parsed: Parsed,
}

/// An article at hand, to be held against others.
pub(crate) struct Left<'m> {
    shingler: Shingler,
    article: Article<'m>,
    is_shingled: bool,
    /// How far it is parsed.
    parsed: Stage,
    memory: &'m mut Memory,
}

/// How far a text is parsed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    None,
    Units,
    Marks,
}

/// An article and one that it is held against.
pub(crate) struct Pair<'p, 'm> {
    left: &'p mut Left<'m>,
    right: Article<'p>,
    overlap: Option<Overlap>,
    parsed: Stage,
    aligned: Option<Alignment>,
    /// What the collection tells of them.
    known: Option<InCollection>,
    told: Option<Told>,
}

/// What was told of a pair.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Told {
    pub(crate) verdict: Verdict,
    /// How likely it is that they are of a relation that is asked for, and the likeliest of these;
    /// none if none can be.
    pub(crate) asked: Option<(f64, (Relation, f64))>,
    /// The relation and its probability if the two are known to be similar.
    #[cfg(feature = "index")]
    pub(crate) similar: (Relation, f64),
    /// How much of both bodies agrees word for word.
    pub(crate) agreeing: f64,
    /// How much of one of them agrees, where it is more.
    pub(crate) contained: f64,
}

impl<'m> Left<'m> {
    pub(crate) fn new(shingler: Shingler, article: Article<'m>, memory: &'m mut Memory) -> Self {
        Left { shingler, article, is_shingled: false, parsed: Stage::None, memory }
    }

    #[cfg(feature = "index")]
    pub(crate) fn shingler(&self) -> Shingler {
        self.shingler
    }

    #[cfg(feature = "index")]
    pub(crate) fn text(&self) -> &'m str {
        self.article.text
    }

    /// What its shingles were read from.
    #[cfg(feature = "index")]
    pub(crate) fn scratch(&mut self) -> &Scratch {
        self.shingles();
        &self.memory.left.scratch
    }

    fn shingles(&mut self) {
        if !std::mem::replace(&mut self.is_shingled, true) {
            let Memory { left, counter, .. } = &mut *self.memory;
            counter.set_left(self.shingler.read(self.article.text, &mut left.scratch));
        }
    }

    /// This article and another.
    pub(crate) fn with<'p>(&'p mut self, right: Article<'p>) -> Pair<'p, 'm> {
        let (overlap, aligned, known, told) = (None, None, None, None);
        Pair { left: self, right, overlap, parsed: Stage::None, aligned, known, told }
    }
}

impl<'m> Pair<'_, 'm> {
    #[cfg(feature = "index")]
    pub(crate) fn left(&mut self) -> &mut Left<'m> {
        self.left
    }

    #[cfg(feature = "index")]
    pub(crate) fn right(&self) -> &str {
        self.right.text
    }

    /// Notes what a collection tells of both articles, before anything is told.
    pub(crate) fn note(&mut self, known: InCollection) {
        self.known = Some(known);
    }

    /// What the two share.
    pub(crate) fn overlap(&mut self) -> Overlap {
        if self.overlap.is_none() {
            self.left.shingles();
            let Memory { right, counter, .. } = &mut *self.left.memory;
            self.overlap =
                Some(counter.overlap(self.left.shingler.read(self.right.text, &mut right.scratch)));
        }
        self.overlap.unwrap_or_default()
    }

    /// What the right text's shingles were read from.
    #[cfg(feature = "index")]
    pub(crate) fn right_scratch(&mut self) -> &Scratch {
        self.overlap();
        &self.left.memory.right.scratch
    }

    /// Whether so much of one stands in the other that they may be of one text. Cheaper than the
    /// verdict.
    pub(crate) fn may_be_one_text(&mut self) -> bool {
        let units = self.parse(Stage::Units).map(Parsed::units);
        // Of a few words no passage is made.
        if units[0].hashes() == units[1].hashes() {
            return true;
        }
        let [left, right] = units.map(Words::len);
        let aligned = self.aligned.get_or_insert_with(|| align(self.left.memory.parsed()));
        let words: usize = aligned.blocks.iter().flatten().map(|run| run.len).sum();
        words as f64 >= LEAST_SHARED_TEXT * left.min(right) as f64
    }

    /// What is told of the two. `relations` are those that are asked for.
    pub(crate) fn told(&mut self, idf: &Idf, relations: Relations) -> Told {
        if let Some(told) = self.told {
            return told;
        }
        self.parse(Stage::Marks);
        let aligned = self.aligned.take().unwrap_or_else(|| align(self.left.memory.parsed()));
        let Memory { left, right, figures, .. } = &mut *self.left.memory;
        let (parsed, texts) =
            ([&left.parsed, &right.parsed], [self.left.article.text, self.right.text]);
        let around = Around::of(&self.left.article, &self.right);
        let mut close = Close::of(texts, parsed, aligned, around, idf, figures);
        self.known.iter().for_each(|&known| close.figures.in_collection(known));
        let identical = Parsed::are_identical(parsed, texts);
        let verdict = Verdict::of(&close.figures, identical);
        let same = close.shares.same;
        let told = Told {
            verdict,
            asked: verdict.among(relations, &close.figures),
            #[cfg(feature = "index")]
            similar: verdict.of_similar(&close.figures),
            agreeing: close.shares.mean(),
            contained: same.left.max(same.right),
        };
        *self.told.insert(told)
    }

    /// How likely it is that they tell of one event, if a verdict was told.
    pub(crate) fn event(&self) -> Option<f64> {
        self.told.map(|told| told.verdict.event)
    }

    /// Parses both texts as far as that, if they are not parsed yet.
    fn parse(&mut self, stage: Stage) -> [&Parsed; 2] {
        let Left { shingler, article, parsed, memory, .. } = &mut *self.left;
        let Memory { left, right, .. } = &mut **memory;
        let by_letters = !shingler.shingle().is_words();
        let sides =
            [(&mut *left, article.text, parsed), (&mut *right, self.right.text, &mut self.parsed)];
        for (side, text, parsed) in sides {
            if *parsed < Stage::Units {
                side.parsed.read_units(text, shingler.folding(), by_letters);
            }
            if *parsed < Stage::Marks && stage == Stage::Marks {
                side.parsed.read_marks(text, shingler.folding());
            }
            *parsed = stage.max(*parsed);
        }
        [&left.parsed, &right.parsed]
    }
}

impl Memory {
    fn parsed(&self) -> [&Parsed; 2] {
        [&self.left.parsed, &self.right.parsed]
    }
}
