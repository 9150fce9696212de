//! One connection to the server, with its prepared statements and what became of its transaction.
//!
//! A statement whose answer nobody needs at once is sent and its answer is collected later, by
//! [`Session::settle`], which every statement with an answer calls. Whatever went wrong on the way
//! is kept as the [`Failure`] of the transaction: [`super::batch`] asks for it before anything counts.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use tokio::runtime::{Builder, Handle};
use tokio_postgres::types::FromSqlOwned;
use tokio_postgres::{NoTls, Row, Statement};

use super::error::Failure;
use super::line::{Answer, Line, Note};
use super::memory::{Memory, Question, Tables};
use super::url::PostgresUrl;
use super::value::{Encoded, column};
use crate::kernel::error::StoreError;
use crate::kernel::sql::Many;
use crate::kernel::value::Value;

/// How many statements may be on their way without anybody waiting for their answers.
const ON_THEIR_WAY_MAX: usize = 256;

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
    /// None is needed: a closure that must be taken back takes the whole transaction with it.
    Off,
    /// There is none yet.
    Unset,
    /// There is one of a closure before, with changes that are kept.
    Before,
    /// There is one, and what comes after it is this closure's.
    Set,
}

/// Whether each closure of a transaction gets a savepoint of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Savepoints {
    None,
    Each,
}

/// A question whose rows are asked for later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ticket(u64);

/// One connection.
pub(crate) struct Session {
    /// Gone only while the session is dropped.
    line: Option<Line>,
    statements: HashMap<&'static str, Arc<Prepared>>,
    inserts: HashMap<&'static str, Vec<Insert>>,
    /// What has gone wrong first since the transaction or the closure began.
    failure: Option<Failure>,
    /// Whether a transaction has begun: only in one does the same question have the same answer.
    within: bool,
    savepoint: Savepoint,
    wrote: bool,
    /// Rows that were asked for and not fetched yet, by the number of their ticket.
    rows: Vec<(u64, Vec<Row>)>,
    tickets: u64,
    memory: Memory,
}

