//! The log.

use askama::Template;
use kontor_base::Instant;

use super::StaffShell;

/// One act.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogRow {
    /// When.
    pub at: Instant,
    /// Who.
    pub person: String,
    /// What.
    pub act: String,
    /// Where.
    pub market: String,
    /// To what.
    pub subject: String,
    /// What was different before: the field, how it was, how it is.
    pub changes: Vec<(String, String, String)>,
    /// Why.
    pub reason: String,
}

/// `GET /admin/log`.
#[derive(Clone, Debug, Template)]
#[template(path = "staff/log.html")]
pub struct LogPage {
    /// The layout's part.
    pub shell: StaffShell,
    /// What is looked for: acts that begin so.
    pub act: String,
    /// What is looked for: exactly this.
    pub subject: String,
    /// What is looked for: this person's address.
    pub person: String,
    /// The acts.
    pub rows: Vec<LogRow>,
    /// The query of the next page.
    pub next: Option<String>,
    /// The query of the table as CSV.
    pub csv: String,
}
