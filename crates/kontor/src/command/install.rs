//! `kontor install`: the count of installations: show it, count it again, take it along.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Subcommand, ValueEnum};
use indicatif::HumanBytes;
use kontor_base::{Clock, Date};
use kontor_count::{Book, CountError, Position, Slice, WINDOWS, fold, read_only, recount_until};
use kontor_domain::install::{Day, Measure, Published, Timing};
use kontor_rom::install::{Figures, import_produced, produced};
use kontor_store::{Tx, install};
use serde_json::{Value, json};

use super::CommandError;
use crate::config::Config;
use crate::server::{existing_database, open, open_existing};

/// The count of installations: show it, count it again from its log, take it along.
///
/// Everything but `forget`, `produced --write` and `adopt` reads only; the server may be running.
#[derive(Debug, Subcommand)]
pub(super) enum Args {
    /// Show the numbers with their definitions.
    Show {
        /// The window of days of the table.
        #[arg(long, default_value_t = 30, value_name = "DAYS")]
        days: u16,
        /// Tell devices apart by this; several make a table of combinations. Nothing is withheld:
        /// this is for the operator, not for publication.
        #[arg(long, value_enum, value_name = "PROPERTY")]
        by: Vec<By>,
        /// As it was at this place in the log, as published numbers name it.
        #[arg(long, value_name = "SEGMENT:BYTES")]
        until: Option<Position>,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Count everything again from the log, in the plainest way, and compare.
    ///
    /// Exits with 1 if a single number differs. It needs memory for every device.
    Recount {
        /// Up to this place in the log, as published numbers name it.
        #[arg(long, value_name = "SEGMENT:BYTES")]
        until: Option<Position>,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Write a table as CSV, with small cells withheld as they are when published.
    Export {
        /// What tells devices apart.
        #[arg(value_enum)]
        by: By,
        /// The file; `-` or nothing for standard output.
        file: Option<PathBuf>,
        /// The window of days: 1, 7, 30 or 90; without it, ever.
        #[arg(long)]
        days: Option<u16>,
    },
    /// Copy the count into another folder while the server goes on: its log, its newest snapshot.
    ///
    /// To restore it, stop the server, put the folder in the place of the old one and start.
    Backup {
        /// The new folder.
        folder: PathBuf,
    },
    /// Let the part of the log go that is older than a day: numbers stay, days of devices go.
    ///
    /// What old segments say becomes a base, from which `recount` then begins. Numbers that were
    /// published before it cannot be counted again. The server may be running.
    Forget {
        /// Segments whose reports all came before this day.
        #[arg(long, value_name = "DATE")]
        before: Date,
    },
    /// Import how many devices the maker has produced, as CSV: model,batch,units,until,source.
    ///
    /// Without --write it only says what it would do.
    Produced {
        /// The file; without it, what is known is shown.
        file: Option<PathBuf>,
        /// Write it down.
        #[arg(long)]
        write: bool,
    },
    /// Make this data folder's count the one that counts for the shop.
    ///
    /// After a move to another machine with another folder. Two folders that both count would give
    /// two counts of one population.
    Adopt,
}

/// What tells devices apart.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum By {
    /// The country in which it was last seen.
    Country,
    /// The model.
    Model,
    /// The version.
    Version,
    /// The channel.
    Channel,
    /// Anonymous or credentialed.
    Standing,
}

impl By {
    const fn slice(self) -> Slice {
        match self {
            Self::Country => Slice::Country,
            Self::Model => Slice::Model,
            Self::Version => Slice::Version,
            Self::Channel => Slice::Channel,
            Self::Standing => Slice::Standing,
        }
    }
}

pub(super) async fn run(args: Args, config: &Config) -> Result<ExitCode, CommandError> {
    match args {
        Args::Show { days, by, until, json } => {
            let by: Vec<Slice> = by.into_iter().map(By::slice).collect();
            show(config, days, &by, until, json)
        }
        Args::Recount { until, json } => recount(config, until, json),
        Args::Export { by, file, days } => export(config, by.slice(), file.as_deref(), days),
        Args::Backup { folder } => backup(config, &folder),
        Args::Forget { before } => forget(config, before),
        Args::Produced { file, write } => import(config, file.as_deref(), write).await,
        Args::Adopt => adopt(config).await,
    }
}

fn failed(error: CountError) -> CommandError {
    CommandError::Other(error.to_string())
}

/// The folder of the count, if it is there.
fn folder(config: &Config) -> Result<PathBuf, CommandError> {
    let folder = config.install_folder();
    if folder.is_dir() {
        return Ok(folder);
    }
    let text = format!("nothing has been counted yet: there is no folder {}", folder.display());
    Err(CommandError::Other(text))
}

fn show(
    config: &Config,
    days: u16,
    by: &[Slice],
    until: Option<Position>,
    as_json: bool,
) -> Result<ExitCode, CommandError> {
    let days = days.max(1);
    let book = read_only(&folder(config)?, until).map_err(failed)?;
    let table = (!by.is_empty()).then(|| book.breakdown(Some(days), by));
    if as_json {
        let mut all = numbers(&book, days);
        if let Some(table) = table {
            all["table"] = json!(table.cells);
        }
        println!("{all}");
        return Ok(ExitCode::SUCCESS);
    }
    println!("As of {} (UTC), log position {}\n", book.today().date(), book.position());
    let (reported, inferred) = book.installs();
    let sum = |counts: &std::collections::BTreeMap<String, u64>| counts.values().sum::<u64>();
    let line = |name: &str, count: u64| println!("{count:>16}  {name}");
    line("activations", book.activations());
    let mut windows: Vec<u16> = WINDOWS.into_iter().chain([days]).collect();
    windows.sort_unstable();
    windows.dedup();
    for window in windows {
        line(&format!("active in {window} days"), book.active(window));
    }
    line("installs reported", sum(&reported));
    line("installs inferred", sum(&inferred));
    line("set aside, not counted", book.set_aside());
    for timing in Timing::ALL {
        line(&format!("reports {}", timing.word().replace('_', " ")), book.timing(timing));
    }
    if let Some(table) = table {
        let words: Vec<&str> = by.iter().map(|slice| slice.word()).collect();
        println!("\nActive in {days} days by {}:\n", words.join(" and "));
        let mut cells: Vec<(String, u64)> = table.cells.into_iter().collect();
        cells.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        cells.iter().for_each(|(value, count)| line(value, *count));
    }
    println!();
    for measure in Measure::ALL {
        println!("{}: {}", measure.word().replace('_', " "), measure.definition());
    }
    Ok(ExitCode::SUCCESS)
}

fn numbers(book: &Book, days: u16) -> Value {
    let (reported, inferred) = book.installs();
    let active: serde_json::Map<String, Value> = WINDOWS
        .into_iter()
        .chain([days])
        .map(|days| (days.to_string(), json!(book.active(days))))
        .collect();
    json!({
        "today": book.today().date().to_string(),
        "log_position": book.position().to_string(),
        "activations": book.activations(),
        "active": active,
        "installs_reported": reported,
        "installs_inferred": inferred,
        "set_aside": book.set_aside(),
        "timing": Timing::ALL.map(|timing| json!({ timing.word(): book.timing(timing) })),
    })
}

fn recount(
    config: &Config,
    until: Option<Position>,
    as_json: bool,
) -> Result<ExitCode, CommandError> {
    let folder = folder(config)?;
    let book = read_only(&folder, until).map_err(failed)?;
    // What the server writes meanwhile is in neither.
    let again = recount_until(&folder, Some(until.unwrap_or_else(|| book.position())));
    let again = again.map_err(failed)?;
    let differences = again.differences(&book);
    if as_json {
        let all = json!({
            "log_position": book.position().to_string(),
            "today": book.today().date().to_string(),
            "reports": again.reports(),
            "devices": again.activations(),
            "differences": differences,
        });
        println!("{all}");
    } else {
        println!(
            "{} reports of {} devices counted again up to {} (log position {})",
            again.reports(),
            again.activations(),
            book.today().date(),
            book.position(),
        );
        for difference in &differences {
            println!("differs: {difference}");
        }
        if differences.is_empty() {
            println!("every number agrees");
        }
    }
    Ok(ExitCode::from(u8::from(!differences.is_empty())))
}

fn export(
    config: &Config,
    by: Slice,
    file: Option<&Path>,
    days: Option<u16>,
) -> Result<ExitCode, CommandError> {
    if days.is_some_and(|days| !WINDOWS.contains(&days)) {
        let text = "tables are published for 1, 7, 30 and 90 days and for ever; `kontor install show \
                    --by` has every number of days, for you alone";
        return Err(CommandError::Other(text.to_owned()));
    }
    let book = read_only(&folder(config)?, None).map_err(failed)?;
    // As the server would tell it, with all windows before its eyes.
    let (at, cell_min) = (Clock::System.now(), config.install.cell_min);
    let none = Figures::none(at, cell_min);
    let figures = Figures::of(&book.present(), &none, Vec::new(), |_| true, at, cell_min);
    let table = figures.tables.iter().find(|table| table.by == by && table.days == days);
    let table = table.map(|table| table.published.clone()).unwrap_or_default();
    let text = csv(&book, by, days, &table);
    match file.filter(|file| file.as_os_str() != "-") {
        Some(file) => {
            let what = format!("write {}", file.display());
            std::fs::write(file, text).map_err(|error| CommandError::other(&what, error))?;
        }
        None => match io::stdout().write_all(text.as_bytes()) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {}
            other => {
                other.map_err(|error| CommandError::other("write to standard output", error))?;
            }
        },
    }
    Ok(ExitCode::SUCCESS)
}

