//! What a store should answer and have, in plain counters: one array of seven numbers per key.
//!
//! The model shares no code with the decisions it judges; it says the same rules in another way.

use std::collections::{BTreeMap, BTreeSet};

use kontor_base::id::{HoldId, TransferId};
use kontor_base::{Instant, limits};

use crate::hold::{HOLD_LINES_MAX, HoldState, PlaceHold, WantedLine};
use crate::simulator::command::{Command, GoodsMove, HOLD_UNKNOWN, Request};
use crate::stock::{Balances, StockAccount, StockKey, StockState};
use crate::warehouse::{Movement, WriteOffFrom};

/// A refusal's code.
type Code = &'static str;

/// Units by state, in the order of [`StockState::ALL`].
type Levels = [i64; StockState::ALL.len()];

/// What a store should have.
pub(super) struct Model {
    keys: Vec<StockKey>,
    /// The accounts of each key, made once because they are looked up after every step.
    accounts: Vec<[StockAccount; StockState::ALL.len()]>,
    levels: Vec<Levels>,
    holds: BTreeMap<HoldId, ModelHold>,
    carried_out: BTreeSet<TransferId>,
}

struct ModelHold {
    /// Units and dispatched units, by the index of the key.
    lines: BTreeMap<usize, (i64, i64)>,
    expires_at: Instant,
    was_extended: bool,
    state: HoldState,
}

impl Model {
    pub(super) fn new(keys: &[StockKey]) -> Self {
        Self {
            keys: keys.to_vec(),
            accounts: keys
                .iter()
                .map(|key| StockState::ALL.map(|state| key.account(state)))
                .collect(),
            levels: vec![Levels::default(); keys.len()],
            holds: BTreeMap::new(),
            carried_out: BTreeSet::new(),
        }
    }

    /// The right answer to `command`; an accepted command changes the model.
    pub(super) fn carry_out(&mut self, command: &Command) -> Result<(), Code> {
        let at = command.at;
        match &command.request {
            Request::Place(wanted) => self.place(wanted, at),
            Request::Extend(id, by_s) => self.extend(*id, *by_s, at),
            Request::Release(id) => self.settle(*id, HoldState::Released, at),
            Request::Expire(id) => self.settle(*id, HoldState::Expired, at),
            Request::Claim(id) => self.settle(*id, HoldState::Claimed, at),
            Request::Cancel(id) => self.settle(*id, HoldState::Cancelled, at),
            Request::Ship(hold, id, parcel) => self.ship(*hold, *id, parcel),
            Request::Move(what, movement) => self.move_goods(what, movement),
        }
    }

    /// A hold in `state`, and its end; the `pick`th of them, counted round.
    pub(super) fn some_hold_in(&self, state: HoldState, pick: u64) -> Option<(HoldId, Instant)> {
        let holds = self.holds.iter().filter(|(_, hold)| hold.state == state);
        let ends: Vec<_> = holds.map(|(id, hold)| (*id, hold.expires_at)).collect();
        pick_of(&ends, pick)
    }

    /// A key that has units in `state`; the `pick`th of them, counted round.
    pub(super) fn some_key_with(&self, state: StockState, pick: u64) -> Option<StockKey> {
        let rows = self.keys.iter().zip(&self.levels);
        let keys: Vec<_> = rows.filter(|(_, row)| row[state as usize] > 0).collect();
        pick_of(&keys, pick).map(|(key, _)| key.clone())
    }

    /// A key of which `hold` has a line; the `pick`th of them, counted round.
    pub(super) fn some_key_of(&self, hold: HoldId, pick: u64) -> Option<StockKey> {
        let lines: Vec<usize> = self.holds.get(&hold)?.lines.keys().copied().collect();
        pick_of(&lines, pick).map(|index| self.keys[index].clone())
    }

    /// Says what is wrong with `balances`, if anything is.
    pub(super) fn compare(&self, balances: &Balances) -> Result<(), String> {
        let mut kept = Vec::with_capacity(self.keys.len());
        for (accounts, levels) in self.accounts.iter().zip(&self.levels) {
            let row = accounts.each_ref().map(|account| balances.of(account));
            for ((account, &units), &expected) in accounts.iter().zip(&row).zip(levels) {
                if units < 0 && !account.state.may_be_negative() {
                    return Err(format!("{account} has {units} units"));
                }
                if units != expected {
                    return Err(format!("{account} has {units} units and should have {expected}"));
                }
            }
            kept.push(row);
        }
        self.check_nothing_is_oversold(&kept)?;
        self.check_holds(&kept)
    }

