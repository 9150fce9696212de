//! A table as a file, with the rows of the markets that somebody may see.

use std::sync::Arc;

use kontor_base::Country;
use kontor_domain::staff::{Markets, StaffRefusal};

use super::super::person::{Person, Refusal};
use super::rows::permission_to_see;
use crate::core::{Failure, Outcome, Shop};
use crate::exchange::{Cells, Table, stored_in, text_of};

/// A table as a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exported {
    /// The file, as an import reads it.
    pub text: String,
    /// How many rows it has.
    pub rows: usize,
}

/// Exports what somebody may see of a table.
///
/// # Errors
///
/// A [`Refusal`] where they may see nothing of it, or a fault of the store.
pub async fn export_for(
    shop: &Arc<Shop>,
    person: &Person,
    table: Table,
) -> Outcome<Exported, Refusal> {
    let markets = match permission_to_see(table) {
        None => Markets::All,
        Some(permission) => person.markets(permission),
    };
    if markets.is_empty() {
        return Err(Failure::Refused(Refusal::Staff(StaffRefusal::NotPermitted)));
    }
    let rows = shop.db.read("staff.export", move |tx| stored_in(tx, table)).await?;
    let known = shop.snapshots.now();
    let countries: Vec<Country> = known
        .markets
        .iter()
        .filter(|market| markets.contains(market.code))
        .flat_map(|market| market.countries.iter().copied())
        .collect();
    let own = |row: &Cells| is_own(table, row, &markets, &countries);
    let rows: Vec<Cells> = rows.into_iter().filter(own).collect();
    Ok(Exported { text: text_of(table, &rows), rows: rows.len() })
}

/// Whether a row is of these markets; what names neither a market nor a country is everybody's.
fn is_own(table: Table, row: &Cells, markets: &Markets, countries: &[Country]) -> bool {
    if *markets == Markets::All {
        return true;
    }
    let cell = |column| row.get(column).map(|text| text.trim());
    let market = if table == Table::Markets { cell("code") } else { cell("market") };
    if let Some(market) = market {
        return market.parse().is_ok_and(|code| markets.contains(code));
    }
    match cell("country") {
        // What holds everywhere holds here too.
        None | Some("*" | "") => true,
        Some(country) => country.parse().is_ok_and(|country| countries.contains(&country)),
    }
}
