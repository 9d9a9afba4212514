//! Tables find and list what they were made of.

use super::*;
use crate::index::store::blocks::{BlockFile, BlockWriter};
use crate::index::store::faulty::Faulty;
use crate::index::store::storage::Storage;
use crate::wire::{Decoder, Encoder};
use proptest::prelude::*;

/// A file with a table of some keys and articles, which are in order.
fn written(
    entries: &[(u32, u32)],
    at_most: u64,
    articles: u32,
    key_bits: u32,
) -> (BlockFile, KeyTable) {
    let storage = Faulty::new();
    let sink = storage.create("table").expect("creates");
    let mut out = BlockWriter::new(sink, "table", 7);
    out.write(b"before").expect("writes");
    let mut writer = KeyTableWriter::new(&mut out, at_most, articles, key_bits).expect("begins");
    let entries: Vec<u64> =
        entries.iter().map(|&(key, id)| u64::from(key) << 32 | u64::from(id)).collect();
    // In several calls.
    for some in entries.chunks(1000) {
        writer.extend(&mut out, some).expect("writes");
    }
    let table = writer.finish(&mut out).expect("ends");
    let root = out.position();
    out.finish(root).expect("ends");
    let file = BlockFile::open(storage.map("table").expect("maps"), "table", 7).expect("opens");
    let mut encoded = Encoder::default();
    table.encode(&mut encoded);
    let decoded = KeyTable::decode(&mut Decoder::new(&encoded.bytes), file.len(), articles);
    assert_eq!(decoded, Some(table));
    (file, table)
}

/// The first `bits` bits of a key.
fn cut(key: u32, bits: u32) -> u32 {
    key & (u64::from(u32::MAX) << (32 - bits)) as u32
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn finds_every_article_of_every_key(
        keys in prop::collection::vec((any::<u32>(), 0u32..3000), 0..3000),
        // Some keys have many articles, and some have neighbours.
        large in prop::collection::vec((any::<u32>(), 0u32..1500, 0u32..2), 0..4),
        key_bits in 1u32..33,
        more in 0u64..5000,
    ) {
        let large = large.iter().flat_map(|&(key, size, apart)| {
            (0..size).map(move |i| (key.wrapping_add((i * apart) << 8), i))
        });
        let mut entries: Vec<(u32, u32)> = keys.into_iter().chain(large).collect();
        entries.sort_unstable_by_key(|&(key, article)| (cut(key, key_bits), article));
        entries.dedup_by_key(|entry| (cut(entry.0, key_bits), entry.1));
        let (file, table) = written(&entries, entries.len() as u64 + more, 3000, key_bits);

        let mut scanned = Vec::new();
        let mut cursor = Cursor::new(&file, table, false);
        for limit in [1 << 20, 1 << 20, 1 << 31, 1 << 32] {
            cursor.read_until(limit, &mut scanned).expect("whole");
            let below = entries.partition_point(|entry| u64::from(cut(entry.0, key_bits)) < limit);
            prop_assert_eq!(scanned.len(), below);
        }
        let expected: Vec<(u32, u32)> = entries.iter().map(|entry| (cut(entry.0, key_bits), entry.1)).collect();
        let scanned: Vec<(u32, u32)> = scanned.iter().map(|&entry| ((entry >> 32) as u32, entry as u32)).collect();
        prop_assert_eq!(&scanned, &expected);

        let keys = entries.iter().map(|entry| entry.0);
        for key in keys.clone().chain(keys.map(|key| key ^ 1 << 31)).chain([0, u32::MAX]) {
            let mut found = Vec::new();
            table.find(&file, key, |article| found.push(article)).expect("whole");
            let of_key = expected.iter().filter(|entry| entry.0 == cut(key, key_bits));
            prop_assert_eq!(found, of_key.map(|entry| entry.1).collect::<Vec<_>>());
        }
    }
}

#[test]
fn takes_a_bit_more_than_the_numbers_of_its_articles() {
    let articles = 1u32 << 16;
    let mut key = 1u32;
    let mut entries: Vec<(u32, u32)> = (0..articles)
        .map(|article| {
            key = key.wrapping_mul(747_796_405).wrapping_add(2_891_336_453);
            (key, article)
        })
        .collect();
    entries.sort_unstable();
    let (file, table) = written(&entries, u64::from(articles), articles, 21);
    // 16 bits of the article, 5 of the key, 2 of unary code, an eighth for the rank directory.
    let bits = 8.0 * file.len() as f64 / f64::from(articles);
    assert!((23.1..23.3).contains(&bits), "{bits} bits an entry");
    assert_eq!(table.entries, u64::from(articles));
}
