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
        ("€5 → ☂", ".5 . ."),
        ("雨。 風、 水", "雨. 風, 水"),
        ("ۓ", "ے\u{654}"),
        ("한", "\u{1112}\u{1161}\u{11AB}"),
        ("ﾡﾢ ﾾ", "ㄱㄲ ㅎ"),
        ("line\u{85}line\u{2028}line\u{2029}", "line\nline\nline\n"),
        ("각", "각"),
    ] {
        assert_eq!(fold(a), fold(b), "{a} / {b}");
    }
}

#[test]
fn marks_that_tell_words_apart_stay() {
    for (a, b) in
        [("ou", "où"), ("की", "क"), ("ไม่", "ไม"), ("ısı", "isi"), ("はし", "ばし"), ("قال", "قاله")]
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
    let column = Folding::default().join_hyphenated(true);
    for (text, joined) in [
        ("the govern-\nment", "the government"),
        ("the govern- \r\n  ment", "the government"),
        ("the govern-\u{b}ment", "the government"),
        ("the govern-\rment", "the government"),
        ("the govern- \u{2028} ment", "the government"),
        ("der govern‐\u{85}ment", "der government"),
        ("end-\r\rstart", "end-\r\rstart"),
        ("verhält-\nnisse über\u{AD}\nmorgen ge¬\ngen", "verhältnisse übermorgen gegen"),
        ("a -\nb", "a -\nb"),
        ("1918-\nvierzig", "1918-\nvierzig"),
        ("Baden-\nBaden", "baden-\nbaden"),
        ("end-\n\nstart", "end-\n\nstart"),
        ("plain-text", "plain-text"),
        ("\u{E9}-\nt\u{E9}", "été"),
        ("ab-\ncd-\nef", "abcdef"),
        ("e\u{301}\u{AD}\na", "éa"),
        ("-\nx", "-\nx"),
        ("x-\n", "x-\n"),
    ] {
        assert_eq!(column.fold(text), joined, "{text:?}");
        assert_eq!(fold(text), fold(&fold(text)), "{text:?}");
    }
    assert_eq!(fold("govern-\nment"), "govern-\nment");
}

