//! Made-up articles in the letters of other languages.

use super::corpus::Random;

/// Text with as many accents as Czech, some of them decomposed.
pub fn accented(text: &str, random: &mut Random) -> String {
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

/// Text with as many accents as French, and with its quotes and apostrophes.
pub fn french(text: &str, random: &mut Random) -> String {
    let mut french = String::with_capacity(text.len() * 9 / 8);
    for letter in text.chars() {
        let accent = letter.is_ascii_alphabetic() && random.one_in(9);
        match letter {
            'a' if accent => french.push('à'),
            'c' if accent => french.push('ç'),
            'e' if accent => french.push(if random.one_in(3) { 'è' } else { 'é' }),
            'E' if accent => french.push('É'),
            'i' if accent => french.push('î'),
            'o' if accent => french.push_str(if random.one_in(9) { "œ" } else { "ô" }),
            'u' if accent => french.push('ù'),
            '\'' => french.push('’'),
            '"' => french.push_str(if random.one_in(2) { "« " } else { " »" }),
            other => french.push(other),
        }
    }
    french
}

/// Text with each letter replaced by a Cyrillic one, which keeps the lengths of words and
/// sentences.
pub fn cyrillic(text: &str) -> String {
    let small: Vec<char> = "абцдефгхийклмнопярстувшьыз".chars().collect();
    let turned = |letter: char| match letter {
        'a'..='z' => small[(letter as u8 - b'a') as usize],
        'A'..='Z' => small[(letter as u8 - b'A') as usize].to_uppercase().next().unwrap_or(letter),
        other => other,
    };
    text.chars().map(turned).collect()
}

/// Hiragana, kanji and katakana in the proportions of a newspaper, full-width punctuation, no
/// spaces.
pub fn japanese(random: &mut Random) -> String {
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

/// Chinese characters, full-width punctuation and numbers, no spaces.
pub fn chinese(random: &mut Random) -> String {
    let mut text = String::new();
    for sentence in 0..40 {
        for _ in 0..20 + random.below(20) {
            match random.below(30) {
                0 => text.push('，'),
                1 => text.push_str(["2018年", "3.5％", "《", "》"][random.below(4)]),
                // A thousand characters make up nine tenths of a newspaper.
                2..5 => text.extend(char::from_u32(0x4E00 + random.below(6000) as u32)),
                _ => text.extend(char::from_u32(0x4E00 + 7 * random.below(900) as u32)),
            }
        }
        text.push_str(if sentence % 4 == 3 { "。\n" } else { "。" });
    }
    text
}

/// Text with typographic quotes, dashes and a few accents in about 3 % of its words, as on the web.
pub fn web(text: &str, random: &mut Random) -> String {
    let mut web = String::with_capacity(text.len() * 9 / 8);
    let mut open = false;
    for letter in text.chars() {
        match letter {
            '\'' => web.push('’'),
            '"' => {
                web.push(if open { '”' } else { '“' });
                open = !open;
            }
            ' ' if random.one_in(80) => web.push_str([" – ", "’s ", " “", "” "][random.below(4)]),
            'e' if random.one_in(400) => web.push('é'),
            other => web.push(other),
        }
    }
    web
}
