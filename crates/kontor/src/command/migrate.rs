//! `kontor migrate`: brings the database up to date.

use std::process::ExitCode;

use kontor_store::{Db, MIGRATIONS, Options};

use super::CommandError;
use crate::config::Config;
use crate::secret;

pub(super) fn run(config: &Config) -> Result<ExitCode, CommandError> {
    secret::make_data_folder(&config.data)?;
    let path = config.database();
    let new = !path.exists();
    // Opening with `migrate` carries the steps out, each in a transaction of its own.
    Db::open(&Options::new(&path))?;
    let newest = MIGRATIONS.last().map_or(0, |migration| migration.number);
    let made = if new { "made" } else { "is up to date" };
    println!("{} {made}, schema {newest}", path.display());
    Ok(ExitCode::SUCCESS)
}
