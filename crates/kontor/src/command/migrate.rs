//! `kontor migrate`: brings the database up to date.

use std::process::ExitCode;

use kontor_store::{Db, MIGRATIONS, Options, schema_version};

use super::CommandError;
use crate::config::Config;
use crate::secret;

pub(super) fn run(config: &Config) -> Result<ExitCode, CommandError> {
    secret::make_data_folder(&config.data)?;
    let place = config.place();
    let new = schema_version(&place)? == 0;
    // Opening with `migrate` carries the steps out, each in a transaction of its own.
    Db::open(&Options::new(place.clone()))?;
    let newest = MIGRATIONS.last().map_or(0, |migration| migration.number);
    let made = if new { "made" } else { "is up to date" };
    println!("{place} {made}, schema {newest}");
    Ok(ExitCode::SUCCESS)
}
