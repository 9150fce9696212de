//! The log.

use askama::Template;
use kontor_base::Instant;
use kontor_domain::market::MarketCode;

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
    /// What is looked for: in this market.
    pub market: String,
    /// Not before this day.
    pub from: String,
    /// Not after this day.
    pub until: String,
    /// The markets to choose from.
    pub markets: Vec<MarketCode>,
    /// The acts.
    pub rows: Vec<LogRow>,
    /// The query of the next page.
    pub next: Option<String>,
    /// The search stopped here before the page was full.
    pub reached: Option<Instant>,
    /// The query of the table as CSV.
    pub csv: String,
}

impl LogPage {
    fn is_market(&self, market: &MarketCode) -> bool {
        self.market == market.as_str()
    }
}
