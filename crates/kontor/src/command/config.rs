//! `kontor config`: what is in force, and an example.

use std::process::ExitCode;

use clap::Subcommand;

use super::CommandError;
use crate::config::Config;

#[derive(Clone, Copy, Debug, Subcommand)]
pub(super) enum Args {
    /// Print an example with every key, its meaning and its default.
    Example,
    /// Print what is in force: file, environment and defaults together.
    Show,
}

pub(super) fn run(args: &Args, config: &Config) -> Result<ExitCode, CommandError> {
    match args {
        Args::Example => print!("{}", Config::example()),
        Args::Show => {
            let text = toml::to_string_pretty(config)
                .map_err(|error| CommandError::other("write the configuration", error))?;
            print!("{text}");
        }
    }
    Ok(ExitCode::SUCCESS)
}
