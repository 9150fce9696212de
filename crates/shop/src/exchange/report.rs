//! What an import says: how many rows were new, or which were bad and why.

use std::fmt;

use kontor_base::Wrong;
use kontor_store::{AsFault, StoreError};
use serde::Serialize;

use super::table::Table;

/// How many bad rows are named one by one.
const NAMED_MAX: usize = 100;

/// What an import did, or would do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The table.
    #[serde(serialize_with = "word")]
    pub table: Table,
    /// The file's name.
    pub file: String,
    /// Rows in the file.
    pub rows: u64,
    /// Rows that were not there before.
    pub new: u64,
    /// Rows that were there and said something else.
    pub changed: u64,
    /// Rows that were there already; nothing was written for them.
    pub unchanged: u64,
    /// Entries of lists (components of a variant, devices of an accessory) that were there, are
    /// no longer in the file and were taken away.
    pub removed: u64,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { table, rows, new, changed, unchanged, removed, .. } = self;
        write!(f, "{table}: {rows} rows, {new} new, {changed} changed, {unchanged} unchanged")?;
        if *removed > 0 { write!(f, ", {removed} removed") } else { Ok(()) }
    }
}

/// What is wrong with one row.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct RowProblem {
    /// The line in the file on which the row begins; the header is line 1.
    pub line: u64,
    /// The column, where it is one column's fault.
    pub column: Option<String>,
    /// What is wrong; in a file of JSON its words in English.
    pub reason: Wrong,
}

impl fmt::Display for RowProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.column {
            Some(column) => write!(f, "line {}, {column}: {}", self.line, self.reason),
            None => write!(f, "line {}: {}", self.line, self.reason),
        }
    }
}

/// The bad rows of a file; nothing of it was imported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BadFile {
    /// The table.
    #[serde(serialize_with = "word")]
    pub table: Table,
    /// The file's name.
    pub file: String,
    /// The first bad rows, by line.
    pub problems: Vec<RowProblem>,
    /// How many more there are.
    pub more: u64,
}

impl fmt::Display for BadFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { table, file, problems, more } = self;
        let count = problems.len() as u64 + more;
        let plural = if count == 1 { "problem" } else { "problems" };
        write!(f, "{file} ({table}) has {count} {plural}; nothing was imported")?;
        for problem in problems {
            write!(f, "\n  {problem}")?;
        }
        if *more > 0 { write!(f, "\n  and {more} more") } else { Ok(()) }
    }
}

/// Why nothing was imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// Rows are bad.
    #[error("{0}")]
    Bad(BadFile),
    /// The file could not be read.
    #[error("could not read {file}")]
    Unreadable {
        /// The file's name.
        file: String,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// The database could not be read or written.
    #[error(transparent)]
    Fault(#[from] StoreError),
}

/// Why the import's transaction was rolled back.
pub(super) enum RolledBack {
    /// It was a dry run; this is what it would have done.
    DryRun(Vec<Report>),
    Bad(BadFile),
    Fault(StoreError),
}

impl From<StoreError> for RolledBack {
    fn from(fault: StoreError) -> Self {
        Self::Fault(fault)
    }
}

impl AsFault for RolledBack {
    fn as_fault(&self) -> Option<&StoreError> {
        match self {
            Self::Fault(fault) => Some(fault),
            Self::DryRun(_) | Self::Bad(_) => None,
        }
    }
}

/// The problems of a file as they are found.
#[derive(Clone, Debug, Default)]
pub(super) struct Problems {
    named: Vec<RowProblem>,
    more: u64,
}

impl Problems {
    pub(super) fn add(&mut self, line: u64, column: Option<&str>, reason: impl Into<Wrong>) {
        if self.named.len() == NAMED_MAX {
            self.more += 1;
            return;
        }
        let column = column.map(str::to_owned);
        self.named.push(RowProblem { line, column, reason: reason.into() });
    }

    pub(super) fn are_there(&self) -> bool {
        !self.named.is_empty()
    }

    pub(super) fn of(mut self, table: Table, file: &str) -> BadFile {
        self.named.sort();
        BadFile { table, file: file.to_owned(), problems: self.named, more: self.more }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands fields over by reference")]
fn word<S: serde::Serializer>(table: &Table, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(table.word())
}
