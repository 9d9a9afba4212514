//! Checks that every set of vector instructions gives the same results: for the texts of a test,
//! and for any text that a fuzz target brings.

use super::fold::{FoldedText, Folding, SpanMap};
use super::scan::{Alphabet, Scanner};
use super::words::{read_letters, read_words};
use crate::simd::{Isa, equal, shingles, slots, votes};

/// Everything that kernels compute on the way from a text to its signature, with one set.
#[derive(PartialEq)]
struct KernelResults {
    folded: Vec<u8>,
    /// The original span of each folded byte.
    origins: Vec<(usize, usize)>,
    words: Vec<u64>,
    spans: Vec<[usize; 2]>,
    letters: Vec<u64>,
    shingles: Vec<u64>,
    signatures: Vec<Vec<u32>>,
    planes: votes::Planes,
    equal: u32,
}

fn compute(isa: Isa, text: &str, folding: Folding) -> KernelResults {
    let (mut out, mut map) = (FoldedText::default(), SpanMap::default());
    out.read(isa, folding, text, Some(&mut map));
    let folded = out.bytes().to_vec();
    let origins = (0..folded.len()).map(|i| map.original(i, i + 1)).collect();
    let (mut words, mut letters) = (Vec::new(), Vec::new());
    let mut spans: Vec<[usize; 2]> = Vec::new();
    // The original text, if it is ASCII, and the folded one.
    for (bytes, alphabet) in [(text.as_bytes(), Alphabet::Ascii), (&folded, out.alphabet())] {
        if alphabet != Alphabet::Ascii || text.is_ascii() {
            read_words(bytes, alphabet, &mut Scanner::with(isa), &mut words, |base, found| {
                spans.extend(found.iter().map(|span| span.map(|at| base + at as usize)));
            });
            read_letters(isa, bytes, &mut letters);
        }
    }
    let mut all = Vec::new();
    for width in [1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 32] {
        for units in [&words, &letters] {
            if units.len() >= width {
                shingles::roll(isa, units, width, 7, &mut all);
            }
        }
    }
    let sign = |(count, from): (usize, usize)| {
        let mut signature = vec![0; count];
        slots::sign(isa, &all[from.min(all.len())..], &mut signature);
        signature
    };
    // Large signatures of a few hashes take a thousand rounds: the tests of the kernel cover them.
    let sizes = [(16, 0), (64, 3), (128, 0), (128, 5), (256, 0), (512, 1), (1024, 0)];
    let sized = sizes.into_iter().filter(|&(slots, _)| slots <= 128 || all.len() > slots);
    let signatures: Vec<Vec<u32>> = sized.map(sign).collect();
    let planes = votes::count(isa, &all, 3);
    let equal = equal::equal(isa, &signatures[2], &signatures[3]);
    KernelResults {
        folded,
        origins,
        words,
        spans,
        letters,
        shingles: all,
        signatures,
        planes,
        equal,
    }
}

/// Checks that all sets of instructions of this machine give the same results for a text.
///
/// # Panics
/// If two differ.
// Public for the fuzz target.
#[allow(unreachable_pub)]
pub fn kernels_agree(text: &str, join_hyphenated: bool) {
    let folding = Folding::default().join_hyphenated(join_hyphenated);
    let expected = compute(Isa::Portable, text, folding);
    for isa in Isa::all() {
        assert!(compute(isa, text, folding) == expected, "{isa:?} differs on {text:?}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// News in several languages, each of which takes other paths through the kernels.
    const NEWS: [&str; 6] = [
        "LONDON, 3 March (Reuters) - Britain's economy shrank by 0.3% in the fourth quarter, \u{201C}worse than feared\u{201D}, the O.N.S. said. ",
        "À Évry, l'ex-préfet Gaël Mûrier a dénoncé « l'œuvre d'un forcené » ; 1\u{202F}200 élèves, où qu'ils soient, ÇA DÉBUTE. ",
        "МОСКВА, 3 марта. Ёлки Йошкар-Олы: «подъём экономики» \u{2014} заявил О. Щёкин; ЎЗБЕКИСТОН, Ґрунт, Ђорђе. ",
        "首相は「ガソリン価格」について話した。iPhone１５も値上げ、日经指数上涨３％。ｶﾞｿﾘﾝ 대통령은 회의에서 ",
        "Οι πρωθυπουργοί ΣΥΝΑΝΤΉΘΗΚΑΝ· e\u{301}te\u{301} na\u{308}ive Straße İzmir ﬁnance co\u{AD}operate govern-\nment ",
        "प्रधानमंत्री ने कहा कि बैठक सोमवार को होगी। นายกรัฐมนตรีกล่าวว่า קָמָץ الرَّئِيسُ 😀 ₤5 ",
    ];

    #[test]
    fn at_every_alignment_and_length() {
        let all = NEWS.concat();
        let places: Vec<usize> = all.char_indices().map(|(at, _)| at).collect();
        for skipped in 0..64 {
            kernels_agree(&all[places[skipped]..], skipped % 2 == 0);
        }
        for news in NEWS {
            let text = news.repeat(3);
            let chars: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
            for end in chars.iter().filter(|&&end| end <= 300) {
                kernels_agree(&text[..*end], end % 2 == 0);
            }
            kernels_agree(&news.repeat(80), false);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(300))]

        #[test]
        fn on_any_text(pieces in proptest::collection::vec((0..NEWS.len(), 0usize..80, 0usize..60), 0..12), wild in ".{0,40}") {
            let piece = |&(news, from, len): &(usize, usize, usize)| NEWS[news].chars().skip(from).take(len).collect::<String>();
            let text: String = pieces.iter().map(piece).collect();
            kernels_agree(&format!("{text}{wild}{text}"), wild.len().is_multiple_of(2));
        }
    }
}
