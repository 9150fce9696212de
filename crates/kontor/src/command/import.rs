//! `kontor import`: reads a CSV file into a table of the shop.

use std::io::{self, IsTerminal};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;
use indicatif::{ProgressBar, ProgressStyle};
use kontor_base::{Clock, Random};
use kontor_shop::exchange::{Csv, ImportError, Mode, Plan, Progress, Report, Table};
use kontor_store::Db;

use super::CommandError;
use super::table::{table, table_list};
use crate::config::Config;
use crate::server::open_existing;

/// Read CSV files into the shop: markets, products, prices, stock, clearances.
///
/// All or nothing: every bad row is named with its line, column and
/// reason, and a single one keeps everything from being written. What is equal to what is there is
/// left alone, so that the same file can be imported again. A server that is running follows within
/// a second.
///
/// Exit code 0: imported (or would be); 1: bad rows, nothing was changed.
#[derive(Debug, Parser)]
#[command(after_help = table_list())]
pub(super) struct Args {
    /// The table, or `all` for a folder with one file for each.
    #[arg(value_name = "TABLE")]
    table: String,
    /// The CSV file, `-` for standard input, or with `all` the folder.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Say what would change, and change nothing.
    #[arg(long)]
    dry_run: bool,
    /// Print the report as JSON.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(args: Args, config: &Config) -> Result<ExitCode, CommandError> {
    let files = if args.table == "all" { folder(&args.file) } else { one(&args) };
    let files = match files {
        Ok(files) => files,
        Err(Problem::Command(error)) => return Err(error),
        Err(Problem::Import(error)) => return tell_error(error, args.json),
    };
    let plan = Plan::new(&files);
    drop(files);
    let bar = ProgressBar::new(plan.rows()).with_style(
        ProgressStyle::with_template("{bar:40} {pos} of {len} rows, {eta} left")
            .unwrap_or_else(|_| ProgressStyle::default_bar()),
    );
    let seen = bar.clone();
    let progress: Progress = Arc::new(move |done, _| seen.set_position(done));
    let db = open_existing(config)?;
    let mode = if args.dry_run { Mode::DryRun } else { Mode::Apply };
    let outcome = plan.run(&db, &Clock::System, &Random::System, mode, Some(progress)).await;
    bar.finish_and_clear();
    Db::close(&db).await;
    match outcome {
        Ok(reports) => {
            tell(&reports, &args)?;
            Ok(ExitCode::SUCCESS)
        }
        Err(error) => tell_error(error, args.json),
    }
}

enum Problem {
    Command(CommandError),
    Import(ImportError),
}

impl From<CommandError> for Problem {
    fn from(error: CommandError) -> Self {
        Self::Command(error)
    }
}

impl From<ImportError> for Problem {
    fn from(error: ImportError) -> Self {
        Self::Import(error)
    }
}

fn one(args: &Args) -> Result<Vec<Csv>, Problem> {
    let table = table(&args.table)?;
    if args.file.as_os_str() == "-" {
        let input = io::stdin();
        if input.is_terminal() {
            eprintln!("Reading {table} from standard input; Ctrl-D ends it.");
        }
        return Ok(vec![Csv::read(table, "standard input", input.lock())?]);
    }
    Ok(vec![read(table, &args.file)?])
}

/// Every `{table}.csv` of a folder.
fn folder(path: &std::path::Path) -> Result<Vec<Csv>, Problem> {
    let mut files = Vec::new();
    for table in Table::ALL {
        let file = path.join(format!("{table}.csv"));
        if file.is_file() {
            files.push(read(table, &file)?);
        }
    }
    if files.is_empty() {
        let path = path.display();
        let text = format!("{path} has none of the files markets.csv, models.csv, … to import");
        return Err(CommandError::Other(text).into());
    }
    Ok(files)
}

fn read(table: Table, path: &std::path::Path) -> Result<Csv, Problem> {
    let name = path.display().to_string();
    let file = std::fs::File::open(path)
        .map_err(|error| CommandError::other(&format!("open {name}"), error))?;
    Ok(Csv::read(table, &name, file)?)
}

fn tell(reports: &[Report], args: &Args) -> Result<(), CommandError> {
    if args.json {
        let text = serde_json::json!({ "dry_run": args.dry_run, "tables": reports });
        println!("{text:#}");
        return Ok(());
    }
    for report in reports {
        println!("{report}");
    }
    if args.dry_run {
        println!("A dry run: nothing was changed.");
    }
    Ok(())
}

/// Bad rows are an answer (exit code 1); that a file or the database cannot be read is a failure.
fn tell_error(error: ImportError, json: bool) -> Result<ExitCode, CommandError> {
    match error {
        ImportError::Bad(bad) => {
            if json {
                println!("{:#}", serde_json::json!({ "bad": bad }));
            } else {
                eprintln!("{bad}");
            }
            Ok(ExitCode::from(1))
        }
        ImportError::Unreadable { file, source } => {
            Err(CommandError::other(&format!("read {file}"), source))
        }
        ImportError::Fault(fault) => Err(fault.into()),
    }
}
