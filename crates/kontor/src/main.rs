//! `kontor`: one binary for the whole shop. See `kontor --help`.

use std::process::ExitCode;

fn main() -> ExitCode {
    kontor::command::run(std::env::args_os())
}
