//! A made-up newspaper that is the same on every machine, so that anyone can repeat a measurement
//! without a download.
//!
//! Words are drawn by Zipf's law from a vocabulary of 30,000. The frequent ones are English
//! function words, the rest are made of syllables. Sentences, paragraphs, quotations and numbers
//! are as common as in agency reports. The articles have no topics: two that are no copies share
//! fewer shingles than two real articles on one event. To measure on real articles, name a file in
//! `NEWSPRINT_BENCH_JSONL`; see [`texts`].

use std::collections::HashSet;
use std::fmt::Write;

/// Articles, and which of them were made from which.
pub struct Corpus {
    /// The articles.
    pub texts: Vec<String>,
    /// The indexes in `texts` of an article and its edited copy, which comes later. Most pairs have
    /// a similarity above 0.7 in shingles of three words. The others have copies with several
    /// edits.
    pub planted: Vec<(usize, usize)>,
}

impl Corpus {
    /// The bytes of all texts.
    pub fn bytes(&self) -> usize {
        self.texts.iter().map(String::len).sum()
    }
}

/// One article in this many is a copy of an earlier one.
const COPIES: u64 = 10;
/// One article in this many has typographic quotes and dashes and accented letters.
const TYPOGRAPHIC: u64 = 10;

/// `articles` made-up articles of about 3.5 KB, a tenth of them copies of others.
pub fn corpus(articles: usize, seed: u64) -> Corpus {
    let mut author = Author { random: Random(seed), vocabulary: Vocabulary::new() };
    let mut made = Corpus { texts: Vec::with_capacity(articles), planted: Vec::new() };
    let mut own: Vec<usize> = Vec::new();
    for i in 0..articles {
        let text = if !own.is_empty() && author.random.one_in(COPIES) {
            let original = own[author.random.below(own.len())];
            made.planted.push((original, i));
            author.copy(&made.texts[original])
        } else {
            own.push(i);
            author.article()
        };
        made.texts.push(text);
    }
    made
}

/// The first `articles` texts of the file that `NEWSPRINT_BENCH_JSONL` names (all, if it has
/// fewer), or made-up ones if it is not set. The file has a JSON object with a field `text` on each
/// line.
pub fn texts(articles: usize, seed: u64) -> Vec<String> {
    let Some(path) = std::env::var_os("NEWSPRINT_BENCH_JSONL") else {
        return corpus(articles, seed).texts;
    };
    let mut read = read_jsonl(path.as_ref());
    assert!(!read.is_empty(), "{} has no texts", path.display());
    read.truncate(articles);
    read
}

/// The texts of a file with a JSON object on each line, from their field `text`.
pub fn read_jsonl(path: &std::path::Path) -> Vec<String> {
    let read =
        std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let text = |line: &str| match serde_json::from_str::<serde_json::Value>(line) {
        Ok(value) => value["text"].as_str().expect("every line has a field \"text\"").to_owned(),
        Err(error) => panic!("{}: {error}", path.display()),
    };
    read.lines().filter(|line| !line.trim().is_empty()).map(text).collect()
}

/// SplitMix64: small, fast, and good enough here. With our own generator the corpus cannot change
/// with a dependency.
pub struct Random(pub u64);

impl Random {
    /// The next 64 bits.
    pub fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let x = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        x ^ (x >> 31)
    }

    /// A number from 0 to `end - 1`.
    pub fn below(&mut self, end: usize) -> usize {
        ((u128::from(self.next_u64()) * end as u128) >> 64) as usize
    }

    /// True with probability 1 / `n`.
    pub fn one_in(&mut self, n: u64) -> bool {
        self.below(n as usize) == 0
    }

    fn pick<'a>(&mut self, list: &[&'a str]) -> &'a str {
        list[self.below(list.len())]
    }
}

/// The words, most frequent first, and how to draw one.
struct Vocabulary {
    words: Vec<String>,
    /// Each word as often as its frequency, so that one look-up draws a word.
    drawn: Vec<u16>,
}

impl Vocabulary {
    const WORDS: usize = 30_000;
    const DRAWN: usize = 1 << 20;

