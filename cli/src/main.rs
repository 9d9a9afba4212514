//! The program `newsprint`: finds copies of news articles.
//!
//! Each command has a file or folder of its own: its options, as `--help` explains them, and what it
//! does. `input` reads articles, `whole_file` writes files, and `terminal` speaks to the user.

mod compare;
mod dedup;
mod evaluate;
mod index;
mod input;
mod judge_options;
mod progress;
mod terminal;
mod whole_file;

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
    /// Shows no progress, no warnings and no summary; errors are still shown.
    #[arg(long, short, global = true, display_order = 1000)]
    quiet: bool,
}

const EXIT_CODES: &str = "\
Exit codes:
  0    the work was done, whatever was found
  1    `index DIR verify` found damage
  2    a wrong option, an input that cannot be read, an output that cannot be written
  3    `dedup` found lines or files in its input, and could use none
  130  interrupted or terminated while it had outputs to write";

#[derive(Subcommand)]
enum Command {
    Compare(compare::Options),
    Dedup(dedup::Options),
    Index(index::Options),
    Evaluate(evaluate::Options),
    /// Writes completions for a shell to standard output.
    Completions {
        shell: Shell,
    },
    /// Writes the manual page of a command, or of the program, to standard output.
    Man {
        command: Option<String>,
    },
}

fn main() -> ExitCode {
    let program = Program::parse();
    if let Err(error) = newsprint::instruction_set() {
        terminal::tell(&format!("newsprint: {error}"));
        return ExitCode::from(2);
    }
    if program.quiet {
        terminal::silence();
    }
    let done = |()| ExitCode::SUCCESS;
    let (name, result) = match program.command {
        Command::Compare(options) => ("compare", compare::run(&options).map(done)),
        Command::Dedup(options) => ("dedup", dedup::run(options)),
        Command::Index(options) => ("index", index::run(options)),
        Command::Evaluate(options) => ("evaluate", evaluate::run(&options).map(done)),
        Command::Completions { shell } => {
            clap_complete::generate(shell, &mut Program::command(), "newsprint", &mut io::stdout());
            return ExitCode::SUCCESS;
        }
        Command::Man { command } => ("man", manual_page(command.as_deref()).map(done)),
    };
    result.unwrap_or_else(|message| {
        terminal::tell(&format!("newsprint {name}: {message}"));
        ExitCode::from(2)
    })
}

/// Writes the manual page of `name`, or of the whole program.
fn manual_page(name: Option<&str>) -> Result<(), String> {
    let mut program = Program::command();
    program.build();
    let command = match name {
        None => program,
        Some(name) => {
            let found = program.find_subcommand(name).cloned();
            found.ok_or_else(|| format!("no command {name:?}"))?
        }
    };
    clap_mangen::Man::new(command).render(&mut io::stdout()).map_err(|error| error.to_string())
}
