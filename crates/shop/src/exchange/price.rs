//! Price lists and tax rates as files. The domain reads and writes their rows; here they are
//! checked against markets and catalogue and kept.

use std::collections::{BTreeSet, HashMap};

use kontor_base::{Currency, Date, Instant, Wrong};
use kontor_domain::catalogue::Sku;
use kontor_domain::market::{Market, MarketCode, TaxDisplay};
use kontor_domain::price::{Jurisdiction, PriceEntry, PriceRow, TaxRate, TaxRateRow};
use kontor_store::{StoreError, Tx, catalogue, market, price};

use super::job::{Change, Job, Sourced};
use super::read::Numbered;

/// What a price is known by.
pub(super) fn price_key(entry: &PriceEntry) -> (MarketCode, Sku, Instant) {
    (entry.market, entry.sku.clone(), entry.valid_from)
}

/// What a tax rate is known by.
pub(super) fn rate_key(rate: &TaxRate) -> (Jurisdiction, Date) {
    (rate.jurisdiction, rate.valid_from)
}

/// Compares the rows with what is stored and writes what is new.
pub(super) fn apply_prices(
    tx: &mut Tx<'_>,
    rows: &[Numbered<PriceEntry>],
    job: &mut Job<'_>,
) -> Result<(), StoreError> {
    let markets: HashMap<MarketCode, Market> =
        market::all(tx)?.into_iter().map(|market| (market.code, market)).collect();
    let skus: BTreeSet<Sku> = catalogue::variants(tx)?.into_iter().map(|v| v.sku).collect();
    for Numbered { line, item } in rows {
        match markets.get(&item.market) {
            None => job.bad(*line, "market", Wrong::NoMarket { name: item.market.to_string() }),
            Some(market) if market.currency != item.money.currency => {
                let (market, currency) = (item.market.to_string(), market.currency.to_string());
                job.bad(*line, "currency", Wrong::OtherCurrency { market, currency });
            }
            Some(market) if item.mrp.is_some() && market.tax_display == TaxDisplay::Exclusive => {
                job.bad(*line, "mrp", Wrong::PrintedWithTax);
            }
            Some(_) => {}
        }
        if !skus.contains(&item.sku) {
            job.bad(*line, "sku", Wrong::NoVariant { name: item.sku.to_string() });
        }
    }
    if job.is_bad() {
        return Ok(());
    }
    let stored: HashMap<_, PriceEntry> =
        price::entries(tx)?.into_iter().map(|entry| (price_key(&entry), entry)).collect();
    for Numbered { item, .. } in rows {
        let change = Change::between(stored.get(&price_key(item)), item);
        if change != Change::Unchanged {
            price::save_entry(tx, item)?;
        }
        job.count(change);
    }
    Ok(())
}

/// Compares the rows with what is stored and writes what is new.
pub(super) fn apply_tax_rates(
    tx: &mut Tx<'_>,
    rows: &[Numbered<TaxRate>],
    job: &mut Job<'_>,
) -> Result<(), StoreError> {
    if job.is_bad() {
        return Ok(());
    }
    let stored: HashMap<_, TaxRate> =
        price::tax_rates(tx)?.into_iter().map(|rate| (rate_key(&rate), rate)).collect();
    for Numbered { item, .. } in rows {
        let change = Change::between(stored.get(&rate_key(item)), item);
        if change != Change::Unchanged {
            price::save_tax_rate(tx, item)?;
        }
        job.count(change);
    }
    Ok(())
}

/// A market whose prices are in one currency cannot change to another: every price would be gone.
pub(super) fn check_currencies(
    tx: &mut Tx<'_>,
    rows: &[Numbered<Sourced<Market>>],
    job: &mut Job<'_>,
) -> Result<(), StoreError> {
    let stored: HashMap<MarketCode, Currency> =
        market::all(tx)?.iter().map(|market| (market.code, market.currency)).collect();
    let turns = |new: &Market| stored.get(&new.code).is_some_and(|old| *old != new.currency);
    let turning: Vec<_> = rows.iter().filter(|row| turns(&row.item.value)).collect();
    if turning.is_empty() {
        return Ok(());
    }
    let priced: BTreeSet<(MarketCode, Currency)> =
        price::entries(tx)?.iter().map(|entry| (entry.market, entry.money.currency)).collect();
    for row in turning {
        let Market { code, currency, .. } = &row.item.value;
        if let Some((_, other)) = priced.iter().find(|(m, money)| m == code && money != currency) {
            let (market, currency) = (code.to_string(), other.to_string());
            job.bad(row.line, "currency", Wrong::KeepsCurrency { market, currency });
        }
    }
    Ok(())
}

/// Every price, by market, variant and start.
pub(super) fn price_rows(tx: &mut Tx<'_>) -> Result<Vec<PriceRow>, StoreError> {
    Ok(price::entries(tx)?.iter().map(PriceRow::to_row).collect())
}

/// Every tax rate, by place and start.
pub(super) fn rate_rows(tx: &mut Tx<'_>) -> Result<Vec<TaxRateRow>, StoreError> {
    Ok(price::tax_rates(tx)?.iter().map(TaxRateRow::to_row).collect())
}
