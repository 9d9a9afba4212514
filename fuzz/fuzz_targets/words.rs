//! Any text: folding is idempotent, spans are sorted and on character boundaries, and reading with
//! and without spans gives the same words.

#![no_main]

use libfuzzer_sys::fuzz_target;
use newsprint::Shingle;
use newsprint::parts::{Folding, Shingler, Words};

fuzz_target!(|input: (bool, &str)| {
    let (join_hyphenated, text) = input;
    let folding = Folding::default().join_hyphenated(join_hyphenated);
    if !join_hyphenated {
        let once = folding.fold(text).into_owned();
        assert_eq!(folding.fold(&once), once);
    }
    let words = Words::of(text, folding);
    let mut before = 0;
    for (_, span) in words.iter() {
        assert!(text.is_char_boundary(span.start) && text.is_char_boundary(span.end));
        assert!(span.start < span.end && before <= span.start);
        before = span.start;
    }
    if let Ok(shingler) = Shingler::new(Shingle::Words(1)) {
        assert_eq!(shingler.with_folding(folding).shingles(text).len(), words.len());
    }
});
