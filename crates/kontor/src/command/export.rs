//! `kontor export`: writes a table of the shop as a CSV file that `import` reads.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use kontor_shop::exchange::{ExportError, Table, export};
use kontor_store::Db;

use super::CommandError;
use super::table::{table, table_list};
use crate::config::Config;
use crate::server::open_existing;

/// Write a table of the shop as CSV.
///
/// In the form that `kontor import` reads. Reads only; the server may be running.
#[derive(Debug, Parser)]
#[command(after_help = table_list())]
pub(super) struct Args {
    /// The table, or `all` for a folder with one file for each.
    #[arg(value_name = "TABLE")]
    table: String,
    /// The file to write; `-` or nothing for standard output. With `all` a new folder.
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    /// Write over a file that is there.
    #[arg(long)]
    force: bool,
}

pub(super) async fn run(args: Args, config: &Config) -> Result<ExitCode, CommandError> {
    let db = open_existing(config)?;
    let outcome = write(&args, &db).await;
    db.close().await;
    outcome.map(|()| ExitCode::SUCCESS)
}

async fn write(args: &Args, db: &Db) -> Result<(), CommandError> {
    if args.table == "all" {
        let Some(folder) = &args.file else {
            let text = "`kontor export all` needs the folder to write into".to_owned();
            return Err(CommandError::Other(text));
        };
        return all(db, folder, args.force).await;
    }
    let table = table(&args.table)?;
    match args.file.as_deref().filter(|file| file.as_os_str() != "-") {
        Some(file) => {
            let rows = to_file(db, table, file, args.force).await?;
            eprintln!("{table}: {rows} rows in {}", file.display());
            Ok(())
        }
        None => to_output(db, table).await,
    }
}

async fn all(db: &Db, folder: &Path, force: bool) -> Result<(), CommandError> {
    std::fs::create_dir_all(folder)
        .map_err(|error| CommandError::other(&format!("make {}", folder.display()), error))?;
    for table in Table::ALL {
        let rows = to_file(db, table, &folder.join(format!("{table}.csv")), force).await?;
        eprintln!("{table}: {rows} rows");
    }
    Ok(())
}

/// Writes into a file aside and renames it: whoever reads it never sees half a table.
async fn to_file(db: &Db, table: Table, file: &Path, force: bool) -> Result<u64, CommandError> {
    if file.exists() && !force {
        let file = file.display();
        return Err(CommandError::Other(format!("{file} exists already: --force writes over it")));
    }
    let mut name = file.as_os_str().to_owned();
    name.push(".part");
    let aside = PathBuf::from(name);
    let what = format!("write {}", file.display());
    let wrap = |error: io::Error| CommandError::other(&what, error);
    let mut part = std::fs::File::create(&aside).map_err(wrap)?;
    let written = export(db, table, &mut part).await;
    let done = written.map_err(|error| told(&what, error)).and_then(|rows| {
        part.sync_all().and_then(|()| std::fs::rename(&aside, file)).map_err(wrap)?;
        Ok(rows)
    });
    if done.is_err() {
        // What is left would only be taken for the table.
        let _ = std::fs::remove_file(&aside);
    }
    done
}

async fn to_output(db: &Db, table: Table) -> Result<(), CommandError> {
    let mut bytes = Vec::new();
    export(db, table, &mut bytes).await.map_err(|error| told("write the table", error))?;
    match io::stdout().write_all(&bytes) {
        // `kontor export prices | head` has read what it wanted.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other.map_err(|error| CommandError::other("write to standard output", error)),
    }
}

fn told(what: &str, error: ExportError) -> CommandError {
    match error {
        ExportError::Fault(fault) => fault.into(),
        ExportError::Unwritable(error) => CommandError::other(what, error),
    }
}
