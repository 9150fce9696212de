//! Proves a stock ledger from its entries: what the balances should be, what the holds promise,
//! and everything that does not agree.
//!
//! The [`Auditor`] takes rows one at a time, so that a caller can stream them from a database and
//! stop at its own errors; [`audit`] is the same for rows that are at hand. It reads and reports,
//! and never repairs.

use std::borrow::Borrow;
use std::collections::BTreeMap;

use kontor_base::id::{HoldId, TransferId};
use serde::Serialize;

use crate::hold::{Hold, HoldState};
use crate::stock::{
    Cause, StockAccount, StockKey, StockState, Transfer, TransferFlaw, units_in_range,
};

/// The most findings that a report lists; the rest are counted.
pub const FINDINGS_MAX: usize = 1_000;

/// Something that does not agree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(tag = "finding", rename_all = "snake_case")]
pub enum Finding {
    /// A kept balance is not the sum of its entries.
    #[error("account {account} is kept as {kept}, but its entries add up to {computed}")]
    BalanceDiffers {
        /// The account.
        account: StockAccount,
        /// The kept balance, in units; none kept counts as zero.
        kept: i64,
        /// The sum of the entries, in units.
        computed: i64,
    },
    /// A kept balance or the sum of the entries is below zero, and is not the supplier's.
    #[error("account {account} has {units} units")]
    NegativeBalance {
        /// The account.
        account: StockAccount,
        /// The lower of the kept balance and the sum of the entries.
        units: i64,
    },
    /// An entry's id is not above the one before: it is there twice, or was read out of order.
    #[error("entry {id} is repeated or out of order")]
    EntryOutOfOrder {
        /// The entry.
        id: TransferId,
    },
    /// An entry has the same account on both sides.
    #[error("entry {id} has the same account on both sides")]
    EntrySameAccount {
        /// The entry.
        id: TransferId,
    },
    /// An entry moves no units, or a negative or too large number.
    #[error("entry {id} moves {units} units")]
    EntryUnits {
        /// The entry.
        id: TransferId,
        /// Its units.
        units: i64,
    },
    /// An entry's cause does not move units between its states.
    #[error("entry {id} moves units from {from} to {to} as {cause}")]
    CauseNotAllowed {
        /// The entry.
        id: TransferId,
        /// Its cause.
        cause: Cause,
        /// The state it takes from.
        from: StockState,
        /// The state it gives to.
        to: StockState,
    },
    /// An entry turns one item into another, or carries it to another site or market.
    #[error("entry {id} turns {from} into {to}")]
    GoodsChange {
        /// The entry.
        id: TransferId,
        /// The goods it takes.
        from: StockKey,
        /// The goods it gives.
        to: StockKey,
    },
    /// The held units are not what active holds promise.
    #[error("{held} units of {key} are held, but active holds promise {promised}")]
    HeldDiffers {
        /// Which goods.
        key: StockKey,
        /// Units held, by the entries.
        held: i64,
        /// Units promised by active holds.
        promised: i64,
    },
    /// The sold units are not what claimed holds await.
    #[error("{sold} units of {key} are sold, but orders await {awaiting}")]
    SoldDiffers {
        /// Which goods.
        key: StockKey,
        /// Units sold, by the entries.
        sold: i64,
        /// Units that claimed holds have not dispatched.
        awaiting: i64,
    },
    /// A hold that no decision could have made: lines missing, out of order, twice for the same
    /// goods, with impossible units, or with units dispatched that were never claimed.
    #[error("hold {id} could not have come about")]
    HoldImpossible {
        /// The hold.
        id: HoldId,
    },
}

