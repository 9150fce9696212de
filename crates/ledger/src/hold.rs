//! Holds: units promised to a checkout until a moment, and what becomes of them.
//!
//! Each function is a pure decision. The caller reads the hold and the balances that matter,
//! asks, and writes the answered transfers *and* the answered hold in the same transaction; on a
//! refusal it writes nothing.
//!
//! **The end is not part of the hold.** A hold is good *before* `expires_at`: a claim at exactly
//! that moment is refused and an expiry at exactly that moment succeeds, so at any instant
//! exactly one of the two can be done, and it does not matter whether the keeper has come by.
//! Only the given `at` is compared with the end; a clock that jumps back can prolong a hold, but
//! it can never give its units to two.

use std::collections::BTreeMap;

use kontor_base::id::{HoldId, TransferId};
use kontor_base::{Instant, Random, limits};

use crate::refusal::{Shortage, StockRefusal};
use crate::stock::{Balances, Cause, Reference, StockKey, StockState, Transfer, units_in_range};
use crate::word::text_form;

/// The most lines of one hold, before lines of the same goods are merged. A cart's line can be
/// taken from several sites and quotas, hence more than a cart has.
pub const HOLD_LINES_MAX: usize = 4 * limits::CART_LINES_MAX;

/// What has become of a hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum HoldState {
    /// The units are promised.
    Active,
    /// An order has taken the units.
    Claimed,
    /// The checkout gave the units up.
    Released,
    /// The end came first.
    Expired,
    /// The order was cancelled; what was not yet dispatched is free again.
    Cancelled,
}

impl HoldState {
    /// Every state.
    pub const ALL: [Self; 5] =
        [Self::Active, Self::Claimed, Self::Released, Self::Expired, Self::Cancelled];

    /// The stored word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Claimed => "claimed",
            Self::Released => "released",
            Self::Expired => "expired",
            Self::Cancelled => "cancelled",
        }
    }

    /// Where `step` leads from here, by [`HOLD_TABLE`]; `None`: nowhere.
    #[must_use]
    pub fn after(self, step: HoldStep) -> Option<Self> {
        HOLD_TABLE.iter().find(|(from, by, _)| *from == self && *by == step).map(|(_, _, to)| *to)
    }
}
text_form!(HoldState, "hold state");

/// What can happen to a hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum HoldStep {
    /// The checkout became an order.
    Claim,
    /// The checkout gave up.
    Release,
    /// The end came.
    Expire,
    /// The order was cancelled.
    Cancel,
}

impl HoldStep {
    /// Every step.
    pub const ALL: [Self; 4] = [Self::Claim, Self::Release, Self::Expire, Self::Cancel];

    /// The word for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Claim => "claim",
            Self::Release => "release",
            Self::Expire => "expire",
            Self::Cancel => "cancel",
        }
    }

    /// The cause of the transfers that this step writes.
    #[must_use]
    pub const fn cause(self) -> Cause {
        match self {
            Self::Claim => Cause::Claimed,
            Self::Release | Self::Expire => Cause::Released,
            Self::Cancel => Cause::Cancelled,
        }
    }
}
text_form!(HoldStep, "step of a hold");

/// The state machine of a hold. What is not in here cannot happen.
pub const HOLD_TABLE: [(HoldState, HoldStep, HoldState); 4] = [
    (HoldState::Active, HoldStep::Claim, HoldState::Claimed),
    (HoldState::Active, HoldStep::Release, HoldState::Released),
    (HoldState::Active, HoldStep::Expire, HoldState::Expired),
    (HoldState::Claimed, HoldStep::Cancel, HoldState::Cancelled),
];

/// Whether a hold has had its one extension.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Extended {
    /// It can still be extended.
    NotYet,
    /// It has been.
    Once,
}

impl Extended {
    /// Both values.
    pub const ALL: [Self; 2] = [Self::NotYet, Self::Once];

    /// The stored word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotYet => "not_yet",
            Self::Once => "once",
        }
    }
}
text_form!(Extended, "extension of a hold");

/// What a checkout wants of one item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WantedLine {
    /// Which goods, from which quota.
    pub key: StockKey,
    /// How many units: 1 to [`limits::UNITS_MAX`].
    pub units: i64,
}

/// What a hold has of one item. A hold has one line per key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HoldLine {
    /// Which goods, from which quota.
    pub key: StockKey,
    /// How many units were promised.
    pub units: i64,
    /// How many of them have been dispatched; above zero only once the hold was claimed.
    pub shipped: i64,
}

impl HoldLine {
    /// How many units are not dispatched.
    #[must_use]
    pub const fn awaiting(&self) -> i64 {
        self.units - self.shipped
    }
}

/// Units promised to a checkout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hold {
    /// Its id.
    pub id: HoldId,
    /// Its lines, in key order, one per key.
    pub lines: Vec<HoldLine>,
    /// When it was placed.
    pub placed_at: Instant,
    /// When it ends: the first moment at which it is no longer good.
    pub expires_at: Instant,
    /// Whether it has had its one extension.
    pub extended: Extended,
    /// What has become of it.
    pub state: HoldState,
}

