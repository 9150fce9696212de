//! Ways to store reports of installations, with the same reports in the same order: rows of SQLite
//! (one transaction each, and batched), a B-tree (redb), a log-structured tree (fjall), and the log
//! with columns in memory that Kontor has. Every batch is on disk before the next; every storage
//! has to give the same count by country.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::float_arithmetic,
    missing_docs,
    reason = "a measurement"
)]

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;

use fjall::{Database as Lsm, KeyspaceCreateOptions, PersistMode};
use kontor_count::{Counter, Options, Slice};
use kontor_domain::install::{Day, Report};
use kontor_testkit::installs::fill::{Words, key};
use redb::{Database as BTree, ReadableDatabase, ReadableTable, TableDefinition};
use rusqlite::{Connection, params};
use serde_json::json;

/// Reports of a batch: as many as wait while the disk is synced under load.
const BATCH: usize = 4_096;
/// Reports of the storage that syncs for each; more would only take longer.
const SINGLE_MAX: usize = 2_000;

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;
type Cells = BTreeMap<String, u64>;

/// A way to store reports.
trait Storage {
    fn name(&self) -> &'static str;
    fn batch(&self) -> usize;
    fn put(&mut self, reports: &[Report], day: u16) -> Outcome<()>;
    fn by_country(&self) -> Outcome<Cells>;
}

fn main() -> Outcome<()> {
    let words: Vec<String> = std::env::args().collect();
    let after = words.iter().position(|word| word == "--devices").map(|at| at + 1);
    let devices = after.and_then(|at| words.get(at)?.parse().ok()).unwrap_or(1_000_000_u64);
    // The target folder, because /tmp is memory on some machines.
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let say = Words::default();
    let new: Vec<Report> = (0..devices).map(|number| say.report(number)).collect();
    let known: Vec<Report> = (0..devices / 2).map(|n| say.report(key(n) % devices)).collect();
    let mut rows = Vec::new();
    let mut truth: Option<Cells> = None;
    for which in 0..5 {
        let folder = tempfile::tempdir_in(folder)?;
        let mut storage: Box<dyn Storage> = match which {
            0 => Box::new(Rows::open(folder.path(), 1)?),
            1 => Box::new(Rows::open(folder.path(), BATCH)?),
            2 => Box::new(Tree::open(folder.path())?),
            3 => Box::new(Levels::open(folder.path())?),
            _ => Box::new(Columns::open(folder.path())?),
        };
        let few = storage.batch() == 1;
        let part =
            |reports: &'_ [Report]| if few { reports.len().min(SINGLE_MAX) } else { reports.len() };
        let (new, known) = (&new[..part(&new)], &known[..part(&known)]);
        let new_per_s = put(storage.as_mut(), new, 20_000)?;
        let known_per_s = put(storage.as_mut(), known, 20_001)?;
        let began = Instant::now();
        let cells = storage.by_country()?;
        let by_country_ms = began.elapsed().as_secs_f64() * 1_000.0;
        if !few {
            let first = truth.get_or_insert_with(|| cells.clone());
            assert_eq!(*first, cells, "{} counts otherwise", storage.name());
        }
        let name = storage.name();
        drop(storage);
        let stored = if few { new.len() + known.len() } else { new.len() };
        let bytes = size(folder.path())? as f64 / stored.max(1) as f64;
        eprintln!("{name}: {new_per_s:.0} new/s, {known_per_s:.0} known/s");
        rows.push(json!({
            "storage": name,
            "reports": new.len() + known.len(),
            "new_per_s": new_per_s.round(),
            "known_per_s": known_per_s.round(),
            "bytes_per_device": if few { json!(null) } else { json!(bytes.round()) },
            "by_country_ms": if few { json!(null) } else { json!((by_country_ms * 10.0).round() / 10.0) },
        }));
    }
    println!("{}", json!({ "bench": "storages", "devices": devices, "storages": rows }));
    Ok(())
}

fn put(storage: &mut dyn Storage, reports: &[Report], day: u16) -> Outcome<f64> {
    let began = Instant::now();
    for batch in reports.chunks(storage.batch()) {
        storage.put(batch, day)?;
    }
    Ok(reports.len() as f64 / began.elapsed().as_secs_f64())
}

fn size(folder: &Path) -> std::io::Result<u64> {
    let mut sum = 0;
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let meta = entry.metadata()?;
        sum += if meta.is_dir() { size(&entry.path())? } else { meta.len() };
    }
    Ok(sum)
}

/// What a key-value store keeps of a device: last day and country, model, version as texts.
fn value(report: &Report, day: u16) -> Vec<u8> {
    let country = report.country.map_or_else(String::new, |code| code.to_string());
    let mut value = day.to_le_bytes().to_vec();
    for text in [country.as_str(), report.model.as_str(), report.version.as_str()] {
        value.push(u8::try_from(text.len()).unwrap_or(u8::MAX));
        value.extend_from_slice(text.as_bytes());
    }
    value
}

fn country(value: &[u8]) -> String {
    let length = value.get(2).copied().map_or(0, usize::from);
    String::from_utf8_lossy(value.get(3..3 + length).unwrap_or_default()).into_owned()
}

/// A row per device in SQLite, synced for each transaction.
struct Rows {
    connection: Connection,
    batch: usize,
}

