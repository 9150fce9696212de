//! A store in memory: this crate's decisions on top of a [`Book`], the way a real store uses them.

use std::collections::{BTreeMap, BTreeSet};

use kontor_base::id::{HoldId, TransferId};
use kontor_base::{Instant, Random};

use crate::audit::{AuditReport, audit};
use crate::book::{Book, BookRefusal};
use crate::hold::{self, Hold, HoldPlan, HoldState, PlaceHold};
use crate::refusal::StockRefusal;
use crate::simulator::command::{
    Answer, Command, Crash, GoodsMove, HOLD_UNKNOWN, Request, Subject,
};
use crate::stock::{Balances, StockKey, StockState, Transfer};
use crate::warehouse::{self, Movement};

/// A store in memory.
#[derive(Clone, Debug)]
pub struct MemoryStore {
    book: Book,
    holds: BTreeMap<HoldId, Hold>,
    /// Movements that were carried out, as a real store keeps the keys of requests.
    carried_out: BTreeSet<TransferId>,
    random: Random,
    pub(super) rules: Rules,
}

type SettleRule = fn(&Hold, Instant, &Random) -> Result<HoldPlan, StockRefusal>;

/// The decisions in use. They can be exchanged so that a test can put a broken one in and see
/// that the simulator notices.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rules {
    pub(super) place: fn(&PlaceHold, &Balances, Instant, &Random) -> Result<HoldPlan, StockRefusal>,
    pub(super) extend: fn(&Hold, Instant, i64) -> Result<Hold, StockRefusal>,
    pub(super) release: SettleRule,
    pub(super) expire: SettleRule,
    pub(super) claim: SettleRule,
    pub(super) cancel: SettleRule,
    pub(super) apply: fn(&mut Book, &[Transfer]) -> Result<(), BookRefusal>,
    pub(super) repetitions: Repetitions,
}

/// What becomes of a request that was carried out before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Repetitions {
    /// It is known again and has no second effect.
    Known,
    /// It is taken for a new one: only for the test that the simulator finds it out.
    #[cfg(test)]
    Forgotten,
}

/// What a decision wants written.
#[derive(Default)]
struct Plan {
    transfers: Vec<Transfer>,
    hold: Option<Hold>,
    movement: Option<TransferId>,
}

impl From<HoldPlan> for Plan {
    fn from(plan: HoldPlan) -> Self {
        Self { transfers: plan.transfers, hold: Some(plan.hold), movement: None }
    }
}

impl MemoryStore {
    /// An empty store. The seed makes the ids of its transfers.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let rules = Rules {
            place: hold::place,
            extend: hold::extend_once,
            release: hold::release,
            expire: hold::expire,
            claim: hold::claim,
            cancel: hold::cancel,
            apply: Book::apply,
            repetitions: Repetitions::Known,
        };
        Self {
            book: Book::new(),
            holds: BTreeMap::new(),
            carried_out: BTreeSet::new(),
            random: Random::seeded(!seed),
            rules,
        }
    }

    fn decide(&self, command: &Command) -> Result<Plan, &'static str> {
        let at = command.at;
        let settle = |id: &HoldId, done: HoldState, rule: SettleRule| {
            let hold = self.holds.get(id).ok_or(HOLD_UNKNOWN)?;
            if hold.state == done {
                return Ok(Plan::default());
            }
            rule(hold, at, &self.random).map(Plan::from).map_err(|refusal| refusal.code())
        };
        match &command.request {
            Request::Place(wanted) if self.holds.contains_key(&wanted.id) => Ok(Plan::default()),
            Request::Place(wanted) => {
                (self.rules.place)(wanted, self.book.balances(), at, &self.random)
                    .map(Plan::from)
                    .map_err(|refusal| refusal.code())
            }
            Request::Extend(id, by_s) => {
                let hold = self.holds.get(id).ok_or(HOLD_UNKNOWN)?;
                let hold = (self.rules.extend)(hold, at, *by_s).map_err(|r| r.code())?;
                Ok(Plan { hold: Some(hold), ..Plan::default() })
            }
            Request::Release(id) => settle(id, HoldState::Released, self.rules.release),
            Request::Expire(id) => settle(id, HoldState::Expired, self.rules.expire),
            Request::Claim(id) => settle(id, HoldState::Claimed, self.rules.claim),
            Request::Cancel(id) => settle(id, HoldState::Cancelled, self.rules.cancel),
            Request::Ship(_, id, _) if self.is_known(*id) => Ok(Plan::default()),
            Request::Ship(hold, id, parcel) => {
                let hold = self.holds.get(hold).ok_or(HOLD_UNKNOWN)?;
                let plan = hold::ship(hold, *id, parcel, at).map_err(|refusal| refusal.code())?;
                Ok(Plan { movement: Some(*id), ..Plan::from(plan) })
            }
            Request::Move(_, movement) if self.is_known(movement.id) => Ok(Plan::default()),
            Request::Move(what, movement) => {
                let transfers = self.decide_move(what, movement.clone()).map_err(|r| r.code())?;
                let movement = Some(movement.id);
                Ok(Plan { transfers: transfers.into_iter().collect(), hold: None, movement })
            }
        }
    }

    fn decide_move(
        &self,
        what: &GoodsMove,
        movement: Movement,
    ) -> Result<Option<Transfer>, StockRefusal> {
        let balances = self.book.balances();
        match what {
            GoodsMove::Receive => warehouse::receive(movement).map(Some),
            GoodsMove::TakeBack => warehouse::take_back(movement, balances).map(Some),
            GoodsMove::Restock => warehouse::restock(movement, balances).map(Some),
            GoodsMove::WriteOff(from) => warehouse::write_off(movement, *from, balances).map(Some),
            GoodsMove::MoveQuota(to) => {
                warehouse::move_quota(movement, to.clone(), balances).map(Some)
            }
            GoodsMove::Count => warehouse::adjust_count(movement, balances),
        }
    }

    fn is_known(&self, movement: TransferId) -> bool {
        self.rules.repetitions == Repetitions::Known && self.carried_out.contains(&movement)
    }

    fn write(&mut self, plan: Plan) -> Result<(), BookRefusal> {
        (self.rules.apply)(&mut self.book, &plan.transfers)?;
        if let Some(hold) = plan.hold {
            self.holds.insert(hold.id, hold);
        }
        self.carried_out.extend(plan.movement);
        Ok(())
    }
}

impl Subject for MemoryStore {
    fn carry_out(&mut self, command: &Command, crash: Crash) -> Answer {
        let plan = match self.decide(command) {
            Ok(plan) => plan,
            Err(code) => return Answer::Refused(code.to_owned()),
        };
        if crash == Crash::BeforeWrite {
            return Answer::Lost;
        }
        match self.write(plan) {
            Ok(()) if crash == Crash::AfterWrite => Answer::Lost,
            Ok(()) => Answer::Done,
            Err(refusal) => Answer::Refused(refusal.code().to_owned()),
        }
    }

    fn balances(&mut self, keys: &[StockKey]) -> Balances {
        let accounts =
            keys.iter().flat_map(|key| StockState::ALL.into_iter().map(|state| key.account(state)));
        accounts
            .map(|account| {
                let units = self.book.balances().of(&account);
                (account, units)
            })
            .collect()
    }

    fn audit(&mut self) -> AuditReport {
        audit(self.book.entries(), self.book.balances().iter(), self.holds.values())
    }
}
