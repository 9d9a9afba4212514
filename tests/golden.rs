//! Known answers for the whole pipeline, from text to words, hashes, signature bytes and clusters,
//! in twelve scripts and several spellings.
//!
//! Saved signatures depend on all of them: they change only with a new major version, and are the
//! same on every machine, whatever its byte order. The words in `golden/vectors.txt` were checked
//! by eye; a run that differs prints its results.

mod support;

use newsprint::parts::{Folding, MinHasher, Shingler, SimHasher, Words};
use newsprint::{Config, Detector, Shingle};

const TEXTS: [(&str, &str); 23] = [
    ("Latin", "The mayor’s office said: “We’ll rebuild” — by June 2027, for €3.5m…"),
    (
        "Latin, accented",
        "Où est l'été? À CÔTÉ de Škoda, Straße, İzmir ve ılık; e\u{301}te\u{301} naïf co\u{AD}operate",
    ),
    ("Vietnamese", "Thủ tướng Việt Nam gặp đoàn đại biểu Quốc hội tại Hà Nội"),
    ("Greek", "Ο ΠΡΩΘΥΠΟΥΡΓΌΣ και ο πρωθυπουργός μίλησαν για τους ανθρώπους"),
    ("Cyrillic", "Президент РОССИИ заявил, что замо\u{301}к закрыт; ёлка и йод"),
    ("Arabic", "قَالَ الرَّئِيسُ إنّ الاجتماع سيُعقد يوم الاثنيــن ٢٠٢٧"),
    ("Hebrew", "שָׁלוֹם אמר ראש הממשלה ביום שני"),
    ("Devanagari", "प्रधानमंत्री ने कहा कि बैठक सोमवार को होगी।"),
    ("Bengali", "প্রধানমন্ত্রী বলেছেন যে বৈঠক সোমবার হবে।"),
    ("Thai", "นายกรัฐมนตรีกล่าวว่า COVID-19 จบแล้ว"),
    ("Khmer", "នាយករដ្ឋមន្ត្រីបាននិយាយថា"),
    ("Myanmar", "ဝန်ကြီးချုပ်က ပြောကြားသည်"),
    ("Chinese", "国务院总理李强3月5日在北京表示，GDP增长目标为5%左右。"),
    ("Japanese", "首相は「ｶﾞｿﾘﾝ価格」について話した。iPhone１５も値上げ"),
    ("Korean", "대통령은 월요일 회의에서 경제 정책을 발표했다"),
    (
        "Korean, decomposed",
        "\u{1103}\u{1162}\u{1110}\u{1169}\u{11BC}\u{1105}\u{1167}\u{11BC}\u{110B}\u{1173}\u{11AB} 월요일 ﾡﾢ",
    ),
    ("Persian", "شهردار می‌گوید که پلِ خانۀ قدیمی در ۱۴۰۵ بسته می‌شود"),
    ("Persian, Arabic keyboard", "شهردار مي‌گويد كه پل خانهٔ قديمي در ١٤٠٥ بسته مي‌شود"),
    ("Urdu", "وزیرِ اعظم نے کہا ہے کہ سورۃ اور آئین"),
    ("Romanian", "Primarul oraşului și ȚARA, Şoferii s\u{326}i t\u{327}ara"),
    ("Ukrainian", "Об’єкт п'ятниці, памʼятник із обʻїздом"),
    ("Marathi", "१५ मार्च २०२७ रोजी"),
    ("Chinese, spaced", "新 华 社 北 京 3 月 5 日 电 ， 总理 李强 说 。"),
];

fn hex<T: std::fmt::LowerHex>(values: &[T]) -> String {
    values
        .iter()
        .map(|value| format!("{value:0width$x}", width = 2 * size_of::<T>()))
        .collect::<Vec<_>>()
        .join(" ")
}

#[test]
fn text_to_signature_bytes() {
    let minhasher = MinHasher::new(16).unwrap();
    let mut got = String::new();
    for (name, text) in TEXTS {
        let words = Words::of(text, Folding::default());
        let shown: Vec<&str> = words.iter().map(|(_, span)| &text[span]).collect();
        got +=
            &format!("{name}\n  words {}\n  hashes {}\n", shown.join(" | "), hex(words.hashes()));
        for shingle in [Shingle::Words(3), Shingle::Letters(5)] {
            let shingles = Shingler::new(shingle).unwrap().shingles(text);
            let signature = minhasher.sign(&shingles);
            let bytes: String = signature
                .slots()
                .iter()
                .flat_map(|slot| slot.to_le_bytes())
                .map(|byte| format!("{byte:02x}"))
                .collect();
            let simhash = SimHasher::new(128).unwrap().hash(&shingles);
            got += &format!("  {shingle} minhash {bytes} simhash {}\n", hex(simhash.words()));
        }
    }
    let seeded = Shingler::new(Shingle::Words(2)).unwrap().with_seed(42);
    got += &format!("seed 42\n  shingles {}\n", hex(&seeded.shingles("one two three")));

    for limit in [256, 3] {
        let detector =
            Detector::new(Config::builder().threshold(0.5).bucket_limit(limit).build().unwrap());
        let found = detector.cluster(&support::collection(700, 12));
        let mut bytes = Vec::new();
        for pair in &found.pairs {
            bytes.extend(
                [pair.left, pair.right, pair.overlap.shared]
                    .map(|n| n as u32)
                    .iter()
                    .flat_map(|n| n.to_le_bytes()),
            );
        }
        for cluster in &found.clusters {
            let ends = [cluster.weakest.left, cluster.weakest.right];
            let numbers = [cluster.representative]
                .into_iter()
                .chain(cluster.members.iter().copied())
                .chain(ends);
            bytes.extend(numbers.flat_map(|n| (n as u32).to_le_bytes()));
        }
        got += &format!(
            "collection, bucket limit {limit}\n  {} pairs, {} clusters, digest {:016x}\n",
            found.pairs.len(),
            found.clusters.len(),
            xxhash_rust::xxh3::xxh3_64(&bytes)
        );
    }
    assert!(got == include_str!("golden/vectors.txt"), "the known answers changed; got\n{got}");
}
