//! The figures of two texts that their relation is told from: what an editor would look at, each as
//! a number that means the same everywhere.
//!
//! Of a figure that both sides have, the lesser and the greater are given, so that it does not
//! matter which text is the left one. Amounts are logarithms to base 2 in eighths. Everything is
//! computed in whole numbers up to one division or square root, which all machines round alike.
//!
//! O(n + m) time, beside what the alignment and the numbering of the words have cost.

use super::Sides;
use super::align::Run;
use super::close::Shares;
use super::cover::{self, Cover};
use super::parsed::Parsed;
use super::story::Story;
use super::vocabulary::Vocabulary;
use super::wording::Wording;
use crate::article::Article;
use crate::idf::{FULL, log2_in_eighths};
use crate::text::marks::{BEGINS, BODY, NAME, NUMBER, QUOTED};

/// Defines the figures, each with its name in reports.
macro_rules! figures {
    ($($figure:ident $name:literal,)*) => {
        /// A figure of two texts.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Figure { $($figure,)* }

        impl Figure {
            /// All of them, in the order of [`Figures`].
            pub(crate) const ALL: [Figure; [$($name),*].len()] = [$(Figure::$figure),*];

            /// What it is called.
            pub(crate) fn name(self) -> &'static str {
                match self { $(Figure::$figure => $name,)* }
            }
        }
    };
}

figures! {
    ShorterWords "words of the shorter body",
    Lengths "length of the shorter body to the longer",
    BodyMin "share of the text that is body, lesser",
    CoveredMin "body inside shared passages, lesser",
    CoveredMax "body inside shared passages, greater",
    SameMin "body that agrees, lesser",
    SameMax "body that agrees, greater",
    UnquotedMin "body outside quotations that agrees, lesser",
    UnquotedMax "body outside quotations that agrees, greater",
    UnquotedWords "words outside quotations that agree",
    LongestRun "longest run outside quotations",
    BlockShare "the shorter text inside one passage",
    Clutter "agreeing words that are not body",
    Begins "where the shared text begins, later side",
    MeanPlace "where the shared text stands on average, later side",
    MeanPlaceMin "where the shared text stands on average, earlier side",
    NewMin "words outside quotations that do not agree, lesser",
    LeadKnownMin "key words of the beginning known to the other text, lesser",
    LeadKnownMax "key words of the beginning known to the other text, greater",
    LeadMin "first fifty words that agree, lesser",
    LeadMax "first fifty words that agree, greater",
    TailMin "last fifty words that agree, lesser",
    Blocks "shared passages",
    RunLength "typical run",
    Slots "replaced words that are names or numbers",
    Edits "words edited inside passages",
    NumbersKept "numbers inside passages that agree",
    NamesKept "names inside passages that agree",
    SentencesSame "sentences outside quotations that agree",
    SentencesFilled "sentences with other names or numbers",
    SentencesReworded "sentences with other words",
    Quotations "quoted words that agree",
    Cosine "cosine of all words",
    LeadCosine "cosine of the first seventy words",
    KnownMin "wording known to the other text, lesser",
    KnownMax "wording known to the other text, greater",
    OrderMin "key words in the same order, lesser",
    OrderMax "key words in the same order, greater",
    NamesShared "names in both",
    NamesAlike "names in both to all names",
    NamesContained "names in both to those of the text with fewer",
    NumbersShared "numbers in both",
    NumbersAlike "numbers in both to all numbers",
    NumbersContained "numbers in both to those of the text with fewer",
    NumberDensity "share of words that are numbers",
    HeadlinesAlike "words of both headlines in common",
    HeadlinesKnown "headlines known to the other's beginning",
    Closeness "closeness of key terms",
    TermNames "names of the beginning in common",
    TermNumbers "numbers of the beginning in common",
    LeadNamesUnmatched "first names that the other lacks, lesser",
    LeadNumbersUnmatched "first numbers that the other lacks, lesser",
    LineLength "words of a paragraph, lesser",
    Openings "paragraphs that begin like one of the other text",
    Days "days apart",
    Sources "the same source",
    TermCosine "cosine of key terms in the collection",
    Neighbours "texts of the collection that are as near",
}

