//! A deposit for a place in line: what it costs, how it stands, and how it is had back.

use askama::Template;
use kontor_base::{Instant, Money};

use crate::page::{Scenario, Shell};

/// How a deposit stands, as the one who has its link sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DepositStage {
    /// It is to be paid.
    Open,
    /// The last payment came to nothing.
    Declined,
    /// The provider has not answered, or the money is being collected.
    Waiting,
    /// The buyer has to do something at the provider.
    Action {
        /// Where: a path of this site.
        path: String,
    },
    /// It is paid, and the place counts.
    Held {
        /// The path that leads to the place.
        place: String,
    },
    /// It went towards an order.
    Applied {
        /// The path of the order.
        order: String,
    },
    /// It went back, or goes.
    Returned {
        /// Since when.
        at: Instant,
    },
    /// It was not paid and not tried again: what was typed is forgotten.
    Lapsed,
    /// Nobody can enter any more: nothing is to be paid.
    Closed,
}

/// `GET /{market}/{language}/sale/{sale}/deposit/{token}`; the form posts to the same address.
///
/// Fields: `key`, `amount_seen` (minor units), `scenario`, and `terms`.
#[derive(Clone, Debug, Template)]
#[template(path = "sale/deposit.html")]
pub struct DepositPage {
    /// The layout's part; its path is the form's address.
    pub shell: Shell,
    /// The sale's id in URLs.
    pub sale: String,
    /// The product's name.
    pub name: String,
    /// The name of its drawing.
    pub picture: String,
    /// How much it is.
    pub amount: Money,
    /// When it was paid.
    pub paid_at: Option<Instant>,
    /// How it stands.
    pub stage: DepositStage,
    /// Whether a way to pay is offered.
    pub is_offered: bool,
    /// The scenario that was chosen.
    pub scenario: String,
    /// A fresh idempotency key.
    pub key: String,
    /// Something that was asked for could not be done: a text's id.
    pub notice: Option<&'static str>,
}

impl DepositPage {
    fn path(&self, below: &str) -> String {
        self.shell.to(&format!("sale/{}{below}", self.sale))
    }

    const fn is_payable(&self) -> bool {
        matches!(self.stage, DepositStage::Open | DepositStage::Declined)
    }

    const fn is_waiting(&self) -> bool {
        matches!(self.stage, DepositStage::Waiting)
    }

    fn headline(&self) -> String {
        self.shell
            .text()
            .get(match &self.stage {
                DepositStage::Open => "deposit-open",
                DepositStage::Declined => "deposit-declined",
                DepositStage::Waiting => "deposit-waiting",
                DepositStage::Action { .. } => "deposit-action",
                DepositStage::Held { .. } => "deposit-held",
                DepositStage::Applied { .. } => "deposit-applied",
                DepositStage::Returned { .. } => "deposit-returned",
                DepositStage::Lapsed => "deposit-lapsed",
                DepositStage::Closed => "deposit-closed",
            })
            .into_owned()
    }

    fn next(&self) -> String {
        self.shell
            .text()
            .get(match &self.stage {
                DepositStage::Open => "deposit-next-open",
                DepositStage::Declined => "deposit-next-declined",
                DepositStage::Waiting => "deposit-next-waiting",
                DepositStage::Action { .. } => "deposit-next-action",
                DepositStage::Held { .. } => "deposit-next-held",
                DepositStage::Applied { .. } => "deposit-next-applied",
                DepositStage::Returned { .. } => "deposit-next-returned",
                DepositStage::Lapsed => "deposit-next-lapsed",
                DepositStage::Closed => "deposit-next-closed",
            })
            .into_owned()
    }
}