/// What to write after a decision about a hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HoldPlan {
    /// The transfers to add, in key order.
    pub transfers: Vec<Transfer>,
    /// The hold as it is afterwards.
    pub hold: Hold,
}

/// The request for a hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlaceHold {
    /// The id that the hold gets. A caller that finds a hold with this id answers with it
    /// instead of asking again.
    pub id: HoldId,
    /// What is wanted; several lines may want the same goods.
    pub lines: Vec<WantedLine>,
    /// How long the hold is good, in seconds: 1 to [`limits::TRANSFER_HOLD_S`].
    pub ttl_s: i64,
}

/// The keys whose [`StockState::Available`] balances [`place`] has to be given, in key order,
/// each once. A database-backed caller reads (and locks) them in this order.
#[must_use]
pub fn keys_of(lines: &[WantedLine]) -> Vec<StockKey> {
    let mut keys: Vec<StockKey> = lines.iter().map(|line| line.key.clone()).collect();
    keys.sort();
    keys.dedup();
    keys
}

/// Promises all wanted units, or none of them.
///
/// Lines of the same goods are added up *before* they are compared with what is available: two
/// lines of three units each are six units, and not twice a check for three.
///
/// # Errors
///
/// [`StockRefusal::Insufficient`], naming every key that is short; [`StockRefusal::NoLines`],
/// [`StockRefusal::TooManyLines`], [`StockRefusal::UnitsOutOfRange`] or
/// [`StockRefusal::DurationOutOfRange`].
pub fn place(
    wanted: &PlaceHold,
    balances: &Balances,
    at: Instant,
    random: &Random,
) -> Result<HoldPlan, StockRefusal> {
    check_duration(wanted.ttl_s)?;
    let merged = merge(&wanted.lines)?;
    let short = shortages(&merged, balances);
    if !short.is_empty() {
        return Err(StockRefusal::Insufficient { short });
    }
    let lines =
        merged.into_iter().map(|(key, units)| HoldLine { key, units, shipped: 0 }).collect();
    let hold = Hold {
        id: wanted.id,
        lines,
        placed_at: at,
        expires_at: at.plus_seconds(wanted.ttl_s),
        extended: Extended::NotYet,
        state: HoldState::Active,
    };
    let transfers =
        move_lines(&hold, Cause::Held, StockState::Available, StockState::Held, at, random);
    Ok(HoldPlan { transfers, hold })
}

/// Moves the end of an active hold `by_s` seconds (1 to [`limits::TRANSFER_HOLD_S`]) further,
/// once, counted from its present end. There is nothing to transfer.
///
/// # Errors
///
/// [`StockRefusal::HoldExpired`], [`StockRefusal::HoldSettled`],
/// [`StockRefusal::HoldAlreadyExtended`] or [`StockRefusal::DurationOutOfRange`].
pub fn extend_once(hold: &Hold, at: Instant, by_s: i64) -> Result<Hold, StockRefusal> {
    check_duration(by_s)?;
    check_good(hold, at)?;
    if hold.extended == Extended::Once {
        return Err(StockRefusal::HoldAlreadyExtended);
    }
    let expires_at = hold.expires_at.plus_seconds(by_s);
    Ok(Hold { expires_at, extended: Extended::Once, ..hold.clone() })
}

/// Gives an active hold's units back, whether or not its end has come.
///
/// # Errors
///
/// [`StockRefusal::HoldSettled`].
pub fn release(hold: &Hold, at: Instant, random: &Random) -> Result<HoldPlan, StockRefusal> {
    settle(hold, HoldStep::Release, at, random)
}

/// Gives the units of a hold back whose end has come: `at` is its end or later.
///
/// # Errors
///
/// [`StockRefusal::HoldNotEnded`] or [`StockRefusal::HoldSettled`].
pub fn expire(hold: &Hold, at: Instant, random: &Random) -> Result<HoldPlan, StockRefusal> {
    if hold.state == HoldState::Active && at < hold.expires_at {
        return Err(StockRefusal::HoldNotEnded { ends_at: hold.expires_at });
    }
    settle(hold, HoldStep::Expire, at, random)
}

/// Turns a hold into an order's units: it is active and `at` is *before* its end.
///
/// # Errors
///
/// [`StockRefusal::HoldExpired`] at its end or later, or when it has expired;
/// [`StockRefusal::HoldSettled`] when it was claimed, released or cancelled.
pub fn claim(hold: &Hold, at: Instant, random: &Random) -> Result<HoldPlan, StockRefusal> {
    check_good(hold, at)?;
    settle(hold, HoldStep::Claim, at, random)
}

/// Frees what an order has not yet dispatched.
///
/// # Errors
///
/// [`StockRefusal::HoldNotClaimed`] or, with nothing left, [`StockRefusal::AllShipped`].
pub fn cancel(hold: &Hold, at: Instant, random: &Random) -> Result<HoldPlan, StockRefusal> {
    if hold.state == HoldState::Claimed && hold.lines.iter().all(|line| line.awaiting() == 0) {
        return Err(StockRefusal::AllShipped);
    }
    settle(hold, HoldStep::Cancel, at, random)
}