impl Finding {
    /// The stable code, such as `audit.balance_differs`.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::BalanceDiffers { .. } => "audit.balance_differs",
            Self::NegativeBalance { .. } => "audit.negative_balance",
            Self::EntryOutOfOrder { .. } => "audit.entry_out_of_order",
            Self::EntrySameAccount { .. } => "audit.entry_same_account",
            Self::EntryUnits { .. } => "audit.entry_units",
            Self::CauseNotAllowed { .. } => "audit.cause_not_allowed",
            Self::GoodsChange { .. } => "audit.goods_change",
            Self::HeldDiffers { .. } => "audit.held_differs",
            Self::SoldDiffers { .. } => "audit.sold_differs",
            Self::HoldImpossible { .. } => "audit.hold_impossible",
        }
    }
}

/// What an audit of the stock ledger found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct AuditReport {
    /// How many entries were read.
    pub entries: u64,
    /// How many units they moved in all.
    pub units_moved: i64,
    /// How many accounts appear in entries or kept balances.
    pub accounts: u64,
    /// How many holds were read.
    pub holds: u64,
    /// How many of them are active.
    pub holds_active: u64,
    /// What does not agree; at most [`FINDINGS_MAX`].
    pub findings: Vec<Finding>,
    /// How many findings more there were.
    pub findings_left_out: u64,
}

impl AuditReport {
    /// Whether everything agrees.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.findings.is_empty() && self.findings_left_out == 0
    }

    fn found(&mut self, finding: Finding) {
        if self.findings.len() < FINDINGS_MAX {
            self.findings.push(finding);
        } else {
            self.findings_left_out += 1;
        }
    }
}

/// Audits rows that are at hand: entries **in the order of their ids**, kept balances and holds in
/// any order. Settled holds may be missing as long as nothing of them awaits dispatch.
#[must_use]
pub fn audit<T: Borrow<Transfer>, A: Borrow<StockAccount>, H: Borrow<Hold>>(
    entries: impl IntoIterator<Item = T>,
    balances: impl IntoIterator<Item = (A, i64)>,
    holds: impl IntoIterator<Item = H>,
) -> AuditReport {
    let mut auditor = Auditor::new();
    for entry in entries {
        auditor.entry(entry.borrow());
    }
    for (account, units) in balances {
        auditor.balance(account.borrow(), units);
    }
    for hold in holds {
        auditor.hold(hold.borrow());
    }
    auditor.finish()
}

/// Takes the rows of a stock ledger and reports what does not agree. Needs memory for accounts,
/// not for entries.
#[derive(Clone, Debug, Default)]
pub struct Auditor {
    report: AuditReport,
    last_entry: Option<TransferId>,
    accounts: BTreeMap<StockAccount, Sums>,
    promises: BTreeMap<StockKey, Promises>,
}

/// What one account should have and is kept as, in units. Wide, so that no row can overflow it.
#[derive(Clone, Copy, Debug, Default)]
struct Sums {
    computed: i128,
    kept: i128,
}

/// What holds say of one key, in units.
#[derive(Clone, Copy, Debug, Default)]
struct Promises {
    held: i128,
    awaiting: i128,
}

impl Auditor {
    /// An auditor that has seen nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes one entry. Entries come in the order of their ids.
    pub fn entry(&mut self, entry: &Transfer) {
        if self.last_entry.is_some_and(|last| last >= entry.id) {
            self.report.found(Finding::EntryOutOfOrder { id: entry.id });
        }
        self.last_entry = Some(entry.id);
        if let Err(flaw) = entry.check() {
            self.report.found(finding_of(entry, flaw));
        }
        self.report.entries += 1;
        self.report.units_moved = self.report.units_moved.saturating_add(entry.units);
        self.sums(&entry.from).computed -= i128::from(entry.units);
        self.sums(&entry.to).computed += i128::from(entry.units);
    }

    /// Takes one kept balance, in units.
    pub fn balance(&mut self, account: &StockAccount, units: i64) {
        self.sums(account).kept += i128::from(units);
    }

