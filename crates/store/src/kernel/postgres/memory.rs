//! What a transaction has read: the same question again needs no way to the server.
//!
//! A transaction works on one snapshot. Nothing that others write changes what it reads, so an answer
//! holds for all of it, and for every closure of a batch, until the transaction itself writes one of the
//! tables that the question reads. A closure that is taken back takes everything along: see
//! [`Memory::clear`]. Whoever reads from here reads what the transaction has read: for conflicts with
//! other nodes it is as if it had asked again.

use std::sync::Arc;

use tokio_postgres::Row;

use super::value::Encoded;

/// How many answers are kept: those that were asked for last.
const KEPT_MAX: usize = 32;
/// The most rows of one that is.
const ROWS_MAX: usize = 64;

/// The tables that a statement names.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Tables {
    names: Box<[&'static str]>,
    /// Whether these are all, as far as can be told from the words.
    complete: bool,
    /// Whether its answer depends on nothing but these and the parameters.
    alone: bool,
}

impl Tables {
    /// Reads them out of the words of a statement: what comes behind FROM, JOIN, INTO and UPDATE.
    pub(super) fn of(sql: &'static str) -> Self {
        let mut names = Vec::new();
        // A list of tables would have to be taken apart.
        let mut complete = !is_list(sql);
        let mut words = sql.split_whitespace().peekable();
        while let Some(word) = words.next() {
            if !["FROM", "JOIN", "INTO", "UPDATE"].contains(&word.trim_start_matches('(')) {
                continue;
            }
            match words.peek().map(|next| next.trim_end_matches([')', ';'])) {
                // `DO UPDATE SET` names none, `FROM (SELECT …` names its tables further on.
                Some("SET" | "(SELECT") => {}
                Some(name) if is_name(name) => {
                    if !names.contains(&name) {
                        names.push(name);
                    }
                }
                _ => complete = false,
            }
        }
        complete &= !names.is_empty();
        // What the clock, chance or the session say may change.
        let changing = ["now(", "random(", "current_", "clock_", "pg_"];
        let alone = complete && !changing.iter().any(|it| sql.contains(it));
        Self { names: names.into(), complete, alone }
    }
}

fn is_name(word: &str) -> bool {
    let letter = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
    !word.is_empty() && word.bytes().all(letter)
}

/// Whether a comma stands between FROM and the word that ends its tables.
fn is_list(sql: &str) -> bool {
    let mut within = false;
    for word in sql.split_whitespace() {
        match word.trim_start_matches('(') {
            "FROM" => within = true,
            "WHERE" | "JOIN" | "GROUP" | "ORDER" | "LIMIT" | "SELECT" | "ON" | "SET" => {
                within = false
            }
            _ => {}
        }
        if within && word.ends_with(',') {
            return true;
        }
    }
    false
}

/// A question that may be asked again.
pub(super) struct Question {
    sql: &'static str,
    values: Vec<Encoded>,
    tables: Box<[&'static str]>,
}

impl Question {
    /// None: its answer does not depend on tables alone.
    pub(super) fn new(sql: &'static str, tables: &Tables, values: &[Encoded]) -> Option<Self> {
        let writes = !sql.trim_start().starts_with("SELECT");
        (tables.alone && !writes).then(|| Self {
            sql,
            values: values.to_vec(),
            tables: tables.names.clone(),
        })
    }

    fn is(&self, sql: &str, values: &[Encoded]) -> bool {
        self.sql == sql && self.values == values
    }

    fn reads(&self, tables: &[&str]) -> bool {
        self.tables.iter().any(|own| tables.contains(own))
    }
}

/// The answers that hold still.
#[derive(Default)]
pub(super) struct Memory {
    /// Those that were wanted last stand at the end.
    known: Vec<(Question, Arc<[Row]>)>,
    /// Questions that are on their way, by the number of their ticket; those without one were asked
    /// before something was written and are answered too late.
    asked: Vec<(u64, Option<Question>)>,
}

impl Memory {
    /// Nothing that was read holds any more.
    pub(super) fn clear(&mut self) {
        self.known.clear();
        self.void(|_| true);
    }