/// A statement that the server knows.
struct Prepared {
    statement: Statement,
    tables: Tables,
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
        let encrypted = encrypted.map_err(|problem| StoreError::no_encryption(url, &problem))?;
        let runtime = Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| fault("start of a client", error.to_string()))?;
        let line = match encrypted {
            None => Line::connect(runtime, &config, NoTls),
            Some(connector) => Line::connect(runtime, &config, connector),
        };
        let line = line.map_err(|error| StoreError::not_connected(url, &error))?;
        let mut session = Self {
            line: Some(line),
            statements: HashMap::new(),
            inserts: HashMap::new(),
            failure: None,
            within: false,
            savepoint: Savepoint::Off,
            wrote: false,
            rows: Vec::new(),
            tickets: 0,
            memory: Memory::default(),
        };
        session.control(role.settings())?;
        Ok(session)
    }

    /// The connection itself.
    pub(super) const fn line(&mut self) -> &mut Line {
        self.line.as_mut().expect("it is there until the session is dropped")
    }

    /// Whether the connection has ended, as far as this side knows.
    pub(crate) fn is_closed(&self) -> bool {
        self.line.as_ref().is_none_or(Line::is_closed)
    }

    /// How often the server was waited for.
    pub(crate) fn waits(&self) -> u64 {
        self.line.as_ref().map_or(0, Line::waits)
    }

    /// Begins a transaction with these words, which leave with its first statement.
    pub(crate) fn begin(&mut self, words: &'static str, savepoints: Savepoints) {
        self.forget();
        self.within = true;
        self.savepoint = match savepoints {
            Savepoints::None => Savepoint::Off,
            Savepoints::Each => Savepoint::Unset,
        };
        self.send_words(words.into());
    }

    /// Ends a transaction with these words, which have everything before them settled; gives what has
    /// gone wrong first in it.
    pub(crate) fn end(&mut self, words: String) -> Result<(), Failure> {
        self.send_words(words.into());
        let settled = self.settle();
        self.forget();
        settled.map(drop)
    }

    /// Takes a transaction back, whatever went wrong in it; gives whether that could be done.
    pub(crate) fn roll_back(&mut self) -> Result<(), Failure> {
        // What is still on its way may fail: the words come behind it.
        let _ = self.settle();
        self.forget();
        self.end("ROLLBACK".to_owned())
    }

    /// Has a transaction taken back without waiting for it. [`Session::is_at_rest`] tells how it went.
    pub(crate) fn leave(&mut self) {
        self.forget();
        self.send_words("ROLLBACK".into());
        self.line().flush();
    }

    /// Whether everything that was said has been done and the connection is there for more.
    pub(crate) fn is_at_rest(&mut self) -> bool {
        self.settle().is_ok() && !self.is_closed()
    }

    fn forget(&mut self) {
        self.failure = None;
        self.within = false;
        self.wrote = false;
        self.savepoint = Savepoint::Off;
        self.rows.clear();
        self.memory.clear();
    }

    /// What has gone wrong since the closure began, as far as it is known.
    pub(crate) const fn take_failure(&mut self) -> Option<Failure> {
        self.failure.take()
    }

    /// Whether the present closure has written anything.
    pub(crate) const fn has_written(&self) -> bool {
        self.wrote
    }

    /// Keeps what the closure wrote; gives whether it wrote anything.
    pub(crate) fn keep(&mut self) -> bool {
        if self.wrote && self.savepoint == Savepoint::Set {
            self.savepoint = Savepoint::Before;
        }
        self.rows.clear();
        std::mem::take(&mut self.wrote)
    }

    /// Takes back what the closure wrote; gives whether the transaction can go on.
    pub(crate) fn take_back(&mut self, failed: bool) -> bool {
        let wrote = std::mem::take(&mut self.wrote);
        self.rows.clear();
        if wrote || failed {
            // What was read of it is not so any more.
            self.memory.clear();
        }
        match self.savepoint {
            Savepoint::Set if wrote || failed => {
                self.send_words("ROLLBACK TO SAVEPOINT closure".into());
                true
            }
            _ => !wrote && !failed,
        }
    }

    /// Sends a statement whose answer nobody needs at once.
    pub(crate) fn execute(
        &mut self,
        sql: &'static str,
        values: &[Value<'_>],
    ) -> Result<(), StoreError> {
        let (prepared, values) = self.ready(sql, values)?;
        self.line().execute(note(sql), prepared.statement.clone(), values);
        Ok(())
    }

    /// How many rows the statement before has changed.
    pub(crate) fn changed(&mut self) -> Result<usize, StoreError> {
        match self.settle().map_err(Failure::into_error)? {
            Answer::Changed(rows) => Ok(usize::try_from(rows).unwrap_or(usize::MAX)),
            _ => Err(fault("count of changed rows", "it was not asked for".to_owned())),
        }
    }

    /// Runs a statement; gives every row of its answer. The same question twice in a transaction gets
    /// the same answer without asking, unless one of its tables was written in between: all of it works
    /// on one snapshot.
    pub(crate) fn query(
        &mut self,
        sql: &'static str,
        values: &[Value<'_>],
    ) -> Result<Arc<[Row]>, StoreError> {
        let (prepared, values) = self.ready(sql, values)?;
        if self.memory.is_asked(sql, &values) {
            self.settle().map_err(Failure::into_error)?;
        }
        if let Some(known) = self.memory.known(sql, &values) {
            return Ok(known);
        }
        let question = self.question(sql, &prepared, &values);
        self.line().query(note(sql), prepared.statement.clone(), values);
        match self.settle().map_err(Failure::into_error)? {
            Answer::Rows(rows) => Ok(self.memory.keep(question, rows)),
            _ => Err(fault(sql, "it has no rows".to_owned())),
        }
    }

    /// Asks already now what will be asked in a moment, so that both go over together.
    pub(crate) fn ahead(
        &mut self,
        sql: &'static str,
        values: &[Value<'_>],
    ) -> Result<(), StoreError> {
        let (prepared, values) = self.ready(sql, values)?;
        if self.memory.is_asked(sql, &values) || self.memory.known(sql, &values).is_some() {
            return Ok(());
        }
        if let Some(question) = self.question(sql, &prepared, &values) {
            let ticket = self.ticket();
            self.memory.asked(ticket, question);
            let note = Note { what: sql.into(), ticket: Some(ticket) };
            self.line().query(note, prepared.statement.clone(), values);
        }
        Ok(())
    }

    /// The question, if its answer may be kept.
    fn question(
        &self,
        sql: &'static str,
        prepared: &Prepared,
        values: &[Encoded],
    ) -> Option<Question> {
        if self.within { Question::new(sql, &prepared.tables, values) } else { None }
    }

    /// Runs a statement that answers one value.
    pub(crate) fn value<T: FromSqlOwned>(
        &mut self,
        sql: &'static str,
        values: &[Value<'_>],
    ) -> Result<T, StoreError> {
        let rows = self.query(sql, values)?;
        let found = rows.first().map(|row| row.try_get(0)).transpose();
        let found = found.map_err(|error| StoreError::from_postgres(sql, &error))?;
        found.ok_or_else(|| fault(sql, "it has no row".to_owned()))
    }

    /// Sends a statement whose rows are fetched later, together with those of others.
    pub(crate) fn ask(
        &mut self,
        sql: &'static str,
        values: &[Value<'_>],
    ) -> Result<Ticket, StoreError> {
        let (prepared, values) = self.ready(sql, values)?;
        let ticket = self.ticket();
        let note = Note { what: sql.into(), ticket: Some(ticket) };
        self.line().query(note, prepared.statement.clone(), values);
        Ok(Ticket(ticket))
    }

    const fn ticket(&mut self) -> u64 {
        self.tickets += 1;
        self.tickets
    }

    /// The rows that a ticket is for.
    pub(crate) fn fetch(&mut self, ticket: Ticket) -> Result<Vec<Row>, StoreError> {
        self.settle().map_err(Failure::into_error)?;
        let found = self.rows.iter().position(|(of, _)| *of == ticket.0);
        found.map(|at| self.rows.swap_remove(at).1).ok_or_else(|| {
            fault("fetch of rows", "the closure that asked for them is over".to_owned())
        })
    }

    /// Inserts many rows with one statement: a column of each goes over as one array.
    pub(crate) fn put_many(
        &mut self,
        many: &Many<'_>,
        values: &[Value<'_>],
    ) -> Result<(), StoreError> {
        self.prepare_insert(many)?;
        self.before_writing()?;
        self.memory.written(&[many.table]);
        let Many { table, columns, .. } = *many;
        let known = self.inserts.get(table).into_iter().flatten().find(|insert| insert.is(many));
        let insert = known.expect("it was prepared just now");
        let width = columns.len();
        let arrays = (0..width)
            .map(|at| {
                let own = values.iter().skip(at).step_by(width).copied();
                let (_, array) = column(&insert.one.params()[at], own)?;
                Encoded::new(&*array, &insert.many.params()[at])
            })
            .collect::<Result<Vec<_>, _>>();
        let statement = insert.many.clone();
        let arrays = arrays.map_err(|problem| self.wrong(table, problem))?;
        self.line().execute(note(table), statement, arrays);
        Ok(())
    }

    /// Has words of the machinery done, which have no parameters.
    pub(crate) fn control(
        &mut self,
        words: impl Into<Cow<'static, str>>,
    ) -> Result<(), StoreError> {
        self.send_words(words.into());
        self.settle().map(drop).map_err(Failure::into_error)
    }

    fn send_words(&mut self, words: Cow<'static, str>) {
        let note = Note { what: words.clone(), ticket: None };
        self.line().say(note, words);
    }

    /// Waits until everything that was sent has been answered; gives the last answer. What has gone
    /// wrong first is remembered: the transaction takes no more statements.
    pub(super) fn settle(&mut self) -> Result<Answer, Failure> {
        let mut last = Answer::Done;
        let Self { line, rows, failure, memory, .. } = self;
        let line = line.as_mut().expect("it is there until the session is dropped");
        let mut wrong = None;
        line.wait(|note, answer| match (answer, note.ticket) {
            (Ok(Answer::Rows(found)), Some(ticket)) => {
                if let Some(found) = memory.answered(ticket, found) {
                    rows.push((ticket, found));
                }
            }
            (Ok(answer), _) => last = answer,
            // Whatever comes behind it failed because of it.
            (Err(error), _) => drop(wrong.get_or_insert((note.what, error))),
        });
        if let Some((what, error)) = wrong {
            failure.get_or_insert_with(|| Failure::of(&what, &error, line.is_closed()));
        }
        failure.clone().map_or(Ok(last), Err)
    }

    /// Something that was wrong before it could be sent: the closure fails by it all the same.
    fn wrong(&mut self, what: &str, problem: String) -> StoreError {
        let error = fault(what, problem);
        self.failure.get_or_insert_with(|| Failure::Fault(error.clone()));
        error
    }

    fn check(&self) -> Result<(), StoreError> {
        self.failure.clone().map_or(Ok(()), |failure| Err(failure.into_error()))
    }

    /// The statement, prepared, with its values; and the closure's savepoint, where it is about to
    /// write.
    fn ready(
        &mut self,
        sql: &'static str,
        values: &[Value<'_>],
    ) -> Result<(Arc<Prepared>, Vec<Encoded>), StoreError> {
        self.check()?;
        let writes = !sql.trim_start().starts_with("SELECT");
        if writes {
            self.before_writing()?;
        }
        let prepared = match self.statements.get(sql) {
            Some(prepared) => Arc::clone(prepared),
            None => {
                let statement = self.prepare(sql.into())?;
                let prepared = Arc::new(Prepared { statement, tables: Tables::of(sql) });
                self.statements.insert(sql, Arc::clone(&prepared));
                prepared
            }
        };
        if writes {
            self.memory.writes(&prepared.tables);
        }
        let (wanted, given) = (prepared.statement.params().len(), values.len());
        if wanted != given {
            let problem = format!("it has {wanted} parameters and got {given} values");
            return Err(self.wrong(sql, problem));
        }
        let encoded = values.iter().zip(prepared.statement.params());
        let encoded: Result<_, _> =
            encoded.map(|(value, kind)| Encoded::new(value, kind)).collect();
        match encoded {
            Ok(encoded) => Ok((prepared, encoded)),
            Err(problem) => Err(self.wrong(sql, problem)),
        }
    }

    fn prepare(&mut self, sql: Cow<'static, str>) -> Result<Statement, StoreError> {
        self.line().prepare(Note { what: sql.clone(), ticket: None }, sql);
        match self.settle().map_err(Failure::into_error)? {
            Answer::Prepared(statement) => Ok(statement),
            _ => Err(fault("preparation of a statement", "it was not prepared".to_owned())),
        }
    }

    /// A closure that only reads costs no savepoint.
    fn before_writing(&mut self) -> Result<(), StoreError> {
        self.check()?;
        if self.line().open() >= ON_THEIR_WAY_MAX {
            self.settle().map_err(Failure::into_error)?;
        }
        let words = match self.savepoint {
            Savepoint::Off | Savepoint::Set => None,
            Savepoint::Unset => Some("SAVEPOINT closure"),
            Savepoint::Before => Some("RELEASE SAVEPOINT closure; SAVEPOINT closure"),
        };
        if let Some(words) = words {
            self.send_words(words.into());
            self.savepoint = Savepoint::Set;
        }
        self.wrote = true;
        Ok(())
    }

    fn prepare_insert(&mut self, many: &Many<'_>) -> Result<(), StoreError> {
        let Many { table, columns, on_conflict } = *many;
        self.check()?;
        let known = self.inserts.get(table);
        if known.is_some_and(|known| known.iter().any(|insert| insert.is(many))) {
            return Ok(());
        }
        let names = columns.join(", ");
        let places: Vec<_> = (1..=columns.len()).map(|place| format!("${place}")).collect();
        // The database knows best of which type its columns are.
        let one = format!("INSERT INTO {table} ({names}) VALUES ({})", places.join(", "));
        let one = self.prepare(one.into())?;
        let arrays = (one.params().iter().zip(&places))
            .map(|(kind, place)| {
                column(kind, std::iter::empty()).map(|(name, _)| format!("{place}::{name}[]"))
            })
            .collect::<Result<Vec<_>, _>>();
        let arrays = arrays.map_err(|problem| self.wrong(table, problem))?.join(", ");
        let text =
            format!("INSERT INTO {table} ({names}) SELECT * FROM unnest({arrays}) {on_conflict}");
        let many = self.prepare(text.into())?;
        let insert = Insert { columns: columns.into(), on_conflict, one, many };
        self.inserts.entry(table).or_default().push(insert);
        Ok(())
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // The line has a runtime of its own inside, which must not run on a thread of another.
        if let Some(line) = self.line.take() {
            if Handle::try_current().is_ok() {
                std::thread::spawn(move || line.close());
            } else {
                line.close();
            }
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

fn note(what: &'static str) -> Note {
    Note { what: what.into(), ticket: None }
}

fn fault(what: &str, problem: String) -> StoreError {
    StoreError::Fault { what: what.into(), problem: problem.into() }
}