    /// Per item, over all quotas: what is promised or gone is never more than what came in.
    fn check_nothing_is_oversold(&self, kept: &[Levels]) -> Result<(), String> {
        for item in self.keys.iter().map(|key| &key.item).collect::<BTreeSet<_>>() {
            let rows = || self.keys.iter().zip(kept).filter(|(key, _)| key.item == *item);
            let of = |state| rows().map(|(_, row)| row[state as usize]).sum::<i64>();
            let given = of(StockState::Held) + of(StockState::Sold) + of(StockState::Shipped);
            // Receipts and counts both pass the supplier's account.
            let had = -of(StockState::Supplier) - of(StockState::WrittenOff);
            if given > had {
                return Err(format!("{item} is oversold: {given} given of {had}"));
            }
        }
        Ok(())
    }

    /// Per key: held is what active holds have, sold is what claimed holds await.
    fn check_holds(&self, kept: &[Levels]) -> Result<(), String> {
        let mut promised = vec![(0, 0); self.keys.len()];
        for hold in self.holds.values() {
            for (&index, (units, shipped)) in &hold.lines {
                match hold.state {
                    HoldState::Active => promised[index].0 += units,
                    HoldState::Claimed => promised[index].1 += units - shipped,
                    _ => {}
                }
            }
        }
        for ((key, row), promised) in self.keys.iter().zip(kept).zip(promised) {
            let kept = (row[StockState::Held as usize], row[StockState::Sold as usize]);
            if kept != promised {
                return Err(format!("{key}: held and sold are {kept:?}, promised {promised:?}"));
            }
        }
        Ok(())
    }

    fn index(&self, key: &StockKey) -> usize {
        self.keys.iter().position(|k| k == key).expect("the generator uses only the run's keys")
    }

    fn shift(&mut self, index: usize, from: StockState, to: StockState, units: i64) {
        self.levels[index][from as usize] -= units;
        self.levels[index][to as usize] += units;
    }

    fn place(&mut self, wanted: &PlaceHold, at: Instant) -> Result<(), Code> {
        if self.holds.contains_key(&wanted.id) {
            return Ok(());
        }
        if wanted.lines.is_empty() {
            return Err("stock.no_lines");
        }
        if wanted.lines.len() > HOLD_LINES_MAX {
            return Err("stock.too_many_lines");
        }
        let mut lines: BTreeMap<usize, (i64, i64)> = BTreeMap::new();
        for line in &wanted.lines {
            check_units(line.units)?;
            lines.entry(self.index(&line.key)).or_default().0 += line.units;
        }
        let short = |(index, (units, _)): (&usize, &(i64, i64))| {
            self.levels[*index][StockState::Available as usize] < *units
        };
        if lines.iter().any(short) {
            return Err("stock.insufficient");
        }
        for (&index, &(units, _)) in &lines {
            self.shift(index, StockState::Available, StockState::Held, units);
        }
        let expires_at = at.plus_seconds(wanted.ttl_s);
        let hold = ModelHold { lines, expires_at, was_extended: false, state: HoldState::Active };
        self.holds.insert(wanted.id, hold);
        Ok(())
    }

    fn extend(&mut self, id: HoldId, by_s: i64, at: Instant) -> Result<(), Code> {
        let hold = self.holds.get_mut(&id).ok_or(HOLD_UNKNOWN)?;
        check_good(hold, at)?;
        if hold.was_extended {
            return Err("stock.hold_already_extended");
        }
        hold.was_extended = true;
        hold.expires_at = hold.expires_at.plus_seconds(by_s);
        Ok(())
    }

    fn settle(&mut self, id: HoldId, goal: HoldState, at: Instant) -> Result<(), Code> {
        let hold = self.holds.get_mut(&id).ok_or(HOLD_UNKNOWN)?;
        if hold.state == goal {
            return Ok(());
        }
        let all_shipped = hold.lines.values().all(|(units, shipped)| units == shipped);
        let (from, to) = match (hold.state, goal) {
            (HoldState::Active, HoldState::Expired) if at < hold.expires_at => {
                return Err("stock.hold_not_ended");
            }
            (_, HoldState::Claimed) => {
                check_good(hold, at)?;
                (StockState::Held, StockState::Sold)
            }
            (HoldState::Active, HoldState::Released | HoldState::Expired) => {
                (StockState::Held, StockState::Available)
            }
            (HoldState::Claimed, HoldState::Cancelled) if all_shipped => {
                return Err("stock.all_shipped");
            }
            (HoldState::Claimed, HoldState::Cancelled) => (StockState::Sold, StockState::Available),
            (_, HoldState::Cancelled) => return Err("stock.hold_not_claimed"),
            _ => return Err("stock.hold_settled"),
        };
        hold.state = goal;
        let lines = hold.lines.clone();
        for (index, (units, shipped)) in lines {
            self.shift(index, from, to, units - shipped);
        }
        Ok(())
    }

