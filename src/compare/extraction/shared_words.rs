//! Which words, names and numbers both texts use, wherever they stand.

use crate::compare::features::{Feature, Features, amount, share};
use crate::compare::parsed::ParsedText;
use crate::compare::vocabulary::Vocabulary;
use crate::idf::{FULL, log2_in_eighths};
use crate::text::annotations::{BODY, NAME, NUMBER};

/// Words of the body that are its beginning.
const BEGINNING: usize = 70;
/// Words that serve as the headline of a text without one.
const NO_HEADLINE: usize = 12;
/// A text of fewer words may be without names by chance; a longer one without any is taken for text
/// in a script without capitals.
const MIN_WORDS_WITH_NAMES: usize = 12;
/// The least weight of a key word; function words weigh less.
const KEY_WORD: u32 = FULL / 4;

/// How both texts use one word.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct WordUse {
    /// How often it stands in each body.
    times: [u16; 2],
    /// Whether it stands at the beginning of each body.
    beginning: [bool; 2],
    headline: [bool; 2],
    name: [bool; 2],
    number: bool,
}

/// Sets the features of shared words, names and numbers.
pub(super) fn extract(
    features: &mut Features,
    parsed: [&ParsedText; 2],
    vocabulary: &Vocabulary,
    words: &mut Vec<WordUse>,
) {
    words.clear();
    words.resize(vocabulary.len(), WordUse::default());
    for (side, parsed) in parsed.into_iter().enumerate() {
        read(side, parsed, vocabulary, words);
    }
    let (mut cosine, mut lead) = (Cosine::default(), Cosine::default());
    // The weight of the headlines' words: of those in both, and of all.
    let mut headline = [0u64; 2];
    // The weights of the key words of each beginning, and of those that the other text has.
    let mut beginnings = [[0u64; 2]; 2];
    let (mut names, mut numbers) = (SharedCount::default(), SharedCount::default());
    for (word, &weight) in words.iter().zip(&vocabulary.weights) {
        let in_text = word.times.map(|times| times > 0);
        let dampened = |times| if times > 0 { 8 + log2_in_eighths(u64::from(times)) } else { 0 };
        cosine.add(word.times.map(dampened), weight);
        lead.add(word.beginning.map(u32::from), weight);
        for side in [0, 1] {
            if word.beginning[side] && weight >= KEY_WORD {
                beginnings[side][0] += u64::from(weight);
                beginnings[side][1] += u64::from(weight) * u64::from(in_text[1 - side]);
            }
        }
        let [in_left, in_right] = word.headline;
        headline[0] += u64::from(in_left && in_right) * u64::from(weight);
        headline[1] += u64::from(in_left || in_right) * u64::from(weight);
        // A word that is a name in one text is one in the other.
        match () {
            () if word.number => numbers.add(in_text),
            () if word.name[0] || word.name[1] => names.add(in_text),
            () => {}
        }
    }
    features.set(Feature::Cosine, cosine.value());
    features.set(Feature::LeadCosine, lead.value());
    let known = beginnings.map(|[all, known]| known as f64 / (all as f64).max(1.0));
    features.set_min_max(Feature::LeadKnownMin, Feature::LeadKnownMax, known);
    features.set(Feature::HeadlinesAlike, headline[0] as f64 / (headline[1] as f64).max(1.0));
    let may_have_names = |side: usize| {
        parsed[side].words.len() < MIN_WORDS_WITH_NAMES || words.iter().any(|word| word.name[side])
    };
    if may_have_names(0) && may_have_names(1) {
        let of_names = [Feature::NamesShared, Feature::NamesAlike, Feature::NamesContained];
        names.set(features, of_names);
    }
    let of_numbers = [Feature::NumbersShared, Feature::NumbersAlike, Feature::NumbersContained];
    numbers.set(features, of_numbers);
    let density = |side: usize| {
        share(numbers.texts[side], words.iter().filter(|word| word.times[side] > 0).count())
    };
    features.set(Feature::NumberDensity, density(0).max(density(1)));
}

/// Records how one text uses its words.
fn read(side: usize, parsed: &ParsedText, vocabulary: &Vocabulary, words: &mut [WordUse]) {
    let annotations = &parsed.annotations;
    let headline = annotations.headline.unwrap_or(NO_HEADLINE);
    let mut place = 0;
    for (i, (&id, &flags)) in vocabulary.ids[side].iter().zip(&annotations.flags).enumerate() {
        let word = &mut words[id as usize];
        word.headline[side] |= i < headline;
        if flags & BODY == 0 && i >= annotations.headline.unwrap_or(0) {
            continue;
        }
        word.times[side] = word.times[side].saturating_add(1);
        word.beginning[side] |= place < BEGINNING;
        // Function words are no names, whatever their capitals.
        word.name[side] |= flags & NAME != 0 && vocabulary.weights[id as usize] >= KEY_WORD;
        word.number |= flags & NUMBER != 0;
        place += 1;
    }
}

/// How many different words of a kind each text has, and how many both have.
#[derive(Clone, Copy, Debug, Default)]
struct SharedCount {
    texts: [usize; 2],
    both: usize,
}

impl SharedCount {
    fn add(&mut self, [left, right]: [bool; 2]) {
        self.texts[0] += usize::from(left);
        self.texts[1] += usize::from(right);
        self.both += usize::from(left && right);
    }

    /// Sets the number of shared words, their Jaccard similarity and their containment.
    fn set(self, features: &mut Features, [shared, alike, contained]: [Feature; 3]) {
        let SharedCount { texts: [left, right], both } = self;
        features.set(shared, amount(both as u64));
        // One more is counted as different: a few say little.
        features.set(alike, share(both, left + right - both + 1));
        features.set(contained, share(both, left.min(right) + 1));
    }
}

/// The cosine of two vectors of weighted counts.
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
