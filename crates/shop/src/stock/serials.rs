//! Serial numbers of the past: units that left before this shop kept them, as a CSV file. All or
//! nothing, each bad row named with its line.

use std::collections::BTreeSet;
use std::sync::Arc;

use kontor_base::{Country, Date, RowError};
use kontor_domain::catalogue::{Slug, read_serial};
use kontor_store::StoreError;
use kontor_store::stock::serial::{SoldSerial, insert};
use serde::Deserialize;

use crate::core::Shop;

/// The most rows of one file.
pub const SERIAL_ROWS_MAX: usize = 200_000;

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
            let problem = format!("the file has more than {SERIAL_ROWS_MAX} rows");
            import.problems.push((line, RowError::new("serial", problem)));
            break;
        }
        let read = match row {
            Ok(row) => unit(shop, &row, today),
            Err(error) => Err(RowError::new("row", error)),
        };
        match read {
            Ok(unit) if !seen.insert(unit.serial.clone()) => {
                import.problems.push((line, RowError::new("serial", "is there twice")));
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
    let bad = || RowError::new("serial", "not a serial number: letters, digits, / and -");
    let serial = read_serial(&row.serial).ok_or_else(bad)?;
    let model: Slug = row.model.parse().map_err(|error| RowError::new("model", error))?;
    let country: Country = row.country.parse().map_err(|error| RowError::new("country", error))?;
    let sold_on: Date = row.sold_on.parse().map_err(|_| RowError::new("sold_on", "not a day"))?;
    if sold_on > today {
        return Err(RowError::new("sold_on", "lies in the future"));
    }
    if row.source.is_empty() || row.source.chars().count() > 200 {
        return Err(RowError::new("source", "1 to 200 characters"));
    }
    Ok(SoldSerial {
        device: shop.keys.device(&serial).0,
        serial,
        item: String::new(),
        model: model.to_string(),
        country,
        sold_on,
        reference: row.source.clone(),
        reseller: None,
    })
}