    fn new() -> Self {
        // A fixed seed: all corpora share one vocabulary, whatever their seeds.
        let mut random = Random(30_000);
        let mut words: Vec<String> = FUNCTION_WORDS.split_whitespace().map(str::to_owned).collect();
        let mut taken: HashSet<String> = words.iter().cloned().collect();
        while words.len() < Self::WORDS {
            // Rare words are longer, as in real languages.
            let rare = usize::from(words.len() > 3000) + usize::from(words.len() > 10_000);
            let letters = 3 + rare + random.below(4) + random.below(3);
            let mut word = made_up(letters, &mut random);
            if taken.insert(word.clone()) {
                // Names.
                if random.one_in(15) {
                    word[..1].make_ascii_uppercase();
                }
                words.push(word);
            }
        }
        // The Zipf-Mandelbrot law, which is flatter among the first ranks.
        let weight = |rank: usize| 1.0 / (rank as f64 + 2.7);
        let total: f64 = (0..words.len()).map(weight).sum();
        let mut drawn = Vec::with_capacity(Self::DRAWN + words.len());
        let mut due = 0.0;
        for rank in 0..words.len() {
            due += weight(rank) / total * Self::DRAWN as f64;
            drawn.resize(drawn.len().max(due.round() as usize), rank as u16);
        }
        Vocabulary { words, drawn }
    }

    fn draw(&self, random: &mut Random) -> &str {
        &self.words[usize::from(self.drawn[random.below(self.drawn.len())])]
    }
}

/// A pronounceable word of about the given number of letters.
fn made_up(letters: usize, random: &mut Random) -> String {
    let mut word = String::new();
    while word.len() < letters {
        word.push_str(random.pick(&ONSETS));
        word.push_str(random.pick(&VOWELS));
        word.push_str(random.pick(&CODAS));
    }
    word.truncate(letters);
    word
}

struct Author {
    random: Random,
    vocabulary: Vocabulary,
}

impl Author {
    fn article(&mut self) -> String {
        let typographic = self.random.one_in(TYPOGRAPHIC);
        let mut text = String::with_capacity(5000);
        self.headline(&mut text);
        text.push_str("\n\n");
        let city = self.vocabulary.words[3000 + self.random.below(200)].to_uppercase();
        let month = self.random.pick(&MONTHS);
        let day = 1 + self.random.below(28);
        let dash = if typographic { "—" } else { "-" };
        write!(text, "{city}, {month} {day} {dash} ").expect("a string takes everything");
        // The higher of two draws, so that full-length reports are more common than briefs.
        let sentences = 8 + self.random.below(33).max(self.random.below(33));
        let mut paragraph = 0;
        for i in 0..sentences {
            if i > 0 {
                text.push_str(if paragraph == 0 { "\n\n" } else { " " });
            }
            if paragraph == 0 {
                paragraph = 1 + self.random.below(4);
            }
            paragraph -= 1;
            self.sentence(&mut text, typographic);
        }
        text
    }

    fn headline(&mut self, text: &mut String) {
        for i in 0..5 + self.random.below(7) {
            if i > 0 {
                text.push(' ');
            }
            push_capitalised(text, self.vocabulary.draw(&mut self.random));
        }
    }

    fn sentence(&mut self, text: &mut String, typographic: bool) {
        let (open, close, apostrophe, dash) =
            if typographic { ("“", "”", "’", "—") } else { ("\"", "\"", "'", "-") };
        let words = 8 + self.random.below(23);
        // A quotation from one word to another, in one sentence of eight.
        let quoted = self.random.one_in(8).then(|| {
            let from = self.random.below(words - 4);
            from..from + 2 + self.random.below(words - from - 2)
        });
        for i in 0..words {
            if i > 0 {
                text.push(' ');
            }
            if quoted.as_ref().is_some_and(|quoted| quoted.start == i) {
                text.push_str(open);
            }
            let word = self.vocabulary.draw(&mut self.random);
            if i == 0 {
                push_capitalised(text, word);
            } else {
                match self.random.below(400) {
                    0..8 => self.number(text),
                    8..12 => {
                        text.push_str(word);
                        text.push_str(apostrophe);
                        text.push('s');
                    }
                    12..16 => {
                        text.push_str(dash);
                        text.push(' ');
                        text.push_str(word);
                    }
                    16..19 => text.push_str(self.random.pick(&PHRASES)),
                    19..27 if typographic => text.push_str(&word.replacen('e', "é", 1)),
                    _ => text.push_str(word),
                }
                if i + 1 < words && self.random.one_in(14) {
                    text.push(',');
                }
            }
            if quoted.as_ref().is_some_and(|quoted| quoted.end == i + 1) {
                text.push_str(close);
            }
        }
        text.push(if self.random.one_in(40) { '?' } else { '.' });
    }

