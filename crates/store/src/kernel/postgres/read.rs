//! Reading: a snapshot of the last committed state for each closure.

use super::session::{Role, Savepoints, Session};
use super::url::PostgresUrl;
use crate::kernel::error::StoreError;
use crate::kernel::pool::Pooled;
use crate::kernel::sql::Tx;

/// One snapshot for all statements of a closure. Not SERIALIZABLE: what a read gives is shown to
/// people or looked at again by the decision that is made from it, in a transaction that writes.
const BEGIN: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/// A place for a reading session, which is opened when it is first needed and again after a loss.
#[derive(Debug)]
pub(crate) struct Reading {
    url: PostgresUrl,
    session: Option<Session>,
    in_transaction: bool,
}

impl Reading {
    pub(crate) const fn new(url: PostgresUrl) -> Self {
        Self { url, session: None, in_transaction: false }
    }

    /// Runs `work` in one snapshot.
    pub(crate) fn read<T, E: From<StoreError>>(
        &mut self,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.begin()?;
        let session = self.session.as_mut().ok_or(StoreError::Lost)?;
        let outcome = work(&mut Tx::on_postgres(session));
        self.in_transaction = false;
        if session.has_written() {
            // Nothing may be written here: the server's refusal has to be heard.
            let _ = session.settle();
        }
        let failure = session.take_failure();
        session.leave();
        if session.is_closed() {
            self.session = None;
        }
        match failure {
            // The closure went on as if nothing had been: what it made of it does not count.
            Some(failure) if outcome.is_ok() => Err(failure.into_error().into()),
            _ => outcome,
        }
    }

    /// A session that waited may have ended meanwhile: nothing has been read yet, so another is
    /// as good.
    fn begin(&mut self) -> Result<(), StoreError> {
        self.session.take_if(|session| !session.is_at_rest());
        let session = match &mut self.session {
            Some(session) => session,
            none => none.insert(Session::connect(&self.url, Role::Read)?),
        };
        session.begin(BEGIN, Savepoints::None);
        self.in_transaction = true;
        Ok(())
    }
}

impl Pooled for Reading {
    fn reset(&mut self) {
        // A closure that panicked has left its transaction open.
        if std::mem::take(&mut self.in_transaction)
            && let Some(session) = &mut self.session
            && session.roll_back().is_err()
        {
            self.session = None;
        }
    }
}
