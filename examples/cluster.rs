//! Groups the text files of a directory into clusters of copies.
//!
//! ```text
//! cargo run --example cluster -- examples/articles
//! ```

#![allow(clippy::print_stdout, reason = "a program")]

use std::error::Error;
use std::{env, fs};

use newsprint::Detector;

fn main() -> Result<(), Box<dyn Error>> {
    let directory = env::args().nth(1).ok_or("usage: cluster DIRECTORY")?;
    let (mut names, mut texts) = (Vec::new(), Vec::new());
    for entry in fs::read_dir(&directory)? {
        let path = entry?.path();
        if path.is_file() {
            texts.push(String::from_utf8_lossy(&fs::read(&path)?).into_owned());
            names.push(path.file_name().unwrap_or_default().display().to_string());
        }
    }

    let found = Detector::default().cluster(&texts);
    println!("{} articles, {} pairs", texts.len(), found.pairs.len());
    for cluster in &found.clusters {
        println!("{} has copies:", names[cluster.representative]);
        for &member in &cluster.members {
            println!("  {}", names[member]);
        }
    }
    for pair in &found.pairs {
        let relation = pair.relation.map_or(String::new(), |relation| relation.to_string());
        println!(
            "{} and {}: {relation}, Jaccard similarity {:.2}",
            names[pair.left],
            names[pair.right],
            pair.jaccard()
        );
    }
    Ok(())
}
