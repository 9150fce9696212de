//! Customers and waiting lists.

use askama::Template;
use kontor_base::{Instant, Language, Money};
use kontor_domain::market::MarketCode;
use kontor_domain::sale::DepositState;

use super::{OrderRows, StaffShell, Typed};
use crate::kit::text::Text;

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
    /// The orders, a page of them.
    pub orders: OrderRows,
    /// Where the older ones are.
    pub older: Option<String>,
    /// Waiting lists: market, model, since when.
    pub waiting: Vec<(MarketCode, String, Instant, Option<Instant>)>,
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
    /// What was typed.
    pub typed: Typed,
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
            DepositState::Lapsed => "desk-deposit-lapsed",
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
    /// How many people have confirmed their address.
    pub people: i64,
    /// How many addresses nobody has confirmed.
    pub unconfirmed: i64,
    /// Where it can be written to, if the person may.
    pub tell: Option<String>,
}

/// A letter as those with one language get it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LetterShown {
    /// The language.
    pub language: Language,
    /// How many get it.
    pub people: i64,
    /// What it is about.
    pub subject: String,
    /// What it says.
    pub text: String,
}

impl LetterShown {
    fn words(&self, t: &Text) -> String {
        let count = t.one("desk-people-count", "count", self.people);
        format!("{}: {count}", self.language.endonym())
    }

    /// The language that the letter is written in: a page's, whatever the person's.
    fn tag(&self) -> &'static str {
        Text::new(self.language, None).language().tag()
    }
}

/// `GET /admin/waiting/tell`.
#[derive(Clone, Debug, Template)]
#[template(path = "staff/tell.html")]
pub struct TellPage {
    /// The layout's part.
    pub shell: StaffShell,
    /// The list's market.
    pub market: MarketCode,
    /// Its model; empty: the market's opening.
    pub model: String,
    /// What is waited for, in words.
    pub name: String,
    /// What they are told: `over` or `delayed`.
    pub news: &'static str,
    /// The letter in each of their languages.
    pub letters: Vec<LetterShown>,
    /// How many people get it.
    pub people: i64,
    /// Why it cannot be sent.
    pub refused: Option<String>,
    /// The reason that was typed.
    pub reason: String,
    /// The key of the form.
    pub key: String,
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
