//! The search from texts to passages: stages in a row.

use std::ops::Range;

use super::aligned::{Proposed, Span, matches};
use super::grain::{Grain, Searched};
use super::kind::{ReuseKind, Signs};
use super::repeats::Repeats;
use super::segments::{PassageOfTexts, passages};
use super::{edited, fingerprints, verbatim};
use crate::collection::Texts;
use crate::error::Error;
use crate::parallel;
use crate::progress::Stage;
use crate::run::Run;
use crate::text::annotations::{Annotations, BODY, QUOTED};
use crate::text::words::Words;

/// The different texts of a collection, and what is known of them.
#[derive(Clone, Copy)]
pub(crate) struct Collected<'a> {
    pub(crate) articles: &'a Run<'a>,
    /// One article of every different text, ascending.
    pub(crate) texts: &'a [u32],
    /// The bytes of all articles together.
    pub(crate) bytes: usize,
    /// The order of time.
    pub(crate) rank: &'a [u32],
}

/// A place in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PlaceInText {
    pub(crate) text: u32,
    /// Bytes of the original.
    pub(crate) bytes: Range<usize>,
    pub(crate) words: usize,
}

/// A passage of different texts.
#[derive(Clone, Debug)]
pub(crate) struct FoundPassage {
    /// The earliest text first.
    pub(crate) places: Vec<PlaceInText>,
    signs: Signs,
}

impl FoundPassage {
    /// What it is, if all its articles are of `one_source` or not.
    pub(crate) fn kind(&self, one_source: bool) -> ReuseKind {
        Signs { one_source, ..self.signs }.kind()
    }
}

/// Finds all passages. `duplicated` says of a text whether several articles have it.
///
/// # Errors
/// If the run ends early.
pub(crate) fn search(
    collected: Collected<'_>,
    grain: &Grain,
    duplicated: impl Fn(u32) -> bool,
) -> Result<Vec<FoundPassage>, Error> {
    let Collected { articles, texts: all, bytes, rank } = collected;
    let (counters, counts) =
        fingerprints::counted(Searched { articles, numbers: all }, grain, bytes);
    articles.check()?;
    // The words or letters of each text.
    let mut units = vec![0; articles.len()];
    all.iter().zip(counts).for_each(|(&text, count)| units[text as usize] = count);
    let length = |text: u32| units[text as usize] as usize;
    let is_long = |&text: &u32| length(text) >= grain.min_units;
    let numbers: Vec<u32> = all.iter().copied().filter(is_long).collect();
    let texts = Searched { articles, numbers: &numbers };
    let mut shared = fingerprints::shared(texts, grain, counters);
    articles.check()?;
    let by_runs = verbatim::propose(texts, &shared, grain, rank);
    articles.check()?;
    let step = articles.begin(Stage::Verify, by_runs.pairs.len(), 1024);
    fingerprints::sort_by_key(&mut shared);
    let pairs: Vec<Proposed> = by_runs.pairs.into_iter().map(|pair| (pair, None)).collect();
    let mut found = matches(texts, &shared, &pairs, grain, step);
    articles.check()?;
    // Pairs that share a run were aligned wherever they have something in common.
    let is_aligned =
        |(pair, _): &Proposed| pairs.binary_search_by_key(pair, |(pair, _)| *pair).is_ok();
    let mut edited = edited::pairs(&shared, &found, grain, rank);
    edited.retain(|proposed| !is_aligned(proposed));
    let step = articles.begin(Stage::Verify, edited.len(), 1024);
    found.extend(matches(texts, &shared, &edited, grain, step));
    drop(shared);
    articles.check()?;
    let mut has_match = vec![false; articles.len()];
    found.iter().for_each(|it| {
        [it.earlier, it.later].iter().for_each(|&text| has_match[text as usize] = true);
    });
    let mut repeating = by_runs.repeating;
    repeating.retain(|&text| has_match[text as usize]);
    let repeats = Repeats::find(texts, &repeating, grain);
    found.extend(repeats.moved(&found, grain.min_units));
    let duplicated: Vec<(u32, usize)> = numbers
        .iter()
        .filter(|&&text| duplicated(text))
        .map(|&text| (text, length(text)))
        .collect();
    let mut joined = passages(&found, &duplicated, grain.min_units, rank);
    repeats.add_places(&mut joined, grain.min_units);
    drop(found);
    articles.finish(located(texts, joined, grain, &units))
}

