//! The daily page: what waits for me, what expires soon, what went wrong.

use askama::Template;
use kontor_base::Date;

use super::{OrderRows, ProposalRow, StaffShell};

/// A piece of evidence that ends soon, or has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expiring {
    /// The evidence.
    pub grant: String,
    /// The clearance.
    pub clearance: String,
    /// What it covers, in words.
    pub scope: String,
    /// Where it leads.
    pub path: String,
    /// Its last day.
    pub on: Date,
    /// In so many days; negative: ago.
    pub days: i32,
}

/// `GET /admin`.
#[derive(Clone, Debug, Template)]
#[template(path = "staff/today.html")]
pub struct TodayPage {
    /// The layout's part.
    pub shell: StaffShell,
    /// Proposals that wait for the person.
    pub waiting: Vec<ProposalRow>,
    /// The person's own proposals that wait for others.
    pub own: Vec<ProposalRow>,
    /// Evidence that ends soon, where the person may see clearances.
    pub expiring: Option<Vec<Expiring>>,
    /// Orders that are held because a clearance has ended, where the person may see orders.
    pub held: Option<OrderRows>,
    /// Orders that wait for their money.
    pub unpaid: Option<OrderRows>,
    /// How many jobs were given up, where the person may see jobs.
    pub failed_jobs: Option<i64>,
}
