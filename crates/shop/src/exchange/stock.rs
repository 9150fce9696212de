//! Deliveries as a file: each row is booked as a receipt, once.
//!
//! A delivery is known by its reference (the delivery note; without one, the file's name), its
//! site, market and variant. What was booked under that name is not booked again, so that the same
//! file twice has one effect; the same name with other units is refused, because a booked delivery
//! is not rewritten: what was wrong with it is a count adjustment or a new delivery.

use std::collections::BTreeSet;

use kontor_base::Wrong;
use kontor_base::limits::UNITS_MAX;
use kontor_domain::catalogue::Sku;
use kontor_domain::market::MarketCode;
use kontor_ledger::key::KEY_CHARS_MAX;
use kontor_ledger::{Reference, StockKey, StockState};
use kontor_store::{StoreError, Tx, catalogue, market, stock};

use super::cell::{self, Bad, Read, confidence, text};
use super::job::{Change, Job};
use super::read::Numbered;
use super::row::StockRow;
use crate::core::Failure;
use crate::stock::{Receipt, receive_in};

/// The word for goods that belong to no market's quota.
const NO_MARKET: &str = "-";

/// Reads a row of the file `file`.
pub(super) fn parse(row: &StockRow, file: &str) -> Read<Receipt> {
    text("source", &row.source)?;
    confidence(&row.confidence)?;
    let sku: Sku = cell::value("sku", &row.sku)?;
    let market = row.market.trim();
    if market != NO_MARKET {
        cell::value::<MarketCode>("market", market)?;
    }
    let site = row.site.trim();
    let key = StockKey::parse(site, sku.as_str(), market)
        // Variant and market are good: they were read before.
        .map_err(|_| {
            let (cell, max) = (site.to_owned(), KEY_CHARS_MAX.to_string());
            Bad::new("site", Wrong::NotSite { cell, max })
        })?;
    let reference = match row.reference.trim() {
        "" => Reference::parse(file).map_err(|_| Bad::new("reference", Wrong::NoReference))?,
        reference => Reference::parse(reference).map_err(|error| Bad::new("reference", error))?,
    };
    let units = cell::number("units", &row.units, 1, UNITS_MAX)?;
    Ok(Receipt { key, units, reference })
}

/// What a delivery is known by.
pub(super) fn key(receipt: &Receipt) -> (StockKey, Reference) {
    (receipt.key.clone(), receipt.reference.clone())
}

/// Books the deliveries that have not been booked.
pub(super) fn apply(
    tx: &mut Tx<'_>,
    rows: &[Numbered<Receipt>],
    job: &mut Job<'_>,
) -> Result<(), StoreError> {
    let markets: BTreeSet<String> =
        market::all(tx)?.iter().map(|market| market.code.to_string()).collect();
    let skus: BTreeSet<String> =
        catalogue::variants(tx)?.iter().map(|variant| variant.sku.to_string()).collect();
    let mut to_book = Vec::new();
    let mut booked_before = 0;
    for Numbered { line, item } in rows {
        let market = item.key.market_word();
        if market != NO_MARKET && !markets.contains(market) {
            job.bad(*line, "market", Wrong::NoMarket { name: market.to_owned() });
        }
        let sku = item.key.item.as_str();
        if !skus.contains(sku) {
            job.bad(*line, "sku", Wrong::NoVariant { name: sku.to_owned() });
        }
        let account = item.key.account(StockState::Available);
        match stock::received(tx, &account, item.reference.as_str())? {
            None => to_book.push((*line, item)),
            Some(units) if units == item.units => booked_before += 1,
            Some(units) => {
                let (reference, units) = (item.reference.to_string(), units.to_string());
                job.bad(*line, "units", Wrong::BookedBefore { reference, units });
            }
        }
    }
    if job.is_bad() {
        return Ok(());
    }
    for _ in 0..booked_before {
        job.count(Change::Unchanged);
    }
    for (line, receipt) in to_book {
        match receive_in(tx, receipt.clone(), job.at, job.random) {
            Ok(()) => job.count(Change::New),
            Err(Failure::Fault(fault)) => return Err(fault),
            // How many units a receipt may have is all that the ledger can refuse of one.
            Err(Failure::Refused(_)) => {
                let (low, high) = (1.to_string(), UNITS_MAX.to_string());
                job.bad(line, "units", Wrong::NotBetween { low, high });
            }
            Err(Failure::KeyReused) => unreachable!("receipts have no idempotency key of requests"),
        }
    }
    Ok(())
}

/// Every delivery, by reference, then site, variant and market.
pub(super) fn rows(tx: &mut Tx<'_>) -> Result<Vec<StockRow>, StoreError> {
    let row = |(reference, account, units): (String, kontor_ledger::StockAccount, i64)| StockRow {
        site: account.key.site.to_string(),
        market: account.key.market_word().to_owned(),
        sku: account.key.item.to_string(),
        units: units.to_string(),
        reference,
        ..StockRow::default()
    };
    Ok(stock::receipts(tx)?.into_iter().map(row).collect())
}
