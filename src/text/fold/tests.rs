use super::table::fold_case;
use super::*;
use crate::text::script::is_word_char;
use crate::text::words::Words;
use proptest::prelude::*;
use unicode_normalization::UnicodeNormalization;

fn fold(text: &str) -> String {
    Folding::default().fold(text).into_owned()
}

#[test]
fn what_printers_do_differently() {
    for (a, b) in [
        ("“Quoted” — he said…", "\"quoted\" - he said..."),
        ("‘it’s’ «ici» „dort“", "'it's' \"ici\" \"dort\""),
        ("Straße", "STRASSE"),
        ("ὈΔΥΣΣΕΎΣ", "ὀδυσσεύς"),
        ("ﬁnance ﬂow", "finance flow"),
        ("ＡＢＣ１２３", "abc123"),
        ("ｶﾞｷﾞ", "ガギ"),
        ("e\u{301}te\u{301}", "été"),
        (
            "soft\u{AD}hyphen zero\u{200B}width \u{202B}bidi\u{202C} \u{FEFF}mark",
            "softhyphen zerowidth bidi mark",
        ),
        ("non\u{A0}breaking\u{2009}thin", "non breaking thin"),
        ("km² and ½", "km2 and 1/2"),
        ("السَّلامُ عَلَيْكُمـــ", "السلام عليكم"),
        ("שָׁלוֹם", "שלום"),
        ("за́мок", "замок"),
        ("Йод Ёлка", "йод ёлка"),
        ("İstanbul", "i̇stanbul"),
        ("€5 → ☂", " 5    "),
        ("각", "각"),
    ] {
        assert_eq!(fold(a), fold(b), "{a} / {b}");
    }
}

#[test]
fn marks_that_tell_words_apart_stay() {
    for (a, b) in [("ou", "où"), ("की", "क"), ("ไม่", "ไม"), ("ısı", "isi"), ("はし", "ばし"), ("قال", "قاله")]
    {
        assert_ne!(fold(a), fold(b), "{a} / {b}");
    }
}

#[test]
fn ascii_is_borrowed_when_nothing_changes() {
    assert!(matches!(Folding::default().fold("as it came, in 1987"), Cow::Borrowed(_)));
    assert!(matches!(Folding::default().fold("déjà vu"), Cow::Borrowed(_)));
}

#[test]
fn divided_words_are_joined_only_when_asked() {
    let column = Folding { join_hyphenated: true };
    for (text, joined) in [
        ("the govern-\nment", "the government"),
        ("the govern- \r\n  ment", "the government"),
        ("the govern-\u{b}\nment", "the government"),
        ("verhält-\nnisse über\u{AD}\nmorgen ge¬\ngen", "verhältnisse übermorgen gegen"),
        ("a -\nb", "a -\nb"),
        ("1918-\nvierzig", "1918-\nvierzig"),
        ("Baden-\nBaden", "baden-\nbaden"),
        ("end-\n\nstart", "end-\n\nstart"),
        ("plain-text", "plain-text"),
        ("\u{E9}-\nt\u{E9}", "été"),
        ("ab-\ncd-\nef", "abcdef"),
        ("-\nx", "-\nx"),
        ("x-\n", "x-\n"),
    ] {
        assert_eq!(column.fold(text), joined, "{text:?}");
        assert_eq!(fold(text), fold(&fold(text)), "{text:?}");
    }
    assert_eq!(fold("govern-\nment"), "govern-\nment");
}

/// Our folding against the Unicode character database's, as `caseless` has it, character by
/// character: the two fold the same characters together. The representatives may differ (Cherokee
/// folds to its small letters here).
#[test]
fn folds_case_as_unicode_says() {
    let ours = |text: &str| text.chars().nfkc().flat_map(fold_case).nfkc().collect::<String>();
    let theirs = |text: &str| {
        caseless::default_case_fold_str(&text.nfkc().collect::<String>()).nfkc().collect::<String>()
    };
    for c in (0..=0x10FFFF).filter_map(char::from_u32) {
        let folded = theirs(c.encode_utf8(&mut [0; 4]));
        assert_eq!(ours(&folded), ours(c.encode_utf8(&mut [0; 4])), "{c:?} U+{:04X}", u32::from(c));
    }
}

