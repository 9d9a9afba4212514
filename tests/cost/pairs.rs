//! Pairs of texts that are built to be slow to compare.

use newsprint::Preset;
use newsprint::parts::Words;

use crate::support::Random;

/// Two texts of some `n` words.
pub(crate) type Build = fn(usize) -> [String; 2];

/// Texts to compare: the name, the preset, how many words, and the texts.
pub(crate) const COMPARED: [(&str, Preset, usize, Build); 18] = [
    ("one word", Preset::Wire, 20_000, |n| [n, n - 1].map(|n| "word ".repeat(n))),
    ("one word, by letters", Preset::Ocr, 5_000, |n| [n, n - 1].map(|n| "word ".repeat(n))),
    ("two words by turns", Preset::Wire, 20_000, |n| {
        [n / 2, n / 2 - 1].map(|n| "one two ".repeat(n))
    }),
    ("one half and the other", Preset::Wire, 20_000, |n| {
        let [a, b] = ["one ", "two "].map(|word| word.repeat(n / 2));
        [format!("{a}{b}"), format!("{b}{a}")]
    }),
    ("a text and its sentences again and again", Preset::Wire, 20_000, |n| {
        let text: Vec<String> = (0..40).map(|i| Random(i).words(12).join(" ") + ". ").collect();
        [text.concat(), (0..n / 12).map(|i| text[i % 40].clone()).collect()]
    }),
    ("every second word", Preset::Wire, 20_000, |n| {
        let words = Random(1).words(n);
        let mut other = Random(2);
        let half: Vec<String> = words
            .iter()
            .enumerate()
            .map(|(i, w)| if i % 2 == 0 { w.clone() } else { other.word(20_000) })
            .collect();
        [words.join(" "), half.join(" ")]
    }),
    ("paragraphs out of order", Preset::Wire, 20_000, |n| {
        let mut paragraphs: Vec<String> =
            (0..n / 40).map(|i| Random(i as u64).words(40).join(" ")).collect();
        let text = paragraphs.join("\n\n");
        let mut random = Random(3);
        (1..paragraphs.len()).rev().for_each(|i| paragraphs.swap(i, random.below(i + 1)));
        [text, paragraphs.join("\n\n")]
    }),
    ("each paragraph twice on one side", Preset::Wire, 20_000, |n| {
        let paragraphs: Vec<String> =
            (0..n / 30).map(|i| Random(i as u64).words(30).join(" ")).collect();
        [1, 2].map(|times| {
            let lines = paragraphs.iter().flat_map(|line| vec![line.as_str(); times]);
            lines.collect::<Vec<&str>>().join("\n\n")
        })
    }),
    ("marks on one letter", Preset::Wire, 20_000, |n| {
        [n, n + 1].map(|n| format!("e{}", "\u{301}\u{323}".repeat(n)))
    }),
    ("Han without stops", Preset::Wire, 20_000, |n| {
        let mut random = Random(4);
        let text: String =
            (0..n).filter_map(|_| char::from_u32(0x4E00 + random.below(3000) as u32)).collect();
        [text.clone(), text.chars().rev().collect()]
    }),
    ("words of one place in a table of words", Preset::Wire, 1_000, |n| {
        flood(n, |text, places| {
            places.extend(
                Words::of(text, Default::default()).hashes().iter().map(|hash| hash ^ hash >> 32),
            );
        })
    }),
    ("all combinations of four words", Preset::Wire, 20_000, |n| {
        // A sequence that has each run of `k` of them once (de Bruijn), and the same from behind.
        let k = (n as f64).log(4.0).ceil() as usize;
        let mut order: Vec<&str> = de_bruijn(4, k).map(|letter| FOUR[letter]).take(n).collect();
        let text = order.join(" ");
        order.reverse();
        [text, order.join(" ")]
    }),
    ("stock phrases", Preset::Wire, 20_000, |n| {
        [1, 2].map(|seed| {
            let mut random = Random(seed);
            let phrase = |_| Random(random.below(50) as u64).words(6).join(" ");
            (0..n / 6).map(phrase).collect::<Vec<_>>().join(", ")
        })
    }),
    ("stock phrases among words of their own", Preset::Ocr, 5_000, |n| {
        [1, 2].map(|seed| {
            let mut random = Random(seed);
            let phrase = |i| match i % 7 {
                0 => Random(100 * seed + i).words(6).join(" "),
                _ => Random(random.below(200) as u64).words(6).join(" "),
            };
            (0..n as u64 / 6).map(phrase).collect::<Vec<_>>().join(". ")
        })
    }),
    ("one sentence, a stray one between", Preset::Wire, 20_000, |n| {
        let sentence = Random(1).words(10).join(" ") + ". ";
        let stray = Random(2).words(10).join(" ") + ". ";
        let half = sentence.repeat(n / 20);
        [format!("{half}{half}"), format!("{half}{stray}{half}")]
    }),
    ("quotations that never end", Preset::Wire, 20_000, |n| {
        [1, 2].map(|seed| {
            let words = Random(seed).words(n / 2);
            words.iter().map(|word| format!("\"“{word} ('")).collect()
        })
    }),
    ("a line for each word", Preset::Wire, 20_000, |n| {
        let words = Random(1).words(n);
        [words.join("\n"), words.join("\n\n")]
    }),
    ("marks and letters of every form", Preset::Wire, 20_000, |n| {
        let letters: Vec<char> = ('\u{a0}'..'\u{2fff}').filter(|c| c.is_alphanumeric()).collect();
        let mut random = Random(5);
        let text: String = (0..4 * n)
            .map(|i| if i % 5 == 4 { ' ' } else { letters[random.below(letters.len())] })
            .collect();
        [text.to_lowercase(), text.to_uppercase()]
    }),
];

