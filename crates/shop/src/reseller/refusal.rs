//! Why something about a reseller is not done.

use kontor_base::RowError;
use kontor_domain::catalogue::Sku;
use kontor_domain::reseller::{BillState, ContractProblem, ResellerRefusal, TaxUnknown};
use kontor_ledger::StockRefusal;
use kontor_ledger::posting::MoneyRefusal;

use crate::stock::ShipRefusal;

/// Why something about a reseller is not done. Nothing was changed then.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// There is no such reseller.
    #[error("there is no such reseller")]
    Unknown,
    /// There is no such contract of theirs.
    #[error("there is no contract {0} of this reseller")]
    UnknownContract(String),
    /// There is no such variant.
    #[error("there is no variant {0}")]
    UnknownSku(Sku),
    /// There is no such order, or it has left or was cancelled already.
    #[error("there is no such order that waits for its dispatch")]
    UnknownOrder,
    /// There is no bill for the order.
    #[error("there is no bill for this order")]
    UnknownBill,
    /// The order was billed before.
    #[error("the order was billed with {0}")]
    Billed(String),
    /// The bill does not stand where it would have to.
    #[error("the bill {0} is {word}", word = .1.word())]
    BillStands(String, BillState),
    /// The tax cannot be worked out.
    #[error("the tax is not worked out: {0}; say it with its rule")]
    Tax(TaxUnknown),
    /// The money does not fit.
    #[error(transparent)]
    Money(#[from] MoneyRefusal),
    /// Fields that cannot be read.
    #[error("{}", .0.first().map_or_else(String::new, ToString::to_string))]
    Fields(Vec<RowError>),
    /// The contract contradicts itself, or its name cannot be used.
    #[error("{}", .0.first().map_or_else(|| "the contract's name is 3 to 40 letters, digits and dashes, and belongs to nobody else".to_owned(), ToString::to_string))]
    Contract(Vec<ContractProblem>),
    /// The contract sets fewer units aside.
    #[error("the contract sets {allowed} units of {sku} aside, {wanted} would be")]
    BeyondAllotment {
        /// The variant.
        sku: Sku,
        /// What the contract says.
        allowed: u32,
        /// What would lie with the reseller.
        wanted: i64,
    },
    /// The contract does not allow the order; every reason at once, with its clause.
    #[error("{}", sentences(.0))]
    Judged(Vec<ResellerRefusal>),
    /// The stock is not there.
    #[error(transparent)]
    Stock(#[from] StockRefusal),
    /// The parcel is not as it should be.
    #[error(transparent)]
    Ship(#[from] ShipRefusal),
    /// Rows of a report that cannot be read, with their lines.
    #[error("{} rows cannot be read", .0.len())]
    Rows(Vec<(u64, RowError)>),
    /// Nothing, or too much, is reported at once.
    #[error("a report has 1 to {} rows", super::sell_out::SELL_OUT_ROWS_MAX)]
    Size,
    /// Something that was typed cannot be used.
    #[error(transparent)]
    Text(#[from] TextProblem),
}

/// Something that was typed and cannot be used, and how it has to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TextProblem {
    /// When a bill is due.
    #[error("a bill is due between today and a year from now")]
    Due,
    /// The tax of a bill.
    #[error("tax is not below zero")]
    Tax,
    /// The rule of a bill's tax.
    #[error("say in up to 300 characters which tax rule holds")]
    TaxNote,
    /// What a bill comes to.
    #[error("the sum is too large")]
    Sum,
    /// When money came.
    #[error("money does not come on a day that has not come")]
    MoneyDay,
    /// What the bank calls it.
    #[error("say in up to 80 characters what the bank calls it")]
    MoneyReference,
    /// Why an order is cancelled.
    #[error("say in up to 500 characters why the order is cancelled")]
    CancelReason,
    /// A key for somebody without a contract.
    #[error("a key is given when there is a contract")]
    KeyTooEarly,
    /// A form for a key that was ended since.
    #[error("this key was ended; a new form makes another")]
    KeyEnded,
    /// What a key is for.
    #[error("say what the key is for, in up to 80 characters")]
    KeyLabel,
}

impl TextProblem {
    /// The word for it in the keys of texts.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Due => "due",
            Self::Tax => "tax",
            Self::TaxNote => "tax-note",
            Self::Sum => "sum",
            Self::MoneyDay => "money-day",
            Self::MoneyReference => "money-reference",
            Self::CancelReason => "cancel-reason",
            Self::KeyTooEarly => "key-too-early",
            Self::KeyEnded => "key-ended",
            Self::KeyLabel => "key-label",
        }
    }
}

impl Refusal {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unknown => "reseller.unknown",
            Self::UnknownContract(_) => "reseller.unknown_contract",
            Self::UnknownSku(_) => "catalogue.unknown_sku",
            Self::UnknownOrder => "reseller.unknown_order",
            Self::UnknownBill => "reseller.unknown_bill",
            Self::Billed(_) => "reseller.billed",
            Self::BillStands(..) => "reseller.bill_state",
            Self::Tax(_) => "reseller.tax_unknown",
            Self::Money(refusal) => refusal.code(),
            Self::Fields(_) => "reseller.bad_field",
            Self::Contract(_) => "reseller.bad_contract",
            Self::BeyondAllotment { .. } => "reseller.beyond_allotment",
            Self::Judged(refusals) => refusals.first().map_or("reseller.size", |r| r.code()),
            Self::Stock(refusal) => refusal.code(),
            Self::Ship(refusal) => refusal.code(),
            Self::Rows(_) => "reseller.bad_rows",
            Self::Size => "reseller.report_size",
            Self::Text(_) => "reseller.bad_text",
        }
    }
}

fn sentences(refusals: &[ResellerRefusal]) -> String {
    refusals.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}
