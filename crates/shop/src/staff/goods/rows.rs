//! Changes rows of a table: what every form of the catalogue, of prices and of markets does, and every
//! upload.

use std::collections::BTreeMap;
use std::sync::Arc;

use kontor_base::{Country, Instant};
use kontor_domain::clearance::Reach;
use kontor_domain::market::{MarketCode, Stage};
use kontor_domain::price::{Cut, PriceEntry, PriceRow, largest_cut, rewrites_past};
use kontor_domain::staff::{Extent, Permission, StaffRefusal};
use kontor_store::{StoreError, Tx, price};
use serde::{Deserialize, Serialize};

use super::super::act::{Bearing, Change, market_of};
use super::super::act_refusal::ActRefusal;
use super::super::person::{Person, Refusal};
use super::loosened::Loosening;
use super::{only, refused};
use crate::core::{Failure, Known, Outcome, Shop};
use crate::exchange::{
    BadFile, CellChange, Cells, ImportError, Mode, Report, Sheet, SheetError, Table, import,
    stored_in,
};

/// Rows that shall be as they are in a sheet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rows {
    /// The rows.
    pub sheet: Sheet,
    /// The mark of what whoever asks was shown ([`DryRun::seen`]); none: they change what is there,
    /// whatever it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen: Option<String>,
}

/// What one needs to change rows of a table by hand; none: nobody does.
#[must_use]
pub const fn permission_to_change(table: Table) -> Option<Permission> {
    Some(match table {
        Table::Models | Table::Texts | Table::Variants | Table::Components | Table::Fits => {
            Permission::CatalogueEdit
        }
        Table::Prices | Table::TaxRates => Permission::PriceSet,
        Table::Markets => Permission::MarketEdit,
        Table::Rules
        | Table::Grants
        | Table::Orders
        | Table::Reviews
        | Table::Presences
        | Table::Checklist => Permission::ClearanceGrant,
        Table::Stock => Permission::StockBook,
        // What a market sells is changed by an act of its own, which checks more than a cell; published
        // figures are added with their sources by the operator.
        Table::Assortments | Table::Figures | Table::Ranks | Table::Targets | Table::Forecasts => {
            return None;
        }
    })
}

/// What one needs to see a table; none: it is published.
#[must_use]
pub const fn permission_to_see(table: Table) -> Option<Permission> {
    Some(match table {
        Table::Models | Table::Texts | Table::Variants | Table::Components | Table::Fits => {
            Permission::CatalogueRead
        }
        Table::Prices | Table::TaxRates => Permission::PriceRead,
        Table::Markets | Table::Assortments => Permission::MarketRead,
        Table::Rules
        | Table::Grants
        | Table::Orders
        | Table::Reviews
        | Table::Presences
        | Table::Checklist => Permission::ClearanceRead,
        Table::Stock => Permission::StockRead,
        Table::Figures | Table::Ranks | Table::Targets | Table::Forecasts => return None,
    })
}

impl Rows {
    pub(in crate::staff) fn bearing(
        &self,
        tx: &mut Tx<'_>,
        known: &Known,
        person: &Person,
        at: Instant,
    ) -> Outcome<Bearing, Refusal> {
        let table = self.sheet.table();
        let permission = permission_to_change(table)
            .ok_or(Failure::Refused(Refusal::Staff(StaffRefusal::NotPermitted)))?;
        if let Some(bad) = self.sheet.unreadable() {
            return Err(bad_rows(bad));
        }
        let rows = self.sheet.rows();
        // What stands there now counts as much as what shall: a row that names another country would
        // otherwise show, and take, the row of the country that it stands for.
        let replaced = match table {
            Table::Rules | Table::Grants | Table::Orders | Table::Reviews | Table::Checklist => {
                self.sheet.replaced_in(tx)?
            }
            _ => Vec::new(),
        };
        let concerned = rows.iter().chain(&replaced).map(|row| market_of_row(known, table, row));
        let plain = Bearing::plain(permission, only(concerned), subject(&self.sheet));
        let borders = table == Table::Markets && rows.iter().any(|row| moves_border(known, row));
        let also = if borders { vec![None] } else { Vec::new() };
        let bearing = Bearing { also, ..plain }.for_person(person)?;
        let changes = self.sheet.changes_in(tx)?;
        if self.seen.as_ref().is_some_and(|seen| *seen != mark(&changes)) {
            return Err(StaffRefusal::Changed.into());
        }
        if changes.is_empty() {
            return Err(refused("staff.nothing_changes", "nothing would change"));
        }
        if table == Table::Markets {
            stages_stay(known, &rows)?;
        }
        let loosening = self.loosening(known, at);
        let extent = match table {
            Table::Prices => extent_of(tx, &rows, at)?,
            _ if loosening.is_none() => Extent::Plain,
            _ => Extent::Loosens,
        };
        Ok(Bearing { extent, loosening, ..bearing })
    }

