//! The money ledger's nouns: accounts, causes and transfers of the money of orders.
//!
//! A transfer takes an amount *from* one account (credits it) and puts it *to* another (debits
//! it). A balance is debits minus credits: a receivable above zero is owed by the customer, below
//! zero it is owed *to* the customer (a refund that was granted and not yet paid); income, tax and
//! deposits are below zero. An account keeps each currency apart, and all balances of one currency
//! add up to nothing.
//!
//! Deliberately not here: fees, the bank, and the day on which a provider pays out. They belong
//! to a company's accounts, not to a shop's proof that no order's money was lost.

use std::fmt;
use std::str::FromStr;

use kontor_base::id::{DepositId, OrderId, TransferId};
use kontor_base::{Currency, Instant, Money, TextError};
use serde::{Serialize, Serializer};

use crate::key::{JurisdictionKey, MarketKey, ProviderKey};
use crate::stock::Reference;
use crate::word::text_form;

/// What kind an account is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MoneyAccountKind {
    /// What an order's customer owes.
    Receivable,
    /// What a payment provider has taken in for the shop.
    Clearing,
    /// Goods sold in a market, without tax.
    Revenue,
    /// Shipping charged in a market, without tax.
    ShippingIncome,
    /// Tax (or duty) collected for an authority.
    TaxCollected,
    /// Money that the shop holds for somebody before they have bought.
    Deposit,
}

impl MoneyAccountKind {
    /// Every kind.
    pub const ALL: [Self; 6] = [
        Self::Receivable,
        Self::Clearing,
        Self::Revenue,
        Self::ShippingIncome,
        Self::TaxCollected,
        Self::Deposit,
    ];

    /// The stored word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Receivable => "receivable",
            Self::Clearing => "clearing",
            Self::Revenue => "revenue",
            Self::ShippingIncome => "shipping_income",
            Self::TaxCollected => "tax_collected",
            Self::Deposit => "deposit",
        }
    }
}
text_form!(MoneyAccountKind, "kind of money account");

/// One account of the money ledger.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MoneyAccount {
    /// What the customer of `order` owes.
    Receivable {
        /// The order.
        order: OrderId,
    },
    /// What `provider` has taken in for the shop.
    Clearing {
        /// The provider.
        provider: ProviderKey,
    },
    /// Goods sold in `market`, without tax.
    Revenue {
        /// The market.
        market: MarketKey,
    },
    /// Shipping charged in `market`, without tax.
    ShippingIncome {
        /// The market.
        market: MarketKey,
    },
    /// Tax (or duty) collected for `jurisdiction`.
    TaxCollected {
        /// The authority.
        jurisdiction: JurisdictionKey,
    },
    /// What the shop holds of one deposit: a debt to whoever paid it, until it goes towards an order
    /// or back.
    Deposit {
        /// The deposit.
        deposit: DepositId,
    },
}

impl MoneyAccount {
    /// What kind it is of.
    #[must_use]
    pub const fn kind(&self) -> MoneyAccountKind {
        match self {
            Self::Receivable { .. } => MoneyAccountKind::Receivable,
            Self::Clearing { .. } => MoneyAccountKind::Clearing,
            Self::Revenue { .. } => MoneyAccountKind::Revenue,
            Self::ShippingIncome { .. } => MoneyAccountKind::ShippingIncome,
            Self::TaxCollected { .. } => MoneyAccountKind::TaxCollected,
            Self::Deposit { .. } => MoneyAccountKind::Deposit,
        }
    }
}

/// The text form `kind/key`, such as `revenue/us` or `tax_collected/US-CA`.
impl fmt::Display for MoneyAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = self.kind();
        match self {
            Self::Receivable { order } => write!(f, "{kind}/{order}"),
            Self::Clearing { provider } => write!(f, "{kind}/{provider}"),
            Self::Revenue { market } | Self::ShippingIncome { market } => {
                write!(f, "{kind}/{market}")
            }
            Self::TaxCollected { jurisdiction } => write!(f, "{kind}/{jurisdiction}"),
            Self::Deposit { deposit } => write!(f, "{kind}/{deposit}"),
        }
    }
}

impl FromStr for MoneyAccount {
    type Err = TextError;

    fn from_str(text: &str) -> Result<Self, TextError> {
        let (kind, key) = text.split_once('/').ok_or(TextError::Malformed)?;
        Ok(match kind.parse().map_err(|_| TextError::Malformed)? {
            MoneyAccountKind::Receivable => {
                Self::Receivable { order: key.parse().map_err(|_| TextError::Malformed)? }
            }
            MoneyAccountKind::Clearing => Self::Clearing { provider: key.parse()? },
            MoneyAccountKind::Revenue => Self::Revenue { market: key.parse()? },
            MoneyAccountKind::ShippingIncome => Self::ShippingIncome { market: key.parse()? },
            MoneyAccountKind::TaxCollected => Self::TaxCollected { jurisdiction: key.parse()? },
            MoneyAccountKind::Deposit => {
                Self::Deposit { deposit: key.parse().map_err(|_| TextError::Malformed)? }
            }
        })
    }
}

