//! Importing files, all or nothing.
//!
//! A file is read and its rows parsed first; then one writing transaction checks them against what
//! is stored, writes what is new and is rolled back as a whole when a row is bad, or when it is
//! only to be seen what would happen.

use std::fmt;
use std::io::Read;
use std::sync::Arc;

use kontor_base::limits::IMPORT_BYTES_MAX;
use kontor_base::{Clock, Random, Wrong};
use kontor_store::{Db, StoreError, Tx};

use super::prepare::{Prepared, prepare};
use super::report::{ImportError, Problems, Report, RolledBack};
use super::table::Table;

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
            problems.add(1, None, Wrong::FileTooLarge { max: IMPORT_BYTES_MAX.to_string() });
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
