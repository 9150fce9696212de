//! A batch on PostgreSQL: one SERIALIZABLE transaction, one commit.
//!
//! - It is run *ahead* first: what closures write is sent and not waited for. Where the server refuses
//!   any of it, or a closure that has written must be taken back, all of it is run again *carefully*,
//!   with a savepoint for each closure that writes. See [`Pace`].
//! - A conflict with another node (40001, 40P01) takes the whole batch back and runs it again, at
//!   most [`ATTEMPTS_MAX`] times. From the third time on it locks out the batches of other nodes,
//!   so that it gets through: the lock is taken before the transaction's snapshot.
//! - A connection lost before COMMIT was sent has committed nothing: the batch is run again on a
//!   new one. A connection lost during COMMIT is looked after by [`super::marker`].
//! - A closure that broke a careful run before it had a savepoint, or broke it alone, is left out of
//!   the next run and answered with what it gave.

use std::time::{Duration, Instant as Stopwatch};

use super::error::Failure;
use super::marker;
use super::session::{Role, Savepoints, Session};
use super::url::PostgresUrl;
use crate::kernel::error::StoreError;
use crate::kernel::place::BeforeCommit;
use crate::kernel::sql::Tx;
use crate::kernel::writer::{Batches, Decision, Outcome, Ran, Work, run_one};

/// How often a batch is run before it is given up.
const ATTEMPTS_MAX: u32 = 8;
/// The first run that has other nodes wait.
const ALONE_FROM: u32 = 3;
/// How often a batch is run again because its connection was lost.
const LOSSES_MAX: u32 = 3;
/// How long a commit whose answer was lost is asked about.
const RESOLVE_WAIT_MAX: Duration = Duration::from_secs(15);
/// How long between two tries to reach the server meanwhile.
const RECONNECT_EVERY: Duration = Duration::from_millis(100);

const BEGIN: &str = "BEGIN ISOLATION LEVEL SERIALIZABLE READ WRITE";
/// LOCK takes no snapshot: what is read afterwards is what the batches before have left.
const BEGIN_TOGETHER: &str =
    "BEGIN ISOLATION LEVEL SERIALIZABLE READ WRITE; LOCK TABLE store_writer IN ROW EXCLUSIVE MODE";
const BEGIN_ALONE: &str = "BEGIN ISOLATION LEVEL SERIALIZABLE READ WRITE; \
     LOCK TABLE store_writer IN SHARE ROW EXCLUSIVE MODE";

/// What the writer's thread works with.
pub(crate) struct Writing {
    url: PostgresUrl,
    /// Where other nodes hear what has changed.
    channel: String,
    current: Option<Current>,
    /// Tells the listener which notices are this process's own.
    own_pid: super::listen::OwnPid,
    before_commit: Option<BeforeCommit>,
}

/// The session that writes.
struct Current {
    session: Session,
    name: String,
    pid: i32,
    /// The number of the last batch that was tried.
    batch: i64,
    /// Whether the server has LOCK TABLE: some that speak PostgreSQL's protocol do not.
    lockable: bool,
}

/// What goes with every run of a batch.
struct Around {
    channel: String,
    before_commit: Option<BeforeCommit>,
}

/// What has been decided about a closure apart from the batch.
enum Apart {
    /// Its own answer stands; it wrote nothing, and is not run again.
    Settled,
    /// It is answered with this.
    Failed(StoreError),
}

/// How a batch is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Pace {
    /// As if nothing went wrong: no savepoints, and nobody waits for what was written before the next
    /// question, whoever asks it, or the commit. Most batches end with this.
    Ahead,
    /// One by one: a savepoint for each closure that writes, and its writes are answered before the
    /// next one runs. This says which closure it was that broke the batch.
    Careful,
}

/// Why a run did not end with a commit.
enum Ended {
    /// Again, carefully, and without the closures that are settled apart.
    Broken,
    Conflict,
    Lost,
    /// The connection went while the commit with this number was under way.
    LostInCommit(i64),
    Fault(StoreError),
}

impl From<Failure> for Ended {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Conflict => Self::Conflict,
            Failure::Lost => Self::Lost,
            Failure::Fault(fault) => Self::Fault(fault),
        }
    }
}

impl Writing {
    /// Opens the session that writes.
    pub(crate) fn open(
        url: &PostgresUrl,
        channel: String,
        own_pid: super::listen::OwnPid,
        before_commit: Option<BeforeCommit>,
    ) -> Result<Self, StoreError> {
        let mut writing = Self { url: url.clone(), channel, current: None, own_pid, before_commit };
        let settings = writing.connect()?;
        if settings == "off" {
            tracing::warn!(
                "the PostgreSQL server runs with fsync = off: a power cut loses answered writes"
            );
        }
        Ok(writing)
    }

