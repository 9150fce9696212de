//! What an order keeps for good: nothing in it changes when prices, texts or rules change later.

use kontor_base::id::{CheckoutId, DepositId, OrderId};
use kontor_base::{Instant, Language, Money};
use serde::{Deserialize, Serialize};

use crate::customer::{Address, Contact};
use crate::market::MarketCode;
use crate::payment::ProviderKind;

use super::number::OrderNumber;
use super::quote::{QuotedLine, QuotedShipping, Totals};

/// Why a line could be sold: the verdict at the moment of the sale.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerdictNote {
    /// The verdict's word: `allowed` or `conditional`.
    pub outcome: String,
    /// The version of the facts (rules, grants, orders) behind it.
    pub facts_version: u64,
    /// What was promised or has to be done, in words: a notice that was shown, a deposit.
    pub obligations: Vec<String>,
    /// When it was given.
    pub at: Instant,
}

/// A line of an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderLine {
    /// The name under which it was sold, in the order's language.
    pub title: String,
    /// What it cost.
    #[serde(flatten)]
    pub quoted: QuotedLine,
    /// Why it could be sold.
    pub verdict: VerdictNote,
}

/// A deposit that went towards an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaidDeposit {
    /// The deposit.
    pub deposit: DepositId,
    /// What of it went towards the order.
    pub amount: Money,
    /// When it was paid.
    pub paid_at: Instant,
}

/// A placed order. Its state is derived ([`super::order_state`]) and not in here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// Its id.
    pub id: OrderId,
    /// Its number for people.
    pub number: OrderNumber,
    /// The checkout that led to it.
    pub checkout: CheckoutId,
    /// The market.
    pub market: MarketCode,
    /// The language in which it was placed.
    pub language: Language,
    /// When it was placed.
    pub placed_at: Instant,
    /// Who bought.
    pub contact: Contact,
    /// Where it goes.
    pub ship_to: Address,
    /// What was bought.
    pub lines: Vec<OrderLine>,
    /// The shipping.
    pub shipping: QuotedShipping,
    /// The sums, as agreed.
    pub totals: Totals,
    /// Whether the tax in it was an estimate.
    pub estimated: bool,
    /// How it is paid.
    pub paid_by: ProviderKind,
    /// The deposit that was paid towards it before it was placed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deposit: Option<PaidDeposit>,
}

impl Order {
    /// What was to be paid when it was placed: the total without the deposit.
    ///
    /// # Panics
    ///
    /// When the deposit is of another currency than the order, which placing it makes impossible.
    #[must_use]
    pub fn to_pay(&self) -> Money {
        let total = self.totals.total;
        let Some(deposit) = &self.deposit else { return total };
        total.minus(deposit.amount).expect("a deposit is of the order's currency and within it")
    }
}
