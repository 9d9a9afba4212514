//! Compares two articles: how they relate, why, and what they share.
//!
//! ```text
//! cargo run --example compare -- examples/articles/agency.txt examples/articles/reprint.txt
//! ```
//!
//! `--json` prints one JSON object, `--html FILE` writes a page with the two articles side by side, and
//! `--preset NAME` is one of wire, story, ocr and strict. The program `newsprint compare`, in `cli/`,
//! has more options.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program")]

use std::error::Error;
use std::process::ExitCode;
use std::{env, fs};

use newsprint::{Config, Detector, Preset, Report};

const USAGE: &str = "usage: compare LEFT RIGHT [--preset NAME] [--json] [--html FILE]";

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("compare: {error}");
            ExitCode::from(2)
        }
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    let (mut files, mut preset, mut json, mut html) = (Vec::new(), Preset::Wire, false, None);
    let mut args = env::args().skip(1);
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--help" => {
                println!("{USAGE}");
                return Ok(());
            }
            "--json" => json = true,
            "--preset" => preset = args.next().ok_or("--preset needs a name")?.parse()?,
            "--html" => html = Some(args.next().ok_or("--html needs a file name")?),
            option if option.starts_with("--") => Err(format!("unknown option {option}; {USAGE}"))?,
            _ => files.push(arg),
        }
    }
    let [left_name, right_name] = &files[..] else { Err(USAGE)? };
    let read = |name: &String| fs::read_to_string(name).map_err(|error| format!("{name}: {error}"));
    let (left, right) = (read(left_name)?, read(right_name)?);

    let detector = Detector::new(Config::builder().preset(preset).build()?);
    let comparison = detector.compare(&left, &right);
    let report = Report::new(&comparison, &left, &right).titles(left_name, right_name);
    if let Some(file) = html {
        fs::write(&file, report.html()).map_err(|error| format!("{file}: {error}"))?;
    }
    print!("{}", if json { report.json() } else { report.text() });
    Ok(())
}
