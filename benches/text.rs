//! Reading text: folding, and words with their spans.

#[path = "common/corpus.rs"]
mod corpus;
#[path = "common/settings.rs"]
mod settings;

use std::hint::black_box;

use corpus::Random;
use criterion::{Criterion, Throughput};
use newsprint::{Folding, Words};

/// Enough texts that the branch predictor does not learn them by heart.
const TEXTS: usize = 64;

fn main() {
    let mut criterion = settings::criterion();
    let corpora = corpora();
    fold(&mut criterion, &corpora);
    words(&mut criterion, &corpora);
    criterion.final_summary();
}

fn fold(criterion: &mut Criterion, corpora: &[(&str, Vec<String>)]) {
    let mut group = criterion.benchmark_group("text/fold");
    let folding = Folding::default();
    for (name, texts) in corpora {
        group.throughput(bytes(texts));
        group.bench_function(*name, |b| {
            b.iter(|| {
                for text in texts {
                    black_box(folding.fold(black_box(text)));
                }
            });
        });
    }
    group.finish();
}

fn words(criterion: &mut Criterion, corpora: &[(&str, Vec<String>)]) {
    let mut group = criterion.benchmark_group("text/words");
    for (name, texts) in corpora {
        group.throughput(bytes(texts));
        let mut words = Words::default();
        group.bench_function(*name, |b| {
            b.iter(|| {
                for text in texts {
                    words.read(black_box(text), Folding::default());
                    black_box(&words);
                }
            });
        });
    }
    group.finish();
}

fn bytes(texts: &[String]) -> Throughput {
    Throughput::Bytes(texts.iter().map(String::len).sum::<usize>() as u64)
}

fn corpora() -> [(&'static str, Vec<String>); 6] {
    let made = corpus::corpus(20 * TEXTS, 1).texts;
    let (ascii, typographic): (Vec<String>, Vec<String>) = made.into_iter().partition(|text| text.is_ascii());
    let ascii = &ascii[..TEXTS];
    let mut random = Random(2);
    let latin = ascii.iter().map(|text| accented(text, &mut random)).collect();
    let cyrillic = ascii.iter().map(|text| cyrillic(text)).collect();
    let japanese = (0..TEXTS).map(|_| japanese(&mut random)).collect();
    [
        // As articles come, ASCII for the most part; or real ones, if a file is named.
        ("articles", corpus::texts(TEXTS, 1)),
        ("ascii", ascii.to_vec()),
        ("typographic", typographic[..TEXTS].to_vec()),
        ("latin", latin),
        ("cyrillic", cyrillic),
        ("japanese", japanese),
    ]
}

/// About as many accents as French or Czech has, some of them decomposed.
fn accented(text: &str, random: &mut Random) -> String {
    let mut accented = String::with_capacity(text.len() * 9 / 8);
    for letter in text.chars() {
        if !random.one_in(5) {
            accented.push(letter);
            continue;
        }
        match letter {
            'a' => accented.push('à'),
            'c' => accented.push('č'),
            'e' if random.one_in(20) => accented.push_str("e\u{301}"),
            'e' => accented.push('é'),
            'i' => accented.push('í'),
            'o' => accented.push('ö'),
            's' => accented.push('š'),
            'u' => accented.push('ü'),
            'E' => accented.push('É'),
            other => accented.push(other),
        }
    }
    accented
}

/// Letter for letter, which keeps the lengths of words and sentences.
fn cyrillic(text: &str) -> String {
    let small: Vec<char> = "абцдефгхийклмнопярстувшьыз".chars().collect();
    let turned = |letter: char| match letter {
        'a'..='z' => small[(letter as u8 - b'a') as usize],
        'A'..='Z' => small[(letter as u8 - b'A') as usize].to_uppercase().next().unwrap_or(letter),
        other => other,
    };
    text.chars().map(turned).collect()
}

/// Kana, kanji and katakana in the proportions of a newspaper, full-width punctuation and no spaces.
fn japanese(random: &mut Random) -> String {
    let from = |random: &mut Random, first: u32, count: usize| {
        char::from_u32(first + random.below(count) as u32).unwrap_or('々')
    };
    let mut text = String::new();
    for sentence in 0..40 {
        for _ in 0..8 + random.below(12) {
            match random.below(20) {
                0..9 => text.push(from(random, 0x3042, 80)),
                9..16 => (0..2).for_each(|_| text.push(from(random, 0x4E00, 3000))),
                16..18 => (0..3).for_each(|_| text.push(from(random, 0x30A2, 80))),
                18 => text.push_str("２０１８年"),
                _ => text.push('、'),
            }
        }
        text.push_str(if sentence % 4 == 3 { "。\n" } else { "。" });
    }
    text
}
