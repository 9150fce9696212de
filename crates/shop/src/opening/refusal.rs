//! Why a plan is not made or a step not taken.

use kontor_base::Date;
use kontor_domain::catalogue::Sku;
use kontor_domain::clearance::{AuthorityOrderCode, Scope};
use kontor_domain::market::{MarketCode, Stage};
use kontor_domain::opening::{AssortmentRefusal, OpeningPlan, PlanError};

/// Why a plan is not made or a step not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// There is no such market.
    #[error("there is no market {0}")]
    UnknownMarket(MarketCode),
    /// There is no such variant.
    #[error("there is no variant {0}")]
    UnknownSku(Sku),
    /// The plan contradicts itself.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// No step leads from one stage to the other.
    #[error("no step leads from {} to {}", from.word(), to.word())]
    NoSuchStep {
        /// The stage the market is in.
        from: Stage,
        /// The stage asked for.
        to: Stage,
    },
    /// The plan is for a day to come.
    #[error("the plan is for {0}: take the step then, or plan for today")]
    TooEarly(Date),
    /// The market may not sell yet.
    #[error("the market may not sell yet:\n{0}")]
    NotReady(Box<OpeningPlan>),
    /// Nothing that the shop offers is in the scope.
    #[error("nothing, or everything, that the shop offers is in the scope ({0})")]
    ConcernsNothing(Box<Scope>),
    /// A cost of a clearance or an item that does not exist, or below zero.
    #[error("there is no clearance or checklist item {0}, or its cost is below zero")]
    BadCost(String),
    /// What the market has opened with cannot be changed so.
    #[error(transparent)]
    Assortment(#[from] AssortmentRefusal),
    /// There is no such withdrawal, or it was taken back already.
    #[error("there is no withdrawal {0} in force")]
    NoWithdrawal(AuthorityOrderCode),
}

impl Refusal {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::UnknownMarket(_) => "market.unknown",
            Self::UnknownSku(_) => "catalogue.unknown_variant",
            Self::Plan(_) => "opening.bad_plan",
            Self::Assortment(refusal) => refusal.code(),
            Self::NoSuchStep { .. } => "opening.no_such_step",
            Self::ConcernsNothing(_) => "opening.concerns_nothing",
            Self::BadCost(_) => "opening.bad_cost",
            Self::NoWithdrawal(_) => "opening.no_withdrawal",
            Self::TooEarly(_) => "opening.too_early",
            Self::NotReady(_) => "opening.not_ready",
        }
    }
}
