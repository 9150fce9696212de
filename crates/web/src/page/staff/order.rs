//! Orders: the list, and one of them.

use askama::Template;
use kontor_base::id::OrderId;
use kontor_base::{Instant, Money};
use kontor_domain::market::MarketCode;
use kontor_domain::order::OrderState;

use super::{StaffShell, Typed};
use crate::kit::text::Text;

/// The words of a state.
fn state_words(t: &Text, state: OrderState) -> String {
    let id = match state {
        OrderState::AwaitingPayment => "desk-state-awaiting-payment",
        OrderState::Paid => "desk-state-paid",
        OrderState::OnHold => "desk-state-on-hold",
        OrderState::Dispatched => "desk-state-dispatched",
        OrderState::Delivered => "desk-state-delivered",
        OrderState::Returned => "desk-state-returned",
        OrderState::Cancelled => "desk-state-cancelled",
        OrderState::PartlyRefunded => "desk-state-partly-refunded",
        OrderState::Refunded => "desk-state-refunded",
    };
    t.get(id).into_owned()
}

/// The tone of a state.
const fn state_tone(state: OrderState) -> &'static str {
    match state {
        OrderState::Paid | OrderState::Dispatched | OrderState::Delivered => "good",
        OrderState::AwaitingPayment | OrderState::PartlyRefunded | OrderState::Returned => "warn",
        OrderState::OnHold => "bad",
        OrderState::Cancelled | OrderState::Refunded => "quiet",
    }
}

/// An order in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderRow {
    /// Its id, where the next page begins.
    pub id: OrderId,
    /// Its number.
    pub number: String,
    /// When it was placed.
    pub at: Instant,
    /// Its market.
    pub market: MarketCode,
    /// Who bought.
    pub name: String,
    /// What was bought, in few words.
    pub goods: String,
    /// What it comes to.
    pub total: Money,
    /// Where it stands.
    pub state: OrderState,
}

impl OrderRow {
    fn words(&self, t: &Text) -> String {
        state_words(t, self.state)
    }

    fn tone(&self) -> &'static str {
        state_tone(self.state)
    }
}

/// Rows of orders, where a page has them.
#[derive(Clone, Debug, Template)]
#[template(path = "staff/order_rows.html")]
pub struct OrderRows {
    /// The texts.
    pub t: Text,
    /// What the table is called: the id of its heading.
    pub labelled: &'static str,
    /// The rows.
    pub rows: Vec<OrderRow>,
}

/// `GET /admin/orders`.
#[derive(Clone, Debug, Template)]
#[template(path = "staff/orders.html")]
pub struct OrdersPage {
    /// The layout's part.
    pub shell: StaffShell,
    /// The markets to choose from.
    pub markets: Vec<MarketCode>,
    /// The chosen one.
    pub market: Option<MarketCode>,
    /// The chosen state.
    pub state: Option<OrderState>,
    /// The chosen day; empty: any.
    pub day: String,
    /// The orders.
    pub rows: OrderRows,
    /// Where older ones are.
    pub next: Option<String>,
}

impl OrdersPage {
    fn states(&self) -> Vec<(&'static str, String, bool)> {
        let t = self.shell.text();
        let told =
            |state: OrderState| (state.word(), state_words(&t, state), self.state == Some(state));
        OrderState::ALL.into_iter().map(told).collect()
    }

    fn is_market(&self, market: &MarketCode) -> bool {
        self.market == Some(*market)
    }
}

/// A line of an order, with why it could be sold and whether it could be today.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeskLine {
    /// The variant.
    pub sku: String,
    /// The name it was sold under.
    pub title: String,
    /// How many.
    pub quantity: u32,
    /// The price of one.
    pub unit: Money,
    /// The whole line with tax.
    pub gross: Money,
    /// The verdict at the sale, in words.
    pub then: String,
    /// The tone of it.
    pub then_tone: &'static str,
    /// The version of the facts behind it.
    pub facts_version: u64,
    /// When it was given.
    pub judged_at: Instant,
    /// What was promised with it.
    pub obligations: Vec<String>,
    /// The verdict on delivery today, in words.
    pub now: String,
    /// The tone of it.
    pub now_tone: &'static str,
    /// Where every fact behind it stands, if the person may see it.
    pub facts: Option<String>,
    /// The serial numbers that left with it.
    pub serials: Vec<String>,
}

