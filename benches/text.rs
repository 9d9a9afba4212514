//! Reading text: folding, and words with their spans.

use std::hint::black_box;

use criterion::{Criterion, Throughput};
use languages::{accented, cyrillic, japanese};
use newsprint::parts::{Folding, Words};
use newsprint_benches::corpus::Random;
use newsprint_benches::{corpus, languages, settings};

/// So many texts that the branch predictor cannot memorise them.
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
    let (ascii, typographic): (Vec<String>, Vec<String>) =
        made.into_iter().partition(|text| text.is_ascii());
    let ascii = &ascii[..TEXTS];
    let mut random = Random(2);
    let latin = ascii.iter().map(|text| accented(text, &mut random)).collect();
    let cyrillic = ascii.iter().map(|text| cyrillic(text)).collect();
    let japanese = (0..TEXTS).map(|_| japanese(&mut random)).collect();
    [
        // Typical articles, most of them ASCII; or real ones, if a file is named.
        ("articles", corpus::texts(TEXTS, 1)),
        ("ascii", ascii.to_vec()),
        ("typographic", typographic[..TEXTS].to_vec()),
        ("latin", latin),
        ("cyrillic", cyrillic),
        ("japanese", japanese),
    ]
}
