use super::*;
use crate::text::fold::Folding;

fn hash(word: &str) -> u64 {
    Words::of(word, Folding::default()).hashes()[0]
}

fn shingler() -> Shingler {
    Sketcher::default().shingler()
}

#[test]
fn logarithms_are_right_to_an_eighth() {
    for n in (1..5000u64).chain([1 << 20, (1 << 40) + 12345, u64::MAX]) {
        let exact = (n as f64).log2() * 8.0;
        let found = f64::from(log2_in_eighths(n));
        assert!(found <= exact + 1e-9 && found > exact - 1.7, "{n}: {found} for {exact}");
    }
}

#[test]
fn function_words_of_many_languages_are_common_and_names_are_not() {
    for word in ["the", "The", "und", "les", "который", "на", "από", "para", "och", "a", "я"] {
        assert!(is_common(hash(word)), "{word}");
    }
    for word in ["bridge", "Putin", "Helsinki", "мост", "Brücke", "1987", "17"] {
        assert!(!is_common(hash(word)), "{word}");
    }
}

#[test]
fn learnt_weights_follow_the_frequency() {
    let texts: Vec<String> = (0..1000u32)
        .map(|i| format!("all {} word{i}", if i % 10 == 0 { "tenth" } else { "other" }))
        .collect();
    let idf = Idf::learn(&texts, shingler());
    assert_eq!(idf.texts(), Some(1000));
    assert_eq!(idf.word(hash("all")), 0);
    assert_eq!(idf.word(hash("word17")), FULL);
    assert_eq!(idf.word(hash("never")), FULL);
    let tenth = idf.weight(hash("tenth"));
    assert!((tenth - 1.0 / 3.0).abs() < 0.03, "{tenth}");
    // Repetitions within a text do not count.
    let repeated = Idf::learn(&["one one one one", "two", "three", "four"], shingler());
    assert_eq!(repeated.word(hash("one")), FULL);
}

#[test]
fn stored_and_read_again() {
    let idf = Idf::learn(&["the old bridge", "the new bridge", "rain"], shingler().with_seed(7));
    let bytes = idf.to_bytes().expect("learnt");
    let read = Idf::from_bytes(&bytes).expect("whole");
    assert_eq!(read.learnt, idf.learnt);
    assert!(read.check(&Sketcher::default()).unwrap_err().to_string().contains("seed is 7"));
    assert_eq!(Idf::default().to_bytes(), None);

    let refusal = |bytes: &[u8]| Idf::from_bytes(bytes).unwrap_err().to_string();
    assert!(refusal(&[]).contains("stored weights is 0 bytes, must be 2097192 bytes"), "{}", refusal(&[]));
    for at in [0, 7, 9, 20, 40, bytes.len() - 1] {
        let mut bad = bytes.clone();
        bad[at] ^= 1;
        assert!(Idf::from_bytes(&bad).is_err(), "{at}");
    }
}
