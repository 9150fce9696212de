//! The database as the rest of the house sees it: named transactions, awaited.

use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Instant as Stopwatch;

use rusqlite::Connection;
use tokio::sync::{oneshot, watch};

use super::error::StoreError;
use super::migrate;
use super::place::{Options, Place};
use super::pool::Pool;
use super::postgres::{self, read::Reading, session, url::PostgresUrl};
use super::sql::Tx;
use super::sqlite;
use super::topic::Topic;
use super::writer::{Decision, Work, Writer};

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
    place: Place,
    writer: Writer,
    writer_thread: Mutex<Option<JoinHandle<()>>>,
    readers: Readers,
    changes: watch::Receiver<Versions>,
    /// What hears other nodes, until the store is closed.
    listener: Mutex<Option<postgres::listen::Listener>>,
}

#[derive(Debug)]
enum Readers {
    Sqlite(Pool<Connection>),
    Postgres(Pool<Reading>),
}

impl Db {
    /// Opens the database, checks that this release can work with it and brings its schema up to
    /// date.
    ///
    /// # Errors
    ///
    /// When it cannot be opened or reached, is damaged, in use by another process, or newer than
    /// this release.
    pub fn open(options: &Options) -> Result<Self, StoreError> {
        let (sender, changes) = watch::channel(Versions::default());
        let sender = Arc::new(sender);
        let (started, readers, listener) = match &options.place {
            Place::Sqlite(path) => {
                let mut connection = sqlite::connect::writer(path)?;
                if options.migrate {
                    sqlite::migrate::run(&mut connection)?;
                } else {
                    migrate::check(sqlite::migrate::schema_version(&connection)?)?;
                }
                let readers = (0..options.readers.max(1))
                    .map(|_| sqlite::connect::reader(path))
                    .collect::<Result<Vec<_>, _>>()?;
                let before_commit = options.before_commit.clone();
                let writing = sqlite::batch::Writing { connection, before_commit };
                (Writer::start(writing, sender)?, Readers::Sqlite(Pool::new(readers)), None)
            }
            Place::Postgres(url) => {
                let (started, listener) =
                    session::off_the_runtime(|| open_postgres(url, options, sender))?;
                let readers = (0..options.readers.max(1)).map(|_| Reading::new(url.clone()));
                (started, Readers::Postgres(Pool::new(readers.collect())), Some(listener))
            }
        };
        let (writer, thread) = started;
        Ok(Self(Arc::new(Inner {
            place: options.place.clone(),
            writer,
            writer_thread: Mutex::new(Some(thread)),
            readers,
            changes,
            listener: Mutex::new(listener),
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
        let started = Stopwatch::now();
        let outcome = match &self.0.readers {
            Readers::Sqlite(pool) => sqlite::connect::read(&pool.take(), work),
            Readers::Postgres(pool) => pool.take().read(work),
        };
        metrics::histogram!("kontor_transaction_seconds", "name" => name)
            .record(started.elapsed().as_secs_f64());
        outcome
    }

    /// Tells when commits have changed something that snapshots are made of.
    #[must_use]
    pub fn changes(&self) -> watch::Receiver<Versions> {
        self.0.changes.clone()
    }

    /// Where the database is.
    #[must_use]
    pub fn place(&self) -> &Place {
        &self.0.place
    }

    /// Answers everything that has been accepted and then closes the writer. Writes that come
    /// later are refused with [`StoreError::Closed`].
    pub async fn close(&self) {
        let db = self.clone();
        let closing = tokio::task::spawn_blocking(move || {
            db.0.writer.stop();
            drop(db.0.listener.lock().unwrap_or_else(PoisonError::into_inner).take());
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
        // A closure that is run again and panics must not be answered with what it gave before.
        self.result = None;
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

    fn fail(self: Box<Self>, fault: StoreError) {
        let _ = self.reply.send(Err(fault.into()));
    }
}

fn open_postgres(
    url: &PostgresUrl,
    options: &Options,
    changes: Arc<watch::Sender<Versions>>,
) -> Result<((Writer, JoinHandle<()>), postgres::listen::Listener), StoreError> {
    if options.migrate {
        postgres::migrate::run(url)?;
    } else {
        migrate::check(postgres::migrate::version_at(url)?)?;
    }
    let channel = postgres::listen::channel(url)?;
    let own = postgres::listen::OwnPid::default();
    let listener =
        postgres::listen::start(url, channel.clone(), own.clone(), Arc::clone(&changes))?;
    let before_commit = options.before_commit.clone();
    let writing = postgres::batch::Writing::open(url, channel, own, before_commit)?;
    Ok((Writer::start(writing, changes)?, listener))
}
