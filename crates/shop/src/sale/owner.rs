//! The owner of one lot: one thread that takes what waits, decides it in memory, writes the batch
//! in one transaction, and only then answers.
//!
//! - Requests wait in a bounded queue; a full one turns new requests away at once.
//! - The transaction goes through [`Db::write`], so that all lots and every other write that waits
//!   share one commit and one sync of the disk.
//! - A batch that wants nothing written (losers, repetitions) is answered without the disk.
//! - The owner has a lease with a fence in the database, checked in every batch's transaction. One
//!   that finds another fence forgets everything it knows: what it had staged was never written.
//! - After any fault whose outcome is not certain it does the same and reads its lot anew.

use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU32, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use kontor_base::{Clock, Instant};
use kontor_ledger::sale::{Command, Lot, LotRules, LotSeen, Outcome, Refusal, Staged, Standing};
use kontor_store::sale::batch::{self, Beside, Written};
use kontor_store::sale::lot::{self as lots, KeptLot, LotNumber};
use kontor_store::{AsFault, Db, StoreError};
use tokio::runtime::Handle;
use tokio::sync::oneshot;

use super::over::Over;
use super::sieve::Sieve;

/// The most requests that wait for one owner.
pub(super) const QUEUE_MAX: usize = 65_536;
/// The most commands of one batch.
const BATCH_MAX: usize = 4_096;
/// How long a lease is good without a batch, in seconds.
const LEASE_S: i64 = 6;
/// How often an owner without work looks at ends of holds and at its lease.
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// How long an owner that cannot have its lot waits before it tries again.
const TRY_AGAIN: Duration = Duration::from_millis(250);
/// How long a lot of another node's share is left to that node before it is taken here: longer than a
/// restart takes, and than a lease is good without its owner.
const OTHERS_FIRST: Duration = Duration::from_secs(12);
/// How many claims are read at a time when an owner starts.
const PAGE: i64 = 20_000;

/// Why an owner did not do what was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OwnerRefusal {
    /// The lot's own answer.
    Refused(Refusal),
    /// The queue is full, or the store's is.
    Overloaded,
    /// The lot is not owned here, or what became of the batch is not known: ask again.
    Elsewhere,
}

/// What an owner answers.
pub type Answer = Result<Outcome, OwnerRefusal>;

struct Asked {
    command: Command,
    reply: Reply,
}

/// Who is told the answer, and what is counted as asked for until they are.
struct Reply {
    to: oneshot::Sender<Answer>,
    over: Option<Over>,
}

impl Reply {
    /// Tells the answer, after it was made known how the lot stands with it.
    fn tell(self, answer: Answer) {
        drop(self.over);
        // Whoever asked may have gone; what was decided stays.
        let _ = self.to.send(answer);
    }
}

#[derive(Default)]
struct Queue {
    asked: Vec<Asked>,
    stopping: bool,
}

/// The handle to one lot's owner.
pub struct LotOwner {
    lot: LotNumber,
    queue: Mutex<Queue>,
    wake: Condvar,
    /// Whether a new request can get a unit. When not, only repetitions need the owner.
    open: AtomicBool,
    owned: AtomicBool,
    /// The number of the lease under which the lot was read last.
    fence: AtomicI64,
    /// How often units were asked for in vain since the lot had none.
    in_vain: AtomicU32,
    standing: Mutex<Standing>,
    sieve: Sieve,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl std::fmt::Debug for LotOwner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LotOwner").field("lot", &self.lot).finish_non_exhaustive()
    }
}

/// What an owner's thread works with.
pub(super) struct Surroundings {
    pub(super) db: Db,
    pub(super) clock: Clock,
    pub(super) runtime: Handle,
    /// The name of this node in leases.
    pub(super) node: String,
    /// Whether the lot is of this node's own share.
    pub(super) comes_first: bool,
    /// The units of all lots of the market.
    pub(super) market_units: u64,
    pub(super) rules: LotRules,
}

impl LotOwner {
    /// Starts the owner of a lot.
    ///
    /// # Errors
    ///
    /// When the system has no thread to give.
    pub(super) fn start(lot: &KeptLot, around: Surroundings) -> std::io::Result<Arc<Self>> {
        let owner = Arc::new(Self {
            lot: lot.lot,
            queue: Mutex::default(),
            wake: Condvar::new(),
            open: AtomicBool::new(false),
            owned: AtomicBool::new(false),
            fence: AtomicI64::new(0),
            in_vain: AtomicU32::new(0),
            standing: Mutex::default(),
            sieve: Sieve::new(lot.head.quota as usize),
            thread: Mutex::default(),
        });
        let own = Arc::clone(&owner);
        let thread = std::thread::Builder::new()
            .name(format!("kontor-lot-{}", lot.lot))
            .spawn(move || own.run(&around))?;
        *lock(&owner.thread) = Some(thread);
        Ok(owner)
    }

