//! Customers and waiting lists.

use askama::Template;
use kontor_base::{Instant, Money};
use kontor_domain::market::MarketCode;
use kontor_domain::sale::DepositState;

use super::{OrderRows, StaffShell};

/// `GET /admin/customers/{customer}`.
#[derive(Clone, Debug, Template)]
#[template(path = "staff/customer.html")]
pub struct CustomerPage {
    /// The layout's part.
    pub shell: StaffShell,
    /// Who.
    pub id: String,
    /// Their name, as of the latest order; the address where there is none.
    pub name: String,
    /// The addresses, and since when each is known.
    pub addresses: Vec<(String, Instant)>,
    /// The orders.
    pub orders: OrderRows,
    /// Waiting lists: market, model, since when.
    pub waiting: Vec<(MarketCode, String, Instant)>,
    /// Sales that they have entered: which, market, way, when.
    pub entries: Vec<(String, MarketCode, String, Instant)>,
    /// Deposits: which sale, market, how much, where it stands, since when.
    pub deposits: Vec<(String, MarketCode, Money, DepositState, Instant)>,
    /// The person may hand out what is kept.
    pub may_export: bool,
    /// The person may put addresses together.
    pub may_merge: bool,
    /// The person may propose to erase.
    pub may_erase: bool,
    /// The key of the forms.
    pub key: String,
}

impl CustomerPage {
    /// Where a deposit stands, in words.
    fn deposit_words(&self, state: &DepositState) -> String {
        let t = self.shell.text();
        t.get(match state {
            DepositState::Open => "desk-deposit-open",
            DepositState::Paying => "desk-deposit-paying",
            DepositState::Failed => "desk-deposit-failed",
            DepositState::Held => "desk-deposit-held",
            DepositState::Applied => "desk-deposit-applied",
            DepositState::Returned => "desk-deposit-returned",
        })
        .into_owned()
    }
}

/// A list on which people wait.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitingRow {
    /// The model's code; empty: the market's opening.
    pub model: String,
    /// What it is called.
    pub name: String,
    /// How many people.
    pub people: i64,
    /// The list as CSV.
    pub csv: String,
}

/// `GET /admin/waiting`.
#[derive(Clone, Debug, Template)]
#[template(path = "staff/waiting.html")]
pub struct WaitingListsPage {
    /// The layout's part.
    pub shell: StaffShell,
    /// The markets to choose from.
    pub markets: Vec<MarketCode>,
    /// The chosen one.
    pub market: MarketCode,
    /// Its lists, the longest first.
    pub rows: Vec<WaitingRow>,
}

impl WaitingListsPage {
    fn figure(&self, number: &i64) -> String {
        self.shell.text().number(*number)
    }

    fn is_market(&self, market: &MarketCode) -> bool {
        self.market == *market
    }
}
