//! Makes `src/idf/common.bin`, the table of how common words are that stands in for a collection.
//!
//! ```text
//! cargo run --release -p newsprint-cli --example word_counts -- src/idf/common.bin LIST.tsv...
//! cargo run --release -p newsprint-cli --example word_counts -- src/idf/common.bin --add LIST.tsv...
//! ```
//!
//! The second form adds the words of the lists to the table.
//!
//! A LIST has one line for each word of a language: the word and the share of texts that have it,
//! separated by a tab. The table in the repository was made from
//!
//! | lists | source | share of texts |
//! |---|---|---|
//! | 42 languages, 2,500 words each; Chinese and Japanese, 10,000 pairs of characters | wordfreq 3.1.1 (Robyn Speer; counts from many corpora) | 150 times the frequency |
//! | am ha ig lg ln om pcm rn sn so sw ti xh yo, 2,500 words each | news of MasakhaNEWS (Adelani et al. 2023), counted | as counted |
//! | 15 smaller languages | stopwords-iso 1.1.0 | a quarter |
//!
//! Pairs of Chinese and Japanese characters are those inside words, and those across two words as
//! if words followed each other at random. A word of several languages has the share of the
//! language where it is most common. Single letters of the Latin, Greek and Cyrillic alphabets are
//! common. Entries that are not one word here are left out. The table has 12 bits of each word's
//! hash and no text; its layout is described at `Idf`.
//!
//! Version 2 of folding unified letters and so changed the hashes of words with them. The lists of
//! Arabic, Persian, Romanian and Urdu were therefore added again.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program")]

use std::collections::BTreeMap;
use std::process::ExitCode;

use newsprint::parts::{Folding, Words};

/// Cells of the table, by the top bits of the hash; a power of two.
const CELLS: usize = 1 << 18;
/// The rarest level: one text in 2^12.
const RAREST: f64 = 12.0;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("word_counts: {message}");
            ExitCode::from(2)
        }
    }
}

fn run() -> Result<(), String> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [table, lists @ ..] = &arguments[..] else {
        return Err("usage: word_counts TABLE.bin [--add] LIST.tsv...".to_owned());
    };
    let (adds, lists) = match lists {
        [option, lists @ ..] if option == "--add" => (true, lists),
        lists => (false, lists),
    };
    // If two languages share a word, or two spellings fold to one word, the more common counts.
    let mut levels: BTreeMap<u64, f64> = BTreeMap::new();
    for list in lists {
        let lines = std::fs::read_to_string(list).map_err(|error| format!("{list}: {error}"))?;
        for (number, line) in lines.lines().enumerate() {
            let share = line
                .split_once('\t')
                .and_then(|(word, share)| Some((word, share.parse::<f64>().ok()?)));
            let (word, share) = share
                .ok_or_else(|| format!("{list}, line {}: not a word and a share", number + 1))?;
            let level = (-share.clamp(f64::MIN_POSITIVE, 1.0).log2()).min(RAREST);
            if let Some(hash) = one_word(word) {
                levels.entry(hash).and_modify(|known| *known = known.min(level)).or_insert(level);
            }
        }
    }
    for letter in ('a'..='z').chain('α'..='ω').chain('а'..='я') {
        levels.extend(one_word(&letter.to_string()).map(|hash| (hash, 1.0)));
    }
    let mut cells = if adds { read(table)? } else { vec![0u16; CELLS] };
    let before = cells.iter().filter(|&&held| held != 0).count();
    for (&hash, &level) in &levels {
        let held = (hash as u16) << 4 | (level.round() as u16 + 1);
        let mut cell = (hash >> (64 - CELLS.ilog2())) as usize;
        // With --add, a word that the table has keeps its cell; in a new table each word gets its
        // own.
        while cells[cell] != 0 && !(adds && cells[cell] >> 4 == held >> 4) {
            cell = (cell + 1) % CELLS;
        }
        cells[cell] = if cells[cell] == 0 { held } else { cells[cell].min(held) };
    }
    let bytes: Vec<u8> = cells.iter().flat_map(|cell| cell.to_le_bytes()).collect();
    std::fs::write(table, bytes).map_err(|error| format!("{table}: {error}"))?;
    let added = cells.iter().filter(|&&held| held != 0).count() - before;
    println!("{} words, {added} of them new", levels.len());
    Ok(())
}

/// The cells of a table that was made before.
fn read(table: &str) -> Result<Vec<u16>, String> {
    let bytes = std::fs::read(table).map_err(|error| format!("{table}: {error}"))?;
    let (cells, rest) = bytes.as_chunks::<2>();
    match cells.len() == CELLS && rest.is_empty() {
        true => Ok(cells.iter().map(|&cell| u16::from_le_bytes(cell)).collect()),
        false => Err(format!("{table}: {} bytes, must be {}", bytes.len(), 2 * CELLS)),
    }
}

/// The hash of an entry that is a single word.
fn one_word(entry: &str) -> Option<u64> {
    match Words::of(entry, Folding::default()).hashes() {
        &[hash] => Some(hash),
        _ => None,
    }
}
