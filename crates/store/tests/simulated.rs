//! The ledger's simulator on the real database: random requests, repeated ones, crashes before and
//! after the commit, a clock that jumps, checked against its model after every step.
//!
//! `KONTOR_SEED=17 cargo test -p kontor-store --test simulated` replays one seed.

use kontor_base::id::{HoldId, TransferId};
use kontor_base::{Instant, Random};
use kontor_ledger::hold::{self, PlaceHold};
use kontor_ledger::simulator::{
    Answer, Command, Crash, GoodsMove, HOLD_UNKNOWN, Request, Subject, run_on,
};
use kontor_ledger::{
    AuditReport, Balances, Hold, HoldPlan, HoldState, Movement, StockKey, StockRefusal, StockState,
    Transfer, audit, warehouse,
};
use kontor_scratch::Scratch;
use kontor_store::idempotency::Seen;
use kontor_store::{AsFault, Db, StoreError, Tx, idempotency, stock};
use tokio::runtime::Runtime;

/// How many seeds the test tries, and how many steps of each.
const SEEDS: u64 = 12;
/// Fewer on a server, where every step takes its way there.
const SEEDS_ON_A_SERVER: u64 = 2;
const STEPS: u64 = 250;
/// More than any run writes.
const ALL: i64 = 1_000_000;

/// The database of one run. A crash throws the process's view of it away and opens the file again.
struct Stored {
    scratch: Scratch,
    runtime: Runtime,
    db: Db,
    random: Random,
}

impl Stored {
    fn new(seed: u64, scratch: Scratch) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        let db = scratch.open();
        Self { scratch, runtime, db, random: Random::seeded(!seed) }
    }

    fn open_again(&mut self) {
        self.runtime.block_on(self.db.close());
        self.db = self.scratch.open();
    }

    fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> T {
        self.db.read_now("test.read", work).expect("read")
    }
}

/// Why a transaction was rolled back.
enum Undone {
    Refused(&'static str),
    /// The process died before the commit.
    Died,
    Fault(StoreError),
}

impl From<StoreError> for Undone {
    fn from(fault: StoreError) -> Self {
        Self::Fault(fault)
    }
}

impl AsFault for Undone {
    fn as_fault(&self) -> Option<&StoreError> {
        match self {
            Self::Fault(fault) => Some(fault),
            Self::Refused(_) | Self::Died => None,
        }
    }
}

fn refuse(refusal: StockRefusal) -> Undone {
    Undone::Refused(refusal.code())
}

impl Subject for Stored {
    fn carry_out(&mut self, command: &Command, crash: Crash) -> Answer {
        let (own, random) = (command.clone(), self.random.clone());
        let write = self.db.write("test.step", move |tx| {
            carry_out(tx, &own, &random)?;
            if crash == Crash::BeforeWrite { Err(Undone::Died) } else { Ok(()) }
        });
        let outcome = self.runtime.block_on(write);
        match (outcome, crash) {
            (Err(Undone::Refused(code)), _) => Answer::Refused(code.to_owned()),
            (Err(Undone::Fault(fault)), _) => panic!("{fault}"),
            (Ok(()), Crash::AfterWrite) | (Err(Undone::Died), _) => {
                self.open_again();
                Answer::Lost
            }
            (Ok(()), _) => Answer::Done,
        }
    }

    fn balances(&mut self, keys: &[StockKey]) -> Balances {
        let keys = keys.to_vec();
        self.read(move |tx| {
            let mut all = Balances::new();
            for state in StockState::ALL {
                for (account, units) in stock::balances(tx, &keys, state)?.iter() {
                    all.set(account.clone(), units);
                }
            }
            Ok(all)
        })
    }

