//! `kontor backup` and `kontor restore`: a copy of the database while it is in use, and back.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use indicatif::{HumanBytes, ProgressBar, ProgressStyle};
use kontor_store::{backup, restore};

use super::CommandError;
use crate::config::Config;
use crate::secret;
use crate::server::existing_database;

/// Copy the database while the server goes on.
///
/// The copy is one moment of the whole shop, and is checked. The secret key is not in it: copy `secret.key` once, to another
/// place. Nor is the count of installations: `kontor install backup` copies it.
#[derive(Debug, Parser)]
pub(super) struct BackupArgs {
    /// The new file.
    file: PathBuf,
}

/// Put a backup in the place of the database.
///
/// Checks it first. Nothing may be there: what is there
/// is moved away by whoever knows that it is not needed any more. Stop the server first.
#[derive(Debug, Parser)]
pub(super) struct RestoreArgs {
    /// The backup.
    file: PathBuf,
}

pub(super) fn run_backup(args: &BackupArgs, config: &Config) -> Result<ExitCode, CommandError> {
    only_files(config, "pg_dump --format=custom --file=FILE --dbname=…")?;
    let place = existing_database(config)?;
    let from = place.sqlite_path().unwrap_or(Path::new(""));
    let bar = ProgressBar::new(0).with_style(
        ProgressStyle::with_template("{bar:40} {pos} of {len} pages")
            .unwrap_or_else(|_| ProgressStyle::default_bar()),
    );
    let size = backup(from, &args.file, |left, all| {
        bar.set_length(all);
        bar.set_position(all.saturating_sub(left));
    });
    bar.finish_and_clear();
    println!("{}: {}, checked", args.file.display(), HumanBytes(size?));
    Ok(ExitCode::SUCCESS)
}

pub(super) fn run_restore(args: &RestoreArgs, config: &Config) -> Result<ExitCode, CommandError> {
    only_files(config, "pg_restore --exit-on-error --dbname=… FILE")?;
    if !args.file.is_file() {
        return Err(CommandError::Other(format!("there is no file {}", args.file.display())));
    }
    secret::make_data_folder(&config.data)?;
    let place = config.place();
    let to = place.sqlite_path().unwrap_or(Path::new(""));
    restore(&args.file, to)?;
    println!("{} restored from {}, checked", to.display(), args.file.display());
    if !config.data.join("secret.key").exists() {
        println!(
            "Put the shop's secret.key beside it before you serve: without it links in old \
             messages no longer open, and the staff's log is no longer proven."
        );
    }
    Ok(ExitCode::SUCCESS)
}

/// On PostgreSQL the server's own programs do it, and do it better.
fn only_files(config: &Config, program: &str) -> Result<(), CommandError> {
    let Some(url) = config.database.url() else { return Ok(()) };
    Err(CommandError::Other(format!(
        "{url} is on PostgreSQL, which has its own program for this: {program} \
         (docs/how-to/run-on-postgresql.md shows how, and what else belongs to a backup)"
    )))
}