    fn number(&mut self, text: &mut String) {
        let (whole, part) = (self.random.below(100), self.random.below(1000));
        let written = match self.random.below(5) {
            0 => write!(text, "{}", 1950 + whole),
            1 => write!(text, "{whole}.{}", part % 10),
            2 => write!(text, "{},{part:03}", 1 + whole),
            3 => write!(text, "${whole} million"),
            _ => write!(text, "{whole}"),
        };
        written.expect("a string takes everything");
    }

    /// An edited copy of an article: it has at least one of a new headline, some changed words, and
    /// a paragraph cut or added. One copy in sixteen is unchanged.
    fn copy(&mut self, original: &str) -> String {
        let mut paragraphs: Vec<String> = original.split("\n\n").map(str::to_owned).collect();
        let edits = self.random.below(16);
        if edits & 1 != 0 {
            paragraphs[0].clear();
            self.headline(&mut paragraphs[0]);
        }
        if edits & 2 != 0 {
            let per_mille = 10 + self.random.below(41);
            for paragraph in &mut paragraphs[1..] {
                *paragraph = self.substitute(paragraph, per_mille);
            }
        }
        if edits & 4 != 0 && paragraphs.len() > 4 {
            let cut = 2 + self.random.below(paragraphs.len() - 2);
            paragraphs.remove(cut);
        }
        if edits & 8 != 0 {
            let mut local = String::new();
            for i in 0..1 + self.random.below(3) {
                if i > 0 {
                    local.push(' ');
                }
                self.sentence(&mut local, false);
            }
            let place = 2 + self.random.below(paragraphs.len() - 1);
            paragraphs.insert(place.min(paragraphs.len()), local);
        }
        paragraphs.join("\n\n")
    }

    /// `paragraph` with the given number of words per thousand replaced.
    fn substitute(&mut self, paragraph: &str, per_mille: usize) -> String {
        let mut changed = String::with_capacity(paragraph.len() + 64);
        for (i, word) in paragraph.split(' ').enumerate() {
            if i > 0 {
                changed.push(' ');
            }
            if self.random.below(1000) < per_mille && word.bytes().all(|b| b.is_ascii_alphabetic())
            {
                changed.push_str(self.vocabulary.draw(&mut self.random));
            } else {
                changed.push_str(word);
            }
        }
        changed
    }
}

fn push_capitalised(text: &mut String, word: &str) {
    let mut letters = word.chars();
    text.extend(letters.next().map(|first| first.to_ascii_uppercase()));
    text.push_str(letters.as_str());
}

/// Common English words that carry the grammar, in about the order of their frequency.
const FUNCTION_WORDS: &str = "the of to and a in that is for it on was he said with as at by be from his has have are \
    an not but this they were which will or had would their its been who more one about after also up than she two out \
    when there i all could last new over some can other no if we other than into year first what her time people him \
    only years most them against three between now made before while under since many because so where government \
    during you very through both down such should still any may our these those my your between around off among \
    until each without within however well even just much own being then does did here how same another few few again \
    later often us me too per day week month president minister state national company million percent police country \
    city world group part three four five six seven eight nine ten says say told according officials spokesman";

const ONSETS: [&str; 30] = [
    "b", "c", "d", "f", "g", "h", "j", "l", "m", "n", "p", "r", "s", "t", "v", "w", "br", "ch",
    "cl", "cr", "dr", "fr", "gr", "pl", "pr", "sh", "sl", "st", "tr", "th",
];
const VOWELS: [&str; 10] = ["a", "e", "i", "o", "u", "e", "a", "ea", "ou", "io"];
const CODAS: [&str; 16] =
    ["", "", "", "", "", "", "n", "r", "s", "l", "t", "nd", "st", "ng", "m", "ck"];
/// Stock phrases that any two articles may share, so that unrelated texts have some similarity.
const PHRASES: [&str; 30] = [
    "one of the most",
    "according to the",
    "at the end of the",
    "as well as the",
    "a number of people",
    "in the first place",
    "on the other hand",
    "for the first time",
    "the end of the year",
    "as a result of the",
    "is one of the",
    "in an interview with",
    "at the same time",
    "the fact that the",
    "more than a million",
    "by the end of the",
    "officials said on Monday",
    "officials said on Friday",
    "in the middle of the",
    "the rest of the country",
    "some of the most",
    "the president of the",
    "a member of the",
    "between the two countries",
    "over the past year",
    "it is not the first",
    "was one of the first",
    "in the wake of the",
    "will be able to",
    "to be part of the",
];
const MONTHS: [&str; 6] = ["Jan", "March", "April", "July", "Sept", "Nov"];