    /// What these rows would hold back less.
    pub(in crate::staff) fn loosening(&self, known: &Known, at: Instant) -> Loosening {
        Loosening::of(&self.sheet, known, at.date())
    }

    pub(in crate::staff) fn change(&self, tx: &mut Tx<'_>) -> Outcome<Change, Refusal> {
        Ok(told(&self.sheet.changes_in(tx)?))
    }

    pub(in crate::staff) fn carry_out(
        &self,
        tx: &mut Tx<'_>,
        shop: &Shop,
        at: Instant,
    ) -> Outcome<(), Refusal> {
        match self.sheet.apply_in(tx, at, &shop.random) {
            Ok(_) => Ok(()),
            Err(SheetError::Bad(bad)) => Err(bad_rows(bad)),
            Err(SheetError::Fault(fault)) => Err(fault.into()),
        }
    }
}

fn bad_rows(bad: BadFile) -> Failure<Refusal> {
    Failure::Refused(Refusal::Act(ActRefusal::Rows(Box::new(bad))))
}

/// What a sheet is about, short enough to search the log by.
fn subject(sheet: &Sheet) -> String {
    let keys = sheet.keys();
    match (keys.len(), keys.first()) {
        (1, Some(key)) => format!("{}/{key}", sheet.table()),
        (many, _) => format!("{} ({many})", sheet.table()),
    }
}

/// The market whose people a row concerns; none: those of all markets.
fn market_of_row(known: &Known, table: Table, row: &Cells) -> Option<MarketCode> {
    let cell = |column| row.get(column).map_or("", |text| text.trim());
    match table {
        Table::Markets => cell("code").parse().ok(),
        Table::Prices | Table::Presences | Table::Stock => cell("market").parse().ok(),
        Table::Rules | Table::Grants | Table::Orders | Table::Reviews | Table::Checklist => {
            let country = cell("country").parse().ok()?;
            market_of(known, Reach::Country(country))
        }
        _ => None,
    }
}

/// Whether a row gives a market other countries than it has: their facts come with them, so this is for
/// the people of all markets.
fn moves_border(known: &Known, row: &Cells) -> bool {
    let cell = |column| row.get(column).map_or("", |text| text.trim());
    let market = cell("code").parse().ok().and_then(|code| known.market(code));
    let has = market.map_or(&[][..], |market| &market.countries);
    let named = cell("countries").split('|').map(|country| country.trim().parse::<Country>().ok());
    !named.eq(has.iter().copied().map(Some))
}

/// How far a market has come is a step with its own checks, never a cell.
fn stages_stay(known: &Known, rows: &[Cells]) -> Outcome<(), Refusal> {
    for row in rows {
        let cell = |column| row.get(column).map_or("", |text| text.trim());
        let now = cell("code").parse().ok().and_then(|code| known.market(code));
        let now = now.map_or(Stage::Scouting, |market| market.stage);
        if cell("stage") != now.word() {
            return Err(refused(
                "opening.not_a_cell",
                format!("{} is {}: take the step instead", cell("code"), now.word()),
            ));
        }
    }
    Ok(())
}

/// How far rows of prices take any price down.
///
/// What was asked on earlier days is not touched: the lowest price of 30 days is worked out from it.
fn extent_of(tx: &mut Tx<'_>, rows: &[Cells], at: Instant) -> Outcome<Extent, Refusal> {
    let mut changed: BTreeMap<(MarketCode, String), Vec<PriceEntry>> = BTreeMap::new();
    for row in rows {
        let read: Option<PriceRow> =
            serde_json::to_value(row).ok().and_then(|row| serde_json::from_value(row).ok());
        let Some(Ok(entry)) = read.as_ref().map(PriceRow::parse) else { return Ok(Extent::Plain) };
        changed.entry((entry.market, entry.sku.to_string())).or_default().push(entry);
    }
    let stored = price::entries(tx)?;
    let mut largest = Cut::None;
    for ((market, sku), new) in changed {
        let own = |entry: &&PriceEntry| entry.market == market && entry.sku.as_str() == sku;
        let before: Vec<PriceEntry> = stored.iter().filter(own).cloned().collect();
        let mut after = before.clone();
        after.retain(|old| new.iter().all(|entry| entry.valid_from != old.valid_from));
        after.extend(new);
        if rewrites_past(&before, &after, Instant::start_of(at.date())) {
            let words = format!("{market} {sku}: the price of past days stays as it was asked");
            return Err(refused("price.past", words));
        }
        largest = match (largest, largest_cut(&before, &after, at)) {
            (Cut::Unknown, _) | (_, Cut::Unknown) => Cut::Unknown,
            (Cut::By(a), Cut::By(b)) => Cut::By(a.max(b)),
            (Cut::None, other) | (other, Cut::None) => other,
        };
    }
    Ok(extent(largest))
}

/// A cut as the rule of four eyes sees it: where nothing is known to compare with, a second person
/// looks.
pub(super) fn extent(cut: Cut) -> Extent {
    match cut {
        Cut::None => Extent::PriceCut(kontor_base::Rate::ZERO),
        Cut::By(rate) => Extent::PriceCut(rate),
        Cut::Unknown => Extent::Plain,
    }
}

