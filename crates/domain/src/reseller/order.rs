//! Whether an order may be taken under a contract, and what it costs.

use kontor_base::{Country, Date, Money};
use serde::{Deserialize, Serialize};

use super::contract::{Clause, ClauseName, Contract, ContractState};
use crate::catalogue::{Sku, Slug};
use crate::clearance::Verdict;

/// The most lines of an order.
pub const ORDER_LINES_MAX: usize = 500;
/// The most units of a line.
pub const ORDER_UNITS_MAX: u32 = 1_000_000;

/// One line of an order, with what the shop knows of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderLine {
    /// The variant.
    pub sku: Sku,
    /// Its model.
    pub model: Slug,
    /// How many.
    pub units: u32,
    /// How many of the allotment are taken by earlier orders.
    pub taken: u32,
    /// Whether it may be resold where the order goes; [`crate::market::Act::Resell`].
    pub verdict: Verdict,
}

/// An order of a reseller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResellerOrder {
    /// Where it goes.
    pub ship_to: Country,
    /// When it was placed.
    pub on: Date,
    /// What.
    pub lines: Vec<OrderLine>,
}

/// Why an order is not taken. Where a contract says so, with its clause.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum ResellerRefusal {
    /// The contract does not hold on that day.
    #[error("{clause}: the contract does not hold on {on}")]
    NotInForce {
        /// The clause that says so.
        clause: ClauseName,
        /// The day.
        on: Date,
    },
    /// The country is not in the territory.
    #[error("{clause}: {country} is not in the territory")]
    OutsideTerritory {
        /// The clause that says so.
        clause: ClauseName,
        /// The country.
        country: Country,
    },
    /// The model is not permitted.
    #[error("{clause}: {sku} is not among the permitted models")]
    NotPermitted {
        /// The clause that says so.
        clause: ClauseName,
        /// The variant.
        sku: Sku,
    },
    /// There is no price for it.
    #[error("{clause}: the price list does not have {sku}")]
    NoPrice {
        /// The clause that says so.
        clause: ClauseName,
        /// The variant.
        sku: Sku,
    },
    /// Too few units.
    #[error("{clause}: {units} units are fewer than {least}")]
    TooFew {
        /// The clause that says so.
        clause: ClauseName,
        /// How many were ordered.
        units: u64,
        /// The fewest.
        least: u32,
    },
    /// More than is left of the allotment.
    #[error("{clause}: {left} of {sku} are left, {units} were ordered")]
    Allotment {
        /// The clause that says so.
        clause: ClauseName,
        /// The variant.
        sku: Sku,
        /// How many were ordered.
        units: u64,
        /// How many are left.
        left: u32,
    },
    /// It may not be resold there at all, whatever the contract says.
    #[error("{sku} may not be resold there: {reasons}")]
    NotCleared {
        /// The variant.
        sku: Sku,
        /// The codes of the verdict's reasons.
        reasons: String,
    },
    /// Nothing is ordered, or more than fits into an order.
    #[error("an order has from 1 to {ORDER_LINES_MAX} lines of 1 to {ORDER_UNITS_MAX} units")]
    Size,
    /// The sum is larger than an amount can be.
    #[error("the order is too large to be added up")]
    Sum,
}

impl ResellerRefusal {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotInForce { .. } => "reseller.not_in_force",
            Self::OutsideTerritory { .. } => "reseller.outside_territory",
            Self::NotPermitted { .. } => "reseller.not_permitted",
            Self::NoPrice { .. } => "reseller.no_price",
            Self::TooFew { .. } => "reseller.too_few",
            Self::Allotment { .. } => "reseller.allotment",
            Self::NotCleared { .. } => "clearance.refused",
            Self::Size => "reseller.size",
            Self::Sum => "reseller.sum",
        }
    }
}

/// An order that may be taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// What each line costs, in the order of the lines.
    pub lines: Vec<Money>,
    /// What all of it costs, before tax.
    pub total: Money,
}

