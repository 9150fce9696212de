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

/// Something that waits for somebody, in one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// Where it leads.
    pub path: String,
    /// What it is.
    pub words: String,
    /// How bad it is.
    pub tone: &'static str,
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
    /// The person's own proposals about which was decided lately.
    pub decided: Vec<ProposalRow>,
    /// Evidence that ends soon, where the person may see clearances.
    pub expiring: Option<Vec<Expiring>>,
    /// Orders that are held because a clearance has ended, where the person may see orders.
    pub held: Option<OrderRows>,
    /// Orders that wait for their money.
    pub unpaid: Option<OrderRows>,
    /// What went wrong, where the person can do something about it.
    pub wrong: Option<Vec<Told>>,
    /// Keys of other programs that expire soon, where there are any of the person's.
    pub keys: Option<Vec<Told>>,
    /// Orders that can leave, where the person sends them.
    pub to_send: Option<OrderRows>,
    /// Rollouts that are under way, where the person steers them.
    pub rollouts: Option<Vec<Told>>,
    /// Products that lack something to be shown in full, where the person describes products.
    pub lacking: Option<Vec<Told>>,
    /// How many rows of a list are shown.
    pub shown: usize,
    /// The lists that go on: `waiting`, `own`, `held`, `unpaid`, `to-send`.
    pub more: Vec<&'static str>,
}

impl TodayPage {
    fn goes_on(&self, list: &str) -> bool {
        self.more.contains(&list)
    }
}
