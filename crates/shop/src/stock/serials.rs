//! Serial numbers of the past: units that left before this shop kept them, as a CSV file. All or
//! nothing, each bad row named with its line.

use std::collections::BTreeSet;
use std::sync::Arc;

use kontor_base::{Country, Date, RowError, Wrong};
use kontor_domain::catalogue::{Slug, read_serial};
use kontor_store::StoreError;
use kontor_store::stock::serial::{SoldSerial, insert};
use serde::Deserialize;

use crate::core::{Shop, not_a_row, row_source};

/// The most rows of one file.
pub const SERIAL_ROWS_MAX: usize = 200_000;

/// The columns of a row.
const COLUMNS: &str = "serial, model, country, sold_on, source";

/// A row as text.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    serial: String,
    model: String,
    country: String,
    sold_on: String,
    source: String,
}

/// What an import has done or found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SerialImport {
    /// Units written down.
    pub added: usize,
    /// Units that were known already.
    pub known: usize,
    /// Rows that are wrong, with their lines: nothing is imported then.
    pub problems: Vec<(u64, RowError)>,
}

/// Imports a file with the columns `serial,model,country,sold_on,source`.
///
/// # Errors
///
/// A fault of the store. Nothing is written then.
pub async fn import_serials(shop: &Arc<Shop>, file: &[u8]) -> Result<SerialImport, StoreError> {
    let today = shop.now().date();
    let mut import = SerialImport::default();
    let mut units = Vec::new();
    let mut seen = BTreeSet::new();
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(file);
    for (at, row) in reader.deserialize::<Row>().enumerate() {
        let line = u64::try_from(at).unwrap_or(u64::MAX).saturating_add(2);
        if at >= SERIAL_ROWS_MAX {
            let problem = Wrong::TooManyRows { max: SERIAL_ROWS_MAX.to_string() };
            import.problems.push((line, RowError::of("serial", problem)));
            break;
        }
        let read = match row {
            Ok(row) => unit(shop, &row, today),
            Err(error) => Err(not_a_row(&error, COLUMNS)),
        };
        match read {
            Ok(unit) if !seen.insert(unit.serial.clone()) => {
                let problem = Wrong::Twice { cell: unit.serial };
                import.problems.push((line, RowError::of("serial", problem)));
            }
            Ok(unit) => units.push(unit),
            Err(problem) => import.problems.push((line, problem)),
        }
    }
    if !import.problems.is_empty() || units.is_empty() {
        return Ok(import);
    }
    let all = units.len();
    let added = shop
        .db
        .write("stock.import_serials", move |tx| {
            units.iter().try_fold(0, |added, unit| {
                Ok::<_, StoreError>(added + usize::from(insert(tx, unit)?))
            })
        })
        .await?;
    Ok(SerialImport { added, known: all - added, problems: Vec::new() })
}

fn unit(shop: &Shop, row: &Row, today: Date) -> Result<SoldSerial, RowError> {
    let bad = || RowError::of("serial", Wrong::NotSerial { cell: row.serial.clone() });
    let serial = read_serial(&row.serial).ok_or_else(bad)?;
    let model: Slug = RowError::read("model", &row.model)?;
    let country: Country = RowError::read("country", &row.country)?;
    let sold_on: Date = RowError::read("sold_on", &row.sold_on)?;
    if sold_on > today {
        return Err(RowError::of("sold_on", Wrong::InFuture));
    }
    let source = row_source("source", &row.source)?;
    Ok(SoldSerial {
        device: shop.keys.device(&serial).0,
        serial,
        item: String::new(),
        model: model.to_string(),
        country,
        sold_on,
        reference: source,
        reseller: None,
    })
}
