//! What somebody does to a database beside the shop: with a program of their own, as it was at an earlier
//! schema, or with the foreign keys out of the way.

use kontor_store::{MIGRATIONS, Place};
use postgres::{Client, NoTls};
use rusqlite::Connection;

use crate::{Scratch, off_the_runtime};

impl Scratch {
    /// Runs statements as somebody with a client program that minds foreign keys; gives what the database
    /// answers where it refuses one.
    ///
    /// # Errors
    ///
    /// What the database says.
    ///
    /// # Panics
    ///
    /// When the database cannot be reached.
    pub fn try_as_operator(&self, statements: &str) -> Result<(), String> {
        self.beside(&format!("{}{statements}", self.on_sqlite("PRAGMA foreign_keys = ON;")))
    }

    /// Runs statements as somebody who has put the foreign keys out of the way: a client of the embedded
    /// database that does not mind them, or the administrator of a server.
    ///
    /// # Panics
    ///
    /// When the database refuses all the same.
    pub fn past_the_keys(&self, statements: &str) {
        let around = match self.place() {
            Place::Sqlite(_) => "PRAGMA foreign_keys = OFF;",
            Place::Postgres(_) => "SET session_replication_role = replica;",
        };
        self.beside(&format!("{around}{statements}")).unwrap_or_else(|error| panic!("{error}"));
    }

    /// Makes the schema of an earlier release in an empty database: migrations up to `number`.
    ///
    /// # Panics
    ///
    /// When it cannot be made.
    pub fn bring_to(&self, number: i64) {
        let mut steps = String::from(
            "CREATE TABLE schema_migration (number BIGINT PRIMARY KEY, name TEXT NOT NULL);",
        );
        for step in MIGRATIONS.iter().filter(|step| step.number <= number) {
            for line in step.sql.lines() {
                let code = line.split("--").next().unwrap_or_default();
                // As the shop does it on servers with an order of their own.
                let bytewise = if self.is_postgres() { " TEXT COLLATE \"C\"" } else { " TEXT" };
                steps.push_str(&code.replace(" TEXT", bytewise));
                steps.push('\n');
            }
            steps.push_str(&format!(
                ";INSERT INTO schema_migration (number, name) VALUES ({}, '{}');",
                step.number, step.name
            ));
        }
        self.beside(&steps).unwrap_or_else(|error| panic!("{error}"));
    }

    /// Some bytes as a literal of the back end.
    #[must_use]
    pub fn bytes(&self, hex: &str) -> String {
        match self.place() {
            Place::Sqlite(_) => format!("X'{hex}'"),
            Place::Postgres(_) => format!("'\\x{hex}'::bytea"),
        }
    }

    fn on_sqlite<'t>(&self, text: &'t str) -> &'t str {
        if self.is_postgres() { "" } else { text }
    }

    fn beside(&self, statements: &str) -> Result<(), String> {
        match self.place() {
            Place::Sqlite(path) => {
                let connection = Connection::open(path).unwrap_or_else(|error| panic!("{error}"));
                connection.execute_batch(statements).map_err(|error| error.to_string())
            }
            Place::Postgres(url) => off_the_runtime(|| {
                let client = Client::connect(url.with_password(), NoTls);
                let mut client = client.unwrap_or_else(|error| panic!("{error}"));
                client.batch_execute(statements).map_err(|error| format!("{error:?}"))
            }),
        }
    }
}