    /// Opens a new session; gives the server's setting of `fsync`.
    fn connect(&mut self) -> Result<String, StoreError> {
        let mut session = Session::connect(&self.url, Role::Write)?;
        let name = marker::enter(&mut session)?;
        let pid = session.value("SELECT pg_backend_pid()", &[])?;
        let sql = "SELECT coalesce(current_setting('fsync', true), 'on')";
        let fsync = session.value(sql, &[])?;
        let lockable = session.control(BEGIN_TOGETHER).is_ok();
        session.roll_back().map_err(Failure::into_error)?;
        self.own_pid.set(pid);
        self.current = Some(Current { session, name, pid, batch: 0, lockable });
        Ok(fsync)
    }

    fn ready(&mut self) -> Result<&mut Current, StoreError> {
        self.current.take_if(|current| current.session.is_closed());
        if self.current.is_none() {
            self.connect()?;
            metrics::counter!("kontor_store_reconnects_total").increment(1);
            tracing::info!(server = self.url.server(), "connected to the database again");
        }
        self.current.as_mut().ok_or(StoreError::Lost)
    }

    /// Whether the commit number `batch` of a lost session happened; `None` when no server could
    /// be asked in time.
    fn resolve(&mut self, lost: &str, batch: i64) -> Option<bool> {
        let started = Stopwatch::now();
        loop {
            if self.ready().is_ok()
                && let Some(current) = &mut self.current
            {
                match marker::fence(&mut current.session, lost) {
                    Ok(last) => return Some(last == batch),
                    Err(error) => {
                        tracing::warn!(%error, "a commit could not be asked about yet");
                        self.current = None;
                    }
                }
            }
            if started.elapsed() >= RESOLVE_WAIT_MAX {
                return None;
            }
            std::thread::sleep(RECONNECT_EVERY);
        }
    }
}

impl Batches for Writing {
    /// One sync for as many as may wait; not more, so that a conflict with another node does not throw
    /// too much away. (Where a batch has to be run carefully, more than 64 savepoints slow the server's
    /// other snapshots down for as long as it takes.)
    const BATCH_MAX: usize = 240;

    fn run(&mut self, batch: &mut [Box<dyn Work>]) -> Outcome {
        let mut apart: Vec<Option<Apart>> = batch.iter().map(|_| None).collect();
        let (mut attempt, mut losses, mut touched) = (1, 0, 0);
        let mut pace = Pace::Ahead;
        let commit = loop {
            let around =
                Around { channel: self.channel.clone(), before_commit: self.before_commit.clone() };
            let current = match self.ready() {
                Ok(current) => current,
                Err(fault) => break Err(fault),
            };
            let ended = match current.run(batch, &mut apart, (attempt, pace), &around) {
                Ok(all) => {
                    touched = all;
                    break Ok(());
                }
                Err(ended) => ended,
            };
            match ended {
                Ended::Broken => {
                    current.roll_back();
                    if pace == Pace::Ahead {
                        metrics::counter!("kontor_store_careful_runs_total").increment(1);
                    }
                    pace = Pace::Careful;
                }
                Ended::Conflict => {
                    current.roll_back();
                    metrics::counter!("kontor_store_conflicts_total").increment(1);
                    if attempt == ATTEMPTS_MAX {
                        break Err(StoreError::Conflict);
                    }
                    std::thread::sleep(pause(current.pid, attempt, current.lockable));
                    attempt += 1;
                }
                Ended::Fault(fault) => {
                    current.roll_back();
                    break Err(fault);
                }
                Ended::Lost => {
                    self.current = None;
                    losses += 1;
                    tracing::warn!(losses, "the connection was lost before a commit");
                    if losses > LOSSES_MAX {
                        break Err(StoreError::Lost);
                    }
                }
                Ended::LostInCommit(number) => {
                    let lost = current.name.clone();
                    self.current = None;
                    losses += 1;
                    let happened = self.resolve(&lost, number);
                    tracing::warn!(?happened, "the connection was lost during a commit");
                    match happened {
                        // What it touched is told as at any commit.
                        Some(true) => {
                            touched = u32::MAX;
                            break Ok(());
                        }
                        Some(false) if losses <= LOSSES_MAX => {}
                        Some(false) => break Err(StoreError::Lost),
                        None => break Err(StoreError::OutcomeUnknown),
                    }
                }
            }
        };
        let failed = apart.into_iter().enumerate().filter_map(|(at, apart)| match apart {
            Some(Apart::Failed(fault)) => Some((at, fault)),
            _ => None,
        });
        Outcome { commit, touched, failed: failed.collect() }
    }

    fn close(mut self) {
        if let Some(Current { session, name, .. }) = &mut self.current {
            // Best effort: what is left goes after a month.
            let _ = marker::leave(session, name);
        }
    }
}

