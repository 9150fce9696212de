//! What a reseller's order is billed with, and where its money stands.
//!
//! A bill is a proforma: it says what is owed and whether it was paid. Its tax is worked out where the
//! law makes the case simple ([`super::bill_tax`]), otherwise said by whoever issues it; either way with
//! the rule. A bill whose order was cancelled is taken back by a credit note. The tax invoice, with
//! addresses and registers that are not kept here, is made in the books. Its money is in the ledger like
//! every order's.

use kontor_base::{Country, Date, Money};
use serde::{Deserialize, Serialize};

use super::profile::BodyLine;
use super::tax::TaxBasis;
use crate::market::MarketCode;

/// The longest note on the tax treatment, in characters.
pub const TAX_NOTE_CHARS_MAX: usize = 300;

/// Where a bill stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BillState {
    /// It is owed.
    Open,
    /// It was paid.
    Paid,
    /// Its order was cancelled: nothing is owed.
    Void,
}

/// What happens to a bill.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BillEvent {
    /// The money has come.
    Received,
    /// The money went back.
    Returned,
    /// The order was cancelled.
    OrderCancelled,
}

/// Where a bill can go. What is not in here is refused: of an order whose bill was paid the money goes
/// back first.
pub const BILL_TABLE: [(BillState, BillEvent, BillState); 3] = [
    (BillState::Open, BillEvent::Received, BillState::Paid),
    (BillState::Paid, BillEvent::Returned, BillState::Open),
    (BillState::Open, BillEvent::OrderCancelled, BillState::Void),
];

impl BillState {
    /// Every state.
    pub const ALL: [Self; 3] = [Self::Open, Self::Paid, Self::Void];

    /// The word in data.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Paid => "paid",
            Self::Void => "void",
        }
    }

    /// The state with this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.word() == word)
    }

    /// Where an event leads, by [`BILL_TABLE`]; none: nowhere.
    #[must_use]
    pub fn after(self, event: BillEvent) -> Option<Self> {
        let mut rows = BILL_TABLE.iter();
        rows.find(|(from, on, _)| *from == self && *on == event).map(|(_, _, to)| *to)
    }
}

/// A movement of a bill's money.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BillMovement {
    /// Whether it came; otherwise it went back.
    pub came: bool,
    /// The day.
    pub on: Date,
    /// What the bank's statement calls it.
    pub reference: String,
    /// Who has written it down.
    pub by: String,
}

/// What is on a bill.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BillBody {
    /// The market that serves the reseller, whose series its number is of.
    pub market: MarketCode,
    /// Whom it is for.
    pub reseller: String,
    /// Where the reseller is.
    pub reseller_country: Country,
    /// The contract.
    pub contract: String,
    /// The clause with its price list.
    pub price_clause: String,
    /// Where the goods go.
    pub ship_to: Country,
    /// When it was ordered.
    pub ordered_on: Date,
    /// When the bill was issued.
    pub issued_on: Date,
    /// Until when it is to be paid.
    pub due_on: Date,
    /// What was ordered, before tax.
    pub lines: Vec<BodyLine>,
    /// The sum of the lines.
    pub net: Money,
    /// Tax, worked out or as whoever has issued it says.
    pub tax: Money,
    /// The rule that the tax follows from.
    pub tax_note: String,
    /// What the tax was worked out from; none: it was said.
    #[serde(default)]
    pub tax_basis: Option<TaxBasis>,
    /// What is owed.
    pub total: Money,
    /// What takes the bill back.
    #[serde(default)]
    pub credit: Option<CreditNote>,
    /// Every movement of its money, in order.
    pub movements: Vec<BillMovement>,
}

impl BillBody {
    /// What has come, of the bill's currency, in minor units; and what went back of it.
    #[must_use]
    pub fn moved(&self) -> (i64, i64) {
        let of = |came| {
            let count = self.movements.iter().filter(|movement| movement.came == came).count();
            self.total.minor.saturating_mul(i64::try_from(count).unwrap_or(i64::MAX))
        };
        (of(true), of(false))
    }
}

/// Takes a whole bill back: every line, its tax and its total, with the sign turned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreditNote {
    /// Its number.
    pub number: String,
    /// When it was issued.
    pub issued_on: Date,
    /// Why; both sides read it.
    pub reason: String,
}

/// The number of a market's credit note: `US-C-000042`. The numbers of a series have no gaps.
#[must_use]
pub fn credit_number(market: MarketCode, place: i64) -> String {
    format!("{}-C-{place:06}", market.as_str().to_uppercase())
}

/// The number of a market's bill: `US-B-000042`. The numbers of a series have no gaps.
#[must_use]
pub fn bill_number(market: MarketCode, place: i64) -> String {
    format!("{}-B-{place:06}", market.as_str().to_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_is_left_as_the_table_says_and_not_otherwise() {
        for state in BillState::ALL {
            assert_eq!(BillState::from_word(state.word()), Some(state));
        }
        assert_eq!(BillState::Open.after(BillEvent::Received), Some(BillState::Paid));
        assert_eq!(BillState::Paid.after(BillEvent::OrderCancelled), None, "money goes back first");
        assert_eq!(BillState::Paid.after(BillEvent::Received), None, "it is paid once");
        let ends = BILL_TABLE.iter().filter(|(from, ..)| *from == BillState::Void);
        assert_eq!(ends.count(), 0, "what is void stays so");
        assert_eq!(bill_number("us".parse().expect("a market"), 42), "US-B-000042");
        assert_eq!(credit_number("us".parse().expect("a market"), 42), "US-C-000042");
    }
}
