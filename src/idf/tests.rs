use super::*;
use crate::text::fold::Folding;

fn hash(word: &str) -> u64 {
    Words::of(word, Folding::default()).hashes()[0]
}

fn shingler() -> Shingler {
    Shingler::new(Shingle::Words(3)).expect("valid")
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
    for word in [
        "the",
        "The",
        "und",
        "les",
        "который",
        "на",
        "από",
        "para",
        "och",
        "a",
        "я",
        "של",
        "في",
        "على",
        "که",
        "كه",
        "این",
        "ہے",
        "și",
        "şi",
        "के",
        "一个",
        "ni",
    ] {
        assert!(level(hash(word)) <= 3, "{word}: {}", level(hash(word)));
    }
    for word in ["Hammerfest", "Zugbrücke", "паводок", "1987", "ομίχλη", "xylophone"]
    {
        assert!(level(hash(word)) >= 10, "{word}: {}", level(hash(word)));
    }
    let levels = ["the", "people", "river", "drawbridge"].map(|word| level(hash(word)));
    assert!(levels.is_sorted_by(|a, b| a < b), "{levels:?}");
    // Few words are taken for one of the table by the 12 bits that are compared.
    let taken = (0..100_000u64).filter(|&n| level(mix(n)) < MAX_LEVEL).count();
    assert!(taken < 60, "{taken} of 100,000");
}

#[test]
fn the_power_inverts_the_logarithm() {
    for n in (1..5000u64).chain([1 << 20, 1 << 40]) {
        let found = exp2_of_eighths(log2_in_eighths(n));
        assert!(found <= n && 8 * found >= 7 * n, "{n}: {found}");
    }
}

#[test]
fn learned_weights_follow_the_frequency() {
    let texts: Vec<String> = (0..60_000u32)
        .map(|i| format!("qall {} qword{i}", if i % 10 == 0 { "qtenth" } else { "qother" }))
        .collect();
    let idf = Idf::learn(&texts, shingler());
    assert_eq!(idf.texts(), Some(60_000));
    assert!(idf.word(hash("qall")) <= 2, "{}", idf.word(hash("qall")));
    assert_eq!(idf.word(hash("qword17")), FULL);
    assert_eq!(idf.word(hash("qnever")), FULL);
    let tenth = idf.weight(hash("qtenth"));
    assert!((tenth - 10f64.log2() / 60_512f64.log2()).abs() < 0.02, "{tenth}");
    // Repetitions within a text do not count.
    let repeated = Idf::learn(&["qone qone qone qone", "two", "three", "four"], shingler());
    assert_eq!(repeated.word(hash("qone")), FULL);
}

#[test]
fn a_small_collection_changes_little() {
    let rain: Vec<String> = (0..20).map(|i| format!("the xylophone {i}")).collect();
    let few = Idf::learn(&rain, shingler());
    let many =
        Idf::learn(&rain.iter().cycle().take(20_000).cloned().collect::<Vec<_>>(), shingler());
    let [few, many] = [few, many].map(|idf| idf.weight(hash("xylophone")));
    assert!(few > 0.4 && many < 0.02, "{few} {many}");
    assert!(Idf::default().weight(hash("xylophone")) > 0.75);
}

#[test]
fn stored_and_read_again() {
    let idf = Idf::learn(&["the old bridge", "the new bridge", "rain"], shingler().with_seed(7));
    let bytes = idf.to_bytes().expect("learned");
    let read = Idf::from_bytes(&bytes).expect("whole");
    assert_eq!(read.learned, idf.learned);
    assert!(read.check(&shingler()).unwrap_err().to_string().contains("seed is 7"));
    assert_eq!(Idf::default().to_bytes(), None);

    let refusal = |bytes: &[u8]| Idf::from_bytes(bytes).unwrap_err().to_string();
    assert!(
        refusal(&[]).contains("stored weights is 0 bytes, must be 2097192 bytes"),
        "{}",
        refusal(&[])
    );
    for at in [0, 7, 9, 20, 40, bytes.len() - 1] {
        let mut bad = bytes.clone();
        bad[at] ^= 1;
        assert!(Idf::from_bytes(&bad).is_err(), "{at}");
    }
}
