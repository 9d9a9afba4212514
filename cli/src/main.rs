//! The program `newsprint`: finds copies of news articles.
//!
//! Each command has its own file or folder with its options, whose comments are the text of
//! `--help`, and its work. `input` reads articles, `atomic_file` writes files, `terminal`
//! writes to standard output and standard error, and `interrupt` hears of Ctrl-C.

mod atomic_file;
mod compare;
mod dedup;
mod detector_options;
mod evaluate;
mod index;
mod input;
mod interrupt;
mod progress;
mod terminal;

use std::io;
use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};
use clap_complete::Shell;

/// Finds copies of news articles: reprinted, cut, extended, edited, rewritten.
#[derive(Parser)]
#[command(name = "newsprint", version, max_term_width = 100, after_help = EXIT_CODES)]
struct Program {
    #[command(subcommand)]
    command: Command,
    /// Prints results and errors only: no progress, warnings or summary
    #[arg(long, short, global = true, display_order = 1000)]
    quiet: bool,
}

const EXIT_CODES: &str = "\
Exit codes:
  0    the work was done, whatever was found
  1    `index DIR verify` found damage
  2    a wrong option, an input that cannot be read, an output that cannot be written
  3    `dedup`, `index DIR add` or `index DIR query` found lines, rows or files in its input, and
       could use none
  130  interrupted or terminated (`dedup`, and whatever has files to write); a signal that was
       ignored when the program was started stays ignored";

#[derive(Subcommand)]
enum Command {
    Compare(compare::Options),
    Dedup(Box<dedup::Options>),
    Index(index::Options),
    Evaluate(evaluate::Options),
    /// Prints the completion script of a shell
    Completions {
        shell: Shell,
    },
    /// Prints the manual page of a command, such as dedup or index-add, or of the whole program
    Man {
        command: Option<String>,
    },
}

fn main() -> ExitCode {
    let program = Program::parse();
    if let Err(error) = newsprint::instruction_set() {
        terminal::print_stderr(&format!("newsprint: {error}"));
        return ExitCode::from(2);
    }
    if program.quiet {
        terminal::set_quiet();
    }
    let done = |()| ExitCode::SUCCESS;
    let (name, result) = match program.command {
        Command::Compare(options) => ("compare", compare::run(&options).map(done)),
        Command::Dedup(options) => ("dedup", dedup::run(&options)),
        Command::Index(options) => ("index", index::run(options)),
        Command::Evaluate(options) => ("evaluate", evaluate::run(&options).map(done)),
        Command::Completions { shell } => {
            clap_complete::generate(shell, &mut Program::command(), "newsprint", &mut io::stdout());
            return ExitCode::SUCCESS;
        }
        Command::Man { command } => ("man", manual_page(command.as_deref()).map(done)),
    };
    result.unwrap_or_else(|message| {
        terminal::print_stderr(&format!("newsprint {name}: {message}"));
        ExitCode::from(2)
    })
}

/// Prints the manual page of `name`, or of the whole program.
fn manual_page(name: Option<&str>) -> Result<(), String> {
    let mut program = Program::command();
    program.build();
    let command = match name {
        None => program,
        // A command of a command is named as its page is: `index-add`.
        Some(name) => {
            let mut parts = name.split('-');
            let found = parts.try_fold(&program, |command, part| command.find_subcommand(part));
            found.cloned().ok_or_else(|| format!("no command {name:?}"))?
        }
    };
    clap_mangen::Man::new(command).render(&mut io::stdout()).map_err(|error| error.to_string())
}