    fn ship(&mut self, hold: HoldId, id: TransferId, parcel: &WantedLine) -> Result<(), Code> {
        if self.carried_out.contains(&id) {
            return Ok(());
        }
        let index = self.index(&parcel.key);
        let hold = self.holds.get_mut(&hold).ok_or(HOLD_UNKNOWN)?;
        if hold.state != HoldState::Claimed {
            return Err("stock.hold_not_claimed");
        }
        check_units(parcel.units)?;
        match hold.lines.get_mut(&index) {
            Some((units, shipped)) if *shipped + parcel.units <= *units => {
                *shipped += parcel.units;
            }
            _ => return Err("stock.more_than_ordered"),
        }
        self.shift(index, StockState::Sold, StockState::Shipped, parcel.units);
        self.carried_out.insert(id);
        Ok(())
    }

    fn move_goods(&mut self, what: &GoodsMove, movement: &Movement) -> Result<(), Code> {
        if self.carried_out.contains(&movement.id) {
            return Ok(());
        }
        let index = self.index(&movement.key);
        match what {
            GoodsMove::Count => self.count(index, movement.units)?,
            GoodsMove::MoveQuota(to) if *to == movement.key.market => {
                return Err("stock.not_another_quota");
            }
            GoodsMove::MoveQuota(to) => {
                self.check_enough(index, StockState::Available, movement.units)?;
                let to = self.index(&StockKey { market: to.clone(), ..movement.key.clone() });
                self.levels[index][StockState::Available as usize] -= movement.units;
                self.levels[to][StockState::Available as usize] += movement.units;
            }
            _ => {
                let (from, to) = match what {
                    GoodsMove::TakeBack => (StockState::Shipped, StockState::Returned),
                    GoodsMove::Restock => (StockState::Returned, StockState::Available),
                    GoodsMove::WriteOff(WriteOffFrom::Available) => {
                        (StockState::Available, StockState::WrittenOff)
                    }
                    GoodsMove::WriteOff(WriteOffFrom::Returned) => {
                        (StockState::Returned, StockState::WrittenOff)
                    }
                    _ => (StockState::Supplier, StockState::Available),
                };
                self.check_enough(index, from, movement.units)?;
                self.shift(index, from, to, movement.units);
            }
        }
        self.carried_out.insert(movement.id);
        Ok(())
    }

    fn count(&mut self, index: usize, counted: i64) -> Result<(), Code> {
        if counted < 0 {
            return Err("stock.units_out_of_range");
        }
        let levels = &mut self.levels[index];
        let promised = levels[StockState::Held as usize] + levels[StockState::Sold as usize];
        if counted < promised {
            return Err("stock.count_below_promised");
        }
        let before = levels[StockState::Available as usize];
        levels[StockState::Available as usize] = counted - promised;
        levels[StockState::Supplier as usize] -= counted - promised - before;
        Ok(())
    }

    fn check_enough(&self, index: usize, from: StockState, units: i64) -> Result<(), Code> {
        check_units(units)?;
        if from != StockState::Supplier && self.levels[index][from as usize] < units {
            return Err("stock.insufficient");
        }
        Ok(())
    }
}

/// The `pick`th of `choices`, counted round.
fn pick_of<T: Clone>(choices: &[T], pick: u64) -> Option<T> {
    let length = u64::try_from(choices.len()).ok()?;
    let index = usize::try_from(pick.checked_rem(length)?).ok()?;
    choices.get(index).cloned()
}

fn check_units(units: i64) -> Result<(), Code> {
    if !(1..=limits::UNITS_MAX).contains(&units) {
        return Err("stock.units_out_of_range");
    }
    Ok(())
}

fn check_good(hold: &ModelHold, at: Instant) -> Result<(), Code> {
    let is_over = at >= hold.expires_at;
    match hold.state {
        HoldState::Active if !is_over => Ok(()),
        HoldState::Active | HoldState::Expired => Err("stock.hold_expired"),
        _ => Err("stock.hold_settled"),
    }
}