#[test]
fn marks_keep_their_order_where_what_stood_between_them_is_dropped() {
    // Canonical order: the line below (class 220) before the acute accent (class 230). The tatweel and
    // the ligature of shadda and fatha, which decomposes to a tatweel and points, are dropped.
    for between in ["", "\u{640}", "\u{FCF2}", "\u{FCF2}\u{FCF2}"] {
        let folded = Folding::default().fold(&format!("3\u{301}{between}\u{333}")).into_owned();
        assert_eq!(folded, "3\u{333}\u{301}", "{between:?}");
        assert_eq!(Folding::default().fold(&folded), folded);
    }
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
        let mut out = FoldedText::default();
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

#[test]
fn what_is_written_in_other_code_points() {
    for (a, b) in [
        ("میگويند که علی", "ميگويند كه علي"),
        ("على", "علي"),
        ("أحمد إلى آخر ٱلقرآن", "احمد الي اخر القران"),
        ("ا\u{654}حمد ا\u{655}لى ا\u{653}خر", "احمد الي اخر"),
        ("خانۀ خانهٔ ہمارا ە", "خانه خانه همارا ه"),
        ("سورۃ", "سورة"),
        ("ئ ی\u{654} ى\u{654}", "ئ ئ ئ"),
        ("٢٠٢٧ ۲۰۲۷ २०२७ ২০২৭ ๒๐๒๗ ၂၀၂၇ 𞥒𞥐𞥒𞥗 𑛚", "2027 2027 2027 2027 2027 2027 2027 0"),
        ("ŞI ȘI și s\u{326}i s\u{327}i", "şi şi şi şi şi"),
        ("ȚARA țara t\u{326}ara", "ţara ţara ţara"),
        ("обʼєкт oʻzbek Hawaiʻi", "об'єкт o'zbek hawai'i"),
        ("ʼn ŉ", "'n 'n"),
        ("新 华 社 北 京", "新华社北京"),
        ("市 长 ， 3 月 5 日 在 北 京 。 完", "市长 , 3 月 5 日在北京 . 完"),
        ("ｶ ｷ か\u{3099}\u{3000}\t\u{A0}き", "カキがき"),
        ("𠮷 野 〇", "𠮷野〇"),
    ] {
        assert_eq!(fold(a), b, "{a} / {b}");
        assert_eq!(fold(b), b);
    }
}

#[test]
fn what_stays_apart() {
    // Words set apart, a line's end, a full stop, other scripts.
    for text in ["新华 社 北京", "新\n华", "新.华", "a 新 华b", "新 3 华", "ไ ท", "가 나", "ا ب"]
    {
        assert_eq!(fold(text), text);
    }
    assert_eq!(fold("裂 缝。维 修"), "裂缝.维修");
    for (a, b) in [("مئة", "مية"), ("مؤمن", "مومن"), ("سورة", "سوره"), ("ڪ", "ك"), ("ھ", "ه")]
    {
        assert_ne!(fold(a), fold(b), "{a} / {b}");
    }
}

#[test]
fn options_are_for_their_languages() {
    let turkish = Folding::default().plain_i(true);
    for text in [
        "ışık İLİ iyi",
        "ışık I\u{307}LI\u{307} i\u{307}yi",
        "ISIK ili IYI".replace('S', "Ş").as_str(),
    ] {
        assert_eq!(turkish.fold(text), "işik ili iyi");
    }
    let german = Folding::default().spell_umlauts(true);
    for text in ["MÜLLER grüßt Köln, Äpfel", "MU\u{308}LLER gru\u{308}ßt Ko\u{308}ln, A\u{308}pfel"]
    {
        assert_eq!(german.fold(text), "mueller gruesst koeln, aepfel");
    }
    assert_eq!(german.fold("ǖ ü\u{304} ë"), "ǖ ǖ ë");
    for bits in 0..8 {
        let folding = Folding::of_bits(bits).expect("three options");
        assert_eq!(folding.bits(), bits);
    }
    assert_eq!(Folding::of_bits(8), None);
}

#[test]
fn digits_are_in_order() {
    for c in (0x80..=0x10FFFF).filter_map(char::from_u32) {
        let folded = fold(c.encode_utf8(&mut [0; 4]));
        if equivalents::letter(c).is_ascii_digit() {
            assert!(c.is_numeric() && folded.len() == 1, "{c:?}");
        }
    }
    for (zero, nine) in [('٠', '٩'), ('۰', '۹'), ('०', '९'), ('๐', '๙'), ('𑃰', '𑃹'), ('𞥐', '𞥙')]
    {
        let ten: String = (zero..=nine).collect();
        assert_eq!(fold(&ten), "0123456789");
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
        1 => "[يیىكکاأإآٱهہەۀئؤےۓةۃ٣۳३șțşţʼʻ]{1,4}",
        1 => "[\u{653}-\u{655}\u{64E}\u{640}\u{670}\u{326}\u{307}\u{308}]{1,2}",
        1 => "([漢字かカ] [ \t]?){1,4}",
        1 => "[\r\u{B}\u{C}\u{85}\u{2028}\u{2029}]",
        1 => any::<char>().prop_map(String::from),
    ];
    proptest::collection::vec(piece, 0..30).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn folding_twice_is_folding_once(text in mixed(), other_options in 0u8..4) {
        let folding = Folding::of_bits(other_options << 1).expect("options");
        let once = folding.fold(&text).into_owned();
        prop_assert_eq!(folding.fold(&once), once.clone());
        prop_assert!(once.chars().all(|c| c.is_ascii() || is_word_char(c)), "{:?}", once);
    }

    #[test]
    fn every_isa_folds_alike(text in mixed(), skipped in 0usize..70, options in 0u8..8) {
        let text = format!("{}{text}", "й".repeat(skipped));
        let folding = Folding::of_bits(options).expect("options");
        let folded = |isa: Isa| {
            let (mut out, mut map) = (FoldedText::default(), SpanMap::default());
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
    fn spans_are_character_boundaries_in_order_and_hold_the_word(text in mixed(), options in 0u8..8) {
        let folding = Folding::of_bits(options).expect("options");
        let words = Words::of(&text, folding);
        let mut before = 0;
        for (hash, span) in words.iter() {
            prop_assert!(text.is_char_boundary(span.start) && text.is_char_boundary(span.end));
            prop_assert!(span.start < span.end && span.start >= before, "{:?} after {}", span, before);
            before = span.start;
            // What stands there, read alone, holds the word, unless it begins with a mark: alone
            // that has no letter, and is dropped. (Marks are sorted, so a kana one that stands
            // behind others may part a word before them.)
            let alone = Words::of(&text[span.clone()], folding);
            let has_no_letter = text[span.clone()].starts_with(is_combining_mark);
            prop_assert!(has_no_letter || alone.hashes().contains(&hash), "{:?} in {:?}", &text[span], text);
        }
    }

    #[test]
    fn the_same_letters_are_the_same_words(units in proptest::collection::vec(0..SAME.len(), 0..60), swapped in any::<u64>()) {
        let mut texts = [String::new(), String::new()];
        // Where each unit begins in both.
        let mut places = [vec![0], vec![0]];
        for (n, &unit) in units.iter().enumerate() {
            let (a, b) = SAME[unit];
            let both = if swapped >> (n % 64) & 1 == 0 { [a, b] } else { [b, a] };
            for ((text, places), piece) in texts.iter_mut().zip(&mut places).zip(both) {
                text.push_str(piece);
                places.push(text.len());
            }
        }
        let words = texts.each_ref().map(|text| Words::of(text, Folding::default()));
        prop_assert_eq!(words[0].hashes(), words[1].hashes());
        for spans in words[0].iter().zip(words[1].iter()) {
            let (left, right) = (spans.0.1, spans.1.1);
            let unit = |side: usize, at: usize| places[side].binary_search(&at);
            prop_assert_eq!(unit(0, left.start), unit(1, right.start));
            prop_assert_eq!(unit(0, left.end), unit(1, right.end));
            prop_assert!(unit(0, left.start).is_ok() && unit(0, left.end).is_ok(), "{:?} of {:?}", left, texts);
        }
    }

    #[test]
    fn spaces_between_all_characters_are_none(
        clauses in proptest::collection::vec("[国家新闻中华がカ々〇𠮷]{2,40}", 1..6),
        blank in "[ \t\u{A0}\u{3000}]{1,2}",
        skipped in 0usize..70,
    ) {
        let before = "x".repeat(skipped) + "。";
        let whole = before.clone() + &clauses.join("，");
        let spaced: Vec<String> =
            clauses.iter().map(|clause| clause.chars().map(String::from).collect::<Vec<_>>().join(&blank)).collect();
        let spaced = before + &spaced.join("，");
        let [of_whole, of_spaced] = [&whole, &spaced].map(|text| Words::of(text, Folding::default()));
        prop_assert_eq!(of_whole.hashes(), of_spaced.hashes());
        for (a, b) in of_whole.spans().zip(of_spaced.spans()) {
            prop_assert_eq!(&whole[a], spaced[b].replace(&blank, ""));
        }
    }

    #[test]
    fn every_normal_form_is_the_same_words(text in mixed(), options in 0u8..8) {
        let words = |text: String| Words::of(&text, Folding::of_bits(options).expect("options")).hashes().to_vec();
        let expected = words(text.clone());
        prop_assert_eq!(words(text.nfc().collect()), expected.clone(), "NFC of {:?}", text);
        prop_assert_eq!(words(text.nfd().collect()), expected.clone(), "NFD of {:?}", text);
        prop_assert_eq!(words(text.nfkc().collect()), expected.clone(), "NFKC of {:?}", text);
        prop_assert_eq!(words(text.nfkd().collect()), expected, "NFKD of {:?}", text);
    }
}

/// Letters that are the same, and what may stand beside them.
const SAME: [(&str, &str); 30] = [
    ("ی", "ي"),
    ("ى", "ي"),
    ("ک", "ك"),
    ("أ", "ا"),
    ("إ", "ا"),
    ("آ", "ا"),
    ("ٱ", "ا"),
    ("ہ", "ه"),
    ("ە", "ه"),
    ("ۀ", "ه"),
    ("ۃ", "ة"),
    ("ب", "ب"),
    ("٣", "3"),
    ("۳", "3"),
    ("३", "3"),
    ("๓", "3"),
    ("ș", "ş"),
    ("Ț", "ţ"),
    ("a", "A"),
    ("é", "É"),
    ("ʼ", "'"),
    ("ʻ", "’"),
    ("я", "Я"),
    (" ", "\u{2009}"),
    (". ", "。 "),
    ("\n", "\u{2028}"),
    ("ガ", "ｶﾞ"),
    ("漢", "漢"),
    ("각", "\u{1100}\u{1161}\u{11A8}"),
    ("€", "☂"),
];
