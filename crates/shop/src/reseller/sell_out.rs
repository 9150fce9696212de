//! What a reseller has sold on, by serial number: bounded, every bad row named, nothing written until
//! all rows can be read, and a unit counted once however often it is reported.

use std::collections::BTreeMap;
use std::sync::Arc;

use kontor_base::id::ResellerId;
use kontor_base::{Country, Instant};
use kontor_domain::reseller::{SellOutRow, Sold, read_sell_out, report};
use kontor_store::Tx;
use kontor_store::reseller::{contract as kept, reported, save_sold};
use kontor_store::stock::serial;
use serde::{Deserialize, Serialize};

use super::refusal::Refusal;
use super::territory::Territories;
use crate::core::{Failure, Once, Outcome, Replayed, Shop, not_a_row, once};

/// The most rows of one report.
pub const SELL_OUT_ROWS_MAX: usize = 10_000;

/// A report.
#[derive(Clone, Debug)]
pub struct SellOutCommand {
    /// Who reports.
    pub reseller: ResellerId,
    /// Under which contract.
    pub contract: String,
    /// The rows, as text, with their lines.
    pub rows: Vec<(u64, SellOutRow)>,
    /// The request's identity.
    pub once: Option<Once>,
}

/// What became of a report.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SellOutTaken {
    /// Units that were written down, by country.
    pub units: BTreeMap<Country, u64>,
    /// What is strange, in words: sold outside the territory, not theirs, reported before.
    pub problems: Vec<String>,
}

/// Reads a CSV file with the columns `serial,sold_on,country`.
///
/// # Errors
///
/// [`Refusal::Rows`] or [`Refusal::Size`].
pub fn read_sell_out_csv(text: &str) -> Result<Vec<(u64, SellOutRow)>, Refusal> {
    let mut rows = Vec::new();
    let mut problems = Vec::new();
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.as_bytes());
    for (at, row) in reader.deserialize::<SellOutRow>().enumerate() {
        let line = u64::try_from(at).unwrap_or(u64::MAX).saturating_add(2);
        if at >= SELL_OUT_ROWS_MAX {
            return Err(Refusal::Size);
        }
        match row {
            Ok(row) => rows.push((line, row)),
            Err(error) => problems.push((line, not_a_row(&error, "serial, sold_on, country"))),
        }
    }
    if problems.is_empty() { Ok(rows) } else { Err(Refusal::Rows(problems)) }
}

/// Takes a report.
///
/// # Errors
///
/// A [`Refusal`], or a fault of the store. Nothing is written then.
pub async fn report_sell_out(
    shop: &Arc<Shop>,
    command: SellOutCommand,
) -> Outcome<Replayed<SellOutTaken>, Refusal> {
    let at = shop.now();
    if command.rows.is_empty() || command.rows.len() > SELL_OUT_ROWS_MAX {
        return Err(Failure::Refused(Refusal::Size));
    }
    let (mut sold, mut problems) = (Vec::new(), Vec::new());
    for (line, row) in &command.rows {
        match read_sell_out(row, at.date()) {
            Ok(unit) => sold.push(unit),
            Err(problem) => problems.push((*line, problem)),
        }
    }
    if !problems.is_empty() {
        return Err(Failure::Refused(Refusal::Rows(problems)));
    }
    shop.db
        .write("reseller.report_sell_out", move |tx| {
            once(tx, command.once.as_ref(), at, |tx| take_in(tx, &command, &sold, at))
        })
        .await
}

fn take_in(
    tx: &mut Tx<'_>,
    command: &SellOutCommand,
    sold: &[Sold],
    at: Instant,
) -> Outcome<SellOutTaken, Refusal> {
    let unknown = || Failure::Refused(Refusal::UnknownContract(command.contract.clone()));
    let own = kept(tx, &command.contract)?.filter(|own| own.reseller == command.reseller);
    let own = own.ok_or_else(unknown)?;
    let serials: Vec<String> = sold.iter().map(|unit| unit.serial.clone()).collect();
    let before = reported(tx, &serials)?;
    // The contract that the report names is the one whose goods nobody can tell otherwise.
    let territories = Territories::read_in(tx, own.reseller)?;
    let mut delivered = BTreeMap::new();
    for text in &serials {
        let theirs = serial::find(tx, text)?.filter(|unit| unit.reseller == Some(own.reseller));
        delivered.extend(theirs.map(|unit| {
            let under = territories.contract(&unit.reference).unwrap_or(&own.contract);
            (unit.serial, under)
        }));
    }
    let told = report(sold, &delivered, &before);
    for unit in sold.iter().filter(|unit| delivered.contains_key(&unit.serial)) {
        save_sold(tx, own.reseller, unit, at)?;
    }
    let problems = told.problems.iter().map(ToString::to_string).collect();
    Ok(SellOutTaken { units: told.units, problems })
}
