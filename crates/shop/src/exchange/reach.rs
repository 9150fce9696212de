//! The published records as files. An import adds what is new and leaves alone what is there; a row
//! that would change a record is bad, because records are not edited.

use kontor_base::Wrong;
use kontor_domain::catalogue::Slug;
use kontor_domain::reach::{Admission, RECORD_BYTES_MAX, Record, Recorded, admit};
use kontor_store::{StoreError, Tx, reach};

use super::job::{Change, Job};
use super::read::Numbered;

/// What a record is known by.
pub(super) fn key<R: Record>(record: &R) -> Slug {
    record.code().clone()
}

/// Adds the records that are not there yet.
pub(super) fn apply<R: Record>(
    tx: &mut Tx<'_>,
    rows: &[Numbered<R>],
    job: &mut Job<'_>,
) -> Result<(), StoreError> {
    let mut known: Vec<R> = reach::all(tx)?.into_iter().map(|recorded| recorded.record).collect();
    let mut new = Vec::new();
    let mut unchanged = 0;
    for Numbered { line, item } in rows {
        let bytes = serde_json::to_vec(item).map_or(usize::MAX, |bytes| bytes.len());
        if bytes > RECORD_BYTES_MAX {
            let (bytes, max) = (bytes.to_string(), RECORD_BYTES_MAX.to_string());
            job.bad(*line, "note", Wrong::RowTooLarge { bytes, max });
        }
        match admit(item, known.iter()) {
            Ok(Admission::Unchanged) => unchanged += 1,
            Ok(Admission::New) => {
                known.push(item.clone());
                new.push(item);
            }
            Err(refusal) => job.bad(*line, refusal.column(), &refusal),
        }
    }
    if job.is_bad() {
        return Ok(());
    }
    for _ in 0..unchanged {
        job.count(Change::Unchanged);
    }
    let before = known.len() - new.len();
    for (place, record) in (before..).zip(new) {
        reach::add(tx, record, i64::try_from(place).unwrap_or(i64::MAX), job.at)?;
        job.count(Change::New);
    }
    Ok(())
}

/// Every record of a kind, in the order in which they were recorded.
pub(super) fn rows<R: Record, Row>(
    tx: &mut Tx<'_>,
    to_row: impl Fn(&R) -> Row,
) -> Result<Vec<Row>, StoreError> {
    Ok(rows_of(&reach::all(tx)?, to_row))
}

/// The rows of records.
pub(super) fn rows_of<R: Record, Row>(
    records: &[Recorded<R>],
    to_row: impl Fn(&R) -> Row,
) -> Vec<Row> {
    records.iter().map(|recorded| to_row(&recorded.record)).collect()
}
