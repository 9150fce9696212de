//! One connection to the server, with its prepared statements and what became of its transaction.

use std::collections::HashMap;
use std::fmt;

use postgres::types::ToSql;
use postgres::{Client, NoTls, Row, Statement};
use tokio::runtime::Handle;

use super::error::Failure;
use super::url::PostgresUrl;
use super::value::column;
use crate::kernel::error::StoreError;
use crate::kernel::sql::Many;
use crate::kernel::value::Value;

/// What a session is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    Write,
    Read,
    Listen,
    Migrate,
}

impl Role {
    const fn name(self) -> &'static str {
        match self {
            Self::Write => "kontor-writer",
            Self::Read => "kontor-reader",
            Self::Listen => "kontor-listener",
            Self::Migrate => "kontor-migrate",
        }
    }

    /// What is said first.
    const fn settings(self) -> &'static str {
        match self {
            // An answered write is on disk, whatever the server's default is. A sequential scan
            // would take the whole table into the transaction's reads, and any write of another
            // node in it would be a conflict. What has no index then looks so costly that the
            // server would compile it, for longer than it runs: jit is off.
            Self::Write => {
                "SET client_min_messages = warning; SET enable_seqscan = off; SET jit = off;
                 SET default_transaction_isolation = 'read committed';
                 SET statement_timeout = '60s'; SET lock_timeout = '30s';
                 SET idle_in_transaction_session_timeout = '60s';
                 SELECT set_config('synchronous_commit', 'on', false)
                     WHERE current_setting('synchronous_commit') IN ('off', 'local')"
            }
            Self::Read => {
                "SET client_min_messages = warning; SET statement_timeout = '60s';
                 SET idle_in_transaction_session_timeout = '600s'"
            }
            Self::Listen | Self::Migrate => "SET client_min_messages = warning",
        }
    }
}

/// Where the present closure's savepoint stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Savepoint {
    /// None is needed: one closure alone, or a transaction that only reads.
    Off,
    /// There is none yet.
    Unset,
    /// There is one of a closure before, with changes that are kept.
    Before,
    /// There is one, and what comes after it is this closure's.
    Set,
}

/// One connection.
pub(crate) struct Session {
    /// Gone only while the session is dropped.
    client: Option<Client>,
    statements: HashMap<&'static str, Statement>,
    inserts: HashMap<&'static str, Vec<Insert>>,
    failure: Option<Failure>,
    savepoint: Savepoint,
    wrote: bool,
}

/// The statement that inserts many rows into some columns of a table.
struct Insert {
    columns: Box<[&'static str]>,
    on_conflict: &'static str,
    one: Statement,
    many: Statement,
}

impl Insert {
    /// Whether it is the statement for this.
    fn is(&self, many: &Many<'_>) -> bool {
        (&*self.columns, self.on_conflict) == (many.columns, many.on_conflict)
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("failure", &self.failure).finish_non_exhaustive()
    }
}

impl Session {
    /// Opens a connection. Only on threads that may block, see [`off_the_runtime`].
    pub(crate) fn connect(url: &PostgresUrl, role: Role) -> Result<Self, StoreError> {
        let mut config = url.config().clone();
        if config.get_application_name().is_none() {
            config.application_name(role.name());
        }
        let encrypted = url.encryption().connector();
        let client = match encrypted.map_err(|problem| StoreError::no_encryption(url, &problem))? {
            None => config.connect(NoTls),
            Some(connector) => config.connect(connector),
        };
        let client = client.map_err(|error| StoreError::not_connected(url, &error))?;
        let mut session = Self {
            client: Some(client),
            statements: HashMap::new(),
            inserts: HashMap::new(),
            failure: None,
            savepoint: Savepoint::Off,
            wrote: false,
        };
        session.control(role.settings())?;
        Ok(session)
    }

    /// The connection itself.
    pub(crate) const fn client(&mut self) -> &mut Client {
        self.client.as_mut().expect("it is there until the session is dropped")
    }

    /// Whether the connection has ended, as far as this side knows.
    pub(crate) fn is_closed(&self) -> bool {
        self.client.as_ref().is_none_or(Client::is_closed)
    }