/// Something that has happened to an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Happened {
    /// When.
    pub at: Instant,
    /// What, in words.
    pub what: String,
    /// By whom, if by a person.
    pub who: String,
}

/// A letter about an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LetterRow {
    /// What it is.
    pub name: String,
    /// Since when it waits, or waited.
    pub queued_at: Instant,
    /// When it was sent or given up.
    pub done_at: Option<Instant>,
    /// What has become of it, in words.
    pub state: String,
    /// The tone of it.
    pub tone: &'static str,
    /// What went wrong the last time; empty: nothing.
    pub error: String,
    /// Who sent it again; empty: it went by itself.
    pub by: String,
}

/// The letters about an order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Letters {
    /// Those of the last month, the newest first.
    pub rows: Vec<LetterRow>,
    /// Those that the person may send again: the kind's word and its name.
    pub again: Vec<(&'static str, String)>,
}

/// What a person may do with an order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MayDo {
    /// Write notes.
    pub note: bool,
    /// Cancel it.
    pub cancel: bool,
    /// Give money back.
    pub refund: bool,
    /// Take goods back.
    pub take_back: bool,
}

/// `GET /admin/orders/{number}`.
#[derive(Clone, Debug, Template)]
#[template(path = "staff/order.html")]
pub struct OrderDeskPage {
    /// The layout's part.
    pub shell: StaffShell,
    /// The order's head.
    pub row: OrderRow,
    /// The address of its customer.
    pub email: String,
    /// Their telephone number; empty: none.
    pub phone: String,
    /// The customer's page, if the person may see it.
    pub customer: Option<String>,
    /// Where the parcel goes, line by line.
    pub postal: Vec<String>,
    /// The language it was bought in.
    pub language: String,
    /// The lines.
    pub lines: Vec<DeskLine>,
    /// Shipping, with tax.
    pub shipping: Money,
    /// The tax in the total.
    pub tax: Money,
    /// The provider and its name of the payment.
    pub paid_by: String,
    /// How the payment stands.
    pub payment: String,
    /// What was collected when it was bought.
    pub captured: Money,
    /// What of it went back.
    pub refunded: Money,
    /// The deposit that went towards it: when it was paid, how much, and what of it is still with the
    /// order.
    pub deposit: Option<(Instant, Money, Money)>,
    /// Refunds: when, how much, why, whether the provider has sent it.
    pub refunds: Vec<(Instant, Money, String, bool)>,
    /// The books: when, from, to, how much, why.
    pub books: Vec<(Instant, String, String, Money, String)>,
    /// What has happened, the latest last.
    pub timeline: Vec<Happened>,
    /// The act before which older ones are, where there are more.
    pub older: Option<String>,
    /// The newest acts are on another page.
    pub in_part: bool,
    /// The letters about it.
    pub letters: Letters,
    /// Notes: when, who, what.
    pub notes: Vec<(Instant, String, String)>,
    /// What is out and can come back: variant, name and units.
    pub out: Vec<(String, String, i64)>,
    /// What the person may do.
    pub may: MayDo,
    /// The key of the forms.
    pub key: String,
    /// What was typed into a form that was refused.
    pub typed: Typed,
}

impl OrderDeskPage {
    /// What was typed about a variant that came back.
    fn came_back<'a>(&'a self, what: &str, sku: &str, otherwise: &'a str) -> &'a str {
        self.typed.or("return", &format!("{what}.{sku}"), otherwise)
    }

    fn left(&self) -> Money {
        let deposit = self.deposit.as_ref().map_or(0, |(_, _, left)| left.minor);
        Money::new(self.captured.minor - self.refunded.minor + deposit, self.captured.currency)
    }
}