    /// Takes one hold.
    pub fn hold(&mut self, hold: &Hold) {
        self.report.holds += 1;
        if !is_possible(hold) {
            self.report.found(Finding::HoldImpossible { id: hold.id });
        }
        if hold.state == HoldState::Active {
            self.report.holds_active += 1;
        }
        for line in &hold.lines {
            let promises = match hold.state {
                HoldState::Active | HoldState::Claimed => {
                    self.promises.entry(line.key.clone()).or_default()
                }
                _ => continue,
            };
            match hold.state {
                HoldState::Active => promises.held += i128::from(line.units),
                _ => promises.awaiting += i128::from(line.units) - i128::from(line.shipped),
            }
        }
    }

    /// Compares everything and reports.
    #[must_use]
    pub fn finish(mut self) -> AuditReport {
        self.compare_balances();
        self.compare_promises();
        self.report
    }

    /// Compares entries and balances only: for a ledger whose holds are not at hand.
    #[must_use]
    pub fn finish_without_holds(mut self) -> AuditReport {
        self.compare_balances();
        self.report
    }

    fn sums(&mut self, account: &StockAccount) -> &mut Sums {
        // Most accounts are seen many times: look before cloning the key.
        if !self.accounts.contains_key(account) {
            self.accounts.insert(account.clone(), Sums::default());
        }
        self.accounts.get_mut(account).expect("it was inserted above")
    }

    fn compare_balances(&mut self) {
        self.report.accounts = self.accounts.len() as u64;
        for (account, sums) in &self.accounts {
            let account = account.clone();
            let (kept, computed) = (narrow(sums.kept), narrow(sums.computed));
            let lower = kept.min(computed);
            if lower < 0 && !account.state.may_be_negative() {
                let account = account.clone();
                self.report.found(Finding::NegativeBalance { account, units: lower });
            }
            if sums.kept != sums.computed {
                self.report.found(Finding::BalanceDiffers { account, kept, computed });
            }
        }
    }

    fn compare_promises(&mut self) {
        for account in self.accounts.keys() {
            if matches!(account.state, StockState::Held | StockState::Sold)
                && !self.promises.contains_key(&account.key)
            {
                self.promises.insert(account.key.clone(), Promises::default());
            }
        }
        for (key, promises) in &self.promises {
            let of = |state| self.accounts.get(&key.account(state)).map_or(0, |s| s.computed);
            let (held, sold) = (of(StockState::Held), of(StockState::Sold));
            if held != promises.held {
                self.report.found(Finding::HeldDiffers {
                    key: key.clone(),
                    held: narrow(held),
                    promised: narrow(promises.held),
                });
            }
            if sold != promises.awaiting {
                self.report.found(Finding::SoldDiffers {
                    key: key.clone(),
                    sold: narrow(sold),
                    awaiting: narrow(promises.awaiting),
                });
            }
        }
    }
}

fn finding_of(entry: &Transfer, flaw: TransferFlaw) -> Finding {
    let id = entry.id;
    match flaw {
        TransferFlaw::UnitsOutOfRange => Finding::EntryUnits { id, units: entry.units },
        TransferFlaw::SameAccount => Finding::EntrySameAccount { id },
        TransferFlaw::CauseNotAllowed => Finding::CauseNotAllowed {
            id,
            cause: entry.cause,
            from: entry.from.state,
            to: entry.to.state,
        },
        TransferFlaw::GoodsChange => {
            Finding::GoodsChange { id, from: entry.from.key.clone(), to: entry.to.key.clone() }
        }
    }
}

/// Whether decisions could have made this hold.
fn is_possible(hold: &Hold) -> bool {
    let may_have_shipped = matches!(hold.state, HoldState::Claimed | HoldState::Cancelled);
    !hold.lines.is_empty()
        && hold.lines.windows(2).all(|pair| pair[0].key < pair[1].key)
        && hold.lines.iter().all(|line| {
            units_in_range(line.units)
                && (0..=line.units).contains(&line.shipped)
                && (line.shipped == 0 || may_have_shipped)
        })
}

/// A sum as it is reported; what no ledger can reach is cut to the largest number.
fn narrow(sum: i128) -> i64 {
    i64::try_from(sum).unwrap_or(if sum < 0 { i64::MIN } else { i64::MAX })
}

#[cfg(test)]
mod tests;
