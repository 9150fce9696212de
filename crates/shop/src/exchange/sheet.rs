//! A few rows of one table as a value: what a form or an upload of the staff area wants changed.
//!
//! A sheet is the file that an import reads, so that a field typed in a browser passes the very checks
//! that a file passes. It can be kept, compared with what is stored cell by cell, and applied in
//! somebody's transaction.

use std::collections::{BTreeMap, BTreeSet};

use kontor_base::{Instant, Random};
use kontor_domain::catalogue::Slug;
use kontor_domain::price::PriceRow;
use kontor_store::{StoreError, Tx};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::catalogue::{empty_components, empty_fits};
use super::export::bytes;
use super::import::Csv;
use super::prepare::prepare;
use super::report::{BadFile, Report, RolledBack};
use super::table::Table;

/// A row: what stands in which column.
pub type Cells = BTreeMap<String, String>;

/// Rows that shall be as they are here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sheet {
    #[serde(serialize_with = "word_of", deserialize_with = "of_word")]
    table: Table,
    name: String,
    text: String,
    /// Owners of lists (of components, of devices that an accessory fits) that shall have none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    emptied: Vec<String>,
}

/// A cell that would be different.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CellChange {
    /// What names the row: its key columns, with spaces between.
    pub key: String,
    /// The column.
    pub column: String,
    /// What stands there; empty as well where there is no such row.
    pub was: String,
    /// What would stand there.
    pub is_now: String,
}

/// Why a sheet is not applied.
#[derive(Debug)]
pub(crate) enum SheetError {
    /// Rows are bad; nothing of the transaction may be kept.
    Bad(BadFile),
    /// The database could not be read or written.
    Fault(StoreError),
}

impl From<StoreError> for SheetError {
    fn from(fault: StoreError) -> Self {
        Self::Fault(fault)
    }
}

impl Sheet {
    /// A file as it was uploaded.
    #[must_use]
    pub fn of_file(table: Table, name: &str, text: String) -> Self {
        Self { table, name: name.to_owned(), text, emptied: Vec::new() }
    }

    /// Rows that were put together elsewhere; a column that a row does not name is empty.
    #[must_use]
    pub fn of_rows(table: Table, name: &str, rows: &[Cells]) -> Self {
        Self::of_file(table, name, text_of(table, rows))
    }

    /// The same, and these owners' lists are empty.
    #[must_use]
    pub fn with_emptied(mut self, owners: Vec<String>) -> Self {
        self.emptied = owners;
        self
    }

    /// The owners whose lists it empties.
    pub(crate) fn emptied(&self) -> &[String] {
        &self.emptied
    }

    /// The table.
    #[must_use]
    pub const fn table(&self) -> Table {
        self.table
    }

    /// The file.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The file, for a dry run.
    #[must_use]
    pub fn csv(&self) -> Csv {
        let bytes = self.text.clone().into_bytes();
        Csv { table: self.table, name: self.name.clone(), bytes }
    }

    /// The rows, as far as they can be read; what cannot is named when the sheet is applied.
    #[must_use]
    pub fn rows(&self) -> Vec<Cells> {
        let mut rows = cells_of(self.text.as_bytes());
        if self.table == Table::Prices {
            rows = rows.into_iter().map(plain_price).collect();
        }
        rows
    }

    /// What names the things that the sheet is about, each once.
    #[must_use]
    pub fn keys(&self) -> BTreeSet<String> {
        let keys = self.rows().iter().map(|row| key_of(self.table, row)).collect::<Vec<_>>();
        keys.into_iter().chain(self.emptied.iter().cloned()).collect()
    }

    /// The rows that cannot be read, whatever is stored; none: all can.
    pub(crate) fn unreadable(&self) -> Option<BadFile> {
        prepare(&self.csv()).unreadable()
    }

    /// The stored rows that the sheet's would take the place of.
    pub(crate) fn replaced_in(&self, tx: &mut Tx<'_>) -> Result<Vec<Cells>, StoreError> {
        let keys = self.keys();
        let mut stored = stored_in(tx, self.table)?;
        stored.retain(|row| keys.contains(&key_of(self.table, row)));
        Ok(stored)
    }

    /// Every cell that would be different, in the order of the rows.
    pub(crate) fn changes_in(&self, tx: &mut Tx<'_>) -> Result<Vec<CellChange>, StoreError> {
        // Deliveries are added and never edited: nothing is to be compared, and there may be many.
        let stored =
            if self.table == Table::Stock { Vec::new() } else { stored_in(tx, self.table)? };
        Ok(if self.table.is_list() {
            self.list_changes(&stored)
        } else {
            self.row_changes(&stored)
        })
    }