/// Changes as they are shown and logged: one JSON object of before, one of after. Every cell: what is cut
/// off here nobody approves with open eyes.
fn told(changes: &[CellChange]) -> Change {
    let pick = |side: fn(&CellChange) -> &String| {
        let cells: BTreeMap<String, &str> = changes
            .iter()
            .filter(|change| !side(change).is_empty())
            .map(|change| (format!("{} {}", change.key, change.column), side(change).as_str()))
            .collect();
        if cells.is_empty() {
            String::new()
        } else {
            serde_json::to_string(&cells).expect("texts are JSON")
        }
    };
    Change { was: pick(|change| &change.was), is_now: pick(|change| &change.is_now) }
}

/// The mark of what somebody was shown: other facts, another mark.
fn mark(changes: &[CellChange]) -> String {
    let bytes = serde_json::to_vec(changes).expect("texts are JSON");
    kontor_base::secret::content_hash(&bytes)
}

/// What a sheet would do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DryRun {
    /// How many rows are new, changed, unchanged.
    pub report: Report,
    /// Every cell that would be different.
    pub changes: Vec<CellChange>,
    /// The mark of it, which applying names.
    pub seen: String,
}

/// Plays a sheet through and keeps nothing of it.
///
/// # Errors
///
/// The bad rows, or a fault of the store.
pub async fn dry_run(shop: &Arc<Shop>, sheet: Sheet) -> Outcome<DryRun, Refusal> {
    let played = import(&shop.db, &shop.clock, &shop.random, sheet.csv(), Mode::DryRun).await;
    let report = played.map_err(|error| match error {
        ImportError::Bad(bad) => bad_rows(bad),
        ImportError::Fault(fault) => Failure::Fault(fault),
        ImportError::Unreadable { .. } => unreachable!("the file is in memory"),
    })?;
    let changes = shop.db.read("staff.dry_run", move |tx| sheet.changes_in(tx)).await?;
    Ok(DryRun { report, seen: mark(&changes), changes })
}

/// Every stored row of a table, as its forms begin with it.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn stored(shop: &Arc<Shop>, table: Table) -> Result<Vec<Cells>, StoreError> {
    shop.db.read("staff.rows", move |tx| stored_in(tx, table)).await
}

/// The stored row with these key cells.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn stored_row(
    shop: &Arc<Shop>,
    table: Table,
    key: &[&str],
) -> Result<Option<Cells>, StoreError> {
    let rows = stored(shop, table).await?;
    let same = |row: &Cells| {
        table
            .key_columns()
            .iter()
            .zip(key)
            .all(|(column, cell)| row.get(*column).is_some_and(|stored| stored == cell))
    };
    Ok(rows.into_iter().find(same))
}

/// A row with other cells in some columns: what a form does with the row that it was filled from.
#[must_use]
pub fn edited(row: Option<Cells>, cells: &[(&str, &str)]) -> Cells {
    let mut row = row.unwrap_or_default();
    for (column, text) in cells {
        row.insert((*column).to_owned(), (*text).trim().to_owned());
    }
    row
}

impl Person {
    /// Whether they may change rows of a table somewhere.
    #[must_use]
    pub fn may_change(&self, table: Table) -> bool {
        permission_to_change(table).is_some_and(|permission| self.may_somewhere(permission))
    }

    /// Whether they may see rows of a table somewhere.
    #[must_use]
    pub fn may_see(&self, table: Table) -> bool {
        permission_to_see(table).is_none_or(|permission| self.may_somewhere(permission))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_may_change_a_table_may_see_it_and_figures_are_nobodys() {
        for table in Table::ALL {
            match (permission_to_see(table), permission_to_change(table)) {
                (Some(see), Some(change)) => {
                    assert!(see.reads() && !change.reads(), "{table}");
                    let area = |p: Permission| p.word().split('.').next().map(str::to_owned);
                    assert_eq!(area(see), area(change), "{table}");
                }
                (None, None) => {}
                // It has an act of its own.
                (Some(see), None) => {
                    assert!(see.reads() && table == Table::Assortments, "{table}");
                }
                other => panic!("{table}: {other:?}"),
            }
        }
    }

    #[test]
    fn long_changes_are_told_to_the_last_cell_and_empty_ones_say_nothing() {
        let change = |n: usize| CellChange {
            key: n.to_string(),
            column: "price".to_owned(),
            was: String::new(),
            is_now: "1".to_owned(),
        };
        let few = told(&[change(1)]);
        assert_eq!((few.was.as_str(), few.is_now.as_str()), ("", "{\"1 price\":\"1\"}"));
        let many: Vec<_> = (1000..6000).map(change).collect();
        assert!(told(&many).is_now.contains("\"5999 price\""));
        assert_ne!(mark(&many), mark(&many[1..]));
    }
}
