//! `cargo xtask`: the commands of development, one file each.
//!
//! It depends on no crate of the workspace, so that it can be built and can
//! say what is wrong while the rest does not compile. Start reading at
//! [`COMMANDS`], then at the file of the command in question.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command-line tool talks on stdout and stderr"
)]

mod arguments;
mod bench;
mod command;
mod crash;
mod geography;
mod postgres;
mod repo;
mod rust_text;
mod test;
mod tidy;
mod where_area;

use std::process::ExitCode;

/// What went wrong, in words for the person at the terminal.
pub(crate) type Failure = String;

/// One command: its word, its line in the overview, what runs it.
struct Command {
    name: &'static str,
    about: &'static str,
    run: fn(&[String]) -> Result<(), Failure>,
}

/// All commands, in the order in which the overview shows them.
const COMMANDS: &[Command] = &[
    Command {
        name: "test",
        about: "run everything: format, lints, tidy, all tests, browser",
        run: test::run,
    },
    Command {
        name: "tidy",
        about: "check the rules of the house that no compiler checks",
        run: tidy::run,
    },
    Command { name: "fmt", about: "format the whole workspace", run: fmt },
    Command { name: "bench", about: "measure the shop over HTTP: shelf, order", run: bench::run },
    Command {
        name: "crash",
        about: "kill the server under load and prove that nothing is lost",
        run: crash::run,
    },
    Command {
        name: "geography",
        about: "draw the world map's shapes from public-domain geography",
        run: geography::run,
    },
    Command {
        name: "where",
        about: "list all files of an area over all layers",
        run: where_area::run,
    },
];

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let Some((name, rest)) = words.split_first() else {
        println!("{}", overview());
        return ExitCode::from(2);
    };
    if matches!(name.as_str(), "help" | "--help" | "-h") {
        println!("{}", overview());
        return ExitCode::SUCCESS;
    }
    let Some(command) = COMMANDS.iter().find(|command| command.name == name) else {
        eprintln!("cargo xtask: there is no command {name:?}\n\n{}", overview());
        return ExitCode::from(2);
    };
    match (command.run)(rest) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("cargo xtask {name}: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn overview() -> String {
    let mut text =
        String::from("Commands of development\n\nUsage: cargo xtask COMMAND [ARGUMENTS]\n\n");
    for command in COMMANDS {
        text.push_str(&format!("  {:<9} {}\n", command.name, command.about));
    }
    text.push_str("\n`cargo xtask COMMAND --help` says more about one of them.");
    text
}

/// `fmt` is too small for a file of its own.
fn fmt(words: &[String]) -> Result<(), Failure> {
    let mut arguments = arguments::Arguments::new(words);
    if arguments.flag(&["--help", "-h"]) {
        println!("Format the whole workspace\n\nUsage: cargo xtask fmt");
        return Ok(());
    }
    arguments.finish()?;
    command::run("cargo", &["fmt", "--all"], &repo::root()?, &[])
}