/// A place of a passage in one text: passage, place in its list, units.
type Wanted = (u32, u32, u32, Span);

/// Finds the bytes of all places, reading each text once, and the signs of each passage.
fn located(
    texts: Searched<'_>,
    joined: Vec<PassageOfTexts>,
    grain: &Grain,
    units: &[u32],
) -> Vec<FoundPassage> {
    let mut wanted: Vec<Wanted> = Vec::new();
    for (passage, it) in joined.iter().enumerate() {
        let places = it.places.iter().enumerate();
        wanted.extend(places.map(|(i, &(text, span))| (text, passage as u32, i as u32, span)));
    }
    parallel::sort(&mut wanted);
    let of_texts: Vec<&[Wanted]> = wanted.chunk_by(|a, b| a.0 == b.0).collect();
    let found = parallel::map(of_texts.len(), Reader::default, |reader, i| {
        reader.read(texts, of_texts[i], grain)
    });
    let mut passages: Vec<FoundPassage> = joined
        .iter()
        .map(|it| FoundPassage {
            places: Vec::with_capacity(it.places.len()),
            signs: Signs::default(),
        })
        .collect();
    let mut by_place: Vec<_> =
        of_texts.into_iter().flatten().zip(found.into_iter().flatten()).collect();
    by_place.sort_unstable_by_key(|((_, passage, place, _), _)| (*passage, *place));
    for (&(text, passage, place, span), (located, quoted, body)) in by_place {
        let FoundPassage { places, signs } = &mut passages[passage as usize];
        if place == 0 {
            (signs.words, signs.quoted, signs.body) = (located.words, quoted, body);
        }
        if places.last().is_none_or(|last| last.text != text) {
            signs.texts += 1;
        }
        let count = places.len() as f64;
        let of_text = (span[1] - span[0]) as f64 / f64::from(units[text as usize].max(1));
        signs.of_text = (signs.of_text * count + of_text) / (count + 1.0);
        places.push(located);
    }
    passages
}

/// The memory of one core.
#[derive(Default)]
struct Reader {
    buffer: String,
    words: Words,
    letters: Words,
    annotations: Annotations,
}

impl Reader {
    /// The places of one text, each with the shares of its words that are quoted and body, which
    /// are read where it is the first of its passage.
    fn read(
        &mut self,
        texts: Searched<'_>,
        wanted: &[Wanted],
        grain: &Grain,
    ) -> Vec<(PlaceInText, f64, f64)> {
        let Reader { buffer, words, letters, annotations } = self;
        let text = texts.articles.text(wanted[0].0 as usize, buffer);
        words.read(text, grain.folding());
        if grain.by_letters() {
            letters.read_letters(text, grain.folding());
        }
        if wanted.iter().any(|it| it.2 == 0) {
            annotations.read(text, words);
        }
        let units = if grain.by_letters() { &*letters } else { &*words };
        let place = |&(number, _, place, [from, to]): &Wanted| {
            // A text that has changed since may be shorter.
            let to = to.min(units.len());
            if from >= to {
                return (PlaceInText { text: number, bytes: 0..0, words: 0 }, 0.0, 0.0);
            }
            let bytes = units.span(from).start..units.span(to - 1).end;
            let range = match grain.by_letters() {
                true => words.before(bytes.start)..words.before(bytes.end),
                false => from..to,
            };
            let share = |flag: u8| {
                let flags = annotations.flags.get(range.clone()).filter(|_| place == 0);
                let having = |flags: &[u8]| flags.iter().filter(|&&it| it & flag != 0).count();
                flags.map_or(0.0, |flags| having(flags) as f64 / flags.len().max(1) as f64)
            };
            let place = PlaceInText { text: number, bytes, words: range.len() };
            (place, share(QUOTED), share(BODY))
        };
        wanted.iter().map(place).collect()
    }
}
