//! Deterministic made-up articles for the tests.
#![allow(dead_code, reason = "each test file uses a part")]

/// SplitMix64.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        x ^ (x >> 31)
    }

    pub(crate) fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }

    /// A made-up word of a vocabulary of `size`.
    pub(crate) fn word(&mut self, size: usize) -> String {
        let mut n = self.below(size) + 1;
        let mut word = String::new();
        while n > 0 {
            word.push_str(
                ["ba", "ke", "ti", "so", "nu", "ra", "le", "mo", "di", "fen", "gor", "hal"][n % 12],
            );
            n /= 12;
        }
        word
    }

    pub(crate) fn words(&mut self, count: usize) -> Vec<String> {
        (0..count).map(|_| self.word(20_000)).collect()
    }

    /// `words` with one in `every` replaced.
    pub(crate) fn edited(&mut self, words: &[String], every: usize) -> Vec<String> {
        words
            .iter()
            .map(|w| if self.below(every) == 0 { self.word(20_000) } else { w.clone() })
            .collect()
    }
}

/// Articles of 20 to 200 words; some are copies of earlier ones, more or less edited, some the same.
pub(crate) fn collection(count: usize, seed: u64) -> Vec<String> {
    let mut random = Random(seed);
    let mut articles: Vec<Vec<String>> = Vec::new();
    while articles.len() < count {
        let length = 20 + random.below(180);
        let words = match (random.below(4), articles.is_empty()) {
            (0, false) => {
                let of = random.below(articles.len());
                let every = [3, 8, 20, 60, 200][random.below(5)];
                random.edited(&articles[of].clone(), every)
            }
            (1, false) => {
                let mut start = articles[random.below(articles.len())].clone();
                start.truncate(start.len() * 2 / 3);
                let more = random.below(30);
                start.extend(random.words(more));
                start
            }
            _ => random.words(length),
        };
        articles.push(words);
    }
    articles.into_iter().map(|words| words.join(" ")).collect()
}

/// Texts of parts of nine paragraphs, with words of their own between: of each part the paragraph,
/// and two places in it, 0 to 30. The paragraphs have few different words, so they repeat
/// themselves.
pub(crate) fn of_paragraphs(articles: &[Vec<(usize, usize, usize)>], seed: u64) -> Vec<String> {
    let mut random = Random(seed);
    let paragraphs: Vec<Vec<String>> =
        (0..9).map(|_| (0..30).map(|_| format!("c{}", random.below(40))).collect()).collect();
    let mut text = |parts: &Vec<(usize, usize, usize)>| {
        let words = parts.iter().flat_map(|&(paragraph, from, to)| {
            let own = random.below(8);
            let part = &paragraphs[paragraph][from.min(to)..from.max(to)];
            [random.words(own), part.to_vec()].concat()
        });
        words.collect::<Vec<String>>().join(" ")
    };
    articles.iter().map(&mut text).collect()
}
