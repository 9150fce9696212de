//! The writer: one thread that gives group commit to every write of the process.
//!
//! It takes the closures that wait and hands them to the back end, which runs each in a savepoint
//! of its own inside one transaction and commits once; only then all of them are answered. A
//! closure that fails is rolled back alone. An error that ends the outer transaction (disk full,
//! connection lost) fails every closure of the batch: none of them is acknowledged, because none
//! of them is on disk.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;
use std::time::Instant as Stopwatch;

use kontor_base::limits::WRITE_QUEUE_MAX;
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
    /// Answers with what the closure gave, or with the fault that kept it from being on disk.
    fn answer(self: Box<Self>, commit: Result<(), StoreError>);
    /// Answers with a fault, whatever the closure gave.
    fn fail(self: Box<Self>, fault: StoreError);
}

/// How a batch went.
pub(crate) struct Outcome {
    /// Whether it is on disk.
    pub(crate) commit: Result<(), StoreError>,
    /// The topics that it touched.
    pub(crate) touched: u32,
    /// Closures whose own result does not count, by their place in the batch.
    pub(crate) failed: Vec<(usize, StoreError)>,
}

/// What carries batches out.
pub(crate) trait Batches: Send + 'static {
    /// The most closures of one batch.
    const BATCH_MAX: usize;

    /// Runs one batch in one transaction and leaves none open.
    fn run(&mut self, batch: &mut [Box<dyn Work>]) -> Outcome;

    /// The last thing before the thread ends.
    fn close(self);
}

/// How a closure ended.
pub(crate) enum Ran {
    Decided(Decision),
    Panicked,
}

/// Runs one closure, measured; a panic is caught.
pub(crate) fn run_one(work: &mut dyn Work, tx: &mut Tx<'_>) -> Ran {
    let started = Stopwatch::now();
    let decision = catch_unwind(AssertUnwindSafe(|| work.run(tx)));
    let name = work.name();
    metrics::histogram!("kontor_transaction_seconds", "name" => name)
        .record(started.elapsed().as_secs_f64());
    match decision {
        Ok(decision) => {
            if matches!(decision, Decision::RollBack) {
                metrics::counter!("kontor_transactions_rolled_back_total", "name" => name)
                    .increment(1);
            }
            Ran::Decided(decision)
        }
        Err(_) => {
            // The closure's own answer channel reports the panic; its changes go.
            tracing::error!(transaction = name, "a transaction panicked and was rolled back");
            Ran::Panicked
        }
    }
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
    /// Starts the thread on what carries its batches out.
    pub(crate) fn start(
        batches: impl Batches,
        changes: Arc<watch::Sender<Versions>>,
    ) -> Result<(Self, JoinHandle<()>), StoreError> {
        let (queue, inbox) = sync_channel(WRITE_QUEUE_MAX);
        let thread = std::thread::Builder::new()
            .name("kontor-writer".to_owned())
            .spawn(move || serve(batches, &inbox, &changes))
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

fn serve<B: Batches>(mut batches: B, inbox: &Receiver<Message>, changes: &watch::Sender<Versions>) {
    let mut batch: Vec<Box<dyn Work>> = Vec::with_capacity(B::BATCH_MAX);
    let mut stopping = false;
    while !stopping {
        match inbox.recv() {
            Ok(Message::Work(work)) => batch.push(work),
            Ok(Message::Stop) | Err(_) => break,
        }
        while batch.len() < B::BATCH_MAX {
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
        commit(&mut batches, &mut batch, changes);
    }
    batches.close();
}

/// Runs one batch in one transaction and answers every closure in it.
fn commit(
    batches: &mut impl Batches,
    batch: &mut Vec<Box<dyn Work>>,
    changes: &watch::Sender<Versions>,
) {
    let started = Stopwatch::now();
    metrics::histogram!("kontor_store_batch_size").record(as_f64(batch.len()));
    let mut outcome = batches.run(batch);
    metrics::histogram!("kontor_store_commit_seconds").record(started.elapsed().as_secs_f64());
    if let Err(error) = &outcome.commit {
        tracing::error!(%error, transactions = batch.len(), "a batch of writes was not committed");
    } else if outcome.touched != 0 {
        changes.send_modify(|versions| versions.raise(outcome.touched));
    }
    for (place, work) in batch.drain(..).enumerate() {
        match outcome.failed.iter().position(|(at, _)| *at == place) {
            Some(found) => work.fail(outcome.failed.swap_remove(found).1),
            None => work.answer(outcome.commit.clone()),
        }
    }
}

/// Batch and queue sizes are far below 2^52: the conversion is exact.
#[expect(clippy::cast_precision_loss, reason = "sizes are bounded by WRITE_QUEUE_MAX")]
pub(crate) const fn as_f64(count: usize) -> f64 {
    count as f64
}