/// Two nodes that hit each other must not wait equally long.
fn pause(pid: i32, attempt: u32, lockable: bool) -> Duration {
    let odd = u64::from(pid.unsigned_abs() % 7) + 1;
    let steps = if lockable { u64::from(attempt) } else { 1 << attempt.min(6) };
    Duration::from_micros(odd * steps * 300)
}

impl Current {
    fn roll_back(&mut self) {
        // A session that cannot is closed, which ends its transaction too.
        if self.session.roll_back().is_err() {
            tracing::debug!("a transaction could not be rolled back; its session goes");
        }
    }

    /// Runs every closure that is not settled and commits; gives the topics that were touched.
    fn run(
        &mut self,
        batch: &mut [Box<dyn Work>],
        apart: &mut [Option<Apart>],
        (attempt, pace): (u32, Pace),
        around: &Around,
    ) -> Result<u32, Ended> {
        let open = apart.iter().filter(|apart| apart.is_none()).count();
        if open == 0 {
            return Ok(0);
        }
        let begin = match (self.lockable, attempt) {
            (false, _) => BEGIN,
            (true, ..ALONE_FROM) => BEGIN_TOGETHER,
            (true, _) => BEGIN_ALONE,
        };
        let savepoints = match pace {
            Pace::Careful if open > 1 => Savepoints::Each,
            _ => Savepoints::None,
        };
        self.session.begin(begin, savepoints);
        let (mut touched, mut wrote) = (0, false);
        for (work, apart) in batch.iter_mut().zip(apart.iter_mut()) {
            if apart.is_some() {
                continue;
            }
            let waits = self.session.waits();
            let mut tx = Tx::on_postgres(&mut self.session);
            let ran = run_one(work.as_mut(), &mut tx);
            let own = tx.touched();
            let keeps = matches!(ran, Ran::Decided(Decision::Keep));
            if self.session.has_written() && (pace == Pace::Careful || !keeps) {
                // Whose failure it is must be known: before the next one, or before it is taken back.
                let _ = self.session.settle();
            }
            metrics::counter!("kontor_store_round_trips_total", "name" => work.name())
                .increment(self.session.waits() - waits);
            let failure = self.session.take_failure();
            match (failure, ran) {
                (Some(Failure::Lost), _) => return Err(Ended::Lost),
                (Some(Failure::Conflict), _) => return Err(Ended::Conflict),
                (_, Ran::Decided(Decision::EndBatch(fault))) => return Err(Ended::Fault(fault)),
                (Some(Failure::Fault(_)), _) if pace == Pace::Ahead => return Err(Ended::Broken),
                (None, Ran::Decided(Decision::Keep)) => {
                    wrote |= self.session.keep();
                    touched |= own;
                }
                // There is no savepoint to fall back to, and it is not alone.
                _ if pace == Pace::Ahead && open > 1 && self.session.has_written() => {
                    return Err(Ended::Broken);
                }
                (failure, ran) => {
                    // A closure that went on after a failed statement has decided on nothing.
                    let failed = failure.is_some();
                    let own = match (failure, ran) {
                        (Some(failure), Ran::Decided(Decision::Keep)) => {
                            Apart::Failed(failure.into_error())
                        }
                        _ => Apart::Settled,
                    };
                    let goes_on = self.session.take_back(failed);
                    if !goes_on || matches!(own, Apart::Failed(_)) {
                        *apart = Some(own);
                    }
                    if !goes_on {
                        return Err(Ended::Broken);
                    }
                }
            }
        }
        if let Some(before_commit) = &around.before_commit {
            before_commit.run();
        }
        match self.commit(wrote, touched, &around.channel) {
            Ok(()) => Ok(touched),
            // It may be a closure's, sent long ago. Nothing of it is on disk.
            Err(Ended::Fault(fault)) if pace == Pace::Ahead && !fault.ends_batch() => {
                Err(Ended::Broken)
            }
            Err(ended) => Err(ended),
        }
    }

    /// One message: what is still on its way, the number of the batch, what other nodes should hear,
    /// the commit. Where something before it has failed, the server refuses the number and does not
    /// get as far as the commit.
    fn commit(&mut self, wrote: bool, touched: u32, channel: &str) -> Result<(), Ended> {
        let mut words = String::new();
        if wrote {
            self.batch += 1;
            words.push_str(&marker::raise(&self.name, self.batch));
        }
        if touched != 0 {
            words.push_str(&format!("NOTIFY {channel}, '{touched}'; "));
        }
        words.push_str("COMMIT");
        match self.session.end(words) {
            Ok(()) => Ok(()),
            Err(Failure::Lost) if wrote => Err(Ended::LostInCommit(self.batch)),
            Err(failure) => Err(failure.into()),
        }
    }
}