/// What comes of an order: taken, or every reason against it at once.
pub type Judged = Result<Accepted, Vec<ResellerRefusal>>;

/// Judges an order by its contract and by what may be resold where it goes.
///
/// # Errors
///
/// Every [`ResellerRefusal`], in the order of the contract's clauses and of the lines: whoever
/// ordered mends them all at once.
pub fn judge(contract: &Contract, order: &ResellerOrder) -> Judged {
    let mut refusals = Vec::new();
    let clause = |kind| contract.clause(kind);
    let terms = &contract.terms;
    let fits = (1..=ORDER_LINES_MAX).contains(&order.lines.len())
        && order.lines.iter().all(|line| (1..=ORDER_UNITS_MAX).contains(&line.units));
    if !fits {
        return Err(vec![ResellerRefusal::Size]);
    }
    if contract.state(order.on) != ContractState::InForce {
        let clause = clause(Clause::Term);
        refusals.push(ResellerRefusal::NotInForce { clause, on: order.on });
    }
    if !terms.territory.contains(&order.ship_to) {
        let clause = clause(Clause::Territory);
        refusals.push(ResellerRefusal::OutsideTerritory { clause, country: order.ship_to });
    }
    let units: u64 = order.lines.iter().map(|line| u64::from(line.units)).sum();
    if units < u64::from(terms.minimum_units) {
        let (clause, least) = (clause(Clause::Minimum), terms.minimum_units);
        refusals.push(ResellerRefusal::TooFew { clause, units, least });
    }
    let mut costs = Vec::new();
    for (at, line) in order.lines.iter().enumerate() {
        let sku = line.sku.clone();
        if !terms.models.contains(&line.model) {
            let (clause, sku) = (clause(Clause::Models), sku.clone());
            refusals.push(ResellerRefusal::NotPermitted { clause, sku });
        }
        match terms.prices.get(&line.sku) {
            Some(price) => match price.minor.checked_mul(i64::from(line.units)) {
                Some(minor) => costs.push(Money::new(minor, price.currency)),
                None => refusals.push(ResellerRefusal::Sum),
            },
            None => {
                let (clause, sku) = (clause(Clause::Price), sku.clone());
                refusals.push(ResellerRefusal::NoPrice { clause, sku });
            }
        }
        refusals.extend(beyond_allotment(contract, order, at));
        if !line.verdict.outcome.permits() {
            let codes: Vec<&str> = line.verdict.reasons.iter().map(|r| r.code()).collect();
            refusals.push(ResellerRefusal::NotCleared { sku, reasons: codes.join(", ") });
        }
    }
    let sum = costs.iter().try_fold(0_i64, |sum, cost| sum.checked_add(cost.minor));
    match (sum, contract.currency()) {
        (Some(sum), Some(currency)) if refusals.is_empty() => {
            Ok(Accepted { total: Money::new(sum, currency), lines: costs })
        }
        _ => {
            if refusals.is_empty() {
                refusals.push(ResellerRefusal::Sum);
            }
            Err(refusals)
        }
    }
}

/// Two lines of one variant share its allotment: the first that goes over it is told.
fn beyond_allotment(
    contract: &Contract,
    order: &ResellerOrder,
    at: usize,
) -> Option<ResellerRefusal> {
    let line = &order.lines[at];
    let same = |other: &&OrderLine| other.sku == line.sku;
    let before: u64 = order.lines[..at].iter().filter(same).map(|line| u64::from(line.units)).sum();
    let units = before + u64::from(line.units);
    let allotment = contract.terms.allotment.get(&line.sku).copied().unwrap_or(0);
    let left = allotment.saturating_sub(line.taken);
    (units > u64::from(left)).then(|| ResellerRefusal::Allotment {
        clause: contract.clause(Clause::Allotment),
        sku: line.sku.clone(),
        units,
        left,
    })
}
