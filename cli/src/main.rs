//! The program `newsprint`: finds copies of news articles.
//!
//! Each command has its own file or folder with its options, whose comments are the text of
//! `--help`, and its work. `input` reads articles, `sink` and `atomic_file` write files, `terminal`
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
mod sink;
mod terminal;
mod text_file;

use std::io::{self, Write};
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
  0    the work was done, whatever was found; ids that an index does not have are named, and are no
       error; `index DIR watch` that is interrupted commits what it has answered
  1    `index DIR verify` found damage
  2    a wrong option, an input that cannot be read, an output that cannot be written
  3    `dedup`, `index DIR add`, `query` or `watch` found lines, rows or files in its input, and
       could use none
  130  interrupted or terminated (`dedup`, and whatever has files to write); a signal that was
       ignored when the program was started stays ignored

Every other command is ended by the signal itself, which a shell shows as 130 (Ctrl-C) or 143
(SIGTERM); `index DIR add` then keeps the articles that were committed.";

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
    /// Prints the manual page of a command, such as dedup or index add, or of the whole program
    Man {
        command: Vec<String>,
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
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Program::command(), "newsprint", &mut script);
            ("completions", print_bytes(&script).map(done))
        }
        Command::Man { command } => ("man", manual_page(&command).map(done)),
    };
    result.unwrap_or_else(|message| {
        terminal::print_stderr(&format!("newsprint {name}: {message}"));
        ExitCode::from(2)
    })
}

/// Prints the manual page of a command, or of the whole program. A command of a command has the
/// name of its page, `index-add`, or its own two: `index add`.
fn manual_page(name: &[String]) -> Result<(), String> {
    let mut program = Program::command();
    program.build();
    let (mut command, mut synopsis) = (&program, program.get_name().to_owned());
    for part in name.iter().flat_map(|name| name.split('-')) {
        // What the command before needs stands before its commands.
        for needed in command.get_positionals() {
            synopsis += &format!(" {needed}");
        }
        command = command
            .find_subcommand(part)
            .ok_or_else(|| format!("no command {:?}", name.join(" ")))?;
        synopsis += &format!(" {part}");
    }
    let mut page = Vec::new();
    let command = command.clone().bin_name(synopsis);
    clap_mangen::Man::new(command).render(&mut page).map_err(|error| error.to_string())?;
    print_bytes(&page)
}

/// Writes to standard output as it is.
fn print_bytes(bytes: &[u8]) -> Result<(), String> {
    let mut out = io::stdout().lock();
    terminal::ignore_broken_pipe(out.write_all(bytes).and_then(|()| out.flush()))
}
