//! Keeps an index of a feed: reads a line an article, its id, a tab and its text, and prints what each
//! is a copy of.
//!
//! ```text
//! printf 'a\tThe river rose by two metres.\nb\tThe river rose by two metres.\n' |
//!     cargo run --example feed -- news.index
//! ```

#![allow(clippy::print_stdout, reason = "a program")]

use std::error::Error;
use std::io::stdin;

use newsprint::{Article, Config, IndexOptions};

/// Articles that are made durable together.
const COMMIT: usize = 1000;

fn main() -> Result<(), Box<dyn Error>> {
    let directory = std::env::args().nth(1).ok_or("usage: feed DIRECTORY")?;
    let mut index =
        IndexOptions::new(&Config::default()).keep_texts(true).open_or_create(directory)?;
    for (number, line) in stdin().lines().enumerate() {
        let line = line?;
        let (id, text) = line.split_once('\t').ok_or("a line is an id, a tab and a text")?;
        let answer = index.ingest(&Article::new(text).id(id))?;
        for found in &answer.matches {
            let relation = found.verified.map(|verified| verified.relation.to_string());
            println!("{id} and {}: {}", found.id, relation.unwrap_or_default());
        }
        if answer.matches.is_empty() {
            println!("{id} is new");
        }
        if number % COMMIT == COMMIT - 1 {
            index.commit()?;
        }
    }
    index.close()?;
    Ok(())
}
