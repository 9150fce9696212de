//! Sell-out: what a reseller has sold on, by serial number, held against the contract.

use std::collections::{BTreeMap, BTreeSet};

use kontor_base::{Country, Date, RowError, Wrong};
use serde::{Deserialize, Serialize};

use super::contract::{Clause, Contract};
use crate::catalogue::read_serial;

/// A row of a report as text: the columns of the CSV.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SellOutRow {
    /// The unit.
    pub serial: String,
    /// When it was sold.
    pub sold_on: String,
    /// To which country.
    pub country: String,
}

/// A unit that was sold on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sold {
    /// The unit: capitals and digits.
    pub serial: String,
    /// When.
    pub on: Date,
    /// To which country.
    pub country: Country,
}

/// Reads a row.
///
/// # Errors
///
/// The first column that cannot be read.
pub fn read_sell_out(row: &SellOutRow, today: Date) -> Result<Sold, RowError> {
    let serial = read_serial(&row.serial).ok_or_else(|| {
        RowError::of("serial", Wrong::NotSerial { cell: row.serial.trim().to_owned() })
    })?;
    let on: Date = RowError::read("sold_on", &row.sold_on)?;
    if on > today {
        return Err(RowError::of("sold_on", Wrong::InFuture));
    }
    let country: Country = RowError::read("country", &row.country)?;
    Ok(Sold { serial, on, country })
}

/// What is strange about a unit of a report.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SellOutProblem {
    /// It was sold outside the territory.
    #[error("{serial}: sold to {country}, against {clause}")]
    OutsideTerritory {
        /// The unit.
        serial: String,
        /// Where it went.
        country: Country,
        /// The clause that says so.
        clause: String,
    },
    /// It was never delivered to this reseller.
    #[error("{0}: was not delivered to this reseller")]
    NotTheirs(String),
    /// It is in the report twice, or was in an earlier one.
    #[error("{0}: was reported before")]
    Twice(String),
}

/// A report held against the contracts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SellOutReport {
    /// Units that count, by country.
    pub units: BTreeMap<Country, u64>,
    /// What is strange, in the order of the rows.
    pub problems: Vec<SellOutProblem>,
}

/// Holds sold units against what was delivered, each under its own contract, and what was reported
/// before. A unit that was sold outside the territory counts all the same: it is where it is.
#[must_use]
pub fn report(
    sold: &[Sold],
    delivered: &BTreeMap<String, &Contract>,
    before: &BTreeSet<String>,
) -> SellOutReport {
    let mut report = SellOutReport::default();
    let mut seen = BTreeSet::new();
    for unit in sold {
        let serial = unit.serial.clone();
        if before.contains(&serial) || !seen.insert(serial.clone()) {
            report.problems.push(SellOutProblem::Twice(serial));
            continue;
        }
        let Some(contract) = delivered.get(&serial) else {
            report.problems.push(SellOutProblem::NotTheirs(serial));
            continue;
        };
        *report.units.entry(unit.country).or_default() += 1;
        if !contract.terms.territory.contains(&unit.country) {
            let clause = contract.clause(Clause::Territory).to_string();
            let country = unit.country;
            report.problems.push(SellOutProblem::OutsideTerritory { serial, country, clause });
        }
    }
    report
}