    fn row_changes(&self, stored: &[Cells]) -> Vec<CellChange> {
        let known: BTreeMap<String, &Cells> =
            stored.iter().map(|row| (key_of(self.table, row), row)).collect();
        let columns = self.table.columns();
        let mut changes = Vec::new();
        for row in self.rows() {
            let key = key_of(self.table, &row);
            for column in &columns {
                let cell = |row: Option<&Cells>| {
                    row.and_then(|row| row.get(column)).map(|text| text.trim().to_owned())
                };
                let was = cell(known.get(&key).copied()).unwrap_or_default();
                let is_now = cell(Some(&row)).unwrap_or_default();
                if was != is_now {
                    changes.push(CellChange {
                        key: key.clone(),
                        column: column.clone(),
                        was,
                        is_now,
                    });
                }
            }
        }
        changes
    }

    fn list_changes(&self, stored: &[Cells]) -> Vec<CellChange> {
        let lists = |rows: &[Cells]| {
            let mut lists: BTreeMap<String, Vec<String>> = BTreeMap::new();
            for row in rows {
                lists.entry(key_of(self.table, row)).or_default().push(entry_of(self.table, row));
            }
            lists
        };
        let (known, mut wanted) = (lists(stored), lists(&self.rows()));
        for owner in &self.emptied {
            wanted.entry(owner.clone()).or_default();
        }
        let said =
            |list: Option<&Vec<String>>| list.map(|list| list.join("; ")).unwrap_or_default();
        wanted
            .iter()
            .map(|(key, list)| CellChange {
                key: key.clone(),
                column: self.table.word().to_owned(),
                was: said(known.get(key)),
                is_now: said(Some(list)),
            })
            .filter(|change| change.was != change.is_now)
            .collect()
    }

    /// Applies the sheet in the caller's transaction, which must not be kept after an error.
    pub(crate) fn apply_in(
        &self,
        tx: &mut Tx<'_>,
        at: Instant,
        random: &Random,
    ) -> Result<Report, SheetError> {
        for owner in &self.emptied {
            match self.table {
                Table::Components => empty_components(tx, owner)?,
                Table::Fits => {
                    if let Ok(accessory) = owner.parse::<Slug>() {
                        empty_fits(tx, &accessory)?;
                    }
                }
                _ => {}
            }
        }
        prepare(&self.csv()).run(tx, at, random, &|| ()).map_err(|error| match error {
            RolledBack::Bad(bad) => SheetError::Bad(bad),
            RolledBack::Fault(fault) => SheetError::Fault(fault),
            RolledBack::DryRun(_) => unreachable!("one file alone is not run dry"),
        })
    }
}

/// Rows as the file that an import reads.
#[must_use]
pub fn text_of(table: Table, rows: &[Cells]) -> String {
    let columns = table.columns();
    let mut writer = csv::Writer::from_writer(Vec::new());
    let written = writer.write_record(&columns).and_then(|()| {
        rows.iter().try_for_each(|row| {
            let cell = |column| row.get(column).map_or("", String::as_str);
            writer.write_record(columns.iter().map(cell))
        })
    });
    written.expect("memory takes rows of as many cells as the header has");
    let bytes = writer.into_inner().expect("memory takes what is written");
    String::from_utf8(bytes).expect("what is put together from texts is a text")
}

/// Every row of a table that is stored.
///
/// # Errors
///
/// When the database cannot be read.
pub fn stored_in(tx: &mut Tx<'_>, table: Table) -> Result<Vec<Cells>, StoreError> {
    Ok(cells_of(&bytes(tx, table)?.0))
}

fn cells_of(bytes: &[u8]) -> Vec<Cells> {
    let text = String::from_utf8_lossy(bytes);
    let text = text.trim_start_matches('\u{feff}');
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
    let Ok(header) = reader.headers().cloned() else { return Vec::new() };
    let columns: Vec<String> = header.iter().map(|column| column.trim().to_owned()).collect();
    let records = reader.records().filter_map(Result::ok);
    records
        .map(|record| columns.iter().cloned().zip(record.iter().map(str::to_owned)).collect())
        .collect()
}

/// A row of prices with its moments as they are stored: `2015-06-01` and the moment at which that day
/// begins are the same.
fn plain_price(row: Cells) -> Cells {
    let read: Option<PriceRow> =
        serde_json::to_value(&row).ok().and_then(|row| serde_json::from_value(row).ok());
    let Some(Ok(entry)) = read.as_ref().map(PriceRow::parse) else { return row };
    let plain = serde_json::to_value(PriceRow::to_row(&entry)).ok();
    plain.and_then(|plain| serde_json::from_value(plain).ok()).unwrap_or(row)
}

