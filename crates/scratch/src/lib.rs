//! A database for one test alone, on either back end; it goes when the test does.
//!
//! - [`on_both_databases!`] stamps tests out for both back ends.
//! - [`Scratch::chosen`] is for tests of the whole shop, which run on one back end at a time:
//!   SQLite, or PostgreSQL when `TEST_DATABASE=postgres`.
//!
//! A PostgreSQL server is named by `TEST_POSTGRES_URL`; `cargo xtask test` starts one. Each test
//! gets a schema of its own in it, so that tests run side by side. Without the variable the tests
//! on PostgreSQL are skipped, and say so.

mod operator;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Once;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use kontor_store::{Db, Options, Place, PostgresUrl};
use postgres::{Client, NoTls};
use tempfile::TempDir;

/// Names the server whose databases may be used.
pub const SERVER: &str = "TEST_POSTGRES_URL";
/// Chooses the back end of the tests that run on one: `sqlite` or `postgres`.
pub const CHOICE: &str = "TEST_DATABASE";

/// A database of its own, and a folder beside it.
#[derive(Debug)]
pub struct Scratch {
    place: Place,
    folder: TempDir,
    schema: Option<Schema>,
}

/// A schema that goes when this does.
#[derive(Debug)]
struct Schema {
    server: String,
    name: String,
}

impl Scratch {
    /// A new file.
    ///
    /// # Panics
    ///
    /// When there is no place for it.
    #[must_use]
    pub fn sqlite() -> Self {
        let folder = tempfile::tempdir().expect("a folder for the database");
        Self { place: folder.path().join("kontor.db").into(), folder, schema: None }
    }

    /// A new schema on the server for tests; none when there is no server, which is said once.
    ///
    /// # Panics
    ///
    /// When the server is named and does not do what is wanted.
    #[must_use]
    pub fn postgres() -> Option<Self> {
        static TOLD: Once = Once::new();
        let Ok(server) = std::env::var(SERVER) else {
            // Not through `eprintln!`, which a passing test keeps to itself.
            TOLD.call_once(|| {
                let text = format!("{SERVER} is not set: the tests on PostgreSQL are SKIPPED\n");
                let _ = std::io::stderr().write_all(text.as_bytes());
            });
            return None;
        };
        let schema = Schema::make(server);
        let url = schema.url().parse::<PostgresUrl>().unwrap_or_else(|error| panic!("{error}"));
        let folder = tempfile::tempdir().expect("a folder beside the database");
        Some(Self { place: url.into(), folder, schema: Some(schema) })
    }

    /// On the back end that [`CHOICE`] names.
    ///
    /// # Panics
    ///
    /// When PostgreSQL is chosen and no server is named.
    #[must_use]
    pub fn chosen() -> Self {
        match std::env::var(CHOICE).as_deref() {
            Ok("postgres") => Self::postgres().expect("PostgreSQL is chosen: name a server"),
            Ok("sqlite") | Err(_) => Self::sqlite(),
            Ok(other) => panic!("{CHOICE} is sqlite or postgres, not {other:?}"),
        }
    }

    /// Where the database is.
    #[must_use]
    pub const fn place(&self) -> &Place {
        &self.place
    }

    /// The usual options for it.
    #[must_use]
    pub fn options(&self) -> Options {
        Options::new(self.place.clone())
    }

    /// Opens it.
    ///
    /// # Panics
    ///
    /// When it cannot be opened.
    #[must_use]
    pub fn open(&self) -> Db {
        Db::open(&self.options()).unwrap_or_else(|error| panic!("{error}"))
    }

    /// A folder that goes with the database.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// A name in that folder.
    #[must_use]
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Whether it is on PostgreSQL.
    #[must_use]
    pub const fn is_postgres(&self) -> bool {
        self.schema.is_some()
    }

    /// Runs statements beside the shop's own, as an operator with a client program would.
    ///
    /// # Panics
    ///
    /// When it is no PostgreSQL database, or the statements fail.
    pub fn as_operator(&self, statements: &str) {
        let schema = self.schema.as_ref().expect("a PostgreSQL database");
        schema.say(&schema.url(), statements);
    }

    /// Asks for one number beside the shop's own statements.
    ///
    /// # Panics
    ///
    /// When it is no PostgreSQL database, or the query gives no number.
    #[must_use]
    pub fn count_as_operator(&self, query: &str) -> i64 {
        let schema = self.schema.as_ref().expect("a PostgreSQL database");
        let url = schema.url();
        off_the_runtime(move || {
            let row = connect(&url).query_one(query, &[]);
            row.unwrap_or_else(|error| panic!("{error}")).get(0)
        })
    }

    /// Every table's rows as text, in an order of their own: equal when nothing has changed.
    ///
    /// # Panics
    ///
    /// When it is no PostgreSQL database, or cannot be read.
    #[must_use]
    pub fn dump(&self) -> String {
        let schema = self.schema.as_ref().expect("a PostgreSQL database");
        let url = schema.url();
        off_the_runtime(move || {
            let mut client = connect(&url);
            let tables = client.query("SELECT tablename FROM pg_tables WHERE schemaname = current_schema() AND tablename <> 'store_writer' ORDER BY tablename", &[]);
            let mut text = String::new();
            for row in tables.unwrap_or_else(|error| panic!("{error}")) {
                let table: String = row.get(0);
                let rows = client
                    .query(&format!("SELECT t::text FROM {table} t ORDER BY 1"), &[])
                    .unwrap_or_else(|error| panic!("{error}"));
                text.push_str(&table);
                for row in rows {
                    text.push_str(&row.get::<_, String>(0));
                    text.push('\n');
                }
            }
            text
        })
    }
}

impl Schema {
    fn make(server: String) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_micros();
        let name = format!("t{}_{now}_{count}", std::process::id());
        let schema = Self { server, name };
        schema.say(&schema.server, &format!("CREATE SCHEMA {}", schema.name));
        schema
    }

    fn url(&self) -> String {
        let joint = if self.server.contains('?') { '&' } else { '?' };
        format!("{}{joint}options=-csearch_path%3D{}", self.server, self.name)
    }

    fn say(&self, url: &str, statements: &str) {
        off_the_runtime(|| {
            connect(url).batch_execute(statements).unwrap_or_else(|error| panic!("{error:?}"));
        });
    }
}

impl Drop for Schema {
    fn drop(&mut self) {
        let (server, name) = (self.server.clone(), self.name.clone());
        off_the_runtime(move || {
            // What is left over goes with the server for tests.
            if let Ok(mut client) = Client::connect(&server, NoTls) {
                let _ = client.batch_execute(&format!(
                    "SET client_min_messages = warning; SET lock_timeout = '5s'; \
                     DROP SCHEMA {name} CASCADE"
                ));
            }
        });
    }
}

fn connect(url: &str) -> Client {
    Client::connect(url, NoTls).unwrap_or_else(|error| panic!("the server for tests: {error}"))
}

/// The client blocks, which a thread that drives a runtime must not.
fn off_the_runtime<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| match scope.spawn(work).join() {
        Ok(done) => done,
        Err(panic) => std::panic::resume_unwind(panic),
    })
}

/// Stamps `async fn name(scratch: &Scratch)` out as one test on SQLite and one on PostgreSQL.
#[macro_export]
macro_rules! on_both_databases {
    ($($name:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                super::$name(&$crate::Scratch::sqlite()).await;
            })*
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                if let Some(scratch) = $crate::Scratch::postgres() {
                    super::$name(&scratch).await;
                }
            })*
        }
    };
}
