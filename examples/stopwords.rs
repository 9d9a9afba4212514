//! Makes `src/idf/stopwords.bin`, the table of common words that stands in for a collection when there are only two texts.
//!
//! ```text
//! npm pack stopwords-iso && tar xzf stopwords-iso-*.tgz
//! cargo run --release --example stopwords -- package/stopwords-iso.json src/idf/stopwords.bin
//! ```
//!
//! The lists are those of stopwords-iso 1.1.0 (MIT licence), function words of 58 languages; the table holds 16 bits of each
//! word's hash, no text. Entries that are not one word here ("aujourd'hui") are left out, single letters of the Latin, Greek and
//! Cyrillic alphabets are added. The layout is described at `Idf`.

#[path = "support/common.rs"]
#[expect(dead_code, reason = "the other examples need more of it")]
mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::process::ExitCode;

use common::{say, tell};
use newsprint::{Folding, Words};

/// Cells of the table, by the top bits of the hash; a power of two.
const CELLS: usize = 1 << 15;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            tell(&format!("stopwords: {message}"));
            ExitCode::from(2)
        }
    }
}

fn run() -> Result<(), String> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [lists, table] = &arguments[..] else {
        return Err("usage: stopwords LISTS.json TABLE.bin".to_owned());
    };
    let json = std::fs::read(lists).map_err(|error| format!("{lists}: {error}"))?;
    let lists: BTreeMap<String, Vec<String>> =
        serde_json::from_slice(&json).map_err(|error| format!("{lists}: {error}"))?;
    let letters = ('a'..='z').chain('α'..='ω').chain('а'..='я').map(String::from);
    let hashes: BTreeSet<u64> =
        lists.into_values().flatten().chain(letters).filter_map(|entry| one_word(&entry)).collect();
    let mut cells = vec![0u16; CELLS];
    for &hash in &hashes {
        let mut cell = (hash >> 49) as usize;
        while cells[cell] != 0 {
            cell = (cell + 1) % CELLS;
        }
        cells[cell] = (hash as u16).max(1);
    }
    let bytes: Vec<u8> = cells.iter().flat_map(|cell| cell.to_le_bytes()).collect();
    std::fs::write(table, bytes).map_err(|error| format!("{table}: {error}"))?;
    say(&format!("{} words\n", hashes.len()))
}

/// The hash of an entry that is a single word.
fn one_word(entry: &str) -> Option<u64> {
    match Words::of(entry, Folding::default()).hashes() {
        &[hash] => Some(hash),
        _ => None,
    }
}