    /// The number of its lot.
    #[must_use]
    pub const fn lot(&self) -> LotNumber {
        self.lot
    }

    /// How the lot stood after the last batch.
    #[must_use]
    pub fn standing(&self) -> Standing {
        *lock(&self.standing)
    }

    /// Whether the lot is owned by this process and has been read.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.owned.load(Ordering::Acquire)
    }

    /// The number of the lease under which the lot is owned here; none while it is not. Another one is
    /// another beginning: what was decided before it stands in the database.
    pub(super) fn fence(&self) -> Option<i64> {
        self.is_ready().then(|| self.fence.load(Ordering::Acquire))
    }

    /// Whether a new request of this person can be turned away without asking: nothing is free, and
    /// the person has won nothing that a repetition would have to be told.
    #[must_use]
    pub fn is_hopeless(&self, person: &[u8; 16]) -> bool {
        self.is_ready() && !self.open.load(Ordering::Acquire) && !self.sieve.may_have(person)
    }

    /// Whether a person may have a claim or a place here; no is certain.
    #[must_use]
    pub fn may_have(&self, person: &[u8; 16]) -> bool {
        self.sieve.may_have(person)
    }

    /// Notes that somebody has asked for units in vain: other lots of the way may have some.
    pub(super) fn note_in_vain(&self) {
        self.in_vain.fetch_add(1, Ordering::Relaxed);
    }

    /// How the lot stands for the others.
    pub(super) fn seen(&self) -> LotSeen {
        let standing = self.standing();
        let Standing { quota, taken, .. } = standing;
        LotSeen { lot: self.lot, quota, taken, wanted: self.wanted(&standing) }
    }

    /// Units that people have asked for in vain.
    fn wanted(&self, standing: &Standing) -> u32 {
        if standing.is_open() {
            self.in_vain.store(0, Ordering::Relaxed);
            return 0;
        }
        self.in_vain.load(Ordering::Relaxed).saturating_add(standing.waiting)
    }

    /// Asks the owner; the answer comes after what it decided is on disk.
    ///
    /// # Errors
    ///
    /// [`OwnerRefusal`].
    pub async fn ask(&self, command: Command) -> Answer {
        self.ask_over(command, None).await
    }

    /// Asks the owner for what is over: it stays counted as asked for until the owner has told how the lot
    /// stands with the answer.
    ///
    /// # Errors
    ///
    /// [`OwnerRefusal`].
    pub(super) async fn ask_over(&self, command: Command, over: Option<Over>) -> Answer {
        let (to, answer) = oneshot::channel();
        let reply = Reply { to, over };
        {
            let mut queue = lock(&self.queue);
            if queue.stopping {
                return Err(OwnerRefusal::Elsewhere);
            }
            if queue.asked.len() >= QUEUE_MAX {
                return Err(OwnerRefusal::Overloaded);
            }
            queue.asked.push(Asked { command, reply });
            // Only the first one in an empty queue has to wake the owner.
            if queue.asked.len() == 1 {
                self.wake.notify_one();
            }
        }
        answer.await.unwrap_or(Err(OwnerRefusal::Elsewhere))
    }

    /// Whether the owner was told to finish: it takes nothing any more.
    pub(super) fn is_stopped(&self) -> bool {
        lock(&self.queue).stopping
    }

    /// Lets the owner finish its batch and waits until it has.
    pub(super) fn stop(&self) {
        lock(&self.queue).stopping = true;
        self.wake.notify_one();
        let thread = lock(&self.thread).take();
        if let Some(thread) = thread
            && thread.join().is_err()
        {
            tracing::error!(lot = self.lot, "the owner of a lot had died");
        }
    }

    fn run(&self, around: &Surroundings) {
        let began = std::time::Instant::now();
        while !lock(&self.queue).stopping {
            if !around.comes_first && began.elapsed() < OTHERS_FIRST {
                self.turn_away();
                continue;
            }
            match self.acquire(around) {
                Ok(Some(lot)) => {
                    self.publish(&lot);
                    self.fence.store(lot.head().fence, Ordering::Release);
                    self.owned.store(true, Ordering::Release);
                    self.serve(lot, around);
                    self.forget();
                }
                Ok(None) => {
                    // Another node has it: how it stood here says nothing any more.
                    *lock(&self.standing) = Standing::default();
                    self.turn_away();
                }
                Err(StoreError::Closed) => break,
                Err(fault) => {
                    tracing::error!(lot = self.lot, %fault, "a lot could not be read; trying again");
                    self.turn_away();
                }
            }
        }
        for asked in lock(&self.queue).asked.drain(..) {
            asked.reply.tell(Err(OwnerRefusal::Elsewhere));
        }
    }

    /// Nobody can be served here for a moment.
    fn turn_away(&self) {
        let mut queue = lock(&self.queue);
        for asked in queue.asked.drain(..) {
            asked.reply.tell(Err(OwnerRefusal::Elsewhere));
        }
        if !queue.stopping {
            drop(self.wake.wait_timeout(queue, TRY_AGAIN));
        }
    }

    /// Takes the lease and reads the lot; none while another node has it.
    fn acquire(&self, around: &Surroundings) -> Result<Option<Lot>, StoreError> {
        let (number, now, node) = (self.lot, around.clock.now(), around.node.clone());
        let until = now.plus_seconds(LEASE_S);
        let leased = around.runtime.block_on(around.db.write("sale.lease", move |tx| {
            if lots::take_lease(tx, number, &node, now, until)?.is_none() {
                return Ok(None);
            }
            lots::get(tx, number)
        }))?;
        let Some(kept) = leased else { return Ok(None) };
        // Whoever had the lot before can write nothing any more: what is read now stays true.
        let started = std::time::Instant::now();
        let lot = around.db.read_now("sale.rebuild", |tx| {
            let mut lot = Lot::new(around.rules, kept.head);
            let mut last = 0;
            loop {
                let page = batch::claims_after(tx, number, last, PAGE)?;
                let Some((end, _)) = page.last() else { break };
                last = *end;
                for (_, claim) in page {
                    self.sieve.add(&claim.person);
                    lot.load_claim(claim);
                }
            }
            let mut last = 0;
            loop {
                let page = batch::waiting_after(tx, number, last, PAGE)?;
                let Some((end, _)) = page.last() else { break };
                last = *end;
                for (_, waiting) in page {
                    self.sieve.add(&waiting.person);
                    lot.load_waiting(waiting);
                }
            }
            Ok::<_, StoreError>(lot)
        })?;
        let Standing { quota, taken, claims, .. } = lot.standing();
        assert!(taken <= quota, "lot {number} has {taken} units taken of {quota}");
        tracing::info!(
            lot = number,
            fence = kept.head.fence,
            claims,
            taken,
            quota,
            elapsed_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
            "a lot is owned here"
        );
        Ok(Some(lot))
    }

    /// Serves batch after batch until it is stopped or the lease is lost.
    fn serve(&self, mut lot: Lot, around: &Surroundings) {
        let mut leased_until = around.clock.now().plus_seconds(LEASE_S);
        let mut told = 0;
        loop {
            let (asked, stopping) = self.take(around, &lot);
            let now = around.clock.now();
            let lease_ends_soon = leased_until.seconds_since(now) < LEASE_S / 2;
            let ends_due = lot.next_end().is_some_and(|end| end <= now);
            let wanted = self.wanted(&lot.standing());
            // That somebody is here in vain is told at once; how many they are, with the next batch.
            let is_news = (wanted > 0) != (told > 0);
            if !asked.is_empty() || ends_due || lease_ends_soon || is_news {
                let until = now.plus_seconds(LEASE_S);
                let beside =
                    Beside { lease_until: until, wanted, market_units: around.market_units };
                let must = lease_ends_soon || is_news;
                match self.batch(&mut lot, asked, now, beside, must, around) {
                    Kept::Written => (leased_until, told) = (until, wanted),
                    Kept::NothingToWrite => {}
                    Kept::Unknown => return,
                }
            }
            if stopping {
                return;
            }
        }
    }

    /// Waits for work and takes all of it, at most one batch.
    fn take(&self, around: &Surroundings, lot: &Lot) -> (Vec<Asked>, bool) {
        let mut queue = lock(&self.queue);
        if queue.asked.is_empty() && !queue.stopping {
            let due = lot.next_end().is_some_and(|end| end <= around.clock.now());
            if !due {
                let waited = self.wake.wait_timeout(queue, LOOK_EVERY);
                queue = waited.unwrap_or_else(PoisonError::into_inner).0;
            }
        }
        let stopping = queue.stopping;
        let asked = if queue.asked.len() <= BATCH_MAX {
            // The next ones find room for as many again without asking for memory one by one.
            let room = Vec::with_capacity(queue.asked.len().max(64));
            std::mem::replace(&mut queue.asked, room)
        } else {
            queue.asked.drain(..BATCH_MAX).collect()
        };
        (asked, stopping)
    }

    fn batch(
        &self,
        lot: &mut Lot,
        asked: Vec<Asked>,
        now: Instant,
        beside: Beside,
        must: bool,
        around: &Surroundings,
    ) -> Kept {
        // What has ended is free before anybody new is looked at. Expiry is never refused.
        let _ = lot.apply(&Command::Expire, now);
        let mut answers = Vec::with_capacity(asked.len());
        for Asked { command, reply } in asked {
            let answer = lot.apply(&command, now).map_err(OwnerRefusal::Refused);
            answers.push((reply, answer));
        }
        let staged = lot.staged();
        if staged.is_empty() && !must {
            self.publish(lot);
            tell_all(answers, around);
            return Kept::NothingToWrite;
        }
        for claim in &staged.claims {
            self.sieve.add(&claim.person);
        }
        for waiting in &staged.waiting {
            self.sieve.add(&waiting.person);
        }
        metrics::histogram!("kontor_sale_batch_size").record(size(staged.claims.len()));
        match self.write(staged, beside, around) {
            Ok(()) => {
                lot.confirm();
                self.publish(lot);
                tell_all(answers, around);
                Kept::Written
            }
            Err(BatchError::Store(StoreError::Overloaded)) => {
                // It never got into the store's queue: this is certain.
                lot.roll_back();
                self.publish(lot);
                tell(answers.into_iter().map(|(r, _)| (r, Err(OwnerRefusal::Overloaded))));
                Kept::NothingToWrite
            }
            Err(BatchError::TooMany) => {
                // Nothing was kept, for certain. The next look sees what the other lot has taken.
                tracing::info!(lot = self.lot, "another lot was faster to take spare units");
                lot.roll_back();
                self.publish(lot);
                tell(answers.into_iter().map(|(r, _)| (r, Err(OwnerRefusal::Elsewhere))));
                Kept::NothingToWrite
            }
            Err(BatchError::Fenced) => {
                self.forget();
                tracing::warn!(lot = self.lot, "another node has taken the lot");
                tell(answers.into_iter().map(|(r, _)| (r, Err(OwnerRefusal::Elsewhere))));
                Kept::Unknown
            }
            Err(BatchError::Store(fault)) => {
                self.forget();
                tracing::error!(lot = self.lot, %fault, "a batch of claims was not confirmed");
                tell(answers.into_iter().map(|(r, _)| (r, Err(OwnerRefusal::Elsewhere))));
                Kept::Unknown
            }
        }
    }

    fn write(
        &self,
        staged: Staged,
        beside: Beside,
        around: &Surroundings,
    ) -> Result<(), BatchError> {
        let number = self.lot;
        around.runtime.block_on(around.db.write("sale.batch", move |tx| {
            match batch::write(tx, number, &staged, &beside)? {
                Written::Yes => Ok(()),
                Written::Fenced => Err(BatchError::Fenced),
                Written::TooMany => Err(BatchError::TooMany),
            }
        }))
    }

    /// How the lot stands is not known here any more.
    fn forget(&self) {
        self.owned.store(false, Ordering::Release);
        self.open.store(false, Ordering::Release);
    }

    fn publish(&self, lot: &Lot) {
        let standing = lot.standing();
        *lock(&self.standing) = standing;
        self.open.store(standing.is_open(), Ordering::Release);
    }
}

/// What became of a batch.
enum Kept {
    Written,
    NothingToWrite,
    /// Nobody here knows the lot any more: it is read anew, if the lease can be had.
    Unknown,
}

#[derive(Clone, Debug)]
enum BatchError {
    Store(StoreError),
    Fenced,
    TooMany,
}

impl From<StoreError> for BatchError {
    fn from(fault: StoreError) -> Self {
        Self::Store(fault)
    }
}

impl AsFault for BatchError {
    fn as_fault(&self) -> Option<&StoreError> {
        match self {
            Self::Store(fault) => Some(fault),
            Self::Fenced | Self::TooMany => None,
        }
    }
}

/// Tells a batch from a task of the runtime: the requests that it wakes are then put into a
/// worker's own queue, where telling from here would wake a worker by a system call for each.
fn tell_all(answers: Vec<(Reply, Answer)>, around: &Surroundings) {
    around.runtime.spawn(async move { tell(answers) });
}

fn tell(answers: impl IntoIterator<Item = (Reply, Answer)>) {
    for (reply, answer) in answers {
        reply.tell(answer);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[expect(clippy::cast_precision_loss, reason = "batches are bounded by BATCH_MAX")]
const fn size(count: usize) -> f64 {
    count as f64
}