fn csv(book: &Book, by: Slice, days: Option<u16>, table: &Published) -> String {
    let measure = match (by, days) {
        (Slice::Version, Some(_)) => Measure::OnVersion,
        (_, Some(_)) => Measure::Active,
        (_, None) => Measure::Activations,
    };
    let mut text = String::from(
        "measure,definition_version,window_days,by,kind,value,count,today,log_position\n",
    );
    let days = days.map_or_else(String::new, |days| days.to_string());
    let mut row = |kind: &str, value: &str, count: u64| {
        text.push_str(&format!(
            "{},{},{days},{},{kind},{value},{count},{},{}\n",
            measure.word(),
            measure.version(),
            by.word(),
            book.today().date(),
            book.position()
        ));
    };
    table.cells.iter().for_each(|cell| row("cell", &cell.value, cell.count));
    row("withheld", "", table.withheld);
    row("total", "", table.total);
    text
}

fn backup(config: &Config, to: &Path) -> Result<ExitCode, CommandError> {
    let from = folder(config)?;
    if to.exists() {
        return Err(CommandError::Other(format!("{} exists already", to.display())));
    }
    let bytes = kontor_count::copy(&from, to).map_err(failed)?;
    let book = read_only(to, None).map_err(failed)?;
    println!(
        "{}: {}, {} devices, read back up to {}",
        to.display(),
        HumanBytes(bytes),
        book.activations(),
        book.position()
    );
    Ok(ExitCode::SUCCESS)
}

