//! Exporting a table: exactly the file that an import reads.

use std::io::Write;

use kontor_domain::clearance::{Assortment, AuthorityOrder, Grant, Presence, Review, Rule};
use kontor_domain::reach::{FigureRow, ForecastRow, RankRow, Reach, TargetRow};
use kontor_store::{Db, StoreError, Tx};

use super::reach::rows_of;
use super::read::write;
use super::row::Row;
use super::table::Table;
use super::{catalogue, clearance, market, opening, price, reach, stock};

/// Why nothing, or not everything, was exported.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The database could not be read.
    #[error(transparent)]
    Fault(#[from] StoreError),
    /// The file could not be written.
    #[error("could not write the file")]
    Unwritable(#[from] std::io::Error),
}

/// Writes a table to `writer`; gives the number of rows.
///
/// # Errors
///
/// See [`ExportError`].
pub async fn export(db: &Db, table: Table, mut writer: impl Write) -> Result<u64, ExportError> {
    let (bytes, rows) = db.read("exchange.export", move |tx| bytes(tx, table)).await?;
    writer.write_all(&bytes)?;
    writer.flush()?;
    Ok(rows)
}

pub(super) fn bytes(tx: &mut Tx<'_>, table: Table) -> Result<(Vec<u8>, u64), StoreError> {
    match table {
        Table::Markets => csv(&market::rows(tx)?),
        Table::Models => csv(&catalogue::model_rows(tx)?),
        Table::Texts => csv(&catalogue::text_rows(tx)?),
        Table::Variants => csv(&catalogue::variant_rows(tx)?),
        Table::Components => csv(&catalogue::component_rows(tx)?),
        Table::Fits => csv(&catalogue::fit_rows(tx)?),
        Table::TaxRates => csv(&price::rate_rows(tx)?),
        Table::Prices => csv(&price::price_rows(tx)?),
        Table::Rules => csv(&rows(tx, Rule::to_row)?),
        Table::Grants => csv(&rows(tx, Grant::to_row)?),
        Table::Orders => csv(&rows(tx, AuthorityOrder::to_row)?),
        Table::Reviews => csv(&rows(tx, Review::to_row)?),
        Table::Presences => csv(&rows(tx, Presence::to_row)?),
        Table::Assortments => csv(&rows(tx, Assortment::to_row)?),
        Table::Checklist => csv(&opening::rows(tx)?),
        Table::Stock => csv(&stock::rows(tx)?),
        Table::Figures => csv(&reach::rows(tx, FigureRow::to_row)?),
        Table::Ranks => csv(&reach::rows(tx, RankRow::to_row)?),
        Table::Targets => csv(&reach::rows(tx, TargetRow::to_row)?),
        Table::Forecasts => csv(&reach::rows(tx, ForecastRow::to_row)?),
    }
}

/// The records of a published table as the file that an import reads; nothing for other tables.
#[must_use]
pub fn published(reach: &Reach, table: Table) -> Option<Vec<u8>> {
    let written = match table {
        Table::Figures => write(&rows_of(&reach.figures, FigureRow::to_row)),
        Table::Ranks => write(&rows_of(&reach.ranks, RankRow::to_row)),
        Table::Targets => write(&rows_of(&reach.targets, TargetRow::to_row)),
        Table::Forecasts => write(&rows_of(&reach.forecasts, ForecastRow::to_row)),
        _ => return None,
    };
    written.ok()
}

fn rows<F: clearance::Fact, R>(
    tx: &mut Tx<'_>,
    to_row: impl Fn(&F) -> R,
) -> Result<Vec<R>, StoreError> {
    Ok(clearance::all::<F>(tx)?.iter().map(to_row).collect())
}

fn csv<R: Row>(rows: &[R]) -> Result<(Vec<u8>, u64), StoreError> {
    let bytes = write(rows).map_err(|error| StoreError::Fault {
        what: "export".into(),
        problem: error.to_string().into(),
    })?;
    Ok((bytes, rows.len() as u64))
}
