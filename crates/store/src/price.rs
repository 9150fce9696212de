//! Prices and tax rates.

use kontor_base::Instant;
use kontor_domain::catalogue::Sku;
use kontor_domain::market::MarketCode;
use kontor_domain::price::{PriceEntry, TaxRate};

use crate::kernel::error::StoreError;
use crate::kernel::sql::{Tx, to_json};
use crate::kernel::topic::Topic;
use crate::values;

/// Every price entry, by market, variant and start.
///
/// # Errors
///
/// When the database cannot be read.
pub fn entries(tx: &mut Tx<'_>) -> Result<Vec<PriceEntry>, StoreError> {
    tx.query("SELECT body FROM price_entry ORDER BY market, sku, valid_from", &[], |row| {
        row.json(0, "price_entry")
    })
}

/// Every tax rate, by jurisdiction and start.
///
/// # Errors
///
/// When the database cannot be read.
pub fn tax_rates(tx: &mut Tx<'_>) -> Result<Vec<TaxRate>, StoreError> {
    tx.query("SELECT body FROM price_tax_rate ORDER BY jurisdiction, valid_from", &[], |row| {
        row.json(0, "price_tax_rate")
    })
}

/// Writes a price entry; one that starts at the same moment is replaced.
///
/// # Errors
///
/// When the database cannot be written.
pub fn save_entry(tx: &mut Tx<'_>, entry: &PriceEntry) -> Result<(), StoreError> {
    let body = to_json(entry, "price_entry")?;
    tx.execute(
        "INSERT INTO price_entry (market, sku, valid_from, body) VALUES ($1, $2, $3, $4)
         ON CONFLICT (market, sku, valid_from) DO UPDATE SET body = excluded.body",
        values![entry.market.as_str(), entry.sku.as_str(), entry.valid_from, &body],
    )?;
    tx.touch(Topic::Price)
}

/// Removes a price entry. Only for one that has not begun: what was asked stays written down.
///
/// # Errors
///
/// When the database cannot be written.
pub fn remove_entry(
    tx: &mut Tx<'_>,
    market: MarketCode,
    sku: &Sku,
    valid_from: Instant,
) -> Result<(), StoreError> {
    tx.execute(
        "DELETE FROM price_entry WHERE market = $1 AND sku = $2 AND valid_from = $3",
        values![market.as_str(), sku.as_str(), valid_from],
    )?;
    tx.touch(Topic::Price)
}

/// Writes a tax rate; one that starts on the same day is replaced.
///
/// # Errors
///
/// When the database cannot be written.
pub fn save_tax_rate(tx: &mut Tx<'_>, rate: &TaxRate) -> Result<(), StoreError> {
    let body = to_json(rate, "price_tax_rate")?;
    let (jurisdiction, valid_from) = (rate.jurisdiction.to_string(), rate.valid_from.to_string());
    tx.execute(
        "INSERT INTO price_tax_rate (jurisdiction, valid_from, body) VALUES ($1, $2, $3)
         ON CONFLICT (jurisdiction, valid_from) DO UPDATE SET body = excluded.body",
        values![&jurisdiction, &valid_from, &body],
    )?;
    tx.touch(Topic::Price)
}
