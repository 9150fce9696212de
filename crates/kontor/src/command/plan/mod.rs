//! `kontor plan`: landed cost, local production, reorder point, batch, next country, the year ahead; from a file
//! that people write, with every input beside its result.

mod costs;
mod forecast;
mod next_country;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Parser, Subcommand, ValueEnum};
use kontor_base::{Clock, Random};
use kontor_domain::planning::hit_rate;
use kontor_shop::Shop;
use kontor_shop::planning::{Evidence, Kind as Plan, Worked, import_past, past_openings, work_out};
use serde::de::DeserializeOwned;

use super::CommandError;
use crate::config::Config;
use crate::server::{existing_database, open, policy};

/// Work out costs, batches and the next country from a file.
///
/// `kontor plan example KIND` prints a file to begin with. Nothing is written to the shop, and only
/// `next-country --own` and `openings` read from it.
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
    NextCountry(NextFile),
    /// The year ahead: simple methods, their spread, the gap to the target.
    ///
    /// The spread is no probability. A band of past errors is printed from eight own past forecasts
    /// on. Growth is over the last period, held all year.
    Forecast(File),
    /// List past openings, forecast against outcome; with a file, import it first.
    ///
    /// The columns: country, class, signal, signalled, bought, opened_on, forecast_low,
    /// forecast_high, forecast_on, forecast_source, units, until, outcome_source. All rows or none.
    Openings {
        /// A CSV file.
        #[arg(long, value_name = "FILE")]
        import: Option<PathBuf>,
    },
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

#[derive(Debug, Parser)]
pub(super) struct NextFile {
    #[command(flatten)]
    file: File,
    /// Feed what this shop has counted itself (devices, waiting lists, resellers' orders, refused
    /// carts) wherever the file has no count of the kind, and learn from the openings on record.
    #[arg(long)]
    own: bool,
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
            Self::Landed => Plan::Landed.example(),
            Self::Local => Plan::Local.example(),
            Self::Reorder => Plan::Reorder.example(),
            Self::Batch => Plan::Batch.example(),
            Self::NextCountry => Plan::NextCountry.example(),
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
        Args::NextCountry(next) => next_country::run(&next.file, &nothing()),
        Args::Forecast(file) => forecast::run(file),
        Args::Example { kind } => {
            print!("{}", kind.example());
            Ok(())
        }
        Args::Openings { .. } => Err(CommandError::Other("this needs a shop".to_owned())),
    }?;
    Ok(ExitCode::SUCCESS)
}

impl Args {
    /// Whether it reads or writes the shop.
    pub(super) const fn needs_shop(&self) -> bool {
        match self {
            Self::Openings { .. } => true,
            Self::NextCountry(next) => next.own,
            _ => false,
        }
    }
}

/// What reads or writes the shop.
pub(super) async fn run_in_shop(args: Args, config: &Config) -> Result<ExitCode, CommandError> {
    if !args.needs_shop() {
        return run(&args);
    }
    existing_database(config)?;
    let (db, key) = open(config)?;
    let shop = Shop::open(db, Clock::System, Random::System, &key, policy(config)).await?;
    let shop = Arc::new(shop);
    let done = match &args {
        Args::Openings { import } => openings(&shop, import.as_deref()).await,
        Args::NextCountry(next) => next_country::with_own(&shop, config, &next.file).await,
        other => run(other),
    };
    shop.db.close().await;
    done
}

async fn openings(shop: &Arc<Shop>, import: Option<&Path>) -> Result<ExitCode, CommandError> {
    if let Some(file) = import {
        let import = import_past(shop, text(file)?.as_bytes()).await?;
        for (line, problem) in &import.problems {
            eprintln!("line {line}: {problem}");
        }
        if !import.problems.is_empty() {
            println!("Nothing was imported.");
            return Ok(ExitCode::from(1));
        }
        println!("{} openings written.", import.written);
    }
    let past = past_openings(shop).await?;
    for opening in &past {
        let lesson = &opening.lesson;
        let forecast = opening.forecast.as_ref().map(|f| format!("{} to {}", f.low, f.high));
        let outcome = opening.outcome.as_ref().map(|o| format!("{} until {}", o.units, o.until));
        println!(
            "{}  {}  {}  opened {}  forecast {}  came {}  {}",
            lesson.country,
            lesson.class.word(),
            lesson.kind.word(),
            opening.opened_on,
            forecast.as_deref().unwrap_or("–"),
            outcome.as_deref().unwrap_or("–"),
            opening.hit().word()
        );
    }
    let (within, judged) = hit_rate(&past);
    println!("{within} of {judged} forecasts that can be judged came true.");
    Ok(ExitCode::SUCCESS)
}

/// The largest file that is read, in bytes.
const BYTES_MAX: u64 = 4 * 1024 * 1024;

/// What a file comes to.
fn worked(kind: Plan, path: &Path) -> Result<Worked, CommandError> {
    worked_with(kind, path, &nothing())
}

/// Nothing beside a file; a question that names no day is today's.
fn nothing() -> Evidence {
    Evidence::none(Clock::System.now().date())
}

fn worked_with(kind: Plan, path: &Path, evidence: &Evidence) -> Result<Worked, CommandError> {
    work_out(kind, &text(path)?, evidence)
        .map_err(|error| CommandError::other(&format!("read {}", path.display()), error))
}

fn read<T: DeserializeOwned>(path: &Path) -> Result<T, CommandError> {
    let what = format!("read {}", path.display());
    toml::from_str(&text(path)?).map_err(|error| CommandError::other(&what, error))
}

fn text(path: &Path) -> Result<String, CommandError> {
    let what = format!("read {}", path.display());
    let wrap = |error: std::io::Error| CommandError::other(&what, error);
    let size = std::fs::metadata(path).map_err(wrap)?.len();
    if size > BYTES_MAX {
        return Err(CommandError::other(&what, format!("it is larger than {BYTES_MAX} bytes")));
    }
    std::fs::read_to_string(path).map_err(wrap)
}

fn bad(error: impl std::fmt::Display) -> CommandError {
    CommandError::Other(error.to_string())
}

fn print_json(value: &impl serde::Serialize) {
    let text = serde_json::to_string_pretty(value).expect("plans have no maps with strange keys");
    println!("{text}");
}