impl Serialize for MoneyAccount {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

/// Why money moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MoneyCause {
    /// An order was placed: its customer owes its total.
    Sold,
    /// The customer paid.
    Captured,
    /// Money went back to the customer.
    Refunded,
    /// The sale was called off while no money was in.
    Voided,
    /// Some of the sale was taken back (a return, a goodwill) after money was in: the customer is
    /// owed, until it is refunded.
    Credited,
    /// A deposit goes towards an order.
    Applied,
    /// An order that is called off gives the deposit that went towards it back.
    Unapplied,
}

impl MoneyCause {
    /// Every cause.
    pub const ALL: [Self; 7] = [
        Self::Sold,
        Self::Captured,
        Self::Refunded,
        Self::Voided,
        Self::Credited,
        Self::Applied,
        Self::Unapplied,
    ];

    /// The stored word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sold => "sold",
            Self::Captured => "captured",
            Self::Refunded => "refunded",
            Self::Voided => "voided",
            Self::Credited => "credited",
            Self::Applied => "applied",
            Self::Unapplied => "unapplied",
        }
    }

    /// Whether [`MONEY_CAUSE_TABLE`] allows this cause to move money from `from` to `to`.
    #[must_use]
    pub fn allows(self, from: MoneyAccountKind, to: MoneyAccountKind) -> bool {
        MONEY_CAUSE_TABLE.contains(&(self, from, to))
    }
}
text_form!(MoneyCause, "cause of a money transfer");

/// Which cause may move money from which kind of account to which. What is not in here is
/// refused. One side is always a receivable or a deposit, so every transfer belongs to one order or
/// to one deposit; one that joins the two belongs to the order.
pub const MONEY_CAUSE_TABLE: [(MoneyCause, MoneyAccountKind, MoneyAccountKind); 15] = [
    (MoneyCause::Sold, MoneyAccountKind::Revenue, MoneyAccountKind::Receivable),
    (MoneyCause::Sold, MoneyAccountKind::ShippingIncome, MoneyAccountKind::Receivable),
    (MoneyCause::Sold, MoneyAccountKind::TaxCollected, MoneyAccountKind::Receivable),
    (MoneyCause::Captured, MoneyAccountKind::Receivable, MoneyAccountKind::Clearing),
    (MoneyCause::Refunded, MoneyAccountKind::Clearing, MoneyAccountKind::Receivable),
    (MoneyCause::Voided, MoneyAccountKind::Receivable, MoneyAccountKind::Revenue),
    (MoneyCause::Voided, MoneyAccountKind::Receivable, MoneyAccountKind::ShippingIncome),
    (MoneyCause::Voided, MoneyAccountKind::Receivable, MoneyAccountKind::TaxCollected),
    (MoneyCause::Credited, MoneyAccountKind::Receivable, MoneyAccountKind::Revenue),
    (MoneyCause::Credited, MoneyAccountKind::Receivable, MoneyAccountKind::ShippingIncome),
    (MoneyCause::Credited, MoneyAccountKind::Receivable, MoneyAccountKind::TaxCollected),
    (MoneyCause::Captured, MoneyAccountKind::Deposit, MoneyAccountKind::Clearing),
    (MoneyCause::Refunded, MoneyAccountKind::Clearing, MoneyAccountKind::Deposit),
    (MoneyCause::Applied, MoneyAccountKind::Receivable, MoneyAccountKind::Deposit),
    (MoneyCause::Unapplied, MoneyAccountKind::Deposit, MoneyAccountKind::Receivable),
];

/// Money that moved from one account to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MoneyTransfer {
    /// Its id; the same id a second time is the same transfer.
    pub id: TransferId,
    /// When it was decided.
    pub at: Instant,
    /// The account that is credited.
    pub from: MoneyAccount,
    /// The account that is debited.
    pub to: MoneyAccount,
    /// How much: above zero, at most [`Money::MINOR_MAX`].
    pub amount: Money,
    /// Why.
    pub cause: MoneyCause,
    /// What it belongs to, for people: a provider's own number of the payment.
    pub reference: Reference,
}

/// What is wrong with a money transfer in itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum MoneyFlaw {
    /// Zero, negative or too large.
    #[error("the amount is not above zero or is too large")]
    AmountOutOfRange,
    /// The cause does not move money between these kinds of account.
    #[error("the cause does not move money between these accounts")]
    CauseNotAllowed,
}

