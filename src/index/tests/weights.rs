//! Weights that an index learns are those of a collection of the same texts.

use super::*;
use crate::detector::config::{Config, Preset};
use crate::idf::Idf;
use crate::run::Run;
use crate::verify::policy::LEARNT_FROM;

/// Twelve words, of which a hundred are common.
fn text(number: u64) -> String {
    let word = |at: u64| match mix(number << 8 | at) {
        bits if at < 8 => format!("w{}", bits % 100),
        bits => format!("r{}", bits % 10_000),
    };
    (0..12).map(word).collect::<Vec<_>>().join(" ")
}

/// Texts that are added, so that enough are left when one in fifty is taken away.
const MOST: u64 = LEARNT_FROM as u64 + 200;

#[test]
fn words_weigh_what_they_do_in_a_collection_of_the_same_texts() {
    let limits = WriterLimits { memtable_articles: 700, background: Background::Settled };
    let config = Config::builder().preset(Preset::Story).build().expect("valid");
    let shingler = config.sketcher().shingler();
    let disk = Faulty::new();
    let options = IndexOptions::new(&config);
    let mut index = Index::create_in(Arc::new(disk.clone()), &options, limits).expect("makes one");
    let insert = |index: &mut Index, id: String, number: u64| {
        index.insert(&Article::new(&text(number)).id(&id)).expect("new");
    };
    let learned = |index: &Index| {
        let (view, searcher) = (index.latest().view, &index.searcher);
        let learned = searcher.weights.of(&view, &searcher.schema, shingler);
        learned.expect("whole").expect("of stories")
    };
    for number in 0..MOST {
        insert(&mut index, number.to_string(), number);
        // Again in the same leaf, and in another.
        if number % 9 == 3 {
            insert(&mut index, format!("near {number}"), number);
            insert(&mut index, format!("far {}", number / 2), number / 2);
        }
        if number == LEARNT_FROM as u64 - 2 {
            assert!(learned(&index).words().is_none(), "of too few");
        }
    }
    let expected = |are_there: fn(&u64) -> bool| {
        let texts: Vec<String> = (0..MOST).filter(are_there).map(text).collect();
        Idf::learn_words(&Run::new(&texts), shingler).to_bytes()
    };
    let found = |index: &Index| learned(index).words().expect("of enough").to_bytes();
    index.searcher.weights.forget();
    assert!(found(&index) == expected(|_| true), "in memory and in segments");
    // What is deleted, and its text with it, is forgotten when its segment is merged.
    for number in (0..MOST).step_by(50) {
        for id in ["", "near ", "far "].map(|which| format!("{which}{number}")) {
            index.remove(&id).expect("whole");
        }
    }
    index.remove("7").expect("whole");
    insert(&mut index, "7 again".to_owned(), 7);
    index.writer.rewrite().expect("writes");
    index.close().expect("closes");
    let index = Index::open_in(Arc::new(disk), None, limits).expect("opens");
    assert!(found(&index) == expected(|number| number % 50 != 0), "opened again");
}
