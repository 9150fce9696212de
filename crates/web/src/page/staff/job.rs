//! Jobs, and letters that have not left.

use askama::Template;
use kontor_base::Instant;

use super::StaffShell;

/// A job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobRow {
    /// Its id.
    pub id: String,
    /// What is to be done.
    pub kind: String,
    /// When it is tried next, or was tried last.
    pub due_at: Instant,
    /// How often it was tried.
    pub attempts: i64,
    /// Why it failed the last time.
    pub error: String,
}

/// `GET /admin/jobs`.
#[derive(Clone, Debug, Template)]
#[template(path = "staff/jobs.html")]
pub struct JobsPage {
    /// The layout's part.
    pub shell: StaffShell,
    /// Those that were given up, or those that wait.
    pub given_up: bool,
    /// How many wait, and how many were given up.
    pub counts: (i64, i64),
    /// So many are counted: there may be more.
    pub counted_max: i64,
    /// The jobs.
    pub rows: Vec<JobRow>,
    /// Where the next are.
    pub next: Option<String>,
    /// The person may steer them.
    pub may_run: bool,
}

/// A letter that has not left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StuckRow {
    /// Its id.
    pub id: String,
    /// What it says.
    pub name: String,
    /// The market of what it is about; empty: none.
    pub market: String,
    /// The order that it is about, for whoever may see it.
    pub order: Option<String>,
    /// Since when it waits.
    pub queued_at: Instant,
    /// When it is tried next, or was tried last.
    pub due_at: Instant,
    /// How often it was tried.
    pub attempts: i64,
    /// Why it failed the last time.
    pub error: String,
}

/// `GET /admin/letters`.
#[derive(Clone, Debug, Template)]
#[template(path = "staff/outbox.html")]
pub struct OutboxPage {
    /// The layout's part.
    pub shell: StaffShell,
    /// Those that were given up, or those that are late.
    pub given_up: bool,
    /// After so many minutes a letter is late.
    pub late_minutes: i64,
    /// The letters.
    pub rows: Vec<StuckRow>,
    /// Where the next are.
    pub next: Option<String>,
    /// The person may have them tried again.
    pub may_run: bool,
}