    /// A statement writes: what was read from its tables does not hold any more.
    pub(super) fn writes(&mut self, tables: &Tables) {
        if tables.complete { self.written(&tables.names) } else { self.clear() }
    }

    /// These tables are written.
    pub(super) fn written(&mut self, tables: &[&str]) {
        self.known.retain(|(question, _)| !question.reads(tables));
        self.void(|question| question.reads(tables));
    }

    fn void(&mut self, which: impl Fn(&Question) -> bool) {
        for (_, question) in &mut self.asked {
            question.take_if(|question| which(question));
        }
    }

    /// The answer, if it is known.
    pub(super) fn known(&mut self, sql: &str, values: &[Encoded]) -> Option<Arc<[Row]>> {
        let at = self.known.iter().rposition(|(question, _)| question.is(sql, values))?;
        let found = self.known.remove(at);
        let rows = Arc::clone(&found.1);
        self.known.push(found);
        Some(rows)
    }

    /// Whether it is being asked.
    pub(super) fn is_asked(&self, sql: &str, values: &[Encoded]) -> bool {
        self.asked
            .iter()
            .any(|(_, question)| question.as_ref().is_some_and(|it| it.is(sql, values)))
    }

    /// A question is on its way.
    pub(super) fn asked(&mut self, ticket: u64, question: Question) {
        self.asked.push((ticket, Some(question)));
    }

    /// An answer has come; gives it back if it was nobody's from here.
    pub(super) fn answered(&mut self, ticket: u64, rows: Vec<Row>) -> Option<Vec<Row>> {
        let Some(at) = self.asked.iter().position(|(of, _)| *of == ticket) else {
            return Some(rows);
        };
        if let (_, Some(question)) = self.asked.swap_remove(at) {
            // However many rows: somebody is about to ask for them.
            self.push(question, rows.into());
        }
        None
    }

    /// Keeps an answer if it is worth it.
    pub(super) fn keep(&mut self, question: Option<Question>, rows: Vec<Row>) -> Arc<[Row]> {
        let rows: Arc<[Row]> = rows.into();
        if let Some(question) = question
            && rows.len() <= ROWS_MAX
        {
            self.push(question, Arc::clone(&rows));
        }
        rows
    }

    fn push(&mut self, question: Question, rows: Arc<[Row]>) {
        if self.known.len() >= KEPT_MAX {
            self.known.remove(0);
        }
        self.known.push((question, rows));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_says_which_tables_it_is_about() {
        for (sql, names, alone) in [
            ("SELECT value FROM setting WHERE name = $1", &["setting"][..], true),
            (
                "SELECT e.sale FROM sale_person p JOIN sale_entry e ON e.sale = p.sale
                 WHERE p.trait IN ($1, $2)",
                &["sale_person", "sale_entry"],
                true,
            ),
            ("SELECT count(*) FROM (SELECT 1 FROM job LIMIT $1) few", &["job"], true),
            ("SELECT a FROM b WHERE c IN (SELECT c FROM d)", &["b", "d"], true),
            ("SELECT a, b FROM c ORDER BY a, b", &["c"], true),
            ("SELECT 1 FROM a, b WHERE a.x = b.x", &[], false),
            ("SELECT 1 FROM a x, b y", &["a"], false),
            ("SELECT pg_backend_pid()", &[], false),
            ("SELECT a FROM b WHERE at < now()", &["b"], false),
            (
                "INSERT INTO setting (name) VALUES ($1)
                 ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                &["setting"],
                true,
            ),
            ("UPDATE sale SET state = $1", &["sale"], true),
            (
                "DELETE FROM job WHERE id IN (SELECT id FROM mail_letter)",
                &["job", "mail_letter"],
                true,
            ),
        ] {
            let tables = Tables::of(sql);
            assert_eq!((&*tables.names, tables.alone), (names, alone), "{sql}");
        }
        // What cannot be read may write anything.
        for sql in ["delete from setting", "UPDATE \"Setting\" SET a = 1", "DELETE FROM ONLY job"] {
            assert!(!Tables::of(sql).complete, "{sql}");
        }
    }
}
