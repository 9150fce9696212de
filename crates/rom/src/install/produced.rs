//! Imports how many devices the maker has produced, as a CSV file: all or nothing, each bad row
//! named with its line and column.

use std::collections::BTreeSet;

use kontor_domain::install::Produced;
use kontor_store::{Db, StoreError, Tx, install};

/// Rows of one file.
const ROWS_MAX: usize = 100_000;

/// A row that cannot be imported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowProblem {
    /// Its line in the file.
    pub line: u64,
    /// What is wrong.
    pub problem: String,
}

/// What an import does or would do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProducedPlan {
    /// Batches that are new or different.
    pub changed: Vec<Produced>,
    /// Batches that are as they are.
    pub unchanged: usize,
    /// Rows that are wrong: nothing is imported then.
    pub problems: Vec<RowProblem>,
}

/// Every batch that is known.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn produced(db: &Db) -> Result<Vec<Produced>, StoreError> {
    db.read("install.produced", install::produced).await
}

/// Imports the file `text`; with `write` false only says what it would do.
///
/// # Errors
///
/// When the database cannot be read or written.
pub async fn import_produced(
    db: &Db,
    text: &[u8],
    write: bool,
) -> Result<ProducedPlan, StoreError> {
    let (rows, problems) = read(text);
    if !problems.is_empty() {
        return Ok(ProducedPlan { problems, ..ProducedPlan::default() });
    }
    db.write("install.import_produced", move |tx: &mut Tx<'_>| {
        let known = install::produced(tx)?;
        let (same, changed): (Vec<Produced>, Vec<Produced>) =
            rows.clone().into_iter().partition(|row| known.contains(row));
        if write {
            for batch in &changed {
                install::save_produced(tx, batch)?;
            }
        }
        Ok::<_, StoreError>(ProducedPlan { changed, unchanged: same.len(), problems: Vec::new() })
    })
    .await
}

fn read(text: &[u8]) -> (Vec<Produced>, Vec<RowProblem>) {
    let (mut rows, mut problems, mut seen) = (Vec::new(), Vec::new(), BTreeSet::new());
    let mut add = |line: u64, problem: String| problems.push(RowProblem { line, problem });
    let text = text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text);
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text);
    match reader.headers() {
        Ok(headers) if headers.iter().eq(Produced::COLUMNS) => {}
        Ok(_) => add(1, format!("the columns are {}", Produced::COLUMNS.join(","))),
        Err(error) => add(1, error.to_string()),
    }
    for record in reader.records().take(ROWS_MAX + 1) {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                add(error.position().map_or(0, csv::Position::line), error.to_string());
                continue;
            }
        };
        let line = record.position().map_or(0, csv::Position::line);
        let cell = |at: usize| record.get(at).unwrap_or_default();
        match Produced::read(cell(0), cell(1), cell(2), cell(3), cell(4)) {
            Ok(row) if !seen.insert((row.model.clone(), row.batch.clone())) => {
                add(line, format!("{} {} is there twice", row.model, row.batch.as_str()));
            }
            Ok(row) => rows.push(row),
            Err(error) => add(line, error.to_string()),
        }
    }
    if rows.len() > ROWS_MAX {
        add(0, format!("a file has at most {ROWS_MAX} rows"));
    }
    (rows, problems)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_rows_are_named_and_good_ones_read() {
        let good = "model,batch,units,until,source\ncancro,W40,250000,2014-10-05,report 40\n";
        let (rows, problems) = read(good.as_bytes());
        assert_eq!((rows.len(), problems.len()), (1, 0));
        let bad = format!("{good}cancro,W40,1,2014-10-05,again\n=x,W41,1,2014-10-05,r\na,b\n");
        let lines: Vec<u64> = read(bad.as_bytes()).1.iter().map(|row| row.line).collect();
        assert_eq!(lines, [3, 4, 5]);
        assert_eq!(read(b"a,b\n").1.len(), 1, "other columns");
        assert_eq!(read(b"").1.len(), 1);
    }
}