    /// Begins a transaction with these words.
    pub(crate) fn begin(&mut self, words: &str, savepoints: bool) -> Result<(), Failure> {
        self.failure = None;
        self.wrote = false;
        self.savepoint = if savepoints { Savepoint::Unset } else { Savepoint::Off };
        self.say(words)
    }

    /// Sends words that end a transaction, and forgets what went wrong in it.
    pub(crate) fn end(&mut self, words: &str) -> Result<(), Failure> {
        let said = self.say(words);
        self.failure = None;
        said
    }

    /// What has gone wrong since the closure began.
    pub(crate) const fn take_failure(&mut self) -> Option<Failure> {
        self.failure.take()
    }

    /// Keeps what the closure wrote; gives whether it wrote anything.
    pub(crate) fn keep(&mut self) -> bool {
        if self.wrote && self.savepoint == Savepoint::Set {
            self.savepoint = Savepoint::Before;
        }
        std::mem::take(&mut self.wrote)
    }

    /// Takes back what the closure wrote; gives whether the transaction can go on.
    pub(crate) fn take_back(&mut self, failed: bool) -> Result<bool, Failure> {
        let wrote = std::mem::take(&mut self.wrote);
        match self.savepoint {
            Savepoint::Set if wrote || failed => {
                self.say("ROLLBACK TO SAVEPOINT closure")?;
                Ok(true)
            }
            _ => Ok(!wrote && !failed),
        }
    }

