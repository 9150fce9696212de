//! Why something about a reseller is not done.

use kontor_base::{Line, RowError};
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
    /// A text that cannot be used.
    #[error("{0}")]
    Text(&'static str),
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

/// A line of text, or the refusal that asks for one.
pub(super) fn line<const MAX: usize>(text: &str, ask: &'static str) -> Result<Line<MAX>, Refusal> {
    Line::parse(text).map_err(|_| Refusal::Text(ask))
}