/// How many there are.
pub(crate) const FIGURES: usize = Figure::ALL.len();

/// What a figure is that cannot be known.
pub(crate) const UNKNOWN: f32 = -1.0;

/// Words of the beginning and of the end.
const LEAD: usize = 50;
const LEAD_WORDS: usize = 70;
const NO_HEADLINE: usize = 12;
/// The shortest run outside quotations that is counted, in words.
const RUN: usize = 6;
/// Words of a sentence that is looked at.
const SENTENCE: usize = 5;
/// A sentence agrees from this share of its words, and is the other's in other words from that.
const AGREES: f64 = 0.95;
const RESEMBLES: f64 = 0.4;
/// A sentence was filled in anew where this share of what differs is names and numbers.
const FILLED: f64 = 0.5;
/// Names of fewer words than this tell nothing of whether a text has names.
const FEW_WORDS: usize = 12;

/// The figures of two texts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Figures(pub(crate) [f32; FIGURES]);

impl Default for Figures {
    fn default() -> Self {
        Figures([UNKNOWN; FIGURES])
    }
}

/// What a collection tells of two of its articles. An engine counts it with a JOIN and a GROUP BY
/// over key terms.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct InCollection {
    /// The cosine of their key terms, weighed by how many texts have them.
    pub(crate) cosine: f64,
    /// How many texts are about as near to one of them as accounts of one event may be: the
    /// geometric mean of both. Where many are, nearness is of a topic.
    pub(crate) neighbours: u64,
}

/// What is known of two articles beside their texts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Around {
    /// Seconds between their dates.
    pub(crate) apart: Option<u64>,
    /// Whether they are of one source.
    pub(crate) one_source: Option<bool>,
}

impl Around {
    /// That of two articles.
    pub(crate) fn of(left: &Article<'_>, right: &Article<'_>) -> Self {
        let apart =
            left.date.zip(right.date).map(|(l, r)| l.unix_seconds().abs_diff(r.unix_seconds()));
        Around { apart, one_source: left.source.zip(right.source).map(|(l, r)| l == r) }
    }
}

/// What the figures are made from.
pub(crate) struct Compared<'a> {
    pub(crate) parsed: [&'a Parsed; 2],
    pub(crate) vocabulary: &'a Vocabulary,
    pub(crate) blocks: &'a [Vec<Run>],
    /// The typical length of a common run, in words.
    pub(crate) run: f64,
    pub(crate) story: &'a Story,
    pub(crate) wording: &'a Wording,
}

/// Working memory that is used again from pair to pair.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    cover: [Vec<Cover>; 2],
    marks: [Vec<u8>; 2],
    seen: Vec<Seen>,
    openings: [Vec<u64>; 2],
}

/// What both texts have of one word.
#[derive(Clone, Copy, Debug, Default)]
struct Seen {
    times: [u16; 2],
    /// Where it stands first among the words of the body, so far as it matters.
    lead: [bool; 2],
    headline: [bool; 2],
    name: [bool; 2],
    number: bool,
}

impl Figures {
    /// Those of two texts.
    pub(crate) fn of(
        compared: &Compared<'_>,
        around: Around,
        memory: &mut Memory,
    ) -> (Self, Shares) {
        let mut figures = Figures::default();
        let Memory { cover: covers, marks, seen, openings } = memory;
        let sides: [fn(&Run) -> usize; 2] = [|run| run.left, |run| run.right];
        for ((parsed, side), cover) in compared.parsed.iter().zip(sides).zip(&mut *covers) {
            cover::read(parsed, compared.blocks, side, cover);
        }
        for (marks, parsed) in marks.iter_mut().zip(compared.parsed) {
            marks.clone_from(&parsed.marks.of);
        }
        if !compared.parsed[0].by_letters() {
            cover::quote(compared.blocks, marks);
        }
        let side = |side: usize| Side {
            parsed: compared.parsed[side],
            marks: &marks[side],
            cover: &covers[side],
        };
        let sides = [side(0), side(1)];
        let shares = figures.passages(compared, &sides);
        figures.edits(&sides);
        figures.sentences(&sides);
        figures.wording(compared);
        figures.words(compared, seen);
        figures.openings(compared, openings);
        if let Some(apart) = around.apart {
            figures.set(Figure::Days, amount((apart + 43_200) / 86_400));
        }
        if let Some(one_source) = around.one_source {
            figures.set(Figure::Sources, f64::from(u8::from(one_source)));
        }
        (figures, shares)
    }

