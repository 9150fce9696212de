//! Where a database is, and how to open it.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::error::StoreError;
use super::postgres::url::PostgresUrl;

/// Where a database is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A file of the embedded database.
    Sqlite(PathBuf),
    /// A database on a PostgreSQL server.
    Postgres(PostgresUrl),
}

impl Place {
    /// The file, where the database is one.
    #[must_use]
    pub fn sqlite_path(&self) -> Option<&Path> {
        match self {
            Self::Sqlite(path) => Some(path),
            Self::Postgres(_) => None,
        }
    }
}

/// Never with a password.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => path.display().fmt(f),
            Self::Postgres(url) => url.fmt(f),
        }
    }
}

impl From<PathBuf> for Place {
    fn from(path: PathBuf) -> Self {
        Self::Sqlite(path)
    }
}

impl From<&PathBuf> for Place {
    fn from(path: &PathBuf) -> Self {
        Self::Sqlite(path.clone())
    }
}

impl From<&Path> for Place {
    fn from(path: &Path) -> Self {
        Self::Sqlite(path.to_owned())
    }
}

impl From<PostgresUrl> for Place {
    fn from(url: PostgresUrl) -> Self {
        Self::Postgres(url)
    }
}

/// How to open a database.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where it is. A file is made if it is not there; a database on a server must be.
    pub place: Place,
    /// How many connections read at the same time.
    pub readers: usize,
    /// Bring the schema up to date on opening. Otherwise an older schema is refused.
    pub migrate: bool,
    /// What the writer does before each commit. For tests: a disk that takes its time.
    pub before_commit: Option<BeforeCommit>,
}

/// What the writer does when everything of a batch has been written and the commit is due. For tests:
/// as long as it lasts nothing of the batch is on disk, and nobody may be answered.
#[derive(Clone)]
pub struct BeforeCommit(Arc<dyn Fn() + Send + Sync>);

impl BeforeCommit {
    /// Does this.
    #[must_use]
    pub fn new(what: impl Fn() + Send + Sync + 'static) -> Self {
        Self(Arc::new(what))
    }

    pub(crate) fn run(&self) {
        (self.0)();
    }
}

impl fmt::Debug for BeforeCommit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BeforeCommit")
    }
}

impl Options {
    /// The usual options for the database at `place`.
    #[must_use]
    pub fn new(place: impl Into<Place>) -> Self {
        Self { place: place.into(), readers: 4, migrate: true, before_commit: None }
    }
}

/// The schema of the database at `place`: 0 where there is none yet.
///
/// # Errors
///
/// When it cannot be read.
pub fn schema_version(place: &Place) -> Result<i64, StoreError> {
    match place {
        Place::Sqlite(path) if !path.exists() => Ok(0),
        Place::Sqlite(path) => {
            super::sqlite::migrate::schema_version(&super::sqlite::connect::plain(path)?)
        }
        Place::Postgres(url) => {
            super::postgres::session::off_the_runtime(|| super::postgres::migrate::version_at(url))
        }
    }
}