fn key_of(table: Table, row: &Cells) -> String {
    let cell = |column: &&str| row.get(*column).map_or("", |text| text.trim());
    table.key_columns().iter().map(cell).collect::<Vec<_>>().join(" ")
}

/// An entry of a list, without its owner and where it is from.
fn entry_of(table: Table, row: &Cells) -> String {
    let columns: &[&str] =
        if table == Table::Fits { &["device"] } else { &["kind", "maker", "part"] };
    let cell = |column: &&str| row.get(*column).map_or("", |text| text.trim());
    columns.iter().map(cell).collect::<Vec<_>>().join(" ")
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands fields over by reference")]
fn word_of<S: Serializer>(table: &Table, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(table.word())
}

fn of_word<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Table, D::Error> {
    let word = String::deserialize(deserializer)?;
    Table::from_word(&word)
        .ok_or_else(|| serde::de::Error::custom(format!("there is no table {word}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(cells: &[(&str, &str)]) -> Cells {
        cells.iter().map(|(column, text)| ((*column).to_owned(), (*text).to_owned())).collect()
    }

    #[test]
    fn rows_come_back_as_they_were_also_with_commas_quotes_and_lines() {
        let odd =
            row(&[("model", "band"), ("language", "en"), ("name", "A \"band\", red\nor not")]);
        let sheet = Sheet::of_rows(Table::Texts, "form", std::slice::from_ref(&odd));
        let back = sheet.rows();
        assert_eq!(back.len(), 1);
        for (column, text) in &odd {
            assert_eq!(back[0].get(column), Some(text));
        }
        assert_eq!(back[0].get("body").map(String::as_str), Some(""));
        let kept = serde_json::to_string(&sheet).expect("a sheet is JSON");
        assert_eq!(serde_json::from_str::<Sheet>(&kept).ok(), Some(sheet));
        assert!(serde_json::from_str::<Sheet>(&kept.replace("texts", "passwords")).is_err());
    }

    #[test]
    fn only_cells_that_differ_are_changes() {
        let stored = [row(&[("code", "band"), ("family", "band"), ("hs_code", "8517.62")])];
        let wanted = row(&[("code", "band"), ("family", "band"), ("hs_code", "9102.12")]);
        let new = row(&[("code", "case"), ("family", "case")]);
        let sheet = Sheet::of_rows(Table::Models, "form", &[wanted, new]);
        let told: Vec<_> = sheet
            .row_changes(&stored)
            .into_iter()
            .map(|c| (c.key, c.column, c.was, c.is_now))
            .collect();
        let change = |key: &str, column: &str, was: &str, now: &str| {
            (key.to_owned(), column.to_owned(), was.to_owned(), now.to_owned())
        };
        assert_eq!(
            told,
            [
                change("band", "hs_code", "8517.62", "9102.12"),
                change("case", "code", "", "case"),
                change("case", "family", "", "case"),
            ]
        );
    }

    #[test]
    fn a_list_changes_as_a_whole_and_can_be_emptied() {
        let part = |sku: &str, part: &str| {
            row(&[("sku", sku), ("kind", "chipset"), ("maker", "m"), ("part", part)])
        };
        let stored = [part("A1", "x"), part("B1", "y"), part("C1", "z")];
        let sheet = Sheet::of_rows(Table::Components, "form", &[part("A1", "x"), part("B1", "w")])
            .with_emptied(vec!["C1".to_owned()]);
        let changes = sheet.list_changes(&stored);
        let told: Vec<_> = changes.iter().map(|c| (&*c.key, &*c.was, &*c.is_now)).collect();
        assert_eq!(told, [("B1", "chipset m y", "chipset m w"), ("C1", "chipset m z", "")]);
        assert_eq!(sheet.keys().len(), 3);
    }

    #[test]
    fn the_same_moment_written_otherwise_is_the_same_price() {
        let price = |from: &str| {
            row(&[
                ("market", "us"),
                ("sku", "BAND-BLACK"),
                ("price", "14.99"),
                ("currency", "USD"),
                ("valid_from", from),
                ("source", "test"),
                ("confidence", "M"),
            ])
        };
        let keys = |from| Sheet::of_rows(Table::Prices, "form", &[price(from)]).keys();
        assert_eq!(keys("2015-06-01"), keys("2015-06-01T00:00:00Z"));
    }
}