    pub(crate) fn get(&self, figure: Figure) -> f64 {
        f64::from(self.0[figure as usize])
    }

    /// Adds what a collection tells of two of its articles.
    pub(crate) fn in_collection(&mut self, known: InCollection) {
        self.set(Figure::TermCosine, known.cosine);
        self.set(Figure::Neighbours, amount(known.neighbours));
    }

    fn set(&mut self, figure: Figure, value: f64) {
        self.0[figure as usize] = value as f32;
    }

    /// Sets the lesser and the greater of both sides' values.
    fn both(&mut self, least: Figure, most: Figure, [left, right]: [f64; 2]) {
        self.set(least, left.min(right));
        self.set(most, left.max(right));
    }

    fn passages(&mut self, compared: &Compared<'_>, sides: &[Side<'_>; 2]) -> Shares {
        let counts = sides.each_ref().map(Side::count);
        let bodies = counts.map(|count| count.body);
        let (shorter, longer) = (bodies[0].min(bodies[1]), bodies[0].max(bodies[1]));
        self.set(Figure::ShorterWords, amount(shorter as u64));
        self.set(Figure::Lengths, share(shorter, longer));
        let body = [0, 1].map(|side| share(bodies[side], sides[side].cover.len()));
        self.set(Figure::BodyMin, body[0].min(body[1]));
        self.both(
            Figure::CoveredMin,
            Figure::CoveredMax,
            counts.map(|count| share(count.covered, count.body)),
        );
        self.both(
            Figure::SameMin,
            Figure::SameMax,
            counts.map(|count| share(count.same, count.body)),
        );
        let unquoted = counts.map(|count| share(count.unquoted_same, count.body - count.quoted));
        self.both(Figure::UnquotedMin, Figure::UnquotedMax, unquoted);
        let least =
            |of: fn(&Count) -> usize| amount(counts.iter().map(of).min().unwrap_or(0) as u64);
        self.set(Figure::UnquotedWords, least(|count| count.unquoted_runs));
        self.set(Figure::LongestRun, least(|count| count.longest));
        self.set(Figure::Quotations, least(|count| count.quoted_same));
        self.set(Figure::Clutter, least(|count| count.clutter_same));
        let latest = |of: fn(&Count) -> f64| of(&counts[0]).max(of(&counts[1]));
        self.set(Figure::Begins, latest(|count| share(count.first, count.body)));
        self.set(
            Figure::MeanPlace,
            latest(|count| share(count.places, count.covered * count.body)),
        );
        let earliest = |of: fn(&Count) -> f64| of(&counts[0]).min(of(&counts[1]));
        self.set(
            Figure::MeanPlaceMin,
            earliest(|count| share(count.places, count.covered * count.body)),
        );
        self.set(Figure::NewMin, least(|count| count.body - count.quoted - count.unquoted_same));
        self.both(
            Figure::LeadMin,
            Figure::LeadMax,
            counts.map(|count| share(count.lead, count.body.min(LEAD))),
        );
        self.set(Figure::TailMin, {
            let tail = counts.map(|count| share(count.tail, count.body.min(LEAD)));
            tail[0].min(tail[1])
        });
        let units = compared.parsed.map(|parsed| parsed.units().len());
        let in_block = |block: &Vec<Run>| {
            let [first, last] = [block[0], block[block.len() - 1]];
            share(last.left + last.len - first.left, units[0])
                .max(share(last.right + last.len - first.right, units[1]))
        };
        self.set(Figure::BlockShare, compared.blocks.iter().map(in_block).fold(0.0, f64::max));
        self.set(Figure::Blocks, amount(compared.blocks.len() as u64));
        self.set(Figure::RunLength, amount(compared.run as u64));
        let both = |of: fn(&Count) -> usize| {
            let [left, right] = counts.each_ref().map(|count| share(of(count), count.body));
            Sides { left, right }
        };
        Shares { covered: both(|count| count.covered), same: both(|count| count.same) }
    }

    /// What differs inside the passages.
    fn edits(&mut self, sides: &[Side<'_>; 2]) {
        // The words inside passages that agree and that do not, of all kinds, names, numbers.
        let mut counts = [[0usize; 3]; 2];
        for side in sides {
            for (&cover, &mark) in side.cover.iter().zip(side.marks) {
                if cover > Cover::None && mark & BODY != 0 {
                    let counts = &mut counts[usize::from(cover == Cover::Same)];
                    counts[0] += 1;
                    counts[1] += usize::from(mark & NAME != 0);
                    counts[2] += usize::from(mark & NUMBER != 0);
                }
            }
        }
        let [edited, same] = counts;
        self.set(Figure::Slots, share(edited[1] + edited[2], edited[0] + 1));
        self.set(Figure::Edits, share(edited[0], edited[0] + same[0]));
        for (kept, kind) in [(Figure::NamesKept, 1), (Figure::NumbersKept, 2)] {
            if edited[kind] + same[kind] > 0 {
                self.set(kept, share(same[kind], edited[kind] + same[kind]));
            }
        }
    }

    fn sentences(&mut self, sides: &[Side<'_>; 2]) {
        let (mut all, mut same, mut filled, mut reworded) = (0, 0, 0, 0);
        for side in sides {
            for sentence in
                side.parsed.marks.sentences().filter(|sentence| sentence.len() >= SENTENCE)
            {
                let middle = side.marks[sentence.start + sentence.len() / 2];
                if middle & BODY == 0 || middle & QUOTED != 0 {
                    continue;
                }
                all += 1;
                let (cover, of) = (&side.cover[sentence.clone()], &side.marks[sentence]);
                let agree = cover.iter().filter(|cover| **cover == Cover::Same).count();
                let differ = cover.len() - agree;
                if share(agree, cover.len()) >= AGREES {
                    same += 1;
                } else if share(agree, cover.len()) >= RESEMBLES {
                    let is_slot = |(cover, mark): &(&Cover, &u8)| {
                        **cover != Cover::Same && **mark & (NAME | NUMBER) != 0
                    };
                    let slots = cover.iter().zip(of).filter(is_slot).count();
                    if share(slots, differ) >= FILLED { filled += 1 } else { reworded += 1 }
                }
            }
        }
        self.set(Figure::SentencesSame, share(same, all));
        self.set(Figure::SentencesFilled, share(filled, all));
        self.set(Figure::SentencesReworded, share(reworded, all));
    }

    fn wording(&mut self, compared: &Compared<'_>) {
        let Wording { known, in_order } = *compared.wording;
        let both = |sides: Sides<f64>| [sides.left, sides.right];
        self.both(Figure::KnownMin, Figure::KnownMax, both(known));
        self.both(Figure::OrderMin, Figure::OrderMax, both(in_order));
        let story = compared.story;
        self.set(Figure::Closeness, story.closeness);
        self.set(Figure::HeadlinesKnown, story.headline);
        self.set(Figure::TermNames, story.names);
        self.set(Figure::TermNumbers, story.numbers);
        if let Some(unmatched) = story.strange_names {
            self.set(Figure::LeadNamesUnmatched, unmatched);
        }
        self.set(Figure::LeadNumbersUnmatched, story.strange_numbers as f64);
        let lines =
            compared.parsed.map(|parsed| share(parsed.words.len(), parsed.marks.paragraphs));
        self.set(Figure::LineLength, amount(lines[0].min(lines[1]) as u64));
    }

    /// How many paragraphs of the text with fewer begin with two words with which one of the other
    /// does: headings of a form.
    fn openings(&mut self, compared: &Compared<'_>, openings: &mut [Vec<u64>; 2]) {
        for (openings, parsed) in openings.iter_mut().zip(compared.parsed) {
            openings.clear();
            let words = parsed.words.hashes();
            let begins = parsed.marks.of.windows(2).zip(words.windows(2));
            let two = begins.filter(|(marks, _)| marks[0] & BEGINS != 0 && marks[1] & BEGINS == 0);
            openings.extend(two.map(|(_, words)| words[0].rotate_left(23) ^ words[1]));
            openings.sort_unstable();
            openings.dedup();
        }
        let [left, right] = openings;
        let shared = left.iter().filter(|opening| right.binary_search(opening).is_ok()).count();
        // Of one paragraph nothing is known.
        self.set(Figure::Openings, share(shared, left.len().min(right.len()) + 1));
    }

    /// What both have of words, names, numbers, wherever they stand.
    fn words(&mut self, compared: &Compared<'_>, seen: &mut Vec<Seen>) {
        let vocabulary = compared.vocabulary;
        seen.clear();
        seen.resize(vocabulary.len(), Seen::default());
        for (side, parsed) in compared.parsed.iter().enumerate() {
            let marks = &parsed.marks;
            // What opens a text without a headline serves as one.
            let headline = marks.headline.unwrap_or(NO_HEADLINE);
            let mut place = 0;
            for (i, (&id, &mark)) in vocabulary.ids[side].iter().zip(&marks.of).enumerate() {
                let seen = &mut seen[id as usize];
                seen.headline[side] |= i < headline;
                if mark & BODY == 0 && i >= marks.headline.unwrap_or(0) {
                    continue;
                }
                seen.times[side] = seen.times[side].saturating_add(1);
                seen.lead[side] |= place < LEAD_WORDS;
                // Function words are no names, whatever their capitals.
                seen.name[side] |= mark & NAME != 0 && vocabulary.weights[id as usize] >= FULL / 4;
                seen.number |= mark & NUMBER != 0;
                place += 1;
            }
        }
        let (mut cosine, mut lead, mut headline) =
            (Cosine::default(), Cosine::default(), [0u64; 2]);
        // The weights of the key words of each beginning, and of those that the other text has.
        let mut beginnings = [[0u64; 2]; 2];
        // On the left, on the right, on both.
        let (mut names, mut numbers) = ([0usize; 3], [0usize; 3]);
        for (seen, &weight) in seen.iter().zip(&vocabulary.weights) {
            let in_text = seen.times.map(|times| times > 0);
            cosine.add(
                seen.times
                    .map(|times| if times > 0 { 8 + log2_in_eighths(u64::from(times)) } else { 0 }),
                weight,
            );
            for side in [0, 1] {
                if seen.lead[side] && weight >= FULL / 4 {
                    beginnings[side][0] += u64::from(weight);
                    beginnings[side][1] += u64::from(weight) * u64::from(in_text[1 - side]);
                }
            }
            lead.add(seen.lead.map(u32::from), weight);
            let in_headlines = seen.headline[0] as u64 + seen.headline[1] as u64;
            headline[0] += u64::from(in_headlines == 2) * u64::from(weight);
            headline[1] += u64::from(in_headlines > 0) * u64::from(weight);
            // What is a name on one side is one on the other.
            let count = |counts: &mut [usize; 3]| {
                counts[0] += usize::from(in_text[0]);
                counts[1] += usize::from(in_text[1]);
                counts[2] += usize::from(in_text[0] && in_text[1]);
            };
            match () {
                () if seen.number => count(&mut numbers),
                () if seen.name[0] || seen.name[1] => count(&mut names),
                () => {}
            }
        }
        self.set(Figure::Cosine, cosine.value());
        self.set(Figure::LeadCosine, lead.value());
        let known = beginnings.map(|[all, known]| known as f64 / (all as f64).max(1.0));
        self.both(Figure::LeadKnownMin, Figure::LeadKnownMax, known);
        self.set(Figure::HeadlinesAlike, headline[0] as f64 / (headline[1] as f64).max(1.0));
        let total = compared.parsed.map(|parsed| parsed.words.len());
        // A text without capitals has no names that could be known.
        let has_names =
            |side: usize| total[side] < FEW_WORDS || seen.iter().any(|seen| seen.name[side]);
        if has_names(0) && has_names(1) {
            self.facts([Figure::NamesShared, Figure::NamesAlike, Figure::NamesContained], names);
        }
        self.facts(
            [Figure::NumbersShared, Figure::NumbersAlike, Figure::NumbersContained],
            numbers,
        );
        let numbers = |side: usize| {
            share(numbers[side], seen.iter().filter(|seen| seen.times[side] > 0).count())
        };
        self.set(Figure::NumberDensity, numbers(0).max(numbers(1)));
    }

    fn facts(&mut self, [shared, alike, contained]: [Figure; 3], [left, right, both]: [usize; 3]) {
        self.set(shared, amount(both as u64));
        // Of few nothing is known, so one more is taken to differ.
        self.set(alike, share(both, left + right - both + 1));
        self.set(contained, share(both, left.min(right) + 1));
    }
}

/// A text with what the other has of it.
struct Side<'a> {
    parsed: &'a Parsed,
    /// As the text has them, and [quoted](cover::quote) by the other.
    marks: &'a [u8],
    cover: &'a [Cover],
}

