//! A batch on the embedded database: one transaction, one savepoint per closure, one sync.

use kontor_base::limits::COMMIT_BATCH_MAX;
use rusqlite::Connection;

use crate::kernel::error::StoreError;
use crate::kernel::place::BeforeCommit;
use crate::kernel::sql::Tx;
use crate::kernel::writer::{Batches, Decision, Outcome, Ran, Work, run_one};

/// The connection that no one else writes to.
pub(crate) struct Writing {
    pub(crate) connection: Connection,
    pub(crate) before_commit: Option<BeforeCommit>,
}

impl Batches for Writing {
    const BATCH_MAX: usize = COMMIT_BATCH_MAX;

    fn run(&mut self, batch: &mut [Box<dyn Work>]) -> Outcome {
        let mut touched = 0;
        let commit = self.run_batch(batch, &mut touched);
        if commit.is_err() {
            // Outside of a transaction this says so and does nothing: either way none is left open.
            let _ = self.connection.execute_batch("ROLLBACK");
        }
        Outcome { commit, touched, failed: Vec::new() }
    }

    fn close(self) {
        // Leave the file without a log to replay; if it cannot be done, opening replays it.
        if let Err(error) = self.connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)") {
            tracing::debug!(%error, "the log was not folded into the database at stop");
        }
    }
}

impl Writing {
    fn run_batch(&self, batch: &mut [Box<dyn Work>], touched: &mut u32) -> Result<(), StoreError> {
        let connection = &self.connection;
        statement(connection, "BEGIN IMMEDIATE")?;
        for work in batch.iter_mut() {
            statement(connection, "SAVEPOINT closure")?;
            let mut tx = Tx::on_sqlite(connection);
            match run_one(work.as_mut(), &mut tx) {
                Ran::Decided(Decision::Keep) => {
                    *touched |= tx.touched();
                    statement(connection, "RELEASE closure")?;
                }
                Ran::Decided(Decision::RollBack) | Ran::Panicked => {
                    statement(connection, "ROLLBACK TO closure")?;
                    statement(connection, "RELEASE closure")?;
                }
                Ran::Decided(Decision::EndBatch(error)) => return Err(error),
            }
        }
        if let Some(before_commit) = &self.before_commit {
            before_commit.run();
        }
        statement(connection, "COMMIT")
    }
}

fn statement(connection: &Connection, sql: &'static str) -> Result<(), StoreError> {
    let run = || connection.prepare_cached(sql)?.execute([]).map(drop);
    run().map_err(|error| StoreError::from_sqlite(sql, &error))
}
