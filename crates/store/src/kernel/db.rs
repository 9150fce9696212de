//! The database as the rest of the house sees it: named transactions, awaited.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use tokio::sync::{oneshot, watch};

use super::error::StoreError;
use super::migrate;
use super::readers::Readers;
use super::sql::Tx;
use super::topic::Topic;
use super::writer::{Decision, Work, Writer};

/// How to open a database.
#[derive(Clone, Debug)]
pub struct Options {
    /// The file; made if it is not there.
    pub path: PathBuf,
    /// How many connections read at the same time.
    pub readers: usize,
    /// Bring the schema up to date on opening. Otherwise an older schema is refused.
    pub migrate: bool,
}

impl Options {
    /// The usual options for the database at `path`.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), readers: 4, migrate: true }
    }
}

/// How often each topic has changed since the process started.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Versions([u64; Topic::ALL.len()]);

impl Versions {
    pub(crate) fn raise(&mut self, touched: u32) {
        for topic in Topic::ALL {
            if touched & topic.bit() != 0 {
                self.0[topic as usize] += 1;
            }
        }
    }

    /// How often `topic` has changed.
    #[must_use]
    pub fn of(&self, topic: Topic) -> u64 {
        self.0[topic as usize]
    }
}

/// An open database. Cloning is cheap and shares it.
#[derive(Clone, Debug)]
pub struct Db(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    path: PathBuf,
    writer: Writer,
    writer_thread: Mutex<Option<JoinHandle<()>>>,
    readers: Readers,
    changes: watch::Receiver<Versions>,
}

impl Db {
    /// Opens the database, checks that this release can work with it and brings its schema up to
    /// date.
    ///
    /// # Errors
    ///
    /// When the file cannot be opened, is damaged, in use by another process, or newer than this
    /// release.
    pub fn open(options: &Options) -> Result<Self, StoreError> {
        let mut connection = connect(&options.path)?;
        if options.migrate {
            migrate::run(&mut connection)?;
        } else {
            migrate::check(&connection)?;
        }
        let readers = (0..options.readers.max(1))
            .map(|_| connect_reader(&options.path))
            .collect::<Result<Vec<_>, _>>()?;
        let (sender, changes) = watch::channel(Versions::default());
        let (writer, thread) = Writer::start(connection, sender)?;
        Ok(Self(Arc::new(Inner {
            path: options.path.clone(),
            writer,
            writer_thread: Mutex::new(Some(thread)),
            readers: Readers::new(readers),
            changes,
        })))
    }

    /// Runs `work` in a writing transaction and answers once it is on disk. Whatever error `work`
    /// gives rolls its own changes back and nobody else's.
    ///
    /// The closure may be run more than once, so it sends nothing: what must be sent is queued in
    /// it.
    ///
    /// # Errors
    ///
    /// The closure's own, or a [`StoreError`] turned into it.
    pub async fn write<T, E, F>(&self, name: &'static str, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + AsFault + Send + 'static,
        F: FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        self.0.writer.send(Box::new(Closure { name, work, result: None, reply }))?;
        // The sender is dropped without an answer only when the closure panicked.
        answer.await.unwrap_or_else(|_| Err(StoreError::Panicked { name }.into()))
    }

    /// Runs `work` on the last committed state, on a thread that may block.
    ///
    /// # Errors
    ///
    /// The closure's own, or a [`StoreError`] turned into it.
    pub async fn read<T, E, F>(&self, name: &'static str, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    {
        let db = self.clone();
        let task = tokio::task::spawn_blocking(move || db.read_now(name, work));
        task.await.unwrap_or_else(|_| Err(StoreError::Panicked { name }.into()))
    }