/// Dispatches units of one line of a claimed hold. A parcel with several lines is several calls,
/// each with its own transfer id: the same id again is the same dispatch.
///
/// # Errors
///
/// [`StockRefusal::HoldNotClaimed`], [`StockRefusal::UnitsOutOfRange`] or
/// [`StockRefusal::MoreThanOrdered`].
pub fn ship(
    hold: &Hold,
    id: TransferId,
    parcel: &WantedLine,
    at: Instant,
) -> Result<HoldPlan, StockRefusal> {
    if hold.state != HoldState::Claimed {
        return Err(StockRefusal::HoldNotClaimed { state: hold.state });
    }
    if !units_in_range(parcel.units) {
        return Err(StockRefusal::UnitsOutOfRange);
    }
    let mut hold = hold.clone();
    let line = hold.lines.iter_mut().find(|line| line.key == parcel.key);
    let awaiting = line.as_ref().map_or(0, |line| line.awaiting());
    let Some(line) = line.filter(|_| parcel.units <= awaiting) else {
        return Err(StockRefusal::MoreThanOrdered { wanted: parcel.units, awaiting });
    };
    line.shipped += parcel.units;
    let transfer = Transfer {
        id,
        at,
        from: parcel.key.account(StockState::Sold),
        to: parcel.key.account(StockState::Shipped),
        units: parcel.units,
        cause: Cause::Shipped,
        reference: reference_to(&hold),
    };
    Ok(HoldPlan { transfers: vec![transfer], hold })
}

/// Takes `step` by the table and moves what the hold still has.
fn settle(
    hold: &Hold,
    step: HoldStep,
    at: Instant,
    random: &Random,
) -> Result<HoldPlan, StockRefusal> {
    let Some(state) = hold.state.after(step) else {
        return Err(match step {
            HoldStep::Cancel => StockRefusal::HoldNotClaimed { state: hold.state },
            _ => StockRefusal::HoldSettled { state: hold.state },
        });
    };
    let (from, to) = match step {
        HoldStep::Claim => (StockState::Held, StockState::Sold),
        HoldStep::Release | HoldStep::Expire => (StockState::Held, StockState::Available),
        HoldStep::Cancel => (StockState::Sold, StockState::Available),
    };
    let transfers = move_lines(hold, step.cause(), from, to, at, random);
    Ok(HoldPlan { transfers, hold: Hold { state, ..hold.clone() } })
}

/// Refuses unless the hold is active and its end has not come.
fn check_good(hold: &Hold, at: Instant) -> Result<(), StockRefusal> {
    match hold.state {
        HoldState::Active if at < hold.expires_at => Ok(()),
        HoldState::Active | HoldState::Expired => {
            Err(StockRefusal::HoldExpired { ended_at: hold.expires_at })
        }
        state => Err(StockRefusal::HoldSettled { state }),
    }
}

fn check_duration(seconds: i64) -> Result<(), StockRefusal> {
    if (1..=limits::TRANSFER_HOLD_S).contains(&seconds) {
        Ok(())
    } else {
        Err(StockRefusal::DurationOutOfRange)
    }
}

/// Adds up the lines of each key, in key order.
fn merge(lines: &[WantedLine]) -> Result<BTreeMap<StockKey, i64>, StockRefusal> {
    if lines.is_empty() {
        return Err(StockRefusal::NoLines);
    }
    if lines.len() > HOLD_LINES_MAX {
        return Err(StockRefusal::TooManyLines);
    }
    let mut merged = BTreeMap::new();
    for line in lines {
        if !units_in_range(line.units) {
            return Err(StockRefusal::UnitsOutOfRange);
        }
        // At most HOLD_LINES_MAX × UNITS_MAX: far below the largest i64.
        *merged.entry(line.key.clone()).or_insert(0) += line.units;
    }
    if merged.values().all(|&units| units_in_range(units)) {
        Ok(merged)
    } else {
        Err(StockRefusal::UnitsOutOfRange)
    }
}

fn shortages(merged: &BTreeMap<StockKey, i64>, balances: &Balances) -> Vec<Shortage> {
    merged
        .iter()
        .filter_map(|(key, &wanted)| {
            let available = balances.of(&key.account(StockState::Available));
            (available < wanted).then(|| Shortage { key: key.clone(), wanted, available })
        })
        .collect()
}

/// One transfer for each line that still awaits dispatch.
fn move_lines(
    hold: &Hold,
    cause: Cause,
    from: StockState,
    to: StockState,
    at: Instant,
    random: &Random,
) -> Vec<Transfer> {
    let awaiting = hold.lines.iter().filter(|line| line.awaiting() > 0);
    awaiting
        .map(|line| Transfer {
            id: TransferId::new(at, random),
            at,
            from: line.key.account(from),
            to: line.key.account(to),
            units: line.awaiting(),
            cause,
            reference: reference_to(hold),
        })
        .collect()
}

fn reference_to(hold: &Hold) -> Reference {
    Reference::parse(&hold.id.to_string()).expect("a hold's id is one short line of ASCII")
}

#[cfg(test)]
mod tests;
