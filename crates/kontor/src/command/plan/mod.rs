//! `kontor plan`: landed cost, local production, reorder point, batch, next country, the year ahead; from a file
//! that people write, with every input beside its result.

mod costs;
mod forecast;
mod next_country;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand, ValueEnum};
use kontor_base::{Currency, Money};
use serde::de::DeserializeOwned;

use super::CommandError;

/// Work out costs, batches and the next country from a file.
///
/// `kontor plan example KIND` prints a file to begin with; nothing is read from or written to the
/// shop.
#[derive(Debug, Subcommand)]
pub(super) enum Args {
    /// Landed cost of one unit, line by line.
    Landed(File),
    /// Local production against import: from how many units on, and what for.
    Local(File),
    /// The stock at which to order again.
    Reorder(File),
    /// How many units to make for a sale that is not repeated.
    Batch(File),
    /// Which country comes next, by evidence against break-even.
    ///
    /// Signals are turned into units a year each on its own and never added. Take rates are learned
    /// from opened markets; without one a signal is a count and no estimate. Ranks are ranges over
    /// the draws: countries whose ranges overlap are tied.
    NextCountry(File),
    /// The year ahead: simple methods, their spread, the gap to the target.
    ///
    /// The spread is no probability. A band of past errors is printed from eight own past forecasts
    /// on. Growth is over the last period, held all year.
    Forecast(File),
    /// Print a file to begin with.
    Example {
        /// For which plan.
        kind: Kind,
    },
}

#[derive(Debug, Parser)]
pub(super) struct File {
    /// The file, as `kontor plan example` shows it.
    file: PathBuf,
    /// Print inputs and results as JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum Kind {
    Landed,
    Local,
    Reorder,
    Batch,
    NextCountry,
    Forecast,
}

impl Kind {
    const fn example(self) -> &'static str {
        match self {
            Self::Landed => include_str!("../../../../../data/planning/landed.toml"),
            Self::Local => include_str!("../../../../../data/planning/local.toml"),
            Self::Reorder => include_str!("../../../../../data/planning/reorder.toml"),
            Self::Batch => include_str!("../../../../../data/planning/batch.toml"),
            Self::NextCountry => include_str!("../../../../../data/planning/next-country.toml"),
            Self::Forecast => include_str!("../../../../../data/planning/forecast.toml"),
        }
    }
}

pub(super) fn run(args: &Args) -> Result<ExitCode, CommandError> {
    match args {
        Args::Landed(file) => costs::landed(file),
        Args::Local(file) => costs::local(file),
        Args::Reorder(file) => costs::reorder(file),
        Args::Batch(file) => costs::batch(file),
        Args::NextCountry(file) => next_country::run(file),
        Args::Forecast(file) => forecast::run(file),
        Args::Example { kind } => {
            print!("{}", kind.example());
            Ok(())
        }
    }?;
    Ok(ExitCode::SUCCESS)
}

/// The largest file that is read, in bytes.
const BYTES_MAX: u64 = 4 * 1024 * 1024;

fn read<T: DeserializeOwned>(path: &Path) -> Result<T, CommandError> {
    let what = format!("read {}", path.display());
    let wrap = |error: std::io::Error| CommandError::other(&what, error);
    let size = std::fs::metadata(path).map_err(wrap)?.len();
    if size > BYTES_MAX {
        return Err(CommandError::other(&what, format!("it is larger than {BYTES_MAX} bytes")));
    }
    let text = std::fs::read_to_string(path).map_err(wrap)?;
    toml::from_str(&text).map_err(|error| CommandError::other(&what, error))
}

/// An amount of the file's currency; `what` names it in the complaint.
fn money(what: &str, text: &str, currency: Currency) -> Result<Money, CommandError> {
    let wrap = |error| CommandError::Other(format!("{what}: {text:?} is {error}"));
    Money::parse(text, currency).map_err(wrap)
}

fn currency(text: &str) -> Result<Currency, CommandError> {
    text.parse().map_err(|_| CommandError::Other(format!("currency: {text:?} is none")))
}

fn bad(error: impl std::fmt::Display) -> CommandError {
    CommandError::Other(error.to_string())
}

fn print_json(value: &impl serde::Serialize) {
    let text = serde_json::to_string_pretty(value).expect("plans have no maps with strange keys");
    println!("{text}");
}