/// What stands where in one text.
#[derive(Clone, Copy, Debug, Default)]
struct Count {
    body: usize,
    quoted: usize,
    covered: usize,
    same: usize,
    unquoted_same: usize,
    /// In runs of [`RUN`] words or more.
    unquoted_runs: usize,
    longest: usize,
    quoted_same: usize,
    clutter_same: usize,
    /// The first covered word, and the sum of the places of all.
    first: usize,
    places: usize,
    lead: usize,
    tail: usize,
}

impl Side<'_> {
    fn count(&self) -> Count {
        let mut count = Count { body: self.parsed.marks.body, ..Count::default() };
        let (mut place, mut run) = (0, 0);
        count.first = count.body;
        let tail = count.body.saturating_sub(LEAD);
        for (&cover, &mark) in self.cover.iter().zip(self.marks) {
            let same = usize::from(cover == Cover::Same);
            if mark & BODY == 0 {
                count.clutter_same += same;
                continue;
            }
            let quoted = usize::from(mark & QUOTED != 0);
            count.quoted += quoted;
            count.quoted_same += quoted & same;
            count.unquoted_same += (1 - quoted) & same;
            count.same += same;
            if cover > Cover::None {
                count.covered += 1;
                count.first = count.first.min(place);
                count.places += place;
            }
            count.lead += same & usize::from(place < LEAD);
            count.tail += same & usize::from(place >= tail);
            if same > quoted {
                run += 1;
                count.longest = count.longest.max(run);
                count.unquoted_runs += match run.cmp(&RUN) {
                    std::cmp::Ordering::Less => 0,
                    std::cmp::Ordering::Equal => RUN,
                    std::cmp::Ordering::Greater => 1,
                };
            } else {
                run = 0;
            }
            place += 1;
        }
        count
    }
}

/// The cosine of two lists of weighed counts.
#[derive(Clone, Copy, Debug, Default)]
struct Cosine {
    dot: u64,
    squares: [u64; 2],
}

impl Cosine {
    fn add(&mut self, counts: [u32; 2], weight: u32) {
        let [left, right] = counts.map(|count| u64::from(count * weight));
        self.dot += left * right;
        self.squares[0] += left * left;
        self.squares[1] += right * right;
    }

    fn value(&self) -> f64 {
        let [left, right] = self.squares.map(|square| square as f64);
        self.dot as f64 / (left * right).sqrt().max(1.0)
    }
}

fn share(part: usize, whole: usize) -> f64 {
    part as f64 / whole.max(1) as f64
}

/// An amount, as the logarithm to base 2 of one more.
fn amount(count: u64) -> f64 {
    f64::from(log2_in_eighths(count + 1)) / 8.0
}

#[cfg(test)]
mod tests;
