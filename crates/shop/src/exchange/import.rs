//! Importing files, all or nothing.
//!
//! A file is read and its rows parsed first; then one writing transaction checks them against what
//! is stored, writes what is new and is rolled back as a whole when a row is bad, or when it is
//! only to be seen what would happen.

use std::fmt;
use std::io::Read;
use std::sync::Arc;

use kontor_base::limits::IMPORT_BYTES_MAX;
use kontor_base::{Clock, Random};
use kontor_domain::clearance::{AuthorityOrder, Grant, Presence, Review, Rule};
use kontor_domain::price::{PriceRow, TaxRateRow};
use kontor_store::{Db, StoreError, Tx};

use super::cell::Bad;
use super::job::{Counts, Job};
use super::read::{Numbered, check_unique, read};
use super::report::{ImportError, Problems, Report, RolledBack};
use super::row::Row;
use super::table::Table;
use super::{catalogue, clearance, market, price, stock};

/// What becomes of an import.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Everything is checked and done, and nothing is kept.
    DryRun,
    /// What is good is kept.
    Apply,
}

/// Hears how many rows of how many have been gone through, in the transaction: it must be quick.
pub type Progress = Arc<dyn Fn(u64, u64) + Send + Sync>;

/// A file to import.
#[derive(Clone)]
pub struct Csv {
    /// The table.
    pub table: Table,
    /// The file's name, for messages; deliveries without a reference are booked under it.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

impl fmt::Debug for Csv {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Csv({} as {}, {} bytes)", self.name, self.table, self.bytes.len())
    }
}

impl Csv {
    /// Reads a file, up to the limit on its size.
    ///
    /// # Errors
    ///
    /// [`ImportError::Unreadable`], or [`ImportError::Bad`] for a file that is too large.
    pub fn read(table: Table, name: &str, reader: impl Read) -> Result<Self, ImportError> {
        let mut bytes = Vec::new();
        let limit = IMPORT_BYTES_MAX as u64;
        reader
            .take(limit + 1)
            .read_to_end(&mut bytes)
            .map_err(|source| ImportError::Unreadable { file: name.to_owned(), source })?;
        if bytes.len() > IMPORT_BYTES_MAX {
            let mut problems = Problems::default();
            problems.add(1, None, format!("the file is larger than {IMPORT_BYTES_MAX} bytes"));
            return Err(ImportError::Bad(problems.of(table, name)));
        }
        Ok(Self { table, name: name.to_owned(), bytes })
    }
}

/// Imports one file.
///
/// # Errors
///
/// [`ImportError::Bad`] with every bad row; nothing has changed then. See [`ImportError`].
pub async fn import(
    db: &Db,
    clock: &Clock,
    random: &Random,
    file: Csv,
    mode: Mode,
) -> Result<Report, ImportError> {
    let mut reports = import_all(db, clock, random, vec![file], mode, None).await?;
    Ok(reports.pop().expect("one file gives one report"))
}

/// Imports files in the order in which they build on each other, all in one transaction. Bad rows
/// are named for the first file that has any: those behind it may only suffer from them.
///
/// # Errors
///
/// See [`import`].
pub async fn import_all(
    db: &Db,
    clock: &Clock,
    random: &Random,
    mut files: Vec<Csv>,
    mode: Mode,
    progress: Option<Progress>,
) -> Result<Vec<Report>, ImportError> {
    files.sort_by_key(|file| file.table);
    let plan = Plan::new(&files);
    drop(files);
    plan.run(db, clock, random, mode, progress).await
}

/// Files that have been read and wait for their transaction.
pub struct Plan(Vec<Prepared>);

impl fmt::Debug for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|file| &file.file)).finish()
    }
}

impl Plan {
    /// Reads files and parses their rows; what is bad is told when the plan is run.
    #[must_use]
    pub fn new(files: &[Csv]) -> Self {
        Self(files.iter().map(prepare).collect())
    }

    /// Adds a file; the order of adding is the order of importing.
    pub fn add(&mut self, file: &Csv) {
        self.0.push(prepare(file));
    }

    /// How many rows there are in all.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.0.iter().map(|file| file.rows).sum()
    }

    /// Runs the plan in one transaction.
    ///
    /// # Errors
    ///
    /// See [`import`].
    pub async fn run(
        self,
        db: &Db,
        clock: &Clock,
        random: &Random,
        mode: Mode,
        progress: Option<Progress>,
    ) -> Result<Vec<Report>, ImportError> {
        self.run_with(db, clock, random, mode, progress, |_| Ok(())).await
    }

    /// Runs the plan and `then` in one transaction.
    pub(super) async fn run_with(
        self,
        db: &Db,
        clock: &Clock,
        random: &Random,
        mode: Mode,
        progress: Option<Progress>,
        then: impl Fn(&mut Tx<'_>) -> Result<(), StoreError> + Send + 'static,
    ) -> Result<Vec<Report>, ImportError> {
        let (at, random) = (clock.now(), random.clone());
        let all = self.rows();
        let outcome = db
            .write("exchange.import", move |tx| {
                let done = std::cell::Cell::new(0);
                let step = || {
                    done.set(done.get() + 1);
                    if let Some(progress) = &progress {
                        progress(done.get(), all);
                    }
                };
                let mut reports = Vec::with_capacity(self.0.len());
                for file in &self.0 {
                    reports.push(file.run(tx, at, &random, &step)?);
                }
                then(tx)?;
                match mode {
                    Mode::Apply => Ok(reports),
                    Mode::DryRun => Err(RolledBack::DryRun(reports)),
                }
            })
            .await;
        match outcome {
            Ok(reports) | Err(RolledBack::DryRun(reports)) => Ok(reports),
            Err(RolledBack::Bad(bad)) => Err(ImportError::Bad(bad)),
            Err(RolledBack::Fault(fault)) => Err(ImportError::Fault(fault)),
        }
    }
}