/// Two texts of `n` different words each, whose places have one end in a table that goes by the
/// bits of a hash. `places` reads them from a text of words.
pub(crate) fn flood(n: usize, places: impl Fn(&str, &mut Vec<u64>)) -> [String; 2] {
    const BITS: u32 = 14;
    let mut found: Vec<String> = Vec::new();
    let (mut next, mut read) = (0u64, Vec::new());
    while found.len() < 2 * n {
        let words: Vec<[u8; 8]> = (next..next + 65_536)
            .map(|i| {
                std::array::from_fn(|at| {
                    if at == 7 { b' ' } else { b'a' + (i / 26u64.pow(at as u32) % 26) as u8 }
                })
            })
            .collect();
        next += 65_536;
        read.clear();
        places(&String::from_utf8_lossy(words.as_flattened()), &mut read);
        assert_eq!(read.len(), words.len());
        let of_place = words.iter().zip(&read).filter(|(_, place)| *place % (1 << BITS) == 0);
        found.extend(of_place.map(|(word, _)| String::from_utf8_lossy(word).into_owned()));
    }
    [found[..n].concat(), found[n..2 * n].concat()]
}

/// The words of a de Bruijn sequence.
const FOUR: [&str; 4] = ["north", "south", "east", "west"];

/// A de Bruijn sequence of an alphabet of `k` letters: every word of `n` letters is in it once. It
/// is that of the Lyndon words whose length divides `n` (Fredricksen and Maiorana 1978).
fn de_bruijn(k: usize, n: usize) -> impl Iterator<Item = usize> {
    let mut word: Vec<usize> = Vec::new();
    let mut sequence = Vec::new();
    loop {
        // The next Lyndon word of at most `n` letters: Duval's algorithm.
        let length = word.len();
        for i in word.len()..n {
            word.push(if length == 0 { 0 } else { word[i % length] });
        }
        while word.last() == Some(&(k - 1)) {
            word.pop();
        }
        match word.last_mut() {
            Some(last) if length > 0 => *last += 1,
            Some(_) => word.truncate(1),
            None => return sequence.into_iter(),
        }
        if n.is_multiple_of(word.len()) {
            sequence.extend_from_slice(&word);
        }
    }
}
