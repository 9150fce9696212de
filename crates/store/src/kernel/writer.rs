//! The writer: one thread that gives group commit to every write in the system.
//!
//! It takes the closures that wait, runs each in a savepoint of its own inside one outer
//! transaction, commits once, and only then answers all of them. A closure that fails is rolled
//! back alone. An error that ends the outer transaction (disk full, I/O) fails every closure of
//! the batch: none of them is acknowledged, because none of them is on disk.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;
use std::time::Instant as Stopwatch;

use kontor_base::limits::{COMMIT_BATCH_MAX, WRITE_QUEUE_MAX};
use rusqlite::Connection;
use tokio::sync::watch;

use super::db::Versions;
use super::error::StoreError;
use super::sql::Tx;

/// What a closure decided about its own savepoint.
pub(crate) enum Decision {
    Keep,
    RollBack,
    /// The database said something that ends the whole batch.
    EndBatch(StoreError),
}

/// A closure in the queue. It answers its caller itself, once it is told how the commit went.
pub(crate) trait Work: Send {
    fn name(&self) -> &'static str;
    fn run(&mut self, tx: &mut Tx<'_>) -> Decision;
    fn answer(self: Box<Self>, commit: Result<(), StoreError>);
}

enum Message {
    Work(Box<dyn Work>),
    Stop,
}

/// The handle to the writer thread.
#[derive(Debug)]
pub(crate) struct Writer {
    queue: SyncSender<Message>,
}

impl Writer {
    /// Starts the thread on `connection`, which no one else writes to.
    pub(crate) fn start(
        connection: Connection,
        changes: watch::Sender<Versions>,
    ) -> Result<(Self, JoinHandle<()>), StoreError> {
        let (queue, inbox) = sync_channel(WRITE_QUEUE_MAX);
        let thread = std::thread::Builder::new()
            .name("kontor-writer".to_owned())
            .spawn(move || serve(&connection, &inbox, &changes))
            .map_err(|error| StoreError::Fault {
                what: "start of the writer thread".into(),
                problem: error.to_string().into(),
            })?;
        Ok((Self { queue }, thread))
    }

    /// Queues `work`; never waits.
    pub(crate) fn send(&self, work: Box<dyn Work>) -> Result<(), StoreError> {
        metrics::gauge!("kontor_store_queue_length").increment(1);
        self.queue.try_send(Message::Work(work)).map_err(|error| {
            metrics::gauge!("kontor_store_queue_length").decrement(1);
            match error {
                TrySendError::Full(_) => StoreError::Overloaded,
                TrySendError::Disconnected(_) => StoreError::Closed,
            }
        })
    }

    /// Asks the thread to stop once everything before this has been answered.
    pub(crate) fn stop(&self) {
        // A full queue is emptied by the thread: waiting for a place is right here.
        let _ = self.queue.send(Message::Stop);
    }
}

fn serve(connection: &Connection, inbox: &Receiver<Message>, changes: &watch::Sender<Versions>) {
    let mut batch: Vec<Box<dyn Work>> = Vec::with_capacity(COMMIT_BATCH_MAX);
    let mut stopping = false;
    while !stopping {
        match inbox.recv() {
            Ok(Message::Work(work)) => batch.push(work),
            Ok(Message::Stop) | Err(_) => break,
        }
        while batch.len() < COMMIT_BATCH_MAX {
            match inbox.try_recv() {
                Ok(Message::Work(work)) => batch.push(work),
                Ok(Message::Stop) => {
                    stopping = true;
                    break;
                }
                Err(_) => break,
            }
        }
        metrics::gauge!("kontor_store_queue_length").decrement(as_f64(batch.len()));
        commit(connection, &mut batch, changes);
    }
    // Leave the file without a log to replay; if it cannot be done, opening replays it.
    if let Err(error) = connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)") {
        tracing::debug!(%error, "the log was not folded into the database at stop");
    }
}

/// Runs one batch in one transaction and answers every closure in it.
fn commit(
    connection: &Connection,
    batch: &mut Vec<Box<dyn Work>>,
    changes: &watch::Sender<Versions>,
) {
    let started = Stopwatch::now();
    metrics::histogram!("kontor_store_batch_size").record(as_f64(batch.len()));
    let mut touched = 0;
    let outcome = run_batch(connection, batch, &mut touched);
    metrics::histogram!("kontor_store_commit_seconds").record(started.elapsed().as_secs_f64());
    if let Err(error) = &outcome {
        tracing::error!(%error, transactions = batch.len(), "a batch of writes was not committed");
        // Outside of a transaction this says so and does nothing: either way none is left open.
        let _ = connection.execute_batch("ROLLBACK");
    } else if touched != 0 {
        changes.send_modify(|versions| versions.raise(touched));
    }
    for work in batch.drain(..) {
        work.answer(outcome.clone());
    }
}

fn run_batch(
    connection: &Connection,
    batch: &mut [Box<dyn Work>],
    touched: &mut u32,
) -> Result<(), StoreError> {
    statement(connection, "BEGIN IMMEDIATE")?;
    for work in batch.iter_mut() {
        statement(connection, "SAVEPOINT closure")?;
        let started = Stopwatch::now();
        let mut tx = Tx::new(connection);
        let decision = catch_unwind(AssertUnwindSafe(|| work.run(&mut tx)));
        let name = work.name();
        metrics::histogram!("kontor_transaction_seconds", "name" => name)
            .record(started.elapsed().as_secs_f64());
        match decision {
            Ok(Decision::Keep) => {
                *touched |= tx.touched();
                statement(connection, "RELEASE closure")?;
            }
            Ok(Decision::RollBack) => {
                metrics::counter!("kontor_transactions_rolled_back_total", "name" => name)
                    .increment(1);
                statement(connection, "ROLLBACK TO closure")?;
                statement(connection, "RELEASE closure")?;
            }
            Ok(Decision::EndBatch(error)) => return Err(error),
            Err(_) => {
                // The closure's own answer channel reports the panic; its changes go.
                tracing::error!(transaction = name, "a transaction panicked and was rolled back");
                statement(connection, "ROLLBACK TO closure")?;
                statement(connection, "RELEASE closure")?;
            }
        }
    }
    statement(connection, "COMMIT")
}

fn statement(connection: &Connection, sql: &'static str) -> Result<(), StoreError> {
    let run = || connection.prepare_cached(sql)?.execute([]).map(drop);
    run().map_err(|error| StoreError::from_sqlite(sql, &error))
}

/// Batch and queue sizes are far below 2^52: the conversion is exact.
#[expect(clippy::cast_precision_loss, reason = "sizes are bounded by WRITE_QUEUE_MAX")]
pub(crate) const fn as_f64(count: usize) -> f64 {
    count as f64
}