    /// Runs a statement; gives the number of rows it changed.
    pub(crate) fn execute(
        &mut self,
        sql: &'static str,
        values: &[Value<'_>],
    ) -> Result<usize, StoreError> {
        let statement = self.ready(sql, values)?;
        let parameters = parameters(values);
        let rows = self.client().execute(&statement, &parameters);
        rows.map(|rows| usize::try_from(rows).unwrap_or(usize::MAX))
            .map_err(|error| self.failed(sql, &error).into_error())
    }

    /// Runs a statement; gives every row of its answer.
    pub(crate) fn query(
        &mut self,
        sql: &'static str,
        values: &[Value<'_>],
    ) -> Result<Vec<Row>, StoreError> {
        let statement = self.ready(sql, values)?;
        let parameters = parameters(values);
        let rows = self.client().query(&statement, &parameters);
        rows.map_err(|error| self.failed(sql, &error).into_error())
    }

    /// Inserts many rows with one statement: a column of each goes over as one array.
    pub(crate) fn put_many(
        &mut self,
        many: &Many<'_>,
        values: &[Value<'_>],
    ) -> Result<(), StoreError> {
        self.prepare_insert(many)?;
        self.before_writing()?;
        let Many { table, columns, .. } = *many;
        let Self { inserts, client, .. } = self;
        let known = inserts.get(table).into_iter().flatten().find(|insert| insert.is(many));
        let (insert, client) = known.zip(client.as_mut()).expect("it was prepared just now");
        let width = columns.len();
        let arrays = (0..width)
            .map(|at| {
                let own = values.iter().skip(at).step_by(width).copied();
                column(&insert.one.params()[at], own).map(|(_, array)| array)
            })
            .collect::<Result<Vec<_>, _>>()
            .map_err(|problem| fault(table, problem))?;
        let parameters: Vec<&(dyn ToSql + Sync)> = arrays.iter().map(AsRef::as_ref).collect();
        let done = client.execute(&insert.many, &parameters);
        done.map(drop).map_err(|error| self.failed(table, &error).into_error())
    }

    /// Sends words of the machinery, which have no parameters.
    pub(crate) fn control(&mut self, words: &str) -> Result<(), StoreError> {
        self.say(words).map_err(Failure::into_error)
    }

    fn say(&mut self, words: &str) -> Result<(), Failure> {
        let said = self.client().batch_execute(words);
        said.map_err(|error| self.failed(words, &error))
    }

    /// Tells what an error means, and remembers it: the transaction takes no more statements.
    pub(crate) fn failed(&mut self, what: &str, error: &postgres::Error) -> Failure {
        let failure = Failure::of(what, error, self.is_closed());
        self.failure.get_or_insert_with(|| failure.clone());
        failure
    }

    /// The statement, prepared; and the closure's savepoint, where it is about to write.
    fn ready(&mut self, sql: &'static str, values: &[Value<'_>]) -> Result<Statement, StoreError> {
        if let Some(failure) = &self.failure {
            return Err(failure.clone().into_error());
        }
        if !sql.trim_start().starts_with("SELECT") {
            self.before_writing()?;
        }
        let statement = match self.statements.get(sql) {
            Some(statement) => statement.clone(),
            None => {
                let prepared = self.client().prepare(sql);
                let statement = prepared.map_err(|error| self.failed(sql, &error).into_error())?;
                self.statements.insert(sql, statement.clone());
                statement
            }
        };
        let (wanted, given) = (statement.params().len(), values.len());
        if wanted == given {
            Ok(statement)
        } else {
            Err(fault(sql, format!("it has {wanted} parameters and got {given} values")))
        }
    }

    /// A closure that only reads costs no savepoint.
    fn before_writing(&mut self) -> Result<(), StoreError> {
        if let Some(failure) = &self.failure {
            return Err(failure.clone().into_error());
        }
        let words = match self.savepoint {
            Savepoint::Off | Savepoint::Set => None,
            Savepoint::Unset => Some("SAVEPOINT closure"),
            Savepoint::Before => Some("RELEASE SAVEPOINT closure; SAVEPOINT closure"),
        };
        if let Some(words) = words {
            self.control(words)?;
            self.savepoint = Savepoint::Set;
        }
        self.wrote = true;
        Ok(())
    }

    fn prepare_insert(&mut self, many: &Many<'_>) -> Result<(), StoreError> {
        let Many { table, columns, on_conflict } = *many;
        if let Some(failure) = &self.failure {
            return Err(failure.clone().into_error());
        }
        let known = self.inserts.get(table);
        if known.is_some_and(|known| known.iter().any(|insert| insert.is(many))) {
            return Ok(());
        }
        let names = columns.join(", ");
        let places: Vec<_> = (1..=columns.len()).map(|place| format!("${place}")).collect();
        // The database knows best of which type its columns are.
        let one = format!("INSERT INTO {table} ({names}) VALUES ({})", places.join(", "));
        let prepared = self.client().prepare(&one);
        let one = prepared.map_err(|error| self.failed(table, &error).into_error())?;
        let arrays = (one.params().iter().zip(&places))
            .map(|(kind, place)| {
                column(kind, std::iter::empty()).map(|(name, _)| format!("{place}::{name}[]"))
            })
            .collect::<Result<Vec<_>, _>>()
            .map_err(|problem| fault(table, problem))?;
        let arrays = arrays.join(", ");
        let text =
            format!("INSERT INTO {table} ({names}) SELECT * FROM unnest({arrays}) {on_conflict}");
        let prepared = self.client().prepare(&text);
        let many = prepared.map_err(|error| self.failed(table, &error).into_error())?;
        let insert = Insert { columns: columns.into(), on_conflict, one, many };
        self.inserts.entry(table).or_default().push(insert);
        Ok(())
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // The client has a runtime of its own inside, which must not end on a thread of another.
        if let Some(client) = self.client.take()
            && Handle::try_current().is_ok()
        {
            std::thread::spawn(move || drop(client));
        }
    }
}

/// Runs `work` where blocking is allowed: a client of this crate must not be used on a thread that
/// drives a runtime.
pub(crate) fn off_the_runtime<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    if Handle::try_current().is_err() {
        return work();
    }
    std::thread::scope(|scope| match scope.spawn(work).join() {
        Ok(done) => done,
        Err(panic) => std::panic::resume_unwind(panic),
    })
}

fn parameters<'a>(values: &'a [Value<'_>]) -> Vec<&'a (dyn ToSql + Sync)> {
    values.iter().map(|value| value as &(dyn ToSql + Sync)).collect()
}

fn fault(what: &str, problem: String) -> StoreError {
    StoreError::Fault { what: what.into(), problem: problem.into() }
}
