//! The published records: added with a seal, read, never changed. There is no statement here that
//! updates or deletes, and the seal makes the database refuse such a statement of anybody else.

use kontor_base::Instant;
use kontor_domain::reach::{Reach, Record, Recorded};

use crate::kernel::error::StoreError;
use crate::kernel::sql::{Tx, to_json};
use crate::kernel::topic::Topic;
use crate::values;

/// Every record of a kind, in the order in which they were recorded.
///
/// # Errors
///
/// When the database cannot be read.
pub fn all<R: Record>(tx: &mut Tx<'_>) -> Result<Vec<Recorded<R>>, StoreError> {
    tx.query(
        "SELECT recorded_at, body FROM reach_record WHERE kind = $1 ORDER BY place, code",
        values![R::KIND.word()],
        |row| Ok(Recorded { at: row.instant(0)?, record: row.json(1, "reach_record")? }),
    )
}

/// All records.
///
/// # Errors
///
/// When the database cannot be read.
pub fn read(tx: &mut Tx<'_>) -> Result<Reach, StoreError> {
    Ok(Reach { figures: all(tx)?, ranks: all(tx)?, targets: all(tx)?, forecasts: all(tx)? })
}

/// Adds a record behind those of its kind and seals it. `place` is how many there were.
///
/// # Errors
///
/// When the database cannot be written, or a record of this name is there.
pub fn add<R: Record>(
    tx: &mut Tx<'_>,
    record: &R,
    place: i64,
    at: Instant,
) -> Result<(), StoreError> {
    let (code, kind) = (record.code().as_str(), R::KIND.word());
    let body = to_json(record, "reach_record")?;
    tx.execute(
        "INSERT INTO reach_record (code, kind, place, recorded_at, body)
         VALUES ($1, $2, $3, $4, $5)",
        values![code, kind, place, at, &body],
    )?;
    tx.execute(
        "INSERT INTO reach_seal (code, kind, place, recorded_at, body)
         VALUES ($1, $2, $3, $4, $5)",
        values![code, kind, place, at, &body],
    )?;
    tx.touch(Topic::Reach)
}

#[cfg(test)]
mod tests {
    use kontor_domain::reach::{Forecast, ForecastRow};

    use super::*;
    use crate::{Db, Options};

    fn forecast() -> Forecast {
        let row = ForecastRow {
            code: "forecast-2015".to_owned(),
            subject: "phones-sold".to_owned(),
            period: "2015".to_owned(),
            value: "98.0".to_owned(),
            unit: "million".to_owned(),
            method: "drift".to_owned(),
            inputs: "7.03 · 11.67".to_owned(),
            known_until: "2015-01".to_owned(),
            made_on: "2015-01-05".to_owned(),
            made_by: "planning".to_owned(),
            source: "a file".to_owned(),
            confidence: "S1".to_owned(),
            ..ForecastRow::default()
        };
        row.parse().expect("a forecast")
    }

    async fn with_one() -> (tempfile::TempDir, Db) {
        let dir = tempfile::TempDir::new().expect("a folder");
        let db = Db::open(&Options::new(dir.path().join("kontor.db"))).expect("it opens");
        let at = Instant::start_of("2026-11-28".parse().expect("a day"));
        db.write("reach.add", move |tx| add(tx, &forecast(), 0, at)).await.expect("it is added");
        (dir, db)
    }

    #[tokio::test]
    async fn what_was_added_is_read() {
        let (_dir, db) = with_one().await;
        let reach = db.read("reach.read", read).await.expect("it is read");
        assert_eq!(reach.forecasts.len(), 1);
        assert_eq!(reach.forecasts[0].record, forecast());
        assert!(reach.figures.is_empty() && reach.ranks.is_empty() && reach.targets.is_empty());
    }

    #[tokio::test]
    async fn the_database_refuses_to_change_or_remove_a_record() {
        let (_dir, db) = with_one().await;
        for sql in [
            "UPDATE reach_record SET body = replace(body, '98.0', '70.0')",
            "UPDATE reach_record SET place = 7",
            "UPDATE reach_record SET recorded_at = 0",
            "UPDATE reach_record SET code = 'forecast-other'",
            "DELETE FROM reach_record",
            "UPDATE reach_seal SET body = replace(body, '98.0', '70.0')",
        ] {
            let changed = db.write("reach.forge", move |tx| tx.execute(sql, &[])?.rows()).await;
            assert!(changed.is_err(), "{sql} was carried out");
        }
        let reach = db.read("reach.read", read).await.expect("it is read");
        assert_eq!(reach.forecasts[0].record, forecast());
    }

    #[tokio::test]
    async fn a_second_record_of_the_same_name_is_refused() {
        let (_dir, db) = with_one().await;
        let at = Instant::start_of("2026-11-29".parse().expect("a day"));
        let again = db.write("reach.add", move |tx| add(tx, &forecast(), 1, at)).await;
        assert!(again.is_err());
    }
}