    fn audit(&mut self) -> AuditReport {
        self.read(|tx| {
            let transfers = stock::transfers_after(tx, None, ALL)?;
            let holds = stock::holds_after(tx, None, ALL)?;
            Ok(audit(transfers, stock::all_balances(tx)?, holds))
        })
    }
}

/// Reads what the decision needs, decides, writes what it decided.
fn carry_out(tx: &mut Tx<'_>, command: &Command, random: &Random) -> Result<(), Undone> {
    let at = command.at;
    match &command.request {
        Request::Place(wanted) => place(tx, wanted, at, random),
        Request::Extend(id, by_s) => {
            let hold = known(tx, *id)?;
            let hold = hold::extend_once(&hold, at, *by_s).map_err(refuse)?;
            Ok(stock::save_hold(tx, &hold)?)
        }
        Request::Release(id) => settle(tx, *id, HoldState::Released, at, random, hold::release),
        Request::Expire(id) => settle(tx, *id, HoldState::Expired, at, random, hold::expire),
        Request::Claim(id) => settle(tx, *id, HoldState::Claimed, at, random, hold::claim),
        Request::Cancel(id) => settle(tx, *id, HoldState::Cancelled, at, random, hold::cancel),
        Request::Ship(hold, id, parcel) => once(tx, *id, at, |tx| {
            let hold = known(tx, *hold)?;
            write(tx, &hold::ship(&hold, *id, parcel, at).map_err(refuse)?)
        }),
        Request::Move(what, movement) => once(tx, movement.id, at, |tx| {
            let transfer = decide_move(tx, what, movement.clone())?;
            Ok(stock::post(tx, &transfer.into_iter().collect::<Vec<Transfer>>())?)
        }),
    }
}

fn place(tx: &mut Tx<'_>, wanted: &PlaceHold, at: Instant, random: &Random) -> Result<(), Undone> {
    if stock::hold(tx, wanted.id)?.is_some() {
        return Ok(());
    }
    let keys: Vec<StockKey> = wanted.lines.iter().map(|line| line.key.clone()).collect();
    let balances = stock::balances(tx, &keys, StockState::Available)?;
    write(tx, &hold::place(wanted, &balances, at, random).map_err(refuse)?)
}

fn settle(
    tx: &mut Tx<'_>,
    id: HoldId,
    done: HoldState,
    at: Instant,
    random: &Random,
    rule: fn(&Hold, Instant, &Random) -> Result<HoldPlan, StockRefusal>,
) -> Result<(), Undone> {
    let hold = known(tx, id)?;
    if hold.state == done {
        return Ok(());
    }
    write(tx, &rule(&hold, at, random).map_err(refuse)?)
}

fn known(tx: &mut Tx<'_>, id: HoldId) -> Result<Hold, Undone> {
    stock::hold(tx, id)?.ok_or(Undone::Refused(HOLD_UNKNOWN))
}

fn write(tx: &mut Tx<'_>, plan: &HoldPlan) -> Result<(), Undone> {
    stock::post(tx, &plan.transfers)?;
    Ok(stock::save_hold(tx, &plan.hold)?)
}

/// A movement is known again by the key that was kept with its effect.
fn once(
    tx: &mut Tx<'_>,
    id: TransferId,
    at: Instant,
    work: impl FnOnce(&mut Tx<'_>) -> Result<(), Undone>,
) -> Result<(), Undone> {
    if idempotency::look(tx, id.bytes(), &[0; 16])? != Seen::Never {
        return Ok(());
    }
    work(tx)?;
    Ok(idempotency::remember(tx, id.bytes(), &[0; 16], "done", at)?)
}

fn decide_move(
    tx: &mut Tx<'_>,
    what: &GoodsMove,
    movement: Movement,
) -> Result<Option<Transfer>, Undone> {
    let mut balances = Balances::new();
    for state in StockState::ALL {
        for (account, units) in
            stock::balances(tx, std::slice::from_ref(&movement.key), state)?.iter()
        {
            balances.set(account.clone(), units);
        }
    }
    let decided = match what {
        GoodsMove::Receive => warehouse::receive(movement).map(Some),
        GoodsMove::TakeBack => warehouse::take_back(movement, &balances).map(Some),
        GoodsMove::Restock => warehouse::restock(movement, &balances).map(Some),
        GoodsMove::WriteOff(from) => warehouse::write_off(movement, *from, &balances).map(Some),
        GoodsMove::MoveQuota(to) => {
            warehouse::move_quota(movement, to.clone(), &balances).map(Some)
        }
        GoodsMove::Count => warehouse::adjust_count(movement, &balances),
    };
    decided.map_err(refuse)
}

fn the_books_are_kept(open: impl Fn() -> Scratch, seeds: u64) {
    let replayed = std::env::var("KONTOR_SEED").ok().and_then(|seed| seed.parse::<u64>().ok());
    let seeds = replayed.map_or(0..seeds, |seed| seed..seed + 1);
    for seed in seeds {
        let summary = run_on(seed, STEPS, &mut Stored::new(seed, open()))
            .unwrap_or_else(|failure| panic!("{failure}; KONTOR_SEED={seed} replays it"));
        assert_eq!(summary.steps, STEPS);
        assert!(summary.lost > 0 && summary.repeated > 0, "{summary:?}");
    }
}

#[test]
fn the_embedded_database_keeps_the_books_that_the_ledger_decides() {
    the_books_are_kept(Scratch::sqlite, SEEDS);
}

#[test]
fn postgresql_keeps_the_books_that_the_ledger_decides() {
    if Scratch::postgres().is_some() {
        the_books_are_kept(|| Scratch::postgres().expect("it was there"), SEEDS_ON_A_SERVER);
    }
}