fn forget(config: &Config, before: Date) -> Result<ExitCode, CommandError> {
    let folded = fold(&folder(config)?, Day::of_date(before)).map_err(failed)?;
    if folded.segments == 0 {
        println!("no segment is older: a segment ends with each snapshot");
    } else {
        println!(
            "{} segments, {}, are gone; the log begins with segment {}",
            folded.segments,
            HumanBytes(folded.bytes),
            folded.first
        );
    }
    Ok(ExitCode::SUCCESS)
}

async fn import(
    config: &Config,
    file: Option<&Path>,
    write: bool,
) -> Result<ExitCode, CommandError> {
    let db = open_existing(config)?;
    let Some(file) = file else {
        let known = produced(&db).await;
        db.close().await;
        for batch in known? {
            println!(
                "{:>12}  {} {} until {} ({})",
                batch.units,
                batch.model,
                batch.batch.as_str(),
                batch.until,
                batch.source.as_str()
            );
        }
        return Ok(ExitCode::SUCCESS);
    };
    let text = std::fs::read(file)
        .map_err(|error| CommandError::other(&format!("read {}", file.display()), error))?;
    let plan = import_produced(&db, &text, write).await;
    db.close().await;
    let plan = plan?;
    for row in &plan.problems {
        eprintln!("{}:{}: {}", file.display(), row.line, row.problem);
    }
    if !plan.problems.is_empty() {
        eprintln!("nothing was imported");
        return Ok(ExitCode::FAILURE);
    }
    let verb = if write { "imported" } else { "would be imported (--write does it)" };
    println!("{} batches {verb}, {} are as they were", plan.changed.len(), plan.unchanged);
    Ok(ExitCode::SUCCESS)
}

async fn adopt(config: &Config) -> Result<ExitCode, CommandError> {
    existing_database(config)?;
    let folder = folder(config)?;
    let path = folder.join("identity");
    let identity = std::fs::read_to_string(&path)
        .map_err(|error| CommandError::other(&format!("read {}", path.display()), error))?;
    let identity = identity.trim().to_owned();
    let (db, _) = open(config)?;
    let at = Clock::System.now();
    let adopted = identity.clone();
    let write = move |tx: &mut Tx<'_>| install::move_home(tx, &adopted, at);
    let written = db.write("install.adopt", write).await;
    db.close().await;
    written?;
    println!(
        "the count in {} ({identity}) counts for this shop; restart its servers",
        folder.display()
    );
    Ok(ExitCode::SUCCESS)
}