impl MoneyTransfer {
    /// The order it belongs to; `None` for what concerns a deposit alone.
    #[must_use]
    pub const fn order(&self) -> Option<OrderId> {
        match (&self.from, &self.to) {
            (MoneyAccount::Receivable { order }, _) | (_, MoneyAccount::Receivable { order }) => {
                Some(*order)
            }
            _ => None,
        }
    }

    /// The deposit it moves; `None` for what concerns an order alone.
    #[must_use]
    pub const fn deposit(&self) -> Option<DepositId> {
        match (&self.from, &self.to) {
            (MoneyAccount::Deposit { deposit }, _) | (_, MoneyAccount::Deposit { deposit }) => {
                Some(*deposit)
            }
            _ => None,
        }
    }

    /// The id of the order it belongs to, else of the deposit; `None` only when neither side is a
    /// receivable or a deposit, which [`MoneyTransfer::check`] refuses.
    #[must_use]
    pub const fn owner(&self) -> Option<[u8; 16]> {
        match (self.order(), self.deposit()) {
            (Some(order), _) => Some(*order.bytes()),
            (None, Some(deposit)) => Some(*deposit.bytes()),
            (None, None) => None,
        }
    }

    /// The currency; both sides have it.
    #[must_use]
    pub const fn currency(&self) -> Currency {
        self.amount.currency
    }

    /// Checks what must be true of any transfer. That the sides differ follows from the table.
    ///
    /// # Errors
    ///
    /// The first [`MoneyFlaw`] found.
    pub fn check(&self) -> Result<(), MoneyFlaw> {
        if !(1..=Money::MINOR_MAX).contains(&self.amount.minor) {
            return Err(MoneyFlaw::AmountOutOfRange);
        }
        if !self.cause.allows(self.from.kind(), self.to.kind()) {
            return Err(MoneyFlaw::CauseNotAllowed);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::order_id;

    #[test]
    fn every_cause_is_in_the_table_and_belongs_to_somebody() {
        for cause in MoneyCause::ALL {
            assert!(MONEY_CAUSE_TABLE.iter().any(|row| row.0 == cause), "{cause}");
            assert_eq!(cause.as_str().parse(), Ok(cause));
        }
        for (cause, from, to) in MONEY_CAUSE_TABLE {
            let count = |kind| [from, to].iter().filter(|k| **k == kind).count();
            let receivables = count(MoneyAccountKind::Receivable);
            let deposits = count(MoneyAccountKind::Deposit);
            let joins = matches!(cause, MoneyCause::Applied | MoneyCause::Unapplied);
            let wanted = if joins { 2 } else { 1 };
            assert_eq!(receivables + deposits, wanted, "{cause} {from} {to}");
            assert!(receivables <= 1 && deposits <= 1, "{cause} {from} {to}");
        }
    }

    #[test]
    fn what_sells_can_be_taken_back_and_what_is_captured_refunded() {
        for (cause, from, to) in MONEY_CAUSE_TABLE {
            let back = match cause {
                MoneyCause::Sold => [MoneyCause::Voided, MoneyCause::Credited].as_slice(),
                MoneyCause::Captured => &[MoneyCause::Refunded],
                MoneyCause::Refunded => &[MoneyCause::Captured],
                MoneyCause::Voided | MoneyCause::Credited => &[MoneyCause::Sold],
                MoneyCause::Applied => &[MoneyCause::Unapplied],
                MoneyCause::Unapplied => &[MoneyCause::Applied],
            };
            assert!(back.iter().all(|cause| cause.allows(to, from)), "{cause} {from} {to}");
        }
    }

    #[test]
    fn accounts_have_a_stable_text() {
        let order = order_id(7);
        let deposit = DepositId::from_bytes([9; 16]);
        let accounts = [
            (MoneyAccount::Receivable { order }, format!("receivable/{order}")),
            (
                MoneyAccount::Clearing { provider: "test".parse().expect("key") },
                "clearing/test".to_owned(),
            ),
            (MoneyAccount::Revenue { market: "us".parse().expect("key") }, "revenue/us".to_owned()),
            (
                MoneyAccount::ShippingIncome { market: "us".parse().expect("key") },
                "shipping_income/us".to_owned(),
            ),
            (
                MoneyAccount::TaxCollected { jurisdiction: "US-CA".parse().expect("key") },
                "tax_collected/US-CA".to_owned(),
            ),
            (MoneyAccount::Deposit { deposit }, format!("deposit/{deposit}")),
        ];
        for (account, text) in accounts {
            assert_eq!(account.to_string(), text);
            assert_eq!(text.parse(), Ok(account));
        }
        for bad in ["", "revenue", "revenue/", "cash/us", "receivable/us", "revenue/us/x"] {
            assert!(bad.parse::<MoneyAccount>().is_err(), "{bad:?}");
        }
    }
}