#[test]
fn the_table_agrees_with_the_definition() {
    for c in (0x80..=0x10FFFF).filter_map(char::from_u32) {
        let (mut defined, mut own) = (String::new(), [0; 4]);
        fold_segment(c.encode_utf8(&mut own), &mut defined);
        assert_eq!(decode(&own, 0), (u32::from(c), c.len_utf8()));
        let looked_up = match TABLE.get(u32::from(c)) {
            Fold::Own => own[..c.len_utf8()].to_vec(),
            Fold::Same(bytes) => bytes[..c.len_utf8()].to_vec(),
            Fold::Other(bytes, len) => bytes[..usize::from(len)].to_vec(),
            Fold::Dropped => Vec::new(),
            Fold::Segment => continue,
        };
        assert_eq!(String::from_utf8_lossy(&looked_up), defined, "{c:?} U+{:04X}", u32::from(c));
    }
}

/// The kernels: each letter between others, at every place of a block.
#[test]
fn every_isa_folds_as_the_table_does() {
    let folded = |isa: Isa, text: &str| {
        let mut out = Folded::default();
        out.read(isa, Folding::default(), text, None);
        String::from_utf8(out.bytes().to_vec()).expect("UTF-8")
    };
    let codes = (0..0x600).chain(0x3000..0x3140).chain(0x4D80..0x4E20).chain(0x9FE0..0xA020);
    for c in codes.filter_map(char::from_u32).chain("—“漢がﬁ한😀".chars()) {
        for (before, after) in
            [(0, 0), (0, 70), (1, 62), (30, 1), (62, 3), (63, 0), (63, 64), (64, 200), (127, 5)]
        {
            let text = format!("{}{c}{c}é{c}Я{c}ん漢{}", "x".repeat(before), "Y".repeat(after));
            let mut defined = String::new();
            fold_segment(&text, &mut defined);
            for isa in Isa::all() {
                assert_eq!(
                    folded(isa, &text),
                    defined,
                    "{c:?} U+{:04X} after {before}, {isa:?}",
                    u32::from(c)
                );
            }
        }
    }
}

/// Text that mixes everything: letters of many scripts, marks, controls, punctuation, line ends.
fn mixed() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => "[a-zA-Z0-9]{1,6}",
        2 => "[ ,.\n-]{1,3}",
        1 => "[\u{300}-\u{304}\u{327}\u{3099}\u{309A}]{1,2}",
        1 => "[éèßŒİıſﬁΣςЁйあがｶﾞ한漢ไทยကि्हअ]{1,4}",
        1 => "[\u{AD}\u{200B}\u{200D}\u{202E}\u{FE0F}\u{FEFF}]",
        1 => "[“”‘’–—…«»½²€\u{A0}]",
        1 => any::<char>().prop_map(String::from),
    ];
    proptest::collection::vec(piece, 0..30).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn folding_twice_is_folding_once(text in mixed()) {
        let once = fold(&text);
        prop_assert_eq!(fold(&once), once.clone());
        prop_assert!(once.chars().all(|c| c.is_ascii() || is_word_char(c)), "{:?}", once);
    }

    #[test]
    fn every_isa_folds_alike(text in mixed(), skipped in 0usize..70, join_hyphenated: bool) {
        let text = format!("{}{text}", "й".repeat(skipped));
        let folding = Folding { join_hyphenated };
        let folded = |isa: Isa| {
            let (mut out, mut map) = (Folded::default(), SpanMap::default());
            out.read(isa, folding, &text, Some(&mut map));
            let spans: Vec<_> = (0..out.len).map(|i| map.original(i, i + 1)).collect();
            (out.bytes().to_vec(), spans)
        };
        let expected = folded(Isa::Portable);
        for isa in Isa::all() {
            prop_assert!(folded(isa) == expected, "{isa:?}");
        }
    }

    #[test]
    fn spans_are_character_boundaries_in_order_and_hold_the_word(text in mixed(), join_hyphenated in any::<bool>()) {
        let folding = Folding { join_hyphenated };
        let words = Words::of(&text, folding);
        let mut before = 0;
        for (hash, span) in words.iter() {
            prop_assert!(text.is_char_boundary(span.start) && text.is_char_boundary(span.end));
            prop_assert!(span.start < span.end && span.start >= before, "{:?} after {}", span, before);
            before = span.start;
            // What stands there, read alone, holds the word; a mark of another script than its
            // letter's is none alone.
            let alone = Words::of(&text[span.clone()], folding);
            prop_assert!(alone.is_empty() || alone.hashes().contains(&hash), "{:?} in {:?}", &text[span], text);
        }
    }
}