    /// [`Db::read`] for callers that are on a blocking thread already.
    ///
    /// # Errors
    ///
    /// The closure's own, or a [`StoreError`] turned into it.
    pub fn read_now<T, E, F>(&self, name: &'static str, work: F) -> Result<T, E>
    where
        E: From<StoreError>,
        F: FnOnce(&mut Tx<'_>) -> Result<T, E>,
    {
        let reader = self.0.readers.take();
        let connection = reader.connection();
        let started = std::time::Instant::now();
        let wrap = |error: rusqlite::Error| StoreError::from_sqlite("begin of a read", &error);
        connection.execute_batch("BEGIN DEFERRED").map_err(wrap)?;
        let outcome = work(&mut Tx::new(connection));
        connection.execute_batch("ROLLBACK").map_err(wrap)?;
        metrics::histogram!("kontor_transaction_seconds", "name" => name)
            .record(started.elapsed().as_secs_f64());
        outcome
    }

    /// Tells when commits have changed something that snapshots are made of.
    #[must_use]
    pub fn changes(&self) -> watch::Receiver<Versions> {
        self.0.changes.clone()
    }

    /// Where the database lies.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0.path
    }

    /// Answers everything that has been accepted and then closes the writer. Writes that come
    /// later are refused with [`StoreError::Closed`].
    pub async fn close(&self) {
        let db = self.clone();
        let closing = tokio::task::spawn_blocking(move || {
            db.0.writer.stop();
            let thread = db.0.writer_thread.lock().unwrap_or_else(PoisonError::into_inner).take();
            if let Some(thread) = thread
                && thread.join().is_err()
            {
                tracing::error!("the writer thread had died");
            }
        });
        if closing.await.is_err() {
            tracing::error!("the store was not closed in order");
        }
    }
}

/// Lets the writer see whether a use case's error carries a fault that ends the whole batch.
pub trait AsFault {
    /// The store's fault inside the error, if it is one.
    fn as_fault(&self) -> Option<&StoreError>;
}

impl AsFault for StoreError {
    fn as_fault(&self) -> Option<&StoreError> {
        Some(self)
    }
}

struct Closure<T, E, F> {
    name: &'static str,
    work: F,
    result: Option<Result<T, E>>,
    reply: oneshot::Sender<Result<T, E>>,
}

impl<T, E, F> Work for Closure<T, E, F>
where
    T: Send,
    E: From<StoreError> + AsFault + Send,
    F: FnMut(&mut Tx<'_>) -> Result<T, E> + Send,
{
    fn name(&self) -> &'static str {
        self.name
    }

    fn run(&mut self, tx: &mut Tx<'_>) -> Decision {
        let result = (self.work)(tx);
        let decision = match &result {
            Ok(_) => Decision::Keep,
            Err(error) => match error.as_fault() {
                Some(fault) if fault.ends_batch() => Decision::EndBatch(fault.clone()),
                _ => Decision::RollBack,
            },
        };
        self.result = Some(result);
        decision
    }

    fn answer(self: Box<Self>, commit: Result<(), StoreError>) {
        let Self { result, reply, .. } = *self;
        let answer = match (result, commit) {
            // A refusal needs no commit: it changed nothing.
            (Some(Err(error)), _) => Err(error),
            (Some(Ok(value)), Ok(())) => Ok(value),
            (Some(Ok(_)) | None, Err(error)) => Err(error.into()),
            // It panicked: dropping the sender tells.
            (None, Ok(())) => return,
        };
        // The caller may have gone away (its client hung up); the effect stays.
        let _ = reply.send(answer);
    }
}

/// Opens a connection with the settings that durability and speed stand on.
pub(crate) fn connect(path: &Path) -> Result<Connection, StoreError> {
    let wrap = |error: rusqlite::Error| {
        StoreError::from_sqlite(&format!("open of {}", path.display()), &error)
    };
    let connection = Connection::open(path).map_err(wrap)?;
    connection.busy_timeout(Duration::from_secs(5)).map_err(wrap)?;
    connection.set_prepared_statement_cache_capacity(256);
    keep_plans(&connection).map_err(wrap)?;
    // WAL: readers do not wait for the writer. FULL: an answered write has been synced.
    // A checkpoint every 4000 pages (16 MB) keeps the log short without stopping every batch.
    connection
        .execute_batch(
            "PRAGMA journal_mode = WAL;
             PRAGMA synchronous = FULL;
             PRAGMA foreign_keys = ON;
             PRAGMA temp_store = MEMORY;
             PRAGMA cache_size = -16000;
             PRAGMA wal_autocheckpoint = 4000;",
        )
        .map_err(wrap)?;
    Ok(connection)
}

/// A prepared statement keeps its plan whatever is bound to it. Without this the database looks at
/// each new value and parses and plans most statements anew every time they run: half of the
/// processor time of an entry into a sale.
fn keep_plans(connection: &Connection) -> rusqlite::Result<bool> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)
}

fn connect_reader(path: &Path) -> Result<Connection, StoreError> {
    let wrap = |error: rusqlite::Error| {
        StoreError::from_sqlite(&format!("open of {} for reading", path.display()), &error)
    };
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(wrap)?;
    connection.busy_timeout(Duration::from_secs(5)).map_err(wrap)?;
    connection.set_prepared_statement_cache_capacity(128);
    keep_plans(&connection).map_err(wrap)?;
    connection.execute_batch("PRAGMA query_only = ON; PRAGMA cache_size = -4000;").map_err(wrap)?;
    Ok(connection)
}