type Apply = dyn Fn(&mut Tx<'_>, &mut Job<'_>) -> Result<(), StoreError> + Send + Sync;

/// A file whose rows have been parsed.
struct Prepared {
    table: Table,
    file: String,
    rows: u64,
    problems: Problems,
    apply: Box<Apply>,
}

impl Prepared {
    fn run(
        &self,
        tx: &mut Tx<'_>,
        at: kontor_base::Instant,
        random: &Random,
        step: &dyn Fn(),
    ) -> Result<Report, RolledBack> {
        let mut problems = self.problems.clone();
        let counts = Counts::default();
        let mut job = Job { at, random, problems: &mut problems, counts, step };
        (self.apply)(tx, &mut job)?;
        let Counts { new, changed, unchanged, removed } = job.counts;
        let (table, file) = (self.table, self.file.clone());
        if problems.are_there() {
            return Err(RolledBack::Bad(problems.of(table, &file)));
        }
        Ok(Report { table, file, rows: self.rows, new, changed, unchanged, removed })
    }
}

/// Reads the rows of a file and makes of them what its area does in the transaction.
fn prepare(file: &Csv) -> Prepared {
    match file.table {
        Table::Markets => {
            Draft::read(file, market::parse, "code", |m| m.value.code).apply(market::apply)
        }
        Table::Models => {
            Draft::read(file, catalogue::parse_model, "code", |m| m.value.code.clone())
                .apply(catalogue::apply_models)
        }
        Table::Texts => {
            let key = |t: &super::job::Sourced<catalogue::Text>| {
                (t.value.model.clone(), t.value.language)
            };
            Draft::read(file, catalogue::parse_text, "language", key).apply(catalogue::apply_texts)
        }
        Table::Variants => {
            Draft::read(file, catalogue::parse_variant, "sku", |v| v.value.sku.clone())
                .apply(catalogue::apply_variants)
        }
        Table::Components => {
            Draft::read(file, catalogue::parse_component, "part", |part| part.value.clone())
                .apply(catalogue::apply_components)
        }
        Table::Fits => Draft::read(file, catalogue::parse_fit, "device", |fit| fit.value.clone())
            .apply(catalogue::apply_fits),
        Table::TaxRates => {
            let parse = |row: &TaxRateRow| row.parse().map_err(Bad::from);
            Draft::read(file, parse, "valid_from", price::rate_key).apply(price::apply_tax_rates)
        }
        Table::Prices => {
            let parse = |row: &PriceRow| row.parse().map_err(Bad::from);
            Draft::read(file, parse, "valid_from", price::price_key).apply(price::apply_prices)
        }
        Table::Rules => {
            let parse = |row: &_| Rule::parse(row).map_err(Bad::from);
            Draft::read(file, parse, "code", |f| f.code.clone()).apply(clearance::apply_rules)
        }
        Table::Grants => {
            let parse = |row: &_| Grant::parse(row).map_err(Bad::from);
            Draft::read(file, parse, "code", |f| f.code.clone()).apply(clearance::apply_grants)
        }
        Table::Orders => {
            let parse = |row: &_| AuthorityOrder::parse(row).map_err(Bad::from);
            Draft::read(file, parse, "code", |f| f.code.clone()).apply(clearance::apply_orders)
        }
        Table::Reviews => {
            let parse = |row: &_| Review::parse(row).map_err(Bad::from);
            Draft::read(file, parse, "code", |f| f.code.clone()).apply(clearance::apply_reviews)
        }
        Table::Presences => {
            let parse = |row: &_| Presence::parse(row).map_err(Bad::from);
            Draft::read(file, parse, "market", |f| f.market).apply(clearance::apply_presences)
        }
        Table::Stock => {
            let parse = |row: &_| stock::parse(row, &file.name);
            Draft::read(file, parse, "reference", stock::key).apply(stock::apply)
        }
    }
}

/// The parsed rows of a file.
struct Draft<T> {
    table: Table,
    file: String,
    rows: Vec<Numbered<T>>,
    problems: Problems,
}

impl<T: Send + Sync + 'static> Draft<T> {
    fn read<R: Row, K: Eq + std::hash::Hash>(
        file: &Csv,
        parse: impl Fn(&R) -> Result<T, Bad>,
        key_column: &'static str,
        key: impl Fn(&T) -> K,
    ) -> Self {
        let mut problems = Problems::default();
        let rows = read(&file.bytes, parse, &mut problems);
        check_unique(&rows, key_column, key, &mut problems);
        Self { table: file.table, file: file.name.clone(), rows, problems }
    }

    fn apply(
        self,
        apply: impl Fn(&mut Tx<'_>, &[Numbered<T>], &mut Job<'_>) -> Result<(), StoreError>
        + Send
        + Sync
        + 'static,
    ) -> Prepared {
        let Self { table, file, rows, problems } = self;
        let count = rows.len() as u64;
        let apply = Box::new(move |tx: &mut Tx<'_>, job: &mut Job<'_>| apply(tx, &rows, job));
        Prepared { table, file, rows: count, problems, apply }
    }
}