impl Rows {
    fn open(folder: &Path, batch: usize) -> Outcome<Self> {
        let connection = Connection::open(folder.join("rows.db"))?;
        connection.execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -262144;
             CREATE TABLE device (key INTEGER PRIMARY KEY, country TEXT, model TEXT, version TEXT, last INTEGER);",
        )?;
        Ok(Self { connection, batch })
    }
}

impl Storage for Rows {
    fn name(&self) -> &'static str {
        if self.batch == 1 {
            "SQLite, one upsert per transaction"
        } else {
            "SQLite, upserts batched"
        }
    }

    fn batch(&self) -> usize {
        self.batch
    }

    fn put(&mut self, reports: &[Report], day: u16) -> Outcome<()> {
        let transaction = self.connection.transaction()?;
        {
            let mut upsert = transaction.prepare_cached(
                "INSERT INTO device (key, country, model, version, last) VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT (key) DO UPDATE SET country = excluded.country, model = excluded.model,
                 version = excluded.version, last = excluded.last",
            )?;
            for report in reports {
                let country = report.country.map(|code| code.to_string());
                upsert.execute(params![
                    report.device.0.cast_signed(),
                    country,
                    report.model.as_str(),
                    report.version.as_str(),
                    day
                ])?;
            }
        }
        Ok(transaction.commit()?)
    }

    fn by_country(&self) -> Outcome<Cells> {
        let mut select =
            self.connection.prepare("SELECT country, count(*) FROM device GROUP BY country")?;
        let rows = select.query_map([], |row| Ok((row.get(0)?, row.get::<_, i64>(1)?)))?;
        let mut cells = Cells::new();
        for row in rows {
            let (country, count): (String, i64) = row?;
            cells.insert(country, u64::try_from(count)?);
        }
        Ok(cells)
    }
}

const DEVICES: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("devices");

/// A copy-on-write B-tree.
struct Tree(BTree);

impl Tree {
    fn open(folder: &Path) -> Outcome<Self> {
        Ok(Self(BTree::create(folder.join("tree.redb"))?))
    }
}

impl Storage for Tree {
    fn name(&self) -> &'static str {
        "redb (B-tree), batched"
    }

    fn batch(&self) -> usize {
        BATCH
    }

    fn put(&mut self, reports: &[Report], day: u16) -> Outcome<()> {
        let transaction = self.0.begin_write()?;
        {
            let mut table = transaction.open_table(DEVICES)?;
            for report in reports {
                table.insert(report.device.0, value(report, day).as_slice())?;
            }
        }
        Ok(transaction.commit()?)
    }

    fn by_country(&self) -> Outcome<Cells> {
        let transaction = self.0.begin_read()?;
        let table = transaction.open_table(DEVICES)?;
        let mut cells = Cells::new();
        for row in table.iter()? {
            *cells.entry(country(row?.1.value())).or_default() += 1;
        }
        Ok(cells)
    }
}

/// A log-structured merge tree.
struct Levels {
    database: Lsm,
    devices: fjall::Keyspace,
}

impl Levels {
    fn open(folder: &Path) -> Outcome<Self> {
        let database = Lsm::builder(folder).open()?;
        let devices = database.keyspace("devices", KeyspaceCreateOptions::default)?;
        Ok(Self { database, devices })
    }
}

impl Storage for Levels {
    fn name(&self) -> &'static str {
        "fjall (LSM tree), batched"
    }

    fn batch(&self) -> usize {
        BATCH
    }

    fn put(&mut self, reports: &[Report], day: u16) -> Outcome<()> {
        let mut batch = self.database.batch().durability(Some(PersistMode::SyncAll));
        for report in reports {
            batch.insert(&self.devices, report.device.0.to_be_bytes(), value(report, day));
        }
        Ok(batch.commit()?)
    }

    fn by_country(&self) -> Outcome<Cells> {
        let mut cells = Cells::new();
        for row in self.devices.iter() {
            *cells.entry(country(&row.value()?)).or_default() += 1;
        }
        Ok(cells)
    }
}

/// The log with columns in memory.
struct Columns {
    counter: Counter,
    runtime: tokio::runtime::Runtime,
}

impl Columns {
    fn open(folder: &Path) -> Outcome<Self> {
        let options = Options { new_per_source: 0, ..Options::new(folder) };
        let runtime = tokio::runtime::Builder::new_current_thread().build()?;
        Ok(Self { counter: Counter::open(&options)?, runtime })
    }
}

impl Storage for Columns {
    fn name(&self) -> &'static str {
        "Kontor: log, columns in memory"
    }

    fn batch(&self) -> usize {
        BATCH
    }

    fn put(&mut self, reports: &[Report], day: u16) -> Outcome<()> {
        let day = Day::from_number(day);
        let reports = reports.iter().map(|report| (report.clone(), day)).collect();
        self.runtime.block_on(self.counter.submit_many(reports))?;
        Ok(())
    }

    fn by_country(&self) -> Outcome<Cells> {
        Ok(self.counter.book().breakdown(None, &[Slice::Country]).cells)
    }
}

impl Drop for Columns {
    fn drop(&mut self) {
        self.runtime.block_on(self.counter.close());
    }
}
